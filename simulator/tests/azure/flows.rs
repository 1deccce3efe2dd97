//! Sign-in beyond the one web application: consent, devices, applications in their own name and on a person's behalf,
//! Microsoft's command line, Conditional Access, groups and sign-out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use simulator::Options;
use simulator::entra::applications::AZURE_CLI;
use simulator::world::demo::{ALDO, CLIENT_ID, NINA, OLIVIA, PRODUCTION, TENANT, TWINS_BUILDERS};

use crate::{ARM, Azure, CALLBACK, GRAPH, Got, TWINS, claims, member, production, redirected};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn numbers(got: &Got) -> Vec<u64> {
    got.body["error_codes"].as_array().unwrap().iter().filter_map(Value::as_u64).collect()
}

impl Azure {
    /// The token endpoint as somebody who is not our application, or not with its secret.
    async fn token_as(&self, fields: &[(&str, &str)]) -> Got {
        let response = self.client.post(self.entra("token")).form(fields).send().await.unwrap();
        Got::from(response).await
    }

    /// A browser at the page where codes of devices are typed.
    async fn at_device_page(&self, fields: &[(&str, &str)]) -> String {
        let url = self.at("/entra/common/oauth2/deviceauth");
        let response = self.client.post(url).form(fields).send().await.unwrap();
        response.text().await.unwrap()
    }

    async fn device_code(&self, scope: &str) -> Value {
        let form = [("client_id", AZURE_CLI), ("scope", scope)];
        let url = self.at("/entra/organizations/oauth2/v2.0/devicecode");
        let got = Got::from(self.client.post(url).form(&form).send().await.unwrap()).await;
        assert_eq!(got.status, 200, "{}", got.text);
        got.body
    }

    /// One browser: posts fields to authorize with the cookie that it was given.
    async fn browse(
        &self,
        more: &[(&str, &str)],
        cookie: &mut String,
        form: &[(&str, &str)],
    ) -> Response {
        let url = self.authorize(more);
        let response =
            self.client.post(url).header("cookie", &*cookie).form(form).send().await.unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            *cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        response
    }
}

#[tokio::test]
async fn a_device_waits_for_its_person() {
    let azure = Azure::start().await;
    let begun = azure.device_code(&format!("openid profile offline_access {ARM}")).await;
    let (code, typed) =
        (begun["device_code"].as_str().unwrap(), begun["user_code"].as_str().unwrap());
    assert!(begun["message"].as_str().unwrap().contains(typed));
    assert_eq!((typed.len(), begun["expires_in"].as_i64()), (9, Some(900)));
    let poll = async || {
        let form = [
            ("client_id", AZURE_CLI),
            ("grant_type", DEVICE),
            ("device_code", code),
            ("client_info", "1"),
        ];
        azure.token_as(&form).await
    };
    let waiting = poll().await;
    assert_eq!(
        (waiting.body["error"].as_str(), numbers(&waiting)),
        (Some("authorization_pending"), vec![70016])
    );

    assert!(
        azure
            .at_device_page(&[("otc", "WRONG"), ("person", OLIVIA)])
            .await
            .contains("role=\"alert\"")
    );
    assert!(
        azure
            .at_device_page(&[("otc", typed), ("person", OLIVIA)])
            .await
            .contains("You have signed in")
    );
    let got = poll().await;
    assert_eq!(got.status, 200, "{}", got.text);
    let access = claims(&got.body["access_token"]);
    assert_eq!(
        (access["appid"].as_str(), access["appidacr"].as_str(), access["oid"].as_str()),
        (Some(AZURE_CLI), Some("0"), Some(OLIVIA))
    );
    assert!(got.body["refresh_token"].is_string() && got.body["id_token"].is_string());
    let info = URL_SAFE_NO_PAD.decode(got.body["client_info"].as_str().unwrap()).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&info).unwrap(),
        json!({"uid": OLIVIA, "utid": TENANT})
    );
    assert_eq!(numbers(&poll().await), [70018], "a code is good for once");
}

#[tokio::test]
async fn a_device_code_may_be_declined_or_grow_old() {
    let azure = Azure::start().await;
    let poll = async |begun: &Value| {
        let code = begun["device_code"].as_str().unwrap();
        azure
            .token_as(&[("client_id", AZURE_CLI), ("grant_type", DEVICE), ("device_code", code)])
            .await
    };
    let first = azure.device_code(ARM).await;
    azure.at_device_page(&[("otc", first["user_code"].as_str().unwrap()), ("decline", "1")]).await;
    assert_eq!(poll(&first).await.body["error"], "authorization_declined");
    let second = azure.device_code(ARM).await;
    azure.later(901).await;
    assert_eq!(poll(&second).await.body["error"], "expired_token");
}

#[tokio::test]
async fn an_application_in_its_own_name_has_its_roles_and_no_person() {
    let azure = Azure::start().await;
    let factory = [
        ("client_id", "31000000-aaaa-4000-8000-000000000001"),
        ("client_secret", "factory-sync-secret~not-a-real-one"),
        ("grant_type", "client_credentials"),
    ];
    let ask = async |scope: &str| {
        let form: Vec<(&str, &str)> = factory.into_iter().chain([("scope", scope)]).collect();
        azure.token_as(&form).await
    };
    assert_eq!(numbers(&ask(ARM).await), [1002012]);
    let got = ask("https://management.azure.com//.default").await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert!(got.body.get("refresh_token").is_none() && got.body.get("id_token").is_none());
    let access = claims(&got.body["access_token"]);
    assert_eq!(
        (access["idtyp"].as_str(), access.get("scp"), access.get("upn")),
        (Some("app"), None, None)
    );
    let sync = crate::Person {
        azure: &azure,
        token: got.body["access_token"].as_str().unwrap().to_owned(),
    };
    let refused =
        sync.put(&production("/resourcegroups/rg-sync"), json!({"location": "westeurope"})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "AuthorizationFailed"));
    assert!(
        refused.message().contains("31000000-aaaa-4000-8000-000000000001"),
        "{}",
        refused.message()
    );

    let scope = format!("/subscriptions/{PRODUCTION}");
    let grant = json!({"principal": "factory-sync", "role": "Contributor", "scope": scope});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    azure.set(json!({"mfa_for_writes": true})).await;
    let made =
        sync.put(&production("/resourcegroups/rg-sync"), json!({"location": "westeurope"})).await;
    assert_eq!(made.status, 201, "no second factor is asked of applications: {}", made.text);

    let public = azure
        .token_as(&[
            ("client_id", AZURE_CLI),
            ("grant_type", "client_credentials"),
            ("scope", GRAPH),
        ])
        .await;
    assert_eq!((public.status.as_u16(), numbers(&public)), (401, vec![7000218]));
    let told = azure
        .token_as(&[
            ("client_id", AZURE_CLI),
            ("client_secret", "x"),
            ("grant_type", "client_credentials"),
            ("scope", GRAPH),
        ])
        .await;
    assert_eq!(numbers(&told), [700025]);
}

#[tokio::test]
async fn a_middle_tier_acts_for_the_person_that_called_it() {
    let azure = Azure::start().await;
    let api = format!("api://{CLIENT_ID}/access_as_user");
    let tokens = azure.tokens_of("carl@contoso.com", &[]).await;
    let assertion = azure.refresh(&tokens, &api).await;
    assert_eq!(assertion.status, 200, "{}", assertion.text);
    let incoming = claims(&assertion.body["access_token"]);
    assert_eq!(
        (incoming["aud"].as_str(), incoming["ver"].as_str(), incoming["scp"].as_str()),
        (Some(CLIENT_ID), Some("2.0"), Some("access_as_user"))
    );
    let exchange = async |assertion: &str, scope: &str| {
        azure
            .token(&[
                ("grant_type", BEARER),
                ("requested_token_use", "on_behalf_of"),
                ("assertion", assertion),
                ("scope", scope),
            ])
            .await
    };
    let good = assertion.body["access_token"].as_str().unwrap();
    let got = exchange(good, &format!("{ARM} offline_access")).await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert_eq!(claims(&got.body["access_token"])["upn"], "carl@contoso.com");
    assert!(got.body["refresh_token"].is_string());

    let arm = azure.refresh(&tokens, ARM).await;
    let wrong = exchange(arm.body["access_token"].as_str().unwrap(), TWINS).await;
    assert_eq!(
        (wrong.body["error"].as_str(), numbers(&wrong)),
        (Some("invalid_grant"), vec![500131])
    );
    assert_eq!(numbers(&exchange("e30.e30.e30", TWINS).await), [50013]);
    azure.later(7200).await;
    assert_eq!(numbers(&exchange(good, TWINS).await), [500133]);
}

#[tokio::test]
async fn microsofts_command_line_is_known_on_every_port_of_localhost() {
    let azure = Azure::start().await;
    let verifier = "v".repeat(43);
    let more = [
        ("client_id", AZURE_CLI),
        ("redirect_uri", "http://localhost:49152"),
        ("scope", "https://management.core.windows.net//.default offline_access openid profile"),
        ("code_challenge", verifier.as_str()),
        ("client_info", "1"),
        ("claims", r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#),
    ];
    let found = azure.sign_in("olivia@contoso.com", &more).await;
    assert!(!member(&found, "client_info").is_empty());
    let fields = |code: &str| {
        [
            ("client_id", AZURE_CLI),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "http://localhost:49152"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .chain([("code", code.to_owned()), ("code_verifier", "v".repeat(43))])
        .collect::<Vec<_>>()
    };
    let code = member(&found, "code");
    let theirs = azure.redeem(&code).await;
    assert_eq!(theirs.body["error"], "invalid_grant", "another application cannot redeem the code");
    let response =
        azure.client.post(azure.entra("token")).form(&fields(&code)).send().await.unwrap();
    let got = Got::from(response).await;
    assert_eq!((got.status.as_u16(), got.body["foci"].as_str()), (200, Some("1")), "{}", got.text);

    let elsewhere = [("client_id", AZURE_CLI), ("redirect_uri", "https://evil.example")];
    let refused = azure.client.get(azure.authorize(&elsewhere)).send().await.unwrap();
    assert!(refused.text().await.unwrap().contains("AADSTS50011"));
    let metadata = azure
        .client
        .get(azure.at("/entra/common/discovery/instance?api-version=1.1"))
        .send()
        .await
        .unwrap();
    let metadata = Got::from(metadata).await.body;
    assert!(
        metadata["metadata"][0]["aliases"]
            .as_array()
            .unwrap()
            .contains(&json!("login.windows.net"))
    );
}

#[tokio::test]
async fn consent_is_asked_for_accepted_and_declined() {
    let azure = Azure::start().await;
    azure
        .admin(
            Method::POST,
            "/consent",
            json!({"withdraw": ["https://digitaltwins.azure.net/Read.Write"]}),
        )
        .await;
    let scope = [("scope", "openid offline_access https://digitaltwins.azure.net/Read.Write")];
    let mut cookie = String::new();
    let page = azure.browse(&scope, &mut cookie, &[("person", NINA)]).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(
        page.contains("Permissions requested")
            && page.contains("https://digitaltwins.azure.net/Read.Write")
    );
    let silent = [scope[0], ("prompt", "none")];
    let refused = redirected(&azure.browse(&silent, &mut cookie, &[]).await);
    assert_eq!(member(&refused, "error"), "consent_required");
    let declined = redirected(&azure.browse(&scope, &mut cookie, &[("consent", "cancel")]).await);
    assert_eq!(member(&declined, "error"), "access_denied");
    assert!(member(&declined, "error_description").starts_with("AADSTS65004"));
    let accepted = redirected(&azure.browse(&scope, &mut cookie, &[("consent", "accept")]).await);
    let got = azure.redeem(&member(&accepted, "code")).await;
    assert_eq!(claims(&got.body["access_token"])["scp"], "Read.Write");
    assert_eq!(azure.browse(&silent, &mut cookie, &[]).await.status(), 302, "it is remembered");

    let again = azure.browse(&[("prompt", "consent")], &mut cookie, &[]).await;
    assert!(
        again.text().await.unwrap().contains("Permissions requested"),
        "it is asked for although it is there"
    );
    azure.admin(Method::POST, "/consent", json!({"withdraw": ["GroupMember.Read.All"]})).await;
    let admin = azure.browse(&[("scope", "openid GroupMember.Read.All")], &mut cookie, &[]).await;
    assert!(admin.text().await.unwrap().contains("AADSTS90094"));
    let odd = azure.browse(&[("prompt", "maybe")], &mut cookie, &[]).await;
    assert!(member(&redirected(&odd), "error_description").starts_with("AADSTS90023"));
}

#[tokio::test]
async fn an_administrator_consents_for_everybody() {
    let azure = Azure::start().await;
    let url = |tenant: &str| {
        let query = [
            ("client_id", CLIENT_ID),
            ("redirect_uri", CALLBACK),
            ("scope", "https://graph.microsoft.com/Mail.Send"),
            ("state", "s"),
        ];
        let at = azure.at(&format!("/entra/{tenant}/v2.0/adminconsent"));
        url::Url::parse_with_params(&at, query).unwrap()
    };
    let page = azure.client.get(url(TENANT)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Review for your organization") && page.contains("Mail.Send"));
    let send = async |consent: &str| {
        let form = [("consent", consent)];
        redirected(&azure.client.post(url(TENANT)).form(&form).send().await.unwrap())
    };
    let refused = send("cancel").await;
    assert_eq!(member(&refused, "error"), "consent_required");
    let accepted = send("accept").await;
    assert_eq!(
        (
            member(&accepted, "admin_consent"),
            member(&accepted, "tenant"),
            member(&accepted, "state")
        ),
        ("True".into(), TENANT.into(), "s".into())
    );
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    assert_eq!(azure.refresh(&tokens, "Mail.Send").await.status, 200);
    assert_eq!(azure.client.get(url("common")).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn what_an_operator_may_have_forgotten_has_its_numbers() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    azure.set(json!({"secret_expired": true})).await;
    let expired = azure.refresh(&tokens, ARM).await;
    assert_eq!((expired.status.as_u16(), numbers(&expired)), (401, vec![7000222]));
    azure.set(json!({"secret_expired": false, "sign_in_frequency_seconds": 3600})).await;
    assert_eq!(azure.refresh(&tokens, ARM).await.status, 200);
    azure.later(3601).await;
    assert_eq!(numbers(&azure.refresh(&tokens, ARM).await), [70043]);
    azure.set(json!({"assignment_required": true})).await;
    let nina = azure.browse(&[], &mut String::new(), &[("person", NINA)]).await;
    assert!(nina.text().await.unwrap().contains("AADSTS50105"));
    let aldo = azure.browse(&[], &mut String::new(), &[("person", ALDO)]).await;
    assert_eq!(aldo.status(), 302, "who has an app role is let in");
}

#[tokio::test]
async fn a_form_may_bring_the_code() {
    let azure = Azure::start().await;
    let more = [("response_mode", "form_post")];
    let mut cookie = String::new();
    let page = azure.browse(&more, &mut cookie, &[("person", NINA)]).await;
    assert_eq!((page.status().as_u16(), page.headers().get("location")), (200, None));
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!("<form method=\"post\" action=\"{CALLBACK}\">")), "{page}");
    assert!(!page.contains("<script"));
    let value = |page: &str, name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    assert_eq!(value(&page, "state"), "st");
    assert!(!value(&page, "session_state").is_empty());
    assert_eq!(azure.redeem(&value(&page, "code")).await.status, 200);

    let silent = [more[0], ("prompt", "none")];
    let refused = azure.browse(&silent, &mut String::new(), &[]).await.text().await.unwrap();
    assert_eq!(
        (value(&refused, "error"), value(&refused, "state")),
        ("login_required".into(), "st".into())
    );
}

#[tokio::test]
async fn query_and_fragment_bring_the_code_in_the_address() {
    let azure = Azure::start().await;
    for (mode, mark) in [(None, '?'), (Some("query"), '?'), (Some("fragment"), '#')] {
        let more: Vec<(&str, &str)> =
            mode.map(|mode| ("response_mode", mode)).into_iter().collect();
        let response = azure.browse(&more, &mut String::new(), &[("person", NINA)]).await;
        assert_eq!(response.status(), 302);
        let to = response.headers()["location"].to_str().unwrap();
        let (at, pairs) = to.split_once(mark).unwrap();
        assert_eq!(at, CALLBACK, "{to}");
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(pairs.as_bytes()).into_owned().collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["code", "state", "session_state"]);
        assert_eq!(azure.redeem(&member(&pairs, "code")).await.status, 200, "{mode:?}");
    }
    let odd = azure.browse(&[("response_mode", "smoke")], &mut String::new(), &[]).await;
    assert_eq!((odd.status().as_u16(), odd.headers().get("location")), (400, None));
}

#[tokio::test]
async fn client_info_says_who_and_where_to_those_who_ask() {
    let azure = Azure::start().await;
    let read = |text: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    let found = azure.sign_in("nina@contoso.com", &[("client_info", "1")]).await;
    let whose = json!({"uid": NINA, "utid": TENANT});
    assert_eq!(read(&member(&found, "client_info")), whose);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &member(&found, "code")),
        ("redirect_uri", CALLBACK),
        ("client_info", "1"),
    ];
    let got = azure.token(&fields).await;
    assert_eq!(read(got.body["client_info"].as_str().unwrap()), whose);
    let found = azure.sign_in("nina@contoso.com", &[]).await;
    assert!(found.iter().all(|(name, _)| name != "client_info"));
    assert_eq!(azure.redeem(&member(&found, "code")).await.body.get("client_info"), None);
}

#[tokio::test]
async fn conditional_access_goes_by_resource_and_person() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    let others = azure.tokens_of("carl@contoso.com", &[]).await;
    azure
        .set(json!({"conditional_access": [
            {"resource": "twins", "people": ["nina@contoso.com"], "require": "mfa"},
            {"resource": "graph", "require": "block"},
            {"resource": "arm", "people": ["nina@contoso.com"], "require": "c1"},
        ]}))
        .await;
    let twins = azure.refresh(&tokens, TWINS).await;
    assert_eq!(
        (twins.body["error"].as_str(), numbers(&twins)),
        (Some("interaction_required"), vec![50076])
    );
    assert_eq!(azure.refresh(&others, TWINS).await.status, 200);
    assert_eq!(numbers(&azure.refresh(&others, GRAPH).await), [53003]);
    let arm = azure.refresh(&tokens, ARM).await;
    let wanted: Value = serde_json::from_str(arm.body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(wanted, json!({"access_token": {"acrs": {"essential": true, "values": ["c1"]}}}));

    let mut cookie = String::new();
    let page = azure.browse(&[], &mut cookie, &[("person", NINA)]).await;
    assert!(page.text().await.unwrap().contains("Approve sign-in"));
    let code =
        member(&redirected(&azure.browse(&[], &mut cookie, &[("mfa", "approve")]).await), "code");
    let access = claims(&azure.redeem(&code).await.body["access_token"]);
    assert_eq!(access["acrs"], json!(["c1"]));
}

#[tokio::test]
async fn tokens_name_groups_until_there_are_too_many() {
    let azure = Azure::start().await;
    azure.set(json!({"groups_claim": true})).await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    assert_eq!(claims(&tokens["id_token"])["groups"], json!([TWINS_BUILDERS]));
    assert_eq!(claims(&tokens["access_token"])["groups"], json!([TWINS_BUILDERS]));
    azure.set(json!({"groups_overage": 0})).await;
    let id = claims(&azure.tokens_of("nina@contoso.com", &[]).await["id_token"]);
    assert_eq!((id.get("groups"), &id["_claim_names"]), (None, &json!({"groups": "src1"})));
    assert_eq!(
        id["_claim_sources"]["src1"]["endpoint"],
        format!("https://graph.windows.net/{TENANT}/users/{NINA}/getMemberObjects")
    );
}

#[tokio::test]
async fn signing_out_tells_the_applications_of_the_session_by_sid() {
    let front = "https://portal.example/front";
    let options = Options { front_channel_logout: Some(front.into()), ..Options::default() };
    let azure = Azure::with(options).await;
    let mut cookie = String::new();
    let found = redirected(&azure.browse(&[], &mut cookie, &[("person", OLIVIA)]).await);
    let sid = claims(&azure.redeem(&member(&found, "code")).await.body["id_token"])["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let out =
        azure.client.get(azure.entra("logout")).header("cookie", &cookie).send().await.unwrap();
    assert!(out.text().await.unwrap().contains(&format!("{front}?sid={sid}\"")));
    let nobody = azure.client.get(azure.entra("logout")).send().await.unwrap();
    assert!(!nobody.text().await.unwrap().contains("<iframe"));

    redirected(&azure.browse(&[], &mut cookie, &[("person", OLIVIA)]).await);
    let own = format!("{}?post_logout_redirect_uri={CALLBACK}", azure.entra("logout"));
    let own = azure.client.get(own).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(own.status(), 302, "who asks is not told");
    let foreign =
        format!("{}?post_logout_redirect_uri=https://evil.example", azure.entra("logout"));
    let foreign = azure.client.get(foreign).send().await.unwrap();
    assert_eq!((foreign.status().as_u16(), foreign.headers().get("location")), (200, None));
}

#[tokio::test]
async fn user_info_is_what_the_token_says() {
    let azure = Azure::start().await;
    let nina = azure.person("nina@contoso.com", GRAPH).await;
    let got = nina.get("/graph/oidc/userinfo").await;
    assert_eq!((got.status.as_u16(), got.body["email"].as_str()), (200, Some("nina@contoso.com")));
    assert_ne!(got.body["sub"], NINA);
}

#[tokio::test]
async fn keys_of_a_second_issuer_are_good_only_while_they_are_trusted() {
    let (azure, other) = (Azure::start().await, Azure::start().await);
    // All simulators of a process share their first keys: a rotated one is the other's own.
    other.admin(Method::POST, "/keys/rotate", json!({})).await;
    let olivia = other.person("olivia@contoso.com", ARM).await;
    let stranger = crate::Person { azure: &azure, token: olivia.token.clone() };
    let refused = stranger.get("/arm/subscriptions").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (401, "InvalidAuthenticationToken"));
    let path = format!("/entra/{TENANT}/discovery/v2.0/keys");
    let keys = Got::from(other.client.get(other.at(&path)).send().await.unwrap()).await.body;
    azure.set(json!({"trusted_keys": keys["keys"]})).await;
    assert_eq!(stranger.get("/arm/subscriptions").await.status, 200);
}
