//! Every kind of step, with what must be there before it and what must be so after it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use twindesk::{
    azure::{AccessToken, Filter, Resource},
    domain::{
        asked::{
            Assignment, Connection, CreateInstance, Grantee, IdentityChange, IdentityState,
            Networking, PrivateEndpoint, REQUEST_TAG, Subscription, ZONE,
        },
        plan::{Action, Round, Step, Steps, assignment_name},
        principal::{Holder, Principal, PrincipalKind},
        role::Role,
        scope::Scope,
    },
};
use uuid::Uuid;

use crate::{
    instances::write,
    networking::subnet,
    world::{DEVELOPMENT, NINA, OLIVIA, PRODUCTION, World},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    RegisterProvider,
    EnsureResourceGroup,
    CreateInstance,
    AssignRole,
    RemoveRole,
    ChangeIdentity,
    ChangeTags,
    DeleteInstance,
    Verify,
    CreatePrivateEndpoint,
    EnsurePrivateZone,
    LinkPrivateZone,
    JoinPrivateZone,
    SetPublicAccess,
    DecideConnection,
    RemoveConnection,
}

/// A new kind of step does not compile here before it has a row in the table.
fn of(action: &Action) -> Kind {
    match action {
        Action::RegisterProvider { .. } => Kind::RegisterProvider,
        Action::EnsureResourceGroup { .. } => Kind::EnsureResourceGroup,
        Action::CreateInstance { .. } => Kind::CreateInstance,
        Action::AssignRole { .. } => Kind::AssignRole,
        Action::RemoveRole { .. } => Kind::RemoveRole,
        Action::ChangeIdentity { .. } => Kind::ChangeIdentity,
        Action::ChangeTags { .. } => Kind::ChangeTags,
        Action::DeleteInstance { .. } => Kind::DeleteInstance,
        Action::Verify { .. } => Kind::Verify,
        Action::CreatePrivateEndpoint { .. } => Kind::CreatePrivateEndpoint,
        Action::EnsurePrivateZone { .. } => Kind::EnsurePrivateZone,
        Action::LinkPrivateZone { .. } => Kind::LinkPrivateZone,
        Action::JoinPrivateZone { .. } => Kind::JoinPrivateZone,
        Action::SetPublicAccess { .. } => Kind::SetPublicAccess,
        Action::DecideConnection { .. } => Kind::DecideConnection,
        Action::RemoveConnection { .. } => Kind::RemoveConnection,
    }
}

impl Kind {
    pub const ALL: [Kind; 16] = [
        Kind::RegisterProvider,
        Kind::EnsureResourceGroup,
        Kind::CreateInstance,
        Kind::AssignRole,
        Kind::RemoveRole,
        Kind::ChangeIdentity,
        Kind::ChangeTags,
        Kind::DeleteInstance,
        Kind::Verify,
        Kind::CreatePrivateEndpoint,
        Kind::EnsurePrivateZone,
        Kind::LinkPrivateZone,
        Kind::JoinPrivateZone,
        Kind::SetPublicAccess,
        Kind::DecideConnection,
        Kind::RemoveConnection,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::RegisterProvider => "register the resource provider",
            Kind::EnsureResourceGroup => "create the resource group",
            Kind::CreateInstance => "create the instance",
            Kind::AssignRole => "assign a role",
            Kind::RemoveRole => "remove a role",
            Kind::ChangeIdentity => "change identities",
            Kind::ChangeTags => "change tags",
            Kind::DeleteInstance => "delete the instance",
            Kind::Verify => "verify access",
            Kind::CreatePrivateEndpoint => "create a private endpoint",
            Kind::EnsurePrivateZone => "create the private DNS zone",
            Kind::LinkPrivateZone => "link the private DNS zone",
            Kind::JoinPrivateZone => "enter the endpoint into the zone",
            Kind::SetPublicAccess => "set public network access",
            Kind::DecideConnection => "approve a connection",
            Kind::RemoveConnection => "remove a connection",
        }
    }

    /// Azure works on it after it has answered, at an address of its own.
    pub fn is_long(self) -> bool {
        !matches!(
            self,
            Kind::RegisterProvider
                | Kind::EnsureResourceGroup
                | Kind::AssignRole
                | Kind::RemoveRole
                | Kind::Verify
        )
    }

    /// The one step of this kind for the request of this id, and all that must be there before.
    pub async fn prepare(self, world: &World, request: Uuid) -> Step {
        let place = Place { world, mark: request.simple().to_string()[..10].to_owned() };
        let mut steps = Steps::new(Round::first(request));
        match self {
            Kind::RegisterProvider => {
                let away = format!(
                    "/subscriptions/{DEVELOPMENT}/providers/Microsoft.DigitalTwins/unregister"
                );
                write(world, Method::POST, &away, "2021-04-01", None).await;
                world.wait(std::time::Duration::from_secs(60)).await;
                steps.register_provider(DEVELOPMENT);
            }
            Kind::EnsureResourceGroup => steps.ensure_group(&place.group(), "westeurope"),
            Kind::CreateInstance => {
                let (instance, group) = (place.instance(), Scope::group(PRODUCTION, "rg-factory"));
                let tags = BTreeMap::from([(REQUEST_TAG.to_owned(), request.to_string())]);
                steps.create_instance(&instance, &group, &place.asked(), &tags);
            }
            Kind::AssignRole => {
                let instance = place.with_instance().await;
                steps.assign_role(&instance, &nina(), &instance);
            }
            Kind::RemoveRole => {
                let instance = place.with_instance().await;
                steps.remove_role(&place.with_assignment(&instance, NINA).await);
            }
            Kind::ChangeIdentity => {
                let instance = place.with_instance().await;
                let seen = IdentityState::default();
                steps.change_identity(&instance, &IdentityChange::SystemOn, &seen);
            }
            Kind::ChangeTags => {
                let instance = place.with_instance().await;
                steps.change_tags(&instance, &BTreeMap::new(), &tags());
            }
            Kind::DeleteInstance => {
                let instance = place.with_instance().await;
                let (token, id) = (token(world).await, instance.to_string());
                let found = world.app.azure.instance(&token, &id).await.unwrap().unwrap();
                let made = found.created_at.unwrap();
                steps.delete_instance(&instance, &made);
            }
            Kind::Verify => {
                let instance = place.with_instance().await;
                place.with_assignment(&instance, OLIVIA).await;
                steps.verify(&instance);
            }
            Kind::CreatePrivateEndpoint => {
                let instance = place.with_instance().await;
                let group = Scope::group(PRODUCTION, "rg-factory");
                steps.create_private_endpoint(&place.endpoint(None), &instance, &instance, &group);
            }
            Kind::EnsurePrivateZone => {
                let group = place.with_group().await;
                steps.ensure_private_zone(&zone_in(&group), &group);
            }
            Kind::LinkPrivateZone => {
                let group = place.with_group().await;
                let zone = place.with_zone(&group).await;
                let network = format!(
                    "/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/\
                     Microsoft.Network/virtualNetworks/vnet-factory"
                );
                steps.link_private_zone(&zone, &Scope::parse(&network).unwrap(), &group);
            }
            Kind::JoinPrivateZone => {
                let instance = place.with_instance().await;
                let endpoint = place.with_endpoint(&instance, None).await;
                let group = place.with_group().await;
                let zone = place.with_zone(&group).await;
                let at = Scope::group(PRODUCTION, "rg-factory");
                steps.join_private_zone(&endpoint, &zone, &at, &group);
            }
            Kind::SetPublicAccess => {
                steps.set_public_access(&place.with_instance().await, false);
            }
            Kind::DecideConnection => {
                let instance = place.with_instance().await;
                let connection = place.with_connection(&instance, Some("please")).await;
                steps.decide_connection(&instance, &connection, true, ("welcome", ""));
            }
            Kind::RemoveConnection => {
                let instance = place.with_instance().await;
                let connection = place.with_connection(&instance, None).await;
                steps.remove_connection(&instance, &connection);
            }
        }
        let step = steps.into_steps().remove(0);
        assert_eq!(of(&step.action), self);
        step
    }
}

/// Whether Azure has what the step is for, once and not twice.
pub async fn is_so(world: &World, step: &Step) -> bool {
    let (token, azure) = (token(world).await, &world.app.azure);
    let instance = async |scope: &Scope| azure.instance(&token, &scope.to_string()).await.unwrap();
    match &step.action {
        Action::RegisterProvider { subscription } => {
            azure.provider(&token, subscription).await.unwrap().is_registered()
        }
        Action::EnsureResourceGroup { group } => {
            let name = group.group_name().unwrap();
            azure.resource_group(&token, group.subscription_id(), name).await.unwrap().is_some()
        }
        Action::CreateInstance { instance: made, .. } => {
            instance(made).await.is_some_and(|found| found.provisioning_state == "Succeeded")
        }
        Action::AssignRole { scope, principal, .. } => {
            let filter = Filter::Principal(&principal.id);
            let found = azure.role_assignments(&token, &scope.to_string(), filter).await.unwrap();
            found.iter().filter(|one| Scope::parse(&one.scope).as_ref() == Some(scope)).count() == 1
        }
        Action::RemoveRole { assignment } => {
            let (scope, name) = (assignment.scope.to_string(), assignment.name.to_string());
            azure.role_assignment(&token, &scope, &name).await.unwrap().is_none()
        }
        Action::ChangeIdentity { instance: changed, .. } => {
            instance(changed).await.unwrap().identity.is_some()
        }
        Action::ChangeTags { instance: changed, after, .. } => {
            instance(changed).await.unwrap().tags == *after
        }
        Action::DeleteInstance { instance: deleted, .. } => instance(deleted).await.is_none(),
        Action::Verify { .. } => true,
        Action::CreatePrivateEndpoint { endpoint, .. } => {
            let found = azure.private_endpoint(&token, &endpoint.to_string()).await.unwrap();
            found.is_some_and(|found| found.provisioning_state == "Succeeded")
        }
        Action::EnsurePrivateZone { zone } => {
            azure.private_zone(&token, &zone.to_string()).await.unwrap().is_some()
        }
        Action::LinkPrivateZone { link, .. } => {
            let zone = link.parent().unwrap().to_string();
            azure.zone_links(&token, &zone).await.unwrap().len() == 1
        }
        Action::JoinPrivateZone { group, .. } => {
            let found = azure.zone_group(&token, &group.to_string()).await.unwrap();
            found.is_some_and(|found| found.zones.len() == 1)
        }
        Action::SetPublicAccess { instance: changed, enabled } => {
            instance(changed).await.unwrap().public_network_access == *enabled
        }
        Action::DecideConnection { connection, .. } => {
            let found = azure.connection(&token, &connection.id.to_string()).await.unwrap();
            found.is_some_and(|found| found.status == "Approved")
        }
        Action::RemoveConnection { connection } => {
            azure.connection(&token, &connection.id.to_string()).await.unwrap().is_none()
        }
    }
}

async fn token(world: &World) -> AccessToken {
    let now = world.app.clock.now();
    world.app.delegation.act_as(OLIVIA, Resource::Arm, now).await.unwrap()
}

fn nina() -> Grantee {
    let principal = Principal {
        id: NINA.to_owned(),
        kind: PrincipalKind::User,
        name: Some("Nina Novak".to_owned()),
        mail: None,
    };
    Grantee { principal, role: Role::DataReader }
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("line".to_owned(), "4".to_owned())])
}

fn zone_in(group: &Scope) -> Scope {
    let path = format!("Microsoft.Network/privateDnsZones/{ZONE}");
    Scope::resource(group.subscription_id(), group.group_name().unwrap(), &path)
}

/// Where one case happens: names of its own, so that cases share a world.
struct Place<'a> {
    world: &'a World,
    mark: String,
}

impl Place<'_> {
    fn instance(&self) -> Scope {
        Scope::instance(PRODUCTION, "rg-factory", &format!("dt-{}", self.mark))
    }

    fn group(&self) -> Scope {
        Scope::group(PRODUCTION, &format!("rg-{}", self.mark))
    }

    fn asked(&self) -> CreateInstance {
        CreateInstance {
            subscription: Subscription { id: PRODUCTION.into(), name: "Production".into() },
            group: "rg-factory".into(),
            new_group: false,
            name: format!("dt-{}", self.mark),
            region: "westeurope".into(),
            region_name: "West Europe".into(),
            tags: BTreeMap::new(),
            networking: Networking::default(),
            system_identity: false,
            grants: Vec::new(),
            justification: "why".into(),
        }
    }

    fn endpoint(&self, message: Option<&str>) -> PrivateEndpoint {
        let path = format!("Microsoft.Network/privateEndpoints/pe-{}", self.mark);
        PrivateEndpoint {
            endpoint: Scope::resource(PRODUCTION, "rg-factory", &path),
            region: "westeurope".into(),
            subnet: Scope::parse(&subnet()).unwrap(),
            request_message: message.map(str::to_owned),
            zone: None,
        }
    }

    async fn put(&self, id: &Scope, version: &str, body: serde_json::Value) {
        write(self.world, Method::PUT, &id.to_string(), version, Some(body)).await;
    }

    async fn with_instance(&self) -> Scope {
        let instance = self.instance();
        self.put(&instance, "2023-01-31", json!({ "location": "westeurope" })).await;
        instance
    }

    async fn with_group(&self) -> Scope {
        let group = self.group();
        self.put(&group, "2021-04-01", json!({ "location": "westeurope" })).await;
        group
    }

    async fn with_zone(&self, group: &Scope) -> Scope {
        let zone = zone_in(group);
        self.put(&zone, "2020-06-01", json!({ "location": "global" })).await;
        zone
    }

    async fn with_assignment(&self, instance: &Scope, holder: &str) -> Assignment {
        let role = Role::DataOwner;
        let name = assignment_name(instance, holder, role.guid());
        let id = format!("{instance}/providers/Microsoft.Authorization/roleAssignments/{name}");
        let body = json!({ "properties": {
            "roleDefinitionId": role.definition_id(PRODUCTION),
            "principalId": holder,
            "principalType": "User",
        }});
        write(self.world, Method::PUT, &id, "2022-04-01", Some(body)).await;
        let token = token(self.world).await;
        let (scope, text) = (instance.to_string(), name.to_string());
        let made = self.world.app.azure.role_assignment(&token, &scope, &text).await;
        Assignment {
            scope: instance.clone(),
            name,
            role: role.guid().to_owned(),
            role_name: role.name().to_owned(),
            holder: Holder { id: holder.to_owned(), kind: None, name: None, mail: None },
            condition: None,
            created_on: made.unwrap().unwrap().created_on,
        }
    }

    async fn with_endpoint(&self, instance: &Scope, message: Option<&str>) -> Scope {
        let asked = self.endpoint(message);
        let mut steps = Steps::new(Round::first(Uuid::nil()));
        steps.create_private_endpoint(&asked, instance, instance, instance);
        let call = steps.into_steps().remove(0).call;
        let body = serde_json::from_str(&call.body.unwrap()).unwrap();
        self.put(&asked.endpoint, "2024-01-01", body).await;
        asked.endpoint
    }

    async fn with_connection(&self, instance: &Scope, message: Option<&str>) -> Connection {
        self.with_endpoint(instance, message).await;
        let token = token(self.world).await;
        let found = self.world.app.azure.connections(&token, &instance.to_string()).await;
        let found = found.unwrap().remove(0);
        Connection { id: Scope::parse(&found.id).unwrap(), endpoint: found.endpoint }
    }
}
