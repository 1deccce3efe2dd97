//! Where a page stands: from the subscription over the resource group and the instance down to the page
//! itself. Knows what those are called and where their pages are, not what is on them.

use super::{address::encoded, instance};
use crate::domain::{request::Request, run, scope::Scope};

pub struct Crumb {
    /// Empty where there is no page to go to.
    pub address: String,
    pub label: String,
}

pub struct Trail(Vec<Crumb>);

impl Trail {
    /// Down to this scope, each part with its page. `subscription` is the name of its subscription.
    pub fn to(scope: &Scope, subscription: &str) -> Trail {
        let id = scope.subscription_id();
        let mut trail = Trail(Vec::new()).by(format!("/subscriptions/{id}"), subscription);
        if let Some(group) = scope.group_name() {
            let listed = format!("/instances?subscription={}&q={}", encoded(id), encoded(group));
            trail = trail.by(listed, group);
        }
        match scope {
            Scope::Instance { name, .. } => trail.by(instance::address(scope, ""), name),
            Scope::Resource { .. } => trail.by(String::new(), scope.short()),
            _ => trail,
        }
    }

    /// A page that belongs to the queue; the address is the queue's, with its filter.
    pub fn queue(address: &str, title: &str) -> Trail {
        Trail(Vec::new()).by(address.to_owned(), "Approvals").at(title)
    }

    /// The page of a subscription.
    pub fn subscription(name: &str) -> Trail {
        Trail(Vec::new()).by("/subscriptions".to_owned(), "Subscriptions").at(name)
    }

    /// A form about what is there already.
    pub fn form(scope: &Scope, title: &str) -> Trail {
        Trail::to(scope, "Subscription").at(title)
    }

    /// The page of a request. What it asks to create has no page before it is there.
    pub fn of(request: &Request) -> Trail {
        let asked = &request.asked;
        let mut trail = Trail::to(&asked.scope(), &asked.subscription().name);
        if asked.kind() == "create_instance" && run::host_name(&request.steps).is_none() {
            for crumb in trail.0.iter_mut().skip(1) {
                crumb.address.clear();
            }
        }
        trail.at("Request")
    }

    /// The page itself, at the end.
    pub fn at(self, label: &str) -> Trail {
        self.by(String::new(), label)
    }

    /// The last part is the page itself, and so no link.
    pub fn ending(mut self) -> Trail {
        if let Some(last) = self.0.last_mut() {
            last.address.clear();
        }
        self
    }

    pub fn crumbs(&self) -> &[Crumb] {
        &self.0
    }

    fn by(mut self, address: String, label: &str) -> Trail {
        self.0.push(Crumb { address, label: label.to_owned() });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trail: &Trail) -> Vec<(&str, &str)> {
        trail.crumbs().iter().map(|crumb| (&*crumb.label, &*crumb.address)).collect()
    }

    #[test]
    fn it_leads_from_the_widest_to_the_page() {
        let instance = Scope::instance("s-1", "rg a", "dt");
        assert_eq!(
            told(&Trail::to(&instance, "Production").at("Tags")),
            [
                ("Production", "/subscriptions/s-1"),
                ("rg a", "/instances?subscription=s-1&q=rg+a"),
                ("dt", "/instances/s%2D1/rg%20a/dt"),
                ("Tags", ""),
            ]
        );
        let group = Scope::group("s-1", "rg");
        assert_eq!(told(&Trail::to(&group, "Production")).len(), 2);
        let subnet = Scope::resource("s-1", "rg", "Microsoft.Network/virtualNetworks/v");
        assert_eq!(told(&Trail::to(&subnet, "Production"))[2], ("v", ""));
    }
}
