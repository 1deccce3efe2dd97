//! What is in Azure Digital Twins instances: models, twins, relationships, and a part of the query language.
//!
//! Source: data-plane `digitaltwins.json` 2023-10-31 (DigitalTwinModels_*, DigitalTwins_*, Query_QueryTwins).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Params;
use crate::clock::precise;
use crate::message::{Answer, Ask};
use crate::random;
use crate::shapes::Shape;
use crate::state::State;
use crate::twins::{admitted, error};

/// The content of one instance.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    pub models: Vec<Model>,
    /// By `$dtId`, as they are shown.
    pub twins: BTreeMap<String, Value>,
    /// As they are shown.
    pub relationships: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    pub id: String,
    pub uploaded_at: Timestamp,
    pub decommissioned: bool,
    pub definition: Value,
}

const MODELS: &str = "Microsoft.DigitalTwins/models";
const TWINS: &str = "Microsoft.DigitalTwins/digitaltwins";
const RELATIONSHIPS: &str = "Microsoft.DigitalTwins/digitaltwins/relationships";

type Outcome = Result<Answer, Answer>;

/// The instance's content, for a caller with the data action.
fn content<'a>(
    state: &'a mut State,
    ask: &Ask,
    params: &Params,
    action: &str,
) -> Result<&'a mut Content, Answer> {
    admitted(state, ask, params, action)?;
    let host = params["host"].to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    let id = state.world.instances.iter().find(|row| row.host.as_deref() == Some(host));
    let id = id.map(|row| row.id().to_ascii_lowercase()).unwrap_or_default();
    Ok(state.world.contents.entry(id).or_default())
}

fn answered(outcome: Outcome) -> Answer {
    outcome.unwrap_or_else(|refusal| refusal)
}

fn body(ask: &Ask) -> Result<Value, Answer> {
    ask.json().ok_or_else(|| error(400, "JsonPatchInvalid", "The request body is not JSON."))
}

/// One page by `max-items-per-page` and `continuationToken`.
fn paged(state: &State, ask: &Ask, rows: Vec<Value>) -> Answer {
    let size = ask
        .header("max-items-per-page")
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(100)
        .max(1);
    let from: usize =
        ask.query("continuationToken").and_then(|text| text.parse().ok()).unwrap_or(0);
    let more = rows.len() > from + size;
    let value: Vec<Value> = rows.into_iter().skip(from).take(size).collect();
    let next = more.then(|| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                ask.query
                    .iter()
                    .filter(|(name, _)| !name.eq_ignore_ascii_case("continuationToken")),
            )
            .append_pair("continuationToken", &(from + size).to_string())
            .finish();
        format!("{}{}?{query}", state.places.twins, ask.path)
    });
    Answer::json(200, &json!({"value": value, "nextLink": next}))
}

fn model_shown(model: &Model, whole: bool) -> Value {
    let words = |name: &str| match &model.definition[name] {
        Value::String(text) => json!({"en": text}),
        Value::Object(texts) => json!(texts),
        _ => json!({}),
    };
    let mut shown = json!({
        "id": model.id,
        "displayName": words("displayName"),
        "description": words("description"),
        "uploadTime": precise(model.uploaded_at),
        "decommissioned": model.decommissioned,
    });
    if whole {
        shown["model"] = model.definition.clone();
    }
    shown
}

pub fn models(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let whole = ask.query("includeModelDefinition") == Some("true");
    let wanted: Vec<String> = ask
        .query
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("dependenciesFor"))
        .map(|(_, id)| id.clone())
        .collect();
    let rows = match content(state, ask, params, &format!("{MODELS}/read")) {
        Ok(content) => {
            let needed = content.with_dependencies(&wanted);
            content
                .models
                .iter()
                .filter(|model| wanted.is_empty() || needed.contains(&model.id))
                .map(|model| model_shown(model, whole))
                .collect()
        }
        Err(refusal) => return refusal,
    };
    paged(state, ask, rows)
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

impl Model {
    /// Ids of the models that it extends or has as components.
    fn needs(&self) -> Vec<String> {
        let extended = texts(&self.definition["extends"]).into_iter();
        let components = self
            .contents()
            .filter(|part| texts(&part["@type"]).contains(&"Component"))
            .flat_map(|part| texts(&part["schema"]));
        extended.chain(components).map(str::to_owned).collect()
    }

    fn contents(&self) -> impl Iterator<Item = &Value> {
        self.definition["contents"].as_array().into_iter().flatten()
    }
}

impl Content {
    fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    fn with_dependencies(&self, ids: &[String]) -> Vec<String> {
        let mut found: Vec<String> = ids.to_vec();
        let mut at = 0;
        while at < found.len() {
            for id in self.model(&found[at]).map(Model::needs).unwrap_or_default() {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
            at += 1;
        }
        found
    }

    /// Whether a model is another one or extends it.
    fn is_of(&self, id: &str, wanted: &str) -> bool {
        id == wanted
            || self.model(id).is_some_and(|model| {
                texts(&model.definition["extends"]).iter().any(|above| self.is_of(above, wanted))
            })
    }

    /// A part of a model or of one that it extends, by name and kind.
    fn has_part(&self, id: &str, kind: &str, name: &str) -> bool {
        let Some(model) = self.model(id) else { return false };
        model.contents().any(|part| part["name"] == name && texts(&part["@type"]).contains(&kind))
            || texts(&model.definition["extends"])
                .iter()
                .any(|above| self.has_part(above, kind, name))
    }
}

/// `dtmi:` and segments with `;` and a version.
fn is_dtmi(id: &str) -> bool {
    let Some((path, version)) = id.strip_prefix("dtmi:").and_then(|rest| rest.split_once(';'))
    else {
        return false;
    };
    version.parse::<u32>().is_ok_and(|version| version > 0)
        && path.split(':').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
}

pub fn add_models(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let now = state.now();
    answered(content(state, ask, params, &format!("{MODELS}/write")).and_then(|content| {
        let body = body(ask)?;
        let Some(given) = body.as_array().filter(|all| !all.is_empty()) else {
            return Err(error(
                400,
                "InvalidArgument",
                "The request body must be a list of models.",
            ));
        };
        if given.len() > 250 {
            return Err(error(400, "LimitExceeded", "At most 250 models can be added at once."));
        }
        let mut new = Vec::new();
        for definition in given {
            let id = definition["@id"].as_str().unwrap_or_default();
            if !is_dtmi(id)
                || !texts(&definition["@type"]).contains(&"Interface")
                || definition["@context"].is_null()
            {
                return Err(error(
                    400,
                    "DTDLParserError",
                    &format!("The model '{id}' is not a valid DTDL interface."),
                ));
            }
            if content.model(id).is_some() || new.iter().any(|model: &Model| model.id == id) {
                return Err(error(
                    409,
                    "ModelAlreadyExists",
                    &format!("A model with id {id} exists already."),
                ));
            }
            new.push(Model {
                id: id.to_owned(),
                uploaded_at: now,
                decommissioned: false,
                definition: definition.clone(),
            });
        }
        for need in new.iter().flat_map(Model::needs) {
            if content.model(&need).is_none() && !new.iter().any(|model| model.id == need) {
                return Err(error(
                    400,
                    "DTDLParserError",
                    &format!("The model '{need}' that is referred to is not known."),
                ));
            }
        }
        let shown: Vec<Value> = new.iter().map(|model| model_shown(model, false)).collect();
        content.models.extend(new);
        Ok(Answer::json(201, &json!(shown)))
    }))
}

fn no_model(id: &str) -> Answer {
    error(
        404,
        "ModelNotFound",
        &format!("There is no Model(s) available that matches the provided id(s) {id}."),
    )
}

pub fn model(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let whole = ask.query("includeModelDefinition") == Some("true");
    answered(content(state, ask, params, &format!("{MODELS}/read")).and_then(|content| {
        let model = content.model(&params["id"]).ok_or_else(|| no_model(&params["id"]))?;
        Ok(Answer::json(200, &model_shown(model, whole)))
    }))
}

/// `[{"op": "replace", "path": "/decommissioned", "value": true}]`
pub fn decommission(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{MODELS}/write")).and_then(|content| {
        let body = body(ask)?;
        let step = &body[0];
        let value = step["value"].as_bool();
        let (Some(value), Some("/decommissioned")) = (value, step["path"].as_str()) else {
            return Err(error(400, "JsonPatchInvalid", "Only /decommissioned can be replaced."));
        };
        let id = &params["id"];
        let model =
            content.models.iter_mut().find(|model| model.id == *id).ok_or_else(|| no_model(id))?;
        model.decommissioned = value;
        Ok(Answer::empty(204))
    }))
}

pub fn delete_model(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{MODELS}/delete")).and_then(|content| {
        let id = &params["id"];
        content.model(id).ok_or_else(|| no_model(id))?;
        if content.models.iter().any(|other| other.id != *id && other.needs().contains(id)) {
            return Err(error(
                409,
                "ModelReferencesNotDeleted",
                &format!("Failed to delete the model {id}: it is referred to by another one."),
            ));
        }
        content.models.retain(|model| model.id != *id);
        Ok(Answer::empty(204))
    }))
}

fn etag() -> String {
    format!("W/\"{}\"", random::guid())
}

/// `If-Match` and `If-None-Match` against what is there.
fn precondition(ask: &Ask, there: Option<&Value>) -> Result<(), Answer> {
    let refused = |text: &str| Err(error(412, "PreconditionFailed", text));
    if ask.header("if-none-match") == Some("*") && there.is_some() {
        return refused("The If-None-Match condition was not met: it exists already.");
    }
    match ask.header("if-match") {
        None | Some("*") => Ok(()),
        Some(wanted) if there.is_some_and(|row| row["$etag"] == wanted) => Ok(()),
        Some(_) => refused("The If-Match condition was not met: it has changed."),
    }
}

fn with_etag(status: u16, row: &Value) -> Answer {
    let answer = if status == 204 { Answer::empty(204) } else { Answer::json(status, row) };
    answer.with("etag", row["$etag"].as_str().unwrap_or_default())
}

fn no_twin(id: &str) -> Answer {
    error(
        404,
        "DigitalTwinNotFound",
        &format!(
            "There is no digital twin instance that exists with the ID {id}. Please verify that the twin id is valid and ensure that the twin is not deleted."
        ),
    )
}

pub fn twin(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{TWINS}/read")).and_then(|content| {
        let id = &params["id"];
        content.twins.get(id).map(|row| with_etag(200, row)).ok_or_else(|| no_twin(id))
    }))
}

/// Members of a twin must be properties or components of its model.
fn check_twin(content: &Content, row: &Value) -> Result<(), Answer> {
    let model = row["$metadata"]["$model"].as_str().unwrap_or_default();
    match content.model(model) {
        Some(known) if known.decommissioned => {
            let text = format!("The model '{model}' is decommissioned.");
            return Err(error(400, "ModelDecommissioned", &text));
        }
        Some(_) => {}
        None => {
            let text = format!("Invalid twin specified: the model '{model}' is not known.");
            return Err(error(400, "ValidationFailed", &text));
        }
    }
    for (name, _) in
        row.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with('$'))
    {
        if !content.has_part(model, "Property", name) && !content.has_part(model, "Component", name)
        {
            return Err(error(
                400,
                "ValidationFailed",
                &format!("The property '{name}' does not exist in the model '{model}'."),
            ));
        }
    }
    Ok(())
}

fn stamped(mut row: Value, id: &str, now: Timestamp) -> Value {
    let model = row["$metadata"]["$model"].clone();
    let mut metadata = Map::from_iter([
        ("$model".to_owned(), model),
        ("$lastUpdateTime".to_owned(), json!(precise(now))),
    ]);
    for (name, _) in
        row.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with('$'))
    {
        metadata.insert(name.clone(), json!({"lastUpdateTime": precise(now)}));
    }
    row["$dtId"] = json!(id);
    row["$etag"] = json!(etag());
    row["$metadata"] = Value::Object(metadata);
    row
}

pub fn put_twin(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let now = state.now();
    answered(content(state, ask, params, &format!("{TWINS}/write")).and_then(|content| {
        let (id, row) = (&params["id"], body(ask)?);
        if !row.is_object() || row["$dtId"].as_str().is_some_and(|own| own != id) {
            return Err(error(
                400,
                "InvalidArgument",
                "The twin is not valid, or its $dtId is not that of the address.",
            ));
        }
        precondition(ask, content.twins.get(id))?;
        check_twin(content, &row)?;
        let row = stamped(row, id, now);
        content.twins.insert(id.clone(), row.clone());
        Ok(with_etag(200, &row))
    }))
}

/// `add`, `replace` and `remove` of JSON Patch.
fn patched(row: &Value, steps: &Value) -> Result<Value, Answer> {
    let bad = |text: &str| error(400, "JsonPatchInvalid", text);
    let mut row = row.clone();
    for step in steps.as_array().ok_or_else(|| bad("A JSON patch is a list."))? {
        let path = step["path"]
            .as_str()
            .and_then(|path| path.strip_prefix('/'))
            .ok_or_else(|| bad("A step needs a path."))?;
        let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
        let pointer = if above.is_empty() { String::new() } else { format!("/{above}") };
        let target = row
            .pointer_mut(&pointer)
            .and_then(Value::as_object_mut)
            .ok_or_else(|| bad("The path does not exist."))?;
        match step["op"].as_str() {
            Some("add") => {
                target.insert(last.to_owned(), step["value"].clone());
            }
            Some("replace") if target.contains_key(last) => {
                target.insert(last.to_owned(), step["value"].clone());
            }
            Some("remove") if target.contains_key(last) => {
                target.remove(last);
            }
            _ => return Err(bad(&format!("The step at '/{path}' cannot be carried out."))),
        }
    }
    Ok(row)
}

pub fn patch_twin(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let now = state.now();
    answered(content(state, ask, params, &format!("{TWINS}/write")).and_then(|content| {
        let id = &params["id"];
        let old = content.twins.get(id).ok_or_else(|| no_twin(id))?;
        precondition(ask, Some(old))?;
        let row = patched(old, &body(ask)?)?;
        check_twin(content, &row)?;
        let row = stamped(row, id, now);
        content.twins.insert(id.clone(), row.clone());
        Ok(with_etag(204, &row))
    }))
}

pub fn delete_twin(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{TWINS}/delete")).and_then(|content| {
        let id = &params["id"];
        let old = content.twins.get(id).ok_or_else(|| no_twin(id))?;
        precondition(ask, Some(old))?;
        let tied = |row: &Value| row["$sourceId"] == **id || row["$targetId"] == **id;
        if content.relationships.iter().any(tied) {
            return Err(error(
                400,
                "RelationshipsNotDeleted",
                "The twin has relationships: delete them first.",
            ));
        }
        content.twins.remove(id);
        Ok(Answer::empty(204))
    }))
}

fn at(content: &Content, source: &str, id: &str) -> Option<usize> {
    content
        .relationships
        .iter()
        .position(|row| row["$sourceId"] == source && row["$relationshipId"] == id)
}

fn no_relationship(id: &str) -> Answer {
    error(
        404,
        "RelationshipNotFound",
        &format!("There is no relationship that exists with the ID {id}."),
    )
}

pub fn relationships(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let name = ask.query("relationshipName").map(str::to_owned);
    let rows = match content(state, ask, params, &format!("{RELATIONSHIPS}/read")) {
        Ok(content) if !content.twins.contains_key(&params["id"]) => return no_twin(&params["id"]),
        Ok(content) => content
            .relationships
            .iter()
            .filter(|row| row["$sourceId"] == *params["id"])
            .filter(|row| name.as_ref().is_none_or(|name| row["$relationshipName"] == **name))
            .cloned()
            .collect(),
        Err(refusal) => return refusal,
    };
    paged(state, ask, rows)
}

pub fn incoming(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let rows = match content(state, ask, params, &format!("{RELATIONSHIPS}/read")) {
        Ok(content) if !content.twins.contains_key(&params["id"]) => return no_twin(&params["id"]),
        Ok(content) => content
            .relationships
            .iter()
            .filter(|row| row["$targetId"] == *params["id"])
            .map(|row| {
                json!({
                    "$relationshipId": row["$relationshipId"],
                    "$sourceId": row["$sourceId"],
                    "$relationshipName": row["$relationshipName"],
                    "$relationshipLink": format!(
                        "/digitaltwins/{}/relationships/{}",
                        row["$sourceId"].as_str().unwrap_or_default(),
                        row["$relationshipId"].as_str().unwrap_or_default()
                    ),
                })
            })
            .collect(),
        Err(refusal) => return refusal,
    };
    paged(state, ask, rows)
}

pub fn relationship(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{RELATIONSHIPS}/read")).and_then(|content| {
        let found = at(content, &params["id"], &params["child"]);
        let found = found.ok_or_else(|| no_relationship(&params["child"]))?;
        Ok(with_etag(200, &content.relationships[found]))
    }))
}

pub fn put_relationship(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{RELATIONSHIPS}/write")).and_then(|content| {
        let (source, id, mut row) = (&params["id"], &params["child"], body(ask)?);
        let twin = content.twins.get(source).ok_or_else(|| no_twin(source))?;
        let model = twin["$metadata"]["$model"].as_str().unwrap_or_default();
        let target = row["$targetId"].as_str().unwrap_or_default();
        if !content.twins.contains_key(target) {
            return Err(error(
                404,
                "TargetTwinNotFound",
                &format!("The target twin '{target}' does not exist."),
            ));
        }
        let name = row["$relationshipName"].as_str().unwrap_or_default();
        if !content.has_part(model, "Relationship", name) {
            return Err(error(
                400,
                "ValidationFailed",
                &format!("The relationship '{name}' does not exist in the model '{model}'."),
            ));
        }
        let there = at(content, source, id);
        precondition(ask, there.map(|found| &content.relationships[found]))?;
        row["$relationshipId"] = json!(id);
        row["$sourceId"] = json!(source);
        row["$etag"] = json!(etag());
        let answer = with_etag(200, &row);
        match there {
            Some(found) => content.relationships[found] = row,
            None => content.relationships.push(row),
        }
        Ok(answer)
    }))
}

pub fn patch_relationship(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{RELATIONSHIPS}/write")).and_then(|content| {
        let found = at(content, &params["id"], &params["child"]);
        let found = found.ok_or_else(|| no_relationship(&params["child"]))?;
        precondition(ask, Some(&content.relationships[found]))?;
        let mut row = patched(&content.relationships[found], &body(ask)?)?;
        row["$etag"] = json!(etag());
        let answer = with_etag(204, &row);
        content.relationships[found] = row;
        Ok(answer)
    }))
}

pub fn delete_relationship(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, &format!("{RELATIONSHIPS}/delete")).and_then(|content| {
        let found = at(content, &params["id"], &params["child"]);
        let found = found.ok_or_else(|| no_relationship(&params["child"]))?;
        precondition(ask, Some(&content.relationships[found]))?;
        content.relationships.remove(found);
        Ok(Answer::empty(204))
    }))
}

pub fn query(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    answered(content(state, ask, params, "Microsoft.DigitalTwins/query/action").and_then(|content| {
        let body = ask.json().unwrap_or_default();
        let size = ask.header("max-items-per-page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(100).max(1);
        let (text, from) = match (body["query"].as_str(), body["continuationToken"].as_str()) {
            (_, Some(token)) => {
                let (from, text) = token.split_once(' ').unwrap_or_default();
                (text.to_owned(), from.parse().unwrap_or(0))
            }
            (Some(text), None) => (text.to_owned(), 0),
            (None, None) => return Err(error(400, "InvalidArgument", "The request body must hold a query.")),
        };
        let rows = evaluate(content, &text).ok_or_else(|| {
            error(400, "SqlQueryError", "SQL query parsing failed, or the query uses what this simulator does not know.")
        })?;
        let token = (rows.len() > from + size).then(|| format!("{} {text}", from + size));
        let value: Vec<Value> = rows.into_iter().skip(from).take(size).collect();
        let mut page = json!({"value": value});
        if let Some(token) = token {
            page["continuationToken"] = json!(token);
        }
        Ok(Answer::json(200, &page).with("query-charge", "3.01"))
    }))
}

/// `SELECT * | T | COUNT() | TOP(n) FROM digitaltwins | relationships [T] [WHERE … AND …]`.
fn evaluate(content: &Content, text: &str) -> Option<Vec<Value>> {
    let lower = text.to_ascii_lowercase();
    let from = lower.find(" from ")?;
    let what = lower.get(..from)?.trim().strip_prefix("select")?.trim().to_owned();
    let rest = text.get(from + 6..)?.trim();
    let (source, conditions) = match rest.to_ascii_lowercase().find(" where ") {
        Some(at) => (&rest[..at], Some(&rest[at + 7..])),
        None => (rest, None),
    };
    let mut words = source.split_whitespace();
    let rows: Vec<Value> = match words.next()?.to_ascii_lowercase().as_str() {
        "digitaltwins" => content.twins.values().cloned().collect(),
        "relationships" => content.relationships.clone(),
        _ => return None,
    };
    let alias = words.next().map(str::to_owned);
    let mut kept = rows;
    if let Some(conditions) = conditions {
        for condition in split_and(conditions) {
            let mut still = Vec::new();
            for row in kept {
                if holds(content, &row, condition.trim(), alias.as_deref())? {
                    still.push(row);
                }
            }
            kept = still;
        }
    }
    if what.replace(' ', "") == "count()" {
        return Some(vec![json!({"COUNT": kept.len()})]);
    }
    let top = what
        .strip_prefix("top")
        .map(|rest| rest.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>());
    match top {
        Some(n) => kept.truncate(n.ok()?),
        None if what == "*"
            || alias.as_ref().is_some_and(|alias| alias.eq_ignore_ascii_case(&what)) => {}
        None => return None,
    }
    Some(kept)
}

/// At ` AND ` outside of quotes.
fn split_and(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, _) in lower.match_indices(" and ") {
        if text[..at].matches('\'').count().is_multiple_of(2) {
            parts.push(&text[start..at]);
            start = at + 5;
        }
    }
    parts.push(&text[start..]);
    parts
}

fn holds(content: &Content, row: &Value, condition: &str, alias: Option<&str>) -> Option<bool> {
    if condition.to_ascii_uppercase().starts_with("IS_OF_MODEL(") {
        let inner = condition.strip_suffix(')')?.split_once('(')?.1;
        let wanted = inner.split('\'').nth(1)?;
        let model = row["$metadata"]["$model"].as_str().unwrap_or_default();
        let exact = inner.to_ascii_lowercase().ends_with("exact");
        return Some(if exact { model == wanted } else { content.is_of(model, wanted) });
    }
    let operator =
        ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|sign| condition.contains(sign))?;
    let (left, right) = condition.split_once(operator)?;
    let (left, right) = (left.trim(), right.trim());
    let path = alias.and_then(|alias| left.strip_prefix(alias)?.strip_prefix('.')).unwrap_or(left);
    let own = path.split('.').fold(row, |value, name| &value[name]);
    let wanted = match right.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => json!(text.replace("\\'", "'")),
        None => serde_json::from_str(&right.to_ascii_lowercase()).ok()?,
    };
    let order = match (own.as_f64(), wanted.as_f64()) {
        (Some(own), Some(wanted)) => own.partial_cmp(&wanted),
        _ => own.as_str().zip(wanted.as_str()).map(|(own, wanted)| own.cmp(wanted)),
    };
    Some(match operator {
        "=" => *own == wanted || order.is_some_and(std::cmp::Ordering::is_eq),
        "!=" => !own.is_null() && *own != wanted,
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        _ => order.is_some_and(std::cmp::Ordering::is_ge),
    })
}

pub const MODEL_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-10-31 DigitalTwinsModelData",
    "{id!:s displayName:{*:s} description:{*:s} uploadTime:s decommissioned:b model:{*:*}}",
);

/// OpenAPI has no more than "an object"; "Digital twins and their twin graph", Digital twin JSON format.
pub const TWIN_SHAPE: Shape =
    Shape::described("{$dtId!:s $etag!:s $metadata!:{$model!:s $lastUpdateTime:s *:*} *:*}");

/// The same, Relationship JSON format.
pub const RELATIONSHIP_SHAPE: Shape = Shape::described(
    "{$relationshipId!:s $etag!:s $sourceId!:s $targetId!:s $relationshipName!:s *:*}",
);

pub const INCOMING_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-10-31 IncomingRelationship",
    "{$relationshipId:s $sourceId:s $relationshipName:s $relationshipLink:s}",
);

pub const QUERY_SHAPE: Shape =
    Shape::of("digitaltwins.json 2023-10-31 QueryResult", "{value!:[{*:*}] continuationToken:s}");

pub const QUERY_REQUEST_SHAPE: Shape =
    Shape::of("digitaltwins.json 2023-10-31 QuerySpecification", "{query:s continuationToken:s}");
