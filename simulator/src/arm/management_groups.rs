//! Management groups: what is below which. Knows the tree alone, no access.
//!
//! Source: "What are Azure management groups?" (every tenant has a root group whose name is the tenant's id; a subscription
//! that is put nowhere is there); the refusal of an unknown one in Azure/azure-monitor-baseline-alerts issue 459.

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::envelope;
use crate::message::Answer;
use crate::world::World;

/// One that is no tenant's root.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagementGroup {
    /// The last part of its address.
    pub id: String,
    pub tenant: String,
    /// The `id` of another; none is the root of the tenant.
    pub parent: Option<String>,
    /// Ids of those that are directly in it.
    pub subscriptions: Vec<String>,
}

/// The name of the management group that a scope is at or below by its path.
fn name(scope: &str) -> Option<&str> {
    let mut parts = scope.split('/').skip(1);
    let fixed = ["providers", "Microsoft.Management", "managementGroups"];
    let fits =
        fixed.iter().all(|fixed| parts.next().is_some_and(|part| part.eq_ignore_ascii_case(fixed)));
    parts.next().filter(|name| fits && !name.is_empty())
}

impl World {
    fn management_group(&self, id: &str) -> Option<&ManagementGroup> {
        self.management_groups.iter().find(|row| row.id.eq_ignore_ascii_case(id))
    }

    /// The groups that a scope is in, from the nearest to the root of its tenant.
    fn groups_of(&self, scope: &str) -> Vec<&str> {
        let mut parts = scope.split('/').skip(1);
        let in_subscription =
            parts.next().is_some_and(|part| part.eq_ignore_ascii_case("subscriptions"));
        let subscription = parts.next().filter(|_| in_subscription);
        let subscription = subscription.and_then(|id| self.subscription(id));
        let (mut at, tenant) = match (subscription, name(scope)) {
            (Some(row), _) => {
                let holds = |group: &&ManagementGroup| {
                    group.subscriptions.iter().any(|id| id.eq_ignore_ascii_case(&row.id))
                };
                (self.management_groups.iter().find(holds), row.tenant.as_str())
            }
            (None, Some(name)) => match self.management_group(name) {
                Some(row) => (Some(row), row.tenant.as_str()),
                None => return self.root(name).into_iter().collect(),
            },
            (None, None) => return Vec::new(),
        };
        let mut found = Vec::new();
        while let Some(row) = at {
            found.push(row.id.as_str());
            at = row.parent.as_deref().and_then(|parent| self.management_group(parent));
        }
        found.push(&self.tenant_of(tenant).id);
        found
    }

    /// The id of the tenant whose root group has this name.
    fn root(&self, name: &str) -> Option<&str> {
        let same = |id: &&str| id.eq_ignore_ascii_case(name);
        self.tenants.iter().map(|tenant| tenant.id.as_str()).find(same)
    }

    /// The tenant of the management group that a path begins with.
    pub(crate) fn tenant_of_group(&self, path: &str) -> Option<&str> {
        self.groups_of(path).last().copied().filter(|_| name(path).is_some())
    }

    /// Parents and subscriptions are there, and no group is above itself.
    pub(crate) fn check_management_groups(&self) -> anyhow::Result<()> {
        for row in &self.management_groups {
            for id in &row.subscriptions {
                self.subscription(id).with_context(|| {
                    format!(
                        "the management group {} has the subscription {id}, which is not there",
                        row.id
                    )
                })?;
            }
            let (mut at, mut left) = (row, self.management_groups.len());
            while let Some(parent) = &at.parent {
                ensure!(left > 0, "the management group {} is above itself", row.id);
                left -= 1;
                at = self
                    .management_group(parent)
                    .with_context(|| format!("there is no management group {parent}"))?;
            }
        }
        Ok(())
    }
}

/// Whether `above` is a management group that `scope` is in.
pub fn hold(world: &World, above: &str, scope: &str) -> bool {
    let above = above.trim_end_matches('/');
    let Some(above) = name(above).filter(|_| above.split('/').count() == 5) else { return false };
    world.groups_of(scope).iter().any(|group| group.eq_ignore_ascii_case(above))
}

/// A scope with the group that it begins with in its own case; an unknown group is refused.
pub fn known(world: &World, scope: &str) -> Result<String, Answer> {
    let Some(asked) = name(scope) else { return Ok(scope.to_owned()) };
    let Some(own) = world.groups_of(scope).first().copied() else {
        let text = format!("The management group '{asked}' cannot be found.");
        return Err(envelope::error(404, "ManagementGroupNotFound", &text));
    };
    let rest: String = scope.split('/').skip(5).map(|part| format!("/{part}")).collect();
    Ok(format!("/providers/Microsoft.Management/managementGroups/{own}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::demo::{DEVELOPMENT, PRODUCTION, TENANT};

    fn at(name: &str) -> String {
        format!("/providers/Microsoft.Management/managementGroups/{name}")
    }

    fn group(id: &str, parent: Option<&str>, subscriptions: &[&str]) -> ManagementGroup {
        ManagementGroup {
            id: id.into(),
            tenant: TENANT.into(),
            parent: parent.map(str::to_owned),
            subscriptions: subscriptions.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn a_group_reaches_itself_and_what_is_in_it() {
        let mut world = World::demo(jiff::Timestamp::UNIX_EPOCH);
        world.management_groups =
            vec![group("all", None, &[]), group("live", Some("all"), &[PRODUCTION])];
        let production = format!("/subscriptions/{PRODUCTION}/resourceGroups/x");
        let development = format!("/subscriptions/{DEVELOPMENT}");
        for above in ["live", "ALL", TENANT] {
            assert!(world.reaches(&at(above), &production), "{above}");
            assert_eq!(world.reaches(&at(above), &development), above == TENANT, "{above}");
            assert!(!world.reaches(&at(above), "/"), "{above}");
        }
        assert!(world.reaches(&at("all"), &at("live")) && !world.reaches(&at("live"), &at("all")));
        assert!(world.reaches("/", &at("live")) && !world.reaches(&at("none"), &production));
        assert!(world.check_management_groups().is_ok());
        assert!(known(&world, &at("none")).is_err());
        assert_eq!(known(&world, &at("LIVE")).ok(), Some(at("live")));
        world.management_groups[0].parent = Some("live".into());
        assert!(world.check_management_groups().is_err());
    }
}
