//! Pages that somebody looks at are told what changes, and nobody is told anything that they may not see.

use std::time::Duration;

use reqwest::{StatusCode, header};

use super::{asking::request_access, people::Browser, program::PATIENCE, world::on_each_database};

/// One line to the portal, as a browser's page holds it.
struct Line {
    answer: reqwest::Response,
    read: String,
}

impl Line {
    async fn open(browser: &Browser, path: &str) -> Line {
        let answer = Line::ask(browser, path).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Line { answer, read: String::new() }
    }

    async fn ask(browser: &Browser, path: &str) -> reqwest::Response {
        let cookies: Vec<String> = browser
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let asked = browser.raw("GET", path).header(header::COOKIE, cookies.join("; "));
        asked.header(header::ACCEPT, "text/event-stream").send().await.unwrap()
    }

    /// The next event's name and what it says; none when the line has ended.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
                };
                let found = (field("event:"), field("data:"));
                self.read = rest.to_owned();
                if !found.0.is_empty() {
                    return Some(found);
                }
                continue;
            }
            let piece = tokio::time::timeout(PATIENCE, self.answer.chunk()).await;
            let piece = piece.expect("something comes, or the line ends").unwrap()?;
            self.read.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Until an event of this name says this.
    async fn hears(&mut self, name: &str, words: &str) {
        while let Some((event, said)) = self.next().await {
            if event == name && said.contains(words) {
                return;
            }
        }
        panic!("the line ended without {name} {words}");
    }
}

#[tokio::test]
async fn whoever_looks_is_told_what_becomes_of_a_request() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        // What she may decide is known since she has seen the queue with something in it.
        request_access(&nina, "data_reader").await;
        uma.open("/approvals").await;
        let mut umas = Line::open(&uma, "/events?request=").await;
        umas.hears("waiting", "1").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap();
        let mut ninas = Line::open(&nina, &format!("/events?request={id}")).await;
        ninas.hears("progress", "Waiting for approval").await;
        umas.hears("waiting", "2").await;
        // Without scripts the page comes again by itself; not under whoever writes on it.
        let plain = nina.open(&request).await;
        assert!(plain.text.contains("http-equiv=\"refresh\""), "{}", plain.text);
        let still = plain.html_attribute(".unscripted a", "href");
        let still = nina.open(still.split('#').next().unwrap()).await;
        assert!(!still.text.contains("http-equiv=\"refresh\"") && still.has("#comment"));
        assert!(!still.has("form.scripted"), "{}", still.text);
        // That somebody is looking at it comes to whoever has it before them, and not back to that person.
        let olivia = world.person("olivia").await;
        let mut olivias = Line::open(&olivia, &format!("/events?request={id}")).await;
        olivias.hears("progress", "data-looked=\"\"").await;
        uma.press(&uma.open(&request).await, "I am looking at this", &[]).await;
        olivias.hears("progress", "data-looked=\"Uma Usher says").await;
        let live = uma.fetch(&format!("{request}/progress")).await;
        assert!(live.text.contains("data-looked=\"\""), "{}", live.text);
        drop(olivias);
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        ninas.hears("progress", "Approved by").await;
        world.let_it_work().await;
        ninas.hears("progress", "Verified").await;
        umas.hears("waiting", "1").await;
        // What comes is what the page would show.
        let (mut again, shown) =
            (Line::open(&nina, &format!("/events?request={id}")).await, nina.open(&request).await);
        let (event, said) = again.next().await.unwrap();
        assert_eq!(event, "progress");
        let live = nina.fetch(&format!("{request}/progress")).await;
        assert_eq!(said, live.text);
        assert!(shown.text.contains(live.text.trim()));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_see() {
    on_each_database(async |world| {
        let (nina, rita) = (world.person("nina").await, world.person("rita").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap();
        for id in [id, "00000000-0000-4000-8000-000000000000", "nothing"] {
            let page = rita.fetch(&format!("/events?request={id}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_ends_with_the_session_and_with_the_program() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let mut line = Line::open(&nina, "/events").await;
        line.hears("waiting", "0").await;
        let home = nina.open("/").await;
        let cookies = nina.cookies.lock().unwrap().clone();
        nina.press(&home, "Sign out", &[]).await;
        assert_eq!(line.next().await, None, "signed out elsewhere");
        *nina.cookies.lock().unwrap() = cookies;
        assert_eq!(nina.fetch("/events").await.status, StatusCode::SEE_OTHER);
        // A script cannot be sent through the sign-in: it is told, and tells whoever looks.
        for path in ["/events", "/people?q=nina", "/fields/resource-name?value=x", "/history"] {
            let asked = nina.raw("GET", path).header("sec-fetch-dest", "empty").send().await;
            assert_eq!(asked.unwrap().status(), StatusCode::UNAUTHORIZED, "{path}");
        }

        let uma = world.person("uma").await;
        let mut line = Line::open(&uma, "/events").await;
        line.hears("waiting", "0").await;
        world.app.stopping.send_replace(true);
        assert_eq!(line.next().await, None, "another replica goes on with it");
    })
    .await;
}

#[tokio::test]
async fn one_session_holds_only_so_many_lines() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let mut lines = Vec::new();
        for _ in 0..12 {
            lines.push(Line::open(&nina, "/events").await);
        }
        // With this answer a browser does not come again by itself, and its page asks instead.
        assert_eq!(Line::ask(&nina, "/events").await.status(), StatusCode::NO_CONTENT);
        // Others have lines of their own, and she in another browser too.
        let (uma, elsewhere) = (world.person("uma").await, world.person("nina").await);
        for other in [&uma, &elsewhere] {
            Line::open(other, "/events").await.hears("waiting", "0").await;
        }
        // Whoever closes a page makes room for the next one.
        lines.pop();
        let room = async {
            while Line::ask(&nina, "/events").await.status() == StatusCode::NO_CONTENT {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, room).await.expect("room for one more");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_looks_by_itself_keeps_no_session_open() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap();
        let most_of_it = world.app.site.session_idle - Duration::from_secs(60);
        world.wait(most_of_it).await;
        Line::open(&nina, &format!("/events?request={id}")).await.hears("progress", "").await;
        assert_eq!(nina.fetch(&format!("{request}/progress")).await.status, StatusCode::OK);
        world.wait(Duration::from_secs(61)).await;
        assert_eq!(nina.fetch("/").await.status, StatusCode::SEE_OTHER, "nobody has used it");
    })
    .await;
}

#[tokio::test]
async fn what_happens_is_told_in_the_language_of_whoever_looks() {
    on_each_database(async |world| {
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let id = request.rsplit('/').next().unwrap();
        let german = [("language", "de"), ("zone", ""), ("theme", ""), ("density", "")];
        nina.send("/settings", &german).await;
        let page = nina.open(&request).await;
        assert!(page.says("Wer könnte das sein?"), "{}", page.words());
        let mut ninas = Line::open(&nina, &format!("/events?request={id}")).await;
        ninas.hears("progress", "Wer könnte das sein?").await;
        let page = uma.open(&request).await;
        uma.press(&page, "Approve", &[]).await;
        ninas.hears("progress", "Genehmigt von <strong>Uma Usher</strong>").await;
        assert!(uma.open(&request).await.says("Approved by Uma Usher"), "hers is as it was");
    })
    .await;
}
