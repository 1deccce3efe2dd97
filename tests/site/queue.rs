//! The queue of somebody for whom much waits: filtered, gone through, and decided several at once.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    asking::{OFFERED, access, confirm, create, instance, review, status},
    people::{Browser, Page},
    world::{PRODUCTION, World, on_each_database, under_policy},
};

/// The titles that the queue shows.
fn titles(page: &Page) -> Vec<String> {
    page.all("tbody th a")
}

/// Nina asks for instances of these names, one a minute; their addresses.
async fn ask_for(world: &World, names: &[&str]) -> Vec<String> {
    let nina = world.person("nina").await;
    let mut requests = Vec::new();
    for name in names {
        let page = create(&nina, &instance(name)).await;
        requests.push(page.url.path().to_owned());
        world.wait(std::time::Duration::from_secs(60)).await;
    }
    requests
}

fn id(request: &str) -> &str {
    request.rsplit('/').next().unwrap()
}

/// Ticks these in the queue and presses one of its buttons.
async fn select(person: &Browser, act: &str, requests: &[&str]) -> Page {
    let mut fields: Vec<(&str, &str)> =
        requests.iter().map(|request| ("request", id(request))).collect();
    fields.extend([("act", act), ("queue", "order=newest"), ("after", "")]);
    person.send("/approvals/selected", &fields).await
}

#[tokio::test]
async fn the_queue_is_filtered_and_sorted_by_its_address() {
    under_policy(OFFERED, async |world| {
        ask_for(world, &["dt-1", "dt-2"]).await;
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let fields = access("data_reader");
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = review(&carl, "/access/new", &fields).await;
        confirm(&carl, &page).await;
        let (one, two) = ("Create instance dt-1", "Create instance dt-2");
        let third = "Azure Digital Twins Data Reader on factory-floor";

        let page = olivia.open("/approvals").await;
        assert_eq!(titles(&page), [one, two, third]);
        assert_eq!(titles(&olivia.open("/approvals?order=newest").await), [third, two, one]);
        for (query, wanted) in [
            ("kind=grant_access", vec![third]),
            ("requester=carl", vec![third]),
            ("requester=NOVAK", vec![one, two]),
            ("requester=nina%40contoso", vec![one, two]),
            (&format!("subscription={PRODUCTION}&order=newest"), vec![third, two, one]),
        ] {
            let page = olivia.open(&format!("/approvals?{query}")).await;
            assert_eq!(titles(&page), wanted, "{query}");
            assert!(page.has("a[href='/approvals']"), "{query}: it can be cleared");
        }
        let offered = page.all("#subscription option");
        assert_eq!(offered, ["Any", "Contoso Production"]);

        let none = olivia.open("/approvals?kind=change_tags&requester=x").await;
        assert!(none.says("Nothing fits the filter"), "{}", none.words());
        assert!(none.says("Clear the filter"));
        assert_eq!(none.html_attribute("#requester", "value"), "x", "what was typed is there");

        // SQLite refuses to compare with a text as long as an address may be.
        let long = olivia.open(&format!("/approvals?requester={}", "x".repeat(50_100))).await;
        assert_eq!(long.status, StatusCode::OK);
        assert!(long.says("Nothing fits the filter"), "{}", long.words());

        // What she has opened is left out where she wants it so.
        assert_eq!(page.all("tbody th .count"), ["New", "New", "New"]);
        olivia.open(&page.html_attribute("tbody th a", "href")).await;
        let page = olivia.open("/approvals").await;
        assert_eq!(page.all("tbody th .count"), ["New", "New"]);
        assert_eq!(titles(&olivia.open("/approvals?unread=yes").await), [two, third]);
        let uma = world.person("uma").await;
        assert_eq!(titles(&uma.open("/approvals?unread=yes").await).len(), 3, "to Uma all is new");
    })
    .await;
}

#[tokio::test]
async fn a_filter_asks_nothing_of_azure_and_no_more_of_the_database_for_more_rows() {
    under_policy(OFFERED, async |world| {
        let olivia = world.person("olivia").await;
        ask_for(world, &["dt-1", "dt-2"]).await;
        let count = async |address: &str| {
            olivia.open(address).await;
            let (calls, before) = (world.azure.calls().await.len(), world.app.store.queries());
            olivia.open(address).await;
            assert_eq!(world.azure.calls().await.len(), calls, "{address}");
            world.app.store.queries() - before
        };
        let addresses = [
            "/approvals",
            "/approvals?kind=create_instance&requester=nina&unread=yes&order=newest",
        ];
        let mut few = Vec::new();
        for address in addresses {
            few.push(count(address).await);
        }
        ask_for(world, &["dt-3", "dt-4", "dt-5", "dt-6", "dt-7"]).await;
        let mut many = Vec::new();
        for address in addresses {
            many.push(count(address).await);
        }
        assert_eq!(few, many);
    })
    .await;
}

#[tokio::test]
async fn one_after_the_other_in_the_order_of_the_queue() {
    under_policy(OFFERED, async |world| {
        let requests = ask_for(world, &["dt-1", "dt-2", "dt-3"]).await;
        let olivia = world.person("olivia").await;
        let queue = olivia.open("/approvals?requester=nina&order=newest").await;
        let page = olivia.open(&queue.html_attribute("tbody th a", "href")).await;
        assert_eq!(page.url.path(), requests[2], "the newest first");
        assert!(!page.has("a[rel=prev]"), "nothing comes before it");
        let page = olivia.open(&page.html_attribute("a[rel=next]", "href")).await;
        assert_eq!(page.url.path(), requests[1]);
        let before = olivia.open(&page.html_attribute("a[rel=prev]", "href")).await;
        assert_eq!(before.url.path(), requests[2]);

        // A decision leads on, and back to the list as it was filtered.
        let typed = [("reason", " ")];
        let wrong = olivia.press(&page, "Reject", &typed).await;
        assert!(wrong.has("a[rel=next]"), "it is still there after a mistake");
        let page = olivia.press(&wrong, "Reject", &[("reason", "Not this year.")]).await;
        assert_eq!(status(&page), "Rejected");
        assert!(page.says("Next in the queue"), "{}", page.words());
        let page = olivia.open(&page.html_attribute("a[rel=next]", "href")).await;
        assert_eq!(page.url.path(), requests[0]);
        let page = olivia.press(&page, "Approve", &[]).await;
        assert!(page.says("Nothing more comes behind it"), "{}", page.words());
        let back = page.html_attribute("main .notice a", "href");
        assert_eq!(back, "/approvals?requester=nina&order=newest");
        assert_eq!(titles(&olivia.open(&back).await), ["Create instance dt-3"]);

        // Opened without the queue there is nothing of it.
        let page = olivia.open(&requests[2]).await;
        assert!(!page.has("nav[aria-label=Queue]"));
        // Nor for somebody who decides nothing.
        let nina = world.person("nina").await;
        assert!(!nina.open(&format!("{}?queue=", requests[2])).await.has("nav[aria-label=Queue]"));
    })
    .await;
}

#[tokio::test]
async fn several_are_approved_at_once_each_as_it_was_shown() {
    under_policy(OFFERED, async |world| {
        let requests = ask_for(world, &["dt-1", "dt-2", "dt-3"]).await;
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let [one, two, three] = [&*requests[0], &requests[1], &requests[2]];
        let none = select(&olivia, "approve", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.says("Select at least one request"), "{}", none.words());
        assert_eq!(titles(&none).len(), 3, "the list is there again");

        let shown = select(&olivia, "approve", &[one, two, three]).await;
        assert_eq!(shown.one("h1"), "Approve 3 requests", "{}", shown.words());
        for told in [
            "Create the instance dt-2",
            "In the name of Olivia Ortiz",
            "A twin of the press",
            "nina@contoso.com · User",
            "rg-twins",
            "exactly as sent",
            "\"location\": \"westeurope\"",
        ] {
            assert!(shown.says(told), "{told}: {}", shown.words());
        }
        let digest = olivia.open(one).await.html_attribute("input[name=plan]", "value");
        assert!(shown.says(&digest), "the very plan");
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty(), "nothing is decided by looking");

        // Meanwhile Uma has rejected one, and Nina has withdrawn another.
        let uma = world.person("uma").await;
        let page = uma.open(two).await;
        uma.press(&page, "Reject", &[("reason", "Not this year.")]).await;
        let page = nina.open(three).await;
        nina.press(&page, "Withdraw request", &[]).await;
        let done = olivia.press(&shown, "Approve 3 requests", &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.words());
        assert_eq!(done.one("h1"), "1 decided, 2 not");
        assert_eq!(done.all(".rows .badge"), ["Approved", "Not decided", "Not decided"]);
        assert!(done.says("Uma Usher has already decided this request"), "{}", done.words());
        assert!(done.says("was withdrawn by the person who asked"), "{}", done.words());
        assert!(done.has("a.button[href='/approvals?order=newest']"), "back to the list as it was");
        // Sent twice, it is decided once.
        let again = olivia.press(&shown, "Approve 3 requests", &[]).await;
        assert_eq!(again.all(".rows .badge"), ["Approved", "Not decided", "Not decided"]);
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-1 by olivia", "PUT roleAssignment by olivia"]
        );
        assert_eq!(status(&nina.open(one).await), "Verified");
        let told = nina.open(one).await.all(".timeline li").join(" | ");
        assert_eq!(told.matches("approved the plan").count(), 1, "{told}");
    })
    .await;
}

#[tokio::test]
async fn another_plan_than_the_one_on_the_confirmation_is_not_approved() {
    under_policy(OFFERED, async |world| {
        let requests = ask_for(world, &["dt-1", "dt-2"]).await;
        let (nina, olivia, uma) =
            (world.person("nina").await, world.person("olivia").await, world.person("uma").await);
        let shown = select(&olivia, "approve", &[&requests[0], &requests[1]]).await;
        let page = uma.open(&requests[0]).await;
        uma.press(&page, "Send back to be changed", &[("reason", "In North Europe.")]).await;
        let page = nina.open(&requests[0]).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let page = nina.press(&form, "Review + create", &[("region", "northeurope")]).await;
        confirm(&nina, &page).await;
        let done = olivia.press(&shown, "Approve 2 requests", &[]).await;
        assert_eq!(done.all(".rows .badge"), ["Not decided", "Approved"], "{}", done.words());
        assert!(done.says("The plan has changed since you saw it"), "{}", done.words());
        assert_eq!(status(&nina.open(&requests[0]).await), "Waiting for approval");
        let page = olivia.open("/approvals").await;
        assert_eq!(page.all("tbody th .count"), ["New"], "the confirmation is not its page");
    })
    .await;
}

#[tokio::test]
async fn several_are_rejected_with_one_reason() {
    under_policy(OFFERED, async |world| {
        let requests = ask_for(world, &["dt-1", "dt-2"]).await;
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let both: Vec<&str> = requests.iter().map(|request| &**request).collect();
        // Uma could not carry them out: she cannot approve them, and may reject them.
        let shown = select(&uma, "approve", &both).await;
        assert!(
            shown.says("Nothing of what you selected can be decided here"),
            "{}",
            shown.words()
        );
        assert!(shown.says("neither you nor Nina Novak hold"), "{}", shown.words());
        let shown = select(&uma, "reject", &both).await;
        let again = uma.press(&shown, "Reject 2 requests", &[("reason", " ")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says("Give a reason"), "{}", again.words());
        let long = "x".repeat(2_001);
        let again = uma.press(&again, "Reject 2 requests", &[("reason", &long)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(&long), "what was typed is there");
        let done =
            uma.press(&again, "Reject 2 requests", &[("reason", "Use the shared one.")]).await;
        assert_eq!(done.all(".rows .badge"), ["Rejected", "Rejected"], "{}", done.words());
        for request in &requests {
            let page = nina.open(request).await;
            assert_eq!(status(&page), "Rejected");
            assert!(page.says("Use the shared one."));
        }
    })
    .await;
}

#[tokio::test]
async fn what_shows_a_warning_is_opened_before_it_is_decided() {
    on_each_database(async |world| {
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let raise = [
            ("subscription", PRODUCTION),
            ("resource_group", "*"),
            ("role", "owner"),
            ("justification", "I set up hall 3."),
        ];
        let page = review(&carl, "/roles/new", &raise).await;
        let request = confirm(&carl, &page).await.url.path().to_owned();
        let queue = olivia.open("/approvals").await;
        assert!(queue.says("Open to decide"), "{}", queue.words());
        assert!(!queue.has("tbody input[type=checkbox]"));
        assert!(!queue.has("button[value=approve]"), "there is nothing to select");

        // A form of one's own making gets no further.
        let forced = select(&olivia, "approve", &[&request]).await;
        assert!(forced.says("Open it first"), "{}", forced.words());
        let page = world.person("uma").await.open(&request).await;
        let plan = page.html_attribute("input[name=plan]", "value");
        for act in ["approve", "reject"] {
            let fields = [
                ("act", act),
                ("request", id(&request)),
                ("plan", &*plan),
                ("names", ""),
                ("reason", "No."),
            ];
            let forced = olivia.send("/approvals/decisions", &fields).await;
            assert_eq!(forced.one("h1"), "0 decided, 1 not", "{}", forced.words());
            assert!(forced.says("Open it first"), "{}", forced.words());
        }
        assert_eq!(status(&carl.open(&request).await), "Waiting for approval");

        // Opened, it can be decided with others.
        let page = olivia.open(&request).await;
        assert!(page.says("This reaches far"), "{}", page.words());
        assert!(olivia.open("/approvals").await.has("tbody input[type=checkbox]"));
        let shown = select(&olivia, "approve", &[&request]).await;
        let done = olivia.press(&shown, "Approve 1 request", &[]).await;
        assert_eq!(done.all(".rows .badge"), ["Approved"], "{}", done.words());
    })
    .await;
}

#[tokio::test]
async fn who_may_not_decide_decides_nothing_together_with_others_either() {
    under_policy(OFFERED, async |world| {
        let requests = ask_for(world, &["dt-1"]).await;
        let request = &*requests[0];
        let (nina, rita, olivia) =
            (world.person("nina").await, world.person("rita").await, world.person("olivia").await);
        let page = olivia.open(request).await;
        let plan = page.html_attribute("input[name=plan]", "value");
        let names = page.html_attribute("input[name=names]", "value");
        let decision = |act| {
            [
                ("act", act),
                ("request", id(request)),
                ("plan", &*plan),
                ("names", &*names),
                ("reason", "No."),
            ]
        };
        for act in ["approve", "reject"] {
            let shown = select(&rita, act, &[request]).await;
            assert!(!shown.says("dt-1"), "a stranger reads nothing: {}", shown.words());
            assert!(shown.says("not for you to see"), "{}", shown.words());
            let forced = rita.send("/approvals/decisions", &decision(act)).await;
            assert!(!forced.says("dt-1") && forced.says("0 decided, 1 not"), "{}", forced.words());
            let own = nina.send("/approvals/decisions", &decision(act)).await;
            assert!(own.says("0 decided, 1 not"), "{}", own.words());
        }
        // Nor when Azure does not say what they may do.
        let fault = json!({
            "service": "arm", "caller": "rita@contoso.com", "status": 503, "times": 1_000,
        });
        world.azure.fail(fault).await;
        for act in ["approve", "reject"] {
            let forced = rita.send("/approvals/decisions", &decision(act)).await;
            assert!(!forced.says("dt-1") && forced.says("0 decided, 1 not"), "{}", forced.words());
        }
        // A right that is gone at the click is gone.
        let shown = select(&olivia, "approve", &[request]).await;
        world.azure.take_role("olivia@contoso.com", "Owner").await;
        let late = olivia.press(&shown, "Approve 1 request", &[]).await;
        assert!(late.says("0 decided, 1 not"), "{}", late.words());
        assert_eq!(status(&nina.open(request).await), "Waiting for approval");
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
        // What is no selection is no decision.
        for fields in [
            vec![("act", "approve"), ("request", "x")],
            vec![("act", "approve"), ("request", id(request))],
            vec![("act", "destroy"), ("request", id(request))],
        ] {
            let page = olivia.send("/approvals/decisions", &fields).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{fields:?}: {}", page.words());
        }
    })
    .await;
}
