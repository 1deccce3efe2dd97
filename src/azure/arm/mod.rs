//! Azure Resource Manager: what is common to all of it, and the write that is sent byte for byte as
//! it was approved. Each resource provider's reads are in a file of their own.

mod authorization;
mod endpoints;
mod identities;
mod instances;
mod locks;
mod networking;
mod resource_graph;

pub use authorization::{Filter, PermissionEntry, RoleAssignment, RoleDefinition, role_guid};
pub use endpoints::{ActsAs, Outlet};
pub use identities::UserIdentity;
pub use instances::{AssignedIdentity, Identity, Instance, NameAnswer};
pub use locks::Lock;
pub use networking::{Connection, Network, PrivateEndpoint, Subnet, Zone, ZoneGroup, ZoneLink};
pub use resource_graph::Listed;

use crate::azure::http::{CORRELATION_ID, Reply, request_id, retry_after};
use crate::azure::problem::{name, optional};
use crate::azure::{AccessToken, Azure, Error, Problem, Result, Service, beneath, on_origin};
use crate::text;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

// Each api-version with where it comes from: azure-rest-api-specs unless something else is named.
/// `subscriptions.json`: subscriptions and locations
pub(in crate::azure) const SUBSCRIPTIONS: &str = "2022-12-01";
/// `resources.json`: resource groups and providers
const RESOURCES: &str = "2021-04-01";

const NAMESPACE: &str = "Microsoft.DigitalTwins";
const INSTANCES: &str = "digitalTwinsInstances";

/// A list longer than this many pages is not read to its end, but refused.
const MOST_PAGES: usize = 100;

/// What may stand in a path as it is.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'(').remove(b')');

/// One call, exactly as it was approved.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub method: &'a str,
    /// From `/subscriptions` or `/providers` on, with `api-version`, encoded as it is to be sent.
    pub path_and_query: &'a str,
    pub body: Option<&'a str>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Null if there was none.
    pub body: Value,
    pub retry_after: Option<Duration>,
    /// Where to ask how it goes on: `Azure-AsyncOperation`, or else `Location`.
    pub operation: Option<String>,
    pub correlation: Option<String>,
    pub request: Option<String>,
}

/// How a long-running operation stands.
#[derive(Clone, Debug)]
pub enum Operation {
    Running { after: Option<Duration> },
    Succeeded,
    Failed(Box<Problem>),
    Canceled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: String,
    pub name: String,
    pub tenant: Option<String>,
    /// `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// As it is sent: `westeurope`.
    pub name: String,
    /// As people know it: `West Europe`.
    pub display: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// `NotRegistered`, `Registering`, `Registered`, `Unregistering` or `Unregistered`.
    pub state: String,
    /// Display names of the regions that offer instances.
    pub regions: Vec<String>,
}

impl Provider {
    pub fn is_registered(&self) -> bool {
        self.state.eq_ignore_ascii_case("Registered")
    }

    pub fn is_registering(&self) -> bool {
        self.state.eq_ignore_ascii_case("Registering")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceGroup {
    pub id: String,
    pub name: String,
    pub location: String,
    pub tags: BTreeMap<String, String>,
    pub provisioning_state: Option<String>,
}

impl Azure {
    /// Sends a call as it is. A long-running one is only begun: ask [`Azure::operation`].
    pub async fn send(
        &self,
        token: &AccessToken,
        call: Call<'_>,
        correlation: &str,
    ) -> Result<Answer> {
        let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| {
            refused("BadMethod", &format!("was not asked: {:?} is no method", call.method))
        })?;
        let url = self.arm_url(call.path_and_query)?;
        let mut request = self
            .0
            .http
            .request(Service::Arm, method, url)
            .bearer_auth(token.text())
            .header(CORRELATION_ID, correlation);
        if let Some(body) = call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        let reply = self.0.http.send(Service::Arm, request, self.0.settings.arm_body).await?;
        Ok(Answer {
            status: reply.status.as_u16(),
            body: reply.json()?,
            retry_after: retry_after(&reply.headers),
            operation: reply.header("azure-asyncoperation").or_else(|| reply.header("location")),
            correlation: reply.header(CORRELATION_ID.as_str()),
            request: request_id(&reply.headers),
        })
    }

    /// How an operation stands that [`Azure::send`] began. An error means that it could not be
    /// asked, not that the operation failed.
    pub async fn operation(&self, token: &AccessToken, url: &str) -> Result<Operation> {
        let url = on_origin(Service::Arm, &self.0.settings.arm, url)?;
        let reply = self.arm_get(token, url).await?;
        Ok(standing(&reply, reply.json()?))
    }

    pub async fn subscriptions(&self, token: &AccessToken) -> Result<Vec<Subscription>> {
        let rows = self.list(token, &format!("/subscriptions?api-version={SUBSCRIPTIONS}")).await?;
        Ok(rows.into_iter().map(|row: Row| row.into_subscription()).collect())
    }

    pub async fn subscription(
        &self,
        token: &AccessToken,
        subscription: &str,
    ) -> Result<Option<Subscription>> {
        let path = format!("/subscriptions/{}?api-version={SUBSCRIPTIONS}", segment(subscription)?);
        let row: Option<Row> = optional(self.read(token, &path).await)?;
        Ok(row.map(Row::into_subscription))
    }

    /// Regions of a subscription, whatever they offer.
    pub async fn locations(&self, token: &AccessToken, subscription: &str) -> Result<Vec<Region>> {
        let path = format!(
            "/subscriptions/{}/locations?api-version={SUBSCRIPTIONS}",
            segment(subscription)?
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_region).collect())
    }

    /// Azure Digital Twins in a subscription: is it registered, and where is it offered?
    pub async fn provider(&self, token: &AccessToken, subscription: &str) -> Result<Provider> {
        let path = format!(
            "/subscriptions/{}/providers/{NAMESPACE}?api-version={RESOURCES}",
            segment(subscription)?
        );
        let row: ProviderRow = self.read(token, &path).await?;
        Ok(row.into_provider())
    }

    /// The regions where an instance can be made.
    pub async fn regions(&self, token: &AccessToken, subscription: &str) -> Result<Vec<Region>> {
        let (provider, locations) = tokio::try_join!(
            self.provider(token, subscription),
            self.locations(token, subscription)
        )?;
        Ok(offered(&provider, &locations))
    }

    pub async fn resource_groups(
        &self,
        token: &AccessToken,
        subscription: &str,
    ) -> Result<Vec<ResourceGroup>> {
        let path = format!(
            "/subscriptions/{}/resourcegroups?api-version={RESOURCES}",
            segment(subscription)?
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_group).collect())
    }

    /// Ids of what is in a resource group, as far as the token's owner may read it. Parts of other
    /// resources are not listed.
    pub async fn resources(&self, token: &AccessToken, group: &str) -> Result<Vec<String>> {
        let path = format!("{}/resources?api-version={RESOURCES}", resource(group)?);
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().filter_map(|row| row.id).collect())
    }

    pub async fn resource_group(
        &self,
        token: &AccessToken,
        subscription: &str,
        name: &str,
    ) -> Result<Option<ResourceGroup>> {
        let (subscription, name) = (segment(subscription)?, segment(name)?);
        let path =
            format!("/subscriptions/{subscription}/resourcegroups/{name}?api-version={RESOURCES}");
        let row: Option<Row> = optional(self.read(token, &path).await)?;
        Ok(row.map(Row::into_group))
    }

    pub(in crate::azure) fn arm_url(&self, path_and_query: &str) -> Result<Url> {
        beneath(Service::Arm, &self.0.settings.arm, path_and_query)
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        token: &AccessToken,
        path: &str,
    ) -> Result<T> {
        self.arm_get(token, self.arm_url(path)?).await?.read()
    }

    async fn list<T: serde::de::DeserializeOwned>(
        &self,
        token: &AccessToken,
        path: &str,
    ) -> Result<Vec<T>> {
        let mut url = self.arm_url(path)?;
        let mut rows = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Page<T> = self.arm_get(token, url).await?.read()?;
            rows.extend(page.value.unwrap_or_default());
            match page.next_link.filter(|link| !link.is_empty()) {
                Some(link) => url = on_origin(Service::Arm, &self.0.settings.arm, &link)?,
                None => return Ok(rows),
            }
        }
        Err(refused(
            "TooManyPages",
            &format!("has a list of more than {MOST_PAGES} pages at {path}"),
        ))
    }

    async fn arm_get(&self, token: &AccessToken, url: Url) -> Result<Reply> {
        let request = self.0.http.request(Service::Arm, Method::GET, url).bearer_auth(token.text());
        self.0.http.send(Service::Arm, request, self.0.settings.arm_body).await
    }
}

/// The answer of either kind of address: a status resource, or `Location`, which says it by HTTP
/// status.
fn standing(reply: &Reply, body: Value) -> Operation {
    let running = Operation::Running { after: retry_after(&reply.headers) };
    let Some(status) = body["status"].as_str() else {
        return if reply.status.as_u16() == 202 { running } else { Operation::Succeeded };
    };
    match status.to_ascii_lowercase().as_str() {
        "succeeded" => Operation::Succeeded,
        "canceled" | "cancelled" => Operation::Canceled,
        "failed" => {
            let error = &body["error"];
            let code = error["code"].as_str().unwrap_or("Failed");
            let mut problem = match error["message"].as_str() {
                Some(message) => Problem::ours(Service::Arm, code, message),
                None => Problem::told(Service::Arm, code, text!("azure-no-reason")),
            };
            problem.correlation = reply.header(CORRELATION_ID.as_str());
            problem.request = request_id(&reply.headers);
            Operation::Failed(problem)
        }
        // Anything else is still running (azure-resource-manager-rpc, "async-api-reference").
        _ => running,
    }
}

/// The provider gives display names; what is sent is the name.
fn offered(provider: &Provider, locations: &[Region]) -> Vec<Region> {
    let plain = |text: &str| text.replace(' ', "").to_lowercase();
    let mut regions: Vec<Region> = provider
        .regions
        .iter()
        .map(|display| {
            let known = locations.iter().find(|region| {
                plain(&region.display) == plain(display) || plain(&region.name) == plain(display)
            });
            known
                .cloned()
                .unwrap_or_else(|| Region { name: plain(display), display: display.clone() })
        })
        .collect();
    regions.sort_by(|a, b| a.display.cmp(&b.display));
    regions.dedup_by(|a, b| a.name == b.name);
    regions
}

/// One segment of a path, encoded; nothing that would change the path.
fn segment(text: &str) -> Result<String> {
    if text.is_empty()
        || text == "."
        || text == ".."
        || text.contains(['/', '\\'])
        || text.contains(char::is_control)
    {
        return Err(refused(
            "BadName",
            &format!("was not asked: {text:?} cannot be part of an address"),
        ));
    }
    Ok(utf8_percent_encode(text, SEGMENT).to_string())
}

/// A resource id or scope as a path. The root scope is empty.
fn resource(id: &str) -> Result<String> {
    let mut path = String::new();
    if id == "/" {
        return Ok(path);
    }
    let Some(rest) = id.strip_prefix('/') else {
        return Err(refused("BadId", &format!("was not asked: {id:?} is not a resource id")));
    };
    for part in rest.split('/') {
        path.push('/');
        path.push_str(&segment(part)?);
    }
    Ok(path)
}

fn refused(code: &str, message: &str) -> Error {
    Error::Refused(Problem::ours(Service::Arm, code, message))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    value: Option<Vec<T>>,
    next_link: Option<String>,
}

/// A row of any list. Everything that ARM might leave out or send as null is optional.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    location: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
    properties: Option<Properties>,
    display_name: Option<String>,
    subscription_id: Option<String>,
    tenant_id: Option<String>,
    state: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    provisioning_state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProviderRow {
    registration_state: Option<String>,
    resource_types: Option<Vec<ResourceType>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceType {
    resource_type: String,
    locations: Option<Vec<String>>,
}

impl Row {
    fn into_subscription(self) -> Subscription {
        let id = self.subscription_id.or(self.id).unwrap_or_default();
        Subscription {
            name: self.display_name.as_deref().and_then(name).unwrap_or_else(|| id.clone()),
            id,
            tenant: self.tenant_id,
            state: self.state.unwrap_or_default(),
        }
    }

    fn into_region(self) -> Region {
        let id = self.name.unwrap_or_default();
        let display = self.display_name.as_deref().and_then(name);
        Region { display: display.unwrap_or_else(|| id.clone()), name: id }
    }

    fn into_group(self) -> ResourceGroup {
        ResourceGroup {
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            location: self.location.unwrap_or_default(),
            tags: tags(self.tags),
            provisioning_state: self.properties.unwrap_or_default().provisioning_state,
        }
    }
}

impl ProviderRow {
    fn into_provider(self) -> Provider {
        let types = self.resource_types.unwrap_or_default();
        let instances =
            types.into_iter().find(|kind| kind.resource_type.eq_ignore_ascii_case(INSTANCES));
        Provider {
            state: self.registration_state.unwrap_or_default(),
            regions: instances.and_then(|kind| kind.locations).unwrap_or_default(),
        }
    }
}

fn tags(tags: Option<BTreeMap<String, Option<String>>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name, value.unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn regions_are_those_of_the_provider_under_their_own_names() {
        let provider = Provider {
            state: "Registered".into(),
            regions: ["West Europe", "East US", "Nowhere Yet", "East US"].map(String::from).into(),
        };
        let region =
            |name: &str, display: &str| Region { name: name.into(), display: display.into() };
        let locations = [
            region("eastus", "East US"),
            region("westeurope", "West Europe"),
            region("uksouth", "UK South"),
        ];
        assert_eq!(
            offered(&provider, &locations),
            [
                region("eastus", "East US"),
                region("nowhereyet", "Nowhere Yet"),
                region("westeurope", "West Europe")
            ]
        );
    }

    #[test]
    fn a_page_may_be_empty_and_its_link_null() {
        for page in [
            json!({}),
            json!({"value": [], "nextLink": null}),
            json!({"value": null, "nextLink": ""}),
        ] {
            let page: Page<Row> = serde_json::from_value(page).unwrap();
            assert!(page.next_link.unwrap_or_default().is_empty());
        }
    }

    #[test]
    fn ids_become_paths() {
        assert_eq!(resource("/").unwrap(), "");
        assert_eq!(
            resource("/subscriptions/s/resourceGroups/a (b)é").unwrap(),
            "/subscriptions/s/resourceGroups/a%20(b)%C3%A9"
        );
        for id in ["", "subscriptions/s", "//x", "/a/../b", "/a/./b", "/a/", "/a\\b", "/a\nb"] {
            assert!(resource(id).is_err(), "{id:?}");
        }
    }

    proptest! {
        #[test]
        fn no_id_leaves_its_place(id in "/subscriptions(/[\\PC]{0,12}|/\\.{1,3}|/[?#%&]{1,3}|/resourceGroups){0,5}") {
            let base = Url::parse("https://management.azure.com").unwrap();
            if let Ok(path) = resource(&id) {
                let url = beneath(Service::Arm, &base, &format!("{path}?api-version=1")).unwrap();
                prop_assert_eq!(url.query(), Some("api-version=1"));
                let plain = percent_encoding::percent_decode_str(url.path()).decode_utf8().unwrap();
                prop_assert_eq!(plain.as_ref(), id.as_str());
            }
        }
    }
}
