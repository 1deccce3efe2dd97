//! Connections that can be cut: how a fault closes one without an answer. Knows sockets only.

use std::collections::HashSet;
use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The connections on which nothing more is to be written, by the peer's address: the peer sees them end.
#[derive(Clone, Default)]
pub struct Cuts(Arc<Mutex<HashSet<SocketAddr>>>);

impl Cuts {
    pub fn plan(&self, peer: SocketAddr) {
        self.lock().insert(peer);
    }

    fn is_planned(&self, peer: SocketAddr) -> bool {
        self.lock().contains(&peer)
    }

    fn forget(&self, peer: SocketAddr) {
        self.lock().remove(&peer);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<SocketAddr>> {
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
        if self.cuts.is_planned(self.peer) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
