//! The search over everything: what it finds, for whom, and what it costs.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    asking::{FACTORY_FLOOR, access, confirm, create, instance, request_access, review},
    people::{Browser, Page},
    world::on_each_database,
};

async fn search(person: &Browser, text: &str) -> Page {
    let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let page = person.open(&format!("/search?q={query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{text:?}: {}", page.words());
    assert_eq!(page.url.path(), "/search", "{text:?}");
    page
}

fn requests(page: &Page) -> Vec<String> {
    page.all("#requests .rows a")
}

#[tokio::test]
async fn a_requester_finds_their_own_requests_and_nobody_elses() {
    on_each_database(async |world| {
        let (nina, carl, paul) =
            (world.person("nina").await, world.person("carl").await, world.person("paul").await);
        let own = request_access(&nina, "data_owner").await.url.path().to_owned();
        let mut secret = instance("dt-secret");
        secret.retain(|(name, _)| *name != "justification");
        secret.push(("justification", "Für die \"Presse\" in Halle 3: Überwachung."));
        let other = create(&carl, &secret).await.url.path().to_owned();
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();

        // By its title, a word of its justification, its ID, her own name.
        for text in ["DATA owner on factory", "model the floor", &id(&own), "novak"] {
            let page = search(&nina, text).await;
            assert_eq!(requests(&page).len(), 1, "{text}: {}", page.words());
            assert_eq!(page.html_attribute("#requests .rows a", "href"), own, "{text}");
        }
        for text in ["presse", "ÜBERWACHUNG", "für die \"presse\"", &id(&other), "costa"] {
            let page = search(&carl, text).await;
            assert_eq!(page.html_attribute("#requests .rows a", "href"), other, "{text}");
        }
        // Neither by words nor by the ID does anybody find what is not theirs to see.
        for person in [&nina, &paul] {
            for text in ["dt-secret", "Presse", &id(&other), "Carl", "Costa"] {
                let page = search(person, text).await;
                assert!(page.says("Nothing found"), "{text}: {}", page.words());
                assert!(!page.has("#requests") && !page.has("#people"), "{text}");
            }
        }
        assert!(search(&paul, &id(&own)).await.says("Nothing found"));
        // What is kept around the words is not searched.
        for text in ["\"justification\"", "event", "plan\":"] {
            assert!(requests(&search(&nina, text).await).is_empty(), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_decides_finds_what_waits_there_and_an_auditor_everything() {
    on_each_database(async |world| {
        let (nina, carl) = (world.person("nina").await, world.person("carl").await);
        request_access(&nina, "data_owner").await;
        let made = create(&carl, &instance("dt-found")).await.url.path().to_owned();
        world.let_it_work().await;
        // She has not opened the queue yet.
        let uma = world.person("uma").await;
        let page = search(&uma, "factory-floor").await;
        assert_eq!(requests(&page).len(), 1, "{}", page.words());
        assert_eq!(page.all("#people .rows li").len(), 0, "nobody is called so");
        let page = search(&uma, "nina").await;
        assert_eq!(page.one("#people a"), "Nina Novak");
        assert!(page.one("#people .meta").ends_with("asked 1"), "{}", page.words());
        let page = uma.open(&made).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        // What she has approved has her name on it, whatever time has passed.
        world.wait(std::time::Duration::from_secs(3600)).await;
        assert!(search(&uma, "dt-found").await.has("#requests .badge.is-verified"));

        let aldo = world.person("aldo").await;
        for text in ["dt-found", "factory-floor", "Costa", "Novak"] {
            assert_eq!(requests(&search(&aldo, text).await).len(), 1, "{text}");
        }
        let page = search(&aldo, "uma us").await;
        assert!(page.one("#people .meta").ends_with("decided 1"), "{}", page.words());
        // A person's name leads to what they did.
        let history = aldo.open(&page.html_attribute("#people a", "href")).await;
        assert!(history.says("Uma Usher approved the plan"), "{}", history.words());
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_again_is_found_by_why_it_is_asked_now() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Send back to be changed", &[("reason", "For which project?")]).await;
        assert_eq!(requests(&search(&nina, "model the floor").await).len(), 1, "not changed yet");
        let page = nina.open(&request).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let typed = [("justification", "Für die \"Übergabe\" in Halle_3.")];
        confirm(&nina, &nina.press(&form, "Review + request", &typed).await).await;
        for person in [&nina, &uma] {
            for text in ["ÜBERGABE", "\"übergabe\" in halle_3"] {
                let page = search(person, text).await;
                assert_eq!(page.html_attribute("#requests .rows a", "href"), request, "{text}");
            }
            let page = search(person, "model the floor").await;
            assert!(requests(&page).is_empty(), "that was before: {}", page.words());
        }
    })
    .await;
}

#[tokio::test]
async fn instances_come_from_what_azure_said_a_moment_ago() {
    on_each_database(async |world| {
        let (olivia, nina) = (world.person("olivia").await, world.person("nina").await);
        request_access(&olivia, "data_reader").await;
        world.azure.forget_calls().await;
        let asked = async || {
            let calls = world.azure.calls().await;
            calls.iter().filter(|call| call.path.contains("ResourceGraph")).count()
        };
        for text in ["FACTORY-fl", "rg-factory", FACTORY_FLOOR] {
            let page = search(&olivia, text).await;
            let all = page.all("#instances .rows a");
            assert!(all.contains(&"factory-floor".to_owned()), "{text}: {}", page.words());
        }
        assert_eq!(asked().await, 1);
        let page = search(&olivia, "factory-floor").await;
        let there = olivia.open(&page.html_attribute("#instances a", "href")).await;
        assert_eq!(there.one("h1"), "factory-floor");
        assert!(!search(&nina, "factory-floor").await.has("#instances"), "Azure shows her none");
        // Where Azure does not answer, the requests are there all the same.
        world.wait(std::time::Duration::from_secs(61)).await;
        let fault = json!({"service": "arm", "path": "ResourceGraph", "status": 403,
            "code": "AuthorizationFailed", "message": "no graph for you"});
        world.azure.fail(fault).await;
        let page = search(&olivia, "factory-floor").await;
        assert!(page.says("Instances could not be searched."), "{}", page.words());
        assert!(page.says("AuthorizationFailed") && page.has("#requests"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_typed_is_more_than_a_text() {
    on_each_database(async |world| {
        let (nina, stranger) = (world.person("nina").await, world.browser());
        request_access(&nina, "data_owner").await;
        for text in ["%%", "__", "' OR 1=1 --", "a\0b", "\\\\", "<script>alert(1)</script>", "ß€🙂"]
        {
            let page = search(&nina, text).await;
            assert!(requests(&page).is_empty(), "{text:?}: {}", page.words());
            super::safety::is_inert(&page, text);
            assert_eq!(page.html_attribute("main [name=q]", "value"), text.replace('\0', ""));
        }
        for (text, problem) in [("x", "at least two"), (&*"x".repeat(401), "at most 400")] {
            let page = search(&nina, text).await;
            assert!(page.one("#q-error").contains(problem), "{}", page.words());
        }
        let blank = search(&nina, "  ").await;
        assert!(!blank.has("[aria-invalid]") && !blank.says("Nothing found"));
        let page = stranger.fetch("/search?q=factory").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(!page.text.contains("factory-floor"));
    })
    .await;
}

#[tokio::test]
async fn it_costs_the_same_however_much_is_found() {
    on_each_database(async |world| {
        let uma = world.person("uma").await;
        let cost = async || {
            search(&uma, "factory").await;
            let (before, called) = (world.app.store.queries(), world.azure.calls().await.len());
            search(&uma, "factory").await;
            (world.app.store.queries() - before, world.azure.calls().await.len() - called)
        };
        let nina = world.person("nina").await;
        request_access(&nina, "data_owner").await;
        let few = cost().await;
        for number in 0..25 {
            let why = format!("Number {number}.");
            let mut fields = access("data_reader");
            fields.retain(|(name, _)| *name != "justification");
            fields.push(("justification", why));
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = review(&nina, "/access/new", &fields).await;
            confirm(&nina, &page).await;
        }
        assert_eq!(cost().await, few);
        let page = search(&uma, "factory").await;
        assert_eq!(requests(&page).len(), 20);
        assert!(page.says("The newest 20 stand here."), "{}", page.words());
        assert_eq!(requests(&search(&uma, "number 24").await).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_page_of_components_is_the_demos_alone() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        assert_eq!(nina.fetch("/design").await.status, StatusCode::NOT_FOUND);
        let page = nina.fetch("/help/keyboard").await;
        let (keys, places) = (page.all(".keys dt"), page.all(".keys dd"));
        for (key, place) in [("h", "Home"), ("a", "Approvals"), ("r", "My requests")] {
            assert!(page.one(&format!(".nav a[data-key={key}]")).starts_with(place));
            let row = keys.iter().position(|keys| *keys == format!("g then {key}"));
            assert_eq!(places[row.unwrap()], place);
        }
    })
    .await;
}
