//! My requests, and the page of one: what is asked, how far it is, what will run, and the acts that
//! lead on. Decides nothing itself: the domain does, by the same rule for the button and the act.

use askama::Template;
use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{
    Error,
    asking::review::Check,
    forms::{self, relied},
    helpers::Helpers,
    instance::identity::role_form,
    page::{Frame, View},
    planned::Planned,
    queue::QueueQuery,
    session::{Onlooker, Viewer},
    sight::{Hidden, Sight, deadline},
    visible::may_see,
    wording::Wording,
};
use crate::{
    App,
    domain::{
        Time,
        asked::{Asked, Content, IdentityChange},
        history::Event,
        permission::Need,
        person::{Named, Person},
        principal::is_guid,
        problem::Problem,
        request::{Carrier, Change, Decision, Looking, Refusal, Request, Standing, Status},
        revised::Revised,
        run::{self, Progress, State as RunState, StepState},
    },
    standing::Freshness,
    store::{self, Entry, Key, MOST_COMMENTS, QueueFilter, Row},
    text,
    words::{Text, filters},
};

const ROWS: usize = 25;
/// One row more than a page has, to see whether there is another page.
pub const ROWS_AND_ONE: i64 = 26;
/// More than any plan of today makes, retries included, and what is written about it.
const ENTRIES: i64 = 200 + MOST_COMMENTS;
/// One more than are shown, to see whether there are others.
const ENTRIES_AND_ONE: i64 = ENTRIES + 1;

/// For how long an answer of Azure is good enough for links to other requests of the queue.
const LINKED: std::time::Duration = std::time::Duration::from_secs(600);

/// The request that an address names. What cannot be one is not looked for.
pub struct RequestId(String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<RequestId, Error> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) if is_guid(&id) => Ok(RequestId(id)),
            _ => Err(Error::Missing),
        }
    }
}

#[derive(Deserialize)]
pub struct Paging {
    /// Only requests in this state of life: `open` or `ended`.
    show: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "requests/list.html")]
pub struct List {
    frame: Frame,
    rows: Vec<Row>,
    show: &'static str,
    first: bool,
    /// Address of the older ones, empty when there are none.
    next: String,
}

impl List {
    fn start(&self) -> String {
        if self.first { String::new() } else { format!("/requests?show={}", self.show) }
    }
}

pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<View<List>, Error> {
    let show = match paging.show.as_deref() {
        Some("open") => "open",
        Some("ended") => "ended",
        _ => "all",
    };
    let ended = match show {
        "open" => Some(false),
        "ended" => Some(true),
        _ => None,
    };
    let before = paging.before.as_deref().and_then(Key::parse);
    let first = before.is_none();
    let mut rows =
        app.store.requests_of(&viewer.person.id, ended, before.as_ref(), ROWS_AND_ONE).await?;
    let next = behind(&mut rows)
        .map(|last| format!("/requests?show={show}&before={}", last.asked_key()))
        .unwrap_or_default();
    let frame = Frame::of(&app, &viewer, "requests").await?;
    Ok(View(List { frame, rows, show, first, next }))
}

/// One row more than a page has was asked for: if it came, there is more behind the last one shown.
pub fn behind(rows: &mut Vec<Row>) -> Option<&Row> {
    if rows.len() <= ROWS {
        return None;
    }
    rows.truncate(ROWS);
    rows.last()
}

/// A request as its page shows it.
#[derive(Template)]
#[template(path = "requests/show.html")]
pub struct Show {
    frame: Frame,
    live: Live,
    deciding: Option<Deciding>,
    /// What rests on what is to be removed, for whoever decides and whoever asked.
    checks: Vec<Check>,
    /// Who could approve, for whoever asked and waits.
    helpers: Option<Helpers>,
    /// What is different since it was sent back, where it waits again.
    revised: Option<Revised>,
    /// The queue from which it was opened, with what comes before and behind it there.
    queue: Option<Queue>,
    now: Time,
    may_comment: bool,
    /// What was typed into the field with this name, and what is wrong with it.
    typed: Typed,
    /// Somebody who has no script wants to write.
    still: bool,
}

/// Words that were typed and not taken.
#[derive(Clone, Default)]
struct Typed {
    /// `reason`, `close-reason` or `comment`; empty where nothing was typed.
    field: &'static str,
    text: String,
    problem: Text,
}

/// Why a decision's words were not taken, and the field in which they can be put right.
pub struct Untaken {
    field: &'static str,
    why: Text,
}

impl Untaken {
    fn reason(why: &Refusal) -> Untaken {
        Untaken { field: "reason", why: why.text() }
    }

    fn closing(why: &Refusal) -> Untaken {
        Untaken { field: "close-reason", why: why.text() }
    }

    /// It was decided before, and what is said about it now is a comment.
    fn decided_before(said: &str) -> Untaken {
        let why = match said {
            "sent-back" => text!("request-sent-back-before"),
            _ => text!("request-rejected-before"),
        };
        Untaken { field: "comment", why }
    }
}

impl From<Untaken> for Error {
    fn from(untaken: Untaken) -> Error {
        Error::Refused(untaken.why)
    }
}

impl Show {
    fn request(&self) -> &Request {
        &self.live.request
    }

    /// Whether the page comes again by itself where no script follows the run. Not under the hands of
    /// somebody who may write there.
    fn comes_again(&self) -> bool {
        let writes = self.is_for_deciding() || self.live.may_close || self.still;
        !self.live.ended() && !writes && self.typed.field.is_empty()
    }

    /// Where it does not.
    fn still(&self) -> String {
        format!("/requests/{}?still=yes#comment", self.request().id)
    }

    /// Seconds until the whole page comes again, where no script follows the run. While it waits for a
    /// person there is less to expect, and each time Azure is asked who could approve.
    fn refresh(&self) -> u8 {
        if self.request().run.state == RunState::Waiting { 10 } else { 5 }
    }

    fn wording(&self) -> Wording {
        Wording::of(self.request().steps.iter().map(|progress| &progress.step))
    }

    /// The state of the need at a step, for the person who decides.
    fn held(&self, position: usize, need: &Need) -> (&'static str, Text) {
        let Some(deciding) = &self.deciding else {
            return ("unknown", text!("request-need-later"));
        };
        let people = [&deciding.approver, &deciding.requester];
        if people.iter().any(|standing| standing.so_already.contains(&position)) {
            return ("already_so", Text::none());
        }
        let holds = |standing: &&&Standing| {
            standing.holds(need) == Some(true) && !standing.beyond.contains(&position)
        };
        if let Some(holder) = people.iter().find(holds) {
            return ("held", Text::verbatim(holder.person.name.clone()));
        }
        let (approver, requester) = (&deciding.approver.person, &deciding.requester.person);
        match deciding.approver.holds(need) {
            None => ("unknown", text!("request-need-unknown")),
            Some(_) if approver.id == requester.id => {
                ("missing", text!("request-need-lacks", name = &approver.name))
            }
            Some(_) => {
                let (one, other) = (&approver.name, &requester.name);
                ("missing", text!("request-need-neither", one = one, other = other))
            }
        }
    }

    /// Whether somebody is looking who may decide: they read the plan before anything else.
    fn is_for_deciding(&self) -> bool {
        self.deciding.is_some()
    }

    /// What the approval says it has seen of the names.
    fn names(&self) -> String {
        let deciding = self.deciding.as_ref();
        deciding.map(|deciding| deciding.names(self.request())).unwrap_or_default()
    }

    /// What the address of an act adds, so that it leads back to the queue.
    fn queue_query(&self) -> String {
        let queue = self.queue.as_ref();
        queue.map(|queue| format!("?{}", queue.query.carried())).unwrap_or_default()
    }

    fn list(&self) -> String {
        let query = self.queue.as_ref().map(|queue| queue.query.clone());
        query.unwrap_or_default().address(None)
    }

    fn reason_help(&self) -> Text {
        let name = &self.request().requester.name;
        match self.may_be_sent_back() {
            true => text!("decide-reason-help", name = name),
            false => text!("decide-reason-help-reject", name = name),
        }
    }

    fn may_be_sent_back(&self) -> bool {
        self.deciding.as_ref().is_some_and(|deciding| deciding.may_send_back)
    }

    /// What was typed into this field, where it came back.
    fn typed_in(&self, field: &str) -> &str {
        if self.typed.field == field { &self.typed.text } else { "" }
    }

    /// What is wrong with it.
    fn wrong_in(&self, field: &str) -> Text {
        if self.typed.field == field { self.typed.problem.clone() } else { Text::none() }
    }

    /// Whoever is looking at it, for everybody who sees the request.
    fn looking(&self) -> Option<&Looking> {
        self.request().looked_at_by(self.now)
    }

    fn is_looking(&self) -> bool {
        self.looking().is_some_and(|looking| looking.by.id == self.live.me.id)
    }

    fn comment_help(&self) -> Text {
        text!("comment-help", name = &self.request().requester.name)
    }

    fn planned(&self) -> Vec<Planned<'_>> {
        let request = self.request();
        request
            .steps
            .iter()
            .enumerate()
            .map(|(position, progress)| {
                let state = self.live.state_of(position);
                let name = self.name_on(position, progress);
                Planned::of(position, state, &progress.step, name, |need| {
                    match &progress.in_name_of {
                        Some(person) => ("held", Text::verbatim(person.name.clone())),
                        None => self.held(position, need),
                    }
                })
            })
            .collect()
    }

    fn name_on(&self, position: usize, progress: &Progress) -> Text {
        if let Some(person) = &progress.in_name_of {
            return Text::verbatim(person.name.clone());
        }
        match self.deciding.as_ref().map(|deciding| deciding.name_of(position)) {
            None | Some("") => Text::none(),
            Some(name) => text!("request-on-approval", name = name),
        }
    }
}

/// Where a request stands in the queue of whoever decides about it.
struct Queue {
    query: QueueQuery,
    /// Address and title, each.
    previous: Option<(String, Text)>,
    next: Option<(String, Text)>,
    /// Whether it was decided just now, so that the next one is what there is to do.
    decided: bool,
}

impl Queue {
    /// Asks Azure nothing: what it told lately is good enough for a link.
    async fn around(
        app: &App,
        viewer: &Viewer,
        request: &Request,
        query: QueueQuery,
        decided: bool,
    ) -> Result<Queue, Error> {
        let fresh_after = app.clock.now().minus(LINKED);
        let here = Key { at: request.asked_at, id: request.id.clone() };
        let beside = async |filter: QueueFilter| {
            let me = &viewer.person.id;
            let page = app.store.queue(me, fresh_after, &filter, Some(&here), 1).await?;
            let row = page.rows.into_iter().next().map(|waiting| waiting.row);
            Ok::<_, Error>(row.map(|row| (query.request(&row.id), row.title)))
        };
        let filter = query.filter();
        let next = beside(filter.clone()).await?;
        let backwards = QueueFilter { newest_first: !filter.newest_first, ..filter };
        let previous = beside(backwards).await?;
        Ok(Queue { previous, next, decided, query })
    }
}

/// What somebody who may decide needs to see.
struct Deciding {
    approver: Standing,
    requester: Standing,
    carriers: Vec<(usize, Carrier)>,
    /// Why approving would lead nowhere.
    impossible: Option<Refusal>,
    /// Whether nothing of it has begun, so that it can still be changed.
    may_send_back: bool,
}

impl Deciding {
    fn names(&self, request: &Request) -> String {
        carried(&request.names(&self.approver, &self.requester))
    }

    /// In whose name the step would run; empty where nobody can.
    fn name_of(&self, position: usize) -> &str {
        match self.carriers.iter().find(|(at, _)| *at == position) {
            Some((_, Carrier::Approver)) => &self.approver.person.name,
            Some((_, Carrier::Requester)) => &self.requester.person.name,
            _ => "",
        }
    }
}

/// A request as somebody would decide it together with others.
pub struct Considered {
    request: Request,
    /// Why this person decides it neither way.
    refused: Option<Refusal>,
    deciding: Option<Deciding>,
    /// What is different since it was sent back.
    pub revised: Option<Revised>,
}

impl Considered {
    pub fn title(&self) -> Text {
        self.request.asked.title()
    }

    pub fn request(&self) -> &Request {
        &self.request
    }

    pub fn names(&self) -> String {
        let deciding = self.deciding.as_ref();
        deciding.map(|deciding| deciding.names(&self.request)).unwrap_or_default()
    }

    /// Each step as it would be sent, and in whose name. Who holds what it needs stands on its page.
    pub fn planned(&self) -> Vec<Planned<'_>> {
        let steps = self.request.steps.iter().enumerate();
        steps
            .map(|(position, progress)| {
                let name = match (&progress.in_name_of, &self.deciding) {
                    (Some(person), _) => &*person.name,
                    (None, Some(deciding)) => deciding.name_of(position),
                    (None, None) => "",
                };
                let unsaid = |_: &Need| ("unknown", Text::none());
                let (state, name) = (progress.state.word(), Text::verbatim(name.to_owned()));
                Planned::of(position, state, &progress.step, name, unsaid)
            })
            .collect()
    }

    /// Who is looking at it now.
    pub fn looked_at_by(&self, now: &Time) -> Option<&Looking> {
        self.request.looked_at_by(*now)
    }

    /// Why it cannot be approved, or rejected, here.
    pub fn barred(&self, approve: bool) -> Option<Text> {
        let impossible = self.deciding.as_ref().and_then(|deciding| deciding.impossible.as_ref());
        let why = self.refused.as_ref().or(impossible.filter(|_| approve));
        why.map(Refusal::text)
    }
}

/// Where somebody saw what they decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    OnItsPage,
    InAList,
}

/// What is to be read first is not decided from a list by somebody who has not opened it.
async fn read_first(
    app: &App,
    viewer: &Viewer,
    request: &Request,
) -> Result<Option<Refusal>, Error> {
    let read = !request.asked.is_read_first()
        || app.store.has_read(&viewer.person.id, &request.id).await?;
    Ok((!read).then_some(Refusal::Unread))
}

/// For whoever may see it: what deciding it would do.
pub async fn considered(app: &App, viewer: &Viewer, id: &str) -> Result<Considered, Error> {
    let (request, _) = see(app, viewer, id).await?;
    let me = &viewer.person;
    let standing = at_its_scope(app, &request, &me.named()).await?;
    let mut refused = request.may_be_decided_by(me, &standing, &app.policy).err();
    if refused.is_none() {
        refused = read_first(app, viewer, &request).await?;
    }
    let deciding = match refused {
        None => deciding(app, viewer, &request).await?,
        Some(_) => None,
    };
    let earlier = app.store.earlier(&request, &viewer.person.id).await?;
    let revised = earlier.map(|earlier| Revised::between(&earlier, &request));
    Ok(Considered { request, refused, deciding, revised })
}

/// The part of the page that follows the run, also served by itself.
#[derive(Template)]
#[template(path = "requests/live.html")]
pub struct Live {
    request: Request,
    /// The newest, in order.
    entries: Vec<Entry>,
    /// Whether there are older ones.
    more_entries: bool,
    me: Person,
    /// What came later is new to whoever decides.
    since: Option<Time>,
    may_withdraw: bool,
    may_retry: bool,
    may_close: bool,
    may_verify: bool,
    may_stop: bool,
    /// Whether this person may carry a stuck run on in their own name, and why not if they decide
    /// there and may not.
    take_over: Option<Result<(), Refusal>>,
    /// A reason to close it that was not taken.
    closing: Typed,
    /// That somebody else has said that they are looking at it.
    looked: Text,
}

impl Live {
    fn may_take_over(&self) -> bool {
        matches!(self.take_over, Some(Ok(())))
    }

    /// Why somebody who decides there may not take it over.
    fn take_over_barred(&self) -> Option<Text> {
        match &self.take_over {
            Some(Err(why @ (Refusal::TakerLacks(_) | Refusal::OwnRequest))) => Some(why.text()),
            _ => None,
        }
    }

    /// Whether this has happened since they had it before them last.
    fn is_news(&self, entry: &Entry) -> bool {
        self.since.is_some_and(|since| entry.at > since) && entry.actor.id() != self.me.id
    }

    /// Who could decide it: on this page for whoever asked, else on the subscription's.
    fn deciders(&self) -> String {
        match self.is_mine() {
            true => "#approvers".to_owned(),
            false => format!("/subscriptions/{}#help", self.request.asked.subscription().id),
        }
    }

    /// Where all that has happened with it stands.
    fn history(&self) -> String {
        format!("/history?request={}", self.request.id)
    }

    /// Where this part of the page is looked for again.
    fn address(&self) -> String {
        let since = self.since.map(|since| format!("?since={}", since.0)).unwrap_or_default();
        format!("/requests/{}/progress{since}", self.request.id)
    }

    /// Where it stands, for those who do not see it move.
    fn said(&self) -> Text {
        let (run, steps, label) =
            (&self.request.run, &self.request.steps, self.request.status().label());
        match steps.get(run.position) {
            Some(step) if run.state == RunState::Running => text!(
                "live-said-step",
                status = label,
                number = run.position + 1,
                count = steps.len(),
                step = step.step.action.title()
            ),
            _ => label,
        }
    }

    fn since_text(&self) -> String {
        self.since.map(|since| since.0.to_string()).unwrap_or_default()
    }

    fn state_of(&self, position: usize) -> &'static str {
        let run = &self.request.run;
        let step = &self.request.steps[position];
        match (step.state, run.state) {
            (StepState::Waiting, RunState::Running) if position == run.position => "running",
            (StepState::Waiting, RunState::Done)
                if position == run.position && run.due_at.is_some() =>
            {
                "running"
            }
            (state, _) => state.word(),
        }
    }

    /// Whether the page has nothing more to expect without a person.
    fn ended(&self) -> bool {
        let run = &self.request.run;
        match run.state {
            RunState::Running | RunState::Waiting => {
                matches!(self.request.decision, Decision::Rejected { .. })
                    && run.state == RunState::Waiting
            }
            // Another person's sign-in lets it go on.
            RunState::NeedsSignIn => false,
            RunState::Done => run.due_at.is_none(),
            _ => true,
        }
    }

    /// A step that nothing leads to any more, whoever's name is on it.
    fn will_not_run(&self, position: usize) -> bool {
        let ended =
            matches!(self.request.status(), Status::Rejected | Status::Withdrawn | Status::Closed);
        ended && self.request.steps[position].state == StepState::Waiting
    }

    /// Whether there is nothing left to decide.
    fn decided(&self) -> bool {
        self.request.decision != Decision::Pending || self.ended()
    }

    fn host_name(&self) -> Option<&str> {
        run::host_name(&self.request.steps)
    }

    fn is_mine(&self) -> bool {
        self.request.is_of(&self.me.id)
    }

    /// The form with what was asked in it, for the requester of what came to nothing.
    fn ask_again(&self) -> Option<String> {
        let nothing = matches!(
            self.request.status(),
            Status::Stopped | Status::Rejected | Status::Withdrawn | Status::Closed
        );
        let stands = self.host_name().is_some();
        (nothing && self.is_mine()).then(|| forms::again(&self.request, stands)).flatten()
    }

    /// The form in which the requester changes what was sent back.
    fn change_form(&self) -> Option<String> {
        let wanted = self.is_mine() && self.request.status() == Status::SentBack;
        wanted.then(|| forms::again(&self.request, false)).flatten()
    }

    /// Whether retrying may help, as far as is known.
    fn retry_leads_on(&self) -> bool {
        self.request.run.problem.as_ref().is_none_or(Problem::can_be_retried)
    }

    fn trying_access(&self) -> bool {
        self.request.run.state == RunState::Done && self.request.run.due_at.is_some()
    }

    /// The person of the present step must sign in again, and that is who is looking.
    fn wants_my_sign_in(&self) -> bool {
        self.request.run.state == RunState::NeedsSignIn
            && self.request.present_name().is_some_and(|person| person.id == self.me.id)
    }

    fn sign_in_again(&self) -> String {
        super::sign_in::address_again(&format!("/requests/{}", self.request.id), None)
    }

    fn instance_name(&self) -> String {
        self.request.asked.scope().short().to_owned()
    }

    fn group_name(&self) -> String {
        self.request.asked.scope().group_name().unwrap_or_default().to_owned()
    }

    /// The instance's own pages.
    fn resource(&self, tab: &str) -> String {
        super::instance::address(&self.request.asked.scope(), tab)
    }

    /// Where an identity that the request has brought gets its roles; empty when there is none, or it
    /// is not there yet.
    fn next_roles(&self) -> String {
        let run = self.request.run.state;
        if !matches!(run, RunState::Done | RunState::Verified) {
            return String::new();
        }
        match &self.request.asked {
            Asked::CreateInstance(create) if create.system_identity => {
                role_form(&create.scope(), None)
            }
            Asked::ChangeIdentity(change) => match &change.change {
                IdentityChange::SystemOn => role_form(&change.instance, None),
                IdentityChange::Associate { identities } => {
                    role_form(&change.instance, identities.first())
                }
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn verified(&self) -> bool {
        self.request.run.state == RunState::Verified
    }
}

/// Whether this person may see the request at all.
fn sees(request: &Request, me: &Person, decides: bool) -> bool {
    let on_it = |step: &Progress| step.in_name_of.as_ref().is_some_and(|named| named.id == me.id);
    may_see(me, &request.requester.id, request.steps.iter().any(on_it), decides)
}

/// The request, for whoever may see it, and what they may do at its scope where that matters. The
/// page looks again every few seconds: nothing is asked of Azure that the last minute told already.
async fn see(app: &App, viewer: &Viewer, id: &str) -> Result<(Request, Standing), Error> {
    let request = app.store.request(id).await?;
    let me = &viewer.person;
    let nothing = Standing::unknown(me.named());
    let right_matters = request.may_be_closed_by(me, &nothing) == Err(Refusal::NotInvolved)
        || request.may_be_stopped_by(me, &nothing) == Err(Refusal::NotInvolved)
        || is_stuck_with_another(&request, me);
    if sees(&request, me, false) && !right_matters {
        return Ok((request, nothing));
    }
    match at_its_scope(app, &request, &me.named()).await {
        Ok(standing) => {
            let decides = standing.decides(&request.asked.decided_at()) == Some(true);
            if sees(&request, me, decides) { Ok((request, standing)) } else { Err(Error::Missing) }
        }
        // What one may see without a right is there whatever Azure does.
        Err(_) if sees(&request, me, false) => Ok((request, nothing)),
        Err(error) => Err(error.back_to(&format!("/requests/{id}"))),
    }
}

async fn at_its_scope(app: &App, request: &Request, person: &Named) -> Result<Standing, Error> {
    let scope = request.asked.decided_at();
    Ok(app.standings.at_one(person, &scope, app.clock.now()).await?)
}

async fn standing(
    app: &App,
    request: &Request,
    person: &Named,
    freshness: Freshness,
) -> Result<Standing, Error> {
    let steps = request.steps.iter().map(|progress| &progress.step);
    let scope = request.asked.decided_at();
    Ok(app.standings.in_plan(person, steps, &scope, freshness, app.clock.now()).await?)
}

/// What the requester holds, where the portal can ask in their name; otherwise nothing is known.
async fn requesters_standing(app: &App, request: &Request, freshness: Freshness) -> Standing {
    let requester = request.requester.named();
    match standing(app, request, &requester, freshness).await {
        Ok(standing) => standing,
        Err(_) => Standing::unknown(requester),
    }
}

/// Step by step for somebody who may decide; of nobody else's page is Azure asked so much.
async fn deciding(
    app: &App,
    viewer: &Viewer,
    request: &Request,
) -> Result<Option<Deciding>, Error> {
    let me = viewer.person.named();
    let approver = async {
        let standing_there = at_its_scope(app, request, &me).await?;
        if request.may_be_decided_by(&viewer.person, &standing_there, &app.policy).is_err() {
            return Ok(None);
        }
        standing(app, request, &me, Freshness::Remembered).await.map(Some)
    };
    let approver = match approver.await {
        Ok(Some(approver)) => approver,
        Ok(None) => return Ok(None),
        Err(_) if sees(request, &viewer.person, false) => return Ok(None),
        Err(error) => return Err(error.back_to(&format!("/requests/{}", request.id))),
    };
    let requester = requesters_standing(app, request, Freshness::Remembered).await;
    let impossible = request.can_be_carried_out(&approver, &requester).err();
    let carriers = request.carriers(&approver, &requester);
    let may_send_back = request.may_be_sent_back_by(&viewer.person, &approver, &app.policy).is_ok();
    Ok(Some(Deciding { approver, requester, carriers, impossible, may_send_back }))
}

/// Whoever may decide there may take over what is stuck with another, their own request too.
fn is_stuck_with_another(request: &Request, me: &Person) -> bool {
    matches!(request.run.state, RunState::Stopped | RunState::NeedsSignIn)
        && request.present_name().is_some_and(|name| name.id != me.id)
}

/// Step by step, for somebody who may decide: whether they may take it over, and why not.
async fn take_over_by(
    app: &App,
    viewer: &Viewer,
    request: &Request,
    standing_there: &Standing,
) -> Option<Result<(), Refusal>> {
    let me = &viewer.person;
    let decides = standing_there.decides(&request.asked.decided_at()) == Some(true);
    if !decides || !is_stuck_with_another(request, me) {
        return None;
    }
    let standing = standing(app, request, &me.named(), Freshness::Remembered).await.ok()?;
    match request.may_be_taken_over_by(me, &standing, &app.policy) {
        Err(Refusal::NotStuck | Refusal::YoursAlready) => None,
        answer => Some(answer),
    }
}

async fn live(
    app: &App,
    viewer: &Viewer,
    request: Request,
    standing: &Standing,
    since: Option<Time>,
) -> Result<Live, Error> {
    let me = viewer.person.clone();
    let mut entries = app.store.request_history(&request.id, ENTRIES_AND_ONE).await?;
    let more_entries = entries.len() >= usize::try_from(ENTRIES_AND_ONE).unwrap_or(usize::MAX);
    if more_entries {
        entries.remove(0);
    }
    let take_over = take_over_by(app, viewer, &request, standing).await;
    let looking = request.looked_at_by(app.clock.now()).filter(|one| one.by.id != me.id);
    let looked = looking.map(|one| text!("live-looked", name = &one.by.name)).unwrap_or_default();
    Ok(Live {
        may_withdraw: request.may_be_withdrawn_by(&me).is_ok(),
        may_retry: request.may_be_retried_by(&me, standing).is_ok(),
        may_close: request.may_be_closed_by(&me, standing).is_ok(),
        may_verify: request.may_be_verified_by(&me).is_ok(),
        may_stop: request.may_be_stopped_by(&me, standing).is_ok(),
        take_over,
        request,
        entries,
        more_entries,
        me,
        since,
        closing: Typed::default(),
        looked,
    })
}

/// What has just happened, and the queue from which it was opened.
#[derive(Default, Deserialize)]
pub struct Said {
    said: Option<String>,
    queue: Option<String>,
    still: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(said): Query<Said>,
) -> Result<Response, Error> {
    page(&app, &viewer, &id, said, Typed::default()).await
}

/// `typed` are words that were not taken.
async fn page(
    app: &App,
    viewer: &Viewer,
    id: &str,
    said: Said,
    typed: Typed,
) -> Result<Response, Error> {
    // What comes while Azure is asked is not on the page, and so not read.
    let read_at = app.clock.now();
    let (request, standing) = see(app, viewer, id).await?;
    let since = match request.decision {
        Decision::Pending if !request.is_of(&viewer.person.id) => {
            app.store.opened(&viewer.person.id, id).await?
        }
        _ => None,
    };
    let mut live = live(app, viewer, request, &standing, since).await?;
    if typed.field == "close-reason" {
        live.closing = typed.clone();
    }
    let deciding = match live.request.decision {
        Decision::Pending => deciding(app, viewer, &live.request).await?,
        _ => None,
    };
    let checks = match &live.request.asked {
        Asked::RevokeAccess(revoke) if live.request.decision == Decision::Pending => {
            let requester = live.request.requester.named();
            relied(app, viewer, revoke.assignments(), &requester, deadline(app)).await?
        }
        _ => Vec::new(),
    };
    let revised = match live.request.decision {
        Decision::Pending => {
            let earlier = app.store.earlier(&live.request, &viewer.person.id).await?;
            earlier.map(|earlier| Revised::between(&earlier, &live.request))
        }
        _ => None,
    };
    let helpers = match live.is_mine() && live.request.decision == Decision::Pending {
        true => Some(helpers(app, viewer, &live.request).await),
        false => None,
    };
    let just = |acts: [&str; 3]| said.said.as_deref().is_some_and(|said| acts.contains(&said));
    let decided = deciding.is_none() && just(["approved", "rejected", "sent-back"]);
    let queue = match &said.queue {
        Some(queue) if deciding.is_some() || decided => {
            let query = QueueQuery::parse(queue);
            Some(Queue::around(app, viewer, &live.request, query, decided).await?)
        }
        _ => None,
    };
    if deciding.is_some() {
        note_opened(app, viewer, &live.request, read_at).await?;
    }
    let here = if live.is_mine() { "requests" } else { "approvals" };
    let status = match typed.problem.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let may_comment =
        deciding.is_some() || live.request.may_be_commented_by(&viewer.person, &standing).is_ok();
    let now = app.clock.now();
    let frame = Frame::of(app, viewer, here).await?.saying(said.said.as_deref());
    Ok((
        status,
        View(Show {
            frame,
            live,
            deciding,
            checks,
            helpers,
            revised,
            queue,
            now,
            may_comment,
            typed,
            still: said.still.is_some(),
        }),
    )
        .into_response())
}

/// It is on their screen now. Where that cannot be kept, the page is there all the same.
async fn note_opened(app: &App, viewer: &Viewer, request: &Request, at: Time) -> Result<(), Error> {
    match app.store.note_opened(&viewer.person.id, &request.id, at).await {
        Err(error) if error.trouble().is_some() => {
            tracing::warn!(%error, "that a request was opened could not be remembered");
            Ok(())
        }
        noted => Ok(noted?),
    }
}

/// The requester's own page is there whatever Azure does.
async fn helpers(app: &App, viewer: &Viewer, request: &Request) -> Helpers {
    let found = async {
        let sight = Sight::open(app, &viewer.person, deadline(app)).await?;
        Helpers::at(app, viewer, &sight, &request.asked.decided_at()).await
    };
    let unknown = |_: Error| Hidden::because(text!("approvers-not-asked"));
    found.await.unwrap_or_else(|error| Helpers::hidden(unknown(error)))
}

pub async fn progress(
    State(app): State<App>,
    Onlooker(viewer): Onlooker,
    RequestId(id): RequestId,
    Query(news): Query<News>,
) -> Result<View<Live>, Error> {
    Ok(View(live_of(&app, &viewer, &id, news.since.map(Time)).await?))
}

/// The part of the page that follows the run, for whoever may see it, with what is new since then.
pub async fn live_of(
    app: &App,
    viewer: &Viewer,
    id: &str,
    since: Option<Time>,
) -> Result<Live, Error> {
    let (request, standing) = see(app, viewer, id).await?;
    live(app, viewer, request, &standing, since).await
}

/// Since when something is new to whoever looks: the page tells it, as it was when it was opened.
#[derive(Deserialize)]
pub struct News {
    since: Option<i64>,
}

#[derive(Deserialize)]
pub struct Words {
    #[serde(default)]
    comment: String,
}

/// What is written is kept, whatever is decided meanwhile.
pub async fn comment(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
    Form(form): Form<Words>,
) -> Result<Response, Error> {
    let request = app.store.request(&id).await?;
    let nothing = Standing::unknown(viewer.person.named());
    // Whom it concerns anyway needs no right in Azure.
    let (request, standing) = match request.may_be_commented_by(&viewer.person, &nothing) {
        Ok(()) => (request, nothing),
        Err(_) => at_the_click(&app, &viewer, &id).await?,
    };
    let comment = request.comment(&viewer.person, &standing, &form.comment, app.clock.now());
    let refused = match comment {
        Ok(comment) if app.store.comment(&comment).await? => {
            metrics::counter!("twindesk_decisions_total", "act" => "commented").increment(1);
            return Ok(back_from(&id, "commented", &from).into_response());
        }
        Ok(_) => Refusal::ManyComments,
        Err(refusal) => refusal,
    };
    match refused {
        Refusal::NoComment | Refusal::LongComment | Refusal::ManyComments => {
            let typed = Typed { field: "comment", text: form.comment, problem: refused.text() };
            page(&app, &viewer, &id, Said { said: None, ..from }, typed).await
        }
        refusal => Err(refusal.into()),
    }
}

/// Says to others that this person is looking at it.
pub async fn look_at(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
) -> Result<Redirect, Error> {
    let (request, standing) = at_the_click(&app, &viewer, &id).await?;
    request.may_be_decided_by(&viewer.person, &standing, &app.policy)?;
    app.store.look_at(&id, &viewer.person.named(), app.clock.now()).await?;
    Ok(back_from(&id, "looking", &from))
}

pub async fn look_away(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
) -> Result<Redirect, Error> {
    at_the_click(&app, &viewer, &id).await?;
    app.store.look_away(&id, &viewer.person.id).await?;
    Ok(back_from(&id, "looked", &from))
}

#[derive(Deserialize)]
pub struct Approval {
    /// Digest of the plan that was on the page.
    pub plan: String,
    /// In whose name its steps would run, as the page told it.
    #[serde(default)]
    pub names: String,
}

/// The names on steps, as a form carries them.
fn carried(names: &[(usize, Named)]) -> String {
    let each: Vec<String> =
        names.iter().map(|(position, person)| format!("{position}:{}", person.id)).collect();
    each.join(" ")
}

pub async fn approve(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
    Form(approval): Form<Approval>,
) -> Result<Redirect, Error> {
    approve_one(&app, &viewer, &id, &approval, Seen::OnItsPage).await?;
    Ok(back_from(&id, "approved", &from))
}

/// The one way to an approval, alone or together with others.
pub async fn approve_one(
    app: &App,
    viewer: &Viewer,
    id: &str,
    approval: &Approval,
    seen: Seen,
) -> Result<(), Error> {
    let (request, approver) = at_the_click(app, viewer, id).await?;
    if is_theirs(&request, viewer, "approved") {
        return Ok(());
    }
    if seen == Seen::InAList
        && let Some(refusal) = read_first(app, viewer, &request).await?
    {
        return Err(refusal.into());
    }
    let requester = requesters_standing(app, &request, Freshness::Now).await;
    let now = app.clock.now();
    let change =
        request.approve(&viewer.person, &approver, &requester, &approval.plan, &app.policy, now)?;
    if approval.names != carried(&change.names) {
        return Err(Refusal::NamesChanged.into());
    }
    write(app, viewer, change, "approved").await.map(drop)
}

#[derive(Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: String,
}

/// A decision that its requester reads.
#[derive(Deserialize)]
pub struct Answer {
    /// As in [`Approval`].
    #[serde(default)]
    pub plan: String,
    #[serde(default)]
    pub reason: String,
}

pub async fn reject(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
    Form(form): Form<Answer>,
) -> Result<Response, Error> {
    match reject_one(&app, &viewer, &id, &form, Seen::OnItsPage).await? {
        Ok(()) => Ok(back_from(&id, "rejected", &from).into_response()),
        Err(why) => unanswered(&app, &viewer, &id, form.reason, from, why).await,
    }
}

/// The one way to a rejection; the error within is of the words, which can be put right.
pub async fn reject_one(
    app: &App,
    viewer: &Viewer,
    id: &str,
    answer: &Answer,
    seen: Seen,
) -> Result<Result<(), Untaken>, Error> {
    let (request, standing) = at_the_click(app, viewer, id).await?;
    if is_theirs(&request, viewer, "rejected") {
        return Ok(as_said(&request.decision, "rejected", &answer.reason));
    }
    if seen == Seen::InAList
        && let Some(refusal) = read_first(app, viewer, &request).await?
    {
        return Err(refusal.into());
    }
    let (me, now) = (&viewer.person, app.clock.now());
    let change = request.reject(me, &standing, &answer.plan, &answer.reason, &app.policy, now);
    worded(app, viewer, change, "rejected", &answer.reason).await
}

pub async fn send_back(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Query(from): Query<Said>,
    Form(form): Form<Answer>,
) -> Result<Response, Error> {
    let (request, standing) = at_the_click(&app, &viewer, &id).await?;
    let answered = if is_theirs(&request, &viewer, "sent-back") {
        as_said(&request.decision, "sent-back", &form.reason)
    } else {
        let (me, now) = (&viewer.person, app.clock.now());
        let change = request.send_back(me, &standing, &form.plan, &form.reason, &app.policy, now);
        worded(&app, &viewer, change, "sent-back", &form.reason).await?
    };
    match answered {
        Ok(()) => Ok(back_from(&id, "sent-back", &from).into_response()),
        Err(why) => unanswered(&app, &viewer, &id, form.reason, from, why).await,
    }
}

/// Writes a decision that comes with words; the error within is of the words.
async fn worded(
    app: &App,
    viewer: &Viewer,
    change: Result<Change, Refusal>,
    said: &str,
    typed: &str,
) -> Result<Result<(), Untaken>, Error> {
    match change {
        Ok(change) => {
            let stands = write(app, viewer, change, said).await?;
            Ok(as_said(&stands, said, typed))
        }
        Err(why @ (Refusal::NoReason | Refusal::NothingToChange | Refusal::LongReason)) => {
            Ok(Err(Untaken::reason(&why)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Somebody who clicks twice has decided once. Who has said something else meanwhile is told that it
/// does not stand there.
fn as_said(decision: &Decision, said: &str, typed: &str) -> Result<(), Untaken> {
    if decision.is_in_words(typed) { Ok(()) } else { Err(Untaken::decided_before(said)) }
}

/// The page again, with what was typed and what is wrong with it.
async fn unanswered(
    app: &App,
    viewer: &Viewer,
    id: &str,
    typed: String,
    from: Said,
    untaken: Untaken,
) -> Result<Response, Error> {
    let said = Said { said: None, ..from };
    let typed = Typed { field: untaken.field, text: typed, problem: untaken.why };
    page(app, viewer, id, said, typed).await
}

pub async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
) -> Result<Redirect, Error> {
    let (request, _) = see(&app, &viewer, &id).await?;
    if is_theirs(&request, &viewer, "withdrawn") {
        return Ok(back(&id, "withdrawn"));
    }
    let change = request.withdraw(&viewer.person, app.clock.now())?;
    decide(&app, &viewer, change, "withdrawn").await
}

pub async fn retry(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
) -> Result<Redirect, Error> {
    let (request, standing) = involved(&app, &viewer, &id).await?;
    let change = request.retry(&viewer.person, &standing, app.clock.now())?;
    decide(&app, &viewer, change, "retried").await
}

#[derive(Deserialize)]
pub struct TakeOver {
    /// Digest of the plan that was on the page.
    plan: String,
}

pub async fn take_over(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Form(form): Form<TakeOver>,
) -> Result<Redirect, Error> {
    let (request, standing) = at_the_click(&app, &viewer, &id).await?;
    let (now, policy) = (app.clock.now(), &app.policy);
    let change = request.take_over(&viewer.person, &standing, &form.plan, policy, now)?;
    decide(&app, &viewer, change, "taken-over").await
}

pub async fn stop(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
) -> Result<Redirect, Error> {
    let (request, standing) = see(&app, &viewer, &id).await?;
    let change = request.stop(&viewer.person, &standing, app.clock.now())?;
    decide(&app, &viewer, change, "stopped").await
}

pub async fn close(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
    Form(form): Form<Reason>,
) -> Result<Response, Error> {
    let (request, standing) = involved(&app, &viewer, &id).await?;
    match request.close(&viewer.person, &standing, &form.reason, app.clock.now()) {
        Ok(change) => Ok(decide(&app, &viewer, change, "closed").await?.into_response()),
        Err(why @ (Refusal::NoReason | Refusal::LongReason)) => {
            unanswered(&app, &viewer, &id, form.reason, Said::default(), Untaken::closing(&why))
                .await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

pub async fn verify(
    State(app): State<App>,
    viewer: Viewer,
    RequestId(id): RequestId,
) -> Result<Redirect, Error> {
    let (request, _) = see(&app, &viewer, &id).await?;
    let change = request.verify_again(&viewer.person, app.clock.now())?;
    decide(&app, &viewer, change, "tested").await
}

/// What the person may do is asked of Azure at the click, whatever was known when the page was made.
async fn at_the_click(app: &App, viewer: &Viewer, id: &str) -> Result<(Request, Standing), Error> {
    let request = app.store.request(id).await?;
    let standing = standing(app, &request, &viewer.person.named(), Freshness::Now)
        .await
        .map_err(|error| error.back_to(&format!("/requests/{id}")))?;
    let may_see = request.is_of(&viewer.person.id)
        || standing.decides(&request.asked.decided_at()) == Some(true);
    // To a stranger a request does not exist.
    if may_see { Ok((request, standing)) } else { Err(Error::Missing) }
}

/// For acts that need no right in Azure when it is one's own request, or one's name is on the step.
async fn involved(app: &App, viewer: &Viewer, id: &str) -> Result<(Request, Standing), Error> {
    let request = app.store.request(id).await?;
    let me = &viewer.person;
    if request.is_of(&me.id) || request.present_name().is_some_and(|named| named.id == me.id) {
        return Ok((request, Standing::unknown(me.named())));
    }
    at_the_click(app, viewer, id).await
}

async fn decide(app: &App, viewer: &Viewer, change: Change, said: &str) -> Result<Redirect, Error> {
    let id = change.request.id.clone();
    write(app, viewer, change, said).await?;
    Ok(back(&id, said))
}

/// Writes the decision, and gives the one that stands. Of two who decide at once, the second is told
/// who was first; somebody who clicks twice is shown what their first click did.
async fn write(app: &App, viewer: &Viewer, change: Change, said: &str) -> Result<Decision, Error> {
    let id = change.request.id.clone();
    match app.store.apply(&change).await {
        Ok(()) => {
            metrics::counter!("twindesk_decisions_total", "act" => said.to_owned()).increment(1);
            tracing::info!(request = id, act = said, "a request was decided");
            app.bell.notify_one();
            Ok(change.request.decision)
        }
        Err(store::Error::Stale) => {
            let now = app.store.request(&id).await?;
            if is_theirs(&now, viewer, said) {
                return Ok(now.decision);
            }
            Err(match now.decision {
                Decision::Approved { by, .. } | Decision::Rejected { by, .. } => {
                    Refusal::Decided(by.name).into()
                }
                Decision::Withdrawn { .. } => Refusal::Withdrawn.into(),
                Decision::SentBack { by, .. } => Refusal::SentBack(by.name).into(),
                _ => Error::Stale,
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether this person has done already what they are about to do.
fn is_theirs(request: &Request, viewer: &Viewer, said: &str) -> bool {
    let me = &viewer.person.id;
    match (said, &request.decision) {
        ("approved", Decision::Approved { by, .. })
        | ("rejected", Decision::Rejected { by, .. })
        | ("sent-back", Decision::SentBack { by, .. }) => by.id == *me,
        ("withdrawn", Decision::Withdrawn { .. }) => request.is_of(me),
        _ => false,
    }
}

fn back(id: &str, said: &str) -> Redirect {
    Redirect::to(&format!("/requests/{id}?said={said}"))
}

/// The same, for somebody who came from the queue.
fn back_from(id: &str, said: &str, from: &Said) -> Redirect {
    match &from.queue {
        Some(queue) => {
            let query = QueueQuery::parse(queue).carried();
            Redirect::to(&format!("/requests/{id}?said={said}&{query}"))
        }
        None => back(id, said),
    }
}
