//! Whose connection it is, as the system tells it. Linux only: elsewhere nobody's.

use std::net::SocketAddr;

/// Whether this process holds the other end of a connection from `peer` on loopback.
pub fn holds(pid: i32, peer: SocketAddr) -> bool {
    let Some(inode) = inode_of(pid, peer) else { return false };
    let wanted = format!("socket:[{inode}]");
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten().any(|file| {
        std::fs::read_link(file.path()).is_ok_and(|link| link.as_os_str() == wanted.as_str())
    })
}

/// The tables of the system's connections name each by its addresses in hexadecimal.
fn inode_of(pid: i32, peer: SocketAddr) -> Option<String> {
    let port = format!(":{:04X}", peer.port());
    ["tcp", "tcp6"].iter().find_map(|table| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).ok()?;
        text.lines().skip(1).find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let own = fields.get(1)?.ends_with(&port);
            (own && *fields.get(3)? == "01")
                .then(|| fields.get(9).map(|text| (*text).to_owned()))?
        })
    })
}
