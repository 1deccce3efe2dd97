//! Asking again with the form as it was, for every kind of request; and nobody else reads it that way.

use reqwest::StatusCode;

use super::{
    asking::{FACTORY_FLOOR, confirm, request_access, review, status},
    networking::{FACTORY_PAGE, change, subnet},
    people::{Browser, Page},
    troubles::asked,
    world::{NINA, PRODUCTION, World, on_each_database},
};

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// Longer than any address carries.
fn reason() -> String {
    "An & for hall 3, ж. ".repeat(90).trim_end().to_owned()
}

fn in_factory(rest: &str) -> String {
    format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/{rest}")
}

/// Asks, withdraws, follows the button and sends the form as it comes: the same is asked.
async fn again(world: &World, person: &Browser, form: &str, fields: &Fields<'_>, confirm_as: &str) {
    let reason = reason();
    let mut typed = fields.clone();
    typed.push(("justification", &reason));
    if !confirm_as.is_empty() {
        typed.push((confirm_as, "factory-floor"));
    }
    let reviewed = review(person, form, &typed).await;
    assert_eq!(reviewed.status, StatusCode::OK, "{form} {fields:?}: {}", reviewed.words());
    let page = confirm(person, &reviewed).await;
    let path = page.url.path().to_owned();
    let withdrawn = person.press(&page, "Withdraw request", &[]).await;
    assert_eq!(status(&withdrawn), "Withdrawn", "{form}");

    let link = withdrawn.html_attribute(".acts a.button", "href");
    assert!(link.starts_with(&format!("{form}?again=")), "{link}");
    let filled = person.open(&link).await;
    assert_eq!(filled.status, StatusCode::OK, "{form}: {}", filled.words());
    assert!(filled.one("#justification") == reason, "{form}: {}", filled.words());
    let anew: Vec<(&str, &str)> = match confirm_as {
        "" => Vec::new(),
        field => {
            assert_eq!(filled.html_attribute(&format!("#{field}"), "value"), "", "typed anew");
            vec![(field, "factory-floor")]
        }
    };
    let button = filled.one("form.stack > .end button");
    let second = person.press(&filled, &button, &anew).await;
    assert_eq!(second.status, StatusCode::OK, "{form}: {}", second.words());
    assert_eq!(asked(&second), asked(&reviewed), "{form} {fields:?}");
    confirm(person, &second).await;

    // Whoever decides, and whoever has nothing to do with it, finds no such form.
    for other in ["uma", "nina"] {
        let page = world.person(other).await.open(&link).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{other} at {link}");
        assert!(!page.text.contains("hall 3"), "{other} at {link}");
    }
    let id = path.rsplit('/').next().unwrap();
    let other = if form == "/tags/new" { "/roles/new" } else { "/tags/new" };
    let page = person.open(&format!("{other}?again={id}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "another kind of form");
}

#[tokio::test]
async fn every_kind_of_request_is_asked_again_with_its_form_as_it_was() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        let subnet = subnet();
        let nina = format!("User:{NINA}");
        let new = vec![
            ("subscription", PRODUCTION),
            ("resource_group", "+"),
            ("new_resource_group", "rg-hall-3"),
            ("resource_name", "dt-hall-3"),
            ("region", "westeurope"),
            ("tag_name", "team"),
            ("tag_value", "plant & paint"),
            ("connectivity", "private"),
            ("pe_name", "pe-1"),
            ("pe_subnet", &subnet),
            ("system_identity", "on"),
            ("for_me", "yes"),
            ("member", &nina),
            ("member_role", "data_reader"),
        ];
        again(world, &rita, "/instances/new", &new, "").await;
        let access =
            vec![("resource_id", FACTORY_FLOOR), ("role", "data_reader"), ("member", &nina)];
        again(world, &rita, "/access/new", &access, "").await;
        for group in ["*", "rg-factory"] {
            let raise = vec![
                ("subscription", PRODUCTION),
                ("resource_group", group),
                ("role", "contributor"),
            ];
            again(world, &rita, "/roles/new", &raise, "").await;
        }
        let tags = vec![
            ("instance", FACTORY_FLOOR),
            ("tag_name", "line"),
            ("tag_value", "3"),
            ("tag_name", "team"),
            ("tag_value", "paint"),
        ];
        again(world, &rita, "/tags/new", &tags, "").await;
        again(world, &rita, "/deletion/new", &vec![("instance", FACTORY_FLOOR)], "confirm").await;
    })
    .await;
}

#[tokio::test]
async fn a_change_of_identities_is_asked_again_as_it_was() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        let (listed, foreign) = (
            in_factory("Microsoft.ManagedIdentity/userAssignedIdentities/twins-export"),
            in_factory("Microsoft.ManagedIdentity/userAssignedIdentities/zz-not-listed"),
        );
        let fields = |change| vec![("instance", FACTORY_FLOOR), ("change", change)];
        again(world, &rita, "/identity/new", &fields("off"), "confirm").await;
        let mut associate = fields("associate");
        associate.extend([("identity", &*listed), ("resource_id", &*foreign)]);
        again(world, &rita, "/identity/new", &associate, "").await;
    })
    .await;
}

#[tokio::test]
async fn a_role_for_an_identity_is_asked_again_as_it_was() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        let scopes = [
            in_factory("Microsoft.EventHub/namespaces/contoso-factory/eventhubs/alarms"),
            in_factory("Microsoft.ServiceBus/namespaces/contoso-orders/topics/orders"),
        ]
        .join("\n");
        let sender = "2b629674-e913-4c01-ae53-ef4638d8f975";
        for (role, other) in [(sender, ""), ("other", "Reader")] {
            let fields = vec![
                ("instance", FACTORY_FLOOR),
                ("identity", "system"),
                ("role", role),
                ("other_role", other),
                ("scopes", &*scopes),
            ];
            again(world, &rita, "/identity/roles/new", &fields, "").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_networking_is_asked_again_as_it_was() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("rita").await, world.person("olivia").await);
        let subnet = subnet();
        let fields = |change| vec![("instance", FACTORY_FLOOR), ("change", change)];
        again(world, &rita, "/networking/new", &fields("disable"), "confirm_name").await;
        let by_request = vec![
            ("pe_name", "pe-plant"),
            ("pe_subnet", &*subnet),
            ("pe_approval", "manual"),
            ("pe_message", "Plant 3 needs it."),
            ("pe_dns", "no"),
        ];
        let mut add = fields("add");
        add.extend(by_request.clone());
        again(world, &rita, "/networking/new", &add, "").await;

        change(&olivia, "add", &by_request).await;
        world.let_it_work().await;
        let page: Page = rita.open(&format!("{}/networking", FACTORY_PAGE)).await;
        let link = page.html_attribute("a[href*='change=approve']", "href");
        let form = rita.open(&link).await;
        let connection = form.html_attribute("input[name=connection]", "value");
        let mut approve = fields("approve");
        approve.extend([
            ("connection", &*connection),
            ("message", "Welcome."),
            ("actions_required", "None yet."),
        ]);
        again(world, &rita, "/networking/new", &approve, "").await;
        let mut remove = fields("remove");
        remove.push(("connection", &connection));
        again(world, &rita, "/networking/new", &remove, "").await;
    })
    .await;
}

#[tokio::test]
async fn a_removal_of_a_role_assignment_is_asked_again_as_it_was() {
    on_each_database(async |world| {
        let (rita, nina, uma) =
            (world.person("rita").await, world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&format!("{}/access", FACTORY_PAGE)).await;
        let link = page.html_attribute("a[href^='/access/remove?']", "href");
        let form = rita.open(&link).await;
        let assignment = form.html_attribute("input[name=assignment]", "value");
        again(world, &rita, "/access/remove", &vec![("assignment", &*assignment)], "").await;
    })
    .await;
}

#[tokio::test]
async fn a_form_is_wanted_of_a_request_that_is_none() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        for id in ["x", "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa", "%00", "../x"] {
            let page = rita.open(&format!("/tags/new?again={id}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
        // A form that was sent is read as it was sent, whatever stands beside it.
        let page = rita.send("/tags/new", &[("again", "x"), ("go", "back")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    })
    .await;
}
