//! The ordered steps that fulfil a request, each as the exact call that will be sent.
//! Knows Azure's addresses and bodies, and nothing of sending them.

pub mod az;
pub mod bicep;
mod networking;
mod steps;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use steps::{Steps, assignment_name};

use super::{
    asked::{Asked, Assignment, Connection, IdentityChange, IdentityState, Tags},
    permission::Need,
    person::Person,
    principal::{InstanceIdentity, Principal},
    role::AssignedRole,
    scope::Scope,
};
use crate::{text, words::Text};

/// One call to Azure and what it is for. Written when the request is made and never computed
/// again: what is shown, approved, sent and kept is this one value.
///
/// Names inside are a file format: add, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub action: Action,
    pub call: Call,
    /// All of these must be held by the person in whose name the step runs.
    pub needs: Vec<Need>,
    /// Sent as `x-ms-correlation-request-id`, so that Azure's Activity Log can be joined to the
    /// history. The same at every attempt.
    pub correlation: Uuid,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    RegisterProvider {
        subscription: String,
    },
    EnsureResourceGroup {
        group: Scope,
    },
    CreateInstance {
        instance: Scope,
        region: String,
    },
    AssignRole {
        /// Called so in what is kept since roles were assigned on instances only.
        #[serde(rename = "instance")]
        scope: Scope,
        assignment: Uuid,
        role: AssignedRole,
        principal: Principal,
        /// Only while the principal is this identity, which may be gone meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<InstanceIdentity>,
    },
    RemoveRole {
        assignment: Assignment,
    },
    ChangeIdentity {
        instance: Scope,
        change: IdentityChange,
        /// Only an instance that still stands like this is changed.
        seen: IdentityState,
    },
    ChangeTags {
        instance: Scope,
        /// Only an instance that still has these is changed.
        before: Tags,
        after: Tags,
    },
    DeleteInstance {
        instance: Scope,
        /// Only the one that was made then is deleted.
        created_at: String,
    },
    /// The data plane is asked with the requester's own token.
    Verify {
        instance: Scope,
    },
    CreatePrivateEndpoint {
        endpoint: Scope,
        instance: Scope,
        subnet: Scope,
    },
    /// The private DNS zone.
    EnsurePrivateZone {
        zone: Scope,
    },
    /// The virtual network finds names in the zone.
    LinkPrivateZone {
        link: Scope,
        network: Scope,
    },
    /// The zone gets the private endpoint's record.
    JoinPrivateZone {
        group: Scope,
        zone: Scope,
    },
    SetPublicAccess {
        instance: Scope,
        enabled: bool,
    },
    DecideConnection {
        connection: Connection,
        approve: bool,
    },
    RemoveConnection {
        connection: Connection,
    },
}

impl Action {
    /// The word under which it is kept.
    pub fn kind(&self) -> &'static str {
        match self {
            Action::RegisterProvider { .. } => "register_provider",
            Action::EnsureResourceGroup { .. } => "ensure_resource_group",
            Action::CreateInstance { .. } => "create_instance",
            Action::AssignRole { .. } => "assign_role",
            Action::RemoveRole { .. } => "remove_role",
            Action::ChangeIdentity { .. } => "change_identity",
            Action::ChangeTags { .. } => "change_tags",
            Action::DeleteInstance { .. } => "delete_instance",
            Action::Verify { .. } => "verify",
            Action::CreatePrivateEndpoint { .. } => "create_private_endpoint",
            Action::EnsurePrivateZone { .. } => "ensure_private_zone",
            Action::LinkPrivateZone { .. } => "link_private_zone",
            Action::JoinPrivateZone { .. } => "join_private_zone",
            Action::SetPublicAccess { .. } => "set_public_access",
            Action::DecideConnection { .. } => "decide_connection",
            Action::RemoveConnection { .. } => "remove_connection",
        }
    }

    pub fn title(&self) -> Text {
        match self {
            Action::RegisterProvider { .. } => text!("do-register-provider"),
            Action::EnsureResourceGroup { group } => {
                text!("do-ensure-resource-group", name = group.short())
            }
            Action::CreateInstance { instance, .. } => {
                text!("do-create-instance", name = instance.short())
            }
            Action::AssignRole { scope, role, principal, identity: Some(_), .. } => text!(
                "do-assign-identity-role",
                role = role.name(),
                name = principal.label(),
                place = scope.short()
            ),
            Action::AssignRole { role, principal, .. } => {
                text!("do-assign-role", role = role.name(), name = principal.label())
            }
            Action::RemoveRole { assignment } => text!(
                "do-remove-role",
                role = &assignment.role_name,
                name = assignment.holder.label()
            ),
            Action::ChangeIdentity { instance, change, .. } => change.title(instance),
            Action::ChangeTags { instance, .. } => text!("do-change-tags", name = instance.short()),
            Action::DeleteInstance { instance, .. } => {
                text!("do-delete-instance", name = instance.short())
            }
            Action::Verify { instance } => text!("do-verify", name = instance.short()),
            Action::CreatePrivateEndpoint { endpoint, .. } => {
                text!("do-create-private-endpoint", name = endpoint.short())
            }
            Action::EnsurePrivateZone { zone } => {
                text!("do-ensure-private-zone", name = zone.short())
            }
            Action::LinkPrivateZone { network, .. } => {
                text!("do-link-private-zone", name = network.short())
            }
            Action::JoinPrivateZone { group, .. } => match group.parent() {
                Some(endpoint) => text!("do-join-private-zone", name = endpoint.short()),
                None => text!("do-join-private-zone-unnamed"),
            },
            Action::SetPublicAccess { instance, enabled: true } => {
                text!("do-enable-public-access", name = instance.short())
            }
            Action::SetPublicAccess { instance, enabled: false } => {
                text!("do-disable-public-access", name = instance.short())
            }
            Action::DecideConnection { connection, approve: true } => {
                text!("do-approve-connection", name = connection.short())
            }
            Action::DecideConnection { connection, approve: false } => {
                text!("do-reject-connection", name = connection.short())
            }
            Action::RemoveConnection { connection } => {
                text!("do-remove-connection", name = connection.short())
            }
        }
    }

    /// Trying is not doing: a request is done before it is verified, and stays done without.
    pub fn is_verification(&self) -> bool {
        matches!(self, Action::Verify { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub method: Method,
    /// Path and query on Azure Resource Manager; for a verification, on the instance's own host.
    pub path: String,
    /// The text that is sent, byte for byte.
    pub body: Option<String>,
}

impl Call {
    /// The body laid out to be read; empty when there is none. What is sent stands in `body`.
    pub fn readable_body(&self) -> String {
        self.body
            .as_deref()
            .and_then(|body| serde_json::from_str::<serde_json::Value>(body).ok())
            .and_then(|value| serde_json::to_string_pretty(&value).ok())
            .unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Put,
    Post,
    Patch,
    Delete,
}

impl Method {
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// The api-versions that plans are written in; the newest stable ones of Microsoft's OpenAPI
/// files that every cloud serves.
pub const RESOURCES_API: &str = "2021-04-01";
pub const INSTANCES_API: &str = "2023-01-31";
pub const ASSIGNMENTS_API: &str = "2022-04-01";
pub const MODELS_API: &str = "2023-10-31";
pub const NETWORK_API: &str = "2024-01-01";
pub const PRIVATE_DNS_API: &str = "2020-06-01";

/// What could be seen of Azure when the request was made. `None` is "could not be seen".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    pub provider_registered: Option<bool>,
}

/// Which request a plan is for, and the how-manieth time it is asked. What is the same otherwise is
/// another plan then: nobody approves one that they have not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub request: Uuid,
    /// 1 at first.
    pub revision: u32,
}

impl Round {
    pub fn first(request: Uuid) -> Round {
        Round { request, revision: 1 }
    }

    /// The correlation ID of the step at `position`.
    fn correlation(self, position: usize) -> Uuid {
        let name = match self.revision {
            // As it was before anything could be asked twice.
            0 | 1 => position.to_string(),
            revision => format!("{revision}/{position}"),
        };
        Uuid::new_v5(&self.request, name.as_bytes())
    }
}

/// The steps that fulfil what is asked.
pub fn plan(round: Round, asked: &Asked, requester: &Person, seen: Surroundings) -> Vec<Step> {
    let mut steps = Steps::new(round);
    asked.plan(&mut steps, requester, seen);
    steps.into_steps()
}

/// What stands for the whole plan when somebody approves it: SHA-256 over its steps, hexadecimal.
pub fn digest<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    let mut hash = Sha256::new();
    for step in steps {
        // A step is made of texts, numbers and ids: it always has a JSON form.
        hash.update(serde_json::to_vec(step).unwrap_or_default());
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{asked::*, principal::PrincipalKind, role::Role};

    fn nina() -> Person {
        Person {
            id: "11111111-1111-4111-8111-111111111111".into(),
            name: "Nina".into(),
            upn: "nina@contoso.com".into(),
            auditor: false,
        }
    }

    fn principal(id: &str) -> Principal {
        Principal { id: id.into(), kind: PrincipalKind::User, name: None, mail: None }
    }

    fn create(new_group: bool, grants: &[&str]) -> Asked {
        Asked::CreateInstance(CreateInstance {
            subscription: Subscription { id: "S".into(), name: "Production".into() },
            group: "rg".into(),
            new_group,
            name: "dt-1".into(),
            region: "westeurope".into(),
            region_name: "West Europe".into(),
            tags: [("team".to_owned(), "plant".to_owned())].into(),
            networking: Networking::default(),
            system_identity: false,
            grants: grants
                .iter()
                .map(|id| Grantee { principal: principal(id), role: Role::DataOwner })
                .collect(),
            justification: "why".into(),
        })
    }

    fn done(steps: &[Step]) -> Vec<&'static str> {
        steps
            .iter()
            .map(|step| match step.action {
                Action::RegisterProvider { .. } => "register",
                Action::EnsureResourceGroup { .. } => "group",
                Action::CreateInstance { .. } => "instance",
                Action::AssignRole { .. } => "role",
                Action::RemoveRole { .. } => "removal",
                Action::ChangeIdentity { .. } => "identity",
                Action::ChangeTags { .. } => "tags",
                Action::DeleteInstance { .. } => "delete",
                Action::Verify { .. } => "verify",
                Action::CreatePrivateEndpoint { .. } => "endpoint",
                Action::EnsurePrivateZone { .. } => "zone",
                Action::LinkPrivateZone { .. } => "link",
                Action::JoinPrivateZone { .. } => "record",
                Action::SetPublicAccess { .. } => "access",
                Action::DecideConnection { .. } => "decide",
                Action::RemoveConnection { .. } => "remove",
            })
            .collect()
    }

    const SEEN: Surroundings = Surroundings { provider_registered: Some(true) };

    #[test]
    fn steps_that_are_not_needed_are_left_out() {
        let me = nina();
        let steps = |asked, seen| plan(Round::first(Uuid::nil()), &asked, &me, seen);
        assert_eq!(done(&steps(create(false, &[]), SEEN)), ["instance"]);
        assert_eq!(
            done(&steps(create(true, &[&me.id]), Surroundings::default())),
            ["register", "group", "instance", "role", "verify"]
        );
        assert_eq!(done(&steps(create(false, &["somebody-else"]), SEEN)), ["instance", "role"]);
    }

    #[test]
    fn the_instance_is_put_with_who_asked_for_it() {
        let steps = plan(Round::first(Uuid::nil()), &create(false, &[]), &nina(), SEEN);
        assert_eq!(
            steps[0].call.path,
            "/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1?api-version=2023-01-31"
        );
        let body: serde_json::Value =
            serde_json::from_str(steps[0].call.body.as_deref().expect("a body")).expect("JSON");
        assert_eq!(
            body,
            json!({
                "location": "westeurope",
                "properties": { "publicNetworkAccess": "Enabled" },
                "tags": {
                    "team": "plant",
                    "twindesk-request": "00000000-0000-0000-0000-000000000000",
                    "requested-by": "nina@contoso.com",
                },
            })
        );
    }

    fn endpoint(name: &str, group: &str, message: Option<&str>) -> PrivateEndpoint {
        let resource = |path: &str| Scope::resource("S", group, path);
        PrivateEndpoint {
            endpoint: resource(&format!("Microsoft.Network/privateEndpoints/{name}")),
            region: "westeurope".into(),
            subnet: Scope::resource(
                "S",
                "rg-net",
                "Microsoft.Network/virtualNetworks/vnet/subnets/default",
            ),
            request_message: message.map(str::to_owned),
            zone: Some(resource(
                "Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net",
            )),
        }
    }

    fn body(step: &Step) -> serde_json::Value {
        serde_json::from_str(step.call.body.as_deref().expect("a body")).expect("JSON")
    }

    #[test]
    fn private_endpoints_come_after_the_instance_and_share_what_they_have_in_common() {
        let Asked::CreateInstance(mut create) = create(true, &[&nina().id]) else { unreachable!() };
        create.networking.public_access_disabled = true;
        create.networking.private_endpoints =
            vec![endpoint("pe-1", "rg", None), endpoint("pe-2", "rg", Some("please"))];
        create.system_identity = true;
        let steps = plan(Round::first(Uuid::nil()), &Asked::CreateInstance(create), &nina(), SEEN);
        assert_eq!(
            done(&steps),
            [
                "group", "instance", "endpoint", "zone", "link", "record", "endpoint", "record",
                "role", "verify"
            ]
        );
        assert_eq!(body(&steps[1])["properties"]["publicNetworkAccess"], "Disabled");
        assert_eq!(body(&steps[1])["identity"], json!({ "type": "SystemAssigned" }));
        let (own, asking) = (body(&steps[2]), body(&steps[6]));
        assert!(own["properties"]["privateLinkServiceConnections"].is_array());
        let manual = &asking["properties"]["manualPrivateLinkServiceConnections"][0]["properties"];
        assert_eq!(
            (&manual["requestMessage"], &manual["groupIds"]),
            (&json!("please"), &json!(["API"]))
        );
        // What is in the new group is asked about where something exists already.
        let needs = |step: &Step| -> Vec<String> {
            step.needs
                .iter()
                .map(|need| {
                    format!("{} {}", need.action.rsplit_once('/').unwrap_or_default().0, need.scope)
                })
                .collect()
        };
        let subnet = "/subscriptions/S/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default";
        assert_eq!(
            needs(&steps[2]),
            [
                "Microsoft.Network/privateEndpoints /subscriptions/S".to_owned(),
                format!("Microsoft.Network/virtualNetworks/subnets/join {subnet}"),
                "Microsoft.DigitalTwins/digitalTwinsInstances/PrivateEndpointConnectionsApproval /subscriptions/S".to_owned(),
            ]
        );
        assert_eq!(steps[6].needs.len(), 2, "who asks need not be able to approve");
        let correlations: std::collections::HashSet<_> =
            steps.iter().map(|step| step.correlation).collect();
        assert_eq!(correlations.len(), steps.len());
    }

    #[test]
    fn one_assignment_has_one_name_however_it_is_spelled() {
        let scope = Scope::instance("S", "RG", "DT-1");
        let same = Scope::instance("s", "rg", "dt-1");
        assert_eq!(
            assignment_name(&scope, "ABC", Role::DataOwner.guid()),
            assignment_name(&same, "abc", Role::DataOwner.guid())
        );
        assert_ne!(
            assignment_name(&scope, "abc", Role::DataOwner.guid()),
            assignment_name(&scope, "abc", Role::DataReader.guid())
        );
    }

    #[test]
    fn needs_are_asked_where_something_exists_already() {
        let at = |new_group| {
            plan(Round::first(Uuid::nil()), &create(new_group, &["x"]), &nina(), SEEN)
                .iter()
                .flat_map(|step| step.needs.iter().map(|need| need.scope.to_string()))
                .collect::<Vec<_>>()
        };
        assert_eq!(at(true), ["/subscriptions/S"; 3]);
        assert_eq!(at(false), ["/subscriptions/S/resourceGroups/rg"; 2]);
    }

    fn changed(change: IdentityChange, seen: IdentityState) -> Step {
        let mut steps = Steps::new(Round::first(Uuid::nil()));
        steps.change_identity(&Scope::instance("S", "rg", "dt-1"), &change, &seen);
        steps.into_steps().remove(0)
    }

    fn identity(name: &str) -> Scope {
        let path = format!("Microsoft.ManagedIdentity/userAssignedIdentities/{name}");
        Scope::resource("S", "rg-id", &path)
    }

    #[test]
    fn a_change_of_identities_names_only_what_changes() {
        let both = IdentityState::new(Some("p".into()), vec![identity("a"), identity("b")]);
        let body = |change| {
            let step = changed(change, both.clone());
            assert_eq!(step.call.method.word(), "PATCH");
            let body: serde_json::Value =
                serde_json::from_str(step.call.body.as_deref().expect("a body")).expect("JSON");
            body["identity"].clone()
        };
        let id = |name: &str| identity(name).to_string();
        assert_eq!(body(IdentityChange::SystemOff), json!({ "type": "UserAssigned" }));
        assert_eq!(
            body(IdentityChange::Remove { identities: vec![identity("a")] }),
            json!({ "type": "SystemAssigned,UserAssigned", "userAssignedIdentities": { (id("a")): null } })
        );
        assert_eq!(
            body(IdentityChange::Remove { identities: vec![identity("a"), identity("b")] }),
            json!({ "type": "SystemAssigned" })
        );
        assert_eq!(
            body(IdentityChange::Associate { identities: vec![identity("b"), identity("c")] }),
            json!({ "type": "SystemAssigned,UserAssigned", "userAssignedIdentities": { (id("c")): {} } })
        );
    }

    #[test]
    fn who_associates_an_identity_must_be_allowed_to_assign_it() {
        let needs = |change| -> Vec<String> {
            let step = changed(change, IdentityState::default());
            step.needs
                .iter()
                .map(|need| format!("{} at {}", need.action, need.scope.short()))
                .collect()
        };
        let write = "Microsoft.DigitalTwins/digitalTwinsInstances/write at dt-1";
        assert_eq!(needs(IdentityChange::SystemOn), [write]);
        assert_eq!(
            needs(IdentityChange::Associate { identities: vec![identity("a")] }),
            [write, "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action at a"]
        );
    }

    #[test]
    fn a_plan_survives_being_kept_and_its_digest_tells_any_change() {
        let steps = plan(
            Round::first(Uuid::nil()),
            &create(true, &["x"]),
            &nina(),
            Surroundings::default(),
        );
        let kept = serde_json::to_string(&steps).expect("JSON");
        let read: Vec<Step> = serde_json::from_str(&kept).expect("the same");
        assert_eq!(read, steps);
        assert_eq!(digest(&read), digest(&steps));
        let mut other = read;
        other[2].call.body =
            other[2].call.body.as_ref().map(|body| body.replace("westeurope", "eastus"));
        assert_ne!(digest(&other), digest(&steps));
    }

    #[test]
    fn a_body_is_laid_out_to_be_read() {
        let call = |body: Option<&str>| Call {
            method: Method::Put,
            path: "/x".into(),
            body: body.map(str::to_owned),
        };
        assert_eq!(call(Some(r#"{"a":1}"#)).readable_body(), "{\n  \"a\": 1\n}");
        assert_eq!(call(None).readable_body(), "");
    }
}
