//! An instance to be deleted, and what goes with it.

use serde::{Deserialize, Serialize};

use super::{AboutText, Content, Fact, Problems, Subscription, Use, Warning, about};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteInstance {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    /// When it was made, as Azure writes it: another of the same name was made at another time.
    pub created_at: String,
    #[serde(default, skip_serializing_if = "Losses::is_empty")]
    pub losses: Losses,
    pub justification: String,
}

/// What goes with the instance, as it was seen when it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Losses {
    /// Endpoints and data history connections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlets: Vec<Use>,
    /// Private endpoints that stay, and lead nowhere then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub private_endpoints: Vec<String>,
    /// Role assignments at the instance itself: the role, and how many hold it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<(String, usize)>,
    /// Object ID of its system-assigned identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// What could not be seen, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Text>,
}

impl Losses {
    fn is_empty(&self) -> bool {
        *self == Losses::default()
    }
}

impl DeleteInstance {
    /// `created_at` is when the instance was made; `None` where Azure does not show it.
    pub fn parse(
        text: AboutText<'_>,
        confirmed: &str,
        created_at: Option<String>,
    ) -> Result<DeleteInstance, Problems> {
        let (about, created_at) = text.parse(|instance, problems| {
            if instance.is_some() && created_at.is_none() {
                problems.add("instance", text!("deletion-unseen"));
            }
            about::confirm("confirm", confirmed, instance, problems);
            created_at
        })?;
        Ok(DeleteInstance {
            subscription: about.subscription,
            instance: about.instance,
            created_at,
            losses: Losses::default(),
            justification: about.justification,
        })
    }
}

impl Content for DeleteInstance {
    fn kind(&self) -> &'static str {
        "delete_instance"
    }

    fn title(&self) -> Text {
        text!("deletion-asked", instance = self.instance.short())
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
        facts.push(Fact::of(text!("deletion-created"), about::moment(&self.created_at)));
        facts
    }

    fn warnings(&self) -> Vec<Warning> {
        let losses = &self.losses;
        let mut items = vec![text!("deletion-data")];
        items.extend(losses.outlets.iter().map(|one| {
            let said = match one.is_endpoint() {
                true => text!("deletion-endpoint"),
                false => text!("deletion-data-history"),
            };
            said.with("name", &one.name).with("target", &one.target)
        }));
        items.extend(
            losses
                .roles
                .iter()
                .map(|(role, holders)| text!("deletion-roles", count = *holders, role = role)),
        );
        items.extend(losses.identity.iter().map(|id| text!("deletion-identity", id = id)));
        let mut warnings = vec![Warning {
            title: text!("deletion-lost"),
            text: text!("deletion-lost-text"),
            items,
        }];
        if !losses.private_endpoints.is_empty() {
            warnings.push(Warning {
                title: text!("deletion-stays"),
                text: text!("deletion-stays-text"),
                items: losses.private_endpoints.iter().cloned().map(Text::verbatim).collect(),
            });
        }
        warnings.extend(about::unseen(text!("deletion-more"), &losses.unseen));
        warnings
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        steps.delete_instance(&self.instance, &self.created_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Reader};

    #[test]
    fn the_name_is_typed_and_the_instance_seen() {
        let instance =
            Scope::instance("a1b2c3d4-0000-4000-8000-00000000000a", "rg", "dt-1").to_string();
        let parse = |confirm, created: Option<&str>| {
            let text = AboutText { instance: &instance, justification: "x", subscription: None };
            DeleteInstance::parse(text, confirm, created.map(str::to_owned))
                .map(|delete| delete.created_at)
                .map_err(|problems| problems.0[0].field)
        };
        assert_eq!(parse("dt-1", Some("t")), Ok("t".to_owned()));
        assert_eq!(parse("", Some("t")), Err("confirm"));
        assert_eq!(parse("dt-2", Some("t")), Err("confirm"));
        assert_eq!(parse("dt-1", None), Err("instance"));
    }

    #[test]
    fn who_decides_reads_what_is_lost_and_what_stays_behind() {
        let delete = DeleteInstance {
            subscription: Subscription::unnamed("S"),
            instance: Scope::instance("S", "rg", "dt-1"),
            created_at: "2026-01-02T03:04:05.6Z".into(),
            losses: Losses {
                private_endpoints: vec!["pe-office".into()],
                roles: vec![("Reader".into(), 1), ("Azure Digital Twins Data Owner".into(), 3)],
                ..Losses::default()
            },
            justification: "why".into(),
        };
        let warnings = delete.warnings();
        assert_eq!(
            warnings[0].items[1..],
            ["One role assignment: Reader", "3 role assignments: Azure Digital Twins Data Owner"]
        );
        let german = Reader { language: Language::German, ..Reader::default() };
        assert_eq!(
            warnings[0].items[2].said_to(&german),
            "3 Rollenzuweisungen: Azure Digital Twins Data Owner"
        );
        assert_eq!((warnings[1].items[0].to_string(), warnings.len()), ("pe-office".to_owned(), 2));
        assert_eq!(delete.facts()[2].value, "2 Jan 2026, 03:04 UTC");
    }
}
