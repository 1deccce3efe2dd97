//! What exists: people, groups, service principals, subscriptions and what is in them. It knows nothing of HTTP, tokens
//! or who asks; who may do what is `arm::rbac`'s business.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arm::management_groups::ManagementGroup;
use crate::entra::applications::Application;
use crate::random;
use crate::resources::{Deny, Lock, Policy, Resource, kind};
use crate::settings::Outcome;
use crate::tenants::Tenant;

/// The constants of the world that a fresh simulator holds.
pub mod demo {
    pub const TENANT: &str = "7f9f2c9e-3c1c-4c6b-9b0a-2a1d6f0e4b10";
    pub const TENANT_NAME: &str = "Contoso";
    pub const DOMAIN: &str = "contoso.com";
    /// Where guests are at home whose tenant is not told.
    pub const FABRIKAM: &str = "9b2ee9d9-6d1f-4a51-9d44-3f1c6e5a8d20";
    pub const CLIENT_ID: &str = "2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01";
    pub const CLIENT_SECRET: &str = "twindesk-demo-secret~not-a-real-one";
    /// Everybody's password; the buttons of the sign-in page need none.
    pub const PASSWORD: &str = "Twindesk1!";

    pub const OLIVIA: &str = "10000000-aaaa-4000-8000-000000000001";
    pub const CARL: &str = "10000000-aaaa-4000-8000-000000000002";
    pub const UMA: &str = "10000000-aaaa-4000-8000-000000000003";
    pub const NINA: &str = "10000000-aaaa-4000-8000-000000000004";
    pub const RITA: &str = "10000000-aaaa-4000-8000-000000000005";
    pub const GREG: &str = "10000000-aaaa-4000-8000-000000000006";
    pub const PAUL: &str = "10000000-aaaa-4000-8000-000000000007";
    pub const ALDO: &str = "10000000-aaaa-4000-8000-000000000008";
    pub const GAIL: &str = "10000000-aaaa-4000-8000-000000000009";

    pub const PLATFORM_TEAM: &str = "20000000-aaaa-4000-8000-000000000001";
    pub const TWINS_BUILDERS: &str = "20000000-aaaa-4000-8000-000000000002";
    pub const TOWN_HALL: &str = "20000000-aaaa-4000-8000-000000000003";

    pub const FACTORY_SYNC: &str = "30000000-aaaa-4000-8000-000000000001";
    pub const SENSOR_BRIDGE: &str = "30000000-aaaa-4000-8000-000000000002";
    /// The system-assigned identity of the instance factory-floor.
    pub const FACTORY_FLOOR: &str = "30000000-aaaa-4000-8000-000000000003";
    pub const LINE_CAMERA: &str = "30000000-aaaa-4000-8000-000000000004";
    pub const TWINS_EXPORT: &str = "30000000-aaaa-4000-8000-000000000005";

    pub const PRODUCTION: &str = "a1b2c3d4-0000-4000-8000-000000000001";
    pub const DEVELOPMENT: &str = "a1b2c3d4-0000-4000-8000-000000000002";
}

/// GUIDs of the built-in roles. Source: "Azure built-in roles", Microsoft Learn.
pub mod role {
    pub const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    pub const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
    pub const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    pub const USER_ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";
    pub const RBAC_ADMINISTRATOR: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";
    pub const DATA_OWNER: &str = "bcd981a7-7f74-457b-83e1-cceb9e632ffe";
    pub const DATA_READER: &str = "d57506d4-4c8d-48b1-8587-93c323f6a5a3";
    pub const EVENT_HUBS_DATA_OWNER: &str = "f526a384-b230-433a-b45c-95f59c4a2dec";
    pub const SERVICE_BUS_DATA_SENDER: &str = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    pub id: String,
    /// The directory that this row is in.
    pub tenant: String,
    /// A guest's own tenant, which need not be in this world.
    pub home_tenant: String,
    pub upn: String,
    pub name: String,
    pub given_name: String,
    pub surname: String,
    pub mail: String,
    pub job_title: Option<String>,
    pub department: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: String,
    pub password: String,
    /// Values of our application's app roles that this person is assigned.
    pub app_roles: Vec<String>,
    /// What the sign-in page says about this person.
    pub about: String,
    /// Conditional Access refuses every token.
    pub blocked: bool,
    /// Conditional Access wants multi-factor authentication.
    pub require_mfa: bool,
    /// A second factor is set up.
    pub mfa_registered: bool,
    /// What Conditional Access sees of the device: `registered`, `compliant` or `joined`; none is unknown to it.
    pub device: Option<String>,
    pub sessions_revoked_at: Option<Timestamp>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            id: random::guid(),
            tenant: String::new(),
            home_tenant: String::new(),
            upn: String::new(),
            name: String::new(),
            given_name: String::new(),
            surname: String::new(),
            mail: String::new(),
            job_title: None,
            department: None,
            user_type: "Member".into(),
            password: demo::PASSWORD.into(),
            app_roles: Vec::new(),
            about: "No role in Azure".into(),
            blocked: false,
            require_mfa: false,
            mfa_registered: true,
            device: None,
            sessions_revoked_at: None,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub tenant: String,
    pub name: String,
    pub description: String,
    pub mail: Option<String>,
    pub security_enabled: bool,
    /// A Microsoft 365 group (`groupTypes: ["Unified"]`).
    pub unified: bool,
    /// Object ids of people, service principals and other groups.
    pub members: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServicePrincipal {
    pub id: String,
    pub tenant: String,
    pub app_id: String,
    pub name: String,
    /// `Application` or `ManagedIdentity`.
    pub kind: String,
    /// Until then other services do not find it yet (replication).
    pub visible_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub enum Registration {
    NotRegistered,
    Registering,
    Registered,
    Unregistering,
    Unregistered,
}

impl Registration {
    /// Where it stands when its wait is over.
    fn settled(self) -> Self {
        if self == Self::Unregistering { Self::Unregistered } else { Self::Registered }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    pub id: String,
    pub tenant: String,
    pub name: String,
    /// `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.
    pub state: String,
    /// Of `Microsoft.DigitalTwins`.
    pub registration: Registration,
    pub registering: Option<Wait>,
    pub tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceGroup {
    pub subscription: String,
    pub name: String,
    pub location: String,
    pub tags: BTreeMap<String, String>,
    pub deleting: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    pub subscription: String,
    pub group: String,
    pub name: String,
    pub location: String,
    /// `null` or an object.
    pub tags: Value,
    /// `null` or the `identity` member as ARM shows it.
    pub identity: Value,
    pub public_network_access: String,
    pub state: String,
    /// Bare host, set when creation is done.
    pub host: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: String,
    pub modified_by: String,
    pub modified_at: Timestamp,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            id: random::guid(),
            tenant: String::new(),
            name: String::new(),
            state: "Enabled".into(),
            registration: Registration::Registered,
            registering: None,
            tags: BTreeMap::new(),
        }
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            subscription: String::new(),
            group: String::new(),
            name: String::new(),
            location: "westeurope".into(),
            tags: Value::Null,
            identity: Value::Null,
            public_network_access: "Enabled".into(),
            state: "Succeeded".into(),
            host: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            created_by: String::new(),
            modified_by: String::new(),
            modified_at: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Instance {
    pub fn id(&self) -> String {
        instance_id(&self.subscription, &self.group, &self.name)
    }
}

pub fn group_id(subscription: &str, group: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{group}")
}

pub fn instance_id(subscription: &str, group: &str, name: &str) -> String {
    format!(
        "{}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}",
        group_id(subscription, group)
    )
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assignment {
    /// The GUID in its address.
    pub name: String,
    pub scope: String,
    /// GUID of the role definition.
    pub role: String,
    pub principal: String,
    pub principal_type: String,
    pub description: Option<String>,
    pub condition: Option<String>,
    pub condition_version: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Option<String>,
    pub updated_by: Option<String>,
    /// From then on the data plane knows of it.
    pub effective_at: Timestamp,
    /// Deleted, but the data plane goes by it until then.
    pub gone_at: Option<Timestamp>,
}

/// Something that is done after so many looks and so much time: both must have passed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    pub looks_left: u32,
    pub until: Timestamp,
}

impl Wait {
    pub fn new(looks: u32, seconds: i64, now: Timestamp) -> Self {
        Self { looks_left: looks, until: now + SignedDuration::from_secs(seconds) }
    }

    pub fn is_over(&self, now: Timestamp) -> bool {
        self.looks_left == 0 && now >= self.until
    }

    pub fn look(&mut self) {
        self.looks_left = self.looks_left.saturating_sub(1);
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub enum Work {
    CreateInstance,
    UpdateInstance,
    DeleteInstance,
    DeleteGroup,
    CreateResource,
    UpdateResource,
    DeleteResource,
    MoveInstances,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    #[serde(default)]
    pub id: String,
    pub work: Work,
    pub subscription: String,
    pub location: String,
    pub group: String,
    /// The instance's name; empty for a resource group.
    pub name: String,
    /// Id of the resource, where that is not an instance or a group.
    pub resource: Option<String>,
    pub wait: Wait,
    /// What it will come to, decided when it starts.
    #[serde(default)]
    pub outcome: Outcome,
    #[serde(default)]
    pub started_at: Timestamp,
    /// `Running` until it is done.
    #[serde(default = "running")]
    pub status: String,
    pub ended_at: Option<Timestamp>,
}

fn running() -> String {
    "Running".into()
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// The first is that of everything that names none.
    pub tenants: Vec<Tenant>,
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    pub service_principals: Vec<ServicePrincipal>,
    pub subscriptions: Vec<Subscription>,
    pub resource_groups: Vec<ResourceGroup>,
    pub instances: Vec<Instance>,
    pub role_assignments: Vec<Assignment>,
    pub operations: Vec<Operation>,
    /// Beside our own.
    pub applications: Vec<Application>,
    pub resources: Vec<Resource>,
    pub locks: Vec<Lock>,
    /// Beside the root of each tenant.
    pub management_groups: Vec<ManagementGroup>,
    pub policies: Vec<Policy>,
    pub deny_assignments: Vec<Deny>,
    /// Custom roles.
    pub role_definitions: Vec<crate::arm::rbac::Role>,
    /// By the instance's id in lower case.
    pub contents: BTreeMap<String, crate::twin_data::Content>,
    pub schedules: Vec<crate::arm::pim::Schedule>,
    pub activity: Vec<crate::arm::activity_log::Event>,
}

pub enum Principal<'a> {
    Person(&'a Person),
    Group(&'a Group),
    Service(&'a ServicePrincipal),
}

impl Principal<'_> {
    fn tenant(&self) -> &str {
        match self {
            Self::Person(row) => &row.tenant,
            Self::Group(row) => &row.tenant,
            Self::Service(row) => &row.tenant,
        }
    }

    /// The value of `principalType` in role assignments.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "User",
            Self::Group(_) => "Group",
            Self::Service(_) => "ServicePrincipal",
        }
    }
}

impl World {
    /// By object id, user principal name, else mail or user name, whatever its case.
    pub fn person(&self, who: &str) -> Option<&Person> {
        let exactly = |person: &&Person| {
            person.id.eq_ignore_ascii_case(who) || person.upn.eq_ignore_ascii_case(who)
        };
        self.people
            .iter()
            .find(exactly)
            .or_else(|| self.people.iter().find(|person| person.is(who)))
    }

    pub fn person_mut(&mut self, who: &str) -> Option<&mut Person> {
        let id = self.person(who)?.id.clone();
        self.people.iter_mut().find(|person| person.id == id)
    }

    /// A principal of one tenant's directory.
    pub fn principal_in(&self, tenant: &str, id: &str) -> Option<Principal<'_>> {
        self.principal(id).filter(|found| self.is_in(found.tenant(), tenant))
    }

    pub fn principal(&self, id: &str) -> Option<Principal<'_>> {
        let same = |other: &str| other.eq_ignore_ascii_case(id);
        self.people
            .iter()
            .find(|person| same(&person.id))
            .map(Principal::Person)
            .or_else(|| self.groups.iter().find(|group| same(&group.id)).map(Principal::Group))
            .or_else(|| {
                self.service_principals
                    .iter()
                    .find(|service| same(&service.id))
                    .map(Principal::Service)
            })
    }

    /// Object id of a principal given by id, user principal name, mail or display name.
    pub fn principal_id(&self, who: &str) -> Option<String> {
        let named = |name: &str| name.eq_ignore_ascii_case(who);
        self.person(who)
            .map(|person| person.id.clone())
            .or_else(|| self.principal(who).map(|_| who.to_owned()))
            .or_else(|| {
                self.people
                    .iter()
                    .find(|person| named(&person.name))
                    .map(|person| person.id.clone())
            })
            .or_else(|| {
                self.groups.iter().find(|group| named(&group.name)).map(|group| group.id.clone())
            })
            .or_else(|| {
                self.service_principals
                    .iter()
                    .find(|service| named(&service.name))
                    .map(|service| service.id.clone())
            })
    }

    pub fn subscription(&self, id: &str) -> Option<&Subscription> {
        self.subscriptions.iter().find(|subscription| subscription.id.eq_ignore_ascii_case(id))
    }

    pub fn subscription_mut(&mut self, id: &str) -> Option<&mut Subscription> {
        self.subscriptions.iter_mut().find(|subscription| subscription.id.eq_ignore_ascii_case(id))
    }

    pub fn group(&self, subscription: &str, name: &str) -> Option<&ResourceGroup> {
        self.resource_groups.iter().find(|group| {
            group.subscription.eq_ignore_ascii_case(subscription)
                && group.name.eq_ignore_ascii_case(name)
        })
    }

    pub fn group_mut(&mut self, subscription: &str, name: &str) -> Option<&mut ResourceGroup> {
        self.resource_groups.iter_mut().find(|group| {
            group.subscription.eq_ignore_ascii_case(subscription)
                && group.name.eq_ignore_ascii_case(name)
        })
    }

    pub fn instance(&self, subscription: &str, group: &str, name: &str) -> Option<&Instance> {
        let id = instance_id(subscription, group, name);
        self.instances.iter().find(|instance| instance.id().eq_ignore_ascii_case(&id))
    }

    pub fn instance_mut(
        &mut self,
        subscription: &str,
        group: &str,
        name: &str,
    ) -> Option<&mut Instance> {
        let id = instance_id(subscription, group, name);
        self.instances.iter_mut().find(|instance| instance.id().eq_ignore_ascii_case(&id))
    }

    /// The assignments that ARM knows.
    pub fn assignments(&self) -> impl Iterator<Item = &Assignment> {
        self.role_assignments.iter().filter(|row| row.gone_at.is_none())
    }

    /// The assignments that the data plane goes by at this time.
    pub fn effective_assignments(&self, now: Timestamp) -> impl Iterator<Item = &Assignment> {
        self.role_assignments
            .iter()
            .filter(move |row| row.effective_at <= now && row.gone_at.is_none_or(|at| at > now))
    }

    /// Brings everything up to date whose time has come.
    pub fn settle(&mut self, now: Timestamp) {
        for subscription in &mut self.subscriptions {
            if subscription.registering.as_ref().is_some_and(|wait| wait.is_over(now)) {
                subscription.registering = None;
                subscription.registration = subscription.registration.settled();
            }
        }
        let due: Vec<Operation> = self
            .operations
            .iter_mut()
            .filter(|operation| operation.ended_at.is_none() && operation.wait.is_over(now))
            .filter(|operation| operation.outcome.status != "Running")
            .map(|operation| {
                operation.ended_at = Some(now);
                operation.status = operation.outcome.status.clone();
                operation.clone()
            })
            .collect();
        for operation in due {
            self.finish(&operation, now);
        }
        self.role_assignments.retain(|row| row.gone_at.is_none_or(|at| at > now));
        self.settle_schedules(now);
    }

    fn finish(&mut self, operation: &Operation, now: Timestamp) {
        let Operation { subscription, group, name, .. } = operation;
        let succeeded = operation.status == "Succeeded";
        match operation.work {
            Work::CreateInstance | Work::UpdateInstance => {
                let host = self
                    .instance(subscription, group, name)
                    .and_then(|instance| instance.host.clone())
                    .unwrap_or_else(|| self.free_host(name, &operation.location));
                if let Some(instance) = self.instance_mut(subscription, group, name) {
                    instance.state = operation.status.clone();
                    instance.updated_at = now;
                    if succeeded {
                        instance.host = Some(host);
                    }
                }
            }
            Work::DeleteInstance if succeeded => {
                self.forget_below(&instance_id(subscription, group, name));
            }
            Work::DeleteGroup if succeeded => {
                let id = group_id(subscription, group);
                self.resource_groups.retain(|row| {
                    !group_id(&row.subscription, &row.name).eq_ignore_ascii_case(&id)
                });
                self.forget_below(&id);
            }
            Work::DeleteInstance => {
                if let Some(instance) = self.instance_mut(subscription, group, name) {
                    instance.state = operation.status.clone();
                }
            }
            Work::MoveInstances => self.finish_move(operation),
            Work::CreateResource | Work::UpdateResource | Work::DeleteResource => {
                let id = operation.resource.clone().unwrap_or_default();
                self.finish_resource(operation, &id, now);
            }
            Work::DeleteGroup => {
                if let Some(row) = self.group_mut(subscription, group) {
                    row.deleting = false;
                }
            }
        }
    }

    fn forget_below(&mut self, scope: &str) {
        let below = |row: &Instance| crate::arm::rbac::reaches(scope, &row.id());
        let own = |row: &Instance| row.identity["principalId"].as_str().map(str::to_owned);
        let principals: Vec<String> =
            self.instances.iter().filter(|row| below(row)).filter_map(own).collect();
        self.service_principals.retain(|row| !principals.contains(&row.id));
        self.instances.retain(|row| !below(row));
        self.role_assignments.retain(|row| !crate::arm::rbac::reaches(scope, &row.scope));
        self.forget_resources_below(scope);
    }

    /// `{label}.api.{region code}.digitaltwins.azure.net`: the name in lower case, with a suffix where that is taken.
    fn free_host(&self, name: &str, location: &str) -> String {
        let code = region_code(location);
        let host = |label: &str| format!("{label}.api.{code}.digitaltwins.azure.net");
        let name = name.to_ascii_lowercase();
        let taken = |host: &str| {
            self.instances.iter().any(|instance| instance.host.as_deref() == Some(host))
        };
        let plain = host(&name);
        if !taken(&plain) {
            return plain;
        }
        (1..).map(|n| host(&format!("{name}{n}"))).find(|host| !taken(host)).unwrap_or(plain)
    }

    /// The demo world. `now` dates what exists from the start.
    pub fn demo(now: Timestamp) -> Self {
        use demo::*;
        let production = format!("/subscriptions/{PRODUCTION}");
        let development = format!("/subscriptions/{DEVELOPMENT}");
        let long_ago = now - SignedDuration::from_hours(24 * 30);
        let person =
            |id: &str, given: &str, surname: &str, department: &str, job: &str, about: &str| {
                Person {
                    id: id.into(),
                    tenant: TENANT.into(),
                    upn: format!("{}@{DOMAIN}", given.to_lowercase()),
                    name: format!("{given} {surname}"),
                    given_name: given.into(),
                    surname: surname.into(),
                    mail: format!("{}@{DOMAIN}", given.to_lowercase()),
                    department: Some(department.into()),
                    job_title: Some(job.into()),
                    about: about.into(),
                    ..Person::default()
                }
            };
        let grant = |n: u8, scope: &str, role: &str, principal: &str, kind: &str| Assignment {
            name: format!("40000000-aaaa-4000-8000-0000000000{n:02}"),
            scope: scope.into(),
            role: role.into(),
            principal: principal.into(),
            principal_type: kind.into(),
            description: None,
            condition: None,
            condition_version: None,
            created_at: long_ago,
            updated_at: long_ago,
            created_by: Some(OLIVIA.into()),
            updated_by: Some(OLIVIA.into()),
            effective_at: long_ago,
            gone_at: None,
        };
        let group = |subscription: &str, name: &str, location: &str| ResourceGroup {
            subscription: subscription.into(),
            name: name.into(),
            location: location.into(),
            tags: BTreeMap::new(),
            deleting: false,
        };
        let subscription = |id: &str, name: &str, registration| Subscription {
            id: id.into(),
            tenant: TENANT.into(),
            name: name.into(),
            state: "Enabled".into(),
            registration,
            registering: None,
            tags: BTreeMap::new(),
        };
        let factory = group_id(PRODUCTION, "rg-factory");
        let identity = |id: &str, app: u8, name: &str| ServicePrincipal {
            tenant: TENANT.into(),
            id: id.into(),
            app_id: format!("31000000-aaaa-4000-8000-0000000000{app:02}"),
            name: name.into(),
            kind: "ManagedIdentity".into(),
            visible_at: None,
        };
        Self {
            tenants: vec![Tenant::contoso()],
            people: vec![
                person(
                    OLIVIA,
                    "Olivia",
                    "Ortiz",
                    "Operations",
                    "Head of operations",
                    "Owner of Contoso Production",
                ),
                person(
                    CARL,
                    "Carl",
                    "Costa",
                    "Engineering",
                    "Engineer",
                    "Contributor of Contoso Production",
                ),
                person(
                    UMA,
                    "Uma",
                    "Usher",
                    "Security",
                    "Access manager",
                    "User Access Administrator of Contoso Production",
                ),
                person(NINA, "Nina", "Novak", "Engineering", "Twin builder", "No role in Azure"),
                person(
                    RITA,
                    "Rita",
                    "Rossi",
                    "Finance",
                    "Controller",
                    "Reader of Contoso Production",
                ),
                person(
                    GREG,
                    "Greg",
                    "Gruber",
                    "Factory",
                    "Site lead",
                    "Contributor and User Access Administrator of rg-factory only",
                ),
                person(
                    PAUL,
                    "Paul",
                    "Petersen",
                    "Platform",
                    "Platform engineer",
                    "Owner of Contoso Development through the group Platform Team",
                ),
                Person {
                    app_roles: vec!["Auditor".into()],
                    ..person(
                        ALDO,
                        "Aldo",
                        "Amato",
                        "Audit",
                        "Auditor",
                        "No role in Azure; app role Auditor",
                    )
                },
                Person {
                    upn: "gail_fabrikam.com#EXT#@contoso.onmicrosoft.com".into(),
                    mail: "gail@fabrikam.com".into(),
                    user_type: "Guest".into(),
                    home_tenant: FABRIKAM.into(),
                    ..person(
                        GAIL,
                        "Gail",
                        "Green",
                        "Fabrikam",
                        "Consultant",
                        "Guest without a role in Azure",
                    )
                },
            ],
            groups: vec![
                Group {
                    tenant: TENANT.into(),
                    id: PLATFORM_TEAM.into(),
                    name: "Platform Team".into(),
                    description: "Runs the shared platforms".into(),
                    mail: None,
                    security_enabled: true,
                    unified: false,
                    members: vec![PAUL.into()],
                },
                Group {
                    tenant: TENANT.into(),
                    id: TWINS_BUILDERS.into(),
                    name: "Twins Builders".into(),
                    description: "Builds digital twins".into(),
                    mail: None,
                    security_enabled: true,
                    unified: false,
                    members: vec![NINA.into(), RITA.into()],
                },
                Group {
                    tenant: TENANT.into(),
                    id: TOWN_HALL.into(),
                    name: "Town Hall".into(),
                    description: "Everybody, once a month".into(),
                    mail: Some(format!("townhall@{DOMAIN}")),
                    security_enabled: false,
                    unified: true,
                    members: vec![OLIVIA.into(), CARL.into(), NINA.into()],
                },
            ],
            service_principals: vec![
                ServicePrincipal {
                    tenant: TENANT.into(),
                    id: FACTORY_SYNC.into(),
                    app_id: "31000000-aaaa-4000-8000-000000000001".into(),
                    name: "factory-sync".into(),
                    kind: "Application".into(),
                    visible_at: None,
                },
                identity(SENSOR_BRIDGE, 2, "sensor-bridge"),
                identity(FACTORY_FLOOR, 3, "factory-floor"),
                identity(LINE_CAMERA, 4, "line-camera"),
                identity(TWINS_EXPORT, 5, "twins-export"),
            ],
            subscriptions: vec![
                subscription(PRODUCTION, "Contoso Production", Registration::Registered),
                subscription(DEVELOPMENT, "Contoso Development", Registration::NotRegistered),
            ],
            resource_groups: vec![
                group(PRODUCTION, "rg-twins", "westeurope"),
                group(PRODUCTION, "rg-factory", "westeurope"),
                group(DEVELOPMENT, "rg-sandbox", "northeurope"),
            ],
            instances: vec![Instance {
                subscription: PRODUCTION.into(),
                group: "rg-factory".into(),
                name: "factory-floor".into(),
                location: "westeurope".into(),
                tags: Value::Null,
                identity: json!({
                    "principalId": FACTORY_FLOOR,
                    "tenantId": TENANT,
                    "type": "SystemAssigned,UserAssigned",
                    "userAssignedIdentities": {
                        (format!("{factory}/providers/{}/sensor-bridge", kind::IDENTITY)): {
                            "clientId": "31000000-aaaa-4000-8000-000000000002",
                            "principalId": SENSOR_BRIDGE,
                        },
                    },
                }),
                public_network_access: "Enabled".into(),
                state: "Succeeded".into(),
                host: Some("factory-floor.api.weu.digitaltwins.azure.net".into()),
                created_at: long_ago,
                updated_at: long_ago,
                created_by: format!("olivia@{DOMAIN}"),
                modified_by: format!("olivia@{DOMAIN}"),
                modified_at: long_ago,
            }],
            role_assignments: vec![
                grant(1, &production, role::OWNER, OLIVIA, "User"),
                grant(2, &production, role::CONTRIBUTOR, CARL, "User"),
                grant(3, &production, role::USER_ACCESS_ADMINISTRATOR, UMA, "User"),
                grant(4, &production, role::READER, RITA, "User"),
                grant(5, &factory, role::CONTRIBUTOR, GREG, "User"),
                grant(6, &factory, role::USER_ACCESS_ADMINISTRATOR, GREG, "User"),
                grant(7, &development, role::OWNER, PLATFORM_TEAM, "Group"),
                grant(
                    8,
                    &format!("{factory}/providers/Microsoft.EventHub/namespaces/contoso-factory"),
                    role::EVENT_HUBS_DATA_OWNER,
                    FACTORY_FLOOR,
                    "ServicePrincipal",
                ),
                grant(
                    9,
                    &format!("{factory}/providers/Microsoft.ServiceBus/namespaces/contoso-orders"),
                    role::SERVICE_BUS_DATA_SENDER,
                    SENSOR_BRIDGE,
                    "ServicePrincipal",
                ),
            ],
            operations: Vec::new(),
            applications: vec![Application {
                tenant: TENANT.into(),
                client_id: "31000000-aaaa-4000-8000-000000000001".into(),
                name: "factory-sync".into(),
                client_secret: Some("factory-sync-secret~not-a-real-one".into()),
                ..Application::default()
            }],
            resources: Self::demo_resources(long_ago),
            ..Self::default()
        }
    }
}

impl Person {
    pub fn is(&self, who: &str) -> bool {
        [self.id.as_str(), &self.upn, &self.mail, &self.username()]
            .iter()
            .any(|name| !name.is_empty() && name.eq_ignore_ascii_case(who))
    }

    /// What the person types to sign in: the user principal name, which for a guest is that of the home tenant.
    pub fn username(&self) -> String {
        let outside = self.upn.split_once("#EXT#").and_then(|(name, _)| name.rsplit_once('_'));
        match outside {
            Some((name, domain)) => format!("{name}@{domain}"),
            None if self.is_guest() && !self.mail.is_empty() => self.mail.clone(),
            None => self.upn.clone(),
        }
    }

    pub fn is_guest(&self) -> bool {
        self.user_type == "Guest"
    }
}

/// A region: name, display name, geography group, geography, longitude, latitude, place, code in host names and
/// whether Azure Digital Twins is offered there (the list of 2022 from ARM's own error text).
pub struct Region {
    pub name: &'static str,
    pub display: &'static str,
    pub part: &'static str,
    pub geography: &'static str,
    pub longitude: &'static str,
    pub latitude: &'static str,
    pub place: &'static str,
    pub code: &'static str,
    pub twins: bool,
}

const fn row(
    [name, display, part, geography, longitude, latitude, place, code]: [&'static str; 8],
    twins: bool,
) -> Region {
    Region { name, display, part, geography, longitude, latitude, place, code, twins }
}

/// In the order of ARM's own list for Azure Digital Twins; those without it follow.
pub const REGIONS: &[Region] = &[
    row(
        [
            "westcentralus",
            "West Central US",
            "US",
            "United States",
            "-110.234",
            "40.89",
            "Wyoming",
            "wcus",
        ],
        true,
    ),
    row(
        ["westus2", "West US 2", "US", "United States", "-119.852", "47.233", "Washington", "wus2"],
        true,
    ),
    row(
        ["northeurope", "North Europe", "Europe", "Europe", "-6.2597", "53.3478", "Ireland", "neu"],
        true,
    ),
    row(
        [
            "australiaeast",
            "Australia East",
            "Asia Pacific",
            "Australia",
            "151.2094",
            "-33.86",
            "New South Wales",
            "aue",
        ],
        true,
    ),
    row(
        ["westeurope", "West Europe", "Europe", "Europe", "4.9", "52.3667", "Netherlands", "weu"],
        true,
    ),
    row(
        ["eastus", "East US", "US", "United States", "-79.8164", "37.3719", "Virginia", "eus"],
        true,
    ),
    row(
        [
            "southcentralus",
            "South Central US",
            "US",
            "United States",
            "-98.5",
            "29.4167",
            "Texas",
            "scus",
        ],
        true,
    ),
    row(
        [
            "southeastasia",
            "Southeast Asia",
            "Asia Pacific",
            "Asia Pacific",
            "103.833",
            "1.283",
            "Singapore",
            "sea",
        ],
        true,
    ),
    row(
        ["uksouth", "UK South", "Europe", "United Kingdom", "-0.799", "50.941", "London", "uks"],
        true,
    ),
    row(
        ["eastus2", "East US 2", "US", "United States", "-78.3889", "36.6681", "Virginia", "eus2"],
        true,
    ),
    row(
        ["westus", "West US", "US", "United States", "-122.417", "37.783", "California", "wus"],
        false,
    ),
    row(
        ["centralus", "Central US", "US", "United States", "-93.6208", "41.5908", "Iowa", "cus"],
        false,
    ),
    row(
        ["francecentral", "France Central", "Europe", "France", "2.373", "46.3772", "Paris", "frc"],
        false,
    ),
    row(
        [
            "germanywestcentral",
            "Germany West Central",
            "Europe",
            "Germany",
            "8.682127",
            "50.110924",
            "Frankfurt",
            "gwc",
        ],
        false,
    ),
];

/// Finds a region by name or display name (`West Europe` = `westeurope`).
pub fn region(name: &str) -> Option<&'static Region> {
    let name = name.replace(' ', "").to_ascii_lowercase();
    REGIONS.iter().find(|region| region.name == name)
}

fn region_code(location: &str) -> &'static str {
    region(location).map_or("eus", |region| region.code)
}
