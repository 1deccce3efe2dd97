//! From a form to a request: filling in, the review page with its plan and checks, and the asking
//! itself. Shared by all that can be asked; knows none of it in particular.

pub mod draft;
pub mod endpoints;
pub mod members;
pub mod proposal;
pub mod review;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    Error,
    headers::kept_for_back,
    helpers::Helpers,
    page::Frame,
    session::Viewer,
    sight::{Hidden, Sight, deadline},
};
use crate::{
    App,
    domain::{
        asked::{Asked, Problems},
        person::Person,
        plan::{Round, Surroundings},
        request::{Decision, Request, Status},
    },
    store, text,
    words::Text,
};
use draft::{Act, Draft, Revising, Typed};
use members::Picker;
use proposal::{Proposal, parse_id, to};
use review::{Check, Review};

/// Something that can be asked for: its form, and what is made of what was typed.
pub trait Wish: Sized + Send + 'static {
    /// The fields of its form that no other has.
    type Typed: Typed;

    const WORDS: Words;
    /// Whether each member has a role of their own.
    const ROLES: bool = false;
    /// Whether what is asked for takes something away for good: the last button is red.
    const TAKES_AWAY: bool = false;

    /// The form as it would have been typed by `me` for what was asked; `None` where that is another
    /// kind of thing. What is typed to confirm is left out: it is typed anew.
    fn again(asked: &Asked, me: &Person) -> Option<Draft<Self::Typed>>;

    /// What stands in the form before anybody types.
    fn preset(_draft: &mut Draft<Self::Typed>) {}

    /// [`Content::kind`](crate::domain::asked::Content::kind) of the requests of which the last one fills
    /// in a blank form, as far as `recall` says; empty where none does.
    const RECALLS: &str = "";

    /// What is likely to be the same as the last time. False where nothing is.
    fn recall(_draft: &mut Draft<Self::Typed>, _last: &Asked) -> bool {
        false
    }

    /// The form as typed.
    fn form(
        scene: Scene<Self::Typed>,
        app: &App,
        viewer: &Viewer,
    ) -> impl Future<Output = Result<Response, Error>> + Send;

    /// Reads what was typed and checks it with Azure; what is wrong with it where it cannot be read.
    fn read(
        scene: &Scene<Self::Typed>,
        app: &App,
        viewer: &Viewer,
        round: Round,
    ) -> impl Future<Output = Result<Result<Reading, Problems>, Error>> + Send;
}

/// What is the same at every sight of one kind of form.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Where its form is, and where it is sent to be shown again.
    pub form: &'static str,
    /// Where it is asked for.
    pub ask: &'static str,
    /// The word of the navigation item that it belongs to.
    pub here: &'static str,
    /// The message `Create instance`.
    pub title: &'static str,
    /// That of the review page and the button that leads there: `Review + create`.
    pub review: &'static str,
    /// That of the button that asks, where everything runs at once: `Create`.
    pub act: &'static str,
    /// The form's parts in their order: where each is on the page, and the message of its tab. Empty
    /// for a form without tabs.
    pub parts: &'static [(&'static str, &'static str)],
}

impl Words {
    pub fn title(&self) -> Text {
        Text::of(self.title)
    }

    pub fn review(&self) -> Text {
        Text::of(self.review)
    }

    pub fn act(&self) -> Text {
        Text::of(self.act)
    }

    pub fn parts(&self) -> impl Iterator<Item = (&'static str, Text)> {
        self.parts.iter().map(|(anchor, label)| (*anchor, Text::of(*label)))
    }
}

/// What was typed, read and compared with what Azure shows.
pub struct Reading {
    pub asked: Asked,
    pub seen: Surroundings,
    pub checks: Vec<Check>,
}

/// What was typed, and what Azure shows beside it.
pub struct Scene<T> {
    pub draft: Draft<T>,
    pub problems: Problems,
    pub sight: Sight,
    pub members: Picker,
}

impl<T: Typed> Scene<T> {
    async fn open<W: Wish<Typed = T>>(
        app: &App,
        viewer: &Viewer,
        mut draft: Draft<T>,
    ) -> Result<Scene<T>, Error> {
        let deadline = deadline(app);
        let mut problems = Problems::default();
        let (sight, members) = tokio::try_join!(
            Sight::open(app, &viewer.person, deadline),
            Picker::of(app, &viewer.person, &mut draft.shared, deadline, &mut problems)
        )?;
        let members = Picker { with_roles: W::ROLES, ..members };
        Ok(Scene { draft, problems, sight, members })
    }

    /// Without asking Azure.
    fn blind<W: Wish<Typed = T>>(app: &App, draft: Draft<T>, hidden: Hidden) -> Scene<T> {
        let members = Picker { with_roles: W::ROLES, ..Picker::blind(&draft.shared) };
        let sight = Sight::blind(app, hidden);
        Scene { draft, problems: Problems::default(), sight, members }
    }

    /// Where Azure is at fault, here or in what was asked besides.
    pub fn fault<'a>(&'a self, besides: Option<&'a Hidden>) -> Option<&'a Hidden> {
        let all = [self.sight.hidden.as_ref(), self.members.hidden.as_ref(), besides];
        all.into_iter().flatten().find(|hidden| hidden.fault.is_some())
    }

    /// What was read, where nothing at all is wrong; otherwise everything that is.
    pub fn agree<R>(&self, read: Result<R, Problems>, more: Problems) -> Result<R, Problems> {
        let mut problems = self.problems.clone();
        problems.0.extend(more.0);
        match read {
            Ok(read) if problems.is_empty() => Ok(read),
            Ok(_) => Err(problems),
            Err(others) => {
                problems.0.extend(others.0);
                Err(problems)
            }
        }
    }
}

/// Shows the form as typed or preselected, does what its button is for, or shows the review page.
pub async fn fill<W: Wish>(
    State(app): State<App>,
    viewer: Viewer,
    mut draft: Draft<W::Typed>,
) -> Result<Response, Error> {
    if let Some(id) = draft.shared.again() {
        draft = asked_once::<W>(&app, &viewer.person, id).await?;
    } else if !draft.shared.is_sent() {
        W::preset(&mut draft);
        if !W::RECALLS.is_empty() {
            let last = app.store.latest_of(&viewer.person.id, W::RECALLS).await?;
            draft.shared.recalled = last.is_some_and(|last| W::recall(&mut draft, &last));
        }
    }
    if let Some(request) = revised(&app, &viewer.person, &draft.shared.revises).await? {
        draft.shared.revising = revising(&request);
    }
    let answer = match draft.shared.act() {
        Act::Review => review::<W>(&app, &viewer, draft.clone()).await,
        _ => form::<W>(&app, &viewer, draft.clone()).await,
    };
    or_sign_in::<W>(&app, &viewer, draft, answer).await.map(kept_for_back)
}

/// The form as it was when this request was asked. Nobody but its requester reads it this way: for
/// others, who may decide about it too, there is no such form.
async fn asked_once<W: Wish>(app: &App, me: &Person, id: &str) -> Result<Draft<W::Typed>, Error> {
    let id = parse_id(id).ok_or(Error::Missing)?.to_string();
    let request = app.store.request(&id).await?;
    let draft = request.is_of(&me.id).then(|| W::again(&request.asked, me)).flatten();
    let mut draft = draft.ok_or(Error::Missing)?.of_request(&id);
    if request.status() == Status::SentBack {
        draft.shared.revises = id;
    }
    Ok(draft)
}

/// The request that is changed in this form; `None` where a new one is made.
async fn revised(app: &App, me: &Person, id: &str) -> Result<Option<Request>, Error> {
    if id.is_empty() {
        return Ok(None);
    }
    let request = app.store.request(&parse_id(id).ok_or(Error::Missing)?.to_string()).await?;
    match request.may_be_asked_again_by(me) {
        Ok(()) => Ok(Some(request)),
        // To others it does not exist.
        Err(_) if !request.is_of(&me.id) => Err(Error::Missing),
        Err(refusal) => Err(refusal.into()),
    }
}

fn revising(request: &Request) -> Option<Revising> {
    match &request.decision {
        Decision::SentBack { by, reason, .. } => {
            Some(Revising { by: by.name.clone(), reason: reason.clone() })
        }
        _ => None,
    }
}

/// What a form is about to become: a new request, or one that was sent back, once more.
enum Aim {
    New(Uuid),
    Again(Box<Request>),
}

impl Aim {
    fn round(&self) -> Result<Round, Error> {
        Ok(match self {
            Aim::New(id) => Round::first(*id),
            Aim::Again(request) => Round {
                request: parse_id(&request.id).ok_or(Error::Missing)?,
                revision: request.revision + 1,
            },
        })
    }

    /// By the id that the review page gave to it; where to go when it has been asked already: a form
    /// may be sent twice.
    async fn by_id(
        app: &App,
        me: &Person,
        id: Uuid,
        revises: &str,
    ) -> Result<Result<Aim, Response>, Error> {
        match app.store.request(&id.to_string()).await {
            Err(store::Error::Missing(_)) if revises.is_empty() => Ok(Ok(Aim::New(id))),
            Err(error) => Err(error.into()),
            Ok(request) if !request.is_of(&me.id) => Err(Error::Refused(text!("form-not-yours"))),
            Ok(request) if revises.is_empty() => Ok(Err(to(&request.id, true).into_response())),
            Ok(request) => match request.may_be_asked_again_by(me) {
                Ok(()) => Ok(Ok(Aim::Again(Box::new(request)))),
                Err(_) => Ok(Err(to(&request.id, false).into_response())),
            },
        }
    }
}

/// Makes the request that the review page showed, and no other.
pub async fn ask<W: Wish>(
    State(app): State<App>,
    viewer: Viewer,
    draft: Draft<W::Typed>,
) -> Result<Response, Error> {
    let answer = match parse_id(&draft.shared.request) {
        Some(id) => ask_as::<W>(&app, &viewer, draft.clone(), id).await,
        // Nobody asks for what they have not seen.
        None => review::<W>(&app, &viewer, draft.clone()).await,
    };
    or_sign_in::<W>(&app, &viewer, draft, answer).await.map(kept_for_back)
}

async fn form<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft<W::Typed>,
) -> Result<Response, Error> {
    W::form(Scene::open::<W>(app, viewer, draft).await?, app, viewer).await
}

async fn review<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft<W::Typed>,
) -> Result<Response, Error> {
    let scene = Scene::open::<W>(app, viewer, draft).await?;
    if scene.fault(None).is_some() {
        return W::form(scene, app, viewer).await;
    }
    let aim = match revised(app, &viewer.person, &scene.draft.shared.revises).await? {
        Some(request) => Aim::Again(Box::new(request)),
        None => Aim::New(app.clock.fresh_id()),
    };
    let (review, sight) = match proposed::<W>(scene, app, viewer, aim).await? {
        Ok(proposed) => proposed,
        Err(form) => return Ok(form),
    };
    Ok(with_helpers(review, app, viewer, &sight).await?.into_response())
}

/// Names those who could approve what does not run at once.
async fn with_helpers(
    mut review: Review,
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
) -> Result<Review, Error> {
    if !review.proposal.runs_at_once() {
        let scope = review.proposal.request().asked.decided_at();
        review.helpers = Some(Helpers::at(app, viewer, sight, &scope).await?);
    }
    Ok(review)
}

/// The review page; the form again where what was typed cannot be read.
async fn proposed<W: Wish>(
    mut scene: Scene<W::Typed>,
    app: &App,
    viewer: &Viewer,
    aim: Aim,
) -> Result<Result<(Review, Sight), Response>, Error> {
    let round = aim.round()?;
    let mut reading = match W::read(&scene, app, viewer, round).await? {
        Ok(reading) => reading,
        Err(problems) => {
            scene.problems = problems;
            return W::form(scene, app, viewer).await.map(Err);
        }
    };
    reading.checks.extend(scene.members.check());
    let before = match aim {
        Aim::New(_) => None,
        Aim::Again(request) => Some(*request),
    };
    let proposal =
        Proposal::of(app, viewer, &scene.sight, round, before, reading.asked, reading.seen).await?;
    let review = Review {
        frame: Frame::of(app, viewer, W::WORDS.here).await?,
        words: W::WORDS,
        takes_away: W::TAKES_AWAY,
        carried: scene.draft.fields(),
        proposal,
        checks: reading.checks,
        helpers: None,
        status: StatusCode::OK,
        notice: None,
    };
    Ok(Ok((review, scene.sight)))
}

async fn ask_as<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft<W::Typed>,
    id: Uuid,
) -> Result<Response, Error> {
    let aim = match Aim::by_id(app, &viewer.person, id, &draft.shared.revises).await? {
        Ok(aim) => aim,
        Err(there) => return Ok(there),
    };
    let shown = draft.shared.plan.clone();
    let mut scene = Scene::open::<W>(app, viewer, draft).await?;
    if let Aim::Again(request) = &aim {
        scene.draft.shared.revising = revising(request);
    }
    let (mut review, sight) = match proposed::<W>(scene, app, viewer, aim).await? {
        Ok(proposed) => proposed,
        Err(form) => return Ok(form),
    };
    if review.may_be_asked(&shown) {
        return Ok(review.proposal.ask(app).await?.into_response());
    }
    review.show_again(&shown);
    Ok(with_helpers(review, app, viewer, &sight).await?.into_response())
}

/// Through a sign-in and back to the form as typed. What is too long to travel in an address stays
/// on the page instead.
async fn or_sign_in<W: Wish>(
    app: &App,
    viewer: &Viewer,
    draft: Draft<W::Typed>,
    answer: Result<Response, Error>,
) -> Result<Response, Error> {
    match (answer, draft.way_back(W::WORDS.form)) {
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
