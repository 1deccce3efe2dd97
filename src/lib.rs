//! Twindesk: people ask for Azure Digital Twins instances and for access to them, people with the
//! right decide, and Azure is called in the decider's own name.
//!
//! # The map
//!
//! ```text
//!            ┌─► standing ─┐
//!   web ─────┤             ├─► delegation ─┬─► store ──► domain
//!            │   work ─────┘               └─► azure
//!            └──────┴─────────────► (store, azure, domain are open to both)
//! ```
//!
//! | module | what it is | what it does not know |
//! |---|---|---|
//! | [`domain`] | what is true: asking, planning, deciding | database, network, clock, pages |
//! | [`store`] | what is kept: the only SQL | HTTP |
//! | [`azure`] | what is outside: the only HTTP to Microsoft | requests, people, database |
//! | [`delegation`] | acting in a person's name: the only place a token is open | requests, pages |
//! | [`standing`] | what a person may do where, as Azure tells it to their own token | pages |
//! | [`inventory`] | the instances that a person can see, in one list | requests, pages |
//! | [`work`] | what happens by itself: plans carried out step by step | pages |
//! | [`web`] | what people see | SQL, tokens |
//! | [`words`] | what the product says, in every language | everything else |
//! | [`clock`] | the one place that knows what time it is | everything else |
//! | [`policy_file`] | the policy as the operator writes it, each mistake with its line | what becomes of it |
//! | [`config`] | every setting, read once | what becomes of it |
//! | [`telemetry`] | log, metrics and traces on their way out: the only exporters | what is told, and by whom |
//! | [`program`] | settings in, site and worker up, a polite stop | everything else |
//!
//! `web` and `work` meet only in the database, and at a bell that shortens the wait. Whoever has
//! something to tell operators does so by the facades `tracing` and `metrics`, where it happens.
//! `tests/layers.rs` fails when this map lies.

pub mod azure;
pub mod clock;
pub mod config;
pub mod delegation;
pub mod domain;
pub mod inventory;
pub mod policy_file;
pub mod program;
pub mod standing;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod words;
pub mod work;

use std::sync::Arc;
use std::time::Duration;

use domain::policy::Policy;

/// What a handler or the worker may reach for. Cloning it is cheap.
#[derive(Clone)]
pub struct App {
    pub store: store::Store,
    pub azure: azure::Azure,
    pub delegation: delegation::Delegation,
    pub standings: standing::Standings,
    pub inventory: inventory::Inventory,
    pub policy: Arc<Policy>,
    /// The only place that knows the time.
    pub clock: clock::Clock,
    /// Rung when something may be due.
    pub bell: Arc<tokio::sync::Notify>,
    /// True once the program has been told to stop: no work is begun, and nobody new is to come.
    pub stopping: Arc<tokio::sync::watch::Sender<bool>>,
    pub site: Arc<Site>,
}

/// What the site knows of itself.
#[derive(Clone, Debug)]
pub struct Site {
    /// Public origin, without a slash at the end. Never taken from a request's Host.
    pub origin: String,
    /// Where Entra ID is, for the form that signs out.
    pub authority: String,
    /// Whether the public origin is https, and so cookies are `Secure` and bound to the host.
    pub secure: bool,
    /// The Azure beside it is simulated.
    pub demo: bool,
    pub page_timeout: Duration,
    /// How long the door stays open after the program has been told to stop.
    pub drain: Duration,
    pub session_idle: Duration,
    pub session_limit: Duration,
    /// The least time between two looks at something that Azure is working on.
    pub poll_floor: Duration,
    /// Whoever stands in front of the portal says to which trace a page belongs.
    pub trusts_traceparent: bool,
    /// The Azure portal of this cloud, for links that people follow.
    pub azure_portal: String,
}
