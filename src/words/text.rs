//! Something to be said, before it is words. Knows no language.

use std::{borrow::Cow, fmt};

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Reader, catalogue, moment};

/// Something to be said. Shown with `{}` it is English, for logs and for what is kept; a page shows it
/// in the language of its [`Reader`].
///
/// As JSON it is a string where it is nobody's message, and else an object with `id`, `args` and `en`,
/// the English words of then, which are shown when the message is gone from the catalogues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Text(Said);

#[derive(Clone, Debug)]
enum Said {
    /// The words of a person, of Azure or of the operator, in whatever language they are.
    Verbatim(Cow<'static, str>),
    Message {
        id: Cow<'static, str>,
        args: Vec<(Cow<'static, str>, Value)>,
        /// The English words when it was kept.
        english: Option<String>,
    },
    /// Several, one after another.
    Joined { texts: Vec<Text>, with: Cow<'static, str> },
}

/// What stands in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Number(i64),
    /// Somebody's words, or a name.
    Words(String),
    Moment {
        at: Timestamp,
    },
    Text(Text),
}

/// What can stand in a message.
pub trait Say {
    fn value(&self) -> Value;
}

impl Text {
    pub const fn none() -> Text {
        Text(Said::Verbatim(Cow::Borrowed("")))
    }

    /// The message with this id.
    pub fn of(id: impl Into<Cow<'static, str>>) -> Text {
        let id = id.into();
        if id.is_empty() {
            return Text::none();
        }
        Text(Said::Message { id, args: Vec::new(), english: None })
    }

    /// Words that are not ours to translate.
    pub fn verbatim(words: impl Into<Cow<'static, str>>) -> Text {
        Text(Said::Verbatim(words.into()))
    }

    /// What stands at `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Say) -> Text {
        if let Said::Message { args, .. } = &mut self.0 {
            args.push((name.into(), value.value()));
        }
        self
    }

    /// One after another, with `with` between them. Empty ones are left out.
    pub fn joined(texts: impl IntoIterator<Item = Text>, with: &'static str) -> Text {
        let mut texts: Vec<Text> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        match texts.pop() {
            None => Text::none(),
            Some(only) if texts.is_empty() => only,
            Some(last) => {
                texts.push(last);
                Text(Said::Joined { texts, with: with.into() })
            }
        }
    }

    /// Sentences, a space between them.
    pub fn sentences(texts: impl IntoIterator<Item = Text>) -> Text {
        Text::joined(texts, " ")
    }

    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Said::Verbatim(words) if words.is_empty())
    }

    /// For a column: plain where it is nobody's message, JSON otherwise.
    pub fn to_column(&self) -> String {
        match &self.0 {
            // Words that could be taken for JSON are kept as such.
            Said::Verbatim(words) if !words.starts_with(['{', '"']) => words.clone().into_owned(),
            // A structure of texts and numbers always has JSON.
            _ => serde_json::to_string(self).unwrap_or_else(|_| self.to_string()),
        }
    }

    pub fn of_column(kept: String) -> Text {
        let parsed =
            kept.starts_with(['{', '"']).then(|| serde_json::from_str(&kept).ok()).flatten();
        parsed.unwrap_or_else(|| Text::verbatim(kept))
    }

    /// As plain words.
    pub fn said_to(&self, reader: &Reader) -> String {
        self.put(reader, false)
    }

    /// As HTML: the message may have markup, what stands in it is escaped, and moments are marked up.
    pub(super) fn marked_up_for(&self, reader: &Reader) -> String {
        self.put(reader, true)
    }

    fn put(&self, reader: &Reader, html: bool) -> String {
        match &self.0 {
            Said::Verbatim(words) if html => escaped(words),
            Said::Verbatim(words) => words.clone().into_owned(),
            Said::Joined { texts, with } => {
                let texts: Vec<String> = texts.iter().map(|text| text.put(reader, html)).collect();
                texts.join(&*if html { Cow::Owned(escaped(with)) } else { with.clone() })
            }
            Said::Message { id, args, english } => {
                let mut put = FluentArgs::with_capacity(args.len());
                for (name, value) in args {
                    put.set(name.clone(), value.put(reader, html));
                }
                let kept = || {
                    english.as_ref().map(|words| if html { escaped(words) } else { words.clone() })
                };
                // What was kept may be older than the message.
                match reader.language.say(id, &put) {
                    catalogue::Said::Whole(words) => words,
                    catalogue::Said::InPart(words) => kept().unwrap_or_else(|| {
                        debug_assert!(false, "the message {id} is not whole: {words}");
                        words
                    }),
                    catalogue::Said::Nothing => kept().unwrap_or_else(|| {
                        debug_assert!(false, "no message has the id {id}");
                        id.clone().into_owned()
                    }),
                }
            }
        }
    }
}

impl Value {
    fn put(&self, reader: &Reader, html: bool) -> FluentValue<'static> {
        match self {
            Value::Number(number) => FluentValue::from(*number),
            Value::Words(words) if html => escaped(words).into(),
            Value::Words(words) => words.clone().into(),
            // A message that stands in another and has markup is put together as such.
            Value::Text(text) => text.put(reader, html).into(),
            Value::Moment { at } if html => moment::html(*at, reader).into(),
            Value::Moment { at } => moment::exact(*at, reader).into(),
        }
    }
}

fn escaped(words: &str) -> String {
    askama::filters::escape(words, askama::filters::Html)
        .map(|safe| safe.to_string())
        .unwrap_or_default()
}

/// The English words of then do not count: the message is what was said.
impl PartialEq for Said {
    fn eq(&self, other: &Said) -> bool {
        match (self, other) {
            (Said::Verbatim(one), Said::Verbatim(two)) => one == two,
            (Said::Message { id, args, .. }, Said::Message { id: two, args: theirs, .. }) => {
                id == two && args == theirs
            }
            (Said::Joined { texts, with }, Said::Joined { texts: theirs, with: two }) => {
                texts == theirs && with == two
            }
            _ => false,
        }
    }
}

impl Eq for Said {}

/// As it is in English.
impl PartialEq<str> for Text {
    fn eq(&self, english: &str) -> bool {
        self.said_to(&Reader::default()) == english
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, english: &&str) -> bool {
        self == *english
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::none()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said_to(&Reader::default()))
    }
}

impl askama::FastWritable for Text {
    fn write_into(
        &self,
        to: &mut dyn fmt::Write,
        values: &dyn askama::Values,
    ) -> askama::Result<()> {
        to.write_str(&self.said_to(Reader::among(values)))?;
        Ok(())
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn value(&self) -> Value {
        (**self).value()
    }
}

impl Say for Text {
    fn value(&self) -> Value {
        match &self.0 {
            // As it is read back.
            Said::Verbatim(words) => Value::Words(words.clone().into_owned()),
            _ => Value::Text(self.clone()),
        }
    }
}

impl Say for str {
    fn value(&self) -> Value {
        Value::Words(self.to_owned())
    }
}

impl Say for String {
    fn value(&self) -> Value {
        Value::Words(self.clone())
    }
}

impl Say for Cow<'_, str> {
    fn value(&self) -> Value {
        Value::Words(self.clone().into_owned())
    }
}

impl Say for Timestamp {
    fn value(&self) -> Value {
        Value::Moment { at: *self }
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Say for $number {
            fn value(&self) -> Value {
                Value::Number(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )+};
}
numbers!(u8, u16, u32, u64, usize, i32, i64);

/// How a [`Text`] is kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Verbatim(String),
    Message {
        id: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<(String, Value)>,
        en: String,
    },
    Joined {
        texts: Vec<Text>,
        with: String,
    },
}

impl From<Kept> for Text {
    fn from(kept: Kept) -> Text {
        Text(match kept {
            Kept::Verbatim(words) => Said::Verbatim(words.into()),
            Kept::Message { id, args, en } => Said::Message {
                id: id.into(),
                args: args.into_iter().map(|(name, value)| (name.into(), value)).collect(),
                english: Some(en),
            },
            Kept::Joined { texts, with } => Said::Joined { texts, with: with.into() },
        })
    }
}

impl From<Text> for Kept {
    fn from(text: Text) -> Kept {
        let english = text.to_string();
        match text.0 {
            Said::Verbatim(words) => Kept::Verbatim(words.into_owned()),
            Said::Message { id, args, english: before } => Kept::Message {
                id: id.into_owned(),
                args: args.into_iter().map(|(name, value)| (name.into_owned(), value)).collect(),
                en: before.unwrap_or(english),
            },
            Said::Joined { texts, with } => Kept::Joined { texts, with: with.into_owned() },
        }
    }
}
