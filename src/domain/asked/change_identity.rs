//! The managed identities of an instance: its own on or off, others given to it or taken away.

use serde::{Deserialize, Serialize};

use super::{AboutText, Content, Fact, Problems, Subscription, Warning, about};
use crate::{
    domain::{
        Time,
        person::{Named, Person},
        plan::{Steps, Surroundings},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeIdentity {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    pub change: IdentityChange,
    /// What the instance had when it was asked.
    pub seen: IdentityState,
    /// What stops when the identity is taken away, as it was seen then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<HeldRole>,
    /// What could not be seen, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Text>,
    /// Who saw that, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sighting: Option<Sighting>,
    pub justification: String,
}

/// Whose eyes something of Azure was seen with, and when: another may see more, or later something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    pub by: Named,
    pub at: Time,
}

impl Sighting {
    pub fn words(&self) -> Text {
        text!("identity-seen-by", name = &self.by.name, at = self.at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum IdentityChange {
    SystemOn,
    SystemOff,
    Associate { identities: Vec<Scope> },
    Remove { identities: Vec<Scope> },
}

/// The identities of an instance. What Azure fills in is kept where it tells one from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityState {
    /// Object ID of the system-assigned one, where that is on.
    pub system: Option<String>,
    /// The user-assigned ones, sorted by [`Scope::key`].
    pub user: Vec<Scope>,
}

/// Something that acts as an identity of the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// [`Use::ENDPOINT`] or [`Use::DATA_HISTORY`]
    pub what: String,
    pub name: String,
    /// The user-assigned identity, or the system-assigned where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Scope>,
    pub target: String,
    /// Its `provisioningState`.
    pub state: String,
}

impl Use {
    pub const ENDPOINT: &str = "Endpoint";
    pub const DATA_HISTORY: &str = "Data history connection";

    pub fn is_endpoint(&self) -> bool {
        self.what == Use::ENDPOINT
    }

    pub fn words(&self) -> Text {
        let text = match &self.identity {
            None => text!("identity-use"),
            Some(one) => text!("identity-use-as", identity = one.short()),
        };
        text.with("what", &self.what)
            .with("name", &self.name)
            .with("target", &self.target)
            .with("state", &self.state)
    }
}

/// A role that an identity holds somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRole {
    /// As in [`Use`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Scope>,
    pub role: String,
    /// As Azure writes it.
    pub scope: String,
    /// Resource id of the role assignment. For pages, and kept nowhere.
    #[serde(skip)]
    pub assignment: String,
}

impl HeldRole {
    fn words(&self) -> Text {
        let text = match &self.identity {
            None => text!("identity-holds"),
            Some(one) => text!("identity-holds-as", identity = one.short()),
        };
        let scope = Scope::parse(&self.scope);
        let (at, place) = match &scope {
            Some(Scope::Subscription { .. }) => ("subscription", ""),
            Some(Scope::ResourceGroup { group, .. }) => ("group", &**group),
            Some(scope) => ("resource", scope.short()),
            None => ("elsewhere", &*self.scope),
        };
        let group = scope.as_ref().and_then(Scope::group_name).unwrap_or_default();
        text.with("role", &self.role).with("at", at).with("place", place).with("group", group)
    }
}

/// Identities of one request.
pub const MOST_IDENTITIES: usize = 20;

/// What was chosen, and what Azure showed, as it came.
#[derive(Clone, Debug, Default)]
pub struct IdentityText<'a> {
    pub about: AboutText<'a>,
    /// A word of [`IdentityChange::word`].
    pub change: &'a str,
    pub identities: Vec<&'a str>,
    /// The instance's name, typed again, where something is taken away.
    pub confirm: &'a str,
}

impl IdentityChange {
    pub fn from_word(word: &str, identities: Vec<Scope>) -> Option<IdentityChange> {
        match word {
            "on" => Some(IdentityChange::SystemOn),
            "off" => Some(IdentityChange::SystemOff),
            "associate" => Some(IdentityChange::Associate { identities }),
            "remove" => Some(IdentityChange::Remove { identities }),
            _ => None,
        }
    }

    pub fn word(&self) -> &'static str {
        match self {
            IdentityChange::SystemOn => "on",
            IdentityChange::SystemOff => "off",
            IdentityChange::Associate { .. } => "associate",
            IdentityChange::Remove { .. } => "remove",
        }
    }

    pub fn takes_away(&self) -> bool {
        matches!(self, IdentityChange::SystemOff | IdentityChange::Remove { .. })
    }

    /// The user-assigned identities that it is about.
    pub fn identities(&self) -> &[Scope] {
        match self {
            IdentityChange::Associate { identities } | IdentityChange::Remove { identities } => {
                identities
            }
            _ => &[],
        }
    }

    /// Whether an instance that stands like this has nothing left to be changed.
    pub fn is_so(&self, now: &IdentityState) -> bool {
        match self {
            IdentityChange::SystemOn => now.system.is_some(),
            IdentityChange::SystemOff => now.system.is_none(),
            IdentityChange::Associate { identities } => {
                identities.iter().all(|one| now.user.contains(one))
            }
            IdentityChange::Remove { identities } => {
                !identities.iter().any(|one| now.user.contains(one))
            }
        }
    }

    /// Whether it takes this identity away; `None` is the system-assigned one.
    pub fn takes(&self, identity: Option<&Scope>) -> bool {
        match (self, identity) {
            (IdentityChange::SystemOff, None) => true,
            (IdentityChange::Remove { identities }, Some(one)) => identities.contains(one),
            _ => false,
        }
    }

    /// `Turn on the system-assigned managed identity of dt-lab`
    pub fn title(&self, instance: &Scope) -> Text {
        let names: Vec<&str> = self.identities().iter().map(Scope::short).collect();
        let names = names.join(", ");
        let title = match self {
            IdentityChange::SystemOn => text!("identity-on"),
            IdentityChange::SystemOff => text!("identity-off"),
            IdentityChange::Associate { .. } => text!("identity-associate", names = names),
            IdentityChange::Remove { .. } => text!("identity-remove", names = names),
        };
        title.with("instance", instance.short())
    }
}

impl IdentityState {
    pub fn new(system: Option<String>, mut user: Vec<Scope>) -> IdentityState {
        user.sort_by_key(Scope::key);
        IdentityState { system, user }
    }

    /// From ids as Azure writes them; `None` where one of them cannot be read.
    pub fn read<'a>(
        system: Option<&str>,
        user: impl IntoIterator<Item = &'a str>,
    ) -> Option<IdentityState> {
        let user = user.into_iter().map(Scope::parse).collect::<Option<_>>()?;
        Some(IdentityState::new(system.map(str::to_owned), user))
    }

    /// What is left when the change has been made.
    pub fn after(&self, change: &IdentityChange) -> IdentityAfter {
        let mut user: Vec<&Scope> =
            self.user.iter().filter(|one| !change.takes(Some(one))).collect();
        if let IdentityChange::Associate { identities } = change {
            user.extend(identities.iter().filter(|one| !self.user.contains(one)));
        }
        let system = match change {
            IdentityChange::SystemOn => true,
            IdentityChange::SystemOff => false,
            _ => self.system.is_some(),
        };
        IdentityAfter { system, users: user.len() }
    }
}

/// How many identities there will be, which is all that a change has to say of the ones that stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityAfter {
    system: bool,
    pub users: usize,
}

impl IdentityAfter {
    /// `identity.type`, as Azure's API names it.
    pub fn kind(self) -> &'static str {
        match (self.system, self.users > 0) {
            (false, false) => "None",
            (true, false) => "SystemAssigned",
            (false, true) => "UserAssigned",
            (true, true) => "SystemAssigned,UserAssigned",
        }
    }
}

impl ChangeIdentity {
    /// `seen` is what the instance has; `None` where Azure does not show it.
    pub fn parse(
        text: IdentityText<'_>,
        seen: Option<IdentityState>,
    ) -> Result<ChangeIdentity, Problems> {
        let (about, (change, seen)) = text.about.parse(|instance, problems| {
            let identities = identities(&text.identities, problems);
            let Some(change) = IdentityChange::from_word(text.change, identities) else {
                problems.add("change", text!("identity-no-change"));
                return None;
            };
            check(&change, seen.as_ref(), problems);
            if change.takes_away() {
                about::confirm("confirm", text.confirm, instance, problems);
            }
            Some((change, seen?))
        })?;
        Ok(ChangeIdentity {
            subscription: about.subscription,
            instance: about.instance,
            change,
            seen,
            uses: Vec::new(),
            roles: Vec::new(),
            unseen: Vec::new(),
            sighting: None,
            justification: about.justification,
        })
    }
}

fn identities(typed: &[&str], problems: &mut Problems) -> Vec<Scope> {
    let mut identities: Vec<Scope> = Vec::new();
    for typed in typed.iter().map(|typed| typed.trim()).filter(|id| !id.is_empty()) {
        match Scope::parse(typed).filter(is_identity) {
            Some(one) if identities.contains(&one) => {}
            Some(one) => identities.push(one),
            None => problems.add("resource_id", text!("identity-resource-id-wrong")),
        }
    }
    identities
}

fn check(change: &IdentityChange, seen: Option<&IdentityState>, problems: &mut Problems) {
    let Some(seen) = seen else {
        problems.add("instance", text!("identity-unseen-ask"));
        return;
    };
    let about = change.identities();
    if let IdentityChange::Associate { .. } | IdentityChange::Remove { .. } = change {
        if about.is_empty() {
            problems.add("identity", text!("identity-no-identity"));
            return;
        }
        if about.len() > MOST_IDENTITIES {
            problems.add("identity", text!("identity-too-many", most = MOST_IDENTITIES));
        }
    }
    if change.is_so(seen) {
        let so = match change {
            IdentityChange::SystemOn => text!("identity-on-already"),
            IdentityChange::SystemOff => text!("identity-off-already"),
            IdentityChange::Associate { .. } => text!("identity-associated-already"),
            IdentityChange::Remove { .. } => text!("identity-removed-already"),
        };
        problems.add("change", so);
    }
}

fn is_identity(scope: &Scope) -> bool {
    matches!(scope, Scope::Resource { path, .. } if path
        .to_ascii_lowercase()
        .strip_prefix("microsoft.managedidentity/userassignedidentities/")
        .is_some_and(|name| !name.contains('/')))
}

/// Each says as whom and when it was seen.
pub(super) fn told_by(warnings: &mut [Warning], sighting: Option<&Sighting>) {
    for warning in warnings {
        if let Some(sighting) = sighting {
            let text = std::mem::take(&mut warning.text);
            warning.text = Text::sentences([text, sighting.words()]);
        }
    }
}

impl Content for ChangeIdentity {
    fn kind(&self) -> &'static str {
        "change_identity"
    }

    fn title(&self) -> Text {
        self.change.title(&self.instance)
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.instance.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = about::facts(&self.instance);
        match &self.change {
            IdentityChange::SystemOn => {
                facts.push(Fact::of(text!("assigned-system"), text!("identity-fact-on")));
            }
            IdentityChange::SystemOff => facts.push(Fact::noted(
                text!("assigned-system"),
                text!("identity-fact-off"),
                self.seen.system.as_ref().map(|id| text!("object-id", id = id)).unwrap_or_default(),
            )),
            change => facts.extend(change.identities().iter().map(|one| {
                let label = match change.takes_away() {
                    true => text!("identity-fact-remove"),
                    false => text!("identity-fact-associate"),
                };
                let said = |name: &str| Text::verbatim(name.to_owned());
                Fact::noted(label, said(one.short()), said(one.group_name().unwrap_or_default()))
            })),
        }
        facts
    }

    fn warnings(&self) -> Vec<Warning> {
        if !self.change.takes_away() {
            return Vec::new();
        }
        let mut warnings = Vec::new();
        if !self.uses.is_empty() {
            warnings.push(Warning {
                title: text!("identity-stops"),
                text: text!("identity-stops-text"),
                items: self.uses.iter().map(Use::words).collect(),
            });
        }
        if !self.roles.is_empty() {
            warnings.push(Warning {
                title: text!("identity-loses"),
                text: match self.change {
                    IdentityChange::SystemOff => text!("identity-loses-deleted"),
                    _ => text!("identity-loses-removed"),
                },
                items: self.roles.iter().map(HeldRole::words).collect(),
            });
        }
        warnings.extend(about::unseen(text!("identity-more-stops"), &self.unseen));
        told_by(&mut warnings, self.sighting.as_ref());
        warnings
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        steps.change_identity(&self.instance, &self.change, &self.seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";

    fn instance() -> String {
        Scope::instance(SUBSCRIPTION, "rg", "dt-1").to_string()
    }

    fn identity(name: &str) -> Scope {
        let path = format!("Microsoft.ManagedIdentity/userAssignedIdentities/{name}");
        Scope::resource(SUBSCRIPTION, "rg", &path)
    }

    fn problem(change: &str, ids: &[&str], confirm: &str, seen: Option<IdentityState>) -> String {
        let instance = instance();
        let text = IdentityText {
            about: AboutText { instance: &instance, justification: "x", subscription: None },
            change,
            identities: ids.to_vec(),
            confirm,
        };
        match ChangeIdentity::parse(text, seen) {
            Ok(_) => String::new(),
            Err(problems) => problems.0[0].field.to_owned(),
        }
    }

    #[test]
    fn what_takes_away_is_confirmed_by_the_instances_name() {
        let seen = IdentityState::new(Some("p".into()), vec![identity("a")]);
        let id = identity("a").to_string();
        assert_eq!(problem("off", &[], "", Some(seen.clone())), "confirm");
        assert_eq!(problem("off", &[], "dt-2", Some(seen.clone())), "confirm");
        assert_eq!(problem("off", &[], " DT-1 ", Some(seen.clone())), "");
        assert_eq!(problem("remove", &[&id], "", Some(seen.clone())), "confirm");
        assert_eq!(problem("remove", &[&id], "dt-1", Some(seen)), "");
        assert_eq!(problem("on", &[], "", Some(IdentityState::default())), "");
    }

    #[test]
    fn what_is_so_already_is_not_asked_for() {
        let seen = IdentityState::new(Some("p".into()), vec![identity("a")]);
        let (a, b) = (identity("A").to_string(), identity("b").to_string());
        assert_eq!(problem("on", &[], "", Some(seen.clone())), "change");
        assert_eq!(problem("associate", &[&a], "", Some(seen.clone())), "change");
        assert_eq!(problem("associate", &[&a, &b], "", Some(seen.clone())), "");
        assert_eq!(problem("remove", &[&b], "dt-1", Some(seen.clone())), "change");
        assert_eq!(problem("associate", &[], "", Some(seen.clone())), "identity");
        assert_eq!(problem("associate", &["/x"], "", Some(seen)), "resource_id");
        assert_eq!(problem("off", &[], "dt-1", None), "instance");
    }

    #[test]
    fn the_type_says_what_will_be_left() {
        let both = IdentityState::new(Some("p".into()), vec![identity("a")]);
        let kind = |state: &IdentityState, change| state.after(&change).kind();
        let remove = IdentityChange::Remove { identities: vec![identity("a")] };
        let associate = IdentityChange::Associate { identities: vec![identity("b")] };
        assert_eq!(kind(&both, IdentityChange::SystemOff), "UserAssigned");
        assert_eq!(kind(&both, remove.clone()), "SystemAssigned");
        assert_eq!(kind(&both, associate.clone()), "SystemAssigned,UserAssigned");
        let none = IdentityState::default();
        assert_eq!(kind(&none, IdentityChange::SystemOn), "SystemAssigned");
        assert_eq!(kind(&none, associate), "UserAssigned");
        let user = IdentityState::new(None, vec![identity("a")]);
        assert_eq!(kind(&user, remove), "None");
        assert_eq!(kind(&user, IdentityChange::SystemOn), "SystemAssigned,UserAssigned");
    }

    #[test]
    fn who_decides_reads_what_will_stop() {
        let change = ChangeIdentity {
            subscription: Subscription { id: "S".into(), name: "Production".into() },
            instance: Scope::parse(&instance()).expect("an instance"),
            change: IdentityChange::SystemOff,
            seen: IdentityState::new(Some("p".into()), Vec::new()),
            uses: vec![Use {
                what: "Endpoint".into(),
                name: "alarms".into(),
                identity: None,
                target: "sb://ns/hub".into(),
                state: "Succeeded".into(),
            }],
            roles: Vec::new(),
            unseen: vec![Text::verbatim("Data history was not seen.")],
            sighting: Some(Sighting {
                by: Named { id: "c".into(), name: "Carl Costa".into() },
                at: Time(1_700_000_000_000_000),
            }),
            justification: "why".into(),
        };
        let warnings = change.warnings();
        assert_eq!(
            warnings[0].items,
            ["Endpoint alarms, which delivers to sb://ns/hub (Succeeded)"]
        );
        assert_eq!(warnings[1].items, ["Data history was not seen."]);
        let seen = "As Azure showed it to Carl Costa (14 Nov 2023, 22:13 UTC).";
        assert!(
            warnings.iter().all(|warning| warning.text.to_string().ends_with(seen)),
            "{warnings:?}"
        );
        let on = ChangeIdentity { change: IdentityChange::SystemOn, ..change };
        assert!(on.warnings().is_empty());
    }
}
