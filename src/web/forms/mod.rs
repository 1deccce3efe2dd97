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
