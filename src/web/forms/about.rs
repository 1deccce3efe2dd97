//! The existing instance that a form is about, as Azure shows it to whoever fills it in. What is to
//! become of the instance, it does not know.

use crate::{
    azure::Instance,
    domain::{asked::AboutText, scope::Scope},
    text,
    web::{
        Error,
        asking::{Scene, draft::Typed, review::Check},
        instance::address,
        sight::{Hidden, Look, Offer, Sight},
    },
    words::Text,
};

pub struct About {
    /// `None` where the form names none.
    pub scope: Option<Scope>,
    pub instance: Look<Option<Instance>>,
}

impl About {
    pub async fn of(sight: &Sight, typed: &str) -> Result<About, Error> {
        let scope = named(typed);
        let instance = match scope.as_ref().map(Scope::to_string) {
            Some(id) => sight.ask(|azure, token| azure.instance(token, &id)).await?,
            None => Ok(None),
        };
        Ok(About { scope, instance })
    }

    /// The instance, where it is named and seen.
    pub fn found(&self) -> Option<(&Scope, &Instance)> {
        self.scope.as_ref().zip(self.instance.as_ref().ok()?.as_ref())
    }

    pub fn hidden(&self) -> Option<&Hidden> {
        self.instance.as_ref().err()
    }

    /// It is named, and Azure does not show it to this person.
    pub fn is_unseen(&self) -> bool {
        let fault = self.hidden().is_some_and(|hidden| hidden.fault.is_some());
        self.scope.is_some() && self.found().is_none() && !fault
    }

    /// What the form says of it and of the reason, to be read.
    pub fn text<'a, T: Typed>(&self, scene: &'a Scene<T>, typed: &'a str) -> AboutText<'a> {
        let offer = self.scope.as_ref().and_then(|at| scene.sight.offer(at.subscription_id()));
        AboutText {
            subscription: offer.map(Offer::subscription),
            instance: typed,
            justification: &scene.draft.shared.justification,
        }
    }

    pub fn check(&self) -> Option<Check> {
        let (_, instance) = self.found()?;
        let status = &instance.provisioning_state;
        Some(Check::ok(text!("form-instance-exists", name = &instance.name, status = status)))
    }

    /// Its name, where one is named.
    pub fn name(&self) -> &str {
        self.scope.as_ref().map_or("", Scope::short)
    }

    pub fn group(&self) -> &str {
        self.scope.as_ref().and_then(Scope::group_name).unwrap_or_default()
    }

    /// One of its pages; the list of instances where none is named.
    pub fn page(&self, tab: &str) -> String {
        self.scope.as_ref().map_or("/instances".to_owned(), |scope| address(scope, tab))
    }

    /// Above the field in which its name is typed again.
    pub fn confirm_help(&self) -> Text {
        text!("form-confirm-help", name = self.name())
    }
}

/// The instance that a form names, if it names one.
pub fn named(typed: &str) -> Option<Scope> {
    Scope::parse(typed.trim()).filter(|scope| scope.instance_name().is_some())
}
