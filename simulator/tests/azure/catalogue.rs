//! The catalogue of ARM's errors: every code can be provoked, with the status and the words of Azure. A code that stands
//! here and that nothing provokes fails the test.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::Registration;
use simulator::world::demo::{CARL, DEVELOPMENT, FABRIKAM, NINA, PRODUCTION, RITA};
use simulator::world::role::{CONTRIBUTOR, DATA_OWNER, DATA_READER, OWNER, RBAC_ADMINISTRATOR};

use crate::{ARM, Azure, GRAPH, Got, Person, claims, development, production, quick};

const IDENTITY: &str = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/sensor-bridge";

/// What is done, the status, the code and how the message begins.
const CATALOGUE: &[(&str, u16, &str, &str)] = &[
    (
        "no token",
        401,
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
    ),
    ("old token", 401, "ExpiredAuthenticationToken", "The access token expiry UTC time '"),
    ("bad token", 401, "InvalidAuthenticationToken", "The access token is invalid."),
    (
        "token for Graph",
        401,
        "InvalidAuthenticationTokenAudience",
        "The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'.",
    ),
    (
        "token of another tenant",
        401,
        "InvalidAuthenticationTokenTenant",
        "The access token is from the wrong issuer 'https://sts.windows.net/",
    ),
    (
        "write with one factor",
        401,
        "RequestDisallowedByPolicy",
        "Resource was disallowed by policy. Reasons: MFA is required.",
    ),
    ("no role", 403, "AuthorizationFailed", "The client 'nina@contoso.com' with object id '"),
    (
        "role with a condition",
        403,
        "AuthorizationFailed",
        "The client 'rita@contoso.com' with object id '10000000-aaaa-4000-8000-000000000005' has an authorization with ABAC condition that is not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '",
    ),
    (
        "identity of others",
        403,
        "LinkedAuthorizationFailed",
        "The client 'nina@contoso.com' with object id '10000000-aaaa-4000-8000-000000000004' has permission to perform action 'Microsoft.DigitalTwins/digitalTwinsInstances/write' on scope '",
    ),
    (
        "deny assignment",
        403,
        "DenyAssignmentAuthorizationFailed",
        "The client 'olivia@contoso.com' with object id '10000000-aaaa-4000-8000-000000000001' has permission to perform action 'Microsoft.DigitalTwins/digitalTwinsInstances/delete' on scope '",
    ),
    (
        "policy",
        403,
        "RequestDisallowedByPolicy",
        "Resource 'new-1' was disallowed by policy. Policy identifiers: '[",
    ),
    (
        "grant to nobody",
        400,
        "PrincipalNotFound",
        "Principal 99999999000040008000000000000000 does not exist in the directory ",
    ),
    (
        "grant twice",
        409,
        "RoleAssignmentExists",
        "The role assignment already exists. The ID of the existing role assignment is ",
    ),
    ("timed grant twice", 400, "RoleAssignmentExists", "The Role assignment already exists."),
    (
        "grant changed",
        400,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
    (
        "grants without end",
        400,
        "RoleAssignmentLimitExceeded",
        "No more role assignments can be created",
    ),
    (
        "last owner",
        412,
        "CannotDeleteLastRbacAdminAssignment",
        "Cannot delete the last RBAC admin assignment",
    ),
    ("lock", 409, "ScopeLocked", "The scope '"),
    (
        "not registered",
        409,
        "MissingSubscriptionRegistration",
        "The subscription is not registered to use namespace 'Microsoft.DigitalTwins'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    ),
    (
        "not registered, a provider's word",
        409,
        "SubscriptionNotRegistered",
        "Resource provider [N/A] isn't registered with Subscription [N/A].",
    ),
    (
        "api-version",
        400,
        "NoRegisteredProviderFound",
        "No registered resource provider found for location 'westeurope' and API version '2019-01-01' for type 'digitalTwinsInstances'. The supported api-versions are '2023-01-31, ",
    ),
    (
        "region",
        400,
        "LocationNotAvailableForResourceType",
        "The provided location 'westus' is not available for resource type 'Microsoft.DigitalTwins/digitalTwinsInstances'. List of available regions for the resource type is '",
    ),
    (
        "no region",
        400,
        "LocationRequired",
        "The location property is required for this definition.",
    ),
    (
        "quota",
        400,
        "BadRequest",
        "Subscription 'a1b2c3d4-0000-4000-8000-000000000001' has '1' instances in this region. Please visit http://aka.ms/dtv2limits for details.",
    ),
    (
        "group elsewhere",
        409,
        "InvalidResourceGroupLocation",
        "Invalid resource group location 'eastus'. The Resource group already exists in location 'westeurope'.",
    ),
    (
        "instance elsewhere",
        409,
        "InvalidResourceLocation",
        "The resource 'factory-floor' already exists in location 'westeurope' in resource group 'rg-factory'.",
    ),
    ("no group", 404, "ResourceGroupNotFound", "Resource group 'rg-none' could not be found."),
    (
        "no instance",
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.DigitalTwins/digitalTwinsInstances/none' under resource group 'rg-twins' was not found.",
    ),
    (
        "no subscription",
        404,
        "SubscriptionNotFound",
        "The subscription '00000000-0000-4000-8000-000000000000' could not be found.",
    ),
    (
        "no subscription's id",
        400,
        "InvalidSubscriptionId",
        "The provided subscription identifier 'x' is malformed or invalid.",
    ),
    (
        "disabled subscription",
        409,
        "ReadOnlyDisabledSubscription",
        "The subscription 'a1b2c3d4-0000-4000-8000-000000000001' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
    ),
    (
        "group that goes",
        409,
        "ResourceGroupBeingDeleted",
        "The resource group 'rg-twins' is in deprovisioning state and cannot perform this operation.",
    ),
    (
        "reserved word",
        400,
        "ReservedResourceName",
        "The resource name 'my-windows' or a part of the name is a trademarked or reserved word.",
    ),
    ("no licence", 400, "AadPremiumLicenseRequired", "The tenant needs "),
    (
        "too long",
        400,
        "RoleAssignmentRequestPolicyValidationFailed",
        "The following policy rules failed: [\"ExpirationRule\"]",
    ),
    (
        "no authentication context",
        400,
        "RoleAssignmentRequestAcrsValidationFailed",
        "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D",
    ),
    ("removed twice", 400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist."),
    ("removed at once", 400, "ActiveDurationTooShort", "The active duration is too short."),
    ("timed grant to nobody", 400, "SubjectNotFound", "The subject is not found."),
    ("too often", 429, "TooManyRequests", "Number of read requests for "),
    ("500", 500, "InternalServerError", ""),
    ("502", 502, "BadGateway", ""),
    ("503", 503, "ServiceUnavailable", ""),
    ("503 of a server", 503, "ServerTimeout", ""),
    ("504", 504, "GatewayTimeout", ""),
];

fn instance(group: &str, name: &str) -> String {
    production(&format!(
        "/resourceGroups/{group}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}"
    ))
}

fn access(rest: &str) -> String {
    format!("{}/providers/Microsoft.Authorization/{rest}", instance("rg-factory", "factory-floor"))
}

fn assignment(n: u8) -> String {
    access(&format!("roleAssignments/10000000-0000-4000-8000-0000000000{n:02}"))
}

fn grant(principal: &str, role: &str) -> Value {
    let role = format!(
        "/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    );
    json!({"properties": {"roleDefinitionId": role, "principalId": principal, "principalType": "User"}})
}

fn request(n: u8) -> String {
    access(&format!("roleAssignmentScheduleRequests/60000000-0000-4000-8000-0000000000{n:02}"))
}

fn timed(kind: &str, principal: &str, role: &str, duration: &str) -> Value {
    let mut body = grant(principal, role);
    let expiration = json!({"type": "AfterDuration", "duration": duration});
    let more = json!({"requestType": kind, "justification": "42", "scheduleInfo": {"expiration": expiration}});
    body["properties"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn provoked(azure: &Azure, how: &str) -> Got {
    let here = json!({"location": "westeurope"});
    let new = instance("rg-twins", "new-1");
    let floor = instance("rg-factory", "factory-floor");
    let plain = azure.at(&format!("{floor}?api-version=2023-01-31"));
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    let scope = |rest: &str| format!("/subscriptions/{PRODUCTION}{rest}");
    match how {
        "no token" => Got::from(azure.client.get(plain).send().await.unwrap()).await,
        "bad token" => {
            Got::from(azure.client.get(plain).bearer_auth("a.b.c").send().await.unwrap()).await
        }
        "old token" => {
            azure.later(3600).await;
            olivia.get(&floor).await
        }
        "token for Graph" => azure.person("olivia@contoso.com", GRAPH).await.get(&floor).await,
        "token of another tenant" => {
            // All simulators of a process share their first keys.
            let mut changed = claims(&json!(olivia.token));
            changed["tid"] = json!(FABRIKAM);
            let token = simulator::entra::keys::KeyRing::make().sign(&changed, true);
            Person { azure, token }.get(&floor).await
        }
        "write with one factor" => {
            azure.set(json!({"mfa_for_writes": true})).await;
            olivia.put(&new, here).await
        }
        "no role" => nina.get(&floor).await,
        "role with a condition" => {
            let mut body = grant(RITA, RBAC_ADMINISTRATOR);
            body["properties"]["conditionVersion"] = json!("2.0");
            body["properties"]["condition"] = json!(format!(
                "((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/write'}})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{DATA_READER}}}))"
            ));
            assert_eq!(olivia.put(&assignment(1), body).await.status, 201);
            let rita = azure.person("rita@contoso.com", ARM).await;
            rita.put(&assignment(2), grant(NINA, OWNER)).await
        }
        "identity of others" => {
            let there = json!({"principal": NINA, "role": "Contributor", "scope": scope("/resourceGroups/rg-twins")});
            azure.admin(Method::POST, "/role-assignments", there).await;
            let id = scope(&format!("/resourceGroups/rg-factory{IDENTITY}"));
            let identity = json!({"type": "UserAssigned", "userAssignedIdentities": {(id): {}}});
            nina.put(&new, json!({"location": "westeurope", "identity": identity})).await
        }
        "deny assignment" => {
            let deny = json!({"scope": scope(""), "actions": ["*/delete"], "principals": ["00000000-0000-0000-0000-000000000000"]});
            azure.admin(Method::POST, "/deny-assignments", deny).await;
            olivia.delete(&floor).await
        }
        "policy" => {
            let policy = json!({"name": "p", "scope": scope(""), "effect": "Deny",
                "conditions": [{"field": "location", "operator": "Equals", "value": "westeurope"}]});
            azure.admin(Method::POST, "/policies", policy).await;
            olivia.put(&new, here).await
        }
        "grant to nobody" => {
            let nobody = "99999999-0000-4000-8000-000000000000";
            olivia.put(&assignment(1), grant(nobody, DATA_OWNER)).await
        }
        "grant twice" => {
            olivia.put(&assignment(1), grant(NINA, DATA_OWNER)).await;
            olivia.put(&assignment(2), grant(NINA, DATA_OWNER)).await
        }
        "grant changed" => {
            olivia.put(&assignment(1), grant(NINA, DATA_OWNER)).await;
            olivia.put(&assignment(1), grant(CARL, DATA_OWNER)).await
        }
        "grants without end" => {
            azure.set(json!({"role_assignment_limit": 6})).await;
            olivia.put(&assignment(1), grant(NINA, DATA_OWNER)).await
        }
        "last owner" => {
            let paul = azure.person("paul@contoso.com", ARM).await;
            let last = "/providers/Microsoft.Authorization/roleAssignments/40000000-aaaa-4000-8000-000000000007";
            paul.delete(&development(last)).await
        }
        "lock" => {
            let lock = json!({"properties": {"level": "CanNotDelete"}});
            olivia.put(&access("locks/keep"), lock).await;
            olivia.delete(&floor).await
        }
        "not registered" => {
            let paul = azure.person("paul@contoso.com", ARM).await;
            let path = new.replace(PRODUCTION, DEVELOPMENT).replace("rg-twins", "rg-sandbox");
            paul.put(&path, here).await
        }
        "not registered, a provider's word" => {
            let text = "Resource provider [N/A] isn't registered with Subscription [N/A].";
            fault(
                azure,
                json!({"status": 409, "code": "SubscriptionNotRegistered", "message": text}),
            )
            .await;
            olivia.put(&new, here).await
        }
        "api-version" => olivia.put(&format!("{new}?api-version=2019-01-01"), here).await,
        "region" => olivia.put(&new, json!({"location": "westus"})).await,
        "no region" => olivia.put(&new, json!({})).await,
        "quota" => {
            azure.set(json!({"quota": 1})).await;
            olivia.put(&new, here).await
        }
        "group elsewhere" => {
            let path = production("/resourcegroups/rg-twins");
            olivia.put(&path, json!({"location": "eastus"})).await
        }
        "instance elsewhere" => olivia.put(&floor, json!({"location": "eastus"})).await,
        "no group" => olivia.get(&production("/resourcegroups/rg-none")).await,
        "no instance" => olivia.get(&instance("rg-twins", "none")).await,
        "no subscription" => {
            olivia.get("/arm/subscriptions/00000000-0000-4000-8000-000000000000").await
        }
        "no subscription's id" => olivia.get("/arm/subscriptions/x").await,
        "disabled subscription" => {
            let disabled = Azure::in_world(quick(0), |world| {
                world.subscription_mut(PRODUCTION).unwrap().state = "Disabled".into();
            })
            .await;
            let olivia = disabled.person("olivia@contoso.com", ARM).await;
            olivia.put(&new, here).await
        }
        "group that goes" => {
            olivia.delete(&production("/resourcegroups/rg-twins")).await;
            olivia.put(&new, here).await
        }
        "reserved word" => olivia.put(&instance("rg-twins", "my-windows"), here).await,
        "no licence" => {
            azure.set(json!({"premium_licence": false})).await;
            olivia.get(&access("roleAssignmentScheduleInstances")).await
        }
        "too long" => {
            olivia.put(&request(1), timed("AdminAssign", NINA, DATA_OWNER, "P400D")).await
        }
        "timed grant twice" => {
            olivia.put(&request(1), timed("AdminAssign", NINA, DATA_OWNER, "P1D")).await;
            olivia.put(&request(2), timed("AdminAssign", NINA, DATA_OWNER, "P1D")).await
        }
        "removed twice" => {
            olivia.put(&request(1), timed("AdminRemove", NINA, DATA_OWNER, "P1D")).await
        }
        "removed at once" => {
            olivia.put(&request(1), timed("AdminAssign", NINA, DATA_OWNER, "P1D")).await;
            olivia.put(&request(2), timed("AdminRemove", NINA, DATA_OWNER, "P1D")).await
        }
        "timed grant to nobody" => {
            let nobody = "99999999-0000-4000-8000-000000000000";
            olivia.put(&request(1), timed("AdminAssign", nobody, DATA_OWNER, "P1D")).await
        }
        "no authentication context" => {
            azure.set(json!({"pim_context": "c1"})).await;
            let eligible =
                access("roleEligibilityScheduleRequests/70000000-0000-4000-8000-000000000001");
            let made = olivia.put(&eligible, timed("AdminAssign", NINA, CONTRIBUTOR, "P9D")).await;
            let mut body = timed("SelfActivate", NINA, CONTRIBUTOR, "PT1H");
            body["properties"]["linkedRoleEligibilityScheduleId"] =
                made.body["properties"]["targetRoleEligibilityScheduleId"].clone();
            nina.put(&request(1), body).await
        }
        "too often" => {
            azure.set(json!({"bucket_reads": 1.0, "refill_reads": 0.1})).await;
            olivia.get(&floor).await;
            olivia.get(&floor).await
        }
        "500" | "502" | "503" | "504" => {
            fault(azure, json!({"status": how.parse::<u16>().unwrap()})).await;
            olivia.put(&new, here).await
        }
        "503 of a server" => {
            fault(azure, json!({"status": 503, "code": "ServerTimeout"})).await;
            olivia.put(&new, here).await
        }
        other => panic!("nobody knows how to provoke: {other}"),
    }
}

async fn fault(azure: &Azure, mut rule: Value) {
    rule["service"] = json!("arm");
    assert_eq!(azure.admin(Method::POST, "/faults", rule).await.status, 201);
}

#[tokio::test]
async fn every_code_of_the_catalogue_can_be_provoked() {
    let azure = Azure::start().await;
    for (how, status, code, says) in CATALOGUE {
        azure.admin(Method::POST, "/reset", json!({})).await;
        let got = provoked(&azure, how).await;
        assert_eq!((got.status.as_u16(), got.code()), (*status, *code), "{how}: {}", got.text);
        assert!(got.message().starts_with(says), "{how}: {}", got.message());
        assert!(!got.header("x-ms-request-id").is_empty(), "{how}");
        assert_eq!(got.status == 429, !got.header("retry-after").is_empty(), "{how}");
    }
}

#[tokio::test]
async fn a_subscription_that_is_warned_or_disabled_can_be_read_and_emptied() {
    for (state, open) in
        [("Enabled", true), ("PastDue", true), ("Warned", false), ("Disabled", false)]
    {
        let azure = Azure::in_world(quick(0), |world| {
            world.subscription_mut(PRODUCTION).unwrap().state = state.into();
            world.subscription_mut(DEVELOPMENT).unwrap().registration = Registration::Registered;
        })
        .await;
        let olivia = azure.person("olivia@contoso.com", ARM).await;
        assert_eq!(olivia.get(&production("")).await.body["state"], state);
        let code = if open { "" } else { "ReadOnlyDisabledSubscription" };
        let name = json!({"name": "new-1", "type": "Microsoft.DigitalTwins/digitalTwinsInstances"});
        let check = "/providers/Microsoft.DigitalTwins/locations/westeurope/checkNameAvailability";
        for got in [
            olivia.put(&production("/resourcegroups/rg-new"), json!({"location": "eastus"})).await,
            olivia.put(&instance("rg-twins", "new-1"), json!({"location": "westeurope"})).await,
            olivia.patch(&instance("rg-factory", "factory-floor"), json!({"tags": {}})).await,
            olivia.put(&assignment(1), grant(NINA, DATA_OWNER)).await,
            olivia.post(&production(check), name).await,
        ] {
            assert_eq!(got.code(), code, "{state}: {}", got.text);
        }
        let rita = azure.person("rita@contoso.com", ARM).await;
        let path = instance("rg-twins", "new-2");
        let stranger = rita.put(&path, json!({"location": "westeurope"})).await;
        assert_eq!(stranger.code(), "AuthorizationFailed", "first who");
        assert_eq!(olivia.get(&instance("rg-factory", "factory-floor")).await.status, 200);
        assert_eq!(olivia.delete(&instance("rg-factory", "factory-floor")).await.status, 202);
        let paul = azure.person("paul@contoso.com", ARM).await;
        let elsewhere = instance("rg-sandbox", "new-1").replace(PRODUCTION, DEVELOPMENT);
        let made = paul.put(&elsewhere, json!({"location": "westeurope"})).await;
        assert_eq!(made.status, 201, "the other subscription is as it was: {}", made.text);
    }
}

#[tokio::test]
async fn reserved_words_are_refused_for_what_is_new() {
    let azure = Azure::in_world(quick(0), |world| {
        world.instances[0].name = "office".into();
    })
    .await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    for (name, reserved) in [
        ("Azure", true),
        ("azure-1", false),
        ("xMicroSoftx", true),
        ("login-here", true),
        ("my-login", false),
        ("o365", true),
    ] {
        let got = olivia.put(&instance("rg-twins", name), json!({"location": "westeurope"})).await;
        assert_eq!(got.code() == "ReservedResourceName", reserved, "{name}: {}", got.text);
    }
    let old =
        olivia.put(&instance("rg-factory", "office"), json!({"location": "westeurope"})).await;
    assert_eq!(old.status, 200, "{}", old.text);
}
