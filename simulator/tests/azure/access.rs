//! Conditions, deny assignments, locks, policies and the last administrator.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::arm::rbac::{Permission, Role};
use simulator::settings::Settings;
use simulator::world::demo::{
    CARL, DEVELOPMENT, FACTORY_SYNC, NINA, PAUL, PRODUCTION, RITA, TWINS_BUILDERS,
};
use simulator::world::role::{DATA_OWNER, DATA_READER, OWNER, RBAC_ADMINISTRATOR};

use crate::{ARM, Azure, TWINS, development, production, quick};

fn role(guid: &str) -> String {
    format!("/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}")
}

fn grant(principal: &str, guid: &str, kind: &str) -> Value {
    json!({"properties": {"roleDefinitionId": role(guid), "principalId": principal, "principalType": kind}})
}

fn factory(rest: &str) -> String {
    production(&format!(
        "/resourceGroups/rg-factory/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor{rest}"
    ))
}

fn assignment(n: u8) -> String {
    factory(&format!(
        "/providers/Microsoft.Authorization/roleAssignments/10000000-0000-4000-8000-0000000000{n:02}"
    ))
}

async fn azure() -> Azure {
    Azure::with(Options { settings: quick(0), ..Options::default() }).await
}

#[tokio::test]
async fn a_condition_limits_which_roles_may_be_granted_and_to_whom() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let condition = format!(
        "((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/write'}})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{DATA_OWNER}, {DATA_READER}}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'User'}}))
        AND
        ((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/delete'}})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{DATA_OWNER}}}))"
    );
    let mut body = grant(RITA, RBAC_ADMINISTRATOR, "User");
    body["properties"]["condition"] = json!(condition);
    let path = production(
        "/providers/Microsoft.Authorization/roleAssignments/20000000-0000-4000-8000-000000000001",
    );
    assert_eq!(
        olivia.put(&path, body.clone()).await.code(),
        "InvalidCondition",
        "without its version"
    );
    body["properties"]["conditionVersion"] = json!("2.0");
    let made = olivia.put(&path, body).await;
    assert_eq!(
        (made.status.as_u16(), made.body["properties"]["condition"].as_str()),
        (201, Some(condition.as_str()))
    );

    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(rita.put(&assignment(1), grant(NINA, DATA_OWNER, "User")).await.status, 201);
    assert_eq!(rita.put(&assignment(2), grant(NINA, DATA_READER, "User")).await.status, 201);
    let too_much = rita.put(&assignment(3), grant(NINA, OWNER, "User")).await;
    assert_eq!((too_much.status.as_u16(), too_much.code()), (403, "AuthorizationFailed"));
    let scope = assignment(3).strip_prefix("/arm").unwrap().to_owned();
    assert_eq!(
        too_much.message(),
        format!(
            "The client 'rita@contoso.com' with object id '{RITA}' has an authorization with ABAC condition that is not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        )
    );
    let service =
        rita.put(&assignment(3), grant(FACTORY_SYNC, DATA_OWNER, "ServicePrincipal")).await;
    assert!(service.message().contains("ABAC condition that is not fulfilled"));
    let mut untyped = grant(CARL, DATA_OWNER, "User");
    untyped["properties"].as_object_mut().unwrap().remove("principalType");
    assert_eq!(
        rita.put(&assignment(3), untyped).await.code(),
        "AuthorizationFailed",
        "the type must be sent"
    );
    assert_eq!(rita.delete(&assignment(1)).await.status, 200);
    assert!(rita.delete(&assignment(2)).await.message().contains("ABAC condition"));
    let held = rita.get(&factory("/providers/Microsoft.Authorization/permissions")).await;
    assert!(!held.text.contains("ActionMatches"), "permissions do not show conditions");
}

#[tokio::test]
async fn a_deny_assignment_takes_away_what_a_role_gives() {
    let azure = azure().await;
    let deny = json!({
        "name": "50000000-0000-4000-8000-000000000001", "display_name": "Keep the factory", "scope": format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory"),
        "actions": ["*/delete"], "principals": ["00000000-0000-0000-0000-000000000000"], "exclude_principals": [CARL],
        "data_actions": ["Microsoft.DigitalTwins/models/*"],
    });
    assert_eq!(azure.admin(Method::POST, "/deny-assignments", deny).await.status, 201);
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let refused = olivia.delete(&factory("")).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (403, "DenyAssignmentAuthorizationFailed")
    );
    assert!(refused.message().ends_with(&format!(
        "the access is denied because of the deny assignment with name 'Keep the factory' and Id '50000000000040008000000000000001' at scope '/subscriptions/{PRODUCTION}/resourceGroups/rg-factory'."
    )));
    let listed = olivia
        .get(&factory("/providers/Microsoft.Authorization/denyAssignments?$filter=atScope()"))
        .await;
    assert_eq!(listed.body["value"][0]["properties"]["denyAssignmentName"], "Keep the factory");
    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(
        rita.delete(&factory("")).await.code(),
        "AuthorizationFailed",
        "she has no role for it anyway"
    );
    let reader = json!({"principal": "nina@contoso.com", "role": "Azure Digital Twins Data Owner", "scope": format!("/subscriptions/{PRODUCTION}")});
    azure.admin(Method::POST, "/role-assignments", reader).await;
    let nina = azure.person("nina@contoso.com", TWINS).await;
    let host = "/twins/factory-floor.api.weu.digitaltwins.azure.net";
    assert_eq!(nina.get(&format!("{host}/models?api-version=2023-10-31")).await.status, 403);
    let query = json!({"query": "SELECT COUNT() FROM digitaltwins"});
    let got =
        nina.send(Method::POST, &format!("{host}/query?api-version=2023-10-31"), Some(query)).await;
    assert_eq!(got.status, 200, "only models are denied");
    let carl = azure.person("carl@contoso.com", ARM).await;
    assert_eq!(carl.delete(&factory("")).await.status, 202, "he is left out of it");
}

#[tokio::test]
async fn deny_assignments_are_listed_by_scope_name_and_principal() {
    let azure = azure().await;
    let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory");
    for (name, scope, principal) in [
        ("Whole", format!("/subscriptions/{PRODUCTION}"), CARL),
        ("Group", group.clone(), TWINS_BUILDERS),
        ("Below", factory("").replace("/arm", ""), NINA),
    ] {
        let deny = json!({"display_name": name, "scope": scope, "actions": ["x"], "principals": [principal]});
        assert_eq!(azure.admin(Method::POST, "/deny-assignments", deny).await.status, 201);
    }
    let rita = azure.person("rita@contoso.com", ARM).await;
    let names = async |filter: &str| {
        let path = format!("/arm{group}/providers/Microsoft.Authorization/denyAssignments{filter}");
        let got = rita.get(&path).await;
        let rows = got.body["value"].as_array().unwrap_or_else(|| panic!("{}", got.text)).clone();
        rows.iter()
            .map(|row| row["properties"]["denyAssignmentName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Whole", "Group", "Below"]);
    assert_eq!(names("?$filter=atScope()").await, ["Whole", "Group"]);
    assert_eq!(names("?$filter=denyAssignmentName eq 'group'").await, ["Group"]);
    assert_eq!(names(&format!("?$filter=principalId eq '{NINA}'")).await, ["Below"]);
    assert_eq!(names(&format!("?$filter=assignedTo('{NINA}')")).await, ["Group", "Below"]);
    let path =
        format!("/arm{group}/providers/Microsoft.Authorization/denyAssignments?$filter=x eq 'y'");
    let refused = rita.get(&path).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "UnsupportedQuery"));
}

#[tokio::test]
async fn locks_hold_up_deletions_and_writes() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let lock =
        production("/resourceGroups/rg-factory/providers/Microsoft.Authorization/locks/keep");
    let level = |level: &str| json!({"properties": {"level": level, "notes": "by audit"}});
    assert_eq!(carl.put(&lock, level("CanNotDelete")).await.code(), "AuthorizationFailed");
    assert_eq!(olivia.put(&lock, level("Sometimes")).await.status, 400);
    assert_eq!(olivia.put(&lock, level("CanNotDelete")).await.status, 201);
    let seen =
        carl.get(&factory("/providers/Microsoft.Authorization/locks?$filter=atScope()")).await;
    assert_eq!(
        seen.body["value"][0]["properties"],
        json!({"level": "CanNotDelete", "notes": "by audit"})
    );

    assert_eq!(olivia.put(&assignment(1), grant(NINA, DATA_READER, "User")).await.status, 201);
    for path in [assignment(1), factory(""), production("/resourceGroups/rg-factory")] {
        let held = olivia.delete(&path).await;
        assert_eq!((held.status.as_u16(), held.code()), (409, "ScopeLocked"), "{path}");
        assert!(held.message().contains("cannot perform delete operation because following scope(s) are locked: '/subscriptions/"));
    }
    assert_eq!(olivia.put(&lock, level("ReadOnly")).await.status, 200);
    let held = olivia.put(&assignment(2), grant(NINA, DATA_OWNER, "User")).await;
    assert_eq!((held.status.as_u16(), held.code()), (409, "ScopeLocked"));
    assert!(held.message().contains("cannot perform write operation"));
    assert_eq!(
        olivia.put(&factory(""), json!({"location": "westeurope"})).await.code(),
        "ScopeLocked"
    );
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(
        nina.delete(&factory("")).await.code(),
        "AuthorizationFailed",
        "first who, then the lock"
    );
    assert_eq!(olivia.delete(&lock).await.status, 200);
    assert_eq!(olivia.delete(&lock).await.status, 204);
    assert_eq!(olivia.delete(&assignment(1)).await.status, 200);
    // A lock on something below holds up the deletion of the whole group.
    let deep = factory("/providers/Microsoft.Authorization/locks/deep");
    assert_eq!(olivia.put(&deep, level("CanNotDelete")).await.status, 201);
    assert_eq!(
        olivia.delete(&production("/resourceGroups/rg-factory")).await.code(),
        "ScopeLocked"
    );
}

#[tokio::test]
async fn policies_deny_and_add() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let scope = format!("/subscriptions/{PRODUCTION}");
    let places = json!({"name": "places", "display_name": "Allowed locations", "scope": scope, "effect": "Deny",
        "conditions": [{"field": "location", "operator": "NotIn", "value": ["westeurope"]}]});
    let closed = json!({"name": "closed", "display_name": "No public network", "scope": scope, "effect": "Deny",
        "kinds": ["Microsoft.DigitalTwins/digitalTwinsInstances"],
        "conditions": [{"field": "Microsoft.DigitalTwins/digitalTwinsInstances/publicNetworkAccess", "operator": "NotEquals", "value": "Disabled"}]});
    let tag = json!({"name": "tag", "display_name": "Cost centre", "scope": scope, "effect": "Modify",
        "conditions": [{"field": "tags['cost']", "operator": "Exists", "value": "false"}], "adds_tags": {"cost": "42"}});
    for policy in [places, closed, tag] {
        assert_eq!(azure.admin(Method::POST, "/policies", policy).await.status, 201);
    }
    let path = production(
        "/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/pol-1",
    );
    let refused = carl.put(&path, json!({"location": "northeurope"})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "RequestDisallowedByPolicy"));
    assert!(refused.message().starts_with(
        "Resource 'pol-1' was disallowed by policy. Policy identifiers: '[{\"policyAssignment\":"
    ));
    assert_eq!(refused.body["error"]["target"], "pol-1");
    let info = &refused.body["error"]["additionalInfo"][0];
    assert_eq!(info["type"], "PolicyViolation");
    assert_eq!(info["info"]["policyAssignmentDisplayName"], "Allowed locations");
    assert_eq!(
        info["info"]["evaluationDetails"]["evaluatedExpressions"][0],
        json!({
            "result": "True", "expressionKind": "Field", "expression": "location", "path": "location",
            "expressionValue": "northeurope", "targetValue": ["westeurope"], "operator": "NotIn",
        })
    );
    let open = carl.put(&path, json!({"location": "westeurope"})).await;
    assert_eq!(open.body["error"]["additionalInfo"][0]["info"]["policyAssignmentName"], "closed");
    let body = json!({"location": "West Europe", "tags": {"a": "b"}, "properties": {"publicNetworkAccess": "Disabled"}});
    let made = carl.put(&path, body).await;
    assert_eq!((made.status.as_u16(), &made.body["tags"]), (201, &json!({"a": "b", "cost": "42"})));
    let opened = json!({"properties": {"publicNetworkAccess": "Enabled"}});
    assert_eq!(
        carl.send(Method::PATCH, &path, Some(opened)).await.code(),
        "RequestDisallowedByPolicy"
    );
    let listed = carl
        .get(&production("/providers/Microsoft.Authorization/policyAssignments?$filter=atScope()"))
        .await;
    assert_eq!(listed.body["value"].as_array().unwrap().len(), 3);
    let group =
        carl.put(&production("/resourceGroups/rg-far"), json!({"location": "northeurope"})).await;
    assert_eq!(group.code(), "RequestDisallowedByPolicy");
}

/// A policy by its one condition, at the subscription.
async fn policy(azure: &Azure, name: &str, more: Value) {
    let mut row =
        json!({"name": name, "scope": format!("/subscriptions/{PRODUCTION}"), "effect": "Deny"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    assert_eq!(azure.admin(Method::POST, "/policies", row).await.status, 201);
}

#[tokio::test]
async fn policies_look_at_writes_of_every_type() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = |rest: &str| production(&format!("/resourceGroups/rg-factory{rest}"));
    let network = group("/providers/Microsoft.Network/virtualNetworks/vnet-factory");
    let network = network.strip_prefix("/arm").unwrap();
    let body = json!({"location": "westeurope", "tags": {"owner": "ada"}});
    let identity = group("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/with-owner");
    assert_eq!(olivia.put(&identity, body.clone()).await.status, 201);
    assert_eq!(olivia.put(&production("/resourceGroups/rg-owned"), body.clone()).await.status, 201);
    let instance = json!({"location": "westeurope", "tags": {"owner": "ada"}});
    assert_eq!(olivia.put(&factory(""), instance).await.status, 200);

    let without =
        json!({"conditions": [{"field": "tags['owner']", "operator": "Exists", "value": false}]});
    policy(&azure, "owner", without).await;
    let global = json!({"location": "global"});
    let endpoint = json!({"location": "westeurope", "properties": {
        "subnet": {"id": format!("{network}/subnets/private-endpoints")},
        "privateLinkServiceConnections": [{"name": "c", "properties": {
            "privateLinkServiceId": factory("").strip_prefix("/arm").unwrap(), "groupIds": ["API"],
        }}],
    }});
    for (path, body) in [
        (group("/providers/Microsoft.Network/privateEndpoints/pe"), endpoint.clone()),
        (group("/providers/Microsoft.Network/privateDnsZones/privatelink.example.net"), global),
        (
            group("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-x"),
            json!({"location": "westeurope"}),
        ),
        (group(""), json!({"location": "westeurope"})),
    ] {
        let refused = olivia.put(&path, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "RequestDisallowedByPolicy"),
            "{path}"
        );
    }
    for path in [identity.clone(), production("/resourceGroups/rg-owned"), factory("")] {
        let stripped = olivia.patch(&path, json!({"tags": {"other": "x"}})).await;
        assert_eq!(stripped.code(), "RequestDisallowedByPolicy", "{path}");
        assert_eq!(olivia.get(&path).await.body["tags"], json!({"owner": "ada"}));
    }

    let modify = json!({"effect": "Modify", "adds_tags": {"cost": "42"},
        "conditions": [{"field": "tags['cost']", "operator": "Exists", "value": false}]});
    policy(&azure, "cost", modify).await;
    let mut owned = endpoint;
    owned["tags"] = json!({"owner": "ada"});
    let made = olivia.put(&group("/providers/Microsoft.Network/privateEndpoints/pe"), owned).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["tags"]),
        (201, &json!({"owner": "ada", "cost": "42"}))
    );
    for path in [identity, production("/resourceGroups/rg-owned"), factory("")] {
        let body = json!({"tags": {"owner": "bo"}});
        let changed = olivia.patch(&path, body).await;
        assert_eq!(changed.body["tags"], json!({"owner": "bo", "cost": "42"}), "{path}");
    }
}

#[tokio::test]
async fn parts_of_resources_and_grants_are_refused_by_policies_that_name_them() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let everywhere = json!({"conditions": [{"field": "location", "operator": "NotIn", "value": ["westeurope"]}]});
    policy(&azure, "places", everywhere).await;
    let secret = "Endpoint=sb://n/;SharedAccessKeyName=s;SharedAccessKey=k;EntityPath=h";
    let endpoint =
        json!({"properties": {"endpointType": "EventHub", "connectionStringPrimaryKey": secret}});
    assert_eq!(olivia.put(&factory("/endpoints/one"), endpoint.clone()).await.status, 201);
    assert_eq!(olivia.put(&assignment(1), grant(NINA, DATA_READER, "User")).await.status, 201);

    let hubs = json!({"kinds": ["Microsoft.DigitalTwins/digitalTwinsInstances/endpoints"],
        "conditions": [{"field": "Microsoft.DigitalTwins/digitalTwinsInstances/endpoints/endpointType", "operator": "Equals", "value": "EventHub"}]});
    policy(&azure, "hubs", hubs).await;
    assert_eq!(
        olivia.put(&factory("/endpoints/two"), endpoint).await.code(),
        "RequestDisallowedByPolicy"
    );
    let guests = json!({"kinds": ["Microsoft.Authorization/roleAssignments"],
        "conditions": [{"field": "Microsoft.Authorization/roleAssignments/principalId", "operator": "Equals", "value": RITA}]});
    policy(&azure, "not-rita", guests).await;
    let refused = olivia.put(&assignment(2), grant(RITA, DATA_READER, "User")).await;
    assert_eq!(refused.code(), "RequestDisallowedByPolicy");
    assert_eq!(olivia.put(&assignment(3), grant(PAUL, DATA_READER, "User")).await.status, 201);
}

#[tokio::test]
async fn a_read_only_lock_on_a_subscription_stops_what_is_posted_to_it() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let lock = production("/providers/Microsoft.Authorization/locks/still");
    let body = |level: &str| json!({"properties": {"level": level}});
    let check =
        production("/providers/Microsoft.DigitalTwins/locations/westeurope/checkNameAvailability");
    let name = json!({"name": "new-one", "type": "Microsoft.DigitalTwins/digitalTwinsInstances"});
    let register = production("/providers/Microsoft.DigitalTwins/register?api-version=2021-04-01");
    for (level, held) in [("CanNotDelete", false), ("ReadOnly", true)] {
        assert!(olivia.put(&lock, body(level)).await.status.is_success());
        for got in
            [olivia.post(&check, name.clone()).await, olivia.post(&register, json!({})).await]
        {
            assert_eq!(got.code() == "ScopeLocked", held, "{level}: {}", got.text);
            assert_eq!(got.status.is_success(), !held);
        }
    }
    assert_eq!(olivia.delete(&lock).await.status, 200, "a lock does not lock itself");
}

#[tokio::test]
async fn grants_and_locks_are_for_what_is_there() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = |rest: &str| production(&format!("/resourceGroups/rg-factory{rest}"));
    let access = |at: &str, kind: &str| format!("{at}/providers/Microsoft.Authorization/{kind}");
    let grants = "roleAssignments/10000000-0000-4000-8000-0000000000aa";
    let lock = json!({"properties": {"level": "CanNotDelete"}});
    for at in [
        factory("x"),
        factory("/endpoints/none"),
        group("/providers/Microsoft.Network/virtualNetworks/none"),
        group("/providers/Microsoft.Network/virtualNetworks/vnet-factory/subnets/none"),
        group("/providers/Microsoft.Storage/storageAccounts/none"),
    ] {
        for got in [
            olivia.put(&access(&at, grants), grant(NINA, DATA_READER, "User")).await,
            olivia.put(&access(&at, "locks/keep"), lock.clone()).await,
        ] {
            assert_eq!((got.status.as_u16(), got.code()), (404, "ResourceNotFound"), "{at}");
            assert!(
                got.message().contains("under resource group 'rg-factory' was not found."),
                "{}",
                got.message()
            );
        }
    }
    let outside = production("/providers/Microsoft.Storage/things/one");
    let got = olivia.put(&access(&outside, "locks/keep"), lock.clone()).await;
    assert!(got.message().contains("'Microsoft.Storage/things/one' under resource group '<null>'"));
    let subnet =
        group("/providers/Microsoft.Network/virtualNetworks/VNET-factory/subnets/Machines");
    let made = olivia.put(&access(&subnet, grants), grant(NINA, DATA_READER, "User")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let scope = made.body["properties"]["scope"].as_str().unwrap();
    assert!(scope.ends_with("/virtualNetworks/vnet-factory/subnets/machines"), "{scope}");
}

#[tokio::test]
async fn a_change_of_what_is_missing_is_not_found_whatever_its_body() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    for (path, code) in [
        (factory("-none"), "ResourceNotFound"),
        (production("/resourceGroups/rg-none"), "ResourceGroupNotFound"),
    ] {
        assert_eq!(olivia.patch(&path, json!(["not", "an", "object"])).await.code(), code);
    }
    let there = olivia.patch(&factory(""), json!([])).await;
    assert_eq!(there.code(), "InvalidRequestContent");
}

#[tokio::test]
async fn the_last_administrator_of_a_subscription_stays() {
    let azure = azure().await;
    let paul = azure.person("paul@contoso.com", ARM).await;
    let row = development(
        "/providers/Microsoft.Authorization/roleAssignments/40000000-aaaa-4000-8000-000000000007",
    );
    let refused = paul.delete(&row).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (412, "CannotDeleteLastRbacAdminAssignment")
    );
    let second = development(
        "/providers/Microsoft.Authorization/roleAssignments/20000000-0000-4000-8000-000000000009",
    );
    assert_eq!(paul.put(&second, grant(PAUL, OWNER, "User")).await.status, 201);
    assert_eq!(paul.delete(&row).await.status, 200);
}

#[tokio::test]
async fn there_is_a_limit_to_role_assignments() {
    let azure = azure().await;
    azure.set(json!({"role_assignment_limit": 6})).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let refused = olivia.put(&assignment(1), grant(NINA, DATA_READER, "User")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "RoleAssignmentLimitExceeded"));
}

const MAKER: &str = "c0000000-0000-4000-8000-000000000001";
const READER_OF_ONE: &str = "c0000000-0000-4000-8000-000000000002";

/// One custom role for the whole subscription, one for the data of one group only.
fn custom_roles() -> Vec<Role> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    vec![
        Role {
            id: MAKER.into(),
            name: "Twin Maker".into(),
            description: "Makes instances and deletes none".into(),
            permissions: vec![
                Permission {
                    actions: own(&["Microsoft.DigitalTwins/*"]),
                    not_actions: own(&["*/delete"]),
                    ..Permission::default()
                },
                Permission { actions: own(&["*/read"]), ..Permission::default() },
            ],
            assignable_scopes: own(&[&format!("/subscriptions/{PRODUCTION}")]),
            ..Role::default()
        },
        Role {
            id: READER_OF_ONE.into(),
            name: "Model Reader".into(),
            permissions: vec![Permission {
                data_actions: own(&["Microsoft.DigitalTwins/*/read"]),
                not_data_actions: own(&["Microsoft.DigitalTwins/digitaltwins/*"]),
                ..Permission::default()
            }],
            assignable_scopes: own(&[&format!(
                "/subscriptions/{PRODUCTION}/resourceGroups/rg-factory"
            )]),
            ..Role::default()
        },
    ]
}

async fn with_custom_roles() -> Azure {
    let settings = Settings { role_propagation_seconds: 0, ..quick(0) };
    Azure::in_world(settings, |world| world.role_definitions = custom_roles()).await
}

#[tokio::test]
async fn custom_roles_are_listed_where_they_may_be_assigned() {
    let azure = with_custom_roles().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let at = |scope: &str, rest: &str| {
        production(&format!("{scope}/providers/Microsoft.Authorization/roleDefinitions{rest}"))
    };
    let names = async |path: String| -> Vec<String> {
        let got = rita.get(&path).await;
        let rows = got.body["value"].as_array().unwrap().clone();
        rows.iter().map(|row| row["properties"]["roleName"].as_str().unwrap().to_owned()).collect()
    };
    let (factory, twins) = ("/resourceGroups/rg-factory", "/resourceGroups/rg-twins");
    let custom = "?$filter=type eq 'CustomRole'";
    assert_eq!(names(at("", custom)).await, ["Twin Maker"]);
    assert_eq!(names(at(factory, custom)).await, ["Twin Maker", "Model Reader"]);
    assert_eq!(names(at(twins, custom)).await, ["Twin Maker"]);
    assert_eq!(
        names(at("", "?$filter=atScopeAndBelow() and type eq 'CustomRole'")).await,
        ["Twin Maker", "Model Reader"]
    );
    assert_eq!(names(at(twins, "?$filter=atScopeAndBelow()")).await.len(), 14);
    assert_eq!(names(at(factory, "?$filter=type eq 'BuiltInRole'")).await.len(), 13);
    assert_eq!(names(at(factory, "?$filter=roleName eq 'model reader'")).await, ["Model Reader"]);
    assert_eq!(names(at("", "?$filter=roleName eq 'Model Reader'")).await.len(), 0);
    let unknown = rita.get(&at("", "?$filter=color eq 'red'")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, "UnsupportedQuery"));

    let one = rita.get(&at(factory, &format!("/{MAKER}"))).await;
    assert_eq!(
        one.body,
        json!({
            "id": role(MAKER),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": MAKER,
            "properties": {
                "roleName": "Twin Maker",
                "type": "CustomRole",
                "description": "Makes instances and deletes none",
                "assignableScopes": [format!("/subscriptions/{PRODUCTION}")],
                "permissions": [
                    {"actions": ["Microsoft.DigitalTwins/*"], "notActions": ["*/delete"], "dataActions": [], "notDataActions": []},
                    {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []},
                ],
            },
        })
    );
    let hidden = rita.get(&at(twins, &format!("/{READER_OF_ONE}"))).await;
    assert_eq!((hidden.status.as_u16(), hidden.code()), (404, "RoleDefinitionDoesNotExist"));
    let paul = azure.person("paul@contoso.com", ARM).await;
    let other = development(&format!("/providers/Microsoft.Authorization/roleDefinitions{custom}"));
    assert_eq!(paul.get(&other).await.body["value"], json!([]), "they are not of his subscription");
}

#[tokio::test]
async fn a_custom_role_gives_what_it_says_and_only_where_it_may() {
    let azure = with_custom_roles().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = |name: &str| production(&format!("/resourceGroups/{name}"));
    let at = |scope: &str, n: u8| {
        format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignments/30000000-0000-4000-8000-0000000000{n:02}"
        )
    };
    let outside = olivia.put(&at(&group("rg-twins"), 1), grant(NINA, READER_OF_ONE, "User")).await;
    assert_eq!(
        (outside.status.as_u16(), outside.code()),
        (400, "RoleAssignmentScopeNotAssignableToRoleDefinition")
    );
    let wide = olivia.put(&at(&production(""), 1), grant(NINA, READER_OF_ONE, "User")).await;
    assert_eq!(wide.code(), "RoleAssignmentScopeNotAssignableToRoleDefinition", "nor above");
    let paul = azure.person("paul@contoso.com", ARM).await;
    let other = paul.put(&at(&development(""), 1), grant(PAUL, MAKER, "User")).await;
    assert_eq!(other.code(), "RoleAssignmentScopeNotAssignableToRoleDefinition", "{DEVELOPMENT}");
    let timed = json!({"properties": {"roleDefinitionId": role(READER_OF_ONE), "principalId": NINA, "requestType": "AdminAssign",
        "justification": "x", "scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "P1D"}}}});
    let request = |scope: &str| {
        format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/60000000-0000-4000-8000-000000000001"
        )
    };
    let refused = olivia.put(&request(&group("rg-twins")), timed.clone()).await;
    assert_eq!(refused.code(), "RoleAssignmentScopeNotAssignableToRoleDefinition");

    assert_eq!(
        olivia.put(&at(&group("rg-twins"), 2), grant(NINA, MAKER, "User")).await.status,
        201
    );
    let nina = azure.person("nina@contoso.com", ARM).await;
    let twin = production(
        "/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/by-nina",
    );
    assert_eq!(nina.put(&twin, json!({"location": "westeurope"})).await.status, 201);
    assert_eq!(
        nina.delete(&twin).await.code(),
        "AuthorizationFailed",
        "notActions of the same entry"
    );
    let own = format!(
        "{twin}/providers/Microsoft.Authorization/roleAssignments/30000000-0000-4000-8000-000000000009"
    );
    assert_eq!(nina.put(&own, grant(NINA, DATA_OWNER, "User")).await.code(), "AuthorizationFailed");
    let held = nina.get(&format!("{twin}/providers/Microsoft.Authorization/permissions")).await;
    let entry = |at: usize, name: &str| held.body["value"][at][name].clone();
    assert_eq!(held.body["value"].as_array().unwrap().len(), 2, "{}", held.text);
    assert_eq!(entry(0, "actions"), json!(["Microsoft.DigitalTwins/*"]));
    assert_eq!(entry(0, "notActions"), json!(["*/delete"]));
    assert_eq!(entry(1, "actions"), json!(["*/read"]));

    let made = olivia.put(&request(&group("rg-factory")), timed).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        made.body["properties"]["expandedProperties"]["roleDefinition"],
        json!({"id": role(READER_OF_ONE), "displayName": "Model Reader", "type": "CustomRole"})
    );
    let nina = azure.person("nina@contoso.com", TWINS).await;
    let host = "/twins/factory-floor.api.weu.digitaltwins.azure.net";
    assert_eq!(nina.get(&format!("{host}/models?api-version=2023-10-31")).await.status, 200);
    let twin = nina.get(&format!("{host}/digitaltwins/x?api-version=2023-10-31")).await;
    assert_eq!(twin.status, 403, "notDataActions");
    let graph = json!({"query": "authorizationresources | where type =~ 'microsoft.authorization/roledefinitions' | where properties.type == 'CustomRole' | project name"});
    let found = olivia.post("/arm/providers/Microsoft.ResourceGraph/resources", graph).await;
    assert_eq!(found.body["data"], json!([{"name": MAKER}, {"name": READER_OF_ONE}]));
}
