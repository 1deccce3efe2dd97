//! What is handed over to whoever will work with the instance: its values, and who may use its data.
//! As a page to print, as plain text and as JSON.

use std::fmt::Write;

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{Place, Shell, address};
use crate::{
    App,
    azure::Filter,
    domain::{role::Role, scope::Scope},
    web::{
        Error,
        page::{Frame, View},
        roles::{self, guid},
        session::Viewer,
        sight::{Hidden, Sight},
    },
};

/// Everything on the sheet. Names inside are what the JSON has: add, never rename.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    name: String,
    resource_group: String,
    host_name: Option<String>,
    subscription: String,
    subscription_id: String,
    location: String,
    resource_id: String,
    /// `null` where Azure does not show them to whoever made the sheet.
    data_roles: Option<Vec<Holding>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Holding {
    role: String,
    holder: String,
    /// Mail address or kind.
    detail: String,
    object_id: String,
    /// `null` where it was assigned on the instance itself.
    inherited_from: Option<String>,
}

#[derive(Template)]
#[template(path = "instance/sheet.html")]
pub struct Sheet {
    frame: Frame,
    shell: Shell,
    values: Option<Values>,
    /// Why the roles are not to be seen.
    hidden: Option<Hidden>,
}

impl Sheet {
    fn link(&self, end: &str) -> String {
        format!("{}{end}", address(&self.shell.scope, "sheet"))
    }
}

pub async fn page(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Sheet>, Error> {
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "").await?;
    let (values, hidden) = values(&app, &viewer, &shell, &sight).await?;
    Ok(View(Sheet { frame, shell, values, hidden }))
}

pub async fn text(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<Response, Error> {
    let values = alone(&app, &viewer, scope).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], plain(&values)).into_response())
}

pub async fn json(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<Response, Error> {
    let values = alone(&app, &viewer, scope).await?;
    let text =
        serde_json::to_string_pretty(&values).map_err(|error| Error::Internal(error.into()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

async fn alone(app: &App, viewer: &Viewer, scope: Scope) -> Result<Values, Error> {
    let (_, shell, sight) = Shell::open(app, viewer, scope, "").await?;
    values(app, viewer, &shell, &sight).await?.0.ok_or(Error::Missing)
}

async fn values(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    sight: &Sight,
) -> Result<(Option<Values>, Option<Hidden>), Error> {
    let Some(instance) = &shell.instance else { return Ok((None, None)) };
    let (held, hidden) = holdings(app, viewer, shell, sight)
        .await
        .map_err(|error| error.back_to(&address(&shell.scope, "sheet")))?;
    let values = Values {
        name: instance.name.clone(),
        resource_group: shell.group().to_owned(),
        host_name: instance.host_name.clone(),
        subscription: shell.subscription.clone(),
        subscription_id: shell.scope.subscription_id().to_owned(),
        location: instance.location.clone(),
        resource_id: shell.scope.to_string(),
        data_roles: held,
    };
    Ok((Some(values), hidden))
}

/// Who holds a data role there, and where it was assigned.
async fn holdings(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    sight: &Sight,
) -> Result<(Option<Vec<Holding>>, Option<Hidden>), Error> {
    let (assignments, names) = roles::at(sight, &shell.scope, Filter::AtScope).await?;
    let mut assignments = match assignments {
        Ok(assignments) => assignments,
        Err(hidden) => return Ok((None, Some(hidden))),
    };
    assignments.retain(|row| {
        let id = guid(&row.role_definition_id);
        Role::DATA.iter().any(|role| role.guid() == id)
    });
    let names = names.unwrap_or_default();
    let named = roles::named(app, viewer, sight, &shell.scope, assignments, &names).await?;
    let holding = |held: roles::Held| Holding {
        inherited_from: (!held.is_here()).then(|| held.assignment.scope.clone()),
        holder: held.holder.label().to_owned(),
        detail: held.holder.detail(),
        object_id: held.assignment.principal_id,
        role: held.role,
    };
    let mut held: Vec<Holding> = named.0.into_iter().map(holding).collect();
    held.sort_by(|a, b| (&a.role, &a.holder).cmp(&(&b.role, &b.holder)));
    Ok((Some(held), None))
}

fn plain(values: &Values) -> String {
    let host = values.host_name.as_deref().unwrap_or("not known yet");
    let mut text = format!(
        "Azure Digital Twins instance\n\nName:            {}\nResource group:  {}\nHost name:       {host}\n\
         Subscription:    {} ({})\nRegion:          {}\nResource ID:     {}\n\nWho may use its data\n",
        values.name,
        values.resource_group,
        values.subscription,
        values.subscription_id,
        values.location,
        values.resource_id,
    );
    match &values.data_roles {
        None => text.push_str("Azure does not show it to whoever made this sheet.\n"),
        Some(held) if held.is_empty() => text.push_str("Nobody yet.\n"),
        Some(held) => {
            for one in held {
                let from = one.inherited_from.as_deref();
                let from = from.map(|scope| format!(", from {scope}")).unwrap_or_default();
                let _ = writeln!(text, "- {}: {} ({}{from})", one.role, one.holder, one.detail);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_all_that_the_page_does() {
        let values = Values {
            name: "dt-1".into(),
            resource_group: "rg".into(),
            host_name: Some("dt-1.api.weu.digitaltwins.azure.net".into()),
            subscription: "Production".into(),
            subscription_id: "S".into(),
            location: "westeurope".into(),
            resource_id: "/subscriptions/S/x".into(),
            data_roles: Some(vec![Holding {
                role: "Azure Digital Twins Data Owner".into(),
                holder: "Nina".into(),
                detail: "nina@contoso.com · User".into(),
                object_id: "1".into(),
                inherited_from: Some("/subscriptions/S".into()),
            }]),
        };
        let text = plain(&values);
        for word in [
            "dt-1.api.weu",
            "Production (S)",
            "Data Owner: Nina (nina@contoso.com · User, from /subscriptions/S)",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let nobody = Values { data_roles: Some(Vec::new()), ..values };
        assert!(plain(&nobody).ends_with("Nobody yet.\n"));
    }
}
