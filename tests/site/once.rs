//! What was approved, once and no more: nothing is sent again that Azure has taken, nothing is done
//! to another than was approved, and done is said only of what serves.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use twindesk::work;

use super::{
    asking::{FACTORY_FLOOR, create, instance, request_access, status},
    instances::write,
    networking::{change, connection_states, subnet},
    people::Browser,
    working::{LEASE, work_and_die},
    world::{DEVELOPMENT, PRODUCTION, World, on_each_database},
};

const READER: &str = "Azure Digital Twins Data Reader";

async fn approve(person: &Browser, request: &str) {
    let page = person.open(request).await;
    person.press(&page, "Approve", &[]).await;
}

/// Somebody deletes factory-floor and makes another of its name.
async fn make_anew(world: &World) {
    write(world, Method::DELETE, FACTORY_FLOOR, "2023-01-31", None).await;
    let anew = json!({ "location": "westeurope" });
    write(world, Method::PUT, FACTORY_FLOOR, "2023-01-31", Some(anew)).await;
    world.azure.forget_calls().await;
}

#[tokio::test]
async fn public_access_that_azure_shows_late_is_set_once() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({ "service": "arm", "method": "PATCH", "path": "factory-floor", "stale_reads": 4 }))
            .await;
        let page = change(&olivia, "disable", &[("confirm_name", "factory-floor")]).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by olivia"]);
    })
    .await;
}

#[tokio::test]
async fn a_role_taken_away_meanwhile_is_granted_again_only_by_a_retry() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        approve(&uma, &request).await;
        world
            .azure
            .fail(json!({ "service": "arm", "method": "PUT", "path": "roleAssignments", "stale_reads": 1 }))
            .await;
        assert!(work::tick(&world.app).await.unwrap());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        world.azure.forget_role("nina@contoso.com", READER, FACTORY_FLOOR).await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("does not show the role assignment"), "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        assert!(world.azure.assignments_at("factory-floor").await.is_empty());
        uma.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&uma.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn an_instance_that_is_gone_again_is_not_made_a_second_time() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-gone")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap());
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "GET", "path": "digitalTwinsInstances/dt-gone",
                "times": 100, "status": 404, "code": "ResourceNotFound", "message": "gone",
            }))
            .await;
        world.let_it_work().await;
        world.azure.mend().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("does not show the instance dt-gone"), "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT dt-gone by olivia"]);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_never_arrived_is_sent_again() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        approve(&uma, &request).await;
        world
            .azure
            .fail(json!({ "service": "arm", "method": "PUT", "path": "roleAssignments", "drop": "before" }))
            .await;
        world.let_it_work().await;
        assert_eq!(status(&uma.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn a_private_endpoint_whose_connection_was_turned_away_is_not_done() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("rita").await, world.person("olivia").await);
        let subnet = subnet();
        let typed = [("pe_name", "pe-plant"), ("pe_subnet", &*subnet), ("pe_dns", "no")];
        let request = change(&rita, "add", &typed).await.url.path().to_owned();
        change(&olivia, "add", &typed).await;
        world.let_it_work().await;
        change(&olivia, "reject", &[]).await;
        world.let_it_work().await;
        assert_eq!(connection_states(world).await, ["Rejected"]);
        world.azure.forget_calls().await;
        approve(&olivia, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("its connection is Rejected"), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_automatic_approval_that_does_not_come_is_waited_for_and_told() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("rita").await, world.person("olivia").await);
        let subnet = subnet();
        let automatic = [("pe_name", "pe-plant"), ("pe_subnet", &*subnet), ("pe_dns", "no")];
        let by_request = [&automatic[..], &[("pe_approval", "manual"), ("pe_message", "please")]];
        let request = change(&rita, "add", &automatic).await.url.path().to_owned();
        change(&olivia, "add", &by_request.concat()).await;
        world.let_it_work().await;
        assert_eq!(connection_states(world).await, ["Pending"]);
        approve(&olivia, &request).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("is Pending instead of Approved"), "{}", page.words());
        change(&olivia, "approve", &[]).await;
        world.let_it_work().await;
        olivia.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Done");
    })
    .await;
}

#[tokio::test]
async fn what_was_approved_for_an_instance_is_not_done_to_another_of_its_name() {
    on_each_database(async |world| {
        let (rita, uma, olivia) =
            (world.person("rita").await, world.person("uma").await, world.person("olivia").await);
        let subnet = subnet();
        let access = request_access(&rita, "data_owner").await.url.path().to_owned();
        let confirmed = [("confirm_name", "factory-floor")];
        let closing = change(&rita, "disable", &confirmed).await.url.path().to_owned();
        let typed = [("pe_name", "pe-plant"), ("pe_subnet", &*subnet), ("pe_dns", "no")];
        let adding = change(&rita, "add", &typed).await.url.path().to_owned();
        make_anew(world).await;
        for (decider, request) in [(&uma, &access), (&olivia, &closing), (&olivia, &adding)] {
            approve(decider, request).await;
            world.let_it_work().await;
            let page = rita.open(request).await;
            assert_eq!(status(&page), "Stopped", "{}", page.words());
            assert!(page.says("That one was left alone"), "{}", page.words());
        }
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn public_access_that_became_another_than_approved_is_told() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-closed")).await.url.path().to_owned();
        assert!(work::tick(&world.app).await.unwrap());
        world.wait(Duration::from_secs(60)).await;
        let made =
            FACTORY_FLOOR.replace("rg-factory", "rg-twins").replace("factory-floor", "dt-closed");
        let closed = json!({ "properties": { "publicNetworkAccess": "Disabled" } });
        write(world, Method::PATCH, &made, "2023-01-31", Some(closed)).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert!(
            page.says("Public network access is Disabled and not Enabled as approved"),
            "{}",
            page.words()
        );
    })
    .await;
}

/// Olivia asks for an instance in a group that is to be made; the first try of that comes to this
/// fault, and then somebody else makes the group. What the history says of the step.
async fn group_made_by_others(world: &World, fault: serde_json::Value) -> String {
    let olivia = world.person("olivia").await;
    let mut fault = fault;
    fault["service"] = json!("arm");
    fault["method"] = json!("PUT");
    fault["path"] = json!("resourceGroups/rg-new");
    world.azure.fail(fault).await;
    let mut fields = instance("dt-new");
    fields.retain(|(name, _)| *name != "resource_group");
    fields.push(("new_resource_group", "rg-new"));
    let request = create(&olivia, &fields).await.url.path().to_owned();
    assert!(work::tick(&world.app).await.unwrap());
    let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-new");
    let body = json!({ "location": "westeurope" });
    write(world, Method::PUT, &group, "2021-04-01", Some(body)).await;
    world.let_it_work().await;
    let page = olivia.open(&request).await;
    assert_eq!(status(&page), "Verified", "{}", page.words());
    let told = page.all(".timeline li");
    let group = told.into_iter().find(|entry| entry.contains("Create the resource group rg-new”:"));
    group.unwrap()
}

#[tokio::test]
async fn what_azure_refused_is_not_told_as_written() {
    on_each_database(async |world| {
        let told = group_made_by_others(world, json!({ "status": 409, "code": "Conflict" })).await;
        assert!(told.contains("it was so already, nothing was written"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_answered_is_told_as_perhaps_written() {
    on_each_database(async |world| {
        let told = group_made_by_others(world, json!({ "drop": "before" })).await;
        assert!(told.contains("done, perhaps by the call in the name of Olivia Ortiz"), "{told}");
        assert!(told.contains("somebody else may have been faster"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_registration_whose_worker_dies_is_not_begun_twice() {
    on_each_database(async |world| {
        let paul = world.person("paul").await;
        let mut fields = instance("dt-paul");
        fields.retain(|(name, _)| !["subscription", "resource_group"].contains(name));
        fields.extend([("subscription", DEVELOPMENT), ("resource_group", "rg-sandbox")]);
        let request = create(&paul, &fields).await.url.path().to_owned();
        world.azure.settings(json!({ "registration_seconds": 300 })).await;
        work_and_die(world, &world.app, "POST", "/register").await;
        world.wait(LEASE).await;
        world.let_it_work().await;
        assert_eq!(status(&paul.open(&request).await), "Verified");
        let writes = world.azure.writes().await;
        assert_eq!(writes.iter().filter(|write| *write == "POST register by paul").count(), 1);
    })
    .await;
}
