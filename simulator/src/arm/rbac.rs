//! Who may do what: role definitions, wildcards, inheritance, groups. Pure functions over the world; knows no HTTP.
//!
//! Source: "Understand Azure role definitions" (actions, notActions, union over assignments) and "Understand scope for
//! Azure RBAC".

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::management_groups;
use crate::world::{Assignment, World};

/// Members are written as in Azure (`notActions`), so that a definition can be copied from there.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Permission {
    pub actions: Vec<String>,
    pub not_actions: Vec<String>,
    pub data_actions: Vec<String>,
    pub not_data_actions: Vec<String>,
}

/// A role definition.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// The GUID in its address.
    pub id: String,
    pub name: String,
    pub description: String,
    pub permissions: Vec<Permission>,
    /// Where it may be assigned: there and below.
    pub assignable_scopes: Vec<String>,
    /// One of Azure's own, not of the world.
    #[serde(skip)]
    pub built_in: bool,
}

impl Role {
    /// `type` of the definition.
    pub fn kind(&self) -> &'static str {
        if self.built_in { "BuiltInRole" } else { "CustomRole" }
    }

    pub fn is_assignable_at(&self, world: &World, scope: &str) -> bool {
        self.assignable_scopes.iter().any(|at| world.reaches(at, scope))
    }

    fn is(&self, which: &str) -> bool {
        self.id.eq_ignore_ascii_case(which) || self.name.eq_ignore_ascii_case(which)
    }
}

/// The built-in roles that this simulator knows.
fn built_in() -> &'static [Role] {
    static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
        let file: Value =
            serde_json::from_str(include_str!("../roles.json")).expect("roles.json is JSON");
        let roles = file["value"].as_array().cloned().unwrap_or_default();
        roles
            .into_iter()
            .map(|body| {
                let properties = &body["properties"];
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Role {
                    id: text(&body["name"]),
                    name: text(&properties["roleName"]),
                    description: text(&properties["description"]),
                    permissions: serde_json::from_value(properties["permissions"].clone())
                        .expect("roles.json holds permissions"),
                    assignable_scopes: vec!["/".to_owned()],
                    built_in: true,
                }
            })
            .collect()
    });
    &ROLES
}

impl World {
    /// Built-in roles, then custom ones.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        built_in().iter().chain(&self.role_definitions)
    }

    /// Whether what holds at `above` holds at `scope`, by path or by management group.
    pub fn reaches(&self, above: &str, scope: &str) -> bool {
        reaches(above, scope) || management_groups::hold(self, above, scope)
    }

    /// By GUID or by name.
    pub fn role(&self, which: &str) -> Option<&Role> {
        self.roles().find(|role| role.is(which))
    }
}

/// `*` stands for any run of characters, slashes included; case does not matter.
pub fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let (p, a) = (pattern.as_bytes(), action.as_bytes());
    let (mut i, mut j) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while j < a.len() {
        if i < p.len() && p[i] == b'*' {
            retry = Some((i, j));
            i += 1;
        } else if i < p.len() && p[i] == a[j] {
            i += 1;
            j += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            i = star + 1;
            j = from + 1;
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == b'*')
}

/// Some entry has the action and does not take it back itself.
pub fn allows(permissions: &[Permission], action: &str) -> bool {
    let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
    permissions.iter().any(|entry| any(&entry.actions) && !any(&entry.not_actions))
}

/// The same for the data plane.
pub fn allows_data(permissions: &[Permission], action: &str) -> bool {
    let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
    permissions.iter().any(|entry| any(&entry.data_actions) && !any(&entry.not_data_actions))
}

/// Whether `scope` is `above` or lies below it by its path. `/` is above everything.
pub fn reaches(above: &str, scope: &str) -> bool {
    let above = above.trim_end_matches('/').to_ascii_lowercase();
    if above.is_empty() {
        return true;
    }
    scope
        .to_ascii_lowercase()
        .strip_prefix(&above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A principal and every group that it is in, directly or through other groups.
pub fn identities(world: &World, oid: &str) -> HashSet<String> {
    let mut found = HashSet::from([oid.to_ascii_lowercase()]);
    loop {
        let before = found.len();
        for group in &world.groups {
            if group.security_enabled
                && group.members.iter().any(|member| found.contains(&member.to_ascii_lowercase()))
            {
                found.insert(group.id.to_ascii_lowercase());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The permissions of a principal's assignments whose scope will do, in their order.
fn permissions_of(world: &World, oid: &str, holds: impl Fn(&str) -> bool) -> Vec<Permission> {
    let identities = identities(world, oid);
    roles_of(world, &identities, holds).flat_map(|role| role.permissions.iter().cloned()).collect()
}

fn roles_of<'a>(
    world: &'a World,
    identities: &HashSet<String>,
    holds: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &'a Role> {
    let held = move |row: &&Assignment| {
        identities.contains(&row.principal.to_ascii_lowercase()) && holds(&row.scope)
    };
    world.assignments().filter(held).filter_map(|row| world.role(&row.role))
}

/// The first role that gives a principal an action at a scope.
pub fn giving<'a>(world: &'a World, oid: &str, action: &str, scope: &str) -> Option<&'a Role> {
    let identities = identities(world, oid);
    roles_of(world, &identities, |at| world.reaches(at, scope))
        .find(|role| allows(&role.permissions, action))
}

/// One entry for each assignment that reaches this principal at this scope: direct, by group, inherited.
pub fn permissions_at(world: &World, oid: &str, scope: &str) -> Vec<Permission> {
    permissions_of(world, oid, |at| world.reaches(at, scope))
}

/// Those, and the ones at scopes below.
pub fn permissions_at_or_below(world: &World, oid: &str, scope: &str) -> Vec<Permission> {
    permissions_of(world, oid, |at| world.reaches(at, scope) || reaches(scope, at))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::world::{Group, demo};

    fn entry(actions: &[&str], not: &[&str]) -> Permission {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Permission { actions: own(actions), not_actions: own(not), ..Permission::default() }
    }

    #[test]
    fn a_star_runs_over_slashes_and_case_does_not_matter() {
        assert!(matches("*/read", "Microsoft.DigitalTwins/digitalTwinsInstances/read"));
        assert!(matches(
            "microsoft.authorization/*/WRITE",
            "Microsoft.Authorization/roleAssignments/write"
        ));
        assert!(matches("*", "anything/at/all"));
        assert!(matches("a*b*c", "a-b-b-c"));
        assert!(!matches("*/read", "Microsoft.DigitalTwins/register/action"));
        assert!(!matches("Microsoft.DigitalTwins/*", "Microsoft.DigitalTwinsOther"));
        assert!(!matches("a*b", "a-b-c"));
    }

    #[test]
    fn what_one_role_takes_back_another_may_still_give() {
        let contributor = entry(&["*"], &["Microsoft.Authorization/*/Write"]);
        let access = entry(&["Microsoft.Authorization/*"], &[]);
        let write = "Microsoft.Authorization/roleAssignments/write";
        assert!(!allows(std::slice::from_ref(&contributor), write));
        assert!(allows(&[contributor, access], write));
    }

    #[test]
    fn a_scope_reaches_what_is_below_it_and_not_its_namesakes() {
        assert!(reaches("/subscriptions/a", "/SUBSCRIPTIONS/A/resourceGroups/x"));
        assert!(reaches("/", "/subscriptions/a"));
        assert!(!reaches(
            "/subscriptions/a/resourceGroups/x",
            "/subscriptions/a/resourceGroups/xy"
        ));
        assert!(!reaches("/subscriptions/a/resourceGroups/x", "/subscriptions/a"));
    }

    #[test]
    fn groups_in_groups_count_and_mail_groups_do_not() {
        let mut world = World::demo(Timestamp::UNIX_EPOCH);
        world.groups.push(Group {
            tenant: demo::TENANT.into(),
            id: "outer".into(),
            name: "Outer".into(),
            description: String::new(),
            mail: None,
            security_enabled: true,
            unified: false,
            members: vec![demo::TWINS_BUILDERS.into()],
        });
        let nina = identities(&world, demo::NINA);
        assert!(nina.contains("outer") && nina.contains(demo::TWINS_BUILDERS));
        assert!(!nina.contains(demo::TOWN_HALL));
    }

    #[test]
    fn the_people_of_the_demo_hold_what_their_cards_say() {
        let world = World::demo(Timestamp::UNIX_EPOCH);
        let production = format!("/subscriptions/{}", demo::PRODUCTION);
        let factory = format!("{production}/resourceGroups/rg-factory");
        let create = "Microsoft.DigitalTwins/digitalTwinsInstances/write";
        let grant = "Microsoft.Authorization/roleAssignments/write";
        let may = |oid: &str, action: &str, scope: &str| {
            allows(&permissions_at(&world, oid, scope), action)
        };
        assert!(may(demo::OLIVIA, create, &production) && may(demo::OLIVIA, grant, &production));
        assert!(may(demo::CARL, create, &production) && !may(demo::CARL, grant, &production));
        assert!(!may(demo::UMA, create, &production) && may(demo::UMA, grant, &production));
        assert!(!may(demo::GREG, create, &production) && may(demo::GREG, create, &factory));
        assert!(may(demo::PAUL, grant, &format!("/subscriptions/{}", demo::DEVELOPMENT)));
        assert!(permissions_at(&world, demo::NINA, &factory).is_empty());
        assert!(!allows_data(
            &permissions_at(&world, demo::OLIVIA, &factory),
            "Microsoft.DigitalTwins/models/read"
        ));
    }

    #[test]
    fn every_role_of_the_file_is_read() {
        let world = World::default();
        assert_eq!(world.roles().count(), 13);
        assert!(
            world
                .role("Azure Digital Twins Data Owner")
                .is_some_and(|role| role.id == crate::world::role::DATA_OWNER && role.built_in)
        );
    }
}
