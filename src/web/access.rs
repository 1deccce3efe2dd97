//! Request access: the form, its review page, and asking for it.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
use futures_util::{StreamExt, stream};
use uuid::Uuid;

use super::{
    Error,
    asking::{self, Ask, Check, Proposal, Scene, Wish, status_of_form},
    draft::Draft,
    members::{Picker, myself},
    page::{Frame, View},
    session::Viewer,
    sight::{Hidden, Look, Offer, Sight},
};
use crate::{
    App,
    azure::{Filter, Instance, RoleAssignment},
    domain::{
        asked::{AccessText, Asked, GrantAccess, Principal, Problems},
        person::Person,
        plan::Surroundings,
        role::Role,
        scope::Scope,
    },
};

/// Subscriptions whose instances are listed. Who sees more gives a resource ID.
const MOST_SUBSCRIPTIONS: usize = 30;
const AT_ONCE: usize = 8;

pub async fn blank(
    State(app): State<App>,
    viewer: Viewer,
    Query(mut draft): Query<Draft>,
) -> Result<Response, Error> {
    if !draft.is_sent() {
        // Most people ask for themselves.
        "yes".clone_into(&mut draft.for_me);
    }
    asking::fill::<Review>(&app, &viewer, draft).await
}

pub async fn fill(
    State(app): State<App>,
    viewer: Viewer,
    Form(draft): Form<Draft>,
) -> Result<Response, Error> {
    asking::fill::<Review>(&app, &viewer, draft).await
}

pub async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Form(draft): Form<Draft>,
) -> Result<Response, Error> {
    asking::ask::<Review>(&app, &viewer, draft).await
}

impl Wish for Review {
    const FORM: &'static str = "/access/new";
    const ROLES: bool = false;

    async fn form(scene: Scene, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let choices = Choices::of(&scene.sight).await?;
        let hidden = scene.fault(choices.hidden.as_ref()).cloned();
        let mut draft = scene.draft;
        // An instance that is not to be seen is given by its id.
        if !draft.instance.is_empty() && !choices.has(&draft.instance) {
            draft.resource_id = std::mem::take(&mut draft.instance);
        }
        let page = New {
            frame: Frame::of(app, viewer, "access").await?,
            draft,
            problems: scene.problems,
            choices,
            members: scene.members,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn review(
        mut scene: Scene,
        app: &App,
        viewer: &Viewer,
        id: Uuid,
    ) -> Result<Result<Review, Response>, Error> {
        let grant = match parse(&scene, &viewer.person) {
            Ok(grant) => grant,
            Err(problems) => {
                scene.problems = problems;
                return Review::form(scene, app, viewer).await.map(Err);
            }
        };
        let mut checks = checks(&scene.sight, &grant).await?;
        checks.extend(scene.members.check());
        let asked = Asked::GrantAccess(grant.clone());
        let seen = Surroundings::default();
        let proposal = Proposal::of(app, viewer, &scene.sight, id, asked, seen).await?;
        Ok(Ok(Review {
            frame: Frame::of(app, viewer, "access").await?,
            ask: Ask::of(proposal, checks),
            draft: scene.draft,
            grant,
        }))
    }

    fn ask(&mut self) -> &mut Ask {
        &mut self.ask
    }
}

fn parse(scene: &Scene, person: &Person) -> Result<GrantAccess, Problems> {
    let draft = &scene.draft;
    let typed = resource_id(&draft.resource_id);
    let instance = if typed.is_empty() { draft.instance.as_str() } else { &typed };
    let subscription = Scope::parse(instance)
        .and_then(|scope| scene.sight.offer(scope.subscription_id()).map(Offer::subscription));
    let parsed = GrantAccess::parse(AccessText {
        subscription,
        instance,
        role: &draft.role,
        members: grantees(scene, person),
        justification: &draft.justification,
    });
    let mut problems = scene.problems.clone();
    if !typed.is_empty() && !draft.instance.is_empty() {
        problems.add(
            "resource_id",
            "Choose an instance above, or give a resource ID here: one of the two.",
        );
    }
    match parsed {
        Ok(grant) if problems.is_empty() => Ok(grant),
        Ok(_) => Err(problems),
        Err(others) => {
            problems.0.extend(others.0);
            Err(problems)
        }
    }
}

fn grantees(scene: &Scene, person: &Person) -> Vec<Principal> {
    let mut members: Vec<Principal> = Vec::new();
    let me = scene.draft.is_for_me().then(|| myself(person));
    for member in me.into_iter().chain(scene.members.grantees().map(|grant| grant.principal)) {
        if !members.iter().any(|other| other.id.eq_ignore_ascii_case(&member.id)) {
            members.push(member);
        }
    }
    members
}

/// A resource ID, also where it is part of an address of the Azure portal.
fn resource_id(typed: &str) -> String {
    let typed = typed.trim();
    let Some(at) = typed.to_ascii_lowercase().find("/subscriptions/") else {
        return typed.to_owned();
    };
    // The empty text before the first slash, and the eight parts of an instance's id.
    typed[at..].split('/').take(9).collect::<Vec<_>>().join("/")
}

/// The instances that this person can see.
#[derive(Default)]
struct Choices {
    groups: Vec<(String, Vec<Instance>)>,
    /// What is missing in the list, and why.
    notes: Vec<String>,
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
            choices.notes.push(format!(
                "Only the instances of your first {MOST_SUBSCRIPTIONS} subscriptions are listed."
            ));
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
                let note = format!("Instances in {} are not listed.", offer.name);
                self.notes.push(hidden.after(&note));
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
#[template(path = "access/new.html")]
struct New {
    frame: Frame,
    draft: Draft,
    problems: Problems,
    choices: Choices,
    members: Picker,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl New {
    fn wrong(&self, field: &str) -> &str {
        self.problems.of(field).unwrap_or_default()
    }

    fn wrong_title(&self) -> &'static str {
        match self.problems.0.len() {
            1 => "One thing to put right",
            _ => "Some things to put right",
        }
    }

    fn address(&self) -> &'static str {
        Review::FORM
    }

    fn people_label(&self) -> &'static str {
        "Members"
    }

    fn find_error(&self) -> &str {
        match self.wrong("find") {
            "" => self.wrong("members"),
            wrong => wrong,
        }
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
    fn wrong_id(&self) -> &str {
        match self.wrong("resource_id") {
            "" if self.choices.groups.is_empty() => self.wrong("instance"),
            wrong => wrong,
        }
    }

    fn is_chosen(&self, instance: &Instance) -> bool {
        Scope::parse(&instance.id)
            .is_some_and(|scope| Some(scope) == Scope::parse(&self.draft.instance))
    }

    fn group_of(&self, instance: &Instance) -> String {
        let scope = Scope::parse(&instance.id);
        scope.as_ref().and_then(Scope::group_name).unwrap_or_default().to_owned()
    }

    fn roles(&self) -> [Role; 2] {
        Role::ALL
    }
}

async fn checks(sight: &Sight, grant: &GrantAccess) -> Result<Vec<Check>, Error> {
    let id = grant.instance.to_string();
    let (instance, assignments) = tokio::try_join!(
        sight.ask(|azure, token| azure.instance(token, &id)),
        sight.ask(|azure, token| azure.role_assignments(token, &id, Filter::AtScope))
    )?;
    let name = grant.instance.short();
    let exists = Check::of(&instance, "whether the instance exists", |found| match found {
        Some(_) => Check::ok(format!("The instance {name} exists.")),
        None => {
            Check::problem(format!("Azure knows no instance {name} there. Check the resource ID."))
        }
    });
    let held = Check::of(&assignments, "who holds the role already", |assignments| {
        already_held(grant, assignments)
    });
    Ok(vec![exists, held])
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
    let verb = if held.len() == 1 { "holds" } else { "hold" };
    match held.len() {
        0 => Check::ok("None of the members holds the role there yet."),
        all if all == grant.members.len() => Check::problem(format!(
            "There is nothing to ask for: {names} {verb} {} there already.",
            grant.role.name()
        )),
        _ => Check::ok(format!(
            "{names} {verb} the role there already, and {}.",
            if held.len() == 1 { "keeps it" } else { "keep it" }
        )),
    }
}

#[derive(Template)]
#[template(path = "access/review.html")]
struct Review {
    frame: Frame,
    draft: Draft,
    grant: GrantAccess,
    ask: Ask,
}

impl IntoResponse for Review {
    fn into_response(self) -> Response {
        (self.ask.status, View(self)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::domain::asked::*, *};

    const ID: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    #[test]
    fn a_resource_id_is_found_in_an_address_of_the_portal() {
        for typed in [
            ID.to_owned(),
            format!(" {ID}/ "),
            format!("https://portal.azure.com/#@contoso.com/resource{ID}/overview"),
        ] {
            assert_eq!(resource_id(&typed), ID);
        }
        assert_eq!(resource_id(" dt-1 "), "dt-1");
        assert_eq!(resource_id(""), "");
    }

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
