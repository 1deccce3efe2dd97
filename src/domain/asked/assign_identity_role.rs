//! Roles of an instance's managed identity on other resources: what it delivers to, and as what.

use serde::{Deserialize, Serialize};

use super::{
    Content, Fact, Problems, Subscription, Warning, about,
    names::{parse_instance, parse_justification},
};
use crate::{
    domain::{
        permission::{ASSIGN_ROLES, Permissions},
        person::Person,
        plan::{Steps, Surroundings},
        principal::{InstanceIdentity, Principal, is_guid},
        role::{AssignedRole, ListedRole, Role},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignIdentityRole {
    /// That of the scopes.
    pub subscription: Subscription,
    pub identity: InstanceIdentity,
    /// The identity's principal, as the instance showed it.
    pub principal: Principal,
    pub role: AssignedRole,
    /// Where it gets the role; at least one, all in one subscription.
    pub scopes: Vec<Scope>,
    pub justification: String,
}

/// Scopes of one request.
pub const MOST_SCOPES: usize = 10;

/// A role that endpoints and data history need, and what for ("Security for Azure Digital Twins
/// solutions", "Use data history").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeededRole {
    pub guid: &'static str,
    pub name: &'static str,
    why: &'static str,
}

impl NeededRole {
    pub fn why(&self) -> Text {
        Text::of(self.why)
    }
}

pub const NEEDED_ROLES: [NeededRole; 5] = [
    NeededRole {
        guid: "2b629674-e913-4c01-ae53-ef4638d8f975",
        name: "Azure Event Hubs Data Sender",
        why: "identity-role-hub-sender",
    },
    NeededRole {
        guid: "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        name: "Azure Service Bus Data Sender",
        why: "identity-role-bus-sender",
    },
    NeededRole {
        guid: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        name: "Storage Blob Data Contributor",
        why: "identity-role-blob",
    },
    NeededRole {
        guid: "f526a384-b230-433a-b45c-95f59c4a2dec",
        name: "Azure Event Hubs Data Owner",
        why: "identity-role-hub-owner",
    },
    NeededRole { guid: CONTRIBUTOR, name: "Contributor", why: "identity-role-explorer" },
];

const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/// A role as Azure lists it where it is to be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedRole {
    pub guid: String,
    pub name: String,
    pub permissions: Permissions,
}

impl OfferedRole {
    /// Whether it is one of those that Azure calls privileged administrator roles: it does everything,
    /// or gives roles to others.
    pub fn is_privileged(&self) -> bool {
        const GIVING: [&str; 3] = [
            ASSIGN_ROLES,
            "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
            "Microsoft.Authorization/roleDefinitions/write",
        ];
        let everything =
            self.permissions.0.iter().any(|grant| grant.actions.iter().any(|action| action == "*"));
        everything || GIVING.iter().any(|action| self.permissions.allow(action))
    }
}

/// What was chosen and typed, and what Azure showed beside it, as it came.
#[derive(Clone, Debug, Default)]
pub struct IdentityRoleText<'a> {
    pub subscription: Option<Subscription>,
    pub instance: &'a str,
    /// The chosen identity, where the instance has it.
    pub identity: Option<(InstanceIdentity, Principal)>,
    /// GUID of one of [`NEEDED_ROLES`], or [`IdentityRoleText::OTHER`].
    pub role: &'a str,
    /// Name or GUID of another one.
    pub other_role: &'a str,
    /// `None` where Azure does not show the roles there.
    pub listed: Option<&'a [OfferedRole]>,
    /// Resource ids, one on each line.
    pub scopes: &'a str,
    pub justification: &'a str,
}

impl IdentityRoleText<'_> {
    /// Stands in the place of a role for one that is typed.
    pub const OTHER: &'static str = "other";
}

/// The scopes that are typed, each once, and what is wrong with them.
pub fn parse_scopes(typed: &str, problems: &mut Problems) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    for line in typed.lines().map(|line| line.trim().trim_end_matches('/')) {
        if line.is_empty() {
            continue;
        }
        match Scope::parse(line).filter(|scope| is_guid(scope.subscription_id())) {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => scopes.push(scope),
            None => problems.add("scopes", text!("identity-role-scope-wrong", typed = line)),
        }
    }
    if scopes.is_empty() && problems.of("scopes").is_none() {
        problems.add("scopes", text!("identity-role-no-scope"));
    }
    if scopes.len() > MOST_SCOPES {
        problems.add("scopes", text!("identity-role-too-many", most = MOST_SCOPES));
    }
    if !scopes.is_empty() && Scope::common(&scopes).is_none() {
        problems.add("scopes", text!("identity-role-subscriptions"));
    }
    scopes
}

impl AssignIdentityRole {
    pub fn parse(text: IdentityRoleText<'_>) -> Result<AssignIdentityRole, Problems> {
        let mut problems = Problems::default();
        parse_instance(text.instance, &mut problems);
        if text.identity.is_none() {
            problems.add("identity", text!("identity-role-no-identity"));
        }
        let scopes = parse_scopes(text.scopes, &mut problems);
        let role = parse_role(&text, &scopes, &mut problems);
        let justification = parse_justification(text.justification, &mut problems);
        match (text.identity, role, Scope::common(&scopes)) {
            (Some((identity, principal)), Some(role), Some(common)) if problems.is_empty() => {
                let unnamed = || Subscription::unnamed(common.subscription_id());
                Ok(AssignIdentityRole {
                    subscription: text.subscription.unwrap_or_else(unnamed),
                    identity,
                    principal,
                    role,
                    scopes,
                    justification,
                })
            }
            _ => Err(problems),
        }
    }
}

fn parse_role(
    text: &IdentityRoleText<'_>,
    scopes: &[Scope],
    problems: &mut Problems,
) -> Option<AssignedRole> {
    if text.role != IdentityRoleText::OTHER {
        let Some(needed) = NEEDED_ROLES.iter().find(|role| role.guid == text.role) else {
            problems.add("role", text!("identity-role-no-role"));
            return None;
        };
        if needed.guid == CONTRIBUTOR && !scopes.iter().all(is_explorer_database) {
            problems.add("role", text!("identity-role-too-wide", role = needed.name));
            return None;
        }
        return Some(assigned(needed.guid, needed.name));
    }
    let typed = text.other_role.trim();
    if typed.is_empty() {
        problems.add("other_role", text!("identity-role-no-name"));
        return None;
    }
    if scopes.is_empty() {
        // Said at the scopes: which roles there are depends on where.
        return None;
    }
    let Some(listed) = text.listed else {
        problems.add("other_role", text!("identity-role-not-shown"));
        return None;
    };
    let is_it = |role: &&OfferedRole| {
        role.name.eq_ignore_ascii_case(typed) || role.guid.eq_ignore_ascii_case(typed)
    };
    let Some(role) = listed.iter().find(is_it) else {
        problems.add("other_role", text!("identity-role-unknown", typed = typed));
        return None;
    };
    let on_database = role.guid == CONTRIBUTOR && scopes.iter().all(is_explorer_database);
    if role.is_privileged() && !on_database {
        problems.add("other_role", text!("identity-role-too-wide", role = &role.name));
        return None;
    }
    Some(assigned(&role.guid, &role.name))
}

/// Roles that the portal knows are kept as its own.
fn assigned(guid: &str, name: &str) -> AssignedRole {
    let known =
        Role::DATA.into_iter().chain(Role::RAISED).filter(|role| role.condition().is_none());
    match known.into_iter().find(|role| role.guid() == guid) {
        Some(role) => AssignedRole::Known(role),
        None => {
            AssignedRole::Listed(ListedRole { guid: guid.to_lowercase(), name: name.to_owned() })
        }
    }
}

fn is_explorer_database(scope: &Scope) -> bool {
    let Scope::Resource { path, .. } = scope else { return false };
    let parts: Vec<String> = path.to_ascii_lowercase().split('/').map(str::to_owned).collect();
    matches!(&*parts, [provider, clusters, _, databases, _]
        if provider == "microsoft.kusto" && clusters == "clusters" && databases == "databases")
}

impl Content for AssignIdentityRole {
    fn kind(&self) -> &'static str {
        "assign_identity_role"
    }

    fn title(&self) -> Text {
        let place = match self.scopes.as_slice() {
            [only @ Scope::Subscription { .. }] if only == &self.decided_at() => {
                &*self.subscription.name
            }
            [only] => only.short(),
            _ => "",
        };
        text!(
            "identity-role-title",
            scopes = self.scopes.len(),
            role = self.role.name(),
            identity = self.identity.name(),
            place = place
        )
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.identity.instance.clone()
    }

    /// Where the role goes, and not where the identity comes from.
    fn decided_at(&self) -> Scope {
        Scope::common(&self.scopes).unwrap_or_else(|| Scope::subscription(&self.subscription.id))
    }

    fn facts(&self) -> Vec<Fact> {
        let (kind, id) = (self.identity.kind(), &self.principal.id);
        let needed = NEEDED_ROLES.iter().find(|role| role.guid == self.role.guid());
        let named =
            |label, name: &str, note| Fact::noted(label, Text::verbatim(name.to_owned()), note);
        let mut facts = about::facts(&self.identity.instance);
        facts.extend([
            named(
                text!("identity-role-whose"),
                self.identity.name(),
                text!("identity-role-fact", kind = kind, id = id),
            ),
            named(
                text!("access-role"),
                self.role.name(),
                needed.map(NeededRole::why).unwrap_or_default(),
            ),
        ]);
        facts.extend(self.scopes.iter().map(|scope| {
            named(text!("identity-role-scope"), scope.short(), Text::verbatim(scope.to_string()))
        }));
        facts
    }

    fn warnings(&self) -> Vec<Warning> {
        let is_wide = |scope: &&Scope| {
            matches!(scope, Scope::Subscription { .. } | Scope::ResourceGroup { .. })
        };
        let items: Vec<Text> = self
            .scopes
            .iter()
            .filter(is_wide)
            .map(|scope| match scope.group_name() {
                Some(group) => text!("identity-role-far-group", name = group),
                None => text!("identity-role-far-subscription", name = &self.subscription.name),
            })
            .collect();
        if items.is_empty() {
            return Vec::new();
        }
        vec![Warning {
            title: text!("identity-role-far"),
            text: text!("identity-role-far-text"),
            items,
        }]
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        for scope in &self.scopes {
            steps.assign_identity_role(scope, &self.principal, self.role.clone(), &self.identity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{permission::Grant, principal::PrincipalKind};

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";
    const INSTANCE: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";
    const HUB: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/hub";
    const DATABASE: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.Kusto/clusters/c/databases/db";
    const SENDER: &str = NEEDED_ROLES[0].guid;

    fn offered(name: &str, actions: &[&str]) -> OfferedRole {
        OfferedRole {
            guid: format!("guid of {name}"),
            name: name.to_owned(),
            permissions: Permissions(vec![Grant {
                actions: actions.iter().map(|&action| action.to_owned()).collect(),
                not_actions: Vec::new(),
            }]),
        }
    }

    fn parse(
        role: &str,
        other: &str,
        listed: Option<&[OfferedRole]>,
        scopes: &str,
    ) -> Result<AssignIdentityRole, String> {
        let instance = Scope::parse(INSTANCE).expect("a scope");
        let principal = Principal {
            id: "p".into(),
            kind: PrincipalKind::ManagedIdentity,
            name: Some("dt-1".into()),
            mail: None,
        };
        AssignIdentityRole::parse(IdentityRoleText {
            instance: INSTANCE,
            identity: Some((InstanceIdentity { instance, user_assigned: None }, principal)),
            role,
            other_role: other,
            listed,
            scopes,
            justification: "why",
            ..IdentityRoleText::default()
        })
        .map_err(|problems| problems.0[0].field.to_owned())
    }

    #[test]
    fn a_role_goes_to_scopes_of_one_subscription_and_is_decided_where_they_are() {
        let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/RG");
        let one = parse(SENDER, "", None, &format!("  {HUB}/ \n\n{HUB}\n")).expect("one scope");
        assert_eq!((one.scopes.len(), one.decided_at().to_string().as_str()), (1, HUB));
        assert_eq!(one.title(), "Azure Event Hubs Data Sender for dt-1 on hub");
        assert!(one.warnings().is_empty());
        let two = parse(SENDER, "", None, &format!("{HUB}\r\n{group}")).expect("two scopes");
        assert_eq!(two.decided_at().key(), group.to_lowercase());
        assert!(two.warnings()[0].items[0].to_string().contains("RG"));
        let other = HUB.replace("00a/", "00b/");
        for wrong in ["", "hub", "/", &format!("{HUB}\n{other}"), "/subscriptions/S"] {
            assert_eq!(parse(SENDER, "", None, wrong), Err("scopes".to_owned()), "{wrong}");
        }
        let many: Vec<String> = (0..11).map(|at| format!("{HUB}{at}")).collect();
        assert_eq!(parse(SENDER, "", None, &many.join("\n")), Err("scopes".to_owned()));
    }

    #[test]
    fn a_role_that_does_everything_or_gives_roles_is_refused() {
        let listed = [
            offered("Owner", &["*"]),
            offered("Giver", &["Microsoft.Authorization/*"]),
            offered("Definer", &["microsoft.authorization/roleDefinitions/Write"]),
            offered("Monitoring Reader", &["*/read"]),
        ];
        for role in ["owner", "Giver", "Definer", "Nobody's", ""] {
            let asked = parse("other", role, Some(&listed), HUB);
            assert_eq!(asked, Err("other_role".to_owned()), "{role}");
        }
        let reader = parse("other", " monitoring READER ", Some(&listed), HUB).expect("a role");
        assert_eq!(reader.role.name(), "Monitoring Reader");
        assert_eq!(parse("other", "Owner", None, HUB), Err("other_role".to_owned()));
        assert_eq!(parse("", "", Some(&listed), HUB), Err("role".to_owned()));
    }

    #[test]
    fn contributor_is_for_azure_data_explorer_databases_alone() {
        assert_eq!(parse(CONTRIBUTOR, "", None, HUB), Err("role".to_owned()));
        assert_eq!(
            parse(CONTRIBUTOR, "", None, &format!("{DATABASE}\n{HUB}")),
            Err("role".to_owned())
        );
        let asked = parse(CONTRIBUTOR, "", None, DATABASE).expect("a database");
        assert_eq!(asked.role, AssignedRole::Known(Role::Contributor));
        let cluster = DATABASE.replace("/databases/db", "");
        assert_eq!(parse(CONTRIBUTOR, "", None, &cluster), Err("role".to_owned()));
    }
}
