//! What answers may hold: the shapes that stand beside the handlers, by address, and their comparison with each answer that
//! is sent while `check_shapes` is set.

mod form;
#[cfg(test)]
mod openapi;

use serde_json::{Value, json};

use crate::Service;
use crate::arm::{
    activity_log, authorization, data_history, deny, deployments, endpoints, envelope, groups,
    identities, instances, inventory, locks, moves, networks, operations, pim, policy, private_dns,
    private_link, providers, resource_graph, role_definitions, subscriptions, tracked,
};
use crate::message::{Answer, Ask};
use crate::{entra, graph, graph_members, twin_data, twins};

use form::{Form, Role};

pub use form::Shape;

/// What the successful answers of an address hold.
#[derive(Clone, Copy)]
enum Holds {
    /// This, whatever the address ends in.
    One(Shape),
    /// A list of these; one of them, if the address goes on with a name.
    Many(Shape),
    /// A resource of ARM, by its id.
    Resource,
    /// A list of directory objects, by their types.
    Objects,
    Page,
    Nothing,
}

/// By the end of an address, in lower case; the first that fits.
#[rustfmt::skip]
const ADDRESSES: &[(Service, &str, Holds)] = {
    use Holds::{Many, Nothing, Objects, One, Page, Resource};
    use Service::{Arm, Entra, Graph, Twins};
    &[
        (Entra, "/openid-configuration", One(entra::DISCOVERY_SHAPE)),
        (Entra, "/discovery/instance", One(entra::INSTANCE_SHAPE)),
        (Entra, "/keys", One(entra::JWKS_SHAPE)),
        (Entra, "/token", One(entra::token::SHAPE)),
        (Entra, "/devicecode", One(entra::device::SHAPE)),
        (Entra, "/authorize", Page),
        (Entra, "/adminconsent", Page),
        (Entra, "/deviceauth", Page),
        (Entra, "/logout", Page),

        (Arm, "/checknameavailability", One(instances::NAME_SHAPE)),
        (Arm, "/subscriptions/{sub}/providers", Many(providers::SHAPE)),
        (Arm, "/providers/{namespace}/register", One(providers::SHAPE)),
        (Arm, "/providers/{namespace}/unregister", One(providers::SHAPE)),
        (Arm, "/providers/microsoft.resourcegraph/resources", One(resource_graph::SHAPE)),
        (Arm, "/resources", Many(inventory::SHAPE)),
        (Arm, "/deployments/{name}/validate", One(deployments::VALIDATE_SHAPE)),
        (Arm, "/deployments/{name}/whatif", One(deployments::WHAT_IF_SHAPE)),
        (Arm, "/roleassignmentschedulerequests/{name}/validate", One(pim::REQUEST_SHAPE)),
        (Arm, "/roleeligibilityschedulerequests/{name}/validate", One(pim::ELIGIBILITY_REQUEST_SHAPE)),
        (Arm, "/{name}/cancel", Nothing),
        (Arm, "/moveresources", Nothing),
        (Arm, "/validatemoveresources", Nothing),
        (Arm, "/subscriptions/{sub}/operationresults/{operation}", Nothing),
        (Arm, "/privateendpointconnections/{child}/operationresults/{operation}", One(operations::STATUS_SHAPE)),
        (Arm, "/operationsstatuses/{operation}", One(operations::STATUS_SHAPE)),
        (Arm, "/operations/{operation}", One(tracked::STATUS_SHAPE)),
        (Arm, "/privatednsoperationstatuses/{operation}", One(tracked::STATUS_SHAPE)),
        (Arm, "/operationresults/{what}", Resource),
        (Arm, "/operationresults/{operation}", Resource),
        (Arm, "/privatednsoperationresults/{operation}", Resource),
        (Arm, "/permissions", Many(authorization::PERMISSION_SHAPE)),
        (Arm, "/roledefinitions", Many(role_definitions::SHAPE)),
        (Arm, "/roleassignments", Many(authorization::SHAPE)),
        (Arm, "/roleassignmentschedulerequests", Many(pim::REQUEST_SHAPE)),
        (Arm, "/roleassignmentscheduleinstances", Many(pim::INSTANCE_SHAPE)),
        (Arm, "/roleeligibilityschedulerequests", Many(pim::ELIGIBILITY_REQUEST_SHAPE)),
        (Arm, "/roleeligibilityscheduleinstances", Many(pim::ELIGIBILITY_INSTANCE_SHAPE)),
        (Arm, "/rolemanagementpolicyassignments", Many(pim::POLICY_SHAPE)),
        (Arm, "/denyassignments", Many(deny::SHAPE)),
        (Arm, "/locks", Many(locks::SHAPE)),
        (Arm, "/policyassignments", Many(policy::SHAPE)),
        (Arm, "/digitaltwinsinstances", Many(instances::SHAPE)),
        (Arm, "/endpoints", Many(endpoints::SHAPE)),
        (Arm, "/timeseriesdatabaseconnections", Many(data_history::SHAPE)),
        (Arm, "/privateendpointconnections", Many(private_link::SHAPE)),
        (Arm, "/privatelinkresources", Many(private_link::RESOURCE_SHAPE)),
        (Arm, "/userassignedidentities", Many(identities::SHAPE)),
        (Arm, "/virtualnetworks", Many(networks::SHAPE)),
        (Arm, "/subnets", Many(networks::SUBNET_SHAPE)),
        (Arm, "/privateendpoints", Many(networks::ENDPOINT_SHAPE)),
        (Arm, "/privatednszonegroups", Many(networks::GROUP_SHAPE)),
        (Arm, "/privatednszones", Many(private_dns::SHAPE)),
        (Arm, "/virtualnetworklinks", Many(private_dns::LINK_SHAPE)),
        (Arm, "/resourcegroups", Many(groups::SHAPE)),
        (Arm, "/subscriptions", Many(subscriptions::SHAPE)),
        (Arm, "/locations", Many(subscriptions::LOCATION_SHAPE)),
        (Arm, "/tenants", Many(subscriptions::TENANT_SHAPE)),
        (Arm, "/providers/microsoft.digitaltwins/operations", Many(providers::OPERATION_SHAPE)),
        (Arm, "/eventtypes/management/values", Many(activity_log::SHAPE)),

        (Graph, "/userinfo", One(entra::USER_INFO_SHAPE)),
        (Graph, "/me", One(graph::USER_SHAPE)),
        (Graph, "/$count", One(graph::COUNT_SHAPE)),
        (Graph, "/microsoft.graph.user", Many(graph::USER_SHAPE)),
        (Graph, "/microsoft.graph.group", Many(graph::GROUP_SHAPE)),
        (Graph, "/microsoft.graph.serviceprincipal", Many(graph::SERVICE_SHAPE)),
        (Graph, "/users", Many(graph::USER_SHAPE)),
        (Graph, "/groups", Many(graph::GROUP_SHAPE)),
        (Graph, "/serviceprincipals", Many(graph::SERVICE_SHAPE)),
        (Graph, "/memberof", Objects),
        (Graph, "/transitivememberof", Objects),
        (Graph, "/members", Objects),
        (Graph, "/transitivemembers", Objects),
        (Graph, "/getbyids", Objects),
        (Graph, "/getmembergroups", One(graph_members::IDS_SHAPE)),
        (Graph, "/getmemberobjects", One(graph_members::IDS_SHAPE)),
        (Graph, "/checkmembergroups", One(graph_members::IDS_SHAPE)),
        (Graph, "/$batch", One(graph::BATCH_SHAPE)),

        (Twins, "/models", Many(twin_data::MODEL_SHAPE)),
        (Twins, "/query", One(twin_data::QUERY_SHAPE)),
        (Twins, "/digitaltwins", Many(twin_data::TWIN_SHAPE)),
        (Twins, "/relationships", Many(twin_data::RELATIONSHIP_SHAPE)),
        (Twins, "/incomingrelationships", Many(twin_data::INCOMING_SHAPE)),
    ]
};

/// What requests to an address hold where it is not the resource itself.
#[rustfmt::skip]
const REQUESTS: &[(Service, &str, Shape)] = &[
    (Service::Arm, "/checknameavailability", instances::NAME_REQUEST_SHAPE),
    (Service::Arm, "/providers/microsoft.resourcegraph/resources", resource_graph::REQUEST_SHAPE),
    (Service::Arm, "/deployments/{name}/validate", deployments::VALIDATE_REQUEST_SHAPE),
    (Service::Arm, "/deployments/{name}/whatif", deployments::WHAT_IF_REQUEST_SHAPE),
    (Service::Arm, "/moveresources", moves::REQUEST_SHAPE),
    (Service::Arm, "/validatemoveresources", moves::REQUEST_SHAPE),
    (Service::Twins, "/query", twin_data::QUERY_REQUEST_SHAPE),
];

/// Sent in place of an answer that breaks its shape.
pub fn withheld(text: &str) -> Answer {
    Answer::json(500, &json!({"error": {"code": "AnswerBreaksItsShape", "message": text}}))
}

/// What is wrong with an answer. `pattern` is the address as the list of addresses has it.
pub fn problem(ask: &Ask, pattern: Option<&'static str>, answer: &Answer) -> Option<String> {
    let text = broken(ask, pattern, answer)?;
    Some(format!("{} {} with {}: {text}", ask.method, ask.path, answer.status))
}

fn broken(ask: &Ask, pattern: Option<&'static str>, answer: &Answer) -> Option<String> {
    if ask.service == Service::Admin {
        return None;
    }
    let found = pattern.map(|pattern| (pattern, holds(ask.service, pattern)));
    let is_html = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let is_page = matches!(found, Some((_, Some(Holds::Page))));
    if is_html || is_page {
        let right = is_page && (is_html || answer.body.is_empty());
        return (!right).then(|| "is a page, or should be one".to_owned());
    }
    if answer.status >= 400 {
        return refusal(ask, answer);
    }
    let Some((pattern, Some(holds))) = found else {
        return Some("has no shape".to_owned());
    };
    if let Some(problem) = request(ask, pattern, holds) {
        return Some(format!("request: {problem}"));
    }
    if answer.body.is_empty() {
        let may = matches!(holds, Holds::Nothing)
            || matches!(answer.status, 202 | 204)
            || matches!(ask.method.as_str(), "DELETE" | "HEAD");
        return (!may).then(|| "has no body".to_owned());
    }
    if matches!(holds, Holds::Nothing) || answer.status == 204 {
        return Some("has a body".to_owned());
    }
    let Some(body) = json_of(&answer.body) else { return Some("is not JSON".to_owned()) };
    let is_one = pattern.ends_with('}');
    match holds {
        Holds::Many(shape) if !is_one && ask.method == "POST" => {
            Form::of(&format!("[{}]", shape.text)).problem(&body, Role::Answer)
        }
        Holds::Many(shape) if !is_one => page(ask.service, shape.text).problem(&body, Role::Answer),
        Holds::One(shape) | Holds::Many(shape) => shape.form().problem(&body, Role::Answer),
        Holds::Resource => resource(&body),
        Holds::Objects => page(ask.service, "*")
            .problem(&body, Role::Answer)
            .or_else(|| body["value"].as_array()?.iter().find_map(object)),
        Holds::Page | Holds::Nothing => None,
    }
}

/// What is wrong with the body of a request that was taken.
fn request(ask: &Ask, pattern: &str, holds: Holds) -> Option<String> {
    let pattern = pattern.to_ascii_lowercase();
    let named =
        REQUESTS.iter().find(|(service, end, _)| *service == ask.service && pattern.ends_with(end));
    let (shape, role) = match (named, holds, ask.method.as_str()) {
        (Some((_, _, shape)), _, _) => (*shape, Role::Request),
        (None, Holds::Many(shape), "PUT" | "PATCH") if ask.service == Service::Arm => {
            (shape, Role::Change)
        }
        _ => return None,
    };
    // Of a newer version, other members may be legal.
    let version = shape.definition.split_whitespace().nth(1).unwrap_or_default();
    if ask.query("api-version").is_some_and(|asked| asked > version) {
        return None;
    }
    shape.form().problem(&json_of(&ask.body).unwrap_or_default(), role)
}

fn json_of(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

/// Errors look the same at all addresses of a service.
fn refusal(ask: &Ask, answer: &Answer) -> Option<String> {
    if answer.body.is_empty() {
        let may = ask.method == "HEAD"
            || matches!(ask.service, Service::Entra | Service::Twins)
                && matches!(answer.status, 401 | 403 | 404 | 405)
            || ask.path.starts_with("/oidc/");
        return (!may).then(|| "has no body".to_owned());
    }
    let Some(body) = json_of(&answer.body) else { return Some("is not JSON".to_owned()) };
    let logs = ask.path.to_ascii_lowercase().contains("/microsoft.insights/");
    let shapes: &[Shape] = match ask.service {
        Service::Entra => &[entra::ERROR_SHAPE],
        Service::Arm if logs => &[envelope::ERROR_SHAPE, activity_log::ERROR_SHAPE],
        Service::Graph => &[graph::ERROR_SHAPE],
        Service::Twins => &[twins::ERROR_SHAPE],
        Service::Arm | Service::Admin => &[envelope::ERROR_SHAPE],
    };
    let problems: Option<Vec<String>> =
        shapes.iter().map(|shape| shape.form().problem(&body, Role::Answer)).collect();
    problems.map(|problems| problems.join("; or "))
}

fn page(service: Service, item: &str) -> Form {
    Form::of(&match service {
        Service::Graph => {
            format!("{{@odata.context!:s @odata.count:n @odata.nextLink:s value!:[{item}]}}")
        }
        _ => format!("{{value!:[{item}] nextLink?:s}}"),
    })
}

/// `…/{collection}/{name}`.
fn resource(body: &Value) -> Option<String> {
    let id = body["id"].as_str().unwrap_or_default().to_ascii_lowercase();
    let collection = id.rsplit_once('/').map_or("", |(rest, _)| rest);
    let found = ADDRESSES.iter().find_map(|(service, end, holds)| match holds {
        Holds::Many(shape) if *service == Service::Arm && collection.ends_with(end) => Some(shape),
        _ => None,
    });
    match found {
        Some(shape) => shape.form().problem(body, Role::Answer),
        None => Some(format!("is no resource that has a shape: '{id}'")),
    }
}

fn object(row: &Value) -> Option<String> {
    let shape = match row["@odata.type"].as_str() {
        Some("#microsoft.graph.user") => graph::USER_SHAPE,
        Some("#microsoft.graph.group") => graph::GROUP_SHAPE,
        Some("#microsoft.graph.servicePrincipal") => graph::SERVICE_SHAPE,
        _ => return Some(format!("holds {row}, which is of no known type")),
    };
    shape.form().problem(row, Role::Answer)
}

fn holds(service: Service, pattern: &str) -> Option<Holds> {
    let pattern = pattern.to_ascii_lowercase();
    let collection = match pattern.rsplit_once('/') {
        Some((rest, last)) if last.starts_with('{') => rest,
        _ => pattern.as_str(),
    };
    ADDRESSES
        .iter()
        .find(|(own, end, holds)| {
            let place = if matches!(holds, Holds::Many(_)) { collection } else { &pattern };
            *own == service && place.ends_with(end)
        })
        .map(|(_, _, holds)| *holds)
}

/// Every shape, those of errors and requests too.
#[cfg(test)]
fn all() -> impl Iterator<Item = Shape> {
    let errors = [
        entra::ERROR_SHAPE,
        envelope::ERROR_SHAPE,
        activity_log::ERROR_SHAPE,
        graph::ERROR_SHAPE,
        twins::ERROR_SHAPE,
    ];
    let addressed = ADDRESSES.iter().filter_map(|(_, _, holds)| match holds {
        Holds::One(shape) | Holds::Many(shape) => Some(*shape),
        _ => None,
    });
    addressed.chain(errors).chain(REQUESTS.iter().map(|(_, _, shape)| *shape))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;
    use crate::addresses;

    fn ask(service: Service, method: &str, path: &str, body: &Value) -> Ask {
        Ask {
            service,
            method: method.to_owned(),
            path: path.to_owned(),
            segments: crate::segments(path),
            query: Vec::new(),
            raw_query: String::new(),
            headers: Default::default(),
            body: body.to_string().into(),
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
            door: crate::Door::Shared,
        }
    }

    #[test]
    fn every_address_has_a_shape_and_every_row_an_address() {
        for (service, method, pattern, _) in addresses() {
            let found = service == Service::Admin || holds(service, pattern).is_some();
            assert!(found, "{method} {pattern}");
        }
        let requests = REQUESTS.iter().map(|(service, end, _)| (service, end));
        for (service, end) in ADDRESSES.iter().map(|(own, end, _)| (own, end)).chain(requests) {
            let used = addresses().into_iter().any(|(own, _, pattern, _)| {
                let pattern = pattern.to_ascii_lowercase();
                own == *service && pattern.contains(end)
            });
            assert!(used, "{end}");
        }
    }

    #[test]
    fn shapes_of_arm_and_the_data_plane_name_their_definitions() {
        let words = [twin_data::TWIN_SHAPE.text, twin_data::RELATIONSHIP_SHAPE.text];
        for (service, end, holds) in ADDRESSES {
            let (Holds::One(shape) | Holds::Many(shape)) = holds else { continue };
            let published = matches!(service, Service::Arm | Service::Twins);
            let named = !shape.definition.is_empty();
            assert_eq!(named, published && !words.contains(&shape.text), "{end}");
        }
    }

    #[test]
    fn an_answer_is_compared_by_its_address_and_status() {
        let pattern = Some("/subscriptions/{sub}/resourcegroups");
        let ask = ask(Service::Arm, "GET", "/subscriptions/s/resourcegroups", &Value::Null);
        let group = json!({"id": "i", "name": "n", "type": "t", "location": "l"});
        let mut wrong = group.clone();
        wrong["colour"] = json!("red");
        let fits = |pattern, answer: Answer| problem(&ask, pattern, &answer).is_none();
        let refused = json!({"code": "c", "message": "m"});
        assert!(fits(pattern, Answer::json(200, &json!({"value": [group.clone()]}))));
        assert!(fits(pattern, Answer::json(404, &json!({"error": refused}))));
        assert!(!fits(pattern, Answer::json(200, &json!({"value": [wrong]}))));
        assert!(!fits(pattern, Answer::json(200, &group)), "a list was promised");
        assert!(!fits(pattern, Answer::json(404, &refused)));
        assert!(!fits(pattern, Answer::empty(200)));
        assert!(!fits(pattern, Answer::html(200, "<p>".into())));
        assert!(!fits(None, Answer::json(200, &group)));
    }

    #[test]
    fn a_request_that_is_taken_is_legal_too() {
        let pattern = Some("/subscriptions/{sub}/resourcegroups/{rg}");
        let group = json!({"id": "i", "name": "n", "type": "t", "location": "l"});
        let put = |body: &Value| {
            let ask = ask(Service::Arm, "PUT", "/subscriptions/s/resourcegroups/g", body);
            problem(&ask, pattern, &Answer::json(201, &group))
        };
        assert_eq!(put(&json!({"location": "l"})), None);
        let text = put(&json!({"location": "l", "colour": "red"}));
        assert!(text.is_some_and(|text| text.contains("request: colour")));
        let pattern = Some("/{host}/query");
        let query = |body: &Value| {
            let ask = ask(Service::Twins, "POST", "/h/query", body);
            problem(&ask, pattern, &Answer::json(200, &json!({"value": []}))).is_none()
        };
        assert!(query(&json!({"query": "SELECT * FROM digitaltwins"})));
        assert!(!query(&json!({"query": 1})));
    }
}
