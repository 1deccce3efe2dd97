//! What stands in the way of a step. Knows neither what follows from it nor who is told.

use serde::{Deserialize, Serialize};

use super::refusals::{self, Refusal, Retry};
use crate::{text, words::Text};

/// What Azure said against it, in Azure's words; or what we found, in ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    /// In English where it is ours.
    pub message: String,
    /// The same for whoever reads, where it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Azure's correlation id, where it gave one.
    pub correlation: Option<String>,
    /// HTTP status, where there was an answer at all.
    pub status: Option<u16>,
}

impl Problem {
    /// A problem that we found and not Azure.
    pub fn ours(code: &str, text: Text) -> Problem {
        let none = Problem {
            code: code.to_owned(),
            message: String::new(),
            text: None,
            correlation: None,
            status: None,
        };
        none.in_words(text)
    }

    /// The same, told in our words.
    #[must_use]
    pub fn in_words(self, text: Text) -> Problem {
        Problem { message: text.to_string(), text: Some(text), ..self }
    }

    /// What holds up the other runs of somebody whom Azure has sent away.
    pub fn throttled(name: &str) -> Problem {
        Problem::ours("Throttled", text!("problem-throttled", name = name))
    }

    /// What was said, for whoever reads it.
    pub fn said(&self) -> Text {
        self.text.clone().unwrap_or_else(|| Text::verbatim(self.message.clone()))
    }

    /// What it means here and what can be done; nothing where Azure's words stand alone.
    pub fn meaning(&self) -> Option<&'static Refusal> {
        refusals::find(&self.code, &self.message)
    }

    /// Whether another try may end otherwise, as far as is known.
    pub fn can_be_retried(&self) -> bool {
        self.meaning().is_none_or(|meaning| meaning.retry != Retry::Never)
    }

    /// Whether Azure takes no calls in this person's name for a while, and not this call alone.
    pub fn is_throttling(&self) -> bool {
        self.status == Some(429)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Reader};

    #[test]
    fn ours_is_kept_in_english_and_told_in_the_language_of_whoever_reads() {
        let german = Reader { language: Language::German, ..Reader::default() };
        let ours = Problem::throttled("Ada");
        assert!(ours.message.starts_with("Azure has asked to be left alone in the name of Ada"));
        let kept = serde_json::to_string(&ours).expect("texts make JSON");
        let read: Problem = serde_json::from_str(&kept).expect("what was kept");
        assert_eq!(read, ours);
        let told = read.said().said_to(&german);
        assert!(told.starts_with("Azure nimmt") && told.contains("im Namen von Ada"), "{told}");
        assert!(
            read.meaning().is_some_and(
                |meaning| meaning.means().said_to(&german) != meaning.means().to_string()
            )
        );
        // Kept before there were texts, or Azure's.
        let azures: Problem =
            serde_json::from_str(r#"{"code":"X","message":"No.","correlation":null,"status":400}"#)
                .expect("what was kept");
        assert_eq!(azures.said().said_to(&german), "No.");
    }
}
