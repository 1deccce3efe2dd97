//! What Azure's refusals mean here: for each code who can mend it, how, and whether retrying helps.
//! One table, whose words are in the catalogues; pages show it beside Azure's own words, and
//! `docs/refusals.md` repeats it. A code that is not in it is shown with Azure's words alone. Knows no
//! run and no page.

use crate::words::Text;

/// One refusal in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Azure's code, or ours where Azure gave none.
    pub code: &'static str,
    /// What Azure's message must contain, where one code stands for several things. Those entries
    /// stand before the one without.
    pub word: Option<&'static str>,
    pub retry: Retry,
    /// Who can mend it, as messages call them.
    who: &'static str,
}

impl Refusal {
    pub fn means(&self) -> Text {
        self.text("means")
    }

    /// Who can mend it.
    pub fn who(&self) -> Text {
        Text::of(format!("refusal-who-{}", self.who))
    }

    pub fn how(&self) -> Text {
        self.text("how")
    }

    fn text(&self, part: &str) -> Text {
        let mut id = format!("refusal-{}", self.code);
        let words = self.word.unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric());
        for word in words.filter(|word| !word.is_empty()).chain([part]) {
            id.push('-');
            id.push_str(word);
        }
        Text::of(id)
    }
}

/// Whether trying the step again helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It passes; the portal has tried again by itself for a while.
    Later,
    /// Once it is mended.
    Mended,
    /// Another request is needed.
    Never,
}

impl Retry {
    pub fn words(self) -> Text {
        Text::of(match self {
            Retry::Later => "refusal-retry-later",
            Retry::Mended => "refusal-retry-mended",
            Retry::Never => "refusal-retry-never",
        })
    }
}

/// The entry for a code with this message.
pub fn find(code: &str, message: &str) -> Option<&'static Refusal> {
    REFUSALS.iter().find(|refusal| {
        refusal.code == code && refusal.word.is_none_or(|word| message.contains(word))
    })
}

const fn of(code: &'static str, retry: Retry, who: &'static str) -> Refusal {
    Refusal { code, word: None, retry, who }
}

const fn saying(word: &'static str, refusal: Refusal) -> Refusal {
    Refusal { word: Some(word), ..refusal }
}

const NOBODY: &str = "nobody";
const REQUESTER: &str = "requester";
const STEP: &str = "step";
const OWNER: &str = "owner";
const CONTRIBUTOR: &str = "contributor";
const OPERATOR: &str = "operator";
const ADMINISTRATOR: &str = "administrator";
const APPROVER: &str = "approver";
const POLICY: &str = "policy";
const PIM: &str = "pim";
const NETWORK: &str = "network";
const NETWORKING: &str = "networking";
const RESOURCE: &str = "resource";
const DENIER: &str = "denier";
const CANCELLER: &str = "canceller";
const BILLING: &str = "billing";
const MICROSOFT: &str = "microsoft";

use Retry::{Later, Mended, Never};

pub const REFUSALS: &[Refusal] = &[
    // 401
    of("AuthenticationFailed", Later, STEP),
    of("ExpiredAuthenticationToken", Later, NOBODY),
    of("InvalidAuthenticationToken", Later, STEP),
    of("InvalidAuthenticationTokenTenant", Mended, OPERATOR),
    of("InvalidAuthenticationTokenAudience", Mended, OPERATOR),
    of("Unauthorized", Later, STEP),
    // 403
    saying("ABAC condition", of("AuthorizationFailed", Never, OWNER)),
    of("AuthorizationFailed", Mended, OWNER),
    saying("/subnets/join/", of("LinkedAuthorizationFailed", Mended, NETWORK)),
    of("LinkedAuthorizationFailed", Mended, RESOURCE),
    of("DenyAssignmentAuthorizationFailed", Mended, DENIER),
    saying("MFA is required", of("RequestDisallowedByPolicy", Mended, STEP)),
    of("RequestDisallowedByPolicy", Mended, POLICY),
    of("Forbidden", Later, OWNER),
    // Role assignments
    of("PrincipalNotFound", Later, REQUESTER),
    of("SubjectNotFound", Later, REQUESTER),
    of("RoleAssignmentExists", Later, NOBODY),
    of("RoleAssignmentDoesNotExist", Never, NOBODY),
    of("RoleAssignmentUpdateNotPermitted", Never, REQUESTER),
    of("RoleAssignmentLimitExceeded", Mended, OWNER),
    of("RoleAssignmentScopeNotAssignableToRoleDefinition", Never, REQUESTER),
    of("RoleDefinitionDoesNotExist", Never, REQUESTER),
    of("CannotDeleteLastRbacAdminAssignment", Mended, OWNER),
    of("AadPremiumLicenseRequired", Never, ADMINISTRATOR),
    of("RoleAssignmentRequestPolicyValidationFailed", Never, PIM),
    of("RoleAssignmentRequestAcrsValidationFailed", Mended, STEP),
    of("ActiveDurationTooShort", Later, NOBODY),
    // The place
    of("ScopeLocked", Mended, OWNER),
    of("MissingSubscriptionRegistration", Mended, CONTRIBUTOR),
    of("SubscriptionNotRegistered", Mended, CONTRIBUTOR),
    of("ReadOnlyDisabledSubscription", Mended, BILLING),
    of("SubscriptionNotFound", Never, OWNER),
    of("InvalidSubscriptionId", Never, REQUESTER),
    of("ResourceGroupNotFound", Never, REQUESTER),
    of("ResourceGroupBeingDeleted", Never, REQUESTER),
    of("ResourceNotFound", Never, REQUESTER),
    of("ParentResourceNotFound", Never, REQUESTER),
    of("InvalidResourceGroupLocation", Never, REQUESTER),
    of("InvalidResourceLocation", Never, REQUESTER),
    of("LocationNotAvailableForResourceType", Never, REQUESTER),
    of("LocationRequired", Never, REQUESTER),
    of("NoRegisteredProviderFound", Never, OPERATOR),
    of("ReservedResourceName", Never, REQUESTER),
    saying("instances in this region", of("BadRequest", Mended, CONTRIBUTOR)),
    // Azure is busy or ill
    of("TooManyRequests", Later, NOBODY),
    of("SubscriptionRequestsThrottled", Later, NOBODY),
    of("OperationNotAllowed", Later, OWNER),
    of("InternalServerError", Later, MICROSOFT),
    of("BadGateway", Later, MICROSOFT),
    of("ServiceUnavailable", Later, MICROSOFT),
    of("ServerTimeout", Later, MICROSOFT),
    of("GatewayTimeout", Later, MICROSOFT),
    of("Conflict", Later, NOBODY),
    of("AnotherOperationInProgress", Later, NOBODY),
    of("OperationInProgress", Later, NOBODY),
    of("RetryableError", Later, NOBODY),
    // Entra ID
    of("AADSTS50076", Mended, STEP),
    of("AADSTS50079", Mended, STEP),
    of("AADSTS50074", Mended, STEP),
    of("AADSTS50072", Mended, STEP),
    of("AADSTS50078", Mended, STEP),
    of("AADSTS53003", Mended, ADMINISTRATOR),
    of("AADSTS530084", Mended, ADMINISTRATOR),
    of("AADSTS53000", Mended, STEP),
    of("AADSTS53001", Mended, STEP),
    of("AADSTS50097", Mended, STEP),
    of("AADSTS65001", Mended, ADMINISTRATOR),
    of("AADSTS65004", Mended, STEP),
    of("AADSTS90094", Mended, ADMINISTRATOR),
    of("AADSTS70008", Mended, STEP),
    of("AADSTS700082", Mended, STEP),
    of("AADSTS70043", Mended, STEP),
    of("AADSTS50173", Mended, STEP),
    of("AADSTS50057", Mended, ADMINISTRATOR),
    of("AADSTS50034", Never, APPROVER),
    of("AADSTS50105", Mended, ADMINISTRATOR),
    of("AADSTS50020", Mended, STEP),
    of("AADSTS500011", Mended, ADMINISTRATOR),
    of("AADSTS7000215", Mended, OPERATOR),
    of("AADSTS7000222", Mended, OPERATOR),
    of("AADSTS7000218", Mended, OPERATOR),
    of("AADSTS700016", Mended, OPERATOR),
    of("AADSTS50196", Later, NOBODY),
    // What we found ourselves
    of("NoSignIn", Mended, STEP),
    of("KeyLost", Mended, STEP),
    of("Throttled", Later, NOBODY),
    of("Timeout", Later, NOBODY),
    of("NoConnection", Later, OPERATOR),
    of("BrokenConnection", Later, OPERATOR),
    of("UnexpectedAnswer", Later, OPERATOR),
    of("TooLong", Later, OPERATOR),
    of("NoEnd", Later, MICROSOFT),
    of("Canceled", Mended, CANCELLER),
    of("Failed", Later, MICROSOFT),
    of("ProvisioningFailed", Later, MICROSOFT),
    of("NotShown", Later, REQUESTER),
    of("NotConnected", Mended, NETWORKING),
    of("AlreadyExists", Never, REQUESTER),
    of("InstanceMissing", Never, REQUESTER),
    of("NotFound", Never, REQUESTER),
    of("AnotherInstance", Never, REQUESTER),
    of("NotTheSame", Never, REQUESTER),
    of("OtherCondition", Mended, OWNER),
    of("IdentityGone", Never, REQUESTER),
    of("IdentityChanged", Never, REQUESTER),
    of("IdentityUnread", Never, OPERATOR),
    of("TagsChanged", Never, REQUESTER),
    of("TagsDiffer", Never, REQUESTER),
    of("Changed", Never, REQUESTER),
    of("NoHostName", Later, REQUESTER),
    of("LeaseLost", Later, NOBODY),
    of("Database", Later, OPERATOR),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_refusal_is_told_once_and_in_whole_sentences() {
        let mut seen = HashSet::new();
        for refusal in REFUSALS {
            assert!(seen.insert((refusal.code, refusal.word)), "{} is there twice", refusal.code);
            for text in [refusal.means(), refusal.how()].map(|text| text.to_string()) {
                assert!(text.ends_with('.') && !text.contains("  "), "{}: {text}", refusal.code);
            }
            assert!(!refusal.who().to_string().ends_with('.'), "{}", refusal.code);
        }
    }

    #[test]
    fn an_entry_for_a_word_goes_before_the_one_for_all() {
        let plain: Vec<&str> =
            Vec::from_iter(REFUSALS.iter().filter(|one| one.word.is_none()).map(|one| one.code));
        for (at, refusal) in REFUSALS.iter().enumerate().filter(|(_, one)| one.word.is_some()) {
            let rest =
                REFUSALS[..at].iter().any(|one| one.code == refusal.code && one.word.is_none());
            assert!(!rest, "{}: the entry for any message hides it", refusal.code);
        }
        assert!(plain.contains(&"AuthorizationFailed"));
        let limited = find(
            "AuthorizationFailed",
            "has an authorization with ABAC condition that is not fulfilled",
        );
        assert_eq!(limited.map(|found| found.retry), Some(Retry::Never));
        assert_eq!(find("AuthorizationFailed", "no").map(|found| found.retry), Some(Retry::Mended));
        assert_eq!(find("BadRequest", "something else"), None);
        assert_eq!(find("Unheard", "of"), None);
    }
}
