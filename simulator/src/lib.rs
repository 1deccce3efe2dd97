//! Entra ID, Azure Resource Manager, Microsoft Graph and the Azure Digital Twins data plane over real HTTP on loopback.
//!
//! It shares no code with any program that calls it and knows none. One port serves everything by path:
//!
//! | path | stands for |
//! |---|---|
//! | `/entra/{tenant}/…` | `https://login.microsoftonline.com/{tenant}/…` |
//! | `/arm/…` | `https://management.azure.com/…` |
//! | `/graph/v1.0/…` | `https://graph.microsoft.com/v1.0/…` |
//! | `/twins/{host}/…` | `https://{host}/…` |
//! | `/admin/…` | nothing of Azure's: how tests bend the world; loopback peers only |
//!
//! Each service may have a port of its own besides ([`Ports`]), where it stands at the root.
//!
//! Every port answers by Azure's own names, where a client can be made to send them here ([`hosts`], [`proxy`]); the
//! addresses in such answers are Azure's own.
//!
//! A request is read whole, noted, matched against the faults, and handled by a plain function under the one lock of
//! [`state::State`]; no lock is held while waiting. Wire shapes follow Microsoft's documentation and OpenAPI files.

pub mod admin;
pub mod arm;
mod body;
pub mod clock;
pub mod entra;
pub mod faults;
pub mod graph;
pub mod graph_members;
pub mod hosts;
pub mod message;
pub mod proxy;
pub mod random;
pub mod resources;
pub mod settings;
mod shapes;
pub mod state;
pub mod store;
pub mod tenants;
pub mod tls;
pub mod twin_data;
pub mod twins;
mod wire;
pub mod world;
pub mod world_file;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::header::DATE;
use axum::response::Response;
use axum_server::tls_rustls::RustlsAcceptor;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use body::Manner;
use entra::assertions::Federated;
use faults::Drop as DropAt;
use message::{Answer, Ask, Door};
use settings::Settings;
use state::{Places, Stale, State};
use tls::Tls;
use wire::Cuts;

#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Entra,
    Arm,
    Graph,
    Twins,
    Admin,
}

/// A handler: everything that a call needs is in its arguments, and it does not wait.
pub enum Handler {
    Plain(fn(&mut State, &Ask, &Params) -> Answer),
    /// After authentication and the check of the api-version, which must be one of those named.
    Arm(&'static [&'static str], fn(&mut State, &arm::Call) -> arm::Outcome),
    /// After authentication.
    Graph(fn(&mut State, &graph::Call) -> Answer),
}

/// The decoded parts of a path by their names in the address. `{scope…}` holds the rest before the fixed end, with its slash.
pub type Params = HashMap<&'static str, String>;

type Row = (Service, &'static str, &'static str, Handler);

/// Every address. Parts in braces stand for anything; fixed parts are compared without regard to case.
#[rustfmt::skip]
pub fn addresses() -> Vec<Row> {
    use Handler::{Arm as A, Graph as G, Plain as P};
    use Service::{Admin, Arm, Entra, Graph, Twins};
    use arm::versions::*;
    vec![
        (Entra, "GET",  "/{tenant}/v2.0/.well-known/openid-configuration", P(entra::discovery)),
        (Entra, "GET",  "/common/discovery/instance", P(entra::instance)),
        (Entra, "GET",  "/{tenant}/discovery/v2.0/keys", P(entra::jwks)),
        (Entra, "GET",  "/{tenant}/oauth2/v2.0/authorize", P(entra::authorize::show)),
        (Entra, "POST", "/{tenant}/oauth2/v2.0/authorize", P(entra::authorize::submit)),
        (Entra, "POST", "/{tenant}/oauth2/v2.0/token", P(entra::token::issue)),
        (Entra, "GET",  "/{tenant}/v2.0/adminconsent", P(entra::admin_consent::page)),
        (Entra, "POST", "/{tenant}/v2.0/adminconsent", P(entra::admin_consent::page)),
        (Entra, "POST", "/{tenant}/oauth2/v2.0/devicecode", P(entra::device::begin)),
        (Entra, "GET",  "/{tenant}/oauth2/deviceauth", P(entra::device::page)),
        (Entra, "POST", "/{tenant}/oauth2/deviceauth", P(entra::device::page)),
        (Entra, "GET",  "/{tenant}/oauth2/v2.0/logout", P(entra::logout::sign_out)),
        (Entra, "POST", "/{tenant}/oauth2/v2.0/logout", P(entra::logout::sign_out)),

        (Arm, "GET",  "/tenants", A(SUBSCRIPTIONS, arm::subscriptions::tenants)),
        (Arm, "GET",  "/subscriptions", A(SUBSCRIPTIONS, arm::subscriptions::list)),
        (Arm, "GET",  "/subscriptions/{sub}", A(SUBSCRIPTIONS, arm::subscriptions::show)),
        (Arm, "GET",  "/subscriptions/{sub}/locations", A(SUBSCRIPTIONS, arm::subscriptions::locations)),
        (Arm, "GET",  "/subscriptions/{sub}/providers", A(PROVIDERS, arm::providers::list)),
        (Arm, "GET",  "/subscriptions/{sub}/providers/{namespace}", A(PROVIDERS, arm::providers::show)),
        (Arm, "POST", "/subscriptions/{sub}/providers/{namespace}/register", A(PROVIDERS, arm::providers::register)),
        (Arm, "POST", "/subscriptions/{sub}/providers/{namespace}/unregister", A(PROVIDERS, arm::providers::unregister)),
        (Arm, "GET",  "/subscriptions/{sub}/resources", A(RESOURCES, arm::inventory::list)),
        (Arm, "GET",  "/subscriptions/{sub}/resourcegroups/{rg}/resources", A(RESOURCES, arm::inventory::list_in_group)),
        (Arm, "GET",  "/subscriptions/{sub}/resourcegroups", A(RESOURCES, arm::groups::list)),
        (Arm, "GET",  "/subscriptions/{sub}/resourcegroups/{rg}", A(RESOURCES, arm::groups::show)),
        (Arm, "PUT",  "/subscriptions/{sub}/resourcegroups/{rg}", A(RESOURCES, arm::groups::put)),
        (Arm, "PATCH", "/subscriptions/{sub}/resourcegroups/{rg}", A(RESOURCES, arm::groups::patch)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}", A(RESOURCES, arm::groups::delete)),
        (Arm, "POST", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Resources/deployments/{name}/validate", A(DEPLOYMENTS, arm::deployments::validate)),
        (Arm, "POST", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Resources/deployments/{name}/whatIf", A(DEPLOYMENTS, arm::deployments::what_if)),
        (Arm, "POST", "/subscriptions/{sub}/providers/Microsoft.Resources/deployments/{name}/validate", A(DEPLOYMENTS, arm::deployments::validate)),
        (Arm, "POST", "/subscriptions/{sub}/providers/Microsoft.Resources/deployments/{name}/whatIf", A(DEPLOYMENTS, arm::deployments::what_if)),
        (Arm, "POST", "/subscriptions/{sub}/resourcegroups/{rg}/moveResources", A(RESOURCES, arm::moves::begin)),
        (Arm, "POST", "/subscriptions/{sub}/resourcegroups/{rg}/validateMoveResources", A(RESOURCES, arm::moves::validate)),
        (Arm, "GET",  "/subscriptions/{sub}/operationresults/{operation}", A(RESOURCES, arm::operations::group_result)),

        (Arm, "GET",  "/subscriptions/{sub}/providers/Microsoft.DigitalTwins/digitalTwinsInstances", A(TWINS, arm::instances::list)),
        (Arm, "GET",  "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances", A(TWINS, arm::instances::list_in_group)),
        (Arm, "GET",  "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}", A(TWINS, arm::instances::show)),
        (Arm, "PUT",  "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}", A(TWINS, arm::instances::put)),
        (Arm, "PATCH", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}", A(TWINS, arm::instances::patch)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}", A(TWINS, arm::instances::delete)),
        (Arm, "POST", "/subscriptions/{sub}/providers/Microsoft.DigitalTwins/locations/{location}/checkNameAvailability", A(TWINS, arm::instances::check_name)),
        (Arm, "GET",  "/subscriptions/{sub}/providers/Microsoft.DigitalTwins/locations/{location}/operationsStatuses/{operation}", A(TWINS, arm::operations::status)),
        (Arm, "GET",  "/subscriptions/{sub}/providers/Microsoft.DigitalTwins/locations/{location}/operationResults/{what}", A(TWINS, arm::operations::result)),

        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/endpoints", A(TWINS, arm::endpoints::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/endpoints/{child}", A(TWINS, arm::endpoints::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/endpoints/{child}", A(TWINS, arm::endpoints::put)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/endpoints/{child}", A(TWINS, arm::endpoints::delete)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/timeSeriesDatabaseConnections", A(TWINS, arm::data_history::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/timeSeriesDatabaseConnections/{child}", A(TWINS, arm::data_history::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/timeSeriesDatabaseConnections/{child}", A(TWINS, arm::data_history::put)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/timeSeriesDatabaseConnections/{child}", A(TWINS, arm::data_history::delete)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateEndpointConnections", A(TWINS, arm::private_link::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateEndpointConnections/{child}", A(TWINS, arm::private_link::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateEndpointConnections/{child}", A(TWINS, arm::private_link::put)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateEndpointConnections/{child}", A(TWINS, arm::private_link::delete)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateEndpointConnections/{child}/operationResults/{operation}", A(TWINS, arm::tracked::connection_status)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateLinkResources", A(TWINS, arm::private_link::resources)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}/privateLinkResources/{child}", A(TWINS, arm::private_link::one_resource)),
        (Arm, "GET", "/providers/Microsoft.DigitalTwins/operations", A(TWINS, arm::providers::operations)),

        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.ManagedIdentity/userAssignedIdentities", A(IDENTITIES, arm::identities::list_in_subscription)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.ManagedIdentity/userAssignedIdentities", A(IDENTITIES, arm::identities::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}", A(IDENTITIES, arm::identities::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}", A(IDENTITIES, arm::identities::put)),
        (Arm, "PATCH", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}", A(IDENTITIES, arm::identities::patch)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}", A(IDENTITIES, arm::identities::delete)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Network/virtualNetworks", A(NETWORKS, arm::networks::networks_in_subscription)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/virtualNetworks", A(NETWORKS, arm::networks::networks)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/virtualNetworks/{name}", A(NETWORKS, arm::networks::network)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/virtualNetworks/{name}/subnets", A(NETWORKS, arm::networks::subnets)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/virtualNetworks/{name}/subnets/{child}", A(NETWORKS, arm::networks::subnet)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Network/privateEndpoints", A(NETWORKS, arm::networks::list_in_subscription)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints", A(NETWORKS, arm::networks::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}", A(NETWORKS, arm::networks::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}", A(NETWORKS, arm::networks::put)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}", A(NETWORKS, arm::networks::delete)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}/privateDnsZoneGroups", A(NETWORKS, arm::networks::zone_groups)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}/privateDnsZoneGroups/{child}", A(NETWORKS, arm::networks::zone_group)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}/privateDnsZoneGroups/{child}", A(NETWORKS, arm::networks::put_zone_group)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateEndpoints/{name}/privateDnsZoneGroups/{child}", A(NETWORKS, arm::networks::delete_zone_group)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Network/locations/{location}/operations/{operation}", A(NETWORKS, arm::tracked::status)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Network/locations/{location}/operationResults/{operation}", A(NETWORKS, arm::tracked::result)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Network/privateDnsZones", A(PRIVATE_DNS, arm::private_dns::list_in_subscription)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones", A(PRIVATE_DNS, arm::private_dns::list)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}", A(PRIVATE_DNS, arm::private_dns::show)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}", A(PRIVATE_DNS, arm::private_dns::put)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}", A(PRIVATE_DNS, arm::private_dns::delete)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}/virtualNetworkLinks", A(PRIVATE_DNS, arm::private_dns::links)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}/virtualNetworkLinks/{child}", A(PRIVATE_DNS, arm::private_dns::link)),
        (Arm, "PUT", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}/virtualNetworkLinks/{child}", A(PRIVATE_DNS, arm::private_dns::put_link)),
        (Arm, "DELETE", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsZones/{name}/virtualNetworkLinks/{child}", A(PRIVATE_DNS, arm::private_dns::delete_link)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsOperationStatuses/{operation}", A(PRIVATE_DNS, arm::tracked::status)),
        (Arm, "GET", "/subscriptions/{sub}/resourcegroups/{rg}/providers/Microsoft.Network/privateDnsOperationResults/{operation}", A(PRIVATE_DNS, arm::tracked::result)),

        (Arm, "POST", "/providers/Microsoft.ResourceGraph/resources", A(RESOURCE_GRAPH, arm::resource_graph::query)),
        (Arm, "GET", "/subscriptions/{sub}/providers/Microsoft.Insights/eventtypes/management/values", A(ACTIVITY_LOG, arm::activity_log::list)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests", A(PIM, arm::pim::assignment_requests)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{name}", A(PIM, arm::pim::assignment_request)),
        (Arm, "PUT", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{name}", A(PIM, arm::pim::put_assignment)),
        (Arm, "POST", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{name}/validate", A(PIM, arm::pim::validate_assignment)),
        (Arm, "POST", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{name}/cancel", A(PIM, arm::pim::cancel_assignment)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances", A(PIM, arm::pim::assignment_instances)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests", A(PIM, arm::pim::eligibility_requests)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests/{name}", A(PIM, arm::pim::eligibility_request)),
        (Arm, "PUT", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests/{name}", A(PIM, arm::pim::put_eligibility)),
        (Arm, "POST", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests/{name}/validate", A(PIM, arm::pim::validate_eligibility)),
        (Arm, "POST", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests/{name}/cancel", A(PIM, arm::pim::cancel_eligibility)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances", A(PIM, arm::pim::eligibility_instances)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments", A(PIM, arm::pim::policies)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/locks", A(LOCKS, arm::locks::list)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/locks/{name}", A(LOCKS, arm::locks::show)),
        (Arm, "PUT", "{scope}/providers/Microsoft.Authorization/locks/{name}", A(LOCKS, arm::locks::put)),
        (Arm, "DELETE", "{scope}/providers/Microsoft.Authorization/locks/{name}", A(LOCKS, arm::locks::delete)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/denyAssignments", A(AUTHORIZATION, arm::deny::list)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/denyAssignments/{name}", A(AUTHORIZATION, arm::deny::show)),
        (Arm, "GET", "{scope}/providers/Microsoft.Authorization/policyAssignments", A(POLICY, arm::policy::list)),
        (Arm, "GET",  "{scope}/providers/Microsoft.Authorization/permissions", A(PERMISSIONS, arm::authorization::permissions)),
        (Arm, "GET",  "{scope}/providers/Microsoft.Authorization/roleDefinitions", A(DEFINITIONS, arm::role_definitions::list)),
        (Arm, "GET",  "{scope}/providers/Microsoft.Authorization/roleDefinitions/{name}", A(DEFINITIONS, arm::role_definitions::show)),
        (Arm, "GET",  "{scope}/providers/Microsoft.Authorization/roleAssignments", A(AUTHORIZATION, arm::authorization::list)),
        (Arm, "GET",  "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", A(AUTHORIZATION, arm::authorization::show)),
        (Arm, "PUT",  "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", A(AUTHORIZATION, arm::authorization::put)),
        (Arm, "DELETE", "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", A(AUTHORIZATION, arm::authorization::delete)),

        (Graph, "GET",  "/oidc/userinfo", P(entra::user_info)),
        (Graph, "GET",  "/v1.0/me", G(graph::me)),
        (Graph, "GET",  "/v1.0/users", G(graph::users)),
        (Graph, "GET",  "/v1.0/users/$count", G(graph::users)),
        (Graph, "GET",  "/v1.0/users/{id}", G(graph::user)),
        (Graph, "GET",  "/v1.0/groups", G(graph::groups)),
        (Graph, "GET",  "/v1.0/groups/$count", G(graph::groups)),
        (Graph, "GET",  "/v1.0/groups/{id}", G(graph::group)),
        (Graph, "GET",  "/v1.0/servicePrincipals", G(graph::service_principals)),
        (Graph, "GET",  "/v1.0/servicePrincipals/$count", G(graph::service_principals)),
        (Graph, "GET",  "/v1.0/servicePrincipals/{id}", G(graph::service_principal)),
        (Graph, "GET", "/v1.0/me/memberOf", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/me/transitiveMemberOf", G(graph_members::transitive_member_of)),
        (Graph, "POST", "/v1.0/me/getMemberGroups", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/me/getMemberObjects", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/me/checkMemberGroups", G(graph_members::check_member_groups)),
        (Graph, "GET", "/v1.0/users/{id}/memberOf", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/users/{id}/transitiveMemberOf", G(graph_members::transitive_member_of)),
        (Graph, "POST", "/v1.0/users/{id}/getMemberGroups", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/users/{id}/getMemberObjects", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/users/{id}/checkMemberGroups", G(graph_members::check_member_groups)),
        (Graph, "GET", "/v1.0/groups/{id}/memberOf", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMemberOf", G(graph_members::transitive_member_of)),
        (Graph, "POST", "/v1.0/groups/{id}/getMemberGroups", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/groups/{id}/getMemberObjects", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/groups/{id}/checkMemberGroups", G(graph_members::check_member_groups)),
        (Graph, "GET", "/v1.0/servicePrincipals/{id}/memberOf", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/servicePrincipals/{id}/transitiveMemberOf", G(graph_members::transitive_member_of)),
        (Graph, "POST", "/v1.0/servicePrincipals/{id}/getMemberGroups", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/servicePrincipals/{id}/getMemberObjects", G(graph_members::member_groups)),
        (Graph, "POST", "/v1.0/servicePrincipals/{id}/checkMemberGroups", G(graph_members::check_member_groups)),
        (Graph, "GET", "/v1.0/groups/{id}/members", G(graph_members::members)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMembers", G(graph_members::transitive_members)),
        (Graph, "GET", "/v1.0/me/memberOf/microsoft.graph.group", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/me/transitiveMemberOf/microsoft.graph.group", G(graph_members::transitive_member_of)),
        (Graph, "GET", "/v1.0/users/{id}/memberOf/microsoft.graph.group", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/users/{id}/transitiveMemberOf/microsoft.graph.group", G(graph_members::transitive_member_of)),
        (Graph, "GET", "/v1.0/groups/{id}/memberOf/microsoft.graph.group", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMemberOf/microsoft.graph.group", G(graph_members::transitive_member_of)),
        (Graph, "GET", "/v1.0/servicePrincipals/{id}/memberOf/microsoft.graph.group", G(graph_members::member_of)),
        (Graph, "GET", "/v1.0/servicePrincipals/{id}/transitiveMemberOf/microsoft.graph.group", G(graph_members::transitive_member_of)),
        (Graph, "GET", "/v1.0/groups/{id}/members/microsoft.graph.user", G(graph_members::members)),
        (Graph, "GET", "/v1.0/groups/{id}/members/microsoft.graph.group", G(graph_members::members)),
        (Graph, "GET", "/v1.0/groups/{id}/members/microsoft.graph.servicePrincipal", G(graph_members::members)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMembers/microsoft.graph.user", G(graph_members::transitive_members)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMembers/microsoft.graph.group", G(graph_members::transitive_members)),
        (Graph, "GET", "/v1.0/groups/{id}/transitiveMembers/microsoft.graph.servicePrincipal", G(graph_members::transitive_members)),
        (Graph, "POST", "/v1.0/directoryObjects/getByIds", G(graph_members::by_ids)),
        (Graph, "POST", "/v1.0/$batch", G(graph::batch)),

        (Twins, "GET", "/{host}/models", P(twin_data::models)),
        (Twins, "POST", "/{host}/models", P(twin_data::add_models)),
        (Twins, "GET", "/{host}/models/{id}", P(twin_data::model)),
        (Twins, "PATCH", "/{host}/models/{id}", P(twin_data::decommission)),
        (Twins, "DELETE", "/{host}/models/{id}", P(twin_data::delete_model)),
        (Twins, "POST", "/{host}/query", P(twin_data::query)),
        (Twins, "GET", "/{host}/digitaltwins/{id}", P(twin_data::twin)),
        (Twins, "PUT", "/{host}/digitaltwins/{id}", P(twin_data::put_twin)),
        (Twins, "PATCH", "/{host}/digitaltwins/{id}", P(twin_data::patch_twin)),
        (Twins, "DELETE", "/{host}/digitaltwins/{id}", P(twin_data::delete_twin)),
        (Twins, "GET", "/{host}/digitaltwins/{id}/relationships", P(twin_data::relationships)),
        (Twins, "GET", "/{host}/digitaltwins/{id}/incomingrelationships", P(twin_data::incoming)),
        (Twins, "GET", "/{host}/digitaltwins/{id}/relationships/{child}", P(twin_data::relationship)),
        (Twins, "PUT", "/{host}/digitaltwins/{id}/relationships/{child}", P(twin_data::put_relationship)),
        (Twins, "PATCH", "/{host}/digitaltwins/{id}/relationships/{child}", P(twin_data::patch_relationship)),
        (Twins, "DELETE", "/{host}/digitaltwins/{id}/relationships/{child}", P(twin_data::delete_relationship)),

        (Admin, "POST", "/reset", P(admin::reset)),
        (Admin, "GET",  "/calls", P(admin::calls)),
        (Admin, "DELETE", "/calls", P(admin::forget_calls)),
        (Admin, "GET",  "/faults", P(admin::faults)),
        (Admin, "POST", "/faults", P(admin::add_fault)),
        (Admin, "DELETE", "/faults", P(admin::clear_faults)),
        (Admin, "GET",  "/settings", P(admin::settings)),
        (Admin, "PATCH", "/settings", P(admin::change_settings)),
        (Admin, "GET",  "/clock", P(admin::clock)),
        (Admin, "POST", "/clock", P(admin::move_clock)),
        (Admin, "GET",  "/world", P(admin::world)),
        (Admin, "POST", "/role-assignments", P(admin::assign)),
        (Admin, "DELETE", "/role-assignments", P(admin::unassign)),
        (Admin, "POST", "/deny-assignments", P(arm::deny::add)),
        (Admin, "POST", "/policies", P(arm::policy::add)),
        (Admin, "POST", "/role-definitions", P(arm::role_definitions::add)),
        (Admin, "POST", "/subscriptions/{sub}/state", P(admin::set_subscription)),
        (Admin, "POST", "/people", P(admin::add_person)),
        (Admin, "POST", "/people/{who}/revoke", P(admin::revoke)),
        (Admin, "POST", "/people/{who}/block", P(admin::block)),
        (Admin, "POST", "/people/{who}/require-mfa", P(admin::require_mfa)),
        (Admin, "POST", "/keys/rotate", P(admin::rotate_keys)),
        (Admin, "POST", "/consent", P(admin::consent)),
    ]
}

/// How a simulator is to be started.
#[derive(Clone, Debug)]
pub struct Options {
    /// A loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Public base of all addresses in answers; by default `http(s)://{listen}`.
    pub base: Option<Url>,
    /// Base addresses of the services where they differ from `{base}/entra` and so on.
    pub entra: Option<Url>,
    pub arm: Option<Url>,
    pub graph: Option<Url>,
    pub twins: Option<Url>,
    /// Ports of the services' own.
    pub ports: Ports,
    /// To serve https.
    pub tls: Option<Tls>,
    /// A loopback address for a proxy by which Azure's own names lead here; port 0 takes a free one.
    pub proxy: Option<SocketAddr>,
    pub client_id: String,
    pub client_secret: String,
    /// Registered redirect URIs, compared exactly; they are also the allowed `post_logout_redirect_uri`s.
    pub redirect_uris: Vec<String>,
    /// Certificates of the application (PEM), whose assertions are accepted beside the secret.
    pub certificates: Vec<String>,
    /// Its federated credentials.
    pub federated: Vec<Federated>,
    /// Front-channel logout URL of the application.
    pub front_channel_logout: Option<String>,
    /// A world to begin with (`.toml` or `.json`) instead of the demo's.
    pub world: Option<PathBuf>,
    /// Where the world and the sign-ins are kept between runs; what is there goes before `world`.
    pub state: Option<PathBuf>,
    /// It is this time at the start.
    pub now: Option<Timestamp>,
    pub settings: Settings,
}

/// Loopback addresses where one service alone listens, at the root; port 0 takes a free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub entra: Option<SocketAddr>,
    pub arm: Option<SocketAddr>,
    pub graph: Option<SocketAddr>,
    /// Hosts follow as the first part of the path.
    pub twins: Option<SocketAddr>,
}

impl Ports {
    fn wanted(self) -> impl Iterator<Item = (Service, SocketAddr)> {
        [
            (Service::Entra, self.entra),
            (Service::Arm, self.arm),
            (Service::Graph, self.graph),
            (Service::Twins, self.twins),
        ]
        .into_iter()
        .filter_map(|(service, address)| Some((service, address?)))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            base: None,
            entra: None,
            arm: None,
            graph: None,
            twins: None,
            ports: Ports::default(),
            tls: None,
            proxy: None,
            client_id: world::demo::CLIENT_ID.into(),
            client_secret: world::demo::CLIENT_SECRET.into(),
            redirect_uris: [
                "http://localhost:8080/auth/callback",
                "http://127.0.0.1:8080/auth/callback",
                "http://localhost:8400/auth/callback",
                "http://localhost:8080/signed-out",
                "http://127.0.0.1:8080/signed-out",
                "http://localhost:8400/signed-out",
            ]
            .map(String::from)
            .to_vec(),
            certificates: Vec::new(),
            federated: Vec::new(),
            front_channel_logout: None,
            world: None,
            state: None,
            now: None,
            settings: Settings::default(),
        }
    }
}

/// A simulator at work. It stops when this is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub base: Url,
    /// The base addresses of the four services: their own ports where they have some.
    pub places: Places,
    /// Where the proxy listens.
    pub proxy: Option<SocketAddr>,
    proxying: Option<tokio::task::AbortHandle>,
    handles: Vec<axum_server::Handle<SocketAddr>>,
}

impl Running {
    pub fn stop(&self) {
        self.handles.iter().for_each(axum_server::Handle::shutdown);
        if let Some(proxying) = &self.proxying {
            proxying.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Clone)]
struct App {
    state: Arc<Mutex<State>>,
    cuts: Cuts,
    ring: Arc<tokio::sync::OnceCell<()>>,
    /// The service whose own port this is.
    port_of: Option<Service>,
}

/// Opens the ports and serves on tasks of its own. Keys are made meanwhile; only calls that need them wait.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    let own = options.ports.wanted().map(|(_, address)| address);
    for address in [Some(options.listen), options.proxy].into_iter().flatten().chain(own) {
        ensure!(
            address.ip().is_loopback(),
            "the simulator hands out tokens to anybody: it listens on loopback only, not on {address}"
        );
    }
    let listener = listen(options.listen)?;
    let address = listener.local_addr()?;
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let base = match &options.base {
        Some(base) => base.clone(),
        None => Url::parse(&format!("{scheme}://{address}"))?,
    };
    let places = places(&options, &base);
    let (mut listeners, mut port_places) = (vec![(None, listener)], places.clone());
    for (service, wanted) in options.ports.wanted() {
        let listener = listen(wanted)?;
        let at = format!("{scheme}://{}", listener.local_addr()?);
        let (place, given) = match service {
            Service::Entra => (&mut port_places.entra, &options.entra),
            Service::Arm => (&mut port_places.arm, &options.arm),
            Service::Graph => (&mut port_places.graph, &options.graph),
            Service::Twins | Service::Admin => (&mut port_places.twins, &options.twins),
        };
        if given.is_none() {
            *place = at;
        }
        listeners.push((Some(service), listener));
    }
    let mut state = State::new(&options, places)?;
    state.port_places = port_places.clone();
    let state = Arc::new(Mutex::new(state));
    let ring = Arc::default();
    let config = match &options.tls {
        Some(tls) => Some(tls.config(clock::Clock::default().now()).await?),
        None => None,
    };
    let mut handles = Vec::new();
    for (service, listener) in listeners {
        // A peer's address is unique at one port only.
        let cuts = Cuts::default();
        let app = App {
            state: Arc::clone(&state),
            cuts: cuts.clone(),
            ring: Arc::clone(&ring),
            port_of: service,
        };
        if service.is_none() {
            let early = app.clone();
            tokio::spawn(async move { early.keys_are_there().await });
        }
        let router = Router::new()
            .fallback(serve)
            .with_state(app)
            .into_make_service_with_connect_info::<SocketAddr>();
        let handle = axum_server::Handle::new();
        handles.push(handle.clone());
        let server = axum_server::from_tcp(listener)?.handle(handle);
        let acceptor = wire::Acceptor(cuts);
        match &config {
            None => {
                tokio::spawn(server.acceptor(acceptor).serve(router));
            }
            Some(config) => {
                let acceptor = RustlsAcceptor::new(config.clone()).acceptor(acceptor);
                tokio::spawn(server.acceptor(acceptor).serve(router));
            }
        }
    }
    let (mut proxy, mut proxying) = (None, None);
    if let Some(wanted) = options.proxy {
        let listener = tokio::net::TcpListener::bind(wanted)
            .await
            .with_context(|| format!("cannot listen on {wanted}"))?;
        proxy = Some(listener.local_addr()?);
        proxying = Some(tokio::spawn(proxy::serve(listener, address)).abort_handle());
    }
    Ok(Running { address, base, places: port_places, proxy, proxying, handles })
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener =
        TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn places(options: &Options, base: &Url) -> Places {
    let place = |given: &Option<Url>, name: &str| match given {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("{}/{name}", base.as_str().trim_end_matches('/')),
    };
    Places {
        base: base.clone(),
        entra: place(&options.entra, "entra"),
        arm: place(&options.arm, "arm"),
        graph: place(&options.graph, "graph"),
        twins: place(&options.twins, "twins"),
    }
}

impl App {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers hold the addresses of the door by which the call came.
    fn lock_for(&self, ask: &Ask) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.places = match ask.door {
            Door::Named => hosts::places(&state.own_places.base),
            Door::Own => state.port_places.clone(),
            Door::Shared => state.own_places.clone(),
        };
        state
    }

    async fn keys_are_there(&self) {
        self.ring
            .get_or_init(|| async {
                if self.lock().keys.is_some() {
                    return;
                }
                let ring = tokio::task::spawn_blocking(entra::keys::KeyRing::make).await;
                self.lock().keys = Some(ring.expect("making a key does not panic"));
            })
            .await;
    }
}

const BODY_LIMIT: usize = 16 * 1024 * 1024;

async fn serve(
    Shared(app): Shared<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return Answer::empty(413).into_response();
    };
    let host = head
        .uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| head.headers.get("host").and_then(|value| value.to_str().ok()))
        .unwrap_or_default();
    let found = match app.port_of {
        Some(service) => Some(at_own_port(service, host, head.uri.path())),
        None => locate(&app.lock().own_places, host, head.uri.path()),
    };
    let Some((service, path)) = found else {
        return Answer::html(404, entra::pages::front(&app.lock().own_places)).into_response();
    };
    let door = match app.port_of {
        _ if hosts::service(host) == Some(service) => Door::Named,
        Some(_) => Door::Own,
        None => Door::Shared,
    };
    let raw_query = head.uri.query().unwrap_or_default().to_owned();
    let ask = Ask {
        service,
        method: head.method.to_string(),
        segments: segments(&path),
        path,
        query: url::form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect(),
        raw_query,
        headers: head.headers,
        body,
        peer,
        door,
    };
    let answer = if service == Service::Admin {
        admin_answer(&app, &ask).await
    } else {
        app.answer(&ask).await
    };
    match answer {
        Some((answer, manner)) => {
            let bytes = answer.body.clone();
            let mut response = manner.apply(answer.into_response(), bytes);
            // By the clock that can be moved; the server would take the system's.
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&app.lock().now());
            if let Some(date) = date.ok().and_then(|date| date.parse().ok()) {
                response.headers_mut().entry(DATE).or_insert(date);
            }
            response
        }
        None => {
            app.cuts.plan(peer);
            Response::new(Body::empty())
        }
    }
}

async fn admin_answer(app: &App, ask: &Ask) -> Option<(Answer, Manner)> {
    // A page of another site, open in a browser on this machine, must not reach it either.
    let from_a_page = ask.header("origin").is_some()
        || ask.header("sec-fetch-site").is_some_and(|site| site != "none");
    if from_a_page || !ask.peer.ip().to_canonical().is_loopback() {
        return Some((Answer::empty(403), Manner::default()));
    }
    app.keys_are_there().await;
    let mut state = app.lock_for(ask);
    let answer = dispatch(&mut state, ask);
    if ask.method != "GET" {
        store::keep(&state);
    }
    Some((answer, Manner::default()))
}

impl App {
    /// `None`: the connection is to be closed without an answer.
    async fn answer(&self, ask: &Ask) -> Option<(Answer, Manner)> {
        self.keys_are_there().await;
        let (call, fault) = {
            let mut state = self.lock_for(ask);
            let call = state.note(ask);
            let names = state.callers(ask);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let seen = faults::Seen {
                service: ask.service,
                method: &ask.method,
                path: &ask.path,
                callers: &names,
            };
            (call, state.faults.pick(&seen))
        };
        let Some(fault) = fault else {
            let mut state = self.lock_for(ask);
            let answer = as_seen(&mut state, ask);
            return Some((settled(&mut state, call, answer), Manner::default()));
        };
        if let Some(delay) = fault.delay_ms {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if fault.drop == Some(DropAt::Before) {
            return None;
        }
        let answer = self.faulty(ask, call, &fault);
        match fault.drop {
            Some(DropAt::After) => return None,
            Some(DropAt::Silence) => std::future::pending().await,
            Some(DropAt::Before) | None => {}
        }
        let slow = fault.slow_ms.map(Duration::from_millis);
        Some((answer, Manner { truncate: fault.truncate, slow }))
    }

    /// What a call comes to under a fault.
    fn faulty(&self, ask: &Ask, call: u64, fault: &faults::Fault) -> Answer {
        let mut state = self.lock_for(ask);
        let before = fault.stale_reads.map(|reads| (reads, state.world.clone()));
        let answer = if fault.answers() && fault.drop.is_none() {
            let authority = state.authority(&ask.path);
            match (ask.service, fault.redirected(&ask.path)) {
                (Service::Entra, Some((number, error, text))) => {
                    entra::authorize::refuse(&state, ask, error, number, text)
                }
                (service, _) => {
                    let answer = fault.answer(
                        service,
                        state.now(),
                        &authority,
                        state.settings.recent_challenges,
                    );
                    // A body that the rule gives is meant to be as it is.
                    let answer = if fault.body.is_none() && fault.content_type.is_none() {
                        as_promised(&mut state, ask, None, answer)
                    } else {
                        answer
                    };
                    if service == Service::Arm {
                        arm::envelope::dress(answer, ask, &state, None)
                    } else {
                        answer
                    }
                }
            }
        } else {
            fault.labelled(as_seen(&mut state, ask))
        };
        if let Some((reads_left, world)) = before.filter(|(reads, _)| *reads > 0) {
            let (service, path) = match fault.stale_in {
                Some(service) => (service, String::new()),
                None => (ask.service, ask.path.to_ascii_lowercase()),
            };
            state.stale.push(Stale { world, service, path, reads_left });
        }
        settled(&mut state, call, answer)
    }
}

/// Runs a call, a read perhaps against the world before a write that is not visible yet.
fn as_seen(state: &mut State, ask: &Ask) -> Answer {
    let reads = reads(ask);
    let concerned = state.stale.iter().position(|stale| reads && stale.concerns(ask));
    let Some(oldest) = concerned else {
        let answer = dispatch(state, ask);
        if !reads {
            store::keep(state);
        }
        return answer;
    };
    let now = std::mem::replace(&mut state.world, state.stale[oldest].world.clone());
    let answer = dispatch(state, ask);
    state.world = now;
    for stale in state.stale.iter_mut().filter(|stale| stale.concerns(ask)) {
        stale.reads_left -= 1;
    }
    state.stale.retain(|stale| stale.reads_left > 0);
    answer
}

/// Microsoft Graph is only read here, queries of the data plane read, and Entra ID is not about the world.
fn reads(ask: &Ask) -> bool {
    let gets = matches!(ask.method.as_str(), "GET" | "HEAD");
    match ask.service {
        Service::Arm => gets,
        Service::Graph => true,
        Service::Twins => gets || ask.path.ends_with("/query"),
        Service::Entra | Service::Admin => false,
    }
}

fn settled(state: &mut State, n: u64, answer: Answer) -> Answer {
    let misshapen = state.misshapen.take();
    if let Some(call) = state.calls.iter_mut().rev().find(|call| call.n == n) {
        call.status = Some(answer.status);
        call.misshapen = misshapen;
        if call.correlation_id.is_none() {
            call.correlation_id = answer.header("x-ms-correlation-request-id").map(str::to_owned);
        }
    }
    answer
}

/// Finds the row for a call and runs it.
pub(crate) fn dispatch(state: &mut State, ask: &Ask) -> Answer {
    let now = state.now();
    state.world.settle(now);
    let mut known = false;
    let segments = match ask.service {
        Service::Graph => graph::keyed(&ask.segments),
        _ => ask.segments.clone(),
    };
    for (service, method, pattern, handler) in addresses() {
        if service != ask.service {
            continue;
        }
        let Some(params) = params(pattern, &segments) else { continue };
        known = true;
        // What has an id in ARM can be asked for without its body.
        let at_id = ask.method == "HEAD" && service == Service::Arm && pattern.ends_with('}');
        if method != ask.method && !(at_id && method == "GET") {
            continue;
        }
        let answer = match handler {
            Handler::Plain(handle) => handle(state, ask, &params),
            Handler::Arm(versions, handle) => arm::serve(state, ask, params, versions, handle),
            Handler::Graph(handle) => graph::serve(state, ask, params, handle),
        };
        return as_promised(state, ask, Some(pattern), answer);
    }
    let answer = match (ask.service, known) {
        (Service::Arm, _) => arm::unknown(state, ask),
        (Service::Graph, _) => graph::unknown(state, ask),
        (_, true) => Answer::empty(405),
        (_, false) => Answer::empty(404),
    };
    as_promised(state, ask, None, answer)
}

/// The answer, unless it is to be compared with its shape and breaks it.
fn as_promised(
    state: &mut State,
    ask: &Ask,
    pattern: Option<&'static str>,
    answer: Answer,
) -> Answer {
    if !state.settings.check_shapes {
        return answer;
    }
    let Some(problem) = shapes::problem(ask, pattern, &answer) else { return answer };
    tracing::error!(service = ?ask.service, "an answer breaks its shape: {problem}");
    let withheld = shapes::withheld(&problem);
    state.misshapen = Some(problem);
    withheld
}

/// At a port of its own a service has every path, whatever the host; data-plane hosts stand in front unless they are named.
fn at_own_port(service: Service, host: &str, path: &str) -> (Service, String) {
    match hosts::service(host) {
        Some(Service::Twins) if service == Service::Twins => (service, format!("/{host}{path}")),
        _ => (service, path.to_owned()),
    }
}

/// Which service an address belongs to: by host where a service has one of its own, else by the first part of the path.
fn locate(places: &Places, host: &str, path: &str) -> Option<(Service, String)> {
    match hosts::service(host) {
        Some(Service::Twins) => return Some((Service::Twins, format!("/{host}{path}"))),
        Some(service) => return Some((service, path.to_owned())),
        None => {}
    }
    let services = [
        (Service::Entra, "/entra", &places.entra),
        (Service::Arm, "/arm", &places.arm),
        (Service::Graph, "/graph", &places.graph),
        (Service::Twins, "/twins", &places.twins),
    ];
    let below = |prefix: &str| {
        let rest = path.strip_prefix(prefix)?;
        (rest.is_empty() || rest.starts_with('/'))
            .then(|| if rest.is_empty() { "/".to_owned() } else { rest.to_owned() })
    };
    for (service, _, place) in services {
        let Ok(url) = Url::parse(place) else { continue };
        let authority = url.authority();
        if authority == places.base.authority() || !authority.eq_ignore_ascii_case(host) {
            continue;
        }
        if let Some(rest) = below(url.path().trim_end_matches('/')) {
            return Some((service, rest));
        }
    }
    let prefix = places.base.path().trim_end_matches('/');
    let names = services
        .into_iter()
        .map(|(service, name, _)| (service, name))
        .chain([(Service::Admin, "/admin")]);
    for (service, name) in names {
        if let Some(rest) = below(&format!("{prefix}{name}")).or_else(|| below(name)) {
            return Some((service, rest));
        }
    }
    None
}

fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect()
}

fn params(pattern: &'static str, segments: &[String]) -> Option<Params> {
    let mut params = Params::new();
    let (fixed, segments) = match pattern.strip_prefix("{scope}") {
        None => (pattern, segments),
        Some(end) => {
            let split = segments.len().checked_sub(end.split('/').count() - 1)?;
            params
                .insert("scope", segments[..split].iter().map(|part| format!("/{part}")).collect());
            (end, &segments[split..])
        }
    };
    let parts: Vec<&'static str> = fixed.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() != segments.len() {
        return None;
    }
    for (part, segment) in parts.into_iter().zip(segments) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => {
                params.insert(name, segment.clone());
            }
            None if part.eq_ignore_ascii_case(segment) => {}
            None => return None,
        }
    }
    Some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_match_whatever_their_case_and_take_scopes_whole() {
        let path = segments(
            "/subscriptions/S/resourceGroups/rg%20x/providers/microsoft.authorization/ROLEASSIGNMENTS/n",
        );
        let found =
            params("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", &path)
                .expect("it can be read");
        assert_eq!(found["scope"], "/subscriptions/S/resourceGroups/rg x");
        assert_eq!(found["name"], "n");
        assert!(params("/subscriptions/{sub}", &path).is_none());
    }

    #[test]
    fn a_service_with_a_host_of_its_own_is_found_by_it() {
        let base = Url::parse("http://127.0.0.1:1").expect("it can be read");
        let arm = Some(Url::parse("http://arm.localhost:1/").expect("it can be read"));
        let places = places(&Options { arm, ..Options::default() }, &base);
        assert_eq!(
            locate(&places, "arm.localhost:1", "/subscriptions"),
            Some((Service::Arm, "/subscriptions".into()))
        );
        assert_eq!(locate(&places, "127.0.0.1:1", "/arm/x"), Some((Service::Arm, "/x".into())));
        assert_eq!(locate(&places, "127.0.0.1:1", "/subscriptions"), None);
    }
}
