//! The applications that may sign people in or act by themselves: ours, Microsoft's command line, and those of the world.
//! Knows registrations, no protocol.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Authority;
use crate::state::State;
use crate::world::{ServicePrincipal, World};

/// An application as registered.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Application {
    pub client_id: String,
    /// Where it is registered; the first tenant by default.
    pub tenant: String,
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
    /// An administrator has switched it off (AADSTS70001).
    pub disabled: bool,
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

impl World {
    /// An application has a service principal where it is registered.
    pub fn introduce(&mut self, row: &Application) {
        if self.service_principals.iter().any(|principal| principal.app_id == row.client_id) {
            return;
        }
        let tenant = self.tenant_of(&row.tenant).id.clone();
        self.service_principals.push(ServicePrincipal {
            id: Uuid::new_v5(&Uuid::NAMESPACE_OID, row.client_id.as_bytes()).to_string(),
            tenant,
            app_id: row.client_id.clone(),
            name: row.name.clone(),
            kind: "Application".into(),
            visible_at: None,
        });
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

    /// The application as an authority knows it: registered in that tenant or Microsoft's own, and not switched off. The
    /// error is Entra's number and text.
    pub fn known_at(
        &self,
        authority: &Authority,
        client_id: &str,
    ) -> Result<Application, (u32, String)> {
        let found = self.registered(client_id).filter(|row| match authority {
            Authority::Tenant(tenant) => {
                row.first_party || self.world.is_in(&row.tenant, &tenant.id)
            }
            _ => true,
        });
        match found {
            None => Err((
                700016,
                format!(
                    "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the \
                     application has not been installed by the administrator of the tenant or consented to by any user in \
                     the tenant. You may have sent your authentication request to the wrong tenant.",
                    authority.name(&self.world)
                ),
            )),
            Some(row) if row.disabled => {
                Err((70001, format!("Application '{}' is disabled.", row.client_id)))
            }
            Some(row) => Ok(row),
        }
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
