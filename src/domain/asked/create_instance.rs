//! An instance to be made, and who may use its data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Content, Fact, GrantAccess, Grantee, MOST_MEMBERS, Networking, Problems, Subscription, about,
    names::{
        REQUEST_TAG, REQUESTER_TAG, parse_justification, parse_tags, wrong_with_group,
        wrong_with_name,
    },
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        policy::{Offered, Policy},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateInstance {
    pub subscription: Subscription,
    pub group: String,
    /// The resource group is to be made ("Create new").
    pub new_group: bool,
    pub name: String,
    /// `westeurope`, as Azure's API names it.
    pub region: String,
    /// `West Europe`, as Azure named it; empty where Azure could not be asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region_name: String,
    pub tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Networking::is_public")]
    pub networking: Networking,
    /// A system-assigned managed identity is switched on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub system_identity: bool,
    /// Who is granted which role on the instance once it stands.
    pub grants: Vec<Grantee>,
    pub justification: String,
}

/// What was typed into "Create instance", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceText<'a> {
    pub subscription: Option<Subscription>,
    /// What the policy offers in that subscription, for somebody who cannot see it in Azure.
    pub offer: Option<&'a Offered>,
    pub group: &'a str,
    pub new_group: bool,
    pub name: &'a str,
    pub region: &'a str,
    pub tags: Vec<(&'a str, &'a str)>,
    /// Parsed already: its places depend on what Azure shows.
    pub networking: Networking,
    pub system_identity: bool,
    pub grants: Vec<Grantee>,
    pub justification: &'a str,
}

impl CreateInstance {
    /// What is left to ask for once the instance stands: access for those whose role is the first
    /// one's, because one request is for one role.
    pub fn access(&self) -> Option<GrantAccess> {
        let role = self.grants.first()?.role;
        let members = self.grants.iter().filter(|grant| grant.role == role);
        Some(GrantAccess {
            subscription: self.subscription.clone(),
            instance: self.scope(),
            role,
            members: members.map(|grant| grant.principal.clone()).collect(),
            created_at: None,
            justification: self.justification.clone(),
        })
    }

    pub fn parse(text: InstanceText<'_>, policy: &Policy) -> Result<CreateInstance, Problems> {
        let mut problems = Problems::default();
        let group = text.group.trim();
        let group_field = if text.new_group { "new_resource_group" } else { "resource_group" };
        if text.subscription.is_none() {
            problems.add("subscription", text!("create-no-subscription-chosen"));
        }
        if let Some(problem) = wrong_with_group(group, text.new_group) {
            problems.add(group_field, problem);
        }
        let name = text.name.trim();
        if let Some(problem) = wrong_with_name(name, policy) {
            problems.add("resource_name", problem);
        }
        let region = text.region.trim();
        if region.is_empty() {
            problems.add("region", text!("create-region-empty"));
        } else if !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            problems.add("region", text!("create-region-wrong"));
        }
        let tags = parse_tags(&text.tags, policy, &mut problems);
        if let Some(offered) = text.offer {
            check_offer(&text, offered, &mut problems);
        }
        if text.grants.len() > MOST_MEMBERS {
            problems.add("members", text!("create-too-many-members", most = MOST_MEMBERS));
        }
        let justification = parse_justification(text.justification, &mut problems);
        match text.subscription {
            Some(subscription) if problems.is_empty() => Ok(CreateInstance {
                subscription,
                group: group.to_owned(),
                new_group: text.new_group,
                name: name.to_owned(),
                region: region.to_owned(),
                region_name: String::new(),
                tags,
                networking: text.networking,
                system_identity: text.system_identity,
                grants: text.grants,
                justification,
            }),
            _ => Err(problems),
        }
    }
}

impl Content for CreateInstance {
    fn kind(&self) -> &'static str {
        "create_instance"
    }

    fn title(&self) -> Text {
        text!("create-asked", name = &self.name)
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        Scope::instance(&self.subscription.id, &self.group, &self.name)
    }

    fn decided_at(&self) -> Scope {
        self.home()
    }

    fn facts(&self) -> Vec<Fact> {
        let note = if self.new_group { text!("create-group-new") } else { Text::none() };
        let region = if self.region_name.is_empty() { &self.region } else { &self.region_name };
        let mut facts = vec![
            Fact { note, ..about::group(&self.group) },
            Fact::of(text!("create-name"), Text::verbatim(self.name.clone())),
            Fact::of(text!("create-region"), Text::verbatim(region.clone())),
        ];
        facts.extend(self.grants.iter().map(Grantee::fact));
        facts.extend(self.networking.facts());
        if self.system_identity {
            facts.push(Fact::of(text!("create-system-identity"), text!("create-on")));
        }
        let tags = self.tags.iter();
        facts.extend(tags.map(|(name, value)| {
            Fact::of(text!("tags-one", name = name), Text::verbatim(value.clone()))
        }));
        facts
    }

    fn plan(&self, steps: &mut Steps, requester: &Person, seen: Surroundings) {
        let (instance, home) = (self.scope(), self.home());
        if seen.provider_registered != Some(true) {
            steps.register_provider(&self.subscription.id);
        }
        if self.new_group {
            let group = Scope::group(&self.subscription.id, &self.group);
            steps.ensure_group(&group, &self.region);
        }
        let mut tags = self.tags.clone();
        tags.insert(REQUEST_TAG.to_owned(), steps.request().to_string());
        tags.insert(REQUESTER_TAG.to_owned(), requester.upn.chars().take(256).collect());
        steps.create_instance(&instance, &home, self, &tags);
        let new_group = self.new_group.then(|| Scope::group(&self.subscription.id, &self.group));
        for endpoint in &self.networking.private_endpoints {
            endpoint.plan(steps, &instance, &home, new_group.as_ref());
        }
        // The instance is not there to hold a role on before it has been made.
        for grant in &self.grants {
            steps.assign_role(&instance, grant, &home);
        }
        if self.grants.iter().any(|grant| grant.is_for(requester)) {
            steps.verify(&instance);
        }
    }
}

impl CreateInstance {
    /// The narrowest scope around it that exists already.
    fn home(&self) -> Scope {
        match self.new_group {
            true => Scope::subscription(&self.subscription.id),
            false => Scope::group(&self.subscription.id, &self.group),
        }
    }
}

/// Who cannot see a subscription may ask for what is offered there and for nothing else.
fn check_offer(text: &InstanceText<'_>, offered: &Offered, problems: &mut Problems) {
    let listed = |list: &[String], word: &str| {
        list.is_empty() || list.iter().any(|allowed| allowed.eq_ignore_ascii_case(word.trim()))
    };
    if !text.region.trim().is_empty() && !listed(&offered.regions, text.region) {
        problems.add(
            "region",
            text!(
                "create-offered-regions",
                subscription = &offered.name,
                regions = offered.regions.join(", ")
            ),
        );
    }
    if text.new_group && !offered.create_resource_group {
        problems.add(
            "new_resource_group",
            text!("create-offered-no-new-group", subscription = &offered.name),
        );
    } else if !text.new_group
        && !text.group.trim().is_empty()
        && !listed(&offered.resource_groups, text.group)
    {
        problems.add(
            "resource_group",
            text!(
                "create-offered-groups",
                subscription = &offered.name,
                groups = offered.resource_groups.join(", ")
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        asked::{Asked, Subscription},
        policy::*,
    };

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";

    fn text<'a>() -> InstanceText<'a> {
        InstanceText {
            subscription: Some(Subscription { id: SUBSCRIPTION.into(), name: "Production".into() }),
            group: "rg-lab",
            name: "dt-lab",
            region: "westeurope",
            justification: "A lab for the plant.",
            ..InstanceText::default()
        }
    }

    fn problem(text: InstanceText<'_>, field: &str) -> Option<String> {
        problem_under(text, &Policy::default(), field)
    }

    fn problem_under(text: InstanceText<'_>, policy: &Policy, field: &str) -> Option<String> {
        CreateInstance::parse(text, policy)
            .err()
            .and_then(|wrong| wrong.of(field).map(|text| text.to_string()))
    }

    #[test]
    fn a_whole_form_is_taken_as_typed() {
        let create = CreateInstance::parse(text(), &Policy::default()).expect("nothing is wrong");
        assert_eq!((create.name.as_str(), create.group.as_str()), ("dt-lab", "rg-lab"));
    }

    #[test]
    fn every_empty_field_is_named() {
        let wrong =
            CreateInstance::parse(InstanceText::default(), &Policy::default()).expect_err("empty");
        for field in ["subscription", "resource_group", "resource_name", "region", "justification"]
        {
            assert!(wrong.of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn resource_names_keep_azures_rule() {
        for name in ["ab", "-abc", "abc-", "a_b_c", "dt lab", "größe", &"x".repeat(64)] {
            assert!(problem(InstanceText { name, ..text() }, "resource_name").is_some(), "{name}");
        }
        for name in ["abc", "a-b", "123", &"x".repeat(63)] {
            assert_eq!(problem(InstanceText { name, ..text() }, "resource_name"), None, "{name}");
        }
    }

    #[test]
    fn the_operators_name_rule_speaks_in_its_own_words() {
        let policy = Policy {
            resource_name: Some(NameRule {
                pattern: regex::Regex::new("^dt-").expect("a pattern"),
                message: "Names start with dt-.".into(),
            }),
            ..Policy::default()
        };
        assert_eq!(
            problem_under(InstanceText { name: "lab", ..text() }, &policy, "resource_name")
                .as_deref(),
            Some("Names start with dt-.")
        );
        assert_eq!(problem_under(text(), &policy, "resource_name"), None);
    }

    #[test]
    fn required_tags_must_have_a_value_and_no_tag_comes_twice() {
        let policy = Policy {
            required_tags: [("costCenter".to_owned(), "four digits".to_owned())].into(),
            ..Policy::default()
        };
        let tagged = |tags| InstanceText { tags, ..text() };
        assert!(problem_under(tagged(vec![]), &policy, "tags").is_some());
        assert!(problem_under(tagged(vec![("costcenter", " ")]), &policy, "tag").is_some());
        for field in ["tags", "tag", "tag-name"] {
            let given = tagged(vec![("costcenter", "4711")]);
            assert_eq!(problem_under(given, &policy, field), None);
        }
        assert!(problem(tagged(vec![("a", "1"), ("A", "2")]), "tag-name").is_some());
        assert!(problem(tagged(vec![("", "1")]), "tag-name").is_some());
        assert!(problem(tagged(vec![("requested-by", "me")]), "tag-name").is_some());
        assert!(problem(tagged(vec![("a/b", "1")]), "tag-name").is_some());
    }

    #[test]
    fn what_is_not_offered_is_refused_to_those_who_cannot_see_the_subscription() {
        let offered = Offered {
            id: SUBSCRIPTION.into(),
            name: "Production".into(),
            resource_groups: vec!["rg-lab".into()],
            regions: vec!["westeurope".into()],
            create_resource_group: false,
        };
        let text = || InstanceText { offer: Some(&offered), ..text() };
        assert_eq!(problem(text(), "region"), None);
        let elsewhere = || InstanceText { region: "eastus", ..text() };
        assert!(problem(elsewhere(), "region").is_some());
        assert_eq!(problem(InstanceText { offer: None, ..elsewhere() }, "region"), None);
        assert!(problem(InstanceText { group: "rg-x", ..text() }, "resource_group").is_some());
        assert!(
            problem(InstanceText { new_group: true, ..text() }, "new_resource_group").is_some()
        );
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_makes_a_scope_that_reads_back(name in ".{0,70}", group in ".{0,95}") {
            let text = InstanceText { name: &name, group: &group, ..text() };
            if let Ok(create) = CreateInstance::parse(text, &Policy::default()) {
                let scope = Asked::CreateInstance(create).scope();
                prop_assert_eq!(Scope::parse(&scope.to_string()), Some(scope));
            }
        }
    }
}
