//! The subscriptions that somebody sees, their own role in each and what it lets them do; and of one of
//! them who can help, where it does not let them do enough.

use askama::Template;
use axum::extract::{Path, Query, State};
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use super::{
    Error,
    helpers::{self, Helpers, MOST_HELPERS},
    page::{Frame, View},
    roles::{self, Held, Roles, guid},
    session::Viewer,
    sight::{Hidden, Look, Offer, Sight, by, deadline},
};
use crate::{
    App,
    azure::{Filter, RoleAssignment},
    domain::{
        permission::{Allowed, Permissions},
        principal::is_guid,
        scope::Scope,
    },
    text,
    words::{Text, filters},
};

/// Subscriptions on one page: Azure is asked about each of them.
const ROWS: usize = 12;
const AT_ONCE: usize = 6;

#[derive(Deserialize)]
pub struct Paging {
    #[serde(default)]
    from: String,
}

impl Paging {
    fn from(&self) -> usize {
        self.from.parse().unwrap_or(0)
    }
}

#[derive(Template)]
#[template(path = "subscriptions/list.html")]
pub struct List {
    frame: Frame,
    rows: Vec<Row>,
    /// Address of the ones behind; empty when there are none.
    next: String,
    first: bool,
    hidden: Option<Hidden>,
}

pub struct Row {
    offer: Offer,
    mine: Look<Vec<Mine>>,
    /// `None` where Azure could not be asked.
    allowed: Option<Allowed>,
}

/// A role that reaches the person who looks.
pub struct Mine {
    role: Text,
    /// `through a group`, `limited by a condition`; often empty.
    note: Text,
}

impl List {
    fn start(&self) -> &'static str {
        if self.first { "" } else { "/subscriptions" }
    }
}

pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<View<List>, Error> {
    let back = |error: Error| error.back_to("/subscriptions");
    let sight = Sight::open(&app, &viewer.person, deadline(&app)).await.map_err(back)?;
    let visible: Vec<Offer> =
        sight.subscriptions.iter().filter(|offer| offer.visible).cloned().collect();
    let behind = paging.from().saturating_add(ROWS);
    let more = behind < visible.len();
    let shown: Vec<Offer> = visible.into_iter().skip(paging.from()).take(ROWS).collect();
    let rows = rows(&app, &viewer, &sight, shown).await.map_err(back)?;
    Ok(View(List {
        frame: Frame::of(&app, &viewer, "subscriptions").await?,
        rows,
        next: if more { format!("/subscriptions?from={behind}") } else { String::new() },
        first: paging.from() == 0,
        hidden: sight.hidden,
    }))
}

async fn rows(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    offers: Vec<Offer>,
) -> Result<Vec<Row>, Error> {
    let scopes: Vec<Scope> = offers.iter().map(|offer| Scope::subscription(&offer.id)).collect();
    let me = viewer.person.id.as_str();
    let questions: Vec<_> = scopes.iter().map(|scope| reaching(sight, scope, me)).collect();
    let looks = async {
        let mut looks = Vec::new();
        let mut answers = stream::iter(questions).buffered(AT_ONCE);
        while let Some(answer) = answers.next().await {
            looks.push(answer?);
        }
        Ok::<_, Error>(looks)
    };
    // The built-in roles are the same in all of them.
    let definitions = async {
        match scopes.first() {
            Some(first) => roles::definitions(sight, &first.to_string()).await,
            None => Ok(Ok(Roles::default())),
        }
    };
    let (looks, definitions, allowed) =
        tokio::try_join!(looks, definitions, allowed(app, viewer, sight, &scopes))?;
    let definitions = definitions.unwrap_or_default();
    let rows = offers.into_iter().zip(looks).zip(allowed);
    Ok(rows
        .map(|((offer, look), allowed)| {
            let mine = look.map(|held| mine(&held, &definitions, me));
            Row { offer, mine, allowed }
        })
        .collect())
}

async fn reaching(
    sight: &Sight,
    scope: &Scope,
    person: &str,
) -> Result<Look<Vec<RoleAssignment>>, Error> {
    let (scope, filter) = (scope.to_string(), Filter::AtScopeAssignedTo(person));
    sight.ask(|azure, token| azure.role_assignments(token, &scope, filter)).await
}

/// What the person may do at each of the places, by Azure's permissions API.
async fn allowed(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    scopes: &[Scope],
) -> Result<Vec<Option<Allowed>>, Error> {
    let me = viewer.person.named();
    let held = app.standings.at(&me, scopes, app.clock.now());
    let held = by(sight.deadline, held).await?.unwrap_or_default();
    Ok(scopes.iter().map(|scope| held.get(&scope.key()).map(Permissions::allowed)).collect())
}

fn mine(held: &[RoleAssignment], roles: &Roles, me: &str) -> Vec<Mine> {
    let mut mine: Vec<Mine> = held
        .iter()
        .map(|row| {
            let mut notes = Vec::new();
            if !row.principal_id.eq_ignore_ascii_case(me) {
                notes.push(text!("subscriptions-through-group"));
            }
            if row.condition.is_some() {
                notes.push(text!("subscriptions-conditioned"));
            }
            let role = match roles.get(&row.role_definition_id) {
                Some(role) => Text::verbatim(role.name.clone()),
                None => text!("subscriptions-custom-role", id = guid(&row.role_definition_id)),
            };
            Mine { role, note: Text::joined(notes, ", ") }
        })
        .collect();
    mine.sort_by_cached_key(|one| (one.role.to_string(), one.note.to_string()));
    mine.dedup_by(|one, other| one.role == other.role && one.note == other.note);
    mine
}

#[derive(Template)]
#[template(path = "subscriptions/show.html")]
pub struct Show {
    frame: Frame,
    subscription: String,
    /// Its name, where Azure or the policy tells it.
    name: String,
    offer: Option<Offer>,
    mine: Look<Vec<Held>>,
    me: String,
    allowed: Option<Allowed>,
    helpers: Helpers,
    hidden: Option<Hidden>,
}

impl Show {
    fn is_visible(&self) -> bool {
        self.offer.as_ref().is_some_and(|offer| offer.visible)
    }

    /// Assigned to the person at the subscription itself or in it: they can have it taken back.
    fn is_own(&self, held: &Held) -> bool {
        held.is_removable() && held.holder.id.eq_ignore_ascii_case(&self.me)
    }

    fn is_direct(&self, held: &Held) -> bool {
        held.holder.id.eq_ignore_ascii_case(&self.me)
    }

    fn needs_help(&self) -> bool {
        !self.allowed.is_some_and(|allowed| allowed.create && allowed.assign)
    }
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(subscription): Path<String>,
) -> Result<View<Show>, Error> {
    if !is_guid(&subscription) {
        return Err(Error::Missing);
    }
    let address = format!("/subscriptions/{subscription}");
    let page = open(&app, &viewer, subscription).await;
    Ok(View(page.map_err(|error| error.back_to(&address))?))
}

async fn open(app: &App, viewer: &Viewer, subscription: String) -> Result<Show, Error> {
    let sight = Sight::open(app, &viewer.person, deadline(app)).await?;
    let scope = Scope::subscription(&subscription);
    let (me, at) = (viewer.person.id.clone(), scope.to_string());
    let ((all, definitions), reaching, allowed) = tokio::try_join!(
        roles::at(&sight, &scope, Filter::AtScope),
        sight.ask(|azure, token| azure.role_assignments(token, &at, Filter::AssignedTo(&me))),
        allowed(app, viewer, &sight, std::slice::from_ref(&scope))
    )?;
    let definitions = definitions.unwrap_or_default();
    let helping = all.map(|all| helpers::among(all, &definitions));
    // Both lists are named at once.
    let mut mine = reaching.clone().unwrap_or_default();
    mine.sort_by_key(|row| (row.scope.len(), definitions.name(&row.role_definition_id)));
    mine.truncate(MOST_HELPERS);
    let count = mine.len();
    let (helping, more) = match helping {
        Ok((first, more)) => (Ok(first), more),
        Err(hidden) => (Err(hidden), 0),
    };
    let both: Vec<RoleAssignment> =
        mine.into_iter().chain(helping.clone().unwrap_or_default()).collect();
    let (mut named, unnamed) =
        roles::named(app, viewer, &sight, &scope, both, &definitions).await?;
    let helpers = named.split_off(count);
    let offer = sight.offer(&subscription).cloned();
    Ok(Show {
        frame: Frame::of(app, viewer, "subscriptions").await?,
        name: offer.as_ref().map_or_else(|| subscription.clone(), |offer| offer.name.clone()),
        subscription,
        offer,
        mine: reaching.map(|_| named),
        me,
        allowed: allowed.into_iter().next().flatten(),
        helpers: Helpers { held: helping.map(|_| helpers), more, unnamed },
        hidden: sight.hidden,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::role::Role;

    fn held(role: Role, principal: &str, condition: Option<&str>) -> RoleAssignment {
        RoleAssignment {
            id: String::new(),
            name: String::new(),
            scope: "/subscriptions/s".into(),
            role_definition_id: role.definition_id("s"),
            principal_id: principal.into(),
            principal_type: Some("User".into()),
            description: None,
            condition: condition.map(String::from),
            created_on: None,
            created_by: None,
        }
    }

    #[test]
    fn a_role_is_told_once_with_how_it_is_held() {
        let all = [
            held(Role::Owner, "team", None),
            held(Role::Owner, "other team", None),
            held(Role::Owner, "me", Some("c")),
        ];
        let notes: Vec<Text> =
            mine(&all, &Roles::default(), "ME").into_iter().map(|mine| mine.note).collect();
        assert_eq!(notes, ["limited by a condition", "through a group"]);
    }
}
