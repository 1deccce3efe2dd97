//! The form of each kind of request: what there is to choose from, and what is made of what was typed.

mod change_identity;
mod change_networking;
mod change_tags;
mod create_instance;
mod delete_instance;
mod grant_access;
mod raise_role;
mod revoke_access;
mod tags;

pub use change_identity::IdentityChanging;
pub use change_networking::Connecting;
pub use change_tags::Tagging;
pub use create_instance::Creation;
pub use delete_instance::Deletion;
pub use grant_access::Granting;
pub use raise_role::Raising;
pub use revoke_access::{Revoking, relied};

use crate::domain::{asked::Asked, person::Person};

/// The address of the form with what was asked in it, for whoever asks again. `None` where the form
/// is reached from what it is about, and where an address cannot carry so much. An instance that
/// `stands` is not made a second time: what is left is access to it.
pub fn again(asked: &Asked, stands: bool, me: &Person) -> Option<String> {
    match asked {
        Asked::CreateInstance(create) if stands => Granting::again(&create.access()?, me),
        Asked::CreateInstance(create) => Creation::again(create, me),
        Asked::GrantAccess(grant) => Granting::again(grant, me),
        _ => None,
    }
}
