//! Templates that are judged without being deployed.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::settings::Settings;

use crate::{ARM, Azure, Got, Person, production, quick};

fn path(group: &str, verb: &str) -> String {
    production(&format!(
        "/resourcegroups/{group}/providers/Microsoft.Resources/deployments/try/{verb}"
    ))
}

fn template(name: &str, more: Value) -> Value {
    let mut row = json!({
        "type": "Microsoft.DigitalTwins/digitalTwinsInstances",
        "apiVersion": "2023-01-31",
        "name": "[concat(parameters('prefix'), '-', variables('end'))]",
        "location": "[resourceGroup().location]",
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"properties": {
        "mode": "Incremental",
        "template": {"parameters": {"prefix": {"type": "string"}}, "variables": {"end": "floor"}, "resources": [row]},
        "parameters": {"prefix": {"value": name}},
    }})
}

async fn send(who: &Person<'_>, path: &str, body: Value) -> Got {
    who.send(Method::POST, path, Some(body)).await
}

#[tokio::test]
async fn a_template_is_validated_without_being_deployed() {
    let azure = Azure::with(Options { settings: quick(0), ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let good = send(&carl, &path("rg-twins", "validate"), template("new", json!({}))).await;
    assert_eq!(good.status, 200, "{}", good.text);
    let id = good.body["properties"]["validatedResources"][0]["id"].as_str().unwrap();
    assert!(id.ends_with("/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/new-floor"), "{id}");
    assert_eq!(azure.world().await["instances"].as_array().unwrap().len(), 1);

    for (body, code) in [
        (template("new", json!({"location": "westus"})), "LocationNotAvailableForResourceType"),
        (template("-", json!({})), "BadRequest"),
        (template("factory", json!({})), "AlreadyExists"),
    ] {
        let bad = send(&carl, &path("rg-twins", "validate"), body).await;
        assert_eq!(
            (bad.status.as_u16(), bad.code()),
            (400, "InvalidTemplateDeployment"),
            "{}",
            bad.text
        );
        assert_eq!(bad.body["error"]["details"][0]["code"], code);
    }
    let mut lacking = template("new", json!({}));
    lacking["properties"]["parameters"] = json!({});
    assert_eq!(send(&carl, &path("rg-twins", "validate"), lacking).await.code(), "InvalidTemplate");
    let strange = template("new", json!({"tags": {"a": "[uniqueString('x')]"}}));
    assert_eq!(send(&carl, &path("rg-twins", "validate"), strange).await.code(), "InvalidTemplate");
    assert_eq!(
        send(&carl, &path("rg-none", "validate"), template("n", json!({}))).await.code(),
        "ResourceGroupNotFound"
    );
    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(
        send(&rita, &path("rg-twins", "validate"), template("n", json!({}))).await.code(),
        "AuthorizationFailed"
    );
    let nested = json!({"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "10000000-0000-4000-8000-000000000001"});
    let refused = send(&carl, &path("rg-twins", "validate"), template("n", nested)).await;
    assert_eq!(
        refused.body["error"]["details"][0]["code"], "AuthorizationFailed",
        "a Contributor grants nothing"
    );
}

#[tokio::test]
async fn the_quota_shows_before_anything_is_made() {
    let settings = Settings { quota: 1, ..quick(0) };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let full = send(&carl, &path("rg-twins", "validate"), template("new", json!({}))).await;
    assert!(
        full.body["error"]["details"][0]["message"]
            .as_str()
            .unwrap()
            .contains("has '1' instances in this region")
    );
}

#[tokio::test]
async fn what_if_tells_what_would_change() {
    let azure = Azure::with(Options { settings: quick(0), ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let at = path("rg-factory", "whatIf");
    let change = |got: &Got| got.body["properties"]["changes"][0].clone();
    let new = send(&carl, &at, template("new", json!({}))).await;
    assert_eq!(
        (new.body["status"].as_str(), change(&new)["changeType"].as_str()),
        (Some("Succeeded"), Some("Create")),
        "{}",
        new.text
    );
    let same = send(
        &carl,
        &at,
        template("factory", json!({"properties": {"publicNetworkAccess": "Enabled"}})),
    )
    .await;
    assert_eq!(change(&same)["changeType"], "NoChange");
    let other = json!({"properties": {"publicNetworkAccess": "Disabled"}, "tags": {"a": "b"}, "identity": {"type": "SystemAssigned"}});
    let other = send(&carl, &at, template("factory", other)).await;
    assert_eq!(change(&other)["changeType"], "Modify");
    assert_eq!(
        change(&other)["delta"],
        json!([
            {"path": "tags.a", "propertyChangeType": "Create", "before": null, "after": "b"},
            {"path": "properties.publicNetworkAccess", "propertyChangeType": "Modify", "before": "Enabled", "after": "Disabled"},
            {"path": "identity.type", "propertyChangeType": "Create", "before": null, "after": "SystemAssigned"},
        ])
    );
    let wrong = send(&carl, &at, template("new", json!({"location": "westus"}))).await;
    assert_eq!((wrong.status.as_u16(), wrong.body["status"].as_str()), (200, Some("Failed")));
    let group = json!({"location": "westeurope", "properties": {"mode": "Incremental", "template": {"resources": [
        {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01", "name": "rg-new", "location": "westeurope"},
    ]}}});
    let at = production("/providers/Microsoft.Resources/deployments/try/whatIf");
    assert_eq!(change(&send(&carl, &at, group).await)["changeType"], "Create");
}
