//! Texts inside the addresses of our own pages.

use std::fmt::Display;

/// As a value in an address's query.
pub fn encoded(text: impl Display) -> String {
    url::form_urlencoded::byte_serialize(text.to_string().as_bytes()).collect()
}
