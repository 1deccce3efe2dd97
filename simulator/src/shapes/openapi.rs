//! The shapes beside the handlers against Microsoft's OpenAPI files, by the listing that `shapes/derive` makes of these.

use serde_json::{Value, json};

use super::form::{Form, Object, Shape, marks};
use super::{Holds, all, holds};
use crate::addresses;

/// Members that are null in answers although their definition does not say so, and where that is seen.
#[rustfmt::skip]
const NULLS: &[(&str, &[&str], &str)] = &[
    (
        "authorization-RoleAssignmentsCalls.json 2022-04-01 RoleAssignment.properties",
        &["condition", "conditionVersion", "createdBy", "delegatedManagedIdentityResourceId", "description"],
        "recorded answers in the tests of Azure's command line",
    ),
    (
        "RoleAssignmentScheduleRequest.json 2020-10-01 RoleAssignmentScheduleRequest.properties",
        &["approvalId", "justification", "targetRoleAssignmentScheduleInstanceId"],
        "the examples beside the file",
    ),
    (
        "RoleAssignmentScheduleRequest.json 2020-10-01 RoleAssignmentScheduleRequest.properties.scheduleInfo.expiration",
        &["endDateTime"],
        "the examples beside the file",
    ),
    (
        "RoleAssignmentScheduleRequest.json 2020-10-01 RoleAssignmentScheduleRequest.properties.ticketInfo",
        &["ticketNumber", "ticketSystem"],
        "the examples beside the file",
    ),
    (
        "RoleEligibilityScheduleRequest.json 2020-10-01 RoleEligibilityScheduleRequest.properties",
        &["approvalId", "justification", "targetRoleEligibilityScheduleInstanceId"],
        "the examples beside the file",
    ),
    (
        "RoleEligibilityScheduleRequest.json 2020-10-01 RoleEligibilityScheduleRequest.properties.scheduleInfo.expiration",
        &["endDateTime"],
        "the examples beside the file",
    ),
    (
        "RoleEligibilityScheduleRequest.json 2020-10-01 RoleEligibilityScheduleRequest.properties.ticketInfo",
        &["ticketNumber", "ticketSystem"],
        "the examples beside the file",
    ),
];

struct Listing(Value);

/// A place in a shape: the definition that it belongs to and the way to it.
struct Place<'a> {
    file: &'a str,
    definition: &'a str,
    path: String,
}

impl Listing {
    fn read() -> Self {
        let text = include_str!("../../shapes/openapi.json");
        Self(serde_json::from_str(text).expect("the listing is JSON"))
    }

    /// `name` of this file, or `file version name`.
    fn resolve<'a>(
        &'a self,
        file: &'a str,
        name: &'a str,
    ) -> Option<(&'a str, &'a str, &'a Value)> {
        let (file, name) = name.rsplit_once(' ').unwrap_or((file, name));
        Some((file, name, self.0["definitions"].get(file)?.get(name)?))
    }

    fn compare(&self, form: &Form, kind: &Value, place: Place<'_>) -> Vec<String> {
        let fits = match (form, kind) {
            (_, Value::String(kind)) if kind == "*" => true,
            (Form::Text, Value::String(kind)) => kind == "s",
            (Form::Boolean, Value::String(kind)) => kind == "b",
            (Form::Number, Value::String(kind)) => kind == "n",
            (Form::Around, Value::String(name)) => self
                .resolve(place.file, name)
                .is_some_and(|(file, name, _)| (file, name) == (place.file, place.definition)),
            (Form::List(form), Value::Array(kinds)) => {
                return self.compare(form, &kinds[0], place);
            }
            (Form::Object(object), Value::Object(_)) => return self.members(object, kind, &place),
            (Form::Object(object), Value::String(name)) => match self.resolve(place.file, name) {
                Some((file, definition, kind)) => {
                    let place = Place { file, definition, ..place };
                    return self.members(object, kind, &place);
                }
                None => false,
            },
            _ => false,
        };
        if fits { Vec::new() } else { vec![format!("{}: is {kind}", place.path)] }
    }

    fn members(&self, object: &Object, kind: &Value, place: &Place<'_>) -> Vec<String> {
        let at = |name: &str| Place {
            file: place.file,
            definition: place.definition,
            path: format!("{}.{name}", place.path),
        };
        let mut problems = Vec::new();
        let known: Vec<_> = kind
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, kind)| (marks(name), kind))
            .collect();
        for member in &object.members {
            let place = at(&member.name);
            match known.iter().find(|((name, ..), _)| *name == member.name) {
                None => problems.push(format!("{}: is not named", place.path)),
                Some(((_, _, false), _)) if member.nullable => {
                    problems.push(format!("{}: may be null", place.path));
                }
                Some((_, kind)) => problems.extend(self.compare(&member.form, kind, place)),
            }
        }
        for (name, ..) in known.iter().map(|(name, _)| name).filter(|(_, required, _)| *required) {
            if !object.members.iter().any(|member| member.name == *name && member.required) {
                problems.push(format!("{}: is required", at(name).path));
            }
        }
        if let Some(form) = &object.others {
            match kind.get("*") {
                None => problems.push(format!("{}: is not named", at("*").path)),
                Some(kind) => problems.extend(self.compare(form, kind, at("*"))),
            }
        }
        problems
    }
}

#[test]
fn every_shape_says_what_its_openapi_definition_says() {
    let listing = Listing::read();
    let mut problems = Vec::new();
    for shape in all().filter(|shape| !shape.definition.is_empty()) {
        let definition = shape.definition;
        let Some((file, name, kind)) = listing.resolve("", definition) else {
            problems
                .push(format!("{definition}: is not in the listing: run simulator/shapes/derive"));
            continue;
        };
        let place = Place { file, definition: name, path: definition.to_owned() };
        let Form::Object(object) = shape.form() else { panic!("{definition} is no object") };
        problems.extend(listing.members(&object, kind, &place));
    }
    let known: Vec<String> = NULLS
        .iter()
        .flat_map(|(path, members, _)| {
            members.iter().map(move |name| format!("{path}.{name}: may be null"))
        })
        .collect();
    let new: Vec<&String> = problems.iter().filter(|problem| !known.contains(problem)).collect();
    assert!(new.is_empty(), "{new:#?}");
    let past: Vec<&String> = known.iter().filter(|known| !problems.contains(known)).collect();
    assert!(past.is_empty(), "no longer so: {past:#?}");
}

#[test]
fn every_address_answers_what_its_operation_answers() {
    let listing = Listing::read();
    let answers = listing.0["answers"].as_object().expect("calls by name");
    let mut compared = 0;
    for (service, method, pattern, _) in addresses() {
        let call = format!("{method} {pattern}");
        let Some(answer) = answers.get(&call) else { continue };
        let Some(Holds::One(shape) | Holds::Many(shape)) = holds(service, pattern) else {
            continue;
        };
        let Shape { definition, .. } = shape;
        if definition.is_empty() {
            continue;
        }
        compared += 1;
        if *answer == definition || *answer == json!([definition]) {
            continue;
        }
        let list = answer.as_str().and_then(|name| listing.resolve("", name));
        let (file, _, list) = list.unwrap_or_else(|| panic!("{call}: {answer}"));
        let rows = list.get("value").or_else(|| list.get("value!"));
        let item = rows.and_then(|rows| listing.resolve(file, rows[0].as_str()?));
        let item = item.map(|(file, name, _)| format!("{file} {name}"));
        assert_eq!(item.as_deref(), Some(definition), "{call}: {answer}");
    }
    assert!(compared >= 80, "{compared} of {}", answers.len());
}

#[test]
fn what_a_definition_does_not_say_is_found() {
    let listing = Listing(json!({"definitions": {
        "f 1": {
            "Row": {"id!": "s", "size": "n", "note?": "s", "rows": ["Row"], "tags": {"*": "s"}, "by": "g 1 By"},
        },
        "g 1": {"By": {"name": "s", "above": "By"}},
    }}));
    let problems = |text: &str| {
        let (file, definition, kind) = listing.resolve("", "f 1 Row").expect("it is listed");
        let Form::Object(object) = Form::of(text) else { panic!("{text}") };
        listing.members(&object, kind, &Place { file, definition, path: "Row".into() })
    };
    let whole = "{id!:s size:n note?:s rows:[^] tags:{*:s} by:{name:s above:^}}";
    assert_eq!(problems(whole), Vec::<String>::new());
    for (text, problem) in [
        ("{id!:s colour:s}", "Row.colour: is not named"),
        ("{id!:s size:s}", "Row.size: is \"n\""),
        ("{id!:s size:*}", "Row.size: is \"n\""),
        ("{id!:s size?:n}", "Row.size: may be null"),
        ("{id:s}", "Row.id: is required"),
        ("{size:n}", "Row.id: is required"),
        ("{id!:s rows:[{size:n}]}", "Row.rows.id: is required"),
        ("{id!:s tags:{*:n}}", "Row.tags.*: is \"s\""),
        ("{id!:s *:s}", "Row.*: is not named"),
        ("{id!:s by:{name:n}}", "Row.by.name: is \"s\""),
        ("{id!:s by:^}", "Row.by: is \"g 1 By\""),
    ] {
        assert_eq!(problems(text), [problem], "{text}");
    }
}
