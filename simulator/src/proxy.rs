//! A proxy for clients that insist on Azure's own names (`HTTPS_PROXY=http://127.0.0.1:…`): `CONNECT` to one of those names
//! leads to the simulator's own port, anything else is refused. Knows sockets and the names, nothing of what passes.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::hosts;

const HEAD_LIMIT: usize = 16 * 1024;

/// Serves until the task is aborted.
pub async fn serve(listener: TcpListener, simulator: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            if let Err(problem) = pass(stream, simulator).await {
                tracing::debug!(%problem, "a connection through the proxy has ended");
            }
        });
    }
}

async fn pass(mut client: TcpStream, simulator: SocketAddr) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD_LIMIT {
            return refuse(client, "431 Request Header Fields Too Large").await;
        }
        // Byte by byte: what follows the head belongs to the tunnel.
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head);
    let mut words = text.split_whitespace();
    let (method, target) = (words.next(), words.next().unwrap_or_default().to_owned());
    if method != Some("CONNECT") {
        return refuse(client, "405 Method Not Allowed").await;
    }
    if hosts::service(&target).is_none() {
        return refuse(client, "403 Forbidden").await;
    }
    let mut server = TcpStream::connect(simulator).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn refuse(mut client: TcpStream, status: &str) -> io::Result<()> {
    let text = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    client.write_all(text.as_bytes()).await?;
    client.shutdown().await
}
