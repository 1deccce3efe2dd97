//! The plan as commands of Azure's command line: what somebody would type who did the same by hand.
//! Made from the calls themselves; what a command cannot say is sent with `az rest`.

use serde_json::{Map, Value};

use super::{Action, Call, Step};
use crate::domain::{asked::IdentityChange, scope::Scope};

/// One command, for a POSIX shell.
pub fn command(step: &Step) -> String {
    let words = words(step).filter(|words| words.iter().all(|word| !is_file(word)));
    let words = words.unwrap_or_else(|| rest(&step.call));
    let mut line = String::new();
    for word in words {
        match word.starts_with("--") && line.len() > 20 {
            // An option on a line of its own, so that it can be read.
            true => line.push_str(" \\\n  "),
            false if !line.is_empty() => line.push(' '),
            false => {}
        }
        line.push_str(&quoted(&word));
    }
    line
}

/// Whether the command line would put a file in the word's place: it reads what begins with `@`, or
/// has it behind an equals sign, as the name of one.
fn is_file(word: &str) -> bool {
    word.starts_with('@') || word.contains("=@")
}

/// A text that somebody typed, as a word; none that would be taken for an option.
fn typed(text: String) -> Option<String> {
    (!text.starts_with('-')).then_some(text)
}

/// The call as it is, for whatever has no command of its own.
fn rest(call: &Call) -> Vec<String> {
    let method = call.method.word().to_lowercase();
    let mut words = list(&["az", "rest", "--method", &method, "--url", &call.path]);
    if let Some(body) = &call.body {
        // In JSON this is the same letter, and no file.
        let body = if is_file(body) { body.replace('@', "\\u0040") } else { body.clone() };
        words.extend(list(&["--body", &body]));
    }
    words
}

/// `None` where a command would say less, or more, than the call.
fn words(step: &Step) -> Option<Vec<String>> {
    let mut body = match step.call.body.as_deref() {
        Some(body) => serde_json::from_str(body).ok()?,
        None => Map::new(),
    };
    let words = match &step.action {
        Action::RegisterProvider { subscription } => list(&[
            "az",
            "provider",
            "register",
            "--namespace",
            "Microsoft.DigitalTwins",
            "--subscription",
            subscription,
            "--wait",
        ]),
        Action::EnsureResourceGroup { group } => {
            let mut words = list(&["az", "group", "create", "--name", group.short()]);
            words.extend(["--location".to_owned(), text(&mut body, "location")?]);
            words.extend(list(&["--subscription", group.subscription_id()]));
            words
        }
        Action::CreateInstance { instance, .. } => {
            let mut words = twins("create", instance);
            words.extend(["--location".to_owned(), text(&mut body, "location")?]);
            words.extend(identity(&mut body)?);
            let mut properties = object(&mut body, "properties")?;
            if let Some(access) = properties.remove("publicNetworkAccess") {
                words.extend(list(&["--public-network-access", access.as_str()?]));
            }
            properties.is_empty().then_some(())?;
            words.extend(tags(&mut body)?);
            words
        }
        Action::AssignRole { scope, assignment, role, .. } => {
            let mut properties = object(&mut body, "properties")?;
            let role_id = text(&mut properties, "roleDefinitionId")?;
            role_id.ends_with(role.guid()).then_some(())?;
            let mut words = list(&["az", "role", "assignment", "create", "--assignee-object-id"]);
            words.push(text(&mut properties, "principalId")?);
            let mut given = |option: &str, member: &str| {
                text(&mut properties, member).map(|value| [option.to_owned(), value])
            };
            words.extend(given("--assignee-principal-type", "principalType")?);
            words.extend(list(&["--role", role.guid(), "--scope", &scope.to_string()]));
            words.extend(list(&["--name", &assignment.to_string()]));
            words.extend(given("--description", "description").into_iter().flatten());
            words.extend(given("--condition", "condition").into_iter().flatten());
            words.extend(given("--condition-version", "conditionVersion").into_iter().flatten());
            properties.is_empty().then_some(())?;
            words
        }
        Action::Verify { instance } => {
            let mut words = list(&["az", "dt", "model", "list"]);
            words.extend(named(instance));
            words
        }
        Action::RemoveRole { assignment } => {
            list(&["az", "role", "assignment", "delete", "--ids", &assignment.id()])
        }
        Action::ChangeIdentity { instance, change, .. } => {
            // The commands look themselves at what is there, and change only what they name.
            body.clear();
            identity_words(instance, change)
        }
        Action::DeleteInstance { instance, .. } => {
            let mut words = twins("delete", instance);
            words.push("--yes".to_owned());
            words
        }
        Action::CreatePrivateEndpoint { endpoint, instance, subnet } => {
            let words = endpoint_words(endpoint, instance, subnet, &mut body)?;
            body.remove("properties");
            words
        }
        Action::EnsurePrivateZone { zone } => {
            body.remove("location");
            let mut words = list(&["az", "network", "private-dns", "zone", "create"]);
            words.extend(placed(zone));
            words.extend(list(&["--name", zone.short()]));
            words
        }
        Action::LinkPrivateZone { link, network } => {
            let zone = link.parent()?;
            body.remove("location");
            let mut properties = object(&mut body, "properties")?;
            (properties.remove("registrationEnabled")? == Value::Bool(false)).then_some(())?;
            properties.remove("virtualNetwork")?;
            properties.is_empty().then_some(())?;
            let mut words = list(&["az", "network", "private-dns", "link", "vnet", "create"]);
            words.extend(placed(link));
            words.extend(list(&["--zone-name", zone.short(), "--name", link.short()]));
            words.extend(list(&["--virtual-network", &network.to_string()]));
            words.extend(list(&["--registration-enabled", "false"]));
            words
        }
        Action::DecideConnection { connection, approve } => {
            let mut properties = object(&mut body, "properties")?;
            let mut state = object(&mut properties, "privateLinkServiceConnectionState")?;
            state.remove("status")?;
            let instance = connection.id.parent()?;
            let mut words = connection_words("set", &instance, connection.id.short());
            words.extend(list(&["--status", if *approve { "Approved" } else { "Rejected" }]));
            words.extend(["--desc".to_owned(), typed(text(&mut state, "description")?)?]);
            if let Some(actions) = text(&mut state, "actionsRequired") {
                words.extend(["--actions-required".to_owned(), typed(actions)?]);
            }
            (state.is_empty() && properties.is_empty()).then_some(())?;
            words
        }
        Action::RemoveConnection { connection } => {
            let instance = connection.id.parent()?;
            let mut words = connection_words("delete", &instance, connection.id.short());
            words.push("--yes".to_owned());
            words
        }
        Action::JoinPrivateZone { .. }
        | Action::SetPublicAccess { .. }
        | Action::ChangeTags { .. } => return None,
    };
    // Everything that is sent has been said.
    body.is_empty().then_some(words)
}

fn twins(verb: &str, instance: &Scope) -> Vec<String> {
    let mut words = list(&["az", "dt", verb]);
    words.extend(named(instance));
    words.extend(list(&["--subscription", instance.subscription_id()]));
    words
}

fn named(instance: &Scope) -> Vec<String> {
    let group = instance.group_name().unwrap_or_default();
    list(&["--dt-name", instance.short(), "--resource-group", group])
}

fn identity_words(instance: &Scope, change: &IdentityChange) -> Vec<String> {
    let verb = match change {
        IdentityChange::SystemOn | IdentityChange::Associate { .. } => "assign",
        IdentityChange::SystemOff | IdentityChange::Remove { .. } => "remove",
    };
    let mut words = list(&["az", "dt", "identity", verb]);
    words.extend(named(instance));
    words.extend(list(&["--subscription", instance.subscription_id()]));
    match change {
        IdentityChange::SystemOn | IdentityChange::SystemOff => words.push("--system".to_owned()),
        IdentityChange::Associate { identities } | IdentityChange::Remove { identities } => {
            words.push("--user".to_owned());
            words.extend(identities.iter().map(Scope::to_string));
        }
    }
    words
}

fn connection_words(verb: &str, instance: &Scope, connection: &str) -> Vec<String> {
    let mut words = list(&["az", "dt", "network", "private-endpoint", "connection", verb]);
    words.extend(named(instance));
    words.extend(list(&["--subscription", instance.subscription_id(), "--cn", connection]));
    words
}

fn endpoint_words(
    endpoint: &Scope,
    instance: &Scope,
    subnet: &Scope,
    body: &mut Map<String, Value>,
) -> Option<Vec<String>> {
    let properties = body.get("properties")?.as_object()?;
    let manual = properties.get("manualPrivateLinkServiceConnections");
    let [connection] =
        manual.or(properties.get("privateLinkServiceConnections"))?.as_array()?.as_slice()
    else {
        return None;
    };
    let (name, message) = (
        connection["name"].as_str()?.to_owned(),
        connection["properties"]["requestMessage"].as_str().map(str::to_owned),
    );
    let message = match message {
        Some(text) => Some(typed(text)?),
        None => None,
    };
    let by_request = manual.is_some();
    let mut words = list(&["az", "network", "private-endpoint", "create"]);
    words.extend(placed(endpoint));
    words.extend(list(&["--name", endpoint.short()]));
    words.extend(["--location".to_owned(), text(body, "location")?]);
    words.extend(list(&["--subnet", &subnet.to_string()]));
    words.extend(list(&["--private-connection-resource-id", &instance.to_string()]));
    words.extend(list(&["--group-id", "API", "--connection-name", &name]));
    if by_request {
        words.extend(list(&["--manual-request", "true"]));
    }
    words.extend(message.into_iter().flat_map(|text| ["--request-message".to_owned(), text]));
    Some(words)
}

/// Where a resource is.
fn placed(resource: &Scope) -> Vec<String> {
    let group = resource.group_name().unwrap_or_default();
    list(&["--subscription", resource.subscription_id(), "--resource-group", group])
}

fn identity(body: &mut Map<String, Value>) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let Some(identity) = body.remove("identity") else { return Some(words) };
    let mut identity = identity.as_object()?.clone();
    match text(&mut identity, "type")?.as_str() {
        "None" => {}
        "SystemAssigned" => words.push("--mi-system-assigned".to_owned()),
        _ => return None,
    }
    identity.is_empty().then_some(words)
}

fn tags(body: &mut Map<String, Value>) -> Option<Vec<String>> {
    let Some(tags) = body.remove("tags") else { return Some(Vec::new()) };
    let tags = tags.as_object()?;
    if tags.is_empty() {
        return Some(Vec::new());
    }
    let mut words = vec!["--tags".to_owned()];
    for (name, value) in tags {
        // The first equals sign parts name and value.
        if name.contains('=') {
            return None;
        }
        words.push(typed(format!("{name}={}", value.as_str()?))?);
    }
    Some(words)
}

fn object(body: &mut Map<String, Value>, member: &str) -> Option<Map<String, Value>> {
    match body.remove(member) {
        Some(Value::Object(object)) => Some(object),
        _ => None,
    }
}

fn text(body: &mut Map<String, Value>, member: &str) -> Option<String> {
    match body.remove(member) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// One word for a POSIX shell, whatever is in it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
pub mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{
        super::{Method, Round, Steps, Surroundings, plan},
        *,
    };
    use crate::domain::{
        asked::*,
        person::Person,
        principal::{InstanceIdentity, Principal, PrincipalKind},
        role::{AssignedRole, ListedRole, Role},
    };

    /// What a shell makes of it.
    fn as_a_shell_reads(line: &str) -> Vec<String> {
        let script = format!("set -- {line}\nprintf '%s\\0' \"$@\"");
        let done = Command::new("sh").args(["-c", &script]).output().expect("a shell");
        assert!(done.status.success(), "{line}");
        let text = String::from_utf8(done.stdout).expect("UTF-8");
        text.split_terminator('\0').map(String::from).collect()
    }

    pub fn nina() -> Person {
        Person {
            id: "11111111-1111-4111-8111-111111111111".into(),
            name: "Nina".into(),
            upn: "nina@contoso.com".into(),
            auditor: false,
        }
    }

    pub fn creation(tags: &[(&str, &str)]) -> Vec<Step> {
        let asked = Asked::CreateInstance(CreateInstance {
            subscription: Subscription { id: "S".into(), name: "Production".into() },
            group: "rg-(lab)".into(),
            new_group: true,
            name: "dt-1".into(),
            region: "westeurope".into(),
            region_name: "West Europe".into(),
            networking: Networking::default(),
            system_identity: false,
            tags: tags.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            grants: vec![Grantee {
                principal: Principal {
                    id: nina().id,
                    kind: PrincipalKind::User,
                    name: None,
                    mail: None,
                },
                role: Role::DataOwner,
            }],
            justification: "why".into(),
        });
        plan(Round::first(Uuid::nil()), &asked, &nina(), Surroundings::default())
    }

    #[test]
    fn a_creation_reads_like_the_manual() {
        let commands: Vec<String> = creation(&[("team", "plant A")]).iter().map(command).collect();
        assert_eq!(
            commands,
            [
                "az provider register --namespace Microsoft.DigitalTwins \\\n  --subscription S \\\n  --wait",
                "az group create --name 'rg-(lab)' \\\n  --location westeurope \\\n  --subscription S",
                "az dt create --dt-name dt-1 \\\n  --resource-group 'rg-(lab)' \\\n  --subscription S \\\n  --location westeurope \\\n  --public-network-access Enabled \\\n  --tags requested-by=nina@contoso.com 'team=plant A' twindesk-request=00000000-0000-0000-0000-000000000000",
                "az role assignment create \\\n  --assignee-object-id 11111111-1111-4111-8111-111111111111 \\\n  --assignee-principal-type User \\\n  --role bcd981a7-7f74-457b-83e1-cceb9e632ffe \\\n  --scope '/subscriptions/S/resourceGroups/rg-(lab)/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1' \\\n  --name cc80bdd3-48c4-5241-9e49-cb0675ce09fd \\\n  --description 'Twindesk request 00000000-0000-0000-0000-000000000000'",
                "az dt model list --dt-name dt-1 \\\n  --resource-group 'rg-(lab)'",
            ]
        );
    }

    #[test]
    fn what_no_command_can_say_is_sent_as_it_is() {
        let mut step = creation(&[]).remove(2);
        let mut body: Value =
            serde_json::from_str(step.call.body.as_deref().expect("a body")).expect("JSON");
        body["properties"]["something"] = "new".into();
        step.call.body = Some(body.to_string());
        let words = as_a_shell_reads(&command(&step));
        assert_eq!(
            words,
            [
                "az",
                "rest",
                "--method",
                "put",
                "--url",
                &step.call.path,
                "--body",
                &body.to_string()
            ]
        );
        // A name with an equals sign would be another tag.
        assert!(command(&creation(&[("a=b", "c")])[2]).starts_with("az rest"));
    }

    fn of(make: impl FnOnce(&mut Steps)) -> Vec<String> {
        let mut steps = Steps::new(Round::first(Uuid::nil()));
        make(&mut steps);
        let steps = steps.into_steps();
        let whole = |step: &Step| as_a_shell_reads(&command(step)).join(" ");
        steps.iter().map(whole).collect()
    }

    const GROUP: &str = "/subscriptions/S/resourceGroups/rg";

    fn scope(path: &str) -> Scope {
        Scope::parse(&format!("{GROUP}/providers/{path}")).expect("a scope")
    }

    #[test]
    fn changes_of_what_exists_have_commands_of_their_own() {
        let instance = Scope::instance("S", "rg", "dt-1");
        let at = "--dt-name dt-1 --resource-group rg --subscription S";
        let identities = vec![scope("Microsoft.ManagedIdentity/userAssignedIdentities/id-1")];
        let seen = IdentityState::default();
        let connection = Connection {
            id: scope(
                "Microsoft.DigitalTwins/digitalTwinsInstances/dt-1/privateEndpointConnections/c",
            ),
            endpoint: String::new(),
        };
        let told = of(|steps| {
            steps.change_identity(&instance, &IdentityChange::SystemOff, &seen);
            steps.change_identity(&instance, &IdentityChange::Associate { identities }, &seen);
            steps.delete_instance(&instance, "2026");
            steps.decide_connection(&instance, &connection, true, ("it's ours", ""));
            steps.decide_connection(&instance, &connection, false, ("no", "use pe-2"));
            steps.remove_connection(&instance, &connection);
        });
        let id = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-1");
        assert_eq!(
            told,
            [
                format!("az dt identity remove {at} --system"),
                format!("az dt identity assign {at} --user {id}"),
                format!("az dt delete {at} --yes"),
                format!(
                    "az dt network private-endpoint connection set {at} --cn c --status Approved --desc it's ours"
                ),
                format!(
                    "az dt network private-endpoint connection set {at} --cn c --status Rejected --desc no --actions-required use pe-2"
                ),
                format!("az dt network private-endpoint connection delete {at} --cn c --yes"),
            ]
        );
    }

    #[test]
    fn a_role_of_an_identity_on_what_it_delivers_to() {
        let hub = scope("Microsoft.EventHub/namespaces/ns/eventhubs/hub");
        let principal = Principal {
            id: "p".into(),
            kind: PrincipalKind::ManagedIdentity,
            name: None,
            mail: None,
        };
        let role = AssignedRole::Listed(ListedRole { guid: "g".into(), name: "Sender".into() });
        let identity =
            InstanceIdentity { instance: Scope::instance("S", "rg", "dt-1"), user_assigned: None };
        let told = of(|steps| steps.assign_identity_role(&hub, &principal, role, &identity));
        let name = super::super::assignment_name(&hub, "p", "g");
        assert_eq!(
            told,
            [format!(
                "az role assignment create --assignee-object-id p --assignee-principal-type ServicePrincipal --role g --scope {hub} --name {name} --description Twindesk request 00000000-0000-0000-0000-000000000000"
            )]
        );
    }

    #[test]
    fn a_private_endpoint_and_its_names() {
        let subnet = scope("Microsoft.Network/virtualNetworks/vnet/subnets/default");
        let network = scope("Microsoft.Network/virtualNetworks/vnet");
        let zone = scope("Microsoft.Network/privateDnsZones/privatelink.digitaltwins.azure.net");
        let asked = PrivateEndpoint {
            endpoint: scope("Microsoft.Network/privateEndpoints/pe"),
            region: "westeurope".into(),
            subnet: subnet.clone(),
            request_message: Some("please".into()),
            zone: None,
        };
        let (instance, group) = (Scope::instance("S", "rg", "dt-1"), Scope::group("S", "rg"));
        let told = of(|steps| {
            steps.create_private_endpoint(&asked, &instance, &instance, &group);
            steps.ensure_private_zone(&zone, &group);
            steps.link_private_zone(&zone, &network, &group);
            steps.join_private_zone(&asked.endpoint, &zone, &group, &group);
        });
        let at = "--subscription S --resource-group rg";
        assert_eq!(
            told[0],
            format!(
                "az network private-endpoint create {at} --name pe --location westeurope --subnet {subnet} --private-connection-resource-id {instance} --group-id API --connection-name pe --manual-request true --request-message please"
            )
        );
        assert_eq!(
            told[1],
            format!(
                "az network private-dns zone create {at} --name privatelink.digitaltwins.azure.net"
            )
        );
        assert!(told[2].starts_with(&format!("az network private-dns link vnet create {at} --zone-name privatelink.digitaltwins.azure.net --name vnet")), "{}", told[2]);
        assert!(
            told[2].ends_with(&format!("--virtual-network {network} --registration-enabled false"))
        );
        assert!(told[3].starts_with("az rest --method put --url /subscriptions/S/"), "{}", told[3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_shell_reads_each_word_as_it_was_meant(words in proptest::collection::vec("[^\\x00\\r]{0,20}", 1..6)) {
            let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            prop_assert_eq!(as_a_shell_reads(&line.join(" ")), words);
        }

        /// Whatever stands in names and values, the command says everything that the call does, no
        /// word is a file to the command line or an option that nobody meant.
        #[test]
        fn nothing_of_a_call_is_left_out(name in "[a-zA-Z '$`\"!@=-]{1,12}", value in "[@=-]{0,2}[^\\x00-\\x1f]{0,20}") {
            let step = &creation(&[(&name, &value)])[2];
            let words = as_a_shell_reads(&command(step));
            for word in &words {
                // As the command line finds files: the first such sign, in front or behind an equals sign.
                let at = word.find('@');
                prop_assert!(at.is_none_or(|at| at > 0 && !word[..at].ends_with('=')), "{word}");
            }
            let tag = format!("{name}={value}");
            let body: Value = serde_json::from_str(step.call.body.as_deref().unwrap_or_default()).unwrap_or_default();
            let same = |word: &String| serde_json::from_str::<Value>(word).is_ok_and(|sent| sent == body);
            let as_option = tag.starts_with('-');
            prop_assert!((words.contains(&tag) && !as_option) || words.iter().any(same), "{:?}", words);
            prop_assert_eq!(step.call.method, Method::Put);
        }
    }
}
