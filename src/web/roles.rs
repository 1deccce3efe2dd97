//! Role assignments as pages show them: what the role is called, who holds it, where it was assigned,
//! and which requests it comes from. Asks a fixed number of things of Azure, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryFutureExt;
use uuid::Uuid;

use super::{
    Error,
    asking::members,
    session::Viewer,
    sight::{Hidden, Look, Sight},
    visible::others,
};
use crate::{
    App,
    azure::{Filter, Found, Kind, PermissionEntry, RoleAssignment, RoleDefinition},
    domain::{
        Time,
        asked::Assignment,
        granted::{Granted, resting_on},
        permission::{ASSIGN_ROLES, Grant, Permissions, WRITE_INSTANCE},
        principal::Holder,
        scope::Scope,
    },
    text,
    words::Text,
};

const READ_TWINS: &str = "Microsoft.DigitalTwins/digitaltwins/read";
const WRITE_TWINS: &str = "Microsoft.DigitalTwins/digitaltwins/write";

pub use crate::azure::role_guid as guid;

/// Names that one page asks the directory for, twenty in each exchange; beyond that object IDs do. More
/// than a page of rows has, and than any sheet that somebody reads.
const MOST_NAMED: usize = 1_000;

/// The roles that there are, by the GUID at the end of their ids.
#[derive(Default)]
pub struct Roles(BTreeMap<String, RoleDefinition>);

impl Roles {
    pub fn of(definitions: Vec<RoleDefinition>) -> Roles {
        Roles(definitions.into_iter().map(|role| (role.guid.clone(), role)).collect())
    }

    pub fn get(&self, definition_id: &str) -> Option<&RoleDefinition> {
        self.0.get(&guid(definition_id))
    }

    /// Its GUID where Azure did not name it.
    pub fn name(&self, definition_id: &str) -> String {
        self.get(definition_id).map_or_else(|| guid(definition_id), |role| role.name.clone())
    }

    pub fn all(&self) -> impl Iterator<Item = &RoleDefinition> {
        self.0.values()
    }
}

/// What a role lets its holder do with an instance and its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lets {
    pub read_data: bool,
    pub write_data: bool,
    pub manage: bool,
    pub assign: bool,
}

impl Lets {
    pub fn of(permissions: &[PermissionEntry]) -> Lets {
        let control = control(permissions);
        let data = grants(permissions, |entry| (&entry.data_actions, &entry.not_data_actions));
        Lets {
            read_data: data.allow(READ_TWINS),
            write_data: data.allow(WRITE_TWINS),
            manage: control.allow(WRITE_INSTANCE),
            assign: control.allow(ASSIGN_ROLES),
        }
    }

    pub fn and(self, other: Lets) -> Lets {
        Lets {
            read_data: self.read_data || other.read_data,
            write_data: self.write_data || other.write_data,
            manage: self.manage || other.manage,
            assign: self.assign || other.assign,
        }
    }

    pub fn matters(self) -> bool {
        self != Lets::default()
    }
}

/// What a role lets its holder manage.
pub fn control(permissions: &[PermissionEntry]) -> Permissions {
    grants(permissions, |entry| (&entry.actions, &entry.not_actions))
}

fn grants(
    permissions: &[PermissionEntry],
    pick: fn(&PermissionEntry) -> (&[String], &[String]),
) -> Permissions {
    let grant = |(actions, not_actions): (&[String], &[String])| Grant {
        actions: actions.to_vec(),
        not_actions: not_actions.to_vec(),
    };
    Permissions(permissions.iter().map(pick).map(grant).collect())
}

/// One role assignment as a page shows it.
pub struct Held {
    pub assignment: RoleAssignment,
    pub role: String,
    /// What the role allows, as Azure describes it; empty where it does not.
    pub description: String,
    pub lets: Lets,
    pub holder: Holder,
    /// Who made it, as the directory names them; empty where Azure does not say.
    pub by: String,
    pub origin: Vec<Origin>,
    /// Requests that it rests on besides, which this person may not see.
    unseen: usize,
    here: bool,
    /// Made further in than the scope that is looked at.
    below: bool,
}

/// A request that an assignment comes from.
pub struct Origin {
    pub request: String,
    /// Empty where it is known by the assignment's description alone.
    pub requester: String,
}

impl Held {
    /// Made at the scope that is looked at, not above it.
    pub fn is_here(&self) -> bool {
        self.here
    }

    /// Made here or further in, at a place that this portal works with.
    pub fn is_removable(&self) -> bool {
        (self.here || self.below) && Assignment::parse_id(&self.assignment.id).is_some()
    }

    /// `This resource` or `Subscription (inherited)`, as Azure's page says it.
    pub fn place(&self) -> Text {
        if self.here {
            return text!("held-here");
        }
        let level = level(&self.assignment.scope);
        if self.below { level } else { text!("held-inherited", level = level) }
    }

    /// The name of the place above; `subscription` is what the one around it is called.
    pub fn place_name<'a>(&'a self, subscription: &'a str) -> &'a str {
        match (Scope::parse(&self.assignment.scope), self.assignment.scope.rsplit('/').next()) {
            _ if self.here => "",
            (Some(Scope::Subscription { .. }), _) => subscription,
            (_, name) => name.unwrap_or_default(),
        }
    }

    /// Nothing where Azure does not say, or says it in a way that nobody knows.
    pub fn created(&self) -> Option<Time> {
        self.assignment.created_on.as_deref().and_then(Time::parse)
    }

    /// That there are requests which this person may not see; empty where there are none.
    pub fn others(&self) -> Text {
        match self.unseen {
            0 => Text::none(),
            unseen => others(unseen, !self.origin.is_empty()),
        }
    }

    /// Where its removal is asked for.
    pub fn removal(&self) -> String {
        removal([&*self.assignment.id], None)
    }
}

/// Where the removal of assignments of one principal is asked for, by their ids; `instance` is whose
/// identity holds them, where that is known.
pub fn removal<'a>(ids: impl IntoIterator<Item = &'a str>, instance: Option<&Scope>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(ids.into_iter().map(|id| ("assignment", id)));
    if let Some(instance) = instance {
        query.append_pair("instance", &instance.to_string());
    }
    format!("/access/remove?{}", query.finish())
}

/// The ids of what each principal holds at the scope itself, by object id in lower case.
pub fn held_at(assignments: &[RoleAssignment], scope: &Scope) -> BTreeMap<String, Vec<String>> {
    let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in assignments.iter().filter(|row| Scope::parse(&row.scope).as_ref() == Some(scope)) {
        held.entry(row.principal_id.to_lowercase()).or_default().push(row.id.clone());
    }
    held
}

/// What kind of place a scope is, however wide.
pub fn level(scope: &str) -> Text {
    match Scope::parse(scope) {
        Some(Scope::Subscription { .. }) => text!("held-subscription"),
        Some(Scope::ResourceGroup { .. }) => text!("held-group"),
        Some(_) => text!("held-resource"),
        None if scope.to_lowercase().contains("/managementgroups/") => {
            text!("held-management-group")
        }
        None => text!("held-root"),
    }
}

/// Role assignments and roles as Azure shows them at a place, in this person's name.
pub async fn at(
    sight: &Sight,
    scope: &Scope,
    filter: Filter<'_>,
) -> Result<(Look<Vec<RoleAssignment>>, Look<Roles>), Error> {
    let scope = scope.to_string();
    let assignments = sight.ask(|azure, token| azure.role_assignments(token, &scope, filter));
    tokio::try_join!(assignments, definitions(sight, &scope))
}

pub async fn definitions(sight: &Sight, scope: &str) -> Result<Look<Roles>, Error> {
    sight.ask(|azure, token| azure.role_definitions(token, scope).map_ok(Roles::of)).await
}

/// Those of the assignments that are shown, with names for whoever is in them. Why names are missing,
/// where they are.
pub async fn named(
    app: &App,
    viewer: &Viewer,
    sight: &Sight,
    scope: &Scope,
    assignments: Vec<RoleAssignment>,
    roles: &Roles,
) -> Result<(Vec<Held>, Option<Hidden>), Error> {
    let mut ids: BTreeMap<&str, Option<Kind>> = BTreeMap::new();
    for assignment in &assignments {
        let kind = assignment.principal_type.as_deref().and_then(Kind::of);
        ids.insert(&assignment.principal_id, kind);
    }
    // Who holds a role is named before who gave it.
    let makers: BTreeSet<&str> = assignments
        .iter()
        .filter_map(|assignment| assignment.created_by.as_deref())
        .filter(|by| !ids.contains_key(by))
        .collect();
    let makers = makers.into_iter().map(|by| (by, None));
    let ids: Vec<(&str, Option<Kind>)> = ids.into_iter().chain(makers).take(MOST_NAMED).collect();
    let looked_up = members::by_ids(app, &viewer.person, &ids, sight.deadline).await?;
    let (found, hidden) = match looked_up {
        Ok(found) => (found, None),
        Err(hidden) => (Vec::new(), Some(hidden)),
    };
    let named = |id: &str| found.iter().find(|found| found.id.eq_ignore_ascii_case(id));
    let held = assignments.into_iter().map(|assignment| {
        let by = assignment.created_by.as_deref().unwrap_or_default();
        Held {
            role: roles.name(&assignment.role_definition_id),
            description: roles
                .get(&assignment.role_definition_id)
                .map(|role| role.description.clone())
                .unwrap_or_default(),
            lets: roles
                .get(&assignment.role_definition_id)
                .map(|role| Lets::of(&role.permissions))
                .unwrap_or_default(),
            holder: holder(&assignment, named(&assignment.principal_id)),
            by: named(by).map_or_else(|| by.to_owned(), |found| found.name.clone()),
            origin: Vec::new(),
            unseen: 0,
            here: Scope::parse(&assignment.scope).as_ref() == Some(scope),
            below: Scope::parse(&assignment.scope)
                .is_some_and(|made| made != *scope && made.lineage().contains(scope)),
            assignment,
        }
    });
    Ok((held.collect(), hidden))
}

pub fn holder(assignment: &RoleAssignment, found: Option<&Found>) -> Holder {
    let told = assignment.principal_type.as_deref().and_then(Kind::of).map(members::of);
    Holder {
        id: assignment.principal_id.clone(),
        kind: found.map(members::kind_of).or(told),
        name: found.map(|found| found.name.clone()),
        mail: found.and_then(|found| found.mail.clone().or(found.user_principal_name.clone())),
    }
}

/// Puts to each assignment the requests that it comes from: those whose plan has it, or else the one
/// that its description names. Only those in `visible` are named.
pub fn trace(held: &mut [Held], grants: &[Granted], visible: &BTreeSet<String>) {
    for held in held {
        let name = Uuid::try_parse(&held.assignment.name).ok();
        let resting = name.map(|name| resting_on(name, grants)).unwrap_or_default();
        held.origin = resting
            .iter()
            .filter(|granted| visible.contains(&granted.request))
            .map(|granted| Origin {
                request: granted.request.clone(),
                requester: granted.requester.name.clone(),
            })
            .collect();
        held.unseen = resting.len() - held.origin.len();
        let described = held.assignment.description.as_deref().and_then(described);
        if let (true, Some(request)) = (resting.is_empty(), described)
            && visible.contains(&request)
        {
            held.origin.push(Origin { request, requester: String::new() });
        }
    }
}

/// `Twindesk request 01936f0e-…`, as every assignment of ours is described.
fn described(description: &str) -> Option<String> {
    let id = description.strip_prefix("Twindesk request ")?.trim();
    Uuid::try_parse(id).ok().map(|id| id.to_string())
}

/// An assignment as a removal keeps it. `None` where it is not one that can be removed here.
pub fn kept(held: &Held) -> Option<Assignment> {
    Some(Assignment {
        scope: Scope::parse(&held.assignment.scope)?,
        name: Uuid::try_parse(&held.assignment.name).ok()?,
        role: guid(&held.assignment.role_definition_id),
        role_name: held.role.clone(),
        holder: held.holder.clone(),
        condition: held.assignment.condition.clone(),
        created_on: held.assignment.created_on.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(actions: &[&str], not_actions: &[&str], data: &[&str]) -> PermissionEntry {
        let owned = |list: &[&str]| list.iter().map(|&action| action.to_owned()).collect();
        PermissionEntry {
            actions: owned(actions),
            not_actions: owned(not_actions),
            data_actions: owned(data),
            not_data_actions: Vec::new(),
        }
    }

    #[test]
    fn an_owner_is_no_data_owner() {
        let owner = Lets::of(&[entry(&["*"], &[], &[])]);
        assert!(owner.manage && owner.assign && !owner.read_data && !owner.write_data);
        let reader = Lets::of(&[entry(&[], &[], &["Microsoft.DigitalTwins/digitaltwins/read"])]);
        assert!(reader.read_data && !reader.write_data && !reader.manage);
        assert!(reader.and(owner).manage && reader.and(owner).read_data);
        assert!(!Lets::of(&[entry(&["Microsoft.Compute/*"], &[], &[])]).matters());
    }

    #[test]
    fn places_are_named_as_azure_names_them() {
        for (scope, wanted) in [
            ("/", "Root"),
            ("/providers/Microsoft.Management/managementGroups/corp", "Management group"),
            ("/subscriptions/s", "Subscription"),
            ("/subscriptions/s/resourceGroups/rg", "Resource group"),
        ] {
            assert_eq!(level(scope), wanted);
        }
    }

    #[test]
    fn a_description_names_our_request_and_nothing_else() {
        let id = "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa";
        assert_eq!(described(&format!("Twindesk request {id}")).as_deref(), Some(id));
        assert_eq!(described("Twindesk request ../../x"), None);
        assert_eq!(described(id), None);
    }
}
