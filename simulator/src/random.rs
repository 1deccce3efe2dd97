//! Chance: identifiers and secrets that nobody can guess. Knows nothing of what they stand for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub fn guid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// So many random bytes, base64url.
pub fn secret(bytes: usize) -> String {
    let raw: Vec<u8> = (0..bytes).map(|_| rand::random::<u8>()).collect();
    URL_SAFE_NO_PAD.encode(raw)
}
