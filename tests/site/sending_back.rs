//! A request that is not quite right goes back to whoever asked, is changed, and comes again.

use reqwest::StatusCode;

use super::{
    asking::{OFFERED, confirm, create, instance, request_access, status},
    people::Page,
    world::{World, on_each_database, under_policy},
};

/// Nina asks for an instance, and Olivia wants it elsewhere. The request's address, and Olivia's page
/// of before that.
async fn sent_back(world: &World) -> (String, Page) {
    let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
    let request = create(&nina, &instance("dt-hall")).await.url.path().to_owned();
    let before = olivia.open(&request).await;
    let words = [("reason", "Put it into rg-factory,\r\nand tag it.")];
    let page = olivia.press(&before, "Send back to be changed", &words).await;
    assert!(page.says("Sent back. The person who asked sees"), "{}", page.words());
    assert_eq!(status(&page), "Sent back");
    assert!(page.says("It waits for Nina Novak to change it."), "{}", page.words());
    (request, before)
}

#[tokio::test]
async fn what_is_sent_back_is_changed_and_decided_anew() {
    under_policy(OFFERED, async |world| {
        let (request, before) = sent_back(world).await;
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        assert!(olivia.open("/approvals").await.says("Nothing waits"), "it is Nina's turn");
        assert_eq!(
            olivia.open("/approvals/decided").await.all("tbody .badge"),
            ["Sent back"],
            "what she sent back stays to be found"
        );

        // Nina finds it wherever she looks.
        let home = nina.open("/").await;
        assert!(home.says("Needs you") && home.says("Sent back"), "{}", home.words());
        assert_eq!(nina.open("/requests?show=open").await.all("tbody .badge"), ["Sent back"]);
        let page = nina.open(&request).await;
        assert!(page.says("Put it into rg-factory, and tag it."), "{}", page.words());
        let link = page.html_attribute("a.button[href*='?again=']", "href");

        // The form stands as it was, and says what should change.
        let form = nina.open(&link).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.says("Olivia Ortiz has sent this request back"), "{}", form.words());
        assert_eq!(form.html_attribute("#resource_name", "value"), "dt-hall");
        let typed =
            [("resource_group", "rg-factory"), ("tag_name", "team"), ("tag_value", "plant")];
        let review = nina.press(&form, "Review + create", &typed).await;
        assert_eq!(review.status, StatusCode::OK, "{}", review.words());
        assert_eq!(review.one("main form > .end button.primary"), "Send again");
        assert!(review.says("What has changed since version 1"), "{}", review.words());
        let again = confirm(&nina, &review).await;
        assert_eq!(again.url.path(), request, "it is the same request");
        assert_eq!(status(&again), "Waiting for approval");

        // Sent twice, it is one request.
        let twice = nina.press(&review, "Send again", &[]).await;
        assert_eq!(twice.url.path(), request);
        assert_eq!(nina.open("/requests").await.all("tbody tr").len(), 1);

        // Who still has the old page before them decides nothing with it.
        let late = olivia.press(&before, "Approve", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("The plan has changed since you saw it"), "{}", late.words());
        for act in ["Reject", "Send back to be changed"] {
            let late = olivia.press(&before, act, &[("reason", "No.")]).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{act}: {}", late.words());
        }

        // Olivia sees what is different, and decides about that.
        assert_eq!(olivia.open("/approvals").await.all("tbody th a"), ["Create instance dt-hall"]);
        let page = olivia.open(&request).await;
        let changes = page.all(".diff > li").join(" | ");
        for told in [
            "± Resource group Changed Before: rg-twins Now: rg-factory",
            "+ Tag team Added Now: plant",
            "− Create the instance dt-hall Removed Before: PUT",
            "+ Create the instance dt-hall Added Now: PUT",
        ] {
            assert!(changes.contains(told), "{told}: {changes}");
        }
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-hall by olivia", "PUT roleAssignment by olivia"],
            "only what was approved at last"
        );
        let told = nina.open(&request).await.all(".timeline li").join(" | ");
        for sentence in
            ["sent the request back", "changed the request and asked again", "Version 2"]
        {
            assert!(told.contains(sentence), "{sentence}: {told}");
        }
        let auditor = world.person("aldo").await;
        assert!(auditor.open("/history?kind=sent_back").await.says("Put it into rg-factory"));
    })
    .await;
}

#[tokio::test]
async fn only_the_justification_changed_and_the_old_page_is_worthless_all_the_same() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let before = uma.open(&request).await;
        uma.press(&before, "Send back to be changed", &[("reason", "For which project?")]).await;
        let page = nina.open(&request).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let typed = [("justification", "For project Hall 3.")];
        let review = nina.press(&form, "Review + request", &typed).await;
        confirm(&nina, &review).await;
        let late = uma.press(&before, "Approve", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.words());
        let page = uma.open(&request).await;
        assert_eq!(
            page.all(".diff > li"),
            ["± Justification Changed Before: I model the floor. Now: For project Hall 3."]
        );
        // And once more: it is compared with what she saw last.
        uma.press(&page, "Send back to be changed", &[("reason", "Reader will do.")]).await;
        let page = nina.open(&request).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let review = nina.press(&form, "Review + request", &[("role", "data_reader")]).await;
        confirm(&nina, &review).await;
        let page = uma.open(&request).await;
        assert!(page.says("What has changed since version 2"), "{}", page.words());
        let changes = page.all(".diff > li").join(" | ");
        assert!(!changes.contains("Justification"), "{changes}");
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        assert_eq!(
            nina.open(&request).await.one("h1"),
            "Azure Digital Twins Data Reader on factory-floor"
        );
    })
    .await;
}

#[tokio::test]
async fn it_goes_back_with_words_and_only_by_whoever_may_decide() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        let plan = page.html_attribute("input[name=plan]", "value");
        let again = uma.press(&page, "Send back to be changed", &[("reason", " ")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says("Say what should change"), "{}", again.words());
        let long = "x".repeat(2_001);
        let again = uma.press(&page, "Send back to be changed", &[("reason", &long)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(&long), "what was typed is there");
        let words = [("plan", &*plan), ("reason", "Change it.")];
        let own = nina.send(&format!("{request}/return"), &words).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "she asked: {}", own.words());
        let unseen = uma.send(&format!("{request}/return"), &[("reason", "Change it.")]).await;
        assert_eq!(unseen.status, StatusCode::CONFLICT, "{}", unseen.words());
        assert_eq!(status(&nina.open(&request).await), "Waiting for approval");
        // A second click is told what the first one did.
        for _ in 0..2 {
            let sent = uma.send(&format!("{request}/return"), &words).await;
            assert_eq!((sent.status, status(&sent)), (StatusCode::OK, "Sent back".to_owned()));
        }
        // Other words than the first time do not stand there, and she is told so and keeps them.
        let other = [("plan", &*plan), ("reason", "Change the role, too.")];
        let again = uma.send(&format!("{request}/return"), &other).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.words());
        assert!(again.says("You have sent this back already"), "{}", again.words());
        assert_eq!(again.one("#comment"), "Change the role, too.");
        let page = uma.press(&again, "Add comment", &[]).await;
        assert!(page.says("Your comment stands in the history."), "{}", page.words());
        let told = nina.open(&request).await;
        assert!(told.says("Change it.") && told.says("Change the role, too."), "{}", told.words());
        // Who comes after her is told who was faster.
        let olivia = world.person("olivia").await;
        let late = olivia.send(&format!("{request}/rejection"), &words).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("Uma Usher has sent this request back already"), "{}", late.words());
    })
    .await;
}

#[tokio::test]
async fn what_has_begun_is_not_sent_back() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let request = create(&carl, &instance("dt-begun")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert!(!page.has("button[formaction$='/return']"));
        assert!(page.says("Part of it has run already"), "{}", page.words());
        let plan = page.html_attribute("input[name=plan]", "value");
        let words = [("plan", &*plan), ("reason", "Change it.")];
        let refused = uma.send(&format!("{request}/return"), &words).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.says("Part of this has been carried out already"), "{}", refused.words());
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_back_may_be_withdrawn_instead_and_nobody_else_changes_it() {
    under_policy(OFFERED, async |world| {
        let (request, _) = sent_back(world).await;
        let id = request.rsplit('/').next().unwrap();
        let (nina, olivia, rita) =
            (world.person("nina").await, world.person("olivia").await, world.person("rita").await);
        let fields = instance("dt-mine");
        let mut theirs = fields.clone();
        theirs.extend([("revises", id), ("go", "review")]);
        for person in [&olivia, &rita] {
            let page = person.send("/instances/new", &theirs).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.words());
            let mut asked = fields.clone();
            asked.extend([("revises", id), ("request", id), ("plan", "x")]);
            let page = person.send("/instances", &asked).await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.words());
        }
        // A form of another kind makes nothing else of it.
        let other = nina.open(&format!("/access/new?revises={id}&go=back")).await;
        let other = nina
            .press(
                &other,
                "Review + request",
                &[
                    ("resource_id", super::asking::FACTORY_FLOOR),
                    ("role", "data_reader"),
                    ("for_me", "yes"),
                    ("justification", "why"),
                ],
            )
            .await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.words());
        assert!(other.says("of another kind"), "{}", other.words());

        let page = nina.open(&request).await;
        let form = nina.open(&page.html_attribute("a.button[href*='?again=']", "href")).await;
        let page = nina.press(&page, "Withdraw request", &[]).await;
        assert_eq!(status(&page), "Withdrawn");
        let late = nina.press(&form, "Review + create", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.words());
        assert!(late.says("only while it is sent back"), "{}", late.words());
        assert_eq!(nina.open("/requests").await.all("tbody .badge"), ["Withdrawn"]);
    })
    .await;
}
