//! Raise my role: Contributor or one of the roles that assign roles, for oneself, on a subscription or
//! a resource group.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    azure::{Filter, RoleAssignment},
    domain::{
        asked::{Asked, Problems, RaiseRole, RaiseText},
        person::Person,
        plan::{Round, Surroundings},
        policy::Policy,
        role::Role,
        scope::Scope,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            members::myself,
            review::Check,
            status_of_form,
        },
        page::{Frame, View},
        roles::guid,
        session::Viewer,
        sight::{Hidden, Offer, Sight},
    },
    words::{Text, filters},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    subscription: String,
    /// [`RaiseText::WHOLE`] for the whole subscription.
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    role: String,
}

pub struct Raising;

impl Wish for Raising {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/roles/new",
        ask: "/roles",
        here: "subscriptions",
        title: "form-role",
        review: "form-review-request",
        act: "form-act-assign",
        parts: &[],
    };

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::RaiseRole(asked) = asked else { return None };
        let own = Own {
            subscription: asked.subscription.id.clone(),
            resource_group: asked.scope.group_name().unwrap_or(RaiseText::WHOLE).to_owned(),
            role: asked.role.word().to_owned(),
        };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let subscriptions = &scene.sight.subscriptions;
        if let ("", [only]) = (scene.draft.own.subscription.as_str(), subscriptions.as_slice()) {
            scene.draft.own.subscription.clone_from(&only.id);
        }
        let groups = Groups::of(&scene.sight, &scene.draft.own, &app.policy).await?;
        let hidden = scene.fault(groups.hidden.as_ref()).cloned();
        let page = Form {
            frame: Frame::of(app, viewer, Raising::WORDS.here).await?,
            words: Raising::WORDS,
            subscriptions: scene.sight.subscriptions,
            draft: scene.draft,
            problems: scene.problems,
            groups,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        _: &App,
        viewer: &Viewer,
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let raise = match parse(scene, &viewer.person) {
            Ok(raise) => raise,
            Err(problems) => return Ok(Err(problems)),
        };
        let checks = checks(&scene.sight, &raise).await?;
        let asked = Asked::RaiseRole(raise);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

fn parse(scene: &Scene<Own>, person: &Person) -> Result<RaiseRole, Problems> {
    let own = &scene.draft.own;
    let parsed = RaiseRole::parse(RaiseText {
        subscription: scene.sight.offer(&own.subscription).map(Offer::subscription),
        group: &own.resource_group,
        role: &own.role,
        principal: myself(person),
        justification: &scene.draft.shared.justification,
    });
    scene.agree(parsed, Problems::default())
}

/// The resource groups of the subscription that is chosen.
#[derive(Default)]
struct Groups {
    /// `None` where they are not to be seen, and are typed.
    names: Option<Vec<String>>,
    hidden: Option<Hidden>,
}

impl Groups {
    async fn of(sight: &Sight, own: &Own, policy: &Policy) -> Result<Groups, Error> {
        let Some(offer) = sight.offer(&own.subscription) else {
            return Ok(Groups { names: Some(Vec::new()), hidden: None });
        };
        if !offer.visible {
            let offered = policy.offered(&offer.id);
            let names = offered.map(|offered| offered.resource_groups.clone());
            return Ok(Groups { names: names.filter(|names| !names.is_empty()), hidden: None });
        }
        Ok(match sight.groups(&offer.id).await? {
            Ok(names) => Groups { names: Some(names), hidden: None },
            Err(hidden) => Groups { names: None, hidden: Some(hidden) },
        })
    }
}

#[derive(Template)]
#[template(path = "forms/raise_role.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    subscriptions: Vec<Offer>,
    groups: Groups,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        field
    }

    fn roles(&self) -> [Role; 4] {
        Role::RAISED
    }

    fn describe(&self, role: &Role) -> Text {
        Text::sentences(std::iter::once(role.description()).chain(role.instead()))
    }

    fn is_whole(&self) -> bool {
        self.draft.own.resource_group.trim() == RaiseText::WHOLE
    }

    fn is_chosen(&self, group: &str) -> bool {
        group.eq_ignore_ascii_case(&self.draft.own.resource_group)
    }
}

async fn checks(sight: &Sight, raise: &RaiseRole) -> Result<Vec<Check>, Error> {
    let id = raise.scope.to_string();
    let filter = Filter::AtScopeAssignedTo(&raise.principal.id);
    let assignments = sight.ask(|azure, token| azure.role_assignments(token, &id, filter)).await?;
    let mut checks =
        vec![Check::of(&assignments, text!("raise-check-held"), |held| already_held(raise, held))];
    if let Some(group) = raise.scope.group_name() {
        let subscription = raise.scope.subscription_id();
        let found =
            sight.ask(|azure, token| azure.resource_group(token, subscription, group)).await?;
        checks.push(Check::of(&found, text!("access-check-group"), |found| match found {
            Some(_) => Check::ok(text!("access-group-exists", name = group)),
            None => Check::problem(text!("access-group-missing", name = group)),
        }));
    }
    if raise.role.condition().is_some() {
        checks.push(Check::ok(text!("raise-condition")));
    }
    checks.push(Check::ok(text!("raise-no-data")));
    Ok(checks)
}

/// What reaches them from above counts; what is limited by another condition is another thing.
fn already_held(raise: &RaiseRole, assignments: &[RoleAssignment]) -> Check {
    let same: Vec<&RoleAssignment> = assignments
        .iter()
        .filter(|held| guid(&held.role_definition_id) == raise.role.guid())
        .collect();
    let role = raise.role.name();
    if same.iter().any(|held| raise.role.is_limited_by(held.condition.as_deref())) {
        return Check::problem(text!("raise-held", role = role));
    }
    let here = |held: &&&RoleAssignment| Scope::parse(&held.scope).as_ref() == Some(&raise.scope);
    let direct =
        |held: &&&RoleAssignment| held.principal_id.eq_ignore_ascii_case(&raise.principal.id);
    match same.iter().find(|held| here(held) && direct(held)) {
        Some(held) if held.condition.is_none() => {
            Check::problem(text!("raise-held-unlimited", role = role))
        }
        Some(_) => Check::problem(text!("raise-held-otherwise", role = role)),
        None => Check::ok(text!("raise-not-held", role = role)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        asked::Subscription,
        principal::{Principal, PrincipalKind},
    };

    fn raise(role: Role) -> RaiseRole {
        RaiseRole {
            subscription: Subscription { id: "s".into(), name: "S".into() },
            scope: Scope::group("s", "rg"),
            role,
            principal: Principal {
                id: "me".into(),
                kind: PrincipalKind::User,
                name: None,
                mail: None,
            },
            justification: "why".into(),
        }
    }

    fn held(role: Role, scope: &str, principal: &str, condition: Option<&str>) -> RoleAssignment {
        RoleAssignment {
            id: String::new(),
            name: String::new(),
            scope: scope.into(),
            role_definition_id: role.definition_id("s").to_uppercase(),
            principal_id: principal.into(),
            principal_type: None,
            description: None,
            condition: condition.map(String::from),
            created_on: None,
            created_by: None,
        }
    }

    #[test]
    fn what_is_held_already_is_told_from_what_is_limited() {
        let rbac = Role::RoleBasedAccessControlAdministrator;
        let group = "/subscriptions/s/resourceGroups/rg";
        let blocks = |role, held| already_held(&raise(role), &[held]).blocks();
        assert!(blocks(
            Role::Contributor,
            held(Role::Contributor, "/subscriptions/s", "team", None)
        ));
        assert!(!blocks(Role::Contributor, held(Role::Owner, group, "me", None)));
        assert!(blocks(rbac, held(rbac, group, "me", rbac.condition())));
        assert!(blocks(rbac, held(rbac, group, "me", None)), "the wider one includes it");
        assert!(blocks(rbac, held(rbac, group, "me", Some("another"))), "Azure refuses a second");
        assert!(!blocks(rbac, held(rbac, "/subscriptions/s", "me", Some("another"))));
        assert!(blocks(Role::Owner, held(Role::Owner, group, "me", Some("x"))));
    }
}
