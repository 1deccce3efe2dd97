//! What went wrong, sorted once by what can be done about it.

use std::fmt;
use std::time::Duration;

use crate::{text, words::Text};

/// Variants say what to do next.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Ask again, not before `after` if Azure named a time.
    #[error("{problem}")]
    Busy { after: Option<Duration>, problem: Box<Problem> },
    /// The person must go through sign-in again, with these claims (JSON text) if there are any.
    #[error("{problem}")]
    SignIn { claims: Option<String>, problem: Box<Problem> },
    /// The access token is no longer good: fetch a new one and repeat.
    #[error("{0}")]
    Expired(Box<Problem>),
    /// Understood and not done. Repeating it changes nothing.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// It does not exist, or not for this person.
    #[error("{0}")]
    Missing(Box<Problem>),
    /// Nobody answered, or not the one who should. Whether a write was done is not known.
    #[error("{problem}")]
    Unreachable { what: Service, problem: Box<Problem> },
}

impl Error {
    pub fn problem(&self) -> &Problem {
        match self {
            Error::Busy { problem, .. }
            | Error::SignIn { problem, .. }
            | Error::Unreachable { problem, .. }
            | Error::Expired(problem)
            | Error::Refused(problem)
            | Error::Missing(problem) => problem,
        }
    }

    pub(super) fn unreachable(what: Service, code: &str, text: Text) -> Error {
        Error::Unreachable { what, problem: Problem::told(what, code, text) }
    }
}

/// Absence as `None`.
pub(super) fn optional<T>(result: super::Result<T>) -> super::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    Entra,
    Arm,
    Graph,
    Twins,
}

impl Service {
    /// How settings, logs and metrics call it.
    pub fn word(self) -> &'static str {
        match self {
            Service::Entra => "entra",
            Service::Arm => "arm",
            Service::Graph => "graph",
            Service::Twins => "twins",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Service::Entra => "Microsoft Entra ID",
            Service::Arm => "Azure Resource Manager",
            Service::Graph => "Microsoft Graph",
            Service::Twins => "Azure Digital Twins",
        })
    }
}

/// What Azure said, in its words, with the ids that its support asks for. Never holds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub service: Service,
    /// `None` when there was no answer.
    pub status: Option<u16>,
    /// Azure's code, such as `AuthorizationFailed` or `AADSTS50076`; ours where it gave none.
    pub code: String,
    /// In English where it is ours.
    pub message: String,
    /// The same for whoever reads, where it is ours and people may see it.
    pub text: Option<Text>,
    pub correlation: Option<String>,
    pub request: Option<String>,
}

impl Problem {
    /// A problem that we found and not Azure, which whoever operates the portal must see to.
    pub(super) fn ours(service: Service, code: &str, message: &str) -> Box<Problem> {
        Box::new(Problem {
            service,
            status: None,
            code: code.into(),
            message: clean(message),
            text: None,
            correlation: None,
            request: None,
        })
    }

    /// A problem that we found and not Azure, told to people. What stands in the text and came from
    /// outside must be [`clean`].
    pub(super) fn told(service: Service, code: &str, text: Text) -> Box<Problem> {
        let problem = Problem::ours(service, code, &text.to_string());
        Box::new(Problem { text: Some(text), ..*problem })
    }

    /// What was said, by whom, and the ids that support asks for.
    pub fn words(&self) -> Text {
        let said = self.text.clone().unwrap_or_else(|| Text::verbatim(self.message.clone()));
        let mut facts = Vec::new();
        // Entra ID repeats its code and its ids in its text.
        if !self.message.starts_with(&self.code) {
            facts.push(Text::verbatim(self.code.clone()));
        }
        facts.extend(self.status.map(|status| Text::verbatim(format!("HTTP {status}"))));
        let new = |id: &&String| !self.message.contains(id.as_str());
        let correlation = self.correlation.as_ref().filter(new);
        facts.extend(correlation.map(|id| text!("azure-correlation", id = id)));
        let request = self.request.as_ref().filter(new);
        facts.extend(request.map(|id| text!("azure-request", id = id)));
        let service = self.service.to_string();
        if facts.is_empty() {
            return text!("azure-said", service = service, said = said);
        }
        let facts = Text::joined(facts, ", ");
        text!("azure-said-with", service = service, said = said, facts = facts)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

/// A text from outside as it may be shown and logged: one line, of bounded length, without anything
/// that looks like a token.
pub(super) fn clean(text: &str) -> String {
    const LONGEST: usize = 2000;
    let mut line = String::new();
    let between = |c: char| c.is_whitespace() || c.is_control() || turns(c);
    for word in text.split(between).filter(|w| !w.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&without_tokens(word));
        if line.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
            line.truncate(end);
            line.push('…');
            break;
        }
    }
    line
}

/// A name from outside as it may be kept and shown between other words: without what ends a line,
/// what no database takes, and what turns the direction of the text around it. `None` when nothing
/// is left.
pub(super) fn name(text: &str) -> Option<String> {
    const LONGEST: usize = 300;
    let plain = text.chars().filter(|c| !turns(*c));
    let plain = plain.map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST);
    let plain: String = plain.collect();
    Some(plain.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Marks of direction (Unicode, "Bidirectional Algorithm", explicit and implicit ones).
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON in base64 begins with `eyJ`, and so does every token that Entra ID issues as a JWT.
fn without_tokens(word: &str) -> String {
    let mut out = String::new();
    let mut rest = word;
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.+/=%".contains(c)))
            .unwrap_or(from.len());
        out.push_str(before);
        out.push_str(if end > 20 { "[token]" } else { &from[..end] });
        rest = &from[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_in_a_text_is_left_out() {
        let said = clean(
            "The token 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln' is bad.\r\nTrace ID: 1",
        );
        assert_eq!(said, "The token '[token]' is bad. Trace ID: 1");
    }

    #[test]
    fn a_problem_names_what_support_asks_for_once() {
        let problem = Problem {
            status: Some(403),
            correlation: Some("c-1".into()),
            request: Some("r-1".into()),
            ..*Problem::ours(Service::Arm, "AuthorizationFailed", "No, see r-1.")
        };
        assert_eq!(
            problem.to_string(),
            "Azure Resource Manager: No, see r-1. (AuthorizationFailed, HTTP 403, correlation id c-1)"
        );
    }

    #[test]
    fn a_name_keeps_to_its_place() {
        assert_eq!(name(" Zoë O'Neil "), Some("Zoë O'Neil".to_owned()));
        assert_eq!(name("Eve\u{202e}nimdA\0\r\nx"), Some("EvenimdA   x".to_owned()));
        assert_eq!(name("\u{200f}\0 "), None);
        assert_eq!(clean("a\u{202e}b"), "a b");
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_line_of_bounded_length(text in "\\PC*|[\\s\\S]{0,300}|(eyJ[a-z.é]*){0,20}|(é){0,3000}") {
            let line = clean(&text);
            prop_assert!(line.len() <= 2000 + '…'.len_utf8());
            prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
