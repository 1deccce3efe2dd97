//! One portal that is killed: at every point in turn, and at points that a seed chooses. Knows how a
//! story goes; what it comes to is `check`'s.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use serde_json::json;

use crate::check::{Verdict, check, kept, pages};
use crate::child::Portal;
use crate::drive::{Dead, End, drive, pass, quiet};
use crate::plans::{CYCLES, Kind, ask, everybody};
use crate::points::{Moment, Point};
use crate::proxy::Strike;
use crate::world::{Database, World};

/// A claim lasts for a minute.
pub const LEASE: Duration = Duration::from_secs(61);
/// Worlds grow old: pages list what was made before.
const STORIES_IN_A_WORLD: usize = 25;

/// What stories have come to.
#[derive(Debug, Default)]
pub struct Tally {
    pub kills: usize,
    /// Other disturbances: answers that came late or not at all, freezes, cuts.
    pub faults: usize,
    /// Plans that were asked for and carried out.
    pub runs: usize,
    /// How many points of each kind and moment were struck.
    pub points: BTreeMap<(Kind, Moment), usize>,
    pub verdict: Verdict,
    /// Pages that people opened while portals were restarted, and those that they did not get.
    pub pages: usize,
    pub failed_pages: Vec<String>,
    /// Stories that could not be told to their end, which proves nothing.
    pub broken: Vec<String>,
    /// What to type to see it again.
    pub replays: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.kills += other.kills;
        self.faults += other.faults;
        self.runs += other.runs;
        for (key, count) in other.points {
            *self.points.entry(key).or_default() += count;
        }
        self.verdict.add(other.verdict);
        self.pages += other.pages;
        self.failed_pages.extend(other.failed_pages);
        self.broken.extend(other.broken);
        self.replays.extend(other.replays);
    }

    /// Nothing is lost, doubled or unexplained, nobody missed a page, and every story was told.
    pub fn is_good(&self) -> bool {
        self.verdict.is_good() && self.failed_pages.is_empty() && self.broken.is_empty()
    }

    /// What a story was found to be, and how to see it again.
    pub fn judge(&mut self, verdict: Verdict, replay: &str, told: impl FnOnce() -> String) {
        if !verdict.is_good() {
            eprintln!("--- {replay}\n{verdict:#?}\n{}", told());
            self.replays.push(replay.to_owned());
        }
        self.verdict.add(verdict);
    }
}

/// A world with its one portal.
pub struct Stage {
    pub world: World,
    pub portal: Portal,
    /// Makes names that nobody has used.
    number: usize,
}

impl Stage {
    pub async fn new(database: Database) -> anyhow::Result<Stage> {
        let mut world = World::new(database).await?;
        let portal = world.portal().await?;
        everybody(&mut world).await;
        Ok(Stage { world, portal, number: 0 })
    }

    /// Asks, without anything being carried out.
    pub async fn ask(&mut self, kind: Kind) -> anyhow::Result<String> {
        let id = ask(&mut self.world, kind, self.number)
            .await
            .with_context(|| format!("asking for {}", kind.word()))?;
        self.number += 1;
        Ok(id)
    }

    async fn restart(&mut self) -> anyhow::Result<()> {
        self.portal = self.world.portal().await?;
        Ok(())
    }

    /// Works with this point armed; whether it was struck. Then nothing is being worked.
    async fn strike(&mut self, point: Point, dead: &mut Dead) -> anyhow::Result<bool> {
        if point.moment.is_on_the_wire() {
            self.world.proxy.arm(point, Strike::Kill(self.portal.pid));
        } else {
            self.portal.kill_at(point).await?;
        }
        self.portal.work().await?;
        let end = drive(&self.world, &mut [&mut self.portal], dead, |_, _| false).await;
        self.world.proxy.disarm();
        // The database may show that all is done before the portal has come to the point.
        if end? == End::Rest && self.portal.rest().await? && self.portal.forget().await? {
            return Ok(false);
        }
        self.portal.ended().await?;
        dead.note(&self.world).await?;
        self.restart().await?;
        Ok(true)
    }

    /// Works until nothing is left to do.
    pub async fn finish(&mut self, dead: &Dead) -> anyhow::Result<()> {
        self.portal.work().await?;
        let end = drive(&self.world, &mut [&mut self.portal], dead, |_, _| false).await?;
        anyhow::ensure!(end == End::Rest, "the portal died by itself: {}", self.world.said());
        self.portal.rest().await?;
        Ok(())
    }

    pub async fn judge(&mut self, ids: &[String], repeats: bool) -> anyhow::Result<Verdict> {
        let mut verdict = check(&self.world, ids, repeats).await?;
        verdict.add(pages(&self.world, ids).await?);
        Ok(verdict)
    }

    pub async fn end(mut self) -> anyhow::Result<()> {
        self.portal.kill().await?;
        self.world.end().await
    }
}

/// Every kind of a cycle is struck at the first point of this moment, then at the second, until none
/// has so many.
pub async fn sweep(
    database: Database,
    cycle: &[Kind],
    moment: Moment,
    from: usize,
    to: usize,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut stage: Option<(Stage, usize)> = None;
    for nth in from..=to {
        let mut any = false;
        for &kind in cycle {
            let old = |told: usize| told >= STORIES_IN_A_WORLD || kind == Kind::Register;
            if kind == cycle[0]
                && let Some((done, _)) = stage.take_if(|(_, told)| old(*told))
            {
                done.end().await?;
            }
            let (on, told) = match &mut stage {
                Some(stage) => stage,
                None => stage.insert((Stage::new(database).await?, 0)),
            };
            *told += 1;
            on.world.forget_calls().await?;
            let id = on.ask(kind).await?;
            let mut dead = Dead::default();
            if on.strike(Point { moment, nth }, &mut dead).await? {
                any = true;
                tally.kills += 1;
                *tally.points.entry((kind, moment)).or_default() += 1;
            }
            on.finish(&dead).await?;
            tally.runs += 1;
            let verdict = on.judge(&[id], false).await?;
            let replay = format!(
                "cargo run -p chaos -- --database {} --sweep {}:{}:{nth}",
                database.word(),
                cycle[0].word(),
                moment.word()
            );
            tally.judge(verdict, &replay, || on.world.said());
        }
        if !any {
            break;
        }
    }
    if let Some((stage, _)) = stage {
        stage.end().await?;
    }
    Ok(tally)
}

/// An answer of Azure that comes when the lease is over and somebody else has taken the step up.
pub async fn late(database: Database, kind: Kind, from: usize, to: usize) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for nth in from..=to {
        let mut stage = Stage::new(database).await?;
        stage.world.forget_calls().await?;
        let ids = [stage.ask(kind).await?];
        let mut dead = Dead::default();
        let point = Point { moment: Moment::Unanswered, nth };
        let (struck, mut verdict) = overtake(&mut stage, &ids, point, &mut dead).await?;
        stage.finish(&dead).await?;
        tally.runs += 1;
        tally.faults += usize::from(struck);
        verdict.add(stage.judge(&ids, false).await?);
        let replay = format!(
            "cargo run -p chaos -- --database {} --late {}:{nth}",
            database.word(),
            kind.word()
        );
        tally.judge(verdict, &replay, || stage.world.said());
        stage.end().await?;
        if !struck {
            break;
        }
    }
    Ok(tally)
}

/// The answer at this point waits until its lease is over and the step has been tried anew. Whoever is
/// late changes nothing of what is kept. Then nothing is being worked.
async fn overtake(
    stage: &mut Stage,
    ids: &[String],
    point: Point,
    dead: &mut Dead,
) -> anyhow::Result<(bool, Verdict)> {
    let Stage { world, portal, .. } = stage;
    let mut verdict = Verdict::default();
    world.proxy.arm(point, Strike::Late);
    portal.work().await?;
    let is_struck = |world: &World, _: &[&mut Portal]| world.proxy.struck().is_some();
    let struck = drive(world, &mut [&mut *portal], dead, is_struck).await? == End::Met;
    if struck {
        dead.note(world).await?;
        pass(world, &mut [&mut *portal], LEASE).await?;
        quiet(world, &mut [&mut *portal], dead).await?;
        portal.halt().await?;
        quiet(world, &mut [&mut *portal], dead).await?;
        let before = kept(world, ids).await?;
        world.proxy.let_through();
        // It ends when the one that is late has been told that it is.
        portal.rest().await?;
        let after = kept(world, ids).await?;
        if before != after {
            verdict.unexplained.push(format!(
                "whoever had lost the lease at {point} wrote all the same:\n{}",
                difference(&before, &after)
            ));
        }
    } else {
        portal.rest().await?;
    }
    world.proxy.disarm();
    world.proxy.let_through();
    Ok((struck, verdict))
}

/// The lines that are in one text and not in the other.
pub fn difference(before: &str, after: &str) -> String {
    let lines = |one: &str, other: &str, sign: &str| {
        let other: Vec<&str> = other.lines().collect();
        one.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{sign} {}\n", line.trim()))
            .collect::<String>()
    };
    lines(before, after, "-") + &lines(after, before, "+")
}

/// Two plans that make the same resource group, zone and link, of which one is struck at this point;
/// the other goes on while the dead one's lease holds.
pub async fn shared(
    database: Database,
    moment: Moment,
    from: usize,
    to: usize,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for nth in from..=to {
        let mut stage = Stage::new(database).await?;
        stage.world.forget_calls().await?;
        let ids = [stage.ask(Kind::CreatePrivate).await?, stage.ask(Kind::CreateBeside).await?];
        let mut dead = Dead::default();
        let struck = stage.strike(Point { moment, nth }, &mut dead).await?;
        stage.finish(&dead).await?;
        tally.runs += ids.len();
        tally.kills += usize::from(struck);
        let verdict = stage.judge(&ids, false).await?;
        let replay = format!(
            "cargo run -p chaos -- --database {} --shared {}:{nth}",
            database.word(),
            moment.word()
        );
        tally.judge(verdict, &replay, || stage.world.said());
        stage.end().await?;
        if !struck {
            break;
        }
    }
    Ok(tally)
}

/// A story of several plans at once, with everything in it chosen by the seed.
pub async fn seeded(database: Database, seed: u64) -> anyhow::Result<Tally> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    let mut stage = Stage::new(database).await?;
    let replay = format!("cargo run -p chaos -- --database {} --replay {seed}", database.word());
    let mut told = Vec::new();
    // What undoes something comes after it, and nothing concerns the same thing at once.
    let mut cycles: Vec<&[Kind]> = Vec::new();
    let lines: [&[&[Kind]]; 4] = [
        &[CYCLES[0], CYCLES[1], CYCLES[8]],
        &[CYCLES[2]],
        &[CYCLES[3]],
        &[CYCLES[4], CYCLES[5], CYCLES[6], CYCLES[7]],
    ];
    for line in lines {
        if rng.random_bool(0.7) {
            cycles.extend(line.choose(&mut rng));
        }
    }
    if cycles.is_empty() {
        cycles.push(CYCLES[1]);
    }
    let rounds = cycles.iter().map(|cycle| cycle.len()).max().unwrap_or(0);
    for round in 0..rounds {
        stage.world.forget_calls().await?;
        let late_shows = rng.random_bool(0.2);
        if late_shows {
            let late = json!({
                "service": "arm", "method": "PUT", "times": 3, "stale_reads": rng.random_range(1..4),
            });
            stage.world.tell(Method::POST, "/faults", late).await?;
            tally.faults += 1;
        }
        let kinds: Vec<Kind> =
            cycles.iter().filter_map(|cycle| cycle.get(round)).copied().collect();
        told.push(format!("round {round}: {:?}", kinds));
        let mut ids = Vec::new();
        for kind in kinds {
            ids.push(stage.ask(kind).await?);
        }
        tally.runs += ids.len();
        let mut dead = Dead::default();
        for _ in 0..rng.random_range(2..7) {
            let moment = *Moment::ALL.choose(&mut rng).context("there are moments")?;
            let most = if moment == Moment::Statement { 60 } else { 16 };
            let point = Point { moment, nth: rng.random_range(1..=most) };
            // Whether the next portal comes up while the dead one's leases still hold.
            let leaps = rng.random_bool(0.5);
            if rng.random_bool(0.15) {
                let point = Point { moment: Moment::Unanswered, ..point };
                let (struck, wrote) = overtake(&mut stage, &ids, point, &mut dead).await?;
                tally.judge(wrote, &replay, || format!("{told:#?}\n{}", stage.world.said()));
                told.push(format!("late at {point}: {struck}"));
                tally.faults += usize::from(struck);
                continue;
            }
            let struck = stage.strike(point, &mut dead).await?;
            told.push(format!("killed at {point}: {struck}, leaps: {leaps}"));
            tally.kills += usize::from(struck);
            if struck && leaps {
                let Stage { world, portal, .. } = &mut stage;
                pass(world, &mut [&mut *portal], LEASE).await?;
            }
        }
        stage.finish(&dead).await?;
        stage.world.tell(Method::DELETE, "/faults", serde_json::Value::Null).await?;
        let verdict = stage.judge(&ids, late_shows).await?;
        tally.judge(verdict, &replay, || format!("{told:#?}\n{}", stage.world.said()));
    }
    stage.end().await?;
    Ok(tally)
}
