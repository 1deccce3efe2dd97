//! Between the portal and Microsoft: every call passes here, is counted, and may be struck on its way.
//! Knows the outside of a call and who made it, not its meaning.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::points::{Moment, Point};
use crate::sockets;

const LARGEST_BODY: usize = 32 << 20;

#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// Where the simulator is, without a slash at the end. Known only when it has been started.
    onward: Mutex<String>,
    state: Mutex<State>,
    /// Answers that are late wait for this.
    late: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    armed: Option<(Point, Strike)>,
    seen: usize,
    struck: Option<String>,
    cut_off: HashSet<i32>,
    /// Beside the point: a call that cannot get through, and was counted as a fault.
    refused: usize,
}

#[derive(Clone, Copy)]
pub enum Strike {
    /// This process is killed.
    Kill(Pid),
    /// The answer waits until [`Proxy::let_through`].
    Late,
}

impl Proxy {
    /// Listens; calls pass once [`Proxy::lead_to`] has said where to.
    pub async fn start() -> anyhow::Result<(Proxy, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let proxy = Proxy(Arc::new(Inner {
            http: crate::people::client(),
            onward: Mutex::default(),
            state: Mutex::default(),
            late: watch::Sender::new(false),
        }));
        let service = Router::new()
            .fallback(pass)
            .with_state(proxy.clone())
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok((proxy, address))
    }

    pub fn lead_to(&self, base: &str) {
        base.clone_into(&mut self.0.onward.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts from now on, and strikes once.
    pub fn arm(&self, point: Point, strike: Strike) {
        self.0.late.send_replace(false);
        let mut state = self.state();
        (state.armed, state.seen, state.struck) = (Some((point, strike)), 0, None);
    }

    pub fn disarm(&self) {
        self.state().armed = None;
    }

    /// The call that was struck since it was armed.
    pub fn struck(&self) -> Option<String> {
        self.state().struck.clone()
    }

    /// The late answer goes its way.
    pub fn let_through(&self) {
        self.0.late.send_replace(true);
    }

    /// No call of this process comes through any more, or all do again.
    pub fn cut_off(&self, pid: Pid, cut: bool) {
        let mut state = self.state();
        match cut {
            true => state.cut_off.insert(pid.as_raw_nonzero().get()),
            false => state.cut_off.remove(&pid.as_raw_nonzero().get()),
        };
    }

    /// How many calls did not come through.
    pub fn refused(&self) -> usize {
        self.state().refused
    }

    /// What is to be done to this call at this moment, if it is the one.
    fn strikes(&self, moment: Moment, call: &str) -> Option<Strike> {
        let mut state = self.state();
        let (point, strike) = state.armed.filter(|(point, _)| point.moment == moment)?;
        state.seen += 1;
        if state.seen != point.nth {
            return None;
        }
        state.armed = None;
        state.struck = Some(call.to_owned());
        Some(strike)
    }

    fn is_cut_off(&self, peer: SocketAddr) -> bool {
        let cut: Vec<i32> = self.state().cut_off.iter().copied().collect();
        let is = !cut.is_empty() && cut.into_iter().any(|pid| sockets::holds(pid, peer));
        if is {
            self.state().refused += 1;
        }
        is
    }

    async fn strike(&self, strike: Strike) {
        match strike {
            Strike::Kill(pid) => {
                let _ = kill_process(pid, Signal::KILL);
                std::future::pending().await
            }
            Strike::Late => {
                let _ = self.0.late.subscribe().wait_for(|through| *through).await;
            }
        }
    }
}

async fn pass(
    Shared(proxy): Shared<Proxy>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    if proxy.is_cut_off(peer) {
        return broken();
    }
    if let Some(strike) = proxy.strikes(Moment::Unsent, &call) {
        proxy.strike(strike).await;
    }
    let Some(answer) = forward(&proxy, request).await else { return broken() };
    if let Some(strike) = proxy.strikes(Moment::Unanswered, &call) {
        proxy.strike(strike).await;
    }
    if proxy.is_cut_off(peer) {
        return broken();
    }
    answer
}

async fn forward(proxy: &Proxy, request: Request) -> Option<Response> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.ok()?;
    let base = proxy.0.onward.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut onward = proxy.0.http.request(head.method, format!("{base}{}", head.uri));
    for (name, value) in head.headers.iter().filter(|(name, _)| passes(name)) {
        onward = onward.header(name, value);
    }
    let answer = onward.body(body).send().await.ok()?;
    let mut passed = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| passes(name)) {
        passed = passed.header(name, value);
    }
    let body = answer.bytes().await.ok()?;
    passed.body(Body::from(body)).ok()
}

/// What belongs to one connection stays there.
fn passes(name: &HeaderName) -> bool {
    ![header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
        .contains(name)
}

/// An answer that ends early, which is how a connection that is cut looks.
fn broken() -> Response {
    let cut = futures_util::stream::once(async {
        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let mut answer = Response::new(Body::from_stream(cut));
    *answer.status_mut() = StatusCode::OK;
    answer
}
