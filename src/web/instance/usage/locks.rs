//! Which locks are in the way of what is to be done to an instance.

use crate::{
    azure::Lock,
    domain::scope::Scope,
    web::{
        Error,
        asking::review::Check,
        sight::{Look, Sight},
    },
};

/// Whether a lock keeps it from being done to the instance.
pub async fn lock_check(sight: &Sight, instance: &Scope, hold: Hold) -> Result<Check, Error> {
    let id = instance.to_string();
    let locks = sight.ask(|azure, token| azure.locks(token, &id)).await?;
    Ok(locks_check(&locks, hold))
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
