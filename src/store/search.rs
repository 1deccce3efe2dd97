//! Requests found by a text: by what they are called, by why they were asked for, by who asked or decided.
//! Reads only what whoever looks may see as far as is known here, and gives what is needed to decide that.

use super::{
    Result, Store, like, parse,
    queue::decided,
    requests::{Listed, Row, listed, listed_columns},
};
use crate::domain::{Time, history::Event, person::Person};

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
    /// The newest `limit` requests that the text is the ID of, or a part of their title, of why they are
    /// asked for now, or of the name of who asked or decided. `viewer` is who looks; of their rights
    /// counts what Azure told since `fresh_after`. What is not for them to see is not even read.
    pub async fn search(
        &self,
        text: &str,
        viewer: &Person,
        fresh_after: Time,
        limit: i64,
    ) -> Result<Vec<Found>> {
        let lower = text.to_lowercase();
        let found: Vec<FoundRow> = sqlx::query_as(concat!(
            listed!(
                ", told.what, found.named, found.decides
                 FROM (SELECT near.id,
                     (SELECT COUNT(*) FROM step WHERE step.request_id = near.id
                          AND step.in_name_of_id = $1) AS named,
                     (SELECT COUNT(*) FROM standing WHERE standing.person_id = $1
                          AND standing.decides = 1 AND standing.checked_at >= $2
                          AND standing.scope_key IN (place.subscription_key, place.group_key,
                              place.scope_key)) AS decides
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
            ") AS waiting) AS near INNER JOIN request AS place ON place.id = near.id) AS found
             INNER JOIN request ON request.id = found.id
             INNER JOIN run ON run.request_id = found.id
             INNER JOIN history AS told ON told.seq = (SELECT MAX(latest.seq)
                 FROM history AS latest WHERE latest.request_id = found.id
                     AND latest.kind IN ('asked', 'asked_again'))
             WHERE ($7 = 1 OR request.requester_id = $1 OR found.named > 0 OR found.decides > 0)
                 AND (request.id = $4 OR lower(request.title) LIKE $5 ESCAPE '\\'
                     OR lower(told.what) LIKE $6 ESCAPE '\\'
                     OR lower(request.requester_name) LIKE $5 ESCAPE '\\'
                     OR lower(request.decided_by_name) LIKE $5 ESCAPE '\\')
             ORDER BY request.asked_at DESC, request.id DESC LIMIT $8"
        ))
        .bind(&viewer.id)
        .bind(fresh_after.0)
        .bind(FARTHEST)
        .bind(&lower)
        .bind(like::part(text))
        .bind(like::part_of_json(text))
        .bind(i64::from(viewer.auditor))
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        let mut rows = Vec::new();
        for found in found {
            let event: Event = parse("an event", &found.what)?;
            // As the databases compare it: in the English in which it was kept.
            let title = found.listed.title.clone();
            let row = Row::try_from(found.listed)?;
            if stands_in(&lower, &title, &row, event.quote()) {
                let (names_viewer, decides) = (found.named != 0, found.decides != 0);
                rows.push(Found { row, names_viewer, decides });
            }
        }
        Ok(rows)
    }
}

/// Whether the text, in lower case, finds this request: what the databases compare is coarser, and knows
/// all of the event.
fn stands_in(text: &str, title: &str, row: &Row, justification: &str) -> bool {
    let decider = row.decided_by.as_ref().map_or("", |person| &person.name);
    row.id == text
        || [title, justification, &row.requester.name, decider]
            .iter()
            .any(|place| place.to_lowercase().contains(text))
}
