//! Reading `WWW-Authenticate`: is there a claims challenge, and what does it ask for?
//!
//! Several challenges may stand in one header or in several, their parameters come in any order,
//! and ARM says `error="invalid_token"` where others say `insufficient_claims`. So only the
//! presence of `claims` counts ("Claims challenges" of the Microsoft identity platform;
//! the parsers of the Azure SDKs).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// The claims that are asked for, as JSON text. The outer `None` means that nothing is asked for;
/// the inner one, that something is which we cannot read.
pub(super) fn claims(headers: &HeaderMap) -> Option<Option<String>> {
    let mut asked = None;
    for header in headers.get_all(WWW_AUTHENTICATE) {
        let text = String::from_utf8_lossy(header.as_bytes());
        for (name, value) in parameters(&text) {
            if name.eq_ignore_ascii_case("claims") {
                asked = asked
                    .flatten()
                    .or_else(|| decode(&value))
                    .map_or(Some(None), |json| Some(Some(json)));
            }
        }
    }
    asked
}

/// Claims as they are written in headers and texts: base64 of either alphabet with or without
/// padding, JSON, or JSON encoded for an address.
pub(super) fn decode(value: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

    let value = value.trim();
    if let Some(json) = object(value) {
        return Some(json);
    }
    let plain = percent_decode_str(value).decode_utf8().ok()?;
    if let Some(json) = object(plain.trim()) {
        return Some(json);
    }
    let digits: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    object(std::str::from_utf8(&BASE64.decode(digits).ok()?).ok()?.trim())
}

fn object(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.is_object().then(|| text.to_owned())
}

/// All `name=value` pairs of a header, whichever challenge they belong to.
fn parameters(header: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim_end().rsplit([' ', '\t', ',']).next().unwrap_or("");
        let (value, after) = value(rest[equals + 1..].trim_start());
        found.push((name, value));
        rest = after;
    }
    found
}

/// A value and what follows it: a quoted string, a bare word, or JSON that somebody forgot to
/// quote.
fn value(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        if let Some(end) = raw_json(quoted) {
            return (
                quoted[..end].to_owned(),
                quoted[end..].strip_prefix('"').unwrap_or(&quoted[end..]),
            );
        }
        let mut value = String::new();
        let mut chars = quoted.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return (value, &quoted[at + 1..]),
                '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                c => value.push(c),
            }
        }
        return (value, "");
    }
    let end = raw_json(text).or_else(|| text.find([',', ' ', '\t'])).unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

/// Where a JSON object ends that stands here with its quotes unescaped.
fn raw_json(text: &str) -> Option<usize> {
    if !text.starts_with('{') {
        return None;
    }
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    stream.next()?.ok()?;
    Some(stream.byte_offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    const MFA: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;
    const MFA_BASE64: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19";
    const REVOKED: &str = r#"{"access_token":{"nbf":{"essential":true, "value":"1603742800"}}}"#;
    const REVOKED_HEADER: &str = r#"Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="User session has been revoked", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwMzc0MjgwMCJ9fX0=""#;

    fn read(headers: &[&str]) -> Option<Option<String>> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(WWW_AUTHENTICATE, HeaderValue::from_bytes(header.as_bytes()).unwrap());
        }
        claims(&map)
    }

    fn asks(json: &str) -> Option<Option<String>> {
        Some(Some(json.into()))
    }

    #[test]
    fn arm_says_invalid_token_and_asks_for_claims() {
        assert_eq!(read(&[REVOKED_HEADER]), asks(REVOKED));
    }

    #[test]
    fn a_plain_401_asks_for_nothing() {
        assert_eq!(read(&[]), None);
        assert_eq!(
            read(&[
                r#"Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="The authentication failed because of missing 'Authorization' header; claims=none.""#
            ]),
            None
        );
    }

    #[test]
    fn the_challenge_may_stand_anywhere() {
        let last = format!(
            r#"PoP realm="a, b", Bearer realm="", client_id="x", error="insufficient_claims", Claims="{MFA_BASE64}""#
        );
        let first =
            format!(r#"Bearer claims={MFA_BASE64},error=insufficient_claims, Basic realm="x""#);
        for header in [last, first] {
            assert_eq!(read(&[&header]), asks(MFA), "{header}");
            assert_eq!(read(&["Negotiate", r#"Basic realm="y""#, &header]), asks(MFA));
        }
    }

    #[test]
    fn claims_come_in_many_clothes() {
        let escaped = MFA.replace('"', "\\\"");
        let encoded = "%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22p1%22%5D%7D%7D%7D";
        for written in [MFA, &escaped, encoded, MFA_BASE64, &format!("{MFA_BASE64}==")] {
            assert_eq!(
                read(&[&format!("Bearer claims=\"{written}\", error=\"x\"")]),
                asks(MFA),
                "{written}"
            );
        }
        assert_eq!(read(&[&format!("Bearer claims={MFA}, error=x")]), asks(MFA));
    }

    #[test]
    fn claims_that_cannot_be_read_are_still_a_challenge() {
        assert_eq!(read(&[r#"Bearer error="x", claims="?!""#]), Some(None));
        assert_eq!(read(&[r#"Bearer claims="#]), Some(None));
        assert_eq!(read(&[r#"Bearer claims="?!""#, REVOKED_HEADER]), asks(REVOKED));
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in "[\\x20-\\xff]{0,200}|(Bearer |claims=|[\"{},=\\\\ ]|[a-z]{1,3}|é){0,40}") {
            let _ = parameters(&header);
            let mut map = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(header.as_bytes()) {
                map.append(WWW_AUTHENTICATE, value);
                let _ = claims(&map);
            }
        }

        #[test]
        fn what_was_encoded_is_read(word in "\\PC{0,40}", padded: bool, urlsafe: bool, before in "[a-z]{1,8}") {
            let json = serde_json::json!({"access_token": {"x": word}}).to_string();
            let mut digits = match urlsafe {
                true => base64::engine::general_purpose::URL_SAFE.encode(&json),
                false => base64::engine::general_purpose::STANDARD.encode(&json),
            };
            if !padded {
                digits.truncate(digits.trim_end_matches('=').len());
            }
            prop_assert_eq!(read(&[&format!("Bearer {before}=\"a=b, c\", claims=\"{digits}\"")]), Some(Some(json)));
        }
    }
}
