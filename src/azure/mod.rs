//! What is outside: the only HTTP to Microsoft. Knows Entra ID, Azure Resource Manager, Graph and
//! the data plane of Azure Digital Twins by their wire; knows nothing of requests, people or the
//! database.
//!
//! One client for all of it. Nothing here goes to the network before it is asked to, so the portal
//! starts while Azure is down. The time of day comes in by argument.

mod arm;
mod challenge;
mod entra;
mod graph;
mod http;
mod problem;
mod twins;

pub use arm::{
    ActsAs, Answer, AssignedIdentity, Call, Connection, Filter, Identity, Instance, Listed, Lock,
    NameAnswer, Network, Operation, Outlet, PermissionEntry, PrivateEndpoint, Provider, Region,
    ResourceGroup, RoleAssignment, RoleDefinition, Subnet, Subscription, UserIdentity, Zone,
    ZoneGroup, ZoneLink, role_guid,
};
pub use entra::{Ask, Begun, SignedIn, Traded};
pub use graph::{Found, Kind, Search};
pub use http::{cause, client_for, is_loopback};
pub use problem::{Error, Problem, Service};

use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

pub type Result<T> = std::result::Result<T, Error>;

/// The client. Cloning it is cheap, and all clones share connections and signing keys.
#[derive(Clone)]
pub struct Azure(Arc<Inner>);

struct Inner {
    settings: Settings,
    http: http::Http,
    entra: entra::Cache,
}

impl Azure {
    /// Reads the file of extra trusted roots; does not touch the network.
    pub fn new(settings: Settings) -> anyhow::Result<Azure> {
        let http = http::Http::new(&settings)?;
        Ok(Azure(Arc::new(Inner { settings, http, entra: entra::Cache::default() })))
    }

    /// Whether a service answers at all. Entra must give its discovery document; of the others any
    /// answer but a server's error counts, since nobody is signed in here.
    pub async fn reachable(&self, service: Service) -> Result<()> {
        let url = match service {
            Service::Entra => return self.discover().await.map(|_| ()),
            Service::Arm => {
                self.arm_url(&format!("/subscriptions?api-version={}", arm::SUBSCRIPTIONS))?
            }
            Service::Graph => self.graph_url("/me")?,
            Service::Twins => {
                let problem =
                    Problem::ours(service, "NoAddress", "each instance has a host of its own");
                return Err(Error::Refused(problem));
            }
        };
        let request = self.0.http.request(service, reqwest::Method::GET, url);
        match self.0.http.send(service, request, self.0.settings.arm_body).await {
            Ok(_)
            | Err(
                Error::SignIn { .. } | Error::Expired(_) | Error::Refused(_) | Error::Missing(_),
            ) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The time of day at Entra ID, to the second. Nothing if its answer does not say.
    pub async fn time_at_entra(&self) -> Result<Option<jiff::Timestamp>> {
        let request =
            self.0.http.request(Service::Entra, reqwest::Method::GET, self.discovery_url()?);
        let reply = self.0.http.send(Service::Entra, request, self.0.settings.token_body).await?;
        Ok(http::date(&reply.headers))
    }
}

/// Where Azure is and who we are to it.
#[derive(Clone)]
pub struct Settings {
    /// The directory (tenant) id, a GUID.
    pub tenant: String,
    pub client_id: String,
    pub credential: Credential,
    /// Where Entra ID is, without the tenant: `https://login.microsoftonline.com`.
    pub authority: Url,
    pub arm: Url,
    /// Where Graph is, without the version: `https://graph.microsoft.com`.
    pub graph: Url,
    /// The address of an instance's data plane, with `{host}` in the place of its host name.
    pub twins: String,
    pub scopes: Scopes,
    pub redirect_uri: Url,
    /// PEM roots that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The longest that one exchange with Microsoft may take.
    pub hop_timeout: Duration,
    /// Signing keys are not fetched again for an unknown key id before this has passed.
    pub key_refetch: Duration,
    /// The longest body taken from Entra ID, in bytes.
    pub token_body: usize,
    /// The longest body taken from ARM, Graph and the data plane, in bytes.
    pub arm_body: usize,
}

impl Settings {
    /// The addresses and limits of a cloud, to be changed where an operator says so.
    pub fn of(
        cloud: Cloud,
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        credential: Credential,
        redirect_uri: Url,
    ) -> Settings {
        let places = cloud.places();
        let url = |text| Url::parse(text).expect("the addresses in the table are whole");
        Settings {
            tenant: tenant.into(),
            client_id: client_id.into(),
            credential,
            authority: url(places.authority),
            arm: url(places.arm),
            graph: url(places.graph),
            twins: "https://{host}".into(),
            scopes: Scopes::of(places),
            redirect_uri,
            ca_file: None,
            hop_timeout: Duration::from_secs(10),
            key_refetch: Duration::from_secs(300),
            token_body: 1 << 20,
            arm_body: 16 << 20,
        }
    }
}

/// How the portal proves to Entra ID that it is itself.
#[derive(Clone)]
pub enum Credential {
    Secret(SecretString),
    /// A file with a federated credential's token. It is read anew each time, because it is
    /// replaced long before the portal stops.
    TokenFile(PathBuf),
}

/// What is asked of Entra ID for each resource. One token is for one resource only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes {
    pub arm: String,
    pub graph: String,
    pub twins: String,
}

impl Scopes {
    fn of(places: &Places) -> Scopes {
        Scopes {
            arm: format!("{}/user_impersonation", places.arm),
            graph: format!("{}/User.ReadBasic.All", places.graph),
            twins: format!("{}/Read.Write", places.twins_audience),
        }
    }

    fn for_resource(&self, resource: Resource) -> &str {
        match resource {
            Resource::Arm => &self.arm,
            Resource::Graph => &self.graph,
            Resource::Twins => &self.twins,
        }
    }
}

/// Microsoft's clouds (identity platform, "National clouds"; Graph,
/// "National cloud deployments").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    Public,
    UsGov,
    China,
}

impl Cloud {
    pub fn named(name: &str) -> Option<Cloud> {
        match name {
            "public" => Some(Cloud::Public),
            "usgov" => Some(Cloud::UsGov),
            "china" => Some(Cloud::China),
            _ => None,
        }
    }

    /// Azure Digital Twins is not known to be offered in every cloud.
    pub fn has_twins(self) -> bool {
        self != Cloud::China
    }

    /// The Azure portal of this cloud, for links that people follow.
    pub fn portal(self) -> &'static str {
        self.places().portal
    }

    fn places(self) -> &'static Places {
        match self {
            Cloud::Public => &Places {
                authority: "https://login.microsoftonline.com",
                arm: "https://management.azure.com",
                graph: "https://graph.microsoft.com",
                twins_audience: "https://digitaltwins.azure.net",
                portal: "https://portal.azure.com",
            },
            Cloud::UsGov => &Places {
                authority: "https://login.microsoftonline.us",
                arm: "https://management.usgovcloudapi.net",
                graph: "https://graph.microsoft.us",
                twins_audience: "https://digitaltwins.azure.us",
                portal: "https://portal.azure.us",
            },
            Cloud::China => &Places {
                authority: "https://login.partner.microsoftonline.cn",
                arm: "https://management.chinacloudapi.cn",
                graph: "https://microsoftgraph.chinacloudapi.cn",
                // Not known to exist there; an operator who names an address means the public one.
                twins_audience: "https://digitaltwins.azure.net",
                portal: "https://portal.azure.cn",
            },
        }
    }
}

struct Places {
    authority: &'static str,
    arm: &'static str,
    graph: &'static str,
    twins_audience: &'static str,
    portal: &'static str,
}

/// What an access token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    Arm,
    Graph,
    Twins,
}

impl Resource {
    /// How metrics call it.
    pub fn word(self) -> &'static str {
        match self {
            Resource::Arm => "arm",
            Resource::Graph => "graph",
            Resource::Twins => "twins",
        }
    }
}

/// A person's token for one resource. It prints as nothing and cannot be serialised.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    pub(crate) fn new(text: String) -> AccessToken {
        AccessToken(text.into())
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken")
    }
}

/// An address of ours with a path behind it. The address may have a path of its own.
fn beneath(service: Service, base: &Url, path_and_query: &str) -> Result<Url> {
    let refuse = |why: &str| {
        let text = format!("the path {path_and_query:?} was not sent: {why}");
        Err(Error::Refused(Problem::ours(service, "BadPath", &text)))
    };
    let root = base.as_str().trim_end_matches('/');
    if !path_and_query.starts_with('/') || path_and_query.starts_with("//") {
        return refuse("it does not begin with one slash");
    }
    let text = format!("{root}{path_and_query}");
    match Url::parse(&text) {
        // What was approved is what is sent: a path that a URL parser would alter is refused.
        Ok(url) if url.as_str() == text && url.fragment().is_none() => Ok(url),
        Ok(_) => refuse("it is not in the form in which it would be sent"),
        Err(_) => refuse("it makes no address"),
    }
}

/// An address that Azure gave us, if it is on the origin that we were set up with. A token is never
/// sent anywhere else.
fn on_origin(service: Service, base: &Url, text: &str) -> Result<Url> {
    match Url::parse(text) {
        Ok(url)
            if url.origin() == base.origin()
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Ok(url)
        }
        Ok(url) => {
            let why = format!(
                "it pointed to {}, but only {} is followed",
                url.origin().ascii_serialization(),
                base.origin().ascii_serialization()
            );
            Err(Error::Refused(Problem::ours(service, "ForeignAddress", &why)))
        }
        Err(_) => {
            let why = "it gave an address that is none";
            Err(Error::Refused(Problem::ours(service, "ForeignAddress", why)))
        }
    }
}

#[cfg(test)]
mod tests;
