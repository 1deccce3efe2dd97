//! What an address of Entra ID is for: one tenant by its id or a domain, or everybody's. Knows tenants and people, no
//! protocol.

use serde::{Deserialize, Serialize};

use super::applications::Application;
use crate::tenants::{Tenant, issuer};
use crate::world::{Person, World};

/// What the first part of a path names: one tenant, or everybody's.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Authority {
    Tenant(Tenant),
    Common,
    Organizations,
}

impl Authority {
    /// A tenant by its id or one of its domains.
    pub fn read(world: &World, part: &str) -> Option<Self> {
        match part.to_ascii_lowercase().as_str() {
            "" => None,
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            named => world.tenant(named).cloned().map(Self::Tenant),
        }
    }

    pub fn path(&self) -> &str {
        match self {
            Self::Tenant(tenant) => &tenant.id,
            Self::Common => "common",
            Self::Organizations => "organizations",
        }
    }

    pub fn issuer(&self, entra: &str) -> String {
        let tenant = match self {
            Self::Tenant(tenant) => tenant.id.as_str(),
            _ => "{tenantid}",
        };
        format!("{entra}/{tenant}/v2.0")
    }

    /// The row by which a person signs in here: that of the tenant named, else that of the home tenant.
    pub fn row_of<'a>(&self, world: &'a World, person: &Person) -> Option<&'a Person> {
        match self {
            Self::Tenant(tenant) => world.person_at(person, &tenant.id),
            _ => {
                let home = world.tenant(world.home_of(person))?;
                world.person_at(person, &home.id)
            }
        }
    }

    /// Whom the sign-in page offers.
    pub fn people<'a>(&'a self, world: &'a World) -> impl Iterator<Item = &'a Person> {
        world
            .people
            .iter()
            .filter(move |person| self.row_of(world, person).is_some_and(|row| row.id == person.id))
    }

    /// The directory's name in error texts.
    pub fn name<'a>(&'a self, world: &'a World) -> &'a str {
        match self {
            Self::Tenant(tenant) => &tenant.name,
            _ => &world.first_tenant().name,
        }
    }

    /// Why somebody of another tenant does not get in.
    pub fn stranger(&self, world: &World, person: &Person, application: &Application) -> String {
        format!(
            "User account '{}' from identity provider '{}' does not exist in tenant '{}' and cannot access the application \
             '{}'({}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and \
             sign in again with a different Azure Active Directory user account.",
            person.username(),
            issuer(world.home_of(person)),
            self.name(world),
            application.client_id,
            application.name
        )
    }
}
