//! What has become of the world: whether every approved plan ended as approved, once, and the history
//! tells it. Compares three independent records (what people approved, what Azure received, what the
//! history says) and knows nothing of how the portal works or of what was done to it.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use twindesk::domain::asked::IdentityChange;
use twindesk::domain::history::Event;
use twindesk::domain::plan::Action;
use twindesk::domain::request::{Decision, Request};
use twindesk::domain::run::{Progress, State, StepState};
use twindesk::store::{Entry, HistoryFilter, View};

use crate::world::{OTHER_MEANS, World};

/// What is wrong, each in a sentence.
#[derive(Debug, Default)]
pub struct Verdict {
    /// A plan that did not end as approved, or an effect that is not there.
    pub lost: Vec<String>,
    /// Something there twice: a resource, an assignment, a write, an entry.
    pub doubled: Vec<String>,
    /// A write that no entry tells, an entry without its write, a write that nobody approved.
    pub unexplained: Vec<String>,
}

impl Verdict {
    pub fn is_good(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.unexplained.is_empty()
    }

    pub fn add(&mut self, other: Verdict) {
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.unexplained.extend(other.unexplained);
    }
}

/// A write that Azure carried out.
struct Write {
    method: String,
    path: String,
    body: Value,
    caller: String,
    correlation: String,
}

/// Looks at these requests, and at every write since the calls were last forgotten. `repeats` may be
/// where Azure shows its writes late: then the same call may be sent twice, and make one thing.
pub async fn check(world: &World, ids: &[String], repeats: bool) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let (azure, calls) = (world.azure().await?, world.calls().await?);
    if let Some(call) = calls.iter().find(|call| !call["misshapen"].is_null()) {
        anyhow::bail!("the simulator would have given an answer that Azure never gives: {call}");
    }
    let writes = writes(&calls);
    let mut known = Vec::new();
    for id in ids {
        let request = world.app.store.request(id).await?;
        let filter = HistoryFilter { request: Some(id.clone()), ..HistoryFilter::all(View::All) };
        let told = world.app.store.history(&filter, None, 1_000).await?;
        ensure!(told.older.is_none(), "the history of one request is longer than is looked at");
        ended(&request, &told.entries, &mut verdict);
        for progress in &request.steps {
            known.push(progress.step.correlation.to_string());
            step(&request, progress, &told.entries, &writes, &azure, repeats, &mut verdict);
            if let Some(problem) = effect(&progress.step.action, &azure) {
                verdict.lost.push(format!("{}: {problem}", named(&request, progress)));
            }
        }
    }
    for write in writes.iter().filter(|write| write.correlation != OTHER_MEANS) {
        if !known.contains(&write.correlation) {
            verdict.unexplained.push(format!(
                "{} {} was written under {}, which is no step's",
                write.method, write.path, write.correlation
            ));
        }
    }
    assignments(&azure, &mut verdict);
    chain(world, &mut verdict).await?;
    Ok(verdict)
}

fn writes(calls: &[Value]) -> Vec<Write> {
    let text = |call: &Value, name: &str| call[name].as_str().unwrap_or_default().to_owned();
    calls
        .iter()
        .filter(|call| call["service"] == "arm" && call["method"] != "GET")
        .filter(|call| matches!(call["status"].as_u64(), Some(200..300)))
        .filter(|call| {
            let path = text(call, "path");
            !path.ends_with("/checkNameAvailability") && !path.ends_with("/resources")
        })
        .map(|call| Write {
            method: text(call, "method"),
            path: text(call, "path"),
            body: call["body"].clone(),
            caller: text(call, "caller"),
            correlation: text(call, "correlation_id"),
        })
        .collect()
}

fn named(request: &Request, progress: &Progress) -> String {
    format!("{} ({}), {:?}", request.id, request.asked.title(), progress.step.action.title())
}

/// The run is at its end, and the history tells so once.
fn ended(request: &Request, told: &[Entry], verdict: &mut Verdict) {
    let title = format!("{} ({})", request.id, request.asked.title());
    let verifies = request.steps.iter().any(|progress| progress.step.action.is_verification());
    let end = if verifies { State::Verified } else { State::Done };
    if request.run.state != end {
        verdict.lost.push(format!(
            "{title} is {:?} and not {end:?} at step {}: {:?}",
            request.run.state, request.run.position, request.run.problem
        ));
    }
    let approved = usize::from(matches!(request.decision, Decision::Approved { .. }));
    let once =
        [("asked", 1), ("approved", approved), ("done", 1), ("verified", usize::from(verifies))];
    for (kind, wanted) in once {
        let found = told.iter().filter(|entry| entry.event.kind() == kind).count();
        match found {
            _ if found == wanted => {}
            _ if found > wanted => {
                verdict.doubled.push(format!("{title}: the history tells {kind:?} {found} times"));
            }
            _ => verdict.unexplained.push(format!("{title}: the history does not tell {kind:?}")),
        }
    }
}

fn step(
    request: &Request,
    progress: &Progress,
    told: &[Entry],
    writes: &[Write],
    azure: &Value,
    repeats: bool,
    verdict: &mut Verdict,
) {
    if progress.step.action.is_verification() {
        return;
    }
    let (name, step) = (named(request, progress), &progress.step);
    let correlation = step.correlation.to_string();
    let own: Vec<&Write> = writes.iter().filter(|write| write.correlation == correlation).collect();
    let of_step: Vec<&Event> = told
        .iter()
        .filter(|entry| entry.correlation.as_deref() == Some(&*correlation))
        .map(|entry| &entry.event)
        .collect();
    let count = |is: &dyn Fn(&Event) -> bool| of_step.iter().filter(|event| is(event)).count();
    let accepted = count(&|event| matches!(event, Event::Accepted { .. }));
    let written = count(&|event| matches!(event, Event::StepDone { call: Some(_), .. }));
    // Told as what may have been written.
    let surely =
        count(&|event| matches!(event, Event::StepDone { call: Some(_), unanswered: false, .. }));
    let done = count(&|event| matches!(event, Event::StepDone { .. }));

    if !matches!(progress.state, StepState::Done | StepState::AlreadySo) {
        verdict.lost.push(format!("{name} is {:?}", progress.state));
    }
    if done == 0 {
        verdict.unexplained.push(format!("{name}: the history does not tell that it is done"));
    }
    if done > 1 || accepted > 1 {
        verdict.doubled.push(format!(
            "{name}: the history tells {done} times that it is done and {accepted} times that it \
             was taken"
        ));
    }
    if !own.is_empty() && written == 0 {
        verdict
            .unexplained
            .push(format!("{name}: it was written, and the history says that it was not"));
    }
    if own.is_empty() && (surely > 0 || accepted > 0) {
        verdict
            .unexplained
            .push(format!("{name}: the history tells a write that Azure never received"));
    }
    if own.len() > 1 && !repeats {
        verdict.doubled.push(format!("{name} was written {} times", own.len()));
    }
    let path = step.call.path.split('?').next().unwrap_or_default();
    let body = step
        .call
        .body
        .as_deref()
        .map_or(Value::Null, |body| serde_json::from_str(body).unwrap_or(Value::Null));
    let approved_for = progress.in_name_of.as_ref().map(|person| person.id.as_str());
    for write in own {
        if write.method != step.call.method.word() || write.path != path || write.body != body {
            verdict.unexplained.push(format!(
                "{name}: approved was {} {path}, and written was {} {}",
                step.call.method.word(),
                write.method,
                write.path
            ));
        }
        if id_of(azure, &write.caller).as_deref() != approved_for {
            verdict.unexplained.push(format!("{name} was written in the name of {}", write.caller));
        }
    }
}

fn id_of(azure: &Value, upn: &str) -> Option<String> {
    let mut people = azure["people"].as_array()?.iter();
    people.find(|row| row["upn"] == upn)?["id"].as_str().map(str::to_owned)
}

/// What is missing of what a step was to bring about.
fn effect(action: &Action, azure: &Value) -> Option<String> {
    let rows = |name: &str| azure[name].as_array().cloned().unwrap_or_default();
    let same = |value: &Value, text: &str| {
        value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text))
    };
    let instance = |id: String| rows("instances").into_iter().find(|row| same(&row["id"], &id));
    let resource = |id: String| rows("resources").into_iter().find(|row| same(&row["id"], &id));
    let wanted = |is: bool, problem: &str| (!is).then(|| problem.to_owned());
    match action {
        Action::Verify { .. } => None,
        Action::RegisterProvider { subscription } => {
            let mut all = rows("subscriptions").into_iter();
            let found = all.find(|row| same(&row["id"], subscription));
            wanted(
                found.is_some_and(|row| row["registration"] == "Registered"),
                "the provider is not registered",
            )
        }
        Action::EnsureResourceGroup { group } => {
            let name = group.group_name().unwrap_or_default();
            let found = rows("resource_groups").into_iter().filter(|row| same(&row["name"], name));
            wanted(found.count() == 1, "there is not exactly one such resource group")
        }
        Action::CreateInstance { instance: id, .. } => wanted(
            instance(id.to_string()).is_some_and(|row| row["state"] == "Succeeded"),
            "the instance is not there",
        ),
        Action::DeleteInstance { instance: id, .. } => {
            wanted(instance(id.to_string()).is_none(), "the instance is still there")
        }
        Action::AssignRole { scope, role, principal, .. } => {
            let found = rows("role_assignments").into_iter().filter(|row| {
                same(&row["scope"], &scope.to_string())
                    && same(&row["principal"], &principal.id)
                    && same(&row["role"], role.guid())
            });
            wanted(found.count() == 1, "there is not exactly one such role assignment")
        }
        Action::RemoveRole { assignment } => {
            let name = assignment.name.to_string();
            let found = rows("role_assignments").into_iter().any(|row| same(&row["name"], &name));
            wanted(!found, "the role assignment is still there")
        }
        Action::ChangeTags { instance: id, after, .. } => {
            let tags = instance(id.to_string()).map(|row| row["tags"].clone());
            let after: BTreeMap<_, _> = after.iter().collect();
            wanted(tags == serde_json::to_value(after).ok(), "the tags are others")
        }
        Action::SetPublicAccess { instance: id, enabled } => {
            let word = if *enabled { "Enabled" } else { "Disabled" };
            wanted(
                instance(id.to_string()).is_some_and(|row| row["public_network_access"] == word),
                "public network access is another",
            )
        }
        Action::ChangeIdentity { instance: id, change, .. } => {
            let Some(row) = instance(id.to_string()) else {
                return Some("the instance is gone".to_owned());
            };
            let held = row["identity"]["userAssignedIdentities"].as_object().cloned();
            let held = held.unwrap_or_default();
            let holds = |id: String| held.keys().any(|own| own.eq_ignore_ascii_case(&id));
            let is_on = row["identity"]["principalId"].is_string();
            let is = match change {
                IdentityChange::SystemOn => is_on,
                IdentityChange::SystemOff => !is_on,
                IdentityChange::Associate { identities } => {
                    identities.iter().all(|one| holds(one.to_string()))
                }
                IdentityChange::Remove { identities } => {
                    !identities.iter().any(|one| holds(one.to_string()))
                }
            };
            wanted(is, "the identities are others")
        }
        Action::CreatePrivateEndpoint { endpoint, .. } => {
            wanted(resource(endpoint.to_string()).is_some(), "the private endpoint is not there")
        }
        Action::EnsurePrivateZone { zone } => {
            wanted(resource(zone.to_string()).is_some(), "the private DNS zone is not there")
        }
        Action::LinkPrivateZone { link, .. } => {
            wanted(resource(link.to_string()).is_some(), "the link is not there")
        }
        Action::JoinPrivateZone { group, .. } => {
            wanted(resource(group.to_string()).is_some(), "the zone's entry is not there")
        }
        Action::DecideConnection { connection, approve } => {
            let word = if *approve { "Approved" } else { "Rejected" };
            let state = |row: Value| {
                row["properties"]["privateLinkServiceConnectionState"]["status"] == word
            };
            wanted(
                resource(connection.id.to_string()).is_some_and(state),
                "the connection is not as decided",
            )
        }
        Action::RemoveConnection { connection } => {
            wanted(resource(connection.id.to_string()).is_none(), "the connection is still there")
        }
    }
}

/// Everything that is kept of these requests, but for who holds them.
pub async fn kept(world: &World, ids: &[String]) -> anyhow::Result<String> {
    let mut all = String::new();
    for id in ids {
        let request = world.app.store.request(id).await?;
        let filter = HistoryFilter { request: Some(id.clone()), ..HistoryFilter::all(View::All) };
        let told = world.app.store.history(&filter, None, 1_000).await?;
        all += &format!("{request:#?}\n{:#?}\n", told.entries);
    }
    Ok(all)
}

/// Azure holds no two assignments of one role to one principal at one scope.
fn assignments(azure: &Value, verdict: &mut Verdict) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in azure["role_assignments"].as_array().into_iter().flatten() {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_lowercase();
        let key = format!("{} to {} at {}", text("role"), text("principal"), text("scope"));
        *seen.entry(key).or_default() += 1;
    }
    for (key, times) in seen.into_iter().filter(|(_, times)| *times > 1) {
        verdict.doubled.push(format!("{times} role assignments of {key}"));
    }
}

/// Each entry is bound to the one before.
async fn chain(world: &World, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut next = Some(1);
    while let Some(from) = next {
        let looked = world.app.store.verify_history(from, 1_000).await?;
        if let Some(broken) = looked.broken_at {
            verdict.unexplained.push(format!("the history is broken at entry {broken}"));
            return Ok(());
        }
        next = looked.next;
    }
    Ok(())
}

/// Each page says of its request what the world says, and no more.
pub async fn pages(world: &World, ids: &[String]) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    for id in ids {
        let request = world.app.store.request(id).await?;
        let name = request.requester.upn.split('@').next().unwrap_or_default().to_owned();
        let wanted = match request.run.state {
            State::Verified => "Verified",
            State::Done => "Done",
            // Told as lost already.
            _ => continue,
        };
        let who = world.known(&name).with_context(|| format!("{name} has not signed in"))?;
        let page = who.open(&format!("/requests/{id}")).await;
        let says = page.one("[data-progress-url] .top .badge");
        if says != wanted {
            verdict.unexplained.push(format!("{id} is {wanted}, and its page says {says}"));
        }
    }
    Ok(verdict)
}
