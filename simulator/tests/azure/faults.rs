//! The admin address: faults, calls, settings, reset.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::demo::PRODUCTION;

use crate::{ARM, Azure, GRAPH, Got, Person, TWINS, production};

const GROUP: &str = "/resourcegroups/rg-fault";

#[tokio::test]
async fn a_fault_answers_so_many_calls_and_leaves_no_trace_in_the_world() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let fault = json!({"method": "PUT", "path": "rg-fault", "skip": 0, "times": 2, "status": 503, "code": "Busy",
        "message": "Later.", "retry_after": 3});
    let added = azure.admin(Method::POST, "/faults", fault).await;
    assert_eq!((added.status.as_u16(), added.body["ids"][0].as_u64()), (201, Some(1)));
    let put = || olivia.put_group();
    let first = put().await;
    assert_eq!(
        (first.status.as_u16(), first.code(), first.message(), first.header("retry-after")),
        (503, "Busy", "Later.", "3")
    );
    assert!(!first.header("x-ms-correlation-request-id").is_empty());
    assert_eq!(olivia.get(&production(GROUP)).await.status, 404);
    put().await;
    let left = Got::from(azure.client.get(azure.at("/admin/faults")).send().await.unwrap()).await;
    assert_eq!(left.body[0]["times"], 0);
    assert_eq!(put().await.status, 201);
}

#[tokio::test]
async fn a_wait_alone_is_added_to_the_true_answer() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let fault = json!({"service": "arm", "retry_after": 7});
    assert_eq!(azure.admin(Method::POST, "/faults", fault).await.status, 201);
    let made = olivia.put_group().await;
    assert_eq!((made.status.as_u16(), made.header("retry-after")), (201, "7"));
    assert_eq!(olivia.put_group().await.header("retry-after"), "");
}

impl crate::Person<'_> {
    async fn put_group(&self) -> Got {
        self.put(&production(GROUP), json!({"location": "westeurope"})).await
    }

    async fn try_put_group(&self) -> Result<reqwest::Response, reqwest::Error> {
        let url = self.azure.at(&production(&format!("{GROUP}?api-version=2021-04-01")));
        self.azure
            .client
            .put(url)
            .bearer_auth(&self.token)
            .json(&json!({"location": "westeurope"}))
            .send()
            .await
    }
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_work_is_done() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    azure
        .admin(
            Method::POST,
            "/faults",
            json!({"method": "PUT", "path": "rg-fault", "drop": "before"}),
        )
        .await;
    assert!(olivia.try_put_group().await.is_err());
    assert_eq!(olivia.get(&production(GROUP)).await.status, 404);
    azure
        .admin(
            Method::POST,
            "/faults",
            json!({"method": "PUT", "path": "rg-fault", "drop": "after"}),
        )
        .await;
    assert!(olivia.try_put_group().await.is_err());
    assert_eq!(olivia.get(&production(GROUP)).await.status, 200);
    let calls = azure.calls().await;
    let status: Vec<&Value> =
        calls.iter().filter(|call| call["method"] == "PUT").map(|call| &call["status"]).collect();
    assert_eq!(status, [&Value::Null, &json!(201)]);
}

#[tokio::test]
async fn a_body_may_be_cut_short_or_be_something_else() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    azure.admin(Method::POST, "/faults", json!({"path": "/subscriptions", "truncate": 20})).await;
    let url = azure.at("/arm/subscriptions?api-version=2022-12-01");
    let cut = azure.client.get(&url).bearer_auth(&olivia.token).send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.text().await.is_err());
    let page = json!({"path": "/subscriptions", "status": 502, "body": "<h1>Bad gateway</h1>", "content_type": "text/html"});
    azure.admin(Method::POST, "/faults", page).await;
    let got = olivia.get("/arm/subscriptions").await;
    assert_eq!(
        (got.status.as_u16(), got.text.as_str(), got.header("content-type")),
        (502, "<h1>Bad gateway</h1>", "text/html")
    );
    assert_eq!(olivia.get("/arm/subscriptions").await.status, 200);
}

#[tokio::test]
async fn claims_may_be_asked_for_at_will() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let claims = json!({"access_token": {"acrs": {"essential": true, "values": ["p1"]}}});
    azure
        .admin(
            Method::POST,
            "/faults",
            json!({"service": "arm", "caller": "olivia@contoso.com", "claims": claims}),
        )
        .await;
    let got = olivia.get("/arm/subscriptions").await;
    assert_eq!((got.status.as_u16(), got.code()), (401, "RequestDisallowedByPolicy"));
    assert!(got.header("www-authenticate").contains("claims=\"eyJhY2Nlc3NfdG9rZW4i"));

    let elsewhere = json!({"access_token": {"nbf": {"essential": true, "value": "1610813280"}, "xms_rp_ipaddr": {"value": "1.2.3.4"}}});
    azure.admin(Method::POST, "/faults", json!({"service": "arm", "claims": elsewhere})).await;
    let got = olivia.get("/arm/subscriptions").await;
    assert_eq!((got.status.as_u16(), got.code()), (401, "InvalidAuthenticationToken"));
    let challenge = got.header("www-authenticate");
    assert!(
        challenge.contains("error=\"invalid_token\"")
            && challenge.contains("error_description=\"Tenant IP Policy validate failed.\""),
        "{challenge}"
    );

    let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
    let fault = json!({"service": "entra", "path": "/token", "code": "temporarily_unavailable", "status": 503, "aadsts": 90033});
    azure.admin(Method::POST, "/faults", fault).await;
    let refused = azure.refresh(&tokens, ARM).await;
    assert_eq!(
        (refused.status.as_u16(), refused.body["error"].as_str()),
        (503, Some("temporarily_unavailable"))
    );
}

#[tokio::test]
async fn calls_are_noted_without_their_secrets() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    olivia.put_group().await;
    let calls = azure.calls().await;
    let text = json!(calls).to_string();
    assert!(
        !text.contains("not-a-real-one")
            && !text.contains("Twindesk1!")
            && !text.contains(&olivia.token)
    );
    let put = calls.iter().find(|call| call["method"] == "PUT").unwrap();
    assert_eq!(
        (put["service"].as_str(), put["caller"].as_str()),
        (Some("arm"), Some("olivia@contoso.com"))
    );
    assert_eq!(put["path"], format!("/subscriptions/{PRODUCTION}{GROUP}"));
    assert_eq!(
        (put["query"].as_str(), &put["body"]),
        (Some("api-version=2021-04-01"), &json!({"location": "westeurope"}))
    );
    let refresh = calls.iter().find(|call| call["body"]["grant_type"] == "refresh_token").unwrap();
    assert_eq!(
        (refresh["caller"].as_str(), refresh["body"]["refresh_token"].as_str()),
        (Some("olivia@contoso.com"), Some("***"))
    );
    azure.admin(Method::DELETE, "/calls", json!({})).await;
    assert!(azure.calls().await.is_empty());
}

#[tokio::test]
async fn reset_brings_back_the_first_day() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    olivia.put_group().await;
    azure.set(json!({"quota": 1})).await;
    azure.later(7200).await;
    azure.admin(Method::POST, "/faults", json!({"status": 500, "times": 9})).await;
    assert_eq!(azure.admin(Method::POST, "/reset", json!({})).await.status, 204);
    assert_eq!(azure.world().await["resource_groups"].as_array().unwrap().len(), 3);
    assert_eq!(azure.admin(Method::PATCH, "/settings", json!({})).await.body["quota"], 10);
    let again = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(again.get("/arm/subscriptions").await.status, 200);
}

#[tokio::test]
async fn mistakes_in_what_the_admin_address_is_told_are_named() {
    let azure = Azure::start().await;
    for (method, path, body) in [
        (Method::POST, "/faults", json!({"stauts": 500})),
        (Method::PATCH, "/settings", json!({"lro_pols": 1})),
        (Method::PATCH, "/settings", json!({"lro_outcome": "Maybe"})),
        (
            Method::POST,
            "/role-assignments",
            json!({"principal": "nobody", "role": "Owner", "scope": "/"}),
        ),
        (Method::POST, "/people", json!({"upn": "olivia@contoso.com"})),
        (Method::POST, &format!("/subscriptions/{PRODUCTION}/state"), json!({"state": "Tired"})),
        (Method::POST, "/role-definitions", json!({"name": "Nowhere"})),
        (Method::POST, "/role-definitions", json!({"name": "Owner", "assignable_scopes": ["/"]})),
    ] {
        let got = azure.admin(method, path, body).await;
        assert_eq!(got.status, 400, "{path}");
        assert!(!got.body["problem"].as_str().unwrap().is_empty());
    }
    let nowhere = azure.admin(Method::POST, "/subscriptions/x/state", json!({"state": "Warned"}));
    assert_eq!(nowhere.await.status, 404);
    let person = azure.admin(Method::POST, "/people", json!({"upn": "zoe@contoso.com"})).await;
    assert_eq!((person.status.as_u16(), person.body.get("password")), (201, None));
    assert!(azure.tokens_of("zoe@contoso.com", &[]).await["id_token"].is_string());
}

#[tokio::test]
async fn an_answer_that_breaks_its_shape_is_not_sent_and_noted() {
    let azure = Azure::start().await;
    // An error's body under a status of success.
    azure.admin(Method::POST, "/faults", json!({"status": 200, "code": "Odd", "times": 2})).await;
    let answer = azure.client.get(azure.at("/arm/tenants")).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(answer.text().await.unwrap().contains("GET /tenants with 200: has no shape"));
    assert_eq!(
        azure.calls().await[0]["misshapen"].as_str(),
        Some("GET /tenants with 200: has no shape")
    );
    azure.set(json!({"check_shapes": false})).await;
    let answer = azure.client.get(azure.at("/arm/tenants")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(azure.calls().await[1]["misshapen"].is_null());
}

#[tokio::test]
async fn pages_of_other_sites_do_not_reach_the_admin_address() {
    let azure = Azure::start().await;
    let request =
        azure.client.post(azure.at("/admin/reset")).header("origin", "https://evil.example");
    assert_eq!(request.send().await.unwrap().status(), 403);
    assert_eq!(azure.admin(Method::POST, "/reset", json!({})).await.status, 204);
    assert_eq!(azure.client.get(azure.at("/")).send().await.unwrap().status(), 404);
    assert_eq!(azure.running.places.arm, azure.at("/arm"));
}

#[tokio::test]
async fn delays_and_skips_work_together() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rules = json!([{"path": "*/subscriptions", "skip": 1, "delay_ms": 5, "status": 504}]);
    azure.admin(Method::POST, "/faults", rules).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(olivia.get("/arm/subscriptions").await.status.as_u16());
    }
    assert_eq!(seen, [200, 504, 200]);
}

#[tokio::test]
async fn a_subscription_may_be_disabled_and_a_role_defined_while_it_runs() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let state = format!("/subscriptions/{PRODUCTION}/state");
    let set = azure.admin(Method::POST, &state, json!({"state": "Disabled"})).await;
    assert_eq!((set.status.as_u16(), set.body["state"].as_str()), (200, Some("Disabled")));
    assert_eq!(olivia.put_group().await.code(), "ReadOnlyDisabledSubscription");
    azure.admin(Method::POST, &state, json!({"state": "Enabled"})).await;
    assert_eq!(olivia.put_group().await.status, 201);

    let scope = format!("/subscriptions/{PRODUCTION}");
    let role = json!({"name": "Looker", "assignable_scopes": [scope], "permissions": [{"actions": ["*/read"]}]});
    let made = azure.admin(Method::POST, "/role-definitions", role).await;
    assert_eq!((made.status.as_u16(), made.body["name"].as_str()), (201, Some("Looker")));
    let grant = json!({"principal": "nina@contoso.com", "role": "Looker", "scope": scope});
    let row = azure.admin(Method::POST, "/role-assignments", grant).await;
    assert_eq!(row.body["role"], made.body["id"]);
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(nina.get(&production(GROUP)).await.status, 200);
}

const SYNC: [(&str, &str); 3] = [
    ("client_id", "31000000-aaaa-4000-8000-000000000001"),
    ("client_secret", "factory-sync-secret~not-a-real-one"),
    ("grant_type", "client_credentials"),
];
const MODELS: &str =
    "/twins/factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31";

/// A call of each service that succeeds, by somebody with what it takes.
struct Caller<'a> {
    nina: Person<'a>,
    graph: Person<'a>,
    twins: Person<'a>,
    refresh: String,
}

impl<'a> Caller<'a> {
    async fn new(azure: &'a Azure) -> Self {
        let grant = json!({"principal": "nina@contoso.com", "role": "Azure Digital Twins Data Owner", "scope": "/"});
        azure.admin(Method::POST, "/role-assignments", grant).await;
        let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
        Self {
            nina: azure.person("nina@contoso.com", ARM).await,
            graph: azure.person("nina@contoso.com", GRAPH).await,
            twins: azure.person("nina@contoso.com", TWINS).await,
            refresh: tokens["refresh_token"].as_str().unwrap().to_owned(),
        }
    }

    /// Status, content type, `Retry-After` and body.
    async fn call(&self, service: &str) -> Result<(u16, String, String, String), reqwest::Error> {
        let azure = self.nina.azure;
        let get =
            |who: &Person<'_>, path: &str| azure.client.get(azure.at(path)).bearer_auth(&who.token);
        let request = match service {
            "entra" => azure.client.post(azure.entra("token")).form(&[
                ("client_id", simulator::world::demo::CLIENT_ID),
                ("client_secret", simulator::world::demo::CLIENT_SECRET),
                ("grant_type", "refresh_token"),
                ("refresh_token", &self.refresh),
                ("scope", ARM),
            ]),
            "arm" => get(&self.nina, "/arm/subscriptions?api-version=2022-12-01"),
            "graph" => get(&self.graph, "/graph/v1.0/me"),
            _ => get(&self.twins, MODELS),
        };
        let response = request.send().await?;
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
                .unwrap_or_default()
        };
        let (kind, wait) = (header("content-type"), header("retry-after"));
        Ok((response.status().as_u16(), kind, wait, response.text().await?))
    }
}

#[tokio::test]
async fn every_service_can_fail_in_every_way() {
    let azure = Azure::start().await;
    let caller = Caller::new(&azure).await;
    for service in ["entra", "arm", "graph", "twins"] {
        for rule in [
            json!({"drop": "before"}),
            json!({"drop": "after"}),
            json!({"truncate": 5}),
            json!({"content_type": "text/html"}),
            json!({"slow_ms": 2}),
            json!({"delay_ms": 30}),
            json!({"status": 503, "retry_after": 7}),
            json!({"status": 200, "body": "<p>", "content_type": "text/html"}),
        ] {
            let mut fault = rule.clone();
            fault["service"] = json!(service);
            assert_eq!(azure.admin(Method::POST, "/faults", fault).await.status, 201);
            azure.admin(Method::DELETE, "/calls", json!({})).await;
            let began = std::time::Instant::now();
            let got = caller.call(service).await;
            let took = began.elapsed().as_millis();
            let noted = azure.calls().await;
            let noted = noted.last().unwrap()["status"].as_u64();
            let what = format!("{service} {rule}: {got:?}");
            let effect = rule.as_object().unwrap().keys().next().unwrap().as_str();
            match (effect, got) {
                ("drop", Err(_)) => {
                    assert_eq!(noted.is_some(), rule["drop"] == "after", "{what}");
                }
                ("truncate", Err(_)) => assert_eq!(noted, Some(200), "{what}"),
                ("content_type", Ok((200, kind, _, body))) => {
                    assert!(kind == "text/html" && body.starts_with('{'), "{what}");
                }
                ("slow_ms", Ok((200, _, _, body))) => {
                    assert!(took >= 18 && body.ends_with('}'), "{what} in {took} ms");
                }
                ("delay_ms", Ok((200, ..))) => assert!(took >= 30, "{what} in {took} ms"),
                ("status", Ok((503, _, wait, _))) => assert_eq!(wait, "7", "{what}"),
                ("status", Ok((200, kind, _, body))) => {
                    assert_eq!((kind.as_str(), body.as_str()), ("text/html", "<p>"), "{what}");
                }
                _ => panic!("{what}"),
            }
            let after = caller.call(service).await.unwrap();
            assert_eq!(after.0, 200, "{service} is well again after {rule}: {after:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_may_never_come() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rule = json!({"method": "PUT", "path": "rg-fault", "drop": "silence"});
    azure.admin(Method::POST, "/faults", rule).await;
    let url = azure.at(&production(&format!("{GROUP}?api-version=2021-04-01")));
    let request = azure.client.put(url).bearer_auth(&olivia.token);
    let request = request.json(&json!({"location": "westeurope"}));
    let got = request.timeout(std::time::Duration::from_secs(1)).send().await;
    assert!(got.unwrap_err().is_timeout());
    assert_eq!(olivia.get(&production(GROUP)).await.status, 200, "it was done");
}

#[tokio::test]
async fn a_rule_may_be_for_one_application() {
    let azure = Azure::start().await;
    let by_client =
        json!({"caller": "31000000-AAAA-4000-8000-000000000001", "status": 503, "times": 2});
    azure.admin(Method::POST, "/faults", by_client).await;
    let nina = Caller::new(&azure).await;
    assert_eq!(nina.call("entra").await.unwrap().0, 200, "people are spared");
    let form: Vec<(&str, &str)> =
        SYNC.into_iter().chain([("scope", "https://management.azure.com//.default")]).collect();
    assert_eq!(azure.token(&form).await.status, 503);
    azure.admin(Method::DELETE, "/faults", json!({})).await;
    let got = azure.token(&form).await;
    let sync =
        Person { azure: &azure, token: got.body["access_token"].as_str().unwrap().to_owned() };
    for name in ["31000000-aaaa-4000-8000-000000000001", simulator::world::demo::FACTORY_SYNC] {
        let rule = json!({"service": "arm", "caller": name, "status": 503});
        azure.admin(Method::POST, "/faults", rule).await;
        assert_eq!(nina.call("arm").await.unwrap().0, 200);
        assert_eq!(sync.get("/arm/subscriptions").await.status, 503, "{name}");
        assert_eq!(sync.get("/arm/subscriptions").await.status, 200);
    }
}

#[tokio::test]
async fn several_writes_stay_unseen_each_for_its_own_number_of_reads() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rules = json!([
        {"method": "PUT", "path": "rg-one", "stale_reads": 3},
        {"method": "PUT", "path": "rg-two", "stale_reads": 1},
    ]);
    azure.admin(Method::POST, "/faults", rules).await;
    let group = |name: &str| production(&format!("/resourcegroups/{name}"));
    for name in ["rg-one", "rg-two"] {
        let made = olivia.put(&group(name), json!({"location": "westeurope"})).await;
        assert_eq!(made.status, 201);
    }
    let mut seen = Vec::new();
    for name in ["rg-one", "rg-two", "rg-two", "rg-one", "rg-one", "rg-one"] {
        seen.push(olivia.get(&group(name)).await.status.as_u16());
    }
    assert_eq!(seen, [404, 404, 200, 404, 404, 200]);
}

#[tokio::test]
async fn a_list_above_two_unseen_writes_shows_neither() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rule = json!({"method": "PUT", "path": "resourcegroups", "times": 2, "stale_reads": 1});
    azure.admin(Method::POST, "/faults", rule).await;
    for name in ["rg-one", "rg-two"] {
        let path = production(&format!("/resourcegroups/{name}"));
        olivia.put(&path, json!({"location": "westeurope"})).await;
    }
    let count = async || {
        let got = olivia.get(&production("/resourcegroups")).await;
        got.body["value"].as_array().unwrap().len()
    };
    assert_eq!((count().await, count().await), (2, 4));
}

#[tokio::test]
async fn the_data_plane_and_graph_may_lag_too() {
    let azure = Azure::start().await;
    let caller = Caller::new(&azure).await;
    let at = |path: &str| MODELS.replace("/models", path);
    let model = json!([{"@id": "dtmi:contoso:Machine;1", "@type": "Interface", "@context": "dtmi:dtdl:context;2"}]);
    assert_eq!(caller.twins.post(MODELS, model).await.status, 201);
    let rule = json!({"service": "twins", "method": "PUT", "stale_reads": 1});
    azure.admin(Method::POST, "/faults", rule).await;
    let twin = json!({"$metadata": {"$model": "dtmi:contoso:Machine;1"}});
    assert_eq!(caller.twins.put(&at("/digitaltwins/press"), twin).await.status, 200);
    assert_eq!(caller.twins.get(MODELS).await.status, 200, "another address is not concerned");
    assert_eq!(caller.twins.get(&at("/digitaltwins/press")).await.status, 404);
    assert_eq!(caller.twins.get(&at("/digitaltwins/press")).await.status, 200);

    // What one service has written another may not know of yet.
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rules = json!([
        {"method": "PUT", "path": "userAssignedIdentities", "stale_reads": 2, "stale_in": "graph"},
        {"method": "DELETE", "path": "digitaltwins/press", "stale_reads": 1, "stale_in": "twins"},
    ]);
    azure.admin(Method::POST, "/faults", rules).await;
    let identity = production(
        "/resourceGroups/rg-factory/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-late",
    );
    let made = olivia.put(&identity, json!({"location": "westeurope"})).await;
    let principal = made.body["properties"]["principalId"].as_str().unwrap().to_owned();
    assert_eq!(olivia.get(&identity).await.status, 200, "ARM itself knows it");
    let in_graph = format!("/graph/v1.0/servicePrincipals/{principal}");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(caller.graph.get(&in_graph).await.status.as_u16());
    }
    assert_eq!(seen, [404, 404, 200]);
    let gone = caller.twins.delete(&at("/digitaltwins/press")).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    let query = json!({"query": "SELECT COUNT() FROM digitaltwins"});
    let counted = caller.twins.post(&at("/query"), query.clone()).await;
    assert_eq!(counted.body["value"][0]["COUNT"], 1, "a query is a read like any other");
    assert_eq!(caller.twins.get(&at("/digitaltwins/press")).await.status, 404);
}
