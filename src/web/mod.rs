//! What people see: every address, and for each a handler that reads, decides, writes, answers.
//! Knows no SQL and no token.

mod address;
mod approvals;
mod asking;
mod assets;
mod design;
mod directory;
mod error;
mod events;
mod fields;
mod forms;
mod headers;
mod health;
mod help;
mod helpers;
mod history;
mod home;
mod instance;
mod instances;
mod origin;
mod page;
mod planned;
mod queue;
mod reader;
mod requests;
mod roles;
mod search;
mod session;
mod settings;
mod several;
mod sight;
mod sign_in;
mod subscriptions;
mod trail;
mod visible;
mod visit;
mod wording;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use tower_http::compression::CompressionLayer;

pub use error::Error;

use asking::{ask, fill};
use forms::{
    Connecting, Creation, Deletion, Granting, IdentityChanging, IdentityGranting, Raising,
    Revoking, Tagging,
};

use crate::App;

/// The largest form that anybody fills in here, with room to spare.
const LARGEST_FORM: usize = 256 * 1024;

/// Every address there is. A handler that takes a `Viewer` is only for people who have signed in.
pub fn site(app: App) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/instances/new", get(fill::<Creation>).post(fill::<Creation>))
        .route("/instances", get(instances::list).post(ask::<Creation>))
        .route("/instances/{subscription}/{group}/{name}", get(instance::overview::show))
        .route(
            "/instances/{subscription}/{group}/{name}/networking",
            get(instance::networking::show),
        )
        .route(
            "/instances/{subscription}/{group}/{name}/connect",
            get(instance::connect::show).post(instance::connect::test),
        )
        .route("/instances/{subscription}/{group}/{name}/tags", get(instance::tags::show))
        .route("/instances/{subscription}/{group}/{name}/sheet", get(instance::sheet::page))
        .route("/instances/{subscription}/{group}/{name}/sheet.txt", get(instance::sheet::text))
        .route("/instances/{subscription}/{group}/{name}/sheet.json", get(instance::sheet::json))
        .route("/tags/new", get(fill::<Tagging>).post(fill::<Tagging>))
        .route("/tags", post(ask::<Tagging>))
        .route("/networking/new", get(fill::<Connecting>).post(fill::<Connecting>))
        .route("/networking", post(ask::<Connecting>))
        .route("/instances/{subscription}/{group}/{name}/access", get(instance::access::show))
        .route(
            "/instances/{subscription}/{group}/{name}/access/check",
            get(instance::access::check),
        )
        .route(
            "/instances/{subscription}/{group}/{name}/access/roles",
            get(instance::access::roles),
        )
        .route("/instances/{subscription}/{group}/{name}/identity", get(instance::identity::system))
        .route(
            "/instances/{subscription}/{group}/{name}/identity/user-assigned",
            get(instance::identity::user),
        )
        .route(
            "/instances/{subscription}/{group}/{name}/identity/user-assigned/details",
            get(instance::identity::details),
        )
        .route("/identity/new", get(fill::<IdentityChanging>).post(fill::<IdentityChanging>))
        .route("/identity", post(ask::<IdentityChanging>))
        .route("/identity/roles/new", get(fill::<IdentityGranting>).post(fill::<IdentityGranting>))
        .route("/identity/roles", post(ask::<IdentityGranting>))
        .route("/deletion/new", get(fill::<Deletion>).post(fill::<Deletion>))
        .route("/deletion", post(ask::<Deletion>))
        .route("/access/new", get(fill::<Granting>).post(fill::<Granting>))
        .route("/access", post(ask::<Granting>))
        .route("/access/remove", get(fill::<Revoking>).post(fill::<Revoking>))
        .route("/access/removals", post(ask::<Revoking>))
        .route("/roles/new", get(fill::<Raising>).post(fill::<Raising>))
        .route("/roles", post(ask::<Raising>))
        .route("/subscriptions", get(subscriptions::list))
        .route("/subscriptions/{subscription}", get(subscriptions::show))
        .route("/people", get(directory::people))
        .route("/fields/{rule}", get(fields::check))
        .route("/events", get(events::stream))
        .route("/requests", get(requests::list))
        .route("/requests/{id}", get(requests::show))
        .route("/requests/{id}/progress", get(requests::progress))
        .route("/requests/{id}/approval", post(requests::approve))
        .route("/requests/{id}/rejection", post(requests::reject))
        .route("/requests/{id}/return", post(requests::send_back))
        .route("/requests/{id}/comments", post(requests::comment))
        .route("/requests/{id}/look", post(requests::look_at))
        .route("/requests/{id}/look/end", post(requests::look_away))
        .route("/requests/{id}/withdrawal", post(requests::withdraw))
        .route("/requests/{id}/retry", post(requests::retry))
        .route("/requests/{id}/takeover", post(requests::take_over))
        .route("/requests/{id}/stop", post(requests::stop))
        .route("/requests/{id}/closure", post(requests::close))
        .route("/requests/{id}/verification", post(requests::verify))
        .route("/approvals", get(approvals::queue))
        .route("/approvals/decided", get(approvals::decided))
        .route("/approvals/selected", post(several::confirm))
        .route("/approvals/decisions", post(several::decide))
        .route("/history", get(history::list))
        .route("/search", get(search::show))
        .route("/settings", get(settings::show).post(settings::save))
        .route("/help/keyboard", get(help::keyboard))
        .route("/design", get(design::show))
        .route("/sign-in", get(sign_in::begin))
        .route("/auth/callback", get(sign_in::callback))
        .route("/auth/front-channel-logout", get(sign_in::front_channel))
        .route("/sign-out", post(sign_in::end))
        .route("/signed-out", get(sign_in::ended))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/static/{file}", get(assets::file))
        .fallback(error::missing)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(Extension(Arc::<health::Found>::default()))
        .layer(Extension(Arc::<events::Lines>::default()))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn_with_state(app.clone(), origin::own_pages_only))
        .layer(from_fn_with_state(app.clone(), error::whole_page))
        .layer(from_fn_with_state(app.clone(), reader::reads))
        .layer(from_fn_with_state(app.clone(), visit::watched))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), headers::safe))
        .with_state(app)
}
