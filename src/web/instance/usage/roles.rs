//! Which roles the identities of an instance hold, and which are held on the instance.

use std::collections::BTreeMap;

use crate::{
    azure::{Filter, RoleAssignment, RoleDefinition, role_guid},
    domain::{asked::HeldRole, scope::Scope},
    web::{
        Error,
        sight::{Look, Sight},
    },
};

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
    let wanted = role_guid(&assignment.role_definition_id);
    let known = definitions.iter().find(|definition| definition.guid == wanted);
    known.map_or(wanted.clone(), |definition| definition.name.clone())
}
