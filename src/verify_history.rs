//! Whether the history is as it was written: each entry is bound to the one before by a hash. Knows
//! what to say of it; the store does the looking.

use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use twindesk::config::Config;
use twindesk::program;

use crate::check::without_secret;
use crate::variable;

/// Entries that are looked at with one query.
const AT_ONCE: i64 = 1_000;

pub async fn run() -> anyhow::Result<ExitCode> {
    let url = Config::database(&variable)?;
    let shown = without_secret(url.expose_secret());
    let store = program::open(&url).await?;
    let (mut sound, mut next) = (0, Some(1));
    while let Some(from) = next {
        let looked = store.verify_history(from, AT_ONCE).await?;
        sound += looked.checked;
        if let Some(broken) = looked.broken_at {
            println!(
                "The history in {shown} is broken at entry {broken}: it was changed, or it is \
                 gone. The {sound} before it are as they were written."
            );
            return Ok(ExitCode::FAILURE);
        }
        next = looked.next;
    }
    match sound {
        0 => println!("The history in {shown} is empty."),
        1 => println!("The one entry of the history in {shown} is as it was written."),
        many => println!("All {many} entries of the history in {shown} are as they were written."),
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
