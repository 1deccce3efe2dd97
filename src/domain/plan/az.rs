//! The plan as commands of Azure's command line: what somebody would type who did the same by hand.
//! Made from the calls themselves; what a command cannot say is sent with `az rest`.

use serde_json::{Map, Value};

use super::{Action, Call, Step};
use crate::domain::scope::Scope;

/// One command, for a POSIX shell.
pub fn command(step: &Step) -> String {
    let words = words(step).unwrap_or_else(|| rest(&step.call));
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

/// The call as it is, for whatever has no command of its own.
fn rest(call: &Call) -> Vec<String> {
    let method = call.method.word().to_lowercase();
    let mut words = list(&["az", "rest", "--method", &method, "--url", &call.path]);
    if let Some(body) = &call.body {
        words.extend(list(&["--body", body]));
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
        _ => return None,
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
        words.push(format!("{name}={}", value.as_str()?));
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
        super::{Method, Surroundings, plan},
        *,
    };
    use crate::domain::{
        asked::*,
        person::Person,
        principal::{Principal, PrincipalKind},
        role::Role,
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
        plan(Uuid::nil(), &asked, &nina(), Surroundings::default())
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_shell_reads_each_word_as_it_was_meant(words in proptest::collection::vec("[^\\x00\\r]{0,20}", 1..6)) {
            let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            prop_assert_eq!(as_a_shell_reads(&line.join(" ")), words);
        }

        /// Whatever stands in names and values, the command says everything that the call does.
        #[test]
        fn nothing_of_a_call_is_left_out(name in "[a-zA-Z '$`\"!-]{1,12}", value in "[^\\x00-\\x1f]{0,20}") {
            let step = &creation(&[(&name, &value)])[2];
            let words = as_a_shell_reads(&command(step));
            let tag = format!("{name}={value}");
            let body = step.call.body.clone().unwrap_or_default();
            prop_assert!(words.contains(&tag) || words.contains(&body), "{:?}", words);
            prop_assert_eq!(step.call.method, Method::Put);
        }
    }
}
