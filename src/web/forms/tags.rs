//! Rows of tags in a form: name and value, those that the policy requires first.

use crate::{
    domain::{asked::Problems, policy::Policy},
    text,
    words::Text,
};

#[derive(Default)]
pub struct TagRow {
    pub name: String,
    pub value: String,
    /// What is wrong with each; empty when nothing is.
    pub wrong_name: Text,
    pub wrong_value: Text,
    /// Set for a tag that the policy requires; its name stands fast.
    pub help: Option<String>,
}

impl TagRow {
    /// That it is required, and what is to be typed; empty for others.
    pub fn told(&self) -> Text {
        self.help.as_ref().map(|help| text!("tags-required", help = help)).unwrap_or_default()
    }
}

/// The required tags first, then those that were typed, then an empty row. What is wrong with a row as
/// typed is wrong with the one that it becomes.
pub fn rows<'a>(
    tags: impl Iterator<Item = (&'a str, &'a str)>,
    policy: &Policy,
    problems: &mut Problems,
) -> Vec<TagRow> {
    let mut typed: Vec<(usize, (&str, &str))> = (1..).zip(tags).collect();
    typed.retain(|(_, (name, value))| !name.trim().is_empty() || !value.trim().is_empty());
    let mut rows = Vec::new();
    // Of each row, which one it was when typed; 0 where nobody typed it.
    let mut was = Vec::new();
    for (name, help) in &policy.required_tags {
        let at = typed.iter().position(|(_, (typed, _))| typed.trim().eq_ignore_ascii_case(name));
        let (number, (_, value)) = at.map(|at| typed.remove(at)).unwrap_or_default();
        was.push(number);
        let help = Some(help.clone());
        rows.push(TagRow {
            name: name.clone(),
            value: value.to_owned(),
            help,
            ..TagRow::default()
        });
    }
    for (number, (name, value)) in typed.into_iter().chain([Default::default()]) {
        was.push(number);
        rows.push(TagRow { name: name.to_owned(), value: value.to_owned(), ..TagRow::default() });
    }
    for problem in problems.0.iter_mut().filter(|problem| problem.is_of_tag()) {
        let now = |row| was.iter().position(|&number| number == row).map(|at| at + 1);
        problem.row = problem.row.and_then(now);
    }
    for (number, row) in (1..).zip(&mut rows) {
        row.wrong_name = problems.in_row(number, "tag-name");
        row.wrong_value = problems.in_row(number, "tag");
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_tag_that_was_typed_twice_is_not_lost() {
        let policy = Policy {
            required_tags: [("team".to_owned(), "Yours.".to_owned())].into(),
            ..Policy::default()
        };
        let typed = [("team", "plant"), ("Team", "press")];
        let rows = rows(typed.into_iter(), &policy, &mut Problems::default());
        let values: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), row.value.as_str())).collect();
        assert_eq!(values, [("team", "plant"), ("Team", "press"), ("", "")]);
    }

    #[test]
    fn required_tags_stand_first_and_what_was_typed_stays() {
        let policy = Policy {
            required_tags: [("costCenter".to_owned(), "Four digits.".to_owned())].into(),
            ..Policy::default()
        };
        let typed = [("team", "plant"), ("", ""), ("COSTCENTER", "4711"), (" ", ""), ("", "?")];
        let mut wrong = Problems::default();
        wrong.add_in(3, "tag", text!("tags-unchanged"));
        wrong.add_in(5, "tag-name", text!("tags-unchanged"));
        wrong.add_in(2, "pe-name", text!("tags-unchanged"));
        wrong.add("tags", text!("tags-unchanged"));
        let rows: Vec<_> = rows(typed.into_iter(), &policy, &mut wrong)
            .into_iter()
            .map(|row| (row.name, row.value, row.help.is_some()))
            .collect();
        assert_eq!(
            rows,
            [
                ("costCenter".into(), "4711".into(), true),
                ("team".into(), "plant".into(), false),
                (String::new(), "?".into(), false),
                (String::new(), String::new(), false),
            ]
        );
        let lead: Vec<_> = wrong.0.iter().map(|problem| (problem.field, problem.row)).collect();
        assert_eq!(
            lead,
            [("tag", Some(1)), ("tag-name", Some(3)), ("pe-name", Some(2)), ("tags", None)]
        );
    }
}
