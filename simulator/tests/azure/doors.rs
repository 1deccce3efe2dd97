//! Ports of the services' own, beside the one port.

use serde_json::Value;
use simulator::world::demo::{CLIENT_ID, CLIENT_SECRET, TENANT};
use simulator::{Options, Ports};

use crate::{ARM, Azure, CALLBACK, GRAPH, Got, TWINS, claims, member, redirected};

async fn everywhere() -> Azure {
    let free = Some("127.0.0.1:0".parse().unwrap());
    let ports = Ports { entra: free, arm: free, graph: free, twins: free };
    Azure::with(Options { ports, ..Options::default() }).await
}

impl Azure {
    async fn get(&self, url: &str, token: Option<&str>) -> Got {
        let mut request = self.client.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Got::from(request.send().await.unwrap()).await
    }

    /// An access token, everything done at the port of Entra ID.
    async fn token_from_own_port(&self, scope: &str) -> Value {
        let at = format!("{}/{TENANT}/oauth2/v2.0", self.running.places.entra);
        let query = [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
        ];
        let url = url::Url::parse_with_params(&format!("{at}/authorize"), query).unwrap();
        let form = [("loginfmt", "olivia@contoso.com"), ("passwd", "Twindesk1!")];
        let response = self.client.post(url).form(&form).send().await.unwrap();
        let code = member(&redirected(&response), "code");
        let form = [
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        let response = self.client.post(format!("{at}/token")).form(&form).send().await.unwrap();
        Got::from(response).await.body
    }
}

#[tokio::test]
async fn every_service_may_have_a_port_of_its_own_with_its_own_addresses() {
    let azure = everywhere().await;
    let places = azure.running.places.clone();
    let all = [&places.entra, &places.arm, &places.graph, &places.twins];
    for place in all {
        assert_eq!(all.iter().filter(|other| *other == &place).count(), 1, "{place}");
        assert!(!place.starts_with(azure.running.base.as_str().trim_end_matches('/')), "{place}");
        assert_eq!(url::Url::parse(place).unwrap().path(), "/", "it stands at the root");
    }
    let discovery = format!("{}/{TENANT}/v2.0/.well-known/openid-configuration", places.entra);
    let document = azure.get(&discovery, None).await.body;
    assert_eq!(document["issuer"], format!("{}/{TENANT}/v2.0", places.entra));
    assert_eq!(document["userinfo_endpoint"], format!("{}/oidc/userinfo", places.graph));

    let tokens = azure.token_from_own_port(&format!("openid {ARM}")).await;
    assert_eq!(claims(&tokens["id_token"])["iss"], document["issuer"]);
    let arm = tokens["access_token"].as_str().unwrap();
    let subscriptions = format!("{}/subscriptions?api-version=2022-12-01", places.arm);
    assert_eq!(azure.get(&subscriptions, Some(arm)).await.status, 200);
    let refused = azure.get(&subscriptions, None).await;
    assert!(
        refused
            .header("www-authenticate")
            .contains(&format!("authorization_uri=\"{}/", places.entra)),
        "{:?}",
        refused.headers
    );

    let tokens = azure.token_from_own_port(GRAPH).await;
    let users = format!("{}/v1.0/users?$top=1", places.graph);
    let users = azure.get(&users, tokens["access_token"].as_str()).await.body;
    let next = users["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with(&format!("{}/v1.0/users?", places.graph)), "{next}");

    let tokens = azure.token_from_own_port(TWINS).await;
    let models = format!(
        "{}/factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31",
        places.twins
    );
    let models = azure.get(&models, tokens["access_token"].as_str()).await;
    assert_eq!(models.status, 403, "the instance is there and asks for a data role");
}

#[tokio::test]
async fn a_port_serves_its_service_alone_and_the_one_port_serves_all() {
    let azure = everywhere().await;
    let places = azure.running.places.clone();
    let elsewhere = format!("{}/{TENANT}/v2.0/.well-known/openid-configuration", places.graph);
    assert_eq!(azure.get(&elsewhere, None).await.body["issuer"], Value::Null);
    for place in [&places.entra, &places.arm, &places.graph, &places.twins] {
        let world = azure.get(&format!("{place}/admin/world"), None).await;
        assert!(world.status.is_client_error(), "no admin address at {place}");
    }
    let shared = azure.at(&format!("/entra/{TENANT}/v2.0/.well-known/openid-configuration"));
    let shared = azure.get(&shared, None).await.body;
    assert_eq!(shared["issuer"], azure.at(&format!("/entra/{TENANT}/v2.0")));
}

#[tokio::test]
async fn ports_of_their_own_are_on_loopback_too() {
    let ports = Ports { arm: Some("0.0.0.0:0".parse().unwrap()), ..Ports::default() };
    let options = Options { ports, ..Options::default() };
    let refused =
        simulator::start(options).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("loopback only"), "{refused}");
}
