//! The history: what it tells, to whom, and that nobody changes it.

use twindesk::{
    domain::{
        history::{Actor, Event},
        request::Comment,
    },
    words::Text,
};

use super::{
    asking::{FACTORY_FLOOR, create, instance, request_access},
    people::Page,
    world::{OLIVIA, PRODUCTION, on_each_database},
};

#[tokio::test]
async fn it_tells_who_what_in_whose_name_and_azures_correlation_id() {
    on_each_database(async |world| {
        let (carl, uma, aldo) =
            (world.person("carl").await, world.person("uma").await, world.person("aldo").await);
        let request = create(&carl, &instance("dt-told")).await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = aldo.open("/history").await;
        let told = page.all(".timeline li").join("\n");
        for words in [
            "Carl Costa asked: Create instance dt-told",
            "Uma Usher approved",
            "done in the name of Uma Usher",
            "in the name of Carl Costa",
            "answered the token of Carl Costa",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        for call in world.azure.calls().await.iter().filter(|call| call.method == "PUT") {
            let correlation = call.correlation.as_deref().unwrap();
            assert!(told.contains(correlation), "the write {} is not told", call.path);
        }
        let checked = world.app.store.verify_history(1, 1000).await.unwrap();
        assert!(checked.broken_at.is_none() && checked.checked >= 6, "{checked:?}");
    })
    .await;
}

#[tokio::test]
async fn people_read_what_concerns_them_and_approvers_what_they_hold() {
    on_each_database(async |world| {
        let (nina, carl, uma, rita) = (
            world.person("nina").await,
            world.person("carl").await,
            world.person("uma").await,
            world.person("rita").await,
        );
        request_access(&nina, "data_owner").await;
        create(&carl, &instance("dt-carl")).await;
        assert!(nina.open("/history").await.says("Data Owner on factory-floor"));
        assert!(!nina.open("/history").await.says("dt-carl"));
        assert!(rita.open("/history").await.says("Nothing has happened yet that you may see"));
        let scoped = format!("/history?scope={PRODUCTION}");
        let page = rita.open(&scoped).await;
        assert!(page.says("can be read by people who may assign roles there"), "{}", page.words());
        assert!(!page.says("dt-carl") && !page.says("Data Owner on"), "{}", page.words());
        let page = nina.open(&scoped).await;
        assert!(page.says("Only what concerns you is shown"), "{}", page.words());
        assert!(page.says("Data Owner on factory-floor") && !page.says("dt-carl"));
        let other = format!("/history?scope=/subscriptions/{PRODUCTION}/resourceGroups/rg-other");
        assert!(!nina.open(&other).await.says("Data Owner on factory-floor"));
        let page = uma.open(&scoped).await;
        assert!(page.says("dt-carl") && page.says("factory-floor"), "{}", page.words());
        assert!(!page.says("Only what concerns you"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn it_is_filtered_by_person_kind_scope_request_and_time() {
    on_each_database(async |world| {
        let (olivia, nina, aldo) =
            (world.person("olivia").await, world.person("nina").await, world.person("aldo").await);
        let request =
            create(&olivia, &instance("dt-one")).await.url.path().replace("/requests/", "");
        request_access(&nina, "data_owner").await;
        world.let_it_work().await;
        let count = async |query: &str| {
            aldo.open(&format!("/history?{query}")).await.all(".timeline li").len()
        };
        let all = count("").await;
        assert!(all >= 5);
        assert_eq!(count("kind=asked").await, 2);
        assert_eq!(count("person=nina%40contoso.com").await, 1);
        assert_eq!(count(&format!("person={OLIVIA}")).await, all - 1);
        assert_eq!(count(&format!("request={request}")).await, all - 1);
        assert_eq!(
            count(&format!("scope=%2Fsubscriptions%2F{PRODUCTION}%2FresourceGroups%2FRG-FACTORY"))
                .await,
            1
        );
        assert_eq!(count("from=2020-01-01&to=2099-12-31").await, all);
        assert_eq!(count("to=2020-01-01").await, 0);
        // Days are those of whoever looks: there is always a place where another one is now.
        let now = world.app.clock.now().timestamp();
        let today = |zone: &str| {
            let zone = jiff::tz::TimeZone::get(zone).unwrap();
            now.to_zoned(zone).date().to_string()
        };
        for zone in ["Pacific/Kiritimati", "Pacific/Niue"] {
            aldo.cookies.lock().unwrap().insert("twindesk_zone".to_owned(), zone.to_owned());
            let (there, utc) = (today(zone), today("UTC"));
            assert_eq!(count(&format!("from={there}&to={there}")).await, all, "{zone}");
            let here = if there == utc { all } else { 0 };
            assert_eq!(count(&format!("from={utc}&to={utc}")).await, here, "{zone}");
        }
        let page = aldo.open("/history?from=tomorrow").await;
        assert!(page.says("is no date"), "{}", page.words());
        assert!(page.has("input#from[aria-invalid]") && page.has(".notice a[href='#from']"));
        assert_eq!(page.html_attribute("input[name=from]", "value"), "tomorrow");
        let page = aldo.open("/history?person=nobody").await;
        assert!(page.says("Nobody called"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_search_that_has_not_seen_everything_says_so_and_goes_on() {
    on_each_database(async |world| {
        let (nina, uma, aldo) =
            (world.person("nina").await, world.person("uma").await, world.person("aldo").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        // The approval lies behind more than one search looks at.
        world
            .meddle(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
                 INSERT INTO history
                 SELECT last.seq + n.i, last.at, kind, actor_id, actor_name, in_name_of_id,
                     in_name_of_name, request_id, requester_id, scope, subscription_key, group_key,
                     scope_key, title, correlation, what, hash
                 FROM n, history, (SELECT MAX(seq) AS seq, MAX(at) AS at FROM history) AS last
                 WHERE kind = 'asked'",
            )
            .await;
        let page = aldo.open(&format!("/history?scope={FACTORY_FLOOR}&kind=approved")).await;
        assert_eq!(page.one(".empty h2"), "Nothing found so far");
        assert_eq!(page.all(".empty .acts a"), ["Look further back"]);
        assert!(!page.has(".timeline") && !page.has(".pager"));
        let further =
            async |page: &Page| aldo.open(&page.html_attribute(".empty a[rel=next]", "href")).await;
        let next = further(&page).await;
        assert_eq!(next.all(".timeline li").len(), 1);
        assert!(next.one(".timeline li").contains("Uma Usher approved the plan"));
        assert!(!next.has("a[rel=next]"), "that was all");
        let again = aldo.open(&next.html_attribute(".pager a", "href")).await;
        assert_eq!(again.one(".empty h2"), "Nothing found so far");
        // Where nothing is left to look through, it says that instead, and not that nothing fits:
        // a newer page may have had something.
        let none = aldo.open(&format!("/history?scope={FACTORY_FLOOR}&kind=rejected")).await;
        let none = further(&none).await;
        assert_eq!(none.one(".empty h2"), "Nothing older found");
        assert!(none.says("No older entry fits the filter."), "{}", none.words());
        let first = aldo.open(&none.html_attribute(".empty .acts a", "href")).await;
        assert_eq!(first.one(".empty h2"), "Nothing found so far");
    })
    .await;
}

#[tokio::test]
async fn what_is_left_out_of_a_long_history_is_said_where_it_stands() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let page = request_access(&nina, "data_owner").await;
        assert_eq!(page.all(".timeline > li").len(), 1);
        assert!(!page.has("a[href^='/history?']"), "it is all there");
        let path = page.url.path().to_owned();
        let id = path.rsplit('/').next().unwrap();
        let request = world.app.store.request(id).await.unwrap();
        for number in 0..300 {
            let event = Event::Retried { step: Text::verbatim(format!("step {number}")) };
            let by = Actor::Person(request.requester.named());
            let at = world.app.clock.now();
            let said = Comment { request: request.clone(), event, by, at };
            assert!(world.app.store.comment(&said).await.unwrap());
        }
        let page = nina.open(&path).await;
        assert_eq!(page.all(".timeline > li").len(), 300);
        assert!(page.says("The newest 300 entries stand here."), "{}", page.words());
        assert!(!page.says("Nina Novak asked:"), "the first of them is not among them");
        let all = page.html_attribute("a[href^='/history?']", "href");
        assert_eq!(all, format!("/history?request={id}"));
        assert!(nina.open(&all).await.says("had “step 299” tried again"));
    })
    .await;
}
