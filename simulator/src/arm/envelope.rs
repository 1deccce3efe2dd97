//! What surrounds every ARM answer: error bodies, headers, pages of lists. Knows no resource type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::throttling;
use crate::clock::precise;
use crate::entra::Caller;
use crate::message::{Answer, Ask};
use crate::random;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{ServicePrincipal, World};

/// An error made by ARM itself.
pub fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"error": {"code": code, "message": message}}))
        .with("x-ms-failure-cause", "gateway")
}

/// A `WWW-Authenticate` value that asks for claims. Recordings of 2020 call a revoked session and a wrong address an
/// `invalid_token`; `recent` ones, of 2024 in Microsoft's packages, have `insufficient_claims` for every reason.
pub fn challenge(authority: &str, claims: &Value, recent: bool) -> String {
    let wanted = &claims["access_token"];
    let (error, description) = if wanted.get("xms_rp_ipaddr").is_some() {
        ("invalid_token", "Tenant IP Policy validate failed.")
    } else if wanted.get("nbf").is_some() {
        ("invalid_token", "User session has been revoked")
    } else {
        ("insufficient_claims", "Continuous access evaluation resulted in challenge with claims")
    };
    let error = if recent { "insufficient_claims" } else { error };
    format!(
        "Bearer authorization_uri=\"{authority}\", error=\"{error}\", error_description=\"{description}\", claims=\"{}\"",
        encoded(claims)
    )
}

pub fn encoded(claims: &Value) -> String {
    STANDARD.encode(claims.to_string())
}

/// Adds the headers that ARM sends with every answer.
pub fn dress(mut answer: Answer, ask: &Ask, state: &State, caller: Option<&Caller>) -> Answer {
    let request = random::guid();
    let correlation = ask.header("x-ms-correlation-request-id").unwrap_or(&request).to_owned();
    let now = state.now();
    let oid = caller.map_or("", |caller| caller.oid.as_str());
    answer.headers.retain(|(name, _)| *name != "x-ms-request-id");
    answer = answer
        .with("x-ms-request-id", request.clone())
        .with("x-ms-correlation-request-id", correlation)
        .with(
            "x-ms-routing-request-id",
            format!("WESTEUROPE:{}:{request}", now.strftime("%Y%m%dT%H%M%SZ")),
        )
        .with("cache-control", "no-cache")
        .with("pragma", "no-cache")
        .with("expires", "-1")
        .with("strict-transport-security", "max-age=31536000; includeSubDomains")
        .with("x-content-type-options", "nosniff")
        .with("x-cache", "CONFIG_NOCACHE")
        .with(
            "x-msedge-ref",
            format!(
                "Ref A: {} Ref B: SIMULATOR Ref C: {}",
                request.replace('-', "").to_uppercase(),
                now.strftime("%Y-%m-%dT%H:%M:%SZ")
            ),
        );
    if let Some(caller) = caller {
        answer = answer.with(
            "x-ms-operation-identifier",
            format!("tenantId={},objectId={oid}/westeurope/{}", caller.tenant, random::guid()),
        );
    }
    if ask
        .header("x-ms-return-client-request-id")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        && let Some(id) = ask.header("x-ms-client-request-id")
    {
        answer = answer.with("x-ms-client-request-id", id);
    }
    for (name, value) in throttling::headers(state, ask, caller.map(|caller| caller.oid.as_str())) {
        answer = answer.with(name, value);
    }
    answer
}

/// `systemData`: who made a resource and who changed it last.
pub fn system_data(
    world: &World,
    (maker, made): (&str, Timestamp),
    (changer, changed): (&str, Timestamp),
) -> Value {
    json!({
        "createdBy": maker,
        "createdByType": kind_of(world, maker),
        "createdAt": precise(made),
        "lastModifiedBy": changer,
        "lastModifiedByType": kind_of(world, changer),
        "lastModifiedAt": precise(changed),
    })
}

/// People stand there by user name, service principals by the id of their application.
fn kind_of(world: &World, who: &str) -> &'static str {
    let of = |row: &&ServicePrincipal| row.app_id.eq_ignore_ascii_case(who);
    match world.service_principals.iter().find(of) {
        Some(row) if row.kind == "ManagedIdentity" => "ManagedIdentity",
        None if uuid::Uuid::parse_str(who).is_err() => "User",
        _ => "Application",
    }
}

/// One page of a list. `nextLink` is there only if more follows.
pub fn page(state: &State, ask: &Ask, rows: Vec<Value>) -> Answer {
    let from: usize = ask.query("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0);
    let size = ask
        .query("$top")
        .and_then(|top| top.parse().ok())
        .unwrap_or(state.settings.page_size)
        .clamp(1, state.settings.page_size.max(1));
    let more = rows.len() > from + size;
    let value: Vec<Value> = rows.into_iter().skip(from).take(size).collect();
    let mut body = json!({ "value": value });
    if more {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                ask.query.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken")),
            )
            .append_pair("$skiptoken", &(from + size).to_string())
            .finish();
        body["nextLink"] = json!(format!("{}{}?{query}", state.places.arm, ask.path));
    }
    Answer::json(200, &body)
}

pub const ERROR_SHAPE: Shape = Shape::of(
    "resource-management/types.json v5 ErrorResponse",
    "{error!:{code!:s message!:s target:s details:[^] additionalInfo:[{type:s info:{*:*}}]}}",
);
