//! Create instance: what of Azure there is to choose from, and what is made of what was typed.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::tags::{self, TagRow};
use crate::{
    App,
    azure::{Provider, Region},
    domain::{
        asked::{
            Asked, Content, CreateInstance, Grantee, InstanceText, Networking, Problem, Problems,
            Subscription,
        },
        person::Person,
        plan::{self, Round, Surroundings},
        policy::{Offered, Policy},
        principal::is_guid,
        role::Role,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            endpoints::{self, Home},
            members::{Picker, myself},
            review::Check,
            status_of_form,
        },
        instance::usage::{Hold, locks_check},
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Look, Offer, Sight},
    },
    words::{Text, filters},
};

/// Stands in the place of an existing resource group when a new one is to be made. No resource group
/// can be called so.
const CREATE_NEW: &str = "+";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    subscription: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    new_resource_group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    region: String,
    tag_name: Vec<String>,
    tag_value: Vec<String>,
    /// `private`, or else whoever has a role comes in from any network.
    #[serde(skip_serializing_if = "String::is_empty")]
    connectivity: String,
    /// `enabled`, or else private endpoints are the only way in.
    #[serde(skip_serializing_if = "String::is_empty")]
    public_network_access: String,
    /// `on` or not.
    #[serde(skip_serializing_if = "String::is_empty")]
    system_identity: String,
    #[serde(flatten)]
    endpoints: endpoints::Typed,
}

impl Own {
    /// As this would have been typed.
    fn of(asked: &CreateInstance) -> Own {
        let networking = &asked.networking;
        let home = Home {
            subscription: &asked.subscription.id,
            group: &asked.group,
            new_group: asked.new_group,
        };
        let (tag_name, tag_value) = asked.tags.clone().into_iter().unzip();
        let word = |so: bool, word: &str| if so { word.to_owned() } else { String::new() };
        let private = !networking.is_public();
        Own {
            subscription: asked.subscription.id.clone(),
            resource_group: if asked.new_group { CREATE_NEW } else { &asked.group }.to_owned(),
            new_resource_group: word(asked.new_group, &asked.group),
            resource_name: asked.name.clone(),
            region: asked.region.clone(),
            tag_name,
            tag_value,
            connectivity: word(private, "private"),
            public_network_access: word(private && !networking.public_access_disabled, "enabled"),
            system_identity: word(asked.system_identity, "on"),
            endpoints: endpoints::Typed::of(&networking.private_endpoints, home),
        }
    }

    fn is_private(&self) -> bool {
        self.connectivity == "private"
    }

    /// Where a private endpoint goes when nothing else is said.
    fn home(&self) -> Home<'_> {
        let new = self.creates_group();
        let group = if new { self.new_resource_group.as_str() } else { self.existing_group() };
        Home { subscription: self.subscription.trim(), group, new_group: new }
    }

    fn creates_group(&self) -> bool {
        self.resource_group.trim() == CREATE_NEW
            || (self.existing_group().is_empty() && !self.new_resource_group.trim().is_empty())
    }

    /// The existing resource group that was chosen, or an empty text.
    fn existing_group(&self) -> &str {
        match self.resource_group.trim() {
            CREATE_NEW => "",
            chosen => chosen,
        }
    }

    fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tag_name.iter().map(String::as_str).zip(self.tag_value.iter().map(String::as_str))
    }
}

pub struct Creation;

impl Wish for Creation {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/instances/new",
        ask: "/instances",
        here: "create",
        title: "form-create",
        review: "form-review-create",
        act: "form-act-create",
        parts: &[
            ("basics", "create-basics"),
            ("networking", "create-networking"),
            ("advanced", "create-advanced"),
            ("tags", "create-tags"),
        ],
    };
    const ROLES: bool = true;

    fn again(asked: &Asked, me: &Person) -> Option<Draft<Own>> {
        let Asked::CreateInstance(asked) = asked else { return None };
        let shared = Shared::of(&asked.grants, me, Some(Role::DataOwner), &asked.justification);
        Some(Draft { own: Own::of(asked), shared })
    }

    const RECALLS: &str = "create_instance";

    fn recall(draft: &mut Draft<Own>, last: &Asked) -> bool {
        let Asked::CreateInstance(last) = last else { return false };
        if draft.own != Own::default() {
            return false;
        }
        let (tag_name, tag_value) = last.tags.clone().into_iter().unzip();
        draft.own = Own {
            subscription: last.subscription.id.clone(),
            // Which was new then is there by now; where it is not, it is to be chosen.
            resource_group: last.group.clone(),
            region: last.region.clone(),
            tag_name,
            tag_value,
            ..Own::default()
        };
        true
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let subscriptions = &scene.sight.subscriptions;
        if let ("", [only]) = (scene.draft.own.subscription.as_str(), subscriptions.as_slice()) {
            scene.draft.own.subscription.clone_from(&only.id);
        }
        let go = scene.draft.shared.go().to_owned();
        scene.draft.own.endpoints.act(&go);
        let own = &scene.draft.own;
        let (choices, networks) = tokio::try_join!(
            Choices::of(&scene.sight, own, &app.policy),
            endpoints::Choices::of(&own.endpoints, &scene.sight, own.home())
        )?;
        let hidden = scene.fault(choices.hidden.as_ref()).cloned();
        let page = Form {
            frame: Frame::of(app, viewer, Creation::WORDS.here).await?,
            words: Creation::WORDS,
            tags: tags::rows(scene.draft.own.tags(), &app.policy, &mut scene.problems),
            subscriptions: scene.sight.subscriptions,
            draft: scene.draft,
            problems: scene.problems,
            choices,
            networks,
            members: scene.members,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        app: &App,
        viewer: &Viewer,
        round: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let mut problems = Problems::default();
        let (networking, places) = match own.is_private() {
            true => {
                let read = endpoints::read(&own.endpoints, &scene.sight, own.home(), &mut problems);
                let (private_endpoints, places) = read.await?;
                let public_access_disabled = own.public_network_access != "enabled";
                (Networking { public_access_disabled, private_endpoints }, Some(places))
            }
            false => (Networking::default(), None),
        };
        let mut create = match parse(scene, &viewer.person, &app.policy, networking, problems) {
            Ok(create) => create,
            Err(problems) => return Ok(Err(problems)),
        };
        let shown = Seen::of(&scene.sight, &create).await?;
        create.region_name = shown.region(&create.region).to_owned();
        let mut checks = shown.checks(&create);
        if let Some(places) = places {
            checks.extend(places.checks(&create.networking.private_endpoints, &create.scope()));
        }
        let asked = Asked::CreateInstance(create);
        let seen = shown.surroundings(round, &asked, &viewer.person, &scene.draft.shared.plan);
        Ok(Ok(Reading { asked, seen, checks }))
    }
}

fn parse(
    scene: &Scene<Own>,
    person: &Person,
    policy: &Policy,
    networking: Networking,
    mut problems: Problems,
) -> Result<CreateInstance, Problems> {
    let own = &scene.draft.own;
    let (old, new) = (own.existing_group(), own.new_resource_group.as_str());
    let parsed = CreateInstance::parse(
        InstanceText {
            subscription: subscription(scene),
            offer: scene.sight.offer(&own.subscription).and_then(|chosen| offer(chosen, policy)),
            group: if own.creates_group() { new } else { old },
            new_group: own.creates_group(),
            name: &own.resource_name,
            region: &own.region,
            tags: own.tags().collect(),
            networking,
            system_identity: own.system_identity == "on",
            grants: grants(scene, person),
            justification: &scene.draft.shared.justification,
        },
        policy,
    );
    if !old.is_empty() && !new.trim().is_empty() {
        problems.add("new_resource_group", text!("create-two-groups"));
    }
    scene.agree(parsed, problems)
}

/// Only what Azure shows or the policy offers; while Azure is away, what was chosen before.
fn subscription(scene: &Scene<Own>) -> Option<Subscription> {
    let chosen = scene.draft.own.subscription.trim();
    let away = scene.sight.hidden.as_ref().is_some_and(|hidden| hidden.fault.is_some());
    scene.sight.offer(chosen).map(Offer::subscription).or_else(|| {
        (away && is_guid(chosen))
            .then(|| Subscription { id: chosen.to_owned(), name: chosen.to_owned() })
    })
}

fn grants(scene: &Scene<Own>, person: &Person) -> Vec<Grantee> {
    let mine = Grantee { principal: myself(person), role: Role::DataOwner };
    let mut grants: Vec<Grantee> = Vec::new();
    for grant in
        scene.draft.shared.is_for_me().then_some(mine).into_iter().chain(scene.members.grantees())
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
    async fn of(sight: &Sight, draft: &Own, policy: &Policy) -> Result<Choices, Error> {
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

#[derive(Template)]
#[template(path = "forms/create_instance/form.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    subscriptions: Vec<Offer>,
    choices: Choices,
    networks: endpoints::Choices,
    members: Picker,
    tags: Vec<TagRow>,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

/// The tab on which a field is.
fn part_of(problem: &Problem) -> &'static str {
    match problem.field {
        _ if problem.is_of_tag() => "tags",
        "endpoints" => "networking",
        _ if problem.row.is_some() => "networking",
        _ => "basics",
    }
}

impl Form {
    fn people_label(&self) -> Text {
        text!("create-members")
    }

    /// The tab that is seen first: with the first thing to put right.
    fn here(&self) -> &'static str {
        let wrong = |part: &&str| self.wrong_on(part) != 0;
        ["basics", "networking", "advanced", "tags"].into_iter().find(wrong).unwrap_or("basics")
    }

    /// How many things are to be put right on a tab.
    fn wrong_on(&self, part: &str) -> usize {
        self.problems.0.iter().filter(|problem| part_of(problem) == part).count()
    }

    fn endpoints(&self) -> &endpoints::Typed {
        &self.draft.own.endpoints
    }

    fn home(&self) -> Home<'_> {
        self.draft.own.home()
    }

    /// Where the buttons of a private endpoint lead back to.
    fn back(&self) -> &'static str {
        "/instances/new#networking"
    }

    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "members" => "find",
            "tags" => "tag-1",
            other => other,
        }
    }

    /// What was chosen and is not among the choices any more: it is kept, to be put right.
    fn stray_subscription(&self) -> Option<&str> {
        let chosen = self.draft.own.subscription.as_str();
        let known = self.subscriptions.iter().any(|offer| offer.id.eq_ignore_ascii_case(chosen));
        (!chosen.is_empty() && !known).then_some(chosen)
    }

    fn stray_group(&self, groups: &[String]) -> Option<&str> {
        let chosen = self.draft.own.existing_group();
        (!chosen.is_empty() && !groups.iter().any(|name| name.eq_ignore_ascii_case(chosen)))
            .then_some(chosen)
    }

    fn stray_region(&self, regions: &[Region]) -> Option<&str> {
        let chosen = self.draft.own.region.as_str();
        (!chosen.is_empty() && !regions.iter().any(|region| region.name == chosen))
            .then_some(chosen)
    }

    fn region_help(&self) -> Text {
        if !self.has_subscription() || self.choices.regions_are_azures {
            text!("create-region-azures")
        } else {
            text!("create-region-offered")
        }
    }

    fn has_subscription(&self) -> bool {
        !self.draft.own.subscription.is_empty()
    }

    /// What was named already stays, to be put right.
    fn may_create_group(&self) -> bool {
        self.choices.may_create_group || self.draft.own.creates_group()
    }

    fn creates_group(&self) -> bool {
        self.draft.own.creates_group()
    }
}

/// What Azure shows of the place where the instance is to be.
struct Seen {
    name: Look<crate::azure::NameAnswer>,
    instance: Look<Option<crate::azure::Instance>>,
    group: Look<Option<crate::azure::ResourceGroup>>,
    provider: Look<Provider>,
    regions: Look<Vec<Region>>,
    instances: Look<Vec<crate::azure::Instance>>,
    locks: Look<Vec<crate::azure::Lock>>,
}

/// Instances in one region of a subscription, unless Azure's support has raised it.
const USUAL_QUOTA: usize = 10;

impl Seen {
    async fn of(sight: &Sight, create: &CreateInstance) -> Result<Seen, Error> {
        let (at, group) = (create.subscription.id.as_str(), create.group.as_str());
        let id = create.scope().to_string();
        let home = create.decided_at().to_string();
        let (name, instance, group, provider, regions, instances, locks) = tokio::try_join!(
            sight.ask(|azure, token| azure.check_name(token, at, &create.region, &create.name)),
            sight.ask(|azure, token| azure.instance(token, &id)),
            sight.ask(|azure, token| azure.resource_group(token, at, group)),
            sight.provider(at),
            sight.regions(at),
            sight.ask(|azure, token| azure.instances(token, at)),
            sight.ask(|azure, token| azure.locks(token, &home))
        )?;
        Ok(Seen { name, instance, group, provider, regions, instances, locks })
    }

    /// While the provider is not to be seen, the plan is taken to be as it was shown.
    fn surroundings(
        &self,
        round: Round,
        asked: &Asked,
        person: &Person,
        shown: &str,
    ) -> Surroundings {
        let with = |provider_registered| Surroundings { provider_registered };
        match &self.provider {
            Ok(provider) => with(Some(provider.is_registered())),
            Err(_) => {
                let without_it = plan::digest(&plan::plan(round, asked, person, with(Some(true))));
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
            Check::of(&self.name, text!("create-check-name"), |answer| {
                if answer.available {
                    Check::ok(text!("create-name-free", name = name, region = region))
                } else {
                    Check::problem(text!("create-name-taken", why = &answer.message))
                }
            }),
            Check::of(&self.instance, text!("create-check-instance"), |found| match found {
                None => Check::ok(text!("create-none-yet", name = name, group = group)),
                Some(_) => Check::problem(text!("create-exists", name = name, group = group)),
            }),
            Check::of(&self.regions, text!("create-check-region"), |regions| {
                if regions.iter().any(|offered| offered.name == create.region) {
                    Check::ok(text!("create-region-offers", region = region))
                } else {
                    Check::problem(text!("create-region-offers-not", region = region))
                }
            }),
            Check::of(&self.group, text!("create-check-group"), |found| match (found, new_group) {
                (Some(_), false) => Check::ok(text!("create-group-exists", group = group)),
                (None, true) => Check::ok(text!("create-group-free", group = group)),
                (None, false) => Check::problem(text!("create-group-missing", group = group)),
                (Some(_), true) => Check::problem(text!("create-group-taken", group = group)),
            }),
            Check::of(&self.provider, text!("create-check-provider"), |provider| {
                Check::ok(match provider.is_registered() {
                    true => text!("create-registered"),
                    false => text!("create-registered-not"),
                })
            }),
            Check::of(&self.instances, text!("create-check-quota"), |instances| {
                let here = instances.iter().filter(|row| row.location == create.region).count();
                let told = |text: Text| {
                    text.with("count", here).with("most", USUAL_QUOTA).with("region", region)
                };
                if here < USUAL_QUOTA {
                    Check::ok(told(text!("create-quota")))
                } else {
                    Check::unknown(told(text!("create-quota-full")))
                }
            }),
            locks_check(&self.locks, Hold::Create),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::Lock;

    #[test]
    fn only_a_lock_that_lets_nothing_be_written_is_in_the_way() {
        let lock = |level: &str| Lock {
            name: "keep".into(),
            scope: String::new(),
            level: level.into(),
            notes: None,
        };
        let blocks = |locks: Vec<Lock>| locks_check(&Ok(locks), Hold::Create).blocks();
        assert!(!blocks(Vec::new()) && !blocks(vec![lock("CanNotDelete")]));
        assert!(blocks(vec![lock("CanNotDelete"), lock("ReadOnly")]));
    }

    fn region(name: &str, display: &str) -> Region {
        Region { name: name.into(), display: display.into() }
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

    #[test]
    fn a_new_resource_group_is_made_when_that_is_chosen_or_only_that_is_named() {
        let draft = |resource_group: &str, new_resource_group: &str| Own {
            resource_group: resource_group.into(),
            new_resource_group: new_resource_group.into(),
            ..Own::default()
        };
        assert!(draft("+", "rg-new").creates_group() && draft("+", "").creates_group());
        assert!(draft("", "rg-new").creates_group());
        assert!(!draft("", "").creates_group() && !draft("rg-lab", "rg-new").creates_group());
        assert_eq!(
            (draft("+", "").existing_group(), draft(" rg ", "").existing_group()),
            ("", "rg")
        );
    }
}
