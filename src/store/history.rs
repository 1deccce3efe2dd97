//! What has happened. Appending is private to the store and needs a transaction in hand: nothing
//! changes without its sentence, and no sentence is ever changed.

use crate::words::Text;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Error, Result, Store, Tx, json as text, parse, requests::named, torn};
use crate::domain::{
    Time,
    history::{Actor, Event},
    person::Named,
    request::Request,
    scope::Scope,
};

/// One sentence of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub at: Time,
    pub actor: Actor,
    /// In whose name something was done in Azure.
    pub in_name_of: Option<Named>,
    pub request_id: String,
    pub requester_id: String,
    /// The request's title.
    pub title: Text,
    /// The instance that it is about.
    pub scope: Scope,
    /// Azure's correlation id.
    pub correlation: Option<String>,
    pub event: Event,
    /// Over this entry and the one before.
    pub hash: String,
}

/// What a reader may see at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    All,
    /// What this person asked, did, or gave their name to.
    Mine(String),
    /// Everything in a subscription, in a resource group, or about an instance.
    Scope(Scope),
    /// Of that, what concerns this person.
    MineIn(String, Scope),
}

/// What a reader wants to see of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryFilter {
    pub view: View,
    /// Object id of somebody whom it concerns.
    pub person: Option<String>,
    /// [`Event::kind`].
    pub kind: Option<String>,
    pub request: Option<String>,
    pub from: Option<Time>,
    /// Not included.
    pub to: Option<Time>,
}

impl HistoryFilter {
    pub fn all(view: View) -> HistoryFilter {
        HistoryFilter { view, person: None, kind: None, request: None, from: None, to: None }
    }
}

/// A page of the history, the newest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    pub entries: Vec<Entry>,
    /// Where older entries begin, if there may be any. A page can hold fewer entries than asked
    /// for, or none, and still have older ones: a search looks only so far at a time.
    pub older: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub checked: i64,
    /// The first entry that is missing or not as it was written.
    pub broken_at: Option<i64>,
    /// Where to go on; `None` when the end has been reached.
    pub next: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    at: i64,
    kind: String,
    actor_id: String,
    actor_name: String,
    in_name_of_id: Option<String>,
    in_name_of_name: Option<String>,
    request_id: String,
    requester_id: String,
    scope: String,
    subscription_key: String,
    group_key: String,
    scope_key: String,
    title: String,
    correlation: Option<String>,
    what: String,
    hash: String,
}

impl EntryRow {
    /// SHA-256 over the hash before and every column, as a JSON array, hexadecimal. A file
    /// format: entries written long ago must still be found right.
    fn chained(&self, before: &str) -> String {
        let whole = json!([
            before,
            self.seq,
            self.at,
            self.kind,
            self.actor_id,
            self.actor_name,
            self.in_name_of_id,
            self.in_name_of_name,
            self.request_id,
            self.requester_id,
            self.scope,
            self.subscription_key,
            self.group_key,
            self.scope_key,
            self.title,
            self.correlation,
            self.what,
        ]);
        let hash = Sha256::digest(whole.to_string());
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Entry> {
        let actor = if row.actor_id.is_empty() {
            Actor::Portal
        } else {
            Actor::Person(Named { id: row.actor_id, name: row.actor_name })
        };
        Ok(Entry {
            seq: row.seq,
            at: Time(row.at),
            actor,
            in_name_of: named(row.in_name_of_id, row.in_name_of_name),
            request_id: row.request_id,
            requester_id: row.requester_id,
            title: Text::of_column(row.title),
            scope: Scope::parse(&row.scope).ok_or_else(|| torn("a history entry"))?,
            correlation: row.correlation,
            event: parse("an event", &row.what)?,
            hash: row.hash,
        })
    }
}

macro_rules! columns {
    () => {
        "history.seq, history.at, history.kind, history.actor_id, history.actor_name, \
         history.in_name_of_id, history.in_name_of_name, history.request_id, \
         history.requester_id, history.scope, history.subscription_key, history.group_key, \
         history.scope_key, history.title, history.correlation, history.what, history.hash"
    };
}

/// The numbers of entries that one index gives, the newest first: at most `$4` of them below `$1`
/// and, as far as the index on time knows, between `$2` and `$3`. One condition from above and one
/// from below: SQLite seeks by one each and reads through what the others leave out.
macro_rules! found {
    ($table:literal, $condition:literal) => {
        concat!(
            "SELECT seq FROM ",
            $table,
            " WHERE ",
            $condition,
            " seq <= (SELECT CASE WHEN seq < $1 THEN seq ELSE $1 - 1 END FROM history",
            " WHERE at < $3 ORDER BY at DESC, seq DESC LIMIT 1)",
            " AND seq >= (SELECT seq FROM history WHERE at >= $2 ORDER BY at, seq LIMIT 1)",
            " ORDER BY seq DESC LIMIT $4"
        )
    };
}

/// Two texts for one way in: the entries, with every filter applied to what the index gave, and
/// how far the index was read. People are counted: for EXISTS, PostgreSQL reads everything that
/// concerns them first.
macro_rules! way {
    ($table:literal, $condition:literal) => {
        Way {
            entries: concat!(
                "SELECT ",
                columns!(),
                " FROM (",
                found!($table, $condition),
                ") AS found CROSS JOIN history WHERE history.seq = found.seq",
                " AND ($6 = '' OR history.kind = $6)",
                " AND ($7 = '' OR history.request_id = $7)",
                " AND ($8 = '' OR (SELECT COUNT(*) FROM history_person AS mine",
                " WHERE mine.person_id = $8 AND mine.seq = history.seq) > 0)",
                " AND ($9 = '' OR (SELECT COUNT(*) FROM history_person AS theirs",
                " WHERE theirs.person_id = $9 AND theirs.seq = history.seq) > 0)",
                " AND ($10 = '' OR history.subscription_key = $10)",
                " AND ($11 = '' OR history.group_key = $11)",
                " AND ($12 = '' OR history.scope_key = $12)",
                " AND history.at >= $13 AND history.at < $14",
                " ORDER BY found.seq DESC LIMIT $5"
            ),
            reach: concat!(
                "SELECT COUNT(*), MIN(seq) FROM (",
                found!($table, $condition),
                ") AS found"
            ),
        }
    };
}

/// One index by which the history can be read.
struct Way {
    entries: &'static str,
    reach: &'static str,
}

const WHOLE: Way = way!("history", "");
const BY_KIND: Way = way!("history", "kind = $6 AND");
const BY_REQUEST: Way = way!("history", "request_id = $7 AND");
const MINE: Way = way!("history_person", "person_id = $8 AND");
const MINE_BY_KIND: Way = way!("history_person", "person_id = $8 AND kind = $6 AND");
const BY_PERSON: Way = way!("history_person", "person_id = $9 AND");
const BY_PERSON_AND_KIND: Way = way!("history_person", "person_id = $9 AND kind = $6 AND");
const IN_SUBSCRIPTION: Way = way!("history", "subscription_key = $10 AND");
const IN_SUBSCRIPTION_BY_KIND: Way = way!("history", "subscription_key = $10 AND kind = $6 AND");
const IN_GROUP: Way = way!("history", "group_key = $11 AND");
const IN_GROUP_BY_KIND: Way = way!("history", "group_key = $11 AND kind = $6 AND");
const OF_INSTANCE: Way = way!("history", "scope_key = $12 AND");

/// How many entries one search looks at where no index answers all of its filters.
const FARTHEST: i64 = 5_000;
/// And how many more than it needs, where one does but for the edges in time.
const FAR: i64 = 500;
/// Clocks of replicas differ: entries are in order of time but for this much.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// A filter as the queries take it; an empty text filters nothing.
#[derive(Default)]
struct Search {
    kind: String,
    request: String,
    mine: String,
    person: String,
    subscription: String,
    group: String,
    instance: String,
}

impl Search {
    fn of(filter: &HistoryFilter) -> Search {
        let mut search = Search {
            kind: filter.kind.clone().unwrap_or_default(),
            request: filter.request.clone().unwrap_or_default(),
            person: filter.person.as_deref().unwrap_or_default().to_lowercase(),
            ..Search::default()
        };
        match &filter.view {
            View::All => {}
            View::Mine(person) => search.mine = person.to_lowercase(),
            View::Scope(scope) => search.within(scope),
            View::MineIn(person, scope) => {
                search.mine = person.to_lowercase();
                search.within(scope);
            }
        }
        search
    }

    fn within(&mut self, scope: &Scope) {
        match scope {
            Scope::Subscription { .. } => self.subscription = scope.key(),
            Scope::ResourceGroup { .. } => self.group = scope.key(),
            Scope::Instance { .. } | Scope::Resource { .. } => self.instance = scope.key(),
        }
    }

    /// The index that leaves least to look through, and whether it answers everything.
    fn way(&self) -> (&'static Way, bool) {
        let narrows = |field: &String| usize::from(!field.is_empty());
        let filters = [
            &self.kind,
            &self.request,
            &self.mine,
            &self.person,
            &self.subscription,
            &self.group,
            &self.instance,
        ]
        .into_iter()
        .map(narrows)
        .sum::<usize>();
        let kind = !self.kind.is_empty();
        let (way, answered) = if !self.request.is_empty() {
            (&BY_REQUEST, 1)
        } else if !self.instance.is_empty() {
            (&OF_INSTANCE, 1)
        } else if !self.person.is_empty() {
            if kind { (&BY_PERSON_AND_KIND, 2) } else { (&BY_PERSON, 1) }
        } else if !self.mine.is_empty() {
            if kind { (&MINE_BY_KIND, 2) } else { (&MINE, 1) }
        } else if !self.group.is_empty() {
            if kind { (&IN_GROUP_BY_KIND, 2) } else { (&IN_GROUP, 1) }
        } else if !self.subscription.is_empty() {
            if kind { (&IN_SUBSCRIPTION_BY_KIND, 2) } else { (&IN_SUBSCRIPTION, 1) }
        } else if kind {
            (&BY_KIND, 1)
        } else {
            (&WHOLE, 0)
        };
        (way, answered == filters)
    }
}

impl Store {
    /// The newest entries below `before` that the filter lets through. Whatever the filter, the
    /// cost has a bound that does not depend on how much history there is.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<HistoryPage> {
        let search = Search::of(filter);
        let (way, exact) = search.way();
        let from = filter.from.unwrap_or(Time(i64::MIN));
        let to = filter.to.unwrap_or(Time(i64::MAX));
        let timed = filter.from.is_some() || filter.to.is_some();
        let farthest = match (exact, timed) {
            (true, false) => limit.saturating_add(1),
            // Only what differing clocks let into the window is left out again.
            (true, true) => limit.saturating_add(FAR),
            (false, _) => FARTHEST.max(limit.saturating_add(1)),
        };
        let exact = exact && !timed;
        macro_rules! bound {
            ($query:expr) => {
                $query
                    .bind(before.unwrap_or(i64::MAX).max(0))
                    .bind(from.minus(CLOCKS_DIFFER).0)
                    .bind(to.plus(CLOCKS_DIFFER).0)
                    .bind(farthest)
                    .bind(limit.saturating_add(1))
                    .bind(&search.kind)
                    .bind(&search.request)
                    .bind(&search.mine)
                    .bind(&search.person)
                    .bind(&search.subscription)
                    .bind(&search.group)
                    .bind(&search.instance)
                    .bind(from.0)
                    .bind(to.0)
            };
        }
        let rows: Vec<EntryRow> =
            bound!(sqlx::query_as(way.entries)).fetch_all(self.read()).await?;
        let mut entries = rows.into_iter().map(Entry::try_from).collect::<Result<Vec<Entry>>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let older = if entries.len() > wanted {
            entries.truncate(wanted);
            entries.last().map(|entry| entry.seq)
        } else if exact {
            None
        } else {
            let (looked_at, reached): (i64, Option<i64>) =
                bound!(sqlx::query_as(way.reach)).fetch_one(self.read()).await?;
            reached.filter(|_| looked_at >= farthest)
        };
        Ok(HistoryPage { entries, older })
    }

    /// What has happened with one request, in order: the newest `limit` entries.
    pub async fn request_history(&self, request: &str, limit: i64) -> Result<Vec<Entry>> {
        let mut rows: Vec<EntryRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM history WHERE request_id = $1 ORDER BY seq DESC LIMIT $2"
        ))
        .bind(request)
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows.reverse();
        rows.into_iter().map(Entry::try_from).collect()
    }

    /// Looks whether `limit` entries from `from` (the first is 1) are as they were written, each
    /// bound to the one before; at the end also whether the last ones are still there.
    pub async fn verify_history(&self, from: i64, limit: i64) -> Result<Verified> {
        let from = from.max(1);
        // The head first: what is appended while this looks lies behind it.
        let (head_seq, head_hash): (i64, String) =
            sqlx::query_as("SELECT seq, hash FROM history_head WHERE id = 1")
                .fetch_one(self.read())
                .await?;
        // With the entry before, whose hash the first one continues.
        let rows: Vec<EntryRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM history WHERE seq >= $1 ORDER BY seq LIMIT $2"
        ))
        .bind(from - 1)
        .bind(limit.saturating_add(1))
        .fetch_all(self.read())
        .await?;
        let mut rows = rows.into_iter().peekable();
        let mut before = match rows.next_if(|row| row.seq < from) {
            Some(row) => row.hash,
            None if from == 1 => String::new(),
            None => return Ok(Verified { checked: 0, broken_at: Some(from - 1), next: None }),
        };
        let mut expected = from;
        let broken = |checked, at| Ok(Verified { checked, broken_at: Some(at), next: None });
        for row in rows.take(usize::try_from(limit).unwrap_or(usize::MAX)) {
            let sound = row.seq == expected && row.hash == row.chained(&before);
            let ends_well = row.seq != head_seq || row.hash == head_hash;
            if !(sound && ends_well) {
                return broken(expected - from, expected);
            }
            before = row.hash;
            expected += 1;
        }
        let checked = expected - from;
        if checked < limit {
            if expected <= head_seq {
                return broken(checked, expected);
            }
            return Ok(Verified { checked, broken_at: None, next: None });
        }
        Ok(Verified { checked, broken_at: None, next: (expected <= head_seq).then_some(expected) })
    }
}

/// The last entry of a transaction. No other ever has its hash.
pub(super) struct End {
    pub seq: i64,
    pub hash: String,
}

/// Adds sentences about `request` to the end of the chain; the new end, if there are any.
pub(super) async fn append(
    tx: &mut Tx,
    request: &Request,
    actor: &Actor,
    events: &[Event],
    at: Time,
) -> Result<Option<End>> {
    if events.is_empty() {
        return Ok(None);
    }
    // Holds the row until the transaction ends: appending happens one after the other.
    let added = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let (end, mut hash): (i64, String) =
        sqlx::query_as("UPDATE history_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash")
            .bind(added)
            .fetch_one(tx.on())
            .await?;
    for (seq, event) in (end - added + 1..).zip(events) {
        hash = insert(tx, entry(request, actor, event, seq, at)?, &hash).await?;
        note_people(tx, request, actor, event, seq).await?;
    }
    sqlx::query("UPDATE history_head SET hash = $1 WHERE id = 1")
        .bind(&hash)
        .execute(tx.on())
        .await?;
    Ok(Some(End { seq: end, hash }))
}

fn entry(request: &Request, actor: &Actor, event: &Event, seq: i64, at: Time) -> Result<EntryRow> {
    let instance = request.asked.scope();
    let group = instance.group_name().unwrap_or_default();
    let in_name_of = event.in_name_of().cloned();
    Ok(EntryRow {
        seq,
        at: at.0,
        kind: event.kind().to_owned(),
        actor_id: actor.id().to_owned(),
        actor_name: actor.name().to_owned(),
        in_name_of_id: in_name_of.as_ref().map(|person| person.id.clone()),
        in_name_of_name: in_name_of.map(|person| person.name),
        request_id: request.id.clone(),
        requester_id: request.requester.id.clone(),
        scope: instance.to_string(),
        subscription_key: Scope::subscription(instance.subscription_id()).key(),
        group_key: Scope::group(instance.subscription_id(), group).key(),
        scope_key: instance.key(),
        title: request.asked.title().to_column(),
        correlation: event.correlation().map(str::to_owned),
        what: text(event)?,
        hash: String::new(),
    })
}

/// Gives the hash that the next entry continues.
async fn insert(tx: &mut Tx, entry: EntryRow, before: &str) -> Result<String> {
    let hash = entry.chained(before);
    sqlx::query(
        "INSERT INTO history (seq, at, kind, actor_id, actor_name, in_name_of_id, in_name_of_name,
             request_id, requester_id, scope, subscription_key, group_key, scope_key, title,
             correlation, what, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(entry.seq)
    .bind(entry.at)
    .bind(entry.kind)
    .bind(entry.actor_id)
    .bind(entry.actor_name)
    .bind(entry.in_name_of_id)
    .bind(entry.in_name_of_name)
    .bind(entry.request_id)
    .bind(entry.requester_id)
    .bind(entry.scope)
    .bind(entry.subscription_key)
    .bind(entry.group_key)
    .bind(entry.scope_key)
    .bind(entry.title)
    .bind(entry.correlation)
    .bind(entry.what)
    .bind(&hash)
    .execute(tx.on())
    .await?;
    Ok(hash)
}

/// Whom it concerns: who asked, who did it, and in whose name or whose sign-in it wants.
async fn note_people(
    tx: &mut Tx,
    request: &Request,
    actor: &Actor,
    event: &Event,
    seq: i64,
) -> Result<()> {
    let requester = request.requester.id.to_lowercase();
    let actor = match actor {
        Actor::Person(person) => person.id.to_lowercase(),
        Actor::Portal => requester.clone(),
    };
    let named = match event {
        Event::SignInNeeded { person, .. } | Event::TakenOver { from: person, .. } => Some(person),
        _ => event.in_name_of(),
    };
    let named = named.map_or_else(|| requester.clone(), |person| person.id.to_lowercase());
    sqlx::query(
        "INSERT INTO history_person (person_id, seq, kind)
         VALUES ($1, $4, $5), ($2, $4, $5), ($3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(requester)
    .bind(actor)
    .bind(named)
    .bind(seq)
    .bind(event.kind())
    .execute(tx.on())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};

    use super::*;

    /// Each way in, and how SQLite, which tells its plans in words, says that it is a range of
    /// the index made for it, bounded at both ends.
    const WAYS: [(&Way, &str); 12] = [
        (&WHOLE, "sqlite_autoindex_history_1 (seq>? AND seq<?)"),
        (&BY_KIND, "history_kind (kind=? AND seq>? AND seq<?)"),
        (&BY_REQUEST, "history_request (request_id=? AND seq>? AND seq<?)"),
        (&MINE, "sqlite_autoindex_history_person_1 (person_id=? AND seq>? AND seq<?)"),
        (&MINE_BY_KIND, "history_person_kind (person_id=? AND kind=? AND seq>? AND seq<?)"),
        (&BY_PERSON, "sqlite_autoindex_history_person_1 (person_id=? AND seq>? AND seq<?)"),
        (&BY_PERSON_AND_KIND, "history_person_kind (person_id=? AND kind=? AND seq>? AND seq<?)"),
        (&IN_SUBSCRIPTION, "history_subscription (subscription_key=? AND seq>? AND seq<?)"),
        (
            &IN_SUBSCRIPTION_BY_KIND,
            "history_subscription_kind (subscription_key=? AND kind=? AND seq>? AND seq<?)",
        ),
        (&IN_GROUP, "history_group (group_key=? AND seq>? AND seq<?)"),
        (&IN_GROUP_BY_KIND, "history_group_kind (group_key=? AND kind=? AND seq>? AND seq<?)"),
        (&OF_INSTANCE, "history_scope (scope_key=? AND seq>? AND seq<?)"),
    ];

    #[tokio::test]
    async fn every_way_into_the_history_is_a_range_of_an_index() {
        let folder = std::env::temp_dir().join(format!("twindesk-{}", uuid::Uuid::new_v4()));
        let store = Store::open(&format!("sqlite:{}/x.db", folder.display())).await;
        let store = store.expect("a new database");
        for (way, range) in WAYS {
            for sql in [way.entries, way.reach] {
                let plan: Vec<String> =
                    sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                        .fetch_all(store.read())
                        .await
                        .expect(sql)
                        .iter()
                        .map(|line| line.get("detail"))
                        .collect();
                assert!(plan.iter().any(|step| step.contains(range)), "{plan:#?} {sql}");
                let walks = plan.iter().any(|step| step.starts_with("SCAN history"));
                let joins = plan.iter().any(|step| step.contains("AUTOMATIC"));
                assert!(!walks && !joins, "{plan:#?} {sql}");
            }
        }
        store.close().await;
        std::fs::remove_dir_all(folder).expect("its folder");
    }
}
