//! Signing keys and the tokens made with them. Knows RS256, JWKS and nothing of claims.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::sha2::{Digest as _, Sha256};
use rsa::signature::{SignatureEncoding as _, Signer as _, Verifier as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{RsaPrivateKey, RsaPublicKey, pss, rand_core};
use serde_json::{Value, json};

pub struct Key {
    kid: String,
    certificate: String,
    private: RsaPrivateKey,
}

impl Key {
    fn generate() -> Self {
        let private = RsaPrivateKey::new(&mut Chance, 2048)
            .expect("2048 bits are a size that can be generated");
        let certificate = self_signed(&private);
        let kid = Self::id(&certificate);
        Self { kid, certificate: STANDARD.encode(certificate), private }
    }

    /// x5t: SHA-256 instead of SHA-1 of the certificate; Entra uses the same value for `kid`.
    fn id(certificate: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(&Sha256::digest(certificate)[..20])
    }

    fn jwk(&self, issuer: &str) -> Value {
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": URL_SAFE_NO_PAD.encode(self.private.n().to_bytes_be()),
            "e": URL_SAFE_NO_PAD.encode(self.private.e().to_bytes_be()),
            "x5c": [self.certificate],
            "issuer": issuer,
        })
    }
}

/// The keys of one simulator: those published, the first of them signing.
#[derive(Clone)]
pub struct KeyRing {
    published: Vec<Arc<Key>>,
    made: usize,
}

impl KeyRing {
    /// Takes up to a second the first time in a process: call it where blocking is allowed.
    pub fn make() -> Self {
        Self { published: vec![pooled(0), pooled(1)], made: 2 }
    }

    /// Private keys and certificates, to be kept in a file.
    pub fn keep(&self) -> Vec<(String, String)> {
        self.published
            .iter()
            .filter_map(|key| {
                let private = key.private.to_pkcs1_der().ok()?;
                Some((STANDARD.encode(private.as_bytes()), key.certificate.clone()))
            })
            .collect()
    }

    /// Those that were kept; `None` if there are none or they cannot be read.
    pub fn kept(keys: &[(String, String)]) -> Option<Self> {
        let read = |(private, certificate): &(String, String)| {
            let private = RsaPrivateKey::from_pkcs1_der(&STANDARD.decode(private).ok()?).ok()?;
            let kid = Key::id(&STANDARD.decode(certificate).ok()?);
            Some(Arc::new(Key { kid, certificate: certificate.clone(), private }))
        };
        let published: Vec<Arc<Key>> = keys.iter().map(read).collect::<Option<_>>()?;
        (!published.is_empty()).then_some(Self { published, made: keys.len() })
    }

    /// A new key signs at once; the old ones stay published.
    pub fn rotate(&mut self) -> String {
        self.published.insert(0, pooled(self.made));
        self.made += 1;
        self.published[0].kid.clone()
    }

    pub fn jwks(&self, issuer: &str) -> Value {
        let keys: Vec<Value> = self.published.iter().rev().map(|key| key.jwk(issuer)).collect();
        json!({ "keys": keys })
    }

    /// A compact JWT. v1.0 access tokens carry `x5t` beside `kid`, v2.0 tokens do not.
    pub fn sign(&self, claims: &Value, v1: bool) -> String {
        let key = &self.published[0];
        let mut header = json!({"typ": "JWT", "alg": "RS256", "kid": key.kid});
        if v1 {
            header["x5t"] = json!(key.kid);
        }
        self.signed(&header, claims)
    }

    pub(super) fn signed(&self, header: &Value, claims: &Value) -> String {
        let key = &self.published[0];
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = SigningKey::<Sha256>::new(key.private.clone()).sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The claims of a token that one of our keys signed.
    pub fn verify(&self, token: &str) -> Option<Value> {
        let jwt = Jwt::read(token)?;
        let key = self.published.iter().find(|key| jwt.header["kid"] == key.kid.as_str())?;
        jwt.is_signed_by(&key.private.to_public_key()).then_some(jwt.claims)
    }
}

/// The claims of a token that one of these keys (JWK) has signed.
pub fn verify_with(keys: &[Value], token: &str) -> Option<Value> {
    let jwt = Jwt::read(token)?;
    jwt.is_signed_by(&jwt.key_among(keys)?).then_some(jwt.claims)
}

/// A JWT in its parts, not yet believed.
pub struct Jwt<'a> {
    pub header: Value,
    pub claims: Value,
    text: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    pub fn read(token: &'a str) -> Option<Self> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, claims) = text.split_once('.')?;
        let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { header: json(header)?, claims: json(claims)?, text, signature })
    }

    /// Its own key of these (JWK).
    pub fn key_among(&self, keys: &[Value]) -> Option<RsaPublicKey> {
        let key =
            keys.iter().find(|key| key["kid"].is_string() && key["kid"] == self.header["kid"])?;
        let number = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok()?;
            Some(rsa::BigUint::from_bytes_be(&bytes))
        };
        RsaPublicKey::new(number("n")?, number("e")?).ok()
    }

    /// By RS256 or PS256, as its header says.
    pub fn is_signed_by(&self, key: &RsaPublicKey) -> bool {
        let (key, text, signature) = (key.clone(), self.text.as_bytes(), self.signature.as_slice());
        match self.header["alg"].as_str() {
            Some("RS256") => Signature::try_from(signature).is_ok_and(|signature| {
                VerifyingKey::<Sha256>::new(key).verify(text, &signature).is_ok()
            }),
            Some("PS256") => pss::Signature::try_from(signature).is_ok_and(|signature| {
                pss::VerifyingKey::<Sha256>::new(key).verify(text, &signature).is_ok()
            }),
            _ => false,
        }
    }
}

/// The claims of a JWT whose signature is not looked at.
pub fn claims_unverified(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// The n-th key of this process: all simulators in one process share them, since making one is slow.
fn pooled(n: usize) -> Arc<Key> {
    static POOL: Mutex<Vec<Arc<Key>>> = Mutex::new(Vec::new());
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    while pool.len() <= n {
        pool.push(Arc::new(Key::generate()));
    }
    pool[n].clone()
}

/// `rand`'s generator in the clothes of the older trait that `rsa` wants.
struct Chance;

impl rand_core::CryptoRng for Chance {}

impl rand_core::RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        rand::random()
    }

    fn next_u64(&mut self) -> u64 {
        rand::random()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(rand::random);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// A self-signed X.509 v3 certificate for `CN=accounts.accesscontrol.windows.net`, DER (RFC 5280, 4.1).
fn self_signed(private: &RsaPrivateKey) -> Vec<u8> {
    let public = private.to_public_key().to_pkcs1_der().expect("a public key can be written down");
    let rsa_encryption =
        der(0x30, &[&[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0][..]]);
    let sha256_with_rsa =
        der(0x30, &[&[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0][..]]);
    let common_name = der(0x0c, &[b"accounts.accesscontrol.windows.net"]);
    let name = der(0x30, &[&der(0x31, &[&der(0x30, &[&[0x06, 3, 0x55, 4, 3], &common_name])])]);
    let validity = der(0x30, &[&der(0x17, &[b"250101000000Z"]), &der(0x17, &[b"450101000000Z"])]);
    let mut serial = [1u8; 9];
    serial[1..].fill_with(rand::random);
    let bits = |bytes: &[u8]| der(0x03, &[&[0], bytes]);
    let body = der(
        0x30,
        &[
            &der(0xa0, &[&[2, 1, 2]]),
            &der(0x02, &[&serial]),
            &sha256_with_rsa,
            &name,
            &validity,
            &name,
            &der(0x30, &[&rsa_encryption, &bits(public.as_bytes())]),
        ],
    );
    let signature = SigningKey::<Sha256>::new(private.clone()).sign(&body).to_vec();
    der(0x30, &[&body, &sha256_with_rsa, &bits(&signature)])
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_verifies_until_a_byte_is_changed_and_across_rotation() {
        let mut ring = KeyRing::make();
        let token = ring.sign(&json!({"oid": "x"}), false);
        assert_eq!(ring.verify(&token), Some(json!({"oid": "x"})));
        let forged = token.replacen("eyJ", "eyK", 2);
        assert_eq!(ring.verify(&forged), None);
        let before = ring.jwks("i")["keys"].as_array().map(Vec::len);
        let kid = ring.rotate();
        assert_eq!(ring.verify(&token), Some(json!({"oid": "x"})), "the old key stays");
        assert_eq!(ring.jwks("i")["keys"].as_array().map(Vec::len), before.map(|n| n + 1));
        assert!(ring.jwks("i").to_string().contains(&kid));
    }
}
