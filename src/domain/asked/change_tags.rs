//! An instance's tags, changed as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AboutText, Content, Fact, Problems, Subscription, about,
    names::{REQUEST_TAG, REQUESTER_TAG, parse_tags},
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        policy::Policy,
        scope::Scope,
    },
    text,
    words::Text,
};

pub type Tags = BTreeMap<String, String>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTags {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    /// As Azure showed them when it was asked.
    pub before: Tags,
    /// All that the instance is to have.
    pub after: Tags,
    pub justification: String,
}

/// Whether the portal has set this tag itself; it stays through every change.
pub fn is_own(name: &str) -> bool {
    [REQUEST_TAG, REQUESTER_TAG].iter().any(|own| name.eq_ignore_ascii_case(own))
}

impl ChangeTags {
    /// `before` is what Azure shows; `None` where it shows nothing.
    pub fn parse(
        text: AboutText<'_>,
        tags: &[(&str, &str)],
        before: Option<Tags>,
        policy: &Policy,
    ) -> Result<ChangeTags, Problems> {
        let (about, (before, after)) = text.parse(|instance, problems| {
            if instance.is_some() && before.is_none() {
                problems.add("instance", text!("tags-unseen"));
            }
            let mut after = parse_tags(tags, policy, problems);
            let own = before.iter().flatten().filter(|(name, _)| is_own(name));
            after.extend(own.map(|(name, value)| (name.clone(), value.clone())));
            if problems.is_empty() && before.as_ref() == Some(&after) {
                problems.add("tags", text!("tags-unchanged"));
            }
            Some((before?, after))
        })?;
        Ok(ChangeTags {
            subscription: about.subscription,
            instance: about.instance,
            before,
            after,
            justification: about.justification,
        })
    }
}

impl Content for ChangeTags {
    fn kind(&self) -> &'static str {
        "change_tags"
    }

    fn title(&self) -> Text {
        text!("tags-change", instance = self.instance.short())
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.instance.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = about::facts(&self.instance);
        let label = |name: &str| text!("tags-one", name = name);
        for (name, value) in &self.after {
            let note = match self.before.get(name) {
                Some(old) if old == value => continue,
                Some(old) => text!("tags-was", value = old),
                None => text!("tags-new"),
            };
            facts.push(Fact::noted(label(name), Text::verbatim(value.clone()), note));
        }
        let gone = self.before.iter().filter(|(name, _)| !self.after.contains_key(*name));
        facts.extend(gone.map(|(name, old)| {
            Fact::noted(label(name), text!("tags-removed"), text!("tags-was", value = old))
        }));
        facts
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        steps.change_tags(&self.instance, &self.before, &self.after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    fn tags(tags: &[(&str, &str)]) -> Tags {
        tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn parse(
        typed: &[(&'static str, &'static str)],
        before: Option<Tags>,
    ) -> Result<ChangeTags, Problems> {
        let text = AboutText { instance: INSTANCE, justification: "why", subscription: None };
        ChangeTags::parse(text, typed, before, &Policy::default())
    }

    #[test]
    fn what_the_portal_has_set_stays_and_what_changes_is_told() {
        let before =
            tags(&[("team", "plant"), ("old", "x"), (REQUEST_TAG, "1"), (REQUESTER_TAG, "ada")]);
        let change =
            parse(&[("team", "paint"), ("line", "3")], Some(before)).expect("nothing is wrong");
        assert_eq!(
            change.after,
            tags(&[("team", "paint"), ("line", "3"), (REQUEST_TAG, "1"), (REQUESTER_TAG, "ada")])
        );
        let told: Vec<_> = change
            .facts()
            .into_iter()
            .skip(2)
            .map(|fact| (fact.label.to_string(), fact.value.to_string(), fact.note.to_string()))
            .collect();
        let fact = |label: &str, value: &str, note: &str| {
            (label.to_owned(), value.to_owned(), note.to_owned())
        };
        assert_eq!(
            told,
            [
                fact("Tag line", "3", "new"),
                fact("Tag team", "paint", "was plant"),
                fact("Tag old", "removed", "was x")
            ]
        );
    }

    #[test]
    fn nothing_is_asked_where_nothing_changes_or_is_seen() {
        let same = parse(&[("team", "plant")], Some(tags(&[("team", "plant")])));
        assert!(same.expect_err("the same").of("tags").is_some());
        assert!(parse(&[("a", "b")], None).expect_err("not seen").of("instance").is_some());
    }
}
