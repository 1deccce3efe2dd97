//! Who may do what, against a second formulation that shares nothing with the first, over many random worlds.

use jiff::Timestamp;
use simulator::arm::conditions::{Attributes, Subject};
use simulator::arm::decision::{Decision, EVERYBODY, decide, decide_data};
use simulator::arm::management_groups::ManagementGroup;
use simulator::arm::rbac::{self, Permission, Role};
use simulator::resources::Deny;
use simulator::world::demo::{
    ALDO, CARL, DEVELOPMENT, FACTORY_SYNC, NINA, OLIVIA, PLATFORM_TEAM, PRODUCTION, RITA,
    TOWN_HALL, TWINS_BUILDERS,
};
use simulator::world::role::{
    DATA_OWNER, DATA_READER, OWNER, RBAC_ADMINISTRATOR, READER, USER_ACCESS_ADMINISTRATOR,
};
use simulator::world::{Assignment, Group, World};

/// A small generator of its own, so that a failure can be repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    fn some<T: Copy>(&mut self, of: &[T], most: usize) -> Vec<T> {
        (0..self.roll(most + 1)).map(|_| self.one(of)).collect()
    }
}

const PEOPLE: [&str; 6] = [OLIVIA, CARL, NINA, RITA, ALDO, FACTORY_SYNC];
const INNER: &str = "20000000-aaaa-4000-8000-00000000000a";
const GROUPS: [&str; 4] = [PLATFORM_TEAM, TWINS_BUILDERS, TOWN_HALL, INNER];
const KINDS: [&str; 3] = ["User", "Group", "ServicePrincipal"];
const ACTIONS: [&str; 10] = [
    "Microsoft.DigitalTwins/digitalTwinsInstances/read",
    "Microsoft.DigitalTwins/digitalTwinsInstances/write",
    "microsoft.digitaltwins/DIGITALTWINSINSTANCES/delete",
    "Microsoft.DigitalTwins/register/action",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/elevateAccess/Action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
];
const DATA_ACTIONS: [&str; 6] = [
    "Microsoft.DigitalTwins/digitaltwins/read",
    "Microsoft.DigitalTwins/digitaltwins/write",
    "microsoft.digitaltwins/DIGITALTWINS/relationships/delete",
    "Microsoft.DigitalTwins/query/action",
    "Microsoft.DigitalTwins/models/read",
    "Microsoft.DigitalTwins/eventroutes/write",
];
const DATA_PATTERNS: [&str; 6] = [
    "*",
    "*/read",
    "Microsoft.DigitalTwins/*",
    "microsoft.digitaltwins/digitaltwins/*",
    "*/relationships/*",
    "Microsoft.DigitalTwins/models/read",
];
const PATTERNS: [&str; 8] = [
    "*",
    "*/read",
    "*/write",
    "Microsoft.DigitalTwins/*",
    "Microsoft.Authorization/*/write",
    "microsoft.authorization/roleassignments/*",
    "*/digitaltwinsinstances/*",
    "Microsoft.DigitalTwins/digitalTwinsInstances/delete",
];

fn scopes() -> Vec<String> {
    let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-a");
    let twin = format!("{group}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/one");
    vec![
        "/".into(),
        ROOT.into(),
        LIVE.into(),
        IDLE.into(),
        format!("/subscriptions/{PRODUCTION}"),
        format!("/subscriptions/{DEVELOPMENT}"),
        group.clone(),
        group.to_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions"),
        format!("{group}bc"),
        twin.clone(),
        format!("{twin}two"),
        format!("{twin}/providers/Microsoft.Authorization/roleAssignments/x"),
    ]
}

/// A condition as a table: for one action, the roles and the kinds of principals that it lets through.
#[derive(Clone)]
struct Limit {
    write: bool,
    roles: Vec<&'static str>,
    all_but: bool,
    kinds: Vec<&'static str>,
}

impl Limit {
    fn text(&self) -> String {
        let (verb, of) = if self.write { ("write", "Request") } else { ("delete", "Resource") };
        let operator = if self.all_but {
            "ForAnyOfAllValues:GuidNotEquals"
        } else {
            "ForAnyOfAnyValues:GuidEquals"
        };
        let kinds: Vec<String> = self.kinds.iter().map(|kind| format!("'{kind}'")).collect();
        format!(
            "((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}})) OR (@{of}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] {operator} {{{}}} AND @{of}[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{{}}}))",
            self.roles.join(", "),
            kinds.join(", ")
        )
    }

    fn lets(&self, action: &str, subject: &Subject) -> bool {
        let verb = if self.write { "write" } else { "delete" };
        if action.to_lowercase() != format!("microsoft.authorization/roleassignments/{verb}") {
            return true;
        }
        let kind = subject.principal_type.as_deref().unwrap_or("?");
        self.roles.contains(&subject.role.as_str()) != self.all_but && self.kinds.contains(&kind)
    }
}

/// The second wildcard matcher: by a table of all prefixes instead of going back.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.to_lowercase().chars().collect(), text.to_lowercase().chars().collect());
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for sign in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = if sign == '*' {
                row[at] || (at > 0 && next[at - 1])
            } else {
                at > 0 && row[at - 1] && text[at - 1] == sign
            };
        }
        row = next;
    }
    row[text.len()]
}

fn parts(scope: &str) -> Vec<String> {
    scope.split('/').filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

const ROOT: &str =
    "/providers/Microsoft.Management/managementGroups/7f9f2c9e-3c1c-4c6b-9b0a-2a1d6f0e4b10";
const LIVE: &str = "/providers/Microsoft.Management/managementGroups/live";
const IDLE: &str = "/providers/Microsoft.Management/managementGroups/idle";

/// What is directly below what, beside paths.
fn table() -> [(&'static str, String); 4] {
    [
        (ROOT, LIVE.to_owned()),
        (ROOT, IDLE.to_owned()),
        (LIVE, format!("/subscriptions/{PRODUCTION}")),
        (ROOT, format!("/subscriptions/{DEVELOPMENT}")),
    ]
}

/// An ancestor is a prefix of the list of parts, or above one by the table.
fn covers(above: &str, scope: &str) -> bool {
    parts(scope).starts_with(&parts(above))
        || table()
            .iter()
            .any(|(parent, child)| parts(above) == parts(parent) && covers(child, scope))
}

/// Whether somebody is a principal, or in that group: from the group downwards, at most as deep as there are groups.
fn is_in(world: &World, oid: &str, principal: &str, depth: usize) -> bool {
    if oid.eq_ignore_ascii_case(principal) {
        return true;
    }
    let group = world.groups.iter().find(|group| group.id == principal && group.security_enabled);
    depth > 0
        && group.is_some_and(|group| {
            group.members.iter().any(|member| is_in(world, oid, member, depth - 1))
        })
}

/// Wide scopes come as often as all others together.
fn wide(dice: &mut Dice, all: usize) -> usize {
    if dice.roll(2) == 0 { dice.roll(5) } else { dice.roll(all) }
}

struct Case {
    world: World,
    limits: Vec<Option<Limit>>,
}

fn world(dice: &mut Dice) -> Case {
    let mut world = World::demo(Timestamp::UNIX_EPOCH);
    let everybody: Vec<&str> = PEOPLE.into_iter().chain(GROUPS).collect();
    for group in &mut world.groups {
        group.members = dice.some(&everybody, 4).into_iter().map(str::to_owned).collect();
    }
    let inner = dice.some(&everybody, 3).into_iter().map(str::to_owned).collect();
    world.groups.push(Group {
        id: INNER.into(),
        security_enabled: dice.roll(4) > 0,
        members: inner,
        ..Group::default()
    });
    let group = |id: &str, subscriptions: &[&str]| ManagementGroup {
        id: id.into(),
        subscriptions: subscriptions.iter().map(|id| (*id).to_owned()).collect(),
        ..ManagementGroup::default()
    };
    world.management_groups = vec![group("live", &[PRODUCTION]), group("idle", &[])];
    let all = scopes();
    let template = world.role_assignments[0].clone();
    let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    for n in 0..dice.roll(4) {
        let permissions = (0..1 + dice.roll(2))
            .map(|_| Permission {
                actions: own(dice.some(&PATTERNS, 2)),
                not_actions: own(dice.some(&PATTERNS, 2)),
                data_actions: own(dice.some(&DATA_PATTERNS, 2)),
                not_data_actions: own(dice.some(&DATA_PATTERNS, 2)),
            })
            .collect();
        world.role_definitions.push(Role {
            id: format!("c0000000-0000-4000-8000-00000000000{n}"),
            name: format!("Custom {n}"),
            permissions,
            ..Role::default()
        });
    }
    // Roles that may grant roles come twice as often.
    let grants = [OWNER, USER_ACCESS_ADMINISTRATOR, RBAC_ADMINISTRATOR];
    let custom: Vec<String> = world.role_definitions.iter().map(|role| role.id.clone()).collect();
    let data = [DATA_OWNER, DATA_READER].repeat(4);
    let mut roles: Vec<String> = world.roles().map(|role| role.id.clone()).collect();
    roles.extend(grants.repeat(3).into_iter().chain(data).map(str::to_owned));
    roles.extend((0..4).flat_map(|_| custom.clone()));
    let mut limits = Vec::new();
    world.role_assignments.clear();
    for n in 0..2 + dice.roll(6) {
        let limit = (dice.roll(2) == 0).then(|| Limit {
            write: dice.roll(2) == 0,
            roles: vec![dice.one(&[DATA_OWNER, OWNER]), dice.one(&[DATA_READER, READER])],
            all_but: dice.roll(3) == 0,
            kinds: vec![dice.one(&KINDS), dice.one(&KINDS)],
        });
        world.role_assignments.push(Assignment {
            name: format!("{n}"),
            scope: all[wide(dice, all.len())].clone(),
            role: roles[dice.roll(roles.len())].clone(),
            principal: dice.one(&everybody).to_owned(),
            condition: limit.as_ref().map(Limit::text),
            condition_version: limit.as_ref().map(|_| "2.0".to_owned()),
            ..template.clone()
        });
        limits.push(limit);
    }
    for _ in 0..dice.roll(4) {
        let mut principals = own(dice.some(&everybody, 2));
        if dice.roll(2) == 0 {
            principals.push(EVERYBODY.to_owned());
        }
        world.deny_assignments.push(Deny {
            scope: all[wide(dice, all.len())].clone(),
            actions: own(dice.some(&PATTERNS, 3)),
            not_actions: own(dice.some(&PATTERNS, 1)),
            data_actions: own(dice.some(&DATA_PATTERNS, 3)),
            not_data_actions: own(dice.some(&DATA_PATTERNS, 1)),
            principals,
            exclude_principals: own(dice.some(&everybody, 1)),
            does_not_apply_to_child_scopes: dice.roll(4) == 0,
            ..Deny::default()
        });
    }
    Case { world, limits }
}

/// What is asked: of the control plane, with what conditions look at, or of the data plane.
struct Question<'a> {
    oid: &'a str,
    action: &'a str,
    scope: &'a str,
    about: Option<&'a Subject>,
}

/// The second formulation: is there an assignment that lets it through, and no deny assignment in the way?
fn expected(case: &Case, question: &Question<'_>) -> &'static str {
    let Case { world, limits } = case;
    let Question { oid, action, scope, about } = *question;
    let any = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, action));
    let which =
        |plain: &'_ [String], data: &'_ [String]| any(if about.is_some() { plain } else { data });
    let reaching: Vec<usize> = (0..world.role_assignments.len())
        .filter(|at| {
            let row = &world.role_assignments[*at];
            let role = world.roles().find(|role| role.id == row.role).unwrap();
            let gives = role.permissions.iter().any(|entry| {
                which(&entry.actions, &entry.data_actions)
                    && !which(&entry.not_actions, &entry.not_data_actions)
            });
            gives
                && covers(&row.scope, scope)
                && is_in(world, oid, &row.principal, world.groups.len())
        })
        .collect();
    if reaching.is_empty() {
        return "not granted";
    }
    let free = |at: &usize| match (&limits[*at], about) {
        (Some(limit), Some(subject)) => limit.lets(action, subject),
        _ => true,
    };
    if !reaching.iter().any(free) {
        return "condition";
    }
    let denied = world.deny_assignments.iter().any(|deny| {
        let named = |ids: &[String]| ids.iter().any(|id| is_in(world, oid, id, world.groups.len()));
        let here = if deny.does_not_apply_to_child_scopes {
            parts(&deny.scope) == parts(scope)
        } else {
            covers(&deny.scope, scope)
        };
        let whom = deny.principals.iter().any(|id| id == EVERYBODY) || named(&deny.principals);
        here && whom
            && !named(&deny.exclude_principals)
            && which(&deny.actions, &deny.data_actions)
            && !which(&deny.not_actions, &deny.not_data_actions)
    });
    if denied { "denied" } else { "allowed" }
}

fn found(case: &Case, question: &Question<'_>) -> &'static str {
    let Case { world, .. } = case;
    let Question { oid, action, scope, about } = *question;
    let decision = match about {
        Some(subject) => {
            let attributes =
                Attributes { request: Some(subject.clone()), resource: Some(subject.clone()) };
            decide(world, oid, action, scope, &attributes)
        }
        None => decide_data(world, world.assignments(), oid, action, scope),
    };
    match decision {
        Decision::Allowed => "allowed",
        Decision::NotGranted => "not granted",
        Decision::ConditionNotMet => "condition",
        Decision::Denied(_) => "denied",
    }
}

#[test]
fn decisions_are_those_of_the_second_formulation() {
    let mut seen = std::collections::BTreeMap::<(bool, &str), usize>::new();
    let all = scopes();
    for seed in 1..=500_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let case = world(&mut dice);
        for _ in 0..60 {
            let data = dice.roll(5) < 2;
            let action = match (data, dice.roll(2)) {
                (true, _) => dice.one(&DATA_ACTIONS),
                (false, 0) => dice.one(&ACTIONS[4..7]),
                (false, _) => dice.one(&ACTIONS),
            };
            let subject = Subject {
                role: dice.one(&[DATA_OWNER, DATA_READER, OWNER, READER]).to_owned(),
                principal: NINA.to_owned(),
                principal_type: (dice.roll(4) > 0).then(|| dice.one(&KINDS).to_owned()),
            };
            let question = Question {
                oid: dice.one(&PEOPLE),
                action,
                scope: &all[dice.roll(all.len())],
                about: (!data).then_some(&subject),
            };
            let (found, wanted) = (found(&case, &question), expected(&case, &question));
            assert_eq!(
                found,
                wanted,
                "seed {seed}: {} {action} at {}, {subject:?}, {:#?} {:#?}",
                question.oid,
                question.scope,
                case.world.role_assignments,
                case.world.role_definitions
            );
            *seen.entry((data, found)).or_default() += 1;
        }
    }
    for (what, count) in &seen {
        assert!(*count > 100, "{what:?} was seen {count} times only: {seen:?}");
    }
    assert_eq!(seen.len(), 7, "four of the control plane, three of the data plane: {seen:?}");
}

#[test]
fn wildcards_are_those_of_the_second_matcher() {
    let mut dice = Dice(7);
    let mut matched = 0;
    for _ in 0..20_000 {
        let pattern: String =
            (0..dice.roll(7)).map(|_| dice.one(&['a', 'B', '/', '*', '*'])).collect();
        let text: String = (0..dice.roll(8)).map(|_| dice.one(&['a', 'b', '/'])).collect();
        assert_eq!(rbac::matches(&pattern, &text), fits(&pattern, &text), "{pattern} {text}");
        matched += usize::from(fits(&pattern, &text));
    }
    assert!(matched > 1000, "{matched}");
}
