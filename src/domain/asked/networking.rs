//! How an instance is reached: public network access, and private endpoints in virtual networks.

use serde::{Deserialize, Serialize};

use super::{Fact, Problems, names::wrong_with_group};
use crate::{
    domain::{plan::Steps, principal::is_guid, scope::Scope},
    text,
    words::Text,
};

/// "You can have up to 10 private endpoints" (Private Link with Azure Digital Twins).
pub const MOST_ENDPOINTS: usize = 10;
/// The private DNS zone in which the host names of instances are found.
pub const ZONE: &str = "privatelink.digitaltwins.azure.net";
/// `privateEndpoint.json` 2024-01-01, `requestMessage`.
const LONGEST_MESSAGE: usize = 140;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Networking {
    /// "Public network access" is Disabled.
    pub public_access_disabled: bool,
    pub private_endpoints: Vec<PrivateEndpoint>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateEndpoint {
    /// Its resource id: where it is made, and its name.
    pub endpoint: Scope,
    pub region: String,
    pub subnet: Scope,
    /// The connection waits on the instance for somebody's approval, who reads this. Without it the
    /// connection is approved as it is made.
    pub request_message: Option<String>,
    /// The private DNS zone, which is found there or made.
    pub zone: Option<Scope>,
}

/// A private endpoint's connection, as the instance shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: Scope,
    /// Resource id of the private endpoint at its other end.
    pub endpoint: String,
}

impl Connection {
    /// What people call it: the name of the private endpoint.
    pub fn short(&self) -> &str {
        self.endpoint.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(self.id.short())
    }

    pub fn fact(&self) -> Fact {
        endpoint_fact(self.short(), Text::none())
    }
}

impl Networking {
    /// As every instance is where nothing else is asked for.
    pub fn is_public(&self) -> bool {
        *self == Networking::default()
    }

    pub fn access_word(&self) -> &'static str {
        access_word(!self.public_access_disabled)
    }

    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![access_fact(!self.public_access_disabled)];
        facts.extend(self.private_endpoints.iter().map(PrivateEndpoint::fact));
        facts
    }
}

/// As Azure writes it.
pub fn access_word(enabled: bool) -> &'static str {
    if enabled { "Enabled" } else { "Disabled" }
}

/// The same for people.
pub fn access_text(enabled: bool) -> Text {
    if enabled { text!("networking-enabled") } else { text!("networking-disabled") }
}

pub fn access_fact(enabled: bool) -> Fact {
    Fact::of(text!("networking-public-access"), access_text(enabled))
}

fn endpoint_fact(name: &str, note: Text) -> Fact {
    Fact::noted(text!("networking-endpoint"), Text::verbatim(name.to_owned()), note)
}

/// What people call the state of a connection, which Azure names so.
pub fn state_text(status: &str) -> Text {
    match status {
        "Approved" => text!("networking-state-approved"),
        "Rejected" => text!("networking-state-rejected"),
        "Pending" => text!("networking-state-pending"),
        "Disconnected" => text!("networking-state-disconnected"),
        other => Text::verbatim(other.to_owned()),
    }
}

impl PrivateEndpoint {
    pub fn fact(&self) -> Fact {
        let approval = if self.request_message.is_none() { "automatic" } else { "manual" };
        let zone_group = self.zone.as_ref().and_then(Scope::group_name);
        let network = network_of(&self.subnet).map_or_else(String::new, |network| {
            format!("{} / {}, ", network.short(), self.subnet.short())
        });
        let note = text!(
            "networking-endpoint-note",
            place = format!("{network}{}", self.region),
            approval = approval,
            zone = if zone_group.is_none() { "none" } else { "some" },
            group = zone_group.unwrap_or_default()
        );
        endpoint_fact(self.endpoint.short(), note)
    }

    /// The endpoint, then what makes the instance's host name lead to it. What is in `new_group`
    /// does not exist yet, nor may the instance: what is needed there must be held further out.
    pub fn plan(
        &self,
        steps: &mut Steps,
        instance: &Scope,
        instance_at: &Scope,
        new_group: Option<&Scope>,
    ) {
        let held_at = |scope: &Scope| {
            let group = Scope::group(scope.subscription_id(), scope.group_name().unwrap_or("-"));
            match new_group {
                Some(new) if *new == group => Scope::subscription(scope.subscription_id()),
                _ => scope.clone(),
            }
        };
        let group = self.endpoint.group_name().unwrap_or_default();
        let group = Scope::group(self.endpoint.subscription_id(), group);
        steps.create_private_endpoint(self, instance, instance_at, &held_at(&group));
        let (Some(zone), Some(network)) = (&self.zone, network_of(&self.subnet)) else { return };
        steps.ensure_private_zone(zone, &held_at(zone));
        steps.link_private_zone(zone, &network, &held_at(zone));
        steps.join_private_zone(&self.endpoint, zone, &held_at(&group), &held_at(zone));
    }
}

/// The virtual network that a subnet is part of.
pub fn network_of(subnet: &Scope) -> Option<Scope> {
    let id = subnet.to_string();
    Scope::parse(&id[..id.to_ascii_lowercase().rfind("/subnets/")?])
}

/// What was typed about one private endpoint; what was left empty is filled in already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointText<'a> {
    /// Which of the form's rows it is, counted from 1.
    pub row: usize,
    pub name: &'a str,
    pub subscription: &'a str,
    pub group: &'a str,
    /// The group is made by the same request.
    pub new_group: bool,
    pub region: &'a str,
    /// Its resource id.
    pub subnet: &'a str,
    pub manual: bool,
    pub message: &'a str,
    /// Subscription and resource group of the private DNS zone, where it is wanted.
    pub zone: Option<(&'a str, &'a str)>,
}

pub fn parse_endpoints(rows: &[EndpointText<'_>], problems: &mut Problems) -> Vec<PrivateEndpoint> {
    let mut endpoints: Vec<PrivateEndpoint> = Vec::new();
    for row in rows {
        let Some(endpoint) = parse_endpoint(row, problems) else { continue };
        if endpoints.iter().any(|other| other.endpoint == endpoint.endpoint) {
            problems.add_in(row.row, "pe-name", text!("endpoint-twice"));
        }
        endpoints.push(endpoint);
    }
    if rows.len() > MOST_ENDPOINTS {
        problems.add("endpoints", text!("endpoint-most", most = MOST_ENDPOINTS));
    }
    endpoints
}

fn parse_endpoint(text: &EndpointText<'_>, problems: &mut Problems) -> Option<PrivateEndpoint> {
    let before = problems.0.len();
    let row = text.row;
    let name = text.name.trim();
    if let Some(problem) = wrong_with_endpoint_name(name) {
        problems.add_in(row, "pe-name", problem);
    }
    if !is_guid(text.subscription.trim()) {
        problems.add_in(row, "pe-subscription", text!("endpoint-subscription-wrong"));
    }
    if let Some(problem) = wrong_with_group(text.group.trim(), text.new_group) {
        problems.add_in(row, "pe-group", problem);
    }
    let region = text.region.trim();
    if region.is_empty() || !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        problems.add_in(row, "pe-region", text!("endpoint-region-wrong"));
    }
    let subnet = parse_subnet(text.subnet);
    if let Some(problem) = wrong_with_subnet(text.subnet) {
        problems.add_in(row, "pe-subnet", problem);
    }
    let message = text.message.trim();
    if message.chars().count() > LONGEST_MESSAGE {
        problems.add_in(row, "pe-message", text!("endpoint-message-long", most = LONGEST_MESSAGE));
    } else if text.manual && message.is_empty() {
        problems.add_in(row, "pe-message", text!("endpoint-message-empty"));
    }
    if let Some((subscription, group)) = text.zone {
        let new = text.new_group && group.trim().eq_ignore_ascii_case(text.group.trim());
        if let Some(problem) = wrong_with_group(group.trim(), new) {
            problems.add_in(row, "zone-group", problem);
        }
        if !is_guid(subscription.trim()) {
            problems.add_in(row, "zone-subscription", text!("endpoint-zone-wrong"));
        }
    }
    if problems.0.len() > before {
        return None;
    }
    let resource = |subscription: &str, group: &str, path: String| {
        Scope::resource(subscription.trim(), group.trim(), &path)
    };
    let path = format!("Microsoft.Network/privateEndpoints/{name}");
    Some(PrivateEndpoint {
        endpoint: resource(text.subscription, text.group, path),
        region: region.to_owned(),
        subnet: subnet?,
        request_message: text.manual.then(|| message.to_owned()),
        zone: text.zone.map(|(subscription, group)| {
            resource(subscription, group, format!("Microsoft.Network/privateDnsZones/{ZONE}"))
        }),
    })
}

pub fn parse_subnet(id: &str) -> Option<Scope> {
    let scope = Scope::parse(id.trim().trim_end_matches('/'))?;
    let Scope::Resource { path, .. } = &scope else { return None };
    let parts: Vec<&str> = path.split('/').collect();
    let is = |at: usize, word: &str| parts[at].eq_ignore_ascii_case(word);
    let subnet = parts.len() == 5
        && is(0, "Microsoft.Network")
        && is(1, "virtualNetworks")
        && is(3, "subnets")
        && is_guid(scope.subscription_id());
    subnet.then_some(scope)
}

pub fn wrong_with_subnet(id: &str) -> Option<Text> {
    parse_subnet(id).is_none().then(|| text!("endpoint-subnet-wrong"))
}

pub fn wrong_with_endpoint_name(name: &str) -> Option<Text> {
    (!is_endpoint_name(name)).then(|| text!("endpoint-name-wrong"))
}

/// Resource names, `Microsoft.Network/privateEndpoints` ("Naming rules and restrictions").
fn is_endpoint_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.ends_with(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";
    const SUBNET: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default";

    fn row() -> EndpointText<'static> {
        EndpointText {
            row: 1,
            name: "pe-1",
            subscription: SUBSCRIPTION,
            group: "rg",
            region: "westeurope",
            subnet: SUBNET,
            zone: Some((SUBSCRIPTION, "rg-dns")),
            ..EndpointText::default()
        }
    }

    fn parsed(rows: &[EndpointText<'_>]) -> (Vec<PrivateEndpoint>, Problems) {
        let mut problems = Problems::default();
        (parse_endpoints(rows, &mut problems), problems)
    }

    #[test]
    fn a_whole_row_is_taken_as_typed() {
        let (endpoints, problems) = parsed(&[row()]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(endpoints[0].endpoint.short(), "pe-1");
        assert_eq!(network_of(&endpoints[0].subnet).expect("a network").short(), "vnet");
        assert_eq!(endpoints[0].zone.as_ref().expect("a zone").short(), ZONE);
        assert_eq!(endpoints[0].request_message, None);
    }

    #[test]
    fn every_empty_field_is_named_in_its_row() {
        let empty =
            EndpointText { row: 2, manual: true, zone: Some(("", "")), ..EndpointText::default() };
        let (endpoints, problems) = parsed(&[row(), empty]);
        assert_eq!(endpoints.len(), 1);
        for field in [
            "pe-name",
            "pe-subscription",
            "pe-group",
            "pe-region",
            "pe-subnet",
            "pe-message",
            "zone-group",
        ] {
            assert_ne!(problems.in_row(2, field), "", "{field}");
            assert_eq!(problems.in_row(1, field), "", "{field}");
        }
    }

    #[test]
    fn names_keep_azures_rule_and_come_once() {
        for name in ["a", "-ab", "ab-", "ab.", "a b", "größe", &"x".repeat(65)] {
            assert_ne!(
                parsed(&[EndpointText { name, ..row() }]).1.in_row(1, "pe-name"),
                "",
                "{name}"
            );
        }
        for name in ["ab", "a.b_", "1-x"] {
            assert!(parsed(&[EndpointText { name, ..row() }]).1.is_empty(), "{name}");
        }
        let twice = [row(), EndpointText { row: 2, name: "PE-1", ..row() }];
        assert_ne!(parsed(&twice).1.in_row(2, "pe-name"), "");
    }

    #[test]
    fn eleven_are_too_many() {
        let names: Vec<String> = (1..=11).map(|n| format!("pe-{n}")).collect();
        let rows: Vec<_> = names.iter().map(|name| EndpointText { name, ..row() }).collect();
        assert!(parsed(&rows[..10]).1.is_empty());
        assert!(parsed(&rows).1.of("endpoints").is_some());
    }

    #[test]
    fn only_a_subnet_is_a_subnet() {
        assert!(parse_subnet(&format!(" {SUBNET}/ ")).is_some());
        for id in [
            "",
            "x",
            &SUBNET.replace("/subnets/default", ""),
            &SUBNET.replace("subnets", "peerings"),
        ] {
            assert!(parse_subnet(id).is_none(), "{id}");
        }
    }
}
