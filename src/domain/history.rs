//! What has happened, one sentence each. Knows neither how it is kept nor who may read it.

use serde::{Deserialize, Serialize};

use super::{person::Named, problem::Problem};
use crate::words::Text;

/// Names inside are a file format: add, never rename. The words that a person reads are in
/// `templates/history/event.html`, which does not compile without a sentence for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// `plan` is the digest of the steps that were asked for.
    Asked {
        title: Text,
        justification: String,
        plan: String,
    },
    Approved {
        plan: String,
    },
    Rejected {
        reason: String,
    },
    /// It waits for the requester to change it; `reason` says what should change.
    SentBack {
        reason: String,
    },
    /// Changed and asked for once more. `plan` is the digest of the steps that it has now, `revision`
    /// counts how often it was asked.
    AskedAgain {
        title: Text,
        justification: String,
        plan: String,
        revision: u32,
    },
    /// Somebody whom it concerns wrote something about it.
    Commented {
        words: String,
    },
    Withdrawn,
    /// Azure took a write that goes on by itself; `correlation` joins it to Azure's Activity Log.
    Accepted {
        step: Text,
        in_name_of: Named,
        correlation: String,
        call: String,
    },
    /// A step is as it should be, read back from Azure. `call` is what was sent; nothing when it
    /// had been so already. `unanswered` says that it is not known whether the call arrived.
    StepDone {
        step: Text,
        in_name_of: Named,
        correlation: String,
        call: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unanswered: bool,
        proof: Text,
    },
    StepFailed {
        step: Text,
        in_name_of: Named,
        correlation: String,
        problem: Problem,
        /// Tries in a row, this one included.
        #[serde(default, skip_serializing_if = "is_none")]
        tries: u32,
    },
    SignInNeeded {
        step: Text,
        person: Named,
        /// Why, where Entra ID or Azure said it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<Problem>,
    },
    Retried {
        step: Text,
    },
    Closed {
        reason: String,
    },
    /// Another approver carries it on in their own name.
    TakenOver {
        step: Text,
        from: Named,
        plan: String,
    },
    /// Somebody wants nothing more to be sent.
    StopAsked,
    /// What Azure was working on then has ended, and the run with it.
    Halted {
        step: Text,
        /// Its call was on its way, and it is not known whether it arrived.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unanswered: bool,
    },
    /// Every step has been carried out and read back.
    Done,
    /// The data plane answered the grantee's own token.
    Verified {
        person: Named,
    },
    /// Access was tried for as long as it is worth trying.
    NotVerified {
        person: Named,
        why: Text,
    },
}

impl Event {
    /// The word by which the history is filtered, kept in a column of its own.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Asked { .. } => "asked",
            Event::Approved { .. } => "approved",
            Event::Rejected { .. } => "rejected",
            Event::SentBack { .. } => "sent_back",
            Event::AskedAgain { .. } => "asked_again",
            Event::Commented { .. } => "commented",
            Event::Withdrawn => "withdrawn",
            Event::Accepted { .. } => "accepted",
            Event::StepDone { .. } => "step_done",
            Event::StepFailed { .. } => "step_failed",
            Event::SignInNeeded { .. } => "sign_in_needed",
            Event::Retried { .. } => "retried",
            Event::Closed { .. } => "closed",
            Event::TakenOver { .. } => "taken_over",
            Event::StopAsked => "stop_asked",
            Event::Halted { .. } => "halted",
            Event::Done => "done",
            Event::Verified { .. } => "verified",
            Event::NotVerified { .. } => "not_verified",
        }
    }

    /// Every kind with the words by which a person picks it in a filter.
    pub const KINDS: [(&'static str, &'static str); 19] = [
        ("asked", "Asked"),
        ("approved", "Approved"),
        ("rejected", "Rejected"),
        ("sent_back", "Sent back"),
        ("asked_again", "Asked again"),
        ("commented", "Commented"),
        ("withdrawn", "Withdrawn"),
        ("accepted", "Accepted by Azure"),
        ("step_done", "Step done"),
        ("step_failed", "Step failed"),
        ("sign_in_needed", "Sign-in needed"),
        ("retried", "Retried"),
        ("closed", "Closed"),
        ("taken_over", "Taken over"),
        ("stop_asked", "Stop asked for"),
        ("halted", "Ended early"),
        ("done", "Done"),
        ("verified", "Verified"),
        ("not_verified", "Not verified"),
    ];

    /// What a person wrote with it, in their own words; empty when they wrote nothing.
    pub fn quote(&self) -> &str {
        match self {
            Event::Asked { justification, .. } | Event::AskedAgain { justification, .. } => {
                justification
            }
            Event::Commented { words } => words,
            Event::Rejected { reason } | Event::SentBack { reason } | Event::Closed { reason } => {
                reason
            }
            _ => "",
        }
    }

    /// In whose name something was done in Azure, if this tells of that.
    pub fn in_name_of(&self) -> Option<&Named> {
        match self {
            Event::Accepted { in_name_of, .. }
            | Event::StepDone { in_name_of, .. }
            | Event::StepFailed { in_name_of, .. } => Some(in_name_of),
            Event::Verified { person } | Event::NotVerified { person, .. } => Some(person),
            _ => None,
        }
    }

    /// Azure's correlation id, if this tells of a call.
    pub fn correlation(&self) -> Option<&str> {
        match self {
            Event::Accepted { correlation, .. }
            | Event::StepDone { correlation, .. }
            | Event::StepFailed { correlation, .. } => Some(correlation),
            _ => None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_none(tries: &u32) -> bool {
    *tries == 0
}

/// Who made something happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    Person(Named),
    /// The portal carrying out what a person decided.
    Portal,
}

impl Actor {
    pub fn id(&self) -> &str {
        match self {
            Actor::Person(person) => &person.id,
            Actor::Portal => "",
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Actor::Person(person) => &person.name,
            Actor::Portal => "Twindesk",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every event as it has ever been written. A line is added for a new one; none is changed.
    const EVER_WRITTEN: &str = r#"
{"event":"asked","title":"Create instance dt-1","justification":"why","plan":"aa"}
{"event":"approved","plan":"aa"}
{"event":"rejected","reason":"no"}
{"event":"sent_back","reason":"use rg-plant"}
{"event":"asked_again","title":"Create instance dt-1","justification":"why","plan":"bb","revision":2}
{"event":"commented","words":"For which hall?"}
{"event":"withdrawn"}
{"event":"accepted","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":"PUT /x"}
{"event":"step_done","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":"PUT /x","proof":"read back"}
{"event":"step_done","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":null,"proof":"read back"}
{"event":"step_done","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":"PUT /x","unanswered":true,"proof":"read back"}
{"event":"step_failed","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","problem":{"code":"X","message":"m","correlation":null,"status":403}}
{"event":"step_failed","step":"Create","in_name_of":{"id":"1","name":"Ada"},"correlation":"c","problem":{"code":"X","message":"m","correlation":null,"status":403},"tries":12}
{"event":"sign_in_needed","step":"Create","person":{"id":"1","name":"Ada"}}
{"event":"sign_in_needed","step":"Create","person":{"id":"1","name":"Ada"},"problem":{"code":"X","message":"m","correlation":null,"status":null}}
{"event":"retried","step":"Create"}
{"event":"closed","reason":"no longer needed"}
{"event":"taken_over","step":"Create","from":{"id":"1","name":"Ada"},"plan":"aa"}
{"event":"stop_asked"}
{"event":"halted","step":"Create"}
{"event":"halted","step":"Create","unanswered":true}
{"event":"done"}
{"event":"verified","person":{"id":"1","name":"Ada"}}
{"event":"not_verified","person":{"id":"1","name":"Ada"},"why":"403"}
"#;

    #[test]
    fn everything_ever_written_can_still_be_read_and_has_its_word_in_the_filter() {
        let mut kinds = Vec::new();
        for line in EVER_WRITTEN.trim().lines() {
            let event: Event = serde_json::from_str(line).expect(line);
            assert_eq!(serde_json::to_string(&event).expect("JSON"), line);
            kinds.push(event.kind());
        }
        for (kind, _) in Event::KINDS {
            assert!(kinds.contains(&kind), "{kind}");
        }
    }
}
