//! The portal as operators run it: a process of its own with its files, beside a simulated Azure. Here
//! time is the machine's, so what is waited for is made short.

use std::collections::HashMap;
use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use super::{
    asking::status,
    azure::Azure,
    people::Browser,
    program::{Folder, PATIENCE, Running, twindesk},
    world::{Database, settings},
};

pub struct Portal {
    pub azure: Azure,
    pub origin: String,
    pub settings: HashMap<String, String>,
    pub database: Database,
    pub folder: Folder,
}

/// Runs the story on SQLite, and on PostgreSQL where `TWINDESK_TEST_POSTGRES` names a server.
pub async fn on_each_database(story: impl AsyncFn(&Portal)) {
    for database in Database::each().await {
        let portal = Portal::on(database).await;
        story(&portal).await;
        portal.end().await;
    }
}

impl Portal {
    pub async fn on(database: Database) -> Portal {
        sqlx::any::install_default_drivers();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let azure = Azure::start(&origin).await;
        azure
            .settings(json!({ "lro_seconds": 0, "registration_seconds": 0, "retry_after": 1 }))
            .await;
        let mut settings = settings(&azure, &origin, &database.url);
        for (name, value) in
            [("TWINDESK_LISTEN", &*format!("127.0.0.1:{port}")), ("TWINDESK_DRAIN", "1ms")]
        {
            settings.insert(name.to_owned(), value.to_owned());
        }
        Portal { azure, origin, settings, database, folder: Folder::new() }
    }

    pub fn command(&self) -> Command {
        twindesk(&["serve"], &self.settings)
    }

    /// Starts it and waits until people can come.
    pub fn start(&self) -> Running {
        self.start_as(self.command())
    }

    pub fn start_as(&self, command: Command) -> Running {
        let mut running = Running::of(command);
        running.hears(" ready ");
        running
    }

    pub async fn person(&self, name: &str) -> Browser {
        let browser = Browser::new(&self.origin);
        browser.sign_in_as(name).await;
        browser
    }

    /// Waits until the request's page tells this status.
    pub async fn becomes(&self, person: &Browser, request: &str, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let page = person.open(request).await;
            if status(&page) == wanted {
                return;
            }
            assert!(Instant::now() < end, "not {wanted}: {}", page.words());
            // A process of its own works at it, by a clock that nobody sets.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn end(self) {
        self.azure.has_kept_its_shapes().await;
        self.database.drop().await;
    }
}
