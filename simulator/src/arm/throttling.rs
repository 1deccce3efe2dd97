//! Token buckets: how many calls a principal may make, and the headers that say what is left.
//!
//! Source: "Understand how Azure Resource Manager throttles requests" (buckets of 250 reads, 200 writes and deletes;
//! all principals together fifteen times that).

use jiff::Timestamp;

use super::envelope;
use crate::message::{Answer, Ask};
use crate::state::State;

/// What is left in a bucket, and when that was counted.
#[derive(Clone, Debug)]
pub struct Bucket {
    level: f64,
    at: Timestamp,
}

/// `reads`, `writes` or `deletes`.
fn verb(ask: &Ask) -> &'static str {
    match ask.method.as_str() {
        "GET" | "HEAD" => "reads",
        "DELETE" => "deletes",
        _ => "writes",
    }
}

/// Whose bucket: a subscription's or the tenant's; Azure Digital Twins counts its own calls.
fn place(ask: &Ask) -> (String, bool) {
    let path = ask.path.to_ascii_lowercase();
    let subscription = match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", "subscriptions", id, ..] => (*id).to_owned(),
        _ => String::new(),
    };
    let own = path.contains("/providers/microsoft.digitaltwins/")
        && !path.contains("/microsoft.authorization/");
    (subscription, own)
}

fn size(state: &State, verb: &str) -> (f64, f64) {
    let settings = &state.settings;
    match verb {
        "reads" => (settings.bucket_reads, settings.refill_reads),
        "deletes" => (settings.bucket_deletes, settings.refill_deletes),
        _ => (settings.bucket_writes, settings.refill_writes),
    }
}

/// The two buckets of a call with their sizes: the principal's own, and everybody's.
fn buckets(state: &State, ask: &Ask, oid: &str) -> [(String, f64, f64); 2] {
    let (subscription, own) = place(ask);
    let verb = verb(ask);
    let (most, refill) = size(state, verb);
    [
        (format!("{subscription}|{own}|{verb}|{oid}"), most, refill),
        (format!("{subscription}|{own}|{verb}|*"), most * 15.0, refill * 15.0),
    ]
}

fn level(state: &State, name: &str, most: f64, refill: f64) -> f64 {
    let Some(bucket) = state.buckets.get(name) else { return most };
    let passed = state.now().duration_since(bucket.at).as_secs_f64().max(0.0);
    (bucket.level + passed * refill).min(most)
}

/// Takes one token from each bucket, or refuses.
pub fn take(state: &mut State, ask: &Ask, oid: &str) -> Result<(), Answer> {
    let all = buckets(state, ask, oid);
    let now = state.now();
    for (name, most, refill) in &all {
        let left = level(state, name, *most, *refill);
        if left < 1.0 {
            let wait = ((1.0 - left) / refill.max(0.001)).ceil().max(1.0);
            let text = format!(
                "Number of {} requests for the caller exceeded the limit. Please try again after '{wait}' seconds.",
                verb(ask).trim_end_matches('s')
            );
            return Err(envelope::error(429, "TooManyRequests", &text)
                .with("retry-after", wait.to_string()));
        }
    }
    for (name, most, refill) in all {
        let level = level(state, &name, most, refill) - 1.0;
        state.buckets.insert(name, Bucket { level, at: now });
    }
    Ok(())
}

/// Resource Graph's own quota: fifteen queries in five seconds. Answers what is left.
pub fn take_query(state: &mut State, oid: &str) -> Result<u32, Answer> {
    let (most, refill) = (state.settings.bucket_queries, state.settings.refill_queries);
    let name = format!("graph|{oid}");
    let left = level(state, &name, most, refill);
    if left < 1.0 {
        return Err(envelope::error(
            429,
            "RateLimiting",
            "Please provide below info when asking for support. Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed.",
        )
        .with("retry-after", "5")
        .with("x-ms-user-quota-remaining", "0")
        .with("x-ms-user-quota-resets-after", "00:00:05"));
    }
    let now = state.now();
    state.buckets.insert(name, Bucket { level: left - 1.0, at: now });
    Ok((left - 1.0) as u32)
}

/// What is left, as ARM says it in headers.
pub fn headers(state: &State, ask: &Ask, oid: Option<&str>) -> Vec<(&'static str, String)> {
    let [own, all] = buckets(state, ask, oid.unwrap_or_default());
    let left = |(name, most, refill): &(String, f64, f64)| {
        let known = oid.is_some() && state.buckets.contains_key(name);
        let left = if known { level(state, name, *most, *refill) } else { most - 1.0 };
        left.floor().max(0.0).to_string()
    };
    let (subscription, provider) = place(ask);
    if provider {
        return vec![("x-ms-ratelimit-remaining-subscription-resource-requests", left(&own))];
    }
    match (subscription.is_empty(), verb(ask)) {
        (true, "reads") => vec![("x-ms-ratelimit-remaining-tenant-reads", left(&own))],
        (true, _) => vec![("x-ms-ratelimit-remaining-tenant-writes", left(&own))],
        (false, "reads") => vec![
            ("x-ms-ratelimit-remaining-subscription-reads", left(&own)),
            ("x-ms-ratelimit-remaining-subscription-global-reads", left(&all)),
        ],
        (false, "deletes") => vec![
            ("x-ms-ratelimit-remaining-subscription-deletes", left(&own)),
            ("x-ms-ratelimit-remaining-subscription-global-deletes", left(&all)),
        ],
        (false, _) => vec![
            ("x-ms-ratelimit-remaining-subscription-writes", left(&own)),
            ("x-ms-ratelimit-remaining-subscription-global-writes", left(&all)),
        ],
    }
}
