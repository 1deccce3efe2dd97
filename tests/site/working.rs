//! Carrying plans out: what dies, what is done twice, what is not.

use std::time::Duration;

use serde_json::json;
use twindesk::{App, work};

use super::{
    asking::{create, instance, request_access, status},
    world::{World, on_each_database},
};

pub const LEASE: Duration = Duration::from_secs(61);

/// Begins a try of what is due, and dies as soon as Azure has done what the first call of this
/// method and path asked for; the answer never arrives.
pub async fn work_and_die(world: &World, app: &App, method: &str, path: &str) {
    world.azure.forget_calls().await;
    world
        .azure
        .fail(json!({
            "service": "arm", "method": method, "path": path, "drop": "silence",
        }))
        .await;
    let work = work::tick(app);
    tokio::pin!(work);
    loop {
        let received = async {
            let calls = world.azure.calls().await;
            calls
                .iter()
                .any(|call| call.method == method && call.path.contains(path) && call.status != 0)
        };
        tokio::select! {
            biased;
            received = received => if received { return },
            done = &mut work => panic!("it was not killed in time: {done:?}"),
        }
    }
}

#[tokio::test]
async fn a_worker_that_dies_after_the_write_is_followed_by_another_that_does_not_repeat_it() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-once")).await.url.path().to_owned();
        work_and_die(world, &world.app, "PUT", "digitalTwinsInstances").await;
        assert!(!work::tick(&world.app).await.unwrap(), "the lease still holds");
        world.wait(LEASE).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-once by olivia", "PUT roleAssignment by olivia"]
        );
        let told = page.all(".timeline li").into_iter().filter(|entry| {
            entry.contains("Create the instance dt-once") && entry.contains("done in the name")
        });
        assert_eq!(told.count(), 1, "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_role_assignment_is_made_once_however_often_its_worker_dies() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        work_and_die(world, &world.app, "PUT", "roleAssignments").await;
        world.wait(LEASE).await;
        for _ in 0..2 {
            // Its followers die while they look.
            work_and_die(world, &world.app, "GET", "roleAssignments").await;
            world.wait(LEASE).await;
        }
        world.azure.mend().await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        assert_eq!(world.azure.assignments_at("factory-floor").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-late")).await.url.path().to_owned();
        let now = world.app.clock.now();
        let late =
            world.app.store.claim(now, Duration::from_secs(60)).await.unwrap().expect("it is due");
        world.wait(LEASE).await;
        let other = world.replica().await;
        assert!(work::tick(&other).await.unwrap(), "another takes it over");
        let before = olivia.open(&request).await.all(".timeline li");
        let outcome = twindesk::domain::run::Outcome::NeedsSignIn { claims: None, problem: None };
        assert!(!world.app.store.settle(&late, outcome, world.app.clock.now()).await.unwrap());
        assert!(
            !world.app.store.sending(&late, world.app.clock.now()).await.unwrap(),
            "nor may it send"
        );
        assert_eq!(olivia.open(&request).await.all(".timeline li"), before);
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn two_workers_share_the_work_and_double_nothing() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let names: Vec<String> = (0..6).map(|number| format!("dt-{number}")).collect();
        for name in &names {
            create(&olivia, &instance(name)).await;
        }
        let other = world.replica().await;
        for _ in 0..100 {
            let (one, two) = tokio::join!(work::tick(&world.app), work::tick(&other));
            if !one.unwrap() && !two.unwrap() {
                let Some(due) = world.next_due().await else { break };
                world.wait(due.since(world.app.clock.now()).max(Duration::from_millis(1))).await;
            }
        }
        let mut writes = world.azure.writes().await;
        writes.sort();
        let mut wanted: Vec<String> =
            names.iter().map(|name| format!("PUT {name} by olivia")).collect();
        wanted.extend(names.iter().map(|_| "PUT roleAssignment by olivia".to_owned()));
        wanted.sort();
        assert_eq!(writes, wanted);
        assert!(
            olivia
                .open("/requests")
                .await
                .all("tbody .badge")
                .iter()
                .all(|badge| badge == "Verified")
        );
    })
    .await;
}

#[tokio::test]
async fn an_access_token_that_runs_out_is_renewed() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-token")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap());
        // Azure's clock runs ahead of ours: the token that we think good is not.
        world.azure.advance(Duration::from_secs(2 * 3600)).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
        let refused =
            world.azure.calls().await.into_iter().filter(|call| call.status == 401).count();
        assert!(refused >= 1, "the token was refused on the way");
    })
    .await;
}

#[tokio::test]
async fn azures_wish_to_be_left_alone_is_kept() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-slow")).await.url.path().to_owned();
        world.azure.fail(json!({ "service": "arm", "method": "PUT", "path": "digitalTwinsInstances", "status": 429, "code": "TooManyRequests", "retry_after": 90 })).await;
        assert!(work::tick(&world.app).await.unwrap());
        let now = world.app.clock.now();
        let due = world.next_due().await.expect("it is tried again");
        assert!(due.since(now) >= Duration::from_secs(90), "in {:?}", due.since(now));
        let page = olivia.open(&request).await;
        assert!(page.says("TooManyRequests") && page.says("tried again by itself"), "{}", page.words());
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn done_is_not_verified() {
    on_each_database(async |world| {
        world.azure.settings(json!({ "role_propagation_seconds": 120 })).await;
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-soon")).await.url.path().to_owned();
        for _ in 0..20 {
            if work::tick(&world.app).await.unwrap() {
                if status(&olivia.open(&request).await) == "Done" {
                    break;
                }
            } else {
                world.wait(Duration::from_secs(1)).await;
            }
        }
        while work::tick(&world.app).await.unwrap() {}
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done");
        assert!(page.says("access is being tried"), "{}", page.words());
        assert!(!page.says("Access verified"));
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn access_that_never_comes_leaves_it_done_and_can_be_tried_again() {
    on_each_database(async |world| {
        world.azure.settings(json!({ "role_propagation_seconds": 3600 })).await;
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-never")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("could not verify the access"));
        world.wait(Duration::from_secs(3600)).await;
        olivia.press(&page, "Test access again", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
    })
    .await;
}
