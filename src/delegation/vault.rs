//! Sealing and opening. Knows no database and no Azure.
//!
//! XChaCha20-Poly1305 with a random nonce, and the owner's id as associated data, so that a row
//! which is moved to another person does not open. The text is `key-id.nonce.sealed`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const KEY: usize = 32;
const NONCE: usize = 24;

/// The newest key seals; all of them open. So a key is changed by putting a new one in front, and
/// the old one can go when everybody has signed in again.
#[derive(Clone)]
pub struct Vault {
    keys: Vec<(String, XChaCha20Poly1305)>,
}

/// A key for `TWINDESK_KEYS`.
pub fn new_key() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; KEY]>())
}

impl Vault {
    /// Keys as `new_key` makes them, separated by commas, the newest first. The error is for the
    /// operator and does not repeat a key.
    pub fn new(keys: &SecretString) -> Result<Vault, String> {
        let mut vault = Vault { keys: Vec::new() };
        for (at, text) in keys.expose_secret().split(',').map(str::trim).enumerate() {
            let key = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
            let Some(key) = key.and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok()) else {
                return Err(format!("key {} is not 32 bytes in base64url", at + 1));
            };
            let id = key_id(&key);
            if vault.keys.iter().any(|(known, _)| *known == id) {
                return Err(format!("key {} is there twice", at + 1));
            }
            vault.keys.push((id, XChaCha20Poly1305::new(&key.into())));
        }
        Ok(vault)
    }

    pub fn seal(&self, owner: &str, text: &str) -> String {
        let (id, cipher) = self.keys.first().expect("a vault has at least one key");
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: text.as_bytes(), aad: owner.as_bytes() };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only a text of more than 256 GB cannot be sealed");
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        format!("{id}.{}.{}", encode(&nonce), encode(&sealed))
    }

    /// Nothing, if it was sealed for somebody else, with a key that is not here, or was altered.
    pub fn open(&self, owner: &str, sealed: &str) -> Option<SecretString> {
        let (id, rest) = sealed.split_once('.')?;
        let (nonce, sealed) = rest.split_once('.')?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| known == id)?;
        let nonce: [u8; NONCE] = BASE64_URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let payload = Payload { msg: &sealed, aad: owner.as_bytes() };
        let open = cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        Some(String::from_utf8(open).ok()?.into())
    }
}

/// The first eight hexadecimal digits of the key's SHA-256.
fn key_id(key: &[u8; KEY]) -> String {
    Sha256::digest(key).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_sealed_shows_its_key_and_nothing_else() {
        let vault = vault(&[KEYS[0]]);
        let sealed = vault.seal("ada", "refresh");
        let parts: Vec<&str> = sealed.split('.').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], "66687aad", "SHA-256 of 32 zero bytes begins so");
        assert!(!sealed.contains("refresh"));
        assert_ne!(sealed, vault.seal("ada", "refresh"), "each time under a nonce of its own");
    }

    #[test]
    fn an_old_key_still_opens_and_the_new_one_seals() {
        let old = vault(&[KEYS[0]]).seal("ada", "refresh");
        let both = vault(&[KEYS[1], KEYS[0]]);
        assert_eq!(read(&both, "ada", &old).as_deref(), Some("refresh"));
        let new = both.seal("ada", "refresh");
        assert_eq!(read(&vault(&[KEYS[1]]), "ada", &new).as_deref(), Some("refresh"));
        assert_eq!(read(&vault(&[KEYS[1]]), "ada", &old), None, "its key is gone");
    }

    #[test]
    fn a_row_moved_to_another_person_does_not_open() {
        let vault = vault(&[KEYS[0]]);
        assert_eq!(read(&vault, "bob", &vault.seal("ada", "refresh")), None);
    }

    #[test]
    fn keys_that_are_none_are_refused_without_being_shown() {
        let problem = |text: &str| Vault::new(&text.to_owned().into()).err().unwrap();
        assert_eq!(problem(""), "key 1 is not 32 bytes in base64url");
        assert_eq!(problem(&format!("{},secret", KEYS[0])), "key 2 is not 32 bytes in base64url");
        assert_eq!(problem(&format!("{},", KEYS[0])), "key 2 is not 32 bytes in base64url");
        assert_eq!(problem(&format!("{0},{0}", KEYS[0])), "key 2 is there twice");
    }

    #[test]
    fn a_new_key_is_one_and_new() {
        assert!(Vault::new(&new_key().into()).is_ok());
        assert_ne!(new_key(), new_key());
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(owner in "\\PC{0,40}", text in "\\PC{0,3000}") {
            let vault = vault(&[KEYS[1], KEYS[0]]);
            prop_assert_eq!(read(&vault, &owner, &vault.seal(&owner, &text)), Some(text));
        }

        #[test]
        fn whatever_is_altered_does_not_open(text in "[a-z]{1,60}", at: prop::sample::Index, c in "[A-Za-z0-9._-]") {
            let vault = vault(&[KEYS[1], KEYS[0]]);
            let sealed = vault.seal("ada", &text);
            let at = at.index(sealed.len());
            let altered = format!("{}{c}{}", &sealed[..at], &sealed[at + 1..]);
            prop_assume!(altered != sealed);
            prop_assert_eq!(read(&vault, "ada", &altered), None);
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}|66687aad\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
            prop_assert!(vault(&[KEYS[0]]).open("ada", &text).is_none());
        }
    }

    const KEYS: [&str; 2] = [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    ];

    fn vault(keys: &[&str]) -> Vault {
        Vault::new(&keys.join(",").into()).unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn read(vault: &Vault, owner: &str, sealed: &str) -> Option<String> {
        vault.open(owner, sealed).map(|text| text.expose_secret().to_owned())
    }
}
