//! Who reads, as far as words depend on it.

use std::any::Any;

use jiff::{Timestamp, tz::TimeZone};

use super::Language;

/// Language, zone and present moment of whoever reads a page. The default is English, in UTC, at no
/// particular moment: for logs and for what is kept.
#[derive(Clone, Debug)]
pub struct Reader {
    pub language: Language,
    pub zone: TimeZone,
    /// Moments are told as so long ago where this is known.
    pub now: Option<Timestamp>,
}

const ENGLISH: Reader = Reader { language: Language::English, zone: TimeZone::UTC, now: None };

impl Default for Reader {
    fn default() -> Reader {
        ENGLISH
    }
}

impl Reader {
    /// The name by which templates are given a reader.
    const NAME: &str = "reader";

    /// The reader for whom a template is rendered.
    pub(super) fn among(values: &dyn askama::Values) -> &Reader {
        static NOBODY: Reader = ENGLISH;
        askama::get_value(values, Reader::NAME).unwrap_or(&NOBODY)
    }
}

impl askama::Values for Reader {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == Reader::NAME).then_some(self)
    }
}
