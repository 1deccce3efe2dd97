//! Azure's rules for names and tags, and ours for a justification. Each says what is wrong in words
//! for the person who typed it.

use std::collections::{BTreeMap, HashSet};

use super::{Problem, Problems};
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
    let instance = instance_of(typed.trim());
    if instance.is_none() {
        problems.add("instance", text!("form-instance-wrong"));
    }
    instance
}

fn instance_of(id: &str) -> Option<Scope> {
    Scope::parse(id).filter(|scope| {
        scope.instance_name().is_some_and(is_instance_name) && is_guid(scope.subscription_id())
    })
}

/// An instance's resource ID, also where it is part of an address of the Azure portal.
pub fn resource_id(typed: &str) -> String {
    let typed = typed.trim();
    let Some(at) = typed.to_ascii_lowercase().find("/subscriptions/") else {
        return typed.to_owned();
    };
    // The empty text before the first slash, and the eight parts of an instance's id.
    typed[at..].split('/').take(9).collect::<Vec<_>>().join("/")
}

pub fn wrong_with_resource_id(typed: &str) -> Option<Text> {
    instance_of(&resource_id(typed)).is_none().then(|| text!("form-instance-wrong"))
}

pub fn wrong_with_name(name: &str, policy: &Policy) -> Option<Text> {
    if !is_instance_name(name) {
        return Some(text!("create-name-wrong"));
    }
    let rule = policy.resource_name.as_ref()?;
    (!rule.pattern.is_match(name)).then(|| Text::verbatim(rule.message.clone()))
}

/// Rows as typed; what is wrong with one says which, and whether its name (`tag-name`) or its value (`tag`).
pub fn parse_tags(
    typed: &[(&str, &str)],
    policy: &Policy,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let mut seen = HashSet::new();
    let trimmed = typed.iter().map(|(name, value)| (name.trim(), value.trim()));
    let rows: Vec<(usize, (&str, &str))> =
        (1..).zip(trimmed).filter(|(_, row)| *row != ("", "")).collect();
    if rows.len() > MOST_TAGS {
        problems.add("tags", text!("tags-too-many", most = MOST_TAGS));
        return tags;
    }
    for (row, (name, value)) in rows {
        if name.is_empty() {
            problems.add_in(row, "tag-name", text!("tags-nameless", value = value));
        } else if let Some((field, problem)) = wrong_with_tag(name, value) {
            problems.add_in(row, field, problem);
        } else if !seen.insert(name.to_lowercase()) {
            problems.add_in(row, "tag-name", text!("tags-twice", name = name));
        } else {
            tags.insert(name.to_owned(), value.to_owned());
        }
    }
    for (required, help) in &policy.required_tags {
        let given = tags
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case(required) && !value.is_empty());
        let is_it = |(name, _): &(&str, &str)| name.trim().eq_ignore_ascii_case(required);
        let row = typed.iter().position(is_it).map(|at| at + 1);
        // What else is wrong with it has been told.
        let told = |problem: &Problem| problem.row == row && problem.is_of_tag();
        if given || row.is_some() && problems.0.iter().any(told) {
            continue;
        }
        let missing = text!("tags-missing", name = required, help = help);
        match row {
            Some(row) => problems.add_in(row, "tag", missing),
            None => problems.add("tags", missing),
        }
    }
    tags
}

/// Which of the two fields is wrong, and what is wrong with it. Azure Resource Manager: names up to 512
/// characters without `< > % & \ ? /`, values up to 256.
fn wrong_with_tag(name: &str, value: &str) -> Option<(&'static str, Text)> {
    if name.chars().count() > 512 || name.chars().any(|c| "<>%&\\?/".contains(c) || c.is_control())
    {
        return Some(("tag-name", text!("tags-name-wrong", name = name)));
    }
    if value.chars().count() > 256 || value.chars().any(char::is_control) {
        return Some(("tag", text!("tags-value-long", name = name)));
    }
    if [REQUEST_TAG, REQUESTER_TAG].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Some(("tag-name", text!("tags-own", name = name)));
    }
    ["microsoft", "azure", "windows"]
        .iter()
        .any(|reserved| name.to_lowercase().starts_with(reserved))
        .then(|| ("tag-name", text!("tags-reserved", name = name)))
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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    #[test]
    fn a_resource_id_is_found_in_an_address_of_the_portal() {
        for typed in [
            ID.to_owned(),
            format!(" {ID}/ "),
            format!("https://portal.azure.com/#@contoso.com/resource{ID}/overview"),
        ] {
            assert_eq!(resource_id(&typed), ID);
        }
        assert_eq!(resource_id(" dt-1 "), "dt-1");
        assert_eq!(resource_id(""), "");
    }
}
