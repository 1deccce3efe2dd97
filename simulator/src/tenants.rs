//! Tenants: whose directory somebody is in, whose a subscription is, and which rows of several directories are one person.
//! Knows ids and domains, no protocol.

use std::sync::LazyLock;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::world::{Person, World, demo};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    /// The default one of its domains.
    pub domain: String,
}

/// The tenant of a world that names none.
static CONTOSO: LazyLock<Tenant> = LazyLock::new(|| Tenant {
    id: demo::TENANT.into(),
    name: demo::TENANT_NAME.into(),
    domain: demo::DOMAIN.into(),
});

impl Tenant {
    pub fn contoso() -> Self {
        CONTOSO.clone()
    }

    /// The domain that every tenant has from its beginning.
    pub fn initial_domain(&self) -> String {
        let label = self.domain.split('.').next().unwrap_or_default();
        format!("{label}.onmicrosoft.com")
    }

    fn is(&self, named: &str) -> bool {
        [&self.id, &self.domain, &self.initial_domain()]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(named))
    }

    /// `iss` of v1.0 tokens.
    pub fn issuer(&self) -> String {
        issuer(&self.id)
    }
}

pub fn issuer(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

impl World {
    /// The tenant to which everything belongs that names none.
    pub fn first_tenant(&self) -> &Tenant {
        self.tenants.first().unwrap_or(&CONTOSO)
    }

    /// By id or domain; the first by the empty name.
    pub fn tenant(&self, named: &str) -> Option<&Tenant> {
        let first = self.first_tenant();
        if named.is_empty() || first.is(named) {
            return Some(first);
        }
        self.tenants.iter().find(|tenant| tenant.is(named))
    }

    /// Of a row that names its tenant, or none.
    pub fn tenant_of(&self, row: &str) -> &Tenant {
        self.tenant(row).unwrap_or_else(|| self.first_tenant())
    }

    pub fn tenant_of_subscription(&self, id: &str) -> &Tenant {
        self.tenant_of(self.subscription(id).map_or("", |row| row.tenant.as_str()))
    }

    /// Of the subscription or the management group that a path of ARM begins with.
    pub fn tenant_of_path(&self, path: &str) -> &Tenant {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some(part), Some(id)) if part.eq_ignore_ascii_case("subscriptions") => {
                self.tenant_of_subscription(id)
            }
            _ => self.tenant_of(self.tenant_of_group(path).unwrap_or_default()),
        }
    }

    /// Whether a row that names its tenant, or none, belongs to this one.
    pub fn is_in(&self, row: &str, tenant: &str) -> bool {
        self.tenant_of(row).id == self.tenant_of(tenant).id
    }

    /// Id of the tenant that a person's account is of.
    pub fn home_of<'a>(&'a self, person: &'a Person) -> &'a str {
        match person.home_tenant.as_str() {
            "" if person.is_guest() => demo::FABRIKAM,
            "" => &self.tenant_of(&person.tenant).id,
            home => self.tenant(home).map_or(home, |tenant| tenant.id.as_str()),
        }
    }

    /// The same person's row in a tenant: the account itself at home, a guest elsewhere.
    pub fn person_at<'a>(&'a self, person: &Person, tenant: &str) -> Option<&'a Person> {
        let home = self.home_of(person).to_owned();
        self.people.iter().find(|row| {
            self.is_in(&row.tenant, tenant)
                && (row.id == person.id
                    || row.username().eq_ignore_ascii_case(&person.username())
                        && self.home_of(row) == home)
        })
    }

    /// The account itself, where its tenant is in this world.
    pub fn account_of<'a>(&'a self, person: &'a Person) -> &'a Person {
        let home = self.home_of(person);
        self.tenant(home).and_then(|tenant| self.person_at(person, &tenant.id)).unwrap_or(person)
    }

    pub fn person_in(&self, tenant: &str, who: &str) -> Option<&Person> {
        self.people.iter().find(|row| self.is_in(&row.tenant, tenant) && row.is(who))
    }

    /// Every row names its tenant by id. The error says which is unknown.
    pub(crate) fn settle_tenants(&mut self) -> anyhow::Result<()> {
        if self.tenants.is_empty() {
            self.tenants.push(Tenant::contoso());
        }
        let known = self.clone();
        let settle = |tenant: &mut String| {
            let found = known.tenant(tenant);
            *tenant = found.with_context(|| format!("there is no tenant {tenant}"))?.id.clone();
            anyhow::Ok(())
        };
        self.people.iter_mut().try_for_each(|row| settle(&mut row.tenant))?;
        self.groups.iter_mut().try_for_each(|row| settle(&mut row.tenant))?;
        self.service_principals.iter_mut().try_for_each(|row| settle(&mut row.tenant))?;
        self.applications.iter_mut().try_for_each(|row| settle(&mut row.tenant))?;
        self.management_groups.iter_mut().try_for_each(|row| settle(&mut row.tenant))?;
        self.subscriptions.iter_mut().try_for_each(|row| settle(&mut row.tenant))
    }
}
