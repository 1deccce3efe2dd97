//! The one way a page goes wrong: what it means for the visitor, and what they can do next.
//! Causes are logged here, once, and never shown. Azure's own words are shown, they are for people.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{LARGEST_FORM, page::Frame, reader, session, sign_in, visit::Visit};
use crate::{
    App, azure, delegation,
    domain::request::Refusal,
    inventory, standing,
    store::{self, Trouble},
    text,
    words::{Text, filters},
};

#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in; afterwards back to this page of ours.
    SignIn {
        back: String,
    },
    /// Azure wants the person to sign in again, with these claims.
    SignInAgain {
        claims: Option<String>,
        back: String,
    },
    /// The person has just signed in for this page, and Azure wants the same again.
    StillWanted {
        claims: Option<String>,
        back: String,
    },
    Missing,
    WrongMethod,
    /// A change that does not come from one of our pages.
    Elsewhere,
    /// What the person asked is understood and not allowed; the text is for them.
    Refused(Text),
    /// Somebody else changed it first.
    Stale,
    BadForm(Text),
    /// Entra ID, ARM, Graph or an instance said no, or nothing.
    Azure(azure::Error),
    TookTooLong,
    /// Our own database cannot be used just now; nothing was written.
    Database(Trouble, store::Error),
    /// Our own database was lost in the moment of writing.
    Unknown(store::Error),
    Internal(anyhow::Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal.text())
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::Missing(_) => Error::Missing,
            store::Error::Stale => Error::Stale,
            store::Error::Unknown(_) => Error::Unknown(error),
            other => match other.trouble() {
                Some(trouble) => Error::Database(trouble, other),
                None => Error::Internal(other.into()),
            },
        }
    }
}

impl From<azure::Error> for Error {
    fn from(error: azure::Error) -> Error {
        match error {
            azure::Error::SignIn { claims, .. } => {
                Error::SignInAgain { claims, back: "/".to_owned() }
            }
            other => Error::Azure(other),
        }
    }
}

impl From<delegation::Error> for Error {
    fn from(error: delegation::Error) -> Error {
        match error {
            delegation::Error::NeedsSignIn { claims, .. } => {
                Error::SignInAgain { claims, back: "/".to_owned() }
            }
            delegation::Error::Azure(error) => error.into(),
            delegation::Error::Store(error) => error.into(),
        }
    }
}

impl From<inventory::Error> for Error {
    fn from(error: inventory::Error) -> Error {
        match error {
            inventory::Error::Azure(error) => error.into(),
            inventory::Error::Delegation(error) => error.into(),
        }
    }
}

impl From<standing::Error> for Error {
    fn from(error: standing::Error) -> Error {
        match error {
            standing::Error::Delegation(error) => error.into(),
            standing::Error::Store(error) => error.into(),
        }
    }
}

impl Error {
    /// Whether what was sent may well be taken in a moment, and would not be done twice: a request's
    /// id is on the page where it is asked, and a decision that was taken is not taken again. A
    /// decision that no session stood behind is taken anew on the request's page: another person may
    /// sign in here.
    fn may_be_sent_again(&self, path: &str) -> bool {
        match self {
            Error::Database(..) | Error::Unknown(_) | Error::TookTooLong => true,
            Error::SignIn { .. } => {
                !path.starts_with("/requests/") && !path.starts_with("/approvals/")
            }
            _ => false,
        }
    }

    /// In a line of a list, beside what went well.
    pub fn in_a_row(&self) -> Text {
        match self {
            Error::SignInAgain { .. } => text!("error-in-a-row"),
            other => other.words().text,
        }
    }

    /// Where to return when Azure has been satisfied.
    pub fn back_to(self, path: &str) -> Error {
        match self {
            Error::SignInAgain { claims, .. } => {
                Error::SignInAgain { claims, back: path.to_owned() }
            }
            other => other,
        }
    }
}

/// What stands on the page.
struct Words {
    status: StatusCode,
    title: Text,
    text: Text,
    /// What to do next, as sentences.
    next: Vec<Text>,
}

impl Error {
    fn words(&self) -> Words {
        let words = |status, title, text, next: &[&'static str]| Words {
            status,
            title: Text::of(title),
            text,
            next: next.iter().copied().map(Text::of).collect(),
        };
        match self {
            Error::SignIn { .. } | Error::SignInAgain { .. } => words(
                StatusCode::UNAUTHORIZED,
                "error-sign-in-title",
                text!("error-sign-in"),
                &["error-sign-in-next"],
            ),
            Error::StillWanted { .. } => words(
                StatusCode::UNAUTHORIZED,
                "error-still-wanted-title",
                text!("error-still-wanted"),
                &["error-still-wanted-next", "error-still-wanted-policy"],
            ),
            Error::Missing => words(
                StatusCode::NOT_FOUND,
                "error-missing-title",
                text!("error-missing"),
                &["error-missing-next", "error-missing-request"],
            ),
            Error::WrongMethod => words(
                StatusCode::METHOD_NOT_ALLOWED,
                "error-method-title",
                text!("error-nothing-changed"),
                &["error-method-next"],
            ),
            Error::Elsewhere => words(
                StatusCode::FORBIDDEN,
                "error-elsewhere-title",
                text!("error-elsewhere"),
                &["error-elsewhere-next", "error-elsewhere-between"],
            ),
            Error::Refused(text) => words(
                StatusCode::CONFLICT,
                "error-refused-title",
                text.clone(),
                &["error-nothing-changed", "error-refused-next"],
            ),
            Error::Stale => words(
                StatusCode::CONFLICT,
                "error-stale-title",
                text!("error-stale"),
                &["error-stale-next"],
            ),
            Error::BadForm(text) => words(
                StatusCode::BAD_REQUEST,
                "error-form-title",
                text.clone(),
                &["error-form-next"],
            ),
            Error::Azure(error) => {
                let (status, title, next) = of_azure(error);
                words(status, title, error.problem().words(), next)
            }
            Error::TookTooLong => words(
                StatusCode::GATEWAY_TIMEOUT,
                "error-slow-title",
                text!("error-slow"),
                &["error-in-a-moment", "error-slow-form"],
            ),
            Error::Database(trouble, _) => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "error-database-title",
                of_database(*trouble),
                &["error-database-next", "error-lasts"],
            ),
            Error::Unknown(_) => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "error-unknown-title",
                text!("error-unknown"),
                &["error-unknown-next", "error-lasts"],
            ),
            Error::Internal(_) => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "error-internal-title",
                text!("error-internal"),
                &["error-in-a-moment", "error-again"],
            ),
        }
    }
}

fn of_database(trouble: Trouble) -> Text {
    match trouble {
        Trouble::Full => text!("error-database-full"),
        Trouble::ReadOnly => text!("error-database-read-only"),
        Trouble::Locked => text!("error-database-locked"),
        Trouble::Unreachable => text!("error-database-unreachable"),
        Trouble::Damaged => text!("error-database-damaged"),
    }
}

/// Status, title, and what to do next.
fn of_azure(error: &azure::Error) -> (StatusCode, &'static str, &'static [&'static str]) {
    match error {
        azure::Error::Busy { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "error-azure-busy-title", &["error-in-a-minute"])
        }
        azure::Error::Unreachable { .. } if error.problem().code == "Timeout" => (
            StatusCode::GATEWAY_TIMEOUT,
            "error-azure-late-title",
            &["error-in-a-moment", "error-azure-status"],
        ),
        azure::Error::Unreachable { .. } => (
            StatusCode::BAD_GATEWAY,
            "error-azure-away-title",
            &["error-in-a-moment", "error-azure-status"],
        ),
        _ => (StatusCode::BAD_GATEWAY, "error-azure-refused-title", &["error-azure-words"]),
    }
}

impl IntoResponse for Error {
    /// Only what the page is about; [`whole_page`] makes the page.
    fn into_response(self) -> Response {
        match &self {
            Error::SignIn { back } => {
                let mut answer = Redirect::to(&sign_in::address(back)).into_response();
                answer.extensions_mut().insert(Wrong::new(self));
                answer
            }
            Error::SignInAgain { claims, back } => {
                Redirect::to(&sign_in::address_sent(back, claims.as_deref())).into_response()
            }
            _ => {
                let mut answer = self.words().status.into_response();
                answer.extensions_mut().insert(Wrong::new(self));
                answer
            }
        }
    }
}

/// An error on its way to becoming a page.
#[derive(Clone)]
struct Wrong(std::sync::Arc<Error>);

impl Wrong {
    fn new(error: Error) -> Wrong {
        Wrong(std::sync::Arc::new(error))
    }
}

/// When it is worth asking again for what our database kept from being shown.
const DATABASE_IS_BACK: std::time::Duration = std::time::Duration::from_secs(10);
/// How long an error page waits to know who is looking.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    frame: Frame,
    title: Text,
    text: Text,
    next: Vec<Text>,
    id: String,
    /// Where to sign in, empty when that would change nothing.
    sign_in: String,
    /// The request whose page the form was on, empty when there is none.
    back: String,
    /// What was sent, where it may be sent again as it was.
    again: Option<Sent>,
    /// What somebody wrote and is not sent again.
    written: Vec<String>,
}

/// A form that was sent: where to, and each field as typed.
#[derive(Clone)]
struct Sent {
    to: String,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// What somebody has written in their own words.
    fn written(&self) -> Vec<String> {
        let fields = self.fields.iter().filter(|(name, _)| name == "comment" || name == "reason");
        fields.map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// Takes a form's text out of the request and puts it back. What is not a form of ours, or
    /// longer than any of them, is left alone.
    async fn of(request: Request) -> Result<(Request, Option<Sent>), Error> {
        if request.method() != Method::POST || !is_form(request.headers()) {
            return Ok((request, None));
        }
        let (parts, body) = request.into_parts();
        let text = axum::body::to_bytes(body, LARGEST_FORM)
            .await
            .map_err(|_| Error::BadForm(text!("error-form-torn")))?;
        let to = parts.uri.path_and_query().map_or("/", |to| to.as_str()).to_owned();
        let fields = url::form_urlencoded::parse(&text).into_owned().collect();
        Ok((Request::from_parts(parts, text.into()), Some(Sent { to, fields })))
    }
}

/// Whether a form of ours may have been sent with these headers.
fn is_form(headers: &HeaderMap) -> bool {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    header(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        && length.is_some_and(|length| length <= LARGEST_FORM)
}

/// Whether a script of ours asks, and nobody who would go somewhere: browsers say so.
fn is_scripts(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|what| what == "empty")
}

/// Turns every error, whatever made it, into a whole page with an id that is also in the log; stops
/// what takes too long.
pub async fn whole_page(
    State(app): State<App>,
    visit: Visit,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let id = visit.id;
    if method == Method::TRACE || method.as_str() == "TRACK" {
        let stranger = Frame::for_stranger(app.site.demo);
        return render(stranger, &Error::WrongMethod, &id, &method, &path, None);
    }
    let headers = request.headers().clone();
    let mut sent = None;
    let handled = async {
        let request = match Sent::of(request).await {
            Ok((request, form)) => {
                sent = form;
                request
            }
            Err(error) => return Ok(error.into_response()),
        };
        caught(next, request).await
    };
    let mut answer = match tokio::time::timeout(app.site.page_timeout, handled).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => {
            Error::Internal(anyhow::anyhow!("a handler panicked: {panic}")).into_response()
        }
        Err(_) => Error::TookTooLong.into_response(),
    };
    if let Some(Wrong(error)) = answer.extensions_mut().remove::<Wrong>() {
        // A page is fetched again after signing in; a form cannot be, so it is told instead, and so is a
        // script, which the sign-in is nothing for.
        if matches!(*error, Error::SignIn { .. }) && method == Method::GET {
            return match is_scripts(&headers) {
                true => StatusCode::UNAUTHORIZED.into_response(),
                false => answer,
            };
        }
        let frame = frame(&app, &headers).await;
        return render(frame, &error, &id, &method, &path, sent);
    }
    // What axum refused before any handler saw it: a form that is too long or none.
    let status = answer.status();
    let is_page = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().starts_with(b"text/html")
            || kind.as_bytes().starts_with(b"application/json")
    });
    if status.is_client_error() && !is_page {
        let text = match status {
            StatusCode::PAYLOAD_TOO_LARGE => text!("error-form-long"),
            _ => text!("error-form-unread"),
        };
        let frame = frame(&app, &headers).await;
        let mut page = render(frame, &Error::BadForm(text), &id, &method, &path, None);
        *page.status_mut() = status;
        return page;
    }
    // Nor is an answer of ours ever anything but a page when we are at fault.
    if status.is_server_error() && !is_page {
        let error = Error::Internal(anyhow::anyhow!("an answer could not be made: {status}"));
        return render(frame(&app, &headers).await, &error, &id, &method, &path, None);
    }
    answer
}

/// A panic ends one page, not the process; what it says goes to the log.
async fn caught(next: Next, request: Request) -> Result<Response, String> {
    use futures_util::FutureExt;
    std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await.map_err(|panic| {
        panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()))
            .unwrap_or_else(|| "without words".to_owned())
    })
}

/// The frame of whoever is looking; a stranger's when that cannot be told now.
async fn frame(app: &App, headers: &HeaderMap) -> Frame {
    let framed = async {
        match session::look(headers, app).await? {
            Some(viewer) => Frame::of(app, &viewer, "").await,
            None => Ok(Frame::for_stranger(app.site.demo)),
        }
    };
    match tokio::time::timeout(PATIENCE, framed).await {
        Ok(Ok(frame)) => frame,
        _ => Frame::for_stranger(app.site.demo),
    }
}

fn render(
    frame: Frame,
    error: &Error,
    id: &str,
    method: &Method,
    path: &str,
    sent: Option<Sent>,
) -> Response {
    let words = error.words();
    let may_again = error.may_be_sent_again(path);
    // What is not sent again is there to be read and copied.
    let ours = !may_again && !matches!(error, Error::Elsewhere);
    let written = sent.as_ref().filter(|_| ours).map(Sent::written).unwrap_or_default();
    let again = sent.filter(|_| may_again);
    match error {
        Error::Internal(cause) => {
            tracing::error!(path, cause = format!("{cause:#}"), "a page failed")
        }
        Error::Database(trouble, cause) => {
            let database = trouble.word();
            tracing::error!(path, database, %cause, "the database kept a page from being shown")
        }
        Error::Unknown(cause) => {
            tracing::error!(path, %cause, "the database was lost while a page wrote")
        }
        Error::Azure(cause) => {
            tracing::warn!(path, %cause, "Azure kept a page from being shown")
        }
        Error::TookTooLong => tracing::warn!(path, "a page took too long"),
        _ => {
            tracing::info!(path, status = words.status.as_u16(), "a page was refused")
        }
    }
    let page = Page {
        frame,
        title: words.title,
        text: words.text,
        next: words.next,
        id: id.to_owned(),
        sign_in: match error {
            Error::SignIn { .. } => sign_in::address(match &*acted_on(method, path) {
                "" => "/",
                request => request,
            }),
            Error::StillWanted { claims, back } => sign_in::address_again(back, claims.as_deref()),
            _ => String::new(),
        },
        back: acted_on(method, path),
        again,
        written,
    };
    let reader = reader::present();
    let mut answer = match page.render_with_values(&reader) {
        Ok(html) => axum::response::Html(html).into_response(),
        Err(_) => page.title.said_to(&reader).into_response(),
    };
    *answer.status_mut() = words.status;
    let after = match error {
        Error::Azure(azure::Error::Busy { after, .. }) => *after,
        Error::Database(..) | Error::Unknown(_) => Some(DATABASE_IS_BACK),
        _ => None,
    };
    if let Some(after) = after {
        answer.headers_mut().insert(header::RETRY_AFTER, after.as_secs().into());
    }
    answer
}

/// `/requests/{id}/approval` was sent from `/requests/{id}`.
fn acted_on(method: &Method, path: &str) -> String {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "requests", id, _] if *method == Method::POST => format!("/requests/{id}"),
        _ => String::new(),
    }
}

pub async fn missing(_: Uri) -> Error {
    Error::Missing
}

pub async fn wrong_method() -> Error {
    Error::WrongMethod
}
