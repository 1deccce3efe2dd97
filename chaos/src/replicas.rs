//! Several portals on one PostgreSQL: each is killed, frozen and cut off in turn, they are restarted one
//! after another under load, and begin together on an empty database.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::header;
use rustix::process::Signal;
use tokio::sync::watch;

use crate::check::{Verdict, check, kept, pages};
use crate::child::{Portal, Start};
use crate::crash::{LEASE, Tally, difference};
use crate::drive::{Dead, End, drive, pass, stand_still};
use crate::people::Browser;
use crate::plans::{Kind, ask, everybody};
use crate::points::{Moment, Point};
use crate::relay::{Front, Line};
use crate::world::{Database, World, free_port};

/// Several portals, each with a line of its own to the database.
struct Troop {
    world: World,
    portals: Vec<Portal>,
    lines: Vec<Line>,
    ports: Vec<u16>,
    number: usize,
}

impl Troop {
    /// `whole`: with their own workers; else they work when they are told to.
    async fn new(many: usize, whole: bool) -> anyhow::Result<Troop> {
        let world = World::new(Database::Postgres).await?;
        let mut troop = Troop {
            lines: Vec::new(),
            ports: (0..many).map(|_| free_port()).collect::<Result<_, _>>()?,
            portals: Vec::new(),
            world,
            number: 0,
        };
        for which in 0..many {
            troop.lines.push(Line::to(&troop.world.database_url).await?);
            let portal = troop.begin(which, whole).await?;
            troop.portals.push(portal);
        }
        Front::start(troop.world.port, troop.ports.clone()).await?;
        everybody(&mut troop.world).await;
        Ok(troop)
    }

    async fn begin(&self, which: usize, whole: bool) -> anyhow::Result<Portal> {
        let settings = self.world.settings_by(&self.lines[which].url);
        let start = self.world.start(&settings, self.ports[which]);
        Portal::start(&Start { whole, ..start }).await
    }

    async fn ask(&mut self, kind: Kind) -> anyhow::Result<String> {
        self.number += 1;
        ask(&mut self.world, kind, self.number)
            .await
            .with_context(|| format!("asking for {}", kind.word()))
    }

    /// All but one, which can do nothing.
    async fn drive_others(&mut self, but: Option<usize>, dead: &Dead) -> anyhow::Result<()> {
        let portals = self.portals.iter_mut().enumerate();
        let mut able: Vec<&mut Portal> =
            portals.filter(|(which, _)| Some(*which) != but).map(|(_, portal)| portal).collect();
        let end = drive(&self.world, &mut able, dead, |_, _| false).await?;
        ensure!(end == End::Rest, "a portal died by itself: {}", self.world.said());
        Ok(())
    }

    async fn judge(
        &mut self,
        ids: &[String],
        tally: &mut Tally,
        replay: &str,
    ) -> anyhow::Result<()> {
        let mut verdict = check(&self.world, ids, false).await?;
        verdict.add(pages(&self.world, ids).await?);
        tally.judge(verdict, replay, || self.world.said());
        Ok(())
    }

    async fn end(mut self) -> anyhow::Result<()> {
        for portal in &mut self.portals {
            portal.kill().await?;
        }
        self.world.end().await
    }
}

#[derive(Clone, Copy, Debug)]
enum Harm {
    Killed,
    Frozen,
    NoDatabase,
    NoAzure,
}

/// Each of so many portals is harmed in each way, while plans are carried out.
pub async fn harmed(many: usize) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut troop = Troop::new(many, true).await?;
    let replay = format!("cargo run -p chaos -- --replicas {many}");
    let mut access = [Kind::Access, Kind::Remove].into_iter().cycle();
    for which in 0..many {
        for harm in [Harm::Killed, Harm::Frozen, Harm::NoDatabase, Harm::NoAzure] {
            troop.world.forget_calls().await?;
            let mut ids = Vec::new();
            for kind in [Kind::Create, Kind::Raise, Kind::CreatePrivate] {
                ids.push(troop.ask(kind).await?);
            }
            ids.push(troop.ask(access.next().unwrap_or(Kind::Access)).await?);
            tally.runs += ids.len();
            let pid = troop.portals[which].pid;
            match harm {
                Harm::Killed => {
                    troop.portals[which].kill().await?;
                    tally.kills += 1;
                }
                Harm::Frozen => troop.portals[which].signal(Signal::STOP),
                Harm::NoDatabase => troop.lines[which].cut(true),
                Harm::NoAzure => troop.world.proxy.cut_off(pid, true),
            }
            tally.faults += usize::from(!matches!(harm, Harm::Killed));
            // Who is not harmed goes on until only the harmed one's leases are left.
            let mut dead = Dead::default();
            let able = troop.portals.iter_mut().enumerate();
            let mut able: Vec<&mut Portal> =
                able.filter(|(other, _)| *other != which).map(|(_, portal)| portal).collect();
            stand_still(&troop.world, &mut able, &mut dead).await?;
            pass(&troop.world, &mut able, LEASE).await?;
            if !matches!(harm, Harm::NoAzure | Harm::NoDatabase) {
                troop.drive_others(Some(which), &dead).await?;
            }
            match harm {
                Harm::Killed => troop.portals[which] = troop.begin(which, true).await?,
                Harm::Frozen => {
                    let portal = &mut troop.portals[which];
                    portal.leave_time(&troop.world.clock).await?;
                    portal.signal(Signal::CONT);
                    ensure!(portal.hear().await?, "a frozen portal does not come back");
                }
                Harm::NoDatabase => {
                    troop.lines[which].cut(false);
                    troop.portals[which].keep_time(&troop.world.clock).await?;
                }
                Harm::NoAzure => {
                    troop.world.proxy.cut_off(pid, false);
                    troop.portals[which].keep_time(&troop.world.clock).await?;
                }
            }
            troop.drive_others(None, &dead).await?;
            let replay = format!("{replay} (portal {which} {harm:?})");
            troop.judge(&ids, &mut tally, &replay).await?;
        }
    }
    tally.faults += troop.world.proxy.refused();
    troop.end().await?;
    Ok(tally)
}

/// One of two portals stands still after each of these statements in turn for longer than its lease; the
/// other carries the plan to its end, and then the first goes on where it stood.
pub async fn frozen(kind: Kind, from: usize, to: usize) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut troop = Troop::new(2, false).await?;
    let cycle: &[Kind] = match kind {
        Kind::Access => &[Kind::Access, Kind::Remove],
        ref one => std::slice::from_ref(one),
    };
    for nth in from..=to {
        let mut any = false;
        for &kind in cycle {
            let replay = format!("cargo run -p chaos -- --frozen {}:{nth}", cycle[0].word());
            any |= freeze(&mut troop, kind, nth, &mut tally, &replay)
                .await
                .with_context(|| format!("{replay}, while it was {}", kind.word()))?;
        }
        if !any {
            break;
        }
    }
    troop.end().await?;
    Ok(tally)
}

/// Whether the plan has that many statements.
async fn freeze(
    troop: &mut Troop,
    kind: Kind,
    nth: usize,
    tally: &mut Tally,
    replay: &str,
) -> anyhow::Result<bool> {
    troop.world.forget_calls().await?;
    let ids = [troop.ask(kind).await?];
    tally.runs += 1;
    let mut dead = Dead::default();
    let [first, second] = &mut troop.portals[..] else { unreachable!("there are two") };
    let (mut before, mut after) = (String::new(), String::new());
    first.hold_at(Point { moment: Moment::Statement, nth }).await?;
    first.work().await?;
    let end = drive(&troop.world, &mut [first], &dead, |_, portals| {
        portals.iter().any(|portal| portal.is_held())
    })
    .await?;
    if end == End::Met {
        tally.faults += 1;
        first.signal(Signal::STOP);
        dead.note(&troop.world).await?;
        pass(&troop.world, &mut [second], LEASE).await?;
        second.work().await?;
        let end = drive(&troop.world, &mut [second], &dead, |_, _| false).await?;
        ensure!(end == End::Rest, "the second portal died");
        second.rest().await?;
        before = kept(&troop.world, &ids).await?;
        first.leave_time(&troop.world.clock).await?;
        first.leave_word("go").await?;
        first.signal(Signal::CONT);
        ensure!(first.hear().await? && first.hear().await?, "it does not come back");
        first.rest().await?;
        after = kept(&troop.world, &ids).await?;
    }
    // A point that comes when all is done already must not hold up the end.
    first.forget().await?;
    first.rest().await?;
    // What the first could not give back is taken up once its lease is over.
    pass(&troop.world, &mut [first, second], LEASE).await?;
    second.work().await?;
    let last = drive(&troop.world, &mut [second], &dead, |_, _| false).await?;
    ensure!(last == End::Rest, "the second portal died");
    second.rest().await?;
    if before != after {
        let wrote = format!("the frozen one wrote:\n{}", difference(&before, &after));
        let verdict = Verdict { unexplained: vec![wrote], ..Verdict::default() };
        tally.judge(verdict, replay, || troop.world.said());
    }
    troop.judge(&ids, tally, replay).await?;
    Ok(end == End::Met)
}

/// Pages that are asked for all the time, and whoever did not get theirs.
async fn load(browser: Browser, stop: watch::Receiver<bool>) -> (usize, Vec<String>) {
    let (mut opened, mut failed) = (0, Vec::new());
    let cookies: Vec<String> = browser
        .cookies
        .lock()
        .map(|jar| jar.iter().map(|(name, value)| format!("{name}={value}")).collect())
        .unwrap_or_default();
    for path in ["/", "/requests", "/approvals", "/history", "/instances"].into_iter().cycle() {
        if *stop.borrow() {
            break;
        }
        let page = browser.raw("GET", path).header(header::COOKIE, cookies.join("; "));
        match page.send().await {
            Ok(answer) if answer.status().is_success() => opened += 1,
            Ok(answer) => failed.push(format!("{path}: {}", answer.status())),
            Err(error) => failed.push(format!("{path}: {error:#}")),
        }
    }
    (opened, failed)
}

/// Each is told to stop and begun anew while people open pages and plans are carried out: nobody
/// is shown anything but their page.
pub async fn rolled(many: usize) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut troop = Troop::new(many, true).await?;
    troop.world.forget_calls().await?;
    let (stop, told) = watch::channel(false);
    let mut people = Vec::new();
    for name in ["olivia", "uma", "nina", "rita"] {
        let browser = Browser::new(&troop.world.origin);
        browser.sign_in_as(name).await;
        people.push(tokio::spawn(load(browser, told.clone())));
    }
    let mut ids = Vec::new();
    for which in 0..many {
        ids.push(troop.ask(Kind::Create).await?);
        troop.portals[which].signal(Signal::TERM);
        let began = Instant::now();
        let ended = troop.portals[which].ended().await?;
        ensure!(ended.success(), "told to stop, a portal ended with {ended}");
        ensure!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
        troop.portals[which] = troop.begin(which, true).await?;
        tally.faults += 1;
    }
    troop.drive_others(None, &Dead::default()).await?;
    stop.send_replace(true);
    let replay = format!("cargo run -p chaos -- --rolled {many}");
    for person in people {
        let (opened, failed) = person.await?;
        tally.pages += opened;
        ensure!(opened > 0, "somebody opened no page at all");
        if !failed.is_empty() {
            tally.failed_pages.extend(failed);
            tally.replays.push(replay.clone());
        }
    }
    tally.runs += ids.len();
    troop.judge(&ids, &mut tally, &replay).await?;
    troop.end().await?;
    Ok(tally)
}

/// So many begin at once on an empty database, and one of them is killed while it does.
pub async fn together(many: usize, nth: usize) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let world = World::new(Database::Postgres).await?;
    let empty = world.another_database().await?;
    let settings = world.settings_by(&empty);
    let mut portals = Vec::new();
    for which in 0..many {
        let kill_at = (which == 0).then_some(Point { moment: Moment::Statement, nth });
        portals.push(begin_at(&world, &settings, free_port()?, kill_at, &world.log)?);
    }
    for (which, portal) in portals.iter_mut().enumerate() {
        let up = portal.is_ready().await;
        match which {
            0 if up.is_err() => tally.kills += 1,
            _ => up.with_context(|| world.said())?,
        }
    }
    // The one that was killed comes up as well.
    portals[0].kill().await?;
    portals[0] = begin_at(&world, &settings, free_port()?, None, &world.log)?;
    portals[0].is_ready().await.with_context(|| world.said())?;
    for portal in &mut portals {
        portal.kill().await?;
    }
    world.drop_database(&empty).await?;
    world.end().await?;
    Ok(tally)
}

fn begin_at(
    world: &World,
    settings: &HashMap<String, String>,
    port: u16,
    kill_at: Option<Point>,
    log: &Path,
) -> anyhow::Result<Portal> {
    Portal::spawn(&Start { settings, port, clock: &world.clock, whole: true, kill_at, log })
}
