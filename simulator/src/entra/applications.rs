//! The applications that may sign people in or act by themselves: ours, Microsoft's command line, and those of the world.
//! Knows registrations, no protocol.

use serde::{Deserialize, Serialize};

use crate::state::State;

/// An application as registered.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Application {
    pub client_id: String,
    pub name: String,
    /// Without one, and without a federated credential, it is a public client.
    pub client_secret: Option<String>,
    /// Compared exactly; they are also the allowed `post_logout_redirect_uri`s. `http://localhost` stands for every port.
    pub redirect_uris: Vec<String>,
    /// `sub` of a federated credential whose assertions are accepted beside the secret.
    pub federated_subject: Option<String>,
    pub front_channel_logout: Option<String>,
    /// Microsoft's own: known in every tenant, and nobody is asked to consent to it.
    pub first_party: bool,
}

/// "Microsoft Azure CLI". Source: "Application IDs of commonly used Microsoft applications".
pub const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

impl Application {
    pub fn azure_cli() -> Self {
        Self {
            client_id: AZURE_CLI.into(),
            name: "Microsoft Azure CLI".into(),
            redirect_uris: vec!["http://localhost".into()],
            first_party: true,
            ..Self::default()
        }
    }

    pub fn is_public(&self) -> bool {
        self.client_secret.is_none() && self.federated_subject.is_none()
    }

    /// Source: "Redirect URI (reply URL) best practices and limitations", localhost exceptions.
    pub fn redirects_to(&self, uri: &str) -> bool {
        let any_port = || {
            let rest = uri.strip_prefix("http://localhost").unwrap_or("none");
            let rest = rest.strip_suffix('/').unwrap_or(rest);
            rest.is_empty()
                || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
        };
        self.redirect_uris
            .iter()
            .any(|known| known == uri || (known == "http://localhost" && any_port()))
    }
}

impl State {
    pub fn registered(&self, client_id: &str) -> Option<Application> {
        let is = |row: &&Application| row.client_id.eq_ignore_ascii_case(client_id);
        [&self.application]
            .into_iter()
            .chain(&self.world.applications)
            .find(is)
            .cloned()
            .or_else(|| Some(Application::azure_cli()).filter(|row| is(&row)))
    }

    pub fn all_applications(&self) -> impl Iterator<Item = &Application> {
        [&self.application].into_iter().chain(&self.world.applications)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_stands_for_every_port_and_for_nothing_else() {
        let cli = Application::azure_cli();
        for good in ["http://localhost", "http://localhost:8400", "http://localhost:1/"] {
            assert!(cli.redirects_to(good), "{good}");
        }
        for bad in [
            "https://localhost:1",
            "http://localhost.example",
            "http://localhost:1/x",
            "http://localhost:99999",
            "none",
        ] {
            assert!(!cli.redirects_to(bad), "{bad}");
        }
    }
}
