//! Requests found by a text: by what they are called, by why they were asked for, by who asked or decided.
//! Gives what is needed to know who may see them, and does not decide that.

use super::{
    Result, Store, parse,
    queue::decided,
    requests::{Listed, Row, listed, listed_columns},
};
use crate::domain::{Time, history::Event};

/// How far back one search looks: among the newest of all requests, of one's own, of those that one has
/// decided, and of those that wait for one's decision. Its cost so has a bound.
const FARTHEST: i64 = 2_000;

/// A request in which the text stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub row: Row,
    /// One of its steps runs, or ran, in the name of whoever looks.
    pub names_viewer: bool,
    /// Whoever looks may decide it, as far as Azure told.
    pub decides: bool,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    listed: Listed,
    what: String,
    named: i64,
    decides: i64,
}

impl Store {
    /// Every request that the text is the ID of, or a part of its title, its justification, or the name of
    /// who asked or decided, whoever may see it; the newest first. `viewer` is who looks; of their rights
    /// counts what Azure told since `fresh_after`.
    pub async fn search(&self, text: &str, viewer: &str, fresh_after: Time) -> Result<Vec<Found>> {
        let text = text.to_lowercase();
        let found: Vec<FoundRow> = sqlx::query_as(concat!(
            listed!(
                ", told.what,
                 (SELECT COUNT(*) FROM step WHERE step.request_id = request.id
                      AND step.in_name_of_id = $1) AS named,
                 (SELECT COUNT(*) FROM standing WHERE standing.person_id = $1
                      AND standing.decides = 1 AND standing.checked_at >= $2
                      AND standing.scope_key IN (request.subscription_key, request.group_key,
                          request.scope_key)) AS decides
                 FROM (SELECT id FROM request WHERE id = $4
                     UNION SELECT id FROM (SELECT request_id AS id FROM history
                         WHERE kind = 'asked' ORDER BY seq DESC LIMIT $3) AS newest
                     UNION SELECT id FROM (SELECT id FROM request WHERE requester_id = $1
                         ORDER BY asked_at DESC, id DESC LIMIT $3) AS mine
                     UNION SELECT id FROM (SELECT id FROM request WHERE decided_by_id = $1
                         ORDER BY decided_at DESC, id DESC LIMIT $3) AS settled
                     UNION SELECT id FROM ("
            ),
            decided!("LIMIT $3"),
            ") AS waiting) AS found
             INNER JOIN request ON request.id = found.id
             INNER JOIN run ON run.request_id = found.id
             INNER JOIN history AS told ON told.request_id = found.id AND told.kind = 'asked'
             WHERE request.id = $4 OR lower(request.title) LIKE $5 OR lower(told.what) LIKE $5
                 OR lower(request.requester_name) LIKE $5
                 OR lower(request.decided_by_name) LIKE $5
             ORDER BY request.asked_at DESC, request.id DESC"
        ))
        .bind(viewer)
        .bind(fresh_after.0)
        .bind(FARTHEST)
        .bind(&text)
        .bind(pattern(&text))
        .fetch_all(self.read())
        .await?;
        let mut rows = Vec::new();
        for found in found {
            let event: Event = parse("an event", &found.what)?;
            let row = Row::try_from(found.listed)?;
            if stands_in(&text, &row, event.quote()) {
                let (names_viewer, decides) = (found.named != 0, found.decides != 0);
                rows.push(Found { row, names_viewer, decides });
            }
        }
        Ok(rows)
    }
}

/// What the databases look for; `stands_in` has the last word. SQLite knows upper and lower case of ASCII
/// alone, and JSON writes some characters otherwise: in their place anything may stand.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        match letter {
            'a'..='z' | '0'..='9' | ' ' | '-' | '.' | '@' | '/' => pattern.push(letter),
            _ => pattern.push('%'),
        }
    }
    pattern.push('%');
    pattern
}

/// Whether the text, in lower case, finds this request.
fn stands_in(text: &str, row: &Row, justification: &str) -> bool {
    let decider = row.decided_by.as_ref().map_or("", |person| &person.name);
    row.id == text
        || [&*row.title, justification, &row.requester.name, decider]
            .iter()
            .any(|place| place.to_lowercase().contains(text))
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_databases_do_not_agree_on_may_be_anything() {
        assert_eq!(pattern("dt-press 3"), "%dt-press 3%");
        assert_eq!(pattern("für_50%\"x"), "%f%r%50%%x%");
    }
}
