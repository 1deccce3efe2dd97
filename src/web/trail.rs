//! Where a page stands: from the subscription over the resource group and the instance down to the page
//! itself. Knows what those are called and where their pages are, not what is on them.

use super::{address::encoded, instance};
use crate::{
    domain::{asked::Asked, request::Request, run, scope::Scope},
    text,
    words::Text,
};

pub struct Crumb {
    /// Empty where there is no page to go to.
    pub address: String,
    pub label: Text,
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
    pub fn queue(address: &str, title: Text) -> Trail {
        Trail(Vec::new()).named(address.to_owned(), text!("place-approvals")).at(title)
    }

    /// The page of a subscription.
    pub fn subscription(name: &str) -> Trail {
        Trail(Vec::new())
            .named("/subscriptions".to_owned(), text!("place-subscriptions"))
            .at(Text::verbatim(name.to_owned()))
    }

    /// A form about what is there already.
    pub fn form(scope: &Scope, title: Text) -> Trail {
        let id = scope.subscription_id();
        let mut trail = Trail::to(scope, id);
        // A form does not ask Azure for the name.
        if let Some(first) = trail.0.first_mut() {
            first.label = text!("crumb-subscription");
        }
        trail.at(title)
    }

    /// The page of a request. What it asks to create has no page before it is there.
    pub fn of(request: &Request) -> Trail {
        let is_there = run::host_name(&request.steps).is_some();
        Trail::down(&request.asked, is_there).at(text!("crumb-request"))
    }

    /// A page before it is asked.
    pub fn asked(asked: &Asked, title: Text) -> Trail {
        Trail::down(asked, false).at(title)
    }

    fn down(asked: &Asked, is_there: bool) -> Trail {
        let mut trail = Trail::to(&asked.scope(), &asked.subscription().name);
        if asked.kind() == "create_instance" && !is_there {
            for crumb in trail.0.iter_mut().skip(1) {
                crumb.address.clear();
            }
        }
        trail
    }

    /// The page itself, at the end.
    pub fn at(self, label: Text) -> Trail {
        self.named(String::new(), label)
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

    /// A name that stays as it is in every language.
    fn by(self, address: String, label: &str) -> Trail {
        self.named(address, Text::verbatim(label.to_owned()))
    }

    fn named(mut self, address: String, label: Text) -> Trail {
        self.0.push(Crumb { address, label });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trail: &Trail) -> Vec<(String, &str)> {
        trail.crumbs().iter().map(|crumb| (crumb.label.to_string(), &*crumb.address)).collect()
    }

    #[test]
    fn it_leads_from_the_widest_to_the_page() {
        let instance = Scope::instance("s-1", "rg a", "dt");
        assert_eq!(
            told(&Trail::to(&instance, "Production").at(text!("section-tags"))),
            [
                ("Production".to_owned(), "/subscriptions/s-1"),
                ("rg a".to_owned(), "/instances?subscription=s-1&q=rg+a"),
                ("dt".to_owned(), "/instances/s%2D1/rg%20a/dt"),
                ("Tags".to_owned(), ""),
            ]
        );
        let group = Scope::group("s-1", "rg");
        assert_eq!(told(&Trail::to(&group, "Production")).len(), 2);
        let subnet = Scope::resource("s-1", "rg", "Microsoft.Network/virtualNetworks/v");
        assert_eq!(told(&Trail::to(&subnet, "Production"))[2], ("v".to_owned(), ""));
    }
}
