//! Moving instances between resource groups and deleting groups: what each meets, and what stays behind.

use serde_json::{Value, json};
use simulator::Options;
use simulator::settings::Settings;
use simulator::world::demo::{NINA, PRODUCTION};
use simulator::world::role::DATA_READER;

use crate::{ARM, Azure, Got, Person, TWINS, production, quick};

const FLOOR: &str = "factory-floor";

fn group(name: &str) -> String {
    production(&format!("/resourceGroups/{name}"))
}

fn twin(group: &str, name: &str) -> String {
    production(&format!(
        "/resourceGroups/{group}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}"
    ))
}

fn id(path: &str) -> String {
    path.strip_prefix("/arm").unwrap().to_owned()
}

fn lock(at: &str) -> String {
    format!("{at}/providers/Microsoft.Authorization/locks/keep")
}

async fn moved(who: &Person<'_>, from: &str, what: &[String], to: &str) -> Got {
    let resources: Vec<String> = what.iter().map(|path| id(path)).collect();
    let body = json!({"resources": resources, "targetResourceGroup": id(&group(to))});
    who.post(&format!("{}/moveResources", group(from)), body).await
}

async fn azure(polls: u32) -> Azure {
    Azure::with(Options { settings: quick(polls), ..Options::default() }).await
}

async fn operations(azure: &Azure) -> usize {
    azure.world().await["operations"].as_array().unwrap().len()
}

/// Looks at the end of an operation on a group until it has come.
async fn ended(who: &Person<'_>, got: &Got) -> Got {
    let location = got.header("location").to_owned();
    loop {
        let seen = who.get(&location).await;
        if seen.status != 202 {
            return seen;
        }
    }
}

#[tokio::test]
async fn a_read_only_lock_on_either_group_stops_a_move_and_no_other_lock_does() {
    let azure = azure(0).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let level = |level: &str| json!({"properties": {"level": level}});
    let floor = [twin("rg-factory", FLOOR)];
    for at in [group("rg-factory"), group("rg-twins"), production("")] {
        assert_eq!(olivia.put(&lock(&at), level("ReadOnly")).await.status, 201);
        let held = moved(&olivia, "rg-factory", &floor, "rg-twins").await;
        assert_eq!((held.status.as_u16(), held.code()), (409, "ScopeLocked"), "{at}");
        assert!(held.message().contains(&format!("'{}'", id(&at))), "{}", held.message());
        assert_eq!(olivia.delete(&lock(&at)).await.status, 200);
    }
    assert_eq!(olivia.put(&lock(&group("rg-factory")), level("CanNotDelete")).await.status, 201);
    assert_eq!(olivia.put(&lock(&group("rg-twins")), level("CanNotDelete")).await.status, 201);
    assert_eq!(olivia.put(&lock(&floor[0]), level("ReadOnly")).await.status, 201);
    let taken = moved(&olivia, "rg-factory", &floor, "rg-twins").await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    assert_eq!(ended(&olivia, &taken).await.status, 204);
    let there = twin("rg-twins", FLOOR);
    assert_eq!(olivia.get(&lock(&there)).await.status, 200, "a resource's own lock goes along");
    assert_eq!(olivia.get(&lock(&floor[0])).await.code(), "LockNotFound");
}

#[tokio::test]
async fn a_move_must_have_somewhere_else_to_go() {
    let azure = azure(0).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let floor = twin("rg-factory", FLOOR);
    let same = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "RG-Factory").await;
    assert_eq!((same.status.as_u16(), same.code()), (400, "InvalidMoveResourcesRequest"));
    let nowhere = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "rg-none").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "ResourceGroupNotFound"));
    let nothing = moved(&olivia, "rg-factory", &[], "rg-twins").await;
    assert_eq!((nothing.status.as_u16(), nothing.code()), (400, "InvalidMoveResourcesRequest"));
    let foreign = moved(&olivia, "rg-twins", std::slice::from_ref(&floor), "rg-factory").await;
    assert_eq!((foreign.status.as_u16(), foreign.code()), (409, "ResourceMoveNotSupported"));

    // Names are taken by region, so that two groups may hold the same name.
    let other = olivia.put(&twin("rg-twins", FLOOR), json!({"location": "northeurope"})).await;
    assert_eq!(other.status, 201, "{}", other.text);
    olivia.get(other.header("azure-asyncoperation")).await;
    let collision = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "rg-twins").await;
    assert_eq!(
        (collision.status.as_u16(), collision.code()),
        (409, "ResourceMoveProviderValidationFailed")
    );
    assert_eq!(collision.body["error"]["details"][0]["code"], "AlreadyExists");
    assert_eq!(olivia.get(&floor).await.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(olivia.get(&twin("rg-twins", FLOOR)).await.body["location"], "northeurope");
    let twice = moved(
        &olivia,
        "rg-twins",
        &[twin("rg-twins", FLOOR), twin("rg-twins", FLOOR)],
        "rg-factory",
    )
    .await;
    assert_eq!(twice.code(), "ResourceMoveProviderValidationFailed", "the other way round too");
}

#[tokio::test]
async fn what_is_being_changed_is_not_moved() {
    let azure = azure(1).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let floor = twin("rg-factory", FLOOR);
    let changed = olivia.patch(&floor, json!({"tags": {"a": "b"}})).await;
    let refused = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "rg-twins").await;
    assert_eq!(refused.code(), "ResourceMoveProviderValidationFailed");
    assert_eq!(
        refused.body["error"]["details"][0]["code"],
        "MoveCannotProceedWithResourcesNotInSucceededState"
    );
    olivia.get(changed.header("azure-asyncoperation")).await;
    let taken = moved(
        &olivia,
        "rg-factory",
        &[floor.clone(), floor.to_uppercase().replace("/ARM/", "/arm/")],
        "rg-twins",
    )
    .await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let again = moved(&olivia, "rg-factory", &[floor], "rg-twins").await;
    assert_eq!(again.code(), "ResourceMoveInProgress");
}

#[tokio::test]
async fn neither_group_of_a_move_is_written_or_deleted_meanwhile() {
    let azure = azure(2).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let floor = twin("rg-factory", FLOOR);
    let identity = format!(
        "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/sensor-bridge",
        group("rg-factory")
    );
    let running = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "rg-twins").await;
    assert_eq!(running.status, 202);
    for got in [
        olivia.delete(&group("rg-factory")).await,
        olivia.delete(&group("rg-twins")).await,
        olivia.put(&group("rg-twins"), json!({"location": "westeurope"})).await,
        olivia.patch(&group("rg-factory"), json!({"tags": {}})).await,
        olivia.delete(&floor).await,
        olivia.delete(&identity).await,
        olivia.put(&twin("rg-twins", "other"), json!({"location": "westeurope"})).await,
    ] {
        assert_eq!(
            (got.status.as_u16(), got.code()),
            (409, "ResourceMoveInProgress"),
            "{}",
            got.text
        );
    }
    assert_eq!(operations(&azure).await, 1);
    assert_eq!(ended(&olivia, &running).await.status, 204);
    assert_eq!(olivia.delete(&group("rg-factory")).await.status, 202, "what was moved is safe");
    assert_eq!(olivia.get(&twin("rg-twins", FLOOR)).await.status, 200);
}

#[tokio::test]
async fn nothing_moves_out_of_or_into_a_group_that_is_deleted() {
    for gone in ["rg-factory", "rg-twins"] {
        let azure = azure(1).await;
        let olivia = azure.person("olivia@contoso.com", ARM).await;
        assert_eq!(olivia.delete(&group(gone)).await.status, 202);
        let refused = moved(&olivia, "rg-factory", &[twin("rg-factory", FLOOR)], "rg-twins").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "ResourceGroupBeingDeleted"));
    }
}

#[tokio::test]
async fn who_deletes_twice_is_led_to_the_same_operation() {
    let azure = azure(2).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let floor = twin("rg-factory", FLOOR);
    let operation = |got: &Got, name: &str| {
        assert_eq!(got.status, 202, "{}", got.text);
        url::Url::parse(got.header(name)).unwrap().path().to_owned()
    };
    let (first, second) = (olivia.delete(&floor).await, olivia.delete(&floor).await);
    let name = "azure-asyncoperation";
    assert_eq!(operation(&first, name), operation(&second, name));
    assert_eq!(operations(&azure).await, 1);
    let (first, second) =
        (olivia.delete(&group("rg-twins")).await, olivia.delete(&group("RG-TWINS")).await);
    assert_eq!(operation(&first, "location"), operation(&second, "location"));
    assert_eq!(operations(&azure).await, 2);
    assert_eq!(ended(&olivia, &second).await.status, 200);
    assert_eq!(olivia.delete(&group("rg-twins")).await.code(), "ResourceGroupNotFound");
}

#[tokio::test]
async fn nobody_is_given_access_to_what_is_being_deleted() {
    let azure = azure(1).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(olivia.delete(&group("rg-factory")).await.status, 202);
    let role = format!(
        "/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{DATA_READER}"
    );
    let grant = json!({"properties": {"roleDefinitionId": role, "principalId": NINA, "principalType": "User"}});
    let name =
        "providers/Microsoft.Authorization/roleAssignments/10000000-0000-4000-8000-000000000001";
    for scope in [group("rg-factory"), twin("rg-factory", FLOOR)] {
        let refused = olivia.put(&format!("{scope}/{name}"), grant.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "ResourceGroupBeingDeleted"));
    }
    assert_eq!(olivia.put(&format!("{}/{name}", group("rg-twins")), grant).await.status, 201);
}

#[tokio::test]
async fn role_assignments_stay_behind_at_the_old_address() {
    let settings = Settings { role_propagation_seconds: 0, ..quick(0) };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let (old, new) = (twin("rg-factory", FLOOR), twin("rg-twins", FLOOR));
    let at = |scope: &str, n: u8| {
        format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignments/10000000-0000-4000-8000-0000000000{n:02}"
        )
    };
    let role = format!(
        "/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{DATA_READER}"
    );
    let grant = json!({"properties": {"roleDefinitionId": role, "principalId": NINA, "principalType": "User"}});
    assert_eq!(olivia.put(&at(&old, 1), grant.clone()).await.status, 201);
    let nina = azure.person("nina@contoso.com", TWINS).await;
    let models =
        "/twins/factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31";
    assert_eq!(nina.get(models).await.status, 200);
    let running = moved(&olivia, "rg-factory", std::slice::from_ref(&old), "rg-twins").await;
    assert_eq!(ended(&olivia, &running).await.status, 204);

    assert_eq!(nina.get(models).await.status, 403, "the grant was for the old address");
    let orphan = olivia.get(&at(&old, 1)).await;
    assert_eq!(orphan.body["properties"]["scope"], id(&old));
    assert_eq!(olivia.get(&at(&new, 1)).await.code(), "RoleAssignmentNotFound");
    let below = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '{NINA}'",
        group("rg-factory")
    );
    assert_eq!(olivia.get(&below).await.body["value"].as_array().unwrap().len(), 1);
    assert_eq!(olivia.put(&at(&new, 2), grant).await.status, 201, "it is granted anew");
    assert_eq!(nina.get(models).await.status, 200);
    assert_eq!(olivia.delete(&at(&old, 1)).await.status, 200, "and the orphan is swept away");
}

#[tokio::test]
async fn a_move_that_fails_leaves_everything_where_it_was() {
    let azure = azure(0).await;
    azure.set(json!({"lro_outcome": "Failed"})).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let floor = twin("rg-factory", FLOOR);
    let running = moved(&olivia, "rg-factory", std::slice::from_ref(&floor), "rg-twins").await;
    let failed = ended(&olivia, &running).await;
    assert_eq!((failed.status.as_u16(), failed.code()), (409, "InternalServerError"));
    assert_eq!(olivia.get(&floor).await.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(
        olivia.get(&twin("rg-twins", FLOOR)).await.body["error"]["code"],
        Value::from("ResourceNotFound")
    );
}
