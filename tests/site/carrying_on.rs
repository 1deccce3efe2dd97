//! When a person cannot go on, or will not: the run waits with a clear sentence, goes on after the
//! right person signs in, is taken over by another, or is stopped; and clocks may jump.

use std::time::Duration;

use serde_json::json;
use twindesk::{domain::run::State, work};

use super::{
    asking::{create, instance, request_access, status},
    faults::sign_in_again,
    people::{Browser, Page},
    working::work_and_die,
    world::{World, on_each_database, with_settings},
};

const HOUR: Duration = Duration::from_secs(3600);

async fn approve(person: &Browser, request: &str) -> Page {
    let page = person.open(request).await;
    person.press(&page, "Approve", &[]).await
}

/// Nina's request for a role, which Uma has approved.
async fn approved(nina: &Browser, uma: &Browser) -> String {
    let request = request_access(nina, "data_reader").await.url.path().to_owned();
    approve(uma, &request).await;
    request
}

/// Works on a replica that has no token of anybody in its memory.
async fn work_afresh(world: &World) {
    let other = world.replica().await;
    while work::tick(&other).await.unwrap() {}
    other.store.close().await;
}

/// The next time that somebody's kept sign-in is used.
async fn entra_says(world: &World, number: u32, message: &str) {
    world
        .azure
        .fail(json!({
            "service": "entra", "path": "/token", "code": "invalid_grant", "aadsts": number,
            "message": message,
        }))
        .await;
}

fn id(request: &str) -> &str {
    request.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_sign_in_that_ended_is_told_with_its_cause_and_a_button() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        // The organisation wants people to sign in every hour (AADSTS70043).
        world.azure.settings(json!({ "sign_in_frequency_seconds": 3600 })).await;
        world.wait(2 * HOUR).await;
        work_afresh(world).await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.says("wants people to sign in more often"), "{}", page.words());
        assert!(page.says("AADSTS70043"), "{}", page.words());
        assert!(page.one(".timeline").contains("AADSTS70043"), "the history says why");
        assert!(!page.says("tried again by itself"), "{}", page.words());
        let back = sign_in_again(&uma, &page, "uma").await;
        assert_eq!(back.url.path(), request, "back to what she was doing");
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        // Nina's own sign-in is as old, and hers to renew.
        assert!(page.says("Entra ID wants Nina Novak to sign in again first"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_wanted_in_the_middle_of_a_run_resumes_it_where_it_was() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-half")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap(), "the instance is begun");
        world.azure.settings(json!({ "mfa_for_writes": true })).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.one(".timeline").contains("done in the name of Olivia Ortiz"));
        sign_in_again(&olivia, &page, "olivia").await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        let made = world.azure.writes().await;
        assert_eq!(made.iter().filter(|write| *write == "PUT dt-half by olivia").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn another_approver_takes_over_what_waits_for_a_sign_in_and_the_history_says_so() {
    on_each_database(async |world| {
        let (nina, uma, olivia) =
            (world.person("nina").await, world.person("uma").await, world.person("olivia").await);
        let request = approved(&nina, &uma).await;
        world.azure.tell("/people/uma@contoso.com/revoke", json!({})).await;
        work_afresh(world).await;

        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.says("Azure wants Uma Usher to sign in again"), "{}", page.words());
        assert!(!page.has("form[action$='/takeover']"), "Nina decides nothing there");
        let forced = nina.post(&format!("{request}/takeover"), &[("plan", "x")]).await;
        assert!(forced.status.is_client_error(), "{}", forced.status);

        let page = olivia.open(&request).await;
        assert!(page.says("instead of Uma Usher's would run"), "{}", page.words());
        assert!(page.has("details[open] .plan"), "the plan is before her");
        let stale = olivia.post(&format!("{request}/takeover"), &[("plan", "another")]).await;
        assert_eq!(stale.status.as_u16(), 409, "a plan that she has not seen");
        olivia.press(&page, "Take over in my name", &[]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by olivia"]);
        let told = page.one(".timeline");
        assert!(
            told.contains("Olivia Ortiz took “Assign Azure Digital Twins Data Reader"),
            "{told}"
        );
        assert!(told.contains("over from Uma Usher: it goes on in their own name"), "{told}");

        // Uma reads in her own history what became of it.
        let fresh = world.browser();
        fresh.sign_in_as("uma").await;
        assert!(fresh.open("/history?kind=taken_over").await.says("over from Uma Usher"));
    })
    .await;
}

#[tokio::test]
async fn an_approver_who_lost_the_right_is_replaced_by_one_who_has_it() {
    on_each_database(async |world| {
        let (nina, uma, olivia) =
            (world.person("nina").await, world.person("uma").await, world.person("olivia").await);
        let request = approved(&nina, &uma).await;
        world.azure.take_role("uma@contoso.com", "User Access Administrator").await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("may not do it any more") && page.says("take over"), "{}", page.words());
        assert!(!page.has("form[action$='/takeover']"), "it is hers already");
        let page = olivia.open(&request).await;
        olivia.press(&page, "Take over in my name", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        // Twice over is no more than once.
        let again = olivia.press(&page, "Take over in my name", &[]).await;
        assert!(again.says("can be taken over"), "{}", again.words());
    })
    .await;
}

#[tokio::test]
async fn who_may_not_do_what_is_left_does_not_take_it_over() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "path": "dt-left", "status": 403,
                "code": "AuthorizationFailed", "message": "no",
            }))
            .await;
        let request = create(&carl, &instance("dt-left")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("You cannot take this over"), "{}", page.words());
        assert!(
            page.says("Microsoft.DigitalTwins/digitalTwinsInstances/write"),
            "{}",
            page.words()
        );
        assert!(!page.has("form[action$='/takeover']"));
        let forced = uma.post(&format!("{request}/takeover"), &[("plan", "x")]).await;
        assert_eq!(forced.status.as_u16(), 409, "{}", forced.text);
        assert!(world.app.store.request(id(&request)).await.unwrap().run.state == State::Stopped);
    })
    .await;
}

#[tokio::test]
async fn what_azure_took_before_a_take_over_is_not_sent_again() {
    on_each_database(async |world| {
        let (olivia, omar) = (world.person("olivia").await, world.person("uma").await);
        let request = create(&olivia, &instance("dt-begun")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap(), "the instance is begun");
        world.azure.tell("/people/olivia@contoso.com/revoke", json!({})).await;
        work_afresh(world).await;
        world.wait(Duration::from_secs(30)).await;
        work_afresh(world).await;
        assert_eq!(status(&omar.open(&request).await), "Needs sign-in");
        let owner = json!({
            "principal": "uma@contoso.com", "role": "Owner",
            "scope": format!("/subscriptions/{}", super::world::PRODUCTION),
        });
        world.azure.tell("/role-assignments", owner).await;
        world.wait(Duration::from_secs(120)).await;
        let page = omar.open(&request).await;
        omar.press(&page, "Take over in my name", &[]).await;
        world.let_it_work().await;
        let page = omar.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-begun by olivia", "PUT roleAssignment by uma"]
        );
        assert!(!page.one(".timeline").contains("nothing was written"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn an_approver_who_left_the_tenant_is_told_of_and_replaced() {
    on_each_database(async |world| {
        let (nina, uma, olivia) =
            (world.person("nina").await, world.person("uma").await, world.person("olivia").await);
        let request = approved(&nina, &uma).await;
        entra_says(world, 50057, "The user account is disabled.").await;
        work_afresh(world).await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.says("is disabled") && page.says("another approver"), "{}", page.words());
        assert!(page.says("AADSTS50057: The user account is disabled."), "{}", page.words());
        let page = olivia.open(&request).await;
        olivia.press(&page, "Take over in my name", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn a_requester_who_was_deleted_leaves_what_was_approved_done_and_unverified() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        assert!(work::tick(&world.app).await.unwrap(), "the role is assigned");
        entra_says(world, 50034, "The user account does not exist in the directory.").await;
        work_afresh(world).await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("could not verify the access of Nina Novak"), "{}", page.words());
        assert!(page.says("Entra ID wants Nina Novak to sign in again first"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn who_approved_stops_it_and_the_step_in_flight_is_the_last() {
    on_each_database(async |world| {
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let offered = instance("dt-stopped");
        let request = super::asking::create(&olivia, &offered).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap(), "the instance is begun");
        let page = olivia.open(&request).await;
        let page = olivia.press(&page, "Stop after this step", &[]).await;
        assert_eq!(status(&page), "Running", "Azure is still at work: {}", page.words());
        assert!(page.says("Nothing more is sent"), "{}", page.words());
        assert!(!page.has("form[action$='/stop']"), "once is enough");
        let again = olivia.post(&format!("{request}/stop"), &[]).await;
        assert_eq!(again.status.as_u16(), 409);
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Closed", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT dt-stopped by olivia"]);
        let told = page.one(".timeline");
        assert!(told.contains("Olivia Ortiz stopped the request"), "{told}");
        assert!(told.contains("done in the name of Olivia Ortiz"), "{told}");
        assert!(told.contains("sent nothing after “Create the instance dt-stopped”"), "{told}");
        assert!(page.says("Will not run."), "{}", page.words());
        // A stranger cannot.
        let other = create(&olivia, &instance("dt-other")).await.url.path().to_owned();
        let forced = nina.post(&format!("{other}/stop"), &[]).await;
        assert_eq!(forced.status.as_u16(), 404);
    })
    .await;
}

/// Azure carries the call out, and nobody hears of it.
async fn loses_the_answer(world: &World) {
    let lost = json!({
        "service": "arm", "method": "PUT", "path": "roleAssignments", "drop": "after",
    });
    world.azure.fail(lost).await;
    assert!(work::tick(&world.app).await.unwrap());
    assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
}

#[tokio::test]
async fn what_was_sent_before_a_retry_is_not_told_as_found() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        loses_the_answer(world).await;
        // Nor does Azure answer any look, until the run has given up.
        let silent = json!({
            "service": "arm", "method": "GET", "path": "roleAssignments", "status": 503,
            "times": 1_000,
        });
        world.azure.fail(silent).await;
        world.let_it_work().await;
        world.azure.mend().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        uma.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"], "and not again");
        let told = page.one(".timeline");
        assert!(told.contains("done in the name of Uma Usher"), "{told}");
        assert!(!told.contains("nothing was written"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_may_have_arrived_when_it_is_stopped_is_looked_for_and_told() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        loses_the_answer(world).await;
        let page = uma.open(&request).await;
        let page = uma.press(&page, "Stop after this step", &[]).await;
        assert_eq!(status(&page), "Running", "{}", page.words());
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        let told = page.one(".timeline");
        assert!(told.contains("done in the name of Uma Usher"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_has_not_been_sent_when_it_is_stopped_is_never_sent() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        // A worker holds it and has looked, but not yet sent.
        work_and_die(world, &world.app, "GET", "roleAssignments").await;
        world.azure.mend().await;
        let page = nina.open(&request).await;
        nina.press(&page, "Stop after this step", &[]).await;
        world.wait(Duration::from_secs(61)).await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Closed", "{}", page.words());
        assert!(world.azure.writes().await.is_empty());

        // Nobody holds it: that is the end at once.
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        approve(&uma, &request).await;
        let page = uma.open(&request).await;
        let page = uma.press(&page, "Stop after this step", &[]).await;
        assert_eq!(status(&page), "Closed", "{}", page.words());
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
        assert!(page.says("stopped the request: nothing more is sent"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn what_half_waits_for_a_decision_leaves_the_queue_when_it_is_stopped() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let request = create(&carl, &instance("dt-carl")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap(), "the instance is begun");
        let page = carl.open(&request).await;
        carl.press(&page, "Stop after this step", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Withdrawn");
        assert!(uma.open("/approvals").await.says("Nothing waits"));
        assert_eq!(world.azure.writes().await, ["PUT dt-carl by carl"]);
    })
    .await;
}

#[tokio::test]
async fn a_sealing_key_that_was_lost_costs_a_sign_in_and_nothing_else() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        // As it looks to a portal that no longer has the key.
        world.meddle("UPDATE delegation SET sealed = '0badc0de' || substr(sealed, 9)").await;
        work_afresh(world).await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Needs sign-in", "{}", page.words());
        assert!(page.says("opens with none of the portal's keys"), "{}", page.words());
        sign_in_again(&uma, &page, "uma").await;
        work_afresh(world).await;
        world.let_it_work().await;
        // Nina's own sign-in is as lost, so that nothing can be verified.
        assert_eq!(status(&nina.open(&request).await), "Done");
    })
    .await;
}

#[tokio::test]
async fn a_new_sealing_key_before_the_old_one_disturbs_nobody() {
    let (old, new) = (twindesk::delegation::new_key(), twindesk::delegation::new_key());
    with_settings(&[("TWINDESK_KEYS", &old)], async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = approved(&nina, &uma).await;
        let rotated = world.replica_with(&[("TWINDESK_KEYS", &format!("{new},{old}"))]).await;
        for _ in 0..40 {
            if !work::tick(&rotated).await.unwrap() {
                let Some(due) = world.next_due().await else { break };
                world.wait(due.since(world.app.clock.now()).max(Duration::from_millis(1))).await;
            }
        }
        assert_eq!(status(&nina.open(&request).await), "Verified");
        rotated.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_put_forward_stops_no_run() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-forward")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap(), "the instance is begun");
        // Only ours: Azure is still at work.
        world.app.clock.advance(5 * HOUR);
        assert!(work::tick(&world.app).await.unwrap());
        assert_eq!(world.app.store.request(id(&request)).await.unwrap().run.state, State::Running);
        world.azure.advance(5 * HOUR).await;
        world.let_it_work().await;
        let shown = world.person("olivia").await.open(&request).await;
        assert_eq!(status(&shown), "Verified", "{}", shown.words());
        let writes = world.azure.writes().await;
        assert_eq!(writes.len(), 2, "{writes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_put_back_holds_up_no_run_and_keeps_no_session_longer() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let first = create(&olivia, &instance("dt-due")).await.url.path().to_owned();
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "path": "dt-due", "status": 503,
                "code": "ServiceUnavailable", "retry_after": 120,
            }))
            .await;
        assert!(work::tick(&world.app).await.unwrap(), "it is due in two minutes");
        let second = create(&olivia, &instance("dt-held")).await.url.path().to_owned();
        work_and_die(world, &world.app, "PUT", "dt-held").await;

        world.app.clock.put_back(9 * HOUR);
        assert!(!work::tick(&world.app).await.unwrap(), "both lie hours ahead");
        let page = olivia.fetch(&first).await;
        assert!(page.status.is_redirection(), "her session began later than now");
        assert!(page.location().contains("/sign-in"), "{}", page.location());
        let now = world.app.clock.now();
        world.app.store.tidy(now, world.app.site.session_idle).await.unwrap();
        world.let_it_work().await;
        let olivia = world.person("olivia").await;
        for request in [&first, &second] {
            let page = olivia.open(request).await;
            assert_eq!(status(&page), "Verified", "{}", page.words());
        }
        let writes = world.azure.writes().await;
        assert_eq!(
            writes.iter().filter(|write| write.contains("dt-held")).count(),
            1,
            "{writes:?}"
        );
    })
    .await;
}
