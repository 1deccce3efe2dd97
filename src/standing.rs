//! What a person may do where, as Azure tells it to their own token, remembered for a minute.
//! Knows requests' scopes and steps; knows no page and makes no decision.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::{
    azure::{self, AccessToken, Azure, Filter, Resource},
    delegation::{self, Delegation},
    domain::{
        Time,
        permission::{Grant, Permissions},
        person::Named,
        plan::{Action, Step},
        request::Standing,
        role::Role,
        scope::Scope,
    },
    store::{Level, Store},
};

/// For how long an answer of Azure is good for showing. An act asks again.
pub const REMEMBERED: Duration = Duration::from_secs(60);
/// Calls to Azure under way at once for one person.
const AT_ONCE: usize = 8;
/// Scopes that one look at the queue asks about, in their own order. What is beyond is asked about
/// when fewer wait.
const MOST_SCOPES: i64 = 200;

#[derive(Clone)]
pub struct Standings {
    store: Store,
    azure: Azure,
    delegation: Delegation,
}

/// Whether an answer that Azure gave within the last minute will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Remembered,
    Now,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Delegation(#[from] delegation::Error),
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl Standings {
    pub fn new(store: Store, azure: Azure, delegation: Delegation) -> Standings {
        Standings { store, azure, delegation }
    }

    /// What the person may do at every scope that the steps need, and at `decided_at`. A scope that
    /// Azure could not be asked about is left out.
    pub async fn in_plan<'a>(
        &self,
        person: &Named,
        steps: impl IntoIterator<Item = &'a Step>,
        decided_at: &Scope,
        freshness: Freshness,
        now: Time,
    ) -> Result<Standing, Error> {
        let steps: Vec<&Step> = steps.into_iter().collect();
        let mut scopes = vec![decided_at.clone()];
        for need in steps.iter().flat_map(|step| &step.needs) {
            if !scopes.contains(&need.scope) {
                scopes.push(need.scope.clone());
            }
        }
        let held = self.held(person, &scopes, freshness, now).await?;
        let so_already = self.so_already(person, &steps, now).await?;
        let beyond = self.beyond(person, &steps, &held, now).await?;
        Ok(Standing { person: person.clone(), held, so_already, beyond })
    }

    /// The same at one place alone: enough to know whether they decide there.
    pub async fn at_one(
        &self,
        person: &Named,
        scope: &Scope,
        now: Time,
    ) -> Result<Standing, Error> {
        let held = self.at(person, std::slice::from_ref(scope), now).await?;
        Ok(Standing { held, ..Standing::unknown(person.clone()) })
    }

    /// What the person may do at each of these places. One that Azure could not be asked about is
    /// left out.
    pub async fn at(
        &self,
        person: &Named,
        scopes: &[Scope],
        now: Time,
    ) -> Result<BTreeMap<String, Permissions>, Error> {
        self.held(person, scopes, Freshness::Remembered, now).await
    }

    /// Asks about every scope at which something waits for a decision, the widest first: who may
    /// decide in a subscription may decide in all of it, and who does not see it decides nothing
    /// there. Returns how many could not be asked about.
    pub async fn refresh_queue(&self, person: &Named, now: Time) -> Result<usize, Error> {
        let since = now.minus(REMEMBERED);
        let mut unknown = 0;
        for level in [Level::Subscriptions, Level::Groups, Level::Instances] {
            let mut open = self.store.unasked(&person.id, level, since, MOST_SCOPES).await?;
            if open.is_empty() {
                continue;
            }
            if level == Level::Subscriptions {
                open = self.shown(person, open, now).await?;
            }
            let learnt = self.learn(person, &open, now).await?;
            unknown += open.len() - learnt.len();
        }
        Ok(unknown)
    }

    /// Those of the subscriptions that Azure shows to this person: where they hold any role, be it
    /// further in. When it cannot be asked, all of them.
    async fn shown(
        &self,
        person: &Named,
        subscriptions: Vec<Scope>,
        now: Time,
    ) -> Result<Vec<Scope>, Error> {
        let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
        let listed = self.azure.subscriptions(&token).await;
        let Some(listed) = self.answered(person, "the subscriptions", listed)? else {
            return Ok(subscriptions);
        };
        let listed: BTreeSet<String> =
            listed.iter().map(|shown| Scope::subscription(&shown.id).key()).collect();
        let (shown, hidden): (Vec<Scope>, Vec<Scope>) =
            subscriptions.into_iter().partition(|scope| listed.contains(&scope.key()));
        let hidden: Vec<_> = hidden.into_iter().map(|scope| (scope, None)).collect();
        if !hidden.is_empty() {
            self.store.keep_standing(&person.id, &hidden, now).await?;
        }
        Ok(shown)
    }

    async fn held(
        &self,
        person: &Named,
        scopes: &[Scope],
        freshness: Freshness,
        now: Time,
    ) -> Result<BTreeMap<String, Permissions>, Error> {
        let mut held = match freshness {
            Freshness::Remembered => {
                self.store.standing(&person.id, scopes, now.minus(REMEMBERED)).await?
            }
            Freshness::Now => BTreeMap::new(),
        };
        let unasked: Vec<Scope> =
            scopes.iter().filter(|scope| !held.contains_key(&scope.key())).cloned().collect();
        held.extend(self.learn(person, &unasked, now).await?);
        Ok(held)
    }

    /// Asks Azure about each of the scopes, and remembers. One that could not be asked about is
    /// left out.
    async fn learn(
        &self,
        person: &Named,
        scopes: &[Scope],
        now: Time,
    ) -> Result<BTreeMap<String, Permissions>, Error> {
        if scopes.is_empty() {
            return Ok(BTreeMap::new());
        }
        let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
        let answers: Vec<(Scope, azure::Result<Permissions>)> = stream::iter(scopes.to_vec())
            .map(async |scope| {
                let answer = self.ask(&token, &scope).await;
                (scope, answer)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut learnt = Vec::new();
        for (scope, answer) in answers {
            if let Some(permissions) = self.answered(person, &scope.to_string(), answer)? {
                learnt.push((scope, Some(permissions)));
            }
        }
        match self.store.keep_standing(&person.id, &learnt, now).await {
            // It is known all the same; only the memory of it is lost.
            Err(error) if error.trouble().is_some() => {
                tracing::warn!(%error, "what a person may do could not be remembered");
            }
            kept => kept?,
        }
        Ok(learnt.into_iter().filter_map(|(scope, held)| Some((scope.key(), held?))).collect())
    }

    /// What Azure answered; `None` when it could not be asked.
    fn answered<T>(
        &self,
        person: &Named,
        about: &str,
        answer: azure::Result<T>,
    ) -> Result<Option<T>, Error> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(azure::Error::SignIn { claims, problem }) => {
                let (code, why) = (problem.code.clone(), problem.words());
                Err(delegation::Error::NeedsSignIn { claims, code, why }.into())
            }
            Err(azure::Error::Expired(_)) => {
                self.delegation.forget_access(&person.id, Resource::Arm);
                Ok(None)
            }
            Err(problem) => {
                tracing::info!(about, %problem, "Azure did not say what may be done there");
                Ok(None)
            }
        }
    }

    async fn ask(&self, token: &AccessToken, scope: &Scope) -> azure::Result<Permissions> {
        let mut at = scope.lineage();
        while let Some(scope) = at.pop() {
            match self.azure.permissions(token, &scope.to_string()).await {
                Ok(entries) => return Ok(permissions(entries)),
                // What does not exist yet will inherit what is held above it.
                Err(azure::Error::Missing(_)) => {}
                // Somebody with no role there may not even ask.
                Err(azure::Error::Refused(problem)) if problem.status == Some(403) => {
                    return Ok(Permissions::default());
                }
                Err(error) => return Err(error),
            }
        }
        // Not even the subscription can be seen.
        Ok(Permissions::default())
    }

    /// Which of the steps go beyond a condition that limits the person to the data roles, and that is
    /// all they hold there. Of other conditions Azure's own answer tells.
    async fn beyond(
        &self,
        person: &Named,
        steps: &[&Step],
        held: &BTreeMap<String, Permissions>,
        now: Time,
    ) -> Result<BTreeSet<usize>, Error> {
        let mut beyond = BTreeSet::new();
        for (position, step) in steps.iter().enumerate() {
            let (scope, role) = match &step.action {
                Action::AssignRole { scope, role, .. } => (scope, role.guid()),
                Action::RemoveRole { assignment } => (&assignment.scope, &*assignment.role),
                _ => continue,
            };
            let allowed =
                |held: &Permissions| step.needs.iter().all(|need| held.allow(&need.action));
            if Role::DATA.iter().any(|data| data.guid() == role)
                || !held.get(&scope.key()).is_some_and(allowed)
            {
                continue;
            }
            let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
            let filter = Filter::AtScopeAssignedTo(&person.id);
            let reaching = self.azure.role_assignments(&token, &scope.to_string(), filter).await;
            if reaching.is_ok_and(|reaching| data_roles_only(&reaching)) {
                beyond.insert(position);
            }
        }
        Ok(beyond)
    }

    /// Which of the steps Azure shows, with this person's token, to be done already.
    async fn so_already(
        &self,
        person: &Named,
        steps: &[&Step],
        now: Time,
    ) -> Result<BTreeSet<usize>, Error> {
        let mut so = BTreeSet::new();
        for (position, step) in steps.iter().enumerate() {
            let found = match &step.action {
                Action::RegisterProvider { subscription } => {
                    let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
                    self.azure
                        .provider(&token, subscription)
                        .await
                        .is_ok_and(|provider| provider.is_registered())
                }
                Action::EnsureResourceGroup { group } => {
                    let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
                    let name = group.group_name().unwrap_or_default();
                    self.azure
                        .resource_group(&token, group.subscription_id(), name)
                        .await
                        .is_ok_and(|found| found.is_some())
                }
                Action::EnsurePrivateZone { zone } => {
                    let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
                    self.azure
                        .private_zone(&token, &zone.to_string())
                        .await
                        .is_ok_and(|found| found.is_some())
                }
                Action::LinkPrivateZone { link, network } => {
                    let token = self.delegation.act_as(&person.id, Resource::Arm, now).await?;
                    let zone = link.parent().map(|zone| zone.to_string()).unwrap_or_default();
                    self.azure.zone_links(&token, &zone).await.is_ok_and(|links| {
                        links
                            .iter()
                            .any(|link| Scope::parse(&link.network).as_ref() == Some(network))
                    })
                }
                _ => false,
            };
            if found {
                so.insert(position);
            }
        }
        Ok(so)
    }
}

/// Whether every role there that assigns roles is limited to the two data roles.
fn data_roles_only(reaching: &[azure::RoleAssignment]) -> bool {
    let limit = Role::RoleBasedAccessControlAdministrator;
    let assigning: Vec<_> = reaching
        .iter()
        .filter(|held| {
            let id = azure::role_guid(&held.role_definition_id);
            let others = Role::RAISED.into_iter().filter(|role| *role != Role::Contributor);
            others.into_iter().any(|role| id == role.guid())
        })
        .collect();
    !assigning.is_empty()
        && assigning.iter().all(|held| limit.is_limited_by(held.condition.as_deref()))
}

fn permissions(entries: Vec<azure::PermissionEntry>) -> Permissions {
    let grant = |entry: azure::PermissionEntry| Grant {
        actions: entry.actions,
        not_actions: entry.not_actions,
    };
    Permissions(entries.into_iter().map(grant).collect())
}
