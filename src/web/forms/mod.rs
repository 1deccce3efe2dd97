//! The form of each kind of request: what there is to choose from, and what is made of what was typed.

mod about;
mod assign_identity_role;
mod change_identity;
mod change_networking;
mod change_tags;
mod create_instance;
mod delete_instance;
mod grant_access;
mod raise_role;
mod revoke_access;
mod tags;

pub use assign_identity_role::IdentityGranting;
pub use change_identity::IdentityChanging;
pub use change_networking::Connecting;
pub use change_tags::Tagging;
pub use create_instance::Creation;
pub use delete_instance::Deletion;
pub use grant_access::Granting;
pub use raise_role::Raising;
pub use revoke_access::{Revoking, relied};

use super::asking::Wish;
use crate::domain::{asked::Asked, request::Request};

/// The address of the form with what was asked in it, for whoever asks again. An instance that
/// `stands` is not made a second time: what is left is access to it, where that was asked too.
pub fn again(request: &Request, stands: bool) -> Option<String> {
    let form = match &request.asked {
        Asked::CreateInstance(create) if stands => {
            create.access()?;
            Granting::WORDS.form
        }
        Asked::CreateInstance(_) => Creation::WORDS.form,
        Asked::GrantAccess(_) => Granting::WORDS.form,
        Asked::ChangeNetworking(_) => Connecting::WORDS.form,
        Asked::ChangeTags(_) => Tagging::WORDS.form,
        Asked::RaiseRole(_) => Raising::WORDS.form,
        Asked::RevokeAccess(_) => Revoking::WORDS.form,
        Asked::ChangeIdentity(_) => IdentityChanging::WORDS.form,
        Asked::DeleteInstance(_) => Deletion::WORDS.form,
        Asked::AssignIdentityRole(_) => IdentityGranting::WORDS.form,
    };
    Some(format!("{form}?again={}", request.id))
}
