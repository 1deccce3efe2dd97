//! Fills a database with years of requests in a minute: the same rows that the store writes, made by
//! the same domain functions, but many to a statement. Knows the tables and no page.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde_json::json;
use sha2::{Digest, Sha256};
use simulator::world::demo::{NINA, PRODUCTION, UMA};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection, any::AnyArguments, query::Query};
use twindesk::domain::{
    Time,
    asked::{Asked, CreateInstance, GrantAccess, Grantee, Networking, Subscription},
    history::{Actor, Event},
    person::{Named, Person},
    plan::{self, Action, Step, Surroundings},
    principal::{Principal, PrincipalKind},
    problem::Problem,
    role::Role,
    scope::Scope,
};
use twindesk::{text, words::Text};
use uuid::Uuid;

/// How much there is to be.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    pub requests: usize,
    /// Of these, as many wait for a decision.
    pub waiting: usize,
}

/// Where to look: what the addresses of the measured pages are made of.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Nina's grant, carried out.
    pub finished: String,
    /// Nina's grant that waits for Uma.
    pub waiting_grant: String,
    /// Nina's instance, with a resource group of its own, that waits for Uma.
    pub waiting_instance: String,
    /// Behind it are the first requests that Nina ever made.
    pub requests_bottom: String,
    /// Below it are the first entries about Nina.
    pub history_bottom: i64,
    /// Somebody who was here only at the beginning.
    pub seldom: String,
    /// Whoever decides in a subscription that Uma has nothing to do with.
    pub elsewhere: String,
    pub group: String,
    pub instance: String,
    /// The fifth day, `2026-01-31`.
    pub day: String,
    pub requests: i64,
    pub entries: i64,
}

pub const SUBSCRIPTIONS: usize = 40;
const PEOPLE: usize = 400;
const GROUPS: u64 = 5;
const INSTANCES: u64 = 3;
/// Between two requests. A larger database is an older one, not a busier one.
const EVERY: i64 = 15 * 60 * SECOND;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;
/// On average, for each request.
const ENTRIES: usize = 10;
/// In the oldest requests are people and events that never came again.
const LONG_AGO: usize = 100;
/// How many requests from the newest the ones are that pages are measured with.
const MEASURED: [usize; 3] = [10, 11, 600];
/// In whose resource group as many wait, however many wait elsewhere.
const GREGS_GROUP: &str = "rg-factory";
const GREGS: usize = 20;
/// What a reader of the history's last page has behind it.
const LAST_PAGE: i64 = 60;

/// Fills an empty database that has its schema and that nobody else has open. `now` is when the story ends.
pub async fn fill(url: &str, amount: Amount, now: Time) -> sqlx::Result<Places> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let sqlite = url.starts_with("sqlite:");
    if sqlite {
        // Nobody else has it open yet, and who is interrupted begins anew.
        tell(
            &mut connection,
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;
             PRAGMA locking_mode = EXCLUSIVE",
        )
        .await?;
    }
    let indexes = take_indexes(&mut connection, sqlite).await?;
    let mut writer = Writer::new(&mut connection);
    writer.story(amount, now).await?;
    let places = writer.places;
    for index in indexes {
        tell(&mut connection, &index).await?;
    }
    if !sqlite {
        // What PostgreSQL does by itself after a while.
        tell(&mut connection, "VACUUM ANALYZE").await?;
    }
    connection.close().await?;
    Ok(places)
}

/// Size of the database in bytes.
pub async fn size(url: &str) -> sqlx::Result<i64> {
    let mut connection = AnyConnection::connect(url).await?;
    let sql = if url.starts_with("sqlite:") {
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    } else {
        "SELECT pg_database_size(current_database())"
    };
    let (bytes,): (i64,) = sqlx::query_as(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(bytes)
}

async fn tell(connection: &mut AnyConnection, sql: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

/// Drops every index but the primary keys and gives the statements that make them again: a page's
/// query finds the same indexes, and filling is several times faster.
async fn take_indexes(connection: &mut AnyConnection, sqlite: bool) -> sqlx::Result<Vec<String>> {
    let sql = if sqlite {
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    } else {
        "SELECT CAST(indexname AS TEXT), indexdef FROM pg_indexes
         WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'"
    };
    let indexes: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
    let mut again = Vec::new();
    for (name, sql) in indexes {
        tell(connection, &format!("DROP INDEX {name}")).await?;
        again.push(sql);
    }
    Ok(again)
}

enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(Some(text.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(Some(text))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(Some(number))
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Cell {
        Cell::Number(number)
    }
}

macro_rules! cells {
    ($($value:expr),* $(,)?) => { [$(Cell::from($value)),*] };
}

/// Rows on their way into one table.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    cells: Vec<Cell>,
}

const ROWS_AT_ONCE: usize = 200;

impl Table {
    fn new(name: &'static str, columns: &'static [&'static str]) -> Table {
        Table { name, columns, cells: Vec::new() }
    }

    fn push<const N: usize>(&mut self, cells: [Cell; N]) {
        assert_eq!(N, self.columns.len(), "columns of {}", self.name);
        self.cells.extend(cells);
    }

    /// Writes what makes whole statements; with `rest` also what is left.
    async fn write(&mut self, connection: &mut AnyConnection, rest: bool) -> sqlx::Result<()> {
        let wide = self.columns.len();
        let whole = self.cells.len() / (wide * ROWS_AT_ONCE) * wide * ROWS_AT_ONCE;
        let ready = if rest { self.cells.len() } else { whole };
        let cells: Vec<Cell> = self.cells.drain(..ready).collect();
        let mut cells = cells.into_iter();
        while cells.len() > 0 {
            let rows = (cells.len() / wide).min(ROWS_AT_ONCE);
            let mut query = sqlx::query(AssertSqlSafe(self.insert(rows)));
            for cell in cells.by_ref().take(rows * wide) {
                query = bind(query, cell);
            }
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }

    fn insert(&self, rows: usize) -> String {
        let wide = self.columns.len();
        let row = |row: usize| {
            let places: Vec<String> =
                (1..=wide).map(|column| format!("${}", row * wide + column)).collect();
            format!("({})", places.join(","))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns.join(","), rows.join(","))
    }
}

fn bind(query: Query<'_, Any, AnyArguments>, cell: Cell) -> Query<'_, Any, AnyArguments> {
    match cell {
        Cell::Text(text) => query.bind(text),
        Cell::Number(number) => query.bind(number),
    }
}

/// An entry of the history that has not been numbered yet: entries stand in the order of time.
struct Told {
    at: i64,
    /// Keeps the order of what happened at the same moment.
    count: usize,
    request: std::sync::Arc<About>,
    actor: Actor,
    event: Event,
}

/// What every entry says of its request.
struct About {
    id: String,
    requester: Named,
    instance: Scope,
    /// As a column has it: a message, which is told to each reader in their language.
    title: String,
}

impl PartialEq for Told {
    fn eq(&self, other: &Told) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Told {}

impl PartialOrd for Told {
    fn partial_cmp(&self, other: &Told) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Told {
    fn cmp(&self, other: &Told) -> std::cmp::Ordering {
        (self.at, self.count).cmp(&(other.at, other.count))
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Waits,
    /// The requester may do all of it themselves.
    Own,
    Approved,
    /// Approved, failed, and given up.
    Closed,
    Rejected,
    Withdrawn,
}

struct Writer<'c> {
    connection: &'c mut AnyConnection,
    dice: u64,
    people: Vec<Person>,
    subscriptions: Vec<Subscription>,
    person: Table,
    request: Table,
    run: Table,
    step: Table,
    history: Table,
    history_person: Table,
    told: BinaryHeap<Reverse<Told>>,
    count: usize,
    seq: i64,
    hash: String,
    /// Of Nina's requests, and of entries about her.
    ninas: (i64, i64),
    places: Places,
}

impl Writer<'_> {
    fn new(connection: &mut AnyConnection) -> Writer<'_> {
        let id = |kind: &str, number: usize| {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{kind} {number}").as_bytes()).to_string()
        };
        let somebody = |number| Person {
            id: id("person", number),
            name: format!("Person {number:03}"),
            upn: format!("person.{number:03}@contoso.com"),
            auditor: false,
        };
        let known = |id: &str, name: &str, upn: &str| Person {
            id: id.into(),
            name: name.into(),
            upn: upn.into(),
            auditor: false,
        };
        let mut people: Vec<Person> = (0..PEOPLE).map(somebody).collect();
        people.push(known(NINA, "Nina Novak", "nina@contoso.com"));
        people.push(known(UMA, "Uma Usher", "uma@contoso.com"));
        let mut subscriptions: Vec<Subscription> = (0..SUBSCRIPTIONS)
            .map(|number| Subscription {
                id: id("subscription", number),
                name: format!("Contoso {number:02}"),
            })
            .collect();
        subscriptions[0] =
            Subscription { id: PRODUCTION.into(), name: "Contoso Production".into() };
        Writer {
            connection,
            dice: 2026,
            people,
            subscriptions,
            person: Table::new(
                "person",
                &["id", "name", "upn", "auditor", "signed_in_at", "upn_key"],
            ),
            request: Table::new(
                "request",
                &[
                    "id",
                    "version",
                    "kind",
                    "title",
                    "asked",
                    "asked_at",
                    "requester",
                    "requester_id",
                    "requester_name",
                    "subscription_name",
                    "instance",
                    "scope",
                    "subscription_key",
                    "group_key",
                    "scope_key",
                    "decision",
                    "decided_by_id",
                    "decided_by_name",
                    "decided_at",
                    "reason",
                    "titled",
                ],
            ),
            run: Table::new(
                "run",
                &[
                    "request_id",
                    "requester_id",
                    "asked_at",
                    "state",
                    "position",
                    "attempt",
                    "begun",
                    "ended",
                    "lease_until",
                ],
            ),
            step: Table::new(
                "step",
                &[
                    "request_id",
                    "position",
                    "step",
                    "in_name_of_id",
                    "in_name_of_name",
                    "state",
                    "began_at",
                    "sent_at",
                    "ended_at",
                    "proof",
                ],
            ),
            history: Table::new(
                "history",
                &[
                    "seq",
                    "at",
                    "kind",
                    "actor_id",
                    "actor_name",
                    "in_name_of_id",
                    "in_name_of_name",
                    "request_id",
                    "requester_id",
                    "scope",
                    "subscription_key",
                    "group_key",
                    "scope_key",
                    "title",
                    "correlation",
                    "what",
                    "hash",
                ],
            ),
            history_person: Table::new("history_person", &["person_id", "seq", "kind"]),
            told: BinaryHeap::new(),
            count: 0,
            seq: 0,
            hash: String::new(),
            ninas: (0, 0),
            places: Places::default(),
        }
    }

    async fn story(&mut self, amount: Amount, now: Time) -> sqlx::Result<()> {
        let wanted = i64::try_from(amount.requests).unwrap_or(i64::MAX);
        // Everything that has been decided has ended two days ago.
        let start = now.0 - 2 * DAY - wanted * EVERY;
        self.places.day = day(start + 5 * DAY);
        self.places.seldom = self.people[0].upn.clone();
        self.places.elsewhere = self.subscriptions[7].id.clone();
        for person in &self.people {
            self.person.push(cells![
                &*person.id,
                &*person.name,
                &*person.upn,
                0,
                start,
                &*person.upn.to_lowercase(),
            ]);
        }
        tell(self.connection, "BEGIN").await?;
        self.person.write(self.connection, true).await?;
        let mut at = start;
        for number in 0..amount.requests {
            at += EVERY;
            self.ask(number, amount, at);
            self.tell_until(at);
            if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 {
                self.write(false).await?;
            }
            if number % 10_000 == 9_999 {
                tell(self.connection, "COMMIT").await?;
                tell(self.connection, "BEGIN").await?;
            }
        }
        self.tell_until(i64::MAX);
        self.write(true).await?;
        sqlx::query("UPDATE history_head SET seq = $1, hash = $2")
            .bind(self.seq)
            .bind(&self.hash)
            .execute(&mut *self.connection)
            .await?;
        tell(self.connection, "COMMIT").await?;
        self.places.requests = wanted;
        self.places.entries = self.seq;
        Ok(())
    }

    async fn write(&mut self, rest: bool) -> sqlx::Result<()> {
        // In this order: each refers to the one before.
        self.request.write(self.connection, true).await?;
        self.run.write(self.connection, true).await?;
        self.step.write(self.connection, rest).await?;
        self.history.write(self.connection, rest).await?;
        self.history_person.write(self.connection, rest).await
    }

    /// A number below `sides`, the same ones at each run.
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64, Steele, Lea and Flood 2014.
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn anybody(&mut self) -> Person {
        let number = 1 + self.roll(PEOPLE as u64 - 1);
        self.people[usize::try_from(number).unwrap_or(0)].clone()
    }

    fn ask(&mut self, number: usize, amount: Amount, at: i64) {
        let from_the_end = amount.requests - number;
        let measured = MEASURED.iter().position(|place| *place == from_the_end);
        let waiting = from_the_end <= 2 * amount.waiting && from_the_end.is_multiple_of(2);
        let gregs = waiting && from_the_end <= 2 * GREGS && measured.is_none();
        let id = Uuid::new_v7(uuid::Timestamp::from_unix_time(
            u64::try_from(at / SECOND).unwrap_or(0),
            0,
            self.count as u128,
            42,
        ));
        let requester = match () {
            () if measured.is_some() || self.chance(10) => self.people[PEOPLE].clone(),
            () if number < LONG_AGO && number.is_multiple_of(12) => self.people[0].clone(),
            () => self.anybody(),
        };
        let of = if measured.is_some() || gregs || self.chance(30) {
            0
        } else {
            usize::try_from(1 + self.roll(SUBSCRIPTIONS as u64 - 1)).unwrap_or(1)
        };
        let subscription = self.subscriptions[of].clone();
        let approver = if of == 0 {
            self.people[PEOPLE + 1].clone()
        } else {
            self.people[1 + of % 12].clone()
        };
        let fate = match (measured, waiting) {
            (Some(0 | 1), _) => Fate::Waits,
            (Some(_), _) => Fate::Approved,
            (None, true) => Fate::Waits,
            (None, false) => match self.roll(100) {
                0..70 => Fate::Approved,
                70..72 => Fate::Closed,
                72..87 => Fate::Own,
                87..96 => Fate::Rejected,
                _ => Fate::Withdrawn,
            },
        };
        // As many steps as it takes to come to ten entries a request; one that waits has but one.
        let waited = (2 * amount.waiting).saturating_sub(from_the_end) / 2;
        let due = ENTRIES * amount.requests * (number + 1 - waited);
        let due = due / (amount.requests - amount.waiting);
        let members = due.saturating_sub(self.count + 4).clamp(1, 14);
        let members = if measured.is_some() { 4 } else { members };
        let group = if gregs { 0 } else { 1 + self.roll(GROUPS) };
        let asked = self.asked(measured, number, members, group, &requester, subscription);
        self.note_places(measured, &asked, &requester, id, at);
        self.put(id, &asked, &requester, &approver, fate, number, at);
    }

    fn asked(
        &mut self,
        measured: Option<usize>,
        number: usize,
        members: usize,
        group: u64,
        requester: &Person,
        subscription: Subscription,
    ) -> Asked {
        let members: Vec<Principal> = (0..members)
            .map(|at| if at == 0 { requester.clone() } else { self.anybody() })
            .map(|person| Principal {
                id: person.id,
                kind: PrincipalKind::User,
                name: Some(person.name),
                mail: Some(person.upn),
            })
            .collect();
        let justification =
            format!("For the twin of line {} we need this before the trial begins.", number % 70);
        let group = if group == 0 { GREGS_GROUP.into() } else { format!("rg-plant-{group}") };
        let new = measured == Some(1);
        if measured.unwrap_or(0) == 1 || (measured.is_none() && self.chance(30)) {
            return Asked::CreateInstance(CreateInstance {
                subscription,
                new_group: new || (group != GREGS_GROUP && self.chance(20)),
                group: if new { "rg-brand-new".into() } else { group },
                name: format!("dt-line-{number}"),
                region: "westeurope".into(),
                region_name: "West Europe".into(),
                tags: [("team".to_owned(), "plant".to_owned())].into(),
                networking: Networking::default(),
                system_identity: false,
                grants: members
                    .into_iter()
                    .map(|principal| Grantee { principal, role: Role::DataOwner })
                    .collect(),
                justification,
            });
        }
        let name = format!("dt-{}", self.roll(INSTANCES));
        Asked::GrantAccess(GrantAccess {
            created_at: None,
            instance: Scope::instance(&subscription.id, &group, &name),
            subscription,
            role: if self.chance(50) { Role::DataReader } else { Role::DataOwner },
            members,
            justification,
        })
    }

    fn note_places(
        &mut self,
        measured: Option<usize>,
        asked: &Asked,
        requester: &Person,
        id: Uuid,
        at: i64,
    ) {
        match measured {
            Some(0) => self.places.waiting_grant = id.to_string(),
            Some(1) => self.places.waiting_instance = id.to_string(),
            Some(_) => {
                let instance = asked.scope();
                let group = instance.group_name().unwrap_or_default();
                self.places.group = Scope::group(instance.subscription_id(), group).to_string();
                self.places.instance = instance.to_string();
                self.places.finished = id.to_string();
            }
            None => {}
        }
        if requester.id == NINA {
            self.ninas.0 += 1;
            if self.ninas.0 == 30 {
                self.places.requests_bottom = format!("{at}.{id}");
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what makes a request")]
    fn put(
        &mut self,
        id: Uuid,
        asked: &Asked,
        requester: &Person,
        approver: &Person,
        fate: Fate,
        number: usize,
        at: i64,
    ) {
        let seen = Surroundings { provider_registered: Some(true) };
        let steps = plan::plan(plan::Round::first(id), asked, requester, seen);
        let id = id.to_string();
        let about = std::sync::Arc::new(About {
            id: id.clone(),
            requester: requester.named(),
            instance: asked.scope(),
            title: asked.title().to_column(),
        });
        let digest = plan::digest(steps.iter());
        let mut story = Story { about: &about, at, told: Vec::new() };
        let by = |person: &Person| Actor::Person(person.named());
        story.tell(
            by(requester),
            Event::Asked {
                title: asked.title(),
                justification: asked.justification().to_owned(),
                plan: digest.clone(),
            },
        );
        let reason = "The line already has one; ask for access to that.".to_owned();
        if !matches!(fate, Fate::Waits | Fate::Own) {
            let wait = self.roll(24 * 60 * 60);
            story.at += 60 * SECOND + i64::try_from(wait).unwrap_or(0) * SECOND;
        }
        let decided_at = story.at;
        match fate {
            Fate::Waits | Fate::Own => {}
            Fate::Approved | Fate::Closed => {
                story.tell(by(approver), Event::Approved { plan: digest });
            }
            Fate::Rejected => {
                story.tell(by(approver), Event::Rejected { reason: reason.clone() });
            }
            Fate::Withdrawn => story.tell(by(requester), Event::Withdrawn),
        }
        let doer = match fate {
            Fate::Own => Some(requester.named()),
            Fate::Approved | Fate::Closed => Some(approver.named()),
            _ => None,
        };
        let mut state = "waiting";
        let mut done = 0;
        if let Some(doer) = &doer {
            if number < LONG_AGO {
                let step = steps[0].action.title();
                story.tell(
                    Actor::Portal,
                    Event::SignInNeeded { step, person: doer.clone(), problem: None },
                );
            }
            let trouble = fate == Fate::Closed || self.chance(6);
            for step in &steps {
                if step.action.is_verification() {
                    break;
                }
                story.at += 3 * SECOND;
                if trouble && done == 0 {
                    let title = step.action.title();
                    story.tell(Actor::Portal, failed(step, doer));
                    story.at += 600 * SECOND;
                    if fate == Fate::Closed {
                        let reason = "It is no longer needed.".to_owned();
                        story.tell(by(requester), Event::Closed { reason });
                        state = "closed";
                        break;
                    }
                    story.tell(by(requester), Event::Retried { step: title });
                }
                self.carry_out(step, doer, &mut story);
                done += 1;
            }
            if state != "closed" {
                story.tell(Actor::Portal, Event::Done);
                state = "done";
                if done < steps.len() {
                    story.at += 240 * SECOND;
                    let person = requester.named();
                    if self.chance(95) {
                        story.tell(Actor::Portal, Event::Verified { person });
                        state = "verified";
                        done = steps.len();
                    } else {
                        let why = "The data plane answered 403 for 15 minutes.";
                        story.tell(
                            Actor::Portal,
                            Event::NotVerified { person, why: Text::verbatim(why) },
                        );
                    }
                }
            }
        }
        for told in story.told {
            self.count += 1;
            self.told.push(Reverse(Told { count: self.count, ..told }));
        }
        let decision = match fate {
            Fate::Waits => "pending",
            Fate::Own => "not_needed",
            Fate::Approved | Fate::Closed => "approved",
            Fate::Rejected => "rejected",
            Fate::Withdrawn => "withdrawn",
        };
        let decider = doer.is_some() && fate != Fate::Own || fate == Fate::Rejected;
        let scope = asked.decided_at();
        self.request.push(cells![
            &*id,
            if fate == Fate::Waits || fate == Fate::Own { 1 } else { 2 },
            asked.kind(),
            asked.title().to_string(),
            json(asked),
            at,
            json(requester),
            &*requester.id,
            &*requester.name,
            &*asked.subscription().name,
            asked.scope().to_string(),
            scope.to_string(),
            Scope::subscription(scope.subscription_id()).key(),
            scope.group_name().map(|group| Scope::group(scope.subscription_id(), group).key()),
            scope.key(),
            decision,
            decider.then(|| approver.id.clone()),
            decider.then(|| approver.name.clone()),
            (decider || fate == Fate::Withdrawn).then_some(decided_at),
            (fate == Fate::Rejected).then_some(reason),
            &*about.title,
        ]);
        self.run.push(cells![
            &*id,
            &*requester.id,
            at,
            if fate == Fate::Withdrawn { "closed" } else { state },
            i64::try_from(done).unwrap_or(0),
            0,
            i64::from(doer.is_some()),
            i64::from(fate != Fate::Waits),
            0,
        ]);
        for (position, step) in steps.iter().enumerate() {
            let verification = step.action.is_verification();
            let name = if verification { Some(requester.named()) } else { doer.clone() };
            let is_done = doer.is_some() && position < done;
            let state = match () {
                () if is_done => "done",
                () if state == "closed" && position == done => "failed",
                () if state == "done" => "given_up",
                () => "waiting",
            };
            let tried = (state != "waiting").then_some(decided_at);
            self.step.push(cells![
                &*id,
                i64::try_from(position).unwrap_or(0),
                json(step),
                name.as_ref().map(|name| name.id.clone()),
                name.map(|name| name.name),
                state,
                tried,
                tried,
                tried,
                is_done.then(|| proof(step).to_column()),
            ]);
        }
    }

    fn carry_out(&mut self, step: &Step, doer: &Named, story: &mut Story<'_>) {
        let call = format!("{} {}", step.call.method.word(), step.call.path);
        let (title, correlation) = (step.action.title(), step.correlation.to_string());
        if matches!(step.action, Action::CreateInstance { .. }) {
            story.tell(
                Actor::Portal,
                Event::Accepted {
                    step: title.clone(),
                    in_name_of: doer.clone(),
                    correlation: correlation.clone(),
                    call: call.clone(),
                },
            );
            story.at += 70 * SECOND;
        }
        story.tell(
            Actor::Portal,
            Event::StepDone {
                step: title,
                in_name_of: doer.clone(),
                correlation,
                call: Some(call),
                unanswered: false,
                proof: proof(step),
            },
        );
    }

    /// Puts down what has happened until then.
    fn tell_until(&mut self, until: i64) {
        while self.told.peek().is_some_and(|Reverse(told)| told.at <= until) {
            if let Some(Reverse(told)) = self.told.pop() {
                self.put_down(&told);
            }
        }
    }

    fn put_down(&mut self, told: &Told) {
        self.seq += 1;
        let About { id, requester, instance, title } = &*told.request;
        let group = instance.group_name().unwrap_or_default();
        let named = told.event.in_name_of();
        let subscription_key = Scope::subscription(instance.subscription_id()).key();
        let group_key = Scope::group(instance.subscription_id(), group).key();
        let (scope, scope_key) = (instance.to_string(), instance.key());
        let what = json(&told.event);
        // As src/store/history.rs chains them.
        let whole = json!([
            self.hash,
            self.seq,
            told.at,
            told.event.kind(),
            told.actor.id(),
            told.actor.name(),
            named.map(|person| &person.id),
            named.map(|person| &person.name),
            id,
            requester.id,
            scope,
            subscription_key,
            group_key,
            scope_key,
            title,
            told.event.correlation(),
            what,
        ]);
        let hash = Sha256::digest(whole.to_string());
        self.hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.history.push(cells![
            self.seq,
            told.at,
            told.event.kind(),
            told.actor.id(),
            told.actor.name(),
            named.map(|person| person.id.clone()),
            named.map(|person| person.name.clone()),
            &**id,
            &*requester.id,
            scope,
            subscription_key,
            group_key,
            scope_key,
            &**title,
            told.event.correlation().map(str::to_owned),
            what,
            &*self.hash,
        ]);
        let wanted = match &told.event {
            Event::SignInNeeded { person, .. } => Some(person),
            _ => named,
        };
        let mut people = vec![&*requester.id, told.actor.id()];
        people.extend(wanted.map(|person| &*person.id));
        people.sort_unstable();
        people.dedup();
        for person in people.into_iter().filter(|person| !person.is_empty()) {
            self.history_person.push(cells![person, self.seq, told.event.kind()]);
            if person == NINA {
                self.ninas.1 += 1;
                if self.ninas.1 == LAST_PAGE {
                    self.places.history_bottom = self.seq;
                }
            }
        }
    }
}

/// What happens with one request, one thing after the other.
struct Story<'a> {
    about: &'a std::sync::Arc<About>,
    at: i64,
    told: Vec<Told>,
}

impl Story<'_> {
    fn tell(&mut self, actor: Actor, event: Event) {
        let request = self.about.clone();
        self.told.push(Told { at: self.at, count: 0, request, actor, event });
    }
}

fn failed(step: &Step, doer: &Named) -> Event {
    Event::StepFailed {
        step: step.action.title(),
        in_name_of: doer.clone(),
        correlation: step.correlation.to_string(),
        problem: Problem {
            code: "RoleAssignmentLimitExceeded".into(),
            message: "No more role assignments can be created.".into(),
            text: None,
            correlation: Some(step.correlation.to_string()),
            status: Some(400),
        },
        tries: 1,
    }
}

fn proof(step: &Step) -> Text {
    match &step.action {
        Action::CreateInstance { instance, .. } => {
            let host = format!("{}.api.weu.digitaltwins.azure.net", instance.short());
            text!("proof-instance", host = host)
        }
        _ => text!("proof-assignment", name = step.correlation.to_string()),
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("these have texts as keys")
}

/// The day in UTC on which this moment lies.
fn day(at: i64) -> String {
    let moment = jiff::Timestamp::from_microsecond(at).expect("years of this century");
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
