//! The Activity Log: who wrote what, with the delegated caller. Every authenticated write is noted, refused ones too.
//!
//! Source: Microsoft.Insights `activityLogs_API.json` 2015-04-01; "View activity logs for Azure RBAC changes".

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Call, Outcome, envelope, rbac};
use crate::clock::precise;
use crate::entra::Caller;
use crate::entra::keys::claims_unverified;
use crate::message::{Answer, Ask};
use crate::random;
use crate::shapes::Shape;
use crate::state::State;

/// One write as it was answered.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Event {
    pub id: String,
    pub at: Timestamp,
    pub correlation: String,
    pub action: String,
    pub resource: String,
    pub caller: String,
    /// Name of the role that gave the caller the action.
    pub role: Option<String>,
    pub claims: Map<String, Value>,
    pub method: String,
    pub status: u16,
    pub request: Value,
    pub answer: Value,
    /// The long-running operation that it began.
    pub operation: Option<String>,
}

/// `Namespace/type/write` of a path.
fn action(method: &str, segments: &[String]) -> (String, String) {
    let at = segments.iter().rposition(|part| part.eq_ignore_ascii_case("providers"));
    let (mut kinds, mut end) = match at {
        Some(at) => {
            let rest = &segments[at + 1..];
            let kinds: Vec<&str> = rest
                .first()
                .into_iter()
                .chain(rest.iter().skip(1).step_by(2))
                .map(String::as_str)
                .collect();
            (kinds.join("/"), segments.len())
        }
        None => ("Microsoft.Resources/subscriptions/resourceGroups".to_owned(), segments.len()),
    };
    let verb = match method {
        "DELETE" => "delete",
        "POST" => {
            end = segments.len().saturating_sub(1);
            if at.is_none() {
                kinds = format!("{kinds}/{}", segments.last().map_or("", String::as_str));
            }
            "action"
        }
        _ => "write",
    };
    let resource = segments[..end].iter().map(|part| format!("/{part}")).collect();
    (format!("{kinds}/{verb}"), resource)
}

/// Writes down a call that could change something.
pub fn note(state: &mut State, ask: &Ask, caller: &Caller, answer: &Answer) {
    let in_subscription =
        ask.segments.first().is_some_and(|part| part.eq_ignore_ascii_case("subscriptions"));
    if !in_subscription
        || !matches!(ask.method.as_str(), "PUT" | "PATCH" | "DELETE" | "POST")
        || answer.status == 401
        || answer.status == 429
    {
        return;
    }
    if state.world.activity.len() >= 5000 {
        state.world.activity.drain(..1000);
    }
    let (action, resource) = action(&ask.method, &ask.segments);
    let claims = ask.bearer().and_then(claims_unverified).unwrap_or_default();
    let claims = claims.as_object().into_iter().flatten().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), json!(text))
    });
    let operation = answer
        .header("azure-asyncoperation")
        .or_else(|| answer.header("location"))
        .and_then(|url| url.split('?').next()?.rsplit('/').next())
        .map(str::to_owned);
    let role = rbac::giving(&state.world, &caller.oid, &action, &resource);
    let role = role.map(|role| role.name.clone());
    let event = Event {
        id: random::guid(),
        at: state.now(),
        correlation: answer.header("x-ms-correlation-request-id").unwrap_or_default().to_owned(),
        action,
        resource,
        caller: caller.upn.clone(),
        role,
        claims: claims.collect(),
        method: ask.method.clone(),
        status: answer.status,
        request: ask.json().unwrap_or_default(),
        answer: serde_json::from_slice(&answer.body).unwrap_or_default(),
        operation,
    };
    state.world.activity.push(event);
}

/// A time, which Azure's command line writes without quotes and without a zone.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim_matches('\'');
    text.parse().ok().or_else(|| {
        let plain: DateTime = text.parse().ok()?;
        Some(plain.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[derive(Default)]
struct Filter {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    /// At most one of the members that may be asked for.
    member: Option<(String, String)>,
}

impl Filter {
    fn read(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for part in text.split(" and ").map(str::trim) {
            let (member, rest) = part.split_once(' ')?;
            let (operator, value) = rest.trim().split_once(' ')?;
            let value = value.trim();
            if member == "eventTimestamp" {
                match operator {
                    "ge" => filter.from = Some(moment(value)?),
                    "le" => filter.to = Some(moment(value)?),
                    _ => return None,
                }
                continue;
            }
            let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
            match (member, operator) {
                (
                    "resourceGroupName" | "resourceUri" | "resourceId" | "resourceProvider"
                    | "correlationId",
                    "eq",
                ) if filter.member.is_none() => {
                    filter.member = Some((member.to_owned(), value.to_owned()));
                }
                _ => return None,
            }
        }
        filter.from.map(|_| filter)
    }

    fn takes(&self, row: &Event) -> bool {
        let same = |own: &str, value: &str| own.eq_ignore_ascii_case(value);
        self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at <= to)
            && self.member.as_ref().is_none_or(|(member, value)| match member.as_str() {
                "resourceGroupName" => group(row).is_some_and(|own| same(own, value)),
                "resourceProvider" => same(provider(row), value),
                "correlationId" => same(&row.correlation, value),
                _ => same(&row.resource, value),
            })
    }
}

fn group(row: &Event) -> Option<&str> {
    let mut parts = row.resource.split('/').skip(3);
    parts.next().filter(|part| part.eq_ignore_ascii_case("resourceGroups"))?;
    parts.next()
}

fn provider(row: &Event) -> &str {
    row.action.split('/').next().unwrap_or_default()
}

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must_see(state, "Microsoft.Insights/eventtypes/values/read", &subscription)?;
    let text = call.ask.query("$filter").unwrap_or_default();
    let Some(filter) = Filter::read(text) else {
        let text = format!("The $filter '{text}' is not one of the allowed patterns.");
        return Err(Answer::json(400, &json!({"code": "BadRequest", "message": text})));
    };
    let below = format!("/subscriptions/{subscription}");
    let mut rows: Vec<Value> = state
        .world
        .activity
        .iter()
        .filter(|row| rbac::reaches(&below, &row.resource) && filter.takes(row))
        .filter(|row| call.may(state, "Microsoft.Insights/eventtypes/values/read", &row.resource))
        .flat_map(|row| shown(state, row, &subscription))
        .collect();
    rows.reverse();
    if let Some(select) = call.ask.query("$select").filter(|select| !select.is_empty()) {
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        for row in &mut rows {
            if let Some(members) = row.as_object_mut() {
                members.retain(|name, _| names.iter().any(|own| own.eq_ignore_ascii_case(name)));
            }
        }
    }
    Ok(envelope::page(state, call.ask, rows))
}

/// The beginning, and the end once there is one.
fn shown(state: &State, row: &Event, subscription: &str) -> Vec<Value> {
    let operation = row
        .operation
        .as_ref()
        .and_then(|id| state.world.operations.iter().find(|operation| operation.id == *id));
    let whose = (state.world.tenant_of_subscription(subscription).id.as_str(), subscription);
    let mut all = vec![one(row, whose, "BeginRequest", "Started", row.at)];
    match operation {
        Some(operation) => {
            if let Some(at) = operation.ended_at {
                all.push(one(row, whose, "EndRequest", &operation.status, at));
            }
        }
        None => {
            let status = if row.status < 400 { "Succeeded" } else { "Failed" };
            all.push(one(row, whose, "EndRequest", status, row.at));
        }
    }
    all
}

fn one(
    row: &Event,
    (tenant, subscription): (&str, &str),
    event: &str,
    status: &str,
    at: Timestamp,
) -> Value {
    let both = |text: &str| json!({"value": text, "localizedValue": text});
    let begins = event == "BeginRequest";
    let id = match begins {
        true => row.id.clone(),
        false => Uuid::new_v5(&Uuid::NAMESPACE_OID, row.id.as_bytes()).to_string(),
    };
    let mut authorization = json!({"action": row.action, "scope": row.resource});
    if let Some(role) = &row.role {
        authorization["role"] = json!(role);
    }
    let code = axum::http::StatusCode::from_u16(row.status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or_default()
        .replace(' ', "");
    let mut properties = Map::new();
    let mut put = |name: &str, value: String| {
        properties.insert(name.to_owned(), json!(value));
    };
    put("entity", row.resource.clone());
    put("message", row.action.clone());
    put("hierarchy", subscription.to_owned());
    if begins {
        if !row.request.is_null() {
            put("requestbody", request_body(row));
        }
    } else {
        put("statusCode", code.clone());
        if !row.answer.is_null() {
            put("responseBody", row.answer.to_string());
        }
    }
    let sub_status = if begins { both("") } else { both(&code) };
    json!({
        "authorization": authorization,
        "caller": row.caller,
        "claims": row.claims,
        "correlationId": row.correlation,
        "description": "",
        "eventDataId": id,
        "eventName": both(event),
        "category": both("Administrative"),
        "httpRequest": {"clientRequestId": row.correlation, "clientIpAddress": "127.0.0.1", "method": row.method},
        "id": format!("{}/events/{id}/ticks/{}", row.resource, at.as_microsecond()),
        "level": if status == "Failed" { "Error" } else { "Informational" },
        "resourceGroupName": group(row).unwrap_or_default(),
        "resourceProviderName": both(provider(row)),
        "resourceType": both(row.action.rsplit_once('/').map_or("", |(kind, _)| kind)),
        "resourceId": row.resource,
        "operationId": row.correlation,
        "operationName": both(&row.action),
        "properties": properties,
        "status": both(status),
        "subStatus": sub_status,
        "eventTimestamp": precise(at),
        "submissionTimestamp": precise(at),
        "subscriptionId": subscription,
        "tenantId": tenant,
    })
}

/// For role assignments as recorded: `{"Id":…,"Properties":{"PrincipalId":…,"RoleDefinitionId":…,"Scope":…}}`.
fn request_body(row: &Event) -> String {
    if !row.action.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments/write") {
        return row.request.to_string();
    }
    let scope =
        row.resource.split("/providers/Microsoft.Authorization/").next().unwrap_or_default();
    json!({
        "Id": row.resource.rsplit('/').next(),
        "Properties": {
            "PrincipalId": row.request["properties"]["principalId"],
            "PrincipalType": row.request["properties"]["principalType"],
            "RoleDefinitionId": row.request["properties"]["roleDefinitionId"],
            "Scope": scope,
        },
    })
    .to_string()
}

pub const SHAPE: Shape = Shape::of(
    "activityLogs_API.json 2015-04-01 EventData",
    "{authorization:{action:s role:s scope:s} claims:{*:s} caller:s description:s id:s eventDataId:s correlationId:s eventName:{value!:s localizedValue:s} category:{value!:s localizedValue:s} httpRequest:{clientRequestId:s clientIpAddress:s method:s uri:s} level:s resourceGroupName:s resourceProviderName:{value!:s localizedValue:s} resourceId:s resourceType:{value!:s localizedValue:s} operationId:s operationName:{value!:s localizedValue:s} properties:{*:s} status:{value!:s localizedValue:s} subStatus:{value!:s localizedValue:s} eventTimestamp:s submissionTimestamp:s subscriptionId:s tenantId:s}",
);

/// The provider's own errors come without the envelope.
pub const ERROR_SHAPE: Shape =
    Shape::of("activityLogs_API.json 2015-04-01 ErrorResponse", "{code!:s message!:s}");

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, path: &str) -> String {
        let parts: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        action(method, &parts).0
    }

    #[test]
    fn an_action_is_read_from_the_path() {
        let twin = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DigitalTwins/digitalTwinsInstances/n";
        assert_eq!(of("PUT", twin), "Microsoft.DigitalTwins/digitalTwinsInstances/write");
        assert_eq!(
            of("DELETE", &format!("{twin}/endpoints/e")),
            "Microsoft.DigitalTwins/digitalTwinsInstances/endpoints/delete"
        );
        assert_eq!(
            of("PUT", &format!("{twin}/providers/Microsoft.Authorization/roleAssignments/a")),
            "Microsoft.Authorization/roleAssignments/write"
        );
        assert_eq!(
            of("POST", "/subscriptions/s/providers/Microsoft.DigitalTwins/register"),
            "Microsoft.DigitalTwins/register/action"
        );
        assert_eq!(
            of("PUT", "/subscriptions/s/resourceGroups/g"),
            "Microsoft.Resources/subscriptions/resourceGroups/write"
        );
    }

    #[test]
    fn only_the_documented_filters_are_read() {
        let from = "eventTimestamp ge '2026-01-01T00:00:00Z'";
        assert!(Filter::read(from).is_some());
        assert!(Filter::read(&format!("{from} and correlationId eq 'c'")).is_some());
        let bare = "eventTimestamp ge 2026-01-01T00:00:00.123456 and eventTimestamp le 2026-01-02";
        let bare = Filter::read(&format!("{bare}T00:00:00 and resourceGroupName eq 'g'"));
        assert_eq!(bare.and_then(|filter| filter.to), "2026-01-02T00:00:00Z".parse().ok());
        assert!(Filter::read("correlationId eq 'c'").is_none());
        assert!(Filter::read(&format!("{from} and caller eq 'c'")).is_none());
        assert!(Filter::read(&format!("{from} or correlationId eq 'c'")).is_none());
    }
}
