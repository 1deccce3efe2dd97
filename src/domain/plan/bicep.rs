//! The plan as Bicep files: what of it makes something, in the order of the plan, one file for each
//! scope that is deployed to. What Bicep cannot say (registering, changing in part, removing) is named
//! in a comment.

use std::fmt::Write;

use serde_json::Value;

use super::{INSTANCES_API, Method, Step};
use crate::{domain::scope::Scope, words::Text};

/// A file, and the command that deploys it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub command: String,
    pub text: String,
}

/// The files in the order in which they are deployed, and the titles of the steps that no file holds.
pub fn files<'a>(steps: impl IntoIterator<Item = &'a Step>) -> (Vec<File>, Vec<Text>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut left_out = Vec::new();
    for step in steps {
        if step.action.is_verification() {
            continue;
        }
        let Some(part) = Part::of(step) else {
            left_out.push(step.action.title());
            continue;
        };
        match drafts.last_mut() {
            Some(last) if last.target == part.target => last.parts.push(part),
            _ => drafts.push(Draft { target: part.target.clone(), parts: vec![part] }),
        }
    }
    let files = drafts.iter().enumerate().map(|(at, draft)| draft.file(at + 1)).collect();
    (files, left_out)
}

/// One file being made.
struct Draft {
    target: Scope,
    parts: Vec<Part>,
}

/// One resource.
struct Part {
    /// The subscription or resource group that it is deployed to.
    target: Scope,
    title: String,
    /// `Microsoft.DigitalTwins/digitalTwinsInstances`
    kind: String,
    version: String,
    name: String,
    /// The resource that it extends, if it does: a role assignment on an instance.
    on: Option<Scope>,
    body: Value,
}

impl Part {
    /// `None` for what is not a whole resource, put where Bicep can put it.
    fn of(step: &Step) -> Option<Part> {
        if step.call.method != Method::Put {
            return None;
        }
        let (path, query) = step.call.path.split_once('?')?;
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        let version = query.strip_prefix("api-version=")?.to_owned();
        let body = serde_json::from_str(step.call.body.as_deref()?).ok()?;
        let title = step.action.title().to_string();
        let (before, resource) = match path.rsplit_once("/providers/") {
            Some((before, resource)) => (Scope::parse(before)?, resource),
            // A resource group, deployed to its subscription.
            None => {
                let group = Scope::parse(&path)?;
                return Some(Part {
                    target: Scope::subscription(group.subscription_id()),
                    title,
                    kind: "Microsoft.Resources/resourceGroups".to_owned(),
                    version,
                    name: group.group_name()?.to_owned(),
                    on: None,
                    body,
                });
            }
        };
        let (target, on) = match (&before, before.group_name()) {
            (Scope::Subscription { .. } | Scope::ResourceGroup { .. }, _) => (before, None),
            (_, Some(group)) => {
                existing(&before)?;
                (Scope::group(before.subscription_id(), group), Some(before.clone()))
            }
            (_, None) => return None,
        };
        let (kind, name) = kind_and_name(resource)?;
        Some(Part { target, title, kind, version, name, on, body })
    }

    fn is(&self, scope: &Scope) -> bool {
        let own = format!("{}/providers/{}", self.target, self.id());
        self.on.is_none() && Scope::parse(&own).as_ref() == Some(scope)
    }

    /// Type and name in turns, as an id holds them.
    fn id(&self) -> String {
        let mut kinds = self.kind.split('/');
        let mut id = kinds.next().unwrap_or_default().to_owned();
        for (kind, name) in kinds.zip(self.name.split('/')) {
            let _ = write!(id, "/{kind}/{name}");
        }
        id
    }
}

impl Draft {
    fn file(&self, number: usize) -> File {
        let name = format!("{number}.bicep");
        let subscription = self.target.subscription_id();
        let mut text = String::new();
        let command = match self.target.group_name() {
            Some(group) => {
                text.push_str("targetScope = 'resourceGroup'\n");
                format!(
                    "az deployment group create --subscription {subscription} --resource-group {} --template-file {name}",
                    shell(group)
                )
            }
            None => {
                text.push_str("targetScope = 'subscription'\n");
                let place = self.parts.iter().find_map(|part| part.body["location"].as_str());
                format!(
                    "az deployment sub create --subscription {subscription} --location {} --template-file {name}",
                    shell(place.unwrap_or("westeurope"))
                )
            }
        };
        let mut strangers: Vec<&Scope> = Vec::new();
        for part in &self.parts {
            if let Some(on) = &part.on
                && !self.parts.iter().any(|other| other.is(on))
                && !strangers.contains(&on)
            {
                strangers.push(on);
            }
        }
        for (at, (kind, name)) in strangers.iter().filter_map(|&on| existing(on)).enumerate() {
            let _ = write!(
                text,
                "\nresource existing{} '{kind}' existing = {{\n  name: {}\n}}\n",
                at + 1,
                literal(&name)
            );
        }
        for (at, part) in self.parts.iter().enumerate() {
            let mut members = vec![("name".to_owned(), literal(&part.name))];
            let mut waits = at.checked_sub(1).map(symbol);
            if let Some(on) = &part.on {
                let own = self.parts.iter().position(|other| other.is(on));
                let other = strangers.iter().position(|other| *other == on);
                let scope = own.map(symbol).or(other.map(|at| format!("existing{}", at + 1)));
                members.push(("scope".to_owned(), scope.unwrap_or_default()));
                // The scope is waited for without being told.
                waits = waits.filter(|before| own.map(symbol).as_ref() != Some(before));
            }
            if let Value::Object(body) = &part.body {
                members.extend(body.iter().map(|(key, value)| (member(key), bicep(value, 1))));
            }
            if let Some(before) = waits {
                members.push(("dependsOn".to_owned(), format!("[\n    {before}\n  ]")));
            }
            let _ = write!(
                text,
                "\n// {}\nresource {} '{}@{}' = {{\n",
                part.title.replace(['\n', '\r'], " "),
                symbol(at),
                part.kind,
                part.version
            );
            for (key, value) in members {
                let _ = writeln!(text, "  {key}: {value}");
            }
            text.push_str("}\n");
        }
        File { name, command, text }
    }
}

/// Full type and full name of what an id holds behind its provider: `Namespace/a/b` and `x/y` of
/// `Namespace/a/x/b/y`.
fn kind_and_name(path: &str) -> Option<(String, String)> {
    let mut parts = path.split('/');
    let mut kind = parts.next()?.to_owned();
    let mut names = Vec::new();
    while let (Some(word), Some(name)) = (parts.next(), parts.next()) {
        kind.push('/');
        kind.push_str(word);
        names.push(name);
    }
    Some((kind, names.join("/")))
}

/// Type with version, and name, of something that exists already. `None` where no version of the type
/// is known here: Bicep needs one.
fn existing(resource: &Scope) -> Option<(String, String)> {
    let id = resource.to_string();
    let (kind, name) = kind_and_name(id.split_once("/providers/")?.1)?;
    let version = match kind.split('/').next()?.to_ascii_lowercase().as_str() {
        "microsoft.digitaltwins" => INSTANCES_API,
        "microsoft.eventhub" | "microsoft.servicebus" => "2021-11-01",
        "microsoft.storage" => "2023-01-01",
        "microsoft.kusto" => "2023-08-15",
        _ => return None,
    };
    Some((format!("{kind}@{version}"), name))
}

fn symbol(at: usize) -> String {
    format!("step{}", at + 1)
}

fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A value as Bicep writes it, indented.
fn bicep(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) if number.is_f64() => format!("json('{number}')"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => literal(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Array(items) => {
            let lines = items.iter().map(|item| format!("{indent}{}\n", bicep(item, depth + 1)));
            format!("[\n{}{end}]", lines.collect::<String>())
        }
        Value::Object(members) => {
            let lines = members.iter().map(|(key, value)| {
                format!("{indent}{}: {}\n", member(key), bicep(value, depth + 1))
            });
            format!("{{\n{}{end}}}", lines.collect::<String>())
        }
    }
}

fn member(key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { key.to_owned() } else { literal(key) }
}

/// A text ("Data types in Bicep": backslash, quote, line breaks, tab and `${` are escaped).
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.push_str(r"\\"),
            '\'' => out.push_str(r"\'"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            '$' if rest.peek() == Some(&'{') => out.push_str(r"\$"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{super::az::tests::creation, *};

    #[test]
    fn a_creation_is_a_group_and_then_what_stands_in_it() {
        let (files, left_out) = files(&creation(&[("team", "it's ${x}")]));
        assert_eq!(left_out, ["Register the resource provider Microsoft.DigitalTwins"]);
        let [group, inside] = &files[..] else { panic!("{files:?}") };
        assert_eq!(
            group.text,
            "targetScope = 'subscription'\n\n// Create the resource group rg-(lab)\nresource step1 'Microsoft.Resources/resourceGroups@2021-04-01' = {\n  name: 'rg-(lab)'\n  location: 'westeurope'\n}\n"
        );
        assert!(group.command.contains("--location 'westeurope'"));
        assert_eq!(
            inside.text,
            "targetScope = 'resourceGroup'\n\n// Create the instance dt-1\nresource step1 'Microsoft.DigitalTwins/digitalTwinsInstances@2023-01-31' = {\n  name: 'dt-1'\n  location: 'westeurope'\n  properties: {\n    publicNetworkAccess: 'Enabled'\n  }\n  tags: {\n    'requested-by': 'nina@contoso.com'\n    team: 'it\\'s \\${x}'\n    'twindesk-request': '00000000-0000-0000-0000-000000000000'\n  }\n}\n\n// Assign Azure Digital Twins Data Owner to 11111111-1111-4111-8111-111111111111\nresource step2 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: 'cc80bdd3-48c4-5241-9e49-cb0675ce09fd'\n  scope: step1\n  properties: {\n    roleDefinitionId: '/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/bcd981a7-7f74-457b-83e1-cceb9e632ffe'\n    principalId: '11111111-1111-4111-8111-111111111111'\n    principalType: 'User'\n    description: 'Twindesk request 00000000-0000-0000-0000-000000000000'\n  }\n}\n"
        );
    }

    #[test]
    fn a_role_on_what_is_there_already_names_it_as_existing() {
        let only = creation(&[]).remove(3);
        let (files, _) = files([&only]);
        assert!(files[0].text.contains("resource existing1 'Microsoft.DigitalTwins/digitalTwinsInstances@2023-01-31' existing = {\n  name: 'dt-1'\n}"));
        assert!(files[0].text.contains("scope: existing1"));
    }

    #[test]
    fn a_role_on_another_resource_names_that_and_what_has_no_known_version_is_left_out() {
        let on = |path: &str| {
            let mut step = creation(&[]).remove(3);
            let scope = Scope::resource("S", "rg", path);
            step.call.path = format!(
                "{scope}/providers/Microsoft.Authorization/roleAssignments/x?api-version=1"
            );
            files([&step])
        };
        let (made, left_out) = on("Microsoft.EventHub/namespaces/ns/eventhubs/hub");
        assert!(left_out.is_empty());
        assert!(made[0].text.contains("resource existing1 'Microsoft.EventHub/namespaces/eventhubs@2021-11-01' existing = {\n  name: 'ns/hub'\n}"), "{}", made[0].text);
        let (made, left_out) = on("Microsoft.Web/sites/x");
        assert!(made.is_empty() && left_out.len() == 1);
    }

    /// A second reading of Bicep's values, by its grammar, that knows nothing of how they were written.
    struct Reader<'a>(std::iter::Peekable<std::str::Chars<'a>>);

    impl Reader<'_> {
        fn space(&mut self, also_lines: bool) {
            while self.0.next_if(|c| *c == ' ' || (also_lines && *c == '\n')).is_some() {}
        }

        fn text(&mut self) -> String {
            assert_eq!(self.0.next(), Some('\''));
            let mut out = String::new();
            loop {
                match self.0.next().expect("an end") {
                    '\'' => return out,
                    '$' => {
                        assert_ne!(self.0.peek(), Some(&'{'), "an interpolation");
                        out.push('$');
                    }
                    '\\' => out.push(match self.0.next().expect("an escape") {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => {
                            let code: String =
                                self.0.by_ref().skip(1).take_while(|c| *c != '}').collect();
                            char::from_u32(u32::from_str_radix(&code, 16).expect("hexadecimal"))
                                .expect("a character")
                        }
                        c @ ('\\' | '\'' | '$') => c,
                        other => panic!("no escape: {other}"),
                    }),
                    '\n' => panic!("a line break in a text"),
                    c => out.push(c),
                }
            }
        }

        fn value(&mut self) -> Value {
            match self.0.peek().expect("a value") {
                '\'' => Value::String(self.text()),
                '[' => {
                    self.0.next();
                    let mut items = Vec::new();
                    loop {
                        self.space(true);
                        if self.0.next_if_eq(&']').is_some() {
                            return Value::Array(items);
                        }
                        items.push(self.value());
                    }
                }
                '{' => {
                    self.0.next();
                    let mut members = serde_json::Map::new();
                    loop {
                        self.space(true);
                        if self.0.next_if_eq(&'}').is_some() {
                            return Value::Object(members);
                        }
                        let key = match self.0.peek() {
                            Some('\'') => self.text(),
                            _ => self.word(),
                        };
                        assert_eq!(self.0.next(), Some(':'));
                        self.space(false);
                        members.insert(key, self.value());
                    }
                }
                _ => serde_json::from_str(&self.word()).expect("a number or a word"),
            }
        }

        fn word(&mut self) -> String {
            let mut word = String::new();
            while let Some(c) = self.0.next_if(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)) {
                word.push(c);
            }
            word
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[\\PC'\\\\$\\{\\}\n\t\r\u{7}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z'\\$ _-]{1,6}", inner, 0..4)
                    .prop_map(|members| json!(members)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(value in any_value()) {
            let text = bicep(&value, 0);
            prop_assert_eq!(Reader(text.chars().peekable()).value(), value, "{}", text);
        }

        /// The whole body of a call stands in the file, whatever is in it.
        #[test]
        fn a_file_holds_the_whole_call(name in "[a-z'$ -]{1,8}", value in "[\\PC'\\\\$\\{]{0,12}") {
            let step = creation(&[(&name, &value)]).remove(2);
            let (files, left_out) = files([&step]);
            prop_assert!(left_out.is_empty());
            let at = files[0].text.find("= {\n").expect("a resource") + 2;
            let Value::Object(mut read) = Reader(files[0].text[at..].chars().peekable()).value() else { panic!() };
            prop_assert_eq!(read.remove("name"), Some(json!("dt-1")));
            let sent: Value = serde_json::from_str(step.call.body.as_deref().expect("a body")).expect("JSON");
            prop_assert_eq!(Value::Object(read), sent);
        }
    }
}
