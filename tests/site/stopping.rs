//! Told to stop, the program is gone within ten seconds, says so to whoever sends people there, and
//! leaves nothing lying: what is under way is finished, or given back for another to go on with.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use twindesk::work;

use super::{
    asking::{create, instance, status},
    people::client,
    program::{PATIENCE, Running, but},
    world::{World, on_each_database},
};

/// A replica as a process of its own, which works by the real clock.
fn replica(world: &World, more: &[(&str, &str)]) -> Running {
    let own =
        but(world.settings(), &[("TWINDESK_LISTEN", "127.0.0.1:0"), ("TWINDESK_DRAIN", "1ms")]);
    Running::start(&["serve"], &but(&own, more))
}

/// Waits until Azure has got a call with this method for something with this in its path.
async fn called(world: &World, method: &str, path: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let calls = world.azure.calls().await;
        if calls.iter().any(|call| call.method == method && call.path.contains(path)) {
            return;
        }
        assert!(Instant::now() < end, "{calls:?}");
    }
}

#[tokio::test]
async fn a_step_that_azure_keeps_waiting_is_given_back_and_another_goes_on_at_once() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "path": "digitalTwinsInstances", "drop": "silence",
            }))
            .await;
        let request = create(&olivia, &instance("dt-slow")).await.url.path().to_owned();
        let mut replica = replica(world, &[]);
        replica.hears(" ready ");
        called(world, "PUT", "dt-slow").await;
        let (ended, heard) = tokio::task::spawn_blocking(|| replica.stop()).await.unwrap();
        assert!(ended.success(), "{ended}: {heard:#?}");
        assert!(heard.iter().any(|line| line.contains("gave a step back")), "{heard:#?}");

        // Our clock has not moved, so the lease would hold for another minute.
        assert!(work::tick(&world.app).await.unwrap(), "another takes it at once");
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-slow by olivia", "PUT roleAssignment by olivia"]
        );
        let told = page.all(".timeline li").into_iter().filter(|entry| {
            entry.contains("Create the instance dt-slow") && entry.contains("done in the name")
        });
        assert_eq!(told.count(), 1, "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_step_that_azure_answers_in_time_is_finished() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PUT", "path": "digitalTwinsInstances", "delay_ms": 1500,
            }))
            .await;
        create(&olivia, &instance("dt-late")).await;
        let mut replica = replica(world, &[]);
        replica.hears(" ready ");
        called(world, "PUT", "dt-late").await;
        let began = Instant::now();
        let (ended, heard) = tokio::task::spawn_blocking(|| replica.stop()).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(7), "no longer than it takes");
        assert!(ended.success(), "{ended}: {heard:#?}");
        let said = |words| heard.iter().position(|line: &String| line.contains(words));
        assert!(said("stopping") < said("tried a step"), "{heard:#?}");
        assert!(said("gave a step back").is_none(), "{heard:#?}");
        assert_eq!(world.azure.writes().await, ["PUT dt-late by olivia"]);
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-late by olivia", "PUT roleAssignment by olivia"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_load_balancer_is_told_before_the_door_is_shut() {
    on_each_database(async |world| {
        let mut replica = replica(world, &[("TWINDESK_DRAIN", "4s")]);
        let address = replica.address();
        let ask = async |path: &str| client().get(format!("http://{address}{path}")).send().await;
        assert_eq!(ask("/health/ready").await.unwrap().status(), StatusCode::OK);

        replica.tell_to_stop();
        replica.hears("stopping");
        let told = ask("/health/ready").await.unwrap();
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        let told: Value = told.json().await.unwrap();
        assert_eq!(told, json!({ "ready": false, "stopping": true }));
        assert_eq!(ask("/health/live").await.unwrap().status(), StatusCode::OK);
        assert_eq!(ask("/signed-out").await.unwrap().status(), StatusCode::OK);

        let (ended, heard) = tokio::task::spawn_blocking(|| replica.ended()).await.unwrap();
        assert!(ended.success(), "{ended}: {heard:#?}");
        assert!(ask("/health/live").await.is_err(), "nobody is let in any more");
    })
    .await;
}
