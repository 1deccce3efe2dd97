//! How an instance is reached: public network access, and the connections of private endpoints.

use askama::Template;
use axum::extract::State;

use super::{Place, Shell};
use crate::{
    App,
    azure::Connection,
    domain::{
        asked::{MOST_ENDPOINTS, state_text},
        scope::Scope,
    },
    text,
    web::{
        Error,
        page::{Frame, View},
        session::Viewer,
        sight::Look,
    },
    words::{Text, filters},
};

#[derive(Template)]
#[template(path = "instance/networking.html")]
pub struct Networking {
    frame: Frame,
    shell: Shell,
    connections: Look<Vec<Connection>>,
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Networking>, Error> {
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "networking").await?;
    let id = shell.scope.to_string();
    let connections = sight.ask(|azure, token| azure.connections(token, &id)).await?;
    Ok(View(Networking { frame, shell, connections }))
}

impl Networking {
    /// Where a change is asked for; `connection` is empty for one that is about none.
    fn form(&self, change: &str, connection: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("instance", &self.shell.scope.to_string()).append_pair("change", change);
        if !connection.is_empty() {
            query.append_pair("connection", connection);
        }
        format!("/networking/new?{}", query.finish())
    }

    /// Of a connection's state, as the page's parts call it.
    fn tone(&self, connection: &Connection) -> &'static str {
        match connection.status.as_str() {
            "Approved" => "ok",
            "Pending" => "pending",
            "Rejected" => "rejected",
            _ => "closed",
        }
    }

    fn state(&self, connection: &Connection) -> Text {
        state_text(&connection.status)
    }

    fn name<'a>(&self, connection: &'a Connection) -> &'a str {
        let id = if connection.endpoint.is_empty() { &connection.id } else { &connection.endpoint };
        id.rsplit('/').next().unwrap_or(id)
    }

    /// Where the private endpoint is; its subscription only where it is another one.
    fn place(&self, connection: &Connection) -> Text {
        let Some(scope) = Scope::parse(&connection.endpoint) else {
            return Text::verbatim(connection.endpoint.clone());
        };
        let group = scope.group_name().unwrap_or_default();
        let subscription = scope.subscription_id();
        match subscription.eq_ignore_ascii_case(self.shell.scope.subscription_id()) {
            true => text!("reach-place", group = group),
            false => {
                text!("reach-place-elsewhere", group = group, subscription = subscription)
            }
        }
    }

    fn may_have_more(&self) -> bool {
        self.connections.as_ref().map_or(true, |connections| connections.len() < MOST_ENDPOINTS)
    }
}
