//! The applications that may sign people in or act by themselves: ours, Microsoft's command line, and those of the world.
//! Knows registrations, no protocol.

use anyhow::ensure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::assertions::{Federated, certified};
use super::{Authority, Resource};
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
    /// Without one, a certificate and a federated credential it is a public client.
    pub client_secret: Option<String>,
    /// Compared exactly; they are also the allowed `post_logout_redirect_uri`s. `http://localhost` stands for every port.
    pub redirect_uris: Vec<String>,
    /// PEM; assertions that their keys sign are accepted beside the secret.
    pub certificates: Vec<String>,
    pub federated: Vec<Federated>,
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
        self.client_secret.is_none() && self.certificates.is_empty() && self.federated.is_empty()
    }

    pub fn check(&self) -> anyhow::Result<()> {
        let good = self.certificates.iter().all(|pem| certified(pem).is_some());
        ensure!(
            good,
            "a certificate of the application {} is no PEM with an RSA key",
            self.client_id
        );
        Ok(())
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

/// The service principals of Microsoft's resources that each tenant has, by resource.
const MICROSOFTS: [(Resource, &str); 3] = [
    (Resource::Arm, "Windows Azure Service Management API"),
    (Resource::Graph, "Microsoft Graph"),
    (Resource::Twins, "Azure Digital Twins"),
];

impl World {
    /// The resources for which tokens are issued have service principals in every tenant.
    pub fn introduce_resources(&mut self) {
        let mut tenants: Vec<String> =
            self.tenants.iter().map(|tenant| tenant.id.clone()).collect();
        if tenants.is_empty() {
            tenants.push(self.first_tenant().id.clone());
        }
        for (tenant, (resource, name)) in
            tenants.iter().flat_map(|tenant| MICROSOFTS.map(|row| (tenant, row)))
        {
            let app_id = resource.app_id();
            let known = self.service_principals.iter().any(|row| {
                row.app_id.eq_ignore_ascii_case(&app_id) && self.is_in(&row.tenant, tenant)
            });
            if known {
                continue;
            }
            let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{tenant}/{app_id}").as_bytes());
            self.service_principals.push(ServicePrincipal {
                id: id.to_string(),
                tenant: tenant.clone(),
                app_id,
                name: name.to_owned(),
                kind: "Application".into(),
                visible_at: None,
            });
        }
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
