//! Remove a role assignment: what it is as Azure shows it now, and which requests rest on it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    App,
    domain::{
        asked::{Asked, Assignment, Content, Problems, RevokeAccess, Subscription},
        granted::resting_on,
        person::{Named, Person},
        plan::Surroundings,
        scope::Scope,
    },
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            review::Check,
            status_of_form,
        },
        instance,
        page::{Frame, View},
        roles,
        session::Viewer,
        sight::{Hidden, Offer, Sight},
        visible::{others, visible},
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    /// Its whole resource ID.
    #[serde(skip_serializing_if = "String::is_empty")]
    assignment: String,
}

pub struct Revoking;

impl Wish for Revoking {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/access/remove",
        ask: "/access/removals",
        here: "instances",
        title: "Remove role assignment",
        review: "Review + remove",
        act: "Remove",
        parts: &[],
    };
    const TAKES_AWAY: bool = true;

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::RevokeAccess(asked) = asked else { return None };
        let own = Own { assignment: asked.assignment.id() };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let found = find(app, viewer, &scene.sight, &scene.draft.own).await?;
        let hidden = scene.fault(None).cloned();
        let (target, checks) = match found {
            Ok(target) => {
                let checks =
                    relied(app, viewer, &target, &viewer.person.named(), scene.sight.deadline)
                        .await?;
                (Some(target), checks)
            }
            Err(words) => {
                scene.problems.add("assignment", words);
                (None, Vec::new())
            }
        };
        let page = Form {
            frame: Frame::of(app, viewer, Revoking::WORDS.here).await?,
            words: Revoking::WORDS,
            draft: scene.draft,
            problems: scene.problems,
            target,
            checks,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        app: &App,
        viewer: &Viewer,
        _: Uuid,
    ) -> Result<Result<Reading, Problems>, Error> {
        let parsed = match find(app, viewer, &scene.sight, &scene.draft.own).await? {
            Ok(assignment) => {
                let id = assignment.scope.subscription_id();
                let subscription = scene.sight.offer(id).map(Offer::subscription);
                let unnamed = Subscription { id: id.to_owned(), name: id.to_owned() };
                RevokeAccess::parse(
                    subscription.unwrap_or(unnamed),
                    assignment,
                    &scene.draft.shared.justification,
                )
            }
            // The form says it.
            Err(_) => Err(Problems::default()),
        };
        let revoke = match scene.agree(parsed, Problems::default()) {
            Ok(revoke) => revoke,
            Err(problems) => return Ok(Err(problems)),
        };
        let me = viewer.person.named();
        let mut checks = vec![Check::ok("The role assignment is there, as shown.")];
        if revoke.assignment.holder.id.eq_ignore_ascii_case(&me.id) {
            checks.push(Check::warning("It is a role of your own."));
        }
        checks.extend(relied(app, viewer, &revoke.assignment, &me, scene.sight.deadline).await?);
        let asked = Asked::RevokeAccess(revoke);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

/// The assignment as Azure shows it now, with names; or why it cannot be removed here.
async fn find(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    own: &Own,
) -> Result<Result<Assignment, String>, Error> {
    let Some((scope, name)) = Assignment::parse_id(own.assignment.trim()) else {
        return Ok(Err("Choose the role assignment on the page of the instance, under Access \
                       control (IAM)."
            .to_owned()));
    };
    let (at, name) = (scope.to_string(), name.to_string());
    let assignment = sight.ask(|azure, token| azure.role_assignment(token, &at, &name)).await?;
    let assignment = match assignment {
        Ok(Some(assignment)) => assignment,
        Ok(None) => {
            return Ok(Err(
                "Azure shows no such role assignment: it has been removed already, or \
                           was never there."
                    .to_owned(),
            ));
        }
        Err(hidden) => return Ok(Err(hidden.after("The role assignment could not be read."))),
    };
    let roles = roles::definitions(sight, &at).await?.unwrap_or_default();
    let (held, _) = roles::named(app, viewer, sight, &scope, vec![assignment], &roles).await?;
    let kept = held.first().and_then(roles::kept);
    Ok(kept.ok_or_else(|| "This role assignment cannot be removed here.".to_owned()))
}

/// Which requests rest on the assignment: with their words for who may see them, otherwise how many.
/// `requester` is who wants it removed.
pub async fn relied(
    app: &App,
    viewer: &Viewer,
    assignment: &Assignment,
    requester: &Named,
    deadline: Instant,
) -> Result<Vec<Check>, Error> {
    let me = &viewer.person.id;
    let grants = app.store.grants(&assignment.scope, Some(assignment.name), me).await?;
    let may_see = visible(app, viewer, &grants, deadline).await?;
    let resting = resting_on(assignment.name, &grants);
    let shown = || resting.iter().filter(|granted| may_see.contains(&granted.request));
    let mut checks: Vec<Check> = shown()
        .map(|granted| {
            let what = format!(
                "“{}” of {}, because: {}",
                granted.title,
                granted.asked_at.words(),
                granted.justification
            );
            let who = &granted.requester;
            match who.id.eq_ignore_ascii_case(&requester.id) {
                true => Check::ok(format!("{} asked for it too: {what}", who.name)),
                false => Check::warning(format!("{} relies on it: {what}", who.name)),
            }
        })
        .collect();
    let unseen = resting.len() - checks.len();
    if unseen > 0 {
        let words = others(unseen, !checks.is_empty());
        checks.push(Check::warning(format!("{words}. You may not see more of what was asked.")));
    }
    match resting.len() {
        0 => checks.push(Check::ok("No request made here rests on it.")),
        1 => {}
        some => checks.insert(
            0,
            Check::warning(format!(
                "{some} requests share this one role assignment. Removing it ends all of them."
            )),
        ),
    }
    Ok(checks)
}

#[derive(Template)]
#[template(path = "forms/revoke_access.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    /// `None` where there is nothing to remove.
    target: Option<Assignment>,
    checks: Vec<Check>,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "assignment" => "main",
            other => other,
        }
    }

    fn facts(&self, target: &Assignment) -> Vec<crate::domain::asked::Fact> {
        let subscription = Subscription { id: String::new(), name: String::new() };
        let revoke =
            RevokeAccess { subscription, assignment: target.clone(), justification: String::new() };
        revoke.facts()
    }

    /// Where one comes from, and goes back to.
    fn back(&self) -> String {
        match self.target.as_ref().map(|target| &target.scope) {
            Some(scope @ Scope::Instance { .. }) => instance::address(scope, "access"),
            Some(scope) => format!("/subscriptions/{}", scope.subscription_id()),
            None => "/".to_owned(),
        }
    }
}
