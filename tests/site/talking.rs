//! Talking about a request while it waits and afterwards: comments, who is looking at it, and what is new.

use std::time::Duration;

use reqwest::StatusCode;

use super::{
    asking::{OFFERED, confirm, create, instance, request_access, status},
    world::{on_each_database, under_policy},
};

#[tokio::test]
async fn whoever_asked_and_whoever_decides_write_to_each_other_in_any_state() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        let words = [("comment", "For which hall?\r\n<b>Not</b> all of them?")];
        let page = uma.press(&page, "Add comment", &words).await;
        assert!(page.says("Your comment stands in the history."), "{}", page.words());
        world.wait(Duration::from_secs(60)).await;
        let page = nina.open(&request).await;
        assert!(page.says("For which hall? <b>Not</b> all of them?"));
        assert!(!page.has(".timeline b"), "what was typed is text");
        nina.press(&page, "Add comment", &[("comment", "For hall 3.")]).await;

        // Nothing was decided by it, and the page from before decides all the same.
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Waiting for approval");
        nina.press(&nina.open(&request).await, "Add comment", &[("comment", "Soon.")]).await;
        let page = uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&uma.open(&request).await), "Verified", "{}", page.words());
        for person in [&nina, &uma] {
            let page = person.open(&request).await;
            let page = person.press(&page, "Add comment", &[("comment", "Thank you.")]).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        }
        let told = nina.open(&request).await.all(".timeline li").join(" | ");
        let order = [
            "For which hall?",
            "For hall 3.",
            "Soon.",
            "approved the plan",
            "verified access",
            "Thank you.",
        ];
        let places: Vec<Option<usize>> = order.iter().map(|words| told.find(words)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {told}");

        // It is part of the history: auditors find it, and nobody changes it unseen.
        let aldo = world.person("aldo").await;
        assert!(aldo.open("/history?kind=commented").await.says("For which hall?"));
        assert!(!aldo.open(&request).await.has("#comment"), "he reads and does not write");
        let checked = world.app.store.verify_history(1, 1_000).await.unwrap();
        assert_eq!((checked.broken_at, checked.next), (None, None));
    })
    .await;
}

#[tokio::test]
async fn a_comment_that_cannot_be_taken_comes_back_as_typed() {
    on_each_database(async |world| {
        let (nina, rita) = (world.person("nina").await, world.person("rita").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = nina.open(&request).await;
        let empty = nina.press(&page, "Add comment", &[("comment", " \r\n ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("Write something first."), "{}", empty.words());
        let long = "ж".repeat(2_001);
        let back = nina.press(&page, "Add comment", &[("comment", &long)]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.says("Use at most 2,000 characters for a comment."), "{}", back.words());
        assert_eq!(back.one("#comment"), long, "what was typed is there");
        // A NUL, which no PostgreSQL keeps.
        let path = format!("{request}/comments");
        let page = nina.send(&path, &[("comment", "no\0body knows")]).await;
        assert!(page.says("nobody knows"), "{}", page.words());
        // A second click writes nothing more.
        nina.send(&path, &[("comment", "no\0body knows")]).await;
        let page = nina.open(&request).await;
        let told = page.all(".timeline li").iter().filter(|li| li.contains("nobody knows")).count();
        assert_eq!(told, 1, "{}", page.words());
        for number in 2..=100 {
            let words = format!("Comment {number}.");
            let page = nina.send(&path, &[("comment", &*words)]).await;
            assert_eq!(page.status, StatusCode::OK, "{number}: {}", page.words());
        }
        let much = nina.send(&path, &[("comment", "And one more.")]).await;
        assert_eq!(much.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(much.says("as many comments on this request as it takes"), "{}", much.words());
        assert_eq!(much.one("#comment"), "And one more.");
        assert!(much.says("Comment 100."), "all of them are shown");
        let stranger = rita.send(&path, &[("comment", "Me too.")]).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn somebody_is_looking_at_it_for_half_an_hour_and_others_decide_all_the_same() {
    on_each_database(async |world| {
        let (nina, uma, olivia) =
            (world.person("nina").await, world.person("uma").await, world.person("olivia").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        let page = uma.press(&page, "I am looking at this", &[]).await;
        assert!(page.says("That ends by itself in 30 minutes"), "{}", page.words());
        for person in [&olivia, &nina] {
            let page = person.open(&request).await;
            assert!(page.says("Uma Usher has said so ("), "{}", page.words());
        }
        assert!(olivia.open("/approvals").await.says("Uma Usher is looking at it (said just now"));

        // It ends by itself, when she says so, and when it is decided.
        world.wait(Duration::from_secs(30 * 60 - 1)).await;
        assert!(olivia.open(&request).await.says("Uma Usher has said so ("));
        world.wait(Duration::from_secs(1)).await;
        assert!(!olivia.open(&request).await.says("Uma Usher has said so ("));
        assert!(!olivia.open("/approvals").await.says("is looking at it"));
        let page = uma.open(&request).await;
        let page = uma.press(&page, "I am looking at this", &[]).await;
        let page = uma.press(&page, "I am not looking any more", &[]).await;
        assert!(page.has("form[action$='/look']"), "{}", page.words());
        assert!(!olivia.open("/approvals").await.says("is looking at it"));

        uma.press(&page, "I am looking at this", &[]).await;
        let page = olivia.open(&request).await;
        assert!(page.says("You can decide all the same; ask them first."), "{}", page.words());
        // Who comes later has it; who came first takes nothing away from them.
        let page = olivia.press(&page, "I am looking at this", &[]).await;
        assert!(uma.open(&request).await.says("Olivia Ortiz has said so ("));
        uma.send(&format!("{request}/look/end"), &[]).await;
        assert!(uma.open(&request).await.says("Olivia Ortiz has said so ("));
        let page = olivia.press(&page, "Approve", &[]).await;
        assert!(!page.says("looking at"), "{}", page.words());
        let late = uma.send(&format!("{request}/look"), &[]).await;
        assert_eq!(
            late.status,
            StatusCode::CONFLICT,
            "there is nothing to look at: {}",
            late.words()
        );
        let own = nina.send(&format!("{request}/look"), &[]).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.words());
    })
    .await;
}

#[tokio::test]
async fn what_is_new_since_somebody_looked_is_marked() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia, uma) =
            (world.person("nina").await, world.person("olivia").await, world.person("uma").await);
        let request = create(&nina, &instance("dt-news")).await.url.path().to_owned();
        let marks = async || olivia.open("/approvals").await.all("tbody th .count");
        assert_eq!(marks().await, ["New"]);
        world.wait(Duration::from_secs(60)).await;
        let page = olivia.open(&request).await;
        assert_eq!(page.all(".timeline .count"), [""; 0], "it is the first time");
        assert_eq!(marks().await, [""; 0]);

        world.wait(Duration::from_secs(60)).await;
        nina.press(&nina.open(&request).await, "Add comment", &[("comment", "It is urgent.")])
            .await;
        assert_eq!(marks().await, ["Changed"]);
        world.wait(Duration::from_secs(60)).await;
        let page = olivia.open(&request).await;
        assert_eq!(page.all(".timeline li:has(.count)").len(), 1, "{}", page.words());
        assert!(page.one(".timeline li:has(.count)").contains("It is urgent."));
        // What follows the page goes on marking it.
        let address = page.html_attribute("[data-progress-url]", "data-progress-url");
        assert!(olivia.open(&address).await.has(".timeline .count"), "{address}");
        assert_eq!(marks().await, [""; 0]);
        assert_eq!(olivia.open(&request).await.all(".timeline .count"), [""; 0], "seen by now");

        // Her own words are no news to her, and another's are.
        world.wait(Duration::from_secs(60)).await;
        let page = olivia.open(&request).await;
        let page = olivia.press(&page, "Add comment", &[("comment", "I see.")]).await;
        assert_eq!(page.all(".timeline .count"), [""; 0]);
        world.wait(Duration::from_secs(60)).await;
        let page = uma.open(&request).await;
        uma.press(&page, "Send back to be changed", &[("reason", "In North Europe.")]).await;
        let page = nina.open(&request).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let page = nina.press(&form, "Review + create", &[("region", "northeurope")]).await;
        confirm(&nina, &page).await;
        assert_eq!(marks().await, ["Changed"]);
        let page = olivia.open(&request).await;
        let news = page.all(".timeline li:has(.count)").join(" | ");
        assert!(news.contains("sent the request back") && news.contains("asked again"), "{news}");
    })
    .await;
}
