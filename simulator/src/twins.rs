//! The data plane of Azure Digital Twins instances: who is let in. What they find there is `twin_data`'s.
//!
//! Source: data-plane `digitaltwins.json` 2023-10-31; "Troubleshoot Azure Digital Twins: Error 403 (Forbidden)". Refusals
//! have no body, as the service's have none.

use serde_json::json;

use crate::Params;
use crate::arm::decision::decide_data;
use crate::entra::{self, Resource};
use crate::message::{Answer, Ask};
use crate::shapes::Shape;
use crate::state::State;

const VERSIONS: [&str; 4] = ["2023-10-31", "2023-06-30", "2022-05-31", "2020-10-31"];

pub fn error(status: u16, code: &'static str, message: &str) -> Answer {
    Answer::json(status, &json!({"error": {"code": code, "message": message}}))
        .with("x-ms-error-code", code)
}

/// 401 without a good token, 403 without an effective data role or with the public network closed.
pub fn admitted(state: &State, ask: &Ask, params: &Params, action: &str) -> Result<(), Answer> {
    let caller = entra::caller(state, ask, Resource::Twins)
        .map_err(|_| Answer::empty(401).with("www-authenticate", "Bearer"))?;
    let host = params["host"].to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    let found = state.world.instances.iter().find(|row| row.host.as_deref() == Some(host));
    // A name that does not resolve: the nearest thing to it that one server can answer.
    let instance = found.ok_or_else(|| {
        error(404, "NotFound", "There is no Azure Digital Twins instance of this name.")
    })?;
    match ask.query("api-version") {
        Some(version) if VERSIONS.contains(&version) => {}
        Some(version) => {
            let text = format!(
                "The HTTP resource that matches the request URI does not support the API version '{version}'."
            );
            return Err(error(400, "UnsupportedApiVersion", &text));
        }
        None => {
            return Err(error(
                400,
                "ApiVersionUnspecified",
                "An API version is required, but was not specified.",
            ));
        }
    }
    let rows = state.world.effective_assignments(state.now());
    let decided = decide_data(&state.world, rows, &caller.oid, action, &instance.id());
    if instance.public_network_access == "Disabled" || !decided.is_allowed() {
        return Err(Answer::empty(403));
    }
    Ok(())
}

pub const ERROR_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-10-31 ErrorResponse",
    "{error!:{code!:s message!:s details:[^] innererror:{code:s innererror:^}}}",
);
