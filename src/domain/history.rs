//! What has happened, one sentence each. Knows neither how it is kept nor who may read it.

use serde::{Deserialize, Serialize};

use super::{person::Named, problem::Problem};
use crate::words::Text;

/// Names inside are a file format: add, never rename. So are the ids of the messages that stand in
/// it. What a person reads is put together in `templates/history/event.html`, which does not compile
/// without a sentence for each.
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

    pub const KINDS: [&'static str; 19] = [
        "asked",
        "approved",
        "rejected",
        "sent_back",
        "asked_again",
        "commented",
        "withdrawn",
        "accepted",
        "step_done",
        "step_failed",
        "sign_in_needed",
        "retried",
        "closed",
        "taken_over",
        "stop_asked",
        "halted",
        "done",
        "verified",
        "not_verified",
    ];

    /// The words by which a person picks a kind in a filter.
    pub fn label(kind: &str) -> Text {
        Text::of(format!("event-{}", kind.replace('_', "-")))
    }

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
    use crate::words::{Language, Reader};

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
{"event":"asked","title":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"justification":"why","plan":"aa"}
{"event":"asked_again","title":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"justification":"why","plan":"bb","revision":2}
{"event":"accepted","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":"PUT /x"}
{"event":"step_done","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":"PUT /x","proof":{"id":"proof-instance","args":[["host","dt-1.net"]],"en":"Azure shows the instance as Succeeded, with the host name dt-1.net."}}
{"event":"step_done","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"in_name_of":{"id":"1","name":"Ada"},"correlation":"c","call":null,"proof":{"texts":[{"id":"proof-instance","args":[["host","dt-1.net"]],"en":"Azure shows the instance as Succeeded, with the host name dt-1.net."},"And so on."],"with":" "}}
{"event":"step_failed","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"in_name_of":{"id":"1","name":"Ada"},"correlation":"c","problem":{"code":"X","message":"m","correlation":null,"status":403}}
{"event":"sign_in_needed","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"person":{"id":"1","name":"Ada"}}
{"event":"retried","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"}}
{"event":"taken_over","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"},"from":{"id":"1","name":"Ada"},"plan":"aa"}
{"event":"halted","step":{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"}}
{"event":"not_verified","person":{"id":"1","name":"Ada"},"why":{"id":"proof-instance","args":[["host","dt-1.net"]],"en":"Azure shows the instance as Succeeded, with the host name dt-1.net."}}
"#;

    #[test]
    fn everything_ever_written_can_still_be_read_and_has_its_word_in_the_filter() {
        let mut kinds = Vec::new();
        for line in EVER_WRITTEN.trim().lines() {
            let event: Event = serde_json::from_str(line).expect(line);
            assert_eq!(serde_json::to_string(&event).expect("JSON"), line);
            kinds.push(event.kind());
        }
        for kind in Event::KINDS {
            assert!(kinds.contains(&kind), "{kind}");
            assert!(!Event::label(kind).is_empty());
        }
        let strange = kinds.iter().find(|kind| !Event::KINDS.contains(kind));
        assert_eq!(strange, None, "nobody could filter by it");
    }

    #[test]
    fn what_was_kept_as_words_stays_and_what_was_kept_as_a_message_is_told_in_any_language() {
        let of = |line: &str| match serde_json::from_str(line).expect(line) {
            Event::Retried { step } => step,
            other => panic!("{other:?}"),
        };
        let german = Reader { language: Language::German, ..Reader::default() };
        let words = of(r#"{"event":"retried","step":"Create the instance dt-1"}"#);
        assert_eq!(words.said_to(&german), "Create the instance dt-1");
        let message = r#"{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Make dt-1"}"#;
        let message = of(&format!(r#"{{"event":"retried","step":{message}}}"#));
        assert_eq!(message.said_to(&german), "Instanz dt-1 erstellen");
        let gone =
            r#"{"id":"do-what-nobody-does-any-more","args":[["name","dt-1"]],"en":"Copy dt-1"}"#;
        let gone = of(&format!(r#"{{"event":"retried","step":{gone}}}"#));
        assert_eq!(gone.said_to(&german), "Copy dt-1");
        assert_eq!(gone.to_string(), "Copy dt-1");
    }
}
