//! Asking and deciding: who may do what with a request, and everything that must then be written.
//! Knows neither database nor page; the same rule answers the button and the act.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{
    Time,
    asked::Asked,
    history::{Actor, Event},
    permission::{ASSIGN_ROLES, Need, Permissions},
    person::{Named, Person},
    plan::{self, Step},
    policy::{Approval, Policy},
    run::{self, Progress, Run, State, StepState},
    scope::Scope,
};
use crate::{text, words::Text};

/// What somebody asked, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// UUIDv7 text.
    pub id: String,
    pub asked: Asked,
    pub requester: Person,
    pub asked_at: Time,
    pub decision: Decision,
    /// Counts the decisions; who writes with an old one is told that somebody was faster.
    pub version: i64,
    /// How often it has been asked: 1, and one more each time that it was sent back and came again.
    pub revision: u32,
    pub run: Run,
    pub steps: Vec<Progress>,
    /// Who of those who may decide has said so last.
    pub looking: Option<Looking>,
}

/// Somebody who may decide a request has said that they are looking at it. It keeps nobody else from
/// deciding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looking {
    pub by: Named,
    pub since: Time,
}

impl Looking {
    pub const LASTS: Duration = Duration::from_secs(30 * 60);

    pub fn until(&self) -> Time {
        self.since.plus(Looking::LASTS)
    }

    /// It ends by itself.
    pub fn holds(&self, now: Time) -> bool {
        self.since <= now && now < self.until()
    }
}

/// What somebody wrote about a request, ready to be kept. It decides nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub request: Request,
    pub event: Event,
    pub by: Actor,
    pub at: Time,
}

/// What people have decided. How far the plan has come is the run's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The requester may do all of it in Azure already.
    NotNeeded,
    Pending,
    Approved {
        by: Named,
        at: Time,
    },
    Rejected {
        by: Named,
        at: Time,
        reason: String,
    },
    Withdrawn {
        at: Time,
    },
    /// It is the requester's turn: `reason` says what should change.
    SentBack {
        by: Named,
        at: Time,
        reason: String,
    },
}

impl Decision {
    pub fn word(&self) -> &'static str {
        match self {
            Decision::NotNeeded => "not_needed",
            Decision::Pending => "pending",
            Decision::Approved { .. } => "approved",
            Decision::Rejected { .. } => "rejected",
            Decision::Withdrawn { .. } => "withdrawn",
            Decision::SentBack { .. } => "sent_back",
        }
    }

    /// Whether it was told in these words. Who typed none has said nothing else.
    pub fn is_in_words(&self, typed: &str) -> bool {
        match self {
            Decision::Rejected { reason, .. } | Decision::SentBack { reason, .. } => {
                match sound_reason(typed) {
                    Ok(words) => words == *reason,
                    Err(why) => why == Refusal::NoReason,
                }
            }
            _ => true,
        }
    }
}

/// Where a request stands, as people are told: the decision and the run in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Waiting,
    SentBack,
    Approved,
    Running,
    NeedsSignIn,
    Stopped,
    Done,
    Verified,
    Rejected,
    Withdrawn,
    Closed,
}

impl Status {
    pub const ALL: [Status; 11] = [
        Status::Waiting,
        Status::SentBack,
        Status::Approved,
        Status::Running,
        Status::NeedsSignIn,
        Status::Stopped,
        Status::Done,
        Status::Verified,
        Status::Rejected,
        Status::Withdrawn,
        Status::Closed,
    ];

    /// `begun` says whether any step has been tried.
    pub fn of(decision: &str, run: State, begun: bool) -> Status {
        match (run, decision) {
            (State::Running, "approved") if !begun => Status::Approved,
            (State::Running, _) => Status::Running,
            (State::NeedsSignIn, _) => Status::NeedsSignIn,
            (State::Stopped, _) => Status::Stopped,
            (State::Done, _) => Status::Done,
            (State::Verified, _) => Status::Verified,
            (_, "withdrawn") => Status::Withdrawn,
            (_, "rejected") => Status::Rejected,
            (State::Waiting, "sent_back") => Status::SentBack,
            (State::Closed, _) => Status::Closed,
            (State::Waiting, _) => Status::Waiting,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Status::Waiting => "waiting",
            Status::SentBack => "sent-back",
            Status::Approved => "approved",
            Status::Running => "running",
            Status::NeedsSignIn => "needs-sign-in",
            Status::Stopped => "stopped",
            Status::Done => "done",
            Status::Verified => "verified",
            Status::Rejected => "rejected",
            Status::Withdrawn => "withdrawn",
            Status::Closed => "closed",
        }
    }

    pub fn label(self) -> Text {
        Text::of(format!("status-{}", self.word()))
    }
}

/// What one person may do, as Azure told it to their own token a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub person: Named,
    /// By [`Scope::key`]. A scope that is not in it could not be asked about.
    pub held: BTreeMap<String, Permissions>,
    /// Steps (by position) that Azure shows to be done already.
    pub so_already: BTreeSet<usize>,
    /// Steps (by position) that a condition on this person's own role keeps from them: Azure's
    /// permissions do not tell of conditions.
    pub beyond: BTreeSet<usize>,
}

/// Whether somebody can carry out a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    Yes,
    /// What they lack, and where.
    Lacks(Vec<Need>),
    /// Azure could not be asked.
    Unknown,
}

impl Standing {
    /// Nothing is known of what this person may do.
    pub fn unknown(person: Named) -> Standing {
        Standing {
            person,
            held: BTreeMap::new(),
            so_already: BTreeSet::new(),
            beyond: BTreeSet::new(),
        }
    }

    pub fn holds(&self, need: &Need) -> Option<bool> {
        self.held.get(&need.scope.key()).map(|permissions| permissions.allow(&need.action))
    }

    pub fn covers(&self, position: usize, step: &Step) -> Cover {
        if self.so_already.contains(&position) {
            return Cover::Yes;
        }
        if self.beyond.contains(&position) {
            return Cover::Lacks(step.needs.clone());
        }
        let lacks: Vec<Need> =
            step.needs.iter().filter(|need| self.holds(need) == Some(false)).cloned().collect();
        if !lacks.is_empty() {
            Cover::Lacks(lacks)
        } else if step.needs.iter().any(|need| self.holds(need).is_none()) {
            Cover::Unknown
        } else {
            Cover::Yes
        }
    }

    /// Whether this person may decide what is asked at `scope`.
    pub fn decides(&self, scope: &Scope) -> Option<bool> {
        self.holds(&Need::new(ASSIGN_ROLES, scope.clone()))
    }
}

/// Who would carry out a step that waits for a decision, were it approved now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    Approver,
    Requester,
    /// Neither can; this is what the approver lacks.
    Nobody(Vec<Need>),
    Unknown,
}

/// A decision ready to be written: what changes and the sentence that tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub request: Request,
    /// Whether the request is new.
    pub new: bool,
    /// Names put on steps, by position.
    pub names: Vec<(usize, Named)>,
    pub effect: Effect,
    pub event: Event,
    pub by: Actor,
    pub at: Time,
}

/// What a decision does to the run, which a worker may hold at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The run is new, or goes on as it is.
    None,
    /// Where it waited for names, it may go on.
    Release,
    /// The run ends here; only when it still is as it was seen.
    Close,
    /// The present step is tried anew; only when it still is as it was seen.
    Retry,
    /// The same, under the new names on it and on later steps; only when it still is as it was seen.
    TakeOver,
    /// Nothing more is sent. Where nothing is under way, the run ends here.
    Halt,
    /// What is asked, its plan and its run are new; only when nothing of the old ones has begun. The
    /// old ones are kept beside.
    AskAgain,
}

/// Why somebody may not do what they asked to. The text is for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// By whom.
    Decided(String),
    Withdrawn,
    /// By whom.
    SentBack(String),
    /// Part of it has been carried out already.
    Begun,
    NothingToChange,
    NotSentBack,
    OtherKind,
    NoDecision,
    /// Where roles would have to be assigned.
    NotApprover(String),
    /// Azure could not be asked.
    Unknown,
    OwnRequest,
    PlanChanged,
    NamesChanged,
    /// What neither of the two holds.
    Lacking(Text),
    NoReason,
    LongReason,
    NoComment,
    LongComment,
    ManyComments,
    Unread,
    NotRequester,
    InFlight,
    Ended,
    NotStopped,
    NotClosable,
    NotInvolved,
    NotVerifiable,
    NotStuck,
    YoursAlready,
    /// What whoever would take it over does not hold.
    TakerLacks(Text),
    NotRunning,
    StoppedAlready,
}

impl Refusal {
    pub fn text(&self) -> Text {
        match self {
            Refusal::Decided(name) => text!("cannot-decided", name = name),
            Refusal::Withdrawn => text!("cannot-withdrawn"),
            Refusal::SentBack(name) => text!("cannot-sent-back", name = name),
            Refusal::Begun => text!("cannot-begun"),
            Refusal::NothingToChange => text!("cannot-nothing-to-change"),
            Refusal::NotSentBack => text!("cannot-not-sent-back"),
            Refusal::OtherKind => text!("cannot-other-kind"),
            Refusal::NoDecision => text!("cannot-no-decision"),
            Refusal::NotApprover(place) => text!("cannot-not-approver", place = place),
            Refusal::Unknown => text!("cannot-unknown"),
            Refusal::OwnRequest => text!("cannot-own-request"),
            Refusal::PlanChanged => text!("cannot-plan-changed"),
            Refusal::NamesChanged => text!("cannot-names-changed"),
            Refusal::Lacking(what) => text!("cannot-lacking", what = what),
            Refusal::NoReason => text!("cannot-no-reason"),
            Refusal::LongReason => text!("cannot-long-reason"),
            Refusal::NoComment => text!("cannot-no-comment"),
            Refusal::LongComment => text!("cannot-long-comment"),
            Refusal::ManyComments => text!("cannot-many-comments"),
            Refusal::Unread => text!("cannot-unread"),
            Refusal::NotRequester => text!("cannot-not-requester"),
            Refusal::InFlight => text!("cannot-in-flight"),
            Refusal::Ended => text!("cannot-ended"),
            Refusal::NotStopped => text!("cannot-not-stopped"),
            Refusal::NotClosable => text!("cannot-not-closable"),
            Refusal::NotInvolved => text!("cannot-not-involved"),
            Refusal::NotVerifiable => text!("cannot-not-verifiable"),
            Refusal::NotStuck => text!("cannot-not-stuck"),
            Refusal::YoursAlready => text!("cannot-yours-already"),
            Refusal::TakerLacks(what) => text!("cannot-taker-lacks", what = what),
            Refusal::NotRunning => text!("cannot-not-running"),
            Refusal::StoppedAlready => text!("cannot-stopped-already"),
        }
    }

    /// Whether these words will do as a reason, before anything is decided with them.
    pub fn of_reason(typed: &str) -> Result<(), Refusal> {
        sound_reason(typed).map(drop)
    }
}

impl Request {
    /// A new request. Under [`Approval::WhenNeeded`] the requester's name goes on each step that
    /// they may do in Azure already.
    pub fn ask(
        id: String,
        asked: Asked,
        steps: Vec<Step>,
        requester: Person,
        standing: &Standing,
        policy: &Policy,
        at: Time,
    ) -> Change {
        let named = requester.named();
        let (steps, decision) = named_by(&named, steps, standing, policy);
        let event = Event::Asked {
            title: asked.title(),
            justification: asked.justification().to_owned(),
            plan: plan::digest(steps.iter().map(|step| &step.step)),
        };
        let run = run::begin(&id, &steps, at);
        let request = Request {
            id,
            asked,
            requester,
            asked_at: at,
            decision,
            version: 0,
            revision: 1,
            run,
            steps,
            looking: None,
        };
        Change {
            request,
            new: true,
            names: Vec::new(),
            effect: Effect::None,
            event,
            by: Actor::Person(named),
            at,
        }
    }

    /// Whether this person may change it now and ask again.
    pub fn may_be_asked_again_by(&self, by: &Person) -> Result<(), Refusal> {
        match (self.is_of(&by.id), self.status()) {
            (true, Status::SentBack) => Ok(()),
            _ => Err(Refusal::NotSentBack),
        }
    }

    /// The same request with other content and another plan. What was sent back waits anew, or runs
    /// where its requester has come to hold what it needs.
    pub fn ask_again(
        self,
        asked: Asked,
        steps: Vec<Step>,
        standing: &Standing,
        policy: &Policy,
        at: Time,
    ) -> Result<Change, Refusal> {
        let by = self.requester.clone();
        self.may_be_asked_again_by(&by)?;
        if asked.kind() != self.asked.kind() {
            return Err(Refusal::OtherKind);
        }
        let (steps, decision) = named_by(&by.named(), steps, standing, policy);
        let revision = self.revision + 1;
        let event = Event::AskedAgain {
            title: asked.title(),
            justification: asked.justification().to_owned(),
            plan: plan::digest(steps.iter().map(|step| &step.step)),
            revision,
        };
        let run = run::begin(&self.id, &steps, at);
        let anew = Request { asked, steps, run, revision, ..self };
        Ok(anew.change(decision, Vec::new(), Effect::AskAgain, event, &by, at))
    }

    pub fn status(&self) -> Status {
        let begun = self.steps.iter().any(|step| step.began_at.is_some());
        Status::of(self.decision.word(), self.run.state, begun)
    }

    pub fn digest(&self) -> String {
        plan::digest(self.steps.iter().map(|step| &step.step))
    }

    pub fn is_of(&self, person: &str) -> bool {
        self.requester.id == person
    }

    /// Who carries out each step that has no name yet, by position.
    pub fn carriers(&self, approver: &Standing, requester: &Standing) -> Vec<(usize, Carrier)> {
        self.undecided()
            .map(|(position, step)| {
                let carrier = match (
                    approver.covers(position, &step.step),
                    requester.covers(position, &step.step),
                ) {
                    (Cover::Yes, _) => Carrier::Approver,
                    (_, Cover::Yes) => Carrier::Requester,
                    (Cover::Lacks(needs), _) => Carrier::Nobody(needs),
                    (Cover::Unknown, _) => Carrier::Unknown,
                };
                (position, carrier)
            })
            .collect()
    }

    /// In whose name each step that has none yet would run, were it approved now.
    pub fn names(&self, approver: &Standing, requester: &Standing) -> Vec<(usize, Named)> {
        self.carriers(approver, requester)
            .into_iter()
            .map(|(position, carrier)| match carrier {
                Carrier::Requester => (position, requester.person.clone()),
                _ => (position, approver.person.clone()),
            })
            .collect()
    }

    fn undecided(&self) -> impl Iterator<Item = (usize, &Progress)> {
        self.steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.in_name_of.is_none() && step.state == StepState::Waiting)
    }

    /// Whether this person may decide it now; the reason when not.
    pub fn may_be_decided_by(
        &self,
        by: &Person,
        standing: &Standing,
        policy: &Policy,
    ) -> Result<(), Refusal> {
        match &self.decision {
            Decision::Pending => {}
            Decision::NotNeeded => return Err(Refusal::NoDecision),
            Decision::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Decision::SentBack { by, .. } => return Err(Refusal::SentBack(by.name.clone())),
            Decision::Approved { by, .. } | Decision::Rejected { by, .. } => {
                return Err(Refusal::Decided(by.name.clone()));
            }
        }
        let scope = self.asked.decided_at();
        match standing.decides(&scope) {
            Some(true) => {}
            Some(false) => return Err(Refusal::NotApprover(self.asked.decided_in())),
            None => return Err(Refusal::Unknown),
        }
        if self.is_of(&by.id) && policy.approval == Approval::Always && !policy.self_approval {
            return Err(Refusal::OwnRequest);
        }
        Ok(())
    }

    /// Whether approving would lead anywhere: every step has somebody who can carry it out.
    pub fn can_be_carried_out(
        &self,
        approver: &Standing,
        requester: &Standing,
    ) -> Result<(), Refusal> {
        let carriers = self.carriers(approver, requester);
        let lacking: Vec<Text> = carriers
            .iter()
            .filter_map(|(position, carrier)| match carrier {
                Carrier::Nobody(needs) => Some((*position, needs)),
                _ => None,
            })
            .map(|(position, needs)| {
                text!(
                    "cannot-step-lacking",
                    step = self.steps[position].step.action.title(),
                    needs = Need::all(needs),
                    name = &self.requester.name
                )
            })
            .collect();
        if !lacking.is_empty() {
            return Err(Refusal::Lacking(Text::sentences(lacking)));
        }
        if carriers.iter().any(|(_, carrier)| *carrier == Carrier::Unknown) {
            return Err(Refusal::Unknown);
        }
        Ok(())
    }

    /// `shown` is the digest of the plan that the approver had before them.
    pub fn approve(
        self,
        by: &Person,
        approver: &Standing,
        requester: &Standing,
        shown: &str,
        policy: &Policy,
        at: Time,
    ) -> Result<Change, Refusal> {
        self.may_be_decided_by(by, approver, policy)?;
        let digest = self.as_shown(shown)?;
        self.can_be_carried_out(approver, requester)?;
        let names = self.names(approver, requester);
        let decision = Decision::Approved { by: by.named(), at };
        Ok(self.change(decision, names, Effect::Release, Event::Approved { plan: digest }, by, at))
    }

    /// The digest of its plan, where that is the one that somebody has seen.
    fn as_shown(&self, shown: &str) -> Result<String, Refusal> {
        let digest = self.digest();
        if shown == digest { Ok(digest) } else { Err(Refusal::PlanChanged) }
    }

    /// Whether it can be changed as a whole: it waits, and nothing has been tried.
    pub fn may_be_sent_back_by(
        &self,
        by: &Person,
        standing: &Standing,
        policy: &Policy,
    ) -> Result<(), Refusal> {
        self.may_be_decided_by(by, standing, policy)?;
        let fresh = |step: &Progress| step.state == StepState::Waiting && step.began_at.is_none();
        if self.run.state == State::Waiting && self.steps.iter().all(fresh) {
            Ok(())
        } else {
            Err(Refusal::Begun)
        }
    }

    /// It waits no more for a decision, but for the requester to change it.
    pub fn send_back(
        self,
        by: &Person,
        standing: &Standing,
        shown: &str,
        reason: &str,
        policy: &Policy,
        at: Time,
    ) -> Result<Change, Refusal> {
        self.may_be_sent_back_by(by, standing, policy)?;
        self.as_shown(shown)?;
        let reason = sound_reason(reason).map_err(|why| match why {
            Refusal::NoReason => Refusal::NothingToChange,
            other => other,
        })?;
        let decision = Decision::SentBack { by: by.named(), at, reason: reason.clone() };
        Ok(self.change(decision, Vec::new(), Effect::None, Event::SentBack { reason }, by, at))
    }

    /// `shown` as for [`Request::approve`].
    pub fn reject(
        self,
        by: &Person,
        standing: &Standing,
        shown: &str,
        reason: &str,
        policy: &Policy,
        at: Time,
    ) -> Result<Change, Refusal> {
        self.may_be_decided_by(by, standing, policy)?;
        self.as_shown(shown)?;
        let reason = sound_reason(reason)?;
        let decision = Decision::Rejected { by: by.named(), at, reason: reason.clone() };
        Ok(self.change(decision, Vec::new(), Effect::None, Event::Rejected { reason }, by, at))
    }

    pub fn may_be_withdrawn_by(&self, by: &Person) -> Result<(), Refusal> {
        if !self.is_of(&by.id) {
            return Err(Refusal::NotRequester);
        }
        match (&self.decision, self.run.state) {
            (Decision::Pending | Decision::SentBack { .. }, State::Waiting) => Ok(()),
            (_, State::Running) => Err(Refusal::InFlight),
            _ => Err(Refusal::Ended),
        }
    }

    pub fn withdraw(self, by: &Person, at: Time) -> Result<Change, Refusal> {
        self.may_be_withdrawn_by(by)?;
        let decision = Decision::Withdrawn { at };
        Ok(self.change(decision, Vec::new(), Effect::Close, Event::Withdrawn, by, at))
    }

    /// Who is looking at it now, as they said; nobody where there is nothing to decide any more.
    pub fn looked_at_by(&self, now: Time) -> Option<&Looking> {
        let pending = self.decision == Decision::Pending;
        self.looking.as_ref().filter(|looking| pending && looking.holds(now))
    }

    /// Who asked, whose name is on a step, and who may decide there; in any state.
    pub fn may_be_commented_by(&self, by: &Person, standing: &Standing) -> Result<(), Refusal> {
        let named = |step: &Progress| step.in_name_of.as_ref().is_some_and(|name| name.id == by.id);
        if self.steps.iter().any(named) {
            return Ok(());
        }
        self.concerns(by, standing)
    }

    pub fn comment(
        self,
        by: &Person,
        standing: &Standing,
        typed: &str,
        at: Time,
    ) -> Result<Comment, Refusal> {
        self.may_be_commented_by(by, standing)?;
        let words = sound_reason(typed).map_err(|why| match why {
            Refusal::NoReason => Refusal::NoComment,
            Refusal::LongReason => Refusal::LongComment,
            other => other,
        })?;
        let event = Event::Commented { words };
        Ok(Comment { request: self, event, by: Actor::Person(by.named()), at })
    }

    /// Whether this person may take a stopped run up again or end it.
    fn concerns(&self, by: &Person, standing: &Standing) -> Result<(), Refusal> {
        let involved = self.is_of(&by.id)
            || self.present_name().is_some_and(|person| person.id == by.id)
            || standing.decides(&self.asked.decided_at()) == Some(true);
        if involved { Ok(()) } else { Err(Refusal::NotInvolved) }
    }

    pub fn may_be_retried_by(&self, by: &Person, standing: &Standing) -> Result<(), Refusal> {
        if self.run.state != State::Stopped {
            return Err(Refusal::NotStopped);
        }
        self.concerns(by, standing)
    }

    /// The failed step is tried again, in the name that is on it.
    pub fn retry(self, by: &Person, standing: &Standing, at: Time) -> Result<Change, Refusal> {
        self.may_be_retried_by(by, standing)?;
        let step = self.present_title();
        let decision = self.decision.clone();
        Ok(self.change(decision, Vec::new(), Effect::Retry, Event::Retried { step }, by, at))
    }

    pub fn may_be_closed_by(&self, by: &Person, standing: &Standing) -> Result<(), Refusal> {
        if !matches!(self.run.state, State::Stopped | State::NeedsSignIn) {
            return Err(Refusal::NotClosable);
        }
        self.concerns(by, standing)
    }

    /// The run ends where it stands. What has been made in Azure stays.
    pub fn close(
        self,
        by: &Person,
        standing: &Standing,
        reason: &str,
        at: Time,
    ) -> Result<Change, Refusal> {
        self.may_be_closed_by(by, standing)?;
        let reason = sound_reason(reason)?;
        let decision = self.undecided_no_more(at);
        Ok(self.change(decision, Vec::new(), Effect::Close, Event::Closed { reason }, by, at))
    }

    /// The present step and those after it that run in the same name, with which the run is stuck.
    fn stuck(&self) -> Vec<usize> {
        let Some(name) = self.present_name() else { return Vec::new() };
        let steps = self.steps.iter().enumerate().skip(self.run.position);
        let same = steps.filter(|(_, step)| {
            step.in_name_of.as_ref().is_some_and(|other| other.id == name.id)
                && !step.step.action.is_verification()
        });
        same.map(|(position, _)| position).collect()
    }

    /// Titles of the steps that would run in another name, were it taken over.
    pub fn stuck_titles(&self) -> Text {
        let titles = self.stuck().into_iter().map(|at| self.steps[at].step.action.title());
        Text::joined(titles, "; ")
    }

    /// Whether somebody who could not be asked before may carry it on in their own name.
    pub fn may_be_taken_over_by(
        &self,
        by: &Person,
        standing: &Standing,
        policy: &Policy,
    ) -> Result<(), Refusal> {
        let stuck = self.stuck();
        if !matches!(self.run.state, State::Stopped | State::NeedsSignIn) || stuck.is_empty() {
            return Err(Refusal::NotStuck);
        }
        if self.present_name().is_some_and(|name| name.id == by.id) {
            return Err(Refusal::YoursAlready);
        }
        match standing.decides(&self.asked.decided_at()) {
            Some(true) => {}
            Some(false) => return Err(Refusal::NotApprover(self.asked.decided_in())),
            None => return Err(Refusal::Unknown),
        }
        if self.is_of(&by.id) && policy.approval == Approval::Always && !policy.self_approval {
            return Err(Refusal::OwnRequest);
        }
        let mut lacks = Vec::new();
        for position in stuck {
            let step = &self.steps[position].step;
            match standing.covers(position, step) {
                Cover::Yes => {}
                Cover::Unknown => return Err(Refusal::Unknown),
                Cover::Lacks(needs) => lacks.push(text!(
                    "cannot-step-needs",
                    step = step.action.title(),
                    needs = Need::all(&needs)
                )),
            }
        }
        if lacks.is_empty() { Ok(()) } else { Err(Refusal::TakerLacks(Text::sentences(lacks))) }
    }

    /// Another approver carries the run on. `shown` is the digest of the plan that they had before
    /// them.
    pub fn take_over(
        self,
        by: &Person,
        standing: &Standing,
        shown: &str,
        policy: &Policy,
        at: Time,
    ) -> Result<Change, Refusal> {
        self.may_be_taken_over_by(by, standing, policy)?;
        let plan = self.as_shown(shown)?;
        let names = self.stuck().into_iter().map(|position| (position, by.named())).collect();
        let from = self.present_name().cloned().ok_or(Refusal::NotStuck)?;
        let event = Event::TakenOver { step: self.present_title(), from, plan };
        let decision = self.decision.clone();
        Ok(self.change(decision, names, Effect::TakeOver, event, by, at))
    }

    /// Who asked, whose name is on a step, and who may decide there.
    pub fn may_be_stopped_by(&self, by: &Person, standing: &Standing) -> Result<(), Refusal> {
        if self.run.state != State::Running {
            return Err(Refusal::NotRunning);
        }
        if self.run.stop_asked {
            return Err(Refusal::StoppedAlready);
        }
        let named = |step: &Progress| step.in_name_of.as_ref().is_some_and(|name| name.id == by.id);
        let approved =
            matches!(&self.decision, Decision::Approved { by: other, .. } if other.id == by.id);
        if approved || self.steps.iter().any(named) {
            return Ok(());
        }
        self.concerns(by, standing)
    }

    /// What was approved, or asked, is withdrawn while it runs. What has been made in Azure stays.
    pub fn stop(self, by: &Person, standing: &Standing, at: Time) -> Result<Change, Refusal> {
        self.may_be_stopped_by(by, standing)?;
        let decision = self.undecided_no_more(at);
        Ok(self.change(decision, Vec::new(), Effect::Halt, Event::StopAsked, by, at))
    }

    pub fn may_be_verified_by(&self, by: &Person) -> Result<(), Refusal> {
        let given_up = self.steps.last().is_some_and(|last| {
            last.step.action.is_verification() && last.state == StepState::GivenUp
        });
        if self.is_of(&by.id) && self.run.state == State::Done && given_up {
            Ok(())
        } else {
            Err(Refusal::NotVerifiable)
        }
    }

    /// The data plane is asked again with the requester's own token.
    pub fn verify_again(self, by: &Person, at: Time) -> Result<Change, Refusal> {
        self.may_be_verified_by(by)?;
        let step = self.steps.last().map(|last| last.step.action.title()).unwrap_or_default();
        let decision = self.decision.clone();
        Ok(self.change(decision, Vec::new(), Effect::Retry, Event::Retried { step }, by, at))
    }

    /// What nobody has decided must not stay in the queue when the run ends.
    fn undecided_no_more(&self, at: Time) -> Decision {
        match self.decision {
            Decision::Pending | Decision::SentBack { .. } => Decision::Withdrawn { at },
            ref decided => decided.clone(),
        }
    }

    /// In whose name the present step runs.
    pub fn present_name(&self) -> Option<&Named> {
        self.steps.get(self.run.position)?.in_name_of.as_ref()
    }

    fn present_title(&self) -> Text {
        self.steps.get(self.run.position).map(|step| step.step.action.title()).unwrap_or_default()
    }

    fn change(
        self,
        decision: Decision,
        names: Vec<(usize, Named)>,
        effect: Effect,
        event: Event,
        by: &Person,
        at: Time,
    ) -> Change {
        let request = Request { decision, ..self };
        Change { request, new: false, names, effect, event, by: Actor::Person(by.named()), at }
    }
}

/// Under [`Approval::WhenNeeded`] the requester's name goes on each step that they may do in Azure
/// already; where that is all of them, there is nothing to decide.
fn named_by(
    requester: &Named,
    steps: Vec<Step>,
    standing: &Standing,
    policy: &Policy,
) -> (Vec<Progress>, Decision) {
    let steps: Vec<Progress> = steps
        .into_iter()
        .enumerate()
        .map(|(position, step)| {
            let own = step.action.is_verification()
                || (policy.approval == Approval::WhenNeeded
                    && standing.covers(position, &step) == Cover::Yes);
            Progress { in_name_of: own.then(|| requester.clone()), ..Progress::fresh(step) }
        })
        .collect();
    let all = steps.iter().all(|step| step.in_name_of.is_some());
    (steps, if all { Decision::NotNeeded } else { Decision::Pending })
}

fn sound_reason(typed: &str) -> Result<String, Refusal> {
    let reason = typed.trim().replace("\r\n", "\n").replace('\0', "");
    match reason.chars().count() {
        0 => Err(Refusal::NoReason),
        1..=2_000 => Ok(reason),
        _ => Err(Refusal::LongReason),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{asked::*, permission::*, role::Role},
        *,
    };
    use crate::domain::principal::{Principal, PrincipalKind};

    const NOW: Time = Time(1_000_000);

    fn person(id: &str) -> Person {
        Person {
            id: id.into(),
            name: id.to_uppercase(),
            upn: format!("{id}@contoso.com"),
            auditor: false,
        }
    }

    fn may(id: &str, actions: &[&str]) -> Standing {
        let permissions = Permissions(vec![Grant {
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            not_actions: vec![],
        }]);
        let held = ["/subscriptions/s", "/subscriptions/s/resourcegroups/rg"]
            .into_iter()
            .map(|key| (key.to_owned(), permissions.clone()))
            .collect();
        Standing { held, ..Standing::unknown(person(id).named()) }
    }

    fn owner(id: &str) -> Standing {
        may(id, &["*"])
    }
    fn contributor(id: &str) -> Standing {
        may(id, &["Microsoft.DigitalTwins/*", "Microsoft.Resources/*"])
    }
    fn access_administrator(id: &str) -> Standing {
        may(id, &["Microsoft.Authorization/*", "*/read"])
    }
    fn nobody(id: &str) -> Standing {
        may(id, &[])
    }

    fn asked() -> Asked {
        Asked::CreateInstance(CreateInstance {
            subscription: Subscription { id: "s".into(), name: "Production".into() },
            group: "rg".into(),
            new_group: false,
            name: "dt-1".into(),
            region: "westeurope".into(),
            region_name: "West Europe".into(),
            tags: BTreeMap::new(),
            networking: Networking::default(),
            system_identity: false,
            grants: vec![Grantee {
                principal: Principal {
                    id: "nina".into(),
                    kind: PrincipalKind::User,
                    name: None,
                    mail: None,
                },
                role: Role::DataOwner,
            }],
            justification: "why".into(),
        })
    }

    fn ask_under(standing: &Standing, policy: &Policy) -> Request {
        let nina = person("nina");
        let seen = plan::Surroundings { provider_registered: Some(true) };
        let steps = plan::plan(plan::Round::first(uuid::Uuid::nil()), &asked(), &nina, seen);
        Request::ask("r".into(), asked(), steps, nina, standing, policy, NOW).request
    }

    fn ask(standing: &Standing) -> Request {
        ask_under(standing, &Policy::default())
    }

    fn always() -> Policy {
        Policy { approval: Approval::Always, ..Policy::default() }
    }

    fn names(request: &Request) -> Vec<Option<&str>> {
        request
            .steps
            .iter()
            .map(|step| step.in_name_of.as_ref().map(|named| named.id.as_str()))
            .collect()
    }

    #[test]
    fn an_owner_is_served_at_once() {
        let request = ask(&owner("nina"));
        assert_eq!(request.decision, Decision::NotNeeded);
        assert_eq!((request.run.state, request.run.due_at), (State::Running, Some(NOW)));
    }

    #[test]
    fn a_contributor_gets_the_instance_now_while_the_grant_waits() {
        let request = ask(&contributor("nina"));
        assert_eq!(request.decision, Decision::Pending);
        assert_eq!(request.run.state, State::Running);
        assert_eq!(names(&request), [Some("nina"), None, Some("nina")]);
    }

    #[test]
    fn somebody_without_rights_waits_for_everything() {
        let request = ask(&nobody("nina"));
        assert_eq!(
            (request.decision.clone(), request.run.state),
            (Decision::Pending, State::Waiting)
        );
        assert_eq!(request.run.due_at, None);
    }

    #[test]
    fn nothing_runs_before_a_decision_where_the_policy_says_always() {
        let request = ask_under(&owner("nina"), &always());
        assert_eq!(
            (request.decision.clone(), request.run.state),
            (Decision::Pending, State::Waiting)
        );
        let digest = request.digest();
        let own = request.clone().approve(
            &person("nina"),
            &owner("nina"),
            &owner("nina"),
            &digest,
            &always(),
            NOW,
        );
        assert_eq!(own.expect_err("their own"), Refusal::OwnRequest);
        let policy = Policy { self_approval: true, ..always() };
        assert!(
            request
                .approve(&person("nina"), &owner("nina"), &owner("nina"), &digest, &policy, NOW)
                .is_ok()
        );
    }

    #[test]
    fn user_access_administrator_alone_approves_the_grant_that_a_contributor_needs() {
        let request = ask(&contributor("nina"));
        let digest = request.digest();
        let change = request
            .approve(
                &person("uma"),
                &access_administrator("uma"),
                &contributor("nina"),
                &digest,
                &Policy::default(),
                NOW,
            )
            .expect("she may");
        assert_eq!(change.names, [(1, person("uma").named())]);
        assert_eq!(change.effect, Effect::Release);
    }

    #[test]
    fn an_approver_who_lacks_contributor_sees_what_is_missing_and_cannot_approve() {
        let request = ask(&nobody("nina"));
        let digest = request.digest();
        let refused = request
            .approve(
                &person("uma"),
                &access_administrator("uma"),
                &nobody("nina"),
                &digest,
                &Policy::default(),
                NOW,
            )
            .expect_err("she lacks Contributor");
        let words = refused.text().to_string();
        assert!(
            words.contains(WRITE_INSTANCE) && words.contains("/subscriptions/s/resourceGroups/rg"),
            "{words}"
        );
    }

    #[test]
    fn what_the_approver_lacks_runs_in_the_requesters_name_where_they_hold_it() {
        let request = ask_under(&contributor("nina"), &always());
        let digest = request.digest();
        let change = request
            .approve(
                &person("uma"),
                &access_administrator("uma"),
                &contributor("nina"),
                &digest,
                &always(),
                NOW,
            )
            .expect("together they can");
        let who: Vec<&str> = change.names.iter().map(|(_, named)| named.id.as_str()).collect();
        assert_eq!(who, ["nina", "uma"]);
    }

    #[test]
    fn nobody_approves_another_plan_than_the_one_shown() {
        let refused = ask(&nobody("nina"))
            .approve(
                &person("olivia"),
                &owner("olivia"),
                &nobody("nina"),
                "another",
                &Policy::default(),
                NOW,
            )
            .expect_err("another plan");
        assert_eq!(refused, Refusal::PlanChanged);
    }

    #[test]
    fn a_hint_that_could_not_be_had_is_no_permission() {
        let request = ask(&Standing::unknown(person("nina").named()));
        assert_eq!(request.decision, Decision::Pending);
        let unknown = Standing::unknown(person("olivia").named());
        assert_eq!(
            request.may_be_decided_by(&person("olivia"), &unknown, &Policy::default()),
            Err(Refusal::Unknown)
        );
    }

    #[test]
    fn a_contributor_decides_nothing() {
        let request = ask(&nobody("nina"));
        assert!(matches!(
            request.may_be_decided_by(&person("carl"), &contributor("carl"), &Policy::default()),
            Err(Refusal::NotApprover(_))
        ));
    }

    #[test]
    fn a_rejection_gives_its_reason() {
        let digest = ask(&nobody("nina")).digest();
        let reject = |reason| {
            ask(&nobody("nina")).reject(
                &person("olivia"),
                &owner("olivia"),
                &digest,
                reason,
                &Policy::default(),
                NOW,
            )
        };
        assert_eq!(reject("  ").expect_err("no reason"), Refusal::NoReason);
        let change = reject(" Use the shared one. ").expect("a reason");
        assert_eq!(change.event, Event::Rejected { reason: "Use the shared one.".into() });
        let again = change.request.reject(
            &person("uma"),
            &owner("uma"),
            &digest,
            "x",
            &Policy::default(),
            NOW,
        );
        assert_eq!(again.expect_err("decided"), Refusal::Decided("OLIVIA".into()));
    }

    fn sent_back(request: Request) -> Request {
        let shown = request.digest();
        let (uma, may, policy) = (person("uma"), owner("uma"), Policy::default());
        let sent = request.send_back(&uma, &may, &shown, " Use rg-2. ", &policy, NOW);
        let sent = sent.expect("she may");
        assert_eq!(sent.event, Event::SentBack { reason: "Use rg-2.".into() });
        assert_eq!(sent.effect, Effect::None);
        sent.request
    }

    /// As it is asked once more in another region.
    fn anew(request: &Request) -> (Asked, Vec<Step>) {
        let Asked::CreateInstance(mut create) = asked() else { unreachable!() };
        create.region = "northeurope".into();
        let asked = Asked::CreateInstance(create);
        let round = plan::Round { request: uuid::Uuid::nil(), revision: request.revision + 1 };
        let seen = plan::Surroundings { provider_registered: Some(true) };
        let steps = plan::plan(round, &asked, &request.requester, seen);
        (asked, steps)
    }

    #[test]
    fn what_is_sent_back_is_changed_and_asked_again_as_the_same_request() {
        let first = ask(&nobody("nina"));
        let waits = sent_back(first.clone());
        assert_eq!(waits.status(), Status::SentBack);
        let decided = waits.may_be_decided_by(&person("uma"), &owner("uma"), &Policy::default());
        assert_eq!(decided, Err(Refusal::SentBack("UMA".into())));
        assert_eq!(waits.may_be_asked_again_by(&person("uma")), Err(Refusal::NotSentBack));
        assert!(waits.clone().withdraw(&person("nina"), NOW).is_ok());

        let (asked, steps) = anew(&waits);
        let none = nobody("nina");
        let again = waits.ask_again(asked.clone(), steps.clone(), &none, &Policy::default(), NOW);
        let again = again.expect("hers");
        assert_eq!((again.effect, again.new), (Effect::AskAgain, false));
        let request = again.request;
        assert_eq!((&request.id, request.revision), (&first.id, 2));
        assert_eq!(
            (request.decision.clone(), request.status()),
            (Decision::Pending, Status::Waiting)
        );
        assert_eq!(request.asked, asked);

        // Who had the old page before them decides nothing with it.
        let (olivia, may, policy) = (person("olivia"), owner("olivia"), Policy::default());
        let old = first.digest();
        let late = request.clone().approve(&olivia, &may, &none, &old, &policy, NOW);
        assert_eq!(late.expect_err("another plan"), Refusal::PlanChanged);
        let late = request.clone().reject(&olivia, &may, &old, "no", &policy, NOW);
        assert_eq!(late.expect_err("another plan"), Refusal::PlanChanged);
        let late = request.clone().send_back(&olivia, &may, &old, "no", &policy, NOW);
        assert_eq!(late.expect_err("another plan"), Refusal::PlanChanged);
        let again = request.ask_again(asked, steps, &none, &policy, NOW);
        assert_eq!(again.expect_err("it waits for a decision"), Refusal::NotSentBack);
    }

    #[test]
    fn the_same_content_asked_again_is_another_plan() {
        let first = ask(&nobody("nina"));
        let old = first.digest();
        let waits = sent_back(first);
        let round = plan::Round { request: uuid::Uuid::nil(), revision: 2 };
        let seen = plan::Surroundings { provider_registered: Some(true) };
        let steps = plan::plan(round, &waits.asked, &waits.requester, seen);
        let asked = waits.asked.clone();
        let again = waits.ask_again(asked, steps, &nobody("nina"), &Policy::default(), NOW);
        assert_ne!(again.expect("hers").request.digest(), old);
    }

    #[test]
    fn what_its_requester_may_do_by_now_runs_when_it_comes_again() {
        let waits = sent_back(ask(&nobody("nina")));
        let (asked, steps) = anew(&waits);
        let again = waits.ask_again(asked, steps, &owner("nina"), &Policy::default(), NOW);
        let request = again.expect("hers").request;
        assert_eq!(
            (request.decision.clone(), request.status()),
            (Decision::NotNeeded, Status::Running)
        );
    }

    #[test]
    fn what_has_begun_is_not_sent_back_and_neither_is_what_one_may_not_decide() {
        let policy = Policy::default();
        let may = |request: &Request, standing: &Standing| {
            request.may_be_sent_back_by(&person("uma"), standing, &policy)
        };
        let mut request = ask(&contributor("nina"));
        assert_eq!(may(&request, &owner("uma")), Err(Refusal::Begun), "its first step runs");
        request.run.state = State::Waiting;
        request.steps[0].state = StepState::Done;
        assert_eq!(may(&request, &owner("uma")), Err(Refusal::Begun), "its first step is done");
        let request = ask(&nobody("nina"));
        assert!(matches!(may(&request, &contributor("uma")), Err(Refusal::NotApprover(_))));
        let shown = request.digest();
        let uma = person("uma");
        let empty = request.send_back(&uma, &owner("uma"), &shown, " ", &policy, NOW);
        assert_eq!(empty.expect_err("no words"), Refusal::NothingToChange);
    }

    #[test]
    fn who_is_looking_at_it_is_told_for_half_an_hour_and_while_it_waits() {
        let mut request = ask(&nobody("nina"));
        assert_eq!(request.looked_at_by(NOW), None);
        let looking = Looking { by: person("uma").named(), since: NOW };
        request.looking = Some(looking.clone());
        assert_eq!(request.looked_at_by(NOW), Some(&looking));
        let last = NOW.plus(Looking::LASTS.saturating_sub(Duration::from_micros(1)));
        assert_eq!(request.looked_at_by(last), Some(&looking));
        assert_eq!(request.looked_at_by(NOW.plus(Looking::LASTS)), None);
        // A clock that was put back makes nothing last longer.
        assert_eq!(request.looked_at_by(NOW.minus(Duration::from_secs(1))), None);
        assert_eq!(sent_back(request).looked_at_by(NOW), None, "there is nothing to decide");
    }

    #[test]
    fn those_whom_it_concerns_comment_in_any_state() {
        let request = ask(&nobody("nina"));
        let write = |request: &Request, by: &str, standing: &Standing, words: &str| {
            request.clone().comment(&person(by), standing, words, NOW)
        };
        let done = write(&request, "nina", &nobody("nina"), " For hall 3.\r\nSoon. ");
        let done = done.expect("she asked");
        assert_eq!(done.event, Event::Commented { words: "For hall 3.\nSoon.".into() });
        assert_eq!(done.request, request, "it decides nothing");
        assert!(write(&request, "uma", &owner("uma"), "Why?").is_ok());
        let none = write(&request, "carl", &contributor("carl"), "Me too.");
        assert_eq!(none.expect_err("it is not his"), Refusal::NotInvolved);
        let empty = write(&request, "nina", &nobody("nina"), " \n ");
        assert_eq!(empty.expect_err("no words"), Refusal::NoComment);
        let long = write(&request, "nina", &nobody("nina"), &"ж".repeat(2_001));
        assert_eq!(long.expect_err("too many"), Refusal::LongComment);
        // Who decided and holds the right no more does not see it either.
        let sent = sent_back(request);
        assert!(write(&sent, "uma", &owner("uma"), "Is it changed?").is_ok());
        assert!(write(&sent, "uma", &nobody("uma"), "Is it changed?").is_err());
    }

    #[test]
    fn another_kind_of_thing_is_another_request() {
        let waits = sent_back(ask(&nobody("nina")));
        let (_, steps) = anew(&waits);
        let Asked::CreateInstance(create) = asked() else { unreachable!() };
        let access = Asked::GrantAccess(create.access().expect("a grant is asked"));
        let again = waits.ask_again(access, steps, &nobody("nina"), &Policy::default(), NOW);
        assert_eq!(again.expect_err("another kind"), Refusal::OtherKind);
    }

    #[test]
    fn only_the_requester_withdraws_and_not_while_azure_is_being_asked() {
        assert!(ask(&nobody("nina")).withdraw(&person("nina"), NOW).is_ok());
        assert_eq!(
            ask(&nobody("nina")).may_be_withdrawn_by(&person("uma")),
            Err(Refusal::NotRequester)
        );
        assert_eq!(
            ask(&contributor("nina")).may_be_withdrawn_by(&person("nina")),
            Err(Refusal::InFlight)
        );
    }

    #[test]
    fn a_stopped_run_is_retried_and_closed_by_people_whom_it_concerns() {
        let mut request = ask(&owner("nina"));
        assert_eq!(
            request.may_be_retried_by(&person("nina"), &owner("nina")),
            Err(Refusal::NotStopped)
        );
        request.run.state = State::Stopped;
        assert!(request.may_be_retried_by(&person("nina"), &nobody("nina")).is_ok());
        assert!(request.may_be_retried_by(&person("olivia"), &owner("olivia")).is_ok());
        assert_eq!(
            request.may_be_retried_by(&person("carl"), &contributor("carl")),
            Err(Refusal::NotInvolved)
        );
        let closed =
            request.close(&person("nina"), &owner("nina"), "no longer needed", NOW).expect("hers");
        assert_eq!(closed.effect, Effect::Close);
    }

    #[test]
    fn another_approver_takes_over_what_is_stuck_and_only_what_they_may_do() {
        let mut request = ask(&owner("nina"));
        let policy = Policy::default();
        let uma = person("uma");
        let barred = |request: &Request, standing: &Standing| {
            request.may_be_taken_over_by(&uma, standing, &policy)
        };
        assert_eq!(barred(&request, &owner("uma")), Err(Refusal::NotStuck), "it is running");
        for state in [State::Stopped, State::NeedsSignIn] {
            request.run.state = state;
            assert_eq!(barred(&request, &owner("uma")), Ok(()));
        }
        assert!(matches!(
            barred(&request, &access_administrator("uma")),
            Err(Refusal::TakerLacks(_))
        ));
        assert!(matches!(barred(&request, &contributor("uma")), Err(Refusal::NotApprover(_))));
        assert_eq!(barred(&request, &Standing::unknown(uma.named())), Err(Refusal::Unknown));
        let own = request.may_be_taken_over_by(&person("nina"), &owner("nina"), &policy);
        assert_eq!(own, Err(Refusal::YoursAlready));

        let shown = request.digest();
        let other = request.clone().take_over(&uma, &owner("uma"), "another", &policy, NOW);
        assert_eq!(other.expect_err("another plan"), Refusal::PlanChanged);
        let change = request.take_over(&uma, &owner("uma"), &shown, &policy, NOW).expect("she may");
        // The instance and the role; the verification is with the requester's own token.
        assert_eq!(change.names, [(0, uma.named()), (1, uma.named())]);
        assert!(matches!(change.event, Event::TakenOver { from, .. } if from.id == "nina"));
    }

    #[test]
    fn what_runs_is_stopped_once_by_those_whom_it_concerns() {
        let mut request = ask(&contributor("nina"));
        assert!(request.may_be_stopped_by(&person("nina"), &nobody("nina")).is_ok());
        assert!(request.may_be_stopped_by(&person("olivia"), &owner("olivia")).is_ok());
        assert_eq!(
            request.may_be_stopped_by(&person("carl"), &contributor("carl")),
            Err(Refusal::NotInvolved)
        );
        let stopped = request.clone().stop(&person("nina"), &nobody("nina"), NOW).expect("hers");
        assert!(matches!(stopped.request.decision, Decision::Withdrawn { .. }), "not in the queue");
        request.run.stop_asked = true;
        assert_eq!(
            request.may_be_stopped_by(&person("nina"), &nobody("nina")),
            Err(Refusal::StoppedAlready)
        );
        assert_eq!(
            ask(&nobody("nina")).may_be_stopped_by(&person("nina"), &nobody("nina")),
            Err(Refusal::NotRunning)
        );
    }

    #[test]
    fn closing_what_nobody_decided_takes_it_out_of_the_queue() {
        let mut request = ask(&contributor("nina"));
        request.run.state = State::Stopped;
        let closed = request.close(&person("nina"), &nobody("nina"), "enough", NOW).expect("hers");
        assert!(matches!(closed.request.decision, Decision::Withdrawn { .. }));
    }

    #[test]
    fn what_is_running_is_not_called_decided_away() {
        assert_eq!(Status::of("rejected", State::Running, true), Status::Running);
        assert_eq!(Status::of("rejected", State::Waiting, true), Status::Rejected);
        assert_eq!(Status::of("approved", State::Running, false), Status::Approved);
        assert_eq!(Status::of("pending", State::Waiting, true), Status::Waiting);
        assert_eq!(Status::of("withdrawn", State::Closed, false), Status::Withdrawn);
        assert_eq!(Status::of("sent_back", State::Waiting, false), Status::SentBack);
    }
}
