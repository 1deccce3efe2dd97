//! What is kept in a file between two runs. Knows JSON and files; what the members mean is written where they are used.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::entra::device::Device;
use crate::entra::keys::KeyRing;
use crate::entra::{CODE_LIFE, Code, Issued, REFRESH_LIFE, Refresh, Session};
use crate::settings::Settings;
use crate::state::State;
use crate::world::World;

/// What is kept: the world, people's sign-ins and those under way, the changed settings, the moved clock and the signing
/// keys, so that a program that has signed people in goes on as if nothing had happened. Faults and calls are forgotten.
#[derive(Deserialize, Serialize)]
pub struct Kept {
    world: World,
    /// The members that differ from those of the start.
    settings: Map<String, Value>,
    clock_offset_seconds: i64,
    refresh_tokens: HashMap<String, Refresh>,
    sessions: HashMap<String, Session>,
    codes: HashMap<String, Code>,
    devices: HashMap<String, Device>,
    issued_tokens: HashMap<String, Issued>,
    revoked_tokens: HashMap<String, Timestamp>,
    keys: Vec<(String, String)>,
    address_key: String,
}

impl Kept {
    /// `None` if there is no such file.
    pub fn read(file: &Path) -> anyhow::Result<Option<Self>> {
        let text = match std::fs::read_to_string(file) {
            Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", file.display()))?,
        };
        serde_json::from_str(&text).map(Some).with_context(|| {
            format!("{} is not what this simulator keeps; delete it to begin again", file.display())
        })
    }

    pub fn restore(self, state: &mut State) -> anyhow::Result<()> {
        let mut settings = members(&state.settings);
        settings.extend(self.settings);
        state.settings = serde_json::from_value(Value::Object(settings))
            .context("the settings that were kept cannot be used")?;
        state.world = self.world;
        // A time that is asked for at the start goes before the one that was kept.
        if !state.starts_at_a_set_time() {
            state.clock.advance(self.clock_offset_seconds);
        }
        state.refresh_tokens = self.refresh_tokens;
        state.sessions = self.sessions;
        state.codes = self.codes;
        state.devices = self.devices;
        state.issued_tokens = self.issued_tokens;
        state.revoked_tokens = self.revoked_tokens;
        state.keys = KeyRing::kept(&self.keys);
        state.address_key = self.address_key;
        Ok(())
    }

    fn of(state: &State) -> Self {
        let now = state.now();
        let start = members(state.original_settings());
        let mut settings = members(&state.settings);
        settings.retain(|name, value| start.get(name) != Some(value));
        let issued_tokens = fresh(&state.issued_tokens, |token| token.expires_at > now);
        let mut revoked_tokens = state.revoked_tokens.clone();
        revoked_tokens.retain(|uti, _| issued_tokens.contains_key(uti));
        Self {
            world: state.world.clone(),
            settings,
            clock_offset_seconds: state.clock.offset_seconds(),
            refresh_tokens: fresh(&state.refresh_tokens, |token| {
                token.issued_at + REFRESH_LIFE > now
            }),
            sessions: state.sessions.clone(),
            codes: fresh(&state.codes, |code| code.issued_at + CODE_LIFE > now),
            devices: fresh(&state.devices, |device| !device.is_over(now)),
            issued_tokens,
            revoked_tokens,
            keys: state.keys.as_ref().map(KeyRing::keep).unwrap_or_default(),
            address_key: state.address_key.clone(),
        }
    }
}

fn members(settings: &Settings) -> Map<String, Value> {
    match json!(settings) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn fresh<T: Clone>(all: &HashMap<String, T>, is_fresh: impl Fn(&T) -> bool) -> HashMap<String, T> {
    all.iter()
        .filter(|(_, row)| is_fresh(row))
        .map(|(name, row)| (name.clone(), row.clone()))
        .collect()
}

/// Writes what is to be kept. A failure is told and does not stop the simulator.
pub fn keep(state: &State) {
    let Some(file) = &state.kept_in else { return };
    let written = serde_json::to_vec(&Kept::of(state))
        .map_err(std::io::Error::from)
        .and_then(|text| replace(file, &text));
    if let Err(problem) = written {
        tracing::error!(%problem, file = %file.display(), "the simulator's state cannot be kept");
    }
}

/// Readable for the owner only: there are passwords and tokens in it, simulated ones.
fn replace(file: &Path, text: &[u8]) -> std::io::Result<()> {
    let beside: PathBuf = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&beside)?.write_all(text)?;
    std::fs::rename(beside, file)
}
