//! Letting portals work until nothing is left to do, with the clock moved to what will be. Knows leases
//! and dead portals, not plans.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::child::{PATIENCE, Portal};
use crate::world::World;

/// Between two looks at the database; real time, in which the portal works.
const GLANCE: Duration = Duration::from_millis(4);
/// A lease that a living portal holds for so long of real time is one that it has given up.
const GIVEN_UP: Duration = Duration::from_secs(12);

/// Who has claimed nothing anew and given nothing back for so long of real time stands still. Longer
/// than any step takes, on a machine that has much else to do.
const STILL: Duration = Duration::from_secs(4);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing is left to do.
    Rest,
    /// The portal has died.
    Died,
    /// What was waited for has come about.
    Met,
}

/// Leases whose holders will not come back in time.
#[derive(Debug, Default)]
pub struct Dead(HashSet<String>);

impl Dead {
    /// Whoever holds a lease now has died.
    pub async fn note(&mut self, world: &World) -> anyhow::Result<()> {
        self.0.extend(world.due().await?.into_iter().filter_map(|due| due.lease));
        Ok(())
    }
}

/// Drives these portals, until `met`.
pub async fn drive(
    world: &World,
    portals: &mut [&mut Portal],
    dead: &Dead,
    met: impl Fn(&World, &[&mut Portal]) -> bool,
) -> anyhow::Result<End> {
    let began = Instant::now();
    let mut moved = Instant::now();
    let mut held: (Option<String>, Instant) = (None, Instant::now());
    loop {
        if met(world, portals) {
            return Ok(End::Met);
        }
        if portals.iter_mut().any(|portal| portal.is_dead()) {
            return Ok(End::Died);
        }
        if began.elapsed() > PATIENCE {
            bail!("the work does not come to an end: {:#?}", world.due().await?);
        }
        let due = world.due().await?;
        let now = world.clock.now().0;
        if due.is_empty() {
            return Ok(End::Rest);
        }
        let is_held =
            |lease: &Option<String>| lease.as_ref().is_some_and(|lease| !dead.0.contains(lease));
        let live = due.iter().find(|due| due.lease_until > now && is_held(&due.lease));
        if let Some(live) = live {
            if held.0 != live.lease {
                held = (live.lease.clone(), Instant::now());
            }
            if held.1.elapsed() < GIVEN_UP {
                tokio::time::sleep(GLANCE).await;
                continue;
            }
        }
        let next = due.iter().map(|due| due.due_at.max(due.lease_until)).min().unwrap_or(now);
        if next <= now {
            // It is due: the portal is about to take it. The bell may have rung before it was.
            if moved.elapsed() > Duration::from_millis(50) {
                moved = Instant::now();
                for portal in portals.iter_mut() {
                    portal.tell("bell").await?;
                }
            }
            tokio::time::sleep(GLANCE).await;
            continue;
        }
        let by = Duration::from_micros((next - now).unsigned_abs()) + Duration::from_millis(1);
        pass(world, portals, by).await?;
        moved = Instant::now();
    }
}

/// Time passes, for Azure and for these portals.
pub async fn pass(world: &World, portals: &mut [&mut Portal], by: Duration) -> anyhow::Result<()> {
    world.advance(by).await?;
    for portal in portals {
        portal.keep_time(&world.clock).await?;
    }
    Ok(())
}

/// Waits, in real time, until nothing is due any more and nobody but the dead holds a lease.
pub async fn quiet(world: &World, portals: &mut [&mut Portal], dead: &Dead) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let now = world.clock.now().0;
        let busy = world.due().await?.into_iter().any(|due| match due.lease_until > now {
            true => !due.lease.is_some_and(|lease| dead.0.contains(&lease)),
            false => due.due_at <= now,
        });
        if !busy {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            bail!("it does not come to a stand: {:#?}", world.due().await?);
        }
        for portal in portals.iter_mut() {
            portal.tell("bell").await?;
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits, in real time, until these portals have nothing left that is due: what is still claimed then
/// is claimed by others, who will not settle it.
pub async fn stand_still(
    world: &World,
    portals: &mut [&mut Portal],
    dead: &mut Dead,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut last = (Vec::new(), Instant::now());
    while last.1.elapsed() < STILL {
        if began.elapsed() > PATIENCE {
            bail!("it does not come to a stand: {:#?}", world.due().await?);
        }
        let now = world.clock.now().0;
        let due = world.due().await?;
        let mut seen: Vec<String> = due
            .iter()
            .filter(|due| due.lease_until > now || due.due_at <= now)
            .map(|due| format!("{due:?}"))
            .collect();
        seen.sort();
        if seen != last.0 {
            last = (seen, Instant::now());
        }
        for portal in portals.iter_mut() {
            portal.tell("bell").await?;
        }
        tokio::time::sleep(GLANCE * 10).await;
    }
    dead.note(world).await
}
