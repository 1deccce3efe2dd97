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
    azure::{Filter, RoleAssignment},
    domain::{Time, role::Role, scope::Scope},
    web::{
        Error,
        page::{Frame, View},
        roles::{self, guid},
        session::Viewer,
        sight::Sight,
    },
    words::filters,
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
    /// The API's name of the region: `westeurope`.
    location: String,
    /// As Azure names it for people: `West Europe`.
    region: String,
    /// `Enabled` or `Disabled`, as Azure has it.
    public_network_access: &'static str,
    resource_id: String,
    /// `null` where Azure does not show them to whoever made the sheet; `remarks` says why.
    data_roles: Option<Vec<Holding>>,
    /// What is not on the sheet, and why, in a sentence each.
    remarks: Vec<String>,
    made_by: Maker,
    /// RFC 3339, in UTC.
    made_at: String,
    #[serde(skip)]
    made: Time,
}

/// In whose name Azure was asked: somebody else may be shown more, or less.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Maker {
    name: String,
    user_principal_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Holding {
    role: String,
    /// The object ID where the directory does not name them.
    holder: String,
    /// Mail address or kind, and whether the directory names them.
    detail: crate::words::Text,
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
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "sheet").await?;
    let values = values(&app, &viewer, &shell, &sight).await?;
    Ok(View(Sheet { frame, shell, values }))
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
    let (_, shell, sight) = Shell::open(app, viewer, scope, "sheet").await?;
    values(app, viewer, &shell, &sight).await?.ok_or(Error::Missing)
}

async fn values(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    sight: &Sight,
) -> Result<Option<Values>, Error> {
    let Some(instance) = &shell.instance else { return Ok(None) };
    let mut remarks = Vec::new();
    let asked =
        tokio::try_join!(shell.region(sight), holdings(app, viewer, shell, sight, &mut remarks));
    let (region, data_roles) =
        asked.map_err(|error| error.back_to(&address(&shell.scope, "sheet")))?;
    let made = app.clock.now();
    Ok(Some(Values {
        name: instance.name.clone(),
        resource_group: shell.group().to_owned(),
        host_name: instance.host_name.clone(),
        subscription: shell.subscription.clone(),
        subscription_id: shell.scope.subscription_id().to_owned(),
        location: instance.location.clone(),
        region,
        public_network_access: if instance.public_network_access { "Enabled" } else { "Disabled" },
        resource_id: shell.scope.to_string(),
        data_roles,
        remarks,
        made_by: Maker {
            name: viewer.person.name.clone(),
            user_principal_name: viewer.person.upn.clone(),
        },
        made_at: made.iso(),
        made,
    }))
}

/// Who holds a data role there, and where it was assigned.
async fn holdings(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    sight: &Sight,
    remarks: &mut Vec<String>,
) -> Result<Option<Vec<Holding>>, Error> {
    let (assignments, names) = roles::at(sight, &shell.scope, Filter::AtScope).await?;
    let mut assignments = match assignments {
        Ok(assignments) => assignments,
        Err(hidden) => {
            remarks.push(format!("Who may use its data is not known: {}", hidden.words));
            return Ok(None);
        }
    };
    assignments.retain(|row| data_role(row).is_some());
    let names = names.unwrap_or_default();
    let (held, unnamed) =
        roles::named(app, viewer, sight, &shell.scope, assignments, &names).await?;
    if let (Some(hidden), true) = (unnamed, held.iter().any(|held| held.holder.name.is_none())) {
        remarks.push(format!("The directory named nobody, so object IDs stand: {}", hidden.words));
    }
    let holding = |held: roles::Held| Holding {
        inherited_from: (!held.is_here()).then(|| held.assignment.scope.clone()),
        holder: held.holder.label().to_owned(),
        detail: held.holder.detail(),
        role: data_role(&held.assignment).map_or(held.role, |role| role.name().to_owned()),
        object_id: held.assignment.principal_id,
    };
    let mut held: Vec<Holding> = held.into_iter().map(holding).collect();
    held.sort_by(|a, b| (&a.role, &a.holder).cmp(&(&b.role, &b.holder)));
    Ok(Some(held))
}

fn data_role(assignment: &RoleAssignment) -> Option<Role> {
    let id = guid(&assignment.role_definition_id);
    Role::DATA.into_iter().find(|role| role.guid() == id)
}

fn plain(values: &Values) -> String {
    let subscription = format!("{} ({})", values.subscription, values.subscription_id);
    let region = match values.region == values.location {
        true => values.location.clone(),
        false => format!("{} ({})", values.region, values.location),
    };
    let mut text = "Azure Digital Twins instance\n\n".to_owned();
    for (name, value) in [
        ("Name", &*values.name),
        ("Resource group", &values.resource_group),
        ("Host name", values.host_name.as_deref().unwrap_or("not known yet")),
        ("Subscription", &subscription),
        ("Region", &region),
        ("Public access", values.public_network_access),
        ("Resource ID", &values.resource_id),
    ] {
        let _ = writeln!(text, "{:17}{value}", format!("{name}:"));
    }
    text.push_str("\nWho may use its data\n");
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
    for remark in &values.remarks {
        let _ = writeln!(text, "{remark}");
    }
    let Maker { name, user_principal_name } = &values.made_by;
    let made = values.made.words();
    let _ = writeln!(text, "\nMade by {name} ({user_principal_name}), {made}.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_all_that_the_page_does() {
        let made = Time(1_700_000_000_000_000);
        let values = Values {
            name: "dt-1".into(),
            resource_group: "rg".into(),
            host_name: Some("dt-1.api.weu.digitaltwins.azure.net".into()),
            subscription: "Production".into(),
            subscription_id: "S".into(),
            location: "westeurope".into(),
            region: "West Europe".into(),
            public_network_access: "Disabled",
            resource_id: "/subscriptions/S/x".into(),
            data_roles: Some(vec![Holding {
                role: "Azure Digital Twins Data Owner".into(),
                holder: "Nina".into(),
                detail: "nina@contoso.com · User".into(),
                object_id: "1".into(),
                inherited_from: Some("/subscriptions/S".into()),
            }]),
            remarks: vec!["The directory named nobody.".into()],
            made_by: Maker { name: "Uma".into(), user_principal_name: "uma@contoso.com".into() },
            made_at: made.iso(),
            made,
        };
        let text = plain(&values);
        for word in [
            "Host name:       dt-1.api.weu",
            "Production (S)",
            "West Europe (westeurope)",
            "Public access:   Disabled",
            "Data Owner: Nina (nina@contoso.com · User, from /subscriptions/S)",
            "The directory named nobody.",
            "Made by Uma (uma@contoso.com), 2023-11-14 22:13 UTC.",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let values = Values { data_roles: Some(Vec::new()), region: "westeurope".into(), ..values };
        let text = plain(&values);
        assert!(text.contains("Nobody yet.\n") && text.contains("Region:          westeurope\n"));
    }
}
