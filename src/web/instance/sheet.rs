//! What is handed over to whoever will work with the instance: its values, and who may use its data.
//! As a page to print, as plain text and as JSON.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer};

use super::{Place, Shell, address};
use crate::{
    App,
    azure::{Filter, RoleAssignment},
    domain::{Time, role::Role, scope::Scope},
    text,
    web::{
        Error,
        page::{Frame, View},
        reader,
        roles::{self, guid},
        session::Viewer,
        sight::Sight,
    },
    words::{Reader, Text, filters},
};

/// Everything on the sheet. Names inside are what the JSON has, which is English: add, never rename.
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
    #[serde(serialize_with = "as_azure")]
    public_network_access: bool,
    resource_id: String,
    /// `null` where Azure does not show them to whoever made the sheet; `remarks` says why.
    data_roles: Option<Vec<Holding>>,
    /// What is not on the sheet, and why, in a sentence each.
    #[serde(serialize_with = "each_in_english")]
    remarks: Vec<Text>,
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
    #[serde(serialize_with = "in_english")]
    detail: Text,
    object_id: String,
    /// `null` where it was assigned on the instance itself.
    inherited_from: Option<String>,
}

fn as_azure<S: Serializer>(enabled: &bool, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(if *enabled { "Enabled" } else { "Disabled" })
}

fn in_english<S: Serializer>(text: &Text, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(text)
}

fn each_in_english<S: Serializer>(texts: &[Text], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(texts.iter().map(Text::to_string))
}

/// What people call it.
fn access(enabled: bool) -> Text {
    if enabled { text!("instance-enabled") } else { text!("instance-disabled") }
}

#[derive(Template)]
#[template(path = "instance/sheet.html")]
pub struct Sheet {
    frame: Frame,
    shell: Shell,
    values: Option<Values>,
}

impl Sheet {
    fn access(&self, values: &Values) -> Text {
        access(values.public_network_access)
    }

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
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], plain(&values, &reader::present()))
        .into_response())
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
        public_network_access: instance.public_network_access,
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
    remarks: &mut Vec<Text>,
) -> Result<Option<Vec<Holding>>, Error> {
    let (assignments, names) = roles::at(sight, &shell.scope, Filter::AtScope).await?;
    let mut assignments = match assignments {
        Ok(assignments) => assignments,
        Err(hidden) => {
            remarks.push(text!("sheet-unknown", why = hidden.words));
            return Ok(None);
        }
    };
    assignments.retain(|row| data_role(row).is_some());
    let names = names.unwrap_or_default();
    let (held, unnamed) =
        roles::named(app, viewer, sight, &shell.scope, assignments, &names).await?;
    if let (Some(hidden), true) = (unnamed, held.iter().any(|held| held.holder.name.is_none())) {
        remarks.push(text!("sheet-unnamed", why = hidden.words));
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

fn plain(values: &Values, reader: &Reader) -> String {
    let subscription = format!("{} ({})", values.subscription, values.subscription_id);
    let region = match values.region == values.location {
        true => values.location.clone(),
        false => format!("{} ({})", values.region, values.location),
    };
    let host = values.host_name.clone().map(Text::verbatim);
    let own = |value: &str| Text::verbatim(value.to_owned());
    let rows = [
        (text!("instance-name"), own(&values.name)),
        (text!("instance-group"), own(&values.resource_group)),
        (text!("instance-host"), host.unwrap_or_else(|| text!("sheet-text-no-host"))),
        (text!("instance-subscription"), own(&subscription)),
        (text!("instance-region"), own(&region)),
        (text!("sheet-text-public"), access(values.public_network_access)),
        (text!("instance-resource-id"), own(&values.resource_id)),
    ];
    let rows = rows.map(|(name, value)| (name.said_to(reader) + ":", value.said_to(reader)));
    let long = |name: &str| name.chars().count();
    let width = rows.iter().map(|(name, _)| long(name)).max().unwrap_or_default() + 2;
    let mut lines = vec![text!("sheet-text-title").said_to(reader), String::new()];
    lines
        .extend(rows.map(|(name, value)| name.clone() + &" ".repeat(width - long(&name)) + &value));
    lines.extend([String::new(), text!("sheet-data").said_to(reader)]);
    match &values.data_roles {
        None => lines.push(text!("sheet-text-hidden").said_to(reader)),
        Some(held) if held.is_empty() => lines.push(text!("sheet-text-nobody").said_to(reader)),
        Some(held) => lines.extend(held.iter().map(|one| {
            let said = match &one.inherited_from {
                None => text!("sheet-text-holds"),
                Some(scope) => text!("sheet-text-inherits", scope = scope),
            };
            let said = said.with("role", &one.role).with("holder", &one.holder);
            format!("- {}", said.with("detail", &one.detail).said_to(reader))
        })),
    }
    lines.extend(values.remarks.iter().map(|remark| remark.said_to(reader)));
    let Maker { name, user_principal_name } = &values.made_by;
    let made = text!("sheet-made", name = name, upn = user_principal_name, at = values.made);
    lines.extend([String::new(), made.said_to(reader), String::new()]);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn nina() -> Holding {
        Holding {
            role: "Azure Digital Twins Data Owner".into(),
            holder: "Nina".into(),
            detail: Text::verbatim("nina@contoso.com · User"),
            object_id: "1".into(),
            inherited_from: Some("/subscriptions/S".into()),
        }
    }

    fn values() -> Values {
        let made = Time(1_700_000_000_000_000);
        Values {
            name: "dt-1".into(),
            resource_group: "rg".into(),
            host_name: Some("dt-1.api.weu.digitaltwins.azure.net".into()),
            subscription: "Production".into(),
            subscription_id: "S".into(),
            location: "westeurope".into(),
            region: "West Europe".into(),
            public_network_access: false,
            resource_id: "/subscriptions/S/x".into(),
            data_roles: Some(vec![nina()]),
            remarks: vec![text!("sheet-unnamed", why = "Nobody may.")],
            made_by: Maker { name: "Uma".into(), user_principal_name: "uma@contoso.com".into() },
            made_at: made.iso(),
            made,
        }
    }

    #[test]
    fn the_text_says_all_that_the_page_does() {
        let values = values();
        let text = plain(&values, &Reader::default());
        for word in [
            "Host name:       dt-1.api.weu",
            "Production (S)",
            "West Europe (westeurope)",
            "Public access:   Disabled",
            "Data Owner: Nina (nina@contoso.com · User, from /subscriptions/S)",
            "The directory named nobody, so object IDs stand: Nobody may.",
            "Made by Uma (uma@contoso.com), 14 Nov 2023, 22:13 UTC.",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let values = Values { data_roles: Some(Vec::new()), region: "westeurope".into(), ..values };
        let text = plain(&values, &Reader::default());
        assert!(text.contains("Nobody yet.\n") && text.contains("Region:          westeurope\n"));
    }

    #[test]
    fn people_read_their_language_and_machines_always_the_same() {
        let german = Reader { language: Language::German, ..Reader::default() };
        let values = Values {
            data_roles: Some(vec![nina()]),
            remarks: vec![text!("sheet-unnamed", why = "x")],
            ..values()
        };
        let text = plain(&values, &german);
        for line in [
            "Ressourcengruppe:      rg\n",
            "Öffentlicher Zugriff:  Deaktiviert\n",
            "(nina@contoso.com · User, geerbt von /subscriptions/S)\n",
            "Das Verzeichnis hat keine Namen geliefert",
            "Erstellt von Uma (uma@contoso.com), 14. Nov. 2023, 22:13 UTC.\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        let json = serde_json::to_value(&values).expect("JSON");
        assert_eq!(json["publicNetworkAccess"], "Disabled");
        assert_eq!(json["remarks"][0], "The directory named nobody, so object IDs stand: x");
        assert_eq!(json["dataRoles"][0]["detail"], "nina@contoso.com · User");
        assert_eq!(json["madeAt"], "2023-11-14T22:13:20Z");
    }
}
