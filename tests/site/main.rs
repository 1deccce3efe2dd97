//! The whole program over real HTTP, beside the simulated Azure, on SQLite and on PostgreSQL. Time is
//! set and never slept. Each test is a story with people in it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot be is best shown by where it was not"
)]

mod access;
mod asking;
mod azure;
mod carrying_on;
mod deciding;
mod directory;
mod doors;
mod faults;
mod history;
mod hostile;
mod instances;
mod networking;
mod once;
mod patience;
mod people;
mod program;
mod refusals;
mod roles;
mod safety;
mod secrets;
mod sign_in;
mod troubles;
mod working;
mod world;
