//! Acting in a person's name: the only place where a token is open. Knows how tokens are traded,
//! sealed and kept; knows nothing of what is done with them.
//!
//! A refresh token is sealed in the database. Access tokens are only in memory, until shortly
//! before their end. No lock is held while Entra ID is asked.

mod vault;

pub use vault::{Vault, new_key};

use crate::azure::{self, AccessToken, Azure, Resource};
use crate::domain::Time;
use crate::store::{self, Store};
use crate::{text, words::Text};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

#[derive(Clone)]
pub struct Delegation {
    store: Store,
    azure: Azure,
    vault: Arc<Vault>,
    tokens: Arc<Tokens>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person must sign in again, with these claims (JSON text) if there are any. `code` is
    /// Entra ID's, or ours where it was not asked.
    #[error("{why}")]
    NeedsSignIn { claims: Option<String>, code: String, why: Text },
    /// Entra ID is busy, away, or refuses for good. Never [`azure::Error::SignIn`].
    #[error(transparent)]
    Azure(azure::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Delegation {
    /// `margin` is how long before its end an access token is no longer used.
    pub fn new(store: Store, azure: Azure, vault: Vault, margin: Duration) -> Delegation {
        Delegation { store, azure, vault: Arc::new(vault), tokens: Arc::new(Tokens::new(margin)) }
    }

    /// Keeps the refresh token of a fresh sign-in, in the place of any older one, and wakes what
    /// waited for it. Access tokens from before are forgotten: they lack what this sign-in may
    /// have proved.
    pub async fn keep(&self, person_id: &str, refresh: &SecretString, at: Time) -> Result<()> {
        let sealed = self.vault.seal(person_id, refresh.expose_secret());
        self.store.keep_delegation(person_id, &sealed, at).await?;
        self.tokens.forget_person(person_id);
        Ok(())
    }

    /// Puts an access token that came with a sign-in to use, so that the first page needs no
    /// trade. To be called after [`Delegation::keep`].
    pub fn remember(
        &self,
        person_id: &str,
        resource: Resource,
        access: &AccessToken,
        expires_in: Duration,
        now: Time,
    ) {
        self.tokens.hold(self.tokens.epoch(), person_id, resource, access, expires_in, now);
    }

    /// An access token of this person, from memory or newly traded.
    pub async fn act_as(
        &self,
        person_id: &str,
        resource: Resource,
        now: Time,
    ) -> Result<AccessToken> {
        match self.tokens.find(person_id, resource, now) {
            Some(token) => Ok(token),
            None => self.trade(person_id, resource, None, now).await,
        }
    }

    /// An access token that answers a claims challenge, if Entra ID gives one without the person.
    /// If it does not, the person must sign in with the claims in the error.
    pub async fn act_as_with_claims(
        &self,
        person_id: &str,
        resource: Resource,
        claims: &str,
        now: Time,
    ) -> Result<AccessToken> {
        self.tokens.forget(person_id, resource);
        self.trade(person_id, resource, Some(claims), now).await
    }

    /// After a 401 without a challenge: the next [`Delegation::act_as`] trades again.
    pub fn forget_access(&self, person_id: &str, resource: Resource) {
        self.tokens.forget(person_id, resource);
    }

    /// Seals a text that only its owner's id opens again, such as what is remembered of a sign-in.
    pub fn seal(&self, owner: &str, text: &str) -> String {
        self.vault.seal(owner, text)
    }

    /// `None` when it was sealed for another owner, or with a key that is no longer known.
    pub fn unseal(&self, owner: &str, sealed: &str) -> Option<SecretString> {
        self.vault.open(owner, sealed)
    }

    /// Nothing is done in this person's name any more, until they sign in again.
    pub async fn forget(&self, person_id: &str) -> Result<()> {
        self.store.drop_delegation(person_id).await?;
        self.tokens.forget_person(person_id);
        Ok(())
    }

    async fn trade(
        &self,
        person_id: &str,
        resource: Resource,
        claims: Option<&str>,
        now: Time,
    ) -> Result<AccessToken> {
        let traded = self.try_trade(person_id, resource, claims, now).await;
        let outcome = match &traded {
            Ok(_) => "traded",
            Err(Error::NeedsSignIn { .. }) => "needs_sign_in",
            Err(Error::Azure(azure::Error::Busy { .. } | azure::Error::Unreachable { .. })) => {
                "not_now"
            }
            Err(Error::Azure(_)) => "refused",
            Err(Error::Store(_)) => "database",
        };
        let resource = resource.word();
        metrics::counter!("twindesk_token_trades_total", "resource" => resource, "outcome" => outcome)
            .increment(1);
        traded
    }

    async fn try_trade(
        &self,
        person_id: &str,
        resource: Resource,
        claims: Option<&str>,
        now: Time,
    ) -> Result<AccessToken> {
        let epoch = self.tokens.epoch();
        let Some(sealed) = self.store.delegation(person_id).await? else {
            let why = text!("problem-no-sign-in");
            return Err(Error::needs_sign_in(claims, "NoSignIn", why));
        };
        let Some(refresh) = self.vault.open(person_id, &sealed) else {
            tracing::warn!(person = person_id, "a sealed delegation opens with none of the keys");
            let why = text!("problem-key-lost");
            return Err(Error::needs_sign_in(claims, "KeyLost", why));
        };
        let traded =
            self.azure.trade(&refresh, resource, claims).await.map_err(|error| match error {
                azure::Error::SignIn { claims: theirs, problem } => Error::NeedsSignIn {
                    claims: theirs.or_else(|| claims.map(str::to_owned)),
                    code: problem.code.clone(),
                    why: problem.words(),
                },
                other => Error::Azure(other),
            })?;
        if let Some(newer) = &traded.refresh {
            // Only in the place of the one that was read: a sign-in meanwhile has kept a newer
            // one, and a sign-out meanwhile is not undone. The token that we got is good all the
            // same.
            let resealed = self.vault.seal(person_id, newer.expose_secret());
            if !self.store.replace_delegation(person_id, &sealed, &resealed, now).await? {
                return Ok(traded.access);
            }
        }
        self.tokens.hold(epoch, person_id, resource, &traded.access, traded.expires_in, now);
        Ok(traded.access)
    }
}

impl Error {
    fn needs_sign_in(claims: Option<&str>, code: &str, why: Text) -> Error {
        Error::NeedsSignIn { claims: claims.map(str::to_owned), code: code.to_owned(), why }
    }
}

/// Access tokens in memory.
struct Tokens {
    margin: Duration,
    held: RwLock<Held>,
}

#[derive(Default)]
struct Held {
    /// Counts forgetting, so that a trade which began before is not remembered after.
    epoch: u64,
    tokens: HashMap<(String, Resource), (AccessToken, Time)>,
}

impl Tokens {
    fn new(margin: Duration) -> Tokens {
        Tokens { margin, held: RwLock::default() }
    }

    fn epoch(&self) -> u64 {
        self.read().epoch
    }

    fn find(&self, person_id: &str, resource: Resource, now: Time) -> Option<AccessToken> {
        let held = self.read();
        let (token, until) = held.tokens.get(&(person_id.to_owned(), resource))?;
        (now < *until).then(|| token.clone())
    }

    fn hold(
        &self,
        epoch: u64,
        person_id: &str,
        resource: Resource,
        access: &AccessToken,
        expires_in: Duration,
        now: Time,
    ) {
        let good_for = expires_in.saturating_sub(self.margin);
        let until =
            Time(now.0.saturating_add(i64::try_from(good_for.as_micros()).unwrap_or(i64::MAX)));
        let mut held = self.write();
        if held.epoch != epoch {
            return;
        }
        held.tokens.retain(|_, (_, until)| now < *until);
        if now < until {
            held.tokens.insert((person_id.to_owned(), resource), (access.clone(), until));
        }
    }

    fn forget(&self, person_id: &str, resource: Resource) {
        let mut held = self.write();
        held.epoch += 1;
        held.tokens.remove(&(person_id.to_owned(), resource));
    }

    fn forget_person(&self, person_id: &str) {
        let mut held = self.write();
        held.epoch += 1;
        held.tokens.retain(|(person, _), _| person != person_id);
    }

    fn read(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    /// A handler's future goes from thread to thread, so all of ours must be able to.
    #[test]
    fn every_future_can_be_sent_to_another_thread() {
        fn check(_: impl Send) {}
        let _ = |delegation: &Delegation, secret: &SecretString| {
            check(delegation.keep("", secret, Time(0)));
            check(delegation.act_as("", Resource::Arm, Time(0)));
            check(delegation.act_as_with_claims("", Resource::Arm, "", Time(0)));
            check(delegation.forget(""));
        };
    }

    #[test]
    fn a_token_is_used_until_the_margin_before_its_end() {
        let tokens = Tokens::new(Duration::from_secs(5 * 60));
        hold(&tokens, tokens.epoch(), "ada", Resource::Arm, 60, Time(0));
        assert!(tokens.find("ada", Resource::Arm, Time(55 * MINUTE - 1)).is_some());
        assert!(tokens.find("ada", Resource::Arm, Time(55 * MINUTE)).is_none());
        assert!(tokens.find("ada", Resource::Graph, Time(0)).is_none());
        assert!(tokens.find("bob", Resource::Arm, Time(0)).is_none());
    }

    #[test]
    fn a_token_shorter_than_the_margin_is_not_held() {
        let tokens = Tokens::new(Duration::from_secs(5 * 60));
        hold(&tokens, tokens.epoch(), "ada", Resource::Arm, 5, Time(0));
        assert!(tokens.read().tokens.is_empty());
    }

    #[test]
    fn what_has_ended_is_not_kept() {
        let tokens = Tokens::new(Duration::ZERO);
        hold(&tokens, tokens.epoch(), "ada", Resource::Arm, 1, Time(0));
        hold(&tokens, tokens.epoch(), "bob", Resource::Arm, 1, Time(2 * MINUTE));
        assert_eq!(tokens.read().tokens.len(), 1);
    }

    #[test]
    fn forgetting_is_for_one_resource_or_for_a_person() {
        let tokens = Tokens::new(Duration::ZERO);
        for (person, resource) in
            [("ada", Resource::Arm), ("ada", Resource::Graph), ("bob", Resource::Arm)]
        {
            hold(&tokens, tokens.epoch(), person, resource, 60, Time(0));
        }
        tokens.forget("ada", Resource::Arm);
        assert!(tokens.find("ada", Resource::Arm, Time(0)).is_none());
        assert!(tokens.find("ada", Resource::Graph, Time(0)).is_some());
        tokens.forget_person("ada");
        assert!(tokens.find("ada", Resource::Graph, Time(0)).is_none());
        assert!(tokens.find("bob", Resource::Arm, Time(0)).is_some());
    }

    #[test]
    fn a_trade_that_began_before_is_not_remembered_after() {
        let tokens = Tokens::new(Duration::ZERO);
        let epoch = tokens.epoch();
        tokens.forget_person("ada");
        hold(&tokens, epoch, "ada", Resource::Arm, 60, Time(0));
        assert!(tokens.find("ada", Resource::Arm, Time(0)).is_none());
    }

    fn hold(
        tokens: &Tokens,
        epoch: u64,
        person: &str,
        resource: Resource,
        minutes: u64,
        now: Time,
    ) {
        let lasts = Duration::from_secs(60 * minutes);
        tokens.hold(epoch, person, resource, &AccessToken::new("token".into()), lasts, now);
    }
}
