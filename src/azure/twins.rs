//! The data plane of Azure Digital Twins: does it answer this person's own token?

use super::{AccessToken, Azure, Error, Problem, Result, Service};
use reqwest::Method;
use url::Url;

/// Newest stable of the data plane (azure-rest-api-specs).
const API: &str = "2023-10-31";

impl Azure {
    /// Reads one model, which a Data Reader may. A role that has not taken effect yet is refused
    /// like one that is missing: 403 without a word.
    pub async fn probe(&self, token: &AccessToken, host: &str) -> Result<()> {
        let url = self.twins_url(host)?;
        let request = self
            .0
            .http
            .request(Service::Twins, Method::GET, url)
            .bearer_auth(token.text())
            .header("max-items-per-page", "1");
        self.0.http.send(Service::Twins, request, self.0.settings.arm_body).await.map(|_| ())
    }

    fn twins_url(&self, host: &str) -> Result<Url> {
        if !is_dns_name(host) {
            let text = format!("was not asked: {host:?} is not a host name");
            return Err(Error::Refused(Problem::ours(Service::Twins, "BadHost", &text)));
        }
        let base = self.0.settings.twins.replace("{host}", host);
        let url = Url::parse(&format!("{}/models?api-version={API}", base.trim_end_matches('/')));
        url.map_err(|_| {
            let text = format!("was not asked: {base:?} is not an address");
            Error::Refused(Problem::ours(Service::Twins, "BadHost", &text))
        })
    }
}

/// Two labels or more, no port, no user, no address in numbers.
fn is_dns_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_host_name_is_put_into_the_address() {
        assert!(is_dns_name("8i50en.api.eus.digitaltwins.azure.net"));
        assert!(is_dns_name(&format!("{}.example", "a".repeat(63))));
        for host in [
            "",
            "localhost",
            "127.0.0.1",
            "0x7f.1",
            "a..b",
            ".a.b",
            "a.b.",
            "a.b:8080",
            "a.b/path",
            "x@a.b",
            "a.b?x",
            "a.b#x",
            "a b.c",
            "https://a.b",
            "-a.b",
            "[::1]",
            "é.example",
            "{host}",
        ] {
            assert!(!is_dns_name(host), "{host}");
        }
        assert!(!is_dns_name(&format!("{}.example", "a".repeat(64))));
        assert!(!is_dns_name(&vec!["a"; 128].join(".")));
    }
}
