//! The database in trouble: full, read-only, locked, lost, lost in the very moment of writing. Pages
//! say so, what was typed is kept, nothing is done twice, and all goes on by itself.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use twindesk::work;

use super::{
    asking::{access, create, instance, request_access, review, status},
    people::{Browser, Page},
    world::{Database, World, on_each_database},
};

/// What `/health/ready` says of the database, a moment later than it said the last time.
async fn ready(world: &World) -> (StatusCode, String) {
    world.app.clock.advance(Duration::from_secs(2));
    let page = world.browser().fetch("/health/ready").await;
    let told: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(told["ready"], page.status == StatusCode::OK, "{told}");
    assert_eq!(world.browser().fetch("/health/live").await.status, StatusCode::OK);
    (page.status, told["database"].as_str().unwrap().to_owned())
}

/// A whole page that says this of the database, and shows no cause.
fn tells(page: &Page, words: &str) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text);
    assert!(page.says("The database cannot be used just now"), "{}", page.words());
    assert!(page.says(words), "{words}: {}", page.words());
    assert!(uuid::Uuid::try_parse(&page.one("main p.meta code")).is_ok(), "{}", page.words());
    assert_eq!(page.header("retry-after"), "10");
    for cause in ["sqlx", "SELECT", "UPDATE", "pool", "code:", "postgres", "sqlite", ".rs"] {
        assert!(!page.text.contains(cause), "it tells of {cause}: {}", page.text);
    }
}

fn told_once(page: &Page, words: &str) {
    let told: Vec<String> =
        page.all(".timeline li").into_iter().filter(|entry| entry.contains(words)).collect();
    assert_eq!(told.len(), 1, "{words}: {told:#?}");
}

#[tokio::test]
async fn who_finds_the_database_held_by_another_program_sends_again_what_they_typed() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let fields = access("data_owner");
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let shown = review(&nina, "/access/new", &fields).await;

        let holder = world.hold().await;
        let page = nina.press(&shown, &shown.one("main form > .end button.primary"), &[]).await;
        tells(&page, "Something else has held Twindesk's database for too long");
        assert!(page.text.contains("I model the floor."), "what was typed is kept");
        assert_eq!(ready(world).await, (StatusCode::SERVICE_UNAVAILABLE, "locked".to_owned()));
        assert_eq!(nina.open("/requests").await.status, StatusCode::OK, "reading goes on");
        drop(holder);

        let request = nina.press(&page, "Send again", &[]).await;
        assert_eq!(request.status, StatusCode::OK, "{}", request.words());
        assert!(request.url.path().starts_with("/requests/"), "{}", request.url);
        told_once(&request, "Nina Novak asked");
        let twice = nina.press(&page, "Send again", &[]).await;
        assert_eq!(twice.url.path(), request.url.path(), "it is the same request");
        told_once(&twice, "Nina Novak asked");
        assert_eq!(ready(world).await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_standby_that_takes_no_writes_is_not_ready_and_what_is_there_can_be_read() {
    let Some((world, proxy)) = behind_a_proxy().await else { return };
    let (nina, uma) = (world.person("nina").await, world.person("uma").await);
    let request = request_access(&nina, "data_reader").await.url.path().to_owned();
    let page = uma.open(&request).await;
    world.takes_writes(false).await;
    proxy.cut();
    // Of the connections that were there, each is found dead and made anew.
    assert_eq!(ready(&world).await, (StatusCode::SERVICE_UNAVAILABLE, "read-only".to_owned()));
    assert_eq!(nina.open("/requests").await.status, StatusCode::OK);
    assert_eq!(uma.open(&request).await.status, StatusCode::OK);
    let refused = uma.press(&page, "Approve", &[]).await;
    tells(&refused, "can be read and not written to");
    world.takes_writes(true).await;
    proxy.cut();
    assert_eq!(ready(&world).await.0, StatusCode::OK);
    let approved = uma.press(&refused, "Send again", &[]).await;
    assert!(approved.says("Approved"), "{}", approved.words());
    world.let_it_work().await;
    assert_eq!(status(&nina.open(&request).await), "Verified");
    assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
    world.end().await;
}

#[tokio::test]
async fn a_decision_whose_answer_is_lost_is_found_to_be_taken() {
    let Some((world, proxy)) = behind_a_proxy().await else { return };
    let (nina, uma) = (world.person("nina").await, world.person("uma").await);
    let request = request_access(&nina, "data_owner").await.url.path().to_owned();
    let page = uma.open(&request).await;
    proxy.at_commit_of("approved", Fate::AnswerLost);
    let approved = uma.press(&page, "Approve", &[]).await;
    assert_eq!(proxy.fates(), 1, "the answer was lost");
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.words());
    assert!(approved.says("Approved. The plan is being carried out."), "{}", approved.words());
    world.let_it_work().await;
    let page = nina.open(&request).await;
    assert_eq!(status(&page), "Verified");
    told_once(&page, "Uma Usher approved");
    assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
    world.end().await;
}

#[tokio::test]
async fn a_decision_that_was_cut_off_is_not_taken_and_is_sent_again() {
    for fate in [Fate::CommitLost, Fate::CutBefore] {
        let Some((world, proxy)) = behind_a_proxy().await else { return };
        let (nina, uma) = (world.person("nina").await, world.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;
        proxy.at_commit_of("approved", fate);
        let refused = uma.press(&page, "Approve", &[]).await;
        assert_eq!(proxy.fates(), 1, "{fate:?}");
        tells(&refused, "Twindesk's database does not answer, so nothing was changed.");
        assert_eq!(status(&nina.open(&request).await), "Waiting for approval");
        assert!(!work::tick(&world.app).await.unwrap());
        uma.press(&refused, "Send again", &[]).await;
        world.let_it_work().await;
        let page = nina.open(&request).await;
        assert_eq!(status(&page), "Verified");
        told_once(&page, "Uma Usher approved");
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        world.end().await;
    }
}

#[tokio::test]
async fn a_failover_in_the_midst_of_the_work_doubles_nothing() {
    for fate in [Fate::AnswerLost, Fate::CommitLost, Fate::CutBefore] {
        let Some((world, proxy)) = behind_a_proxy().await else { return };
        let olivia = world.person("olivia").await;
        let request = create(&olivia, &instance("dt-over")).await.url.path().to_owned();
        // What the worker writes when the instance is there, and when the role is.
        for said in ["the instance as Succeeded", "was read back"] {
            proxy.at_commit_of(said, fate);
            while proxy.fates() == 0 {
                // A settling that failed is told; the run waits until its lease has run out.
                let _ = work::tick(&world.app).await;
                world.wait(Duration::from_secs(2)).await;
            }
            proxy.forget_fates();
        }
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Verified", "{fate:?}: {}", page.words());
        told_once(&page, "“Create the instance dt-over”: done in the name of Olivia Ortiz");
        assert_eq!(
            world.azure.writes().await,
            ["PUT dt-over by olivia", "PUT roleAssignment by olivia"],
            "{fate:?}"
        );
        world.end().await;
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_the_work_goes_on_when_it_is_back() {
    let Some((world, proxy)) = behind_a_proxy().await else { return };
    let olivia = world.person("olivia").await;
    let form = review(&olivia, "/instances/new", &instance("dt-later")).await;
    let request = create(&olivia, &instance("dt-back")).await.url.path().to_owned();
    let worker = tokio::spawn(work::run(world.app.clone(), world.app.stopping.subscribe()));

    proxy.set(Line::Down);
    assert_eq!(ready(&world).await, (StatusCode::SERVICE_UNAVAILABLE, "not reachable".to_owned()));
    for path in ["/", "/requests", "/history", "/approvals", &request] {
        tells(&olivia.fetch(path).await, "Twindesk's database does not answer");
    }
    let page = olivia.press(&form, &form.one("main form > .end button.primary"), &[]).await;
    tells(&page, "Twindesk's database does not answer");

    proxy.set(Line::Up);
    assert_eq!(ready(&world).await, (StatusCode::OK, "reachable".to_owned()));
    let sent = confirm_again(&olivia, &page).await;
    for request in [request, sent] {
        becomes(&world, &olivia, &request, "Verified").await;
    }
    world.app.stopping.send_replace(true);
    worker.await.unwrap();
    let mut writes = world.azure.writes().await;
    writes.sort();
    assert_eq!(
        writes,
        [
            "PUT dt-back by olivia",
            "PUT dt-later by olivia",
            "PUT roleAssignment by olivia",
            "PUT roleAssignment by olivia"
        ]
    );
    world.end().await;
}

#[tokio::test]
async fn a_server_that_is_gone_without_a_word_is_not_waited_for() {
    let Some((world, proxy)) = behind_a_proxy().await else { return };
    let olivia = world.person("olivia").await;
    let request = create(&olivia, &instance("dt-quiet")).await.url.path().to_owned();
    let worker = tokio::spawn(work::run(world.app.clone(), world.app.stopping.subscribe()));
    becomes(&world, &olivia, &request, "Verified").await;
    let next = create(&olivia, &instance("dt-next")).await.url.path().to_owned();
    // Its connections stay open and are dead; another has taken its address.
    proxy.hush();
    let began = Instant::now();
    assert_eq!(olivia.open("/requests").await.status, StatusCode::OK);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    becomes(&world, &olivia, &next, "Verified").await;
    assert_eq!(ready(&world).await.0, StatusCode::OK);
    world.app.stopping.send_replace(true);
    worker.await.unwrap();
    proxy.bury();
    world.end().await;
}

async fn confirm_again(person: &Browser, page: &Page) -> String {
    let request = person.press(page, "Send again", &[]).await;
    assert_eq!(request.status, StatusCode::OK, "{}", request.words());
    request.url.path().to_owned()
}

/// Waits for what a worker does by itself, while our clock and Azure's go on.
async fn becomes(world: &World, person: &Browser, request: &str, wanted: &str) {
    let end = Instant::now() + super::program::PATIENCE;
    loop {
        let page = person.open(request).await;
        if page.status == StatusCode::OK && status(&page) == wanted {
            return;
        }
        assert!(Instant::now() < end, "not {wanted}: {}", page.words());
        world.wait(Duration::from_secs(5)).await;
        // The worker goes by the machine's clock between two looks: it gets room to do so.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A portal whose PostgreSQL is at the other end of a line that can fail; none without PostgreSQL.
async fn behind_a_proxy() -> Option<(World, Proxy)> {
    let database = Database::each().await.into_iter().find(|database| database.server.is_some())?;
    let mut url = url::Url::parse(&database.url).unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let proxy = Proxy::to(server).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.port)).unwrap();
    url.query_pairs_mut().append_pair("sslmode", "disable");
    let world = World::on(database, &[("TWINDESK_DATABASE_URL", url.as_str())]).await;
    Some((world, proxy))
}

#[derive(Clone, Copy, Debug)]
enum Line {
    Up,
    /// Nobody gets through, and who was through is cut off.
    Down,
}

/// What becomes of a transaction when it is told to commit.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It is committed, and nobody is told.
    AnswerLost,
    /// The word does not arrive.
    CommitLost,
    /// The line is cut while it writes, before it is told to.
    CutBefore,
}

/// Between the portal and PostgreSQL.
#[derive(Clone)]
struct Proxy {
    port: u16,
    line: Arc<AtomicU8>,
    /// Connections of an earlier age are cut off; of an age that was hushed they stay, and say nothing.
    age: Arc<AtomicU32>,
    hushed: Arc<AtomicU32>,
    buried: Arc<AtomicBool>,
    plan: Arc<std::sync::Mutex<Option<(String, Fate)>>>,
    fates: Arc<AtomicU32>,
}

impl Proxy {
    async fn to(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy {
            port: listener.local_addr().unwrap().port(),
            line: Arc::default(),
            age: Arc::default(),
            hushed: Arc::default(),
            buried: Arc::default(),
            plan: Arc::default(),
            fates: Arc::default(),
        };
        let own = proxy.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                if own.line.load(Ordering::SeqCst) == 0 {
                    let server = TcpStream::connect(&server).await.unwrap();
                    tokio::spawn(own.clone().join(client, server));
                }
            }
        });
        proxy
    }

    fn set(&self, line: Line) {
        self.line.store(matches!(line, Line::Down).into(), Ordering::SeqCst);
        if matches!(line, Line::Down) {
            self.cut();
        }
    }

    /// Every connection that there is.
    fn cut(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
    }

    /// Every connection that there is goes on without a word.
    fn hush(&self) {
        self.hushed.store(self.age.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
        self.cut();
    }

    /// The system has at last given up those that were hushed, which takes it a quarter of an hour.
    fn bury(&self) {
        self.buried.store(true, Ordering::SeqCst);
    }

    /// The next transaction that writes `said` has this fate, and no other.
    fn at_commit_of(&self, said: &str, fate: Fate) {
        *self.plan.lock().unwrap() = Some((said.to_owned(), fate));
    }

    fn fates(&self) -> u32 {
        self.fates.load(Ordering::SeqCst)
    }

    fn forget_fates(&self) {
        self.fates.store(0, Ordering::SeqCst);
    }

    async fn join(self, mut client: TcpStream, mut server: TcpStream) {
        let age = self.age.load(Ordering::SeqCst);
        let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut said: Option<Fate> = None;
        loop {
            if self.age.load(Ordering::SeqCst) > age {
                let hushed = self.hushed.load(Ordering::SeqCst) > age;
                // Silence is what is played here: the line stays open and nothing is read.
                while hushed && !self.buried.load(Ordering::SeqCst) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return;
            }
            tokio::select! {
                read = client.read(&mut asked) => {
                    let Ok(length @ 1..) = read else { return };
                    let asked = &asked[..length];
                    if self.age.load(Ordering::SeqCst) > age {
                        continue;
                    }
                    if said.is_none() {
                        let mut plan = self.plan.lock().unwrap();
                        said = plan.take_if(|(words, _)| holds(asked, words)).map(|(_, fate)| fate);
                    }
                    match said {
                        Some(Fate::CutBefore) => {
                            self.fates.fetch_add(1, Ordering::SeqCst);
                            return;
                        }
                        Some(fate) if holds(asked, "COMMIT") => {
                            self.fates.fetch_add(1, Ordering::SeqCst);
                            if matches!(fate, Fate::AnswerLost) {
                                server.write_all(asked).await.unwrap();
                                // It answers when it is done.
                                let _ = server.read(&mut answered).await;
                            }
                            return;
                        }
                        _ => {}
                    }
                    if server.write_all(asked).await.is_err() { return }
                }
                read = server.read(&mut answered) => {
                    let Ok(length @ 1..) = read else { return };
                    if client.write_all(&answered[..length]).await.is_err() { return }
                }
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
        }
    }
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// The portal as a process to which the system gives no more room for files, until it does again.
#[cfg(target_os = "linux")]
mod full {
    use std::process::{Child, Command};

    use super::*;
    use crate::portal::Portal;
    use crate::program::twindesk;

    /// What is written beyond the limit fails, as on a disk that is full; without this, the signal
    /// that comes with it would end the process.
    fn unbothered(portal: &Portal) -> Command {
        let plain = twindesk(&["serve"], &portal.settings);
        let mut command = Command::new("sh");
        command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]);
        command.arg(plain.get_program()).args(plain.get_args());
        command.env_clear().envs(&portal.settings).env("PATH", "/usr/bin:/bin");
        command
    }

    fn room(of: &Child, bytes: &str) {
        let limit = format!("--fsize={bytes}:");
        let told = Command::new("prlimit").args(["--pid", &of.id().to_string(), &limit]).status();
        assert!(told.expect("prlimit, of util-linux").success());
    }

    #[tokio::test]
    async fn a_disk_that_is_full_stops_decisions_and_no_more_and_room_lets_them_go_on() {
        let portal = Portal::on(Database::sqlite()).await;
        let running = portal.start_as(unbothered(&portal));
        let (nina, uma) = (portal.person("nina").await, portal.person("uma").await);
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        let page = uma.open(&request).await;

        room(&running.child, "1");
        let refused = uma.press(&page, "Approve", &[]).await;
        tells(&refused, "has no room left, so nothing was changed");
        let ready = nina.fetch("/health/ready").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(ready.text.contains(r#""database":"full""#), "{}", ready.text);
        assert_eq!(nina.fetch("/health/live").await.status, StatusCode::OK);
        for path in ["/", "/requests", "/history", &request] {
            assert_eq!(nina.open(path).await.status, StatusCode::OK, "{path} can be read");
        }
        assert_eq!(status(&nina.open(&request).await), "Waiting for approval");
        assert!(portal.azure.writes().await.is_empty());

        room(&running.child, "unlimited");
        uma.press(&refused, "Send again", &[]).await;
        portal.becomes(&nina, &request, "Verified").await;
        let page = nina.open(&request).await;
        told_once(&page, "Uma Usher approved");
        assert_eq!(portal.azure.writes().await, ["PUT roleAssignment by uma"]);

        let (ended, heard) = tokio::task::spawn_blocking(|| running.stop()).await.unwrap();
        assert!(ended.success(), "{heard:#?}");
        let id = refused.one("main p.meta code");
        let told = |line: &&String| line.contains(&id) && line.contains(r#"database="full""#);
        assert!(heard.iter().find(told).is_some(), "the log has its id and why: {heard:#?}");
        let (code, out, _) = crate::program::said(&["verify-history"], &portal.settings);
        assert_eq!(code, Some(0), "{out}");
        portal.database.drop().await;
    }

    #[tokio::test]
    async fn work_that_finds_no_room_goes_on_by_itself_and_once() {
        let portal = Portal::on(Database::sqlite()).await;
        portal.azure.settings(serde_json::json!({ "lro_seconds": 600 })).await;
        let mut running = portal.start_as(unbothered(&portal));
        let olivia = portal.person("olivia").await;
        let request = create(&olivia, &instance("dt-room")).await.url.path().to_owned();
        let taken = |row: &String| row.contains("dt-room") && row.contains("operation=http");
        while !portal.database.rows().await.iter().any(taken) {}
        room(&running.child, "1");
        running.hears("the database could not be asked for work");
        portal.azure.advance(Duration::from_secs(600)).await;
        room(&running.child, "unlimited");
        portal.becomes(&olivia, &request, "Verified").await;
        assert_eq!(
            portal.azure.writes().await,
            ["PUT dt-room by olivia", "PUT roleAssignment by olivia"]
        );
        tokio::task::spawn_blocking(|| running.stop()).await.unwrap();
        portal.database.drop().await;
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_is_told_at_start() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    use super::program::{Folder, but, nothing, said, twindesk};

    let folder = Folder::new();
    let file = folder.file("twindesk.db");
    let settings = but(&nothing(), &[("TWINDESK_DATABASE_URL", &format!("sqlite:{file}"))]);
    // Anything that opens the database makes it.
    assert_eq!(said(&["verify-history"], &settings).0, Some(0));
    for (path, mode) in [(&*file, 0o444), (folder.0.to_str().unwrap(), 0o555)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = twindesk(&["verify-history"], &settings);
    if std::fs::metadata("/proc/self").map_or(0, |own| own.uid()) == 0 {
        // To root every file can be written: somebody else, then, with the program where they find it.
        let program = std::env::temp_dir().join(format!("twindesk-{}", uuid::Uuid::new_v4()));
        std::fs::copy(command.get_program(), &program).unwrap();
        command = std::process::Command::new(program);
        command.arg("verify-history").env_clear().envs(&settings).uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    if let Some(copied) = command
        .get_program()
        .to_str()
        .filter(|path| path.starts_with(std::env::temp_dir().to_str().unwrap()))
    {
        std::fs::remove_file(copied).unwrap();
    }
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("cannot be opened") && error.contains("readonly"), "{error}");
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o755)).unwrap();
}
