//! What every answer tells the browser, and what is refused before any page is reached: requests of
//! other sites, other methods, other hosts, other people's sessions.

use reqwest::{StatusCode, header};
use serde_json::json;

use super::{
    asking::{create, instance, request_access},
    azure::PUBLIC,
    doors::{addresses, filled},
    people::{Browser, Page},
    sign_in::way_back,
    world::{World, on_each_database, with_settings},
};

/// Every kind of answer there is, with what it is.
async fn answers(world: &World) -> Vec<(&'static str, Page)> {
    let nina = world.person("nina").await;
    let stranger = world.browser();
    let request = request_access(&nina, "data_owner").await.url.path().to_owned();
    let home = nina.fetch("/").await;
    let style = home.html_attribute("link[rel=stylesheet]", "href");
    let script = home.html_attribute("script[src]", "src");
    let icon = home.html_attribute("link[rel=icon]", "href");
    let ours =
        |method: &str, path: &str| nina.raw(method, path).header("sec-fetch-site", "same-origin");
    let form = "application/x-www-form-urlencoded";
    let mut answers = vec![("home", home)];
    for (what, path) in [
        ("page", "/requests"),
        ("page", "/approvals"),
        ("page", "/approvals/decided"),
        ("page", "/history"),
        ("form", "/instances/new"),
        ("form", "/access/new"),
        ("request", request.as_str()),
        ("progress", &format!("{request}/progress")),
        ("json", "/people?q=nov"),
        ("missing", "/nowhere"),
        ("missing file", "/static/site.css"),
        ("bad query", "/history?before=x"),
    ] {
        answers.push((what, nina.fetch(path).await));
    }
    for (what, path) in [
        ("redirect", "/"),
        ("sign-in", "/sign-in"),
        ("callback", "/auth/callback?code=x&state=x"),
        ("logout", "/auth/front-channel-logout?sid=x"),
        ("signed out", "/signed-out"),
        ("live", "/health/live"),
        ("ready", "/health/ready"),
        ("static", style.as_str()),
        ("static", script.as_str()),
        ("static", icon.as_str()),
    ] {
        answers.push((what, stranger.fetch(path).await));
    }
    for (what, request) in [
        ("elsewhere", nina.raw("POST", "/sign-out")),
        ("method", ours("PUT", "/requests")),
        ("trace", nina.raw("TRACE", "/")),
        (
            "too long",
            ours("POST", "/access")
                .header("content-type", form)
                .body("a=".to_owned() + &"b".repeat(300_000)),
        ),
        ("no form", ours("POST", "/access").header("content-type", "text/plain").body("x")),
        (
            "refused",
            ours("POST", &format!("{request}/approval"))
                .header("content-type", form)
                .body("plan=x"),
        ),
        (
            "stranger's form",
            stranger.raw("POST", "/access").header("sec-fetch-site", "same-origin"),
        ),
    ] {
        answers.push((what, nina.exchange(request).await));
    }
    answers
}

#[tokio::test]
async fn every_answer_tells_the_browser_how_far_to_trust_it() {
    on_each_database(async |world| {
        for (what, page) in answers(world).await {
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(page.header(name), value, "{what} at {}: {name}", page.url);
            }
            assert!(page.header("permissions-policy").contains("camera=()"), "{what}");
            let kept = match what {
                "static" => "public, max-age=31536000, immutable",
                // For the browser's Back; what it keeps belongs to the session's cookie.
                "form" => "private, no-cache",
                _ => "no-store",
            };
            if what == "form" {
                let vary = page.headers.get_all("vary").iter();
                assert!(vary.filter_map(|vary| vary.to_str().ok()).any(|vary| vary == "Cookie"));
            }
            assert_eq!(page.header("cache-control"), kept, "{what} at {}", page.url);
            assert_eq!(page.header("strict-transport-security"), "", "{what}: this is plain http");
            let policy = page.header("content-security-policy");
            let directives: Vec<&str> = policy.split("; ").collect();
            for wanted in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self'",
                "connect-src 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(directives.contains(&wanted), "{what}: {policy}");
            }
            for open in ["unsafe", "*", "data:", "blob:", "https: ", "nonce"] {
                assert!(!policy.contains(open), "{what}: {policy}");
            }
            let entra = url::Url::parse(&world.azure.base).unwrap().origin().ascii_serialization();
            assert!(
                directives.contains(&&*format!("form-action 'self' {entra}")),
                "{what}: {policy}"
            );
            assert_eq!(directives.len(), 8, "{what}: {policy}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_page_is_whole_and_holds_to_its_own_policy() {
    on_each_database(async |world| {
        for (what, page) in answers(world).await {
            if page.status.is_redirection() || !page.header("content-type").starts_with("text/html")
            {
                continue;
            }
            if what != "progress" {
                assert!(page.has("main h1"), "{what} has no title: {}", page.text);
                assert_eq!(page.all("script").len(), 1, "{what}");
            }
            is_inert(&page, what);
            if page.status.is_client_error() && what != "callback" {
                let id = page.one("main p.meta code");
                assert!(uuid::Uuid::try_parse(&id).is_ok(), "{what} has no id but {id:?}");
            }
        }
    })
    .await;
}

/// Nothing on the page runs or is fetched but our own files.
pub fn is_inert(page: &Page, what: &str) {
    for inline in [
        "script:not([src^='/static/'])",
        "style",
        "[style]",
        "iframe",
        "object",
        "embed",
        "base",
        "img",
        "svg script",
    ] {
        assert!(!page.has(inline), "{what} at {} has {inline}: {}", page.url, page.text);
    }
    let html = page.html();
    for element in html.tree.values().filter_map(|node| node.as_element()) {
        for (name, value) in element.attrs() {
            assert!(!name.starts_with("on"), "{what} at {}: {name}={value}", page.url);
            let script = value.trim().to_lowercase().starts_with("javascript:");
            let address = ["href", "src", "action", "formaction", "xlink:href"].contains(&name);
            assert!(!(address && script), "{what} at {}: {name}={value}", page.url);
        }
    }
}

#[tokio::test]
async fn under_https_cookies_are_bound_to_the_host_and_browsers_told_to_stay() {
    with_settings(&[("TWINDESK_BASE_URL", PUBLIC)], async |world| {
        let browser = world.browser();
        let begun = browser.fetch("/sign-in?return=%2Frequests").await;
        let cookie = begun.header("set-cookie").to_owned();
        assert!(cookie.starts_with("__Host-twindesk_browser="), "{cookie}");
        is_sound_cookie(&cookie, true);
        let entra = browser.fetch(&begun.location()).await;
        let action =
            entra.url.join(&entra.html_attribute("form:has([name=loginfmt])", "action")).unwrap();
        let fields = [("loginfmt", "nina@contoso.com"), ("passwd", "Twindesk1!")];
        let back =
            browser.exchange(browser.raw("POST", action.as_str()).form(&fields)).await.location();
        // What a proxy does: the same path, over plain http.
        let path = back.strip_prefix(PUBLIC).unwrap_or_else(|| panic!("back to {back}"));
        let page = browser.fetch(path).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/requests"));
        assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
        let cookie = page.header("set-cookie");
        assert!(cookie.starts_with("__Host-twindesk_session="), "{cookie}");
        is_sound_cookie(cookie, true);
        assert!(browser.fetch("/requests").await.one(".who").contains("Nina"));
        // A cookie without the prefix, which any neighbour could have set, is nobody's.
        let value = browser.cookies.lock().unwrap()["__Host-twindesk_session"].clone();
        let thief = world.browser();
        thief.cookies.lock().unwrap().insert("twindesk_session".to_owned(), value);
        assert_eq!(thief.fetch("/requests").await.status, StatusCode::SEE_OTHER);
        // The origin that counts is the public one, whatever the proxy's Host.
        for (origin, status) in [(PUBLIC, 303), (world.origin.as_str(), 403)] {
            let out = browser
                .raw("POST", "/sign-out")
                .header("origin", origin)
                .header("content-length", "0");
            assert_eq!(browser.exchange(out).await.status, status, "{origin}");
            if status == 303 {
                browser.cookies.lock().unwrap().clear();
            }
        }
    })
    .await;
}

fn is_sound_cookie(cookie: &str, secure: bool) {
    let parts: Vec<&str> = cookie.split("; ").collect();
    for wanted in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&wanted), "{cookie}");
    }
    assert_eq!(parts.contains(&"Secure"), secure, "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn cookies_are_closed_to_scripts_and_hold_nothing_but_chance() {
    on_each_database(async |world| {
        let browser = world.browser();
        let begun = browser.fetch("/sign-in").await;
        is_sound_cookie(begun.header("set-cookie"), false);
        let entra = browser.fetch(&begun.location()).await;
        browser.pick(&entra, "nina").await;
        for (name, value) in browser.cookies.lock().unwrap().iter() {
            if name.starts_with("twindesk") {
                assert!(
                    value.len() == 43
                        && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
                    "{name}={value}"
                );
            }
        }
        let out = browser.post("/sign-out", &[]).await;
        assert_eq!(out.header("clear-site-data"), "\"cache\"", "nothing is left to page back to");
        let cookie = out.header("set-cookie");
        is_sound_cookie(cookie, false);
        assert!(
            cookie.starts_with("twindesk_session=;") && cookie.contains("Max-Age=0"),
            "{cookie}"
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_changed_from_another_site() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let uma = world.person("uma").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let plan = uma.open(&request).await.html_attribute("input[name=plan]", "value");
        let before = world.rows().await;
        let elsewhere: [(&str, &[(&str, &str)]); 9] = [
            ("cross-site", &[("sec-fetch-site", "cross-site")]),
            ("same-site", &[("sec-fetch-site", "same-site")]),
            ("none", &[("sec-fetch-site", "none")]),
            ("nonsense", &[("sec-fetch-site", "Same-Origin, cross-site")]),
            ("another origin", &[("origin", "https://evil.example")]),
            (
                "an origin that begins like ours",
                &[("origin", &format!("{}.evil.example", world.origin))],
            ),
            ("the null origin", &[("origin", "null")]),
            (
                "our origin on a cross-site request",
                &[("sec-fetch-site", "cross-site"), ("origin", &world.origin)],
            ),
            ("no word about it", &[]),
        ];
        let posts: Vec<String> = addresses()
            .into_iter()
            .filter(|(method, _)| *method == "POST")
            .map(|(_, path)| path)
            .collect();
        assert!(posts.len() >= 9, "{posts:?}");
        for path in &posts {
            let address = path.replace("/requests/{id}", &request);
            for (what, headers) in elsewhere {
                let fields = [("plan", plan.as_str()), ("reason", "x"), ("go", "review")];
                let mut post = uma.raw("POST", &address).form(&fields);
                for (name, value) in headers {
                    post = post.header(*name, *value);
                }
                let page = uma.exchange(post).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}, {what}");
                assert!(page.says("This did not come from Twindesk"), "{path}, {what}");
            }
        }
        assert_eq!(world.rows().await, before);
        assert!(world.azure.writes().await.is_empty());
        assert_eq!(uma.fetch("/").await.status, StatusCode::OK, "still signed in");
    })
    .await;
}

#[tokio::test]
async fn nothing_but_what_an_address_is_for_is_done_there() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let before = world.rows().await;
        for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "CONNECTED", "PROPFIND", "get"] {
            for path in ["/", "/requests", "/sign-out", "/health/live"] {
                let plain = nina.exchange(nina.raw(method, path)).await;
                assert_eq!(plain.status, StatusCode::FORBIDDEN, "{method} {path}");
                let ours = nina.raw(method, path).header("sec-fetch-site", "same-origin");
                assert_eq!(
                    nina.exchange(ours).await.status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{method} {path}"
                );
            }
        }
        for method in ["TRACE", "TRACK"] {
            let request = nina
                .raw(method, "/requests")
                .header("sec-fetch-site", "same-origin")
                .header("x-secret", "echo me");
            let page = nina.exchange(request).await;
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert!(!page.text.contains("echo me"));
        }
        // Every address that is posted to is not to be read, and the other way about.
        for (method, path) in addresses() {
            let other = if method == "GET" { "POST" } else { "GET" };
            if addresses().contains(&(other, path.clone())) {
                continue;
            }
            let request = nina.raw(other, &filled(&path)).header("sec-fetch-site", "same-origin");
            assert_eq!(
                nina.exchange(request).await.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{other} {path}"
            );
        }
        assert_eq!(world.rows().await, before);
    })
    .await;
}

#[tokio::test]
async fn what_a_request_says_of_its_host_is_not_believed() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let stranger = world.browser();
        let lies = |browser: &Browser, method: &str, path: &str| {
            browser
                .raw(method, path)
                .header(header::HOST, "evil.example")
                .header("x-forwarded-host", "evil.example")
                .header("x-forwarded-proto", "gopher")
                .header("x-forwarded-server", "evil.example")
                .header("x-original-url", "//evil.example/")
                .header("forwarded", "host=evil.example;proto=gopher")
        };
        for path in ["/", "/requests", "/instances/new", "/history", "/nowhere"] {
            let page = nina.exchange(lies(&nina, "GET", path)).await;
            assert!(!page.text.contains("evil.example"), "{path}: {}", page.text);
            let sent = stranger.exchange(lies(&stranger, "GET", path)).await;
            assert!(!sent.header("location").contains("evil.example"), "{path}");
        }
        let begun = stranger.exchange(lies(&stranger, "GET", "/sign-in")).await;
        let to = url::Url::parse(begun.header("location")).unwrap();
        let redirect = to.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
        assert_eq!(redirect, format!("{}/auth/callback", world.origin));
        // Nor may it stand for the origin that a change comes from.
        let out = lies(&nina, "POST", "/sign-out").header("origin", "http://evil.example");
        assert_eq!(nina.exchange(out).await.status, StatusCode::FORBIDDEN);
        let out = lies(&nina, "POST", "/sign-out").header("sec-fetch-site", "same-origin");
        let to = nina.exchange(out).await;
        let to = url::Url::parse(to.header("location")).unwrap();
        let back = to.query_pairs().find(|(name, _)| name == "post_logout_redirect_uri").unwrap().1;
        assert_eq!(back, format!("{}/signed-out", world.origin));
    })
    .await;
}

/// Ways to write another site's address so that somebody takes it for one of ours.
const ELSEWHERE: [&str; 30] = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%5Cevil.example",
    "/%2F/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example@localhost",
    "@evil.example",
    ".evil.example",
    "evil.example",
    "/\u{202e}//evil.example",
    "/\u{3002}evil.example",
    "//evil\u{3002}example",
];

#[tokio::test]
async fn a_sign_in_leads_back_to_this_site_only() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let stays = |to: &str, wish: &str| {
            // As a browser reads it.
            let there = url::Url::parse(&world.origin).unwrap().join(to).unwrap();
            assert_eq!(there.origin().ascii_serialization(), world.origin, "{wish:?} led to {to}");
            // And as something simpler than a browser might.
            assert!(
                to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'),
                "{wish:?} led to {to}"
            );
            assert!(to.is_ascii(), "{wish:?} led to {to}");
        };
        for wish in ELSEWHERE {
            let encoded: String = url::form_urlencoded::byte_serialize(wish.as_bytes()).collect();
            // Signed in, at once.
            let page = nina.fetch(&format!("/sign-in?return={encoded}")).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{wish:?}");
            let to = String::from_utf8_lossy(page.headers["location"].as_bytes()).into_owned();
            stays(&to, wish);
            // And by way of Entra ID.
            let begun = nina.fetch(&format!("/sign-in?again=yes&return={encoded}")).await;
            let back = nina.fetch(&begun.location()).await.location();
            let page = nina.fetch(&back).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{wish:?}: {}", page.text);
            stays(&String::from_utf8_lossy(page.headers["location"].as_bytes()), wish);
        }
        for wish in [
            "/requests?show=open",
            "/history?person=a%40b&kind=asked",
            "/sign-in?return=%2Frequests",
        ] {
            let encoded: String = url::form_urlencoded::byte_serialize(wish.as_bytes()).collect();
            assert_eq!(
                nina.fetch(&format!("/sign-in?return={encoded}")).await.header("location"),
                wish
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_cannot_be_given_to_anybody() {
    on_each_database(async |world| {
        let planted = "A".repeat(43);
        let browser = world.browser();
        for name in ["twindesk_session", "twindesk_browser"] {
            browser.cookies.lock().unwrap().insert(name.to_owned(), planted.clone());
        }
        browser.sign_in_as("nina").await;
        assert_ne!(browser.cookies.lock().unwrap()["twindesk_session"], planted);
        let attacker = world.browser();
        attacker.cookies.lock().unwrap().insert("twindesk_session".to_owned(), planted);
        assert_eq!(attacker.fetch("/requests").await.status, StatusCode::SEE_OTHER);
        for value in ["", "x", "' OR 1=1 --", "\u{1}", "%00", &"x".repeat(8_000)] {
            let request = attacker
                .raw("GET", "/requests")
                .header("cookie", format!("twindesk_session={}", value.replace('\u{1}', "%01")));
            let page = world.browser().exchange(request).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{value:.20}");
        }
        // Nor can the hash that the database knows be used for the secret.
        for row in world.rows().await.iter().filter(|row| row.starts_with("session:")) {
            let hash = row.split("hash=").nth(1).unwrap().split(' ').next().unwrap().to_owned();
            attacker.cookies.lock().unwrap().insert("twindesk_session".to_owned(), hash);
            assert_eq!(attacker.fetch("/requests").await.status, StatusCode::SEE_OTHER);
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_too_long_gets_a_whole_page() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        for path in ["/instances/new", "/instances", "/access/new", "/access"] {
            let page = nina.post(path, &[("justification", &"x".repeat(300_000))]).await;
            assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert!(page.has("main h1") && page.says("too long"), "{path}: {}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_told_on_a_whole_page_without_its_causes() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let coming = world.browser();
        let back = way_back(&coming, "/sign-in", "carl").await;
        world.app.store.close().await;
        for (browser, path) in [
            (&nina, "/"),
            (&nina, "/requests"),
            (&nina, "/history"),
            (&nina, "/people?q=nov"),
            (&nina, "/sign-in"),
            (&coming, &*back),
        ] {
            let page = browser.fetch(path).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", page.text);
            assert!(page.has("main h1") && page.says("database does not answer"), "{path}");
            assert!(uuid::Uuid::try_parse(&page.one("main p.meta code")).is_ok(), "{path}");
            for cause in ["pool", "sqlx", "SELECT", "closed", "postgres", "sqlite", ".rs"] {
                assert!(!page.text.contains(cause), "{path} tells of {cause}: {}", page.text);
            }
        }
        let page = nina.send("/access", &[("go", "review")]).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        let ready = nina.fetch("/health/ready").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(nina.fetch("/health/live").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn what_azure_wants_of_a_reader_sends_them_through_a_sign_in_and_back() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let request = create(&carl, &instance("dt-claims")).await.url.path().to_owned();
        world.let_it_work().await;
        let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
        for path in [request.as_str(), "/approvals", "/instances/new"] {
            world.azure.fail(json!({ "service": "arm", "caller": "uma@contoso.com", "claims": claims, "times": 1 })).await;
            // What was remembered of her rights is no longer fresh.
            world.wait(std::time::Duration::from_secs(61)).await;
            let sent = uma.fetch(path).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{path}: {}", sent.text);
            let begun = uma.fetch(&sent.location()).await;
            let entra = url::Url::parse(begun.header("location")).unwrap();
            let asked = entra.query_pairs().find(|(name, _)| name == "claims").unwrap().1.into_owned();
            let asked: serde_json::Value = serde_json::from_str(&asked).unwrap();
            assert_eq!(asked["access_token"]["acrs"], claims["access_token"]["acrs"], "{path}");
            let mut page = uma.open(&begun.location()).await;
            if page.url.path().contains("/authorize") {
                page = uma.press(&page, "Approve sign-in", &[]).await;
            }
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.words());
            assert_eq!(page.url.path(), path, "back to what she was looking at");
        }
    })
    .await;
}

#[tokio::test]
async fn what_azure_wants_again_and_again_ends_on_a_page_and_not_in_a_circle() {
    on_each_database(async |world| {
        let uma = world.person("uma").await;
        let carl = world.person("carl").await;
        create(&carl, &instance("dt-circle")).await;
        let claims = json!({ "access_token": { "nbf": { "essential": true, "value": "1" } } });
        world.azure.fail(json!({ "service": "arm", "caller": "uma@contoso.com", "claims": claims, "times": 1000 })).await;
        for path in ["/approvals", "/instances/new", "/access/new"] {
            let page = uma.open(path).await;
            assert!(page.status.is_client_error() || page.status.is_success(), "{path}: {}", page.status);
            assert!(page.says("sign in again"), "{path}: {}", page.words());
            assert!(page.has("main a[href^='/sign-in']"), "{path}: {}", page.text);
        }
        world.azure.mend().await;
        assert_eq!(uma.open("/approvals").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn consent_that_is_missing_is_said_and_asked_for_once() {
    on_each_database(async |world| {
        let withdrawn = [
            "User.ReadBasic.All",
            "GroupMember.Read.All",
            "Application.Read.All",
            "https://digitaltwins.azure.net/Read.Write",
        ];
        world.azure.tell("/consent", json!({ "withdraw": withdrawn })).await;
        let olivia = world.person("olivia").await;
        let found = olivia.open("/people?q=nov").await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(found.text.contains("AADSTS65001"), "{}", found.text);
        let page = olivia.send("/access/new", &[("find", "nov"), ("go", "find")]).await;
        assert_eq!(page.url.path(), "/access/new");
        assert!(
            page.says("The directory could not be searched") && page.says("AADSTS65001"),
            "{}",
            page.words()
        );
        // The data plane cannot be tried; the request is done all the same, and nobody is sent away.
        let request = create(&olivia, &instance("dt-consent")).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(super::asking::status(&page), "Done", "{}", page.words());
        assert_eq!(page.url.path(), request);
    })
    .await;
}

#[tokio::test]
async fn strangers_cannot_make_us_ask_azure_without_end() {
    on_each_database(async |world| {
        let stranger = world.browser();
        world.azure.forget_calls().await;
        for _ in 0..10 {
            assert_eq!(stranger.fetch("/health/ready").await.status, StatusCode::OK);
        }
        for service in ["arm", "graph"] {
            assert_eq!(world.azure.calls_to(service).await.len(), 1, "{service}");
        }
        world.wait(std::time::Duration::from_secs(6)).await;
        stranger.fetch("/health/ready").await;
        assert_eq!(world.azure.calls().await.len(), 2, "asked again after a while");
        world.azure.forget_calls().await;
        for _ in 0..10 {
            stranger.fetch("/sign-in").await;
            stranger.fetch("/auth/callback?code=x&state=x").await;
            stranger.fetch("/auth/front-channel-logout?sid=x").await;
        }
        assert!(world.azure.calls_to("entra").await.len() <= 2);
    })
    .await;
}
