//! The rows of private endpoints in a form: what was typed, what there is to choose from, and what is
//! made of it. Knows virtual networks as Azure shows them, not what the endpoints are for.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Deserializer, Serialize};

use super::review::Check;
use crate::{
    azure::{self, Network, Region},
    domain::{
        asked::{
            EndpointText, MOST_ENDPOINTS, PrivateEndpoint, Problems, network_of, parse_endpoints,
            parse_subnet,
        },
        scope::Scope,
    },
    text,
    web::{
        Error,
        sight::{Look, Sight},
    },
    words::Text,
};

/// Subscriptions whose virtual networks are listed; a subnet elsewhere is given by its resource ID.
const MOST_SUBSCRIPTIONS: usize = 3;
const AT_ONCE: usize = 8;

/// What was typed: each list holds one field of all rows, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    #[serde(deserialize_with = "all")]
    pe_name: Vec<String>,
    /// Empty: the instance's.
    #[serde(deserialize_with = "all")]
    pe_subscription: Vec<String>,
    /// Empty: the instance's.
    #[serde(deserialize_with = "all")]
    pe_group: Vec<String>,
    /// Empty: the virtual network's.
    #[serde(deserialize_with = "all")]
    pe_region: Vec<String>,
    #[serde(deserialize_with = "all")]
    pe_subnet: Vec<String>,
    /// A subnet that is not in the list.
    #[serde(deserialize_with = "all")]
    pe_subnet_id: Vec<String>,
    /// `manual`, or else the connection is approved automatically.
    #[serde(deserialize_with = "all")]
    pe_approval: Vec<String>,
    #[serde(deserialize_with = "all")]
    pe_message: Vec<String>,
    /// `no`, or else a private DNS zone is found or made.
    #[serde(deserialize_with = "all")]
    pe_dns: Vec<String>,
    /// Empty: the endpoint's.
    #[serde(deserialize_with = "all")]
    zone_subscription: Vec<String>,
    /// Empty: the endpoint's.
    #[serde(deserialize_with = "all")]
    zone_group: Vec<String>,
}

/// Where fields are read together with others, a list of one is a text.
fn all<'de, D: Deserializer<'de>>(fields: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Fields {
        One(String),
        All(Vec<String>),
    }
    Ok(match Fields::deserialize(fields)? {
        Fields::One(field) => vec![field],
        Fields::All(fields) => fields,
    })
}

/// One row as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    pub number: usize,
    pub name: &'a str,
    pub subscription: &'a str,
    pub group: &'a str,
    pub region: &'a str,
    pub subnet: &'a str,
    pub subnet_id: &'a str,
    pub manual: bool,
    pub message: &'a str,
    pub dns: bool,
    pub zone_subscription: &'a str,
    pub zone_group: &'a str,
}

impl Row<'_> {
    fn is_blank(&self) -> bool {
        [self.name, self.subnet, self.subnet_id].iter().all(|field| field.trim().is_empty())
    }

    pub fn whose(&self) -> Text {
        text!("endpoint-of", number = self.number)
    }

    /// Of a field of this row, on the page.
    pub fn id(&self, field: &str) -> String {
        format!("{field}-{}", self.number)
    }

    /// What is wrong with a field of this row.
    pub fn wrong(&self, problems: &Problems, field: &str) -> Text {
        problems.in_row(self.number, field)
    }

    /// The list of subnets and the field for an ID beside it: their ids on the page, and what is wrong with
    /// each. It is the given one that counts, where there is one; `main` is where the summary leads.
    pub fn subnet_fields(&self, main: &str, other: &str, told: &Text) -> [(String, Text); 2] {
        let (main, other) = ((main.to_owned(), told.clone()), (other.to_owned(), Text::none()));
        if self.subnet_id.is_empty() { [main, other] } else { [other, main] }
    }

    pub fn subscription_in<'a>(&'a self, home: Home<'a>) -> &'a str {
        or(self.subscription, home.subscription)
    }

    pub fn zone_subscription_in<'a>(&'a self, home: Home<'a>) -> &'a str {
        or(self.zone_subscription, self.subscription_in(home))
    }

    /// It was typed, and is not among the choices: it is kept, to be put right.
    pub fn is_stray_group(&self, groups: &[String]) -> bool {
        !self.group.is_empty() && !groups.iter().any(|group| group == self.group)
    }

    /// Chosen, and not among the choices, which may be fewer now.
    pub fn is_stray_subnet(&self, networks: &[Network]) -> bool {
        let mut all = networks.iter().flat_map(|network| &network.subnets);
        !self.subnet.is_empty() && !all.any(|subnet| is_same(&subnet.id, self.subnet))
    }

    /// What was typed is meant where something was typed.
    pub fn subnet(&self) -> &str {
        if self.subnet_id.trim().is_empty() { self.subnet } else { self.subnet_id.trim() }
    }
}

/// Where an endpoint goes when nothing else is said.
#[derive(Clone, Copy, Debug)]
pub struct Home<'a> {
    pub subscription: &'a str,
    pub group: &'a str,
    pub new_group: bool,
}

impl Typed {
    /// As these would have been typed.
    pub fn of(asked: &[PrivateEndpoint], home: Home<'_>) -> Typed {
        /// What stands in a field that is empty where it says the same as another.
        fn unless(value: &str, same: &str) -> String {
            if value.eq_ignore_ascii_case(same) { String::new() } else { value.to_owned() }
        }
        let mut typed = Typed::default();
        for one in asked {
            let (at, group) =
                (one.endpoint.subscription_id(), one.endpoint.group_name().unwrap_or_default());
            let zone = one.zone.as_ref();
            let zone_at = zone.map_or(at, Scope::subscription_id);
            let zone_group = zone.and_then(Scope::group_name).unwrap_or(group);
            let message = one.request_message.clone();
            let row = [
                one.endpoint.short().to_owned(),
                unless(at, home.subscription),
                unless(group, home.group),
                one.region.clone(),
                one.subnet.to_string(),
                String::new(),
                if message.is_some() { "manual" } else { "" }.to_owned(),
                message.unwrap_or_default(),
                if zone.is_none() { "no" } else { "" }.to_owned(),
                unless(zone_at, at),
                unless(zone_group, group),
            ];
            for (list, field) in typed.lists().into_iter().zip(row) {
                list.push(field);
            }
        }
        typed
    }

    fn lists(&mut self) -> [&mut Vec<String>; 11] {
        [
            &mut self.pe_name,
            &mut self.pe_subscription,
            &mut self.pe_group,
            &mut self.pe_region,
            &mut self.pe_subnet,
            &mut self.pe_subnet_id,
            &mut self.pe_approval,
            &mut self.pe_message,
            &mut self.pe_dns,
            &mut self.zone_subscription,
            &mut self.zone_group,
        ]
    }

    /// Does what the button that sent the form is for, and leaves at least one row.
    pub fn act(&mut self, go: &str) {
        let drop = go.strip_prefix("drop-").and_then(|number| number.parse::<usize>().ok());
        let rows = self.pe_name.len().max(1);
        for list in self.lists() {
            list.resize(rows, String::new());
            if let Some(row) = drop.and_then(|number| number.checked_sub(1))
                && row < rows
            {
                list.remove(row);
            }
            if list.is_empty() || (go == "endpoint" && rows < MOST_ENDPOINTS) {
                list.push(String::new());
            }
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        fn at(list: &[String], row: usize) -> &str {
            list.get(row).map(String::as_str).unwrap_or_default()
        }
        (0..self.pe_name.len().max(1)).map(|row| Row {
            number: row + 1,
            name: at(&self.pe_name, row),
            subscription: at(&self.pe_subscription, row),
            group: at(&self.pe_group, row),
            region: at(&self.pe_region, row),
            subnet: at(&self.pe_subnet, row),
            subnet_id: at(&self.pe_subnet_id, row),
            manual: at(&self.pe_approval, row) == "manual",
            message: at(&self.pe_message, row),
            dns: at(&self.pe_dns, row) != "no",
            zone_subscription: at(&self.zone_subscription, row),
            zone_group: at(&self.zone_group, row),
        })
    }

    /// The rows in which something stands; the first where there is nothing in any, to be put right.
    fn meant(&self) -> Vec<Row<'_>> {
        let typed: Vec<Row<'_>> = self.rows().filter(|row| !row.is_blank()).collect();
        if typed.is_empty() { self.rows().take(1).collect() } else { typed }
    }
}

fn or<'a>(typed: &'a str, else_: &'a str) -> &'a str {
    if typed.trim().is_empty() { else_ } else { typed.trim() }
}

/// The endpoints that were typed, and what Azure shows of the places that they name.
pub async fn read(
    typed: &Typed,
    sight: &Sight,
    home: Home<'_>,
    problems: &mut Problems,
) -> Result<(Vec<PrivateEndpoint>, Seen), Error> {
    let meant = typed.meant();
    // More rows than an instance takes are refused without being asked about.
    let subnets = meant.iter().take(MOST_ENDPOINTS).filter_map(|row| parse_subnet(row.subnet()));
    let networks = each(
        sight,
        subnets.filter_map(|subnet| network_of(&subnet)),
        |azure, token, id| async move { azure.network(token, &id).await },
    )
    .await?;
    let region = |row: &Row<'_>| {
        let network = parse_subnet(row.subnet()).and_then(|subnet| network_of(&subnet));
        match network.and_then(|network| networks.get(&network.key())) {
            _ if !row.region.trim().is_empty() => row.region.trim().to_owned(),
            Some(Ok(Some(network))) => plain(&network.location),
            _ => String::new(),
        }
    };
    let regions: Vec<String> = meant.iter().map(region).collect();
    let texts: Vec<EndpointText<'_>> = meant
        .iter()
        .zip(&regions)
        .map(|(row, region)| {
            let (subscription, group) =
                (or(row.subscription, home.subscription), or(row.group, home.group));
            EndpointText {
                row: row.number,
                name: row.name,
                subscription,
                group,
                new_group: home.new_group && group.eq_ignore_ascii_case(home.group.trim()),
                region,
                subnet: row.subnet(),
                manual: row.manual,
                message: row.message,
                zone: row
                    .dns
                    .then(|| (or(row.zone_subscription, subscription), or(row.zone_group, group))),
            }
        })
        .collect();
    let endpoints = parse_endpoints(&texts, problems);
    let seen = Seen::of(sight, networks, &endpoints).await?;
    Ok((endpoints, seen))
}

/// What Azure shows of the places that the endpoints name, by the key of each scope.
#[derive(Default)]
pub struct Seen {
    networks: BTreeMap<String, Look<Option<Network>>>,
    endpoints: BTreeMap<String, Look<Option<azure::PrivateEndpoint>>>,
    zones: BTreeMap<String, Look<Option<azure::Zone>>>,
}

impl Seen {
    async fn of(
        sight: &Sight,
        networks: BTreeMap<String, Look<Option<Network>>>,
        asked: &[PrivateEndpoint],
    ) -> Result<Seen, Error> {
        let asked = || asked.iter().take(MOST_ENDPOINTS);
        let (endpoints, zones) = tokio::try_join!(
            each(sight, asked().map(|asked| asked.endpoint.clone()), |azure, token, id| {
                async move { azure.private_endpoint(token, &id).await }
            }),
            each(sight, asked().filter_map(|asked| asked.zone.clone()), |azure, token, id| {
                async move { azure.private_zone(token, &id).await }
            })
        )?;
        Ok(Seen { networks, endpoints, zones })
    }

    pub fn checks(&self, asked: &[PrivateEndpoint], instance: &Scope) -> Vec<Check> {
        let mut checks = Vec::new();
        for endpoint in asked {
            let name = endpoint.endpoint.short();
            if let Some(network) = network_of(&endpoint.subnet)
                && let Some(look) = self.networks.get(&network.key())
            {
                let what = text!("endpoint-check-subnet", name = name);
                checks.push(Check::of(look, what, |found| {
                    subnet_check(endpoint, &network, found.as_ref())
                }));
            }
            if let Some(look) = self.endpoints.get(&endpoint.endpoint.key()) {
                let what = text!("endpoint-check-name", name = name);
                checks.push(Check::of(look, what, |found| {
                    name_check(endpoint, instance, found.as_ref())
                }));
            }
        }
        let mut told = Vec::new();
        for zone in asked.iter().filter_map(|endpoint| endpoint.zone.as_ref()) {
            if let Some(look) = self.zones.get(&zone.key())
                && !told.contains(&zone)
            {
                let group = zone.group_name().unwrap_or_default();
                checks.push(Check::of(look, text!("endpoint-check-zone"), |found| {
                    Check::ok(match found {
                        Some(_) => text!("endpoint-zone-there", group = group),
                        None => text!("endpoint-zone-made", group = group),
                    })
                }));
                told.push(zone);
            }
        }
        checks
    }
}

fn subnet_check(asked: &PrivateEndpoint, network: &Scope, found: Option<&Network>) -> Check {
    let (name, subnet, network_name) =
        (asked.endpoint.short(), asked.subnet.short(), network.short());
    let Some(found) = found else {
        return Check::problem(text!(
            "endpoint-network-missing",
            network = network_name,
            group = network.group_name().unwrap_or_default(),
            name = name
        ));
    };
    if !found.subnets.iter().any(|row| Scope::parse(&row.id).as_ref() == Some(&asked.subnet)) {
        return Check::problem(text!(
            "endpoint-subnet-missing",
            network = network_name,
            subnet = subnet,
            name = name
        ));
    }
    if plain(&found.location) != plain(&asked.region) {
        let region = &found.location;
        return Check::problem(text!("endpoint-elsewhere", name = name, region = region));
    }
    Check::ok(text!("endpoint-subnet-there", network = network_name, subnet = subnet, name = name))
}

fn name_check(
    asked: &PrivateEndpoint,
    instance: &Scope,
    found: Option<&azure::PrivateEndpoint>,
) -> Check {
    let name = asked.endpoint.short();
    let is = |id: &str, scope: &Scope| Scope::parse(id).as_ref() == Some(scope);
    match found {
        None => Check::ok(text!("endpoint-name-free", name = name)),
        Some(found)
            if is(&found.subnet, &asked.subnet)
                && found.connections.iter().any(|(to, _)| is(to, instance)) =>
        {
            Check::ok(text!("endpoint-there", name = name))
        }
        Some(_) => Check::problem(text!("endpoint-name-taken", name = name)),
    }
}

fn plain(region: &str) -> String {
    region.replace(' ', "").to_lowercase()
}

/// Asks one question about each of the scopes, once.
async fn each<'a, T, F>(
    sight: &'a Sight,
    scopes: impl Iterator<Item = Scope>,
    question: impl Fn(&'a azure::Azure, &'a azure::AccessToken, String) -> F,
) -> Result<BTreeMap<String, Look<T>>, Error>
where
    F: Future<Output = azure::Result<T>>,
{
    let scopes: BTreeMap<String, Scope> = scopes.map(|scope| (scope.key(), scope)).collect();
    let question = &question;
    let questions: Vec<_> = scopes
        .into_iter()
        .map(|(key, scope)| async move {
            let id = scope.to_string();
            let look = sight.ask(|azure, token| question(azure, token, id)).await?;
            Ok::<_, Error>((key, look))
        })
        .collect();
    let mut answers = stream::iter(questions).buffer_unordered(AT_ONCE);
    let mut looks = BTreeMap::new();
    while let Some(answer) = answers.next().await {
        let (key, look) = answer?;
        looks.insert(key, look);
    }
    Ok(looks)
}

/// What there is to choose from, for each subscription that a row names.
#[derive(Default)]
pub struct Choices {
    networks: BTreeMap<String, Look<Vec<Network>>>,
    groups: BTreeMap<String, Look<Vec<String>>>,
    pub locations: Vec<Region>,
}

impl Choices {
    pub async fn of(typed: &Typed, sight: &Sight, home: Home<'_>) -> Result<Choices, Error> {
        let mut wanted: Vec<&str> = vec![home.subscription];
        for row in typed.rows() {
            wanted.extend([row.subscription, row.zone_subscription]);
        }
        // Only what Azure shows is asked about, and each once.
        let mut subscriptions: Vec<&str> = Vec::new();
        for id in wanted {
            if sight.offer(id).is_some_and(|offer| offer.visible) && !subscriptions.contains(&id) {
                subscriptions.push(id);
            }
        }
        subscriptions.truncate(MOST_SUBSCRIPTIONS);
        let Some(first) = subscriptions.first() else { return Ok(Choices::default()) };
        let scopes = || subscriptions.iter().map(|id| Scope::subscription(id));
        let (networks, groups, locations) = tokio::try_join!(
            each(sight, scopes(), |azure, token, id| async move {
                azure.networks(token, id.trim_start_matches("/subscriptions/")).await
            }),
            each(sight, scopes(), |azure, token, id| async move {
                let id = id.trim_start_matches("/subscriptions/");
                let groups = azure.resource_groups(token, id).await?;
                let mut names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
                names.sort_by_key(|name| name.to_lowercase());
                Ok(names)
            }),
            sight.ask(|azure, token| azure.locations(token, first))
        )?;
        let mut locations = locations.unwrap_or_default();
        locations.sort_by(|one, other| one.display.cmp(&other.display));
        Ok(Choices { networks, groups, locations })
    }

    /// Virtual networks with a subnet; empty where none is to be seen.
    pub fn networks(&self, subscription: &str) -> &[Network] {
        let look = self.networks.get(&Scope::subscription(subscription).key());
        look.and_then(|look| look.as_ref().ok()).map(Vec::as_slice).unwrap_or_default()
    }

    /// `None` where they are not to be seen, so that one is typed.
    pub fn groups(&self, subscription: &str) -> Option<&[String]> {
        let look = self.groups.get(&Scope::subscription(subscription).key());
        look.and_then(|look| look.as_ref().ok()).map(Vec::as_slice)
    }

    /// Why there is nothing to choose from.
    pub fn note(&self, subscription: &str) -> Text {
        match self.networks.get(&Scope::subscription(subscription).key()) {
            Some(Ok(networks)) if networks.is_empty() => text!("endpoint-no-network"),
            Some(Ok(_)) => Text::none(),
            Some(Err(hidden)) => hidden.after(text!("endpoint-networks-unlisted")),
            None => text!("endpoint-networks-unseen"),
        }
    }
}

/// A network's resource group, which tells two of one name apart.
pub fn group_of(network: &Network) -> String {
    let scope = Scope::parse(&network.id);
    scope.as_ref().and_then(Scope::group_name).unwrap_or_default().to_owned()
}

pub fn is_same(one: &str, other: &str) -> bool {
    Scope::parse(one).is_some_and(|scope| Some(scope) == Scope::parse(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_stands_in_the_form_again() {
        let at = "a1b2c3d4-0000-4000-8000-000000000001";
        let group = |name: &str| format!("/subscriptions/{at}/resourceGroups/{name}/providers");
        let scope = |text: String| Scope::parse(&text).expect("a scope");
        let network = format!("{}/Microsoft.Network/virtualNetworks/vnet", group("rg-net"));
        let asked = PrivateEndpoint {
            endpoint: scope(format!("{}/Microsoft.Network/privateEndpoints/pe", group("rg-twins"))),
            region: "westeurope".into(),
            subnet: scope(format!("{network}/subnets/default")),
            request_message: Some("Hall 3.".into()),
            zone: Some(scope(format!(
                "{}/Microsoft.Network/privateDnsZones/{}",
                group("rg-dns"),
                crate::domain::asked::ZONE
            ))),
        };
        let home = Home { subscription: at, group: "rg-twins", new_group: false };
        let plain = PrivateEndpoint { request_message: None, zone: None, ..asked.clone() };
        let typed = Typed::of(&[asked.clone(), plain], home);
        let rows: Vec<_> = typed.rows().collect();
        assert_eq!(
            (rows.len(), rows[0].name, rows[0].group, rows[0].zone_group),
            (2, "pe", "", "rg-dns")
        );
        assert_eq!((rows[0].manual, rows[0].message, rows[0].dns), (true, "Hall 3.", true));
        assert_eq!(rows[0].subnet(), asked.subnet.to_string());
        assert!(rows[0].is_stray_subnet(&[]), "it is kept where Azure does not list it now");
        assert!(!rows[1].manual && !rows[1].dns);
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Form {
        tag_name: Vec<String>,
        #[serde(flatten)]
        endpoints: Typed,
    }

    fn read(form: &str) -> Form {
        serde_html_form::from_str(form).expect("a form")
    }

    #[test]
    fn a_row_stays_a_row_however_many_there_are() {
        let one = read("tag_name=a&pe_name=pe-1&pe_approval=manual&pe_dns=");
        assert_eq!(one.endpoints.rows().count(), 1);
        assert!(one.endpoints.rows().next().is_some_and(|row| row.manual && row.dns));
        let two = read("pe_name=pe-1&pe_name=pe-2&pe_group=&pe_group=rg&tag_name=a&tag_name=b");
        let rows: Vec<_> = two.endpoints.rows().map(|row| (row.name, row.group)).collect();
        assert_eq!(rows, [("pe-1", ""), ("pe-2", "rg")]);
        assert_eq!(two.tag_name, ["a", "b"]);
        assert_eq!(read(&serde_html_form::to_string(&two).expect("a form")), two);
        assert_eq!(read(""), Form::default());
    }

    #[test]
    fn rows_come_and_go_by_buttons() {
        let names = |typed: &Typed| typed.rows().map(|row| row.name.to_owned()).collect::<Vec<_>>();
        let mut typed = read("pe_name=a&pe_name=b&pe_message=&pe_message=m").endpoints;
        typed.act("endpoint");
        assert_eq!(names(&typed), ["a", "b", ""]);
        typed.act("drop-1");
        assert_eq!(names(&typed), ["b", ""]);
        assert_eq!(typed.rows().next().map(|row| row.message), Some("m"));
        typed.act("drop-9");
        typed.act("drop-0");
        typed.act("drop-1");
        typed.act("drop-1");
        assert_eq!(names(&typed), [""], "one row is always there");
        for _ in 0..20 {
            typed.act("endpoint");
        }
        assert_eq!(typed.rows().count(), MOST_ENDPOINTS);
    }

    #[test]
    fn an_empty_row_is_no_endpoint_unless_there_is_no_other() {
        let rows = |form: &str| {
            read(form).endpoints.meant().iter().map(|row| row.number).collect::<Vec<_>>()
        };
        assert_eq!(rows("pe_name=&pe_name=b&pe_name="), [2]);
        assert_eq!(rows("pe_name=&pe_name="), [1]);
    }
}
