//! The managed identities of an instance as those who can hold a role.

use crate::{
    azure::Instance,
    domain::{
        principal::{InstanceIdentity, Principal, PrincipalKind},
        scope::Scope,
    },
};

/// The identities that can hold a role: those with an object id, as principals.
pub fn principals(instance: &Instance) -> Vec<(InstanceIdentity, Principal)> {
    let Some(at) = Scope::parse(&instance.id) else { return Vec::new() };
    let Some(held) = &instance.identity else { return Vec::new() };
    let users = held.user_assigned.iter().filter_map(|one| Some(Some(Scope::parse(&one.id)?)));
    let all = std::iter::once(None).chain(users).filter_map(|user_assigned| {
        let id = user_assigned.as_ref().map(Scope::to_string);
        let principal = instance.principal_of(id.as_deref())?.to_owned();
        let identity = InstanceIdentity { instance: at.clone(), user_assigned };
        let principal = Principal {
            id: principal,
            kind: PrincipalKind::ManagedIdentity,
            // Azure's own words: it calls a system-assigned one as its resource.
            name: Some(identity.name().to_owned()),
            mail: None,
        };
        Some((identity, principal))
    });
    all.collect()
}
