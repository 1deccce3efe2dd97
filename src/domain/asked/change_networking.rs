//! How an existing instance is reached is to change: public network access, the connections of
//! private endpoints, or another private endpoint.

use serde::{Deserialize, Serialize};

use super::{
    AboutText, Content, Fact, Problems, Subscription, Warning, about,
    networking::{Connection, PrivateEndpoint, access_fact, state_text},
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeNetworking {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    pub change: NetworkingChange,
    /// As Azure tells `systemData.createdAt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// How many connections were approved when it was asked; `None` where they were not to be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<usize>,
    pub justification: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum NetworkingChange {
    SetPublicAccess {
        enabled: bool,
    },
    /// The connection of a private endpoint is let in or turned away; `message` is kept beside it.
    Decide {
        connection: Connection,
        approve: bool,
        message: String,
        /// What the other side has to do then; empty for nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        actions_required: String,
    },
    Remove {
        connection: Connection,
    },
    Add {
        private_endpoints: Vec<PrivateEndpoint>,
    },
}

impl NetworkingChange {
    /// As the form calls it.
    pub fn word(&self) -> &'static str {
        match self {
            NetworkingChange::SetPublicAccess { enabled: true } => "enable",
            NetworkingChange::SetPublicAccess { enabled: false } => "disable",
            NetworkingChange::Decide { approve: true, .. } => "approve",
            NetworkingChange::Decide { approve: false, .. } => "reject",
            NetworkingChange::Remove { .. } => "remove",
            NetworkingChange::Add { .. } => "add",
        }
    }
}

/// What was typed into "Change networking", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkingText<'a> {
    pub about: AboutText<'a>,
    /// `enable`, `disable`, `approve`, `reject`, `remove` or `add`.
    pub change: &'a str,
    /// The one that was chosen, as Azure shows it.
    pub connection: Option<Connection>,
    pub message: &'a str,
    /// What whoever made the private endpoint has to do then.
    pub actions_required: &'a str,
    /// Approved connections, where they are to be seen.
    pub approved: Option<usize>,
    /// What is asked for leaves no way to the instance that Azure shows, so its name is typed.
    pub must_confirm: bool,
    pub typed_name: &'a str,
    /// Parsed already: their places depend on what Azure shows.
    pub private_endpoints: Vec<PrivateEndpoint>,
}

/// `ConnectionState.description` and `actionsRequired`; Azure does not say how long they may be.
const LONGEST_DESCRIPTION: usize = 140;

impl ChangeNetworking {
    pub fn parse(text: NetworkingText<'_>) -> Result<ChangeNetworking, Problems> {
        let (about, change) = text.about.clone().parse(|instance, problems| {
            let change = change(&text, problems);
            if text.must_confirm {
                about::confirm("confirm_name", text.typed_name, instance, problems);
            }
            change
        })?;
        Ok(ChangeNetworking {
            subscription: about.subscription,
            instance: about.instance,
            change,
            created_at: None,
            approved: text.approved,
            justification: about.justification,
        })
    }
}

fn change(text: &NetworkingText<'_>, problems: &mut Problems) -> Option<NetworkingChange> {
    let (message, actions_required) = (text.message.trim(), text.actions_required.trim());
    for (field, typed) in [("message", message), ("actions_required", actions_required)] {
        if typed.chars().count() > LONGEST_DESCRIPTION {
            problems.add(field, text!("form-too-long", most = LONGEST_DESCRIPTION));
        }
    }
    let mut connection = || {
        if text.connection.is_none() {
            problems.add("connection", text!("networking-choose-connection"));
        }
        text.connection.clone()
    };
    let decide = |connection, approve| NetworkingChange::Decide {
        connection,
        approve,
        message: message.to_owned(),
        actions_required: actions_required.to_owned(),
    };
    match text.change {
        "enable" | "disable" => {
            Some(NetworkingChange::SetPublicAccess { enabled: text.change == "enable" })
        }
        "approve" => connection().map(|connection| decide(connection, true)),
        "reject" => connection().map(|connection| decide(connection, false)),
        "remove" => connection().map(|connection| NetworkingChange::Remove { connection }),
        "add" => Some(NetworkingChange::Add { private_endpoints: text.private_endpoints.clone() }),
        _ => {
            problems.add("change", text!("networking-choose-change"));
            None
        }
    }
}

impl Content for ChangeNetworking {
    fn kind(&self) -> &'static str {
        "change_networking"
    }

    fn title(&self) -> Text {
        let title = match &self.change {
            NetworkingChange::SetPublicAccess { enabled: true } => text!("networking-enable"),
            NetworkingChange::SetPublicAccess { enabled: false } => text!("networking-disable"),
            NetworkingChange::Decide { connection, approve: true, .. } => {
                text!("networking-approve", endpoint = connection.short())
            }
            NetworkingChange::Decide { connection, .. } => {
                text!("networking-reject", endpoint = connection.short())
            }
            NetworkingChange::Remove { connection } => {
                text!("networking-remove", endpoint = connection.short())
            }
            NetworkingChange::Add { private_endpoints } => {
                let first = private_endpoints.first().map_or("", |first| first.endpoint.short());
                text!("networking-add", count = private_endpoints.len(), endpoint = first)
            }
        };
        title.with("instance", self.instance.short())
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

    fn instance_made_at(&self) -> Option<&str> {
        self.created_at.as_deref()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = about::facts(&self.instance);
        match &self.change {
            NetworkingChange::SetPublicAccess { enabled } => {
                facts.push(access_fact(*enabled));
            }
            NetworkingChange::Decide { connection, approve, message, actions_required } => {
                facts.push(connection.fact());
                let state = state_text(if *approve { "Approved" } else { "Rejected" });
                let message = Text::verbatim(message.clone());
                facts.push(Fact::noted(text!("networking-state"), state, message));
                if !actions_required.is_empty() {
                    let actions = Text::verbatim(actions_required.clone());
                    facts.push(Fact::of(text!("networking-actions"), actions));
                }
            }
            NetworkingChange::Remove { connection } => {
                facts.push(Fact { note: text!("networking-cut-off"), ..connection.fact() });
            }
            NetworkingChange::Add { private_endpoints } => {
                facts.extend(private_endpoints.iter().map(PrivateEndpoint::fact));
            }
        }
        facts
    }

    fn warnings(&self) -> Vec<Warning> {
        let one = |title, text| vec![Warning { title, text, items: Vec::new() }];
        match &self.change {
            NetworkingChange::SetPublicAccess { enabled: false } => match self.approved {
                Some(0) => one(text!("networking-nobody"), text!("networking-nobody-asked")),
                Some(all) => {
                    one(text!("networking-outside"), text!("networking-outside-seen", count = all))
                }
                None => one(text!("networking-outside"), text!("networking-outside-unseen")),
            },
            NetworkingChange::Decide { connection, approve: false, .. } => one(
                text!("networking-rejected"),
                text!("networking-rejected-text", endpoint = connection.short()),
            ),
            NetworkingChange::Remove { connection } => one(
                text!("networking-removed"),
                text!("networking-removed-text", endpoint = connection.short()),
            ),
            _ => Vec::new(),
        }
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        let instance = &self.instance;
        match &self.change {
            NetworkingChange::SetPublicAccess { enabled } => {
                steps.set_public_access(instance, *enabled);
            }
            NetworkingChange::Decide { connection, approve, message, actions_required } => {
                let said = (message.as_str(), actions_required.as_str());
                steps.decide_connection(instance, connection, *approve, said);
            }
            NetworkingChange::Remove { connection } => {
                steps.remove_connection(instance, connection);
            }
            NetworkingChange::Add { private_endpoints } => {
                for endpoint in private_endpoints {
                    endpoint.plan(steps, instance, instance, None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-00000000000a/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1";

    fn about(instance: &str) -> AboutText<'_> {
        AboutText { instance, justification: "why", subscription: None }
    }

    fn text(change: &str) -> NetworkingText<'_> {
        NetworkingText { about: about(INSTANCE), change, ..NetworkingText::default() }
    }

    #[test]
    fn the_name_is_typed_where_no_way_would_be_left() {
        let off = |typed_name| NetworkingText { must_confirm: true, typed_name, ..text("disable") };
        let wrong = ChangeNetworking::parse(off("")).expect_err("not confirmed");
        assert!(wrong.of("confirm_name").is_some_and(|text| text.to_string().contains("dt-1")));
        assert!(ChangeNetworking::parse(off("other")).is_err());
        let asked = ChangeNetworking::parse(off(" DT-1 ")).expect("confirmed");
        assert_eq!(asked.title(), "Disable public network access to dt-1");
        assert!(ChangeNetworking::parse(text("disable")).is_ok(), "there is another way in");
        let warned = |approved| {
            let text = NetworkingText { approved, ..text("disable") };
            ChangeNetworking::parse(text).expect("asked").warnings().remove(0)
        };
        assert_eq!(warned(Some(0)).title, "Nobody will reach its data");
        assert!(
            warned(Some(2))
                .text
                .to_string()
                .contains("2 private endpoint connections were approved")
        );
        assert!(warned(None).text.to_string().contains("not to be seen"));
        let on = ChangeNetworking::parse(text("enable")).expect("asked");
        assert!(on.warnings().is_empty());
    }

    #[test]
    fn what_the_other_side_has_to_do_is_asked_with_the_decision() {
        let connection = Connection {
            id: Scope::parse(&format!("{INSTANCE}/privateEndpointConnections/c")).expect("an id"),
            endpoint: String::new(),
        };
        let decide = |actions_required| {
            ChangeNetworking::parse(NetworkingText {
                connection: Some(connection.clone()),
                actions_required,
                ..text("reject")
            })
        };
        let told = |asked: ChangeNetworking| asked.facts().pop().expect("facts");
        let asked = decide(" Use pe-2. ").expect("asked");
        let required = told(asked);
        assert_eq!(required.label, "Actions required");
        assert_eq!(required.value, "Use pe-2.");
        assert_eq!(told(decide("").expect("asked")).label, "Connection state");
        let long = "x".repeat(LONGEST_DESCRIPTION + 1);
        assert!(decide(&long).is_err_and(|wrong| wrong.of("actions_required").is_some()));
    }

    #[test]
    fn a_connection_is_decided_only_when_it_is_there() {
        for change in ["approve", "reject", "remove"] {
            let wrong = ChangeNetworking::parse(text(change)).expect_err("no connection");
            assert!(wrong.of("connection").is_some(), "{change}");
        }
        assert!(
            ChangeNetworking::parse(text("nonsense"))
                .is_err_and(|wrong| wrong.of("change").is_some())
        );
        let foreign = NetworkingText { about: about("/subscriptions/x"), ..text("enable") };
        assert!(
            ChangeNetworking::parse(foreign).is_err_and(|wrong| wrong.of("instance").is_some())
        );
    }
}
