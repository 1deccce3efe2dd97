//! Create instance: the form, its review page, and asking for it.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
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
    azure::{Provider, Region},
    domain::{
        asked::{Asked, CreateInstance, Grantee, InstanceText, Problems, Subscription, is_guid},
        person::Person,
        plan::{self, Surroundings},
        policy::{Offered, Policy},
        role::Role,
    },
};

/// The form's parts in their order: where each is on the page, and what its tab says. Each is a
/// template of its own in `templates/instances`.
const SECTIONS: [(&str, &str); 2] = [("basics", "Basics"), ("tags", "Tags")];

pub async fn blank(
    State(app): State<App>,
    viewer: Viewer,
    Query(draft): Query<Draft>,
) -> Result<Response, Error> {
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
    const FORM: &'static str = "/instances/new";
    const ROLES: bool = true;

    async fn form(mut scene: Scene, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let subscriptions = &scene.sight.subscriptions;
        if let ("", [only]) = (scene.draft.subscription.as_str(), subscriptions.as_slice()) {
            scene.draft.subscription.clone_from(&only.id);
        }
        let choices = Choices::of(&scene.sight, &scene.draft, &app.policy).await?;
        let hidden = scene.fault(choices.hidden.as_ref()).cloned();
        let page = New {
            frame: Frame::of(app, viewer, "create").await?,
            tags: tag_rows(&scene.draft, &app.policy),
            subscriptions: scene.sight.subscriptions,
            draft: scene.draft,
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
        let create = match parse(&scene, &viewer.person, &app.policy) {
            Ok(create) => create,
            Err(problems) => {
                scene.problems = problems;
                return Review::form(scene, app, viewer).await.map(Err);
            }
        };
        let seen = Seen::of(&scene.sight, &create).await?;
        let asked = Asked::CreateInstance(create.clone());
        let surroundings = seen.surroundings(id, &asked, &viewer.person, &scene.draft.plan);
        let proposal = Proposal::of(app, viewer, &scene.sight, id, asked, surroundings).await?;
        let mut checks = seen.checks(&create);
        checks.extend(scene.members.check());
        Ok(Ok(Review {
            frame: Frame::of(app, viewer, "create").await?,
            region: seen.region(&create.region).to_owned(),
            ask: Ask::of(proposal, checks),
            draft: scene.draft,
            create,
        }))
    }

    fn ask(&mut self) -> &mut Ask {
        &mut self.ask
    }
}

fn parse(scene: &Scene, person: &Person, policy: &Policy) -> Result<CreateInstance, Problems> {
    let draft = &scene.draft;
    let (old, new) = (draft.existing_group(), draft.new_resource_group.as_str());
    let parsed = CreateInstance::parse(
        InstanceText {
            subscription: subscription(scene),
            offer: scene.sight.offer(&draft.subscription).and_then(|chosen| offer(chosen, policy)),
            group: if draft.creates_group() { new } else { old },
            new_group: draft.creates_group(),
            name: &draft.resource_name,
            region: &draft.region,
            tags: draft.tags().collect(),
            grants: grants(scene, person),
            justification: &draft.justification,
        },
        policy,
    );
    let mut problems = scene.problems.clone();
    if !old.is_empty() && !new.trim().is_empty() {
        problems.add(
            "new_resource_group",
            "An existing resource group is chosen above. Choose Create new there, or leave this empty.",
        );
    }
    match parsed {
        Ok(create) if problems.is_empty() => Ok(create),
        Ok(_) => Err(problems),
        Err(others) => {
            problems.0.extend(others.0);
            Err(problems)
        }
    }
}

/// Only what Azure shows or the policy offers; while Azure is away, what was chosen before.
fn subscription(scene: &Scene) -> Option<Subscription> {
    let chosen = scene.draft.subscription.trim();
    let away = scene.sight.hidden.as_ref().is_some_and(|hidden| hidden.fault.is_some());
    scene.sight.offer(chosen).map(Offer::subscription).or_else(|| {
        (away && is_guid(chosen))
            .then(|| Subscription { id: chosen.to_owned(), name: chosen.to_owned() })
    })
}

fn grants(scene: &Scene, person: &Person) -> Vec<Grantee> {
    let mine = Grantee { principal: myself(person), role: Role::DataOwner };
    let mut grants: Vec<Grantee> = Vec::new();
    for grant in scene.draft.is_for_me().then_some(mine).into_iter().chain(scene.members.grantees())
    {
        let same = |other: &Grantee| {
            other.role == grant.role && other.principal.id.eq_ignore_ascii_case(&grant.principal.id)
        };
        if !grants.iter().any(same) {
            grants.push(grant);
        }
    }
    grants
}

/// What there is to choose from in the chosen subscription.
#[derive(Default)]
struct Choices {
    /// Names; `None` where they are not to be seen, so that one is typed.
    groups: Option<Vec<String>>,
    may_create_group: bool,
    regions: Option<Vec<Region>>,
    /// Azure itself said where it offers instances.
    regions_are_azures: bool,
    hidden: Option<Hidden>,
}

impl Choices {
    async fn of(sight: &Sight, draft: &Draft, policy: &Policy) -> Result<Choices, Error> {
        let unknown = Choices { may_create_group: true, ..Choices::default() };
        let nothing = Choices { groups: Some(vec![]), regions: Some(vec![]), ..unknown };
        let Some(chosen) = sight.offer(&draft.subscription) else {
            let away = sight.hidden.is_some() && !draft.subscription.is_empty();
            return Ok(if away {
                Choices { groups: None, regions: None, ..nothing }
            } else {
                nothing
            });
        };
        let (groups, regions) =
            tokio::try_join!(sight.groups(&chosen.id), sight.regions(&chosen.id))?;
        let (offered, named) = (offer(chosen, policy), policy.offered(&chosen.id));
        let hidden = [groups.as_ref().err(), regions.as_ref().err()];
        let hidden = hidden.into_iter().flatten().find(|hidden| hidden.fault.is_some()).cloned();
        Ok(Choices {
            regions_are_azures: regions.is_ok(),
            groups: match offered {
                Some(offered) if !offered.resource_groups.is_empty() => {
                    Some(offered.resource_groups.clone())
                }
                _ => groups.ok().or_else(|| some(&named?.resource_groups)),
            },
            may_create_group: offered.is_none_or(|offered| offered.create_resource_group),
            regions: match offered {
                Some(offered) if !offered.regions.is_empty() => {
                    Some(among(&offered.regions, regions.ok()))
                }
                _ => regions.ok().or_else(|| Some(among(&some(&named?.regions)?, None))),
            },
            hidden,
        })
    }
}

/// What the policy names also helps who sees the subscription, but not what is in it: a role on one
/// instance is enough for that.
fn some(named: &[String]) -> Option<Vec<String>> {
    (!named.is_empty()).then(|| named.to_vec())
}

/// What the policy offers to somebody who cannot see the subscription; who can, chooses freely.
fn offer<'a>(chosen: &Offer, policy: &'a Policy) -> Option<&'a Offered> {
    policy.offered(&chosen.id).filter(|_| !chosen.visible)
}

/// The policy's regions as far as Azure offers them, in Azure's words; as they are where Azure is
/// not to be seen.
fn among(allowed: &[String], seen: Option<Vec<Region>>) -> Vec<Region> {
    match seen {
        Some(seen) => seen
            .into_iter()
            .filter(|region| allowed.iter().any(|name| name.eq_ignore_ascii_case(&region.name)))
            .collect(),
        None => allowed
            .iter()
            .map(|name| Region { name: name.clone(), display: name.clone() })
            .collect(),
    }
}

struct TagRow {
    name: String,
    value: String,
    /// Set for a tag that the policy requires; its name stands fast.
    help: Option<String>,
}

/// The required tags first, then those that were typed, then an empty row.
fn tag_rows(draft: &Draft, policy: &Policy) -> Vec<TagRow> {
    let required: &BTreeMap<String, String> = &policy.required_tags;
    let typed =
        |wanted: &str| draft.tags().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
    let free = draft.tags().filter(|(name, value)| {
        let fixed = required.keys().any(|wanted| name.trim().eq_ignore_ascii_case(wanted));
        !fixed && (!name.trim().is_empty() || !value.trim().is_empty())
    });
    let row = |(name, value): (&str, &str)| TagRow {
        name: name.to_owned(),
        value: value.to_owned(),
        help: None,
    };
    required
        .iter()
        .map(|(name, help)| TagRow {
            name: name.clone(),
            value: typed(name).map(|(_, value)| value.to_owned()).unwrap_or_default(),
            help: Some(help.clone()),
        })
        .chain(free.map(row))
        .chain(std::iter::once(row(("", ""))))
        .collect()
}

#[derive(Template)]
#[template(path = "instances/new.html")]
struct New {
    frame: Frame,
    draft: Draft,
    problems: Problems,
    subscriptions: Vec<Offer>,
    choices: Choices,
    members: Picker,
    tags: Vec<TagRow>,
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
        "Other members"
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
            "tags" => "tag-1",
            other => other,
        }
    }

    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        &SECTIONS
    }

    /// What was chosen and is not among the choices any more: it is kept, to be put right.
    fn stray_subscription(&self) -> Option<&str> {
        let chosen = self.draft.subscription.as_str();
        let known = self.subscriptions.iter().any(|offer| offer.id.eq_ignore_ascii_case(chosen));
        (!chosen.is_empty() && !known).then_some(chosen)
    }

    fn stray_group(&self, groups: &[String]) -> Option<&str> {
        let chosen = self.draft.existing_group();
        (!chosen.is_empty() && !groups.iter().any(|name| name.eq_ignore_ascii_case(chosen)))
            .then_some(chosen)
    }

    fn stray_region(&self, regions: &[Region]) -> Option<&str> {
        let chosen = self.draft.region.as_str();
        (!chosen.is_empty() && !regions.iter().any(|region| region.name == chosen))
            .then_some(chosen)
    }

    fn region_help(&self) -> &'static str {
        if !self.has_subscription() || self.choices.regions_are_azures {
            "Where Azure offers Azure Digital Twins now."
        } else {
            "Those that are offered here. Azure does not tell you where it offers Azure Digital Twins."
        }
    }

    fn has_subscription(&self) -> bool {
        !self.draft.subscription.is_empty()
    }

    /// What was named already stays, to be put right.
    fn may_create_group(&self) -> bool {
        self.choices.may_create_group || self.draft.creates_group()
    }

    fn creates_group(&self) -> bool {
        self.draft.creates_group()
    }
}

/// What Azure shows of the place where the instance is to be.
struct Seen {
    name: Look<crate::azure::NameAnswer>,
    instance: Look<Option<crate::azure::Instance>>,
    group: Look<Option<crate::azure::ResourceGroup>>,
    provider: Look<Provider>,
    regions: Look<Vec<Region>>,
}

impl Seen {
    async fn of(sight: &Sight, create: &CreateInstance) -> Result<Seen, Error> {
        let (at, group) = (create.subscription.id.as_str(), create.group.as_str());
        let id = Asked::CreateInstance(create.clone()).instance().to_string();
        let (name, instance, group, provider, regions) = tokio::try_join!(
            sight.ask(|azure, token| azure.check_name(token, at, &create.region, &create.name)),
            sight.ask(|azure, token| azure.instance(token, &id)),
            sight.ask(|azure, token| azure.resource_group(token, at, group)),
            sight.provider(at),
            sight.regions(at)
        )?;
        Ok(Seen { name, instance, group, provider, regions })
    }

    /// While the provider is not to be seen, the plan is taken to be as it was shown.
    fn surroundings(&self, id: Uuid, asked: &Asked, person: &Person, shown: &str) -> Surroundings {
        let with = |provider_registered| Surroundings { provider_registered };
        match &self.provider {
            Ok(provider) => with(Some(provider.is_registered())),
            Err(_) => {
                let without_it = plan::digest(&plan::plan(id, asked, person, with(Some(true))));
                with((shown == without_it).then_some(true))
            }
        }
    }

    fn region<'a>(&'a self, name: &'a str) -> &'a str {
        let regions = self.regions.as_ref().ok();
        let found = regions.and_then(|regions| regions.iter().find(|region| region.name == name));
        found.map_or(name, |region| &region.display)
    }

    fn checks(&self, create: &CreateInstance) -> Vec<Check> {
        let CreateInstance { name, group, new_group, .. } = create;
        let region = self.region(&create.region);
        vec![
            Check::of(&self.name, "whether the name is free", |answer| {
                if answer.available {
                    Check::ok(format!("The name {name} is free in {region}."))
                } else {
                    Check::problem(format!("The name cannot be used: {}", answer.message))
                }
            }),
            Check::of(&self.instance, "whether the instance exists already", |found| match found {
                None => Check::ok(format!("No instance {name} exists in {group} yet.")),
                Some(_) => Check::problem(format!(
                    "The instance {name} exists in {group} already; creating it again would change \
                     it. Choose another name, or request access to it."
                )),
            }),
            Check::of(&self.regions, "whether the region offers instances", |regions| {
                if regions.iter().any(|offered| offered.name == create.region) {
                    Check::ok(format!("{region} offers Azure Digital Twins."))
                } else {
                    Check::problem(format!("{region} does not offer Azure Digital Twins."))
                }
            }),
            Check::of(&self.group, "the resource group", |found| match (found, new_group) {
                (Some(_), false) => Check::ok(format!("The resource group {group} exists.")),
                (None, true) => {
                    Check::ok(format!("The name {group} is free for a resource group."))
                }
                (None, false) => Check::problem(format!(
                    "There is no resource group {group}. Choose another, or create it as a new one."
                )),
                (Some(_), true) => Check::problem(format!(
                    "The resource group {group} exists already. Choose it as an existing one."
                )),
            }),
            Check::of(
                &self.provider,
                "whether Microsoft.DigitalTwins is registered, so the plan registers it",
                |provider| match provider.is_registered() {
                    true => Check::ok("Microsoft.DigitalTwins is registered in the subscription."),
                    false => Check::ok(
                        "Microsoft.DigitalTwins is not registered yet; the plan does that first.",
                    ),
                },
            ),
        ]
    }
}

#[derive(Template)]
#[template(path = "instances/review.html")]
struct Review {
    frame: Frame,
    draft: Draft,
    create: CreateInstance,
    /// As people know it.
    region: String,
    ask: Ask,
}

impl Review {
    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        &SECTIONS
    }
}

impl IntoResponse for Review {
    fn into_response(self) -> Response {
        (self.ask.status, View(self)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str, display: &str) -> Region {
        Region { name: name.into(), display: display.into() }
    }

    #[test]
    fn required_tags_stand_first_and_what_was_typed_stays() {
        let policy = Policy {
            required_tags: [("costCenter".to_owned(), "Four digits.".to_owned())].into(),
            ..Policy::default()
        };
        let draft = Draft {
            tag_name: ["team", "", "COSTCENTER", " "].map(String::from).to_vec(),
            tag_value: ["plant", "", "4711", ""].map(String::from).to_vec(),
            ..Draft::default()
        };
        let rows: Vec<_> = tag_rows(&draft, &policy)
            .into_iter()
            .map(|row| (row.name, row.value, row.help.is_some()))
            .collect();
        assert_eq!(
            rows,
            [
                ("costCenter".into(), "4711".into(), true),
                ("team".into(), "plant".into(), false),
                (String::new(), String::new(), false),
            ]
        );
    }

    #[test]
    fn the_policys_regions_are_shown_in_azures_words_where_those_are_known() {
        let allowed = ["westeurope".to_owned(), "eastus".to_owned()];
        let seen = vec![region("westeurope", "West Europe"), region("uksouth", "UK South")];
        assert_eq!(among(&allowed, Some(seen)), [region("westeurope", "West Europe")]);
        assert_eq!(
            among(&allowed, None),
            [region("westeurope", "westeurope"), region("eastus", "eastus")]
        );
    }
}
