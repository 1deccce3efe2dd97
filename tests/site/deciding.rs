//! Deciding: who may, when two do at once, and what becomes of it.

use std::time::Duration;

use reqwest::StatusCode;

use super::{
    asking::{OFFERED, create, instance, request_access, status},
    azure::Call,
    doors::addresses,
    world::{on_each_database, under_policy},
};

#[tokio::test]
async fn of_two_who_decide_at_once_one_is_told() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia, uma) =
            (world.person("nina").await, world.person("olivia").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let (before_olivia, before_uma) = (olivia.open(&request).await, uma.open(&request).await);
        let (first, second) = tokio::join!(
            olivia.press(&before_olivia, "Approve", &[]),
            uma.press(&before_uma, "Reject", &[("reason", "Not this quarter.")]),
        );
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(
            statuses,
            [StatusCode::OK, StatusCode::CONFLICT],
            "{} / {}",
            first.words(),
            second.words()
        );
        let told = if first.status == StatusCode::CONFLICT { first } else { second };
        assert!(told.says("has already decided this request"), "{}", told.words());
        assert!(told.has(&format!("a[href='{request}']")), "with a way back");
        world.let_it_work().await;
        assert!(world.azure.writes().await.len() <= 1);
    })
    .await;
}

#[tokio::test]
async fn a_rejection_needs_a_reason_which_the_requester_reads() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        let again = uma.press(&page, "Reject", &[("reason", "  ")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says("Give a reason"), "{}", again.words());
        let long = "x".repeat(2_001);
        let again = uma.press(&page, "Reject", &[("reason", &long)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(&long), "what was typed is there");
        let done =
            uma.press(&page, "Reject", &[("reason", "Use the shared one.\r\nIt is free.")]).await;
        assert_eq!(status(&done), "Rejected");
        // The same once more is the same. Who goes back and says something else is told that it does not
        // stand there, and keeps it.
        let same =
            uma.press(&page, "Reject", &[("reason", "Use the shared one.\nIt is free.")]).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.words());
        let other = uma.press(&page, "Reject", &[("reason", "There is no budget.")]).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.words());
        assert!(other.says("You have rejected this already"), "{}", other.words());
        assert_eq!(other.one("#comment"), "There is no budget.");
        assert_eq!(status(&other), "Rejected");
        let page = nina.open(&request).await;
        assert!(page.says("Use the shared one. It is free."));
        assert!(!page.says("There is no budget."), "it was not sent");
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_requester_withdraws_what_waits() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let before = uma.open(&request).await;
        let page = nina.open(&request).await;
        let page = nina.press(&page, "Withdraw request", &[]).await;
        assert_eq!(status(&page), "Withdrawn");
        assert!(uma.open("/approvals").await.says("Nothing waits"));
        let late = uma.press(&before, "Approve", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("withdrawn"));
    })
    .await;
}

#[tokio::test]
async fn the_wrong_person_sees_nothing_and_changes_nothing() {
    on_each_database(async |world| {
        let (nina, rita, aldo) =
            (world.person("nina").await, world.person("rita").await, world.person("aldo").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap();
        let named: Vec<_> =
            addresses().into_iter().filter(|(_, path)| path.contains("{id}")).collect();
        assert!(named.len() >= 8, "{named:?}");
        for (method, path) in named {
            let path = path.replace("{id}", id);
            let page = match method {
                "GET" => rita.open(&path).await,
                _ => rita.send(&path, &[("plan", "x"), ("reason", "x")]).await,
            };
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert!(!page.says("Nina"), "{method} {path}: {}", page.words());
        }
        assert!(rita.open("/approvals").await.says("Nothing waits"));
        // An auditor reads it and decides nothing.
        let page = aldo.open(&request).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.has("form[action$='/approval']"), "{}", page.text);
        let refused = aldo.send(&format!("{request}/approval"), &[("plan", "x")]).await;
        assert!(refused.status.is_client_error());
        // Nor does the requester decide what they asked.
        let own = nina.send(&format!("{request}/approval"), &[("plan", "x")]).await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        assert_eq!(status(&nina.open(&request).await), "Waiting for approval");
    })
    .await;
}

#[tokio::test]
async fn a_right_that_is_gone_at_the_click_is_gone() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        world.azure.take_role("uma@contoso.com", "User Access Administrator").await;
        let late = uma.press(&page, "Approve", &[]).await;
        assert_eq!(
            late.status,
            StatusCode::NOT_FOUND,
            "she may not even see it now: {}",
            late.words()
        );
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn another_plan_than_the_one_shown_is_not_approved() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.send(&format!("{request}/approval"), &[("plan", "0000")]).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("The plan has changed"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn under_always_nothing_runs_before_a_decision_and_nobody_decides_their_own() {
    under_policy("approval = \"always\"\nself_approval = false\n", async |world| {
        let (olivia, uma, carl) =
            (world.person("olivia").await, world.person("uma").await, world.person("carl").await);
        let request = create(&olivia, &instance("dt-own")).await.url.path().to_owned();
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
        let page = olivia.open(&request).await;
        assert!(!page.has("form[action$='/approval']"));
        let plan = {
            let page = uma.open(&request).await;
            page.html_attribute("input[name=plan]", "value")
        };
        let own = olivia.send(&format!("{request}/approval"), &[("plan", &plan)]).await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        assert!(own.says("somebody else to decide"), "{}", own.words());

        // What Uma lacks runs in the name of the Contributor who asked, the grant in hers.
        let request = create(&carl, &instance("dt-carl")).await.url.path().to_owned();
        let page = uma.open(&request).await;
        assert!(
            page.says("Carl Costa (on approval)") && page.says("Uma Usher (on approval)"),
            "{}",
            page.words()
        );
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-carl by carl", "PUT roleAssignment by uma"]
        );
        assert_eq!(status(&carl.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn the_queue_asks_azure_for_each_scope_and_never_for_each_row() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let names: Vec<String> = (0..12).map(|number| format!("dt-{number:02}")).collect();
        for name in &names {
            create(&nina, &instance(name)).await;
        }
        world.azure.forget_calls().await;
        let queue = olivia.open("/approvals").await;
        assert_eq!(queue.all("tbody th a").len(), 12);
        // Which subscriptions she sees, and what she may do in the one where something waits.
        assert_eq!(world.azure.calls().await.len(), 2, "{:?}", world.azure.calls().await);
        olivia.open("/approvals").await;
        assert_eq!(world.azure.calls().await.len(), 2, "remembered for a minute");
        world.wait(std::time::Duration::from_secs(61)).await;
        olivia.open("/approvals").await;
        assert_eq!(world.azure.calls().await.len(), 4, "and asked again then");
        assert_eq!(queue.one(".nav .count"), "12 waiting");
    })
    .await;
}

#[tokio::test]
async fn somebody_who_holds_a_resource_group_decides_what_is_in_it() {
    under_policy(OFFERED, async |world| {
        let (nina, greg) = (world.person("nina").await, world.person("greg").await);
        create(&nina, &instance("dt-elsewhere")).await;
        let mut fields = instance("dt-factory");
        fields.retain(|(name, _)| *name != "resource_group");
        fields.push(("resource_group", "rg-factory"));
        let request = create(&nina, &fields).await.url.path().to_owned();
        assert_eq!(greg.open("/approvals").await.all("tbody th a"), ["Create instance dt-factory"]);
        let page = greg.open(&request).await;
        greg.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-factory by greg", "PUT roleAssignment by greg"]
        );
    })
    .await;
}

#[tokio::test]
async fn who_may_no_longer_decide_neither_retries_nor_closes() {
    on_each_database(async |world| {
        let (olivia, uma) = (world.person("olivia").await, world.person("uma").await);
        world.azure.fail(serde_json::json!({ "service": "arm", "method": "PUT", "status": 400, "code": "BadRequest" })).await;
        let request = create(&olivia, &instance("dt-late")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped");
        assert!(page.has("form[action$='/retry']"), "she decides there");
        world.azure.take_role("uma@contoso.com", "User Access Administrator").await;
        // The page was shown a moment ago; the click asks Azure again.
        for act in ["retry", "closure"] {
            let late = uma.send(&format!("{request}/{act}"), &[("reason", "Too late.")]).await;
            assert_eq!(late.status, StatusCode::NOT_FOUND, "{act}: {}", late.words());
        }
        assert_eq!(status(&olivia.open(&request).await), "Stopped");
        assert_eq!(world.azure.writes().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_decides_there_may_retry_although_their_name_is_on_another_step() {
    under_policy(OFFERED, async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let request = create(&carl, &instance("dt-again")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = uma.open(&request).await;
        world.azure.fail(serde_json::json!({ "service": "arm", "method": "PUT", "status": 400, "code": "BadRequest" })).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let olivia = world.person("olivia").await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        olivia.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn a_double_click_decides_once_and_troubles_nobody() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        let (one, two) =
            tokio::join!(uma.press(&page, "Approve", &[]), uma.press(&page, "Approve", &[]));
        let three = uma.press(&page, "Approve", &[]).await;
        for page in [&one, &two, &three] {
            assert_eq!(page.status, StatusCode::OK, "{}", page.words());
            assert_eq!(page.url.path(), request);
        }
        world.let_it_work().await;
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        let told = nina.open(&request).await.all(".timeline li");
        assert_eq!(told.iter().filter(|entry| entry.contains("approved the plan")).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_runs_in_another_name_than_the_one_shown() {
    under_policy("approval = \"always\"\nself_approval = false\n", async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let request = create(&carl, &instance("dt-names")).await.url.path().to_owned();
        let page = uma.open(&request).await;
        assert!(page.says("Carl Costa (on approval)"), "{}", page.words());
        // Meanwhile Uma has become able to do what would have run in Carl's name.
        let scope = format!("/subscriptions/{}", super::world::PRODUCTION);
        world
            .azure
            .tell(
                "/role-assignments",
                serde_json::json!({ "principal": "uma@contoso.com", "role": "Contributor", "scope": scope }),
            )
            .await;
        let refused = uma.press(&page, "Approve", &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.words());
        assert!(refused.says("The names in which the steps would run have changed"));
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
        world.wait(std::time::Duration::from_secs(61)).await;
        let page = uma.open(&request).await;
        assert!(!page.says("Carl Costa (on approval)"), "{}", page.words());
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-names by uma", "PUT roleAssignment by uma"]
        );
    })
    .await;
}

#[tokio::test]
async fn approving_and_withdrawing_at_once_while_the_worker_works_ends_in_one_of_the_two() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        for number in 0..4 {
            let request =
                create(&carl, &instance(&format!("dt-both-{number}"))).await.url.path().to_owned();
            if number % 2 == 0 {
                // The worker is through with Carl's own step; it ends the wait just now otherwise.
                world.let_it_work().await;
            }
            let (approval, withdrawal) = (uma.open(&request).await, carl.open(&request).await);
            let withdraw = async {
                match withdrawal.text.contains("Withdraw request") {
                    true => Some(carl.press(&withdrawal, "Withdraw request", &[]).await),
                    false => None,
                }
            };
            let work = async { while twindesk::work::tick(&world.app).await.unwrap() {} };
            let (approved, withdrawn, ()) =
                tokio::join!(uma.press(&approval, "Approve", &[]), withdraw, work);
            world.let_it_work().await;
            let end = status(&carl.open(&request).await);
            let withdrawn = withdrawn.is_some_and(|page| page.status == StatusCode::OK);
            let approved = approved.status == StatusCode::OK;
            assert!(approved != withdrawn, "{number}: approved {approved}, withdrawn {withdrawn}");
            assert_eq!(end, if approved { "Verified" } else { "Withdrawn" }, "{number}");
            let told = carl.open(&request).await.all(".timeline li").join("\n");
            assert_eq!(told.contains("approved the plan"), approved, "{told}");
            assert_eq!(told.contains("withdrew"), withdrawn, "{told}");
            let granted = world.azure.assignments_at(&format!("dt-both-{number}")).await.len();
            assert_eq!(granted, usize::from(approved), "{number}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_looks_again_and_again_asks_azure_for_nothing() {
    under_policy(OFFERED, async |world| {
        let (nina, uma, aldo) =
            (world.person("nina").await, world.person("uma").await, world.person("aldo").await);
        // A group, a provider and an instance: whoever decides sees step by step what is so already.
        let mut fields = instance("dt-nina");
        fields[1] = ("resource_group", "+");
        fields.push(("new_resource_group", "rg-nina"));
        let request = create(&nina, &fields).await.url.path().to_owned();
        let progress = format!("{request}/progress");
        world.azure.forget_calls().await;
        assert!(uma.open(&request).await.has("form[action$='/approval']"));
        let asked = world.azure.calls().await;
        let by_uma = |call: &&Call| call.caller.as_deref() == Some("uma@contoso.com");
        assert!(asked.iter().filter(by_uma).count() >= 3, "each step: {asked:?}");

        for person in [&nina, &aldo] {
            person.open(&request).await;
        }
        world.azure.forget_calls().await;
        for _ in 0..5 {
            for person in [&nina, &uma, &aldo] {
                let page = person.open(&progress).await;
                assert_eq!(status(&page), "Waiting for approval", "{}", page.words());
            }
            world.wait(Duration::from_secs(10)).await;
        }
        assert!(world.azure.calls().await.is_empty(), "{:?}", world.azure.calls().await);

        // Later: whether Uma decides there still, once and about nothing else.
        world.wait(Duration::from_secs(11)).await;
        for person in [&nina, &uma, &aldo, &uma] {
            assert_eq!(person.open(&progress).await.status, StatusCode::OK);
        }
        let asked = world.azure.calls().await;
        assert!(asked.iter().all(|call| by_uma(&call)), "{asked:?}");
        assert!(asked.iter().all(|call| call.path.ends_with("/permissions")), "{asked:?}");
        assert!(!asked.is_empty());

        // Whoever loses the right sees the request no longer.
        world.azure.take_role("uma@contoso.com", "User Access Administrator").await;
        world.wait(Duration::from_secs(61)).await;
        assert_eq!(uma.open(&progress).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
