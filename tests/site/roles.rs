//! A role of one's own: what it is in each subscription, who can help, and having it raised.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    asking::{OFFERED, access, confirm, review, status},
    people::{Browser, Page},
    world::{DEVELOPMENT, NINA, PRODUCTION, World, on_each_database, under_policy},
};

const RBAC: &str = "role_based_access_control_administrator";

fn typed<'a>(group: &'a str, role: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("subscription", PRODUCTION),
        ("resource_group", group),
        ("role", role),
        ("justification", "I set up the twins of hall 3."),
    ]
}

async fn raise(person: &Browser, group: &str, role: &str) -> Page {
    let page = review(person, "/roles/new", &typed(group, role)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    confirm(person, &page).await
}

/// What Azure has of this role at this scope for Carl.
async fn assigned(world: &World, scope: &str, role: &str) -> Vec<Value> {
    let all = world.azure.world().await["role_assignments"].as_array().unwrap().clone();
    let carl = simulator::world::demo::CARL;
    all.into_iter()
        .filter(|row| row["scope"] == scope && row["principal"] == carl && row["role"] == role)
        .collect()
}

fn group(name: &str) -> String {
    format!("/subscriptions/{PRODUCTION}/resourceGroups/{name}")
}

#[tokio::test]
async fn a_contributor_has_their_role_raised_and_proceeds_alone() {
    on_each_database(async |world| {
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let page = review(&carl, "/roles/new", &typed("rg-factory", RBAC)).await;
        assert!(page.says("It waits for approval"), "{}", page.words());
        assert!(page.says("GuidEquals {bcd981a7-7f74-457b-83e1-cceb9e632ffe, d57506d4-4c8d-48b1-8587-93c323f6a5a3}"));
        assert!(!page.says("This reaches far"), "it is the narrow one");
        let request = confirm(&carl, &page).await.url.path().to_owned();
        assert!(world.azure.writes().await.is_empty());

        assert!(olivia.open("/approvals").await.says("Role Based Access Control Administrator on rg-factory"));
        let page = olivia.open(&request).await;
        assert!(page.says("limited by a condition to the two Azure Digital Twins data roles"));
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(!page.has("#copy-host"), "there is no instance to verify");
        let made = assigned(world, &group("rg-factory"), "f58310d9-a9f6-439a-9e8d-f62e7b41a168").await;
        assert_eq!(made.len(), 1);
        assert_eq!((&made[0]["principal_type"], &made[0]["condition_version"]), (&json!("User"), &json!("2.0")));
        assert!(made[0]["condition"].as_str().unwrap().contains("roleAssignments/delete"), "{}", made[0]);

        // Now he grants the data role himself, as the article's first reader did.
        world.wait(std::time::Duration::from_secs(61)).await;
        let fields = access("data_owner");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = review(&carl, "/access/new", &fields).await;
        assert!(page.says("Everything runs at once, in your name"), "{}", page.words());
        let request = confirm(&carl, &page).await.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Verified");
    })
    .await;
}

#[tokio::test]
async fn who_decides_sees_how_wide_a_role_is_and_what_would_do_instead() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        for (role, wide) in [
            ("owner", "change and delete everything in the whole subscription Contoso Production"),
            ("user_access_administrator", "make themselves Owner of it"),
        ] {
            let page = review(&carl, "/roles/new", &typed("*", role)).await;
            assert!(page.says("This reaches far") && page.says(wide), "{}", page.words());
            assert!(page.says("Somebody who may assign roles at Contoso Production decides."));
            let request = confirm(&carl, &page).await.url.path().to_owned();
            let page = uma.open(&request).await;
            assert!(
                page.says(wide) && page.says("Role Based Access Control Administrator"),
                "{}",
                page.words()
            );
            let page =
                uma.press(&page, "Reject", &[("reason", "Too wide for one instance.")]).await;
            assert_eq!(status(&page), "Rejected");
        }
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_told_and_nothing_is_wide_by_mistake() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let page = review(&carl, "/roles/new", &typed("", "data_owner")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Choose the role that you need."), "{}", page.words());
        assert!(page.says("or the whole subscription"), "{}", page.words());
        assert!(page.says("I set up the twins of hall 3."), "what was typed is there");
        let page = review(&carl, "/roles/new", &typed("rg-twins", "contributor")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says("There is nothing to ask for: you hold Contributor there already."),
            "{}",
            page.words()
        );
        assert!(page.has("button.primary[disabled]"));
        let page = review(&carl, "/roles/new", &typed("rg-nowhere", "owner")).await;
        assert!(page.says("Azure knows no resource group rg-nowhere there."), "{}", page.words());
        assert!(page.has("button.primary[disabled]"));
    })
    .await;
}

#[tokio::test]
async fn a_role_is_raised_for_oneself_only() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let mut fields = typed("rg-twins", "owner");
        let other = format!("User:{NINA}");
        fields.extend([("member", other.as_str()), ("principal", NINA), ("for_me", "")]);
        let page = review(&carl, "/roles/new", &fields).await;
        let request = confirm(&carl, &page).await.url.path().to_owned();
        let page = carl.open(&request).await;
        assert!(
            page.says("Assign Owner to Carl Costa") && !page.text.contains(NINA),
            "{}",
            page.words()
        );
    })
    .await;
}

#[tokio::test]
async fn who_may_assign_roles_raises_their_own_at_once_and_others_wait() {
    under_policy(OFFERED, async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = raise(&uma, "rg-twins", "contributor").await.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&uma.open(&request).await), "Done");
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);

        // It stands with her roles, and she gives it back.
        let page = uma.open(&format!("/subscriptions/{PRODUCTION}")).await;
        assert!(page.says("Assigned to you · Resource group rg-twins"), "{}", page.words());
        let to = page.html_attribute("a[href*='resourceGroups%2Frg-twins']", "href");
        let page = uma.open(&to).await;
        let page = uma.press(&page, "Review + remove", &[("justification", "Done.")]).await;
        assert!(page.says("Everything runs at once, in your name"), "{}", page.words());
        let back = confirm(&uma, &page).await.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&uma.open(&back).await), "Done");
        let left = world.azure.world().await["role_assignments"].to_string();
        assert!(!left.contains(&request.replace("/requests/", "")), "{left}");

        let form = nina.open(&format!("/roles/new?subscription={PRODUCTION}")).await;
        assert!(form.has("#resource_group option[value='rg-factory']"), "the policy offers it");
        let request = raise(&nina, "rg-twins", "contributor").await.url.path().to_owned();
        assert_eq!(status(&nina.open(&request).await), "Waiting for approval");
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Done");
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_held_under_another_condition_is_not_what_was_approved() {
    on_each_database(async |world| {
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let request = raise(&carl, "rg-twins", RBAC).await.url.path().to_owned();
        // Somebody assigns the same role meanwhile, and without the limit.
        let role = "Role Based Access Control Administrator";
        world
            .azure
            .tell(
                "/role-assignments",
                json!({
                    "principal": "carl@contoso.com", "role": role, "scope": group("rg-twins"),
                }),
            )
            .await;
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(
            page.says("OtherCondition") && page.says("not limited by a condition"),
            "{}",
            page.words()
        );
        assert!(world.azure.writes().await.is_empty());
        // Once that one is gone, the approved one is made.
        let id = assigned(world, &group("rg-twins"), "f58310d9-a9f6-439a-9e8d-f62e7b41a168").await;
        assert_eq!(id.len(), 1);
        world.azure.forget_role("carl@contoso.com", role, &group("rg-twins")).await;
        let page = carl.open(&request).await;
        carl.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
    })
    .await;
}

#[tokio::test]
async fn an_approver_limited_by_a_condition_is_told_so_in_azures_words() {
    under_policy(OFFERED, async |world| {
        let (carl, olivia, nina) =
            (world.person("carl").await, world.person("olivia").await, world.person("nina").await);
        let request = raise(&carl, "rg-twins", RBAC).await.url.path().to_owned();
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        // Azure's permissions say that Carl may assign roles; the condition says which.
        let request = raise(&nina, "rg-twins", "contributor").await.url.path().to_owned();
        world.wait(std::time::Duration::from_secs(61)).await;
        let page = carl.open(&request).await;
        assert!(page.says("This cannot be approved by you"), "{}", page.words());
        assert!(page.has("form[action$='/approval'] button[disabled]"));
        // Nor does he make himself Owner: that waits for somebody else.
        let page = review(&carl, "/roles/new", &typed("rg-twins", "owner")).await;
        assert!(page.says("It waits for approval"), "{}", page.words());
        assert!(page.says("Not held by you, a condition limits your role"), "{}", page.words());

        // Conditions that the portal does not know are Azure's to tell.
        let page = olivia.open(&request).await;
        world.azure.fail(json!({
            "service": "arm", "method": "PUT", "path": "roleAssignments", "status": 403, "code": "AuthorizationFailed",
            "message": "The client 'olivia@contoso.com' with object id 'x' has an authorization with ABAC condition that is not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/write' over scope 'y' or the scope is invalid.",
        })).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("an authorization with ABAC condition that is not fulfilled"), "{}", page.words());
        assert!(page.says("somebody without that limit can decide"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn each_sees_their_role_in_each_subscription_and_what_it_lets_them_do() {
    on_each_database(async |world| {
        for (who, role, lets) in [
            ("carl", "Contributor", "Create instances; somebody else assigns roles"),
            ("olivia", "Owner", "Create instances and assign roles"),
            ("uma", "User Access Administrator", "Assign roles; somebody else creates instances"),
            ("rita", "Reader", "Neither create instances nor assign roles"),
        ] {
            let person = world.person(who).await;
            world.azure.forget_calls().await;
            let page = person.open("/subscriptions").await;
            assert_eq!(page.all("td[data-label='My role']"), [role], "{}", page.words());
            assert_eq!(page.all("td[data-label='Lets me']"), [lets]);
            assert_eq!(page.all("td[data-label='Subscription ID']"), [PRODUCTION]);
            // The subscriptions, the roles, and two questions about the one.
            assert_eq!(world.azure.calls().await.len(), 4);
        }
        let paul = world.person("paul").await;
        let page = paul.open("/subscriptions").await;
        assert_eq!(
            page.all("td[data-label='My role']"),
            ["Ownerthrough a group"],
            "{}",
            page.words()
        );
        let page = paul.open(&format!("/subscriptions/{DEVELOPMENT}")).await;
        assert!(page.says("Through the group Platform Team"), "{}", page.words());
        let greg = world.person("greg").await;
        assert!(
            greg.open("/subscriptions").await.says("Neither create instances nor assign roles")
        );
        let nina = world.person("nina").await;
        assert!(nina.open("/subscriptions").await.says("Azure shows you no subscription"));
    })
    .await;
}

#[tokio::test]
async fn who_can_help_is_named_or_azure_says_why_not() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let address = format!("/subscriptions/{PRODUCTION}");
        let page = carl.open(&address).await;
        let helpers = page.all("#help .rows li");
        assert_eq!(helpers.len(), 2, "{}", page.words());
        assert!(helpers[0].contains("Olivia Ortiz") && helpers[0].contains("Owner"), "{helpers:?}");
        assert!(
            helpers[1].contains("Uma Usher") && helpers[1].contains("User Access Administrator")
        );
        assert!(page.has(&format!("a[href='/roles/new?subscription={PRODUCTION}']")));
        let paul = world.person("paul").await;
        let page = paul.open(&format!("/subscriptions/{DEVELOPMENT}")).await;
        assert!(page.one("#help .rows li").contains("Platform Team"), "{}", page.words());
        // Somebody without a role there is told what Azure said, and that they need not know.
        let nina = world.person("nina").await;
        let page = nina.open(&address).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says("Azure does not let you see that (AuthorizationFailed)."),
            "{}",
            page.words()
        );
        assert!(page.says("You need not know them") && !page.says("Olivia"), "{}", page.words());
        assert_eq!(nina.open("/subscriptions/nonsense").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_roles_stand_while_azure_is_down() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        world.azure.fail(json!({ "service": "arm", "times": 1000, "status": 503, "code": "ServiceUnavailable", "message": "Down." })).await;
        for path in ["/subscriptions".to_owned(), format!("/subscriptions/{PRODUCTION}")] {
            let page = carl.open(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.words());
            assert!(page.says("Azure does not show your subscriptions"), "{}", page.words());
        }
        let page = carl.open("/roles/new").await;
        assert!(page.has("form[action='/roles/new']"), "{}", page.words());
    })
    .await;
}
