//! Which locks are in the way of what is to be done to an instance.

use crate::{
    azure::Lock,
    domain::scope::Scope,
    text,
    web::{
        Error,
        asking::review::Check,
        sight::{Look, Sight},
    },
    words::Text,
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
    let word = match hold {
        Hold::Create => "create",
        Hold::Change => "change",
        Hold::Delete => "delete",
    };
    Check::of(locks, text!("lock-whether"), |locks| {
        let stops = |lock: &&Lock| hold == Hold::Delete || lock.is_read_only();
        let holding: Vec<Text> = locks.iter().filter(stops).map(lock_words).collect();
        match holding.is_empty() {
            true => Check::ok(text!("lock-none", hold = word)),
            false => {
                let locks = Text::joined(holding, "; ");
                Check::problem(text!("lock-holds", hold = word, locks = locks))
            }
        }
    })
}

fn lock_words(lock: &Lock) -> Text {
    let scope = Scope::parse(&lock.scope);
    let (place, at) = match &scope {
        Some(Scope::Subscription { .. }) => ("subscription", ""),
        Some(scope @ Scope::ResourceGroup { .. }) => ("group", scope.short()),
        Some(scope) => ("other", scope.short()),
        None if lock.scope.is_empty() => ("none", ""),
        None => ("other", &*lock.scope),
    };
    let words = text!("lock-one", name = &lock.name, level = &lock.level, place = place, at = at);
    match &lock.notes {
        Some(notes) => text!("lock-noted", lock = words, notes = notes),
        None => words,
    }
}
