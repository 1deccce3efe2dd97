//! The store on real databases: SQLite always, PostgreSQL where `TWINDESK_TEST_POSTGRES` names a
//! server on which databases may be made.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

use super::*;
use crate::domain::{
    asked::*,
    permission::{Grant, Permissions},
    person::Person,
    plan::{self, Action, Step},
    policy::Policy,
    principal::*,
    problem::Problem,
    request::{Change, Decision, Effect, Request, Standing, Status},
    role::Role,
    run::{Outcome, State, StepState, Wrote},
    scope::Scope,
};
use crate::words::Text;

const NOW: Time = Time(1_800_000_000_000_000);
const LEASE: Duration = Duration::from_secs(60);

fn later(seconds: u64) -> Time {
    NOW.plus(Duration::from_secs(seconds))
}

struct Db {
    store: Store,
    url: String,
}

impl Db {
    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// For what the store has no function for.
    async fn execute(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        Ok(sqlx::raw_sql(sql).execute(&self.store.write).await?.rows_affected())
    }

    /// When there will next be something to claim; a past moment means now.
    async fn next_due(&self) -> Option<Time> {
        let due: (Option<i64>,) = sqlx::query_as(
            "SELECT MIN(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END)
             FROM run WHERE due_at IS NOT NULL",
        )
        .fetch_one(&self.store.write)
        .await
        .unwrap();
        due.0.map(Time)
    }
}

async fn on_each_database(test: impl AsyncFn(&Db)) {
    let folder = std::env::temp_dir().join(format!("twindesk-{}", Uuid::new_v4()));
    let url = format!("sqlite:{}/new/twindesk.db", folder.display());
    on_database(&url, &test).await;
    std::fs::remove_dir_all(folder).unwrap();

    let Ok(server) = std::env::var("TWINDESK_TEST_POSTGRES") else { return };
    sqlx::any::install_default_drivers();
    let mut admin = sqlx::AnyConnection::connect(&server).await.unwrap();
    let name = format!("twindesk_{}", Uuid::new_v4().simple());
    // Names of databases cannot be bound; this one is our own.
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    on_database(url.as_str(), &test).await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .execute(&mut admin)
        .await
        .unwrap();
}

async fn on_database(url: &str, test: &impl AsyncFn(&Db)) {
    let store = Store::open(url).await.unwrap();
    for id in ["nina", "olivia", "uma", "carl"] {
        store.sign_in_person(&person(id), NOW).await.unwrap();
    }
    let db = Db { store, url: url.to_owned() };
    test(&db).await;
    db.store.close().await;
}

// The world of these tests.

fn person(id: &str) -> Person {
    let upn = format!("{id}@contoso.com");
    Person { id: id.into(), name: id.to_uppercase(), upn, auditor: id == "carl" }
}

fn permissions(actions: &[&str]) -> Permissions {
    let actions = actions.iter().map(|&action| action.to_owned()).collect();
    Permissions(vec![Grant { actions, not_actions: vec![] }])
}

fn owner() -> Permissions {
    permissions(&["*"])
}

fn contributor() -> Permissions {
    permissions(&["Microsoft.DigitalTwins/*", "Microsoft.Resources/*"])
}

/// Holding `held` in all of subscription S1.
fn holding(id: &str, held: &Permissions) -> Standing {
    let scopes = [Scope::subscription("S1"), Scope::group("S1", "rg")];
    let held = scopes.into_iter().map(|scope| (scope.key(), held.clone())).collect();
    Standing { held, ..Standing::unknown(person(id).named()) }
}

fn creating(subscription: &str, group: &str, name: &str) -> Asked {
    Asked::CreateInstance(CreateInstance {
        subscription: Subscription { id: subscription.into(), name: "Production".into() },
        group: group.into(),
        new_group: false,
        name: name.into(),
        region: "westeurope".into(),
        region_name: "westeurope".into(),
        tags: BTreeMap::new(),
        networking: Networking::default(),
        system_identity: false,
        grants: vec![Grantee {
            principal: Principal {
                id: "nina".into(),
                kind: PrincipalKind::User,
                name: Some("Nina".into()),
                mail: None,
            },
            role: Role::DataOwner,
        }],
        justification: "why \"not\"\n— ünïcode".into(),
    })
}

fn granting(subscription: &str, group: &str, name: &str) -> Asked {
    Asked::GrantAccess(GrantAccess {
        subscription: Subscription { id: subscription.into(), name: "Production".into() },
        instance: Scope::instance(subscription, group, name),
        role: Role::DataReader,
        members: vec![Principal {
            id: "carl".into(),
            kind: PrincipalKind::User,
            name: None,
            mail: None,
        }],
        created_at: None,
        justification: "why".into(),
    })
}

/// What Nina asks who holds `held`.
fn asking(asked: Asked, held: &Permissions, at: Time) -> Change {
    asking_under(&Policy::default(), asked, held, at)
}

fn asking_under(policy: &Policy, asked: Asked, held: &Permissions, at: Time) -> Change {
    let id = Uuid::new_v4();
    let seen = plan::Surroundings { provider_registered: Some(true) };
    let nina = person("nina");
    let steps = plan::plan(plan::Round::first(id), &asked, &nina, seen);
    Request::ask(id.to_string(), asked, steps, nina, &holding("nina", held), policy, at)
}

/// The ids of the first rows.
async fn queue(db: &Db, person: &str, fresh_after: Time, filter: &QueueFilter) -> Vec<String> {
    let page = db.store.queue(person, fresh_after, filter, None, 50).await.unwrap();
    page.rows.into_iter().map(|waiting| waiting.row.id).collect()
}

async fn ask(db: &Db, asked: Asked, held: &Permissions) -> Request {
    let change = asking(asked, held, NOW);
    db.store.apply(&change).await.unwrap();
    db.store.request(&change.request.id).await.unwrap()
}

/// An instance in S1 that Nina may make, and a grant on it that she may not.
async fn ask_as_contributor(db: &Db) -> Request {
    ask(db, creating("S1", "rg", "dt-1"), &contributor()).await
}

fn approval(request: Request, by: &str, at: Time) -> Change {
    let digest = request.digest();
    let (approver, requester) = (holding(by, &owner()), holding("nina", &contributor()));
    request.approve(&person(by), &approver, &requester, &digest, &Policy::default(), at).unwrap()
}

fn rejection(request: Request, by: &str, at: Time) -> Change {
    let mut standing = holding(by, &owner());
    standing.held.insert(request.asked.decided_at().key(), owner());
    let digest = request.digest();
    request.reject(&person(by), &standing, &digest, "no", &Policy::default(), at).unwrap()
}

fn sending_back(request: Request, by: &str, at: Time) -> Change {
    let (digest, policy) = (request.digest(), Policy::default());
    let mut standing = holding(by, &owner());
    standing.held.insert(request.asked.decided_at().key(), owner());
    request.send_back(&person(by), &standing, &digest, "dt-2", &policy, at).unwrap()
}

/// Nina, who holds nothing, asks for this instead.
fn asking_again(request: Request, asked: Asked, at: Time) -> Change {
    let revision = request.revision + 1;
    let round = plan::Round { request: request.id.parse().unwrap(), revision };
    let seen = plan::Surroundings { provider_registered: Some(true) };
    let steps = plan::plan(round, &asked, &person("nina"), seen);
    let standing = holding("nina", &permissions(&[]));
    request.ask_again(asked, steps, &standing, &Policy::default(), at).unwrap()
}

fn done() -> Outcome {
    Outcome::Done {
        wrote: Wrote::Yes,
        proof: Text::verbatim("read back"),
        host_name: Some("dt-1.net".into()),
    }
}

fn problem() -> Problem {
    Problem {
        code: "AuthorizationFailed".into(),
        message: "no".into(),
        text: None,
        correlation: Some("c".into()),
        status: Some(403),
    }
}

async fn claim(db: &Db, now: Time) -> Claimed {
    db.store.claim(now, LEASE).await.unwrap().unwrap()
}

/// Tries what is due, with this outcome.
async fn work(db: &Db, outcome: Outcome, now: Time) {
    let claimed = claim(db, now).await;
    assert!(db.store.settle(&claimed, outcome, now).await.unwrap());
}

async fn kinds(db: &Db, request: &str) -> Vec<&'static str> {
    let entries = db.store.request_history(request, 100).await.unwrap();
    entries.iter().map(|entry| entry.event.kind()).collect()
}

// Opening.

#[tokio::test]
async fn a_request_is_read_as_it_was_at_one_moment() {
    on_each_database(async |db| {
        for _ in 0..40 {
            let request = ask_as_contributor(db).await;
            let id = request.id.clone();
            let change = approval(request, "uma", NOW);
            let read = async {
                let mut seen = Vec::new();
                loop {
                    let request = db.store.request(&id).await.unwrap();
                    let waits = request.decision == Decision::Pending;
                    let named = request.steps.iter().filter(|step| step.in_name_of.is_some());
                    seen.push((waits, named.count()));
                    if !waits {
                        break seen;
                    }
                }
            };
            let (seen, applied) = tokio::join!(read, db.store.apply(&change));
            applied.unwrap();
            let (_, at_last) = *seen.last().unwrap();
            let torn = seen.iter().filter(|(waits, named)| *waits && *named == at_last).count();
            assert_eq!(torn, 0, "{seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn is_opened_again_as_it_was_left() {
    on_each_database(async |db| {
        db.store.healthy(NOW).await.unwrap();
        let again = Store::open(&db.url).await.unwrap();
        assert_eq!(again.person("carl").await.unwrap(), Some(person("carl")));
        assert_eq!(again.person("nobody").await.unwrap(), None);
        again.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_may_start_together() {
    on_each_database(async |db| {
        if !db.is_postgres() {
            return;
        }
        db.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
        let openings: Vec<_> = (0..6)
            .map(|_| {
                let url = db.url.clone();
                tokio::spawn(async move { Store::open(&url).await })
            })
            .collect();
        for opening in openings {
            opening.await.unwrap().unwrap().close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    on_each_database(async |db| {
        db.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await
        .unwrap();
        let refused = Store::open(&db.url).await.unwrap_err().to_string();
        assert!(refused.contains("newer version") && refused.contains("9999"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn only_databases_that_are_known_are_opened() {
    for url in ["mysql://x/y", "data/twindesk.db", "sqlite::memory:", "sqlite:"] {
        assert!(Store::open(url).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_transaction_that_finds_no_room_leaves_the_next_ones_alone() {
    on_each_database(async |db| {
        if db.is_postgres() {
            return;
        }
        let change = asking(creating("S1", "rg", "dt-room"), &contributor(), NOW);
        let (pages,): (i64,) =
            sqlx::query_as("PRAGMA page_count").fetch_one(&db.store.write).await.unwrap();
        let limit = |pages: i64| AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::raw_sql(limit(pages)).execute(&db.store.write).await.unwrap();
        let mut told = Vec::new();
        // Some of it finds room in pages that are there.
        for _ in 0..200 {
            match db
                .store
                .apply(&asking(creating("S1", "rg", "dt-more"), &contributor(), NOW))
                .await
            {
                Ok(()) => {}
                Err(error) => {
                    told.push(error.trouble());
                    break;
                }
            }
        }
        assert_eq!(told, [Some(Trouble::Full)]);
        sqlx::raw_sql(limit(1 << 20)).execute(&db.store.write).await.unwrap();
        db.store.apply(&change).await.unwrap();
        assert_eq!(db.store.request(&change.request.id).await.unwrap().asked, change.request.asked);
        assert_eq!(db.store.verify_history(1, 10_000).await.unwrap().broken_at, None);
        db.execute("PRAGMA query_only = ON").await.unwrap();
        let refused = db.store.apply(&asking(creating("S1", "rg", "x"), &contributor(), NOW)).await;
        assert_eq!(refused.unwrap_err().trouble(), Some(Trouble::ReadOnly));
    })
    .await;
}

// People, sessions, sign-ins.

#[tokio::test]
async fn a_session_ends_by_itself_and_by_each_way_of_ending_it() {
    on_each_database(async |db| {
        let store = &db.store;
        let session = |hash: &str| Session {
            hash: hash.into(),
            person_id: "nina".into(),
            sid: Some("sid".into()),
            login_hint: None,
            created_at: NOW,
            seen_at: NOW,
            ends_at: later(1000),
        };
        let idle = Duration::from_secs(100);
        for hash in ["a", "b", "c"] {
            store.new_session(&session(hash)).await.unwrap();
        }
        let found = async |hash: &str, now| store.session(hash, now, idle).await.unwrap();
        assert_eq!(
            found("a", later(1)).await,
            Some((session("a"), person("nina"), crate::domain::settings::Settings::default()))
        );
        assert_eq!(found("x", later(1)).await, None);
        assert_eq!(found("a", later(100)).await, None, "idle");

        store.touch_session("a", later(90)).await.unwrap();
        store.touch_session("a", later(80)).await.unwrap();
        assert_eq!(found("a", later(100)).await.unwrap().0.seen_at, later(90));
        for seconds in [180, 270, 360, 450, 540, 630, 720, 810, 900, 990] {
            store.touch_session("a", later(seconds)).await.unwrap();
        }
        assert!(found("a", later(999)).await.is_some());
        assert_eq!(found("a", later(1000)).await, None, "too old");

        store.end_session("b").await.unwrap();
        assert_eq!(found("b", later(1)).await, None);
        assert_eq!(store.end_sessions_by_sid("other").await.unwrap(), 0);
        assert_eq!(store.end_expired_sessions(later(150), idle).await.unwrap(), 1);
        assert_eq!(store.end_sessions_by_sid("sid").await.unwrap(), 1);
        assert_eq!(found("a", later(999)).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_once() {
    on_each_database(async |db| {
        let store = &db.store;
        assert!(!store.has_signed_in("a").await.unwrap());
        assert!(store.end_sign_in("a", later(600)).await.unwrap());
        assert!(store.has_signed_in("a").await.unwrap());
        assert!(!store.end_sign_in("a", later(600)).await.unwrap(), "a replay");
        assert!(store.end_sign_in("b", later(700)).await.unwrap());
        assert_eq!(store.drop_old_sign_ins(later(599)).await.unwrap(), 0);
        assert_eq!(store.drop_old_sign_ins(later(600)).await.unwrap(), 1);
        assert!(store.has_signed_in("b").await.unwrap());
    })
    .await;
}

// Delegations.

#[tokio::test]
async fn a_delegation_is_replaced_only_by_who_saw_it() {
    on_each_database(async |db| {
        let store = &db.store;
        assert_eq!(store.delegation("nina").await.unwrap(), None);
        store.keep_delegation("nina", "one", NOW).await.unwrap();
        assert!(store.replace_delegation("nina", "one", "two", later(1)).await.unwrap());
        assert!(!store.replace_delegation("nina", "one", "three", later(1)).await.unwrap());
        assert_eq!(store.delegation("nina").await.unwrap().as_deref(), Some("two"));
        store.keep_delegation("nina", "four", later(2)).await.unwrap();
        assert_eq!(store.delegation("nina").await.unwrap().as_deref(), Some("four"));
        store.drop_delegation("nina").await.unwrap();
        assert_eq!(store.delegation("nina").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_wakes_the_runs_that_wait_for_it_and_no_others() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let wants = || Outcome::NeedsSignIn { claims: Some("{\"x\":1}".into()), problem: None };
        work(db, wants(), later(1)).await;
        assert_eq!(db.store.home("nina").await.unwrap(), Home { open: 1, sign_ins: 1 });
        let claims = db.store.claims_wanted("nina").await.unwrap();
        assert_eq!(claims.as_deref(), Some("{\"x\":1}"));
        assert_eq!(db.store.claims_wanted("uma").await.unwrap(), None);

        db.store.keep_delegation("uma", "sealed", later(2)).await.unwrap();
        assert_eq!(db.next_due().await, None);
        db.store.keep_delegation("nina", "sealed", later(3)).await.unwrap();
        let run = db.store.request(&request.id).await.unwrap().run;
        assert_eq!((run.state, run.due_at), (State::Running, Some(later(3))));
        assert_eq!((run.attempt, run.claims), (0, None));
        assert_eq!(db.store.claims_wanted("nina").await.unwrap(), None);
        assert_eq!(kinds(db, &request.id).await, ["asked", "sign_in_needed"]);
    })
    .await;
}

#[tokio::test]
async fn who_signed_in_during_the_try_is_not_asked_to_sign_in_again() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let claimed = claim(db, later(1)).await;
        db.store.keep_delegation("nina", "newer", later(2)).await.unwrap();
        let wants = Outcome::NeedsSignIn { claims: None, problem: None };
        assert!(db.store.settle(&claimed, wants.clone(), later(3)).await.unwrap());
        let run = db.store.request(&request.id).await.unwrap().run;
        assert_eq!((run.state, run.due_at), (State::Running, Some(later(3))));
        work(db, wants, later(4)).await;
        let run = db.store.request(&request.id).await.unwrap().run;
        assert_eq!(run.state, State::NeedsSignIn, "the newer one does not do either");
    })
    .await;
}

// Asking and deciding.

#[tokio::test]
async fn what_was_asked_is_read_as_it_was_written() {
    on_each_database(async |db| {
        for (asked, held) in [
            (creating("S1", "rg", "dt-1"), owner()),
            (creating("S1", "rg", "dt-2"), contributor()),
            (granting("S2", "Other", "dt-3"), contributor()),
        ] {
            let change = asking(asked, &held, NOW);
            db.store.apply(&change).await.unwrap();
            let read = db.store.request(&change.request.id).await.unwrap();
            assert_eq!(read, Request { version: 1, ..change.request.clone() });
            let entries = db.store.request_history(&read.id, 9).await.unwrap();
            assert_eq!(entries.len(), 1);
            assert_eq!((&entries[0].event, &entries[0].actor), (&change.event, &change.by));
            assert_eq!((entries[0].at, &entries[0].title), (NOW, &read.asked.title()));
            assert_eq!(entries[0].scope.to_string(), read.asked.scope().to_string());
            assert!(matches!(db.store.apply(&change).await, Err(Error::Stale)), "sent twice");
        }
        assert!(matches!(db.store.request("x").await, Err(Error::Missing("request"))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_decide_at_once_one_is_told() {
    on_each_database(async |db| {
        for _ in 0..5 {
            let request = ask_as_contributor(db).await;
            let approve = approval(request.clone(), "olivia", later(1));
            let reject = rejection(request.clone(), "uma", later(1));
            let (one, other) = (db.store.clone(), db.store.clone());
            let one = tokio::spawn(async move { one.apply(&approve).await });
            let other = tokio::spawn(async move { other.apply(&reject).await });
            let (one, other) = (one.await.unwrap(), other.await.unwrap());
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            assert!(matches!(one.and(other), Err(Error::Stale)));
            let read = db.store.request(&request.id).await.unwrap();
            assert_eq!(read.version, 2);
            assert_eq!(kinds(db, &request.id).await, ["asked", read.decision.word()]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_written_whole_or_not_at_all() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let change = approval(request.clone(), "olivia", later(1));
        db.execute("UPDATE step SET in_name_of_id = 'x', in_name_of_name = 'X' WHERE position = 1")
            .await
            .unwrap();
        assert!(matches!(db.store.apply(&change).await, Err(Error::Stale)));
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.version, read.decision), (1, Decision::Pending));
        assert_eq!(kinds(db, &request.id).await, ["asked"]);
    })
    .await;
}

#[tokio::test]
async fn an_approval_lets_a_waiting_run_go_on() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        work(db, done(), later(1)).await;
        let request = db.store.request(&request.id).await.unwrap();
        assert_eq!((request.run.state, request.status()), (State::Waiting, Status::Waiting));
        assert_eq!(db.store.claim(later(9), LEASE).await.unwrap(), None);

        db.store.apply(&approval(request.clone(), "olivia", later(10))).await.unwrap();
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.run.due_at), (State::Running, Some(later(10))));
        assert_eq!(read.steps[1].in_name_of, Some(person("olivia").named()));
        let by = person("olivia").named();
        assert_eq!(read.decision, Decision::Approved { by, at: later(10) });
        work(db, done(), later(11)).await;
        work(db, done(), later(12)).await;
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!(read.status(), Status::Verified);
        assert_eq!(read.steps[0].host_name.as_deref(), Some("dt-1.net"));
        assert_eq!(
            kinds(db, &request.id).await,
            ["asked", "step_done", "approved", "step_done", "done", "verified"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_taken_while_a_worker_holds_the_run() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let claimed = claim(db, later(1)).await;
        assert_eq!(claimed.request.steps[1].in_name_of, None);
        db.store.apply(&approval(request.clone(), "olivia", later(2))).await.unwrap();
        assert!(db.store.settle(&claimed, done(), later(3)).await.unwrap());
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.run.position), (State::Running, 1), "the name was seen");
        assert_eq!(read.steps[1].in_name_of, Some(person("olivia").named()));
    })
    .await;
}

#[tokio::test]
async fn the_backlog_counts_what_is_open_by_state() {
    on_each_database(async |db| {
        let of = |backlog: &Backlog, state| {
            let open = backlog.open.iter().find(|open| open.state == state).unwrap();
            (open.requests, open.oldest)
        };
        let backlog = db.store.backlog(NOW).await.unwrap();
        for state in [State::Waiting, State::Running, State::NeedsSignIn, State::Stopped] {
            assert_eq!(of(&backlog, state), (0, None), "{state:?}");
        }
        assert_eq!((backlog.due, backlog.due_since), (0, None));

        let waits = ask(db, creating("S1", "rg", "dt-0"), &permissions(&[])).await;
        let runs = ask_as_contributor(db).await;
        let backlog = db.store.backlog(later(9)).await.unwrap();
        assert_eq!(of(&backlog, State::Waiting), (1, Some(waits.asked_at)));
        assert_eq!(of(&backlog, State::Running), (1, Some(runs.asked_at)));
        assert_eq!((backlog.due, backlog.due_since), (1, runs.run.due_at));
        let claimed = db.store.claim(later(9), Duration::from_secs(60)).await.unwrap();
        assert_eq!(db.store.backlog(later(9)).await.unwrap().due, 0, "somebody is at it");
        db.store.release(&claimed.unwrap()).await.unwrap();
        work(db, Outcome::NeedsSignIn { claims: None, problem: None }, later(10)).await;
        let backlog = db.store.backlog(later(11)).await.unwrap();
        assert_eq!(of(&backlog, State::NeedsSignIn), (1, Some(runs.asked_at)));
        assert_eq!(of(&backlog, State::Running), (0, None));

        let back = ask(db, creating("S1", "rg", "dt-1"), &permissions(&[])).await;
        assert_eq!(of(&db.store.backlog(later(11)).await.unwrap(), State::Waiting).0, 2);
        db.store.apply(&sending_back(back, "olivia", later(11))).await.unwrap();
        let backlog = db.store.backlog(later(12)).await.unwrap();
        assert_eq!(of(&backlog, State::Waiting), (1, Some(waits.asked_at)), "one is sent back");

        db.store.apply(&rejection(waits, "olivia", later(12))).await.unwrap();
        let backlog = db.store.backlog(later(13)).await.unwrap();
        assert_eq!(of(&backlog, State::Waiting), (0, None), "it has ended");
    })
    .await;
}

#[tokio::test]
async fn a_rejection_ends_what_waits_and_what_comes_to_wait() {
    on_each_database(async |db| {
        let ended = async |request: &Request| {
            let rows = db.store.requests_of("nina", Some(true), None, 10).await.unwrap();
            rows.iter().any(|row| row.id == request.id)
        };
        let waits = ask(db, creating("S1", "rg", "dt-0"), &permissions(&[])).await;
        db.store.apply(&rejection(waits.clone(), "olivia", later(1))).await.unwrap();
        assert!(ended(&waits).await);
        assert_eq!(db.store.request(&waits.id).await.unwrap().status(), Status::Rejected);

        let runs = ask_as_contributor(db).await;
        db.store.apply(&rejection(runs.clone(), "olivia", later(1))).await.unwrap();
        assert!(!ended(&runs).await, "its first step is under way");
        work(db, done(), later(2)).await;
        assert!(ended(&runs).await);
        assert_eq!(db.store.home("nina").await.unwrap().open, 0);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_takes_it_out_of_the_queue() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-0"), &permissions(&[])).await;
        db.store
            .apply(&request.clone().withdraw(&person("nina"), later(1)).unwrap())
            .await
            .unwrap();
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.status()), (State::Closed, Status::Withdrawn));
        assert_eq!(db.store.unasked("olivia", Level::Subscriptions, NOW, 9).await.unwrap(), []);
        assert_eq!(db.store.home("nina").await.unwrap().open, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_back_waits_for_its_requester_and_comes_again_as_another() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-1"), &permissions(&[])).await;
        assert_eq!(db.store.earlier(&request, "uma").await.unwrap(), None);
        let late = sending_back(request.clone(), "uma", later(1));
        db.store.apply(&sending_back(request.clone(), "olivia", later(1))).await.unwrap();
        assert!(matches!(db.store.apply(&late).await, Err(Error::Stale)), "one of two is faster");
        let sent = db.store.request(&request.id).await.unwrap();
        let (by, at, reason) = (person("olivia").named(), later(1), "dt-2".to_owned());
        assert_eq!(sent.decision, Decision::SentBack { by, at, reason });
        assert_eq!((sent.status(), sent.run.state), (Status::SentBack, State::Waiting));
        assert_eq!(db.store.unasked("olivia", Level::Subscriptions, NOW, 9).await.unwrap(), []);
        assert_eq!(db.store.home("nina").await.unwrap().open, 1, "it has not come to an end");
        let row = &db.store.decided_by("olivia", None, 1).await.unwrap()[0];
        assert_eq!(row.status(), Status::SentBack);

        let again = asking_again(sent.clone(), creating("S2", "Other", "dt-2"), later(2));
        db.store.apply(&again).await.unwrap();
        assert!(matches!(db.store.apply(&again).await, Err(Error::Stale)), "a double click");
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.revision, read.version), (2, 3));
        assert_eq!((read.decision.clone(), read.status()), (Decision::Pending, Status::Waiting));
        assert_eq!((&read.asked, &read.steps), (&again.request.asked, &again.request.steps));
        assert_ne!(read.digest(), request.digest());
        let row = &db.store.requests_of("nina", Some(false), None, 1).await.unwrap()[0];
        assert_eq!(
            (row.title.to_string().as_str(), row.scope.short()),
            ("Create instance dt-2", "Other")
        );
        assert_eq!(db.store.decided_by("olivia", None, 1).await.unwrap(), []);
        let scopes = db.store.unasked("olivia", Level::Subscriptions, NOW, 9).await.unwrap();
        assert_eq!(scopes, [Scope::subscription("s2")], "it is decided at its new place");

        let earlier = db.store.earlier(&read, "uma").await.unwrap().unwrap();
        assert_eq!(earlier, crate::domain::revised::Earlier::of(&request));
        assert_eq!(kinds(db, &request.id).await, ["asked", "sent_back", "asked_again"]);
        let newest = db.store.request_history(&request.id, 2).await.unwrap();
        let newest: Vec<&str> = newest.iter().map(|entry| entry.event.kind()).collect();
        assert_eq!(newest, ["sent_back", "asked_again"], "where there is more than is shown");
        let checked = db.store.verify_history(1, 100).await.unwrap();
        assert_eq!((checked.checked, checked.broken_at), (3, None));

        // Uma has seen the first one only, Olivia the second; nobody else has seen any.
        db.store.note_opened("uma", &request.id, later(1)).await.unwrap();
        db.store.note_opened("olivia", &request.id, later(3)).await.unwrap();
        db.store.apply(&sending_back(read, "olivia", later(4))).await.unwrap();
        let sent = db.store.request(&request.id).await.unwrap();
        let third = asking_again(sent, creating("S2", "Other", "dt-3"), later(5));
        db.store.apply(&third).await.unwrap();
        let third = db.store.request(&request.id).await.unwrap();
        for (person, seen) in [("uma", 1), ("olivia", 2), ("greg", 2)] {
            let earlier = db.store.earlier(&third, person).await.unwrap().unwrap();
            assert_eq!(earlier.revision, seen, "{person}");
        }
        db.store.note_opened("uma", &request.id, later(6)).await.unwrap();
        let earlier = db.store.earlier(&third, "uma").await.unwrap().unwrap();
        assert_eq!(earlier.revision, 2, "the newest has been seen, and is read again");
    })
    .await;
}

#[tokio::test]
async fn what_its_requester_may_do_by_now_is_carried_out_when_it_comes_again() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-1"), &permissions(&[])).await;
        db.store.apply(&sending_back(request.clone(), "olivia", later(1))).await.unwrap();
        assert_eq!(db.store.claim(later(2), LEASE).await.unwrap(), None, "nothing runs meanwhile");
        let sent = db.store.request(&request.id).await.unwrap();
        let steps = sent.steps.iter().map(|step| step.step.clone()).collect();
        let (asked, standing) = (sent.asked.clone(), holding("nina", &owner()));
        let again = sent.ask_again(asked, steps, &standing, &Policy::default(), later(3)).unwrap();
        db.store.apply(&again).await.unwrap();
        for second in 4..7 {
            work(db, done(), later(second)).await;
        }
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.decision, read.run.state), (Decision::NotNeeded, State::Verified));
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_back_is_withdrawn_and_ends() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-1"), &permissions(&[])).await;
        db.store.apply(&sending_back(request.clone(), "olivia", later(1))).await.unwrap();
        let sent = db.store.request(&request.id).await.unwrap();
        db.store.apply(&sent.withdraw(&person("nina"), later(2)).unwrap()).await.unwrap();
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.status()), (State::Closed, Status::Withdrawn));
        assert_eq!(db.store.home("nina").await.unwrap().open, 0);
    })
    .await;
}

#[tokio::test]
async fn a_stopped_run_is_retried_or_closed_once() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        work(db, Outcome::Failed { problem: problem() }, later(1)).await;
        let stopped = db.store.request(&request.id).await.unwrap();
        assert_eq!(
            (stopped.status(), stopped.run.problem.clone()),
            (Status::Stopped, Some(problem()))
        );
        assert_eq!(stopped.steps[0].state, StepState::Failed);

        let standing = holding("nina", &contributor());
        let retry = stopped.clone().retry(&person("nina"), &standing, later(2)).unwrap();
        let close = stopped.close(&person("nina"), &standing, "enough", later(2)).unwrap();
        db.store.apply(&retry).await.unwrap();
        assert!(matches!(db.store.apply(&close).await, Err(Error::Stale)));
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.run.due_at), (State::Running, Some(later(2))));
        assert_eq!((read.run.attempt, read.run.problem), (0, None));
        assert_eq!((read.steps[0].state, read.steps[0].began_at), (StepState::Waiting, None));
        let row = &db.store.requests_of("nina", None, None, 1).await.unwrap()[0];
        assert!(!row.begun);

        work(db, Outcome::Failed { problem: problem() }, later(3)).await;
        let stopped = db.store.request(&request.id).await.unwrap();
        let close = stopped.close(&person("nina"), &standing, "enough", later(4)).unwrap();
        db.store.apply(&close).await.unwrap();
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.status()), (State::Closed, Status::Withdrawn));
        assert!(matches!(db.store.apply(&close).await, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_closed_or_retried_that_changed_since_it_was_seen() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        work(db, Outcome::NeedsSignIn { claims: None, problem: None }, later(1)).await;
        let seen = db.store.request(&request.id).await.unwrap();
        db.store.keep_delegation("nina", "sealed", later(2)).await.unwrap();
        let standing = holding("nina", &contributor());
        let close = seen.close(&person("nina"), &standing, "enough", later(3)).unwrap();
        assert_eq!(close.effect, Effect::Close);
        assert!(matches!(db.store.apply(&close).await, Err(Error::Stale)));
        assert_eq!(kinds(db, &request.id).await, ["asked", "sign_in_needed"]);
    })
    .await;
}

#[tokio::test]
async fn a_verification_that_was_given_up_is_tried_again() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-1"), &owner()).await;
        work(db, done(), later(1)).await;
        work(db, done(), later(2)).await;
        work(db, Outcome::Failed { problem: problem() }, later(3)).await;
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.status(), read.run.due_at), (Status::Done, None));
        let again = read.verify_again(&person("nina"), later(4)).unwrap();
        db.store.apply(&again).await.unwrap();
        assert!(matches!(db.store.apply(&again).await, Err(Error::Stale)));
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.run.state, read.run.position), (State::Done, 2));
        work(db, done(), later(5)).await;
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!(read.status(), Status::Verified);
        assert_eq!(db.store.home("nina").await.unwrap().open, 0);
    })
    .await;
}

// Lists.

#[tokio::test]
async fn pages_of_a_list_follow_each_other_without_gaps() {
    on_each_database(async |db| {
        let mut asked = Vec::new();
        for number in 0..23 {
            // Several at the same moment: the id decides.
            let change = asking(creating("S1", "rg", "dt-1"), &permissions(&[]), later(number / 4));
            db.store.apply(&change).await.unwrap();
            asked.push((change.request.asked_at, change.request.id));
        }
        asked.sort();
        let oldest_first: Vec<String> = asked.into_iter().map(|(_, id)| id).collect();
        let newest_first: Vec<String> = oldest_first.iter().rev().cloned().collect();

        for ended in [None, Some(false)] {
            let (mut seen, mut key) = (Vec::new(), None);
            loop {
                let page = db.store.requests_of("nina", ended, key.as_ref(), 5).await.unwrap();
                let Some(last) = page.last() else { break };
                key = Key::parse(&last.asked_key().to_string());
                seen.extend(page.into_iter().map(|row| row.id));
            }
            assert_eq!(seen, newest_first);
        }
        assert_eq!(db.store.requests_of("nina", Some(true), None, 5).await.unwrap(), []);
        assert_eq!(db.store.requests_of("uma", None, None, 5).await.unwrap(), []);

        let standing = [(Scope::subscription("s1"), Some(owner()))];
        db.store.keep_standing("olivia", &standing, NOW).await.unwrap();
        let (mut seen, mut key) = (Vec::new(), None);
        loop {
            let all = QueueFilter::default();
            let page = db.store.queue("olivia", NOW, &all, key.as_ref(), 5).await.unwrap();
            seen.extend(page.rows.into_iter().map(|waiting| waiting.row.id));
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        assert_eq!(seen, oldest_first);
        let (mut seen, mut key) = (Vec::new(), None);
        loop {
            let filter = QueueFilter { newest_first: true, ..QueueFilter::default() };
            let page = db.store.queue("olivia", NOW, &filter, key.as_ref(), 5).await.unwrap();
            seen.extend(page.rows.into_iter().map(|waiting| waiting.row.id));
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        assert_eq!(seen, newest_first);
        assert_eq!(db.store.queue_length("olivia", NOW, 100).await.unwrap(), 23);
        assert_eq!(db.store.queue_length("olivia", NOW, 7).await.unwrap(), 7);

        for (number, id) in oldest_first.iter().enumerate() {
            let request = db.store.request(id).await.unwrap();
            let at = later(100 + number as u64 / 3);
            db.store.apply(&rejection(request, "olivia", at)).await.unwrap();
        }
        let (mut seen, mut key) = (Vec::new(), None);
        loop {
            let page = db.store.decided_by("olivia", key.as_ref(), 5).await.unwrap();
            let Some(last) = page.last() else { break };
            assert_eq!(last.decided_by, Some(person("olivia").named()));
            assert_eq!(last.status(), Status::Rejected);
            key = last.decided_key();
            seen.extend(page.into_iter().map(|row| row.id));
        }
        assert_eq!(seen.len(), 23);
        assert_eq!(db.store.queue_length("olivia", NOW, 100).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_filtered_by_what_is_asked_where_and_by_whom() {
    on_each_database(async |db| {
        let nothing = permissions(&[]);
        let access = ask(db, granting("S1", "rg", "dt-1"), &nothing).await.id;
        let create = ask(db, creating("S2", "rg", "dt-2"), &nothing).await.id;
        for subscription in ["S1", "S2", "S3"] {
            let standing = [(Scope::subscription(subscription), Some(owner()))];
            db.store.keep_standing("olivia", &standing, NOW).await.unwrap();
        }
        let found = async |change: fn(&mut QueueFilter)| {
            let mut filter = QueueFilter::default();
            change(&mut filter);
            let mut ids = queue(db, "olivia", NOW, &filter).await;
            ids.sort();
            ids
        };
        let mut both = vec![access.clone(), create.clone()];
        both.sort();
        assert_eq!(found(|_| {}).await, both);
        assert_eq!(found(|filter| filter.kind = "grant_access".into()).await, [&*access]);
        assert_eq!(found(|filter| filter.kind = "nonsense".into()).await, [""; 0]);
        let s2 = found(|filter| filter.subscription = Scope::subscription("s2").key()).await;
        assert_eq!(s2, [&*create]);
        for who in ["nin", "NINA", "a@contoso"] {
            let filter = QueueFilter { requester: who.into(), ..QueueFilter::default() };
            assert_eq!(queue(db, "olivia", NOW, &filter).await.len(), 2, "{who}");
        }
        // What stands for anything in SQL stands for itself.
        for who in ["uma", "%", "n_na", "\\"] {
            let filter = QueueFilter { requester: who.into(), ..QueueFilter::default() };
            assert_eq!(queue(db, "olivia", NOW, &filter).await, [""; 0], "{who}");
        }
        // SQLite knows upper and lower case of ASCII alone.
        let mut foreign = asking(creating("S2", "rg", "dt-3"), &nothing, NOW);
        foreign.request.requester.name = "Mesut Özil 100%".into();
        db.store.apply(&foreign).await.unwrap();
        for who in ["öz", "ÖZIL", "Özil 100%"] {
            let filter = QueueFilter { requester: who.into(), ..QueueFilter::default() };
            assert_eq!(queue(db, "olivia", NOW, &filter).await, [&*foreign.request.id], "{who}");
        }
        // Of the three subscriptions, something waits in two.
        let subscriptions = db.store.queue_subscriptions("olivia", NOW).await.unwrap();
        let keys: Vec<String> = subscriptions.into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["/subscriptions/s1", "/subscriptions/s2"]);
        assert_eq!(db.store.queue_subscriptions("uma", NOW).await.unwrap(), []);
        // Who decides about one instance alone finds its subscription.
        let scope = Scope::instance("S1", "rg", "dt-1");
        db.store.keep_standing("uma", &[(scope, Some(owner()))], NOW).await.unwrap();
        let subscriptions = db.store.queue_subscriptions("uma", NOW).await.unwrap();
        assert_eq!(subscriptions, [("/subscriptions/s1".into(), "Production".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_search_reads_the_newest_of_what_one_may_see() {
    on_each_database(async |db| {
        let mut ids = Vec::new();
        for (name, second) in [("dt-1", 1), ("dt-2", 2), ("dt-3", 3)] {
            let change = asking(creating("S1", "rg", name), &permissions(&[]), later(second));
            db.store.apply(&change).await.unwrap();
            ids.insert(0, change.request.id);
        }
        let found = async |who: &str, fresh_after, limit| {
            let found = db.store.search("Instance DT-", &person(who), fresh_after, limit).await;
            found.unwrap().into_iter().map(|found| found.row.id).collect::<Vec<_>>()
        };
        for who in ["nina", "carl"] {
            assert_eq!(found(who, NOW, 9).await, ids, "who asked, and an auditor: {who}");
            assert_eq!(found(who, NOW, 2).await, ids[..2], "{who}");
        }
        for who in ["olivia", "uma"] {
            assert_eq!(found(who, NOW, 9).await, [""; 0], "{who}");
        }
        let standing = [(Scope::subscription("S1"), Some(owner()))];
        db.store.keep_standing("olivia", &standing, NOW).await.unwrap();
        assert_eq!(found("olivia", NOW, 9).await, ids, "who decides there");
        assert_eq!(found("olivia", later(1), 9).await, [""; 0], "as far as is known");
        let request = ask_as_contributor(db).await;
        let id = request.id.clone();
        db.store.apply(&approval(request, "uma", later(4))).await.unwrap();
        assert_eq!(found("uma", NOW, 9).await, [id], "whose name stands on a step");
    })
    .await;
}

#[tokio::test]
async fn a_filter_looks_so_far_at_a_time_and_says_where_it_goes_on() {
    on_each_database(async |db| {
        for number in 0..3 {
            let change = asking(creating("S1", "rg", "dt-1"), &permissions(&[]), later(number));
            db.store.apply(&change).await.unwrap();
        }
        let standing = [(Scope::subscription("s1"), Some(owner()))];
        db.store.keep_standing("olivia", &standing, NOW).await.unwrap();
        // As many again as one look reads, all before the one that is looked for.
        db.execute(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2100)
             INSERT INTO request (id, version, kind, title, asked, asked_at, requester, requester_id,
                 requester_name, subscription_name, instance, scope, subscription_key, group_key,
                 scope_key, decision)
             SELECT 'x' || n, 1, 'change_tags', title, asked, n, requester, requester_id,
                 requester_name, subscription_name, instance, scope, subscription_key, group_key,
                 scope_key, decision
             FROM number CROSS JOIN (SELECT * FROM request ORDER BY asked_at LIMIT 1) AS first",
        )
        .await
        .unwrap();
        let filter = QueueFilter { kind: "create_instance".into(), ..QueueFilter::default() };
        let page = db.store.queue("olivia", NOW, &filter, None, 5).await.unwrap();
        assert_eq!(page.rows, []);
        let on = page.next.expect("there is more to look through");
        let page = db.store.queue("olivia", NOW, &filter, Some(&on), 5).await.unwrap();
        assert_eq!((page.rows.len(), page.next), (3, None));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_has_opened_is_read_until_it_changes() {
    on_each_database(async |db| {
        let request = ask(db, creating("S1", "rg", "dt-1"), &permissions(&[])).await;
        let standing = [(Scope::subscription("s1"), Some(owner()))];
        for person in ["olivia", "uma"] {
            db.store.keep_standing(person, &standing, later(9)).await.unwrap();
        }
        let unread = QueueFilter { unread: true, ..QueueFilter::default() };
        let news = async |person: &str| {
            let all = QueueFilter::default();
            let page = db.store.queue(person, NOW, &all, None, 5).await.unwrap();
            let read = db.store.has_read(person, &request.id).await.unwrap();
            assert_eq!(page.rows[0].is_read(), read);
            assert_eq!(queue(db, person, NOW, &unread).await.is_empty(), read);
            page.rows[0].news()
        };
        assert_eq!(news("olivia").await, "New");
        db.store.note_opened("olivia", &request.id, later(1)).await.unwrap();
        db.store.note_opened("olivia", &request.id, NOW).await.unwrap();
        let opened = db.store.opened("olivia", &request.id).await.unwrap();
        assert_eq!(opened, Some(later(1)), "it is never put back");
        assert_eq!(news("olivia").await, "", "each for themselves");
        assert_eq!(news("uma").await, "New");

        db.store.apply(&sending_back(request.clone(), "uma", later(2))).await.unwrap();
        let sent = db.store.request(&request.id).await.unwrap();
        let again = asking_again(sent, creating("S1", "rg", "dt-2"), later(3));
        db.store.apply(&again).await.unwrap();
        assert_eq!(news("olivia").await, "Changed");
        db.store.note_opened("olivia", &request.id, later(4)).await.unwrap();
        assert_eq!(news("olivia").await, "");
        assert_eq!(db.store.drop_opened(later(4)).await.unwrap(), 0);
        assert_eq!(db.store.drop_opened(later(5)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_tells_what_the_request_tells() {
    on_each_database(async |db| {
        let request = ask(db, granting("S2", "Other", "DT-3"), &contributor()).await;
        let row = &db.store.requests_of("nina", None, None, 1).await.unwrap()[0];
        assert_eq!(
            *row,
            Row {
                id: request.id.clone(),
                kind: "grant_access".into(),
                title: request.asked.title(),
                requester: person("nina").named(),
                subscription: "Production".into(),
                instance: request.asked.scope(),
                scope: request.asked.decided_at(),
                asked_at: NOW,
                decision: "pending".into(),
                decided_by: None,
                decided_at: None,
                run: State::Waiting,
                begun: false,
            }
        );
        assert_eq!(row.scope.short(), "DT-3", "as it was written");
        assert_eq!(row.status(), request.status());
    })
    .await;
}

#[tokio::test]
async fn the_queue_holds_what_one_may_decide_and_no_more() {
    on_each_database(async |db| {
        let nothing = permissions(&[]);
        let on_dt1 = ask(db, granting("S1", "rg", "dt-1"), &nothing).await.id;
        let on_dt2 = ask(db, granting("S1", "RG", "dt-2"), &nothing).await.id;
        let in_group = ask(db, creating("S1", "rg", "dt-3"), &nothing).await.id;
        let elsewhere = ask(db, granting("S2", "rg", "dt-1"), &nothing).await.id;
        let queue = async |scopes: &[Scope], held: &Permissions, fresh_after| {
            let standing: Vec<_> =
                scopes.iter().map(|scope| (scope.clone(), Some(held.clone()))).collect();
            db.execute("DELETE FROM standing WHERE person_id = 'olivia'").await.unwrap();
            db.store.keep_standing("olivia", &standing, NOW).await.unwrap();
            let rows = queue(db, "olivia", fresh_after, &QueueFilter::default()).await;
            let length = db.store.queue_length("olivia", fresh_after, 50).await.unwrap();
            assert_eq!(length, rows.len() as i64);
            let mut ids = rows;
            ids.sort();
            ids
        };
        let sorted = |ids: &[&String]| {
            let mut ids: Vec<String> = ids.iter().map(|&id| id.clone()).collect();
            ids.sort();
            ids
        };
        let s1 = Scope::subscription("s1");
        let rg = Scope::group("S1", "Rg");
        let dt1 = Scope::instance("S1", "rg", "DT-1");
        let all = sorted(&[&on_dt1, &on_dt2, &in_group]);
        assert_eq!(queue(std::slice::from_ref(&s1), &owner(), NOW).await, all);
        assert_eq!(queue(std::slice::from_ref(&rg), &owner(), NOW).await, all);
        assert_eq!(queue(std::slice::from_ref(&dt1), &owner(), NOW).await, sorted(&[&on_dt1]));
        assert_eq!(queue(&[s1.clone(), rg, dt1], &owner(), NOW).await, all, "each once");
        assert_eq!(queue(std::slice::from_ref(&s1), &contributor(), NOW).await, [""; 0]);
        assert_eq!(
            queue(std::slice::from_ref(&s1), &owner(), later(1)).await,
            [""; 0],
            "not fresh"
        );
        assert_eq!(queue(&[Scope::group("S2", "rg")], &owner(), NOW).await, sorted(&[&elsewhere]));
        assert_eq!(self::queue(db, "uma", NOW, &QueueFilter::default()).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn each_scope_that_waits_is_told_once_from_the_widest_to_the_narrowest() {
    on_each_database(async |db| {
        let nothing = permissions(&[]);
        for (subscription, name) in [("S1", "dt-1"), ("S1", "DT-1"), ("S2", "dt-1"), ("S2", "dt-2")]
        {
            for _ in 0..3 {
                ask(db, granting(subscription, "rg", name), &nothing).await;
            }
        }
        ask(db, creating("S2", "rg-2", "dt-3"), &nothing).await;
        ask(db, creating("S1", "rg", "dt-9"), &owner()).await;
        let unasked = async |level, since, limit| {
            db.store.unasked("nina", level, since, limit).await.unwrap()
        };
        let (s1, s2) = (Scope::subscription("s1"), Scope::subscription("s2"));
        assert_eq!(unasked(Level::Subscriptions, NOW, 50).await, [s1.clone(), s2.clone()]);
        assert_eq!(unasked(Level::Subscriptions, NOW, 1).await, std::slice::from_ref(&s1));
        assert_eq!(unasked(Level::Groups, NOW, 50).await, [], "none is known to be seen");

        // One is not seen. In the other, something is.
        let seen = [(s1.clone(), None), (s2.clone(), Some(contributor()))];
        db.store.keep_standing("nina", &seen, NOW).await.unwrap();
        assert_eq!(unasked(Level::Subscriptions, NOW, 50).await, []);
        assert_eq!(unasked(Level::Subscriptions, later(1), 50).await, [s1, s2.clone()]);
        let groups = [Scope::group("s2", "rg"), Scope::group("s2", "rg-2")];
        assert_eq!(unasked(Level::Groups, NOW, 50).await, groups);
        assert_eq!(unasked(Level::Groups, later(1), 50).await, [], "not fresh");
        assert_eq!(unasked(Level::Instances, NOW, 50).await, []);

        // Who decides in a group decides in all of it.
        let [rg, rg_2] = groups;
        let seen = [(rg.clone(), Some(contributor())), (rg_2.clone(), Some(owner()))];
        db.store.keep_standing("nina", &seen, NOW).await.unwrap();
        assert_eq!(unasked(Level::Groups, NOW, 50).await, []);
        let instances = [Scope::instance("s2", "rg", "dt-1"), Scope::instance("s2", "rg", "dt-2")];
        assert_eq!(unasked(Level::Instances, NOW, 50).await, instances);
        let [dt_1, dt_2] = instances;
        db.store.keep_standing("nina", &[(dt_1, Some(contributor()))], NOW).await.unwrap();
        assert_eq!(unasked(Level::Instances, NOW, 50).await, [dt_2]);
        let others = db.store.unasked("olivia", Level::Instances, NOW, 50).await.unwrap();
        assert_eq!(others, [], "somebody else");
    })
    .await;
}

#[tokio::test]
async fn standing_is_remembered_while_it_is_fresh() {
    on_each_database(async |db| {
        let scopes: Vec<Scope> =
            (0..40).map(|number| Scope::group("S1", &format!("rg-{number}"))).collect();
        let told: Vec<_> =
            scopes.iter().map(|scope| (scope.clone(), Some(contributor()))).collect();
        db.store.keep_standing("nina", &told, NOW).await.unwrap();
        db.store.keep_standing("nina", &[(scopes[0].clone(), None)], later(1)).await.unwrap();
        db.store
            .keep_standing("nina", &[(scopes[1].clone(), Some(owner()))], later(1))
            .await
            .unwrap();
        let known = db.store.standing("nina", &scopes, NOW).await.unwrap();
        assert_eq!(known.len(), 39, "one is not seen");
        assert_eq!(known.get(&scopes[1].key()), Some(&owner()));
        let known = db.store.standing("nina", &scopes[..5], later(1)).await.unwrap();
        assert_eq!(known.len(), 1);
        assert_eq!(db.store.drop_old_standing(later(1)).await.unwrap(), 38);
    })
    .await;
}

// Claiming and settling.

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_take_each_run_once() {
    on_each_database(async |db| {
        let mut asked = Vec::new();
        for _ in 0..40 {
            asked.push(ask_as_contributor(db).await.id);
        }
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let store = db.store.clone();
                tokio::spawn(async move {
                    let mut taken = Vec::new();
                    // Settled at once, each run comes to wait for its approval.
                    while let Some(claimed) = store.claim(later(1), LEASE).await.unwrap() {
                        assert!(store.settle(&claimed, done(), later(1)).await.unwrap());
                        taken.push(claimed.request.id);
                    }
                    taken
                })
            })
            .collect();
        let mut taken = Vec::new();
        for worker in workers {
            taken.extend(worker.await.unwrap());
        }
        // A worker that met only runs of others may stop early; what it left is taken here.
        while let Some(claimed) = db.store.claim(later(1), LEASE).await.unwrap() {
            assert!(db.store.settle(&claimed, done(), later(1)).await.unwrap());
            taken.push(claimed.request.id);
        }
        asked.sort();
        taken.sort();
        assert_eq!(taken, asked);
        let verified = db.store.verify_history(1, 1000).await.unwrap();
        assert_eq!(verified, Verified { checked: 80, broken_at: None, next: None });
    })
    .await;
}

/// Rule 7 of the store: a compare-and-set that waited for a lock looks at everything again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_claim_that_waited_finds_that_the_run_has_been_finished() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let mut tx = db.store.begin().await.unwrap();
        // Holds the row; what the other sees is still due.
        sqlx::query("UPDATE run SET attempt = attempt").execute(tx.on()).await.unwrap();
        let (store, id) = (db.store.clone(), request.id.clone());
        let waiting =
            tokio::spawn(async move { store.take(&id, None, later(1), LEASE).await.unwrap() });
        if db.is_postgres() {
            let mut watch = sqlx::AnyConnection::connect(&db.url).await.unwrap();
            loop {
                let (waits,): (i64,) =
                    sqlx::query_as("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")
                        .fetch_one(&mut watch)
                        .await
                        .unwrap();
                if waits > 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        assert!(!waiting.is_finished());
        sqlx::query("UPDATE run SET due_at = NULL, state = 'done'").execute(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap(), None);
        assert_eq!(db.store.request(&request.id).await.unwrap().run.attempt, 0);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let late = claim(db, later(1)).await;
        assert_eq!(late.request.run.attempt, 1);
        assert_eq!(db.store.claim(later(60), LEASE).await.unwrap(), None);
        assert_eq!(db.next_due().await, Some(later(61)));
        let unwritten = db.store.request(&request.id).await.unwrap();
        assert!(!db.store.settle(&late, done(), later(61)).await.unwrap(), "it has run out");

        let other = claim(db, later(61)).await;
        assert_ne!(other.lease, late.lease);
        assert!(!db.store.settle(&late, done(), later(62)).await.unwrap(), "it is another's");
        db.store.release(&late).await.unwrap();
        let read = db.store.request(&request.id).await.unwrap();
        assert_eq!((read.steps, read.run.attempt), (unwritten.steps, 2));
        assert_eq!(kinds(db, &request.id).await, ["asked"]);
        assert!(db.store.settle(&other, done(), later(62)).await.unwrap());
        assert!(!db.store.settle(&other, done(), later(62)).await.unwrap(), "once");
        assert_eq!(kinds(db, &request.id).await, ["asked", "step_done"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_not_retried_closed_or_claimed_and_can_be_given_back() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        let held = claim(db, later(1)).await;
        let mut change = approval(request.clone(), "olivia", later(2));
        change.effect = Effect::Close;
        assert!(matches!(db.store.apply(&change).await, Err(Error::Stale)));
        db.store.release(&held).await.unwrap();
        let again = claim(db, later(2)).await;
        assert_eq!(again.request.run.attempt, 1, "the try that was not made does not count");
    })
    .await;
}

#[tokio::test]
async fn the_longest_due_comes_first_and_waiting_is_told_by_the_clock() {
    on_each_database(async |db| {
        assert_eq!(db.next_due().await, None);
        let mut asked = Vec::new();
        for at in [30, 10, 20] {
            let change = asking(creating("S1", "rg", "dt-1"), &contributor(), later(at));
            db.store.apply(&change).await.unwrap();
            asked.push(change.request.id);
        }
        assert_eq!(db.next_due().await, Some(later(10)));
        assert_eq!(db.store.claim(later(9), LEASE).await.unwrap(), None);
        let first = claim(db, later(40)).await;
        assert_eq!(first.request.id, asked[1]);
        let wait = Duration::from_secs(100);
        let underway = Outcome::Underway { operation: Some("https://poll".into()), wait };
        assert!(db.store.settle(&first, underway, later(40)).await.unwrap());
        assert_eq!(claim(db, later(40)).await.request.id, asked[2]);
        assert_eq!(claim(db, later(40)).await.request.id, asked[0]);
        assert_eq!(db.next_due().await, Some(later(100)), "the first lease's end");
        let request = db.store.request(&asked[1]).await.unwrap();
        assert_eq!(request.steps[0].operation.as_deref(), Some("https://poll"));
        assert_eq!(request.steps[0].began_at, Some(later(40)));
    })
    .await;
}

// The history.

#[tokio::test]
async fn the_history_can_be_added_to_and_not_changed() {
    on_each_database(async |db| {
        ask_as_contributor(db).await;
        for sql in [
            "UPDATE history SET title = 'x'",
            "DELETE FROM history",
            "UPDATE history_person SET person_id = 'x'",
            "DELETE FROM history_person",
            "DELETE FROM history_head",
            "UPDATE history_head SET seq = 0",
        ] {
            let refused = db.execute(sql).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
        let other = if db.is_postgres() {
            "TRUNCATE history"
        } else {
            "INSERT OR REPLACE INTO history SELECT * FROM history"
        };
        assert!(db.execute(other).await.is_err());
        assert_eq!(db.store.verify_history(1, 10).await.unwrap().checked, 1);
    })
    .await;
}

#[tokio::test]
async fn whatever_is_done_to_the_history_behind_our_back_shows() {
    on_each_database(async |db| {
        for _ in 0..4 {
            ask_as_contributor(db).await;
        }
        assert_eq!(
            db.store.verify_history(1, 3).await.unwrap(),
            Verified { checked: 3, broken_at: None, next: Some(4) }
        );
        assert_eq!(
            db.store.verify_history(4, 3).await.unwrap(),
            Verified { checked: 1, broken_at: None, next: None }
        );
        assert_eq!(db.store.verify_history(1, 4).await.unwrap().next, None);
        db.execute(if db.is_postgres() {
            "DROP TRIGGER history_append_only ON history"
        } else {
            "DROP TRIGGER history_no_update; DROP TRIGGER history_no_delete"
        })
        .await
        .unwrap();
        let broken = async || db.store.verify_history(1, 100).await.unwrap().broken_at;
        assert_eq!(broken().await, None);
        db.execute("UPDATE history SET actor_name = 'Somebody' WHERE seq = 3").await.unwrap();
        assert_eq!(broken().await, Some(3));
        db.execute("UPDATE history SET actor_name = 'NINA' WHERE seq = 3").await.unwrap();
        assert_eq!(broken().await, None);
        db.execute("DELETE FROM history WHERE seq = 4").await.unwrap();
        assert_eq!(broken().await, Some(4), "the last is gone");
        db.execute("DELETE FROM history WHERE seq = 2").await.unwrap();
        assert_eq!(broken().await, Some(2));
        db.execute("DELETE FROM history WHERE seq = 1").await.unwrap();
        assert_eq!(broken().await, Some(1));
    })
    .await;
}

/// Every combination of filters against the same question asked of the whole list.
#[tokio::test]
async fn every_filter_finds_what_it_should_page_by_page() {
    on_each_database(async |db| {
        for (number, asked) in [
            creating("S1", "rg", "dt-1"),
            creating("S1", "rg-2", "dt-2"),
            granting("S1", "rg", "dt-1"),
            creating("S2", "rg", "dt-1"),
        ]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
        {
            let at = later(1000 * number as u64);
            let change = asking(asked, &contributor(), at);
            db.store.apply(&change).await.unwrap();
            if let Some(claimed) = db.store.claim(at, LEASE).await.unwrap() {
                db.store.settle(&claimed, done(), at).await.unwrap();
            }
            let request = db.store.request(&change.request.id).await.unwrap();
            let by = if number % 2 == 0 { "olivia" } else { "uma" };
            if request.asked.subscription().id == "S1" && number % 3 != 0 {
                db.store.apply(&rejection(request, by, at)).await.unwrap();
            }
        }
        let all = db.store.history(&HistoryFilter::all(View::All), None, 1000).await.unwrap();
        assert_eq!(all.older, None);
        assert!(all.entries.is_sorted_by(|newer, older| newer.seq > older.seq));
        let all = all.entries;
        assert!(all.len() > 20, "{}", all.len());

        let concerns = |entry: &Entry, person: &str| {
            entry.requester_id == person
                || entry.actor.id() == person
                || entry.in_name_of.as_ref().is_some_and(|named| named.id == person)
        };
        let views = [
            View::All,
            View::Mine("uma".into()),
            View::Mine("NINA".into()),
            View::Scope(Scope::subscription("s1")),
            View::Scope(Scope::group("S1", "RG")),
            View::Scope(Scope::instance("S1", "rg", "dt-1")),
            View::Scope(Scope::group("S9", "rg")),
            View::MineIn("NINA".into(), Scope::subscription("s1")),
            View::MineIn("uma".into(), Scope::instance("S1", "rg", "dt-1")),
        ];
        let some_request = all[all.len() / 2].request_id.clone();
        let mut tried = 0;
        for view in views {
            for person in [None, Some("olivia".to_owned()), Some("nina".to_owned())] {
                for kind in [None, Some("rejected".to_owned()), Some("asked".to_owned())] {
                    for request in [None, Some(some_request.clone())] {
                        for (from, to) in [
                            (None, None),
                            (Some(later(2500)), None),
                            (Some(later(2000)), Some(later(8000))),
                        ] {
                            let filter = HistoryFilter {
                                view: view.clone(),
                                person: person.clone(),
                                kind: kind.clone(),
                                request: request.clone(),
                                from,
                                to,
                            };
                            let fits = |entry: &&Entry| {
                                let seen = match &filter.view {
                                    View::All => true,
                                    View::Mine(me) => concerns(entry, &me.to_lowercase()),
                                    View::Scope(scope) => entry.scope.lineage().contains(scope),
                                    View::MineIn(me, scope) => {
                                        concerns(entry, &me.to_lowercase())
                                            && entry.scope.lineage().contains(scope)
                                    }
                                };
                                seen && person.as_deref().is_none_or(|id| concerns(entry, id))
                                    && kind.as_deref().is_none_or(|kind| entry.event.kind() == kind)
                                    && request.as_deref().is_none_or(|id| entry.request_id == id)
                                    && from.is_none_or(|from| entry.at >= from)
                                    && to.is_none_or(|to| entry.at < to)
                            };
                            let expected: Vec<&Entry> = all.iter().filter(fits).collect();
                            let (mut found, mut before) = (Vec::new(), None);
                            loop {
                                let page = db.store.history(&filter, before, 4).await.unwrap();
                                assert!(page.entries.len() <= 4);
                                found.extend(page.entries);
                                before = page.older;
                                if before.is_none() {
                                    break;
                                }
                            }
                            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
                            tried += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(tried, 9 * 3 * 3 * 2 * 3);
    })
    .await;
}

#[tokio::test]
async fn an_entry_tells_who_did_what_in_whose_name() {
    on_each_database(async |db| {
        let request = ask_as_contributor(db).await;
        db.store.apply(&approval(request.clone(), "olivia", later(1))).await.unwrap();
        work(db, done(), later(2)).await;
        work(db, done(), later(3)).await;
        let entries = db.store.request_history(&request.id, 100).await.unwrap();
        let told: Vec<(&str, Option<&str>)> = entries
            .iter()
            .map(|entry| (entry.actor.name(), entry.in_name_of.as_ref().map(|named| &*named.name)))
            .collect();
        assert_eq!(
            told,
            [
                ("NINA", None),
                ("OLIVIA", None),
                ("Twindesk", Some("NINA")),
                ("Twindesk", Some("OLIVIA")),
                ("Twindesk", None),
            ]
        );
        assert_eq!(
            entries[3].correlation.as_deref(),
            Some(&*request.steps[1].step.correlation.to_string())
        );
        let of_olivia = HistoryFilter::all(View::Mine("olivia".into()));
        assert_eq!(db.store.history(&of_olivia, None, 9).await.unwrap().entries.len(), 2);
    })
    .await;
}

// What is kept as JSON.

/// As it has ever been written. A line is added for a new one; none is changed.
const ASKED: &str = r#"
{"kind":"create_instance","subscription":{"id":"S","name":"Production"},"group":"rg","new_group":true,"name":"dt-1","region":"westeurope","tags":{"a":"b"},"grants":[{"principal":{"id":"p","kind":"ServicePrincipal","name":null,"mail":null},"role":"data_owner"}],"justification":"why"}
{"kind":"create_instance","subscription":{"id":"S","name":"Production"},"group":"rg","new_group":true,"name":"dt-1","region":"westeurope","region_name":"West Europe","tags":{},"grants":[],"justification":"why"}
{"kind":"grant_access","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","role":"data_reader","members":[{"id":"p","kind":"Group","name":"Team","mail":"team@contoso.com"}],"justification":"why"}
{"kind":"create_instance","subscription":{"id":"S","name":"Production"},"group":"rg","new_group":false,"name":"dt-1","region":"westeurope","region_name":"West Europe","tags":{},"networking":{"public_access_disabled":true,"private_endpoints":[{"endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe","region":"westeurope","subnet":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default","request_message":null,"zone":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net"}]},"system_identity":true,"grants":[],"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"set_public_access","enabled":false},"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"set_public_access","enabled":false},"approved":0,"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"decide","connection":{"id":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/privateEndpointConnections/c","endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"},"approve":true,"message":"welcome"},"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"decide","connection":{"id":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/privateEndpointConnections/c","endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"},"approve":true,"message":"welcome","actions_required":"Use pe-2."},"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"remove","connection":{"id":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/privateEndpointConnections/c","endpoint":""}},"justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"add","private_endpoints":[{"endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe","region":"westeurope","subnet":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default","request_message":"please","zone":null}]},"justification":"why"}
{"kind":"raise_role","subscription":{"id":"S","name":"Production"},"scope":"/subscriptions/S","role":"role_based_access_control_administrator","principal":{"id":"p","kind":"User","name":"P","mail":null},"justification":"why"}
{"kind":"raise_role","subscription":{"id":"S","name":"Production"},"scope":"/subscriptions/S/resourceGroups/rg","role":"user_access_administrator","principal":{"id":"p","kind":"User","name":"P","mail":null},"justification":"why"}
{"kind":"revoke_access","subscription":{"id":"S","name":"Production"},"assignment":{"scope":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","name":"00000000-0000-0000-0000-000000000000","role":"bcd981a7-7f74-457b-83e1-cceb9e632ffe","role_name":"Azure Digital Twins Data Owner","holder":{"id":"p","kind":"User","name":"P","mail":null},"created_on":"2025-03-03T09:43:21.6570733Z"},"justification":"why"}
{"kind":"revoke_access","subscription":{"id":"S","name":"Production"},"assignment":{"scope":"/subscriptions/S","name":"00000000-0000-0000-0000-000000000000","role":"f58310d9-a9f6-439a-9e8d-f62e7b41a168","role_name":"RBAC","holder":{"id":"p","kind":null,"name":null,"mail":null},"condition":"c"},"justification":"why"}
{"kind":"change_identity","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"system_on"},"seen":{"system":null,"user":[]},"justification":"why"}
{"kind":"change_identity","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"system_off"},"seen":{"system":"p","user":[]},"uses":[{"what":"Endpoint","name":"e","target":"sb://x/y","state":"Succeeded"}],"roles":[{"role":"Reader","scope":"/subscriptions/S"}],"unseen":["x"],"justification":"why"}
{"kind":"change_identity","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"remove","identities":["/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]},"seen":{"system":null,"user":["/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]},"uses":[{"what":"Endpoint","name":"e","identity":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i","target":"sb://x/y","state":"Succeeded"}],"justification":"why"}
{"kind":"delete_instance","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","created_at":"2026-01-01T00:00:00Z","justification":"why"}
{"kind":"delete_instance","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","created_at":"2026-01-01T00:00:00Z","losses":{"outlets":[{"what":"Endpoint","name":"e","target":"sb://x/y","state":"Succeeded"}],"private_endpoints":["pe"],"roles":[["Reader",2]],"identity":"p","unseen":["x"]},"justification":"why"}
{"kind":"delete_instance","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","created_at":"2026-01-01T00:00:00Z","losses":{"unseen":[{"id":"deletion-roles-unseen","args":[["why","Azure did not answer in time."]],"en":"Role assignments on it are not to be seen. Azure did not answer in time."}]},"justification":"why"}
{"kind":"change_tags","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","before":{"a":"b"},"after":{"c":"d"},"justification":"why"}
{"kind":"grant_access","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","role":"data_reader","members":[{"id":"p","kind":"Group","name":"Team","mail":"team@contoso.com"}],"created_at":"2026-01-01T00:00:00Z","justification":"why"}
{"kind":"change_networking","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"set_public_access","enabled":false},"created_at":"2026-01-01T00:00:00Z","justification":"why"}
{"kind":"assign_identity_role","subscription":{"id":"S","name":"Production"},"identity":{"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt"},"principal":{"id":"p","kind":"ManagedIdentity","name":"dt","mail":null},"role":{"guid":"2b629674-e913-4c01-ae53-ef4638d8f975","name":"Azure Event Hubs Data Sender"},"scopes":["/subscriptions/S/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/hub"],"justification":"why"}
{"kind":"assign_identity_role","subscription":{"id":"S","name":"Production"},"identity":{"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","user_assigned":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"},"principal":{"id":"p","kind":"ManagedIdentity","name":"i","mail":null},"role":"contributor","scopes":["/subscriptions/S","/subscriptions/S/resourceGroups/rg"],"justification":"why"}
{"kind":"revoke_access","subscription":{"id":"S","name":"Production"},"assignment":{"scope":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","name":"00000000-0000-0000-0000-000000000000","role":"r","role_name":"Reader","holder":{"id":"p","kind":"ManagedIdentity","name":"P","mail":null}},"others":[{"scope":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","name":"00000000-0000-0000-0000-000000000001","role":"s","role_name":"S","holder":{"id":"p","kind":"ManagedIdentity","name":"P","mail":null}}],"identity":{"identity":{"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt"},"uses":[{"what":"Endpoint","name":"e","target":"sb://x/y","state":"Succeeded"}],"unseen":["x"],"sighting":{"by":{"id":"c","name":"Carl"},"at":1}},"justification":"why"}
{"kind":"change_identity","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"system_off"},"seen":{"system":"p","user":[]},"sighting":{"by":{"id":"c","name":"Carl"},"at":1},"justification":"why"}
{"kind":"change_identity","subscription":{"id":"S","name":"Production"},"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"system_off"},"seen":{"system":"p","user":[]},"unseen":[{"id":"identity-more-roles","args":[["count",3]],"en":"3 more of its roles are not listed here."}],"justification":"why"}
"#;
const STEPS: &str = r#"
{"do":"register_provider","subscription":"S","call":{"method":"POST","path":"/x","body":null},"needs":[{"action":"Microsoft.DigitalTwins/register/action","scope":"/subscriptions/S"}],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"ensure_resource_group","group":"/subscriptions/S/resourceGroups/rg","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"create_instance","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","region":"westeurope","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"assign_role","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","assignment":"00000000-0000-0000-0000-000000000000","role":"data_owner","principal":{"id":"p","kind":"User","name":"P","mail":null},"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"assign_role","instance":"/subscriptions/S","assignment":"00000000-0000-0000-0000-000000000000","role":"contributor","principal":{"id":"p","kind":"User","name":"P","mail":null},"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"assign_role","instance":"/subscriptions/S/resourceGroups/rg","assignment":"00000000-0000-0000-0000-000000000000","role":"owner","principal":{"id":"p","kind":"User","name":"P","mail":null},"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"remove_role","assignment":{"scope":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","name":"00000000-0000-0000-0000-000000000000","role":"bcd981a7-7f74-457b-83e1-cceb9e632ffe","role_name":"Azure Digital Twins Data Owner","holder":{"id":"p","kind":"Group","name":"P","mail":"m"},"condition":"c","created_on":"t"},"call":{"method":"DELETE","path":"/x","body":null},"needs":[{"action":"Microsoft.Authorization/roleAssignments/delete","scope":"/subscriptions/S"}],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"change_identity","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","change":{"to":"associate","identities":["/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]},"seen":{"system":"p","user":[]},"call":{"method":"PATCH","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"delete_instance","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","created_at":"2026-01-01T00:00:00Z","call":{"method":"DELETE","path":"/x","body":null},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"verify","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","call":{"method":"GET","path":"/models","body":null},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"create_private_endpoint","endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","subnet":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/default","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"ensure_private_zone","zone":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"link_private_zone","link":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net/virtualNetworkLinks/vnet-1","network":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"join_private_zone","group":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe/privateDnsZoneGroups/default","zone":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net","call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"set_public_access","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","enabled":false,"call":{"method":"PATCH","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"decide_connection","connection":{"id":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/privateEndpointConnections/c","endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"},"approve":false,"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"remove_connection","connection":{"id":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/privateEndpointConnections/c","endpoint":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"},"call":{"method":"DELETE","path":"/x","body":null},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"change_tags","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","before":{"a":"b"},"after":{"c":"d"},"call":{"method":"PATCH","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"assign_role","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/hub","assignment":"00000000-0000-0000-0000-000000000000","role":{"guid":"2b629674-e913-4c01-ae53-ef4638d8f975","name":"Azure Event Hubs Data Sender"},"principal":{"id":"p","kind":"ManagedIdentity","name":"dt","mail":null},"identity":{"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt"},"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
{"do":"assign_role","instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/hub","assignment":"00000000-0000-0000-0000-000000000000","role":"contributor","principal":{"id":"p","kind":"ManagedIdentity","name":"i","mail":null},"identity":{"instance":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt","user_assigned":"/subscriptions/S/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"},"call":{"method":"PUT","path":"/x","body":"{}"},"needs":[],"correlation":"00000000-0000-0000-0000-000000000000"}
"#;
const PROBLEMS: &str = r#"
{"code":"X","message":"m","correlation":"c","status":403}
{"code":"X","message":"m","correlation":null,"status":null}
{"code":"X","message":"m Ada","text":{"id":"problem-throttled","args":[["name","Ada"]],"en":"m Ada"},"correlation":null,"status":null}
"#;
/// Titles and proofs, as they stand in columns of their own.
const TEXTS: &str = r#"
read back
Create instance dt-1
{"id":"do-create-instance","args":[["name","dt-1"]],"en":"Create the instance dt-1"}
{"id":"do-assign-role","args":[["role","Azure Digital Twins Data Owner"],["name","Ada"]],"en":"Assign Azure Digital Twins Data Owner to Ada"}
{"texts":[{"id":"proof-system-off","en":"Azure shows the system-assigned identity as off."},"And so on."],"with":" "}
{"id":"proof-associated","args":[["identities",{"texts":[{"id":"proof-identity-untold","args":[["name","i"]],"en":"i (Object ID not told yet)"},"j"],"with":", "}]],"en":"Azure shows as associated: i (Object ID not told yet), j."}
{"id":"gone-by-now","args":[["number",3],["at",{"at":"2026-11-22T08:15:00Z"}]],"en":"As it was then."}
"#;
const PERMISSIONS: &str = r#"
[{"actions":["*"],"not_actions":["Microsoft.Authorization/*/Write"]}]
"#;
const PEOPLE: &str = r#"
{"id":"1","name":"Ada","upn":"ada@contoso.com","auditor":true}
"#;

fn is_read_and_written_alike<T: Serialize + DeserializeOwned>(fixture: &str) -> Vec<T> {
    fixture
        .trim()
        .lines()
        .map(|line| {
            let value: T = parse("a fixture", line).unwrap();
            assert_eq!(json(&value).unwrap(), line);
            value
        })
        .collect()
}

#[test]
fn everything_ever_kept_can_still_be_read() {
    // Who adds a variant is led here by the compiler, and adds its line above.
    for asked in is_read_and_written_alike::<Asked>(ASKED) {
        assert!(KINDS.iter().any(|(kind, _)| *kind == asked.kind()), "{}", asked.kind());
        match asked {
            Asked::CreateInstance(_)
            | Asked::GrantAccess(_)
            | Asked::ChangeNetworking(_)
            | Asked::RaiseRole(_)
            | Asked::RevokeAccess(_)
            | Asked::ChangeIdentity(_)
            | Asked::ChangeTags(_)
            | Asked::DeleteInstance(_)
            | Asked::AssignIdentityRole(_) => {}
        }
    }
    for line in TEXTS.trim().lines() {
        let text = Text::of_column(line.to_owned());
        assert_eq!(text.to_column(), line);
        assert!(!text.to_string().contains("\"id\""), "{text}");
    }
    for step in is_read_and_written_alike::<Step>(STEPS) {
        match step.action {
            Action::RegisterProvider { .. }
            | Action::EnsureResourceGroup { .. }
            | Action::CreateInstance { .. }
            | Action::AssignRole { .. }
            | Action::ChangeIdentity { .. }
            | Action::ChangeTags { .. }
            | Action::DeleteInstance { .. }
            | Action::RemoveRole { .. }
            | Action::Verify { .. }
            | Action::CreatePrivateEndpoint { .. }
            | Action::EnsurePrivateZone { .. }
            | Action::LinkPrivateZone { .. }
            | Action::JoinPrivateZone { .. }
            | Action::SetPublicAccess { .. }
            | Action::DecideConnection { .. }
            | Action::RemoveConnection { .. } => {}
        }
    }
    is_read_and_written_alike::<Problem>(PROBLEMS);
    is_read_and_written_alike::<Permissions>(PERMISSIONS);
    is_read_and_written_alike::<Person>(PEOPLE);
}

#[test]
fn a_place_in_a_list_survives_an_address() {
    let key = Key { at: Time(-5), id: "0192-x".into() };
    assert_eq!(Key::parse(&key.to_string()), Some(key));
    for text in ["", "5", "x.y", ".", "5.a b", "5.a.b"] {
        assert_eq!(Key::parse(text), None, "{text}");
    }
}

#[tokio::test]
async fn a_page_costs_a_fixed_number_of_queries() {
    on_each_database(async |db| {
        for _ in 0..10 {
            ask_as_contributor(db).await;
        }
        let id = ask_as_contributor(db).await.id;
        let cost = async |page: &dyn Fn(Store) -> std::pin::Pin<Box<dyn Future<Output = ()>>>| {
            let before = db.store.queries();
            page(db.store.clone()).await;
            db.store.queries() - before
        };
        let one = id.clone();
        assert_eq!(
            cost(&move |store| {
                let id = one.clone();
                Box::pin(async move { drop(store.request(&id).await.unwrap()) })
            })
            .await,
            1
        );
        assert_eq!(
            cost(&|store| Box::pin(async move {
                drop(store.queue("olivia", NOW, &QueueFilter::default(), None, 50).await.unwrap());
            }))
            .await,
            1
        );
        assert_eq!(
            cost(&|store| Box::pin(async move {
                let filter = HistoryFilter::all(View::Mine("nina".into()));
                drop(store.history(&filter, None, 50).await.unwrap());
            }))
            .await,
            1
        );
    })
    .await;
}

/// Polls it so many times and lets go of it, wherever it is then.
async fn cut_off<T>(work: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut polled = 0;
    std::future::poll_fn(move |context| {
        if let std::task::Poll::Ready(done) = work.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(done));
        }
        polled += 1;
        if polled > polls { std::task::Poll::Ready(None) } else { std::task::Poll::Pending }
    })
    .await
}

#[tokio::test]
async fn a_transaction_that_is_cut_off_as_it_begins_takes_nobody_elses_write_with_it() {
    on_each_database(async |db| {
        for number in 0..100 {
            drop(cut_off(db.store.begin(), number % 5).await);
            let session = Session {
                hash: format!("hash-{number}"),
                person_id: "nina".into(),
                sid: None,
                login_hint: None,
                created_at: NOW,
                seen_at: NOW,
                ends_at: later(60),
            };
            db.store.new_session(&session).await.unwrap();
        }
        let mut other = sqlx::AnyConnection::connect(&db.url).await.unwrap();
        let (kept,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM session").fetch_one(&mut other).await.unwrap();
        assert_eq!(kept, 100);
    })
    .await;
}
