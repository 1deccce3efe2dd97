//! Asking for an instance and for access: the first cases of Microsoft's article, and what goes
//! wrong on the way.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    people::{Browser, Page},
    world::{NINA, PRODUCTION, World, on_each_database, under_policy},
};

/// What the portal offers to people who see no subscription.
pub const OFFERED: &str = r#"
[[subscription]]
id = "a1b2c3d4-0000-4000-8000-000000000001"
name = "Contoso Production"
resource_groups = ["rg-twins", "rg-factory"]
regions = ["westeurope", "northeurope"]
create_resource_group = true
"#;

/// "Create instance" in rg-twins with the Data Owner role for oneself, as typed.
pub fn instance(name: &str) -> Vec<(&str, &str)> {
    vec![
        ("subscription", PRODUCTION),
        ("resource_group", "rg-twins"),
        ("resource_name", name),
        ("region", "westeurope"),
        ("for_me", "yes"),
        ("justification", "A twin of the press line."),
    ]
}

pub async fn review(person: &Browser, form: &str, fields: &[(&str, &str)]) -> Page {
    let mut fields = fields.to_vec();
    fields.push(("go", "review"));
    person.send(form, &fields).await
}

/// Reviews and sends it; the page of the new request.
pub async fn create(person: &Browser, fields: &[(&str, &str)]) -> Page {
    let page = review(person, "/instances/new", fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    confirm(person, &page).await
}

pub async fn confirm(person: &Browser, review: &Page) -> Page {
    let page = person.press(review, &go(review), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert!(page.url.path().starts_with("/requests/"), "at {}: {}", page.url, page.words());
    page
}

/// What the button of the review page says: it depends on what happens at once.
fn go(review: &Page) -> String {
    review.one("main form > .end button.primary")
}

/// Asks for a role on `factory-floor` for oneself.
pub async fn request_access(person: &Browser, role: &str) -> Page {
    let fields = access(role);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = review(person, "/access/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    confirm(person, &page).await
}

pub const FACTORY_FLOOR: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor";

pub fn access(role: &str) -> Vec<(&'static str, String)> {
    [
        ("resource_id", FACTORY_FLOOR),
        ("role", role),
        ("for_me", "yes"),
        ("justification", "I model the floor."),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

pub fn status(page: &Page) -> String {
    page.one("[data-progress-url] .top .badge")
}

#[tokio::test]
async fn an_owner_is_served_at_once() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = create(&olivia, &instance("dt-olivia")).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-olivia by olivia", "PUT roleAssignment by olivia"]
        );
        let made = world.azure.instance("dt-olivia").await.unwrap();
        let host = made["host"].as_str().unwrap();
        assert_eq!(page.one("#copy-host"), host);
        assert_eq!(
            (page.one("#copy-name"), page.one("#copy-group")),
            ("dt-olivia".into(), "rg-twins".into())
        );
        assert_eq!(world.azure.assignments_at("dt-olivia").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_contributor_gets_the_instance_now_while_the_grant_waits_for_a_user_access_administrator()
{
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let page = create(&carl, &instance("dt-carl")).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Waiting for approval");
        assert_eq!(world.azure.writes().await, ["PUT dt-carl by carl"]);
        assert!(carl.open(&request).await.has("#copy-host"), "the instance is there already");

        let queue = uma.open("/approvals").await;
        assert_eq!(queue.all("tbody th a"), ["Create instance dt-carl"]);
        let page = uma.open(&request).await;
        let page = uma.press(&page, "Approve", &[]).await;
        assert!(page.says("Approved. The plan is being carried out."), "{}", page.words());
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-carl by carl", "PUT roleAssignment by uma"]
        );
        assert_eq!(status(&carl.open(&request).await), "Verified");
        assert!(uma.open("/approvals").await.says("Nothing waits for your decision"));
    })
    .await;
}

#[tokio::test]
async fn somebody_without_rights_waits_for_everything_and_an_approver_sees_what_they_lack() {
    under_policy(OFFERED, async |world| {
        let (nina, uma, olivia) =
            (world.person("nina").await, world.person("uma").await, world.person("olivia").await);
        let shown = review(&nina, "/instances/new", &instance("dt-nina")).await;
        assert!(shown.says("Not checked"), "what Azure hides from her is said: {}", shown.words());
        let page = create(&nina, &instance("dt-nina")).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());

        // Uma may assign roles and not create: she sees it, and cannot approve it.
        let page = uma.open(&request).await;
        assert!(
            page.says("Microsoft.DigitalTwins/digitalTwinsInstances/write"),
            "{}",
            page.words()
        );
        assert!(page.says("neither you nor Nina Novak hold"), "{}", page.words());
        assert!(page.has("form[action$='/approval'] button[disabled]"));
        let plan = page.html_attribute("input[name=plan]", "value");
        let forced = uma.send(&format!("{request}/approval"), &[("plan", &plan)]).await;
        assert_eq!(forced.status, StatusCode::CONFLICT);
        assert!(forced.says("Microsoft.DigitalTwins/digitalTwinsInstances/write"));

        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-nina by olivia", "PUT roleAssignment by olivia"]
        );
        assert_eq!(status(&nina.open(&request).await), "Verified");
        let made = world.azure.instance("dt-nina").await.unwrap();
        assert_eq!(made["tags"]["requested-by"], "nina@contoso.com");
        let granted = world.azure.assignments_at("dt-nina").await;
        assert!(granted[0].to_string().contains(NINA), "{granted:?}");
    })
    .await;
}

#[tokio::test]
async fn a_role_on_one_instance_takes_away_nothing_that_is_offered() {
    under_policy(OFFERED, async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let page = request_access(&nina, "data_reader").await;
        let page = uma.open(page.url.path()).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        // Azure shows her the subscription now, and still nothing in it.
        let page = nina.open(&format!("/instances/new?subscription={PRODUCTION}")).await;
        let groups = page.all("select#resource_group option");
        assert!(groups.contains(&"rg-twins".to_owned()), "{groups:?} {}", page.words());
        assert!(page.has("select#region option[value=westeurope]"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_is_what_is_sent() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let mut fields = instance("dt-exact");
        fields.extend([("tag_name", "team"), ("tag_value", "Größe & \"Käse\"")]);
        let page = create(&nina, &fields).await;
        let page = olivia.open(page.url.path()).await;
        let shown = page.html();
        let exact = scraper::Selector::parse("pre[aria-label^='Exact text']").unwrap();
        let shown: Vec<String> = shown.select(&exact).map(|found| found.text().collect()).collect();
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let sent: Vec<serde_json::Value> = world
            .azure
            .calls()
            .await
            .into_iter()
            .filter(|call| call.method == "PUT")
            .map(|call| call.body)
            .collect();
        let shown: Vec<serde_json::Value> =
            shown.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert_eq!(sent, shown);
        assert_eq!(sent[0]["tags"]["team"], "Größe & \"Käse\"");
    })
    .await;
}

#[tokio::test]
async fn a_new_resource_group_is_made_first() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let mut fields = instance("dt-new");
        fields.retain(|(name, _)| *name != "resource_group");
        fields.push(("new_resource_group", "rg-new"));
        let page = create(&olivia, &fields).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(page.url.path()).await), "Verified");
        assert_eq!(
            world.azure.writes().await,
            ["PUT rg-new by olivia", "PUT dt-new by olivia", "PUT roleAssignment by olivia"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_provider_is_registered_where_it_is_not_yet() {
    on_each_database(async |world| {
        let paul = world.person("paul").await;
        let mut fields = instance("dt-paul");
        fields.retain(|(name, _)| !["subscription", "resource_group"].contains(name));
        fields.extend([
            ("subscription", super::world::DEVELOPMENT),
            ("resource_group", "rg-sandbox"),
        ]);
        let page = create(&paul, &fields).await;
        world.let_it_work().await;
        let page = paul.open(page.url.path()).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(world.azure.writes().await[0], "POST register by paul");
    })
    .await;
}

#[tokio::test]
async fn access_is_asked_for_approved_and_verified() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let page = request_access(&nina, "data_reader").await;
        let request = page.url.path().to_owned();
        assert_eq!(status(&page), "Waiting for approval");
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Verified", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        assert!(page.one("#copy-host").contains("digitaltwins"));
    })
    .await;
}

#[tokio::test]
async fn a_double_click_makes_one_request() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let page = review(&carl, "/instances/new", &instance("dt-twice")).await;
        let first = confirm(&carl, &page).await;
        let second = confirm(&carl, &page).await;
        assert_eq!(first.url.path(), second.url.path());
        assert_eq!(carl.open("/requests").await.all("tbody th a").len(), 1);
        world.let_it_work().await;
        assert_eq!(world.azure.writes().await, ["PUT dt-twice by carl"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_asks_under_the_id_of_somebody_elses_request() {
    on_each_database(async |world| {
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let page = review(&carl, "/instances/new", &instance("dt-mine")).await;
        confirm(&carl, &page).await;
        let stolen = olivia.press(&page, &go(&page), &[]).await;
        assert_ne!(stolen.status, StatusCode::OK, "{}", stolen.words());
        assert!(olivia.open("/requests").await.all("tbody th a").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_as_typed_with_the_reason_at_each_field() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let mut fields = instance("-bad-");
        fields.retain(|(name, _)| *name != "justification");
        fields.extend([
            ("justification", ""),
            ("tag_name", "a/b"),
            ("tag_value", "typed <b>value</b>"),
        ]);
        let page = review(&carl, "/instances/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("[role=alert] a[href='#resource_name']"), "{}", page.words());
        assert!(page.has("[role=alert] a[href='#justification']"));
        assert_eq!(page.html_attribute("input[name=resource_name]", "value"), "-bad-");
        assert_eq!(page.html_attribute("input[name=tag_value]", "value"), "typed <b>value</b>");
        assert!(page.one("#resource_name-error").contains("3 to 63"));
        assert!(carl.open("/requests").await.all("tbody th a").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_taken_is_found_before_it_is_asked_for() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let mut fields = instance("factory-floor");
        fields.retain(|(name, _)| *name != "resource_group");
        fields.push(("resource_group", "rg-factory"));
        let page = review(&olivia, "/instances/new", &fields).await;
        assert!(page.says("already") || page.says("exists"), "{}", page.words());
        let asked = page.has("form[action='/instances'] button.primary:not([disabled])");
        assert!(!asked, "it could still be asked for");
    })
    .await;
}

#[tokio::test]
async fn azure_may_be_down_and_the_form_is_not_lost() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(
                json!({ "service": "arm", "times": 1000, "status": 503, "code": "ServerTimeout" }),
            )
            .await;
        let mut fields = instance("dt-kept");
        fields.push(("go", "basics"));
        let page = olivia.send("/instances/new", &fields).await;
        assert!([502, 503, 504].contains(&page.status.as_u16()), "{}", page.status);
        assert_eq!(page.html_attribute("input[name=resource_name]", "value"), "dt-kept");
        assert!(page.says("ServerTimeout"), "{}", page.words());
        world.azure.mend().await;
        assert_eq!(
            review(&olivia, "/instances/new", &instance("dt-kept")).await.status,
            StatusCode::OK
        );
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_name_and_their_names_come_from_the_directory() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let found = carl.open("/people?q=nov").await;
        assert!(found.text.contains("Nina Novak") && found.text.contains(NINA), "{}", found.text);
        let member = format!("User:{NINA}");
        let mut fields = instance("dt-for-nina");
        fields.retain(|(name, _)| *name != "for_me");
        fields.extend([
            ("member", member.as_str()),
            ("member_role", "data_reader"),
            ("member_name", "Olivia Ortiz"),
        ]);
        let page = create(&carl, &fields).await;
        let page = uma.open(page.url.path()).await;
        assert!(
            page.says("Assign Azure Digital Twins Data Reader to Nina Novak"),
            "{}",
            page.words()
        );
        assert!(!page.says("Olivia Ortiz"));
    })
    .await;
}

/// What the first of those found is, and how many they are.
async fn told_to(person: &Browser, name: &str, language: &str) -> (String, String) {
    let request = person.raw("GET", &format!("/people?q={name}"));
    let answer = person.exchange(request.header("accept-language", language)).await;
    let told: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let what = told["results"][0]["what"].as_str().unwrap_or_default().to_owned();
    (what, told["found"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn who_is_found_is_told_from_namesakes_in_the_readers_words() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let told = async |name: &str, language: &str| told_to(&carl, name, language).await;
        // Who may read basic profiles alone sees no department.
        let basic = "User · Guest · gail@fabrikam.com";
        assert_eq!(told("gail", "en").await, (basic.into(), "1 found".into()));
        world.azure.tell("/consent", json!({ "grant": ["User.Read.All"] })).await;
        let carl = world.person("carl").await;
        let told = async |name: &str, language: &str| told_to(&carl, name, language).await;
        let (guest, gast) = (
            "User · Guest · gail@fabrikam.com · Fabrikam",
            "Benutzer · Gast · gail@fabrikam.com · Fabrikam",
        );
        assert_eq!(told("gail", "en").await, (guest.into(), "1 found".into()));
        assert_eq!(told("gail", "de").await, (gast.into(), "1 gefunden".into()));
        assert_eq!(told("platform", "de").await.0, "Gruppe");
        assert_eq!(told("nobody%20here", "en").await, (String::new(), "0 found".into()));
        // Too short to be looked for: nothing was found out.
        assert_eq!(told("g", "en").await, (String::new(), String::new()));
        // Where no script asks, the form says the same.
        let page = carl.send("/access/new", &[("find", "gail"), ("go", "find")]).await;
        assert!(page.says(guest), "{}", page.words());
        let request = carl.raw("POST", "/access/new").header("sec-fetch-site", "same-origin");
        let request = request.form(&[("find", "gail"), ("go", "find")]);
        let page = carl.exchange(request.header("accept-language", "de")).await;
        assert!(page.says(gast), "{}", page.words());
        assert!(page.says("Zugriff anfordern") && !page.says("Request access"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn an_object_id_works_where_graph_refuses() {
    on_each_database(async |world: &World| {
        world.azure.tell("/consent", json!({ "withdraw": ["User.ReadBasic.All", "GroupMember.Read.All", "Application.Read.All"] })).await;
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let member = format!("User:{NINA}");
        let mut fields = instance("dt-by-id");
        fields.retain(|(name, _)| *name != "for_me");
        fields.extend([("member", member.as_str()), ("member_role", "data_owner")]);
        let page = create(&carl, &fields).await;
        let page = uma.open(page.url.path()).await;
        assert!(page.says(NINA), "{}", page.words());
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(world.azure.assignments_at("dt-by-id").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_offer_binds_those_who_cannot_see_the_subscription_and_nobody_else() {
    under_policy(OFFERED, async |world| {
        let (nina, olivia) = (world.person("nina").await, world.person("olivia").await);
        let mut fields = instance("dt-east");
        fields.retain(|(name, _)| *name != "region");
        fields.push(("region", "eastus"));
        let page = review(&nina, "/instances/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.one("#region-error").contains("westeurope"), "{}", page.words());
        assert_eq!(review(&olivia, "/instances/new", &fields).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_tags_that_the_policy_requires_stand_in_the_form_and_are_asked_for() {
    under_policy("[tags.required]\ncostCenter = \"Cost centre, four digits\"\n", async |world| {
        let olivia = world.person("olivia").await;
        let blank = olivia.open("/instances/new").await;
        assert!(blank.has("input[name=tag_name][value=costCenter][readonly]"), "{}", blank.text);
        assert!(blank.says("Required. Cost centre, four digits"), "{}", blank.words());

        let mut typed = instance("dt-tagged");
        typed.extend([("tag_name", "costCenter"), ("tag_value", "")]);
        let refused = review(&olivia, "/instances/new", &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("costCenter"), "{}", refused.words());
        assert!(refused.has("input[name=resource_name][value=dt-tagged]"), "nothing is lost");

        // What is wrong stands at its row, whichever that is by now, and the summary leads there.
        typed.splice(typed.len() - 2.., [("tag_name", ""), ("tag_value", "hall 3")]);
        typed.extend([("tag_name", "costCenter"), ("tag_value", "")]);
        let refused = review(&olivia, "/instances/new", &typed).await;
        for field in ["tag-1", "tag-name-2"] {
            let marked = format!("#{field}[aria-invalid][aria-describedby~={field}-error]");
            assert!(refused.has(&marked), "{field}: {}", refused.text);
            assert!(refused.has(&format!("#{field}-error")), "{field}");
            assert!(refused.has(&format!(".notice a[href='#{field}']")), "{field}");
        }
        assert_eq!(refused.html_attribute("#tag-2", "value"), "hall 3", "nothing is lost");

        typed.truncate(typed.len() - 4);
        typed.extend([("tag_name", "costCenter"), ("tag_value", "4711")]);
        let reviewed = review(&olivia, "/instances/new", &typed).await;
        assert_eq!(reviewed.status, StatusCode::OK, "{}", reviewed.words());
        assert!(reviewed.says("Tag costCenter") && reviewed.says("4711"), "{}", reviewed.words());
    })
    .await;
}
