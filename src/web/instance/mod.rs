//! The pages of one instance, as Azure shows it to the person who looks. Each page is a file; here is
//! what they share.

pub mod access;
pub mod connect;
pub mod identity;
pub mod networking;
pub mod overview;
pub mod sheet;
pub mod tags;
pub mod usage;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::{
    Error,
    address::encoded,
    page::Frame,
    session::Viewer,
    sight::{Hidden, Offer, Sight, deadline},
    trail::Trail,
};
use crate::{App, azure::Instance, domain::scope::Scope, text, words::Text};

/// The pages in their order: the end of the address, and the message that the tab says.
const TABS: &[(&str, &str)] = &[
    ("", "section-overview"),
    ("access", "section-access"),
    ("identity", "section-identity"),
    ("networking", "section-networking"),
    ("tags", "section-tags"),
    ("connect", "section-connect"),
];

/// The page to be printed, which is none of the tabs.
const SHEET: (&str, &str) = ("sheet", "section-sheet");

/// The instance that an address names. What cannot be one is not looked for.
pub struct Place(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Place, Error> {
        let Ok(Path((subscription, group, name))) =
            Path::<(String, String, String)>::from_request_parts(parts, state).await
        else {
            return Err(Error::Missing);
        };
        let scope = Scope::instance(&subscription, &group, &name);
        // Read back, so that nothing stands in it that Azure allows in no name.
        match Scope::parse(&scope.to_string()) {
            Some(read) if read == scope => Ok(Place(scope)),
            _ => Err(Error::Missing),
        }
    }
}

/// The address of an instance's pages; `tab` is empty for the first.
pub fn address(instance: &Scope, tab: &str) -> String {
    let encode = |part: &str| {
        percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let mut address = String::from("/instances");
    let parts = [
        instance.subscription_id(),
        instance.group_name().unwrap_or_default(),
        instance.instance_name().unwrap_or_default(),
    ];
    for part in parts {
        address.push('/');
        address.push_str(&encode(part));
    }
    if !tab.is_empty() {
        address.push('/');
        address.push_str(tab);
    }
    address
}

/// What stands around each of the pages.
pub struct Shell {
    pub scope: Scope,
    pub subscription: String,
    /// `None` where Azure shows no such instance; `hidden` says why, when Azure said.
    pub instance: Option<Instance>,
    pub hidden: Option<Hidden>,
    /// The end of the page's address; one beside the tabs is none of them.
    tab: &'static str,
}

impl Shell {
    /// Asks Azure for the instance, in this person's name; what a page shows besides is asked of the
    /// same sight.
    pub async fn open(
        app: &App,
        viewer: &Viewer,
        scope: Scope,
        tab: &'static str,
    ) -> Result<(Frame, Shell, Sight), Error> {
        let back = address(&scope, tab);
        let sight = Sight::open(app, &viewer.person, deadline(app));
        let sight = sight.await.map_err(|error| error.back_to(&back))?;
        let id = scope.to_string();
        let look = sight.ask(|azure, token| azure.instance(token, &id)).await;
        let (instance, hidden) = match look.map_err(|error| error.back_to(&back))? {
            Ok(found) => (found, None),
            Err(hidden) => (None, Some(hidden)),
        };
        let offer = sight.offer(scope.subscription_id());
        let subscription = offer.map_or(scope.subscription_id(), |offer: &Offer| &offer.name);
        let shell = Shell { subscription: subscription.to_owned(), scope, instance, hidden, tab };
        Ok((Frame::of(app, viewer, "instances").await?, shell, sight))
    }

    pub fn name(&self) -> &str {
        self.scope.short()
    }

    pub fn group(&self) -> &str {
        self.scope.group_name().unwrap_or_default()
    }

    /// The region as Azure names it for people; its API name where Azure does not say. Empty where
    /// the instance is not shown.
    pub async fn region(&self, sight: &Sight) -> Result<String, Error> {
        let name = self.instance.as_ref().map_or("", |instance| &instance.location);
        let regions = sight.regions(self.scope.subscription_id()).await?.unwrap_or_default();
        let known = regions.iter().find(|region| region.name == name);
        Ok(known.map_or(name, |region| &region.display).to_owned())
    }

    /// Address and label of each page, and whether it is this one.
    pub fn tabs(&self) -> impl Iterator<Item = (String, Text, bool)> {
        TABS.iter()
            .map(|(tab, label)| (address(&self.scope, tab), Text::of(*label), *tab == self.tab))
    }

    /// Where this page stands; the first of them is the instance itself.
    pub fn trail(&self) -> Trail {
        let trail = Trail::to(&self.scope, &self.subscription);
        let here = TABS.iter().chain([&SHEET]).find(|(tab, _)| *tab == self.tab);
        match here {
            Some((tab, label)) if !tab.is_empty() => trail.at(Text::of(*label)),
            _ => trail.ending(),
        }
    }

    /// Where its deletion is asked for.
    pub fn deletion_form(&self) -> String {
        self.form("/deletion/new")
    }

    /// Where a change of its tags is asked for.
    pub fn tags_form(&self) -> String {
        self.form("/tags/new")
    }

    /// Who may assign roles around it.
    pub fn helpers(&self) -> String {
        format!("/subscriptions/{}#help", self.scope.subscription_id())
    }

    /// Where access to it is asked for.
    pub fn access_form(&self) -> String {
        self.form("/access/new")
    }

    /// The instance's own pages beside the tabs, and what has happened with it here.
    pub fn beside(&self) -> [(String, Text); 2] {
        let scope = encoded(&self.scope);
        [
            (address(&self.scope, SHEET.0), Text::of(SHEET.1)),
            (format!("/history?scope={scope}"), text!("place-history")),
        ]
    }

    fn form(&self, path: &str) -> String {
        format!("{path}?instance={}", encoded(&self.scope))
    }
}
