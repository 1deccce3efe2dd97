//! What can be set about the simulated Azure while it runs. Knows names and defaults; what they do is written where it is done.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entra::access::Policy;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A long-running operation answers `Running` to at least so many looks at its addresses …
    pub lro_polls: u32,
    /// … and for at least so many seconds of the simulator's clock.
    pub lro_seconds: i64,
    /// What operations that start from now on come to.
    pub lro_outcome: Outcome,
    /// `Retry-After` of long-running operations, seconds.
    pub retry_after: u32,
    /// `Registering` is shown to at least so many reads of the provider …
    pub registration_polls: u32,
    /// … and for at least so many seconds.
    pub registration_seconds: i64,
    /// How long the data plane does not yet know of a change of role assignments.
    pub role_propagation_seconds: i64,
    /// How long a new managed identity is not found by the role assignment service.
    pub replication_seconds: i64,
    /// `expires_in` of access tokens.
    pub access_token_seconds: i64,
    /// The same where the client has said `cp1`; Azure's live up to 28 hours.
    pub capable_token_seconds: Option<i64>,
    /// Rows a page in ARM lists.
    pub page_size: usize,
    /// Rows a page in Graph lists without `$top`.
    pub graph_page_size: usize,
    /// Delegated permissions that are consented: bare names are Graph's.
    pub consented: Vec<String>,
    /// ARM answers writes without multi-factor authentication with 401 and a claims challenge.
    pub mfa_for_writes: bool,
    /// The permissions API refuses (403) callers who hold no role with `Microsoft.Authorization/permissions/read` at the
    /// scope; otherwise it answers them an empty list. Microsoft's documentation does not say which.
    pub permissions_need_read: bool,
    /// Instances allowed in one region of one subscription.
    pub quota: usize,
    /// The tenant may use Privileged Identity Management.
    pub premium_licence: bool,
    /// The longest that its policies let an assignment last, as an ISO 8601 duration.
    pub pim_maximum: String,
    /// What its policies ask of requests: `Justification`, `Ticketing`, `MultiFactorAuthentication`.
    pub pim_rules: Vec<String>,
    /// The authentication context (`c1`) that its policies ask of those who activate a role.
    pub pim_context: Option<String>,
    /// Calls that one principal may make at once in one subscription, and how many more each second.
    pub bucket_reads: f64,
    pub bucket_writes: f64,
    pub bucket_deletes: f64,
    pub refill_reads: f64,
    pub refill_writes: f64,
    pub refill_deletes: f64,
    /// The same for queries of Resource Graph.
    pub bucket_queries: f64,
    pub refill_queries: f64,
    /// Role assignments in one subscription.
    pub role_assignment_limit: usize,
    /// The service principal of Azure Digital Twins is missing in the tenant (AADSTS500011).
    pub twins_principal_missing: bool,
    /// Id tokens carry `groups` (the application's registration asks for them).
    pub groups_claim: bool,
    /// With more groups than this a token points elsewhere instead.
    pub groups_overage: usize,
    /// Only people with an app role may sign in to our application (AADSTS50105).
    pub assignment_required: bool,
    /// The secret of our application has expired (AADSTS7000222).
    pub secret_expired: bool,
    /// Sign-ins older than this many seconds end (AADSTS70043); never without it.
    pub sign_in_frequency_seconds: Option<i64>,
    /// A second factor given longer ago than these seconds is no good any more (AADSTS50078); never without it.
    pub mfa_seconds: Option<i64>,
    /// So many refreshes of one sign-in for the same thing within five minutes; more are a loop (AADSTS50196).
    pub loop_limit: usize,
    /// Conditional Access.
    pub conditional_access: Vec<Policy>,
    /// Permissions that administrators have given to applications in their own name, for Graph.
    pub app_permissions: Vec<String>,
    /// `interval` of the device code flow, seconds.
    pub device_interval: u32,
    /// Claims challenges of ARM call themselves `insufficient_claims` whatever the reason, as recorded in 2024.
    pub recent_challenges: bool,
    /// Each answer is compared with its shape; one that breaks it is not sent, but a 500 that says what is wrong.
    pub check_shapes: bool,
    /// For tests only: keys (JWK) of a second issuer whose access tokens are good here.
    pub trusted_keys: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(from = "OutcomeForm")]
pub struct Outcome {
    /// `Succeeded`, `Failed` or `Canceled`; `Running`: it never ends.
    pub status: String,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// `"Failed"` or `{"status": "Failed", "code": …, "message": …}`.
#[derive(Deserialize)]
#[serde(untagged)]
enum OutcomeForm {
    Word(String),
    Whole { status: String, code: Option<String>, message: Option<String> },
}

impl Default for Outcome {
    fn default() -> Self {
        OutcomeForm::Word("Succeeded".into()).into()
    }
}

impl From<OutcomeForm> for Outcome {
    fn from(form: OutcomeForm) -> Self {
        match form {
            OutcomeForm::Word(status) => Self { status, code: None, message: None },
            OutcomeForm::Whole { status, code, message } => Self { status, code, message },
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lro_polls: 0,
            lro_seconds: 6,
            lro_outcome: Outcome::default(),
            retry_after: 10,
            registration_polls: 0,
            registration_seconds: 4,
            role_propagation_seconds: 5,
            replication_seconds: 10,
            access_token_seconds: 3599,
            capable_token_seconds: None,
            page_size: 100,
            graph_page_size: 100,
            consented: [
                "User.Read",
                "User.ReadBasic.All",
                "GroupMember.Read.All",
                "Application.Read.All",
                "https://management.azure.com/user_impersonation",
                "https://digitaltwins.azure.net/Read.Write",
            ]
            .map(String::from)
            .to_vec(),
            mfa_for_writes: false,
            permissions_need_read: true,
            quota: 10,
            premium_licence: true,
            pim_maximum: "P90D".into(),
            pim_rules: vec!["Justification".into()],
            pim_context: None,
            bucket_queries: 15.0,
            refill_queries: 3.0,
            bucket_reads: 250.0,
            bucket_writes: 200.0,
            bucket_deletes: 200.0,
            refill_reads: 25.0,
            refill_writes: 10.0,
            refill_deletes: 10.0,
            role_assignment_limit: 4000,
            twins_principal_missing: false,
            groups_claim: false,
            groups_overage: 200,
            assignment_required: false,
            secret_expired: false,
            sign_in_frequency_seconds: None,
            mfa_seconds: None,
            loop_limit: 15,
            conditional_access: Vec::new(),
            app_permissions: Vec::new(),
            device_interval: 5,
            recent_challenges: false,
            check_shapes: false,
            trusted_keys: Vec::new(),
        }
    }
}
