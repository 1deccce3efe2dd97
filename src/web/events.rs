//! What changes while somebody looks, sent to their page as it happens (server-sent events). Knows
//! which pieces of a page are renewed, not what they say.

use std::{
    collections::{HashMap, hash_map::Entry},
    convert::Infallible,
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use askama::Template as _;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use serde::Deserialize;
use tokio::{sync::watch, time::Instant};

use super::{
    Error, page, reader, requests,
    session::{Onlooker, Viewer},
};
use crate::{
    App,
    domain::{Time, principal::is_guid},
    store::{self, Pulse},
    words::Reader,
};

/// Between two looks at the database; no look costs more than a few rows by their keys.
const LOOK: Duration = Duration::from_secs(1);
/// The number at "Approvals" is counted at each so-manieth look.
const COUNT: u32 = 5;
/// Then the browser comes again by itself, and is asked again who it is and what it may see.
const LONGEST: Duration = Duration::from_secs(60);
const COME_AGAIN: Duration = Duration::from_secs(1);
/// Said into the silence, for proxies that end silent connections.
const BREATH: Duration = Duration::from_secs(15);
/// Lines of one session: only pages that are seen hold one, and nobody sees more.
const MOST: usize = 12;

/// How many lines each session holds, by its hash.
#[derive(Default)]
pub struct Lines(Mutex<HashMap<String, usize>>);

impl Lines {
    /// One more, unless there are too many.
    fn hold(self: Arc<Lines>, session: &str) -> Option<Held> {
        {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let count = held.entry(session.to_owned()).or_default();
            if *count >= MOST {
                return None;
            }
            *count += 1;
        }
        Some(Held { lines: self, session: session.to_owned() })
    }
}

/// One line of a session, until it is dropped.
struct Held {
    lines: Arc<Lines>,
    session: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = held.entry(mem::take(&mut self.session)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Watching {
    /// Whose progress is watched.
    request: Option<String>,
    /// Microseconds since 1970: what has happened since then is new to whoever looks.
    since: Option<String>,
}

/// `progress`: the live part of the request's page as HTML, at first and whenever it has changed.
/// `waiting`: how many requests this person can decide, in words; the same.
/// 204 where the session holds enough lines: then the browser does not come again by itself, and its
/// page asks instead.
pub async fn stream(
    State(app): State<App>,
    Extension(lines): Extension<Arc<Lines>>,
    Onlooker(viewer): Onlooker,
    Query(watching): Query<Watching>,
) -> Result<Response, Error> {
    let Some(held) = lines.hold(&viewer.session.hash) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let request = watching.request.filter(|id| !id.is_empty());
    let since = watching.since.and_then(|since| since.parse().ok()).map(Time);
    if let Some(id) = &request {
        if !is_guid(id) {
            return Err(Error::Missing);
        }
        // Whoever may not see it is told so before anything begins.
        requests::live_of(&app, &viewer, id, since).await?;
    }
    let watch = Watch {
        stopping: app.stopping.subscribe(),
        app,
        viewer,
        reader: reader::present(),
        request,
        since,
        until: Instant::now() + LONGEST,
        looks: 0,
        pulse: None,
        waiting: None,
        next: vec![Event::default().retry(COME_AGAIN)],
        _held: held,
    };
    let events = futures_util::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<Event, Infallible>(event), watch))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(BREATH));
    let unbuffered =
        [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, stream).into_response())
}

struct Watch {
    app: App,
    viewer: Viewer,
    /// For whom it is told, as of when they came.
    reader: Reader,
    request: Option<String>,
    since: Option<Time>,
    until: Instant,
    stopping: watch::Receiver<bool>,
    looks: u32,
    /// What was sent last.
    pulse: Option<Pulse>,
    waiting: Option<String>,
    /// Found, and not sent yet.
    next: Vec<Event>,
    _held: Held,
}

impl Watch {
    /// Waits for something to tell. Nothing at the end, and whenever something is not as it should be:
    /// then the browser comes again, and gets an answer of its own.
    async fn next(&mut self) -> Option<Event> {
        while self.next.is_empty() {
            if self.looks > 0 {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                }
            }
            if *self.stopping.borrow() || Instant::now() >= self.until {
                return None;
            }
            match self.look().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    tracing::debug!(error = format!("{error:#}"), "a page is no longer told");
                    return None;
                }
            }
        }
        Some(self.next.remove(0))
    }

    /// False when the session has ended.
    async fn look(&mut self) -> anyhow::Result<bool> {
        let looks = self.looks;
        self.looks += 1;
        if looks > 0 && !self.viewer.is_still_signed_in(&self.app).await? {
            return Ok(false);
        }
        if let Some(id) = self.request.clone() {
            let pulse = self.app.store.pulse(&id).await?;
            if self.pulse.as_ref() != Some(&pulse) {
                let live = requests::live_of(&self.app, &self.viewer, &id, self.since);
                let live =
                    live.await.map_err(|_| anyhow::anyhow!("the request is not to be seen"))?;
                self.next.push(
                    Event::default()
                        .event("progress")
                        .data(live.render_with_values(&self.reader())?),
                );
                self.pulse = Some(pulse);
            }
        }
        if looks.is_multiple_of(COUNT) {
            let waiting = self.count().await?;
            if self.waiting.as_ref() != Some(&waiting) {
                self.next.push(Event::default().event("waiting").data(&waiting));
                self.waiting = Some(waiting);
            }
        }
        Ok(true)
    }

    fn reader(&self) -> Reader {
        Reader { now: Some(self.app.clock.now().timestamp()), ..self.reader.clone() }
    }

    async fn count(&self) -> store::Result<String> {
        page::waiting(&self.app, &self.viewer.person.id).await.map(page::counted)
    }
}
