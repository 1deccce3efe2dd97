//! From a form to a request: filling in, the review page with its plan and checks, and the asking
//! itself. Shared by all that can be asked; knows none of it in particular.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use uuid::Uuid;

use super::{
    Error,
    draft::{Act, Draft},
    members::Picker,
    session::Viewer,
    sight::{Hidden, Look, Sight, by, deadline},
};
use crate::{
    App,
    domain::{
        asked::{Asked, Problems},
        permission::Need,
        plan::{self, Step, Surroundings},
        policy::Approval,
        request::{Change, Decision, Request, Standing},
    },
    standing::Freshness,
    store,
};

/// Something that can be asked for: how its form and its review page are made of what was typed.
/// What implements it is the review page.
pub trait Wish: IntoResponse + Sized {
    /// Where its form is.
    const FORM: &'static str;
    /// Whether each member has a role of their own.
    const ROLES: bool;

    /// The form as typed.
    async fn form(scene: Scene, app: &App, viewer: &Viewer) -> Result<Response, Error>;

    /// Reads what was typed, checks it with Azure and plans it; the form again where that cannot be.
    async fn review(
        scene: Scene,
        app: &App,
        viewer: &Viewer,
        id: Uuid,
    ) -> Result<Result<Self, Response>, Error>;

    fn ask(&mut self) -> &mut Ask;
}

/// What was typed, and what Azure shows beside it.
pub struct Scene {
    pub draft: Draft,
    pub problems: Problems,
    pub sight: Sight,
    pub members: Picker,
}

impl Scene {
    async fn open<W: Wish>(app: &App, viewer: &Viewer, mut draft: Draft) -> Result<Scene, Error> {
        let deadline = deadline(app);
        let mut problems = Problems::default();
        let (sight, members) = tokio::try_join!(
            Sight::open(app, &viewer.person, deadline),
            Picker::of(app, &viewer.person, &mut draft, deadline, &mut problems)
        )?;
        let members = Picker { with_roles: W::ROLES, ..members };
        Ok(Scene { draft, problems, sight, members })
    }

    /// Without asking Azure.
    fn blind<W: Wish>(app: &App, draft: Draft, hidden: Hidden) -> Scene {
        let members = Picker { with_roles: W::ROLES, ..Picker::blind(&draft) };
        let sight = Sight::blind(app, hidden);
        Scene { draft, problems: Problems::default(), sight, members }
    }

    /// Where Azure is at fault, here or in what was asked besides.
    pub fn fault<'a>(&'a self, besides: Option<&'a Hidden>) -> Option<&'a Hidden> {
        let all = [self.sight.hidden.as_ref(), self.members.hidden.as_ref(), besides];
        all.into_iter().flatten().find(|hidden| hidden.fault.is_some())
    }
}

/// Shows the form as typed or preselected, does what its button is for, or shows the review page.
pub async fn fill<W: Wish>(app: &App, viewer: &Viewer, draft: Draft) -> Result<Response, Error> {
    let answer = match draft.act() {
        Act::Review => review::<W>(app, viewer, draft.clone()).await,
        _ => form::<W>(app, viewer, draft.clone()).await,
    };
    or_sign_in::<W>(app, viewer, draft, answer).await
}

/// Makes the request that the review page showed, and no other.
pub async fn ask<W: Wish>(app: &App, viewer: &Viewer, draft: Draft) -> Result<Response, Error> {
    let answer = match parse_id(&draft.request) {
        Some(id) => ask_as::<W>(app, viewer, draft.clone(), id).await,
        // Nobody asks for what they have not seen.
        None => review::<W>(app, viewer, draft.clone()).await,
    };
    or_sign_in::<W>(app, viewer, draft, answer).await
}

async fn form<W: Wish>(app: &App, viewer: &Viewer, draft: Draft) -> Result<Response, Error> {
    W::form(Scene::open::<W>(app, viewer, draft).await?, app, viewer).await
}

async fn review<W: Wish>(app: &App, viewer: &Viewer, draft: Draft) -> Result<Response, Error> {
    let scene = Scene::open::<W>(app, viewer, draft).await?;
    if scene.fault(None).is_some() {
        return W::form(scene, app, viewer).await;
    }
    let review = W::review(scene, app, viewer, app.clock.fresh_id()).await?;
    Ok(review.map_or_else(|form| form, W::into_response))
}

async fn ask_as<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft,
    id: Uuid,
) -> Result<Response, Error> {
    if let Some(there) = asked_before(app, &viewer.person.id, &id.to_string()).await? {
        return Ok(there.into_response());
    }
    let shown = draft.plan.clone();
    let scene = Scene::open::<W>(app, viewer, draft).await?;
    let mut review = match W::review(scene, app, viewer, id).await? {
        Ok(review) => review,
        Err(form) => return Ok(form),
    };
    if review.ask().may_be_asked(&shown) {
        return Ok(review.ask().proposal.ask(app).await?.into_response());
    }
    review.ask().show_again(&shown);
    Ok(review.into_response())
}

/// Through a sign-in and back to the form as typed. What is too long to travel in an address stays
/// on the page instead.
async fn or_sign_in<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft,
    answer: Result<Response, Error>,
) -> Result<Response, Error> {
    match (answer, draft.way_back(W::FORM)) {
        (Err(error @ Error::SignInAgain { .. }), Some(back)) => Err(error.back_to(&back)),
        (Err(Error::SignInAgain { claims, .. }), None) => {
            let hidden = Hidden::until_signed_in(claims.as_deref());
            W::form(Scene::blind::<W>(app, draft, hidden), app, viewer).await
        }
        (answer, _) => answer,
    }
}

/// The status of a form that comes back.
pub fn status_of_form(fault: Option<&Hidden>, problems: &Problems) -> StatusCode {
    match fault.and_then(|hidden| hidden.fault) {
        Some(fault) => fault,
        None if !problems.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    }
}

/// What came of checking one thing with Azure before it is asked for.
pub struct Check {
    /// `held`, `missing` or `unknown`, as the page's parts call them.
    pub state: &'static str,
    pub text: String,
}

impl Check {
    pub fn ok(text: impl Into<String>) -> Check {
        Check { state: "held", text: text.into() }
    }

    /// It cannot be asked for like this.
    pub fn problem(text: impl Into<String>) -> Check {
        Check { state: "missing", text: text.into() }
    }

    pub fn not_checked(what: &str, hidden: &Hidden) -> Check {
        Check { state: "unknown", text: format!("Not checked: {what}. {}", hidden.words) }
    }

    pub fn unknown(text: impl Into<String>) -> Check {
        Check { state: "unknown", text: text.into() }
    }

    /// What follows from an answer of Azure's, or that there was none.
    pub fn of<T>(look: &Look<T>, what: &str, sort: impl FnOnce(&T) -> Check) -> Check {
        match look {
            Ok(seen) => sort(seen),
            Err(hidden) => Check::not_checked(what, hidden),
        }
    }

    pub fn blocks(&self) -> bool {
        self.state == "missing"
    }

    pub fn icon(&self) -> &'static str {
        match self.state {
            "held" => "ok",
            state => state,
        }
    }
}

/// Requests of one person that are open at once. Each takes room in the queues of others, and the
/// scopes of the queue are asked about one by one.
const MOST_OPEN: i64 = 50;

/// A request as it would be made now.
pub struct Proposal {
    pub change: Change,
    standing: Standing,
    policy: Approval,
}

/// One step of a plan as the review page shows it.
pub struct Planned<'a> {
    pub number: usize,
    pub step: &'a Step,
    pub body: String,
    pub in_name_of: &'a str,
    pub needs: Vec<(&'static str, &'a Need, &'static str)>,
}

impl Planned<'_> {
    pub fn exact(&self) -> &str {
        self.step.call.body.as_deref().unwrap_or_default()
    }
}

impl Proposal {
    /// Plans it, and asks Azure anew which steps this person may do themselves. Where Azure cannot
    /// be asked, everything waits for somebody else's decision.
    pub async fn of(
        app: &App,
        viewer: &Viewer,
        sight: &Sight,
        id: Uuid,
        asked: Asked,
        seen: Surroundings,
    ) -> Result<Proposal, Error> {
        let person = &viewer.person;
        let steps = plan::plan(id, &asked, person, seen);
        let now = app.clock.now();
        let scope = asked.decided_at();
        let named = person.named();
        let standing = app.standings.in_plan(&named, &steps, &scope, Freshness::Now, now);
        let standing = by(sight.deadline, standing).await?;
        let standing = standing.unwrap_or_else(|_| Standing::unknown(named.clone()));
        let change =
            Request::ask(id.to_string(), asked, steps, person.clone(), &standing, &app.policy, now);
        Ok(Proposal { change, standing, policy: app.policy.approval })
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
    pub fn outlook(&self) -> (&'static str, String, String) {
        let request = self.request();
        let changes = request.steps.iter().filter(|step| !step.step.action.is_verification());
        let (now, later): (Vec<_>, Vec<_>) = changes.partition(|step| step.in_name_of.is_some());
        let scope = request.asked.decided_at();
        let decider = format!(
            "Somebody who may assign roles at {} decides{}.",
            scope.short(),
            if now.is_empty() { "" } else { " about the rest" }
        );
        match (now.len(), later.len()) {
            (_, 0) => (
                "ok",
                "Everything runs at once, in your name".to_owned(),
                "You hold every permission that the plan needs, as Azure says now.".to_owned(),
            ),
            (0, _) if self.policy == Approval::Always => (
                "info",
                "It waits for approval".to_owned(),
                format!("Here nothing runs before a decision. {decider}"),
            ),
            (0, _) => (
                "info",
                "It waits for approval".to_owned(),
                format!("Nothing runs before that. {decider}"),
            ),
            (now, later) => (
                "info",
                format!(
                    "{now} {} at once, {later} {} for approval",
                    if now == 1 { "step runs" } else { "steps run" },
                    if later == 1 { "waits" } else { "wait" },
                ),
                format!("What you may do in Azure yourself runs now, in your name. {decider}"),
            ),
        }
    }

    pub fn planned(&self) -> Vec<Planned<'_>> {
        let steps = self.request().steps.iter().enumerate();
        steps
            .map(|(position, progress)| Planned {
                number: position + 1,
                step: &progress.step,
                body: progress.step.call.readable_body(),
                in_name_of: progress.in_name_of.as_ref().map_or("", |person| &person.name),
                needs: progress
                    .step
                    .needs
                    .iter()
                    .map(|need| {
                        let (held, who) = self.held(position, need);
                        (held, need, who)
                    })
                    .collect(),
            })
            .collect()
    }

    fn held(&self, position: usize, need: &Need) -> (&'static str, &'static str) {
        if self.standing.so_already.contains(&position) {
            return ("already_so", "");
        }
        match self.standing.holds(need) {
            Some(true) => ("held", "you"),
            Some(false) => ("missing", "you"),
            None => ("unknown", "Azure did not tell whether you hold it"),
        }
    }

    /// Writes the request, and leads to its page. Sent twice, it is one request.
    pub async fn ask(&self, app: &App) -> Result<Redirect, Error> {
        let id = &self.request().id;
        if app.store.home(&self.request().requester.id).await?.open >= MOST_OPEN {
            return Err(Error::Refused(format!(
                "{MOST_OPEN} requests of yours wait or run already. Withdraw or close one, or wait \
                 until one has ended."
            )));
        }
        match app.store.apply(&self.change).await {
            Ok(()) => {
                app.bell.notify_one();
                Ok(to(id))
            }
            Err(store::Error::Stale) => {
                match asked_before(app, &self.request().requester.id, id).await? {
                    Some(there) => Ok(there),
                    None => Err(Error::Stale),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Where a request is that has been made under this id already: a form may be sent twice.
async fn asked_before(app: &App, person: &str, id: &str) -> Result<Option<Redirect>, Error> {
    match app.store.request(id).await {
        Ok(request) if request.is_of(person) => Ok(Some(to(id))),
        Ok(_) => Err(Error::Refused(
            "This form has been used by somebody else. Fill in a new one.".into(),
        )),
        Err(store::Error::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn to(id: &str) -> Redirect {
    Redirect::to(&format!("/requests/{id}?said=asked"))
}

/// The id that the review page gave to the request, if it is one of ours.
fn parse_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.get_version_num() == 7)
}

/// A proposal on its review page, with what was checked.
pub struct Ask {
    pub proposal: Proposal,
    pub checks: Vec<Check>,
    pub status: StatusCode,
    /// Why the page is shown although asking was wanted.
    pub notice: Option<&'static str>,
}

impl Ask {
    pub fn of(proposal: Proposal, checks: Vec<Check>) -> Ask {
        Ask { proposal, checks, status: StatusCode::OK, notice: None }
    }

    pub fn is_blocked(&self) -> bool {
        self.checks.iter().any(Check::blocks)
    }

    /// `shown` is the digest of the plan that the person had before them.
    fn may_be_asked(&self, shown: &str) -> bool {
        !self.is_blocked() && shown == self.proposal.digest()
    }

    /// The page comes again, for somebody who has seen another plan or whom something new stands in
    /// the way of.
    fn show_again(&mut self, shown: &str) {
        (self.status, self.notice) = if self.is_blocked() {
            let notice = "Nothing was asked for: see what was checked.";
            (StatusCode::UNPROCESSABLE_ENTITY, Some(notice))
        } else if shown.is_empty() {
            (StatusCode::UNPROCESSABLE_ENTITY, Some("Read the plan before you ask for it."))
        } else {
            let notice = "Nothing was asked for yet: what Azure shows has changed, and so has the \
                          plan. Read it again.";
            (StatusCode::CONFLICT, Some(notice))
        };
    }
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
