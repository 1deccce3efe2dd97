//! What an instance delivers to, and as which of its identities.

use crate::{
    azure::{ActsAs, Outlet},
    domain::{asked::Use, scope::Scope},
    text,
    web::{
        Error,
        sight::{Look, Sight},
    },
    words::Text,
};

/// What kind of thing it is, in words.
pub fn what(one: &Use) -> Text {
    match one.is_endpoint() {
        true => text!("outlets-endpoint"),
        false => text!("outlets-history"),
    }
}

/// What the instance delivers to.
pub struct Outlets {
    endpoints: Look<Vec<Outlet>>,
    history: Look<Vec<Outlet>>,
}

impl Outlets {
    pub async fn of(sight: &Sight, instance: &Scope) -> Result<Outlets, Error> {
        let id = instance.to_string();
        let (endpoints, history) = tokio::try_join!(
            sight.ask(|azure, token| azure.endpoints(token, &id)),
            sight.ask(|azure, token| azure.data_history(token, &id))
        )?;
        Ok(Outlets { endpoints, history })
    }

    /// Those that act as `wanted`.
    pub fn uses(&self, wanted: impl Fn(&ActsAs) -> bool) -> Vec<Use> {
        let each = |what: &str, look: &Look<Vec<Outlet>>| -> Vec<Use> {
            let all = look.as_ref().map(Vec::as_slice).unwrap_or_default();
            let all = all.iter().filter(|outlet| wanted(&outlet.acts_as));
            all.map(|outlet| Use {
                what: what.to_owned(),
                name: outlet.name.clone(),
                identity: match &outlet.acts_as {
                    ActsAs::User(id) => Scope::parse(id),
                    _ => None,
                },
                target: outlet.target.clone(),
                state: outlet.provisioning_state.clone(),
            })
            .collect()
        };
        let mut uses = each(Use::ENDPOINT, &self.endpoints);
        uses.extend(each(Use::DATA_HISTORY, &self.history));
        uses
    }

    /// What is not to be seen, in sentences.
    pub fn unseen(&self) -> Vec<Text> {
        let endpoints = self.endpoints.as_ref().err();
        let endpoints =
            endpoints.map(|hidden| text!("outlets-endpoints-unseen", why = &hidden.words));
        let history = self.history.as_ref().err();
        let history = history.map(|hidden| text!("outlets-history-unseen", why = &hidden.words));
        endpoints.into_iter().chain(history).collect()
    }
}

/// Whether an outlet acts as this identity; `None` is the system-assigned one.
pub fn acts_as(outlet: &ActsAs, identity: Option<&Scope>) -> bool {
    match (outlet, identity) {
        (ActsAs::System, None) => true,
        (ActsAs::User(id), Some(one)) => Scope::parse(id).as_ref() == Some(one),
        _ => false,
    }
}
