//! Every kind of step under every fault of Azure: how often it is tried again, what people read, how
//! it ends; and that in the end there is one of what was asked, which the history explains. The
//! table in `docs/faults.md` is made of what happens here.

mod kinds;

use std::time::Duration;

use serde_json::{Value, json};
use twindesk::{
    App,
    domain::{
        asked::{Asked, GrantAccess, Subscription},
        person::Person,
        plan::Step,
        policy::Policy,
        request::{Request, Standing},
        role::Role,
        scope::Scope,
    },
    work,
};
use uuid::Uuid;

use super::{
    asking::{FACTORY_FLOOR, status},
    people::{Browser, Page},
    world::{DEVELOPMENT, Database, OLIVIA, PRODUCTION, World},
};
use kinds::{Kind, is_so};

/// How long the portal waits for one answer in the cases in which none comes.
const IMPATIENT: &str = "1s";

/// One way in which Azure fails.
struct Fault {
    name: &'static str,
    /// What is told below its title.
    what: &'static str,
    strike: Strike,
    /// Once it is over, a person who does what the page says comes to the end.
    ends: bool,
}

enum Strike {
    /// The step's own call fails so; for a verification that is its question.
    Call(fn() -> Value),
    /// The looks before it fail so.
    Look(fn() -> Value),
    /// What the operation comes to that the call begins.
    Operation(fn() -> Value),
    /// The operation's address answers so.
    Poll(fn() -> Value),
}

const FOR_EVER: u32 = 100_000;

const FAULTS: &[Fault] = &[
    Fault {
        name: "429 with Retry-After, once",
        what: "Azure sends the person away for 90 seconds.",
        strike: Strike::Call(
            || json!({ "status": 429, "code": "TooManyRequests", "retry_after": 90 }),
        ),
        ends: true,
    },
    Fault {
        name: "429 with Retry-After, for ever",
        what: "The same at every try.",
        strike: Strike::Call(
            || json!({ "status": 429, "code": "TooManyRequests", "retry_after": 90, "times": FOR_EVER }),
        ),
        ends: true,
    },
    Fault {
        name: "503, once",
        what: "Azure fails at its own end.",
        strike: Strike::Call(|| json!({ "status": 503, "code": "ServiceUnavailable" })),
        ends: true,
    },
    Fault {
        name: "503, for ever",
        what: "The same at every try.",
        strike: Strike::Call(
            || json!({ "status": 503, "code": "ServiceUnavailable", "times": FOR_EVER }),
        ),
        ends: true,
    },
    Fault {
        name: "500 at a look",
        what: "What is there cannot be read, once.",
        strike: Strike::Look(|| json!({ "status": 500, "code": "InternalServerError" })),
        ends: true,
    },
    Fault {
        name: "Reset before, once",
        what: "The connection breaks before Azure does anything.",
        strike: Strike::Call(|| json!({ "drop": "before" })),
        ends: true,
    },
    Fault {
        name: "Reset before, for ever",
        what: "The same at every try.",
        strike: Strike::Call(|| json!({ "drop": "before", "times": FOR_EVER })),
        ends: true,
    },
    Fault {
        name: "Reset after, once",
        what: "Azure does it, and the connection breaks before the answer comes.",
        strike: Strike::Call(|| json!({ "drop": "after" })),
        ends: true,
    },
    Fault {
        name: "Truncated answer",
        what: "Azure does it, and half an answer comes.",
        strike: Strike::Call(|| json!({ "truncate": 9 })),
        ends: true,
    },
    Fault {
        name: "No answer in time",
        what: "Azure does it, and its answer comes later than the portal waits.",
        strike: Strike::Call(|| json!({ "drop": "silence" })),
        ends: true,
    },
    Fault {
        name: "401, once",
        what: "The token runs out in the middle.",
        strike: Strike::Call(|| json!({ "status": 401, "code": "ExpiredAuthenticationToken" })),
        ends: true,
    },
    Fault {
        name: "401, for ever",
        what: "No token is good enough, fresh as it may be.",
        strike: Strike::Call(
            || json!({ "status": 401, "code": "InvalidAuthenticationToken", "times": FOR_EVER }),
        ),
        ends: true,
    },
    Fault {
        name: "Claims challenge",
        what: "Azure wants a second factor from the person in whose name the step runs.",
        strike: Strike::Call(
            || json!({ "claims": { "access_token": { "acrs": { "essential": true, "values": ["p1"] } } } }),
        ),
        ends: true,
    },
    Fault {
        name: "403",
        what: "The person may not do it any more.",
        strike: Strike::Call(|| json!({ "status": 403, "code": "AuthorizationFailed" })),
        ends: true,
    },
    Fault {
        name: "Shown late",
        what: "Azure does it, and the next three looks do not show it (eventual consistency).",
        strike: Strike::Call(|| json!({ "stale_reads": 3 })),
        ends: true,
    },
    Fault {
        name: "Never ends",
        what: "The operation is running whenever it is asked.",
        strike: Strike::Operation(|| json!("Running")),
        ends: false,
    },
    Fault {
        name: "Poll address gone",
        what: "The operation's address answers 404.",
        strike: Strike::Poll(
            || json!({ "status": 404, "code": "ResourceNotFound", "times": FOR_EVER }),
        ),
        ends: true,
    },
    Fault {
        name: "503 at the poll address",
        what: "The operation's address fails, once.",
        strike: Strike::Poll(|| json!({ "status": 503, "code": "ServiceUnavailable" })),
        ends: true,
    },
    Fault {
        name: "Operation Canceled",
        what: "Azure says that the operation was cancelled.",
        strike: Strike::Operation(|| json!("Canceled")),
        ends: true,
    },
    Fault {
        name: "Operation Failed",
        what: "Azure says that the operation failed, and why.",
        strike: Strike::Operation(
            || json!({ "status": "Failed", "code": "InternalServerError", "message": "Broken." }),
        ),
        ends: true,
    },
];

impl Fault {
    fn concerns(&self, kind: Kind) -> bool {
        match self.strike {
            Strike::Call(rule) => kind != Kind::Verify || rule().get("stale_reads").is_none(),
            // A verification is nothing but a look.
            Strike::Look(_) => kind != Kind::Verify,
            Strike::Operation(_) | Strike::Poll(_) => kind.is_long(),
        }
    }

    async fn strike(&self, world: &World, kind: Kind, step: &Step) {
        let path = step.call.path.split('?').next().unwrap();
        match self.strike {
            Strike::Call(rule) => {
                let (service, path) = match kind {
                    Kind::Verify => ("twins", "/models"),
                    _ => ("arm", path),
                };
                let method = step.call.method.word();
                fail(world, rule(), json!({ "service": service, "method": method, "path": path }))
                    .await;
            }
            Strike::Look(rule) => {
                fail(world, rule(), json!({ "service": "arm", "method": "GET" })).await;
            }
            Strike::Operation(outcome) => {
                // Asked once in an hour's sixtieth part, so that an hour does not take all day.
                world.azure.settings(json!({ "lro_outcome": outcome(), "retry_after": 60 })).await;
            }
            Strike::Poll(rule) => {
                for path in
                    ["operationsStatuses", "operationStatuses", "/operations/", "operationResults"]
                {
                    fail(world, rule(), json!({ "service": "arm", "method": "GET", "path": path }))
                        .await;
                }
            }
        }
    }
}

async fn fail(world: &World, mut rule: Value, about: Value) {
    rule.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    world.azure.fail(rule).await;
}

/// What came of one kind of step under one fault.
#[derive(Clone, Debug)]
struct Case {
    kind: Kind,
    fault: &'static str,
    /// Tries that got nowhere, the longest wait after one, and how long all of it took.
    tries: u32,
    longest: Duration,
    took: Duration,
    /// What the page said meanwhile, by its code.
    said: String,
    ended: String,
    /// How often the step's call was sent.
    sent: usize,
    /// What a person did then, and how it ended.
    then: String,
}

impl Case {
    /// What rows of the table have in common; waits differ by lot.
    fn alike(&self) -> (u32, &str, &str, usize, &str) {
        (self.tries, &self.said, &self.ended, self.sent, &self.then)
    }
}

/// A world in which days may pass while somebody stays signed in.
async fn world(database: Database) -> (World, App, Browser) {
    let lasting = [("TWINDESK_SESSION_IDLE", "8000h"), ("TWINDESK_SESSION_LIMIT", "8000h")];
    let world = World::on(database, &lasting).await;
    world.azure.settings(json!({ "quota": 10_000, "loop_limit": 10_000 })).await;
    let scope = format!("/subscriptions/{DEVELOPMENT}");
    let owner = json!({ "principal": OLIVIA, "role": "Owner", "scope": scope });
    world.azure.tell("/role-assignments", owner).await;
    let olivia = world.person("olivia").await;
    let impatient = world.replica_with(&[("TWINDESK_HOP_TIMEOUT", IMPATIENT)]).await;
    (world, impatient, olivia)
}

/// Object id, name and sign-in name.
pub const OLIVIA_ORTIZ: (&str, &str, &str) = (OLIVIA, "Olivia Ortiz", "olivia@contoso.com");

pub fn person((id, name, upn): (&str, &str, &str)) -> Person {
    Person { id: id.to_owned(), name: name.to_owned(), upn: upn.to_owned(), auditor: false }
}

/// A request of one step, which its requester may do at once.
pub async fn ask(world: &World, id: Uuid, step: Step, requester: Person) {
    let asked = Asked::GrantAccess(GrantAccess {
        subscription: Subscription { id: PRODUCTION.into(), name: "Production".into() },
        instance: Scope::parse(FACTORY_FLOOR).unwrap(),
        role: Role::DataReader,
        members: Vec::new(),
        created_at: None,
        justification: "why".into(),
    });
    let may = Standing { so_already: [0].into(), ..Standing::unknown(requester.named()) };
    let now = world.app.clock.now();
    let change =
        Request::ask(id.to_string(), asked, vec![step], requester, &may, &Policy::default(), now);
    world.app.store.apply(&change).await.unwrap();
}

async fn case(world: &World, impatient: &App, olivia: &Browser, kind: Kind, fault: &Fault) -> Case {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{kind:?} {}", fault.name).as_bytes());
    let what = format!("{kind:?}, {}", fault.name);
    let step = kind.prepare(world, id).await;
    world.azure.forget_calls().await;
    fault.strike(world, kind, &step).await;
    ask(world, id, step.clone(), person(OLIVIA_ORTIZ)).await;
    let silent = fault.name == "No answer in time";
    let page = format!("/requests/{id}");

    let began = world.app.clock.now();
    let (mut tries, mut longest, mut said) = (0, Duration::ZERO, String::new());
    for left in (0..3_000).rev() {
        assert!(left > 0, "{what}: it does not come to an end");
        let app = if silent { impatient } else { &world.app };
        if !work::tick(app).await.unwrap() {
            let Some(due) = world.next_due().await else { break };
            world.wait(due.since(world.app.clock.now()).max(Duration::from_millis(1))).await;
            continue;
        }
        let run = world.app.store.request(&id.to_string()).await.unwrap().run;
        let Some(problem) = &run.problem else { continue };
        tries += 1;
        let Some(due) = run.due_at else { continue };
        longest = longest.max(due.since(world.app.clock.now()));
        if said.is_empty() && kind != Kind::Verify {
            let shown = olivia.open(&page).await;
            assert!(
                shown.says("Not yet") && shown.says(&problem.message),
                "{what}: {}",
                shown.words()
            );
        }
        if said.is_empty() {
            said = problem.code.clone();
        }
    }

    let took = world.app.clock.now().since(began);

    let shown = olivia.open(&page).await;
    let run = world.app.store.request(&id.to_string()).await.unwrap().run;
    let mut ended = status(&shown);
    if ended == "Done" && kind == Kind::Verify {
        assert!(shown.says("could not verify the access"), "{what}: {}", shown.words());
        ended += ", not verified";
    }
    if let Some(problem) = &run.problem {
        assert!(shown.says(&problem.message), "{what}: {}", shown.words());
        ended = format!("{ended}: {}", problem.code);
    }
    let sent = sent(world, kind, &step).await;
    let carried_out = explained(world, &step, &shown, &what).await;
    assert!(carried_out <= 1, "{what}: Azure did it {carried_out} times");
    // Done is never said of what is not so.
    if ["Done", "Verified"].contains(&status(&shown).as_str()) {
        assert!(is_so(world, &step).await, "{what}: {ended}, and it is not so");
    }

    world.azure.mend().await;
    world.azure.settings(json!({ "lro_outcome": "Succeeded", "retry_after": 10 })).await;
    let then = if fault.ends { go_on(world, olivia, &shown, &what).await } else { None };
    if fault.ends {
        let shown = olivia.open(&page).await;
        let wanted = if kind == Kind::Verify { "Verified" } else { "Done" };
        assert_eq!(status(&shown), wanted, "{what}: {}", shown.words());
        assert!(is_so(world, &step).await, "{what}: in the end it is not so");
        explained(world, &step, &shown, &what).await;
    } else {
        olivia.press(&shown, "Close", &[("reason", "It never ends.")]).await;
    }
    let then = then.unwrap_or_default().to_owned();
    Case { kind, fault: fault.name, tries, longest, took, said, ended, sent, then }
}

/// What the page offers to the person who reads it, done.
async fn go_on(world: &World, olivia: &Browser, shown: &Page, what: &str) -> Option<&'static str> {
    let done = match status(shown).as_str() {
        "Stopped" => {
            olivia.press(shown, "Retry", &[]).await;
            "Retry"
        }
        "Needs sign-in" => {
            sign_in_again(olivia, shown, "olivia").await;
            "Sign in again"
        }
        "Done" if shown.says("Test access again") => {
            olivia.press(shown, "Test access again", &[]).await;
            "Test access again"
        }
        "Done" | "Verified" => return None,
        other => panic!("{what}: it stays {other}: {}", shown.words()),
    };
    world.let_it_work().await;
    Some(done)
}

/// Follows the button of a page that wants a sign-in, as the person of this name.
pub async fn sign_in_again(person: &Browser, shown: &Page, name: &str) -> Page {
    let to = shown.html_attribute("a[href^='/sign-in']", "href");
    let entra = person.open(&to).await;
    if entra.text.contains("Approve sign-in") {
        return person.press(&entra, "Approve sign-in", &[]).await;
    }
    if entra.text.contains("loginfmt") {
        return person.pick(&entra, name).await;
    }
    entra
}

async fn sent(world: &World, kind: Kind, step: &Step) -> usize {
    let service = if kind == Kind::Verify { "twins" } else { "arm" };
    let method = step.call.method.word();
    let calls = world.azure.calls_to(service).await;
    let correlation = step.correlation.to_string();
    calls
        .iter()
        .filter(|call| call.method == method)
        .filter(|call| service == "twins" || call.correlation.as_deref() == Some(&correlation))
        .count()
}

/// How often Azure carried the step's call out. Each time the page's history has Azure's
/// correlation id.
async fn explained(world: &World, step: &Step, shown: &Page, what: &str) -> usize {
    let correlation = step.correlation.to_string();
    let calls = world.azure.calls().await;
    let carried_out = calls.iter().filter(|call| {
        call.method != "GET"
            && call.correlation.as_deref() == Some(&correlation)
            && (200..300).contains(&call.status)
    });
    let count = carried_out.count();
    if count > 0 {
        let told = shown.all(".timeline li");
        assert!(told.iter().any(|entry| entry.contains(&correlation)), "{what}: {told:?}");
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_kind_of_step_comes_to_a_good_end_under_every_fault() {
    let mut worlds = tokio::task::JoinSet::new();
    for kind in Kind::ALL {
        worlds.spawn(async move {
            let (world, impatient, olivia) = world(Database::sqlite()).await;
            let mut cases = Vec::new();
            for fault in FAULTS.iter().filter(|fault| fault.concerns(kind)) {
                cases.push(case(&world, &impatient, &olivia, kind, fault).await);
            }
            impatient.store.close().await;
            world.end().await;
            cases
        });
    }
    let (mut cases, mut broken) = (Vec::new(), 0);
    while let Some(ended) = worlds.join_next().await {
        // What broke has been told where it did; the others are worth hearing too.
        ended.map_or_else(|_| broken += 1, |all| cases.extend(all));
    }
    assert_eq!(broken, 0, "kinds of step that did not come to a good end");
    written("docs/faults.md", &table(&cases));
}

/// PostgreSQL holds runs as SQLite does: each kind and each fault once.
#[tokio::test]
async fn faults_end_in_the_same_way_on_postgres() {
    let Some(database) = Database::each().await.into_iter().find(Database::is_postgres) else {
        return;
    };
    let (world, impatient, olivia) = world(database).await;
    for (nth, fault) in FAULTS.iter().enumerate() {
        let all = Kind::ALL.iter().cycle().skip(nth).take(Kind::ALL.len());
        let kind = *all.clone().find(|kind| fault.concerns(**kind)).unwrap();
        case(&world, &impatient, &olivia, kind, fault).await;
    }
    impatient.store.close().await;
    world.end().await;
}

/// The table of `docs/faults.md`: for each fault, steps to which the same happens in one row.
fn table(cases: &[Case]) -> String {
    let mut text = String::new();
    for fault in FAULTS {
        text += &format!("\n### {}\n\n{}\n\n", fault.name, fault.what);
        text += "| step | tries in vain | longest wait | all of it | told meanwhile | ended | sent | then |\n";
        text += "|---|---|---|---|---|---|---|---|\n";
        let mut rows: Vec<Vec<&Case>> = Vec::new();
        for kind in Kind::ALL {
            let Some(case) =
                cases.iter().find(|case| case.kind == kind && case.fault == fault.name)
            else {
                continue;
            };
            match rows.iter_mut().find(|row| row[0].alike() == case.alike()) {
                Some(row) => row.push(case),
                None => rows.push(vec![case]),
            }
        }
        // What happens to most comes last and needs no list.
        rows.sort_by_key(|row| row.len());
        let count = rows.len();
        for (nth, row) in rows.iter().enumerate() {
            let kinds: Vec<&str> = row.iter().map(|case| case.kind.name()).collect();
            let kinds = match (nth + 1 == count, count, kinds.len()) {
                (true, 1, _) => "every step that it can happen to".to_owned(),
                (true, _, 4..) => "every other step".to_owned(),
                _ => kinds.join(", "),
            };
            let case = row[0];
            let wait = seconds(row.iter().map(|case| case.longest).collect());
            let took = minutes(row.iter().map(|case| case.took).collect());
            let or_dash =
                |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
            let then = match case.then.as_str() {
                "" => "–".to_owned(),
                done => format!("{done}: done"),
            };
            text += &format!(
                "| {kinds} | {} | {wait} | {took} | {} | {} | {} | {then} |\n",
                case.tries,
                or_dash(&case.said),
                case.ended,
                case.sent
            );
        }
    }
    text
}

/// From the least to the most. Lots are drawn from the request's id, and the clock is set: each time
/// the same.
fn seconds(all: Vec<Duration>) -> String {
    let (least, most) = ends(all);
    match (least.floor() as u64, most.ceil() as u64) {
        (_, 0) => "–".to_owned(),
        (least, most) => format!("{least}–{most} s"),
    }
}

/// Azure's own clock has a part in this, so that no second of it is certain.
fn minutes(all: Vec<Duration>) -> String {
    match ends(all) {
        (_, most) if most < 60.0 => "under a minute".to_owned(),
        (least, most) => {
            format!("{}–{} min", (least / 60.0).floor() as u64, (most / 60.0).ceil() as u64)
        }
    }
}

fn ends(mut all: Vec<Duration>) -> (f64, f64) {
    all.sort();
    (all[0].as_secs_f64(), all[all.len() - 1].as_secs_f64())
}

/// What stands behind this line in a file of `docs/` is made by a test.
const MARK: &str = "<!-- What follows is made by a test. -->\n";

/// Compares what a test found with what a file of `docs/` says, or writes it there.
pub fn written(file: &str, made: &str) {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, _) = text.split_once(MARK).unwrap_or_else(|| panic!("{file} lacks the line {MARK}"));
    let wanted = format!("{head}{MARK}{made}");
    if std::env::var("TWINDESK_RENEW").is_ok_and(|renew| renew == file) {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    let at = text.lines().zip(wanted.lines()).position(|(is, should)| is != should);
    assert!(
        text == wanted,
        "{file} does not say what happens, from line {}; renew it and read what has changed: \
         TWINDESK_RENEW={file} cargo test --test site",
        at.unwrap_or_default() + 1
    );
}
