pub mod azure;
pub mod config;
pub mod delegation;
pub mod domain;
pub mod store;
