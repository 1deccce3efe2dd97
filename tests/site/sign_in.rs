//! Signing in and out.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use simulator::{Options, world::demo};

use super::{
    asking::{access, request_access, review, status},
    azure::Azure,
    people::{Browser, Page},
    world::{World, on_each_database, with_settings},
};

async fn token_calls(world: &World) -> usize {
    world.azure.calls_to("entra").await.iter().filter(|call| call.path.ends_with("/token")).count()
}

/// The address at which Entra ID sends the browser back, not yet opened.
pub async fn way_back(browser: &Browser, path: &str, name: &str) -> String {
    let page = browser.open(path).await;
    let upn = format!("{name}@contoso.com");
    let fields = [("loginfmt", upn.as_str()), ("passwd", "Twindesk1!")];
    let action =
        page.url.join(&page.html_attribute("form:has([name=loginfmt])", "action")).unwrap();
    let sent = browser.exchange(browser.raw("POST", action.as_str()).form(&fields)).await;
    assert_eq!(sent.status.as_u16() / 100, 3, "{}", sent.text);
    sent.location()
}

#[tokio::test]
async fn a_visitor_signs_in_and_is_named_on_the_page() {
    on_each_database(async |world| {
        let browser = world.browser();
        let page = browser.open("/").await;
        assert!(page.url.path().contains("/authorize"), "not sent to Entra ID but to {}", page.url);
        for wanted in [
            "response_type=code",
            "response_mode=query",
            "code_challenge_method=S256",
            "state=",
            "nonce=",
        ] {
            assert!(page.url.as_str().contains(wanted), "{wanted}");
        }
        let page = browser.pick(&page, "nina").await;
        assert_eq!((page.status, page.path()), (StatusCode::OK, "/".to_owned()));
        assert!(page.one(".who").contains("Nina Novak"));
    })
    .await;
}

#[tokio::test]
async fn who_has_signed_in_again_is_told_so_at_home() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let page = nina.open("/?said=signed-in").await;
        assert_eq!(page.one(".notice[role=status]"), "You have signed in again.");
        assert_eq!(page.one("title"), "You have signed in again · Home · Twindesk");
        assert!(!nina.open("/?said=%3Cb%3E").await.has(".notice"));
    })
    .await;
}

#[tokio::test]
async fn a_deep_link_survives_the_sign_in() {
    on_each_database(async |world| {
        let browser = world.browser();
        let page = browser.open("/history?kind=approved&from=2026-01-31").await;
        let page = browser.pick(&page, "nina").await;
        assert_eq!(page.path(), "/history?kind=approved&from=2026-01-31");
    })
    .await;
}

#[tokio::test]
async fn two_tabs_sign_in_at_once() {
    on_each_database(async |world| {
        let browser = world.browser();
        let first = way_back(&browser, "/sign-in?return=%2Frequests", "nina").await;
        browser.cookies.lock().unwrap().retain(|name, _| name.starts_with("twindesk"));
        let second = way_back(&browser, "/sign-in?return=%2Fhistory", "nina").await;
        assert_eq!(browser.open(&first).await.path(), "/requests");
        assert_eq!(browser.open(&second).await.path(), "/history");
    })
    .await;
}

#[tokio::test]
async fn a_callback_that_is_replayed_makes_no_token_call() {
    on_each_database(async |world| {
        let browser = world.browser();
        let back = way_back(&browser, "/sign-in", "nina").await;
        let first = browser.fetch(&back).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        assert_eq!(first.header("cache-control"), "no-store");
        let before = token_calls(world).await;
        let again = browser.fetch(&back).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
        assert_eq!(again.header("cache-control"), "no-store");
        assert_eq!(token_calls(world).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_began_in_another_browser_is_refused() {
    on_each_database(async |world| {
        let back = way_back(&world.browser(), "/sign-in", "nina").await;
        let before = token_calls(world).await;
        let victim = world.browser();
        let page = victim.open(&back).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert_eq!(token_calls(world).await, before);
        assert!(!victim.cookies.lock().unwrap().contains_key("twindesk_session"));
    })
    .await;
}

/// The state with which a sign-in has been begun.
fn state_of(begun: &Page) -> String {
    let entra = url::Url::parse(&begun.location()).unwrap();
    entra.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
}

#[tokio::test]
async fn strangers_who_begin_sign_ins_leave_nothing_behind() {
    on_each_database(async |world| {
        let before = world.rows().await;
        for _ in 0..20 {
            let stranger = world.browser();
            let state = state_of(&stranger.fetch("/sign-in").await);
            let path = format!("/auth/callback?code=made-up&state={state}");
            for _ in 0..2 {
                assert_eq!(stranger.fetch(&path).await.status, StatusCode::BAD_REQUEST);
            }
        }
        assert_eq!(world.rows().await, before);
    })
    .await;
}

#[tokio::test]
async fn what_is_remembered_of_a_used_sign_in_is_forgotten_when_its_state_has_expired() {
    on_each_database(async |world| {
        let browser = world.browser();
        let back = way_back(&browser, "/sign-in", "nina").await;
        browser.fetch(&back).await;
        let used = async || {
            let rows = world.rows().await;
            rows.iter().filter(|row| row.starts_with("used_sign_in:")).count()
        };
        let tidy = async || {
            let store = &world.app.store;
            store.tidy(world.app.clock.now(), Duration::from_secs(8 * 3600)).await.unwrap();
        };
        tidy().await;
        assert_eq!(used().await, 1);
        world.wait(Duration::from_secs(15 * 60)).await;
        tidy().await;
        assert_eq!(used().await, 0);
        let before = token_calls(world).await;
        assert_eq!(browser.fetch(&back).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(token_calls(world).await, before, "it has expired");
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_goes_on_at_any_replica_and_only_once() {
    on_each_database(async |world| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let site = twindesk::web::site(world.replica().await);
        tokio::spawn(async move { axum::serve(listener, site).await });
        let browser = world.browser();
        let back = way_back(&browser, "/sign-in", "nina").await;
        let page = browser.fetch(&back.replace(&world.origin, &other)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        assert!(browser.fetch("/requests").await.one(".who").contains("Nina Novak"));
        let before = token_calls(world).await;
        assert_eq!(browser.fetch(&back).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(token_calls(world).await, before);

        // Twice at the same moment: Entra ID takes the code once, and there is one session.
        let twice = world.browser();
        let back = way_back(&twice, "/sign-in", "carl").await;
        let elsewhere = back.replace(&world.origin, &other);
        let (one, two) = tokio::join!(twice.fetch(&back), twice.fetch(&elsewhere));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::BAD_REQUEST]);
    })
    .await;
}

#[tokio::test]
async fn a_state_that_was_altered_or_is_from_before_the_wait_is_not_taken() {
    on_each_database(async |world| {
        let browser = world.browser();
        let state = state_of(&browser.fetch("/sign-in").await);
        let (head, tail) = state.split_at(state.len() - 6);
        let altered: String = head.chars().chain(tail.chars().rev()).collect();
        for state in [&*altered, "", "x", "66687aad.x.y"] {
            let page = browser.fetch(&format!("/auth/callback?code=x&state={state}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{state}");
        }
        assert_eq!(token_calls(world).await, 0);
        let late = way_back(&browser, "/sign-in", "nina").await;
        world.app.clock.advance(Duration::from_secs(15 * 60));
        assert_eq!(browser.fetch(&late).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(token_calls(world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_way_back_that_is_too_long_leads_home() {
    on_each_database(async |world| {
        let browser = world.browser();
        let long = format!("/history?request={}", "x".repeat(1_100));
        let page = browser.open(&long).await;
        assert!(page.url.as_str().len() < 4_000, "{}", page.url);
        assert_eq!(browser.pick(&page, "nina").await.path(), "/");
    })
    .await;
}

#[tokio::test]
async fn what_entra_says_against_it_is_shown_as_text() {
    on_each_database(async |world| {
        let browser = world.browser();
        let state = state_of(&browser.fetch("/sign-in").await);
        let page = browser
            .open(&format!("/auth/callback?error=access_denied&error_description=AADSTS65004%3A+%3Cscript%3Eno&state={state}"))
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.says("AADSTS65004: <script>no"));
        assert!(!page.text.contains("<script>no"));
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    on_each_database(async |world| {
        let browser = world.person("nina").await;
        let old = browser.cookies.lock().unwrap()["twindesk_session"].clone();
        let page = browser.send("/sign-out", &[]).await;
        assert_eq!(page.url.path(), "/signed-out", "came back from Entra ID");
        assert!(page.says("You are signed out"));
        browser.cookies.lock().unwrap().insert("twindesk_session".to_owned(), old);
        let page = browser.fetch("/requests").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let entra = browser.open("/sign-in").await;
        assert!(entra.text.contains("loginfmt"), "Entra ID has ended its session too");
    })
    .await;
}

#[tokio::test]
async fn entra_ends_sessions_by_their_sid() {
    on_each_database(async |world| {
        let (nina, carl) = (world.person("nina").await, world.person("carl").await);
        let page = nina.fetch("/auth/front-channel-logout?sid=").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(nina.fetch("/requests").await.status, StatusCode::OK);
        let sids = world.azure.tell("/people/nina@contoso.com/revoke", json!({})).await;
        let sid = sids["sids"][0].as_str().unwrap();
        let page = world.browser().fetch(&format!("/auth/front-channel-logout?sid={sid}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(nina.fetch("/requests").await.status, StatusCode::SEE_OTHER);
        assert_eq!(carl.fetch("/requests").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn each_sign_in_has_a_session_of_its_own_and_ends_the_one_before() {
    on_each_database(async |world| {
        let browser = world.person("nina").await;
        let old = browser.cookies.lock().unwrap()["twindesk_session"].clone();
        browser.open("/sign-in?again=yes").await;
        let new = browser.cookies.lock().unwrap()["twindesk_session"].clone();
        assert_ne!(old, new);
        browser.cookies.lock().unwrap().insert("twindesk_session".to_owned(), old);
        assert_eq!(browser.fetch("/requests").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_at_last_in_any_case() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    with_settings(
        &[("TWINDESK_SESSION_IDLE", "8h"), ("TWINDESK_SESSION_LIMIT", "24h")],
        async |world| {
            let idle = world.person("nina").await;
            let busy = world.person("carl").await;
            for _ in 0..3 {
                world.wait(hours(7)).await;
                assert_eq!(busy.fetch("/requests").await.status, StatusCode::OK);
            }
            assert_eq!(idle.fetch("/requests").await.status, StatusCode::SEE_OTHER);
            world.wait(hours(4)).await;
            assert_eq!(
                busy.fetch("/requests").await.status,
                StatusCode::SEE_OTHER,
                "24 hours have passed"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn what_was_sent_after_the_session_ended_is_kept_until_one_has_signed_in() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let decided = uma.open(&request).await;
        world.wait(Duration::from_secs(25 * 3600)).await;

        let fields = access("data_reader");
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = review(&nina, "/access/new", &fields).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.says("What you sent is kept on this page"), "{}", refused.words());
        let to =
            refused.html_attribute("a[target=_blank][rel=noopener][href^='/sign-in?']", "href");
        assert_eq!(nina.open(&to).await.status, StatusCode::OK, "Entra ID knows her still");
        let page = nina.press(&refused, "Send again", &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        assert!(page.says("I model the floor.") && page.says("Data Reader"), "{}", page.words());

        // A decision is taken anew, by whoever has signed in by then.
        let refused = uma.press(&decided, "Approve", &[]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(!refused.says("Send again"), "{}", refused.words());
        let to = refused.html_attribute("a[href^='/sign-in?']", "href");
        assert!(to.contains("return=%2Frequests%2F"), "{to}");
        let page = uma.open(&to).await;
        assert_eq!(page.url.path(), request);
        assert_eq!(status(&page), "Waiting for approval");

        // What was written to it is not lost with that.
        world.wait(Duration::from_secs(25 * 3600)).await;
        let comment = [("comment", "It is for <hall 3>.")];
        let refused = uma.send(&format!("{request}/comments"), &comment).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(
            refused.says("What you wrote") && refused.says("It is for <hall 3>."),
            "{}",
            refused.words()
        );
        assert!(!refused.text.contains("<hall 3>"), "{}", refused.text);

        // Nor is a decision about several sent again, in whoever's name.
        let id = request.replace("/requests/", "");
        let several = [("act", "reject"), ("request", &*id), ("reason", "no")];
        let refused = uma.send("/approvals/decisions", &several).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(!refused.says("Send again"), "{}", refused.words());
    })
    .await;
}

#[tokio::test]
async fn entra_may_be_down_and_comes_back() {
    on_each_database(async |world| {
        world.azure.fail(json!({ "service": "entra", "times": 100, "status": 503 })).await;
        let browser = world.browser();
        let page = browser.open("/sign-in").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.words());
        assert!(page.has("main h1") && page.says("Try again"));
        let health = browser.fetch("/health/ready").await;
        assert_eq!(health.status, StatusCode::OK);
        assert!(health.text.contains("not reachable"), "{}", health.text);
        world.azure.mend().await;
        world.wait(Duration::from_secs(60)).await;
        browser.sign_in_as("nina").await;
        assert!(browser.fetch("/health/ready").await.text.contains(r#""entra":"reachable""#));
    })
    .await;
}

#[tokio::test]
async fn new_signing_keys_are_taken_up() {
    on_each_database(async |world| {
        world.person("nina").await;
        world.azure.tell("/keys/rotate", json!({})).await;
        world.person("carl").await;
    })
    .await;
}

/// How often Entra ID was asked for its signing keys.
async fn key_fetches(world: &World) -> usize {
    world.azure.calls_to("entra").await.iter().filter(|call| call.path.ends_with("/keys")).count()
}

#[tokio::test]
async fn new_signing_keys_are_fetched_once_for_all_who_sign_in_meanwhile() {
    on_each_database(async |world| {
        world.person("olivia").await;
        let mut waiting = Vec::new();
        for name in ["nina", "carl", "uma", "rita"] {
            let browser = world.browser();
            let back = way_back(&browser, "/sign-in?return=%2Frequests", name).await;
            waiting.push((browser, back));
        }
        world.azure.tell("/keys/rotate", json!({})).await;
        // All have their tokens before the keys come.
        world.azure.fail(json!({ "service": "entra", "path": "/keys", "delay_ms": 300 })).await;
        let before = key_fetches(world).await;
        let come_back = waiting.iter().map(|(browser, back)| browser.fetch(back));
        for page in futures_util::future::join_all(come_back).await {
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
        }
        assert_eq!(key_fetches(world).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn unknown_signing_keys_do_not_make_it_ask_without_end() {
    on_each_database(async |world| {
        world.person("nina").await;
        world.azure.tell("/keys/rotate", json!({})).await;
        world.person("carl").await;
        let before = key_fetches(world).await;
        // Another rotation within five minutes: whoever signs in waits, and the keys are left alone.
        world.azure.tell("/keys/rotate", json!({})).await;
        for name in ["uma", "rita"] {
            let browser = world.browser();
            let back = way_back(&browser, "/sign-in", name).await;
            let page = browser.fetch(&back).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.words());
            assert!(page.says("signed with a key that it has not published yet"));
            assert!(!browser.cookies.lock().unwrap().contains_key("twindesk_session"));
        }
        assert_eq!(key_fetches(world).await, before);
    })
    .await;
    with_settings(&[("TWINDESK_KEY_REFETCH", "1ms")], async |world| {
        world.person("nina").await;
        let before = key_fetches(world).await;
        for name in ["carl", "uma"] {
            world.azure.tell("/keys/rotate", json!({})).await;
            world.person(name).await;
        }
        assert_eq!(key_fetches(world).await, before + 2, "the floor has passed");
    })
    .await;
}

#[tokio::test]
async fn the_name_of_the_cookie_is_not_the_simulators() {
    on_each_database(async |world| {
        let browser = world.person("nina").await;
        let names: Vec<String> = browser.cookies.lock().unwrap().keys().cloned().collect();
        assert!(names.iter().any(|name| name == "twindesk_session"), "{names:?}");
        assert!(
            names
                .iter()
                .filter(|name| !name.starts_with("twindesk"))
                .all(|name| name.starts_with("sim")),
            "{names:?}"
        );
    })
    .await;
}

/// What an Entra ID answers to a sign-in of Nina's with this nonce, whoever asked for it.
async fn tokens(azure: &Azure, origin: &str, client: &str, nonce: &str) -> serde_json::Value {
    let browser = Browser::new(origin);
    let entra = format!("{}/entra/{}/oauth2/v2.0", azure.base, demo::TENANT);
    let redirect = format!("{origin}/auth/callback");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", client),
            ("response_type", "code"),
            ("redirect_uri", &redirect),
            (
                "scope",
                "openid profile offline_access https://management.azure.com/user_impersonation",
            ),
            ("nonce", nonce),
            ("state", "x"),
        ])
        .finish();
    let person = [("loginfmt", "nina@contoso.com"), ("passwd", "Twindesk1!")];
    let sent = browser.raw("POST", &format!("{entra}/authorize?{query}")).form(&person);
    let back = url::Url::parse(&browser.exchange(sent).await.location()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let grant = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("client_secret", demo::CLIENT_SECRET),
        ("redirect_uri", &redirect),
        ("code", &code),
    ];
    let answer =
        browser.exchange(browser.raw("POST", &format!("{entra}/token")).form(&grant)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn an_id_token_is_taken_only_if_entra_made_it_for_this_very_sign_in() {
    const OTHER_CLIENT: &str = "00000000-0000-4000-8000-00000000c11e";
    on_each_database(async |world| {
        // Other makers of tokens, who say that they are ours and sign with its keys, but for one thing.
        let ours = url::Url::parse(&format!("{}/entra", world.azure.base)).unwrap();
        let like_ours = || Options { entra: Some(ours.clone()), ..Options::default() };
        let twin = Azure::with(&world.origin, like_ours()).await;
        let issuer = Azure::with(&world.origin, Options::default()).await;
        let audience = Options { client_id: OTHER_CLIENT.to_owned(), ..like_ours() };
        let audience = Azure::with(&world.origin, audience).await;
        let old = Azure::with(&world.origin, like_ours()).await;
        old.tell("/clock", json!({ "advance_seconds": -7200 })).await;
        let key = Azure::with(&world.origin, like_ours()).await;
        for _ in 0..3 {
            key.tell("/keys/rotate", json!({})).await;
        }
        for (what, maker) in [
            ("right", &twin),
            ("nonce", &twin),
            ("signature", &twin),
            ("claims", &twin),
            ("missing", &twin),
            ("issuer", &issuer),
            ("audience", &audience),
            ("old", &old),
            ("key", &key),
        ] {
            let browser = world.browser();
            let begun = url::Url::parse(&browser.fetch("/sign-in").await.location()).unwrap();
            let nonce =
                begun.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
            let nonce = if what == "nonce" { "another".to_owned() } else { nonce };
            let client = if what == "audience" { OTHER_CLIENT } else { demo::CLIENT_ID };
            let mut answer = tokens(maker, &world.origin, client, &nonce).await;
            let token = answer["id_token"].as_str().unwrap().to_owned();
            let parts: Vec<&str> = token.split('.').collect();
            answer["id_token"] = match what {
                "signature" => format!(
                    "{}.{}.{}",
                    parts[0],
                    parts[1],
                    parts[2].chars().rev().collect::<String>()
                )
                .into(),
                // Olivia's name in Nina's token.
                "claims" => {
                    use base64::Engine as _;
                    let base64 = base64::prelude::BASE64_URL_SAFE_NO_PAD;
                    let claims = String::from_utf8(base64.decode(parts[1]).unwrap()).unwrap();
                    let forged = claims.replace(super::world::NINA, super::world::OLIVIA);
                    assert_ne!(claims, forged);
                    format!("{}.{}.{}", parts[0], base64.encode(forged), parts[2]).into()
                }
                "missing" => json!(null),
                _ => token.as_str().into(),
            };
            let entra = browser.fetch(begun.as_str()).await;
            let action = entra
                .url
                .join(&entra.html_attribute("form:has([name=loginfmt])", "action"))
                .unwrap();
            let person = [("loginfmt", "nina@contoso.com"), ("passwd", "Twindesk1!")];
            let back = browser
                .exchange(browser.raw("POST", action.as_str()).form(&person))
                .await
                .location();
            world
                .azure
                .fail(
                    json!({ "service": "entra", "path": "/token", "status": 200, "body": answer }),
                )
                .await;
            let page = browser.fetch(&back).await;
            if what == "right" {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{what}: {}", page.text);
                assert!(browser.fetch("/requests").await.one(".who").contains("Nina Novak"));
                browser.post("/sign-out", &[]).await;
                continue;
            }
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{what}: {}", page.text);
            assert!(page.says("You are not signed in"), "{what}: {}", page.words());
            assert!(!browser.cookies.lock().unwrap().contains_key("twindesk_session"), "{what}");
            assert!(!world.rows().await.iter().any(|row| row.starts_with("session:")), "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_name_of_who_has_signed_in_is_on_every_page_and_on_those_that_went_wrong() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        for path in [
            "/",
            "/instances/new",
            "/access/new",
            "/requests",
            "/approvals",
            "/approvals/decided",
            "/history",
            "/nowhere",
            "/requests/nothing",
        ] {
            let page = nina.open(path).await;
            assert!(page.one(".who").contains("Nina Novak"), "{path}: {}", page.words());
        }
        assert!(!world.browser().open("/nowhere").await.has(".who"));
    })
    .await;
}
