//! What is different in a request that was sent back and asked again: line by line of what was asked,
//! and step by step of its plan. Knows neither why nor who.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    asked::{Asked, Fact},
    permission::Need,
    plan::Step,
    request::Request,
    run::sentence,
};
use crate::{text, words::Text};

/// A request as it was asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub revision: u32,
    pub asked: Asked,
    pub steps: Vec<Step>,
}

impl Earlier {
    /// A request as it stands, which is about to be replaced.
    pub fn of(request: &Request) -> Earlier {
        Earlier {
            revision: request.revision,
            asked: request.asked.clone(),
            steps: request.steps.iter().map(|progress| progress.step.clone()).collect(),
        }
    }
}

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub label: Text,
    /// What it was; empty for what is new.
    pub before: Text,
    /// What it is now; empty for what is gone.
    pub after: Text,
}

impl Difference {
    /// The word for it, which is also its style.
    pub fn word(&self) -> &'static str {
        match (self.before.is_empty(), self.after.is_empty()) {
            (true, _) => "added",
            (false, true) => "removed",
            (false, false) => "changed",
        }
    }
}

/// A step of both plans whose call differs, or one of one plan alone. Its label is the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDifference {
    pub step: Difference,
    /// Of a step in both plans: what differs in what is sent.
    pub within: Vec<Difference>,
}

impl StepDifference {
    /// What it does, or would have done.
    pub fn title(&self) -> &Text {
        if self.step.after.is_empty() { &self.step.before } else { &self.step.after }
    }

    /// The call of one that is gone.
    pub fn call_before(&self) -> Text {
        if self.step.after.is_empty() { self.step.label.clone() } else { Text::none() }
    }

    /// The call of one that is new or changed.
    pub fn call_now(&self) -> Text {
        if self.step.after.is_empty() { Text::none() } else { self.step.label.clone() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised {
    /// Which revision it is compared with.
    pub before: u32,
    pub facts: Vec<Difference>,
    pub steps: Vec<StepDifference>,
}

impl Revised {
    pub fn between(earlier: &Earlier, now: &Request) -> Revised {
        let steps: Vec<&Step> = now.steps.iter().map(|progress| &progress.step).collect();
        Revised {
            before: earlier.revision,
            facts: facts(&lines(&earlier.asked), &lines(&now.asked)),
            steps: plans(&earlier.steps.iter().collect::<Vec<_>>(), &steps),
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.facts.is_empty() && self.steps.is_empty()
    }
}

fn lines(asked: &Asked) -> Vec<Fact> {
    let verbatim = |words: &str| Text::verbatim(words.to_owned());
    let mut lines =
        vec![Fact::of(text!("diff-subscription"), verbatim(&asked.subscription().name))];
    lines.extend(asked.facts());
    lines.push(Fact::of(text!("diff-justification"), verbatim(asked.justification())));
    lines
}

fn words(fact: &Fact) -> Text {
    let said = Text::joined([fact.value.clone(), fact.note.clone()], " ");
    if said.is_empty() { Text::verbatim("—") } else { said }
}

/// Lines of one label are compared as a set: where each side has one that the other has not, the one
/// has become the other.
fn facts(before: &[Fact], after: &[Fact]) -> Vec<Difference> {
    let mut labels: Vec<&Text> = Vec::new();
    for fact in after.iter().chain(before) {
        if !labels.contains(&&fact.label) {
            labels.push(&fact.label);
        }
    }
    labels.into_iter().flat_map(|label| of_label(label, before, after)).collect()
}

fn of_label(label: &Text, before: &[Fact], after: &[Fact]) -> Vec<Difference> {
    let of = |facts: &[Fact]| -> Vec<Text> {
        facts.iter().filter(|fact| fact.label == *label).map(words).collect()
    };
    let (old, mut new) = (of(before), of(after));
    let gone: Vec<Text> = old
        .into_iter()
        .filter(|line| match new.iter().position(|other| other == line) {
            Some(at) => {
                new.remove(at);
                false
            }
            None => true,
        })
        .collect();
    let difference = |before: &Text, after: &Text| Difference {
        label: label.clone(),
        before: before.clone(),
        after: after.clone(),
    };
    let nothing = Text::none();
    match (&*gone, &*new) {
        ([old], [new]) => vec![difference(old, new)],
        (gone, new) => {
            let gone = gone.iter().map(|line| difference(line, &nothing));
            gone.chain(new.iter().map(|line| difference(&nothing, line))).collect()
        }
    }
}

/// A step is known again by the call's method and address, and by what it does: an address is asked
/// for one thing twice in no plan.
fn is_same(one: &Step, other: &Step) -> bool {
    one.action.kind() == other.action.kind()
        && one.call.method == other.call.method
        && one.call.path == other.call.path
}

fn plans(before: &[&Step], after: &[&Step]) -> Vec<StepDifference> {
    let alone = |call: &Step, before: Text, after: Text| StepDifference {
        step: Difference { label: Text::verbatim(sentence(call)), before, after },
        within: Vec::new(),
    };
    let gone = before.iter().filter(|step| !after.iter().any(|other| is_same(step, other)));
    let mut found: Vec<StepDifference> =
        gone.map(|step| alone(step, step.action.title(), Text::none())).collect();
    for step in after {
        let Some(old) = before.iter().find(|other| is_same(step, other)) else {
            found.push(alone(step, Text::none(), step.action.title()));
            continue;
        };
        let mut within = bodies(old, step);
        if within.is_empty() && old.needs != step.needs {
            let needs = |step: &Step| Text::joined(step.needs.iter().map(Need::words), ", ");
            within.push(Difference {
                label: text!("diff-needs"),
                before: needs(old),
                after: needs(step),
            });
        }
        if !within.is_empty() {
            let mut changed = alone(step, old.action.title(), step.action.title());
            changed.within = within;
            found.push(changed);
        }
    }
    found
}

/// What differs in what is sent, value by value.
fn bodies(before: &Step, after: &Step) -> Vec<Difference> {
    let (old, new) = (values(before), values(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let of = |values: &BTreeMap<String, String>, name| {
        values.get(name).cloned().map(Text::verbatim).unwrap_or_default()
    };
    let each = names.into_iter().map(|name| Difference {
        label: Text::verbatim(name.clone()),
        before: of(&old, name),
        after: of(&new, name),
    });
    each.filter(|difference| difference.before != difference.after).collect()
}

/// `properties.publicNetworkAccess` and `"Enabled"`, for each value of the body. What cannot be read
/// as JSON is one value.
fn values(step: &Step) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Some(body) = &step.call.body {
        match serde_json::from_str::<Value>(body) {
            Ok(value) => flatten("", &value, &mut found),
            Err(_) => {
                found.insert("body".to_owned(), body.clone());
            }
        }
    }
    found
}

fn flatten(name: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let inner = |part: &str| {
        if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") }
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (field, value) in fields {
                flatten(&inner(field), value, found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                flatten(&inner(&(number + 1).to_string()), item, found);
            }
        }
        value => {
            found.insert(inner("").trim_end_matches('.').to_owned(), value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        asked::{CreateInstance, Grantee, Networking, Subscription},
        person::Person,
        plan::{Round, Surroundings, plan},
        principal::{Principal, PrincipalKind},
        role::Role,
    };

    fn grantee(id: &str, role: Role) -> Grantee {
        let name = Some(id.to_uppercase());
        Grantee {
            principal: Principal { id: id.into(), kind: PrincipalKind::User, name, mail: None },
            role,
        }
    }

    fn create(name: &str, tags: &[(&str, &str)], grants: &[&str], why: &str) -> Asked {
        Asked::CreateInstance(CreateInstance {
            subscription: Subscription { id: "S".into(), name: "Production".into() },
            group: "rg".into(),
            new_group: false,
            name: name.into(),
            region: "westeurope".into(),
            region_name: "West Europe".into(),
            tags: tags.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            networking: Networking::default(),
            system_identity: false,
            grants: grants.iter().map(|id| grantee(id, Role::DataOwner)).collect(),
            justification: why.into(),
        })
    }

    fn steps(asked: &Asked, revision: u32) -> Vec<Step> {
        let (id, name, upn) = ("nina".into(), "Nina".into(), "nina@contoso.com".into());
        let nina = Person { id, name, upn, auditor: false };
        let seen = Surroundings { provider_registered: Some(true) };
        plan(Round { request: Uuid::nil(), revision }, asked, &nina, seen)
    }

    fn compared(before: &Asked, after: &Asked) -> (Vec<String>, Vec<String>) {
        let (old, new) = (steps(before, 1), steps(after, 2));
        let facts = facts(&lines(before), &lines(after));
        let plans = plans(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>());
        let told = |difference: &Difference| {
            let (before, after) = (&difference.before, &difference.after);
            format!("{} {}: {before} > {after}", difference.word(), difference.label)
        };
        let plans = plans.iter().flat_map(|step| {
            std::iter::once(format!(
                "{}: {} > {}",
                step.step.word(),
                step.step.before,
                step.step.after
            ))
            .chain(step.within.iter().map(told))
            .collect::<Vec<_>>()
        });
        (facts.iter().map(told).collect(), plans.collect())
    }

    #[test]
    fn what_stayed_the_same_is_not_told() {
        let asked = create("dt-1", &[("team", "paint")], &["ada"], "why");
        assert_eq!(compared(&asked, &asked), (vec![], vec![]), "another revision alone is nothing");
    }

    #[test]
    fn what_was_asked_is_compared_line_by_line() {
        let before = create("dt-1", &[], &["ada"], "why");
        let after = create("dt-1", &[], &["ada", "bob"], "because");
        let (facts, steps) = compared(&before, &after);
        assert_eq!(
            facts,
            [
                "added Azure Digital Twins Data Owner:  > BOB User",
                "changed Justification: why > because"
            ]
        );
        assert_eq!(steps, ["added:  > Assign Azure Digital Twins Data Owner to BOB"]);
        let (facts, steps) = compared(&after, &before);
        assert_eq!(facts[0], "removed Azure Digital Twins Data Owner: BOB User > ");
        assert_eq!(steps, ["removed: Assign Azure Digital Twins Data Owner to BOB > "]);
    }

    #[test]
    fn a_step_of_both_plans_tells_what_differs_in_what_is_sent() {
        let before = create("dt-1", &[("team", "paint"), ("old", "1")], &[], "why");
        let after = create("dt-1", &[("team", "press"), ("new", "2")], &[], "why");
        let (_, steps) = compared(&before, &after);
        assert_eq!(
            steps,
            [
                "changed: Create the instance dt-1 > Create the instance dt-1",
                "added tags.new:  > \"2\"",
                "removed tags.old: \"1\" > ",
                "changed tags.team: \"paint\" > \"press\"",
            ]
        );
    }

    #[test]
    fn another_name_is_another_step() {
        let (_, steps) =
            compared(&create("dt-1", &[], &[], "why"), &create("dt-2", &[], &[], "why"));
        assert_eq!(
            steps,
            ["removed: Create the instance dt-1 > ", "added:  > Create the instance dt-2"]
        );
    }

    proptest! {
        /// Nothing is lost and nothing made up: what was, without what is gone, with what is new, is
        /// what is.
        #[test]
        fn the_difference_leads_from_the_one_to_the_other(
            before in proptest::collection::vec("[a-d]", 0..6),
            after in proptest::collection::vec("[a-d]", 0..6),
        ) {
            let of = |values: &[String]| -> Vec<Fact> {
                values
                    .iter()
                    .map(|value| Fact::of(Text::verbatim("x"), Text::verbatim(value.clone())))
                    .collect()
            };
            let mut held = before.clone();
            for difference in facts(&of(&before), &of(&after)) {
                if !difference.before.is_empty() {
                    let at = held.iter().position(|value| difference.before == **value);
                    held.remove(at.expect("it was there"));
                }
                if !difference.after.is_empty() {
                    held.push(difference.after.to_string());
                }
            }
            let mut wanted = after;
            held.sort();
            wanted.sort();
            prop_assert_eq!(held, wanted);
        }
    }
}
