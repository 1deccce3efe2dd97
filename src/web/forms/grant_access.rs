//! Request access: a role on an instance, for oneself and for others.

use askama::Template;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    azure::{Filter, Instance, RoleAssignment},
    domain::{
        asked::{AccessText, Asked, GrantAccess, Grantee, Problems, resource_id},
        person::Person,
        plan::{Round, Surroundings},
        principal::Principal,
        role::Role,
        scope::Scope,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            members::{Picker, myself},
            review::Check,
            status_of_form,
        },
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Look, Offer, Sight},
    },
    words::{Text, filters},
};

/// Subscriptions whose instances are listed. Who sees more gives a resource ID.
const MOST_SUBSCRIPTIONS: usize = 30;
const AT_ONCE: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    role: String,
}

pub struct Granting;

impl Wish for Granting {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/access/new",
        ask: "/access",
        here: "access",
        title: "form-access",
        review: "form-review-request",
        act: "form-act-assign",
        parts: &[],
    };

    fn again(asked: &Asked, me: &Person) -> Option<Draft<Own>> {
        let asked = match asked {
            Asked::GrantAccess(asked) => asked,
            // What is left of a creation whose instance stands.
            Asked::CreateInstance(create) => &create.access()?,
            _ => return None,
        };
        let grants = asked.members.iter().cloned();
        let grants = grants.map(|principal| Grantee { principal, role: asked.role });
        let shared = Shared::of(&grants.collect::<Vec<_>>(), me, None, &asked.justification);
        let own = Own {
            instance: asked.instance.to_string(),
            role: asked.role.word().to_owned(),
            ..Own::default()
        };
        Some(Draft { own, shared })
    }

    fn preset(draft: &mut Draft<Own>) {
        // Most people ask for themselves, unless a page has named somebody else.
        if draft.shared.member.is_empty() {
            "yes".clone_into(&mut draft.shared.for_me);
        }
    }

    const RECALLS: &str = "grant_access";

    fn recall(draft: &mut Draft<Own>, last: &Asked) -> bool {
        let Asked::GrantAccess(last) = last else { return false };
        if !draft.own.role.is_empty() {
            return false;
        }
        last.role.word().clone_into(&mut draft.own.role);
        true
    }

    async fn form(scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let choices = Choices::of(&scene.sight).await?;
        let hidden = scene.fault(choices.hidden.as_ref()).cloned();
        let mut draft = scene.draft;
        // An instance that is not to be seen is given by its id.
        if !draft.own.instance.is_empty() && !choices.has(&draft.own.instance) {
            draft.own.resource_id = std::mem::take(&mut draft.own.instance);
        }
        let page = Form {
            frame: Frame::of(app, viewer, Granting::WORDS.here).await?,
            words: Granting::WORDS,
            draft,
            problems: scene.problems,
            choices,
            members: scene.members,
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
        let mut grant = match parse(scene, &viewer.person) {
            Ok(grant) => grant,
            Err(problems) => return Ok(Err(problems)),
        };
        let (made, checks) = checks(&scene.sight, &grant).await?;
        grant.created_at = made;
        let asked = Asked::GrantAccess(grant);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

fn parse(scene: &Scene<Own>, person: &Person) -> Result<GrantAccess, Problems> {
    let draft = &scene.draft;
    let typed = resource_id(&draft.own.resource_id);
    let instance = if typed.is_empty() { draft.own.instance.as_str() } else { &typed };
    let subscription = Scope::parse(instance)
        .and_then(|scope| scene.sight.offer(scope.subscription_id()).map(Offer::subscription));
    let parsed = GrantAccess::parse(AccessText {
        subscription,
        instance,
        role: &draft.own.role,
        members: grantees(scene, person),
        justification: &draft.shared.justification,
    });
    let mut problems = Problems::default();
    if !typed.is_empty() && !draft.own.instance.is_empty() {
        problems.add("resource_id", text!("grant-two-instances"));
    }
    scene.agree(parsed, problems)
}

fn grantees(scene: &Scene<Own>, person: &Person) -> Vec<Principal> {
    let mut members: Vec<Principal> = Vec::new();
    let me = scene.draft.shared.is_for_me().then(|| myself(person));
    for member in me.into_iter().chain(scene.members.grantees().map(|grant| grant.principal)) {
        if !members.iter().any(|other| other.id.eq_ignore_ascii_case(&member.id)) {
            members.push(member);
        }
    }
    members
}

/// The instances that this person can see.
#[derive(Default)]
struct Choices {
    groups: Vec<(String, Vec<Instance>)>,
    /// What is missing in the list, and why.
    notes: Vec<Text>,
    hidden: Option<Hidden>,
}

impl Choices {
    async fn of(sight: &Sight) -> Result<Choices, Error> {
        let visible: Vec<&Offer> =
            sight.subscriptions.iter().filter(|offer| offer.visible).collect();
        let questions = visible.iter().take(MOST_SUBSCRIPTIONS).enumerate();
        let questions: Vec<_> = questions.map(|(at, offer)| listed(sight, at, offer)).collect();
        let mut answers = stream::iter(questions).buffer_unordered(AT_ONCE);
        let mut looks = Vec::new();
        while let Some(answer) = answers.next().await {
            looks.push(answer?);
        }
        looks.sort_by_key(|(at, ..)| *at);
        let mut choices = Choices::default();
        for (_, offer, look) in looks {
            choices.take(offer, look);
        }
        if visible.len() > MOST_SUBSCRIPTIONS {
            choices.notes.push(text!("grant-first-subscriptions", most = MOST_SUBSCRIPTIONS));
        }
        Ok(choices)
    }

    fn take(&mut self, offer: &Offer, look: Look<Vec<Instance>>) {
        match look {
            Ok(mut instances) => {
                instances.sort_by_key(|instance| instance.name.to_lowercase());
                if !instances.is_empty() {
                    self.groups.push((offer.name.clone(), instances));
                }
            }
            Err(hidden) => {
                let note = text!("grant-not-listed", subscription = &offer.name);
                self.notes.push(hidden.after(note));
                if hidden.fault.is_some() {
                    self.hidden.get_or_insert(hidden);
                }
            }
        }
    }

    fn has(&self, id: &str) -> bool {
        let wanted = Scope::parse(id);
        let mut all = self.groups.iter().flat_map(|(_, instances)| instances);
        wanted.is_some() && all.any(|instance| Scope::parse(&instance.id) == wanted)
    }
}

/// The instances of one subscription, and the place that it has in the list.
async fn listed<'a>(
    sight: &Sight,
    at: usize,
    offer: &'a Offer,
) -> Result<(usize, &'a Offer, Look<Vec<Instance>>), Error> {
    let instances = sight.ask(|azure, token| azure.instances(token, &offer.id)).await?;
    Ok((at, offer, instances))
}

#[derive(Template)]
#[template(path = "forms/grant_access.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    choices: Choices,
    members: Picker,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    fn people_label(&self) -> Text {
        text!("people-members")
    }

    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "members" => "find",
            "instance" if self.choices.groups.is_empty() => "resource_id",
            other => other,
        }
    }

    /// What is wrong with the resource ID, which stands for the instance where none is listed.
    fn wrong_id(&self) -> Text {
        match self.choices.groups.is_empty() {
            true => self.problems.at_either("resource_id", "instance"),
            false => self.problems.at("resource_id"),
        }
    }

    fn is_chosen(&self, instance: &Instance) -> bool {
        Scope::parse(&instance.id)
            .is_some_and(|scope| Some(scope) == Scope::parse(&self.draft.own.instance))
    }

    fn group_of(&self, instance: &Instance) -> String {
        let scope = Scope::parse(&instance.id);
        scope.as_ref().and_then(Scope::group_name).unwrap_or_default().to_owned()
    }

    fn roles(&self) -> [Role; 2] {
        Role::DATA
    }
}

/// When the instance was made, and what is to be said before it is asked for.
async fn checks(sight: &Sight, grant: &GrantAccess) -> Result<(Option<String>, Vec<Check>), Error> {
    let id = grant.instance.to_string();
    let (instance, assignments) = tokio::try_join!(
        sight.ask(|azure, token| azure.instance(token, &id)),
        sight.ask(|azure, token| azure.role_assignments(token, &id, Filter::AtScope))
    )?;
    let name = grant.instance.short();
    let exists = Check::of(&instance, text!("grant-check-instance"), |found| match found {
        Some(_) => Check::ok(text!("grant-instance-exists", name = name)),
        None => Check::problem(text!("grant-instance-missing", name = name)),
    });
    let held = Check::of(&assignments, text!("grant-check-held"), |assignments| {
        already_held(grant, assignments)
    });
    let made = instance.ok().flatten().and_then(|instance| instance.created_at);
    Ok((made, vec![exists, held]))
}

/// What is held under a condition is not the same role. What comes through a group is not seen here.
fn already_held(grant: &GrantAccess, assignments: &[RoleAssignment]) -> Check {
    let is_same = |assignment: &RoleAssignment| {
        let definition = assignment.role_definition_id.to_ascii_lowercase();
        assignment.condition.is_none() && definition.ends_with(grant.role.guid())
    };
    let holds = |member: &&Principal| {
        assignments.iter().any(|assignment| {
            is_same(assignment) && assignment.principal_id.eq_ignore_ascii_case(&member.id)
        })
    };
    let held: Vec<&str> = grant.members.iter().filter(holds).map(Principal::label).collect();
    let names = held.join(", ");
    match held.len() {
        0 => Check::ok(text!("grant-held-by-none")),
        all if all == grant.members.len() => Check::problem(text!(
            "grant-held-by-all",
            count = all,
            names = names,
            role = grant.role.name()
        )),
        some => Check::ok(text!("grant-held-by-some", count = some, names = names)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{asked::Subscription, principal::PrincipalKind};

    const ID: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    fn principal(id: &str) -> Principal {
        Principal { id: id.into(), kind: PrincipalKind::User, name: None, mail: None }
    }

    fn assignment(principal: &str, role: Role, condition: Option<&str>) -> RoleAssignment {
        RoleAssignment {
            id: String::new(),
            name: String::new(),
            scope: ID.into(),
            role_definition_id: role.definition_id("x").to_uppercase(),
            principal_id: principal.into(),
            principal_type: None,
            description: None,
            condition: condition.map(String::from),
            created_on: None,
            created_by: None,
        }
    }

    #[test]
    fn what_everybody_holds_already_is_not_asked_for() {
        let grant = GrantAccess {
            subscription: Subscription { id: "s".into(), name: "S".into() },
            instance: Scope::parse(ID).expect("a scope"),
            role: Role::DataOwner,
            members: vec![principal("a"), principal("b")],
            created_at: None,
            justification: "why".into(),
        };
        let (a, b) =
            (assignment("A", Role::DataOwner, None), assignment("b", Role::DataOwner, None));
        let others =
            [assignment("a", Role::DataReader, None), assignment("b", Role::DataOwner, Some("x"))];
        assert!(!already_held(&grant, &others).blocks());
        assert!(!already_held(&grant, std::slice::from_ref(&a)).blocks());
        assert!(already_held(&grant, &[a, b]).blocks());
    }
}
