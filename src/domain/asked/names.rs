//! Azure's rules for names and tags, and ours for a justification. Each says what is wrong in words
//! for the person who typed it.

use std::collections::{BTreeMap, HashSet};

use super::Problems;
use crate::{
    domain::{policy::Policy, principal::is_guid, scope::Scope},
    text,
    words::Text,
};

/// Tags that the portal sets itself, so that what stands in Azure names who asked for it: Azure's
/// own record shows only whose token was used.
pub const REQUEST_TAG: &str = "twindesk-request";
pub const REQUESTER_TAG: &str = "requested-by";

const LONGEST_JUSTIFICATION: usize = 2_000;
/// Azure Resource Manager: tags of a resource, less the two of our own.
const MOST_TAGS: usize = 48;
/// Resource groups: 1 to 90 letters, digits, `_ - . ( )`, not ending in a full stop
/// (Microsoft.Resources 2021-04-01, `resourceGroupName`).
pub fn wrong_with_group(group: &str, new: bool) -> Option<Text> {
    if group.is_empty() {
        return Some(if new { text!("form-group-new-empty") } else { text!("form-group-empty") });
    }
    let fits = group.chars().count() <= 90
        && !group.ends_with('.')
        && Scope::parse(&format!("/subscriptions/x/resourceGroups/{group}")).is_some();
    (!fits).then(|| text!("form-group-wrong"))
}

/// Instances: 3 to 63 letters, digits and hyphens, no hyphen at either end
/// (Microsoft.DigitalTwins 2023-01-31, `resourceName`).
pub fn is_instance_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// The resource ID of an instance, which a form carries along.
pub fn parse_instance(typed: &str, problems: &mut Problems) -> Option<Scope> {
    let instance = Scope::parse(typed.trim()).filter(|scope| {
        scope.instance_name().is_some_and(is_instance_name) && is_guid(scope.subscription_id())
    });
    if instance.is_none() {
        problems.add("instance", text!("form-instance-wrong"));
    }
    instance
}

pub fn wrong_with_name(name: &str, policy: &Policy) -> Option<Text> {
    if !is_instance_name(name) {
        return Some(text!("create-name-wrong"));
    }
    let rule = policy.resource_name.as_ref()?;
    (!rule.pattern.is_match(name)).then(|| Text::verbatim(rule.message.clone()))
}

pub fn parse_tags(
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
            problems.add("tags", text!("tags-nameless", value = value));
        } else if let Some(problem) = wrong_with_tag(name, value) {
            problems.add("tags", problem);
        } else if !seen.insert(name.to_lowercase()) {
            problems.add("tags", text!("tags-twice", name = name));
        } else {
            tags.insert(name.to_owned(), value.to_owned());
        }
    }
    for (required, help) in &policy.required_tags {
        let given = tags
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case(required) && !value.is_empty());
        if !given {
            problems.add("tags", text!("tags-missing", name = required, help = help));
        }
    }
    if tags.len() > MOST_TAGS {
        problems.add("tags", text!("tags-too-many", most = MOST_TAGS));
    }
    tags
}

/// Azure Resource Manager: names up to 512 characters without `< > % & \ ? /`, values up to 256.
fn wrong_with_tag(name: &str, value: &str) -> Option<Text> {
    if name.chars().count() > 512 || name.chars().any(|c| "<>%&\\?/".contains(c) || c.is_control())
    {
        return Some(text!("tags-name-wrong", name = name));
    }
    if value.chars().count() > 256 || value.chars().any(char::is_control) {
        return Some(text!("tags-value-long", name = name));
    }
    if [REQUEST_TAG, REQUESTER_TAG].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Some(text!("tags-own", name = name));
    }
    ["microsoft", "azure", "windows"]
        .iter()
        .any(|reserved| name.to_lowercase().starts_with(reserved))
        .then(|| text!("tags-reserved", name = name))
}

pub fn parse_justification(typed: &str, problems: &mut Problems) -> String {
    let text = typed.trim().replace("\r\n", "\n");
    if text.is_empty() {
        problems.add("justification", text!("form-justification-empty"));
    } else if text.chars().count() > LONGEST_JUSTIFICATION {
        problems.add("justification", text!("form-too-long", most = LONGEST_JUSTIFICATION));
    } else if text.contains('\0') {
        problems.add("justification", text!("form-justification-nul"));
    }
    text
}
