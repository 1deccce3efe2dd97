//! Bodies that do not arrive as they should: cut short, or drop by drop. The same over http and https, since the connection
//! is given up above TLS. Knows bytes and time, nothing of what they say.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, header};
use http_body::Frame;
use tokio::time::Sleep;

/// How a body is to arrive. Real time is waited before each part.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// So many bytes, then the connection ends.
    pub truncate: Option<usize>,
    /// In ten parts with a wait before each.
    pub slow: Option<Duration>,
}

impl Manner {
    /// `Content-Length` stays that of the whole body.
    pub fn apply(self, response: Response<Body>, bytes: Vec<u8>) -> Response<Body> {
        if self.truncate.is_none() && self.slow.is_none() {
            return response;
        }
        let (mut head, _) = response.into_parts();
        head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        let kept = self.truncate.unwrap_or(bytes.len()).min(bytes.len());
        let part = if self.slow.is_some() { kept.div_ceil(10).max(1) } else { kept.max(1) };
        let breaks = kept < bytes.len();
        let rest = Bytes::from(bytes).slice(..kept);
        Response::from_parts(
            head,
            Body::new(Parts { rest, part, breaks, wait: None, slow: self.slow, flushed: true }),
        )
    }
}

struct Parts {
    rest: Bytes,
    part: usize,
    breaks: bool,
    slow: Option<Duration>,
    wait: Option<Pin<Box<Sleep>>>,
    /// What was handed over before has had a chance to be written.
    flushed: bool,
}

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.flushed {
            self.flushed = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let cut = self.breaks.then(|| Err(io::ErrorKind::ConnectionReset.into()));
            self.breaks = false;
            return Poll::Ready(cut);
        }
        if let Some(time) = self.slow {
            let wait = self.wait.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
            if wait.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.wait = None;
        }
        let length = self.part.min(self.rest.len());
        let part = self.rest.split_to(length);
        self.flushed = false;
        Poll::Ready(Some(Ok(Frame::data(part))))
    }
}
