//! Client assertions: the signed proof of an application that has a certificate or a federated credential. Knows keys, claims
//! and what Entra says of a bad one, no grants.
//!
//! Source: "Microsoft identity platform application authentication certificate credentials", "Workload identity federation".

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::applications::Application;
use super::keys::Jwt;
use crate::clock::precise;

/// Another issuer whose word an application may show instead of a secret of its own.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federated {
    pub issuer: String,
    pub subject: String,
    /// `api://AzureADTokenExchange` without any.
    pub audiences: Vec<String>,
    /// What the issuer publishes (JWK): Azure fetches it, here it is told.
    pub keys: Vec<Value>,
}

const EXCHANGE: &str = "api://AzureADTokenExchange";

impl Federated {
    fn takes(&self, audience: &str) -> bool {
        match self.audiences.as_slice() {
            [] => audience == EXCHANGE,
            own => own.iter().any(|name| name == audience),
        }
    }
}

/// What a certificate (PEM) is known by, and its key; `None` where it cannot be read or its key is not RSA.
pub(super) fn certified(pem: &str) -> Option<Certified> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
    let key = RsaPublicKey::from_public_key_der(&certificate.subject_public_key_info()).ok()?;
    Some(Certified {
        sha1: Sha1::digest(&der).to_vec(),
        sha256: Sha256::digest(&der).to_vec(),
        key,
    })
}

pub(super) struct Certified {
    sha1: Vec<u8>,
    sha256: Vec<u8>,
    key: RsaPublicKey,
}

/// Entra's number and text, of an `invalid_client`.
type Bad = (u32, String);

/// `endpoint` is where the assertion is shown.
pub(super) fn check(
    application: &Application,
    endpoint: &str,
    now: Timestamp,
    assertion: &str,
) -> Result<(), Bad> {
    let jwt = Jwt::read(assertion)
        .filter(|jwt| jwt.header.is_object() && jwt.claims.is_object())
        .ok_or_else(|| (50027, "JWT token is invalid or malformed.".to_owned()))?;
    let own = application.client_id.as_str();
    if jwt.claims["iss"] == own && jwt.claims["sub"] == own {
        by_certificate(application, endpoint, &jwt)?;
    } else {
        by_federation(application, &jwt)?;
    }
    in_time(&jwt.claims, now)
}

const CERTIFICATES: &str = "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials";

fn by_certificate(application: &Application, endpoint: &str, jwt: &Jwt) -> Result<(), Bad> {
    // (msal pads it.)
    let thumbprint =
        |name: &str| URL_SAFE_NO_PAD.decode(jwt.header[name].as_str()?.trim_end_matches('=')).ok();
    let (sha1, sha256) = (thumbprint("x5t"), thumbprint("x5t#S256"));
    let Some(told) = sha1.as_ref().or(sha256.as_ref()) else {
        let text = "Invalid JWT token. No certificate thumbprint specified in token header.";
        return Err((50027, text.to_owned()));
    };
    let mut known = application.certificates.iter().filter_map(|pem| certified(pem));
    let found = known
        .find(|known| sha1.as_ref() == Some(&known.sha1) || sha256.as_ref() == Some(&known.sha256));
    let unsigned = |reason: &str| {
        let text = format!(
            "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: '{}', \
             Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{}'.]",
            hexadecimal(told),
            application.client_id
        );
        (700027, text)
    };
    let found = found.ok_or_else(|| unsigned("The key was not found."))?;
    if !jwt.is_signed_by(&found.key) {
        return Err(unsigned("Key was found, but use of the key to verify the signature failed."));
    }
    if audiences(&jwt.claims).all(|audience| audience != endpoint) {
        let text = format!(
            "Client assertion audience claim does not match Realm issuer. Review the documentation at {CERTIFICATES} ."
        );
        return Err((700023, text));
    }
    Ok(())
}

fn by_federation(application: &Application, jwt: &Jwt) -> Result<(), Bad> {
    let unmatched = |number: u32, what: &str, value: &str| {
        let text = format!(
            "No matching federated identity record found for presented assertion {what} '{value}'. Please check your \
             federated identity credential Subject, Audience and Issuer against the presented assertion. \
             https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation"
        );
        (number, text)
    };
    let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default();
    let mut rows: Vec<&Federated> = application.federated.iter().collect();
    rows.retain(|row| row.issuer == text("iss"));
    if rows.is_empty() {
        return Err(unmatched(700211, "issuer", text("iss")));
    }
    rows.retain(|row| row.subject == text("sub"));
    if rows.is_empty() {
        return Err(unmatched(700213, "subject", text("sub")));
    }
    let row = rows.into_iter().find(|row| audiences(&jwt.claims).any(|name| row.takes(name)));
    let row = row.ok_or_else(|| {
        let shown: Vec<&str> = audiences(&jwt.claims).collect();
        unmatched(700212, "audience", &shown.join(", "))
    })?;
    let key = jwt.key_among(&row.keys).ok_or_else(|| {
        let text = format!(
            "The certificate with identifier {} used to sign the federated credential could not be found in the metadata \
             of identity provider {}. Please validate that your Identity Provider's metadata exposes the key used to sign \
             the incoming token.",
            jwt.header["kid"].as_str().unwrap_or_default(),
            row.issuer
        );
        (7000272, text)
    })?;
    if !jwt.is_signed_by(&key) {
        let text = "Assertion failed signature validation. [Reason - Key was found, but use of the key to verify the \
                    signature failed.]";
        return Err((50013, text.to_owned()));
    }
    Ok(())
}

/// One, or several as Kubernetes writes them.
fn audiences(claims: &Value) -> impl Iterator<Item = &str> {
    let several = claims["aud"].as_array().into_iter().flatten();
    several.chain(claims["aud"].is_string().then_some(&claims["aud"])).filter_map(Value::as_str)
}

/// (msal writes times with their fraction.)
fn in_time(claims: &Value, now: Timestamp) -> Result<(), Bad> {
    let time = |name: &str| Timestamp::from_second(claims[name].as_f64()? as i64).ok();
    let (from, until) = (time("nbf").or_else(|| time("iat")), time("exp"));
    if until.is_some_and(|until| now < until) && from.is_none_or(|from| from <= now) {
        return Ok(());
    }
    let told = |at: Option<Timestamp>| at.map(precise).unwrap_or_default();
    let text = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of \
         assertion {}. Review the documentation at {CERTIFICATES} .",
        precise(now),
        told(from),
        told(until)
    );
    Err((700024, text))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::super::keys::KeyRing;
    use super::*;

    const OWN: &str = "c0000000-0000-4000-8000-000000000001";
    const HERE: &str = "https://login.example/t/oauth2/v2.0/token";
    const NOW: i64 = 1_900_000_000;

    fn number(application: &Application, assertion: &str) -> u32 {
        let now = Timestamp::from_second(NOW).expect("it is a time");
        check(application, HERE, now, assertion).map_or_else(|(number, _)| number, |()| 0)
    }

    /// The claims with one of them changed.
    fn with(mut claims: Value, name: &str, value: Value) -> Value {
        claims[name] = value;
        claims
    }

    #[test]
    fn a_certificate_proves_its_application_and_nobody_else_does() {
        let ring = KeyRing::make();
        // The first key signs, and stands last in what is published.
        let published = ring.jwks("i");
        let certificate = |n: usize| {
            let text = published["keys"][n]["x5c"][0].as_str().unwrap_or_default().to_owned();
            let thumbprint = Sha1::digest(STANDARD.decode(&text).unwrap_or_default());
            let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
            (pem, URL_SAFE_NO_PAD.encode(thumbprint))
        };
        let ((pem, x5t), (other_pem, other_x5t)) = (certificate(1), certificate(0));
        let registered = |pems: &[&String]| Application {
            client_id: OWN.into(),
            certificates: pems.iter().map(|pem| (*pem).clone()).collect(),
            ..Application::default()
        };
        let application = registered(&[&other_pem, &pem]);
        assert!(application.check().is_ok());
        assert!(registered(&[&"no PEM".to_owned()]).check().is_err());
        let good =
            json!({"iss": OWN, "sub": OWN, "aud": HERE, "nbf": NOW, "exp": NOW as f64 + 600.25});
        let header = json!({"alg": "RS256", "x5t": x5t});
        let signed = |header: &Value, claims: &Value| ring.signed(header, claims);
        let proof = signed(&header, &good);
        assert_eq!(number(&application, &proof), 0);
        let padded = json!({"alg": "RS256", "x5t": format!("{x5t}=")});
        assert_eq!(number(&application, &signed(&padded, &good)), 0, "as msal writes it");
        assert_eq!(number(&registered(&[]), &proof), 700027, "no certificate is registered");
        assert_eq!(number(&registered(&[&other_pem]), &proof), 700027, "another is");
        for (what, header, claims, expected) in [
            ("alg none", json!({"alg": "none"}), good.clone(), 50027),
            ("alg none, named", json!({"alg": "none", "x5t": x5t}), good.clone(), 700027),
            ("another's name", json!({"alg": "RS256", "x5t": other_x5t}), good.clone(), 700027),
            ("elsewhere", header.clone(), with(good.clone(), "aud", json!("https://x")), 700023),
            ("over", header.clone(), with(good.clone(), "exp", json!(NOW)), 700024),
            ("early", header.clone(), with(good.clone(), "nbf", json!(NOW + 1)), 700024),
            ("endless", header.clone(), with(good.clone(), "exp", Value::Null), 700024),
            ("of another", header.clone(), with(good.clone(), "sub", json!("x")), 700211),
        ] {
            assert_eq!(number(&application, &signed(&header, &claims)), expected, "{what}");
        }
        assert_eq!(number(&application, "nonsense"), 50027);
    }

    #[test]
    fn a_federated_credential_fits_in_issuer_subject_audience_and_key() {
        let ring = KeyRing::make();
        let published = ring.jwks("i")["keys"].as_array().cloned().unwrap_or_default();
        let credential = Federated {
            issuer: "https://issuer.example".into(),
            subject: "system:serviceaccount:a:b".into(),
            keys: published.clone(),
            ..Federated::default()
        };
        let registered = |row: &Federated| Application {
            client_id: OWN.into(),
            federated: vec![Federated::default(), row.clone()],
            ..Application::default()
        };
        let application = registered(&credential);
        let good = json!({"iss": credential.issuer, "sub": credential.subject, "aud": EXCHANGE,
            "iat": NOW, "exp": NOW + 600});
        let signed = |claims: &Value| ring.sign(claims, false);
        for (what, name, value, expected) in [
            ("good", "x", Value::Null, 0),
            ("several audiences", "aud", json!(["x", EXCHANGE]), 0),
            ("issuer", "iss", json!("https://issuer.example/"), 700211),
            ("subject", "sub", json!("System:serviceaccount:a:b"), 700213),
            ("audience", "aud", json!(["api://x"]), 700212),
            ("over", "exp", json!(NOW), 700024),
        ] {
            assert_eq!(
                number(&application, &signed(&with(good.clone(), name, value))),
                expected,
                "{what}"
            );
        }
        let own = Federated { audiences: vec!["api://x".into()], ..credential.clone() };
        let for_x = with(good.clone(), "aud", json!("api://x"));
        assert_eq!(number(&registered(&own), &signed(&for_x)), 0);
        assert_eq!(number(&registered(&own), &signed(&good)), 700212);

        let unknown = Federated { keys: Vec::new(), ..credential };
        assert_eq!(number(&registered(&unknown), &signed(&good)), 7000272);
        assert_eq!(number(&application, &ring.signed(&json!({"alg": "none"}), &good)), 7000272);
        let none = json!({"alg": "none", "kid": published[1]["kid"]});
        assert_eq!(number(&application, &ring.signed(&none, &good)), 50013);
        let forged = json!({"alg": "RS256", "kid": published[0]["kid"]});
        assert_eq!(number(&application, &ring.signed(&forged, &good)), 50013);
    }
}
