//! Access control (IAM): who has access and why, and taking it away.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    asking::{FACTORY_FLOOR, confirm, request_access, review, status},
    people::{Browser, Page},
    working::work_and_die,
    world::{NINA, OLIVIA, PRODUCTION, World, on_each_database},
};

const PLACE: &str =
    "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor/access";

/// Nina asks, Uma decides; the request's address.
async fn granted(world: &World, nina: &Browser, uma: &Browser) -> String {
    let request = request_access(nina, "data_reader").await.url.path().to_owned();
    let page = uma.open(&request).await;
    uma.press(&page, "Approve", &[]).await;
    world.let_it_work().await;
    assert_eq!(status(&nina.open(&request).await), "Verified");
    request
}

/// The form behind the button Remove of the only assignment made on the instance.
async fn removal(person: &Browser) -> Page {
    let page = person.open(PLACE).await;
    let to = page.html_attribute("a[href^='/access/remove?']", "href");
    person.open(&to).await
}

async fn review_removal(person: &Browser) -> Page {
    let page = removal(person).await;
    let why = [("justification", "She has moved to another plant.")];
    person.press(&page, "Review + remove", &why).await
}

async fn remove(person: &Browser) -> String {
    let page = review_removal(person).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    confirm(person, &page).await.url.path().to_owned()
}

async fn held(world: &World) -> usize {
    world.azure.assignments_at("factory-floor").await.len()
}

#[tokio::test]
async fn who_has_access_is_shown_with_where_it_comes_from() {
    on_each_database(async |world| {
        let (nina, uma, rita) =
            (world.person("nina").await, world.person("uma").await, world.person("rita").await);
        let request = granted(world, &nina, &uma).await;
        world.azure.forget_calls().await;
        let page = rita.open(PLACE).await;
        let rows = page.all("tbody tr");
        assert_eq!(rows.len(), 7, "{rows:?}");
        assert!(rows[0].starts_with("Nina Novak"), "{}", rows[0]);
        for words in [
            "Azure Digital Twins Data Reader",
            "This resource",
            "by Uma Usher",
            "1 request rests on it",
            "Remove",
        ] {
            assert!(rows[0].contains(words), "{words} in {}", rows[0]);
        }
        // Rita reads role assignments; the requests behind them are not hers to see.
        assert!(!page.has(&format!("a[href='{request}']")) && !page.says("Request of"));
        assert_eq!(rita.open(&request).await.status, StatusCode::NOT_FOUND);
        let owner = rows.iter().find(|row| row.starts_with("Olivia Ortiz")).unwrap();
        assert!(owner.contains("including the ability to assign roles in Azure RBAC"), "{owner}");
        assert!(page.says("Owner is not Data Owner"), "{}", page.words());
        assert!(
            owner.contains("Owner") && owner.contains("Subscription (inherited)Contoso Production"),
            "{owner}"
        );
        assert!(!owner.contains("Remove"), "what is inherited is removed where it was assigned");
        assert!(
            rows.iter().any(|row| row.contains("Greg Gruber")
                && row.contains("Resource group (inherited)rg-factory")),
            "{rows:?}"
        );
        assert_eq!(world.azure.calls().await.len(), 5, "however many rows there are");
        let page = uma.open(PLACE).await;
        assert!(page.has(&format!("tbody tr a[href='{request}']")), "{}", page.words());
        assert!(page.says("Request of Nina Novak") && !page.says("rests on it"));
        // Her data role does not let Nina see who else has one.
        let page = nina.open(PLACE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Azure does not show you this instance"), "{}", page.words());
        assert!(page.says("Reading role assignments needs a role"), "{}", page.words());
        assert!(!page.says("Olivia Ortiz"));
    })
    .await;
}

#[tokio::test]
async fn access_of_anybody_is_checked_directly_through_groups_and_from_above() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        world.azure.tell("/role-assignments", json!({
            "principal": simulator::world::demo::TWINS_BUILDERS, "role": "Azure Digital Twins Data Reader", "scope": FACTORY_FLOOR,
        })).await;
        let check = format!("{PLACE}/check");
        let page = rita.open(&format!("{check}?find=nina")).await;
        let to = page.html_attribute(".found a", "href");
        let page = rita.open(&to).await;
        assert!(page.says("Through the group Twins Builders · This resource"), "{}", page.words());
        assert!(page.says("Reads the data") && page.says("Does not change the data"), "{}", page.words());

        let page = rita.open(&format!("{check}?principal=User:{OLIVIA}")).await;
        assert!(page.says("Owner is not Data Owner") && page.says("Does not read the data"), "{}", page.words());
        assert!(page.says("Assigned directly · Subscription (inherited)"), "{}", page.words());
        let grant = page.html_attribute("section a[href^='/access/new?']", "href");
        let form = rita.open(&grant).await;
        assert!(form.one(".chips").contains("Olivia Ortiz"), "{}", form.words());
        assert!(!form.has("#for_me[checked]"), "it is for her and not for Rita");

        let page = rita.open(&format!("{check}?principal=Group:{}", simulator::world::demo::TWINS_BUILDERS)).await;
        assert!(page.says("Assigned directly") && page.says("Only what is assigned to the group itself"), "{}", page.words());
        let page = rita.open(&format!("{check}?find=87d349ed-44d7-43e1-9a83-5f2406dee5bd")).await;
        assert!(page.says("No role reaches them here.") && page.says("not named by the directory"), "{}", page.words());
        assert!(rita.open(&format!("{check}?find=x")).await.says("Type at least two letters."));
        assert!(rita.open(&format!("{check}?principal=nonsense")).await.says("That is no object ID."));
        let page = rita.open(&format!("{PLACE}/roles")).await;
        let rows = page.all("tbody tr");
        assert!(rows[0].contains("Azure Digital Twins Data Reader") && rows[0].contains("Reads"), "{rows:?}");
        let owner = rows.iter().find(|row| row.starts_with("Owner")).unwrap();
        assert!(owner.contains("No access") && owner.contains("Manages") && owner.contains("Assigns"), "{owner}");
    })
    .await;
}

#[tokio::test]
async fn a_role_is_taken_away_and_whoever_relies_on_it_is_named_first() {
    on_each_database(async |world| {
        let (nina, uma, rita) =
            (world.person("nina").await, world.person("uma").await, world.person("rita").await);
        granted(world, &nina, &uma).await;
        let page = review_removal(&rita).await;
        let warned = "Nina Novak relies on it: “Azure Digital Twins Data Reader on factory-floor”";
        assert!(page.says("1 request rests on it."), "{}", page.words());
        assert!(
            !page.says("relies on it") && !page.says("I model the floor."),
            "not Rita's to read"
        );
        assert!(page.says("It waits for approval"), "{}", page.words());
        assert!(page.says("Microsoft.Authorization/roleAssignments/delete"), "{}", page.words());
        let request = confirm(&rita, &page).await.url.path().to_owned();
        let page = uma.open(&request).await;
        assert!(
            page.says(warned) && page.says("because: I model the floor."),
            "who decides reads it: {}",
            page.words()
        );
        let own = rita.open(&request).await;
        assert!(own.says("1 request rests on it.") && !own.says("I model the floor."));
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(held(world).await, 0);
        let writes = world.azure.writes().await;
        assert_eq!(writes.last().unwrap(), "DELETE roleAssignment by uma");
        assert!(!rita.open(PLACE).await.has("a[href^='/access/remove?']"));
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_already_is_not_removed_again() {
    on_each_database(async |world| {
        let (nina, uma, rita) =
            (world.person("nina").await, world.person("uma").await, world.person("rita").await);
        granted(world, &nina, &uma).await;
        let form = removal(&rita).await;
        let request = remove(&rita).await;
        world
            .azure
            .forget_role("nina@contoso.com", "Azure Digital Twins Data Reader", FACTORY_FLOOR)
            .await;
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("it was so already, nothing was written"), "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        let late = rita.press(&form, "Review + remove", &[("justification", "x")]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.says("it has been removed already"), "{}", late.words());
        assert!(
            rita.open("/access/remove?assignment=nonsense")
                .await
                .says("Choose the role assignment")
        );
    })
    .await;
}

#[tokio::test]
async fn requests_that_share_one_assignment_are_all_named() {
    on_each_database(async |world| {
        let (nina, olivia, rita) =
            (world.person("nina").await, world.person("olivia").await, world.person("rita").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        let member = format!("User:{NINA}");
        let fields = [
            ("resource_id", FACTORY_FLOOR),
            ("role", "data_reader"),
            ("member", &*member),
            ("justification", "For the night shift."),
        ];
        let page = review(&olivia, "/access/new", &fields).await;
        confirm(&olivia, &page).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(held(world).await, 1);
        let page = review_removal(&rita).await;
        assert!(page.says("2 requests share this one role assignment"), "{}", page.words());
        assert!(page.says("2 requests rest on it.") && !page.says("For the night shift."));
        let page = review_removal(&olivia).await;
        assert!(
            page.says("Olivia Ortiz asked for it too") && page.says("For the night shift."),
            "{}",
            page.words()
        );
        assert!(page.says("Nina Novak relies on it"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_role_granted_anew_is_not_what_was_approved_to_be_removed() {
    on_each_database(async |world| {
        let (nina, uma, rita) =
            (world.person("nina").await, world.person("uma").await, world.person("rita").await);
        granted(world, &nina, &uma).await;
        let old = remove(&rita).await;
        // Uma removes it at once herself, and grants it anew: the same name, for it stands for the same.
        let before = world.azure.assignments_at("factory-floor").await;
        remove(&uma).await;
        world.let_it_work().await;
        assert_eq!(held(world).await, 0);
        world.wait(std::time::Duration::from_secs(5)).await;
        granted(world, &nina, &uma).await;
        let anew = world.azure.assignments_at("factory-floor").await;
        assert_eq!(before[0]["name"], anew[0]["name"]);
        let page = uma.open(&old).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&old).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("was made anew since, and was left alone"), "{}", page.words());
        assert_eq!(world.azure.assignments_at("factory-floor").await, anew);
    })
    .await;
}

#[tokio::test]
async fn a_removal_is_done_once_however_often_its_worker_dies() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        granted(world, &nina, &uma).await;
        let request = remove(&uma).await;
        work_and_die(world, &world.app, "DELETE", "roleAssignments").await;
        world.wait(std::time::Duration::from_secs(61)).await;
        world.azure.mend().await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(
            page.says("done, perhaps by the call in the name of Uma Usher"),
            "no answer came, and nothing tells who removed it: {}",
            page.words()
        );
        assert_eq!(held(world).await, 0);
        let deletes = world.azure.writes().await;
        assert_eq!(deletes, ["DELETE roleAssignment by uma"]);
    })
    .await;
}

#[tokio::test]
async fn a_lock_is_told_in_azures_words_with_what_to_do_next() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        granted(world, &nina, &uma).await;
        let message = format!("The scope '{FACTORY_FLOOR}' cannot perform delete operation because following scope(s) are locked: '{FACTORY_FLOOR}'. Please remove the lock and try again.");
        world.azure.fail(json!({
            "service": "arm", "method": "DELETE", "path": "roleAssignments", "status": 409,
            "code": "ScopeLocked", "message": message,
        })).await;
        let request = remove(&uma).await;
        world.let_it_work().await;
        let page = uma.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("ScopeLocked") && page.says("Please remove the lock and try again."), "{}", page.words());
        assert!(page.says("A lock protects the place. Remove the lock, retry, and put the lock back."), "{}", page.words());
        assert_eq!(held(world).await, 1);
        uma.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!((status(&uma.open(&request).await).as_str(), held(world).await), ("Done", 0));
    })
    .await;
}

#[tokio::test]
async fn the_last_who_may_assign_roles_is_not_removed() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world.azure.take_role("uma@contoso.com", "User Access Administrator").await;
        let page = olivia.open(&format!("/subscriptions/{PRODUCTION}")).await;
        let to = page.html_attribute("a[href^='/access/remove?']", "href");
        let form = olivia.open(&to).await;
        assert!(form.says("Owner"), "{}", form.words());
        let page = olivia.press(&form, "Review + remove", &[("justification", "I leave.")]).await;
        assert!(page.says("It is a role of your own."), "{}", page.words());
        let request = confirm(&olivia, &page).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("Cannot delete the last RBAC admin assignment"), "{}", page.words());
        assert!(
            page.says("Assign Owner or User Access Administrator on the subscription to somebody else first"),
            "{}",
            page.words()
        );
    })
    .await;
}

#[tokio::test]
async fn a_member_whom_the_directory_does_not_know_is_tried_for_a_while_and_then_told() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let fields = [
            ("resource_id", FACTORY_FLOOR),
            ("role", "data_reader"),
            ("member", "ServicePrincipal:87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
            ("justification", "For the new connector."),
        ];
        let page = review(&olivia, "/access/new", &fields).await;
        let request = confirm(&olivia, &page).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(
            page.says("PrincipalNotFound") && page.says("does not exist in the directory"),
            "{}",
            page.words()
        );
        assert!(
            page.says("Somebody made a moment ago is known after some minutes"),
            "{}",
            page.words()
        );
    })
    .await;
}

#[tokio::test]
async fn a_role_that_somebody_assigned_in_the_meantime_counts_as_held() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_reader").await.url.path().to_owned();
        world.azure.fail(json!({
            "service": "arm", "method": "PUT", "path": "roleAssignments", "status": 409, "code": "RoleAssignmentExists",
            "message": "The role assignment already exists. The ID of the existing role assignment is 40000000aaaa40008000000000000001.",
        })).await;
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert!(page.says("Azure says that Nina Novak holds this role there already."), "{}", page.words());
        assert!(page.says("it was so already, nothing was written"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_access_stand_while_azure_is_down() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        world.azure.fail(json!({ "service": "arm", "times": 1000, "status": 503, "code": "ServiceUnavailable", "message": "Down." })).await;
        for path in ["", "/check", "/check?find=nina", "/roles"] {
            let page = rita.open(&format!("{PLACE}{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.words());
            assert!(page.has("h1"), "{path}");
        }
        let removal = format!("/access/remove?assignment={FACTORY_FLOOR}/providers/Microsoft.Authorization/roleAssignments/40000000-aaaa-4000-8000-000000000001");
        let page = rita.open(&removal).await;
        assert_eq!(page.status.as_u16(), 503, "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn managed_identities_are_told_from_other_service_principals_and_everybody_has_a_name() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        let reader = "Azure Digital Twins Data Reader";
        let bridge = simulator::world::demo::SENSOR_BRIDGE;
        for who in ["factory-sync", bridge] {
            world
                .azure
                .tell(
                    "/role-assignments",
                    json!({ "principal": who, "role": reader, "scope": FACTORY_FLOOR }),
                )
                .await;
        }
        let rows = rita.open(PLACE).await.all("tbody tr th");
        assert!(rows.contains(&"sensor-bridgeManaged identity".to_owned()), "{rows:?}");
        assert!(rows.contains(&"factory-syncService principal".to_owned()), "{rows:?}");
        let page = rita.open(&format!("{PLACE}/check?principal={bridge}")).await;
        assert!(page.says("Managed identity · object ID"), "{}", page.words());
        let place = PLACE.trim_end_matches("/access");
        let sheet = rita.open(&format!("{place}/sheet.txt")).await.text;
        assert!(sheet.contains("sensor-bridge (Managed identity)"), "{sheet}");
        // As many as it takes: each has a name, twenty in each question to the directory.
        for at in 0..110 {
            let person = json!({ "upn": format!("guest{at}@contoso.com"), "name": format!("Guest {at:03}") });
            let person = world.azure.tell("/people", person).await;
            let row = json!({ "principal": person["id"], "role": reader, "scope": FACTORY_FLOOR });
            world.azure.tell("/role-assignments", row).await;
        }
        world.azure.forget_calls().await;
        let sheet = rita.open(&format!("{place}/sheet.txt")).await.text;
        assert_eq!(sheet.matches("Guest 1").count(), 10, "{sheet}");
        assert_eq!(sheet.matches("Guest ").count(), 110, "{sheet}");
        assert!(!sheet.contains("not named by the directory"), "{sheet}");
        assert!(world.azure.calls().await.len() < 14, "in batches");
    })
    .await;
}

#[tokio::test]
async fn all_that_somebody_holds_here_is_removed_in_one_request() {
    on_each_database(async |world| {
        let (nina, uma, rita) =
            (world.person("nina").await, world.person("uma").await, world.person("rita").await);
        granted(world, &nina, &uma).await;
        for role in ["Azure Digital Twins Data Owner", "Reader"] {
            let row = json!({ "principal": NINA, "role": role, "scope": FACTORY_FLOOR });
            world.azure.tell("/role-assignments", row).await;
        }
        let page = rita.open(&format!("{PLACE}/check?principal=User:{NINA}")).await;
        assert!(page.says("Remove all of their roles here"), "{}", page.words());
        let to = page.html_attribute("a[href^='/access/remove?']", "href");
        let page = rita.open(PLACE).await;
        assert!(page.says("Remove all roles of Nina Novak here"), "{}", page.words());
        assert!(page.has("a.quiet[href^='/access/remove?'][href*='&assignment=']"));
        let form = rita.open(&to).await;
        assert_eq!(form.all("input[name=assignment][checked]").len(), 3, "{}", form.words());
        assert!(
            form.says("Azure Digital Twins Data Reader: 1 request rests on it."),
            "{}",
            form.words()
        );
        let page =
            rita.press(&form, "Review + remove", &[("justification", "She has left.")]).await;
        assert!(page.says("The 3 role assignments are there, as shown."), "{}", page.words());
        let request = confirm(&rita, &page).await.url.path().to_owned();
        assert_eq!(rita.open(&request).await.one("h1"), "Remove 3 roles from Nina Novak");
        // One of them is gone meanwhile; the others go all the same.
        world.azure.forget_role("nina@contoso.com", "Reader", FACTORY_FLOOR).await;
        let page = uma.open(&request).await;
        assert!(page.says("Nina Novak relies on it"), "{}", page.words());
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(held(world).await, 0);
        let deletes = world.azure.writes().await;
        assert_eq!(deletes[1..], ["DELETE roleAssignment by uma", "DELETE roleAssignment by uma"]);
    })
    .await;
}

#[tokio::test]
async fn roles_of_two_people_are_not_removed_in_one_request() {
    on_each_database(async |world| {
        let rita = world.person("rita").await;
        for who in [NINA, OLIVIA] {
            let row = json!({ "principal": who, "role": "Reader", "scope": FACTORY_FLOOR });
            world.azure.tell("/role-assignments", row).await;
        }
        let made = world.azure.assignments_at("factory-floor").await;
        let ids: Vec<String> = made
            .iter()
            .map(|row| {
                let name = row["name"].as_str().unwrap();
                format!("{FACTORY_FLOOR}/providers/Microsoft.Authorization/roleAssignments/{name}")
            })
            .collect();
        let mut fields: Vec<(&str, &str)> =
            ids.iter().map(|id| ("assignment", id.as_str())).collect();
        fields.push(("justification", "Both have left."));
        let page = review(&rita, "/access/remove", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Remove the roles of one principal at one scope"), "{}", page.words());
        assert!(page.says("Both have left."), "what was typed is there");
    })
    .await;
}
