//! Rows of tags in a form: name and value, those that the policy requires first.

use std::collections::BTreeMap;

use crate::domain::policy::Policy;

pub struct TagRow {
    pub name: String,
    pub value: String,
    /// Set for a tag that the policy requires; its name stands fast.
    pub help: Option<String>,
}

/// The required tags first, then those that were typed, then an empty row.
pub fn rows<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>, policy: &Policy) -> Vec<TagRow> {
    let tags: Vec<(&str, &str)> = tags.collect();
    let required: &BTreeMap<String, String> = &policy.required_tags;
    let typed =
        |wanted: &str| tags.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
    let free = tags.iter().filter(|(name, value)| {
        let fixed = required.keys().any(|wanted| name.trim().eq_ignore_ascii_case(wanted));
        !fixed && (!name.trim().is_empty() || !value.trim().is_empty())
    });
    let row = |(name, value): &(&str, &str)| TagRow {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        help: None,
    };
    required
        .iter()
        .map(|(name, help)| TagRow {
            name: name.clone(),
            value: typed(name).map(|(_, value)| (*value).to_owned()).unwrap_or_default(),
            help: Some(help.clone()),
        })
        .chain(free.map(row))
        .chain(std::iter::once(row(&("", ""))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_tags_stand_first_and_what_was_typed_stays() {
        let policy = Policy {
            required_tags: [("costCenter".to_owned(), "Four digits.".to_owned())].into(),
            ..Policy::default()
        };
        let typed = [("team", "plant"), ("", ""), ("COSTCENTER", "4711"), (" ", "")];
        let rows: Vec<_> = rows(typed.into_iter(), &policy)
            .into_iter()
            .map(|row| (row.name, row.value, row.help.is_some()))
            .collect();
        assert_eq!(
            rows,
            [
                ("costCenter".into(), "4711".into(), true),
                ("team".into(), "plant".into(), false),
                (String::new(), String::new(), false),
            ]
        );
    }
}
