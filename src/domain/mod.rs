//! What is true: asking, deciding, planning, and what follows from what Azure answered.
//! Knows no database, no network, no clock and no page.

pub mod asked;
pub mod granted;
pub mod history;
pub mod patience;
pub mod permission;
pub mod person;
pub mod plan;
pub mod policy;
pub mod principal;
pub mod problem;
pub mod refusals;
pub mod request;
pub mod revised;
pub mod role;
pub mod run;
pub mod scope;
pub mod settings;
pub mod time;

pub use time::Time;
