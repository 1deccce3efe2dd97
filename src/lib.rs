//! Twindesk.
pub mod domain;
