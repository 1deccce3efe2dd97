//! Where in Azure something applies: a subscription, a resource group, an instance, or a resource that
//! belongs to one (a subnet, a user-assigned identity, a private DNS zone).
//! Knows how Azure writes and compares scopes, not who may do what there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Written as Azure's resource ids are; compared without regard to case, as Azure does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    Subscription {
        subscription: String,
    },
    ResourceGroup {
        subscription: String,
        group: String,
    },
    Instance {
        subscription: String,
        group: String,
        name: String,
    },
    /// `path` begins with the provider: `Microsoft.Network/virtualNetworks/vnet/subnets/default`.
    Resource {
        subscription: String,
        group: String,
        path: String,
    },
}

impl Scope {
    pub fn subscription(subscription: &str) -> Scope {
        Scope::Subscription { subscription: subscription.to_owned() }
    }

    pub fn group(subscription: &str, group: &str) -> Scope {
        Scope::ResourceGroup { subscription: subscription.to_owned(), group: group.to_owned() }
    }

    pub fn instance(subscription: &str, group: &str, name: &str) -> Scope {
        Scope::Instance {
            subscription: subscription.to_owned(),
            group: group.to_owned(),
            name: name.to_owned(),
        }
    }

    /// A resource of another kind than instances: the provider, then type and name in turns.
    pub fn resource(subscription: &str, group: &str, path: &str) -> Scope {
        Scope::Resource {
            subscription: subscription.to_owned(),
            group: group.to_owned(),
            path: path.to_owned(),
        }
    }

    /// Reads a resource id as Azure writes it. `None` when it is none of the four kinds, or a
    /// part holds a character that Azure allows in no such name (so that an id can be put into
    /// an address as it is).
    pub fn parse(id: &str) -> Option<Scope> {
        let parts: Vec<&str> = id.strip_prefix('/')?.split('/').collect();
        if !parts.iter().all(|part| is_name(part)) {
            return None;
        }
        let keyword = |at: usize, word: &str| {
            parts.get(at).is_some_and(|part| part.eq_ignore_ascii_case(word))
        };
        if !keyword(0, "subscriptions") {
            return None;
        }
        match parts.len() {
            2 => Some(Scope::subscription(parts[1])),
            4 if keyword(2, "resourceGroups") => Some(Scope::group(parts[1], parts[3])),
            8 if keyword(2, "resourceGroups")
                && keyword(4, "providers")
                && keyword(5, "Microsoft.DigitalTwins")
                && keyword(6, "digitalTwinsInstances") =>
            {
                Some(Scope::instance(parts[1], parts[3], parts[7]))
            }
            // Type and name come in turns behind the provider.
            length
                if length >= 8
                    && length % 2 == 0
                    && keyword(2, "resourceGroups")
                    && keyword(4, "providers") =>
            {
                Some(Scope::resource(parts[1], parts[3], &parts[5..].join("/")))
            }
            _ => None,
        }
    }

    pub fn subscription_id(&self) -> &str {
        match self {
            Scope::Subscription { subscription }
            | Scope::ResourceGroup { subscription, .. }
            | Scope::Instance { subscription, .. }
            | Scope::Resource { subscription, .. } => subscription,
        }
    }

    pub fn group_name(&self) -> Option<&str> {
        match self {
            Scope::Subscription { .. } => None,
            Scope::ResourceGroup { group, .. }
            | Scope::Instance { group, .. }
            | Scope::Resource { group, .. } => Some(group),
        }
    }

    pub fn instance_name(&self) -> Option<&str> {
        match self {
            Scope::Instance { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The same scope in the form in which two of them are compared and looked up.
    pub fn key(&self) -> String {
        self.to_string().to_lowercase()
    }

    /// This scope and the ones that it inherits from, the widest first.
    pub fn lineage(&self) -> Vec<Scope> {
        let mut line = vec![Scope::subscription(self.subscription_id())];
        if let Some(group) = self.group_name() {
            line.push(Scope::group(self.subscription_id(), group));
        }
        if matches!(self, Scope::Instance { .. } | Scope::Resource { .. }) {
            line.push(self.clone());
        }
        line
    }

    /// The narrowest scope that all of these are in. `None` where they have none in common.
    pub fn common(scopes: &[Scope]) -> Option<Scope> {
        let (first, others) = scopes.split_first()?;
        let mut line = first.lineage();
        line.retain(|above| others.iter().all(|other| other.lineage().contains(above)));
        line.pop()
    }

    /// The resource that this one is a part of.
    pub fn parent(&self) -> Option<Scope> {
        let Scope::Resource { subscription, group, path } = self else { return None };
        let (rest, _) = path.rsplit_once('/')?;
        let (parent, _) = rest.rsplit_once('/')?;
        Scope::parse(&Scope::resource(subscription, group, parent).to_string())
    }

    /// What a person calls it: the last name in it.
    pub fn short(&self) -> &str {
        match self {
            Scope::Subscription { subscription } => subscription,
            Scope::ResourceGroup { group, .. } => group,
            Scope::Instance { name, .. } => name,
            Scope::Resource { path, .. } => path.rsplit('/').next().unwrap_or(path),
        }
    }
}

/// The longest name of all: a user-assigned identity's.
const LONGEST_NAME: usize = 128;

fn is_name(part: &str) -> bool {
    (1..=LONGEST_NAME).contains(&part.chars().count())
        && !matches!(part, "." | "..")
        && part.chars().all(may_stand_in_a_name)
}

fn may_stand_in_a_name(c: char) -> bool {
    // The signs for kelvin, ångström and ohm turn into letters in lower case, and Azure takes them
    // for others: two of its resource groups would have one key here.
    let turns = matches!(c, '\u{212a}' | '\u{212b}' | '\u{2126}');
    (c.is_alphanumeric() && !turns) || matches!(c, '-' | '_' | '.' | '(' | ')')
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/subscriptions/{}", self.subscription_id())?;
        if let Some(group) = self.group_name() {
            write!(f, "/resourceGroups/{group}")?;
        }
        if let Some(name) = self.instance_name() {
            write!(f, "/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{name}")?;
        }
        if let Scope::Resource { path, .. } = self {
            write!(f, "/providers/{path}")?;
        }
        Ok(())
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Scope) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Scope {}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(id: String) -> Result<Scope, String> {
        Scope::parse(&id).ok_or_else(|| format!("{id:?} is no scope"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: &str = "/subscriptions/S/resourceGroups/rg-Lab/providers/\
                            Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    #[test]
    fn is_read_however_azure_spells_it_and_keeps_the_case_of_names() {
        let scope = Scope::parse(
            "/subscriptions/S/resourcegroups/rg-Lab/providers/Microsoft.Digitaltwins/digitaltwinsinstances/dt-1",
        );
        assert_eq!(scope.as_ref().map(ToString::to_string).as_deref(), Some(INSTANCE));
        assert_eq!(
            scope,
            Scope::parse(&INSTANCE.to_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions"))
        );
    }

    #[test]
    fn inherits_from_the_group_and_the_subscription() {
        let line = Scope::parse(INSTANCE).expect("it is one").lineage();
        assert_eq!(
            line.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["/subscriptions/S", "/subscriptions/S/resourceGroups/rg-Lab", INSTANCE]
        );
    }

    #[test]
    fn what_several_are_in_is_the_narrowest_that_holds_them_all() {
        let scope = |id: &str| Scope::parse(&format!("/subscriptions/S{id}")).expect("a scope");
        let hub = scope("/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns");
        let bus = scope("/resourceGroups/RG/providers/Microsoft.ServiceBus/namespaces/ns");
        let other = scope("/resourceGroups/other");
        let common = |scopes: &[&Scope]| {
            Scope::common(&scopes.iter().map(|&scope| scope.clone()).collect::<Vec<_>>())
        };
        assert_eq!(common(&[&hub]), Some(hub.clone()));
        assert_eq!(common(&[&hub, &bus]), Some(scope("/resourceGroups/rg")));
        assert_eq!(common(&[&hub, &other]), Some(scope("")));
        assert_eq!(common(&[&hub, &Scope::subscription("T")]), None);
        assert_eq!(common(&[]), None);
    }

    #[test]
    fn other_resources_are_known_by_their_path() {
        let id = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default";
        let subnet = Scope::parse(id).expect("it is one");
        assert_eq!((subnet.to_string().as_str(), subnet.short()), (id, "default"));
        assert_eq!((subnet.group_name(), subnet.instance_name()), (Some("rg"), None));
        assert_eq!(subnet.lineage().len(), 3);
    }

    #[test]
    fn nothing_that_could_change_an_address_is_a_scope() {
        for id in [
            "",
            "/",
            "subscriptions/S",
            "/subscriptions/",
            "/subscriptions/S/",
            "/subscriptions/S?x=1",
            "/subscriptions/S/resourceGroups/a%2f..",
            "/subscriptions/S/resourceGroups/a b",
            "/subscriptions/S/resourceGroups/a/providers/Microsoft.Web",
            "/subscriptions/S/resourceGroups/a/providers/Microsoft.Web/sites",
            "/subscriptions/S/resourceGroups/a/providers/Microsoft.Web/sites/../x",
        ] {
            assert!(Scope::parse(id).is_none(), "{id}");
        }
    }
}
