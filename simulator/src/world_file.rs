//! A world to begin with, from a file. Knows TOML and JSON, and what may be left out; what the members mean is written in
//! [`crate::world`].

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;

use crate::arm::decision::EVERYBODY;
use crate::random;
use crate::world::World;

/// Reads a `.toml` or `.json` file. What may be left out is filled in.
pub fn read(file: &Path, now: Timestamp) -> anyhow::Result<World> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the world {}", file.display()))?;
    let world: Result<World, String> = match file.extension().and_then(|end| end.to_str()) {
        Some("toml") => toml::from_str(&text).map_err(|problem| problem.to_string()),
        Some("json") => serde_json::from_str(&text).map_err(|problem| problem.to_string()),
        _ => bail!("the world {} is neither .toml nor .json", file.display()),
    };
    let world = world.map_err(anyhow::Error::msg);
    world
        .and_then(|world| complete(world, now))
        .with_context(|| format!("the world {} cannot be used", file.display()))
}

/// Ids and dates that were left out, and names where ids belong.
fn complete(mut world: World, now: Timestamp) -> anyhow::Result<World> {
    directory(&mut world)?;
    resources(&mut world, now);
    world.check_management_groups()?;
    access(&mut world, now)?;
    for row in &mut world.operations {
        fill(&mut row.id);
        date(&mut row.started_at, now);
    }
    for row in &mut world.activity {
        fill(&mut row.id);
        fill(&mut row.correlation);
        date(&mut row.at, now);
    }
    Ok(world)
}

fn fill(id: &mut String) {
    if id.is_empty() {
        *id = random::guid();
    }
}

fn say(text: &mut String, usual: &str) {
    if text.is_empty() {
        usual.clone_into(text);
    }
}

fn date(at: &mut Timestamp, now: Timestamp) {
    if *at == Timestamp::UNIX_EPOCH {
        *at = now;
    }
}

fn directory(world: &mut World) -> anyhow::Result<()> {
    world.people.iter_mut().for_each(|row| fill(&mut row.id));
    world.groups.iter_mut().for_each(|row| fill(&mut row.id));
    for row in &mut world.service_principals {
        fill(&mut row.id);
        fill(&mut row.app_id);
        say(&mut row.kind, "Application");
    }
    world.settle_tenants()?;
    let applications = world.applications.clone();
    applications.iter().for_each(|row| world.introduce(row));
    for person in &mut world.people {
        let name = person.upn.split('@').next().unwrap_or_default().to_owned();
        say(&mut person.name, &name);
        let upn = person.upn.clone();
        say(&mut person.mail, &upn);
    }
    for n in 0..world.groups.len() {
        let group = world.groups[n].clone();
        let members = group.members.iter().map(|member| {
            world.principal_id(member).with_context(|| {
                format!("the group {} has the member {member}, who is nobody", group.name)
            })
        });
        let members = members.collect::<anyhow::Result<Vec<String>>>()?;
        world.groups[n].members = members;
    }
    Ok(())
}

fn resources(world: &mut World, now: Timestamp) {
    for row in &mut world.instances {
        for at in [&mut row.created_at, &mut row.updated_at, &mut row.modified_at] {
            date(at, now);
        }
    }
    for row in &mut world.resources {
        say(&mut row.state, "Succeeded");
        fill(&mut row.etag);
        date(&mut row.created_at, now);
        date(&mut row.modified_at, now);
    }
    let contents = std::mem::take(&mut world.contents);
    for (id, mut content) in contents {
        for model in &mut content.models {
            let id = model.definition["@id"].as_str().unwrap_or_default().to_owned();
            say(&mut model.id, &id);
            date(&mut model.uploaded_at, now);
        }
        world.contents.insert(id.to_ascii_lowercase(), content);
    }
}

fn access(world: &mut World, now: Timestamp) -> anyhow::Result<()> {
    for role in &mut world.role_definitions {
        fill(&mut role.id);
        let nowhere = role.assignable_scopes.is_empty();
        ensure!(!nowhere, "the role {} has no assignable_scopes", role.name);
    }
    // Schedules and role assignments name a principal and a role in the same way.
    let found = |principal: &str, role: &str| {
        let id = world
            .principal_id(principal)
            .with_context(|| format!("a role is assigned to {principal}, who is nobody"))?;
        let role = world.role(role).with_context(|| format!("there is no role {role}"))?;
        let kind = world.principal(&id).map_or("", |found| found.kind()).to_owned();
        anyhow::Ok((id, role.id.clone(), kind))
    };
    let mut assignments = world.role_assignments.clone();
    for row in &mut assignments {
        let (principal, role, kind) = found(&row.principal, &row.role)?;
        (row.principal, row.role) = (principal, role);
        say(&mut row.principal_type, &kind);
        fill(&mut row.name);
        for at in [&mut row.created_at, &mut row.updated_at, &mut row.effective_at] {
            date(at, now);
        }
    }
    let mut schedules = world.schedules.clone();
    for row in &mut schedules {
        let (principal, role, kind) = found(&row.principal, &row.role)?;
        (row.principal, row.role) = (principal, role);
        say(&mut row.principal_type, &kind);
        fill(&mut row.name);
        fill(&mut row.schedule);
        say(&mut row.request_type, "AdminAssign");
        date(&mut row.created_at, now);
        date(&mut row.start, now);
        if row.status.is_empty() {
            // It comes into force, with its assignment, when the world is first looked at.
            row.status = "ScheduleCreated".into();
            row.active = true;
        }
    }
    let mut deny = world.deny_assignments.clone();
    for row in &mut deny {
        fill(&mut row.name);
        for id in row.principals.iter_mut().chain(&mut row.exclude_principals) {
            if id != EVERYBODY {
                *id = world
                    .principal_id(id)
                    .with_context(|| format!("a deny assignment names {id}, who is nobody"))?;
            }
        }
    }
    world.role_assignments = assignments;
    world.schedules = schedules;
    world.deny_assignments = deny;
    for row in &mut world.policies {
        fill(&mut row.name);
        say(&mut row.effect, "Deny");
    }
    for row in &mut world.locks {
        say(&mut row.level, "CanNotDelete");
    }
    Ok(())
}
