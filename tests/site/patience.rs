//! How patient the portal is, and with whom: nobody waits because of somebody else.

use std::time::Duration;

use serde_json::json;
use twindesk::{
    domain::{
        plan::{Round, Steps},
        run::State,
        scope::Scope,
    },
    work,
};
use uuid::Uuid;

use super::{
    asking::{create, instance, status},
    faults::{OLIVIA_ORTIZ, ask, person},
    world::{CARL, PRODUCTION, World, on_each_database},
};

/// A request for a resource group, which runs at once in this person's name.
async fn ask_for_group(world: &World, who: (&str, &str, &str), name: &str) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    let mut steps = Steps::new(Round::first(id));
    steps.ensure_group(&Scope::group(PRODUCTION, name), "westeurope");
    ask(world, id, steps.into_steps().remove(0), person(who)).await;
    id.to_string()
}

const CARL_COSTA: (&str, &str, &str) = (CARL, "Carl Costa", "carl@contoso.com");

#[tokio::test]
async fn whom_azure_sends_away_asks_once_for_all_their_runs_and_others_go_on() {
    on_each_database(async |world| {
        let (olivia, carl) = (world.person("olivia").await, world.person("carl").await);
        let mut requests = Vec::new();
        for name in ["dt-1", "dt-2", "dt-3"] {
            requests.push(create(&olivia, &instance(name)).await.url.path().to_owned());
        }
        let carls = create(&carl, &instance("dt-carl")).await.url.path().to_owned();
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "caller": "olivia@contoso.com", "status": 429,
                "code": "TooManyRequests", "retry_after": 90,
            }))
            .await;
        world.azure.forget_calls().await;
        while work::tick(&world.app).await.unwrap() {}
        let writes = world.azure.writes().await;
        assert_eq!(
            writes.iter().filter(|write| write.ends_with("by olivia")).count(),
            1,
            "{writes:?}"
        );
        assert!(writes.contains(&"PUT dt-carl by carl".to_owned()), "{writes:?}");
        for request in &requests {
            let page = olivia.open(request).await;
            assert!(page.says("Not yet") && page.says("tried again by itself"), "{}", page.words());
        }
        let held_up = olivia.open(&requests[2]).await;
        assert!(
            held_up.says("Azure has asked to be left alone in the name of Olivia Ortiz"),
            "{}",
            held_up.words()
        );

        // Another replica knows it too.
        let other = world.replica().await;
        world.wait(Duration::from_secs(80)).await;
        world.azure.forget_calls().await;
        while work::tick(&other).await.unwrap() || work::tick(&world.app).await.unwrap() {}
        let calls = world.azure.calls().await;
        let asked =
            calls.iter().filter(|call| call.caller.as_deref() == Some("olivia@contoso.com"));
        assert_eq!(asked.count(), 0, "{calls:?}");

        world.let_it_work().await;
        for request in &requests {
            assert_eq!(status(&olivia.open(request).await), "Verified");
        }
        assert_ne!(status(&carl.open(&carls).await), "Stopped");
        other.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn somebody_with_two_hundred_runs_keeps_nobody_waiting() {
    on_each_database(async |world| {
        let (_olivia, _carl) = (world.person("olivia").await, world.person("carl").await);
        for number in 0..200 {
            ask_for_group(world, OLIVIA_ORTIZ, &format!("rg-many-{number}")).await;
        }
        world.wait(Duration::from_secs(60)).await;
        let carls = ask_for_group(world, CARL_COSTA, "rg-carl").await;
        for _ in 0..2 {
            assert!(work::tick(&world.app).await.unwrap());
        }
        let run = world.app.store.request(&carls).await.unwrap().run;
        assert_eq!(run.state, State::Done, "it was his turn");
        // Nor does he keep her waiting: they take turns.
        for number in 0..4 {
            ask_for_group(world, CARL_COSTA, &format!("rg-carl-{number}")).await;
        }
        world.azure.forget_calls().await;
        for _ in 0..6 {
            // Turns are told apart by the time.
            world.wait(Duration::from_secs(1)).await;
            assert!(work::tick(&world.app).await.unwrap());
        }
        let writes = world.azure.writes().await;
        let carls = writes.iter().filter(|write| write.ends_with("by carl")).count();
        assert_eq!((writes.len(), carls), (6, 3), "{writes:?}");
    })
    .await;
}

#[tokio::test]
async fn whose_calls_hang_leaves_room_for_others() {
    on_each_database(async |world| {
        let (_olivia, _carl) = (world.person("olivia").await, world.person("carl").await);
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "GET", "caller": "olivia@contoso.com", "drop": "silence",
                "times": 100,
            }))
            .await;
        for number in 0..12 {
            ask_for_group(world, OLIVIA_ORTIZ, &format!("rg-hangs-{number}")).await;
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(work::run(world.app.clone(), stopped));
        let hanging = async || {
            let calls = world.azure.calls().await;
            let by = |call: &&super::azure::Call| call.caller.as_deref() == Some("olivia@contoso.com");
            calls.iter().filter(by).filter(|call| call.path.contains("rg-hangs")).count()
        };
        let patience = Duration::from_secs(15);
        let waited = async { while hanging().await < 4 {} };
        tokio::time::timeout(patience, waited).await.expect("four of hers are under way");
        let carls = ask_for_group(world, CARL_COSTA, "rg-carl").await;
        world.app.bell.notify_one();
        let done = async {
            while world.app.store.request(&carls).await.unwrap().run.state != State::Done {}
        };
        tokio::time::timeout(patience, done).await.expect("his is done while hers hang");
        assert_eq!(hanging().await, 4, "and no more of hers were begun");
        worker.abort();
        drop(stop);
    })
    .await;
}

#[tokio::test]
async fn what_a_run_has_spent_is_kept_and_a_person_gives_it_anew() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "path": "dt-slow", "times": 12, "status": 503,
                "code": "ServiceUnavailable",
            }))
            .await;
        let request = create(&olivia, &instance("dt-slow")).await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(
            page.says("tried 12 times in a row") && page.says("after 12 tries"),
            "{}",
            page.words()
        );
        let spent = world.app.store.request(&id).await.unwrap().run.spent;
        assert_eq!(spent.tries, 11, "after the last it does not wait");
        assert!(spent.waited > Duration::from_secs(10 * 60), "{spent:?}");
        olivia.press(&page, "Retry", &[]).await;
        let spent = world.app.store.request(&id).await.unwrap().run.spent;
        assert_eq!((spent.tries, spent.waited), (0, Duration::ZERO));
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Verified");
    })
    .await;
}
