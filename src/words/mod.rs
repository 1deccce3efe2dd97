//! What the product says: messages that stand in `catalogues/`, in the language and the zone of whoever
//! reads. Knows no page, no person and no request.
//!
//! Whoever has something to say makes a [`Text`] with [`text!`](crate::text), and it becomes words only
//! where it is read. What is kept of it can be read in any language later.

mod catalogue;
pub mod filters;
mod moment;
mod reader;
mod text;

#[cfg(test)]
mod tests;

pub use catalogue::Language;
pub use reader::Reader;
pub use text::{Say, Text, Value};

/// A message of the catalogues and what stands in it: `text!("do-verify", name = instance.short())`.
#[macro_export]
macro_rules! text {
    ($id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::Text::of($id)$(.with(stringify!($name), $value))*
    };
}
