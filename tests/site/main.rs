//! The whole program over real HTTP, beside the simulated Azure, on SQLite and on PostgreSQL. Time is
//! set and never slept. Each test is a story with people in it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot be is best shown by where it was not"
)]

mod asking;
mod azure;
mod deciding;
mod doors;
mod history;
mod hostile;
mod instances;
mod people;
mod safety;
mod secrets;
mod sign_in;
mod troubles;
mod working;
mod world;
