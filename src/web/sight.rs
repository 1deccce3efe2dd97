//! Azure as one person sees it while they fill in a form: what can be had in time, and why the rest
//! cannot. Knows no form and decides nothing.

use std::future::Future;

use axum::{http::StatusCode, response::IntoResponse};
use tokio::time::{Instant, timeout_at};

use super::{Error, session::Viewer, sign_in};
use crate::{
    App,
    azure::{self, AccessToken, Azure, Provider, Region, Resource},
    domain::{
        asked::{Sighting, Subscription},
        person::Person,
        policy::Policy,
    },
    text,
    words::Text,
};

/// Why something of Azure is not to be seen.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// For the person: Azure's own words, mostly.
    pub words: Text,
    /// Set where Azure or the way to it is at fault, and not the person's rights.
    pub fault: Option<StatusCode>,
    /// Where to sign in again, when that would mend it.
    pub sign_in: Option<String>,
}

pub type Look<T> = Result<T, Hidden>;

impl Hidden {
    /// A sentence, and why it is so. A fault's words stand at the top of the page already.
    pub fn after(&self, sentence: Text) -> Text {
        if self.fault.is_some() {
            sentence
        } else {
            Text::sentences([sentence, self.words.clone()])
        }
    }

    fn late() -> Hidden {
        Hidden::fault(text!("hidden-late"), StatusCode::GATEWAY_TIMEOUT)
    }

    /// Azure wants the person to sign in again, and the form is too long to be taken along.
    pub fn until_signed_in(claims: Option<&str>) -> Hidden {
        Hidden {
            words: text!("hidden-sign-in"),
            fault: Some(StatusCode::UNAUTHORIZED),
            sign_in: Some(sign_in::address_again("/?said=signed-in", claims)),
        }
    }

    pub fn because(words: Text) -> Hidden {
        Hidden { words, fault: None, sign_in: None }
    }

    fn fault(words: Text, status: StatusCode) -> Hidden {
        Hidden { words, fault: Some(status), sign_in: None }
    }

    /// A form can go on without what an error of Azure's keeps from it; what only the person can
    /// mend, by signing in, stays an error.
    pub fn behind(error: impl Into<Error>) -> Result<Hidden, Error> {
        match error.into() {
            Error::Azure(azure::Error::Refused(problem)) if problem.status == Some(403) => {
                Ok(Hidden::because(text!("hidden-refused", code = problem.code)))
            }
            Error::Azure(error @ (azure::Error::Refused(_) | azure::Error::Missing(_))) => {
                Ok(Hidden::because(error.problem().words()))
            }
            Error::Azure(error) => {
                let words = error.problem().words();
                let status = Error::Azure(error).into_response().status();
                Ok(Hidden::fault(words, status))
            }
            other => Err(other),
        }
    }
}

/// By when Azure must have answered, so that a page can still be made of what there is.
pub fn deadline(app: &App) -> Instant {
    Instant::now() + app.site.page_timeout.mul_f32(0.75)
}

/// That this person has seen something of Azure just now.
pub fn sighting(app: &App, viewer: &Viewer) -> Sighting {
    Sighting { by: viewer.person.named(), at: app.clock.now() }
}

/// Waits for an answer until the deadline.
pub async fn by<T, E: Into<Error>>(
    deadline: Instant,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<Look<T>, Error> {
    match timeout_at(deadline, answer).await {
        Ok(Ok(seen)) => Ok(Ok(seen)),
        Ok(Err(error)) => Hidden::behind(error).map(Err),
        Err(_) => Ok(Err(Hidden::late())),
    }
}

/// A subscription that a request can be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub id: String,
    pub name: String,
    /// Azure shows it to this person; otherwise the policy offers it.
    pub visible: bool,
    state: String,
}

impl Offer {
    /// Its name, and what keeps Azure from serving it.
    pub fn label(&self) -> Text {
        match self.state.as_str() {
            "" | "Enabled" => Text::verbatim(self.name.clone()),
            state => text!("offer-with-state", name = &self.name, state = state),
        }
    }

    /// `Enabled`, `Warned`, …; empty where Azure does not show it.
    pub fn state(&self) -> &str {
        &self.state
    }

    pub fn subscription(&self) -> Subscription {
        Subscription { id: self.id.clone(), name: self.name.clone() }
    }
}

pub struct Sight {
    azure: Azure,
    token: Look<AccessToken>,
    pub deadline: Instant,
    pub subscriptions: Vec<Offer>,
    /// Why the subscriptions are not all there.
    pub hidden: Option<Hidden>,
}

impl Sight {
    /// Asks for the subscriptions that this person can see, and adds those that the policy offers.
    pub async fn open(app: &App, person: &Person, deadline: Instant) -> Result<Sight, Error> {
        let act =
            || by(deadline, app.delegation.act_as(&person.id, Resource::Arm, app.clock.now()));
        let mut token = act().await?;
        let mut seen = Ok(Vec::new());
        if let Ok(first) = &token {
            let mut answer = timeout_at(deadline, app.azure.subscriptions(first)).await;
            // The token has been taken back before its time: another is to be had, mostly.
            if let Ok(Err(azure::Error::Expired(_))) = &answer {
                app.delegation.forget_access(&person.id, Resource::Arm);
                token = act().await?;
                if let Ok(second) = &token {
                    answer = timeout_at(deadline, app.azure.subscriptions(second)).await;
                }
            }
            seen = match answer {
                Ok(answer) => answer.or_else_hidden()?,
                Err(_) => Err(Hidden::late()),
            };
        }
        let hidden = token.as_ref().err().or(seen.as_ref().err()).cloned();
        let subscriptions = offers(seen.unwrap_or_default(), &app.policy);
        Ok(Sight { azure: app.azure.clone(), token, deadline, subscriptions, hidden })
    }

    /// Without asking Azure.
    pub fn blind(app: &App, hidden: Hidden) -> Sight {
        Sight {
            azure: app.azure.clone(),
            token: Err(hidden.clone()),
            deadline: Instant::now(),
            subscriptions: offers(Vec::new(), &app.policy),
            hidden: Some(hidden),
        }
    }

    pub fn offer(&self, subscription: &str) -> Option<&Offer> {
        self.subscriptions.iter().find(|offer| offer.id.eq_ignore_ascii_case(subscription))
    }

    /// Asks one thing, in this person's name.
    pub async fn ask<'a, T, F>(
        &'a self,
        question: impl FnOnce(&'a Azure, &'a AccessToken) -> F,
    ) -> Result<Look<T>, Error>
    where
        F: Future<Output = azure::Result<T>>,
    {
        match &self.token {
            Ok(token) => by(self.deadline, question(&self.azure, token)).await,
            Err(hidden) => Ok(Err(hidden.clone())),
        }
    }

    pub async fn groups(&self, subscription: &str) -> Result<Look<Vec<String>>, Error> {
        let groups = self.ask(|azure, token| azure.resource_groups(token, subscription)).await?;
        Ok(groups.map(|groups| {
            let mut names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
            names.sort_by_key(|name| name.to_lowercase());
            names
        }))
    }

    pub async fn regions(&self, subscription: &str) -> Result<Look<Vec<Region>>, Error> {
        self.ask(|azure, token| azure.regions(token, subscription)).await
    }

    pub async fn provider(&self, subscription: &str) -> Result<Look<Provider>, Error> {
        self.ask(|azure, token| azure.provider(token, subscription)).await
    }
}

trait OrHidden<T> {
    fn or_else_hidden(self) -> Result<Look<T>, Error>;
}

impl<T> OrHidden<T> for azure::Result<T> {
    fn or_else_hidden(self) -> Result<Look<T>, Error> {
        self.map_or_else(|error| Hidden::behind(error).map(Err), |seen| Ok(Ok(seen)))
    }
}

fn offers(seen: Vec<azure::Subscription>, policy: &Policy) -> Vec<Offer> {
    let mut offers: Vec<Offer> = seen
        .into_iter()
        .map(|seen| Offer { id: seen.id, name: seen.name, visible: true, state: seen.state })
        .collect();
    for offered in &policy.subscriptions {
        if !offers.iter().any(|offer| offer.id.eq_ignore_ascii_case(&offered.id)) {
            offers.push(Offer {
                id: offered.id.clone(),
                name: offered.name.clone(),
                visible: false,
                state: String::new(),
            });
        }
    }
    offers.sort_by_key(|offer| offer.name.to_lowercase());
    offers
}
