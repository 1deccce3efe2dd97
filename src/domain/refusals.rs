//! What Azure's refusals mean here: for each code who can mend it, how, and whether retrying helps.
//! One table, which pages show beside Azure's own words and `docs/refusals.md` repeats. A code that
//! is not in it is shown with Azure's words alone. Knows no run and no page.

/// One refusal in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Azure's code, or ours where Azure gave none.
    pub code: &'static str,
    /// What Azure's message must contain, where one code stands for several things. Those entries
    /// stand before the one without.
    pub word: Option<&'static str>,
    pub means: &'static str,
    /// Who can mend it.
    pub who: &'static str,
    pub how: &'static str,
    pub retry: Retry,
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
    pub fn words(self) -> &'static str {
        match self {
            Retry::Later => "Retry helps, later.",
            Retry::Mended => "Retry helps once that is done.",
            Retry::Never => "Retry does not help: close this request and ask again.",
        }
    }
}

/// The entry for a code with this message.
pub fn find(code: &str, message: &str) -> Option<&'static Refusal> {
    REFUSALS.iter().find(|refusal| {
        refusal.code == code && refusal.word.is_none_or(|word| message.contains(word))
    })
}

const fn of(
    code: &'static str,
    retry: Retry,
    means: &'static str,
    who: &'static str,
    how: &'static str,
) -> Refusal {
    Refusal { code, word: None, means, who, how, retry }
}

const fn saying(word: &'static str, refusal: Refusal) -> Refusal {
    Refusal { word: Some(word), ..refusal }
}

const NOBODY: &str = "Nobody needs to";
const REQUESTER: &str = "The person who asked";
const STEP: &str = "The person in whose name the step runs";
const OWNER: &str = "An Owner or User Access Administrator of the place";
const OPERATOR: &str = "Whoever operates Twindesk";
const ADMINISTRATOR: &str = "An administrator of Microsoft Entra ID";
const POLICY: &str = "Whoever manages the Azure Policy";

use Retry::{Later, Mended, Never};

pub const REFUSALS: &[Refusal] = &[
    // 401
    of(
        "AuthenticationFailed",
        Later,
        "Azure got the call without a sign-in that it accepts.",
        STEP,
        "Sign out, sign in again, then retry.",
    ),
    of(
        "ExpiredAuthenticationToken",
        Later,
        "The sign-in behind the call had just run out.",
        NOBODY,
        "The portal fetches a new token by itself. If it goes on, compare this machine's clock with the \
         true time.",
    ),
    of(
        "InvalidAuthenticationToken",
        Later,
        "Azure did not accept the token of the person in whose name the step runs.",
        STEP,
        "Sign out, sign in again, then retry.",
    ),
    of(
        "InvalidAuthenticationTokenTenant",
        Mended,
        "The subscription belongs to another tenant than the one that Twindesk signs people in to.",
        OPERATOR,
        "If the subscription was moved a moment ago, wait an hour. Else it is served by a portal of its \
         own tenant.",
    ),
    of(
        "InvalidAuthenticationTokenAudience",
        Mended,
        "The portal asks another Azure cloud than the one that people sign in to.",
        OPERATOR,
        "Compare TWINDESK_ARM_URL and AZURE_AUTHORITY_HOST: they must be of one cloud.",
    ),
    of(
        "Unauthorized",
        Later,
        "The instance did not accept the token of the person in whose name it is asked.",
        STEP,
        "Sign out, sign in again, then try again.",
    ),
    // 403
    saying(
        "ABAC condition",
        of(
            "AuthorizationFailed",
            Never,
            "The right of the person in whose name this runs is limited by a condition, which allows \
             certain roles or members only.",
            OWNER,
            "Close this request and ask for it again: somebody without that limit can decide.",
        ),
    ),
    of(
        "AuthorizationFailed",
        Mended,
        "The person in whose name this runs may not do it any more, or not there.",
        OWNER,
        "Give that person the role again and retry; or let another approver take over; or close this \
         request and ask again, so that somebody else decides.",
    ),
    saying(
        "/subnets/join/",
        of(
            "LinkedAuthorizationFailed",
            Mended,
            "The person of the step may not join the subnet of the virtual network.",
            "Whoever manages access to the virtual network",
            "Give that person Network Contributor on the virtual network, or another role that may join its \
             subnets, then retry.",
        ),
    ),
    of(
        "LinkedAuthorizationFailed",
        Mended,
        "The person of the step lacks a role on another resource that this one uses; Azure names it.",
        "Whoever manages access to that resource",
        "Give that person a role there, then retry.",
    ),
    of(
        "DenyAssignmentAuthorizationFailed",
        Mended,
        "A deny assignment forbids it, whatever roles somebody holds.",
        "Whoever manages the deny assignment, often a managed application or a deployment stack",
        "Have the place left out of it, then retry.",
    ),
    saying(
        "MFA is required",
        of(
            "RequestDisallowedByPolicy",
            Mended,
            "Azure takes this only from somebody who has signed in with a second factor.",
            STEP,
            "Sign in again with multi-factor authentication, then retry.",
        ),
    ),
    of(
        "RequestDisallowedByPolicy",
        Mended,
        "An Azure Policy forbids it.",
        POLICY,
        "Ask again in a way that the policy allows, for example in another region or with the tags that it \
         wants; or have the place exempted, then retry.",
    ),
    of(
        "Forbidden",
        Later,
        "The instance does not let this person in.",
        OWNER,
        "A new role takes up to ten minutes to reach the instance. Public network access may also be off.",
    ),
    // Role assignments
    of(
        "PrincipalNotFound",
        Later,
        "The directory does not know this member.",
        REQUESTER,
        "Somebody made a moment ago is known after some minutes: retry then. Somebody deleted is not: close \
         this request and ask for another member.",
    ),
    of(
        "SubjectNotFound",
        Later,
        "The directory does not know this member yet.",
        REQUESTER,
        "Somebody made a moment ago is known after some minutes: retry then. Somebody deleted is not: close \
         this request and ask for another member.",
    ),
    of(
        "RoleAssignmentExists",
        Later,
        "Somebody has assigned the same meanwhile.",
        NOBODY,
        "Look at Access control (IAM) of the instance; there may be nothing left to do.",
    ),
    of(
        "RoleAssignmentDoesNotExist",
        Never,
        "Somebody has removed the role assignment meanwhile.",
        NOBODY,
        "There is nothing left to remove.",
    ),
    of(
        "RoleAssignmentUpdateNotPermitted",
        Never,
        "Another role assignment has this name already.",
        REQUESTER,
        "Close this request and ask again.",
    ),
    of(
        "RoleAssignmentLimitExceeded",
        Mended,
        "The subscription holds as many role assignments as Azure allows.",
        OWNER,
        "Remove some that are needed no more, or assign a role to a group instead of its members; then \
         retry.",
    ),
    of(
        "RoleAssignmentScopeNotAssignableToRoleDefinition",
        Never,
        "This role cannot be assigned at this place.",
        REQUESTER,
        "Ask for another role, or for this one where it can be assigned.",
    ),
    of(
        "RoleDefinitionDoesNotExist",
        Never,
        "The role does not exist any more.",
        REQUESTER,
        "Ask for another role.",
    ),
    of(
        "CannotDeleteLastRbacAdminAssignment",
        Mended,
        "Nobody could assign roles on the subscription any more.",
        OWNER,
        "Assign Owner or User Access Administrator on the subscription to somebody else first; then retry.",
    ),
    of(
        "AadPremiumLicenseRequired",
        Never,
        "The tenant has no licence for roles that end by themselves (Privileged Identity Management).",
        ADMINISTRATOR,
        "Ask for the role without an end, or have Microsoft Entra ID P2 bought.",
    ),
    of(
        "RoleAssignmentRequestPolicyValidationFailed",
        Never,
        "The rules of Privileged Identity Management do not allow it so; Azure names the rule.",
        "Whoever manages Privileged Identity Management",
        "Ask again as the rule wants it, often for a shorter time.",
    ),
    of(
        "RoleAssignmentRequestAcrsValidationFailed",
        Mended,
        "Privileged Identity Management wants a stronger sign-in.",
        STEP,
        "Sign in again as asked, then retry.",
    ),
    of(
        "ActiveDurationTooShort",
        Later,
        "A role must be held for five minutes before it can be changed.",
        NOBODY,
        "Retry in five minutes.",
    ),
    // The place
    of(
        "ScopeLocked",
        Mended,
        "A lock protects the place.",
        OWNER,
        "Remove the lock, retry, and put the lock back.",
    ),
    of(
        "MissingSubscriptionRegistration",
        Mended,
        "The subscription is not registered for Microsoft.DigitalTwins.",
        "A Contributor or Owner of the subscription",
        "Register the resource provider Microsoft.DigitalTwins there, then retry.",
    ),
    of(
        "SubscriptionNotRegistered",
        Mended,
        "The subscription is not registered for a resource provider that this needs.",
        "A Contributor or Owner of the subscription",
        "Register the resource provider that Azure names, then retry.",
    ),
    of(
        "ReadOnlyDisabledSubscription",
        Mended,
        "The subscription is disabled: it can be read and nothing else.",
        "The subscription's billing owner",
        "Have the subscription enabled again, then retry.",
    ),
    of(
        "SubscriptionNotFound",
        Never,
        "There is no such subscription, or not for the person in whose name this runs.",
        OWNER,
        "Have a role given to that person there; or ask again in another subscription.",
    ),
    of(
        "InvalidSubscriptionId",
        Never,
        "This is not the ID of a subscription.",
        REQUESTER,
        "Ask again and pick the subscription from the list.",
    ),
    of(
        "ResourceGroupNotFound",
        Never,
        "The resource group is gone.",
        REQUESTER,
        "Ask again and have the resource group created, or pick another.",
    ),
    of(
        "ResourceGroupBeingDeleted",
        Never,
        "The resource group is being deleted.",
        REQUESTER,
        "Ask again in another resource group.",
    ),
    of(
        "ResourceNotFound",
        Never,
        "What this is about is gone, or the person in whose name it runs does not see it.",
        REQUESTER,
        "Look whether it still exists, and whether its resource ID is right: the Azure portal shows it under Properties.",
    ),
    of(
        "ParentResourceNotFound",
        Never,
        "What this belongs to is gone.",
        REQUESTER,
        "Look whether it still exists; if not, close this request.",
    ),
    of(
        "InvalidResourceGroupLocation",
        Never,
        "The resource group exists already, in another region.",
        REQUESTER,
        "Ask again and pick the existing resource group, or another name.",
    ),
    of(
        "InvalidResourceLocation",
        Never,
        "Something of this name exists there already, in another region.",
        REQUESTER,
        "Ask again with another name.",
    ),
    of(
        "LocationNotAvailableForResourceType",
        Never,
        "Azure Digital Twins is not offered in this region.",
        REQUESTER,
        "Ask again in one of the regions that Azure names.",
    ),
    of(
        "LocationRequired",
        Never,
        "The call names no region.",
        REQUESTER,
        "Ask again and pick a region.",
    ),
    of(
        "NoRegisteredProviderFound",
        Never,
        "Azure does not offer this in the region, or not in the version that the portal uses.",
        OPERATOR,
        "Ask again in another region; if Azure names the version, update Twindesk.",
    ),
    of(
        "ReservedResourceName",
        Never,
        "The name holds a word that Azure reserves.",
        REQUESTER,
        "Ask again with another name.",
    ),
    saying(
        "instances in this region",
        of(
            "BadRequest",
            Mended,
            "The subscription has as many instances in this region as Azure allows.",
            "A Contributor or Owner of the subscription",
            "Ask again with another region; or delete an instance that is not used, or have Azure's support \
             raise the limit, then retry.",
        ),
    ),
    // Azure is busy or ill
    of(
        "TooManyRequests",
        Later,
        "Azure takes no more calls in this person's name for a while.",
        NOBODY,
        "It passes by itself.",
    ),
    of(
        "SubscriptionRequestsThrottled",
        Later,
        "Azure takes no more calls in this subscription for a while.",
        NOBODY,
        "It passes by itself.",
    ),
    of(
        "OperationNotAllowed",
        Later,
        "Azure does not take this call now: too many calls, or a limit of the subscription.",
        OWNER,
        "Read what Azure says; where it names a limit, have it raised, then retry.",
    ),
    of(
        "InternalServerError",
        Later,
        "Azure failed at its own end.",
        "Microsoft",
        "If it lasts, open a support ticket with the correlation ID.",
    ),
    of(
        "BadGateway",
        Later,
        "Azure failed at its own end.",
        "Microsoft",
        "See status.azure.com; if it lasts, open a support ticket with the correlation ID.",
    ),
    of(
        "ServiceUnavailable",
        Later,
        "Azure is not there at the moment.",
        "Microsoft",
        "See status.azure.com; if it lasts, open a support ticket with the correlation ID.",
    ),
    of(
        "ServerTimeout",
        Later,
        "Azure took too long at its own end.",
        "Microsoft",
        "See status.azure.com; if it lasts, open a support ticket with the correlation ID.",
    ),
    of(
        "GatewayTimeout",
        Later,
        "Azure took too long at its own end.",
        "Microsoft",
        "See status.azure.com; if it lasts, open a support ticket with the correlation ID.",
    ),
    of(
        "Conflict",
        Later,
        "Azure is busy with another change of the same resource.",
        NOBODY,
        "It passes when the other change has ended.",
    ),
    of(
        "AnotherOperationInProgress",
        Later,
        "Azure is busy with another change of the same resource.",
        NOBODY,
        "It passes when the other change has ended.",
    ),
    of(
        "OperationInProgress",
        Later,
        "Azure is busy with another change of the same resource.",
        NOBODY,
        "It passes when the other change has ended.",
    ),
    of("RetryableError", Later, "Azure asks to try again.", NOBODY, "It passes by itself."),
    // Entra ID
    of(
        "AADSTS50076",
        Mended,
        "Entra ID wants a second factor from the person in whose name this runs.",
        STEP,
        "Sign in again with multi-factor authentication.",
    ),
    of(
        "AADSTS50079",
        Mended,
        "Entra ID wants the person in whose name this runs to set up multi-factor authentication.",
        STEP,
        "Sign in again and follow what Entra ID shows.",
    ),
    of(
        "AADSTS50074",
        Mended,
        "Entra ID wants a second factor from the person in whose name this runs.",
        STEP,
        "Sign in again with multi-factor authentication.",
    ),
    of(
        "AADSTS50072",
        Mended,
        "Entra ID wants the person in whose name this runs to set up multi-factor authentication.",
        STEP,
        "Sign in again and follow what Entra ID shows.",
    ),
    of(
        "AADSTS50078",
        Mended,
        "The second factor was given too long ago.",
        STEP,
        "Sign in again with multi-factor authentication.",
    ),
    of(
        "AADSTS53003",
        Mended,
        "Conditional Access forbids this person, device or place to sign in to Azure.",
        ADMINISTRATOR,
        "Have the Conditional Access policy checked in Entra ID's sign-in log; then sign in again and retry.",
    ),
    of(
        "AADSTS530084",
        Mended,
        "Conditional Access wants a sign-in that is bound to the device.",
        ADMINISTRATOR,
        "Have Twindesk left out of the token protection policy; then sign in again and retry.",
    ),
    of(
        "AADSTS53000",
        Mended,
        "Conditional Access wants a compliant device.",
        STEP,
        "Sign in from a device that your organisation manages, then retry.",
    ),
    of(
        "AADSTS53001",
        Mended,
        "Conditional Access wants a device that is joined to the organisation.",
        STEP,
        "Sign in from a device that your organisation manages, then retry.",
    ),
    of(
        "AADSTS50097",
        Mended,
        "Conditional Access wants the device to identify itself.",
        STEP,
        "Sign in from a device that your organisation manages, then retry.",
    ),
    of(
        "AADSTS65001",
        Mended,
        "Nobody has consented that Twindesk may call this service for the person.",
        ADMINISTRATOR,
        "Sign in again and consent, or have an administrator consent for everybody; then retry.",
    ),
    of(
        "AADSTS65004",
        Mended,
        "The person has declined to let Twindesk act for them.",
        STEP,
        "Sign in again and consent, then retry.",
    ),
    of(
        "AADSTS90094",
        Mended,
        "An administrator must consent first.",
        ADMINISTRATOR,
        "Have an administrator consent for everybody; then sign in again and retry.",
    ),
    of("AADSTS70008", Mended, "The kept sign-in has expired.", STEP, "Sign in again."),
    of(
        "AADSTS700082",
        Mended,
        "The kept sign-in was not used for 90 days and has expired.",
        STEP,
        "Sign in again.",
    ),
    of(
        "AADSTS70043",
        Mended,
        "The organisation wants people to sign in more often.",
        STEP,
        "Sign in again.",
    ),
    of(
        "AADSTS50173",
        Mended,
        "The kept sign-in was revoked: a password was changed, or an administrator ended it.",
        STEP,
        "Sign in again.",
    ),
    of(
        "AADSTS50057",
        Mended,
        "The account of the person in whose name this runs is disabled.",
        ADMINISTRATOR,
        "Have the account enabled again; or let another approver take over.",
    ),
    of(
        "AADSTS50034",
        Never,
        "The account of the person in whose name this runs is not in the directory any more.",
        "Another approver",
        "Another approver can take over.",
    ),
    of(
        "AADSTS50105",
        Mended,
        "The person is not assigned to Twindesk in Entra ID.",
        ADMINISTRATOR,
        "Assign the person to the enterprise application; then sign in again and retry.",
    ),
    of(
        "AADSTS50020",
        Mended,
        "The account is of another tenant.",
        STEP,
        "Sign in with the account of this tenant, then retry.",
    ),
    of(
        "AADSTS500011",
        Mended,
        "Entra ID does not know the service in this tenant.",
        ADMINISTRATOR,
        "Have the service principal made as in docs/connect.md, then retry.",
    ),
    of(
        "AADSTS7000215",
        Mended,
        "The portal's client secret is wrong.",
        OPERATOR,
        "Set AZURE_CLIENT_SECRET to a secret's value (not its ID), then retry.",
    ),
    of(
        "AADSTS7000222",
        Mended,
        "The portal's client secret has expired.",
        OPERATOR,
        "Make a new client secret, set AZURE_CLIENT_SECRET, then retry.",
    ),
    of(
        "AADSTS7000218",
        Mended,
        "The portal has sent no client secret.",
        OPERATOR,
        "Set AZURE_CLIENT_SECRET or a federated credential, then retry.",
    ),
    of(
        "AADSTS700016",
        Mended,
        "Entra ID does not know the portal's application in this tenant.",
        OPERATOR,
        "Compare AZURE_CLIENT_ID and AZURE_TENANT_ID with the app registration, then retry.",
    ),
    of(
        "AADSTS50196",
        Later,
        "Entra ID has seen the same question too often.",
        NOBODY,
        "It passes within five minutes.",
    ),
    // What we found ourselves
    of(
        "NoSignIn",
        Mended,
        "No sign-in of this person is kept: they have signed out everywhere, or never signed in.",
        STEP,
        "Sign in again.",
    ),
    of(
        "KeyLost",
        Mended,
        "The kept sign-in opens with none of the portal's keys: they were changed.",
        STEP,
        "Sign in again. If many see this, whoever operates Twindesk puts the old key back into \
         TWINDESK_KEYS, behind the new one.",
    ),
    of(
        "Throttled",
        Later,
        "Azure has asked to be left alone in this person's name.",
        NOBODY,
        "It goes on when the time has passed that Azure named.",
    ),
    of(
        "Timeout",
        Later,
        "Azure did not answer in time. Whether it did what was asked is looked up at the next try.",
        NOBODY,
        "See status.azure.com if it lasts.",
    ),
    of(
        "NoConnection",
        Later,
        "The portal does not reach Azure.",
        OPERATOR,
        "Have the network, the proxy and DNS checked: twindesk check says what does not answer.",
    ),
    of(
        "BrokenConnection",
        Later,
        "The connection ended early. Whether Azure did what was asked is looked up at the next try.",
        OPERATOR,
        "If it lasts, have the network and the proxy checked.",
    ),
    of(
        "UnexpectedAnswer",
        Later,
        "Something answered in another way than Azure does, or half an answer came.",
        OPERATOR,
        "If it lasts, have the proxy or firewall in between checked.",
    ),
    of(
        "TooLong",
        Later,
        "The answer was longer than is accepted.",
        OPERATOR,
        "If it lasts, have the proxy or firewall in between checked.",
    ),
    of(
        "NoEnd",
        Later,
        "Azure has been working on it for more than an hour.",
        "Microsoft",
        "Look at the resource in the Azure portal. Retry looks first, and sends only what Azure \
         does not show; if nothing moves, open a support ticket with the correlation ID.",
    ),
    of(
        "Canceled",
        Mended,
        "Somebody or something has cancelled the operation in Azure.",
        "Whoever cancelled it: see the Activity Log of the resource",
        "Find out why, then retry.",
    ),
    of(
        "Failed",
        Later,
        "The operation failed in Azure, which gave no reason.",
        "Microsoft",
        "Look at the resource in the Azure portal and at its Activity Log, then retry.",
    ),
    of(
        "ProvisioningFailed",
        Later,
        "Azure took the call, and could not carry it out.",
        "Microsoft",
        "Look at the resource and its Activity Log in the Azure portal. If it lasts, open a support ticket \
         with the correlation ID.",
    ),
    of(
        "NotShown",
        Later,
        "Azure took the call and does not show what came of it.",
        REQUESTER,
        "Look in the Azure portal whether it is there. Retry sends the call again.",
    ),
    of(
        "NotConnected",
        Mended,
        "The private endpoint is there, and nothing reaches the instance through it.",
        "Whoever manages the instance's Networking page",
        "Have the connection approved there, then retry.",
    ),
    of(
        "AlreadyExists",
        Never,
        "Something of this name is there already, and was not made for this request.",
        REQUESTER,
        "Ask again with another name.",
    ),
    of(
        "InstanceMissing",
        Never,
        "The instance is gone.",
        REQUESTER,
        "There is nothing left to change: close this request.",
    ),
    of(
        "NotFound",
        Never,
        "What this is about is gone.",
        REQUESTER,
        "There is nothing left to change: close this request.",
    ),
    of(
        "AnotherInstance",
        Never,
        "The instance was deleted, and another of its name was made since.",
        REQUESTER,
        "Close this request; ask again if it is meant for the new instance.",
    ),
    of(
        "NotTheSame",
        Never,
        "The role assignment is another one than was approved.",
        REQUESTER,
        "Close this request and ask again.",
    ),
    of(
        "OtherCondition",
        Mended,
        "The role is held there already, under another condition than was approved.",
        OWNER,
        "Remove that role assignment, then retry.",
    ),
    of(
        "IdentityGone",
        Never,
        "The managed identity is gone, or is another one since it was asked about.",
        REQUESTER,
        "Turn the identity on or associate it first; then ask again.",
    ),
    of(
        "IdentityChanged",
        Never,
        "Somebody has changed the instance's identities since this was asked.",
        REQUESTER,
        "Close this request and ask again.",
    ),
    of(
        "IdentityUnread",
        Never,
        "Azure shows the instance's identities in a form that this version does not know.",
        OPERATOR,
        "Update Twindesk, or make the change in the Azure portal.",
    ),
    of(
        "TagsChanged",
        Never,
        "Somebody has changed the instance's tags since this was asked.",
        REQUESTER,
        "Close this request and ask again.",
    ),
    of(
        "TagsDiffer",
        Never,
        "Azure took the tags and shows others: somebody has changed them, or a policy adds some.",
        REQUESTER,
        "Look at the instance's tags; close this request, and ask again if they are wrong.",
    ),
    of(
        "Changed",
        Never,
        "The connection leads to another private endpoint than when this was asked.",
        REQUESTER,
        "Close this request and look at the instance's Networking page.",
    ),
    of(
        "NoHostName",
        Later,
        "The instance's host name is not known, so access could not be tried.",
        REQUESTER,
        "Open the instance's page in a while and test access again.",
    ),
    of(
        "LeaseLost",
        Later,
        "Another replica has taken the step over.",
        NOBODY,
        "It goes on by itself.",
    ),
    of(
        "Database",
        Later,
        "The portal's own database did not answer.",
        OPERATOR,
        "Have the database checked; it goes on by itself.",
    ),
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
            for text in [refusal.means, refusal.how] {
                assert!(text.ends_with('.') && !text.contains("  "), "{}: {text}", refusal.code);
            }
            assert!(!refusal.who.ends_with('.'), "{}", refusal.code);
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
