//! Directory reads.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::demo::{FACTORY_SYNC, GAIL, NINA, OLIVIA, PLATFORM_TEAM};

use crate::{ARM, Azure, GRAPH, Got, Person};

async fn search(person: &Person<'_>, path: &str) -> Got {
    let request = person.azure.client.get(person.azure.at(path)).bearer_auth(&person.token);
    Got::from(request.header("ConsistencyLevel", "eventual").send().await.unwrap()).await
}

fn names(got: &Got) -> Vec<&str> {
    got.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["displayName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn me_has_exactly_the_default_members() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let me = olivia.get("/graph/v1.0/me").await;
    let members: Vec<&String> = me.body.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "@odata.context",
            "businessPhones",
            "displayName",
            "givenName",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName",
            "id"
        ]
    );
    assert_eq!(me.body["id"], OLIVIA);
    let more = olivia.get("/graph/v1.0/me?$select=id,department").await;
    assert_eq!(
        (more.body["department"].as_str(), more.body.get("mail")),
        (Some("Operations"), None)
    );
}

#[tokio::test]
async fn a_search_needs_its_header() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let path = "/graph/v1.0/users?$search=\"displayName:no\" OR \"mail:greg\"&$select=id,displayName&$orderby=displayName&$count=true";
    let refused = olivia.get(path).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "Request_UnsupportedQuery"));
    assert_eq!(
        refused.message(),
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"
    );
    let found = search(&olivia, path).await;
    assert_eq!(
        (names(&found), found.body["@odata.count"].as_u64()),
        (vec!["Greg Gruber", "Nina Novak"], Some(2))
    );
    assert_eq!(found.body["value"][0].as_object().unwrap().len(), 2);
    let by_filter = olivia
        .get("/graph/v1.0/users?$filter=startswith(displayName,'ga') or startswith(mail,'ga')")
        .await;
    assert_eq!(by_filter.body["value"][0]["id"], GAIL);
}

#[tokio::test]
async fn pages_follow_each_other_and_count_once() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let mut next = "/graph/v1.0/users?$top=4&$count=true&$select=displayName".to_owned();
    let (mut all, mut counts) = (0, Vec::new());
    while !next.is_empty() {
        let path = next.replace(&azure.at(""), "");
        let page = search(&olivia, &path).await;
        all += names(&page).len();
        counts.push(page.body["@odata.count"].as_u64());
        next = page.body["@odata.nextLink"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((all, counts), (9, vec![Some(9), None, None]));
}

#[tokio::test]
async fn groups_and_service_principals_are_found() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let secure = olivia.get("/graph/v1.0/groups?$filter=securityEnabled eq true").await;
    assert_eq!(names(&secure), ["Platform Team", "Twins Builders"]);
    assert_eq!(
        olivia.get(&format!("/graph/v1.0/groups/{PLATFORM_TEAM}")).await.body["displayName"],
        "Platform Team"
    );
    let both = search(
        &olivia,
        "/graph/v1.0/groups?$search=\"displayName:t\"&$filter=securityEnabled eq true",
    )
    .await;
    assert_eq!(names(&both), ["Platform Team", "Twins Builders"]);
    let service =
        olivia.get("/graph/v1.0/servicePrincipals?$filter=startswith(displayName,'fact')").await;
    assert_eq!(service.body["value"][0]["id"], FACTORY_SYNC);
    assert_ne!(service.body["value"][0]["appId"], FACTORY_SYNC);
    let guest =
        olivia.get("/graph/v1.0/users/gail_fabrikam.com%23EXT%23@contoso.onmicrosoft.com").await;
    assert_eq!(guest.body["id"], GAIL);
}

#[tokio::test]
async fn what_is_not_consented_is_denied() {
    let azure = Azure::start().await;
    azure
        .admin(
            Method::POST,
            "/consent",
            json!({"withdraw": ["GroupMember.Read.All", "User.ReadBasic.All"]}),
        )
        .await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    for path in ["/graph/v1.0/groups", "/graph/v1.0/users"] {
        let denied = olivia.get(path).await;
        assert_eq!(
            (denied.status.as_u16(), denied.code()),
            (403, "Authorization_RequestDenied"),
            "{path}"
        );
        assert_eq!(denied.message(), "Insufficient privileges to complete the operation.");
        assert!(denied.body["error"]["innerError"]["request-id"].is_string());
    }
    assert_eq!(olivia.get("/graph/v1.0/me").await.status, 200);
    assert_eq!(olivia.get("/graph/v1.0/servicePrincipals").await.status, 200);
}

#[tokio::test]
async fn basic_profiles_hide_the_rest() {
    let azure = Azure::start().await;
    let path = format!("/graph/v1.0/users/{NINA}?$select=displayName,department");
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    assert_eq!(olivia.get(&path).await.body["department"], Value::Null);
    azure.admin(Method::POST, "/consent", json!({"grant": ["User.Read.All"]})).await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    assert_eq!(olivia.get(&path).await.body["department"], "Engineering");
}

#[tokio::test]
async fn a_batch_answers_each_of_its_requests() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let fault = json!({"service": "graph", "path": PLATFORM_TEAM, "status": 429, "retry_after": 7});
    azure.admin(Method::POST, "/faults", fault).await;
    let body = json!({"requests": [
        {"id": "1", "method": "GET", "url": format!("/users/{NINA}?$select=id,displayName")},
        {"id": "2", "method": "GET", "url": "/users/00000000-0000-0000-0000-000000000000"},
        {"id": "3", "method": "GET", "url": format!("/groups/{PLATFORM_TEAM}")},
        {"id": "4", "method": "GET", "url": "/users?$search=\"displayName:nina\"", "headers": {"ConsistencyLevel": "eventual"}},
    ]});
    let got = olivia.send(Method::POST, "/graph/v1.0/$batch", Some(body)).await;
    let responses = got.body["responses"].as_array().unwrap();
    let status: Vec<u64> = responses.iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(status, [200, 404, 429, 200]);
    assert_eq!(responses[0]["body"]["displayName"], "Nina Novak");
    assert_eq!(responses[1]["body"]["error"]["code"], "Request_ResourceNotFound");
    assert_eq!(responses[2]["headers"]["retry-after"], "7");
    assert_eq!(responses[3]["body"]["value"][0]["id"], NINA);
}

#[tokio::test]
async fn a_token_for_something_else_is_refused() {
    let azure = Azure::start().await;
    let arm = azure.person("olivia@contoso.com", ARM).await;
    let refused = arm.get("/graph/v1.0/me").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (401, "InvalidAuthenticationToken"));
    assert!(refused.header("www-authenticate").contains("00000003-0000-0000-c000-000000000000"));
    let unknown = azure.person("olivia@contoso.com", GRAPH).await.get("/graph/v1.0/planner").await;
    assert_eq!(unknown.code(), "BadRequest");
}

fn ids(got: &Got) -> Vec<&str> {
    let rows = got.body["value"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_resources_themselves_have_service_principals() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let twins = "0b07f429-9f4b-4714-9392-cc5e8e80c8b0";
    for (app_id, name) in [
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "https://management.azure.com/"),
        ("00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"),
        (twins, "https://digitaltwins.azure.net"),
    ] {
        let path = format!("/graph/v1.0/servicePrincipals?$filter=appId eq '{app_id}'");
        let found = olivia.get(&path).await;
        let row = &found.body["value"][0];
        let called = row["servicePrincipalNames"].as_array().unwrap();
        assert!(called.contains(&json!(app_id)) && called.contains(&json!(name)), "{row}");
        let by_key = olivia.get(&format!("/graph/v1.0/servicePrincipals(appId='{app_id}')")).await;
        assert_eq!(by_key.body["id"], row["id"]);
        let by_id = olivia.get(&format!("/graph/v1.0/servicePrincipals/{}", ids(&found)[0])).await;
        assert_eq!(by_id.body["appId"], app_id);
    }
    azure.set(json!({"twins_principal_missing": true})).await;
    let path = format!("/graph/v1.0/servicePrincipals?$filter=appId eq '{twins}'");
    assert_eq!(ids(&olivia.get(&path).await), [""; 0]);
    let gone = olivia.get(&format!("/graph/v1.0/servicePrincipals(appId='{twins}')")).await;
    assert_eq!(gone.code(), "Request_ResourceNotFound");
}

#[tokio::test]
async fn a_key_may_stand_in_parentheses() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    for path in ["users('nina@contoso.com')", "users(%27nina%40contoso.com%27)"] {
        assert_eq!(olivia.get(&format!("/graph/v1.0/{path}")).await.body["id"], NINA, "{path}");
    }
    let group = format!("groups('{PLATFORM_TEAM}')");
    assert_eq!(olivia.get(&format!("/graph/v1.0/{group}")).await.body["id"], PLATFORM_TEAM);
    let inside = olivia.get(&format!("/graph/v1.0/{group}/members")).await;
    assert_eq!(
        ids(&inside),
        ids(&olivia.get(&format!("/graph/v1.0/groups/{PLATFORM_TEAM}/members")).await)
    );
    let robot = "servicePrincipals(appId='31000000-aaaa-4000-8000-000000000001')";
    assert_eq!(olivia.get(&format!("/graph/v1.0/{robot}")).await.body["id"], FACTORY_SYNC);
    assert_eq!(olivia.get(&format!("/graph/v1.0/{robot}/memberOf")).await.status, 200);
}

#[tokio::test]
async fn members_are_followed_through_groups_and_narrowed_to_a_type() {
    let azure = Azure::in_world(crate::quick(0), |world| {
        let inner = world.groups.iter().find(|group| group.id == PLATFORM_TEAM).unwrap().clone();
        world.groups.push(simulator::world::Group {
            id: "20000000-aaaa-4000-8000-0000000000aa".into(),
            name: "All".into(),
            security_enabled: true,
            members: vec![inner.id, FACTORY_SYNC.into(), NINA.into()],
            ..simulator::world::Group::default()
        });
    })
    .await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let all = "20000000-aaaa-4000-8000-0000000000aa";
    let at = async |path: &str| olivia.get(&format!("/graph/v1.0/{path}")).await;
    let direct = at(&format!("groups/{all}/members")).await;
    assert_eq!(ids(&direct), [PLATFORM_TEAM, FACTORY_SYNC, NINA]);
    let inner = at(&format!("groups/{PLATFORM_TEAM}/members")).await;
    let through = at(&format!("groups/{all}/transitiveMembers")).await;
    let mut expected = [ids(&direct), ids(&inner)].concat();
    expected.sort_unstable();
    expected.dedup();
    let mut found = ids(&through);
    found.sort_unstable();
    assert_eq!(found, expected);
    for (cast, set, only) in [
        ("user", "users", NINA),
        ("group", "groups", PLATFORM_TEAM),
        ("servicePrincipal", "servicePrincipals", FACTORY_SYNC),
    ] {
        let got = at(&format!("groups/{all}/members/microsoft.graph.{cast}")).await;
        assert_eq!(ids(&got), [only], "{}", got.text);
        assert!(got.body["@odata.context"].as_str().unwrap().ends_with(&format!("#{set}")));
        assert_eq!(got.body["value"][0].get("@odata.type"), None, "the address says it");
    }
    let people = at(&format!("groups/{all}/transitiveMembers/microsoft.graph.user")).await;
    assert!(ids(&people).len() > 1 && !ids(&people).contains(&PLATFORM_TEAM), "{}", people.text);
    let someone = ids(&inner)[0];
    let direct = at(&format!("users/{someone}/memberOf/microsoft.graph.group")).await;
    assert!(ids(&direct).contains(&PLATFORM_TEAM) && !ids(&direct).contains(&all));
    let through = at(&format!("users/{someone}/transitiveMemberOf/microsoft.graph.group")).await;
    assert!(ids(&through).contains(&all), "{}", through.text);
}

#[tokio::test]
async fn a_count_alone_is_text_and_needs_the_header() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let refused = olivia.get("/graph/v1.0/users/$count").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "Request_BadRequest"));
    assert_eq!(refused.message(), "$count is not currently supported.");
    for (path, count) in [
        ("users/$count", "9"),
        ("users/$count?$filter=startswith(displayName,'nina')", "1"),
        ("groups/$count?$filter=securityEnabled eq true", "2"),
        ("servicePrincipals/$count?$filter=displayName eq 'Microsoft Graph'", "1"),
    ] {
        let got = search(&olivia, &format!("/graph/v1.0/{path}")).await;
        assert_eq!(
            (got.text.as_str(), got.header("content-type")),
            (count, "text/plain"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_without_a_wish_is_as_long_as_the_setting_says() {
    let azure = Azure::start().await;
    azure.set(json!({"graph_page_size": 4})).await;
    let olivia = azure.person("olivia@contoso.com", GRAPH).await;
    let page = olivia.get("/graph/v1.0/users").await;
    assert_eq!(ids(&page).len(), 4);
    assert!(page.body["@odata.nextLink"].is_string());
    let asked = olivia.get("/graph/v1.0/users?$top=9").await;
    assert_eq!((ids(&asked).len(), asked.body.get("@odata.nextLink")), (9, None));
}
