//! When Azure says no, or wants the person: it is shown in Azure's words, and it can go on.

use serde_json::json;

use super::{
    asking::{OFFERED, create, instance, request_access, status},
    people::Page,
    world::{on_each_database, under_policy, with_settings},
};

/// What a page says is asked, without who asked, when, and under which ID.
pub fn asked(page: &Page) -> Vec<String> {
    let (labels, values) = (page.all("aside dt"), page.all("aside dd"));
    let all = labels.iter().zip(values);
    let all =
        all.filter(|(label, _)| !["Requester", "Asked", "Request ID"].contains(&label.as_str()));
    all.map(|(label, value)| format!("{label}: {value}")).collect()
}

#[tokio::test]
async fn a_refusal_is_shown_in_azures_words_and_can_be_retried() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world.azure.fail(json!({
            "service": "arm", "method": "PUT", "path": "digitalTwinsInstances", "status": 403,
            "code": "RequestDisallowedByPolicy", "message": "Resource 'dt-no' was disallowed by policy.",
        })).await;
        let request = create(&olivia, &instance("dt-no")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped");
        assert!(page.says("RequestDisallowedByPolicy") && page.says("was disallowed by policy"), "{}", page.words());
        let refused = world.azure.calls().await.into_iter().find(|call| call.method == "PUT").unwrap();
        assert!(page.says(&refused.correlation.unwrap()), "{}", page.words());
        assert!(olivia.open("/").await.says("Needs you"));

        assert!(page.says("An Azure Policy forbids it."), "{}", page.words());

        let again = page.html_attribute(".acts a[href^='/instances/new?']", "href");
        let form = olivia.open(&again).await;
        let review = olivia.press(&form, "Review + create", &[]).await;
        assert!(review.says("What will run") && review.says("dt-no"), "{}", review.words());
        assert_eq!(asked(&review), asked(&page));

        olivia.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        let done = olivia.open(&request).await;
        assert_eq!(status(&done), "Verified");
        assert!(!done.has(".acts a[href^='/instances/new?']"), "there is nothing to ask again");
    })
    .await;
}

#[tokio::test]
async fn a_stopped_request_is_closed_with_a_reason_and_nothing_more_runs() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        world.azure.fail(json!({ "service": "arm", "method": "PUT", "status": 400, "code": "BadRequest", "message": "Subscription has '10' instances in this region." })).await;
        let request = create(&carl, &instance("dt-full")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = carl.open(&request).await;
        let page = carl.press(&page, "Close", &[("reason", "We use another region.")]).await;
        assert!(page.says("We use another region."), "{}", page.words());
        assert_eq!(status(&page), "Withdrawn");
        world.let_it_work().await;
        assert_eq!(world.azure.writes().await.len(), 1);
        let uma = world.person("uma").await;
        assert!(uma.open("/approvals").await.says("Nothing waits"), "it has left the queue");
    })
    .await;
}

#[tokio::test]
async fn a_creation_that_azure_fails_is_told_with_azures_cause() {
    on_each_database(async |world| {
        world.azure.settings(json!({ "lro_outcome": { "status": "Failed", "code": "InternalServerError", "message": "Provisioning broke." } })).await;
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-broken")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped");
        assert!(page.says("Provisioning broke."), "{}", page.words());
        world.azure.settings(json!({ "lro_outcome": "Succeeded" })).await;
        olivia.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn an_instance_that_somebody_else_made_meanwhile_is_not_touched() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let request = create(&nina, &instance("dt-race")).await.url.path().to_owned();
        create(&olivia, &instance("dt-race")).await;
        world.let_it_work().await;
        let before = world.azure.instance("dt-race").await.unwrap();
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Stopped");
        assert!(page.says("was not made for this request"), "{}", page.words());
        assert_eq!(world.azure.instance("dt-race").await.unwrap()["tags"], before["tags"]);
    })
    .await;
}

#[tokio::test]
async fn azure_wants_a_second_factor_and_the_sign_in_resumes_the_run() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world.azure.settings(json!({ "mfa_for_writes": true })).await;
        let request = create(&olivia, &instance("dt-mfa")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        let to = page.html_attribute("a[href^='/sign-in']", "href");
        let entra = olivia.open(&to).await;
        let page =
            if entra.url.path().contains("/authorize") && entra.text.contains("Approve sign-in") {
                olivia.press(&entra, "Approve sign-in", &[]).await
            } else {
                olivia.pick(&entra, "olivia").await
            };
        assert_eq!(page.url.path(), request, "back to what she was doing");
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(world.azure.assignments_at("dt-mfa").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_sign_in_stops_the_run_until_the_person_comes_back() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.azure.tell("/people/uma@contoso.com/revoke", json!({})).await;
        // The access token in memory would still do; another replica has none.
        let other = world.replica().await;
        while twindesk::work::tick(&other).await.unwrap() {}
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.says("Azure wants Uma Usher to sign in again"));
        let fresh = world.browser();
        fresh.sign_in_as("uma").await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn the_portal_serves_its_own_pages_while_azure_is_down() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        world.azure.fail(json!({ "service": "arm", "times": 1000, "drop": "before" })).await;
        for path in ["/", "/requests", "/history", &request] {
            let page = nina.open(path).await;
            assert_eq!(page.status.as_u16(), 200, "{path}: {}", page.words());
        }
        // Whether she decides anything, nobody can say; the page says just that.
        let page = nina.open("/approvals").await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.words());
        assert_eq!(page.one("main h1"), "Approvals");
        assert!(page.says("Azure did not say what you may decide at 1 scope"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_page_answers_in_time_whatever_azure_does_and_the_form_is_there() {
    let limits = [("TWINDESK_HOP_TIMEOUT", "1s"), ("TWINDESK_PAGE_TIMEOUT", "2s")];
    with_settings(&limits, async |world| {
        let olivia = world.person("olivia").await;
        world.azure.fail(json!({ "service": "arm", "times": 1000, "delay_ms": 60_000 })).await;
        let page = olivia.open("/approvals").await;
        assert_eq!(page.status.as_u16(), 200, "nothing waits, so nothing is asked");
        let mut fields = instance("dt-waits");
        fields.push(("go", "review"));
        let page = olivia.send("/instances/new", &fields).await;
        assert_eq!(page.status.as_u16(), 504, "{}", page.words());
        assert_eq!(page.html_attribute("input[name=resource_name]", "value"), "dt-waits");
    })
    .await;
}
