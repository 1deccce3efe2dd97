//! What hangs on an instance and on its identities, as Azure shows it: one file for each thing. Decides
//! nothing.

mod locks;
mod outlets;
mod principals;
mod roles;

pub use locks::{Hold, lock_check, locks_check};
pub use outlets::{Outlets, acts_as, what};
pub use principals::principals;
pub use roles::{assigned, roles};
