//! Assignments with an end, eligibilities, and the licence that both need.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::world::demo::{NINA, OLIVIA, PRODUCTION};
use simulator::world::role::{CONTRIBUTOR, DATA_OWNER};

use crate::{ARM, Azure, Person, member, production, quick, redirected};

fn factory(rest: &str) -> String {
    production(&format!(
        "/resourceGroups/rg-factory/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor/providers/Microsoft.Authorization/{rest}"
    ))
}

fn request(n: u8) -> String {
    factory(&format!("roleAssignmentScheduleRequests/60000000-0000-4000-8000-0000000000{n:02}"))
}

fn body(kind: &str, principal: &str, role: &str, duration: &str) -> Value {
    json!({"properties": {
        "principalId": principal,
        "roleDefinitionId": format!("/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        "requestType": kind,
        "justification": "request 42",
        "scheduleInfo": {"startDateTime": null, "expiration": {"type": "AfterDuration", "duration": duration, "endDateTime": null}},
        "ticketInfo": {"ticketNumber": "42", "ticketSystem": "portal"},
    }})
}

async fn azure() -> Azure {
    Azure::with(Options { settings: quick(0), ..Options::default() }).await
}

async fn roles_of(who: &Person<'_>, oid: &str) -> usize {
    let got = who.get(&factory(&format!("roleAssignments?$filter=principalId eq '{oid}'"))).await;
    got.body["value"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_assignment_ends_by_itself() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let made = uma.put(&request(1), body("AdminAssign", NINA, DATA_OWNER, "P30D")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["properties"]["status"], "Provisioned");
    assert_eq!(
        made.body["properties"]["expandedProperties"]["principal"]["displayName"],
        "Nina Novak"
    );
    assert_eq!(roles_of(&uma, NINA).await, 1, "an ordinary assignment beside it");
    let instances = uma
        .get(&factory(&format!("roleAssignmentScheduleInstances?$filter=principalId eq '{NINA}'")))
        .await;
    let instance = &instances.body["value"][0]["properties"];
    assert_eq!(
        (instance["assignmentType"].as_str(), instance["endDateTime"].is_string()),
        (Some("Assigned"), true)
    );
    let again = uma.put(&request(2), body("AdminAssign", NINA, DATA_OWNER, "P30D")).await;
    assert_eq!((again.status.as_u16(), again.code()), (400, "RoleAssignmentExists"));
    assert_eq!(uma.get(&request(1)).await.body["name"], made.body["name"]);
    azure.later(30 * 24 * 3600).await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(roles_of(&uma, NINA).await, 0);
    assert_eq!(uma.get(&request(1)).await.body["properties"]["status"], "Revoked");
}

#[tokio::test]
async fn an_assignment_can_be_removed_before_its_end_but_not_at_once() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let remove = || body("AdminRemove", NINA, DATA_OWNER, "P1D");
    assert_eq!(uma.put(&request(1), remove()).await.code(), "RoleAssignmentDoesNotExist");
    assert_eq!(
        uma.put(&request(2), body("AdminAssign", NINA, DATA_OWNER, "PT8H")).await.status,
        201
    );
    assert_eq!(uma.put(&request(3), remove()).await.code(), "ActiveDurationTooShort");
    azure.later(301).await;
    let removed = uma.put(&request(3), remove()).await;
    assert_eq!(
        (removed.status.as_u16(), removed.body["properties"]["status"].as_str()),
        (201, Some("Revoked"))
    );
    assert_eq!(roles_of(&uma, NINA).await, 0);
}

#[tokio::test]
async fn a_lock_outlives_the_end() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(
        olivia.put(&request(1), body("AdminAssign", NINA, DATA_OWNER, "PT30M")).await.status,
        201
    );
    let lock = json!({"properties": {"level": "CanNotDelete"}});
    assert_eq!(olivia.put(&factory("locks/keep"), lock).await.status, 201);
    azure.later(1801).await;
    assert_eq!(
        olivia.get(&request(1)).await.body["properties"]["status"],
        "FailedAsResourceIsLocked"
    );
    assert_eq!(roles_of(&olivia, NINA).await, 1);
}

#[tokio::test]
async fn policies_limit_how_long_and_ask_why() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let long = uma.put(&request(1), body("AdminAssign", NINA, DATA_OWNER, "P91D")).await;
    assert_eq!(
        (long.status.as_u16(), long.code()),
        (400, "RoleAssignmentRequestPolicyValidationFailed")
    );
    assert_eq!(long.message(), "The following policy rules failed: [\"ExpirationRule\"]");
    let mut silent = body("AdminAssign", NINA, DATA_OWNER, "P1D");
    silent["properties"]["justification"] = Value::Null;
    assert!(uma.put(&request(1), silent).await.message().contains("JustificationRule"));
    let checked = uma
        .send(
            Method::POST,
            &format!("{}/validate", request(1)),
            Some(body("AdminAssign", NINA, DATA_OWNER, "P1D")),
        )
        .await;
    assert_eq!(checked.status, 200);
    assert_eq!(roles_of(&uma, NINA).await, 0, "a check changes nothing");
    let policies = uma
        .get(&factory(&format!(
            "roleManagementPolicyAssignments?$filter=roleDefinitionId eq '/x/{DATA_OWNER}'"
        )))
        .await;
    let rules =
        policies.body["value"][0]["properties"]["effectiveRules"].as_array().unwrap().clone();
    let rule = rules.iter().find(|rule| rule["id"] == "Expiration_Admin_Assignment").unwrap();
    assert_eq!(rule["maximumDuration"], "P90D");
    let carl = azure.person("carl@contoso.com", ARM).await;
    assert_eq!(
        carl.put(&request(1), body("AdminAssign", NINA, DATA_OWNER, "P1D")).await.code(),
        "AuthorizationFailed"
    );
    azure.set(json!({"premium_licence": false})).await;
    let refused = uma.get(&factory("roleAssignmentScheduleInstances")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "AadPremiumLicenseRequired"));
}

#[tokio::test]
async fn who_is_eligible_may_activate() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let eligible = factory("roleEligibilityScheduleRequests/70000000-0000-4000-8000-000000000001");
    let made = olivia.put(&eligible, body("AdminAssign", NINA, CONTRIBUTOR, "P90D")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(roles_of(&olivia, NINA).await, 0);
    let nina = azure.person("nina@contoso.com", ARM).await;
    let own = nina.get(&factory("roleEligibilityScheduleInstances?$filter=asTarget()")).await;
    let schedule = own.body["value"][0]["properties"]["roleEligibilityScheduleId"].clone();
    let activate = body("SelfActivate", NINA, CONTRIBUTOR, "PT2H");
    let refused = nina.put(&request(1), activate.clone()).await;
    assert_eq!(refused.message(), "The following policy rules failed: [\"EligibilityRule\"]");
    let mut linked = activate;
    linked["properties"]["linkedRoleEligibilityScheduleId"] = schedule;
    let state = format!("/subscriptions/{PRODUCTION}/state");
    azure.admin(Method::POST, &state, json!({"state": "Disabled"})).await;
    assert_eq!(nina.put(&request(1), linked.clone()).await.code(), "ReadOnlyDisabledSubscription");
    azure.admin(Method::POST, &state, json!({"state": "Enabled"})).await;
    let active = nina.put(&request(1), linked.clone()).await;
    assert_eq!(active.status, 201, "{}", active.text);
    assert_eq!(roles_of(&olivia, NINA).await, 1);
    azure.later(7200).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(roles_of(&olivia, NINA).await, 0);
    linked["properties"]["principalId"] = json!(OLIVIA);
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(
        nina.put(&request(2), linked).await.code(),
        "RoleAssignmentRequestPolicyValidationFailed"
    );
}

#[tokio::test]
async fn a_request_for_later_waits_and_can_be_cancelled() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let now = azure.admin(Method::GET, "/clock", json!({})).await.body["now"]
        .as_str()
        .unwrap()
        .to_owned();
    let start =
        (now.parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(1)).to_string();
    let mut later = body("AdminAssign", NINA, DATA_OWNER, "P1D");
    later["properties"]["scheduleInfo"]["startDateTime"] = json!(start);
    let made = uma.put(&request(1), later.clone()).await;
    assert_eq!(made.body["properties"]["status"], "ScheduleCreated");
    assert_eq!(roles_of(&uma, NINA).await, 0);
    assert_eq!(uma.send(Method::POST, &format!("{}/cancel", request(1)), None).await.status, 200);
    assert_eq!(uma.put(&request(2), later).await.status, 201);
    azure.later(3600).await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(uma.get(&request(1)).await.body["properties"]["status"], "Canceled");
    assert_eq!(uma.get(&request(2)).await.body["properties"]["status"], "Provisioned");
    assert_eq!(roles_of(&uma, NINA).await, 1);
}

#[tokio::test]
async fn an_assignment_is_updated_extended_and_renewed() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    for kind in ["AdminUpdate", "AdminExtend"] {
        let early = uma.put(&request(1), body(kind, NINA, DATA_OWNER, "P1D")).await;
        assert_eq!((early.status.as_u16(), early.code()), (400, "RoleAssignmentDoesNotExist"));
    }
    let made = uma.put(&request(1), body("AdminAssign", NINA, DATA_OWNER, "P1D")).await;
    let schedule =
        |got: &crate::Got| got.body["properties"]["targetRoleAssignmentScheduleId"].clone();
    let updated = uma.put(&request(2), body("AdminUpdate", NINA, DATA_OWNER, "P3D")).await;
    assert_eq!((updated.status.as_u16(), schedule(&updated)), (201, schedule(&made)));
    assert_eq!(updated.body["properties"]["status"], "Provisioned");
    assert_eq!(roles_of(&uma, NINA).await, 1, "none beside it");
    azure.later(2 * 24 * 3600).await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(roles_of(&uma, NINA).await, 1, "longer than it was to be");
    azure.later(24 * 3600).await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(roles_of(&uma, NINA).await, 0);
    let renewed = uma.put(&request(3), body("AdminRenew", NINA, DATA_OWNER, "P1D")).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text);
    assert_eq!(roles_of(&uma, NINA).await, 1);
}

#[tokio::test]
async fn a_request_has_a_guid_and_an_end_that_is_to_come() {
    let azure = azure().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let unnamed = factory("roleAssignmentScheduleRequests/notaguid");
    let got = uma.put(&unnamed, body("AdminAssign", NINA, DATA_OWNER, "P1D")).await;
    assert_eq!((got.status.as_u16(), got.code()), (400, "InvalidRoleAssignmentRequest"));
    let mut over = body("AdminAssign", NINA, DATA_OWNER, "P1D");
    over["properties"]["scheduleInfo"]["expiration"] =
        json!({"type": "AfterDateTime", "endDateTime": "2020-01-01T00:00:00Z"});
    let got = uma.put(&request(1), over).await;
    assert_eq!((got.status.as_u16(), got.code()), (400, "InvalidRoleAssignmentRequest"));
    assert_eq!(roles_of(&uma, NINA).await, 0);
}

#[tokio::test]
async fn nobody_activates_a_role_under_a_read_only_lock() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let eligible = factory("roleEligibilityScheduleRequests/70000000-0000-4000-8000-000000000001");
    let made = olivia.put(&eligible, body("AdminAssign", NINA, CONTRIBUTOR, "P90D")).await;
    let mut activate = body("SelfActivate", NINA, CONTRIBUTOR, "PT2H");
    activate["properties"]["linkedRoleEligibilityScheduleId"] =
        made.body["properties"]["targetRoleEligibilityScheduleId"].clone();
    let lock = factory("locks/still");
    let level = json!({"properties": {"level": "ReadOnly"}});
    assert_eq!(olivia.put(&lock, level).await.status, 201);
    let nina = azure.person("nina@contoso.com", ARM).await;
    let held = nina.put(&request(1), activate.clone()).await;
    assert_eq!((held.status.as_u16(), held.code()), (409, "ScopeLocked"));
    assert_eq!(olivia.delete(&lock).await.status, 200);
    assert_eq!(nina.put(&request(1), activate).await.status, 201);
}

#[tokio::test]
async fn an_activation_may_want_an_authentication_context() {
    let azure = azure().await;
    azure.set(json!({"pim_context": "c1"})).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let eligible = factory("roleEligibilityScheduleRequests/70000000-0000-4000-8000-000000000001");
    let made = olivia.put(&eligible, body("AdminAssign", NINA, CONTRIBUTOR, "P90D")).await;
    assert_eq!(made.status, 201, "administrators are not asked for it: {}", made.text);
    let policies = olivia.get(&factory("roleManagementPolicyAssignments")).await;
    let rules =
        policies.body["value"][0]["properties"]["effectiveRules"].as_array().unwrap().clone();
    let rule =
        rules.iter().find(|rule| rule["id"] == "AuthenticationContext_EndUser_Assignment").unwrap();
    assert_eq!((&rule["isEnabled"], &rule["claimValue"]), (&json!(true), &json!("c1")));

    let mut activate = body("SelfActivate", NINA, CONTRIBUTOR, "PT2H");
    activate["properties"]["linkedRoleEligibilityScheduleId"] =
        made.body["properties"]["targetRoleEligibilityScheduleId"].clone();
    let nina = azure.person("nina@contoso.com", ARM).await;
    let refused = nina.put(&request(1), activate.clone()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (400, "RoleAssignmentRequestAcrsValidationFailed")
    );
    assert_eq!(roles_of(&olivia, NINA).await, 0);
    // The message is what the next authorize request has to carry.
    let query = refused.message().trim_start_matches('&').as_bytes();
    let (name, claims) = url::form_urlencoded::parse(query).into_owned().next().unwrap();
    assert_eq!(name, "claims");
    let form = [("loginfmt", "nina@contoso.com"), ("passwd", "Twindesk1!"), ("mfa", "approve")];
    let signed_in = azure.client.post(azure.authorize(&[("claims", &claims)])).form(&form);
    let code = member(&redirected(&signed_in.send().await.unwrap()), "code");
    let token = azure.redeem(&code).await.body["access_token"].as_str().unwrap().to_owned();
    let active = Person { azure: &azure, token }.put(&request(2), activate).await;
    assert_eq!(active.status, 201, "{}", active.text);
    assert_eq!(roles_of(&olivia, NINA).await, 1);
}
