//! https: with a certificate that is given, or with one of an authority made at start. Knows names and files, no service.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp, tz};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Tls {
    /// PEM files of a certificate chain and its key.
    Files(PathBuf, PathBuf),
    /// A new authority at every start: its certificate is written to this PEM file, its key is never written and forgotten
    /// at once, so that nobody can use it to pass for somebody else. The server's certificate is for the loopback names and
    /// for the names of Azure.
    Authority(PathBuf),
}

impl Tls {
    pub async fn config(&self, now: Timestamp) -> anyhow::Result<RustlsConfig> {
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match self {
            Self::Files(certificate, key) => {
                RustlsConfig::from_pem_file(certificate, key).await.with_context(|| {
                    format!("cannot use {} and {}", certificate.display(), key.display())
                })
            }
            Self::Authority(file) => {
                let made = Made::new(now)?;
                write(file, &made.authority)
                    .with_context(|| format!("cannot write {}", file.display()))?;
                Ok(RustlsConfig::from_der(vec![made.certificate], made.key).await?)
            }
        }
    }
}

fn write(file: &Path, der: &[u8]) -> std::io::Result<()> {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| str::from_utf8(line).ok()).collect();
    let pem =
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    let beside = file.with_extension("new");
    std::fs::write(&beside, pem)?;
    std::fs::rename(beside, file)
}

/// All in DER.
struct Made {
    authority: Vec<u8>,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Made {
    fn new(now: Timestamp) -> anyhow::Result<Self> {
        let mut params = lasting(now, "Simulated Azure, for tests on this machine only")?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let authority = params.self_signed(&key)?.der().to_vec();
        let issuer = Issuer::new(params, key);

        let mut params = lasting(now, "localhost")?;
        params.subject_alt_names = CertificateParams::new(crate::hosts::names())?.subject_alt_names;
        for address in ["127.0.0.1", "::1"] {
            params.subject_alt_names.push(SanType::IpAddress(address.parse()?));
        }
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?.der().to_vec();
        Ok(Self { authority, certificate, key: key.serialize_der() })
    }
}

/// From yesterday for a year.
fn lasting(now: Timestamp, name: &str) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    let day = |at: Timestamp| {
        let date = at.to_zoned(tz::TimeZone::UTC).date();
        rcgen::date_time_ymd(i32::from(date.year()), date.month() as u8, date.day() as u8)
    };
    params.not_before = day(now - SignedDuration::from_hours(24));
    params.not_after = day(now + SignedDuration::from_hours(24 * 365));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
