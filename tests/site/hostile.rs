//! What an enemy types, and what a careless program sends: nothing breaks, nothing is guessed, and
//! everything is shown as the text that it is.

use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    asking::{FACTORY_FLOOR, confirm, create, instance, request_access, review, status},
    people::{Browser, Page},
    safety::is_inert,
    world::{PRODUCTION, World, on_each_database, under_policy},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// Texts that become something else wherever they are not taken as text.
const MARKUP: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea></title></pre><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}} {% raw %} ${7*7}",
    "&lt;b&gt; &amp; &#60;i&#62;",
];

/// The text stands on the page as it was written, once escaped and not twice, and does nothing.
fn is_shown_as_text(page: &Page, written: &str, what: &str) {
    is_inert(page, what);
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        page.words().contains(&plain(written)),
        "{what} at {} does not show {written}: {}",
        page.url,
        page.words()
    );
}

async fn post_raw(person: &Browser, path: &str, body: impl Into<reqwest::Body>) -> Page {
    let request = person.raw("POST", path).header("sec-fetch-site", "same-origin");
    person.exchange(request.header("content-type", FORM).body(body)).await
}

/// A request line as it stands, which no library would send.
async fn line(world: &World, person: &Browser, method: &str, target: &str) -> (u16, String) {
    let cookies = {
        let jar = person.cookies.lock().unwrap();
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    let address = world.origin.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: {FORM}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{method} {target}: {answer:?}")), answer)
}

#[tokio::test]
async fn what_people_write_is_shown_to_others_as_text() {
    on_each_database(async |world| {
        let (nina, uma, aldo) =
            (world.person("nina").await, world.person("uma").await, world.person("aldo").await);
        let written = MARKUP.join("\n");
        let fields = [
            ("resource_id", FACTORY_FLOOR),
            ("role", "data_owner"),
            ("for_me", "yes"),
            ("justification", written.as_str()),
        ];
        let page = review(&nina, "/access/new", &fields).await;
        is_shown_as_text(&page, &written, "review");
        let request = confirm(&nina, &page).await.url.path().to_owned();
        for (who, person) in [("requester", &nina), ("approver", &uma), ("auditor", &aldo)] {
            for path in [
                request.clone(),
                "/history".to_owned(),
                format!("/history?request={}", &request[10..]),
            ] {
                if who == "approver" && path == "/history" {
                    continue;
                }
                let path = if who == "approver" {
                    path.replace("?request", &format!("?scope={PRODUCTION}&request"))
                } else {
                    path
                };
                is_shown_as_text(&person.open(&path).await, &written, who);
            }
        }
        is_inert(&uma.open("/approvals").await, "queue");
        // The part that is fetched while the page stands is escaped just as often.
        let live = nina.open(&format!("{request}/progress")).await;
        for markup in MARKUP {
            assert!(
                live.one("body").contains(&markup.split_whitespace().collect::<Vec<_>>().join(" ")),
                "{markup}: {}",
                live.text
            );
        }
        let page = uma.open(&request).await;
        let again = uma
            .press(&page, "Reject", &[("reason", &format!("{written}{}", "x".repeat(2_000)))])
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        is_shown_as_text(&again, &written, "rejection that is too long");
        uma.press(&page, "Reject", &[("reason", &written)]).await;
        for person in [&nina, &uma] {
            let page = person.open(&request).await;
            assert_eq!(status(&page), "Rejected");
            is_shown_as_text(&page, &written, "rejection");
        }
    })
    .await;
}

#[tokio::test]
async fn names_from_outside_are_shown_as_text() {
    let offered =
        super::asking::OFFERED.replace("Contoso Production", "<script>alert(1)</script> & Co");
    under_policy(&offered, async |world| {
        let name = "Eve \"><img src=x onerror=alert(1)> O'<b>Neil</b>";
        world.azure.tell("/people", json!({
            "upn": "eve@contoso.com", "name": name, "mail": "eve+<script>@contoso.com", "department": "<i>R&D</i>",
        })).await;
        let (eve, carl, olivia, aldo) = (
            world.person("eve").await, world.person("carl").await, world.person("olivia").await, world.person("aldo").await,
        );
        // Found by others.
        let found = carl.open("/people?q=eve").await;
        assert_eq!(found.header("content-type"), "application/json");
        let found: serde_json::Value = serde_json::from_str(&found.text).unwrap();
        assert_eq!(found["results"][0]["name"], name);
        let page = carl.send("/access/new", &[("find", "eve"), ("go", "find")]).await;
        is_shown_as_text(&page, name, "found");
        let member = format!("User:{}", found["results"][0]["id"].as_str().unwrap());
        let page = carl.send("/access/new", &[("add", &member)]).await;
        is_shown_as_text(&page, name, "chosen");
        let fields = [("resource_id", FACTORY_FLOOR), ("role", "data_reader"), ("member", &member), ("justification", "x")];
        let page = review(&carl, "/access/new", &fields).await;
        is_shown_as_text(&page, name, "review");
        let request = confirm(&carl, &page).await.url.path().to_owned();
        is_shown_as_text(&olivia.open(&request).await, name, "member");
        // Asking and being told of herself.
        let page = create(&eve, &instance("dt-eve")).await;
        let request = page.url.path().to_owned();
        is_shown_as_text(&page, name, "requester's own page");
        let page = olivia.open(&request).await;
        is_shown_as_text(&page, name, "approver's page");
        is_shown_as_text(&page, "<script>alert(1)</script> & Co", "the subscription's name");
        for path in ["/approvals", "/"] {
            is_inert(&olivia.open(path).await, path);
            is_inert(&eve.open(path).await, path);
        }
        olivia.press(&page, "Approve", &[]).await;
        world.azure.fail(json!({
            "service": "arm", "method": "PUT", "path": "digitalTwinsInstances", "status": 400,
            "code": "<script>", "message": "<img src=x onerror=alert(1)> eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln",
        })).await;
        world.let_it_work().await;
        for page in [eve.open(&request).await, aldo.open("/history").await] {
            is_shown_as_text(&page, "<img src=x onerror=alert(1)>", "Azure's message");
            assert!(!page.text.contains("eyJ0eXAi"), "{}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_cannot_turn_the_text_around_it() {
    on_each_database(async |world| {
        let name = "Eve\u{202e}rotartsinimdA\u{2066}\u{0} \u{200f}Admin\r\n\u{85}x";
        world.azure.tell("/people", json!({ "upn": "eve@contoso.com", "name": name })).await;
        let (eve, carl, uma) =
            (world.person("eve").await, world.person("carl").await, world.person("uma").await);
        let page = request_access(&eve, "data_reader").await;
        let pages = [
            eve.open(page.url.path()).await,
            uma.open(page.url.path()).await,
            uma.open("/approvals").await,
            carl.open("/people?q=eve").await,
            carl.send("/access/new", &[("find", "eve"), ("go", "find")]).await,
        ];
        for page in pages {
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.text.contains("rotartsinimdA"), "{}", page.text);
            for mark in ['\u{202e}', '\u{2066}', '\u{200f}', '\u{0}', '\u{85}'] {
                assert!(
                    !page.text.contains(mark)
                        && !page.text.contains(&format!("\\u{:04x}", mark as u32)),
                    "{mark:?} at {}",
                    page.url
                );
            }
        }
    })
    .await;
}

const FIELDS: [&str; 24] = [
    "subscription",
    "resource_group",
    "new_resource_group",
    "resource_name",
    "region",
    "tag_name",
    "tag_value",
    "instance",
    "resource_id",
    "role",
    "for_me",
    "member",
    "member_role",
    "justification",
    "find",
    "object_id",
    "object_kind",
    "request",
    "plan",
    "go",
    "add",
    "remove",
    "reason",
    "group_choice",
];

#[tokio::test]
async fn whatever_stands_in_a_field_no_form_breaks() {
    on_each_database(async |world| {
        let uma = world.person("uma").await;
        let nina = world.person("nina").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let sound = [
            ("subscription", PRODUCTION),
            ("resource_group", "rg-twins"),
            ("resource_name", "dt-odd"),
            ("region", "westeurope"),
            ("resource_id", FACTORY_FLOOR),
            ("role", "data_reader"),
            ("for_me", "yes"),
            ("justification", "why"),
            ("request", "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa"),
            ("plan", "x"),
            ("reason", "no"),
        ];
        let rejection = format!("{request}/rejection");
        for field in FIELDS {
            for odd in [
                "%00",
                "a%00b",
                "%FF%FE",
                "%zz",
                "%",
                "%F0%9F%92%A9%E2%80%AE",
                "%0D%0ASet-Cookie:+a=b",
            ] {
                let others = sound.iter().filter(|(name, _)| *name != field);
                let mut body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(others)
                    .finish();
                body.push_str(&format!("&{field}={odd}"));
                if field != "go" {
                    body.push_str("&go=review");
                }
                for path in ["/instances/new", "/instances", "/access/new", "/access", &rejection] {
                    // A reason that can be read is a rejection.
                    if path == rejection && field != "reason" {
                        continue;
                    }
                    let page = post_raw(&nina, path, body.clone()).await;
                    assert!(
                        !page.status.is_server_error(),
                        "{path} {field}={odd}: {} {}",
                        page.status,
                        page.words()
                    );
                    assert!(!page.headers.contains_key("set-cookie"));
                }
            }
        }
        for body in [
            "%",
            "=",
            "&&&=",
            "a",
            "go=review&go=review",
            "subscription=a&subscription=b",
            "justification[]=x",
            "\u{0}",
            "{\"a\":1}",
        ] {
            for path in ["/instances/new", "/instances", "/access/new", "/access", &rejection] {
                let page = post_raw(&nina, path, body).await;
                assert!(!page.status.is_server_error(), "{path} {body:?}: {}", page.status);
                assert!(page.has("main h1"), "{path} {body:?}");
            }
            let page = post_raw(&uma, &format!("{request}/approval"), body).await;
            assert!(page.status.is_client_error(), "{body:?}: {}", page.status);
        }
        for body in
            [b"\xff\xfe\x00go=review".to_vec(), b"justification=\xc3\x28&go=review".to_vec()]
        {
            let page = post_raw(&nina, "/access", body).await;
            assert!(!page.status.is_server_error(), "{}", page.status);
        }
        // A NUL in a reason, which no PostgreSQL keeps.
        let plan = uma.open(&request).await.html_attribute("input[name=plan]", "value");
        let body = format!("plan={plan}&reason=no%00body%20knows");
        let page = post_raw(&uma, &rejection, body).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        assert!(nina.open(&request).await.says("nobody knows"));
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_request_is_not_found_whatever_it_is() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let real = request_access(&nina, "data_owner").await.url.path()[10..].to_owned();
        let long = "x".repeat(20_000);
        let percent = "%41".repeat(5_000);
        let odd = [
            "1",
            "0",
            "-1",
            "null",
            "'",
            "%27%20OR%201=1--",
            "1;DROP%20TABLE%20request",
            "%00",
            "a%00b",
            "%FF%FE",
            "%C3%28",
            "..",
            "%2e%2e",
            "%2f",
            "..%2f..%2fetc%2fpasswd",
            "..%5c..%5c",
            "%25",
            "%2525",
            "*",
            "%F0%9F%92%A9",
            "{id}",
            "%7Bid%7D",
            "00000000-0000-0000-0000-000000000000",
            "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa",
            &long,
            &percent,
        ];
        let mut wrong = vec![
            format!("{{{real}}}"),
            format!("urn:uuid:{real}"),
            real.replace('-', ""),
            format!("{real}%00"),
            format!("{real}%20"),
            format!("{real}x"),
        ];
        wrong.extend(odd.iter().map(|&odd| odd.to_owned()));
        for id in &wrong {
            for (method, end) in [
                ("GET", ""),
                ("GET", "/progress"),
                ("POST", "/withdrawal"),
                ("POST", "/retry"),
                ("POST", "/verification"),
            ] {
                let (status, answer) =
                    line(world, &nina, method, &format!("/requests/{id}{end}")).await;
                assert!(
                    status == 404 || (status == 405 && id == ".."),
                    "{method} {id:.40}{end}: {status} {answer:.300}"
                );
                assert!(answer.contains("<h1>"), "{id:.40}{end}");
            }
        }
        for target in [
            "/%00",
            "/%FF",
            "//",
            "//evil.example/",
            "/requests/",
            "/requests//",
            "/..",
            "/../../etc/passwd",
            "/static/..%2f..%2fCargo.toml",
            "/static/%00",
            "/static/..",
            "/.git/config",
            "/REQUESTS",
            "/requests;x=1",
            "/requests%3f",
            "http://evil.example/requests/x",
        ] {
            let (status, _) = line(world, &nina, "GET", target).await;
            assert!((400..500).contains(&status), "{target}: {status}");
        }
        let (found, _) =
            line(world, &nina, "GET", &format!("/requests/{}", real.to_uppercase())).await;
        assert!(found == 404 || found == 200);
        assert!(nina.open(&format!("/requests/{real}")).await.says("Waiting for approval"));
    })
    .await;
}

#[tokio::test]
async fn whatever_stands_in_a_query_no_page_breaks() {
    on_each_database(async |world| {
        let (nina, aldo) = (world.person("nina").await, world.person("aldo").await);
        request_access(&nina, "data_owner").await;
        let long = "x".repeat(10_000);
        let scope = format!("/subscriptions/{PRODUCTION}/resourceGroups/{}", noise(9_000));
        let values = [
            "",
            "0",
            "-1",
            "1",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1e9",
            "0x10",
            "NaN",
            "%00",
            "a%00b",
            "%FF%FE",
            "%",
            "%zz",
            "'",
            "%27%20OR%20%271%27=%271",
            "%25",
            "_",
            "9223372036854775807.x",
            "-9223372036854775808.x",
            "1.%00",
            ".",
            "1.",
            ".1",
            "0000-00-00",
            "2026-13-45",
            "9999-12-31",
            "-009999-01-01",
            "2026-01-31T10:00:00Z",
            "%F0%9F%92%A9",
            "%E2%80%AE",
            &long,
            "/subscriptions/..",
            "/subscriptions/../resourceGroups/..",
            "/subscriptions/a/resourceGroups/%2e%2e",
            "/subscriptions//",
            "/",
            "//",
            &scope,
            "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa",
        ];
        for (path, names) in [
            ("/requests", &["before", "show", "unknown"][..]),
            ("/approvals", &["after", "before"]),
            ("/approvals/decided", &["before"]),
            ("/history", &["before", "person", "kind", "scope", "request", "from", "to"]),
            ("/people", &["q"]),
            ("/instances/new", &["subscription", "region", "member", "go", "tag_name"]),
            ("/access/new", &["instance", "resource_id", "member", "object_id", "find", "go"]),
            ("/sign-in", &["return", "claims", "again"]),
            ("/auth/callback", &["code", "state", "error", "error_description"]),
            ("/auth/front-channel-logout", &["sid", "iss"]),
        ] {
            for name in names {
                for value in values {
                    for person in [&nina, &aldo] {
                        let (status, answer) =
                            line(world, person, "GET", &format!("{path}?{name}={value}")).await;
                        assert!(status < 500, "{path}?{name}={value:.60}: {status} {answer:.2000}");
                        if path != "/history" {
                            break;
                        }
                    }
                }
            }
        }
    })
    .await;
}

/// Letters that no compression makes shorter.
fn noise(letters: usize) -> String {
    let mut state = 1_u64;
    (0..letters)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn an_instance_that_azure_could_not_have_is_not_asked_for() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let long = noise(5_000);
        for (group, name) in [(long.as_str(), "dt-1"), ("rg-twins", long.as_str()), ("..", "dt-1"), ("rg-twins", ".."), ("rg\u{212a}", "dt-1")] {
            let id = format!(
                "/subscriptions/{PRODUCTION}/resourceGroups/{group}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}"
            );
            let fields = [("resource_id", id.as_str()), ("role", "data_reader"), ("for_me", "yes"), ("justification", "x")];
            let page = review(&nina, "/access/new", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{group:.20} {name:.20}: {}", page.words());
            assert!(!page.has("form[action='/access'] button.primary"));
        }
        assert!(nina.open("/requests").await.all("tbody th a").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_with_thousands_of_members_or_tags_is_refused_without_asking_for_each() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        nina.open("/people?q=nov").await;
        world.azure.forget_calls().await;
        let mut body = "resource_id=&role=data_reader&go=review&justification=x".to_owned();
        for number in 0..3_000 {
            body.push_str(&format!("&member=User:10000000-aaaa-4000-8000-{number:012}"));
        }
        for path in ["/access/new", "/instances/new"] {
            let page = post_raw(&nina, path, body.clone()).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.words());
            assert!(page.says("at most 20 members"), "{}", page.words());
        }
        let asked = world.azure.calls_to("graph").await.len();
        assert!(asked <= 12, "Graph was asked {asked} times");
        let tags = "&tag_name=%3C&tag_value=".repeat(9_000);
        let page = post_raw(&nina, "/instances/new", format!("go=review{tags}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.len() < 6_000_000, "{} bytes", page.text.len());
    })
    .await;
}

#[tokio::test]
async fn nobody_fills_the_queue_of_others() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let ask = async |number: usize| {
            let id = format!(
                "/subscriptions/{PRODUCTION}/resourceGroups/a{number}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-{number}"
            );
            let fields = [("resource_id", id.as_str()), ("role", "data_reader"), ("for_me", "yes"), ("justification", "x")];
            let page = review(&nina, "/access/new", &fields).await;
            nina.press(&page, &page.one("form[action='/access'] button.primary"), &[]).await
        };
        for number in 0..50 {
            assert_eq!(ask(number).await.status, StatusCode::OK, "{number}");
        }
        let page = ask(50).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("50 requests of yours wait or run already"), "{}", page.words());
        // Room is made by a decision.
        let request = nina.open("/requests").await.html_attribute("tbody th a", "href");
        let shown = nina.open(&request).await;
        nina.press(&shown, "Withdraw request", &[]).await;
        assert_eq!(ask(51).await.status, StatusCode::OK);
        assert_eq!(uma.open("/approvals").await.status, StatusCode::OK);
    })
    .await;
}
