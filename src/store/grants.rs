//! Which requests grant roles at a place, or take them away.

use uuid::Uuid;

use super::{Error, Result, Store, parse, requests::titled, torn};
use crate::domain::{
    Time, asked::Asked, granted::Granted, person::Named, plan::Step, run::StepState, scope::Scope,
};

/// More than people read. The newest count: what an assignment rests on was granted since it was made.
const MOST: i64 = 500;

#[derive(sqlx::FromRow)]
struct Found {
    id: String,
    title: String,
    titled: String,
    asked: String,
    asked_at: i64,
    requester_id: String,
    requester_name: String,
    step: String,
    state: String,
    ended_at: Option<i64>,
    ended: i64,
    decision: String,
    named: i64,
}

impl TryFrom<Found> for Granted {
    type Error = Error;

    fn try_from(row: Found) -> Result<Granted> {
        let asked: Asked = parse("a request's content", &row.asked)?;
        Ok(Granted {
            request: row.id,
            title: titled(row.titled, row.title),
            justification: asked.justification().to_owned(),
            decided_at: asked.decided_at(),
            requester: Named { id: row.requester_id, name: row.requester_name },
            names_viewer: row.named != 0,
            asked_at: Time(row.asked_at),
            step: parse::<Step>("a step", &row.step)?,
            state: StepState::from_word(&row.state).ok_or_else(|| torn("a step"))?,
            ended_at: row.ended_at.map(Time),
            ended: row.ended != 0 || matches!(&*row.decision, "rejected" | "withdrawn"),
        })
    }
}

impl Store {
    /// What requests have made of role assignments at this very scope; of all of them, or of one, which
    /// may also be a role of an instance's identity. `viewer` is who wants to know.
    pub async fn grants(
        &self,
        scope: &Scope,
        assignment: Option<Uuid>,
        viewer: &str,
    ) -> Result<Vec<Granted>> {
        let name = assignment.map_or_else(|| "%".to_owned(), |name| format!("{name}?%"));
        let found: Vec<Found> = sqlx::query_as(
            "SELECT request.id, request.title, request.titled, request.asked, request.asked_at,
                 request.requester_id, request.requester_name, step.step, step.state,
                 step.ended_at, run.ended, request.decision,
                 (SELECT COUNT(*) FROM step AS theirs WHERE theirs.request_id = request.id
                      AND theirs.in_name_of_id = $4) AS named
             FROM request INNER JOIN run ON run.request_id = request.id
                 INNER JOIN step ON step.request_id = request.id
             WHERE (lower(request.instance) = lower($1)
                     OR ($5 = 1 AND request.kind = 'assign_identity_role'))
                 AND step.step LIKE $2
             ORDER BY request.asked_at DESC, request.id DESC, step.position LIMIT $3",
        )
        .bind(scope.to_string())
        .bind(format!("%/roleAssignments/{name}"))
        .bind(MOST)
        .bind(viewer)
        .bind(i64::from(assignment.is_some()))
        .fetch_all(self.read())
        .await?;
        found.into_iter().map(Granted::try_from).collect()
    }
}
