//! The data plane, from a first model to a twin with a relationship; groups and objects of the directory.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::demo::{NINA, OLIVIA, PAUL, PLATFORM_TEAM, TOWN_HALL, TWINS_BUILDERS};

use crate::{Azure, GRAPH, Got, Person, TWINS};

fn twins(path: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("/twins/factory-floor.api.weu.digitaltwins.azure.net{path}{mark}api-version=2023-10-31")
}

fn machine(id: &str, more: Value) -> Value {
    let mut model = json!({"@id": id, "@type": "Interface", "@context": "dtmi:dtdl:context;2", "displayName": "Machine", "contents": [
        {"@type": "Property", "name": "speed", "schema": "double"},
        {"@type": "Relationship", "name": "feeds"},
    ]});
    model.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    model
}

async fn owner(azure: &Azure) -> Person<'_> {
    let grant = json!({"principal": "nina@contoso.com", "role": "Azure Digital Twins Data Owner", "scope": "/"});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    azure.person("nina@contoso.com", TWINS).await
}

async fn query(who: &Person<'_>, text: &str) -> Got {
    who.send(Method::POST, &twins("/query"), Some(json!({"query": text}))).await
}

#[tokio::test]
async fn a_first_model_and_its_twins() {
    let azure = Azure::start().await;
    let nina = owner(&azure).await;
    let models = json!([
        machine("dtmi:contoso:Machine;1", json!({})),
        machine("dtmi:contoso:Press;1", json!({"extends": "dtmi:contoso:Machine;1"}))
    ]);
    let added = nina.send(Method::POST, &twins("/models"), Some(models.clone())).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(
        (added.body[0]["id"].as_str(), added.body[0].get("model")),
        (Some("dtmi:contoso:Machine;1"), None)
    );
    assert_eq!(added.body[0]["displayName"], json!({"en": "Machine"}));
    let again = nina.send(Method::POST, &twins("/models"), Some(models)).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "ModelAlreadyExists"));
    assert_eq!(again.header("x-ms-error-code"), "ModelAlreadyExists");
    let lost =
        json!([machine("dtmi:contoso:Lathe;1", json!({"extends": "dtmi:contoso:Nowhere;1"}))]);
    assert_eq!(
        nina.send(Method::POST, &twins("/models"), Some(lost)).await.code(),
        "DTDLParserError"
    );
    let whole = nina.get(&twins("/models/dtmi:contoso:Press;1?includeModelDefinition=true")).await;
    assert_eq!(whole.body["model"]["extends"], "dtmi:contoso:Machine;1");
    assert_eq!(
        nina.get(&twins("/models?dependenciesFor=dtmi:contoso:Press;1")).await.body["value"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let twin = |model: &str, speed: f64| json!({"$metadata": {"$model": model}, "speed": speed});
    let made = nina.put(&twins("/digitaltwins/press-1"), twin("dtmi:contoso:Press;1", 3.5)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(
        (made.body["$dtId"].as_str(), made.body["$etag"].as_str()),
        (Some("press-1"), Some(made.header("etag")))
    );
    assert!(made.body["$metadata"]["speed"]["lastUpdateTime"].is_string());
    assert_eq!(
        nina.put(&twins("/digitaltwins/saw-1"), twin("dtmi:contoso:Machine;1", 9.0)).await.status,
        200
    );
    let wrong = nina
        .put(
            &twins("/digitaltwins/x"),
            json!({"$metadata": {"$model": "dtmi:contoso:Press;1"}, "colour": "red"}),
        )
        .await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "ValidationFailed"));
    let unknown = nina.put(&twins("/digitaltwins/x"), twin("dtmi:contoso:Other;1", 1.0)).await;
    assert_eq!(unknown.code(), "ValidationFailed");
    let patch = json!([{"op": "replace", "path": "/speed", "value": 4}]);
    let patched = nina.send(Method::PATCH, &twins("/digitaltwins/press-1"), Some(patch)).await;
    assert_eq!((patched.status.as_u16(), patched.text.as_str()), (204, ""));
    assert_ne!(patched.header("etag"), made.header("etag"));
    assert_eq!(nina.get(&twins("/digitaltwins/press-1")).await.body["speed"], 4);

    let link = json!({"$targetId": "saw-1", "$relationshipName": "feeds"});
    let linked = nina.put(&twins("/digitaltwins/press-1/relationships/r1"), link).await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    assert_eq!(
        nina.get(&twins("/digitaltwins/press-1/relationships")).await.body["value"],
        json!([linked.body])
    );
    assert_eq!(
        nina.get(&twins("/digitaltwins/saw-1/incomingrelationships")).await.body["value"][0]["$sourceId"],
        "press-1"
    );
    let nowhere = json!({"$targetId": "none", "$relationshipName": "feeds"});
    assert_eq!(
        nina.put(&twins("/digitaltwins/press-1/relationships/r2"), nowhere).await.code(),
        "TargetTwinNotFound"
    );

    for (text, ids) in [
        ("SELECT * FROM digitaltwins", vec!["press-1", "saw-1"]),
        ("SELECT T FROM DIGITALTWINS T WHERE T.speed > 5", vec!["saw-1"]),
        (
            "SELECT * FROM digitaltwins WHERE IS_OF_MODEL('dtmi:contoso:Machine;1')",
            vec!["press-1", "saw-1"],
        ),
        (
            "SELECT * FROM digitaltwins WHERE IS_OF_MODEL('dtmi:contoso:Machine;1', exact) AND $dtId = 'saw-1'",
            vec!["saw-1"],
        ),
        ("SELECT TOP(1) FROM digitaltwins", vec!["press-1"]),
    ] {
        let got = query(&nina, text).await;
        let found: Vec<&str> = got.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["$dtId"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{text}");
        assert!(!got.header("query-charge").is_empty());
    }
    assert_eq!(
        query(&nina, "SELECT COUNT() FROM digitaltwins").await.body["value"],
        json!([{"COUNT": 2}])
    );
    assert_eq!(query(&nina, "DROP TABLE twins").await.code(), "SqlQueryError");

    assert_eq!(nina.delete(&twins("/digitaltwins/saw-1")).await.code(), "RelationshipsNotDeleted");
    assert_eq!(nina.delete(&twins("/digitaltwins/press-1/relationships/r1")).await.status, 204);
    assert_eq!(nina.delete(&twins("/digitaltwins/saw-1")).await.status, 204);
    assert_eq!(nina.get(&twins("/digitaltwins/saw-1")).await.code(), "DigitalTwinNotFound");
    assert_eq!(
        nina.delete(&twins("/models/dtmi:contoso:Machine;1")).await.code(),
        "ModelReferencesNotDeleted"
    );
    let retire = json!([{"op": "replace", "path": "/decommissioned", "value": true}]);
    assert_eq!(
        nina.send(Method::PATCH, &twins("/models/dtmi:contoso:Press;1"), Some(retire)).await.status,
        204
    );
    assert_eq!(
        nina.put(&twins("/digitaltwins/press-2"), twin("dtmi:contoso:Press;1", 1.0)).await.code(),
        "ModelDecommissioned"
    );
    assert_eq!(nina.delete(&twins("/models/dtmi:contoso:Press;1")).await.status, 204);
    assert_eq!(nina.get(&twins("/models/dtmi:contoso:Press;1")).await.code(), "ModelNotFound");
}

#[tokio::test]
async fn pages_conditions_and_readers() {
    let azure = Azure::start().await;
    let nina = owner(&azure).await;
    let models: Vec<Value> =
        (1..=3).map(|n| machine(&format!("dtmi:contoso:M{n};1"), json!({}))).collect();
    nina.send(Method::POST, &twins("/models"), Some(json!(models))).await;
    let first = azure
        .client
        .get(azure.at(&twins("/models")))
        .bearer_auth(&nina.token)
        .header("max-items-per-page", "2");
    let first = Got::from(first.send().await.unwrap()).await;
    assert_eq!(first.body["value"].as_array().unwrap().len(), 2);
    let next = nina.get(first.body["nextLink"].as_str().unwrap()).await;
    assert_eq!(
        (next.body["value"].as_array().unwrap().len(), &next.body["nextLink"]),
        (2 - 1, &Value::Null)
    );

    let body = json!({"$metadata": {"$model": "dtmi:contoso:M1;1"}});
    assert_eq!(nina.put(&twins("/digitaltwins/a"), body.clone()).await.status, 200);
    let once = azure
        .client
        .put(azure.at(&twins("/digitaltwins/a")))
        .bearer_auth(&nina.token)
        .header("if-none-match", "*")
        .json(&body);
    assert_eq!(once.send().await.unwrap().status(), 412);
    let stale = azure
        .client
        .delete(azure.at(&twins("/digitaltwins/a")))
        .bearer_auth(&nina.token)
        .header("if-match", "W/\"old\"");
    assert_eq!(stale.send().await.unwrap().status(), 412);

    let grant = json!({"principal": "rita@contoso.com", "role": "Azure Digital Twins Data Reader", "scope": "/"});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    let rita = azure.person("rita@contoso.com", TWINS).await;
    assert_eq!(rita.get(&twins("/digitaltwins/a")).await.status, 200);
    let refused = rita.put(&twins("/digitaltwins/b"), body).await;
    assert_eq!((refused.status.as_u16(), refused.text.as_str()), (403, ""));
}

#[tokio::test]
async fn groups_of_groups_are_found() {
    let azure = Azure::start().await;
    let nina = azure.person("nina@contoso.com", GRAPH).await;
    let ids = |got: &Got| -> Vec<String> {
        got.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let own = nina.get("/graph/v1.0/me/memberOf").await;
    assert_eq!(ids(&own), [TWINS_BUILDERS, TOWN_HALL]);
    assert_eq!(own.body["value"][0]["@odata.type"], "#microsoft.graph.group");
    let secure = nina
        .send(
            Method::POST,
            "/graph/v1.0/me/getMemberGroups",
            Some(json!({"securityEnabledOnly": true})),
        )
        .await;
    assert_eq!(secure.body["value"], json!([TWINS_BUILDERS]));
    let checked = json!({"groupIds": [TOWN_HALL, PLATFORM_TEAM]});
    let checked = nina
        .send(Method::POST, &format!("/graph/v1.0/users/{NINA}/checkMemberGroups"), Some(checked))
        .await;
    assert_eq!(checked.body["value"], json!([TOWN_HALL]));
    assert_eq!(
        ids(&nina.get(&format!("/graph/v1.0/users/{PAUL}/transitiveMemberOf")).await),
        [PLATFORM_TEAM]
    );
    let members = nina.get(&format!("/graph/v1.0/groups/{TOWN_HALL}/members?$select=id")).await;
    assert_eq!(ids(&members).len(), 3);
    let first = members.body["value"][0].as_object().unwrap();
    assert_eq!(first.keys().collect::<Vec<_>>(), ["@odata.type", "id"]);
    azure.admin(Method::POST, "/consent", json!({"withdraw": ["GroupMember.Read.All"]})).await;
    let nina = azure.person("nina@contoso.com", GRAPH).await;
    let bare = nina.get("/graph/v1.0/me/memberOf").await;
    assert_eq!(
        (bare.body["value"][0]["id"].as_str(), &bare.body["value"][0]["displayName"]),
        (Some(TWINS_BUILDERS), &Value::Null)
    );
    assert_eq!(nina.get(&format!("/graph/v1.0/groups/{TOWN_HALL}/members")).await.status, 403);
}

#[tokio::test]
async fn objects_by_ids_need_consent_of_an_administrator() {
    let azure = Azure::start().await;
    let body = json!({"ids": [NINA, PLATFORM_TEAM, "00000000-0000-0000-0000-000000000001"], "types": ["user", "group"]});
    let path = "/graph/v1.0/directoryObjects/getByIds";
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    assert_eq!(
        olivia.send(Method::POST, path, Some(body.clone())).await.code(),
        "Authorization_RequestDenied"
    );
    azure.admin(Method::POST, "/consent", json!({"grant": ["Directory.Read.All"]})).await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let got = olivia.send(Method::POST, path, Some(body)).await;
    let kinds: Vec<&str> = got.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["@odata.type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["#microsoft.graph.user", "#microsoft.graph.group"]);
    let some =
        olivia.send(Method::POST, path, Some(json!({"ids": [OLIVIA], "types": ["group"]}))).await;
    assert_eq!(some.body["value"], json!([]));
}
