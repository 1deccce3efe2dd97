//! Entra's numbers, each from its natural cause; what hints and ages of sign-ins do.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use simulator::Options;
use simulator::entra::applications::AZURE_CLI;
use simulator::world::demo::{CARL, CLIENT_ID, NINA, OLIVIA};

use crate::{ARM, Azure, CALLBACK, GRAPH, Got, TWINS, claims, member, redirected};

const ARM_APP: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

/// A browser with its cookie.
struct Browser<'a> {
    azure: &'a Azure,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn of(azure: &'a Azure) -> Self {
        Self { azure, cookie: String::new() }
    }

    async fn go(&mut self, more: &[(&str, &str)], form: &[(&str, &str)]) -> Response {
        let url = self.azure.authorize(more);
        let request = self.azure.client.post(url).header("cookie", &self.cookie);
        let response = request.form(form).send().await.unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            self.cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        response
    }

    /// Signs in and returns the tokens.
    async fn sign_in(&mut self, oid: &str) -> Value {
        let response = self.go(&[("prompt", "login")], &[("person", oid)]).await;
        let code = member(&redirected(&response), "code");
        self.azure.redeem(&code).await.body
    }

    /// The error of `prompt=none`, with the number at its head.
    async fn silent(&mut self, more: &[(&str, &str)]) -> (String, String) {
        let response = self.go(&[more, &[("prompt", "none")]].concat(), &[]).await;
        assert_eq!(response.status(), 302);
        let to = response.headers()["location"].to_str().unwrap().to_owned();
        assert!(to.starts_with(CALLBACK), "{to}");
        let found = redirected(&response);
        assert_eq!(member(&found, "state"), "st");
        let text = member(&found, "error_description");
        assert!(text.contains("Trace ID: ") && text.contains("Correlation ID: "), "{text}");
        let number = text.split(':').next().unwrap().to_owned();
        assert_eq!(
            member(&found, "error_uri"),
            format!(
                "https://login.microsoftonline.com/error?code={}",
                number.trim_start_matches("AADSTS")
            )
        );
        (member(&found, "error"), number)
    }

    async fn page(&mut self, more: &[(&str, &str)], form: &[(&str, &str)]) -> String {
        self.go(more, form).await.text().await.unwrap()
    }
}

fn refused(got: &Got) -> (u16, &str, Option<&str>, Vec<u64>) {
    let numbers = got.body["error_codes"].as_array().unwrap();
    (
        got.status.as_u16(),
        got.body["error"].as_str().unwrap(),
        got.body["suberror"].as_str(),
        numbers.iter().filter_map(Value::as_u64).collect(),
    )
}

fn interaction(number: u32) -> (String, String) {
    ("interaction_required".to_owned(), format!("AADSTS{number}"))
}

/// One more person, with these members.
async fn add_mona(azure: &Azure, more: Value) {
    let mut person = json!({"upn": "mona@contoso.com", "id": MONA});
    person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let got = azure.admin(Method::POST, "/people", person).await;
    assert_eq!(got.status, 201, "{}", got.text);
}

const MONA: &str = "10000000-aaaa-4000-8000-0000000000aa";

#[tokio::test]
async fn a_policy_about_devices_goes_by_the_persons_device() {
    let azure = Azure::start().await;
    let carl = azure.tokens_of("carl@contoso.com", &[]).await;
    let mut browser = Browser::of(&azure);
    browser.sign_in(CARL).await;
    for (require, number, text) in [
        ("device", 50097, "Device authentication is required."),
        ("compliant", 53000, "Device is not in required device state: compliant."),
        ("joined", 53001, "Device is not in required device state: domain_joined."),
        ("token_protection", 530084, "blocked by conditional access token protection policy"),
        ("block", 53003, "Access has been blocked by Conditional Access policies."),
    ] {
        azure.set(json!({"conditional_access": [{"require": require}]})).await;
        let got = azure.refresh(&carl, ARM).await;
        assert_eq!(
            refused(&got),
            (400, "invalid_grant", Some("message_only"), vec![number]),
            "{require}"
        );
        assert!(got.body["error_description"].as_str().unwrap().contains(text), "{}", got.text);
        let claims = got.body["claims"].as_str().map(|text| {
            serde_json::from_str::<Value>(text).unwrap()["access_token"]["polids"]["essential"]
                .clone()
        });
        let named = [50097, 53000, 53001].contains(&number);
        assert_eq!(claims, named.then(|| json!(true)), "{require}");
        let page = browser.go(&[], &[]).await;
        assert_eq!(page.status(), 403);
        assert!(page.text().await.unwrap().contains(&format!("AADSTS{number}:")));
        assert_eq!(browser.silent(&[]).await, interaction(number as u32), "{require}");
    }
    azure.set(json!({"conditional_access": [{"require": "compliant"}]})).await;
    add_mona(&azure, json!({"device": "compliant"})).await;
    let mona = azure.tokens_of("mona@contoso.com", &[]).await;
    assert_eq!(azure.refresh(&mona, ARM).await.status, 200);
    azure.set(json!({"conditional_access": [{"require": "device"}]})).await;
    assert_eq!(azure.refresh(&mona, ARM).await.status, 200);
    azure.set(json!({"conditional_access": [{"require": "joined"}]})).await;
    assert_eq!(refused(&azure.refresh(&mona, ARM).await).3, [53001]);
}

#[tokio::test]
async fn a_second_factor_is_missing_not_set_up_or_too_old() {
    let azure = Azure::start().await;
    let olivia = azure.tokens_of("olivia@contoso.com", &[]).await;
    add_mona(&azure, json!({"mfa_registered": false})).await;
    let mona = azure.tokens_of("mona@contoso.com", &[]).await;
    let mut known = Browser::of(&azure);
    known.sign_in(OLIVIA).await;
    let mut new = Browser::of(&azure);
    new.sign_in(MONA).await;
    let claims = r#"{"access_token":{"acrs":{"essential":true,"values":["c1"]}}}"#;
    assert_eq!(known.silent(&[("claims", claims)]).await, interaction(50074));

    azure.set(json!({"conditional_access": [{"require": "mfa"}], "mfa_seconds": 600})).await;
    let step_up = |number| (400, "interaction_required", Some("basic_action"), vec![number]);
    let got = azure.refresh(&olivia, ARM).await;
    assert_eq!(refused(&got), step_up(50076));
    let text = got.body["error_description"].as_str().unwrap();
    assert!(
        text.contains(&format!("you must use multi-factor authentication to access '{ARM_APP}'.")),
        "{text}"
    );
    let wanted: Value = serde_json::from_str(got.body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(wanted["access_token"]["polids"]["essential"], true);
    assert_eq!(known.silent(&[]).await, interaction(50076));

    let got = azure.refresh(&mona, ARM).await;
    assert_eq!(refused(&got), step_up(50079));
    let text = got.body["error_description"].as_str().unwrap();
    assert!(text.contains("you must enroll in multi-factor authentication"), "{text}");
    assert_eq!(new.silent(&[]).await, interaction(50072));
    assert!(new.page(&[], &[]).await.contains("Set it up and sign in"));
    let code = member(&redirected(&new.go(&[], &[("mfa", "approve")]).await), "code");
    let tokens = azure.redeem(&code).await.body;
    assert_eq!(azure.refresh(&tokens, ARM).await.status, 200);

    azure.later(600).await;
    let got = azure.refresh(&tokens, ARM).await;
    assert_eq!(refused(&got), step_up(50078));
    let text = got.body["error_description"].as_str().unwrap();
    assert!(text.contains("Presented multi-factor authentication has expired"), "{text}");
    assert_eq!(new.silent(&[]).await, interaction(50078));
    let page = new.page(&[], &[]).await;
    assert!(page.contains("Approve sign-in") && !page.contains("Set it up"), "{page}");
    assert_eq!(new.go(&[], &[("mfa", "approve")]).await.status(), 302);
}

#[tokio::test]
async fn who_is_not_assigned_is_told_so_in_silence_too() {
    let azure = Azure::start().await;
    let mut browser = Browser::of(&azure);
    browser.sign_in(NINA).await;
    azure.set(json!({"assignment_required": true})).await;
    assert_eq!(browser.silent(&[]).await, interaction(50105));
}

#[tokio::test]
async fn silence_does_not_choose_between_people() {
    let azure = Azure::start().await;
    let mut browser = Browser::of(&azure);
    browser.sign_in(OLIVIA).await;
    let silent = [("prompt", "none")];
    let one = browser.go(&silent, &[]).await;
    assert!(redirected(&one).iter().any(|(name, _)| name == "code"));
    let carl = browser.sign_in(CARL).await;
    assert_eq!(browser.silent(&[]).await, interaction(16000));
    let page = browser.page(&[], &[]).await;
    assert!(page.contains("Pick an account"), "with a page the person chooses");
    let sid = claims(&carl["id_token"])["sid"].as_str().unwrap().to_owned();
    for (more, oid) in
        [([("login_hint", "olivia@contoso.com")], OLIVIA), ([("sid", sid.as_str())], CARL)]
    {
        let response = browser.go(&[&more[..], &silent].concat(), &[]).await;
        let tokens = azure.redeem(&member(&redirected(&response), "code")).await.body;
        assert_eq!(claims(&tokens["id_token"])["oid"], oid);
    }
    let hint = claims(&carl["id_token"])["login_hint"].as_str().unwrap().to_owned();
    let out = format!("{}?logout_hint={hint}", azure.entra("logout"));
    let out = azure.client.get(out).header("cookie", &browser.cookie).send().await.unwrap();
    browser.cookie =
        out.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let left = browser.go(&silent, &[]).await;
    let tokens = azure.redeem(&member(&redirected(&left), "code")).await.body;
    assert_eq!(claims(&tokens["id_token"])["oid"], OLIVIA, "Olivia is still signed in");
    let out = format!("{}?logout_hint=nina@contoso.com", azure.entra("logout"));
    azure.client.get(out).header("cookie", &browser.cookie).send().await.unwrap();
    assert_eq!(browser.silent(&[]).await, ("login_required".into(), "AADSTS50058".into()));
}

#[tokio::test]
async fn a_client_that_asks_again_and_again_is_stopped() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    for n in 0..15 {
        assert_eq!(azure.refresh(&tokens, ARM).await.status, 200, "{n}");
    }
    let got = azure.refresh(&tokens, ARM).await;
    assert_eq!(refused(&got), (400, "invalid_grant", None, vec![50196]));
    assert!(
        got.body["error_description"].as_str().unwrap().contains("encountered a loop"),
        "{}",
        got.text
    );
    assert_eq!(azure.refresh(&tokens, TWINS).await.status, 200, "it was for one thing only");
    azure.later(301).await;
    assert_eq!(azure.refresh(&tokens, ARM).await.status, 200);
}

#[tokio::test]
async fn a_disabled_application_is_not_an_unknown_one() {
    let file = std::env::temp_dir().join(format!("simulator-{}-disabled.json", std::process::id()));
    let off = "c0000000-0000-4000-8000-00000000000f";
    let world = json!({
        "people": [{"upn": "ada@example.org"}],
        "applications": [{"client_id": off, "name": "old", "client_secret": "s", "disabled": true,
            "redirect_uris": [CALLBACK]}],
    });
    std::fs::write(&file, world.to_string()).unwrap();
    let azure = Azure::with(Options { world: Some(file.clone()), ..Options::default() }).await;
    std::fs::remove_file(&file).unwrap();
    let page = azure.client.get(azure.authorize(&[("client_id", off)])).send().await.unwrap();
    assert_eq!(page.status(), 400);
    let page = page.text().await.unwrap();
    assert!(
        page.contains(&format!("AADSTS70001: Application &#39;{off}&#39; is disabled.")),
        "{page}"
    );
    let fields = [
        ("client_id", off),
        ("client_secret", "s"),
        ("grant_type", "client_credentials"),
        ("scope", GRAPH),
    ];
    let got = azure.token(&fields).await;
    assert_eq!(refused(&got), (400, "unauthorized_client", None, vec![70001]));
    let unknown = azure.token(&[&fields[1..], &[("client_id", "x")]].concat()).await;
    assert_eq!(refused(&unknown), (400, "unauthorized_client", None, vec![700016]));
}

#[tokio::test]
async fn common_does_not_take_passwords() {
    let azure = Azure::start().await;
    let form = [
        ("client_id", AZURE_CLI),
        ("grant_type", "password"),
        ("username", "olivia@contoso.com"),
        ("password", "Twindesk1!"),
        ("scope", ARM),
    ];
    let url = azure.at("/entra/common/oauth2/v2.0/token");
    let got = Got::from(azure.client.post(url).form(&form).send().await.unwrap()).await;
    assert_eq!(refused(&got), (400, "invalid_request", None, vec![90010]));
    assert!(
        got.body["error_description"]
            .as_str()
            .unwrap()
            .contains("The grant type is not supported over the /common or /consumers endpoints."),
        "{}",
        got.text
    );
}

#[tokio::test]
async fn a_fault_has_entras_own_body() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    let wanted = json!({"access_token": {"polids": {"essential": true, "values": ["p"]}}});
    let rule = json!({"service": "entra", "path": "/token", "code": "interaction_required", "aadsts": 50158,
        "suberror": "additional_action", "claims": wanted, "message": "External security challenge was not satisfied."});
    azure.admin(Method::POST, "/faults", rule).await;
    let got = azure.refresh(&tokens, ARM).await;
    assert_eq!(
        refused(&got),
        (400, "interaction_required", Some("additional_action"), vec![50158])
    );
    let told: Value = serde_json::from_str(got.body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(told, wanted, "claims are a text of JSON");
    let text = got.body["error_description"].as_str().unwrap();
    assert!(
        text.starts_with("AADSTS50158: External security challenge was not satisfied. Trace ID: ")
    );
    assert!(text.contains(got.body["trace_id"].as_str().unwrap()));
    assert!(text.ends_with(got.body["timestamp"].as_str().unwrap()));
    assert_eq!(got.body["error_uri"], "https://login.microsoftonline.com/error?code=50158");
}

#[tokio::test]
async fn a_fault_at_authorize_goes_back_to_the_application() {
    let azure = Azure::start().await;
    let mut browser = Browser::of(&azure);
    browser.sign_in(NINA).await;
    let rule = json!({"service": "entra", "path": "/authorize", "code": "temporarily_unavailable", "aadsts": 90033,
        "message": "A transient error has occurred. Please try again."});
    azure.admin(Method::POST, "/faults", rule).await;
    let found = redirected(&browser.go(&[("prompt", "none")], &[]).await);
    assert_eq!(member(&found, "error"), "temporarily_unavailable");
    assert!(
        member(&found, "error_description").starts_with(
            "AADSTS90033: A transient error has occurred. Please try again. Trace ID:"
        )
    );
    assert_eq!(member(&found, "state"), "st");
    let rule = json!({"service": "entra", "path": "/authorize", "aadsts": 50011});
    azure.admin(Method::POST, "/faults", rule).await;
    let foreign = browser.go(&[("redirect_uri", "https://evil.example/")], &[]).await;
    assert_eq!((foreign.status().as_u16(), foreign.headers().get("location")), (400, None));
}

#[tokio::test]
async fn an_old_sign_in_is_not_good_enough_for_max_age() {
    let azure = Azure::start().await;
    let mut browser = Browser::of(&azure);
    let first = browser.sign_in(NINA).await;
    azure.later(120).await;
    let young = browser.go(&[("max_age", "3600")], &[]).await;
    let tokens = azure.redeem(&member(&redirected(&young), "code")).await.body;
    assert_eq!(
        claims(&tokens["id_token"])["auth_time"],
        claims(&first["id_token"])["auth_time"],
        "auth_time is that of the sign-in"
    );
    for age in ["0", "60"] {
        let page = browser.page(&[("max_age", age)], &[]).await;
        assert!(page.contains("Pick an account"), "{age}");
        let silent = browser.silent(&[("max_age", age)]).await;
        assert_eq!(silent, ("login_required".into(), "AADSTS50058".into()), "{age}");
    }
    let again = browser.go(&[("max_age", "0")], &[("person", NINA)]).await;
    let tokens = azure.redeem(&member(&redirected(&again), "code")).await.body;
    let at = |tokens: &Value| claims(&tokens["id_token"])["auth_time"].as_i64().unwrap();
    assert!(at(&tokens) >= at(&first) + 120);
}

#[tokio::test]
async fn a_domain_hint_passes_over_the_others() {
    let azure = Azure::start().await;
    let mut browser = Browser::of(&azure);
    let people = |page: &str| page.matches("name=\"person\"").count();
    let page = browser.page(&[("domain_hint", "fabrikam.com")], &[]).await;
    assert_eq!(people(&page), 1, "the one guest of that domain");
    let page = browser.page(&[("domain_hint", "nobody.example")], &[]).await;
    assert_eq!(people(&page), 9, "an unknown domain changes nothing");

    browser.sign_in("gail@fabrikam.com").await;
    browser.sign_in(CARL).await;
    let chosen = browser.go(&[("domain_hint", "fabrikam.com")], &[]).await;
    assert_eq!(chosen.status(), 302, "nothing is left to choose");
    let tokens = azure.redeem(&member(&redirected(&chosen), "code")).await.body;
    let id = claims(&tokens["id_token"]);
    assert_eq!(
        (id["preferred_username"].as_str(), id["aud"].as_str()),
        (Some("gail@fabrikam.com"), Some(CLIENT_ID))
    );
}

#[tokio::test]
async fn a_guest_is_known_by_the_user_name_of_home() {
    let azure = Azure::start().await;
    let guest = json!({"upn": "zoe_far_away.example#EXT#@contoso.onmicrosoft.com", "mail": "z@mail.example",
        "user_type": "Guest"});
    azure.admin(Method::POST, "/people", guest).await;
    for who in ["zoe_far@away.example", "z@mail.example"] {
        let page = Browser::of(&azure).page(&[("login_hint", who)], &[]).await;
        assert!(
            page.contains("person hinted") && page.contains("value=\"zoe_far@away.example\""),
            "{who}: {page}"
        );
    }
    let named = "zoe_far@away.example";
    let tokens = azure.tokens_of(named, &[("login_hint", named)]).await;
    assert_eq!(claims(&tokens["id_token"])["preferred_username"], named);
}
