//! How templates say things: `{{ "place-home"|t }}`, `{{ "home-hello"|t|with("name", name) }}`.

use std::fmt;

use askama::{FastWritable, Result, Values, filters::HtmlSafe};

use super::{Reader, Say, Text};

/// The message with this id.
#[askama::filter_fn]
pub fn t(id: &str, _: &dyn Values) -> Result<Text> {
    Ok(Text::of(id.to_owned()))
}

/// The same with something at `{ $name }`.
#[askama::filter_fn]
pub fn with<V: Say>(text: Text, _: &dyn Values, name: &str, value: V) -> Result<Text> {
    Ok(text.with(name.to_owned(), value))
}

/// A message that has markup of its own. What stands in it is escaped, and moments are marked up.
#[askama::filter_fn]
pub fn html(text: Text, _: &dyn Values) -> Result<MarkedUp> {
    Ok(MarkedUp(text))
}

/// A moment: how long ago, and exactly on hover and focus.
#[askama::filter_fn]
pub fn when<M: Say>(moment: M, _: &dyn Values) -> Result<MarkedUp> {
    Ok(MarkedUp(Text::of("moment").with("at", moment)))
}

/// The language of the page, as `lang` has it.
#[askama::filter_fn]
pub fn language<T>(_: T, values: &dyn Values) -> Result<&'static str> {
    Ok(Reader::among(values).language.code())
}

/// A text with markup.
pub struct MarkedUp(Text);

impl fmt::Display for MarkedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.marked_up_for(&Reader::default()))
    }
}

impl FastWritable for MarkedUp {
    fn write_into(&self, to: &mut dyn fmt::Write, values: &dyn Values) -> Result<()> {
        to.write_str(&self.0.marked_up_for(Reader::among(values)))?;
        Ok(())
    }
}

impl HtmlSafe for MarkedUp {}
