//! Resources, operations, roles and the data plane.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::settings::Settings;
use simulator::world::demo::{
    CARL, DEVELOPMENT, FACTORY_SYNC, GREG, NINA, OLIVIA, PRODUCTION, TENANT, TWINS_BUILDERS,
};
use simulator::world::role::{DATA_OWNER, DATA_READER, OWNER};
use simulator::{Options, world};

use crate::{ARM, Azure, GRAPH, Got, TWINS, claims, development, production, quick};

const TWIN: &str = "/providers/Microsoft.DigitalTwins/digitalTwinsInstances";
const GRANT: &str = "10000000-0000-4000-8000-00000000000a";

fn instance(group: &str, name: &str) -> String {
    production(&format!("/resourceGroups/{group}{TWIN}/{name}"))
}

fn factory() -> String {
    instance("rg-factory", "factory-floor")
}

fn assignment(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

fn grant(principal: &str, role: &str) -> Value {
    json!({"properties": {
        "roleDefinitionId": format!("/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        "principalId": principal,
        "principalType": "User",
    }})
}

#[tokio::test]
async fn tokens_are_refused_word_for_word() {
    let azure = Azure::start().await;
    let url = azure.at(&format!("/arm/subscriptions/{PRODUCTION}?api-version=2022-12-01"));
    let none = Got::from(azure.client.get(&url).send().await.unwrap()).await;
    assert_eq!((none.status.as_u16(), none.code()), (401, "AuthenticationFailed"));
    assert_eq!(none.message(), "Authentication failed. The 'Authorization' header is missing.");
    assert!(none.header("www-authenticate").contains("missing 'Authorization' header"));
    assert!(!none.header("www-authenticate").contains("claims="));
    let bad = Got::from(azure.client.get(&url).bearer_auth("x.y.z").send().await.unwrap()).await;
    assert_eq!((bad.status.as_u16(), bad.code()), (401, "InvalidAuthenticationToken"));

    let graph = azure.person("olivia@contoso.com", GRAPH).await;
    let wrong = graph.get(&production("")).await;
    assert_eq!(wrong.code(), "InvalidAuthenticationTokenAudience");
    assert!(wrong.message().starts_with("The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/',"));

    let olivia = azure.person("olivia@contoso.com", ARM).await;
    azure.later(3600).await;
    let late = olivia.get(&production("")).await;
    assert_eq!((late.status.as_u16(), late.code()), (401, "ExpiredAuthenticationToken"));
    assert!(late.message().starts_with("The access token expiry UTC time '"));
}

#[tokio::test]
async fn api_versions_are_demanded_and_checked() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let at = |query: &str| azure.at(&format!("{}{query}", factory()));
    let missing = olivia.send(Method::GET, &at(""), None).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (400, "MissingApiVersionParameter"));
    let unknown = olivia.send(Method::GET, &at("?api-version=2019-01-01"), None).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, "NoRegisteredProviderFound"));
    let groups = olivia.get(&production("/resourcegroups?api-version=1999-01-01")).await;
    assert_eq!((groups.status.as_u16(), groups.code()), (400, "InvalidApiVersionParameter"));
    let nowhere = olivia.get(&production("/providers/Microsoft.Web/sites")).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "InvalidResourceType"));
}

#[tokio::test]
async fn people_see_the_subscriptions_in_which_they_hold_a_role() {
    let azure = Azure::start().await;
    for (who, seen) in [
        ("olivia@contoso.com", vec![PRODUCTION]),
        ("greg@contoso.com", vec![PRODUCTION]),
        ("paul@contoso.com", vec![DEVELOPMENT]),
        ("nina@contoso.com", vec![]),
    ] {
        let got = azure.person(who, ARM).await.get("/arm/subscriptions").await;
        let ids: Vec<&str> = got.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["subscriptionId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, seen, "{who}");
    }
    let nina = azure.person("nina@contoso.com", ARM).await;
    let hidden = nina.get(&production("")).await;
    assert_eq!((hidden.status.as_u16(), hidden.code()), (403, "AuthorizationFailed"));
    assert_eq!(
        hidden.message(),
        format!(
            "The client 'nina@contoso.com' with object id '{NINA}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/{PRODUCTION}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        )
    );
    let unknown = nina.get("/arm/subscriptions/00000000-0000-4000-8000-000000000000").await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "SubscriptionNotFound"));
    assert_eq!(nina.get("/arm/subscriptions/nonsense").await.code(), "InvalidSubscriptionId");
}

#[tokio::test]
async fn answers_carry_the_headers_of_arm() {
    let azure = Azure::start().await;
    // Nothing comes back while the test looks, however slow the machine.
    let still = json!({ "refill_reads": 0, "refill_writes": 0, "refill_queries": 0 });
    azure.admin(Method::PATCH, "/settings", still).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let url = azure.at(&format!("{}?api-version=2023-01-31", factory()));
    let request = azure
        .client
        .get(url)
        .bearer_auth(&olivia.token)
        .header("x-ms-correlation-request-id", "c0c0")
        .header("x-ms-client-request-id", "abc")
        .header("x-ms-return-client-request-id", "true");
    let got = Got::from(request.send().await.unwrap()).await;
    assert_eq!(got.header("x-ms-correlation-request-id"), "c0c0");
    assert_ne!(got.header("x-ms-request-id"), "c0c0");
    assert_eq!(got.header("x-ms-client-request-id"), "abc");
    assert!(got.header("x-ms-routing-request-id").starts_with("WESTEUROPE:"));
    assert_eq!(got.header("x-ms-ratelimit-remaining-subscription-resource-requests"), "249");
    assert_eq!(got.header("x-ms-failure-cause"), "");
    let missing = olivia.get(&instance("rg-factory", "nothing")).await;
    assert_eq!(missing.header("x-ms-failure-cause"), "gateway");
    assert_eq!(missing.header("x-ms-request-id"), missing.header("x-ms-correlation-request-id"));
    let claims = claims(&json!(olivia.token));
    let (tenant, oid) = (claims["tid"].as_str().unwrap(), claims["oid"].as_str().unwrap());
    let operation = got.header("x-ms-operation-identifier");
    assert!(
        operation.starts_with(&format!("tenantId={tenant},objectId={oid}/westeurope/")),
        "{operation}"
    );
    let group = production("/resourceGroups/rg-headers");
    let left =
        |got: &Got, name: &str| got.header(&format!("x-ms-ratelimit-remaining-{name}")).to_owned();
    let made = olivia.put(&group, json!({"location": "westeurope"})).await;
    assert_eq!(left(&made, "subscription-writes"), "199");
    assert_eq!(left(&made, "subscription-global-writes"), "2999");
    let read = olivia.get(&group).await;
    assert_eq!(left(&read, "subscription-reads"), "249");
    assert_eq!(left(&read, "subscription-global-reads"), "3749");
    assert_eq!(left(&olivia.get("/arm/subscriptions").await, "tenant-reads"), "249");
    let graph = json!({"query": "resources"});
    let asked = olivia.post("/arm/providers/Microsoft.ResourceGraph/resources", graph).await;
    assert_eq!(left(&asked, "tenant-writes"), "199");
    let calls = azure.calls().await;
    let noted = calls.iter().find(|call| call["correlation_id"] == "c0c0").unwrap();
    assert_eq!(
        (noted["caller"].as_str(), noted["status"].as_u64()),
        (Some("olivia@contoso.com"), Some(200))
    );
}

#[tokio::test]
async fn an_instance_is_created_by_a_long_running_operation() {
    let azure = Azure::with(Options { settings: quick(2), ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let path = instance("RG-Twins", "Hello-1");
    let body = json!({"location": "West Europe", "tags": {"owner": "nina"}, "identity": {"type": "SystemAssigned"}});
    let made = carl.put(&path, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["properties"]["provisioningState"], "Provisioning");
    assert_eq!(made.body["properties"]["hostName"], Value::Null);
    assert!(made.body["properties"].as_object().unwrap().contains_key("hostName"));
    assert_eq!(made.body["systemData"]["createdBy"], "carl@contoso.com");
    assert!(made.body["identity"]["principalId"].is_string(), "the identity is known at once");
    assert_eq!(
        made.body["id"],
        format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-twins{TWIN}/Hello-1"),
        "the group in its own case"
    );
    assert_eq!(made.header("retry-after"), "10");
    let poll = made.header("azure-asyncoperation").to_owned();
    assert!(
        poll.len() > 2500
            && poll.contains(
                "/providers/Microsoft.DigitalTwins/locations/westeurope/operationsStatuses/"
            )
    );

    for _ in 0..2 {
        let running = carl.get(&poll).await;
        assert_eq!(
            (running.status.as_u16(), running.body["status"].as_str()),
            (200, Some("Running"))
        );
        assert_eq!(running.body.get("endTime"), None);
    }
    let done = carl.get(&poll).await;
    assert_eq!(done.body["status"], "Succeeded");
    assert!(done.body["endTime"].is_string());
    let shown = carl.get(&path.to_uppercase().replace("/ARM/", "/arm/")).await;
    assert_eq!(shown.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(shown.body["properties"]["hostName"], "hello-1.api.weu.digitaltwins.azure.net");
    assert_eq!(shown.body["properties"]["privateEndpointConnections"], json!([]));

    let forged = poll.replace("&s=", "&s=x");
    assert_eq!(carl.get(&forged).await.status, 404);
    let nina = azure.person("nina@contoso.com", ARM).await;
    assert_eq!(nina.get(&poll).await.code(), "AuthorizationFailed");
}

#[tokio::test]
async fn time_alone_may_finish_an_operation() {
    let azure = Azure::start().await;
    let greg = azure.person("greg@contoso.com", ARM).await;
    let made = greg.put(&instance("rg-factory", "line-2"), json!({"location": "westeurope"})).await;
    assert_eq!(made.status, 201, "rights at the resource group are enough: {}", made.text);
    let poll = made.header("azure-asyncoperation").to_owned();
    assert_eq!(greg.get(&poll).await.body["status"], "Running");
    azure.later(6).await;
    assert_eq!(greg.get(&poll).await.body["status"], "Succeeded");
    let refused =
        greg.put(&instance("rg-twins", "line-3"), json!({"location": "westeurope"})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "AuthorizationFailed"));
    assert!(refused.message().contains(&format!("object id '{GREG}'")));
}

#[tokio::test]
async fn an_operation_may_fail() {
    let outcome = serde_json::from_value(
        json!({"status": "Failed", "code": "Broken", "message": "No luck."}),
    )
    .unwrap();
    let settings = Settings { lro_outcome: outcome, ..quick(0) };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let made = carl.put(&instance("rg-twins", "sad"), json!({"location": "westeurope"})).await;
    let done = carl.get(made.header("azure-asyncoperation")).await;
    assert_eq!((done.status.as_u16(), done.body["status"].as_str()), (200, Some("Failed")));
    assert_eq!(done.body["error"], json!({"code": "Broken", "message": "No luck."}));
    assert_eq!(
        carl.get(&instance("rg-twins", "sad")).await.body["properties"]["provisioningState"],
        "Failed"
    );
}

#[tokio::test]
async fn a_put_on_what_exists_updates_it_and_a_delete_takes_it_away() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let body = json!({"location": "westeurope", "tags": {"a": "b"}, "properties": {"publicNetworkAccess": "Disabled"}});
    let changed = olivia.put(&factory(), body).await;
    assert_eq!((changed.status.as_u16(), changed.body["tags"]["a"].as_str()), (200, Some("b")));
    assert_eq!(
        olivia.put(&factory(), json!({"location": "westeurope"})).await.code(),
        "Conflict",
        "one at a time"
    );
    olivia.get(changed.header("azure-asyncoperation")).await;
    let moved = olivia.put(&factory(), json!({"location": "northeurope"})).await;
    assert_eq!((moved.status.as_u16(), moved.code()), (409, "InvalidResourceLocation"));
    let patched = olivia.send(Method::PATCH, &factory(), Some(json!({"tags": {"c": "d"}}))).await;
    assert_eq!((patched.status.as_u16(), &patched.body["tags"]), (202, &json!({"c": "d"})));
    assert_eq!(
        patched.body["properties"]["publicNetworkAccess"], "Disabled",
        "what a PATCH leaves out stays"
    );
    olivia.get(patched.header("azure-asyncoperation")).await;

    let deleted = olivia.delete(&factory()).await;
    assert_eq!(
        (deleted.status.as_u16(), deleted.body["properties"]["provisioningState"].as_str()),
        (202, Some("Deleting"))
    );
    let result = deleted.header("location").to_owned();
    assert_eq!(olivia.get(&result).await.status, 202);
    let gone = olivia.get(&result).await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    assert_eq!(olivia.get(&factory()).await.code(), "ResourceNotFound");
    assert_eq!(olivia.delete(&factory()).await.status, 204);
}

#[tokio::test]
async fn bad_wishes_for_an_instance_are_refused() {
    let azure =
        Azure::with(Options { settings: Settings { quota: 2, ..quick(0) }, ..Options::default() })
            .await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let put = |name: &'static str, body: Value| olivia.put_owned(instance("rg-twins", name), body);
    assert_eq!(put("abc", json!({})).await.code(), "LocationRequired");
    let region = put("abc", json!({"location": "westus"})).await;
    assert_eq!(
        (region.status.as_u16(), region.code()),
        (400, "LocationNotAvailableForResourceType")
    );
    assert_eq!(
        region.message(),
        "The provided location 'westus' is not available for resource type 'Microsoft.DigitalTwins/digitalTwinsInstances'. List of available regions for the resource type is 'westcentralus,westus2,northeurope,australiaeast,westeurope,eastus,southcentralus,southeastasia,uksouth,eastus2'."
    );
    assert_eq!(put("-abc", json!({"location": "westeurope"})).await.code(), "BadRequest");
    assert_eq!(
        put("factory-floor", json!({"location": "westeurope"})).await.status,
        409,
        "same region, other group"
    );
    assert_eq!(put("factory-floor", json!({"location": "northeurope"})).await.status, 201);
    assert_eq!(put("second", json!({"location": "westeurope"})).await.status, 201);
    let full = put("third", json!({"location": "westeurope"})).await;
    assert_eq!((full.status.as_u16(), full.code()), (400, "BadRequest"));
    assert_eq!(
        full.message(),
        format!(
            "Subscription '{PRODUCTION}' has '2' instances in this region. Please visit http://aka.ms/dtv2limits for details."
        )
    );
    let nowhere = olivia.put(&instance("rg-none", "abc"), json!({"location": "westeurope"})).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "ResourceGroupNotFound"));
    assert_eq!(nowhere.message(), "Resource group 'rg-none' could not be found.");
}

impl crate::Person<'_> {
    async fn put_owned(&self, path: String, body: Value) -> Got {
        self.put(&path, body).await
    }
}

#[tokio::test]
async fn groups_are_found_by_a_tag_and_its_value() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    for (name, tags) in
        [("rg-a", json!({"by": "az"})), ("rg-b", json!({"by": "hand", "was": "az"}))]
    {
        let body = json!({"location": "westeurope", "tags": tags});
        assert_eq!(
            olivia.put(&production(&format!("/resourcegroups/{name}")), body).await.status,
            201
        );
    }
    // The second is as Azure's command line writes it.
    for (filter, names) in [
        ("tagName eq 'by'", vec!["rg-a", "rg-b"]),
        ("tagname eq 'by' and tagvalue eq 'az'", vec!["rg-a"]),
    ] {
        let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let found = olivia.get(&production(&format!("/resourcegroups?$filter={filter}"))).await;
        let found: Vec<&str> = found.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row["name"].as_str())
            .collect();
        assert_eq!(found, names);
    }
}

#[tokio::test]
async fn a_provider_is_registered_before_its_first_instance() {
    let settings =
        Settings { registration_polls: 2, registration_seconds: 0, ..Settings::default() };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let paul = azure.person("paul@contoso.com", ARM).await;
    let path = development(&format!("/resourceGroups/rg-sandbox{TWIN}/first"));
    let early = paul.put(&path, json!({"location": "northeurope"})).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "MissingSubscriptionRegistration"));
    assert_eq!(early.body["error"]["details"][0]["target"], "Microsoft.DigitalTwins");

    let provider = development("/providers/Microsoft.DigitalTwins");
    let state = |got: &Got| got.body["registrationState"].as_str().unwrap().to_owned();
    assert_eq!(state(&paul.get(&provider).await), "NotRegistered");
    let asked = paul.send(Method::POST, &format!("{provider}/register"), None).await;
    assert_eq!((asked.status.as_u16(), state(&asked)), (200, "Registering".to_owned()));
    assert_eq!(state(&paul.get(&provider).await), "Registering");
    assert_eq!(state(&paul.get(&provider).await), "Registering");
    let done = paul.get(&provider).await;
    assert_eq!(state(&done), "Registered");
    let of_packages = paul.get(&format!("{provider}?api-version=2016-02-01")).await;
    assert_eq!(state(&of_packages), "Registered");
    let locations = done.body["resourceTypes"][0]["locations"].as_array().unwrap();
    assert!(locations.contains(&json!("West Europe")) && locations.len() == 10);
    assert_eq!(paul.put(&path, json!({"location": "northeurope"})).await.status, 201);
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(olivia.send(Method::POST, &format!("{provider}/register"), None).await.status, 403);
}

#[tokio::test]
async fn names_are_checked_for_those_who_may_ask() {
    let azure = Azure::start().await;
    let path =
        production("/providers/Microsoft.DigitalTwins/locations/westeurope/checkNameAvailability");
    let carl = azure.person("carl@contoso.com", ARM).await;
    for (name, available, reason) in [
        ("new-one", true, Value::Null),
        ("Factory-Floor", false, json!("AlreadyExists")),
        ("x", false, json!("Invalid")),
    ] {
        let body = json!({"name": name, "type": "Microsoft.DigitalTwins/digitalTwinsInstances"});
        let got = carl.send(Method::POST, &path, Some(body)).await;
        assert_eq!(
            (got.body["nameAvailable"].as_bool(), &got.body["reason"]),
            (Some(available), &reason),
            "{name}"
        );
    }
    let body = json!({"name": "new-one", "type": "Microsoft.DigitalTwins/digitalTwinsInstances"});
    for place in ["nowhere", "westus"] {
        let elsewhere = path.replace("westeurope", place);
        let got = carl.send(Method::POST, &elsewhere, Some(body.clone())).await;
        assert_eq!((got.status.as_u16(), got.code()), (400, "NoRegisteredProviderFound"));
        assert!(got.message().starts_with(&format!(
            "No registered resource provider found for location '{place}' and API version '2023-01-31' for type 'locations/checkNameAvailability'."
        )));
    }
    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(rita.send(Method::POST, &path, Some(body)).await.code(), "AuthorizationFailed");
}

#[tokio::test]
async fn resource_groups_live_and_die() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let path = production("/resourcegroups/rg-new");
    assert_eq!(olivia.send(Method::HEAD, &path, None).await.status, 404);
    assert_eq!(olivia.get(&path).await.code(), "ResourceGroupNotFound");
    let made = olivia.put(&path, json!({"location": "westeurope", "tags": {"a": "b"}})).await;
    assert_eq!(
        (made.status.as_u16(), made.body["type"].as_str()),
        (201, Some("Microsoft.Resources/resourceGroups"))
    );
    assert_eq!(olivia.put(&path, json!({"location": "West Europe"})).await.status, 200);
    assert_eq!(
        olivia.put(&path, json!({"location": "eastus"})).await.code(),
        "InvalidResourceGroupLocation"
    );
    assert_eq!(olivia.send(Method::HEAD, &path, None).await.status, 204);
    assert_eq!(
        olivia
            .put(&production("/resourcegroups/rg-bad."), json!({"location": "eastus"}))
            .await
            .status,
        400
    );

    let deleted = olivia.delete(&path).await;
    assert_eq!(deleted.status, 202);
    let inside = olivia.put(&instance("rg-new", "abc"), json!({"location": "westeurope"})).await;
    assert_eq!((inside.status.as_u16(), inside.code()), (409, "ResourceGroupBeingDeleted"));
    assert_eq!(olivia.get(deleted.header("location")).await.status, 202);
    assert_eq!(olivia.get(deleted.header("location")).await.status, 200);
    assert_eq!(olivia.get(&path).await.status, 404);
    let carl = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(carl.put(&path, json!({"location": "westeurope"})).await.status, 403);
}

#[tokio::test]
async fn lists_hold_what_the_caller_may_read_page_by_page() {
    let azure = Azure::start().await;
    let greg = azure.person("greg@contoso.com", ARM).await;
    let groups = greg.get(&production("/resourcegroups")).await;
    let names: Vec<&Value> =
        groups.body["value"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["rg-factory"]);
    assert_eq!(greg.get(&production(TWIN)).await.body["value"].as_array().unwrap().len(), 1);

    azure.set(json!({"page_size": 2})).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let mut names = Vec::new();
    let mut next = production("/providers/Microsoft.Authorization/roleDefinitions");
    let mut pages = 0;
    while !next.is_empty() {
        let page = olivia.get(&next).await;
        names.extend(page.body["value"].as_array().unwrap().iter().map(|row| row["name"].clone()));
        next = page.body["nextLink"].as_str().unwrap_or_default().to_owned();
        assert!(next.is_empty() || next.starts_with(&azure.at("/arm/")));
        pages += 1;
    }
    assert_eq!((names.len(), pages), (13, 7));
}

#[tokio::test]
async fn role_definitions_are_found_by_name_and_id() {
    let azure = Azure::start().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let at = production("/providers/Microsoft.Authorization/roleDefinitions");
    let found =
        rita.get(&format!("{at}?$filter=roleName eq 'Azure Digital Twins Data Owner'")).await;
    let rows = found.body["value"].as_array().unwrap();
    assert_eq!((rows.len(), rows[0]["name"].as_str()), (1, Some(DATA_OWNER)));
    assert!(
        rows[0]["id"]
            .as_str()
            .unwrap()
            .starts_with(&format!("/subscriptions/{PRODUCTION}/providers/"))
    );
    assert_eq!(rita.get(&format!("{at}/{OWNER}")).await.body["properties"]["roleName"], "Owner");
    assert_eq!(rita.get(&format!("{at}/{TENANT}")).await.code(), "RoleDefinitionDoesNotExist");
    assert_eq!(rita.get(&format!("{at}?$filter=color eq 'red'")).await.status, 400);
}

#[tokio::test]
async fn a_grant_is_made_once_read_back_and_deleted() {
    let azure = Azure::start().await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    let path = assignment(&factory(), GRANT);
    let made = uma.put(&path, grant(NINA, DATA_OWNER)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        (&made.body["properties"]["createdBy"], made.body["name"].as_str()),
        (&Value::Null, Some(GRANT))
    );
    assert_eq!(made.body["properties"]["principalType"], "User");
    assert_eq!(uma.put(&path, grant(NINA, DATA_OWNER)).await.status, 200, "the same again");
    let read = uma.get(&path).await;
    assert_eq!(read.body["properties"]["createdBy"], world::demo::UMA);

    let other_name = assignment(&factory(), "20000000-0000-4000-8000-00000000000a");
    let twice = uma.put(&other_name, grant(NINA, DATA_OWNER)).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "RoleAssignmentExists"));
    assert_eq!(
        twice.message(),
        format!(
            "The role assignment already exists. The ID of the existing role assignment is {}.",
            GRANT.replace('-', "")
        )
    );
    let changed = uma.put(&path, grant(NINA, DATA_READER)).await;
    assert_eq!(
        (changed.status.as_u16(), changed.code()),
        (400, "RoleAssignmentUpdateNotPermitted")
    );

    let deleted = uma.delete(&path).await;
    assert_eq!((deleted.status.as_u16(), deleted.body["name"].as_str()), (200, Some(GRANT)));
    assert_eq!(uma.delete(&path).await.status, 204);
    assert_eq!(uma.get(&path).await.code(), "RoleAssignmentNotFound");
}

#[tokio::test]
async fn a_grant_needs_a_right_a_scope_a_role_and_somebody() {
    let azure = Azure::start().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let refused = carl.put(&assignment(&factory(), GRANT), grant(NINA, DATA_OWNER)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "AuthorizationFailed"));
    let scope =
        format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory{TWIN}/factory-floor");
    assert_eq!(
        refused.message(),
        format!(
            "The client 'carl@contoso.com' with object id '{CARL}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '{scope}/providers/Microsoft.Authorization/roleAssignments/{GRANT}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        )
    );
    let uma = azure.person("uma@contoso.com", ARM).await;
    let nobody = "99999999-0000-4000-8000-000000000000";
    let missing = uma.put(&assignment(&factory(), GRANT), grant(nobody, DATA_OWNER)).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (400, "PrincipalNotFound"));
    assert!(missing.message().starts_with(&format!(
        "Principal {} does not exist in the directory {TENANT}.",
        nobody.replace('-', "")
    )));
    let kind = uma.put(&assignment(&factory(), GRANT), grant(FACTORY_SYNC, DATA_OWNER)).await;
    assert_eq!(kind.code(), "UnmatchedPrincipalType");
    let role = uma.put(&assignment(&factory(), GRANT), grant(NINA, nobody)).await;
    assert_eq!(role.code(), "RoleDefinitionDoesNotExist");
    let nowhere =
        uma.put(&assignment(&instance("rg-factory", "none"), GRANT), grant(NINA, DATA_OWNER)).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "ResourceNotFound"));
    assert_eq!(
        uma.put(&assignment(&factory(), "no-guid"), grant(NINA, DATA_OWNER)).await.code(),
        "InvalidRoleAssignmentId"
    );
}

#[tokio::test]
async fn a_new_identity_needs_its_type_said_until_it_is_replicated() {
    let azure = Azure::with(Options { settings: quick(0), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let body = json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}});
    let made = olivia.put(&instance("rg-twins", "with-identity"), body).await;
    let principal = made.body["identity"]["principalId"].as_str().unwrap().to_owned();
    let mut wish = grant(&principal, DATA_READER);
    wish["properties"]["principalType"] = Value::Null;
    let path = assignment(&factory(), GRANT);
    assert_eq!(olivia.put(&path, wish.clone()).await.code(), "PrincipalNotFound");
    azure.later(10).await;
    let got = olivia.put(&path, wish).await;
    assert_eq!(
        (got.status.as_u16(), got.body["properties"]["principalType"].as_str()),
        (201, Some("ServicePrincipal"))
    );
}

#[tokio::test]
async fn assignments_are_listed_by_scope_and_principal() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = production("/resourcegroups/rg-factory");
    azure
        .admin(
            Method::POST,
            "/role-assignments",
            json!({"principal": "Twins Builders", "role": "Azure Digital Twins Data Reader",
                "scope": factory().trim_start_matches("/arm")}),
        )
        .await;
    let count = async |filter: &str| {
        let path = format!("{group}/providers/Microsoft.Authorization/roleAssignments{filter}");
        olivia.get(&path).await.body["value"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 9, "four inherited, two here, three below");
    assert_eq!(count("?$filter=atScope()").await, 6);
    assert_eq!(count(&format!("?$filter=principalId eq '{NINA}'")).await, 0);
    assert_eq!(count(&format!("?$filter=assignedTo('{NINA}')")).await, 1, "by her group");
    assert_eq!(count(&format!("?$filter=principalId eq '{TWINS_BUILDERS}'")).await, 1);
    assert_eq!(count(&format!("?$filter=atScope() and assignedTo('{GREG}')")).await, 2);
    assert_eq!(count(&format!("?$filter=atScope() and assignedTo('{OLIVIA}')")).await, 1);
}

#[tokio::test]
async fn permissions_tell_what_the_caller_holds_at_a_scope() {
    let azure = Azure::start().await;
    let at = |scope: String| format!("{scope}/providers/Microsoft.Authorization/permissions");
    let greg = azure.person("greg@contoso.com", ARM).await;
    let held = greg.get(&at(factory())).await;
    let entries = held.body["value"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["actions"], json!(["*"]));
    assert!(
        entries[0]["notActions"]
            .as_array()
            .unwrap()
            .contains(&json!("Microsoft.Authorization/*/Write"))
    );
    assert_eq!(greg.get(&at(production(""))).await.status, 403);
    let old = format!("{}?api-version=2015-07-01", at(production("")));
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(olivia.get(&old).await.body["value"].as_array().unwrap().len(), 1);
    assert_eq!(
        olivia.get(&at(production("/resourcegroups/rg-none"))).await.code(),
        "ResourceGroupNotFound"
    );
    let paul = azure.person("paul@contoso.com", ARM).await;
    assert_eq!(
        paul.get(&at(development("/resourcegroups/rg-sandbox"))).await.body["value"][0]["actions"],
        json!(["*"])
    );

    azure.set(json!({"permissions_need_read": false})).await;
    assert_eq!(greg.get(&at(production(""))).await.body["value"], json!([]));
}

#[tokio::test]
async fn writes_may_want_a_second_factor() {
    let azure = Azure::start().await;
    azure.set(json!({"mfa_for_writes": true})).await;
    let uma = azure.person("uma@contoso.com", ARM).await;
    assert_eq!(uma.get(&factory()).await.status, 200, "reading does not");
    let refused = uma.put(&assignment(&factory(), GRANT), grant(NINA, DATA_OWNER)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (401, "RequestDisallowedByPolicy"));
    assert!(refused.header("www-authenticate").contains(
        "claims=\"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19\""
    ));
    assert!(
        azure.world().await["role_assignments"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["name"] != GRANT)
    );
}

#[tokio::test]
async fn a_revoked_session_is_told_by_a_challenge_to_clients_that_understand_it() {
    let azure = Azure::start().await;
    let capable = async |name: &str| {
        let claims = json!({"access_token": {"xms_cc": {"values": [name]}}}).to_string();
        let tokens = azure.tokens_of("uma@contoso.com", &[("claims", &claims)]).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    };
    let uma = crate::Person { azure: &azure, token: capable("cp1").await };
    // As azure-identity writes it.
    let loud = crate::Person { azure: &azure, token: capable("CP1").await };
    let plain = azure.person("uma@contoso.com", ARM).await;
    azure.admin(Method::POST, "/people/uma@contoso.com/revoke", json!({})).await;
    assert_eq!(loud.get(&factory()).await.status, 401);
    let refused = uma.get(&factory()).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate");
    assert!(
        challenge.contains("error=\"invalid_token\"")
            && challenge.contains("User session has been revoked"),
        "{challenge}"
    );
    azure.admin(Method::PATCH, "/settings", json!({ "recent_challenges": true })).await;
    let recent = uma.get(&factory()).await;
    assert!(recent.header("www-authenticate").contains("error=\"insufficient_claims\""));
    let claims = challenge.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    let asked = &claims["access_token"];
    assert_eq!(asked["nbf"]["essential"], true);
    assert!(asked["nbf"]["value"].as_str().unwrap().parse::<i64>().unwrap() > 1_600_000_000);
    assert_eq!(plain.get(&factory()).await.status, 200, "a token without cp1 lives to its end");
}

#[tokio::test]
async fn the_data_plane_learns_of_a_role_later_and_says_nothing_meanwhile() {
    let azure = Azure::start().await;
    let models =
        "/twins/factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31";
    let nina = azure.person("nina@contoso.com", TWINS).await;
    let olivia = azure.person("olivia@contoso.com", TWINS).await;
    let empty = |got: &Got, status: u16| {
        assert_eq!(
            (got.status.as_u16(), got.text.as_str(), got.header("content-length")),
            (status, "", "0")
        );
    };
    empty(&nina.get(models).await, 403);
    empty(&olivia.get(models).await, 403);
    let stranger = Got::from(azure.client.get(azure.at(models)).send().await.unwrap()).await;
    empty(&stranger, 401);
    let arm_token = azure.person("nina@contoso.com", ARM).await;
    empty(&arm_token.get(models).await, 401);

    let uma = azure.person("uma@contoso.com", ARM).await;
    uma.put(&assignment(&factory(), GRANT), grant(NINA, DATA_READER)).await;
    empty(&nina.get(models).await, 403);
    azure.later(5).await;
    let seen = nina.get(models).await;
    assert_eq!((seen.status.as_u16(), &seen.body), (200, &json!({"value": [], "nextLink": null})));
    let query = models.replace("/models", "/query");
    let counted = nina
        .send(Method::POST, &query, Some(json!({"query": "SELECT COUNT() FROM digitaltwins"})))
        .await;
    assert_eq!(counted.body["value"], json!([{"COUNT": 0}]));

    uma.delete(&assignment(&factory(), GRANT)).await;
    assert_eq!(nina.get(models).await.status, 200, "going takes as long as coming");
    azure.later(5).await;
    empty(&nina.get(models).await, 403);
}

#[tokio::test]
async fn newer_and_older_api_versions_are_taken_and_others_refused_with_a_list() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let identities = production("/providers/Microsoft.ManagedIdentity/userAssignedIdentities");
    let provider = production("/providers/Microsoft.DigitalTwins");
    let (groups, one) = (production("/resourcegroups"), production("/resourcegroups/rg-twins"));
    let networks = production("/providers/Microsoft.Network/virtualNetworks");
    let zones = production("/providers/Microsoft.Network/privateDnsZones");
    let assignments = production("/providers/Microsoft.Authorization/roleAssignments");
    for (path, versions) in [
        (&groups, vec!["2021-04-01", "2024-11-01", "2025-04-01"]),
        (&one, vec!["2021-04-01", "2024-11-01", "2025-04-01"]),
        (&provider, vec!["2021-04-01", "2025-04-01"]),
        (&identities, vec!["2023-01-31", "2024-11-30", "2025-05-31-preview"]),
    ] {
        let with = |version: &str| format!("{path}?api-version={version}");
        let oldest = olivia.get(&with(versions[0])).await;
        assert_eq!(oldest.status, 200, "{path}: {}", oldest.text);
        for version in versions {
            assert_eq!(olivia.get(&with(version)).await.body, oldest.body, "{path} {version}");
        }
    }
    for version in ["2022-10-01", "2021-03-01"] {
        let path =
            format!("/arm/providers/Microsoft.ResourceGraph/resources?api-version={version}");
        let got = olivia.post(&path, json!({"query": "resources | count"})).await;
        assert_eq!(got.body["data"][0]["Count"], 5, "{version}: {}", got.text);
    }
    for (path, code, known) in [
        (&groups, "InvalidApiVersionParameter", "The supported versions are '2021-04-01,"),
        (&assignments, "InvalidApiVersionParameter", "The supported versions are '2022-04-01'"),
        (
            &identities,
            "NoRegisteredProviderFound",
            "type 'userAssignedIdentities'. The supported api-versions are '2023-01-31, 2024-11-30",
        ),
        (
            &networks,
            "NoRegisteredProviderFound",
            "type 'virtualNetworks'. The supported api-versions are '2024-01-01, ",
        ),
        (
            &zones,
            "NoRegisteredProviderFound",
            "type 'privateDnsZones'. The supported api-versions are '2020-06-01, ",
        ),
        (
            &factory(),
            "NoRegisteredProviderFound",
            "type 'digitalTwinsInstances'. The supported api-versions are '2023-01-31, ",
        ),
    ] {
        let refused = olivia.get(&format!("{path}?api-version=2031-01-01")).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, code), "{path}");
        assert!(refused.message().contains("'2031-01-01'"), "{}", refused.message());
        assert!(refused.message().contains(known), "{}", refused.message());
    }
    let sites = production("/providers/Microsoft.Web/sites?api-version=2024-11-01");
    assert_eq!(
        olivia.get(&sites).await.message(),
        "The resource type could not be found in the namespace 'Microsoft.Web' for api version '2024-11-01'."
    );
}

#[tokio::test]
async fn the_eleventh_instance_of_a_region_is_one_too_many() {
    let azure = Azure::with(Options { settings: quick(0), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    for n in 1..=10 {
        let path = instance("rg-twins", &format!("north-{n}"));
        let made = olivia.put(&path, json!({"location": "northeurope"})).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let path = instance("rg-twins", "north-11");
    let full = olivia.put(&path, json!({"location": "northeurope"})).await;
    assert_eq!((full.status.as_u16(), full.code()), (400, "BadRequest"));
    assert_eq!(
        full.message(),
        format!(
            "Subscription '{PRODUCTION}' has '10' instances in this region. Please visit http://aka.ms/dtv2limits for details."
        )
    );
    let old = instance("rg-twins", "north-10");
    let again = olivia.put(&old, json!({"location": "northeurope"})).await;
    assert_eq!(again.status, 200, "what is there may change");
    let elsewhere = olivia.put(&path, json!({"location": "eastus"})).await;
    assert_eq!(elsewhere.status, 201, "regions are counted apart");
}

#[tokio::test]
async fn operations_last_a_second_or_for_ever_end_badly_or_are_forgotten() {
    let settings = Settings { lro_seconds: 1, retry_after: 1, ..quick(1) };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let begun = async |name: &str| {
        let made = carl.put(&instance("rg-twins", name), json!({"location": "westeurope"})).await;
        assert_eq!((made.status.as_u16(), made.header("retry-after")), (201, "1"), "{}", made.text);
        made.header("azure-asyncoperation").to_owned()
    };
    let state = async |name: &str| {
        let got = carl.get(&instance("rg-twins", name)).await;
        got.body["properties"]["provisioningState"].as_str().unwrap().to_owned()
    };
    let short = begun("short").await;
    assert_eq!(carl.get(&short).await.body["status"], "Running");
    azure.later(1).await;
    let done = carl.get(&short).await;
    assert_eq!(done.body["status"], "Succeeded");
    let digits = |text: &Value| text.as_str().unwrap().split_once('.').unwrap().1.len();
    assert_eq!(digits(&done.body["startTime"]), "1234567Z".len(), "as in Azure's records");

    azure.set(json!({"lro_outcome": "Canceled"})).await;
    let canceled = begun("canceled").await;
    assert_eq!(carl.get(&canceled).await.body["status"], "Running");
    azure.later(1).await;
    let got = carl.get(&canceled).await;
    assert_eq!(
        (got.status.as_u16(), got.body["status"].as_str(), got.code()),
        (200, Some("Canceled"), "OperationCanceled")
    );
    assert_eq!(state("canceled").await, "Canceled");

    azure.set(json!({"lro_outcome": "Running"})).await;
    let stuck = begun("stuck").await;
    azure.set(json!({"lro_outcome": "Succeeded"})).await;
    azure.later(3000).await;
    assert_eq!(carl.get(&stuck).await.body["status"], "Running", "it never ends");
    assert_eq!(state("stuck").await, "Provisioning");

    let rule = json!({"method": "GET", "path": "operationsStatuses", "status": 404});
    azure.admin(Method::POST, "/faults", rule).await;
    assert_eq!(carl.get(&short).await.status, 404, "gone by a fault");
    assert_eq!(carl.get(&short).await.status, 200);
    azure.later(24 * 3600).await;
    assert_eq!(carl.get(&stuck).await.code(), "ExpiredAuthenticationToken", "polls need a token");
    let carl = azure.person("carl@contoso.com", ARM).await;
    let gone = carl.get(&short).await;
    assert_eq!(
        (gone.status.as_u16(), gone.code()),
        (404, "NotFound"),
        "records are kept for a day"
    );
    assert_eq!(carl.get(&stuck).await.body["status"], "Running");
}

#[tokio::test]
async fn filters_of_role_assignments_are_those_of_azure() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let ask = async |filter: &str| {
        let path = production("/providers/Microsoft.Authorization/roleAssignments");
        olivia.get(&format!("{path}?$filter={filter}")).await
    };
    for filter in [
        "atScope()".to_owned(),
        format!("principalId eq '{GREG}'"),
        format!("assignedTo('{GREG}')"),
        format!("atScope() and assignedTo('{GREG}')"),
        format!("assignedTo('{GREG}') and atScope()"),
    ] {
        assert_eq!(ask(&filter).await.status, 200, "{filter}");
    }
    for filter in [
        format!("principalId eq {GREG}"),
        format!("assignedTo({GREG})"),
        format!("atScope() and principalId eq '{GREG}'"),
        format!("assignedTo('{GREG}') and principalId eq '{GREG}'"),
        "atScope() and atScope()".to_owned(),
        "roleDefinitionId eq 'x'".to_owned(),
        "atScope() or atScope()".to_owned(),
        "nonsense".to_owned(),
    ] {
        let refused = ask(&filter).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "UnsupportedQuery"),
            "{filter}"
        );
        assert_eq!(
            refused.message(),
            format!(
                "The filter '{filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
            )
        );
    }
}

#[tokio::test]
async fn the_type_of_a_principal_is_looked_up_or_must_be_right() {
    let azure = Azure::with(Options { settings: quick(0), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let new = olivia
        .put(
            &instance("rg-twins", "fresh"),
            json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}}),
        )
        .await;
    let fresh = new.body["identity"]["principalId"].as_str().unwrap().to_owned();
    for (n, (principal, given, shown)) in [
        (NINA, None, "User"),
        (TWINS_BUILDERS, None, "Group"),
        (FACTORY_SYNC, None, "ServicePrincipal"),
        (OLIVIA, Some("user"), "User"),
        (fresh.as_str(), Some("ServicePrincipal"), "ServicePrincipal"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = grant(principal, DATA_READER);
        body["properties"]["principalType"] = json!(given);
        let more = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Web/sites/z";
        body["properties"]["delegatedManagedIdentityResourceId"] = json!(more);
        let path = assignment(&factory(), &format!("10000000-0000-4000-8000-0000000001{n:02}"));
        let got = olivia.put(&path, body).await;
        assert_eq!(got.status, 201, "{}", got.text);
        let properties = &got.body["properties"];
        assert_eq!(properties["principalType"], shown);
        assert_eq!(properties["delegatedManagedIdentityResourceId"], Value::Null);
    }
    let path = assignment(&factory(), GRANT);
    for (principal, kind, own) in [
        (NINA, "Group", "User"),
        (TWINS_BUILDERS, "User", "Group"),
        (FACTORY_SYNC, "User", "ServicePrincipal"),
        (fresh.as_str(), "Group", "ServicePrincipal"),
    ] {
        let mut body = grant(principal, DATA_OWNER);
        body["properties"]["principalType"] = json!(kind);
        let refused = olivia.put(&path, body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "UnmatchedPrincipalType"));
        assert!(refused.message().contains(&format!("has type '{own}' ")), "{}", refused.message());
    }
    let mut untyped = grant(&fresh, DATA_OWNER);
    untyped["properties"].as_object_mut().unwrap().remove("principalType");
    assert_eq!(olivia.put(&path, untyped).await.code(), "PrincipalNotFound", "not yet replicated");
}
