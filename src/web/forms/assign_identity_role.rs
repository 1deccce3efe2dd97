//! Add role assignment: a role of one of the instance's managed identities on other resources.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::about::About;
use crate::{
    App,
    azure::Filter,
    domain::{
        asked::{
            Asked, AssignIdentityRole, Content, IdentityRoleText, NEEDED_ROLES, NeededRole,
            OfferedRole, Problems, parse_scopes,
        },
        person::Person,
        plan::{Round, Surroundings},
        principal::{InstanceIdentity, Principal},
        scope::Scope,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            review::Check,
            status_of_form,
        },
        instance::{identity::SYSTEM, usage},
        page::{Frame, View},
        roles::{self, Roles, guid},
        session::Viewer,
        sight::{Hidden, Look, Offer, Sight},
    },
    words::{Text, filters},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    /// [`SYSTEM`], or the resource id of a user-assigned one.
    #[serde(skip_serializing_if = "String::is_empty")]
    identity: String,
    /// GUID of one of [`NEEDED_ROLES`], or [`IdentityRoleText::OTHER`].
    #[serde(skip_serializing_if = "String::is_empty")]
    role: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    other_role: String,
    /// Resource ids, one on each line.
    #[serde(skip_serializing_if = "String::is_empty")]
    scopes: String,
}

pub struct IdentityGranting;

impl Wish for IdentityGranting {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/identity/roles/new",
        ask: "/identity/roles",
        here: "instances",
        title: "form-identity-role",
        review: "form-review-assign",
        act: "form-act-assign",
        parts: &[],
    };

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::AssignIdentityRole(asked) = asked else { return None };
        let known = NEEDED_ROLES.iter().any(|role| role.guid == asked.role.guid());
        let (role, other_role) = match known {
            true => (asked.role.guid(), ""),
            false => (IdentityRoleText::OTHER, asked.role.name()),
        };
        let scopes: Vec<String> = asked.scopes.iter().map(Scope::to_string).collect();
        let own = Own {
            instance: asked.identity.instance.to_string(),
            identity: word(&asked.identity),
            role: role.to_owned(),
            other_role: other_role.to_owned(),
            scopes: scopes.join("\n"),
        };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let about = About::of(&scene.sight, &scene.draft.own.instance).await?;
        let identities = about.found().map(|(_, instance)| usage::principals(instance));
        // Where there is one only, it is the one.
        if let ("", Some([only])) = (scene.draft.own.identity.as_str(), identities.as_deref()) {
            scene.draft.own.identity = word(&only.0);
        }
        let mut offered = Ok(Vec::new());
        if let Some(scope) = place(&scene.draft.own).or_else(|| about.scope.clone()) {
            offered = offered_at(&scene.sight, &scope).await?;
        }
        let hidden = scene.fault(about.hidden().or(offered.as_ref().err())).cloned();
        let page = Form {
            frame: Frame::of(app, viewer, IdentityGranting::WORDS.here).await?,
            words: IdentityGranting::WORDS,
            draft: scene.draft,
            problems: scene.problems,
            about,
            identities,
            offered: offered.unwrap_or_default(),
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        _: &App,
        _: &Viewer,
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let (own, sight) = (&scene.draft.own, &scene.sight);
        let about = About::of(sight, &own.instance).await?;
        if about.scope.is_some() && about.found().is_none() {
            let mut problems = Problems::default();
            problems.add("instance", text!("identity-role-unseen-ask"));
            // Nothing is known of its identities, so nothing is said of the chosen one.
            return Ok(scene.agree(Err(Problems::default()), problems));
        }
        let found = about.found().map(|(_, instance)| usage::principals(instance));
        let chosen =
            found.unwrap_or_default().into_iter().find(|(identity, _)| is(identity, &own.identity));
        let place = place(own);
        let listed = match &place {
            Some(place) if own.role == IdentityRoleText::OTHER => {
                offered_at(sight, place).await?.ok()
            }
            _ => None,
        };
        let offer = place.as_ref().and_then(|place| sight.offer(place.subscription_id()));
        let parsed = AssignIdentityRole::parse(IdentityRoleText {
            subscription: offer.map(Offer::subscription),
            instance: &own.instance,
            identity: chosen,
            role: &own.role,
            other_role: &own.other_role,
            listed: listed.as_deref(),
            scopes: &own.scopes,
            justification: &scene.draft.shared.justification,
        });
        let assign = match scene.agree(parsed, Problems::default()) {
            Ok(assign) => assign,
            Err(problems) => return Ok(Err(problems)),
        };
        let checks = checks(sight, &assign).await?;
        let asked = Asked::AssignIdentityRole(assign);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

/// How a form carries an identity.
fn word(identity: &InstanceIdentity) -> String {
    identity.user_assigned.as_ref().map_or_else(|| SYSTEM.to_owned(), Scope::to_string)
}

fn is(identity: &InstanceIdentity, typed: &str) -> bool {
    match &identity.user_assigned {
        None => typed == SYSTEM,
        Some(one) => Scope::parse(typed.trim()).as_ref() == Some(one),
    }
}

/// Where the role would go, as far as it can be read.
fn place(own: &Own) -> Option<Scope> {
    Scope::common(&parse_scopes(&own.scopes, &mut Problems::default()))
}

/// The roles that Azure lists at a place.
async fn offered_at(sight: &Sight, place: &Scope) -> Result<Look<Vec<OfferedRole>>, Error> {
    let roles = roles::definitions(sight, &place.to_string()).await?;
    Ok(roles.map(|roles: Roles| {
        let offered = roles.all().map(|role| OfferedRole {
            guid: role.guid.clone(),
            name: role.name.clone(),
            permissions: roles::control(&role.permissions),
        });
        offered.collect()
    }))
}

async fn checks(sight: &Sight, assign: &AssignIdentityRole) -> Result<Vec<Check>, Error> {
    let mut checks = vec![Check::ok(text!(
        "identity-role-has",
        instance = assign.identity.instance.short(),
        identity = assign.identity.name()
    ))];
    for scope in &assign.scopes {
        checks.push(exists(sight, scope).await?);
    }
    let place = assign.decided_at().to_string();
    let filter = Filter::Principal(&assign.principal.id);
    let held = sight.ask(|azure, token| azure.role_assignments(token, &place, filter)).await?;
    checks.push(Check::of(&held, text!("identity-role-check-held"), |held| {
        let reaches = |scope: &Scope| {
            held.iter().any(|row| {
                guid(&row.role_definition_id) == assign.role.guid()
                    && row.condition.is_none()
                    && Scope::parse(&row.scope).is_some_and(|at| scope.lineage().contains(&at))
            })
        };
        let there: Vec<&str> =
            assign.scopes.iter().filter(|scope| reaches(scope)).map(Scope::short).collect();
        match there.len() {
            0 => Check::ok(text!("identity-role-not-held")),
            all if all == assign.scopes.len() => {
                Check::problem(text!("identity-role-held", role = assign.role.name()))
            }
            _ => Check::ok(text!("identity-role-held-on", places = there.join(", "))),
        }
    }));
    checks.push(Check::ok(text!("identity-role-narrow")));
    Ok(checks)
}

/// Whether Azure shows what the role is to go to. A part of another resource is looked for as that.
async fn exists(sight: &Sight, scope: &Scope) -> Result<Check, Error> {
    let name = scope.short();
    let Some(group) = scope.group_name() else {
        return Ok(match sight.offer(scope.subscription_id()) {
            Some(offer) => Check::ok(text!("identity-role-subscription-there", name = &offer.name)),
            None => Check::warning(text!("identity-role-subscription-unseen", name = name)),
        });
    };
    let subscription = scope.subscription_id();
    if let Scope::ResourceGroup { .. } = scope {
        let found =
            sight.ask(|azure, token| azure.resource_group(token, subscription, group)).await?;
        return Ok(Check::of(&found, text!("access-check-group"), |found| match found {
            Some(_) => Check::ok(text!("access-group-exists", name = group)),
            None => Check::problem(text!("access-group-missing", name = group)),
        }));
    }
    let (whole, within) = (whole(scope), Scope::group(subscription, group).to_string());
    let listed = sight.ask(|azure, token| azure.resources(token, &within)).await?;
    let what = text!("identity-role-check-exists", name = name);
    Ok(Check::of(&listed, what, |listed| {
        let said = |text: Text| text.with("name", whole.short()).with("group", group);
        match listed.iter().any(|id| Scope::parse(id).as_ref() == Some(&whole)) {
            true => Check::ok(said(text!("identity-role-exists"))),
            false => Check::warning(said(text!("identity-role-not-there"))),
        }
    }))
}

/// The resource itself, where the scope is a part of it: the namespace of an event hub.
fn whole(scope: &Scope) -> Scope {
    let above = std::iter::successors(Some(scope.clone()), Scope::parent);
    above.last().unwrap_or_else(|| scope.clone())
}

#[derive(Template)]
#[template(path = "forms/assign_identity_role.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    about: About,
    /// Those with an object id; `None` where Azure does not show the instance.
    identities: Option<Vec<(InstanceIdentity, Principal)>>,
    /// What Azure lists there.
    offered: Vec<OfferedRole>,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

/// An identity to choose.
struct Choice {
    word: String,
    label: Text,
    help: Text,
    chosen: bool,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "identity" if self.nobody() => "main",
            other => other,
        }
    }

    /// Azure shows the instance, and it has no identity that could be given a role.
    fn nobody(&self) -> bool {
        self.identities.as_ref().is_some_and(Vec::is_empty)
    }

    fn choices(&self) -> Vec<Choice> {
        let all = self.identities.iter().flatten();
        all.map(|(identity, principal)| Choice {
            word: word(identity),
            label: match identity.user_assigned {
                None => identity.kind(),
                Some(_) => Text::verbatim(identity.name().to_owned()),
            },
            help: {
                let kind = identity.user_assigned.is_some().then(|| identity.kind());
                let id = text!("object-id", id = &principal.id);
                Text::joined(kind.into_iter().chain([id]), " · ")
            },
            chosen: is(identity, &self.draft.own.identity),
        })
        .collect()
    }

    fn who_can_help(&self) -> String {
        let subscription = self.about.scope.as_ref().map_or("", Scope::subscription_id);
        format!("/subscriptions/{subscription}#help")
    }

    fn needed(&self) -> [NeededRole; 5] {
        NEEDED_ROLES
    }

    fn is_other(&self) -> bool {
        self.draft.own.role == IdentityRoleText::OTHER
    }

    /// The names that can be typed.
    fn others(&self) -> Vec<&str> {
        let needed = |role: &&OfferedRole| NEEDED_ROLES.iter().any(|one| one.guid == role.guid);
        let mut names: Vec<&str> = self
            .offered
            .iter()
            .filter(|role| !role.is_privileged() && !needed(role))
            .map(|role| &*role.name)
            .collect();
        names.sort_unstable();
        names
    }

    fn back(&self) -> String {
        let is_user = self.draft.own.identity.starts_with('/');
        let tab = if is_user { "identity/user-assigned" } else { "identity" };
        self.about.page(tab)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_looked_for_as_the_resource_that_it_is_a_part_of() {
        let namespace =
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns";
        let parse = |id: &str| Scope::parse(id).expect("a scope");
        assert_eq!(whole(&parse(&format!("{namespace}/eventhubs/hub"))), parse(namespace));
        assert_eq!(whole(&parse(namespace)), parse(namespace));
    }
}
