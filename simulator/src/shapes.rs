//! What ARM's answers may hold: the shapes that stand beside the handlers, by address, and their comparison with an answer.
//!
//! A shape names every member of the OpenAPI definition that stands above it: `{name:s}` is an object with at most these
//! members, `{*:s}` one with any, `[s]` a list; `s`, `b`, `n` are text, boolean, number, `*` is anything. `null` is taken
//! everywhere, as recorded answers hold it in many places.

use serde_json::Value;

use crate::arm::{
    activity_log, authorization, data_history, deny, deployments, endpoints, groups, identities,
    instances, locks, networks, pim, policy, private_dns, private_link, providers, resource_graph,
    role_definitions, subscriptions,
};
use crate::{Service, addresses, params, segments};

/// The shape of one item by the end of its address, in lower case and without the last `/{…}`.
#[rustfmt::skip]
const SHAPES: &[(&str, &str)] = &[
    ("/permissions", authorization::PERMISSION_SHAPE),
    ("/roledefinitions", role_definitions::SHAPE),
    ("/roleassignments", authorization::SHAPE),
    ("/roleassignmentschedulerequests", pim::REQUEST_SHAPE),
    ("/roleassignmentscheduleinstances", pim::INSTANCE_SHAPE),
    ("/roleeligibilityschedulerequests", pim::ELIGIBILITY_REQUEST_SHAPE),
    ("/roleeligibilityscheduleinstances", pim::ELIGIBILITY_INSTANCE_SHAPE),
    ("/rolemanagementpolicyassignments", pim::POLICY_SHAPE),
    ("/denyassignments", deny::SHAPE),
    ("/locks", locks::SHAPE),
    ("/policyassignments", policy::SHAPE),
    ("/digitaltwinsinstances", instances::SHAPE),
    ("/endpoints", endpoints::SHAPE),
    ("/timeseriesdatabaseconnections", data_history::SHAPE),
    ("/privateendpointconnections", private_link::SHAPE),
    ("/privatelinkresources", private_link::RESOURCE_SHAPE),
    ("/userassignedidentities", identities::SHAPE),
    ("/virtualnetworks", networks::SHAPE),
    ("/subnets", networks::SUBNET_SHAPE),
    ("/privateendpoints", networks::ENDPOINT_SHAPE),
    ("/privatednszonegroups", networks::GROUP_SHAPE),
    ("/privatednszones", private_dns::SHAPE),
    ("/virtualnetworklinks", private_dns::LINK_SHAPE),
    ("/resourcegroups", groups::SHAPE),
    ("/subscriptions", subscriptions::SHAPE),
    ("/locations", subscriptions::LOCATION_SHAPE),
    ("/tenants", subscriptions::TENANT_SHAPE),
    ("/providers/microsoft.digitaltwins/operations", providers::OPERATION_SHAPE),
    ("/eventtypes/management/values", activity_log::SHAPE),
];

/// Those that are not lists and not items of lists, by the end of the address.
const WHOLE: &[(&str, &str)] = &[
    ("/checknameavailability", instances::NAME_SHAPE),
    ("/providers/microsoft.digitaltwins", providers::SHAPE),
    ("/providers/microsoft.digitaltwins/register", providers::SHAPE),
    ("/providers/microsoft.resourcegraph/resources", resource_graph::SHAPE),
    ("/deployments/{name}/validate", deployments::VALIDATE_SHAPE),
    ("/deployments/{name}/whatif", deployments::WHAT_IF_SHAPE),
    ("/operations/{operation}", STATUS),
    ("/operationsstatuses/{operation}", STATUS),
    ("/privatednsoperationstatuses/{operation}", STATUS),
    ("/privateendpointconnections/{child}/operationresults/{operation}", STATUS),
];

/// `types.json` v5 of the common types, OperationStatusResult.
const STATUS: &str =
    "{id:s name:s status:s startTime:s endTime:s percentComplete:n error:{code:s message:s}}";

/// The shape of the answer to a call, and whether it comes as a list.
pub fn of(method: &str, path: &str) -> Option<(&'static str, bool)> {
    let parts = segments(path);
    let found = addresses().into_iter().find(|(service, own, pattern, _)| {
        *service == Service::Arm && *own == method && params(pattern, &parts).is_some()
    });
    let pattern = found?.2.to_ascii_lowercase();
    if let Some((_, shape)) = WHOLE.iter().find(|(end, _)| pattern.ends_with(end)) {
        return Some((shape, false));
    }
    let one =
        pattern.rsplit_once('/').filter(|(_, last)| last.starts_with('{')).map(|(rest, _)| rest);
    let end = one.unwrap_or(&pattern).trim_end_matches("/validate");
    let end = if end.ends_with('}') { end.rsplit_once('/')?.0 } else { end };
    let (_, shape) = SHAPES.iter().find(|(own, _)| end.ends_with(own))?;
    Some((shape, one.is_none() && method == "GET"))
}

/// What in an answer does not fit, with the way to it.
pub fn problem(method: &str, path: &str, body: &Value) -> Option<String> {
    let (shape, is_list) = of(method, path)?;
    let whole = if is_list { format!("{{value:[{shape}] nextLink:s}}") } else { shape.to_owned() };
    let mut rest = whole.as_str();
    let shape = Shape::read(&mut rest)
        .unwrap_or_else(|| panic!("the shape of {path} cannot be read at {rest}"));
    shape.problem(body).map(|problem| format!("{method} {path}: {problem}"))
}

#[derive(Debug, PartialEq)]
enum Shape {
    Any,
    Text,
    Boolean,
    Number,
    List(Box<Shape>),
    /// Any names.
    Map(Box<Shape>),
    Members(Vec<(String, Shape)>),
}

impl Shape {
    fn read(rest: &mut &str) -> Option<Self> {
        let first = rest.chars().next()?;
        *rest = &rest[1..];
        let shape = match first {
            '*' => Self::Any,
            's' => Self::Text,
            'b' => Self::Boolean,
            'n' => Self::Number,
            '[' => {
                let inner = Self::read(rest)?;
                *rest = rest.strip_prefix(']')?;
                Self::List(Box::new(inner))
            }
            '{' => {
                let mut members = Vec::new();
                loop {
                    let (name, after) = rest.split_once(':')?;
                    let name = name.trim().to_owned();
                    *rest = after;
                    members.push((name, Self::read(rest)?));
                    if let Some(after) = rest.strip_prefix('}') {
                        *rest = after;
                        break;
                    }
                }
                match members.iter().position(|(name, _)| name == "*") {
                    Some(at) => Self::Map(Box::new(members.swap_remove(at).1)),
                    None => Self::Members(members),
                }
            }
            _ => return None,
        };
        Some(shape)
    }

    fn problem(&self, value: &Value) -> Option<String> {
        let wrong = || Some(format!("is {value}, which is not {self:?}"));
        match (self, value) {
            (_, Value::Null) | (Self::Any, _) | (Self::Text, Value::String(_)) => None,
            (Self::Boolean, Value::Bool(_)) | (Self::Number, Value::Number(_)) => None,
            (Self::List(shape), Value::Array(rows)) => {
                rows.iter().find_map(|row| shape.problem(row))
            }
            (Self::Map(shape), Value::Object(members)) => {
                members.iter().find_map(|(name, value)| {
                    shape.problem(value).map(|text| format!("{name}: {text}"))
                })
            }
            (Self::Members(known), Value::Object(members)) => {
                members.iter().find_map(|(name, value)| {
                    let Some((_, shape)) = known.iter().find(|(own, _)| own == name) else {
                        return Some(format!("{name} is not a member that the OpenAPI file names"));
                    };
                    shape.problem(value).map(|text| format!("{name}: {text}"))
                })
            }
            _ => wrong(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_can_be_read() {
        for (end, shape) in SHAPES.iter().chain(WHOLE) {
            let mut rest = *shape;
            assert!(Shape::read(&mut rest).is_some() && rest.is_empty(), "{end}: {rest}");
        }
    }

    #[test]
    fn an_answer_is_compared_with_its_shape() {
        let path = "/subscriptions/s/resourceGroups/g/providers/microsoft.digitaltwins/DigitalTwinsInstances/n/endpoints";
        let fits = |body: Value| problem("GET", path, &body);
        assert_eq!(
            fits(json!({"value": [{"id": "i", "properties": {"endpointType": "EventHub"}}]})),
            None
        );
        assert!(fits(json!({"value": [{"ID": "i"}]})).is_some());
        assert!(fits(json!({"value": [{"id": 3}]})).is_some());
        assert_eq!(of("DELETE", "/nowhere"), None);
    }

    #[test]
    fn every_address_that_answers_with_a_body_has_a_shape() {
        let bodiless = ["operationresult", "moveresources", "/cancel"];
        for (service, method, pattern, _) in addresses() {
            let lower = pattern.to_ascii_lowercase();
            let empty = bodiless.iter().any(|end| lower.contains(end));
            if service != Service::Arm || matches!(method, "DELETE" | "HEAD") || empty {
                continue;
            }
            let path = pattern.replace("{scope}", "/subscriptions/s").replace(['{', '}'], "x");
            assert!(of(method, &path).is_some(), "{method} {pattern}");
        }
    }
}
