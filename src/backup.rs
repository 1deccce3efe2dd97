//! A copy of the database, and putting it back. Knows what to say of them; the store makes them.

use std::path::Path;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use twindesk::clock::Clock;
use twindesk::config::Config;
use twindesk::store::{Contents, Store};

use crate::check::without_secret;
use crate::variable;

pub async fn back_up(file: &Path) -> anyhow::Result<()> {
    let url = Config::database(&variable)?;
    let (url, shown) = (url.expose_secret(), without_secret(url.expose_secret()));
    if is_postgres(url) {
        bail!(
            "nothing was copied: PostgreSQL makes its own backups, while the portal runs:\n\n  \
             pg_dump --format=custom --file={file} {shown}\n\n\
             pg_restore puts one back, and point-in-time recovery of the server loses less: \
             docs/operations.md",
            file = file.display()
        );
    }
    let contents = Store::back_up(url, file).await.context("nothing was copied")?;
    println!("{shown} is copied to {}.", file.display());
    println!("{}", told(contents));
    println!(
        "The sign-ins can be opened only with the keys in TWINDESK_KEYS: keep those, and not \
         beside the copy. Sessions are not in it."
    );
    Ok(())
}

pub async fn restore(file: &Path) -> anyhow::Result<()> {
    let url = Config::database(&variable)?;
    let (url, shown) = (url.expose_secret(), without_secret(url.expose_secret()));
    if is_postgres(url) {
        bail!(
            "nothing was changed: PostgreSQL restores its own backups, with the portal stopped:\n\n  \
             pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname={shown} \
             {file}\n\n\
             docs/operations.md tells what comes before and after",
            file = file.display()
        );
    }
    let now = Clock::system().now();
    let (contents, replaced) =
        Store::restore(url, file, now).await.context("nothing was changed")?;
    println!("{} is now {shown}.", file.display());
    println!("{}", told(contents));
    if let Some(replaced) = replaced {
        println!("What was there before is {}.", replaced.display());
    }
    println!(
        "Everybody signs in again. What is under way is looked at in Azure before it goes on."
    );
    Ok(())
}

fn is_postgres(url: &str) -> bool {
    !url.starts_with("sqlite:")
}

fn told(contents: Contents) -> String {
    let Contents { schema, requests, due, entries, people, sign_ins } = contents;
    format!(
        "It is whole: schema {schema}, requests: {requests} (under way: {due}), entries of history: \
         {entries}, each as it was written; people: {people}, sign-ins: {sign_ins}."
    )
}
