//! The managed identities of an instance: on, off, associate, remove, with what will stop.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::about::About;
use crate::{
    App,
    azure::{Instance, UserIdentity},
    domain::{
        asked::{
            Asked, ChangeIdentity, Content, HeldRole, IdentityChange, IdentityState, IdentityText,
            Problems, Subscription, Use, Warning,
        },
        person::Person,
        plan::{Round, Surroundings},
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
        instance::usage::{self, Hold},
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Look, Sight, sighting},
    },
    words::{Text, filters},
};

/// Roles that are kept with a request. Nobody reads more.
const MOST_ROLES: usize = 50;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    /// `on`, `off`, `associate` or `remove`.
    #[serde(skip_serializing_if = "String::is_empty")]
    change: String,
    /// Resource ids of user-assigned identities.
    identity: Vec<String>,
    /// One more, for those that are not listed.
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    confirm: String,
}

impl Own {
    fn identities(&self) -> Vec<&str> {
        let typed = self.identity.iter().chain([&self.resource_id]).map(String::as_str);
        typed.filter(|id| !id.trim().is_empty()).collect()
    }

    /// What is chosen; what cannot be read is left out.
    fn change(&self) -> Option<IdentityChange> {
        let chosen = self.identities().into_iter().filter_map(|id| Scope::parse(id.trim()));
        IdentityChange::from_word(&self.change, chosen.collect())
    }
}

pub struct IdentityChanging;

impl Wish for IdentityChanging {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/identity/new",
        ask: "/identity",
        here: "instances",
        title: "form-identity",
        review: "form-review-save",
        act: "form-act-save",
        parts: &[],
    };

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::ChangeIdentity(asked) = asked else { return None };
        let own = Own {
            instance: asked.instance.to_string(),
            change: asked.change.word().to_owned(),
            identity: asked.change.identities().iter().map(Scope::to_string).collect(),
            ..Own::default()
        };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let own = &scene.draft.own;
        let change = own.change();
        let about = About::of(&scene.sight, &own.instance).await?;
        let state = about.found().and_then(|(_, instance)| state_of(instance));
        let mut listed = Ok(Vec::new());
        if let (Some(scope), Some(IdentityChange::Associate { .. })) = (&about.scope, &change) {
            listed = user_identities(&scene.sight, scope.subscription_id()).await?;
        }
        let mut warnings = Vec::new();
        if let (Some((scope, instance)), Some(change), Some(state)) =
            (about.found(), &change, &state)
        {
            let taken = Taken::of(&scene.sight, scope, change, instance, state).await?;
            let change = ChangeIdentity {
                subscription: Subscription::unnamed(scope.subscription_id()),
                instance: scope.clone(),
                change: change.clone(),
                seen: state.clone(),
                uses: taken.uses,
                roles: taken.roles,
                unseen: taken.unseen,
                sighting: Some(sighting(app, viewer)),
                justification: String::new(),
            };
            warnings = change.warnings();
        }
        let hidden = scene.fault(about.hidden().or(listed.as_ref().err())).cloned();
        let page = Form {
            frame: Frame::of(app, viewer, IdentityChanging::WORDS.here).await?,
            words: IdentityChanging::WORDS,
            choices: choices(change.as_ref(), state.as_ref(), &listed, &scene.draft.own.identity),
            note: listed.err().map(|hidden| hidden.after(text!("identity-not-listed"))),
            draft: scene.draft,
            problems: scene.problems,
            about,
            change,
            state,
            warnings,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        app: &App,
        viewer: &Viewer,
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let about = About::of(&scene.sight, &own.instance).await?;
        let parsed = ChangeIdentity::parse(
            IdentityText {
                about: about.text(scene, &own.instance),
                change: &own.change,
                identities: own.identities(),
                confirm: &own.confirm,
            },
            about.found().and_then(|(_, instance)| state_of(instance)),
        );
        let mut change = match scene.agree(parsed, Problems::default()) {
            Ok(change) => change,
            Err(problems) => return Ok(Err(problems)),
        };
        if let Some((scope, instance)) = about.found() {
            let taken =
                Taken::of(&scene.sight, scope, &change.change, instance, &change.seen).await?;
            (change.uses, change.roles, change.unseen) = (taken.uses, taken.roles, taken.unseen);
            change.sighting = change.change.takes_away().then(|| sighting(app, viewer));
        }
        let mut checks: Vec<Check> = about.check().into_iter().collect();
        if let IdentityChange::Associate { identities } = &change.change {
            checks.push(known(&scene.sight, &change.instance, identities).await?);
        }
        checks.push(usage::lock_check(&scene.sight, &change.instance, Hold::Change).await?);
        let asked = Asked::ChangeIdentity(change);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

/// `None` where Azure shows an identity in a form that is not known here.
fn state_of(instance: &Instance) -> Option<IdentityState> {
    IdentityState::read(instance.principal_id(), instance.user_assigned().map(|one| &*one.id))
}

async fn user_identities(
    sight: &Sight,
    subscription: &str,
) -> Result<Look<Vec<UserIdentity>>, Error> {
    sight.ask(|azure, token| azure.user_identities(token, subscription)).await
}

/// Whether Azure shows the identities that are to be associated.
async fn known(sight: &Sight, instance: &Scope, wanted: &[Scope]) -> Result<Check, Error> {
    let listed = user_identities(sight, instance.subscription_id()).await?;
    Ok(Check::of(&listed, text!("identity-check-listed"), |listed| {
        let listed: Vec<Scope> = listed.iter().filter_map(|one| Scope::parse(&one.id)).collect();
        let missing: Vec<&str> =
            wanted.iter().filter(|one| !listed.contains(one)).map(Scope::short).collect();
        match missing.is_empty() {
            true => Check::ok(text!("identity-listed")),
            false => Check::unknown(text!("identity-not-seen", names = missing.join(", "))),
        }
    }))
}

/// What hangs on the identities that a change takes away.
#[derive(Default)]
struct Taken {
    uses: Vec<Use>,
    roles: Vec<HeldRole>,
    unseen: Vec<Text>,
}

impl Taken {
    async fn of(
        sight: &Sight,
        scope: &Scope,
        change: &IdentityChange,
        instance: &Instance,
        state: &IdentityState,
    ) -> Result<Taken, Error> {
        if !change.takes_away() {
            return Ok(Taken::default());
        }
        let mut principals: Vec<(Option<Scope>, String)> = Vec::new();
        if let (IdentityChange::SystemOff, Some(id)) = (change, &state.system) {
            principals.push((None, id.clone()));
        }
        principals.extend(instance.user_assigned().filter_map(|held| {
            let one = Scope::parse(&held.id).filter(|one| change.takes(Some(one)))?;
            Some((Some(one), held.principal_id.clone()?))
        }));
        let (outlets, roles) = tokio::try_join!(
            usage::Outlets::of(sight, scope),
            usage::roles(sight, scope.subscription_id(), &principals)
        )?;
        let mut taken = Taken {
            uses: outlets.uses(|outlet| {
                let system = change.takes(None) && usage::acts_as(outlet, None);
                let mut users = change.identities().iter();
                system || users.any(|one| usage::acts_as(outlet, Some(one)))
            }),
            roles: Vec::new(),
            unseen: outlets.unseen(),
        };
        match roles {
            Ok(mut roles) => {
                if let more @ 1.. = roles.len().saturating_sub(MOST_ROLES) {
                    taken.unseen.push(text!("identity-more-roles", count = more));
                    roles.truncate(MOST_ROLES);
                }
                taken.roles = roles;
            }
            Err(hidden) => {
                taken.unseen.push(text!("identity-roles-unseen", why = hidden.words));
            }
        }
        Ok(taken)
    }
}

/// A user-assigned identity to choose.
struct Choice {
    scope: Scope,
    client_id: String,
    chosen: bool,
}

/// To associate, those that are not yet, and what was `chosen` and is not listed any more; to remove,
/// those that are.
fn choices(
    change: Option<&IdentityChange>,
    state: Option<&IdentityState>,
    listed: &Look<Vec<UserIdentity>>,
    chosen: &[String],
) -> Vec<Choice> {
    let Some((change, state)) = change.zip(state) else { return Vec::new() };
    let is_chosen = |scope: &Scope| change.identities().contains(scope);
    let mut choices: Vec<Choice> = match change {
        IdentityChange::Associate { .. } => {
            let listed = listed.as_ref().map(Vec::as_slice).unwrap_or_default();
            let listed = listed.iter().filter_map(|one| Some((Scope::parse(&one.id)?, one)));
            listed
                .filter(|(scope, _)| !state.user.contains(scope))
                .map(|(scope, one)| Choice {
                    chosen: is_chosen(&scope),
                    client_id: one.client_id.clone().unwrap_or_default(),
                    scope,
                })
                .collect()
        }
        IdentityChange::Remove { .. } => state
            .user
            .iter()
            .map(|scope| Choice {
                chosen: is_chosen(scope),
                client_id: String::new(),
                scope: scope.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    if let IdentityChange::Associate { .. } = change {
        for scope in chosen.iter().filter_map(|id| Scope::parse(id.trim())) {
            if !choices.iter().any(|choice| choice.scope == scope) {
                choices.push(Choice { scope, client_id: String::new(), chosen: true });
            }
        }
    }
    choices.sort_by_key(|choice| choice.scope.short().to_lowercase());
    choices
}

#[derive(Template)]
#[template(path = "forms/change_identity.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    about: About,
    change: Option<IdentityChange>,
    /// What it has now; `None` where Azure does not show it.
    state: Option<IdentityState>,
    choices: Vec<Choice>,
    /// Why the choices are not all there.
    note: Option<Text>,
    warnings: Vec<Warning>,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "identity" if self.choices.is_empty() => "resource_id",
            other => other,
        }
    }

    fn title(&self) -> Text {
        match &self.change {
            Some(IdentityChange::SystemOn) => text!("identity-on-heading"),
            Some(IdentityChange::SystemOff) => text!("identity-off-heading"),
            Some(IdentityChange::Associate { .. }) => text!("identity-associate-heading"),
            Some(IdentityChange::Remove { .. }) => text!("identity-remove-heading"),
            None => IdentityChanging::WORDS.title(),
        }
    }

    fn is(&self, word: &str) -> bool {
        self.change.as_ref().is_some_and(|change| change.word() == word)
    }

    fn takes_away(&self) -> bool {
        self.change.as_ref().is_some_and(IdentityChange::takes_away)
    }

    /// What is so already, so that nothing is left to be asked for.
    fn is_so(&self) -> bool {
        let system = self.is("on") || self.is("off");
        system
            && self
                .change
                .as_ref()
                .zip(self.state.as_ref())
                .is_some_and(|(change, state)| change.is_so(state))
    }

    /// The chosen ids that no choice on the page carries.
    fn resource_id(&self) -> String {
        let listed = |id: &str| {
            let scope = Scope::parse(id.trim());
            self.choices.iter().any(|choice| Some(&choice.scope) == scope.as_ref())
        };
        let own = &self.draft.own;
        own.identities().into_iter().find(|id| !listed(id)).unwrap_or_default().to_owned()
    }

    fn back(&self) -> String {
        let tab = match self.is("associate") || self.is("remove") {
            true => "identity/user-assigned",
            false => "identity",
        };
        self.about.page(tab)
    }
}
