//! What stands in the way of a step. Knows neither what follows from it nor who is told.

use serde::{Deserialize, Serialize};

/// What Azure said against it, in Azure's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub message: String,
    /// Azure's correlation id, where it gave one.
    pub correlation: Option<String>,
    /// HTTP status, where there was an answer at all.
    pub status: Option<u16>,
}

impl Problem {
    /// What can be done about it, where Azure's words alone do not say.
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self.code.as_str() {
            "AuthorizationFailed" if self.message.contains("ABAC condition") => {
                "The right of the person in whose name this runs is limited by a condition, which \
                 allows certain roles or members only. Close this request, and ask for it again: \
                 somebody without that limit can decide."
            }
            "AuthorizationFailed" => {
                "The person in whose name this runs may not do it any more, or not there. Once they \
                 may again, retry; else close this request and ask again, so that somebody else \
                 decides."
            }
            "RoleAssignmentExists" => {
                "Somebody has assigned the same meanwhile. Look at Access control (IAM) of the \
                 instance; there may be nothing left to do."
            }
            "LinkedAuthorizationFailed" if self.message.contains("/subnets/join/") => {
                "Somebody with the role Network Contributor on the virtual network, or with another \
                 role that may join its subnets, retries this, or gives that role to the person of \
                 the step first."
            }
            "LinkedAuthorizationFailed" => {
                "The person of the step needs a role on the linked scope that Azure names, too."
            }
            "BadRequest" if self.message.contains("instances in this region") => {
                "Ask again with another region, delete an instance that is not used, or have Azure's \
                 support raise the limit."
            }
            "ResourceNotFound" => {
                "Azure knows no such resource, or it is gone. Close this request, and ask again with \
                 the resource ID that the Azure portal shows under Properties."
            }
            "PrincipalNotFound" => {
                "The directory does not know this member. Somebody made a moment ago is known after \
                 some minutes: retry then. Somebody deleted is not: close this request and ask for \
                 another."
            }
            "ScopeLocked" => {
                "A lock protects the place. An Owner or a User Access Administrator of it can remove \
                 the lock; retry then, and have the lock put back."
            }
            "CannotDeleteLastRbacAdminAssignment" => {
                "Nobody could assign roles on the subscription any more. Assign Owner or User Access \
                 Administrator on it to somebody else first; then retry."
            }
            "RoleAssignmentLimitExceeded" => {
                "The subscription holds as many role assignments as Azure allows. Remove some that \
                 are needed no more, or assign a role to a group instead of its members; then retry."
            }
            "RoleAssignmentUpdateNotPermitted" => {
                "Another role assignment has this name already. Close this request and ask again."
            }
            "RequestDisallowedByPolicy" => {
                "An Azure Policy forbids it. Ask again in a way that the policy allows, for example \
                 in another region or with the tags that it wants; or have whoever manages the \
                 policy exempt the place, then retry."
            }
            "DenyAssignmentAuthorizationFailed" => {
                "A deny assignment forbids it, whatever roles somebody holds. Whoever manages it can \
                 leave the place out; retry then."
            }
            _ => return None,
        })
    }
}
