//! Two ways between people, portals and the database: a line to the database that can be cut, and a
//! front before several portals as an operator would have one. Knows neither pages nor SQL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A line to a database server.
pub struct Line {
    /// The database's address by this line.
    pub url: String,
    cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Line {
    pub async fn to(database_url: &str) -> anyhow::Result<Line> {
        let mut url = url::Url::parse(database_url)?;
        let host = url.host_str().context("the database's address names a host")?.to_owned();
        let server = (host, url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let no_host = |_| anyhow::anyhow!("the database's address takes no other host");
        url.set_host(Some("127.0.0.1"))?;
        url.set_port(Some(address.port())).map_err(no_host)?;
        let cut = watch::Sender::new(false);
        let told = cut.subscribe();
        let task = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut told, server) = (told.clone(), server.clone());
                tokio::spawn(async move {
                    let joined = async {
                        if let Ok(mut far) = TcpStream::connect(server).await {
                            let _ = copy_bidirectional(&mut near, &mut far).await;
                        }
                    };
                    // Either end lets go, or the line is cut, now or before it was begun.
                    tokio::select! {
                        biased;
                        _ = told.wait_for(|cut| *cut) => {}
                        () = joined => {}
                    }
                });
            }
        });
        Ok(Line { url: url.into(), cut, task })
    }

    pub fn cut(&self, cut: bool) {
        self.cut.send_replace(cut);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What stands before the portals: each request goes to the next that says it is ready, and to
/// another where the connection cannot be made.
#[derive(Clone)]
pub struct Front(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    ports: Vec<u16>,
    ready: Mutex<Vec<bool>>,
    next: AtomicUsize,
}

const LOOK: Duration = Duration::from_millis(50);
const LONGEST_LOOK: Duration = Duration::from_millis(500);
const LARGEST_BODY: usize = 8 << 20;

impl Front {
    pub async fn start(port: u16, ports: Vec<u16>) -> anyhow::Result<Front> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let ready = Mutex::new(vec![true; ports.len()]);
        let http = crate::people::client();
        let front = Front(Arc::new(Inner { http, ports, ready, next: AtomicUsize::new(0) }));
        let service = Router::new().fallback(pass).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        for which in 0..front.0.ports.len() {
            tokio::spawn(watch_over(front.clone(), which));
        }
        Ok(front)
    }

    /// Those to be tried, the next one first; whoever is not ready only when nobody is.
    fn order(&self) -> Vec<u16> {
        let inner = &self.0;
        let ready = inner.ready.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let first = inner.next.fetch_add(1, Ordering::Relaxed);
        let all = (0..inner.ports.len()).map(|turn| (first + turn) % inner.ports.len());
        let (fit, unfit): (Vec<usize>, Vec<usize>) = all.partition(|&which| ready[which]);
        fit.into_iter().chain(unfit).map(|which| inner.ports[which]).collect()
    }
}

async fn watch_over(front: Front, which: usize) {
    let address = format!("http://127.0.0.1:{}/health/ready", front.0.ports[which]);
    loop {
        let look = front
            .0
            .http
            .get(&address)
            .header(header::CONNECTION, "close")
            .timeout(LONGEST_LOOK)
            .send()
            .await;
        let is = look.is_ok_and(|answer| answer.status().is_success());
        front.0.ready.lock().unwrap_or_else(PoisonError::into_inner)[which] = is;
        tokio::time::sleep(LOOK).await;
    }
}

async fn pass(State(front): State<Front>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    for port in front.order() {
        let address = format!("http://127.0.0.1:{port}{}", head.uri);
        let mut onward = front.0.http.request(head.method.clone(), address);
        for (name, value) in &head.headers {
            if ![header::HOST, header::CONNECTION, header::CONTENT_LENGTH].contains(name) {
                onward = onward.header(name, value);
            }
        }
        // A connection of its own: none is kept that a portal is about to end.
        let onward = onward.header(header::CONNECTION, "close").body(body.clone());
        match onward.send().await {
            Ok(answer) => {
                let mut passed = Response::builder().status(answer.status());
                for (name, value) in answer.headers() {
                    if ![header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
                        .contains(name)
                    {
                        passed = passed.header(name, value);
                    }
                }
                let Ok(body) = answer.bytes().await else { break };
                return passed.body(Body::from(body)).unwrap_or_default();
            }
            // What may have arrived is sent again only where that does no harm.
            Err(error) if error.is_connect() || head.method == Method::GET => {}
            Err(_) => break,
        }
    }
    let mut none = Response::new(Body::from("no portal answers"));
    *none.status_mut() = StatusCode::BAD_GATEWAY;
    none
}
