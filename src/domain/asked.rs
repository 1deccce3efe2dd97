//! What a person asks for, parsed once from what they typed. Knows neither form nor page: only
//! texts and the rules that they must keep.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    policy::{Offered, Policy},
    role::Role,
    scope::Scope,
};

/// A thing wrong with one field, and the remedy, for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The form's name of the field.
    pub field: &'static str,
    pub message: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(Problem { field, message: message.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with this field, if anything.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| &*problem.message)
    }
}

/// A request's content. Names inside are a file format: add, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asked {
    CreateInstance(CreateInstance),
    GrantAccess(GrantAccess),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateInstance {
    pub subscription: Subscription,
    pub group: String,
    /// The resource group is to be made ("Create new").
    pub new_group: bool,
    pub name: String,
    /// `westeurope`, as Azure's API names it.
    pub region: String,
    pub tags: BTreeMap<String, String>,
    /// Who is granted which role on the instance once it stands.
    pub grants: Vec<Grantee>,
    pub justification: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantAccess {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    pub role: Role,
    pub members: Vec<Principal>,
    pub justification: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grantee {
    pub principal: Principal,
    pub role: Role,
}

/// Somebody or something that a role can be assigned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub id: String,
    pub kind: PrincipalKind,
    /// As the directory named it; `None` when the directory could not be asked. Never taken from
    /// a form: an approver reads it.
    pub name: Option<String>,
    pub mail: Option<String>,
}

impl Principal {
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Azure's `principalType`, which every role assignment should state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PrincipalKind {
    User,
    Group,
    ServicePrincipal,
}

impl PrincipalKind {
    pub const ALL: [PrincipalKind; 3] =
        [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::ServicePrincipal];

    /// The value that Azure's API takes.
    pub fn word(self) -> &'static str {
        match self {
            PrincipalKind::User => "User",
            PrincipalKind::Group => "Group",
            PrincipalKind::ServicePrincipal => "ServicePrincipal",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            PrincipalKind::User => "User",
            PrincipalKind::Group => "Group",
            PrincipalKind::ServicePrincipal => "Service principal",
        }
    }

    pub fn from_word(word: &str) -> Option<PrincipalKind> {
        PrincipalKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Asked {
    pub fn kind(&self) -> &'static str {
        match self {
            Asked::CreateInstance(_) => "create_instance",
            Asked::GrantAccess(_) => "grant_access",
        }
    }

    /// `Create instance dt-lab` or `Azure Digital Twins Data Owner on dt-lab`.
    pub fn title(&self) -> String {
        match self {
            Asked::CreateInstance(create) => format!("Create instance {}", create.name),
            Asked::GrantAccess(grant) => {
                format!("{} on {}", grant.role.name(), grant.instance.short())
            }
        }
    }

    pub fn subscription(&self) -> &Subscription {
        match self {
            Asked::CreateInstance(create) => &create.subscription,
            Asked::GrantAccess(grant) => &grant.subscription,
        }
    }

    pub fn justification(&self) -> &str {
        match self {
            Asked::CreateInstance(create) => &create.justification,
            Asked::GrantAccess(grant) => &grant.justification,
        }
    }

    /// The instance that it is about, which may not exist yet.
    pub fn instance(&self) -> Scope {
        match self {
            Asked::CreateInstance(create) => {
                Scope::instance(&create.subscription.id, &create.group, &create.name)
            }
            Asked::GrantAccess(grant) => grant.instance.clone(),
        }
    }

    /// Where a decider must hold the right to assign roles: the narrowest scope that exists
    /// already.
    pub fn decided_at(&self) -> Scope {
        match self {
            Asked::CreateInstance(create) if create.new_group => {
                Scope::subscription(&create.subscription.id)
            }
            Asked::CreateInstance(create) => Scope::group(&create.subscription.id, &create.group),
            Asked::GrantAccess(grant) => grant.instance.clone(),
        }
    }

    pub fn grants(&self) -> Vec<Grantee> {
        match self {
            Asked::CreateInstance(create) => create.grants.clone(),
            Asked::GrantAccess(grant) => grant
                .members
                .iter()
                .map(|principal| Grantee { principal: principal.clone(), role: grant.role })
                .collect(),
        }
    }
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
    pub grants: Vec<Grantee>,
    pub justification: &'a str,
}

/// Tags that the portal sets itself, so that what stands in Azure names who asked for it: Azure's
/// own record shows only whose token was used.
pub const REQUEST_TAG: &str = "twindesk-request";
pub const REQUESTER_TAG: &str = "requested-by";

const LONGEST_JUSTIFICATION: usize = 2_000;
/// Azure Resource Manager: tags of a resource, less the two of our own.
const MOST_TAGS: usize = 48;
pub const MOST_MEMBERS: usize = 20;

impl CreateInstance {
    pub fn parse(text: InstanceText<'_>, policy: &Policy) -> Result<CreateInstance, Problems> {
        let mut problems = Problems::default();
        let group = text.group.trim();
        let group_field = if text.new_group { "new_resource_group" } else { "resource_group" };
        if text.subscription.is_none() {
            problems.add("subscription", "Choose the subscription that the instance is to be in.");
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
            problems.add("region", "Choose the region in which the instance is to run.");
        } else if !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            problems.add("region", "Choose a region from the list, for example westeurope.");
        }
        let tags = parse_tags(&text.tags, policy, &mut problems);
        if let Some(offered) = text.offer {
            check_offer(&text, offered, &mut problems);
        }
        if text.grants.len() > MOST_MEMBERS {
            problems.add("members", format!("Name at most {MOST_MEMBERS} members in one request."));
        }
        let justification = parse_justification(text.justification, &mut problems);
        match text.subscription {
            Some(subscription) if problems.is_empty() => Ok(CreateInstance {
                subscription,
                group: group.to_owned(),
                new_group: text.new_group,
                name: name.to_owned(),
                region: region.to_owned(),
                tags,
                grants: text.grants,
                justification,
            }),
            _ => Err(problems),
        }
    }
}

/// What was typed into "Request access", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessText<'a> {
    pub subscription: Option<Subscription>,
    pub instance: &'a str,
    pub role: &'a str,
    pub members: Vec<Principal>,
    pub justification: &'a str,
}

impl GrantAccess {
    pub fn parse(text: AccessText<'_>) -> Result<GrantAccess, Problems> {
        let mut problems = Problems::default();
        let instance = Scope::parse(text.instance.trim()).filter(|scope| {
            scope.instance_name().is_some_and(is_instance_name)
                && scope.group_name().is_some_and(|group| wrong_with_group(group, false).is_none())
                && is_guid(scope.subscription_id())
        });
        if instance.is_none() {
            problems.add(
                "instance",
                "Choose an instance, or give its resource ID: /subscriptions/…/resourceGroups/…/\
                 providers/Microsoft.DigitalTwins/digitalTwinsInstances/….",
            );
        }
        let role = Role::from_word(text.role);
        if role.is_none() {
            problems.add("role", "Choose the role that is to be assigned.");
        }
        if text.members.is_empty() {
            problems.add(
                "members",
                "Add at least one member: search by name or e-mail address, or give an object ID.",
            );
        } else if text.members.len() > MOST_MEMBERS {
            problems.add("members", format!("Name at most {MOST_MEMBERS} members in one request."));
        }
        let justification = parse_justification(text.justification, &mut problems);
        match (instance, role, text.subscription) {
            (Some(instance), Some(role), subscription) if problems.is_empty() => Ok(GrantAccess {
                subscription: subscription.unwrap_or_else(|| Subscription {
                    id: instance.subscription_id().to_owned(),
                    name: instance.subscription_id().to_owned(),
                }),
                instance,
                role,
                members: text.members,
                justification,
            }),
            _ => Err(problems),
        }
    }
}

/// Resource groups: 1 to 90 letters, digits, `_ - . ( )`, not ending in a full stop
/// (Microsoft.Resources 2021-04-01, `resourceGroupName`).
fn wrong_with_group(group: &str, new: bool) -> Option<&'static str> {
    if group.is_empty() {
        return Some(if new {
            "Give the new resource group a name."
        } else {
            "Choose a resource group, or choose Create new."
        });
    }
    let fits = group.chars().count() <= 90
        && !group.ends_with('.')
        && Scope::parse(&format!("/subscriptions/x/resourceGroups/{group}")).is_some();
    (!fits).then_some(
        "A resource group's name has 1 to 90 letters, digits, hyphens, underscores, full stops or \
         parentheses, and does not end in a full stop.",
    )
}

/// Instances: 3 to 63 letters, digits and hyphens, no hyphen at either end
/// (Microsoft.DigitalTwins 2023-01-31, `resourceName`).
fn is_instance_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn wrong_with_name(name: &str, policy: &Policy) -> Option<String> {
    if !is_instance_name(name) {
        return Some(
            "A resource name has 3 to 63 letters (a to z), digits and hyphens, with no hyphen at \
             the start or the end."
                .to_owned(),
        );
    }
    let rule = policy.resource_name.as_ref()?;
    (!rule.pattern.is_match(name)).then(|| rule.message.clone())
}

fn parse_tags(
    typed: &[(&str, &str)],
    policy: &Policy,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let mut seen = HashSet::new();
    for (name, value) in typed.iter().map(|(name, value)| (name.trim(), value.trim())) {
        if name.is_empty() && value.is_empty() {
            continue;
        }
        if name.is_empty() {
            problems.add("tags", format!("The tag with the value {value:?} needs a name."));
        } else if let Some(problem) = wrong_with_tag(name, value) {
            problems.add("tags", problem);
        } else if !seen.insert(name.to_lowercase()) {
            problems.add("tags", format!("The tag {name:?} is there twice; Azure does not tell upper and lower case apart."));
        } else {
            tags.insert(name.to_owned(), value.to_owned());
        }
    }
    for (required, help) in &policy.required_tags {
        let given = tags
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case(required) && !value.is_empty());
        if !given {
            problems.add("tags", format!("The tag {required:?} is required: {help}"));
        }
    }
    if tags.len() > MOST_TAGS {
        problems
            .add("tags", format!("Azure keeps at most {MOST_TAGS} tags beside the portal's own."));
    }
    tags
}

/// Azure Resource Manager: names up to 512 characters without `< > % & \ ? /`, values up to 256.
fn wrong_with_tag(name: &str, value: &str) -> Option<String> {
    if name.chars().count() > 512 || name.chars().any(|c| "<>%&\\?/".contains(c) || c.is_control())
    {
        return Some(format!(
            "The tag name {name:?} cannot be used: at most 512 characters, none of < > % & \\ ? /."
        ));
    }
    if value.chars().count() > 256 || value.chars().any(char::is_control) {
        return Some(format!("The value of the tag {name:?} has more than 256 characters."));
    }
    if [REQUEST_TAG, REQUESTER_TAG].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Some(format!("The tag {name:?} is set by the portal itself; leave it out."));
    }
    ["microsoft", "azure", "windows"]
        .iter()
        .any(|reserved| name.to_lowercase().starts_with(reserved))
        .then(|| format!("The tag name {name:?} begins with a word that Azure keeps for itself."))
}

/// Who cannot see a subscription may ask for what is offered there and for nothing else.
fn check_offer(text: &InstanceText<'_>, offered: &Offered, problems: &mut Problems) {
    let listed = |list: &[String], word: &str| {
        list.is_empty() || list.iter().any(|allowed| allowed.eq_ignore_ascii_case(word.trim()))
    };
    if !text.region.trim().is_empty() && !listed(&offered.regions, text.region) {
        problems.add(
            "region",
            format!(
                "In {} these regions may be used: {}.",
                offered.name,
                offered.regions.join(", ")
            ),
        );
    }
    if text.new_group && !offered.create_resource_group {
        problems.add(
            "new_resource_group",
            format!(
                "New resource groups are not offered in {}; choose an existing one.",
                offered.name
            ),
        );
    } else if !text.new_group
        && !text.group.trim().is_empty()
        && !listed(&offered.resource_groups, text.group)
    {
        problems.add(
            "resource_group",
            format!(
                "In {} these resource groups may be used: {}.",
                offered.name,
                offered.resource_groups.join(", ")
            ),
        );
    }
}

fn parse_justification(typed: &str, problems: &mut Problems) -> String {
    let text = typed.trim().replace("\r\n", "\n");
    if text.is_empty() {
        problems.add("justification", "Say what it is for, so that whoever decides can decide.");
    } else if text.chars().count() > LONGEST_JUSTIFICATION {
        problems.add("justification", format!("Use at most {LONGEST_JUSTIFICATION} characters."));
    } else if text.contains('\0') {
        problems.add("justification", "Remove the NUL character, it cannot be kept.");
    }
    text
}

/// `8-4-4-4-12` hexadecimal digits: object ids, subscription ids.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::policy::*, *};

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
            .and_then(|wrong| wrong.of(field).map(str::to_owned))
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
        assert!(problem_under(tagged(vec![("costcenter", " ")]), &policy, "tags").is_some());
        assert_eq!(problem_under(tagged(vec![("costcenter", "4711")]), &policy, "tags"), None);
        assert!(problem(tagged(vec![("a", "1"), ("A", "2")]), "tags").is_some());
        assert!(problem(tagged(vec![("", "1")]), "tags").is_some());
        assert!(problem(tagged(vec![("requested-by", "me")]), "tags").is_some());
        assert!(problem(tagged(vec![("a/b", "1")]), "tags").is_some());
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

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";

    #[test]
    fn access_is_asked_to_an_instance_and_nothing_wider() {
        let member = Principal {
            id: SUBSCRIPTION.into(),
            kind: PrincipalKind::User,
            name: None,
            mail: None,
        };
        let text = |instance| AccessText {
            instance,
            role: "data_owner",
            members: vec![member.clone()],
            justification: "x",
            ..AccessText::default()
        };
        let instance = format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1"
        );
        assert!(GrantAccess::parse(text(&instance)).is_ok());
        let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg");
        assert!(GrantAccess::parse(text(&group)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_makes_a_scope_that_reads_back(name in ".{0,70}", group in ".{0,95}") {
            let text = InstanceText { name: &name, group: &group, ..text() };
            if let Ok(create) = CreateInstance::parse(text, &Policy::default()) {
                let scope = Asked::CreateInstance(create).instance();
                prop_assert_eq!(Scope::parse(&scope.to_string()), Some(scope));
            }
        }
    }
}
