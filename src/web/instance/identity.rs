//! An instance's managed identities: its own, those given to it, and what each may do.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{Place, Shell, address, usage};
use crate::{
    App,
    azure::{AssignedIdentity, Instance},
    domain::{
        asked::{Assignment, HeldRole, Use},
        scope::Scope,
    },
    text,
    web::{
        Error,
        address::encoded,
        page::{Frame, View},
        roles,
        session::Viewer,
        sight::{Look, Sight},
    },
    words::{Text, filters},
};

const TAB: &str = "identity";
/// Below it, the page of the user-assigned ones.
const USER: &str = "identity/user-assigned";

/// In addresses and forms: the system-assigned identity. No resource id is so.
pub const SYSTEM: &str = "system";

/// Where a role for one of the instance's identities is asked for; `None` is the system-assigned one.
pub fn role_form(instance: &Scope, identity: Option<&Scope>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("instance", &instance.to_string())
        .append_pair("identity", &identity.map_or_else(|| SYSTEM.to_owned(), Scope::to_string))
        .finish();
    format!("/identity/roles/new?{query}")
}

/// What one identity may do and what uses it.
struct Bonds {
    /// Where another role for it is asked for.
    role_form: String,
    instance: Scope,
    roles: Look<Vec<HeldRole>>,
    uses: Vec<Use>,
    /// What is not to be seen, in sentences.
    unseen: Vec<Text>,
}

impl Bonds {
    async fn of(
        sight: &Sight,
        instance: &Scope,
        identity: Option<&Scope>,
        principal: &str,
    ) -> Result<Bonds, Error> {
        let principals = [(identity.cloned(), principal.to_owned())];
        let (roles, outlets) = tokio::try_join!(
            usage::roles(sight, instance.subscription_id(), &principals),
            usage::Outlets::of(sight, instance)
        )?;
        let uses = outlets.uses(|outlet| usage::acts_as(outlet, identity));
        let role_form = role_form(instance, identity);
        Ok(Bonds { role_form, instance: instance.clone(), roles, uses, unseen: outlets.unseen() })
    }
}

impl Bonds {
    /// What kind of thing uses it.
    fn what(&self, one: &Use) -> Text {
        usage::what(one)
    }

    /// Where the removal of a role is asked for; empty where it cannot be here.
    fn removal(&self, held: &HeldRole) -> String {
        match Assignment::parse_id(&held.assignment) {
            Some(_) => roles::removal([&*held.assignment], Some(&self.instance)),
            None => String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "instance/identity/system.html")]
pub struct System {
    frame: Frame,
    shell: Shell,
    /// The object id, where it is on.
    object_id: Option<String>,
    bonds: Option<Bonds>,
}

pub async fn system(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<System>, Error> {
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, TAB).await?;
    let identity = shell.instance.as_ref().and_then(|instance| instance.identity.as_ref());
    let object_id = identity.and_then(|identity| identity.principal_id.clone());
    let bonds = match &object_id {
        Some(id) => Some(Bonds::of(&sight, &shell.scope, None, id).await?),
        None => None,
    };
    Ok(View(System { frame, shell, object_id, bonds }))
}

#[derive(Template)]
#[template(path = "instance/identity/user.html")]
pub struct User {
    frame: Frame,
    shell: Shell,
}

pub async fn user(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<User>, Error> {
    let (frame, shell, _) = Shell::open(&app, &viewer, scope, TAB).await?;
    Ok(View(User { frame, shell }))
}

impl User {
    fn rows(&self) -> Vec<Row<'_>> {
        assigned(self.shell.instance.as_ref())
            .filter_map(|held| {
                let scope = Scope::parse(&held.id)?;
                Some(Row { address: details_address(&self.shell.scope, &scope), held, scope })
            })
            .collect()
    }
}

/// A user-assigned identity in the list.
struct Row<'a> {
    held: &'a AssignedIdentity,
    scope: Scope,
    address: String,
}

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    identity: String,
}

#[derive(Template)]
#[template(path = "instance/identity/details.html")]
pub struct Details {
    frame: Frame,
    shell: Shell,
    identity: Scope,
    /// As the instance shows it; `None` where it is not associated.
    held: Option<AssignedIdentity>,
    bonds: Option<Bonds>,
}

pub async fn details(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
    Query(which): Query<Which>,
) -> Result<View<Details>, Error> {
    let identity = Scope::parse(&which.identity).ok_or(Error::Missing)?;
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, TAB).await?;
    let held = assigned(shell.instance.as_ref())
        .find(|held| Scope::parse(&held.id).as_ref() == Some(&identity))
        .cloned();
    let bonds = match held.as_ref().and_then(|held| held.principal_id.as_ref()) {
        Some(id) => Some(Bonds::of(&sight, &shell.scope, Some(&identity), id).await?),
        None => None,
    };
    Ok(View(Details { frame, shell, identity, held, bonds }))
}

fn assigned(instance: Option<&Instance>) -> impl Iterator<Item = &AssignedIdentity> {
    let identity = instance.and_then(|instance| instance.identity.as_ref());
    identity.into_iter().flat_map(|identity| &identity.user_assigned)
}

fn details_address(instance: &Scope, identity: &Scope) -> String {
    format!("{}/details?identity={}", address(instance, USER), encoded(identity))
}

impl Shell {
    /// Where user-assigned identities are associated.
    fn association_form(&self) -> String {
        format!("/identity/new?change=associate&instance={}", encoded(&self.scope))
    }

    /// Address and label of each of the two kinds, and whether it is this one.
    fn kinds(&self, user: bool) -> [(String, Text, bool); 2] {
        [
            (address(&self.scope, TAB), text!("identities-system"), !user),
            (address(&self.scope, USER), text!("identities-user"), user),
        ]
    }
}
