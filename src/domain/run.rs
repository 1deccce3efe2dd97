//! A plan being carried out: what follows from each answer of Azure. Knows neither who sends the
//! calls nor how they are sent.
//!
//! ```text
//!   waiting ──approved──► running ──last step──► done ──data plane answers──► verified
//!      ▲                  │  │  ▲
//!      └─next has no name─┘  │  └─retry / sign-in── stopped / needs sign-in ──close──► closed
//!                            └──────────────────────────▲
//! ```

use std::time::Duration;

use crate::{text, words::Text};

use super::{
    Time,
    history::Event,
    patience::{self, LONGEST_STEP, LONGEST_VERIFICATION, MOST_TRIES, Spent},
    person::Named,
    plan::Step,
    problem::Problem,
};

/// Where a run stands. The word is what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The next step has nobody in whose name it may run: somebody must decide.
    Waiting,
    Running,
    /// Azure wants the person of the present step to sign in again.
    NeedsSignIn,
    /// The present step failed; a person retries or closes it.
    Stopped,
    Done,
    Verified,
    /// Given up by a person.
    Closed,
}

impl State {
    pub const ALL: [State; 7] = [
        State::Waiting,
        State::Running,
        State::NeedsSignIn,
        State::Stopped,
        State::Done,
        State::Verified,
        State::Closed,
    ];

    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::NeedsSignIn => "needs_sign_in",
            State::Stopped => "stopped",
            State::Done => "done",
            State::Verified => "verified",
            State::Closed => "closed",
        }
    }

    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A run as it stands, without its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub request: String,
    pub state: State,
    /// Index of the present step; the number of steps when all are through.
    pub position: usize,
    /// Tries of the present step since it last got anywhere.
    pub attempt: u32,
    /// When a worker is to look at it; `None` while it waits for a person.
    pub due_at: Option<Time>,
    /// What the last try ran into, also while it is being tried again.
    pub problem: Option<Problem>,
    /// Claims that Azure demands of the next sign-in, JSON text as Azure gave it.
    pub claims: Option<String>,
    /// On tries that got nowhere, since a person last set it going.
    pub spent: Spent,
    /// A person wants nothing more to be sent: the run ends when what Azure is working on has ended.
    pub stop_asked: bool,
}

/// One step of a run, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub step: Step,
    /// In whose name it runs; `None` until somebody decides.
    pub in_name_of: Option<Named>,
    pub state: StepState,
    /// Address at which Azure tells how far it is.
    pub operation: Option<String>,
    pub began_at: Option<Time>,
    /// When its call was last sent, noted before sending: whoever takes over after a death knows
    /// that what is found in Azure may be this run's own work.
    pub sent_at: Option<Time>,
    /// The same of an earlier try, which a person has had begun anew since.
    pub sent_before: bool,
    pub ended_at: Option<Time>,
    /// How it is known to be done, or why it was given up.
    pub proof: Option<Text>,
    /// The instance's host name, once Azure has told it.
    pub host_name: Option<String>,
}

impl Progress {
    pub fn fresh(step: Step) -> Progress {
        Progress {
            step,
            in_name_of: None,
            state: StepState::Waiting,
            operation: None,
            began_at: None,
            sent_at: None,
            sent_before: false,
            ended_at: None,
            proof: None,
            host_name: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Waiting,
    /// Written by this run, as far as is known, and read back.
    Done,
    /// It was so already; nothing was written.
    AlreadySo,
    Failed,
    /// A verification that did not come in time. The request is done all the same.
    GivenUp,
}

impl StepState {
    pub const ALL: [StepState; 5] = [
        StepState::Waiting,
        StepState::Done,
        StepState::AlreadySo,
        StepState::Failed,
        StepState::GivenUp,
    ];

    pub fn word(self) -> &'static str {
        match self {
            StepState::Waiting => "waiting",
            StepState::Done => "done",
            StepState::AlreadySo => "already_so",
            StepState::Failed => "failed",
            StepState::GivenUp => "given_up",
        }
    }

    pub fn from_word(word: &str) -> Option<StepState> {
        StepState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Whether it was this run's call that made a step so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    No,
    /// Azure has said that it took the call, or what is there bears this request's mark.
    Yes,
    /// The call was about to be sent, and no answer to it is known: a worker died, or the connection
    /// ended. It may be this call's work, or somebody else's.
    Perhaps,
}

/// What one try of a step came to. Five ways, no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is so, and was read back.
    Done {
        wrote: Wrote,
        proof: Text,
        host_name: Option<String>,
    },
    /// Azure took it and works on it; ask at `operation` (or look again) after `wait`.
    Underway {
        operation: Option<String>,
        wait: Duration,
    },
    /// Not now: throttled, out of reach, not yet in effect.
    Retry {
        problem: Problem,
        wait: Option<Duration>,
    },
    NeedsSignIn {
        claims: Option<String>,
        /// Why, where it is known.
        problem: Option<Problem>,
    },
    Failed {
        problem: Problem,
    },
}

/// Everything that is written when a try is over, all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub run: Run,
    /// The present step, changed.
    pub step: Progress,
    pub events: Vec<Event>,
    /// Until when Azure takes no calls in the name of the step's person.
    pub pause: Option<Time>,
}

impl Settlement {
    fn new(run: Run, step: Progress, events: Vec<Event>) -> Settlement {
        Settlement { run, step, events, pause: None }
    }
}

/// Nothing was sent: the lease is another's by now, or a person wants nothing more to be sent.
pub const LEASE_LOST: &str = "LeaseLost";

/// Whoever comes this late to a run that is due was not there: the machine slept, or its clock was
/// put forward. One try takes less.
const LATE: Duration = Duration::from_secs(60);

impl Run {
    /// What follows from `outcome` of the present step. `steps` are all steps as they stand now,
    /// a decision made meanwhile included.
    pub fn settle(self, steps: &[Progress], outcome: Outcome, now: Time) -> Option<Settlement> {
        let mut step = steps.get(self.position)?.clone();
        let began = step.began_at.get_or_insert(now);
        if let Some(late) = self.due_at.map(|due| now.since(due)).filter(|late| *late > LATE) {
            *began = began.plus(late).min(now);
        }
        let took = now.since(*began);
        if step.step.action.is_verification() {
            return Some(self.settle_verification(step, outcome, took, now));
        }
        if self.stop_asked {
            // What may have arrived is looked for; what would be sent is not.
            let under_way = step.operation.is_some() || step.sent_at.is_some();
            let looks_again =
                |problem: &Problem| problem.code != LEASE_LOST && self.attempt < MOST_TRIES;
            let still_working = under_way
                && matches!(&outcome, Outcome::Retry { problem, .. } if looks_again(problem));
            let ends = match outcome {
                Outcome::Done { .. } | Outcome::Underway { .. } => false,
                _ => !still_working,
            };
            if ends {
                return Some(self.halt(step, outcome));
            }
        }
        Some(match outcome {
            Outcome::Done { wrote, proof, host_name } => {
                step.state = match wrote {
                    Wrote::Yes | Wrote::Perhaps => StepState::Done,
                    Wrote::No => StepState::AlreadySo,
                };
                step.ended_at = Some(now);
                step.proof = Some(proof.clone());
                step.host_name = host_name;
                step.operation = None;
                let told = Event::StepDone {
                    step: step.step.action.title(),
                    in_name_of: name_of(&step),
                    correlation: step.step.correlation.to_string(),
                    call: (wrote != Wrote::No).then(|| sentence(&step.step)),
                    unanswered: wrote == Wrote::Perhaps,
                    proof,
                };
                let (run, more) = self.advance(steps, now);
                Settlement::new(run, step, std::iter::once(told).chain(more).collect())
            }
            Outcome::Underway { .. } | Outcome::Retry { .. } if took > LONGEST_STEP => {
                let problem = match outcome {
                    Outcome::Retry { problem, .. } => problem,
                    _ => Problem {
                        correlation: Some(step.step.correlation.to_string()),
                        ..Problem::ours("NoEnd", text!("problem-no-end"))
                    },
                };
                self.stop(step, problem)
            }
            Outcome::Underway { operation, wait } => {
                // Azure took a write: the history tells it now, not only when it has ended.
                let accepted = operation.is_some() && step.operation.is_none();
                let events = if accepted {
                    vec![Event::Accepted {
                        step: step.step.action.title(),
                        in_name_of: name_of(&step),
                        correlation: step.step.correlation.to_string(),
                        call: sentence(&step.step),
                    }]
                } else {
                    Vec::new()
                };
                step.operation = operation.or(step.operation);
                let run = Run { attempt: 0, due_at: Some(now.plus(wait)), problem: None, ..self };
                Settlement::new(run, step, events)
            }
            Outcome::Retry { problem, .. } if self.attempt >= MOST_TRIES => {
                self.stop(step, problem)
            }
            Outcome::Retry { problem, wait: asked } => {
                let wait = self.patience(asked);
                let spent = self.spent.and(wait);
                if !spent.is_within_budget() {
                    return Some(self.stop(step, problem));
                }
                let pause = asked.filter(|_| problem.is_throttling()).map(|asked| now.plus(asked));
                let due_at = Some(now.plus(wait));
                let run = Run { due_at, problem: Some(problem), spent, ..self };
                Settlement { pause, ..Settlement::new(run, step, Vec::new()) }
            }
            Outcome::NeedsSignIn { claims, problem } => {
                let events = vec![Event::SignInNeeded {
                    step: step.step.action.title(),
                    person: name_of(&step),
                    problem: problem.clone(),
                }];
                let run = Run {
                    state: State::NeedsSignIn,
                    due_at: None,
                    attempt: 0,
                    problem,
                    claims,
                    ..self
                };
                Settlement::new(run, step, events)
            }
            Outcome::Failed { problem } => self.stop(step, problem),
        })
    }

    fn settle_verification(
        self,
        mut step: Progress,
        outcome: Outcome,
        took: Duration,
        now: Time,
    ) -> Settlement {
        let person = name_of(&step);
        let ended = |run: Run, state, problem| Run {
            state,
            position: run.position + 1,
            attempt: 0,
            due_at: None,
            problem,
            claims: None,
            ..run
        };
        match outcome {
            Outcome::Done { proof, .. } => {
                step.state = StepState::Done;
                step.ended_at = Some(now);
                step.proof = Some(proof);
                let run = ended(self, State::Verified, None);
                Settlement::new(run, step, vec![Event::Verified { person }])
            }
            Outcome::Retry { problem, wait } if took <= LONGEST_VERIFICATION => {
                let due_at = Some(now.plus(self.patience(wait)));
                let run = Run { due_at, problem: Some(problem), ..self };
                Settlement::new(run, step, Vec::new())
            }
            Outcome::Underway { wait, .. } => {
                let run = Run { due_at: Some(now.plus(wait)), ..self };
                Settlement::new(run, step, Vec::new())
            }
            Outcome::Retry { problem, .. } | Outcome::Failed { problem } => {
                step.state = StepState::GivenUp;
                step.ended_at = Some(now);
                let why = problem.said();
                step.proof = Some(why.clone());
                let run = ended(self, State::Done, Some(problem));
                Settlement::new(run, step, vec![Event::NotVerified { person, why }])
            }
            Outcome::NeedsSignIn { .. } => {
                let why = text!("problem-sign-in-first", name = &person.name);
                step.state = StepState::GivenUp;
                step.ended_at = Some(now);
                step.proof = Some(why.clone());
                let run = ended(self, State::Done, None);
                Settlement::new(run, step, vec![Event::NotVerified { person, why }])
            }
        }
    }

    /// How long to leave it alone after this try.
    fn patience(&self, asked: Option<Duration>) -> Duration {
        let chance = patience::chance(&self.request, self.position, self.attempt);
        patience::wait(asked, self.attempt, chance)
    }

    /// On to the next step, if there is one and somebody in whose name it may run.
    fn advance(self, steps: &[Progress], now: Time) -> (Run, Option<Event>) {
        let position = self.position + 1;
        let (state, due_at, event) = match steps.get(position) {
            None => (State::Done, None, Some(Event::Done)),
            Some(next) if next.step.action.is_verification() => {
                (State::Done, Some(now), Some(Event::Done))
            }
            Some(_) if self.stop_asked => {
                let step = steps[self.position].step.action.title();
                (State::Closed, None, Some(Event::Halted { step, unanswered: false }))
            }
            Some(next) if next.in_name_of.is_some() => (State::Running, Some(now), None),
            Some(_) => (State::Waiting, None, None),
        };
        let run = Run { state, position, due_at, attempt: 0, problem: None, claims: None, ..self };
        (run, event)
    }

    /// The end of a run that was to stop: nothing is under way any more, as far as is known.
    fn halt(self, mut step: Progress, outcome: Outcome) -> Settlement {
        let title = step.step.action.title();
        let mut events = Vec::new();
        let unanswered = step.sent_at.is_some() && !matches!(outcome, Outcome::Failed { .. });
        if let Outcome::Failed { problem } = outcome {
            step.state = StepState::Failed;
            events.push(failure(&step, &problem, self.attempt));
        }
        events.push(Event::Halted { step: title, unanswered });
        let run = Run { state: State::Closed, due_at: None, problem: None, claims: None, ..self };
        Settlement::new(run, step, events)
    }

    fn stop(self, mut step: Progress, problem: Problem) -> Settlement {
        step.state = StepState::Failed;
        // A retry begins anew; what Azure was working on then has ended or is found again.
        step.operation = None;
        let events = vec![failure(&step, &problem, self.attempt)];
        let run = Run {
            state: State::Stopped,
            due_at: None,
            problem: Some(problem),
            claims: None,
            ..self
        };
        Settlement::new(run, step, events)
    }
}

fn failure(step: &Progress, problem: &Problem, tries: u32) -> Event {
    let own = || step.step.correlation.to_string();
    Event::StepFailed {
        step: step.step.action.title(),
        in_name_of: name_of(step),
        correlation: problem.correlation.clone().unwrap_or_else(own),
        problem: problem.clone(),
        tries,
    }
}

/// A step is only ever carried out when somebody's name is on it.
fn name_of(step: &Progress) -> Named {
    step.in_name_of
        .clone()
        .unwrap_or_else(|| Named { id: String::new(), name: "nobody".to_owned() })
}

/// `PUT /subscriptions/…`: the call as the history tells it.
pub fn sentence(step: &Step) -> String {
    format!("{} {}", step.call.method.word(), step.call.path)
}

/// What a fresh run looks like: it goes as far as there are names on its steps.
pub fn begin(request: &str, steps: &[Progress], now: Time) -> Run {
    let ready = steps.first().is_some_and(|first| first.in_name_of.is_some());
    Run {
        request: request.to_owned(),
        state: if ready { State::Running } else { State::Waiting },
        position: 0,
        attempt: 0,
        due_at: ready.then_some(now),
        problem: None,
        claims: None,
        spent: Spent::default(),
        stop_asked: false,
    }
}

/// The host name that some step of the plan has learnt.
pub fn host_name(steps: &[Progress]) -> Option<&str> {
    steps.iter().find_map(|step| step.host_name.as_deref())
}

#[cfg(test)]
mod tests {
    use super::{super::plan::*, super::scope::Scope, *};

    const NOW: Time = Time(1_000_000_000);

    fn ada() -> Named {
        Named { id: "1".into(), name: "Ada".into() }
    }

    fn step(action: Action, name: Option<Named>) -> Progress {
        let call = Call { method: Method::Put, path: "/x".into(), body: None };
        let step = Step { action, call, needs: vec![], correlation: uuid::Uuid::nil() };
        Progress { in_name_of: name, ..Progress::fresh(step) }
    }

    fn group(name: Option<Named>) -> Progress {
        step(Action::EnsureResourceGroup { group: Scope::group("S", "rg") }, name)
    }

    fn verify() -> Progress {
        step(Action::Verify { instance: Scope::instance("S", "rg", "dt") }, Some(ada()))
    }

    fn done() -> Outcome {
        Outcome::Done { wrote: Wrote::Yes, proof: Text::verbatim("read back"), host_name: None }
    }

    fn busy(wait: Option<u64>) -> Outcome {
        let problem = Problem {
            code: "Busy".into(),
            message: "later".into(),
            correlation: None,
            status: Some(503),
            text: None,
        };
        Outcome::Retry { problem, wait: wait.map(Duration::from_secs) }
    }

    fn kinds(settled: &Settlement) -> Vec<&'static str> {
        settled.events.iter().map(Event::kind).collect()
    }

    fn settle(steps: &[Progress], run: Run, outcome: Outcome) -> Settlement {
        run.settle(steps, outcome, NOW).expect("there is a present step")
    }

    #[test]
    fn goes_on_while_there_is_a_name_and_waits_where_there_is_none() {
        let steps = [group(Some(ada())), group(Some(ada())), group(None)];
        let first = settle(&steps, begin("r", &steps, NOW), done());
        assert_eq!(
            (first.run.state, first.run.position, first.run.due_at),
            (State::Running, 1, Some(NOW))
        );
        let second = settle(&steps, first.run, done());
        assert_eq!(
            (second.run.state, second.run.position, second.run.due_at),
            (State::Waiting, 2, None)
        );
    }

    #[test]
    fn is_done_before_it_is_verified_and_verified_only_by_an_answer() {
        let steps = [group(Some(ada())), verify()];
        let first = settle(&steps, begin("r", &steps, NOW), done());
        assert_eq!((first.run.state, kinds(&first)), (State::Done, vec!["step_done", "done"]));
        assert_eq!(first.run.due_at, Some(NOW), "the verification is due");
        let tried = settle(&steps, first.run, busy(None));
        assert_eq!(tried.run.state, State::Done);
        let verified = settle(&steps, tried.run, done());
        assert_eq!((verified.run.state, kinds(&verified)), (State::Verified, vec!["verified"]));
    }

    #[test]
    fn a_verification_is_given_up_and_the_request_stays_done() {
        let mut steps = [group(Some(ada())), verify()];
        let run = settle(&steps, begin("r", &steps, NOW), done()).run;
        steps[1].began_at = Some(NOW.minus(Duration::from_secs(16 * 60)));
        let given_up = settle(&steps, run, busy(None));
        assert_eq!((given_up.run.state, given_up.run.due_at), (State::Done, None));
        assert_eq!(kinds(&given_up), ["not_verified"]);
    }

    #[test]
    fn what_azure_takes_is_told_once() {
        let mut steps = [group(Some(ada()))];
        let underway = || Outcome::Underway {
            operation: Some("https://poll".into()),
            wait: Duration::from_secs(10),
        };
        let first = settle(&steps, begin("r", &steps, NOW), underway());
        assert_eq!(kinds(&first), ["accepted"]);
        assert_eq!(first.run.due_at, Some(NOW.plus(Duration::from_secs(10))));
        steps[0] = first.step;
        let again = settle(&steps, first.run, underway());
        assert!(again.events.is_empty());
    }

    #[test]
    fn tries_again_later_each_time_and_not_for_ever() {
        let steps = [group(Some(ada()))];
        let mut run = begin("r", &steps, NOW);
        let mut waits = Vec::new();
        for attempt in 1.. {
            run.attempt = attempt;
            let settled = settle(&steps, run, busy(None));
            run = settled.run;
            match run.due_at {
                Some(due) => waits.push(due.since(NOW)),
                None => break,
            }
        }
        assert_eq!(run.state, State::Stopped);
        assert_eq!(waits.len(), MOST_TRIES as usize - 1);
        assert!(waits[..8].is_sorted(), "until they are as long as they get: {waits:?}");
    }

    #[test]
    fn a_run_spends_no_more_than_its_budget_however_many_steps_it_has() {
        let mut steps: Vec<Progress> = (0..20).map(|_| group(Some(ada()))).collect();
        let mut run = begin("r", &steps, NOW);
        let (mut now, mut tries) = (NOW, 0);
        while run.state == State::Running {
            run.attempt += 1;
            // Each step gets there at its fifth try.
            let gets_there = run.attempt == 5;
            let position = run.position;
            let outcome = if gets_there { done() } else { busy(None) };
            tries += u32::from(!gets_there);
            let settled = run.settle(&steps, outcome, now).expect("a step");
            steps[position] = settled.step;
            run = settled.run;
            now = run.due_at.unwrap_or(now);
        }
        assert_eq!((run.state, tries), (State::Stopped, patience::BUDGET.tries + 1));
        assert_eq!(run.problem.map(|problem| problem.code), Some("Busy".to_owned()));
    }

    #[test]
    fn whom_azure_sends_away_is_named_with_the_time() {
        let steps = [group(Some(ada())), verify()];
        let run = begin("r", &steps, NOW);
        let sent_away = |status| {
            let mut problem = Problem::ours("TooManyRequests", Text::verbatim("later"));
            problem.status = Some(status);
            Outcome::Retry { problem, wait: Some(Duration::from_secs(30)) }
        };
        let until = NOW.plus(Duration::from_secs(30));
        assert_eq!(settle(&steps, run.clone(), sent_away(429)).pause, Some(until));
        assert_eq!(
            settle(&steps, run.clone(), sent_away(503)).pause,
            None,
            "that is Azure's own trouble"
        );
        assert_eq!(settle(&steps, run.clone(), busy(None)).pause, None);
        let verifying = Run { position: 1, state: State::Done, ..run };
        assert_eq!(settle(&steps, verifying, sent_away(429)).pause, None, "that is the instance's");
    }

    #[test]
    fn time_in_which_nobody_looked_is_not_azures() {
        let mut steps = [group(Some(ada()))];
        steps[0].began_at = Some(NOW);
        let underway =
            || Outcome::Underway { operation: Some("https://poll".into()), wait: Duration::ZERO };
        let run = begin("r", &steps, NOW);
        let five_hours_later = NOW.plus(Duration::from_secs(5 * 3600));
        let settled = run.settle(&steps, underway(), five_hours_later).expect("a step");
        assert_eq!(settled.run.state, State::Running);
        steps[0] = settled.step;
        let hour = Duration::from_secs(3601);
        let run = Run { due_at: Some(five_hours_later.plus(hour)), ..settled.run };
        let settled = run.settle(&steps, underway(), five_hours_later.plus(hour)).expect("a step");
        assert_eq!(settled.run.state, State::Stopped);
    }

    #[test]
    fn azures_wish_to_be_left_alone_is_kept() {
        let steps = [group(Some(ada()))];
        let settled = settle(&steps, begin("r", &steps, NOW), busy(Some(90)));
        let wait = settled.run.due_at.expect("a time").since(NOW).as_secs();
        assert!((90..=99).contains(&wait), "{wait}");
    }

    #[test]
    fn an_operation_without_end_is_given_up_after_an_hour() {
        let mut steps = [group(Some(ada()))];
        steps[0].began_at = Some(NOW.minus(Duration::from_secs(3601)));
        let underway =
            Outcome::Underway { operation: Some("https://poll".into()), wait: Duration::ZERO };
        let settled = settle(&steps, begin("r", &steps, NOW), underway);
        assert_eq!((settled.run.state, kinds(&settled)), (State::Stopped, vec!["step_failed"]));
    }

    #[test]
    fn who_stops_a_run_lets_the_step_in_flight_end_and_nothing_more_begins() {
        let mut steps = [group(Some(ada())), group(Some(ada()))];
        let stopped = || Run { stop_asked: true, ..begin("r", &steps, NOW) };
        let ended = settle(&steps, stopped(), done());
        assert_eq!((ended.run.state, kinds(&ended)), (State::Closed, vec!["step_done", "halted"]));
        let idle = settle(&steps, stopped(), busy(None));
        assert_eq!((idle.run.state, kinds(&idle)), (State::Closed, vec!["halted"]));
        let failed = Outcome::Failed { problem: Problem::ours("X", Text::verbatim("no")) };
        let failed = settle(&steps, stopped(), failed);
        assert_eq!(kinds(&failed), ["step_failed", "halted"]);
        let run = stopped();
        steps[0].operation = Some("https://poll".into());
        let working = settle(&steps, run.clone(), busy(None));
        assert_eq!(working.run.state, State::Running, "Azure is at work: its end is waited for");
        steps[0].operation = None;
        steps[0].sent_at = Some(NOW);
        let lost = settle(&steps, run.clone(), busy(None));
        assert_eq!(lost.run.state, State::Running, "it may have arrived: that is looked for");
        let problem = Problem::ours(LEASE_LOST, Text::verbatim("not sent again"));
        let unsent = settle(&steps, run.clone(), Outcome::Retry { problem, wait: None });
        assert_eq!(unsent.run.state, State::Closed);
        assert!(matches!(&unsent.events[..], [Event::Halted { unanswered: true, .. }]));
        let last = [group(Some(ada()))];
        assert_eq!(settle(&last, run, done()).run.state, State::Done, "nothing was left to stop");
    }

    #[test]
    fn nothing_happens_after_the_last_step() {
        let steps = [group(Some(ada()))];
        let run = settle(&steps, begin("r", &steps, NOW), done()).run;
        assert_eq!(run.state, State::Done);
        assert!(run.settle(&steps, done(), NOW).is_none());
    }

    #[test]
    fn every_state_is_kept_by_a_word_of_its_own() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        for state in StepState::ALL {
            assert_eq!(StepState::from_word(state.word()), Some(state));
        }
    }
}
