//! The whole program over real HTTP, beside the simulated Azure, on SQLite and on PostgreSQL. Time is
//! set and never slept. Each test is a story with people in it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot be is best shown by where it was not"
)]

mod access;
mod again;
mod asking;
mod azure;
mod backup;
mod carrying_on;
mod database;
mod deciding;
mod directory;
mod doors;
mod events;
mod faults;
mod filling_in;
mod helpers;
mod history;
mod hostile;
mod identity_roles;
mod instances;
mod networking;
mod once;
mod patience;
mod people;
mod portal;
mod program;
mod queue;
mod reading;
mod refusals;
mod roles;
mod safety;
mod schemas;
mod search;
mod secrets;
mod sending_back;
mod sign_in;
#[cfg(unix)]
mod stopping;
mod talking;
mod troubles;
mod watching;
mod working;
mod world;
