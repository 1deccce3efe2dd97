//! The proof that a run survives anything: the real program is killed, frozen and cut off while it
//! carries plans out beside a simulated Azure, and the world is looked at afterwards.
//! `docs/reliability.md` says what is proved and how.

mod check;
mod child;
mod crash;
mod drive;
#[expect(dead_code, reason = "the browser of the site's stories; the stories here need less of it")]
#[expect(clippy::unwrap_used, reason = "what cannot be is best shown by where it was not")]
#[path = "../../tests/site/people.rs"]
mod people;
mod plans;
mod points;
mod portal;
mod proxy;
mod relay;
mod replicas;
mod sockets;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use clap::{Parser, Subcommand};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::crash::Tally;
use crate::plans::{CYCLES, Kind};
use crate::points::{Moment, Point};
use crate::world::Database;

/// Kills the portal everywhere, and says what is lost, doubled or unexplained
///
/// Without a choice: every point of every kind of plan in turn, then stories by seed, forty of them and
/// until there have been as many kills as wanted. It ends with 1 if anything is lost, doubled or unexplained,
/// and says how to see it again.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// At least so many kills
    #[arg(long, default_value_t = 1000, default_value_if("short", "true", "50"))]
    kills: usize,
    /// The first seed; each story takes the next
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only on this database; on both where none is named and TWINDESK_TEST_POSTGRES is set
    #[arg(long)]
    database: Option<Database>,
    /// The story of this seed, and nothing else
    #[arg(long)]
    replay: Option<u64>,
    /// So many stories by seed, and nothing else
    #[arg(long)]
    stories: Option<usize>,
    /// One point, like create:statement:17, or all of one moment, like create:statement
    #[arg(long)]
    sweep: Option<String>,
    /// An answer that comes when the lease is over, like access:3, and nothing else
    #[arg(long)]
    late: Option<String>,
    /// Two plans that make the same things, one of them struck, like statement or statement:17
    #[arg(long)]
    shared: Option<String>,
    /// So many portals on PostgreSQL, each harmed in each way, and nothing else
    #[arg(long)]
    replicas: Option<usize>,
    /// So many portals on PostgreSQL, restarted one after another under load, and nothing else
    #[arg(long)]
    rolled: Option<usize>,
    /// So many portals that begin together on an empty database, and nothing else
    #[arg(long)]
    together: Option<usize>,
    /// Freezes longer than the lease after each statement of a plan, like access or access:9
    #[arg(long)]
    frozen: Option<String>,
    /// The short set: some points around the first write, and a few stories; --kills is 50
    #[arg(long)]
    short: bool,
    /// Stories at once
    #[arg(long, default_value_t = 3)]
    at_once: usize,
}

#[derive(Subcommand)]
enum Command {
    /// The portal itself, as the harness starts it
    #[command(hide = true)]
    Portal {
        #[arg(long)]
        port: u16,
        #[arg(long)]
        now: i64,
        #[arg(long)]
        whole: bool,
        #[arg(long)]
        kill_at: Option<Point>,
    },
}

#[tokio::main(worker_threads = 4)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Command::Portal { port, now, whole, kill_at }) = arguments.command {
        return match portal::run(port, now, whole, kill_at).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    match carry_out(arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the harness itself failed: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Stories by seed in a full run, at least.
const STORIES: usize = 40;

/// More points than any plan has.
const NO_END: usize = 10_000;

/// Whether nothing was lost, doubled or unexplained.
async fn carry_out(arguments: Arguments) -> anyhow::Result<bool> {
    sqlx::any::install_default_drivers();
    let began = Instant::now();
    let databases = match arguments.database {
        Some(one) => vec![one],
        None if std::env::var_os("TWINDESK_TEST_POSTGRES").is_some() => {
            vec![Database::Sqlite, Database::Postgres]
        }
        None => vec![Database::Sqlite],
    };
    let mut crew = Crew::new(arguments.at_once);
    if let Some(seed) = arguments.replay {
        for database in databases {
            crew.send(
                format!("{} --replay {seed}", database.word()),
                crash::seeded(database, seed),
            );
        }
    } else if let Some(many) = arguments.stories {
        let tally = by_seed(&databases, arguments.seed, many, arguments.at_once).await;
        return Ok(report(&tally, began));
    } else if let Some(text) = &arguments.late {
        let (kind, nth) = text.split_once(':').context("--late looks like access:3")?;
        let (kind, nth) = (kind_of(kind)?, nth.parse()?);
        for database in databases {
            crew.send(
                format!("{} --late {text}", database.word()),
                crash::late(database, kind, nth, nth),
            );
        }
    } else if let Some(text) = &arguments.shared {
        let (word, nth) = match text.split_once(':') {
            Some((word, nth)) => (word, Some(nth.parse()?)),
            None => (text.as_str(), None),
        };
        let moment = moment_of(word)?;
        for database in databases {
            let story = crash::shared(database, moment, nth.unwrap_or(1), nth.unwrap_or(NO_END));
            crew.send(format!("{} --shared {text}", database.word()), story);
        }
    } else if let Some(text) = &arguments.sweep {
        let mut words = text.split(':');
        let kind = kind_of(words.next().unwrap_or_default())?;
        let moment = moment_of(words.next().context("--sweep looks like create:statement:17")?)?;
        let nth: Option<usize> = words.next().map(str::parse).transpose()?;
        let cycle = CYCLES.into_iter().find(|cycle| cycle.contains(&kind));
        let cycle = cycle.context("every kind is in a cycle")?;
        for database in databases {
            let (from, to) = (nth.unwrap_or(1), nth.unwrap_or(NO_END));
            let story = crash::sweep(database, cycle, moment, from, to);
            crew.send(format!("{} --sweep {text}", database.word()), story);
        }
    } else if let Some(many) = arguments.replicas {
        crew.send(format!("--replicas {many}"), replicas::harmed(many));
    } else if let Some(many) = arguments.rolled {
        crew.send(format!("--rolled {many}"), replicas::rolled(many));
    } else if let Some(many) = arguments.together {
        for nth in [1, 4, 9, 16, 25] {
            crew.send(format!("--together {many}"), replicas::together(many, nth));
        }
    } else if let Some(text) = &arguments.frozen {
        let (kind, nth) = match text.split_once(':') {
            Some((kind, nth)) => (kind, Some(nth.parse()?)),
            None => (text.as_str(), None),
        };
        let (from, to) = (nth.unwrap_or(1), nth.unwrap_or(NO_END));
        crew.send(format!("--frozen {text}"), replicas::frozen(kind_of(kind)?, from, to));
    } else {
        return whole(arguments, databases, crew, began).await;
    }
    let tally = crew.home().await;
    Ok(report(&tally, began))
}

async fn whole(
    arguments: Arguments,
    databases: Vec<Database>,
    mut crew: Crew,
    began: Instant,
) -> anyhow::Result<bool> {
    for &database in &databases {
        let word = database.word();
        let mut strike = |cycle: &'static [Kind], moment: Moment, from, to| {
            let name = format!("{word} --sweep {}:{}", cycle[0].word(), moment.word());
            crew.send(name, crash::sweep(database, cycle, moment, from, to));
        };
        if arguments.short {
            // Around the first write of two plans: the note, the call, the answer, the settling.
            strike(&[Kind::Access, Kind::Remove], Moment::Unsent, 4, 4);
            strike(&[Kind::Access, Kind::Remove], Moment::Unanswered, 3, 4);
            strike(&[Kind::Access, Kind::Remove], Moment::Statement, 8, 16);
            strike(&[Kind::Create, Kind::Delete], Moment::Committed, 1, 3);
        } else {
            for cycle in CYCLES {
                for moment in Moment::ALL {
                    strike(cycle, moment, 1, NO_END);
                }
            }
        }
        let (to, moments) = match arguments.short {
            true => (1, &[Moment::Committed][..]),
            false => (NO_END, &[Moment::Unsent, Moment::Committed][..]),
        };
        for &moment in moments {
            let name = format!("{word} --shared {}", moment.word());
            crew.send(name, crash::shared(database, moment, 1, to));
        }
        for kind in [Kind::Create, Kind::Access] {
            let name = format!("{word} --late {}", kind.word());
            let (from, to) = if arguments.short { (3, 3) } else { (1, NO_END) };
            crew.send(name, crash::late(database, kind, from, to));
        }
    }
    if databases.contains(&Database::Postgres) {
        let sizes = if arguments.short { &[2][..] } else { &[2, 4] };
        for &many in sizes {
            crew.send(format!("--rolled {many}"), replicas::rolled(many));
            crew.send(format!("--together {many}"), replicas::together(many, 9));
            if !arguments.short {
                crew.send(format!("--replicas {many}"), replicas::harmed(many));
            }
        }
        // The short set: some points around the first write.
        let (from, to) = if arguments.short { (9, 11) } else { (1, NO_END) };
        let access = Kind::Access.word();
        crew.send(format!("--frozen {access}"), replicas::frozen(Kind::Access, from, to));
    }
    let mut tally = crew.home().await;
    let mut seed = arguments.seed;
    let mut left = if arguments.short { 4 } else { STORIES };
    while (left > 0 || tally.kills < arguments.kills) && tally.broken.is_empty() {
        let many = left.max(arguments.at_once).max(databases.len());
        tally.add(by_seed(&databases, seed, many, arguments.at_once).await);
        seed += many as u64;
        left = 0;
    }
    Ok(report(&tally, began))
}

/// Stories of so many seeds from this one on, on each database in turn.
async fn by_seed(databases: &[Database], first: u64, many: usize, at_once: usize) -> Tally {
    let mut crew = Crew::new(at_once);
    for (seed, &database) in (first..).zip(databases.iter().cycle()).take(many) {
        crew.send(format!("{} --replay {seed}", database.word()), crash::seeded(database, seed));
    }
    crew.home().await
}

fn kind_of(word: &str) -> anyhow::Result<Kind> {
    let mut all = CYCLES.into_iter().flatten();
    all.find(|kind| kind.word() == word)
        .copied()
        .with_context(|| format!("{word} is no kind of plan"))
}

fn moment_of(word: &str) -> anyhow::Result<Moment> {
    let mut all = Moment::ALL.into_iter();
    all.find(|moment| moment.word() == word).with_context(|| format!("{word} is no moment"))
}

/// Stories that go on at once, so many and no more.
struct Crew {
    room: Arc<Semaphore>,
    stories: JoinSet<anyhow::Result<Tally>>,
}

impl Crew {
    fn new(at_once: usize) -> Crew {
        Crew { room: Arc::new(Semaphore::new(at_once.max(1))), stories: JoinSet::new() }
    }

    fn send(
        &mut self,
        name: String,
        story: impl Future<Output = anyhow::Result<Tally>> + Send + 'static,
    ) {
        let room = Arc::clone(&self.room);
        self.stories.spawn(async move {
            let _room = room.acquire_owned().await?;
            let tally = story.await.with_context(|| name.clone())?;
            eprintln!(
                "{name}: {} kills, {} faults, {} runs",
                tally.kills, tally.faults, tally.runs
            );
            Ok(tally)
        });
    }

    async fn home(mut self) -> Tally {
        let mut whole = Tally::default();
        while let Some(story) = self.stories.join_next().await {
            match story.map_err(|error| anyhow!("a story broke off: {error}")).flatten() {
                Ok(tally) => whole.add(tally),
                Err(error) => whole.broken.push(format!("{error:#}")),
            }
        }
        whole
    }
}

/// Prints what it has come to; whether that is good.
fn report(tally: &Tally, began: Instant) -> bool {
    if !tally.points.is_empty() {
        println!("| plan | {} |", Moment::ALL.map(Moment::word).join(" | "));
        println!("|---|{}", "---|".repeat(Moment::ALL.len()));
        for kind in CYCLES.into_iter().flatten() {
            let counts = Moment::ALL.map(|moment| {
                tally.points.get(&(*kind, moment)).copied().unwrap_or_default().to_string()
            });
            println!("| {} | {} |", kind.word(), counts.join(" | "));
        }
    }
    let verdict = &tally.verdict;
    println!(
        "kills={} faults={} runs={} pages={} failed_pages={} broken={} lost={} doubled={} \
         unexplained={} seconds={}",
        tally.kills,
        tally.faults,
        tally.runs,
        tally.pages,
        tally.failed_pages.len(),
        tally.broken.len(),
        verdict.lost.len(),
        verdict.doubled.len(),
        verdict.unexplained.len(),
        began.elapsed().as_secs()
    );
    for replay in &tally.replays {
        println!("again: {replay}");
    }
    for page in &tally.failed_pages {
        println!("failed page: {page}");
    }
    for story in &tally.broken {
        println!("broken off: {story}");
    }
    tally.is_good()
}
