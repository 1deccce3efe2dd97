//! Connections that can be cut: how a fault closes one without an answer or in the middle of it. Knows sockets only.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is to happen to the next bytes written on a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// Nothing is written; the peer sees the connection end.
    Now,
    /// The head and so many bytes of the body are written, then the connection ends (plain HTTP only).
    AfterBody(usize),
}

/// The connections that wait to be cut, by the peer's address.
#[derive(Clone, Default)]
pub struct Cuts(Arc<Mutex<HashMap<SocketAddr, Cut>>>);

impl Cuts {
    pub fn plan(&self, peer: SocketAddr, cut: Cut) {
        self.lock().insert(peer, cut);
    }

    fn planned(&self, peer: SocketAddr) -> Option<Cut> {
        self.lock().get(&peer).copied()
    }

    fn forget(&self, peer: SocketAddr) {
        self.lock().remove(&peer);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, Cut>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone)]
pub struct Acceptor(pub Cuts);

impl<S> Accept<TcpStream, S> for Acceptor {
    type Stream = Wire;
    type Service = S;
    type Future = Ready<io::Result<(Wire, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let wire = stream
            .set_nodelay(true)
            .and_then(|()| stream.peer_addr())
            .map(|peer| (Wire { stream, peer, cuts: self.0.clone() }, service));
        ready(wire)
    }
}

pub struct Wire {
    stream: TcpStream,
    peer: SocketAddr,
    cuts: Cuts,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cuts.forget(self.peer);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let length = match self.cuts.planned(self.peer) {
            None => buf.len(),
            Some(Cut::Now) => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            Some(Cut::AfterBody(kept)) => match buf.windows(4).position(|four| four == b"\r\n\r\n")
            {
                Some(head) => (head + 4 + kept).min(buf.len()),
                None => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            },
        };
        let written = Pin::new(&mut self.stream).poll_write(cx, &buf[..length]);
        if length < buf.len() && matches!(written, Poll::Ready(Ok(_))) {
            self.cuts.plan(self.peer, Cut::Now);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
