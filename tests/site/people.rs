//! A person with a browser: real cookies, real redirects, forms filled in as they stand on the page.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::{StatusCode, header};
use scraper::{Html, Selector};

/// Password of everybody in the simulated tenant.
const PASSWORD: &str = "Twindesk1!";

pub struct Browser {
    pub origin: String,
    http: reqwest::Client,
    /// Cookies of `localhost`, which ports share.
    pub cookies: Mutex<BTreeMap<String, String>>,
    /// What it sends as `Accept-Language`; empty for nothing.
    pub speaks: Mutex<String>,
}

pub struct Page {
    pub status: StatusCode,
    pub url: url::Url,
    pub headers: header::HeaderMap,
    pub text: String,
}

pub fn client() -> reqwest::Client {
    client_trusting([])
}

#[expect(clippy::disallowed_methods, reason = "the tests' own client, which plays the browser")]
fn client_trusting(roots: impl IntoIterator<Item = reqwest::Certificate>) -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_merge(roots)
        .build()
        .unwrap()
}

impl Browser {
    pub fn new(origin: &str) -> Browser {
        Browser {
            origin: origin.to_owned(),
            http: client(),
            cookies: Mutex::default(),
            speaks: Mutex::default(),
        }
    }

    /// Which trusts these authorities, in PEM, beside the system's.
    pub fn trusting(origin: &str, roots: &[String]) -> Browser {
        let roots = roots.iter().map(|pem| reqwest::Certificate::from_pem(pem.as_bytes()).unwrap());
        Browser { http: client_trusting(roots), ..Browser::new(origin) }
    }

    /// One exchange; follows nothing.
    pub async fn exchange(&self, request: reqwest::RequestBuilder) -> Page {
        let cookies = {
            let jar = self.cookies.lock().unwrap();
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        };
        let request =
            if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies) };
        let speaks = self.speaks.lock().unwrap().clone();
        let request = if speaks.is_empty() {
            request
        } else {
            request.header(header::ACCEPT_LANGUAGE, speaks)
        };
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut jar = self.cookies.lock().unwrap();
            if cookie.to_lowercase().contains("max-age=0") || value.is_empty() {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Page {
            status: answer.status(),
            url: answer.url().clone(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    /// From now on, as `Accept-Language` says it.
    pub fn speak(&self, language: &str) {
        language.clone_into(&mut self.speaks.lock().unwrap());
    }

    fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.origin) } else { path.to_owned() }
    }

    /// Opens a page and follows where it leads.
    pub async fn open(&self, path: &str) -> Page {
        let page = self.fetch(path).await;
        self.follow(page).await
    }

    /// Opens a page and follows nothing.
    pub async fn fetch(&self, path: &str) -> Page {
        self.exchange(self.http.get(self.absolute(path))).await
    }

    async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..12 {
            if !page.status.is_redirection() {
                return page;
            }
            let to = page.location();
            page = self.exchange(self.http.get(to)).await;
        }
        panic!("redirects without end, at {}", page.url);
    }

    /// Sends a form as one of our own pages does, and follows where it leads.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        self.follow(page).await
    }

    /// Sends a form and follows nothing.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .http
            .post(self.absolute(path))
            .header("sec-fetch-site", "same-origin")
            .form(fields);
        self.exchange(request).await
    }

    /// Any request at all, for what browsers would never send.
    pub fn raw(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().unwrap(), self.absolute(path))
    }

    /// Presses a button of a form on the page: everything in the form is sent as it stands, with
    /// what is typed into it.
    pub async fn press(&self, page: &Page, button: &str, typed: &[(&str, &str)]) -> Page {
        let (action, fields) = page.form_with(button, typed);
        let action = page.url.join(&action).unwrap().to_string();
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        self.send(&action, &fields).await
    }

    pub async fn sign_in_as(&self, name: &str) -> Page {
        let page = self.open("/sign-in").await;
        self.pick(&page, name).await
    }

    /// Signs in on the page of Entra ID that stands before them.
    pub async fn pick(&self, page: &Page, name: &str) -> Page {
        assert!(page.text.contains("loginfmt"), "no sign-in page at {}: {}", page.url, page.text);
        let upn = if name.contains('@') { name.to_owned() } else { format!("{name}@contoso.com") };
        let mut page =
            self.press(page, "Sign in", &[("loginfmt", &upn), ("passwd", PASSWORD)]).await;
        if page.text.contains("Approve sign-in") && page.url.path().contains("/entra/") {
            page = self.press(&page, "Approve sign-in", &[]).await;
        }
        assert!(
            page.url.as_str().starts_with(&self.origin),
            "still at {}: {}",
            page.url,
            page.text
        );
        page
    }
}

impl Page {
    pub fn location(&self) -> String {
        let to = self.headers.get(header::LOCATION).expect("a place to go to").to_str().unwrap();
        self.url.join(to).unwrap().to_string()
    }

    /// Path and query of where we are.
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.text)
    }

    /// The texts of everything that the selector finds, white space made plain.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let html = self.html();
        html.select(&Selector::parse(selector).unwrap())
            .map(|found| {
                found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    pub fn one(&self, selector: &str) -> String {
        self.all(selector)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {selector} on {}: {}", self.url, self.text))
    }

    pub fn html_attribute(&self, selector: &str, name: &str) -> String {
        let html = self.html();
        let found = html.select(&Selector::parse(selector).unwrap()).next();
        found
            .and_then(|found| found.attr(name))
            .map(str::to_owned)
            .unwrap_or_else(|| panic!("no {selector} {name}"))
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// What is read on the page.
    pub fn words(&self) -> String {
        self.one("body")
    }

    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// The form that has this button, with everything in it as a browser would send it.
    fn form_with(&self, label: &str, typed: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let html = self.html();
        let select = |text: &str| Selector::parse(text).unwrap();
        for form in html.select(&select("form")) {
            let button = form.select(&select("button")).find(|button| {
                let text = button.text().collect::<String>();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                text == label || button.attr("value") == Some(label)
            });
            let Some(button) = button else { continue };
            assert!(button.attr("disabled").is_none(), "the button {label} is disabled");
            let mut fields: Vec<(String, String)> = Vec::new();
            for field in form.select(&select("input, select, textarea")) {
                let Some(name) = field.attr("name") else { continue };
                let value = match field.value().name() {
                    "textarea" => {
                        Some(field.text().collect::<String>().trim_start_matches('\n').to_owned())
                    }
                    "select" => field
                        .select(&select("option[selected]"))
                        .next()
                        .or_else(|| field.select(&select("option")).next())
                        .map(|option| {
                            option
                                .attr("value")
                                .map_or_else(|| option.text().collect(), str::to_owned)
                        }),
                    _ => match field.attr("type").unwrap_or("text") {
                        "checkbox" | "radio" if field.attr("checked").is_none() => None,
                        "submit" | "button" => None,
                        _ => Some(field.attr("value").unwrap_or_default().to_owned()),
                    },
                };
                if let Some(value) = value {
                    fields.push((name.to_owned(), value));
                }
            }
            for (name, value) in typed {
                match fields.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => *known = (*value).to_owned(),
                    None => fields.push(((*name).to_owned(), (*value).to_owned())),
                }
            }
            if let Some(name) = button.attr("name") {
                fields.push((name.to_owned(), button.attr("value").unwrap_or_default().to_owned()));
            }
            let action = button.attr("formaction").or(form.attr("action")).unwrap_or_default();
            return (action.to_owned(), fields);
        }
        panic!("no button {label:?} on {}: {}", self.url, self.text);
    }
}
