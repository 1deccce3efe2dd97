//! The admin address: faults, calls, settings, reset.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::demo::PRODUCTION;

use crate::{ARM, Azure, Got, production};

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
    ] {
        let got = azure.admin(method, path, body).await;
        assert_eq!(got.status, 400, "{path}");
        assert!(!got.body["problem"].as_str().unwrap().is_empty());
    }
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
