//! Change networking: public network access, the connections of private endpoints, or another private
//! endpoint, of an instance that is there.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::about::About;
use crate::{
    App, azure,
    domain::{
        asked::{
            Asked, ChangeNetworking, Connection, MOST_ENDPOINTS, NetworkingChange, NetworkingText,
            Problems, access_text, state_text,
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
            endpoints::{self, Home},
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

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    /// `enable`, `disable`, `approve`, `reject`, `remove` or `add`.
    #[serde(skip_serializing_if = "String::is_empty")]
    change: String,
    /// Resource id of a connection.
    #[serde(skip_serializing_if = "String::is_empty")]
    connection: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    actions_required: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    confirm_name: String,
    #[serde(flatten)]
    endpoints: endpoints::Typed,
}

impl Own {
    fn adds(&self) -> bool {
        self.change == "add"
    }
}

/// Where a private endpoint goes when nothing else is said: beside the instance.
fn home(scope: Option<&Scope>) -> Home<'_> {
    Home {
        subscription: scope.map_or("", Scope::subscription_id),
        group: scope.and_then(Scope::group_name).unwrap_or_default(),
        new_group: false,
    }
}

pub struct Connecting;

impl Wish for Connecting {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/networking/new",
        ask: "/networking",
        here: "instances",
        title: "form-networking",
        review: "form-review-save",
        act: "form-act-save",
        parts: &[],
    };

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::ChangeNetworking(asked) = asked else { return None };
        let mut own = Own {
            instance: asked.instance.to_string(),
            change: asked.change.word().to_owned(),
            ..Own::default()
        };
        match &asked.change {
            NetworkingChange::SetPublicAccess { .. } => {}
            NetworkingChange::Decide { connection, message, actions_required, .. } => {
                own.connection = connection.id.to_string();
                own.message.clone_from(message);
                own.actions_required.clone_from(actions_required);
            }
            NetworkingChange::Remove { connection } => own.connection = connection.id.to_string(),
            NetworkingChange::Add { private_endpoints } => {
                let home = home(Some(&asked.instance));
                own.endpoints = endpoints::Typed::of(private_endpoints, home);
            }
        }
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let go = scene.draft.shared.go().to_owned();
        scene.draft.own.endpoints.act(&go);
        let own = &scene.draft.own;
        let seen = Seen::of(&scene.sight, &own.instance).await?;
        let networks = match own.adds() {
            true => {
                let home = home(seen.about.scope.as_ref());
                endpoints::Choices::of(&own.endpoints, &scene.sight, home).await?
            }
            false => endpoints::Choices::default(),
        };
        let hidden = scene.fault(seen.hidden()).cloned();
        let page = Form {
            frame: Frame::of(app, viewer, Connecting::WORDS.here).await?,
            words: Connecting::WORDS,
            subscriptions: scene.sight.subscriptions,
            draft: scene.draft,
            problems: scene.problems,
            seen,
            networks,
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
        let own = &scene.draft.own;
        let seen = Seen::of(&scene.sight, &own.instance).await?;
        let mut problems = Problems::default();
        let (private_endpoints, places) = match own.adds() {
            true => {
                let home = home(seen.about.scope.as_ref());
                endpoints::read(&own.endpoints, &scene.sight, home, &mut problems).await?
            }
            false => Default::default(),
        };
        let parsed = ChangeNetworking::parse(NetworkingText {
            about: seen.about.text(scene, &own.instance),
            change: &own.change,
            connection: seen.chosen(&own.connection).and_then(|found| {
                Some(Connection { id: Scope::parse(&found.id)?, endpoint: found.endpoint.clone() })
            }),
            message: &own.message,
            actions_required: &own.actions_required,
            approved: seen.connections.is_ok().then(|| seen.approved()),
            must_confirm: seen.must_confirm(&own.change),
            typed_name: &own.confirm_name,
            private_endpoints,
        });
        let mut change = match scene.agree(parsed, problems) {
            Ok(change) => change,
            Err(problems) => return Ok(Err(problems)),
        };
        change.created_at =
            seen.about.found().and_then(|(_, instance)| instance.created_at.clone());
        let mut checks = seen.checks(&change);
        if let NetworkingChange::Add { private_endpoints } = &change.change {
            checks.extend(places.checks(private_endpoints, &change.instance));
        }
        let asked = Asked::ChangeNetworking(change);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

/// What Azure shows of the instance.
struct Seen {
    about: About,
    connections: Look<Vec<azure::Connection>>,
    locks: Look<Vec<azure::Lock>>,
}

impl Seen {
    async fn of(sight: &Sight, typed: &str) -> Result<Seen, Error> {
        let about = About::of(sight, typed).await?;
        let Some(id) = about.scope.as_ref().map(Scope::to_string) else {
            // Where none is named there is nothing to ask about, and nothing is asked for.
            return Ok(Seen { about, connections: Ok(Vec::new()), locks: Ok(Vec::new()) });
        };
        let (connections, locks) = tokio::try_join!(
            sight.ask(|azure, token| azure.connections(token, &id)),
            sight.ask(|azure, token| azure.locks(token, &id))
        )?;
        Ok(Seen { about, connections, locks })
    }

    fn hidden(&self) -> Option<&Hidden> {
        [self.about.hidden(), self.connections.as_ref().err()]
            .into_iter()
            .flatten()
            .find(|hidden| hidden.fault.is_some())
    }

    fn chosen(&self, id: &str) -> Option<&azure::Connection> {
        let connections = self.connections.as_ref().ok()?;
        connections.iter().find(|connection| endpoints::is_same(&connection.id, id))
    }

    /// What would be left after public network access is off.
    fn approved(&self) -> usize {
        let connections = self.connections.as_ref().map(Vec::as_slice).unwrap_or_default();
        connections.iter().filter(|connection| connection.status == "Approved").count()
    }

    /// Without a private endpoint nobody comes in any more.
    fn must_confirm(&self, change: &str) -> bool {
        change == "disable" && self.approved() == 0
    }

    fn checks(&self, asked: &ChangeNetworking) -> Vec<Check> {
        let name = asked.instance.short();
        let mut checks = vec![Check::of(
            &self.about.instance,
            text!("networking-check-instance"),
            |found| match (found, &asked.change) {
                (None, _) => Check::problem(text!("networking-missing", name = name)),
                (Some(found), NetworkingChange::SetPublicAccess { enabled })
                    if found.public_network_access == *enabled =>
                {
                    let state = access_text(*enabled);
                    Check::problem(text!("networking-so-already", name = name, state = state))
                }
                (Some(_), _) => Check::ok(text!("networking-there", name = name)),
            },
        )];
        checks.push(Check::of(
            &self.connections,
            text!("networking-check-connections"),
            |connections| self.connection_check(asked, connections),
        ));
        checks.push(locks_check(&self.locks, Hold::Change));
        checks
    }

    fn connection_check(&self, asked: &ChangeNetworking, found: &[azure::Connection]) -> Check {
        match &asked.change {
            NetworkingChange::Decide { connection, approve, .. } => {
                let name = connection.short();
                let wanted = if *approve { "Approved" } else { "Rejected" };
                match self.chosen(&connection.id.to_string()).map(|found| &*found.status) {
                    Some(status) if status == wanted => {
                        let state = state_text(wanted);
                        let text = text!("networking-decided-already", endpoint = name);
                        Check::problem(text.with("state", state))
                    }
                    Some("Disconnected") => {
                        Check::problem(text!("networking-disconnected", endpoint = name))
                    }
                    status => {
                        let state = status.map(state_text);
                        let state = state.unwrap_or_else(|| text!("networking-state-unknown"));
                        Check::ok(text!("networking-now", endpoint = name, state = state))
                    }
                }
            }
            NetworkingChange::Add { private_endpoints } => {
                let all = found.len() + private_endpoints.len();
                let told = |text: Text| text.with("count", all).with("most", MOST_ENDPOINTS);
                match all > MOST_ENDPOINTS {
                    false => Check::ok(told(text!("networking-with-them"))),
                    true => Check::problem(told(text!("networking-too-many"))),
                }
            }
            NetworkingChange::SetPublicAccess { enabled: false } => match self.approved() {
                0 => Check::unknown(text!("networking-none-approved")),
                all => Check::ok(text!("networking-go-on", count = all)),
            },
            _ => Check::ok(text!("networking-connections", count = found.len())),
        }
    }
}

#[derive(Template)]
#[template(path = "forms/change_networking.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    seen: Seen,
    subscriptions: Vec<Offer>,
    networks: endpoints::Choices,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    fn title(&self) -> Text {
        match self.draft.own.change.as_str() {
            "enable" => text!("networking-form-enable"),
            "disable" => text!("networking-form-disable"),
            "approve" => text!("networking-form-approve"),
            "reject" => text!("networking-form-reject"),
            "remove" => text!("networking-form-remove"),
            "add" => text!("networking-form-add"),
            _ => Connecting::WORDS.title(),
        }
    }

    /// What follows, for whoever asks.
    fn consequence(&self) -> Text {
        match self.draft.own.change.as_str() {
            "enable" => text!("networking-then-enable"),
            "disable" => text!("networking-then-disable"),
            "approve" => text!("networking-then-approve"),
            "reject" => text!("networking-then-reject"),
            "remove" => text!("networking-then-remove"),
            "add" => text!("networking-then-add"),
            _ => text!("networking-begin"),
        }
    }

    fn place(&self, field: &'static str) -> &'static str {
        field
    }

    fn chosen(&self) -> Option<(&azure::Connection, Text)> {
        let found = self.seen.chosen(&self.draft.own.connection)?;
        Some((found, state_text(&found.status)))
    }

    fn endpoints(&self) -> &endpoints::Typed {
        &self.draft.own.endpoints
    }

    fn home(&self) -> Home<'_> {
        home(self.about().scope.as_ref())
    }

    fn back(&self) -> &'static str {
        "/networking/new#networking"
    }

    fn about(&self) -> &About {
        &self.seen.about
    }

    fn cancel(&self) -> String {
        self.about().page("networking")
    }
}
