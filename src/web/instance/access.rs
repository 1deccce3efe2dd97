//! Access control (IAM) of an instance: who holds which role there and why, what reaches one person,
//! and which roles there are.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{Place, Shell, address};
use crate::{
    App,
    azure::{Filter, Found, Kind, RoleAssignment},
    domain::{
        asked::MOST_ASSIGNMENTS,
        principal::{Holder, PrincipalKind, is_guid},
        role::Role,
        scope::Scope,
    },
    text,
    web::{
        Error,
        address::encoded,
        asking::members::{self, MOST_FOUND, SHORTEST},
        page::{Frame, View},
        roles::{self, Held, Lets, Roles, guid},
        session::Viewer,
        sight::{Hidden, Sight},
        visible::visible,
    },
    words::{Text, filters},
};

/// Role assignments on one page.
const ROWS: usize = 50;

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

/// The three pages, as Azure's own has them, and whether each is the one that is `open`.
fn tabs(shell: &Shell, open: &str) -> [(String, Text, bool); 3] {
    [
        ("access", text!("iam-assignments")),
        ("access/check", text!("iam-check")),
        ("access/roles", text!("iam-roles")),
    ]
    .map(|(tab, label)| (address(&shell.scope, tab), label, tab == open))
}

#[derive(Template)]
#[template(path = "instance/access.html")]
pub struct Access {
    frame: Frame,
    shell: Shell,
    held: Vec<Held>,
    /// What each holds here, on whichever page.
    own: BTreeMap<String, Vec<String>>,
    all: usize,
    /// Address of the ones behind; empty when there are none.
    next: String,
    first: bool,
    /// Why the assignments, or the names in them, are not to be seen.
    hidden: Option<Hidden>,
    unnamed: Option<Hidden>,
}

impl Access {
    fn sections(&self) -> [(String, Text, bool); 3] {
        tabs(&self.shell, "access")
    }

    /// Where all that the holder has here is removed at once; empty where it is not several.
    fn removal_of_all(&self, row: &Held) -> String {
        let all = self.own.get(&row.holder.id.to_lowercase()).map(Vec::as_slice);
        removal_of_all(all.unwrap_or_default())
    }

    fn start(&self) -> String {
        if self.first { String::new() } else { address(&self.shell.scope, "access") }
    }
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
    Query(paging): Query<Paging>,
) -> Result<View<Access>, Error> {
    let back = address(&scope, "access");
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope.clone(), "access").await?;
    let page = seen(&app, &viewer, &sight, &scope, paging.from()).await;
    let seen = page.map_err(|error| error.back_to(&back))?;
    let behind = paging.from().saturating_add(ROWS);
    let next = if behind < seen.all { format!("{back}?from={behind}") } else { String::new() };
    Ok(View(Access {
        frame,
        shell,
        held: seen.held,
        own: seen.own,
        all: seen.all,
        next,
        first: paging.from() == 0,
        hidden: seen.hidden,
        unnamed: seen.unnamed,
    }))
}

/// Empty where there are not several, or more than one request takes.
fn removal_of_all(ids: &[String]) -> String {
    match ids.len() {
        2..=MOST_ASSIGNMENTS => roles::removal(ids.iter().map(String::as_str), None),
        _ => String::new(),
    }
}

#[derive(Default)]
struct Seen {
    held: Vec<Held>,
    own: BTreeMap<String, Vec<String>>,
    all: usize,
    hidden: Option<Hidden>,
    unnamed: Option<Hidden>,
}

async fn seen(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    scope: &Scope,
    from: usize,
) -> Result<Seen, Error> {
    let (assignments, roles) = roles::at(sight, scope, Filter::AtScope).await?;
    let mut assignments = match assignments {
        Ok(assignments) => assignments,
        Err(hidden) => return Ok(Seen { hidden: Some(hidden), ..Seen::default() }),
    };
    let roles = roles.unwrap_or_default();
    let all = assignments.len();
    let own = roles::held_at(&assignments, scope);
    assignments.sort_by_cached_key(|row| order(row, scope, &roles));
    let shown = assignments.into_iter().skip(from).take(ROWS).collect();
    let (mut held, unnamed) = roles::named(app, viewer, sight, scope, shown, &roles).await?;
    let grants = app.store.grants(scope, None, &viewer.person.id).await?;
    let may_see = visible(app, viewer, &grants, sight.deadline).await?;
    roles::trace(&mut held, &grants, &may_see);
    Ok(Seen { held, own, all, hidden: None, unnamed })
}

/// What was assigned here before what is inherited; the data roles before others.
fn order(row: &RoleAssignment, scope: &Scope, roles: &Roles) -> (bool, bool, String, String) {
    let inherited = Scope::parse(&row.scope).as_ref() != Some(scope);
    let id = guid(&row.role_definition_id);
    let other = !Role::DATA.iter().any(|role| role.guid() == id);
    (inherited, other, roles.name(&row.role_definition_id), row.principal_id.clone())
}

#[derive(Deserialize)]
pub struct Question {
    /// A name, an e-mail address or an object ID, as typed.
    #[serde(default)]
    find: String,
    /// `User:<object id>`, or the object ID alone.
    #[serde(default)]
    principal: String,
}

#[derive(Template)]
#[template(path = "instance/check.html")]
pub struct Check {
    frame: Frame,
    shell: Shell,
    find: String,
    problem: Text,
    found: Vec<Found>,
    notes: Vec<Text>,
    searched: bool,
    answer: Option<Answer>,
}

/// What reaches one principal here.
pub struct Answer {
    who: Holder,
    rows: Vec<Held>,
    lets: Lets,
    hidden: Option<Hidden>,
    /// The roles could not be read, so that nothing is known of what they allow.
    unknown: bool,
}

impl Answer {
    fn is_direct(&self, held: &Held) -> bool {
        held.holder.id.eq_ignore_ascii_case(&self.who.id)
    }

    /// Where all that they hold here themselves is removed at once; empty where it is not several.
    fn removal_of_all(&self) -> String {
        let own = self.rows.iter().filter(|row| row.is_here() && self.is_direct(row));
        let ids: Vec<String> = own.map(|row| row.assignment.id.clone()).collect();
        removal_of_all(&ids)
    }

    fn verdict(&self, held: &bool) -> &'static str {
        if *held { "held" } else { "missing" }
    }

    fn is_group(&self) -> bool {
        self.who.kind == Some(PrincipalKind::Group)
    }

    /// Holds a role that manages, and none that opens the data.
    fn manages_only(&self) -> bool {
        !self.lets.read_data && (self.lets.manage || self.lets.assign)
    }
}

impl Check {
    fn sections(&self) -> [(String, Text, bool); 3] {
        tabs(&self.shell, "access/check")
    }

    fn here(&self) -> String {
        address(&self.shell.scope, "access/check")
    }

    /// Where a data role for them is asked for.
    fn grant(&self, who: &Holder) -> String {
        let kind = who.kind.map_or("User", PrincipalKind::word);
        let member = encoded([kind, &who.id].join(":"));
        format!("{}&member={member}", self.shell.access_form())
    }
}

pub async fn check(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
    Query(question): Query<Question>,
) -> Result<View<Check>, Error> {
    let back = address(&scope, "access/check");
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "access").await?;
    let mut page = Check {
        frame,
        shell,
        find: question.find.trim().to_owned(),
        problem: Text::none(),
        found: Vec::new(),
        notes: Vec::new(),
        searched: false,
        answer: None,
    };
    let asked = page.ask(&app, &viewer, &sight, question.principal.trim()).await;
    asked.map_err(|error| error.back_to(&back))?;
    Ok(View(page))
}

impl Check {
    async fn ask(
        &mut self,
        app: &App,
        viewer: &Viewer,
        sight: &Sight,
        principal: &str,
    ) -> Result<(), Error> {
        // An object ID needs no search; somebody the directory does not know may still hold roles.
        let principal = if is_guid(&self.find) { &self.find.clone() } else { principal };
        if !principal.is_empty() {
            let (kind, id) = principal.split_once(':').unwrap_or(("", principal));
            match is_guid(id) {
                true => {
                    let id = id.to_lowercase();
                    let known = Kind::of(kind);
                    self.answer =
                        Some(answer(app, viewer, sight, &self.shell.scope, &id, known).await?);
                }
                false => self.problem = text!("iam-no-object-id"),
            }
        } else if !self.find.is_empty() && self.find.chars().count() < SHORTEST {
            self.problem = text!("iam-too-short");
        } else if !self.find.is_empty() {
            self.searched = true;
            match members::search(app, &viewer.person, &self.find, sight.deadline).await? {
                Ok(search) => {
                    self.notes = members::unsearched(&search.refused);
                    self.found = search.found;
                    self.found.truncate(MOST_FOUND);
                }
                Err(hidden) => {
                    self.notes.push(text!("iam-unsearched", why = hidden.words));
                }
            }
        }
        Ok(())
    }
}

async fn answer(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    scope: &Scope,
    id: &str,
    known: Option<Kind>,
) -> Result<Answer, Error> {
    let asked = [(id, known)];
    let looked_up = members::by_ids(app, &viewer.person, &asked, sight.deadline).await?;
    let found = looked_up.unwrap_or_default().into_iter().next();
    let kind = found.as_ref().map(|found| found.kind).or(known);
    // Azure resolves groups for people and applications; of a group only its own roles are told.
    let filter = match kind {
        Some(Kind::Group) => Filter::AtScope,
        _ => Filter::AtScopeAssignedTo(id),
    };
    let (assignments, roles) = roles::at(sight, scope, filter).await?;
    let who = Holder {
        id: id.to_owned(),
        kind: found.as_ref().map(members::kind_of).or(known.map(members::of)),
        name: found.as_ref().map(|found| found.name.clone()),
        mail: found.and_then(|found| found.mail.or(found.user_principal_name)),
    };
    let mut assignments = match assignments {
        Ok(assignments) => assignments,
        Err(hidden) => {
            let (rows, lets) = (Vec::new(), Lets::default());
            return Ok(Answer { who, rows, lets, hidden: Some(hidden), unknown: true });
        }
    };
    if kind == Some(Kind::Group) {
        assignments.retain(|row| row.principal_id.eq_ignore_ascii_case(id));
    }
    let unknown = roles.is_err();
    let roles = roles.unwrap_or_default();
    assignments.sort_by_cached_key(|row| order(row, scope, &roles));
    assignments.truncate(ROWS);
    let (rows, _) = roles::named(app, viewer, sight, scope, assignments, &roles).await?;
    let lets = rows.iter().fold(Lets::default(), |lets, row| lets.and(row.lets));
    Ok(Answer { who, rows, lets, hidden: None, unknown })
}

#[derive(Template)]
#[template(path = "instance/roles.html")]
pub struct RolesPage {
    frame: Frame,
    shell: Shell,
    rows: Vec<RoleRow>,
    hidden: Option<Hidden>,
}

pub struct RoleRow {
    name: String,
    description: String,
    custom: bool,
    lets: Lets,
    /// Assignments of it that reach the instance; `None` where they are not to be seen.
    held: Option<usize>,
}

impl RolesPage {
    fn sections(&self) -> [(String, Text, bool); 3] {
        tabs(&self.shell, "access/roles")
    }
}

pub async fn roles(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<RolesPage>, Error> {
    let back = address(&scope, "access/roles");
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope.clone(), "access").await?;
    let looks = roles::at(&sight, &scope, Filter::AtScope).await;
    let (assignments, definitions) = looks.map_err(|error| error.back_to(&back))?;
    let assignments = assignments.ok();
    let (definitions, hidden) = match definitions {
        Ok(definitions) => (definitions, None),
        Err(hidden) => (Roles::default(), Some(hidden)),
    };
    let mut rows: Vec<RoleRow> = definitions
        .all()
        .map(|role| RoleRow {
            name: role.name.clone(),
            description: role.description.clone(),
            custom: role.custom,
            lets: Lets::of(&role.permissions),
            held: assignments.as_ref().map(|all| {
                all.iter().filter(|row| guid(&row.role_definition_id) == role.guid).count()
            }),
        })
        .filter(|row| row.lets.matters() || row.held.is_some_and(|held| held > 0))
        .collect();
    rows.sort_by_cached_key(|row| {
        (!row.lets.read_data, row.held.unwrap_or(0) == 0, row.name.clone())
    });
    Ok(View(RolesPage { frame, shell, rows, hidden }))
}
