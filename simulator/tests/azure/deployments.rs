//! Templates that are judged without being deployed, and instances that move.

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
            {"path": "identity.type", "propertyChangeType": "Modify", "before": "SystemAssigned,UserAssigned", "after": "SystemAssigned"},
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

#[tokio::test]
async fn an_instance_moves_and_its_groups_wait() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = |name: &str| production(&format!("/resourceGroups/{name}"));
    let twin = |name: &str, own: &str| {
        format!("{}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{own}", group(name))
    };
    let id = |path: String| path.strip_prefix("/arm").unwrap().to_owned();
    let body = |what: String| json!({"resources": [id(what)], "targetResourceGroup": id(group("rg-twins"))});
    let whole = body(twin("rg-factory", "factory-floor"));
    let checked =
        send(&olivia, &format!("{}/validateMoveResources", group("rg-factory")), whole.clone())
            .await;
    assert_eq!(checked.status, 204, "{}", checked.text);
    let at = format!("{}/moveResources", group("rg-factory"));
    assert_eq!(
        send(&olivia, &at, body(twin("rg-factory", "none"))).await.code(),
        "ResourceMoveNotSupported"
    );
    let greg = azure.person("greg@contoso.com", ARM).await;
    assert_eq!(
        send(&greg, &at, whole.clone()).await.code(),
        "AuthorizationFailed",
        "he may not write in the other group"
    );
    let moved = send(&olivia, &at, whole).await;
    assert_eq!(moved.status, 202, "{}", moved.text);
    let shown = olivia.get(&twin("rg-factory", "factory-floor")).await;
    assert_eq!(shown.body["properties"]["provisioningState"], "Moving");
    for name in ["rg-factory", "rg-twins"] {
        let held = olivia.put(&twin(name, "another"), json!({"location": "westeurope"})).await;
        assert_eq!((held.status.as_u16(), held.code()), (409, "ResourceMoveInProgress"));
    }
    let location = moved.header("location").to_owned();
    assert_eq!(olivia.get(&location).await.status, 202);
    assert_eq!(olivia.get(&location).await.status, 204);
    assert_eq!(olivia.get(&twin("rg-factory", "factory-floor")).await.code(), "ResourceNotFound");
    let shown = olivia.get(&twin("rg-twins", "factory-floor")).await;
    assert_eq!(
        shown.body["properties"]["hostName"],
        "factory-floor.api.weu.digitaltwins.azure.net"
    );
    assert_eq!(shown.body["properties"]["provisioningState"], "Succeeded");
}

#[tokio::test]
async fn a_group_that_is_deleted_takes_nothing_new_and_all_with_it() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = production("/resourceGroups/rg-factory");
    let gone = olivia.delete(&group).await;
    assert_eq!(gone.status, 202);
    let identity =
        format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-x");
    assert_eq!(
        olivia.put(&identity, json!({"location": "westeurope"})).await.code(),
        "ResourceGroupBeingDeleted"
    );
    let location = gone.header("location").to_owned();
    assert_eq!(olivia.get(&location).await.status, 202);
    assert_eq!(olivia.get(&location).await.status, 200);
    assert_eq!(olivia.get(&group).await.code(), "ResourceGroupNotFound");
    let world = azure.world().await;
    let left = world["resources"].as_array().unwrap().iter();
    let left: Vec<_> =
        left.filter(|row| row["id"].as_str().unwrap().contains("/rg-factory/")).collect();
    assert!(left.is_empty(), "networks and identities are gone with it: {left:?}");
}
