//! A portal's process as the harness holds it: told what to do, struck, frozen, ended. Knows nothing of
//! plans.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::points::Point;
use crate::world::Moved;

/// For a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(90);

pub struct Portal {
    child: Child,
    pub pid: Pid,
    input: ChildStdin,
    answers: mpsc::UnboundedReceiver<String>,
    /// At how many points it has stood still so far, and at how many before the present one was armed.
    reached: watch::Receiver<usize>,
    before: usize,
    /// How far its clock has been moved, of what stories have moved the world's by.
    moved: i64,
    ready: watch::Receiver<bool>,
}

/// How a portal is to be started.
pub struct Start<'a> {
    pub settings: &'a HashMap<String, String>,
    pub port: u16,
    pub clock: &'a Moved,
    /// As an operator runs it, with a worker from the start.
    pub whole: bool,
    /// It is to kill itself there, even while it begins.
    pub kill_at: Option<Point>,
    /// Where its log goes.
    pub log: &'a Path,
}

impl Portal {
    /// Begins it and waits for nothing.
    pub fn spawn(start: &Start<'_>) -> anyhow::Result<Portal> {
        let log = File::options().create(true).append(true).open(start.log)?;
        let (moved, now) = (start.clock.by(), start.clock.now().0);
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("portal")
            .args(["--port", &start.port.to_string(), "--now", &now.to_string()])
            .args(start.whole.then_some("--whole"))
            .args(start.kill_at.map(|point| format!("--kill-at={point}")))
            .env_clear()
            .envs(start.settings)
            .envs(std::env::vars().filter(|(name, _)| name == "RUST_LOG"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().context("the portal's process could not be started")?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(pid), Some(input), Some(output)) = (pid, input, output) else {
            bail!("the portal's process has no ends to hold it by");
        };
        let (answer, answers) = mpsc::unbounded_channel();
        let (reach, reached) = watch::channel(0);
        let (be_ready, ready) = watch::channel(false);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                match line.as_str() {
                    "reached" => reach.send_modify(|times| *times += 1),
                    "ready" => drop(be_ready.send_replace(true)),
                    _ => drop(answer.send(line)),
                }
            }
        });
        Ok(Portal { child, pid, input, answers, reached, before: 0, moved, ready })
    }

    pub async fn start(start: &Start<'_>) -> anyhow::Result<Portal> {
        let mut portal = Portal::spawn(start)?;
        portal.is_ready().await.with_context(|| {
            let log = std::fs::read_to_string(start.log).unwrap_or_default();
            let end: Vec<&str> = log.lines().rev().take(5).collect();
            format!("the portal did not come up: {end:#?}")
        })?;
        Ok(portal)
    }

    pub async fn is_ready(&mut self) -> anyhow::Result<()> {
        timeout(PATIENCE, self.ready.wait_for(|ready| *ready)).await??;
        Ok(())
    }

    /// Tells it something; false when it is dead.
    pub async fn tell(&mut self, line: &str) -> anyhow::Result<bool> {
        if self.input.write_all(format!("{line}\n").as_bytes()).await.is_err() {
            return Ok(false);
        }
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        match answer.with_context(|| format!("the portal does not answer {line:?}"))? {
            Some(answer) if answer == "ok" => Ok(true),
            Some(answer) => bail!("told {line:?}, the portal said {answer:?}"),
            None => Ok(false),
        }
    }

    /// Its clock is moved to where the world's has been moved since it was last told; what has
    /// passed by itself it knows by itself, even frozen.
    pub async fn keep_time(&mut self, clock: &Moved) -> anyhow::Result<bool> {
        match self.behind(clock) {
            0 => Ok(true),
            by => self.tell(&format!("clock {by}")).await,
        }
    }

    /// The same, for one that is frozen: its clock has moved before it takes another step.
    pub async fn leave_time(&mut self, clock: &Moved) -> anyhow::Result<()> {
        let by = self.behind(clock);
        self.leave_word(&format!("clock {by}")).await
    }

    fn behind(&mut self, clock: &Moved) -> i64 {
        let by = clock.by();
        by - std::mem::replace(&mut self.moved, by)
    }

    /// Says something that is heard when it is no longer frozen.
    pub async fn leave_word(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    pub async fn hear(&mut self) -> anyhow::Result<bool> {
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        Ok(answer.context("the portal does not answer")?.is_some())
    }

    pub async fn work(&mut self) -> anyhow::Result<bool> {
        self.tell("work").await
    }

    /// Begins nothing more; what is in flight goes on.
    pub async fn halt(&mut self) -> anyhow::Result<bool> {
        self.tell("halt").await
    }

    /// Lets what is in flight end, and begins nothing more.
    pub async fn rest(&mut self) -> anyhow::Result<bool> {
        self.tell("rest").await
    }

    /// At this point it is to kill itself.
    pub async fn kill_at(&mut self, point: Point) -> anyhow::Result<bool> {
        self.tell(&format!("strike {point} kill")).await
    }

    /// At this point it is to stand still.
    pub async fn hold_at(&mut self, point: Point) -> anyhow::Result<bool> {
        self.before = *self.reached.borrow();
        self.tell(&format!("strike {point} hold")).await
    }

    /// No point is armed any more.
    pub async fn forget(&mut self) -> anyhow::Result<bool> {
        self.tell("forget").await
    }

    pub fn is_held(&self) -> bool {
        *self.reached.borrow() > self.before
    }

    pub fn is_dead(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Nobody once it has been taken away: its number may be somebody else's by now.
    pub fn signal(&self, signal: Signal) {
        if self.child.id().is_some() {
            // Whoever is dead already needs none.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Kills it, and waits until the system has taken it away.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::KILL);
        self.ended().await?;
        Ok(())
    }

    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(timeout(PATIENCE, self.child.wait()).await??)
    }
}
