//! What LIKE compares with where a part of a text is looked for. Knows no column.

/// For `lower(column) LIKE $n ESCAPE '\'`: nothing in the text stands for anything else. Any one
/// character may stand in the place of a letter beyond ASCII, of which SQLite knows no lower case.
pub fn part(text: &str) -> String {
    let mut like = "%".to_owned();
    for c in text.chars() {
        match c {
            '%' | '_' | '\\' => like.extend(['\\', c]),
            _ if c.is_alphabetic() && !c.is_ascii() => like.push('_'),
            _ => like.push(c.to_ascii_lowercase()),
        }
    }
    like.push('%');
    like
}

/// The same in a column of JSON.
pub fn part_of_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    part(quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_databases_do_not_agree_on_may_be_any_one_character() {
        assert_eq!(part("DT-press 3"), "%dt-press 3%");
        assert_eq!(part("Für_50%\\€"), "%f_r\\_50\\%\\\\€%");
        assert_eq!(part_of_json("\"Für\"\n"), "%\\\\\"f_r\\\\\"\\\\n%");
    }
}
