//! Resource Graph, the Activity Log and throttling.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::world::Instance;
use simulator::world::demo::{CLIENT_ID, DEVELOPMENT, FACTORY_SYNC, NINA, PRODUCTION};
use simulator::world::role::DATA_READER;
use uuid::Uuid;

use crate::{ARM, Azure, Got, Person, production, quick};

const GRAPH: &str = "/arm/providers/Microsoft.ResourceGraph/resources";

async fn azure() -> Azure {
    Azure::with(Options { settings: quick(0), ..Options::default() }).await
}

async fn ask(who: &Person<'_>, query: &str, options: Value) -> Got {
    let body = json!({"query": query, "options": options});
    who.send(Method::POST, GRAPH, Some(body)).await
}

#[tokio::test]
async fn resource_graph_finds_what_the_caller_may_read() {
    let azure = azure().await;
    let query = "resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' | project id,name,location,resourceGroup,subscriptionId,tags,properties,identity";
    let rita = azure.person("rita@contoso.com", ARM).await;
    let got = ask(&rita, query, json!({"resultFormat": "objectArray", "$top": 1000})).await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert_eq!(
        (got.body["totalRecords"].as_u64(), got.body["resultTruncated"].as_str()),
        (Some(1), Some("false"))
    );
    let row = &got.body["data"][0];
    assert_eq!(
        (row["name"].as_str(), row["resourceGroup"].as_str()),
        (Some("factory-floor"), Some("rg-factory"))
    );
    assert_eq!(row.as_object().unwrap().len(), 8);
    assert_eq!(row["properties"]["provisioningState"], "Succeeded");
    assert!(!got.header("x-ms-user-quota-remaining").is_empty());
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(ask(&nina, query, json!({})).await.body["data"], json!([]));

    let types =
        ask(&rita, "resources | summarize count() by type | order by type asc", json!({})).await;
    assert_eq!(
        types.body["data"][0],
        json!({"type": "microsoft.digitaltwins/digitaltwinsinstances", "count_": 1})
    );
    let groups = ask(&rita, "resourcecontainers | where type == 'microsoft.resources/subscriptions/resourcegroups' | project name", json!({"$top": 1})).await;
    assert_eq!(
        (groups.body["totalRecords"].as_u64(), groups.body["count"].as_u64()),
        (Some(2), Some(1))
    );
    let token = groups.body["$skipToken"].clone();
    let next = ask(&rita, "resourcecontainers | where type == 'microsoft.resources/subscriptions/resourcegroups' | project name", json!({"$top": 1, "$skipToken": token})).await;
    assert_ne!(next.body["data"], groups.body["data"]);
    let table = ask(
        &rita,
        "resources | where name == 'factory-floor' | project name",
        json!({"resultFormat": "table"}),
    )
    .await;
    assert_eq!(
        table.body["data"],
        json!({"columns": [{"name": "name", "type": "string"}], "rows": [["factory-floor"]]})
    );
    let wrong = ask(&rita, "resources | guess", json!({})).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "BadRequest"));
    assert_eq!(wrong.body["error"]["details"][0]["code"], "InvalidQuery");
}

#[tokio::test]
async fn resource_graph_knows_role_assignments() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let query = "authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | where properties.principalId == '10000000-aaaa-4000-8000-000000000006'";
    let below = ask(&olivia, query, json!({})).await;
    assert_eq!(below.body["totalRecords"], 2);
    let exact = ask(&olivia, query, json!({"authorizationScopeFilter": "AtScopeExact"})).await;
    assert_eq!(exact.body["totalRecords"], 0, "hers are at the subscription, his below");
    let body = json!({"query": query, "options": {"authorizationScopeFilter": "AtScopeExact"}});
    let old =
        olivia.send(Method::POST, &format!("{GRAPH}?api-version=2021-03-01"), Some(body)).await;
    assert_eq!(old.status, 400, "that option came later");
    let body = json!({"query": query, "subscriptions": [PRODUCTION]});
    let old =
        olivia.send(Method::POST, &format!("{GRAPH}?api-version=2021-03-01"), Some(body)).await;
    assert_eq!(old.body["totalRecords"], 2);
}

#[tokio::test]
async fn the_activity_log_names_the_person_behind_a_write() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let correlation = "c0ffee00-0000-4000-8000-000000000001";
    let scope = production("/resourceGroups/rg-factory");
    let path = format!(
        "{scope}/providers/Microsoft.Authorization/roleAssignments/10000000-0000-4000-8000-00000000000a"
    );
    let role = format!(
        "/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{DATA_READER}"
    );
    let body = json!({"properties": {"roleDefinitionId": role, "principalId": NINA, "principalType": "User"}});
    let sent = azure
        .client
        .put(azure.at(&format!("{path}?api-version=2022-04-01")))
        .bearer_auth(&uma.token)
        .header("x-ms-correlation-request-id", correlation)
        .json(&body);
    assert_eq!(sent.send().await.unwrap().status(), 201);
    let log = |filter: &str| {
        production(&format!(
            "/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2020-01-01T00:00:00Z'{filter}"
        ))
    };
    let got = uma.get(&log(&format!(" and correlationId eq '{correlation}'"))).await;
    let rows = got.body["value"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{}", got.text);
    let begin = rows.iter().find(|row| row["eventName"]["value"] == "BeginRequest").unwrap();
    assert_eq!(begin["caller"], "uma@contoso.com");
    assert_eq!(begin["operationName"]["value"], "Microsoft.Authorization/roleAssignments/write");
    assert_eq!(begin["claims"]["appid"], CLIENT_ID);
    assert_eq!(begin["resourceGroupName"], "rg-factory");
    let requested: Value =
        serde_json::from_str(begin["properties"]["requestbody"].as_str().unwrap()).unwrap();
    assert_eq!(requested["Properties"]["PrincipalId"], NINA);
    assert_eq!(requested["Properties"]["RoleDefinitionId"], role);
    let end = rows.iter().find(|row| row["eventName"]["value"] == "EndRequest").unwrap();
    assert_eq!(
        (end["status"]["value"].as_str(), end["properties"]["statusCode"].as_str()),
        (Some("Succeeded"), Some("Created"))
    );

    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(rita.delete(&path).await.code(), "AuthorizationFailed");
    let seen = rita.get(&log(" and resourceProvider eq 'Microsoft.Authorization'")).await;
    let failed = seen.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"]["value"] == "Failed")
        .count();
    assert_eq!(failed, 1, "a refused write is noted too");
    let some = rita
        .get(&format!("{}&$select=caller,status", log(" and resourceGroupName eq 'rg-factory'")))
        .await;
    assert_eq!(some.body["value"][0].as_object().unwrap().len(), 2);
    for filter in [" and caller eq 'x'", " or correlationId eq 'x'"] {
        assert_eq!(rita.get(&log(filter)).await.status, 400, "{filter}");
    }
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(nina.get(&log("")).await.code(), "AuthorizationFailed");
}

#[tokio::test]
async fn events_have_ids_of_their_own_and_name_the_role() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let path = production("/resourceGroups/rg-logged");
    assert_eq!(carl.put(&path, json!({"location": "westeurope"})).await.status, 201);
    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(rita.delete(&path).await.status, 403);
    let log = |at: &str| {
        production(&format!(
            "/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2020-01-01T00:00:00Z' and resourceUri eq '{at}'"
        ))
    };
    let at = path.strip_prefix("/arm").unwrap();
    let rows = carl.get(&log(&at.to_uppercase())).await.body["value"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 4, "beginning and end of both");
    let ids: BTreeSet<Uuid> =
        rows.iter().map(|row| row["eventDataId"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(carl.get(&log(at)).await.body["value"], json!(rows), "the same each time");
    for row in rows {
        let role = row["authorization"].get("role").and_then(Value::as_str);
        let expected = (row["caller"] == "carl@contoso.com").then_some("Contributor");
        assert_eq!(role, expected, "{row}");
    }
    assert!(carl.get(&log("/elsewhere")).await.body["value"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn system_data_tells_people_from_applications() {
    let azure = azure().await;
    let grant = json!({"principal": FACTORY_SYNC, "role": "Contributor", "scope": format!("/subscriptions/{PRODUCTION}")});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    let app = "31000000-aaaa-4000-8000-000000000001";
    let got = azure
        .token(&[
            ("client_id", app),
            ("client_secret", "factory-sync-secret~not-a-real-one"),
            ("grant_type", "client_credentials"),
            ("scope", "https://management.azure.com/.default"),
        ])
        .await;
    let token = got.body["access_token"].as_str().unwrap().to_owned();
    let sync = Person { azure: &azure, token };
    let path = production(
        "/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/by-app",
    );
    let made = sync.put(&path, json!({"location": "westeurope"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let system = &made.body["systemData"];
    assert_eq!(
        (system["createdBy"].as_str(), system["createdByType"].as_str()),
        (Some(app), Some("Application"))
    );
    assert_eq!(system["lastModifiedByType"], "Application");
    assert_eq!(sync.get(made.header("azure-asyncoperation")).await.body["status"], "Succeeded");
    let carl = azure.person("carl@contoso.com", ARM).await;
    let changed = carl.patch(&path, json!({"tags": {"a": "b"}})).await.body;
    let system = &changed["systemData"];
    assert_eq!(
        (system["createdByType"].as_str(), system["lastModifiedByType"].as_str()),
        (Some("Application"), Some("User"))
    );
    assert_eq!(carl.get(&path).await.body["systemData"], *system);
}

#[tokio::test]
async fn a_creation_ends_in_the_activity_log_when_it_ends() {
    let azure = Azure::start().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let path = production(
        "/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/logged",
    );
    assert_eq!(carl.put(&path, json!({"location": "westeurope"})).await.status, 201);
    let log = production(
        "/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2020-01-01T00:00:00Z' and resourceProvider eq 'Microsoft.DigitalTwins'",
    );
    assert_eq!(carl.get(&log).await.body["value"].as_array().unwrap().len(), 1);
    azure.later(10).await;
    let rows = carl.get(&log).await.body["value"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["status"]["value"], "Succeeded");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let azure = azure().await;
    azure.set(json!({"bucket_reads": 3.0, "refill_reads": 0.1, "bucket_writes": 1.0, "refill_writes": 0.1})).await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let groups = production("/resourcegroups");
    let left = |got: &Got| got.header("x-ms-ratelimit-remaining-subscription-reads").to_owned();
    for n in ["2", "1", "0"] {
        let got = rita.get(&groups).await;
        assert_eq!((got.status.as_u16(), left(&got).as_str()), (200, n));
    }
    let refused = rita.get(&groups).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "TooManyRequests"));
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(olivia.get(&groups).await.status, 200, "everybody has a bucket of their own");
    assert_eq!(rita.get("/arm/tenants").await.status, 200, "the tenant is counted apart");
    azure.later(wait).await;
    assert_eq!(rita.get(&groups).await.status, 200);
    assert_eq!(
        olivia
            .put(&production("/resourcegroups/rg-a"), json!({"location": "westeurope"}))
            .await
            .status,
        201
    );
    assert_eq!(
        olivia
            .put(&production("/resourcegroups/rg-b"), json!({"location": "westeurope"}))
            .await
            .status,
        429
    );
}

#[tokio::test]
async fn resource_graph_counts_queries_by_itself() {
    let azure = azure().await;
    azure.set(json!({"bucket_queries": 2.0, "refill_queries": 0.2})).await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    for left in ["1", "0"] {
        let got = ask(&rita, "resources | count", json!({})).await;
        assert_eq!((got.status.as_u16(), got.header("x-ms-user-quota-remaining")), (200, left));
    }
    let refused = ask(&rita, "resources | count", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "5"));
    azure.later(5).await;
    assert_eq!(ask(&rita, "resources | count", json!({})).await.status, 200);
}

#[tokio::test]
async fn resource_graph_pages_through_all_subscriptions() {
    let azure = Azure::in_world(quick(0), |world| {
        for n in 1..=4 {
            let here = [(DEVELOPMENT, "rg-sandbox"), (PRODUCTION, "rg-twins")][n % 2];
            world.instances.push(Instance {
                subscription: here.0.into(),
                group: here.1.into(),
                name: format!("line-{n}"),
                ..Instance::default()
            });
        }
    })
    .await;
    let production = format!("/subscriptions/{PRODUCTION}");
    let development = format!("/subscriptions/{DEVELOPMENT}/resourceGroups/rg-sandbox");
    for scope in [&production, &development] {
        let grant = json!({"principal": "nina@contoso.com", "role": "Reader", "scope": scope});
        azure.admin(Method::POST, "/role-assignments", grant).await;
    }
    let nina = azure.person("nina@contoso.com", ARM).await;
    let query = "resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' | order by name asc | project name, subscriptionId";
    let (mut names, mut token, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let mut options = json!({"resultFormat": "objectArray", "$top": 2});
        if token.is_string() {
            options["$skipToken"] = token;
        }
        let got = ask(&nina, query, options).await;
        assert_eq!((got.status.as_u16(), &got.body["totalRecords"]), (200, &json!(5)));
        let rows = got.body["data"].as_array().unwrap().clone();
        assert_eq!(got.body["count"], rows.len());
        names.extend(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        pages += 1;
        token = got.body["$skipToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, ["factory-floor", "line-1", "line-2", "line-3", "line-4"]);
    assert_eq!(pages, 3);
    let body = json!({"query": query, "subscriptions": [DEVELOPMENT]});
    let some = nina.post(GRAPH, body).await;
    assert_eq!(some.body["totalRecords"], 2, "only there");
    assert_eq!(some.body["data"][0]["subscriptionId"], DEVELOPMENT);

    let own = format!(
        "authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | where properties.principalId =~ '{NINA}' | project scope = properties.scope, subscriptionId | order by subscriptionId asc"
    );
    let rows = ask(&nina, &own, json!({})).await;
    assert_eq!(
        rows.body["data"],
        json!([
            {"scope": production, "subscriptionId": PRODUCTION},
            {"scope": development, "subscriptionId": DEVELOPMENT},
        ])
    );
    let first = ask(&nina, &own, json!({"$top": 1})).await;
    let options = json!({"$top": 1, "$skipToken": first.body["$skipToken"]});
    let second = ask(&nina, &own, options).await;
    assert_eq!(second.body["data"][0]["subscriptionId"], DEVELOPMENT);
    assert_eq!(second.body.get("$skipToken"), None);
}
