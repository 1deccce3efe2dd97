//! Microsoft.Resources/deployments: validate and what-if of templates. Nothing is deployed.
//!
//! Source: `resources.json` 2021-04-01, Deployments_Validate and Deployments_WhatIf; "ARM template deployment what-if
//! operation". Instances are judged by their own rules; other types by access, locks and policies.

use serde_json::{Map, Value, json};

use super::groups::{existing, json_body};
use super::{Call, Outcome, envelope, instances, policy};
use crate::clock::precise;
use crate::message::Answer;
use crate::random;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::group_id;

const TWINS: &str = "Microsoft.DigitalTwins/digitalTwinsInstances";
const GROUP: &str = "Microsoft.Resources/resourceGroups";

/// Where a template is to be deployed.
struct Target {
    subscription: String,
    /// With its place; none at a subscription.
    group: Option<(String, String)>,
}

impl Target {
    fn of(state: &State, call: &Call, action: &str) -> Result<Self, Answer> {
        let subscription = call.subscription(state)?;
        let mut scope = format!("/subscriptions/{subscription}");
        let mut group = None;
        if call.params.contains_key("rg") {
            scope = group_id(&subscription, call.param("rg"));
            let row = state.world.group(&subscription, call.param("rg"));
            group = row.map(|row| (row.name.clone(), row.location.clone()));
        }
        call.must(state, action, &scope)?;
        if call.params.contains_key("rg") {
            existing(state, &subscription, call.param("rg"))?;
        }
        Ok(Self { subscription, group })
    }
}

/// A resource of a template with its expressions evaluated.
struct Planned {
    kind: String,
    name: String,
    id: String,
    body: Value,
}

fn invalid(text: &str) -> Answer {
    envelope::error(
        400,
        "InvalidTemplate",
        &format!("Deployment template validation failed: '{text}'."),
    )
}

fn planned(target: &Target, body: &Value) -> Result<Vec<Planned>, Answer> {
    let template = &body["properties"]["template"];
    let rows: Vec<&Value> = match &template["resources"] {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        _ => return Err(invalid("the template must hold resources")),
    };
    for (name, parameter) in template["parameters"].as_object().into_iter().flatten() {
        let given = !body["properties"]["parameters"][name]["value"].is_null();
        if !given && parameter.get("defaultValue").is_none() {
            return Err(invalid(&format!(
                "The value for the template parameter '{name}' is not provided"
            )));
        }
    }
    rows.into_iter()
        .map(|row| {
            let row = Evaluation { target, body }.whole(row)?;
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let (kind, name) = (text("type"), text("name"));
            if kind.is_empty() || name.is_empty() || text("apiVersion").is_empty() {
                return Err(invalid("a resource needs type, apiVersion and name"));
            }
            let id = id_of(target, &kind, &name, &text("scope"));
            Ok(Planned { kind, name, id, body: row })
        })
        .collect()
}

fn id_of(target: &Target, kind: &str, name: &str, scope: &str) -> String {
    let subscription = format!("/subscriptions/{}", target.subscription);
    if kind.eq_ignore_ascii_case(GROUP) {
        return format!("{subscription}/resourceGroups/{name}");
    }
    let base = match (&target.group, scope) {
        (Some((group, _)), "") => group_id(&target.subscription, group),
        (None, "") => subscription,
        (Some((group, _)), scope) if !scope.starts_with('/') => {
            format!("{}/providers/{scope}", group_id(&target.subscription, group))
        }
        (_, scope) => scope.to_owned(),
    };
    let mut parts = kind.split('/');
    let namespace = parts.next().unwrap_or_default();
    let pairs: String =
        parts.zip(name.split('/')).map(|(kind, name)| format!("/{kind}/{name}")).collect();
    format!("{}/providers/{namespace}{pairs}", base.trim_end_matches('/'))
}

/// Template expressions: `parameters`, `variables`, `concat`, `toLower`, `resourceGroup()` and `subscription()`.
struct Evaluation<'a> {
    target: &'a Target,
    body: &'a Value,
}

impl Evaluation<'_> {
    fn whole(&self, value: &Value) -> Result<Value, Answer> {
        Ok(match value {
            Value::String(text) => self.text(text)?,
            Value::Array(rows) => {
                Value::Array(rows.iter().map(|row| self.whole(row)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let mut all = Map::new();
                for (name, value) in members {
                    let name = self.text(name)?.as_str().unwrap_or(name).to_owned();
                    all.insert(name, self.whole(value)?);
                }
                Value::Object(all)
            }
            other => other.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<Value, Answer> {
        if let Some(literal) = text.strip_prefix("[[") {
            return Ok(json!(format!("[{literal}")));
        }
        match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(expression) => {
                let mut rest = expression;
                let value = self.expression(&mut rest)?;
                if rest.trim().is_empty() { Ok(value) } else { Err(self.unknown(expression)) }
            }
            None => Ok(json!(text)),
        }
    }

    fn unknown(&self, expression: &str) -> Answer {
        invalid(&format!(
            "The template expression '{expression}' is not one that the simulator evaluates"
        ))
    }

    fn expression(&self, rest: &mut &str) -> Result<Value, Answer> {
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('\'') {
            let (text, after) = after.split_once('\'').ok_or_else(|| self.unknown(after))?;
            *rest = after;
            return Ok(json!(text));
        }
        let start = *rest;
        let (name, after) = rest.split_once('(').ok_or_else(|| self.unknown(start))?;
        *rest = after.trim_start();
        let mut arguments = Vec::new();
        while !rest.starts_with(')') {
            arguments.push(self.expression(rest)?);
            *rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix(',') {
                *rest = after;
            } else if !rest.starts_with(')') {
                return Err(self.unknown(start));
            }
        }
        *rest = &rest[1..];
        let first = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let properties = &self.body["properties"];
        let mut value = match name.trim().to_ascii_lowercase().as_str() {
            "parameters" => {
                let given = &properties["parameters"][first]["value"];
                let own = &properties["template"]["parameters"][first]["defaultValue"];
                self.whole(if given.is_null() { own } else { given })?
            }
            "variables" => self.whole(&properties["template"]["variables"][first])?,
            "concat" => json!(arguments.iter().filter_map(Value::as_str).collect::<String>()),
            "tolower" => json!(first.to_lowercase()),
            "resourcegroup" => match &self.target.group {
                Some((name, location)) => {
                    json!({"name": name, "location": location, "id": group_id(&self.target.subscription, name)})
                }
                None => return Err(self.unknown(start)),
            },
            "subscription" => {
                json!({"subscriptionId": self.target.subscription, "id": format!("/subscriptions/{}", self.target.subscription)})
            }
            _ => return Err(self.unknown(start)),
        };
        while let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            value = value[&after[..end]].clone();
            *rest = &after[end..];
        }
        Ok(value)
    }
}

/// What a resource of a template would be refused for.
fn judged(state: &State, call: &Call, target: &Target, row: &Planned) -> Result<(), Answer> {
    let kind = if row.kind.eq_ignore_ascii_case(GROUP) { super::groups::KIND } else { &row.kind };
    call.must(state, &format!("{kind}/write"), &row.id)?;
    let mut body = row.body.clone();
    match &target.group {
        Some((group, _)) if row.kind.eq_ignore_ascii_case(TWINS) => {
            instances::judged(state, call, [&target.subscription, group, &row.name], &mut body)
                .map(|_| ())
        }
        _ => policy::enforce(state, kind, &row.id, &mut body),
    }
}

/// The refusals of all resources as one error.
fn refusals(state: &State, call: &Call, target: &Target, rows: &[Planned]) -> Option<Value> {
    let details: Vec<Value> = rows
        .iter()
        .filter_map(|row| judged(state, call, target, row).err())
        .filter_map(|refusal| serde_json::from_slice::<Value>(&refusal.body).ok())
        .map(|body| body["error"].clone())
        .collect();
    (!details.is_empty()).then(|| {
        let text = format!(
            "The template deployment '{}' is not valid according to the validation procedure. The tracking id is '{}'. See inner errors for details.",
            call.param("name"),
            random::guid()
        );
        json!({"code": "InvalidTemplateDeployment", "message": text, "details": details})
    })
}

pub fn validate(state: &mut State, call: &Call) -> Outcome {
    let target = Target::of(state, call, "Microsoft.Resources/deployments/validate/action")?;
    let body = json_body(call)?;
    let rows = planned(&target, &body)?;
    if let Some(error) = refusals(state, call, &target, &rows) {
        return Err(Answer::json(400, &json!({ "error": error })));
    }
    let validated: Vec<Value> = rows.iter().map(|row| json!({"id": row.id})).collect();
    Ok(Answer::json(
        200,
        &json!({
            "properties": {
                "mode": body["properties"]["mode"].as_str().unwrap_or("Incremental"),
                "provisioningState": "Succeeded",
                "timestamp": precise(state.now()),
                "duration": "PT0S",
                "correlationId": random::guid(),
                "validatedResources": validated,
            },
        }),
    ))
}

pub fn what_if(state: &mut State, call: &Call) -> Outcome {
    let target = Target::of(state, call, "Microsoft.Resources/deployments/whatIf/action")?;
    let body = json_body(call)?;
    let rows = planned(&target, &body)?;
    if let Some(error) = refusals(state, call, &target, &rows) {
        return Ok(Answer::json(200, &json!({"status": "Failed", "error": error})));
    }
    let changes: Vec<Value> = rows.iter().map(|row| change(state, row)).collect();
    Ok(Answer::json(200, &json!({"status": "Succeeded", "properties": {"changes": changes}})))
}

fn change(state: &State, row: &Planned) -> Value {
    let instance = state.world.instances.iter().find(|own| own.id().eq_ignore_ascii_case(&row.id));
    let there = instance.map(|own| instances::shown(&state.world, own)).or_else(|| {
        state.world.resource(&row.id).map(|own| super::tracked::shown(&state.world, own))
    });
    let mut after = row.body.clone();
    after["id"] = json!(row.id);
    let Some(before) = there else {
        return json!({"resourceId": row.id, "changeType": "Create", "after": after});
    };
    let mut delta = Vec::new();
    for member in ["tags", "properties"] {
        for (name, value) in row.body[member].as_object().into_iter().flatten() {
            let old = &before[member][name];
            if old != value {
                let how = if old.is_null() { "Create" } else { "Modify" };
                delta.push(json!({"path": format!("{member}.{name}"), "propertyChangeType": how, "before": old, "after": value}));
            }
        }
    }
    let (old, new) = (&before["identity"]["type"], &row.body["identity"]["type"]);
    if !new.is_null() && old != new {
        let how = if old.is_null() { "Create" } else { "Modify" };
        delta.push(json!({"path": "identity.type", "propertyChangeType": how, "before": old, "after": new}));
    }
    let kind = if delta.is_empty() { "NoChange" } else { "Modify" };
    json!({"resourceId": row.id, "changeType": kind, "before": before, "after": after, "delta": delta})
}

pub const VALIDATE_SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 DeploymentValidateResult",
    "{properties:{provisioningState:s correlationId:s timestamp:s duration:s mode:s validatedResources:[{id:s}]}}",
);

pub const WHAT_IF_SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 WhatIfOperationResult",
    "{status:s properties:{changes:[{resourceId!:s changeType!:s unsupportedReason:s before:* after:* delta:[{path!:s propertyChangeType!:s before:* after:* children:[^]}]}]} error:{code:s message:s target:s details:[^] additionalInfo:[{type:s info:*}]}}",
);

pub const VALIDATE_REQUEST_SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 Deployment",
    "{location:s properties!:{template:* parameters:* mode!:s} tags:{*:s}}",
);

pub const WHAT_IF_REQUEST_SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 DeploymentWhatIf",
    "{location:s properties!:{template:* parameters:* mode!:s whatIfSettings:{resultFormat:s}}}",
);
