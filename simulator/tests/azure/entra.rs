//! Sign-in, tokens, refusals and sign-out.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::Options;
use simulator::entra::assertions::Federated;
use simulator::world::demo::{ALDO, CLIENT_ID, CLIENT_SECRET, OLIVIA, TENANT};

use crate::{ARM, Azure, CALLBACK, GRAPH, Got, TWINS, claims, member, redirected};

#[tokio::test]
async fn discovery_leads_to_keys_that_verify_the_id_token() {
    let azure = Azure::start().await;
    let path = format!("/entra/{TENANT}/v2.0/.well-known/openid-configuration");
    let document = Got::from(azure.client.get(azure.at(&path)).send().await.unwrap()).await.body;
    assert_eq!(document["issuer"], azure.at(&format!("/entra/{TENANT}/v2.0")));
    assert_eq!(document.get("code_challenge_methods_supported"), None);
    let keys = azure.client.get(document["jwks_uri"].as_str().unwrap()).send().await.unwrap();
    let keys = Got::from(keys).await.body;
    assert!(keys["keys"].as_array().unwrap().len() >= 2);
    assert!(
        keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key.get("alg").is_none() && key["kid"] == key["x5t"])
    );

    let tokens = azure.tokens_of("aldo@contoso.com", &[]).await;
    let header = tokens["id_token"].as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
    let id = claims(&tokens["id_token"]);
    assert_eq!(
        (id["iss"].clone(), id["aud"].as_str()),
        (document["issuer"].clone(), Some(CLIENT_ID))
    );
    assert_eq!(
        (id["oid"].as_str(), id["tid"].as_str(), id["nonce"].as_str()),
        (Some(ALDO), Some(TENANT), Some("no"))
    );
    assert_eq!(id["roles"], json!(["Auditor"]));
    assert_ne!(id["sub"], id["oid"]);
    assert!(id["sid"].is_string() && id["login_hint"].is_string() && id.get("amr").is_none());
}

#[tokio::test]
async fn the_certificate_of_a_key_is_for_that_key() {
    let azure = Azure::start().await;
    let path = format!("/entra/{TENANT}/discovery/v2.0/keys");
    let keys = Got::from(azure.client.get(azure.at(&path)).send().await.unwrap()).await.body;
    for key in keys["keys"].as_array().unwrap() {
        let chain = key["x5c"].as_array().unwrap();
        assert_eq!(chain.len(), 1);
        let der = STANDARD.decode(chain[0].as_str().unwrap()).unwrap();
        let der = rustls::pki_types::CertificateDer::from(der);
        let certificate = webpki::EndEntityCert::try_from(&der).unwrap();
        let key_of_certificate =
            RsaPublicKey::from_public_key_der(&certificate.subject_public_key_info()).unwrap();
        let number = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
            rsa::BigUint::from_bytes_be(&bytes)
        };
        assert_eq!((key_of_certificate.n(), key_of_certificate.e()), (&number("n"), &number("e")));
        assert_eq!(key["issuer"], azure.at(&format!("/entra/{TENANT}/v2.0")));
    }
}

#[tokio::test]
async fn arm_takes_four_audiences_and_says_so_of_a_fifth() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    // All simulators of a process share their first keys.
    let ring = simulator::entra::keys::KeyRing::make();
    let with = |audience: &str| {
        let mut changed = claims(&json!(olivia.token));
        changed["aud"] = json!(audience);
        crate::Person { azure: &azure, token: ring.sign(&changed, true) }
    };
    for audience in [
        "https://management.azure.com",
        "https://management.azure.com/",
        "https://management.core.windows.net",
        "https://management.core.windows.net/",
    ] {
        assert_eq!(with(audience).get("/arm/subscriptions").await.status, 200, "{audience}");
    }
    let refused = with("https://graph.microsoft.com").get("/arm/subscriptions").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (401, "InvalidAuthenticationTokenAudience")
    );
    assert_eq!(
        refused.message(),
        "The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'. It should exactly \
         match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net',\
         'https://management.azure.com/','https://management.azure.com'."
    );
}

#[tokio::test]
async fn a_revoked_session_is_challenged_with_the_time_after_which_tokens_are_good() {
    let azure = Azure::with(Options {
        now: Some("2031-02-03T04:05:06Z".parse().unwrap()),
        ..Options::default()
    })
    .await;
    let capable = [("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#)];
    let tokens = azure.tokens_of("olivia@contoso.com", &capable).await;
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    azure.admin(Method::POST, "/people/olivia@contoso.com/revoke", json!({})).await;
    let olivia = crate::Person { azure: &azure, token };
    let refused = olivia.get("/arm/subscriptions").await;
    let challenge = refused.header("www-authenticate");
    assert!(
        challenge.contains(
            "error=\"invalid_token\", error_description=\"User session has been revoked\""
        ),
        "{challenge}"
    );
    let encoded = challenge.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let told: Value = serde_json::from_slice(&STANDARD.decode(encoded).unwrap()).unwrap();
    let at = told["access_token"]["nbf"]["value"].as_str().unwrap().to_owned();
    assert_eq!(told, json!({"access_token": {"nbf": {"essential": true, "value": at}}}));
    assert!((0..60).contains(&(at.parse::<i64>().unwrap() - 1_927_857_906)), "{at}");

    let again = [("claims", told.to_string())];
    let again: Vec<(&str, &str)> =
        again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let fresh = azure.tokens_of("olivia@contoso.com", &again).await;
    let fresh =
        crate::Person { azure: &azure, token: fresh["access_token"].as_str().unwrap().to_owned() };
    assert_eq!(fresh.get("/arm/subscriptions").await.status, 200);
}

#[tokio::test]
async fn common_has_the_literal_issuer_and_unknown_tenants_are_refused() {
    let azure = Azure::start().await;
    let at =
        |tenant: &str| azure.at(&format!("/entra/{tenant}/v2.0/.well-known/openid-configuration"));
    let common = Got::from(azure.client.get(at("common")).send().await.unwrap()).await.body;
    assert_eq!(common["issuer"], azure.at("/entra/{tenantid}/v2.0"));
    let organizations = azure.client.get(at("organizations")).send().await.unwrap();
    let organizations = Got::from(organizations).await.body;
    assert_eq!(organizations["issuer"], azure.at("/entra/{tenantid}/v2.0"));
    assert_eq!(organizations["token_endpoint"], azure.at("/entra/organizations/oauth2/v2.0/token"));
    assert_eq!(organizations["tenant_region_scope"], Value::Null);
    for document in [&common, &organizations] {
        let keys = azure.client.get(document["jwks_uri"].as_str().unwrap()).send().await.unwrap();
        let keys = Got::from(keys).await.body;
        for key in keys["keys"].as_array().unwrap() {
            assert_eq!(key["issuer"], document["issuer"], "every key says whose it is");
        }
    }
    let domain = Got::from(azure.client.get(at("contoso.com")).send().await.unwrap()).await.body;
    assert_eq!(domain["issuer"], azure.at(&format!("/entra/{TENANT}/v2.0")));
    let other = Got::from(azure.client.get(at("fabrikam.com")).send().await.unwrap()).await;
    assert_eq!(
        (other.status.as_u16(), other.body["error"].as_str()),
        (400, Some("invalid_tenant"))
    );
}

#[tokio::test]
async fn the_page_has_a_button_for_everybody_and_needs_no_script() {
    let azure = Azure::start().await;
    let page = azure.client.get(azure.authorize(&[])).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(
        page.contains("Pick an account")
            && page.contains("Use another account")
            && !page.contains("<script")
    );
    assert_eq!(page.matches("name=\"person\"").count(), 9);
    assert!(page.contains("Simulated sign-in"));
    let response =
        azure.client.post(azure.authorize(&[])).form(&[("person", OLIVIA)]).send().await.unwrap();
    let found = redirected(&response);
    assert_eq!(member(&found, "state"), "st");
    assert!(!member(&found, "code").is_empty() && !member(&found, "session_state").is_empty());

    let wrong = azure
        .client
        .post(azure.authorize(&[]))
        .form(&[("loginfmt", "olivia@contoso.com"), ("passwd", "x")]);
    let wrong = wrong.send().await.unwrap();
    assert_eq!(wrong.status(), 200);
    assert!(wrong.text().await.unwrap().contains("role=\"alert\""));
}

#[tokio::test]
async fn a_foreign_redirect_uri_or_client_is_never_redirected_to() {
    let azure = Azure::start().await;
    for (more, number) in [
        ([("redirect_uri", "http://localhost:8400/auth/callback/")], "AADSTS50011"),
        ([("client_id", "00000000-0000-0000-0000-000000000000")], "AADSTS700016"),
    ] {
        let response = azure.client.get(azure.authorize(&more)).send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(response.headers().get("location").is_none());
        assert!(response.text().await.unwrap().contains(number));
    }
    let refused =
        azure.client.get(azure.authorize(&[("response_type", "token")])).send().await.unwrap();
    assert_eq!(member(&redirected(&refused), "error"), "unsupported_response_type");
}

#[tokio::test]
async fn a_browser_that_has_signed_in_is_known_until_it_signs_out() {
    let azure = Azure::start().await;
    let silent = azure.authorize(&[("prompt", "none")]);
    let stranger = azure.client.get(&silent).send().await.unwrap();
    let found = redirected(&stranger);
    assert_eq!(member(&found, "error"), "login_required");
    assert!(member(&found, "error_description").starts_with("AADSTS50058"));

    let response =
        azure.client.post(azure.authorize(&[])).form(&[("person", OLIVIA)]).send().await.unwrap();
    let cookie =
        response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("sim_estsauth="));
    let with = |url: String| azure.client.get(url).header("cookie", &cookie).send();
    assert_eq!(with(silent.clone()).await.unwrap().status(), 302);
    let asked = with(azure.authorize(&[("prompt", "select_account")])).await.unwrap();
    assert_eq!(asked.status(), 200, "select_account shows the page in spite of the session");
    let other = with(azure.authorize(&[("login_hint", "carl@contoso.com")])).await.unwrap();
    assert_eq!(other.status(), 200, "the hint names somebody else");

    let out =
        with(format!("{}?post_logout_redirect_uri={CALLBACK}&state=x", azure.entra("logout")))
            .await
            .unwrap();
    assert_eq!(out.headers()["location"].to_str().unwrap(), format!("{CALLBACK}?state=x"));
    let after = with(silent).await.unwrap();
    assert_eq!(member(&redirected(&after), "error"), "login_required");
    let elsewhere =
        format!("{}?post_logout_redirect_uri=https://evil.example/", azure.entra("logout"));
    assert_eq!(azure.client.get(elsewhere).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn sign_out_loads_the_front_channel_address_with_the_sid_alone() {
    let front = Some("http://localhost:8400/auth/front".to_owned());
    let azure = Azure::with(Options { front_channel_logout: front, ..Options::default() }).await;
    let response =
        azure.client.post(azure.authorize(&[])).form(&[("person", OLIVIA)]).send().await.unwrap();
    let sid = member(&redirected(&response), "session_state");
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    let page =
        azure.client.get(azure.entra("logout")).header("cookie", cookie).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(
        page.contains(&format!("src=\"http://localhost:8400/auth/front?sid={sid}\"")),
        "{page}"
    );
}

#[tokio::test]
async fn a_code_is_redeemed_once_within_ten_minutes_with_its_verifier() {
    let azure = Azure::start().await;
    let verifier = "a".repeat(50);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let pkce = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = member(&azure.sign_in("olivia@contoso.com", &pkce).await, "code");
    let redeem = |verifier: &'static str| {
        let code = code.clone();
        let azure = &azure;
        async move {
            let verifier = if verifier.is_empty() { "a".repeat(50) } else { verifier.to_owned() };
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", &verifier),
            ];
            azure.token(&fields).await
        }
    };
    assert_eq!(azure.redeem(&code).await.body["error_codes"], json!([501481]), "no verifier");
    assert_eq!(redeem("wrong").await.body["error_codes"], json!([501481]));
    let good = redeem("").await;
    assert_eq!(good.status, 200, "{}", good.text);
    assert_eq!(
        good.body["scope"],
        "https://management.azure.com/user_impersonation https://management.azure.com/.default"
    );
    // Azure's command line looks into its cache by the name that it asked for.
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", good.body["refresh_token"].as_str().unwrap_or_default()),
        ("scope", "https://management.core.windows.net//.default offline_access"),
    ];
    assert_eq!(
        azure.token(&fields).await.body["scope"],
        "https://management.core.windows.net//user_impersonation https://management.core.windows.net//.default"
    );
    let again = redeem("").await;
    assert_eq!((again.status.as_u16(), again.body["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(again.body["error_codes"], json!([54005]));
    assert!(again.body["trace_id"].is_string() && again.body["correlation_id"].is_string());

    let late = member(&azure.sign_in("olivia@contoso.com", &[]).await, "code");
    azure.later(601).await;
    assert_eq!(azure.redeem(&late).await.body["error_codes"], json!([70008]));
}

#[tokio::test]
async fn the_client_must_prove_itself() {
    // All simulators of a process share their first keys; here they are those of another issuer.
    let ring = simulator::entra::keys::KeyRing::make();
    let credential = Federated {
        issuer: "https://issuer.example".into(),
        subject: "pod".into(),
        keys: ring.jwks("x")["keys"].as_array().unwrap().clone(),
        ..Federated::default()
    };
    let azure = Azure::with(Options { federated: vec![credential], ..Options::default() }).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let wrong = azure.token(&[fields.as_slice(), &[("client_secret", "wrong")]].concat()).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.body["error"].as_str()),
        (401, Some("invalid_client"))
    );
    assert_eq!(wrong.body["error_codes"], json!([7000215]));
    let right = azure.token(&fields).await;
    assert_eq!(right.body["error"], "invalid_grant", "the secret is right, the token is not");

    let code = member(&azure.sign_in("olivia@contoso.com", &[]).await, "code");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let basic = azure
        .client
        .post(azure.entra("token"))
        .basic_auth(CLIENT_ID, Some(CLIENT_SECRET))
        .form(&form);
    assert_eq!(basic.send().await.unwrap().status(), 200);

    let good = json!({"iss": "https://issuer.example", "sub": "pod", "aud": "api://AzureADTokenExchange",
        "exp": 4_000_000_000_u64});
    let unsigned = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(good.to_string()));
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        ring.sign(&claims, false)
    };
    for (what, assertion, number) in [
        ("good", ring.sign(&good, false), 0),
        ("with its fraction, as msal writes it", changed("exp", json!(4_000_000_000.25)), 0),
        ("unsigned", unsigned, 7000272),
        ("another issuer", changed("iss", json!("https://other.example")), 700211),
        ("another subject", changed("sub", json!("other")), 700213),
        ("another audience", changed("aud", json!("api://other")), 700212),
        ("over", changed("exp", json!(1)), 700024),
        ("nonsense", "nonsense".to_owned(), 50027),
    ] {
        let code = member(&azure.sign_in("olivia@contoso.com", &[]).await, "code");
        let form = [
            ("client_id", CLIENT_ID),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let got = azure.client.post(azure.entra("token")).form(&form).send().await.unwrap();
        let got = Got::from(got).await;
        if number == 0 {
            assert_eq!(claims(&got.body["access_token"])["appidacr"], "2", "{what}");
        } else {
            assert_eq!(
                (got.status.as_u16(), got.body["error"].as_str(), &got.body["error_codes"]),
                (401, Some("invalid_client"), &json!([number])),
                "{what}"
            );
        }
    }
    assert_eq!(
        claims(&azure.tokens_of("olivia@contoso.com", &[]).await["access_token"])["appidacr"],
        "1"
    );
}

#[tokio::test]
async fn one_refresh_token_serves_three_resources_one_at_a_time() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
    for (scope, audience) in [
        (ARM, "https://management.azure.com"),
        ("https://management.azure.com//.default", "https://management.azure.com/"),
        ("https://management.core.windows.net//.default", "https://management.core.windows.net/"),
        ("https://management.core.windows.net/.default", "https://management.core.windows.net"),
        ("0b07f429-9f4b-4714-9392-cc5e8e80c8b0/.default", "0b07f429-9f4b-4714-9392-cc5e8e80c8b0"),
        ("User.ReadBasic.All GroupMember.Read.All", "https://graph.microsoft.com"),
        (TWINS, "https://digitaltwins.azure.net"),
    ] {
        let got = azure.refresh(&tokens, scope).await;
        assert_eq!(got.status, 200, "the old refresh token stays good: {}", got.text);
        assert_eq!(claims(&got.body["access_token"])["aud"], audience);
        assert_ne!(got.body["refresh_token"], tokens["refresh_token"]);
    }
    // The token is for the first of several; a code is for one alone.
    for (scope, audience, told) in [
        (format!("{ARM} {TWINS}"), "https://management.azure.com", ARM),
        (format!("{TWINS} {ARM}"), "https://digitaltwins.azure.net", TWINS),
    ] {
        let got = azure.refresh(&tokens, &scope).await;
        assert_eq!(claims(&got.body["access_token"])["aud"], audience, "{}", got.text);
        assert!(got.body["scope"].as_str().unwrap().starts_with(told), "{}", got.text);
    }
    let code = member(&azure.sign_in("olivia@contoso.com", &[]).await, "code");
    let several = format!("{ARM} {TWINS}");
    let two = azure
        .token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("scope", &several),
        ])
        .await;
    assert_eq!(
        (two.body["error"].as_str(), &two.body["error_codes"]),
        (Some("invalid_scope"), &json!([28000]))
    );
    let unknown = azure.refresh(&tokens, "https://vault.azure.net/.default").await;
    assert_eq!(unknown.body["error_codes"], json!([70011]));
}

#[tokio::test]
async fn a_token_of_a_client_that_hears_of_revocation_may_live_longer() {
    let azure = Azure::start().await;
    azure.set(json!({"capable_token_seconds": 86_400})).await;
    let capable = [("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#)];
    for (more, seconds, refresh_in) in
        [(&capable[..], 86_400, json!(43_200)), (&[], 3599, Value::Null)]
    {
        let tokens = azure.tokens_of("olivia@contoso.com", more).await;
        assert_eq!(
            (&tokens["expires_in"], &tokens["refresh_in"]),
            (&json!(seconds), &refresh_in),
            "{tokens}"
        );
        let told = claims(&tokens["access_token"]);
        assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), seconds);
    }
}

#[tokio::test]
async fn an_application_has_the_permissions_that_administrators_gave_it() {
    let azure = Azure::start().await;
    let own = [("grant_type", "client_credentials"), ("scope", GRAPH)];
    for (given, status) in [(json!([]), 403), (json!(["Application.Read.All"]), 200)] {
        azure.set(json!({"app_permissions": given})).await;
        let got = azure.token(&own).await;
        let token = got.body["access_token"].as_str().unwrap().to_owned();
        assert_eq!(claims(&got.body["access_token"])["appidacr"], "1");
        let robot = crate::Person { azure: &azure, token };
        assert_eq!(robot.get("/graph/v1.0/servicePrincipals").await.status, status, "{given}");
        assert_eq!(robot.get("/graph/v1.0/users").await.status, 403, "{given}");
    }
}

#[tokio::test]
async fn consent_blocks_and_revocation_end_a_refresh_token() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("nina@contoso.com", &[]).await;
    azure.admin(Method::POST, "/consent", json!({"withdraw": ["Application.Read.All"]})).await;
    let missing = azure.refresh(&tokens, "Application.Read.All").await;
    assert_eq!(
        (missing.body["suberror"].as_str(), &missing.body["error_codes"]),
        (Some("consent_required"), &json!([65001]))
    );
    assert_eq!(azure.refresh(&tokens, GRAPH).await.status, 200, ".default is what is left");

    azure.admin(Method::POST, "/people/nina@contoso.com/block", json!({})).await;
    let blocked = azure.refresh(&tokens, ARM).await;
    assert_eq!(
        (blocked.body["suberror"].as_str(), &blocked.body["error_codes"]),
        (Some("message_only"), &json!([53003]))
    );
    azure.admin(Method::POST, "/people/nina@contoso.com/block", json!({"on": false})).await;
    assert_eq!(azure.refresh(&tokens, ARM).await.status, 200);

    let revoked = azure.admin(Method::POST, "/people/nina@contoso.com/revoke", json!({})).await;
    assert_eq!(revoked.body["sids"], json!([claims(&tokens["id_token"])["sid"]]));
    let dead = azure.refresh(&tokens, ARM).await;
    assert_eq!(
        (dead.body["error"].as_str(), &dead.body["error_codes"]),
        (Some("invalid_grant"), &json!([50173]))
    );
    let fresh = azure.tokens_of("nina@contoso.com", &[]).await;
    assert_eq!(azure.refresh(&fresh, ARM).await.status, 200);

    azure.later(91 * 24 * 3600).await;
    assert_eq!(azure.refresh(&fresh, ARM).await.body["error_codes"], json!([700082]));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_by_claims_and_remembered_by_the_token() {
    let azure = Azure::start().await;
    let wanted = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;
    let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let step_up = azure
        .token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("scope", ARM),
            ("claims", wanted),
        ])
        .await;
    assert_eq!(
        (step_up.body["error"].as_str(), &step_up.body["error_codes"]),
        (Some("interaction_required"), &json!([50076]))
    );
    let asked: Value = serde_json::from_str(step_up.body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(asked["access_token"]["acrs"]["values"], json!(["p1"]));

    let with_claims = azure.authorize(&[("claims", wanted)]);
    let page = azure.client.post(&with_claims).form(&[("person", OLIVIA)]).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(page.text().await.unwrap().contains("Approve sign-in"));
    let approved =
        azure.client.post(&with_claims).header("cookie", cookie).form(&[("mfa", "approve")]);
    let code = member(&redirected(&approved.send().await.unwrap()), "code");
    let got = azure.redeem(&code).await;
    let access = claims(&got.body["access_token"]);
    assert_eq!((&access["acrs"], &access["amr"]), (&json!(["p1"]), &json!(["pwd", "mfa"])));
    let later = azure.refresh(&got.body, ARM).await;
    assert_eq!(claims(&later.body["access_token"])["acrs"], json!(["p1"]));
}

#[tokio::test]
async fn new_keys_sign_at_once_and_the_old_ones_stay() {
    let azure = Azure::start().await;
    let before = azure.person("olivia@contoso.com", ARM).await;
    let kid = azure.admin(Method::POST, "/keys/rotate", json!({})).await.body["kid"].clone();
    let path = format!("/entra/{TENANT}/discovery/v2.0/keys");
    let keys = Got::from(azure.client.get(azure.at(&path)).send().await.unwrap()).await.body;
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid));
    assert_eq!(before.get("/arm/subscriptions").await.status, 200);
    let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
    let header = tokens["id_token"].as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header["kid"], kid);
}

#[tokio::test]
async fn a_guest_is_known_by_mail_and_keeps_the_long_name() {
    let azure = Azure::start().await;
    let tokens = azure.tokens_of("gail@fabrikam.com", &[]).await;
    let id = claims(&tokens["id_token"]);
    assert_eq!((id["acct"].as_i64(), id["idp"].is_string()), (Some(1), true));
    let me = azure.person("gail@fabrikam.com", GRAPH).await.get("/graph/v1.0/me").await;
    assert_eq!(me.body["userPrincipalName"], "gail_fabrikam.com#EXT#@contoso.onmicrosoft.com");
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let options = Options { listen: "0.0.0.0:0".parse().unwrap(), ..Options::default() };
    let refused =
        simulator::start(options).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("loopback only"), "{refused}");
}

#[tokio::test]
async fn every_address_in_answers_begins_with_the_base_that_was_given() {
    let base = Some("https://sim.example:8443".parse().unwrap());
    let azure = Azure::with(Options { base, ..Options::default() }).await;
    let path = format!("/entra/{TENANT}/v2.0/.well-known/openid-configuration");
    let document = Got::from(azure.client.get(azure.at(&path)).send().await.unwrap()).await.body;
    for name in
        ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"]
    {
        assert!(
            document[name].as_str().unwrap().starts_with("https://sim.example:8443/entra/"),
            "{name}"
        );
    }
    let response = azure
        .client
        .get(azure.at("/arm/subscriptions?api-version=2022-12-01"))
        .send()
        .await
        .unwrap();
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(
        challenge.contains("authorization_uri=\"https://sim.example:8443/entra/"),
        "{challenge}"
    );
}
