//! A request as it would be made now: its plan, what of it runs at once, and the making.

use axum::response::Redirect;
use uuid::Uuid;

use crate::{
    App,
    domain::{
        asked::Asked,
        permission::Need,
        plan::{self, Round, Surroundings},
        policy::Approval,
        request::{Change, Decision, Request, Standing},
        revised::{Earlier, Revised},
    },
    standing::Freshness,
    store, text,
    web::{
        Error,
        planned::Planned,
        session::Viewer,
        sight::{Sight, by},
    },
    words::Text,
};

/// Requests of one person that are open at once. Each takes room in the queues of others, and the
/// scopes of the queue are asked about one by one.
pub const MOST_OPEN: i64 = 50;

/// A request as it would be made now.
pub struct Proposal {
    pub change: Change,
    /// What is different, where it was asked before.
    pub revised: Option<Revised>,
    standing: Standing,
    policy: Approval,
}

impl Proposal {
    /// Plans it, and asks Azure anew which steps this person may do themselves. Where Azure cannot
    /// be asked, everything waits for somebody else's decision.
    pub async fn of(
        app: &App,
        viewer: &Viewer,
        sight: &Sight,
        round: Round,
        before: Option<Request>,
        asked: Asked,
        seen: Surroundings,
    ) -> Result<Proposal, Error> {
        let person = &viewer.person;
        let steps = plan::plan(round, &asked, person, seen);
        let now = app.clock.now();
        let scope = asked.decided_at();
        let named = person.named();
        let standing = app.standings.in_plan(&named, &steps, &scope, Freshness::Now, now);
        let standing = by(sight.deadline, standing).await?;
        let standing = standing.unwrap_or_else(|_| Standing::unknown(named.clone()));
        let (change, revised) = match before {
            None => {
                let (id, person) = (round.request.to_string(), person.clone());
                (Request::ask(id, asked, steps, person, &standing, &app.policy, now), None)
            }
            Some(before) => {
                let earlier = Earlier::of(&before);
                let change = before.ask_again(asked, steps, &standing, &app.policy, now)?;
                let revised = Revised::between(&earlier, &change.request);
                (change, Some(revised))
            }
        };
        Ok(Proposal { change, revised, standing, policy: app.policy.approval })
    }

    pub fn request(&self) -> &Request {
        &self.change.request
    }

    /// What stands for the plan that is shown.
    pub fn digest(&self) -> String {
        self.request().digest()
    }

    pub fn runs_at_once(&self) -> bool {
        self.request().decision == Decision::NotNeeded
    }

    /// What happens when it is asked for, in a line and in a sentence.
    pub fn outlook(&self) -> (&'static str, Text, Text) {
        let request = self.request();
        let changes = request.steps.iter().filter(|step| !step.step.action.is_verification());
        let (now, later): (Vec<_>, Vec<_>) = changes.partition(|step| step.in_name_of.is_some());
        let place = request.asked.decided_in();
        match (now.len(), later.len()) {
            (_, 0) => ("ok", text!("outlook-at-once"), text!("outlook-at-once-why")),
            (0, _) => {
                let nothing_runs = match self.policy {
                    Approval::Always => text!("outlook-waits-always", place = place),
                    Approval::WhenNeeded => text!("outlook-waits-why", place = place),
                };
                ("info", text!("outlook-waits"), nothing_runs)
            }
            (now, later) => {
                let title = text!("outlook-partly", now = now, later = later);
                ("info", title, text!("outlook-partly-why", place = place))
            }
        }
    }

    pub fn planned(&self) -> Vec<Planned<'_>> {
        let steps = self.request().steps.iter().enumerate();
        steps
            .map(|(position, progress)| {
                let name = progress.in_name_of.as_ref().map(|person| person.name.clone());
                let name = name.map(Text::verbatim).unwrap_or_default();
                let held = |need: &Need| self.held(position, need);
                Planned::of(position, "waiting", &progress.step, name, held)
            })
            .collect()
    }

    fn held(&self, position: usize, need: &Need) -> (&'static str, Text) {
        if self.standing.so_already.contains(&position) {
            return ("already_so", Text::none());
        }
        if self.standing.beyond.contains(&position) {
            return ("missing", text!("review-need-condition"));
        }
        match self.standing.holds(need) {
            Some(true) => ("held", text!("review-need-you")),
            Some(false) => ("lacking", Text::none()),
            None => ("unknown", text!("review-need-unknown")),
        }
    }

    /// Writes the request, and leads to its page. Sent twice, it is one request.
    pub async fn ask(&self, app: &App) -> Result<Redirect, Error> {
        let id = &self.request().id;
        let new = self.change.new;
        if new && app.store.home(&self.request().requester.id).await?.open >= MOST_OPEN {
            return Err(Error::Refused(text!("review-many-open", count = MOST_OPEN)));
        }
        match app.store.apply(&self.change).await {
            Ok(()) => {
                let kind = self.request().asked.kind();
                if new {
                    metrics::counter!("twindesk_requests_made_total", "kind" => kind).increment(1);
                } else {
                    metrics::counter!("twindesk_decisions_total", "act" => "asked-again")
                        .increment(1);
                }
                // The span begins the request's own trace.
                tracing::error_span!("request", request = id, kind)
                    .in_scope(|| tracing::info!(new, "a request was made"));
                app.bell.notify_one();
                Ok(to(id, true))
            }
            // Sent twice at once: it is one request.
            Err(store::Error::Stale) => {
                let there = app.store.request(id).await?;
                let mine = there.is_of(&self.request().requester.id);
                if mine { Ok(to(id, new)) } else { Err(Error::Stale) }
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The page of a request; `taken` where it is the one that was just asked for.
pub fn to(id: &str, taken: bool) -> Redirect {
    Redirect::to(&format!("/requests/{id}{}", if taken { "?said=asked" } else { "" }))
}

/// The id that the review page gave to the request, if it is one of ours.
pub fn parse_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.get_version_num() == 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_an_id_that_sorts_by_time() {
        let id = crate::clock::Clock::system().fresh_id();
        assert_eq!(parse_id(&id.to_string()), Some(id));
        assert_eq!(parse_id(&id.to_string().to_uppercase()), Some(id));
        for wrong in ["", "1", "../x", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"] {
            assert_eq!(parse_id(wrong), None, "{wrong}");
        }
    }
}
