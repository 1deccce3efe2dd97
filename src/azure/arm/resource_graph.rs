//! Azure Resource Graph: every instance that somebody can see, in one question. Its index lags behind
//! by seconds to minutes.

use super::{refused, tags};
use crate::azure::{AccessToken, Azure, Result, Service};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// `resourcegraph.json`, newest stable
const RESOURCE_GRAPH: &str = "2022-10-01";
const PAGE: usize = 1_000;
const MOST_PAGES: usize = 10;

/// An instance as the index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub name: String,
    pub group: String,
    /// Its id.
    pub subscription: String,
    pub location: String,
    pub host_name: Option<String>,
    pub provisioning_state: String,
    pub public_network_access: bool,
    pub tags: BTreeMap<String, String>,
}

impl Azure {
    /// By name. Only what the token's owner can read; more than ten thousand are refused.
    pub async fn listed_instances(&self, token: &AccessToken) -> Result<Vec<Listed>> {
        let query = "resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' \
                     | project id,name,location,resourceGroup,subscriptionId,tags,properties \
                     | order by name asc";
        let mut listed = Vec::new();
        let mut skip: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut options = json!({ "resultFormat": "objectArray", "$top": PAGE });
            if let Some(skip) = &skip {
                options["$skipToken"] = skip.as_str().into();
            }
            let url = self.arm_url(&format!(
                "/providers/Microsoft.ResourceGraph/resources?api-version={RESOURCE_GRAPH}"
            ))?;
            let request = self
                .0
                .http
                .request(Service::Arm, Method::POST, url)
                .bearer_auth(token.text())
                .json(&json!({ "query": query, "options": options }));
            let answer = self.0.http.send(Service::Arm, request, self.0.settings.arm_body).await?;
            let page: Page = answer.read()?;
            listed.extend(page.data.unwrap_or_default().into_iter().map(Row::into_listed));
            skip = page.skip_token.filter(|token| !token.is_empty());
            if skip.is_none() {
                return Ok(listed);
            }
        }
        Err(refused("TooManyPages", "shows more than ten thousand instances"))
    }
}

#[derive(Deserialize)]
struct Page {
    data: Option<Vec<Row>>,
    #[serde(rename = "$skipToken")]
    skip_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row {
    id: String,
    name: String,
    location: Option<String>,
    resource_group: Option<String>,
    subscription_id: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    host_name: Option<String>,
    provisioning_state: Option<String>,
    public_network_access: Option<String>,
}

impl Row {
    fn into_listed(self) -> Listed {
        let properties = self.properties.unwrap_or_default();
        let access = properties.public_network_access;
        Listed {
            id: self.id,
            name: self.name,
            group: self.resource_group.unwrap_or_default(),
            subscription: self.subscription_id.unwrap_or_default(),
            location: self.location.unwrap_or_default(),
            host_name: properties.host_name.filter(|host| !host.is_empty()),
            provisioning_state: properties.provisioning_state.unwrap_or_else(|| "Succeeded".into()),
            public_network_access: !access
                .is_some_and(|access| access.eq_ignore_ascii_case("Disabled")),
            tags: tags(self.tags),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_as_documented() {
        let page: Page = serde_json::from_value(json!({
            "totalRecords": 1, "count": 1, "resultTruncated": "false", "facets": [],
            "data": [{
                "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.DigitalTwins/digitalTwinsInstances/n",
                "name": "n", "location": "westeurope", "resourceGroup": "g", "subscriptionId": "s", "tags": null,
                "properties": {"hostName": "n.api.weu.digitaltwins.azure.net", "provisioningState": "Succeeded", "publicNetworkAccess": "Disabled"},
            }],
        }))
        .unwrap();
        assert!(page.skip_token.is_none());
        let listed = page.data.unwrap().remove(0).into_listed();
        assert_eq!((listed.group.as_str(), listed.public_network_access), ("g", false));
        assert_eq!(listed.host_name.as_deref(), Some("n.api.weu.digitaltwins.azure.net"));
    }
}
