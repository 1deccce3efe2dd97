//! Remove role assignments of one principal: what they are as Azure shows them now, which requests rest
//! on them, and what acts as the principal where that is an identity of an instance.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::about::{About, named};
use crate::{
    App,
    domain::{
        asked::{
            Asked, Assignment, Content, Fact, IdentityUse, MOST_ASSIGNMENTS, Problems,
            RevokeAccess, Subscription, Warning,
        },
        granted::resting_on,
        person::{Named, Person},
        plan::{Round, Surroundings},
        principal::PrincipalKind,
        scope::Scope,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            review::Check,
            status_of_form,
        },
        instance::{self, usage},
        page::{Frame, View},
        roles,
        session::Viewer,
        sight::{Hidden, Offer, Sight, sighting},
        visible::visible,
    },
    words::{Text, filters},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    /// Their whole resource IDs.
    assignment: Vec<String>,
    /// The instance whose identity holds them, where one comes from there.
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
}

pub struct Revoking;

impl Wish for Revoking {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/access/remove",
        ask: "/access/removals",
        here: "instances",
        title: "form-revocation",
        review: "form-review-remove",
        act: "form-act-remove",
        parts: &[],
    };
    const TAKES_AWAY: bool = true;

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::RevokeAccess(asked) = asked else { return None };
        let whose = asked.identity.as_ref().map(|used| used.identity.instance.to_string());
        let own = Own {
            assignment: asked.assignments().map(Assignment::id).collect(),
            instance: whose.unwrap_or_default(),
        };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let found = find(app, viewer, &scene.sight, &scene.draft.own).await?;
        let hidden = scene.fault(None).cloned();
        let (mut targets, mut checks, mut identity) = (Vec::new(), Vec::new(), None);
        match found {
            Ok(found) => {
                let me = viewer.person.named();
                checks = relied(app, viewer, &found, &me, scene.sight.deadline).await?;
                identity = acting(app, viewer, &scene, &found).await?;
                targets = found;
            }
            Err(words) => scene.problems.add("assignment", words),
        }
        let page = Form {
            frame: Frame::of(app, viewer, Revoking::WORDS.here).await?,
            words: Revoking::WORDS,
            draft: scene.draft,
            problems: scene.problems,
            warnings: preview(&targets, identity)
                .map_or_else(Vec::new, |preview| preview.warnings()),
            targets,
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
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let parsed = match find(app, viewer, &scene.sight, &scene.draft.own).await? {
            Ok(found) => {
                let id = found.first().map_or("", |first| first.scope.subscription_id());
                let subscription = scene.sight.offer(id).map(Offer::subscription);
                RevokeAccess::parse(
                    subscription.unwrap_or_else(|| Subscription::unnamed(id)),
                    found,
                    &scene.draft.shared.justification,
                )
            }
            // The form says it.
            Err(_) => Err(Problems::default()),
        };
        let mut revoke = match scene.agree(parsed, Problems::default()) {
            Ok(revoke) => revoke,
            Err(problems) => return Ok(Err(problems)),
        };
        let me = viewer.person.named();
        let all: Vec<Assignment> = revoke.assignments().cloned().collect();
        revoke.identity = acting(app, viewer, scene, &all).await?.map(Box::new);
        let mut checks = vec![Check::ok(text!("revoke-there", count = all.len()))];
        if revoke.assignment.holder.id.eq_ignore_ascii_case(&me.id) {
            checks.push(Check::warning(text!("revoke-own")));
        }
        checks.extend(relied(app, viewer, &all, &me, scene.sight.deadline).await?);
        let asked = Asked::RevokeAccess(revoke);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

/// The assignments as Azure shows them now, each once and with names; or why they cannot be removed here.
async fn find(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    own: &Own,
) -> Result<Result<Vec<Assignment>, Text>, Error> {
    let typed = own.assignment.iter().take(MOST_ASSIGNMENTS + 1);
    let read: Option<Vec<_>> = typed.map(|typed| Assignment::parse_id(typed.trim())).collect();
    let mut wanted: Vec<(Scope, Uuid)> = Vec::new();
    for one in read.unwrap_or_default() {
        if !wanted.contains(&one) {
            wanted.push(one);
        }
    }
    let Some((scope, _)) = wanted.first().cloned() else {
        return Ok(Err(text!("revoke-choose")));
    };
    let looks = wanted.into_iter().map(|(scope, name)| async move {
        let (at, name) = (scope.to_string(), name.to_string());
        sight.ask(|azure, token| azure.role_assignment(token, &at, &name)).await
    });
    let mut assignments = Vec::new();
    for look in futures_util::future::try_join_all(looks).await? {
        match look {
            Ok(Some(assignment)) => assignments.push(assignment),
            Ok(None) => return Ok(Err(text!("revoke-gone"))),
            Err(hidden) => return Ok(Err(hidden.after(text!("revoke-unread")))),
        }
    }
    let roles = roles::definitions(sight, &scope.to_string()).await?.unwrap_or_default();
    let (held, _) = roles::named(app, viewer, sight, &scope, assignments, &roles).await?;
    let kept: Option<Vec<Assignment>> = held.iter().map(roles::kept).collect();
    Ok(kept.ok_or_else(|| text!("revoke-not-here")))
}

/// What acts as the holder, where that is an identity of the instance: the one at which the roles are, or
/// from whose page one comes.
async fn acting(
    app: &App,
    viewer: &Viewer,
    scene: &Scene<Own>,
    targets: &[Assignment],
) -> Result<Option<IdentityUse>, Error> {
    let Some(target) = targets.first() else { return Ok(None) };
    let at_instance = Some(&target.scope).filter(|scope| scope.instance_name().is_some());
    let instance = at_instance.cloned().or_else(|| named(&scene.draft.own.instance));
    let is_person = matches!(target.holder.kind, Some(PrincipalKind::User | PrincipalKind::Group));
    let Some(instance) = instance.filter(|_| !is_person) else { return Ok(None) };
    let about = About::of(&scene.sight, &instance.to_string()).await?;
    let all = about.found().map(|(_, seen)| usage::principals(seen)).unwrap_or_default();
    let own = all.into_iter().find(|(_, one)| one.id.eq_ignore_ascii_case(&target.holder.id));
    let Some((identity, _)) = own else { return Ok(None) };
    let outlets = usage::Outlets::of(&scene.sight, &instance).await?;
    let user = identity.user_assigned.clone();
    Ok(Some(IdentityUse {
        uses: outlets.uses(|outlet| usage::acts_as(outlet, user.as_ref())),
        unseen: outlets.unseen(),
        identity,
        sighting: sighting(app, viewer),
    }))
}

/// What the request would say of itself.
fn preview(targets: &[Assignment], identity: Option<IdentityUse>) -> Option<RevokeAccess> {
    let (first, others) = targets.split_first()?;
    Some(RevokeAccess {
        subscription: Subscription::unnamed(first.scope.subscription_id()),
        assignment: first.clone(),
        others: others.to_vec(),
        identity: identity.map(Box::new),
        justification: String::new(),
    })
}

/// Which requests rest on the assignments: see [`relied_on`]. With several it is said of which.
pub async fn relied<'a>(
    app: &App,
    viewer: &Viewer,
    assignments: impl IntoIterator<Item = &'a Assignment>,
    requester: &Named,
    deadline: Instant,
) -> Result<Vec<Check>, Error> {
    let assignments: Vec<&Assignment> = assignments.into_iter().collect();
    let mut checks = Vec::new();
    for assignment in &assignments {
        let own = relied_on(app, viewer, assignment, requester, deadline).await?;
        checks.extend(own.into_iter().map(|mut check| {
            if assignments.len() > 1 {
                check.text =
                    text!("revoke-of-role", role = &assignment.role_name, check = check.text);
            }
            check
        }));
    }
    Ok(checks)
}

/// Which requests rest on the assignment: with their words for who may see them, otherwise how many.
/// `requester` is who wants it removed.
async fn relied_on(
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
            let who = &granted.requester;
            let said = |text: Text| {
                text.with("name", &who.name)
                    .with("title", &granted.title)
                    .with("at", granted.asked_at)
                    .with("reason", &granted.justification)
            };
            match who.id.eq_ignore_ascii_case(&requester.id) {
                true => Check::ok(said(text!("revoke-asked-too"))),
                false => Check::warning(said(text!("revoke-relies"))),
            }
        })
        .collect();
    let unseen = resting.len() - checks.len();
    if unseen > 0 {
        checks.push(Check::warning(match checks.is_empty() {
            true => text!("revoke-others", count = unseen),
            false => text!("revoke-others-besides", count = unseen),
        }));
    }
    match resting.len() {
        0 => checks.push(Check::ok(text!("revoke-nobody-relies"))),
        1 => {}
        some => checks.insert(0, Check::warning(text!("revoke-shared", count = some))),
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
    /// Empty where there is nothing to remove.
    targets: Vec<Assignment>,
    checks: Vec<Check>,
    warnings: Vec<Warning>,
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

    /// Of several the roles are chosen below.
    fn facts(&self) -> Vec<Fact> {
        preview(&self.targets, None).map_or_else(Vec::new, |preview| match self.targets.len() {
            1 => preview.facts(),
            _ => preview.common_facts(),
        })
    }

    fn title(&self) -> Text {
        match self.targets.len() {
            0 | 1 => Revoking::WORDS.title(),
            _ => text!("revoke-heading"),
        }
    }

    fn scope(&self) -> Option<&Scope> {
        self.targets.first().map(|target| &target.scope)
    }

    /// The instance that one comes from, if it is one.
    fn instance(&self) -> Option<Scope> {
        let at = self.scope().filter(|scope| scope.instance_name().is_some()).cloned();
        at.or_else(|| named(&self.draft.own.instance))
    }

    /// Where one comes from, and goes back to.
    fn back(&self) -> String {
        match (self.instance(), self.scope()) {
            (Some(instance), _) if self.draft.own.instance.is_empty() => {
                instance::address(&instance, "access")
            }
            (Some(instance), _) => instance::address(&instance, "identity"),
            (None, Some(scope)) => format!("/subscriptions/{}", scope.subscription_id()),
            (None, None) => "/".to_owned(),
        }
    }
}
