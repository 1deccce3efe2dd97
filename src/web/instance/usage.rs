//! What hangs on an instance and on its identities, as Azure shows it: what it delivers to and as
//! whom, which roles an identity holds, which locks are in the way. Decides nothing.

use std::collections::BTreeMap;

use crate::{
    azure::{ActsAs, Filter, Instance, Lock, Outlet, RoleAssignment, RoleDefinition},
    domain::{
        asked::{HeldRole, IdentityState, Use},
        principal::{InstanceIdentity, Principal, PrincipalKind},
        scope::Scope,
    },
    web::{
        Error,
        asking::review::Check,
        sight::{Look, Sight},
    },
};

/// The instance that a form is about, if it names one.
pub fn named(typed: &str) -> Option<Scope> {
    Scope::parse(typed.trim()).filter(|scope| scope.instance_name().is_some())
}

/// That instance as Azure shows it.
pub async fn seen(sight: &Sight, scope: Option<&Scope>) -> Result<Look<Option<Instance>>, Error> {
    let Some(scope) = scope else { return Ok(Ok(None)) };
    let id = scope.to_string();
    sight.ask(|azure, token| azure.instance(token, &id)).await
}

/// The identities of an instance; `None` where one of its ids cannot be read.
pub fn identities(instance: &Instance) -> Option<IdentityState> {
    let Some(identity) = &instance.identity else { return Some(IdentityState::default()) };
    let user = identity.user_assigned.iter().map(|one| &*one.id);
    IdentityState::read(identity.principal_id.as_deref(), user)
}

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

/// What the instance delivers to.
pub struct Outlets {
    endpoints: Look<Vec<Outlet>>,
    history: Look<Vec<Outlet>>,
}

impl Outlets {
    pub async fn of(sight: &Sight, instance: &Scope) -> Result<Outlets, Error> {
        let id = instance.to_string();
        let (endpoints, history) = tokio::try_join!(
            sight.ask(|azure, token| azure.endpoints(token, &id)),
            sight.ask(|azure, token| azure.data_history(token, &id))
        )?;
        Ok(Outlets { endpoints, history })
    }

    /// Those that act as `wanted`.
    pub fn uses(&self, wanted: impl Fn(&ActsAs) -> bool) -> Vec<Use> {
        let each = |what: &str, look: &Look<Vec<Outlet>>| -> Vec<Use> {
            let all = look.as_ref().map(Vec::as_slice).unwrap_or_default();
            let all = all.iter().filter(|outlet| wanted(&outlet.acts_as));
            all.map(|outlet| Use {
                what: what.to_owned(),
                name: outlet.name.clone(),
                identity: match &outlet.acts_as {
                    ActsAs::User(id) => Scope::parse(id),
                    _ => None,
                },
                target: outlet.target.clone(),
                state: outlet.provisioning_state.clone(),
            })
            .collect()
        };
        let mut uses = each("Endpoint", &self.endpoints);
        uses.extend(each("Data history connection", &self.history));
        uses
    }

    /// What is not to be seen, in sentences.
    pub fn unseen(&self) -> Vec<String> {
        let endpoints = self.endpoints.as_ref().err().map(|hidden| ("endpoints", hidden));
        let history =
            self.history.as_ref().err().map(|hidden| ("data history connections", hidden));
        let all = endpoints.into_iter().chain(history);
        all.map(|(what, hidden)| format!("Its {what} are not to be seen. {}", hidden.words))
            .collect()
    }
}

/// Whether an outlet acts as this identity; `None` is the system-assigned one.
pub fn acts_as(outlet: &ActsAs, identity: Option<&Scope>) -> bool {
    match (outlet, identity) {
        (ActsAs::System, None) => true,
        (ActsAs::User(id), Some(one)) => Scope::parse(id).as_ref() == Some(one),
        _ => false,
    }
}

/// The roles that these principals hold in the subscription, at and above it too. Two questions,
/// however many principals there are.
pub async fn roles(
    sight: &Sight,
    subscription: &str,
    principals: &[(Option<Scope>, String)],
) -> Result<Look<Vec<HeldRole>>, Error> {
    let filter = match principals {
        [] => return Ok(Ok(Vec::new())),
        [(_, only)] => Filter::Principal(only),
        _ => Filter::All,
    };
    let scope = Scope::subscription(subscription).to_string();
    let (assignments, definitions) = tokio::try_join!(
        sight.ask(|azure, token| azure.role_assignments(token, &scope, filter)),
        sight.ask(|azure, token| azure.role_definitions(token, &scope))
    )?;
    let names = definitions.unwrap_or_default();
    Ok(assignments.map(|assignments| {
        let mut held: Vec<HeldRole> = assignments
            .iter()
            .filter_map(|assignment| {
                let holder = principals
                    .iter()
                    .find(|(_, id)| assignment.principal_id.eq_ignore_ascii_case(id))?;
                Some(HeldRole {
                    identity: holder.0.clone(),
                    role: role_name(&names, assignment),
                    scope: assignment.scope.clone(),
                    assignment: assignment.id.clone(),
                })
            })
            .collect();
        held.sort_by(|a, b| (&a.role, &a.scope).cmp(&(&b.role, &b.scope)));
        held
    }))
}

/// Who holds what at the instance itself: the role and how many hold it.
pub async fn assigned(
    sight: &Sight,
    instance: &Scope,
) -> Result<Look<Vec<(String, usize)>>, Error> {
    let (id, subscription) =
        (instance.to_string(), Scope::subscription(instance.subscription_id()).to_string());
    let (assignments, definitions) = tokio::try_join!(
        sight.ask(|azure, token| azure.role_assignments(token, &id, Filter::AtScope)),
        sight.ask(|azure, token| azure.role_definitions(token, &subscription))
    )?;
    let names = definitions.unwrap_or_default();
    Ok(assignments.map(|assignments| {
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        let own =
            assignments.iter().filter(|one| Scope::parse(&one.scope).as_ref() == Some(instance));
        for assignment in own {
            *counted.entry(role_name(&names, assignment)).or_default() += 1;
        }
        counted.into_iter().collect()
    }))
}

/// As Azure names it; its GUID where the names are not to be seen.
fn role_name(definitions: &[RoleDefinition], assignment: &RoleAssignment) -> String {
    let guid = |id: &str| id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = guid(&assignment.role_definition_id);
    let known = definitions.iter().find(|definition| definition.guid == wanted);
    known.map_or(wanted.clone(), |definition| definition.name.clone())
}

/// Whether a lock keeps the instance from being deleted, or else from being changed.
pub async fn lock_check(sight: &Sight, instance: &Scope, deletes: bool) -> Result<Check, Error> {
    let id = instance.to_string();
    let locks = sight.ask(|azure, token| azure.locks(token, &id)).await?;
    Ok(locks_check(&locks, if deletes { Hold::Delete } else { Hold::Change }))
}

/// What a lock can be in the way of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Create,
    Change,
    Delete,
}

/// A lock that lets it not be done stops everybody, whatever they may do.
pub fn locks_check(locks: &Look<Vec<Lock>>, hold: Hold) -> Check {
    let done = match hold {
        Hold::Create => "created",
        Hold::Change => "changed",
        Hold::Delete => "deleted",
    };
    Check::of(locks, "whether a lock is in the way", |locks| {
        let stops = |lock: &&Lock| hold == Hold::Delete || lock.is_read_only();
        let holding: Vec<String> = locks.iter().filter(stops).map(lock_words).collect();
        match holding.is_empty() {
            true => Check::ok(format!("No lock keeps it from being {done}.")),
            false => Check::problem(format!(
                "It cannot be {done} because of {}. Somebody who may manage locks there, \
                 as an Owner or User Access Administrator does, has to remove the lock first.",
                holding.join("; ")
            )),
        }
    })
}

fn lock_words(lock: &Lock) -> String {
    let place = match Scope::parse(&lock.scope) {
        Some(Scope::Subscription { .. }) => " on the subscription".to_owned(),
        Some(scope @ Scope::ResourceGroup { .. }) => {
            format!(" on the resource group {}", scope.short())
        }
        Some(scope) => format!(" on {}", scope.short()),
        None if lock.scope.is_empty() => String::new(),
        None => format!(" on {}", lock.scope),
    };
    let notes = lock.notes.as_ref().map_or(String::new(), |notes| format!(" (“{notes}”)"));
    format!("the lock {} of level {}{place}{notes}", lock.name, lock.level)
}
