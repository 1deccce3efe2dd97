//! Reading the policy file. Knows TOML and where in it each mistake is; knows nothing of what the
//! policy is for.
//!
//! All mistakes are told at once, so the document is walked by hand: serde stops at the first.
//! `docs/policy.md` describes the file.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::path::Path;

use regex::Regex;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use uuid::Uuid;

use crate::domain::policy::{Approval, NameRule, Offered, Policy};

/// A policy that can be used, and what is odd about it all the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    pub policy: Policy,
    pub warnings: Vec<Wrong>,
}

/// A mistake, and the line that it is in, counted from one, where it is in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub line: Option<usize>,
    pub message: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The policy, or everything that is wrong with the file.
pub fn read(path: &Path) -> Result<Read, Vec<Wrong>> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text),
        Err(error) => {
            Err(vec![Wrong { line: None, message: format!("the file cannot be read: {error}") }])
        }
    }
}

fn parse(text: &str) -> Result<Read, Vec<Wrong>> {
    let mut reader = Reader { text, wrong: Vec::new(), warnings: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = format!("this is not TOML: {}", error.message());
        reader.wrong(&error.span().unwrap_or_default(), message);
    }
    let policy = match reader.wrong.is_empty() {
        true => reader.policy(document.get_ref()),
        // What is left of a broken document would be found fault with for what is not there.
        false => Policy::default(),
    };
    let Reader { mut wrong, mut warnings, .. } = reader;
    wrong.sort_by_key(|wrong| wrong.line);
    warnings.sort_by_key(|warning| warning.line);
    match wrong.is_empty() {
        true => Ok(Read { policy, warnings }),
        false => Err(wrong),
    }
}

/// The most tags that Azure lets a resource have.
const MOST_TAGS: usize = 50;

struct Reader<'a> {
    text: &'a str,
    wrong: Vec<Wrong>,
    warnings: Vec<Wrong>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn policy(&mut self, file: &DeTable<'_>) -> Policy {
        self.known(
            file,
            "here",
            &["approval", "self_approval", "subscription", "tags", "resource_name"],
        );
        let approval =
            file.get("approval").and_then(|value| self.approval(value)).unwrap_or_default();
        let self_approval = self.switch(file, "self_approval");
        if let Some(value) = file.get("self_approval")
            && self_approval
            && approval != Approval::Always
        {
            self.warning(
                &value.span(),
                "self_approval makes a difference only with approval = \"always\": what people may \
                 do themselves is not asked for otherwise",
            );
        }
        Policy {
            approval,
            self_approval,
            subscriptions: self.subscriptions(file),
            required_tags: self.required_tags(file),
            resource_name: self.resource_name(file),
        }
    }

    fn approval(&mut self, value: &Value<'_>) -> Option<Approval> {
        match value.get_ref().as_str() {
            Some("when-needed") => Some(Approval::WhenNeeded),
            Some("always") => Some(Approval::Always),
            _ => {
                let message =
                    format!("approval must be \"when-needed\" or \"always\", not {}", told(value));
                self.wrong(&value.span(), message);
                None
            }
        }
    }

    fn subscriptions(&mut self, file: &DeTable<'_>) -> Vec<Offered> {
        let Some(value) = file.get("subscription") else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(
                &value.span(),
                "a subscription begins with [[subscription]], in double brackets, as there can be \
                 several",
            );
            return Vec::new();
        };
        let mut lines: HashMap<String, usize> = HashMap::new();
        let mut offered = Vec::new();
        for item in list.iter() {
            let Some(table) = item.get_ref().as_table() else {
                self.wrong(
                    &item.span(),
                    format!(
                        "a subscription has keys of its own, such as id and name; this is {}",
                        kind(item)
                    ),
                );
                continue;
            };
            let one = self.subscription(item, table);
            let id = table.get("id").filter(|_| !one.id.is_empty());
            if let Some(id) = id.map(Spanned::span) {
                match lines.get(&one.id) {
                    Some(first) => {
                        let message =
                            format!("the subscription {} is already in line {first}", one.id);
                        self.wrong(&id, message);
                    }
                    None => {
                        lines.insert(one.id.clone(), self.line(&id));
                    }
                }
            }
            offered.push(one);
        }
        offered
    }

    fn subscription(&mut self, item: &Value<'_>, table: &DeTable<'_>) -> Offered {
        self.known(
            table,
            "in [[subscription]]",
            &["id", "name", "resource_groups", "regions", "create_resource_group"],
        );
        let offered = Offered {
            id: self.subscription_id(item, table),
            name: self.needed(item, table, "name", "what people read in the list"),
            resource_groups: self.list(table, "resource_groups", wrong_with_group),
            regions: self.list(table, "regions", wrong_with_region),
            create_resource_group: self.switch(table, "create_resource_group"),
        };
        if table.get("resource_groups").is_none_or(is_empty_list) && !offered.create_resource_group
        {
            self.warning(
                &item.span(),
                "people who do not see this subscription in Azure find no resource group to choose: \
                 name some in resource_groups, or set create_resource_group = true",
            );
        }
        offered
    }

    fn subscription_id(&mut self, item: &Value<'_>, table: &DeTable<'_>) -> String {
        let id = self.needed(item, table, "id", "the subscription's GUID");
        match (Uuid::try_parse(&id), table.get("id")) {
            (Ok(guid), _) => guid.hyphenated().to_string(),
            (Err(_), Some(value)) if !id.is_empty() => {
                let message = format!(
                    "id must be the subscription's GUID, like \
                     a1b2c3d4-0000-4000-8000-000000000001; not {id:?}"
                );
                self.wrong(&value.span(), message);
                String::new()
            }
            (Err(_), _) => String::new(),
        }
    }

    fn required_tags(&mut self, file: &DeTable<'_>) -> BTreeMap<String, String> {
        const FORM: &str =
            "it holds lines like costCenter = \"Cost centre, four digits\" under [tags.required]";
        let Some(tags) = self.table(file, "tags", FORM) else { return BTreeMap::new() };
        self.known(tags, "in [tags]", &["required"]);
        let Some(required) = self.table(tags, "required", FORM) else { return BTreeMap::new() };
        let mut rows: Vec<_> = required.iter().collect();
        rows.sort_by_key(|(name, _)| name.span().start);
        if let Some((name, _)) = rows.get(MOST_TAGS) {
            let message = format!("a resource can have {MOST_TAGS} tags; these are {}", rows.len());
            self.wrong(&name.span(), message);
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut tags = BTreeMap::new();
        for (name, help) in rows {
            let line = self.line(&name.span());
            if let Some(message) = wrong_with_tag(name.get_ref()) {
                self.wrong(&name.span(), message);
            }
            if let Some(first) = seen.insert(name.get_ref().to_lowercase(), line) {
                let message = format!(
                    "the tag {:?} is already in line {first}; Azure does not tell upper and lower \
                     case apart",
                    name.get_ref()
                );
                self.wrong(&name.span(), message);
            }
            let help =
                self.text(help, name.get_ref(), "the help that people read beside its field");
            tags.insert(name.get_ref().to_string(), help.unwrap_or_default());
        }
        tags
    }

    fn resource_name(&mut self, file: &DeTable<'_>) -> Option<NameRule> {
        let at = file.get("resource_name")?;
        let table = self.table(file, "resource_name", "it holds pattern and message")?;
        self.known(table, "in [resource_name]", &["pattern", "message"]);
        let pattern =
            self.needed(at, table, "pattern", "a regular expression such as \"^dt-[a-z0-9-]+$\"");
        let message = self.needed(at, table, "message", "what people read whose name does not fit");
        match Regex::new(&pattern) {
            Ok(pattern) => Some(NameRule { pattern, message }),
            Err(error) => {
                let place = table.get("pattern").map_or(at.span(), Spanned::span);
                let message = format!("pattern is not a regular expression: {}", last_line(&error));
                self.wrong(&place, message);
                None
            }
        }
    }

    /// Every key that nobody reads is a mistake, and most often a slip of the pen.
    fn known(&mut self, table: &DeTable<'_>, place: &str, known: &[&str]) {
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let message =
                    format!("{} is not a key {place} (known: {})", key.get_ref(), known.join(", "));
                self.wrong(&key.span(), message);
            }
        }
    }

    fn table<'t, 'v>(
        &mut self,
        table: &'t DeTable<'v>,
        name: &str,
        form: &str,
    ) -> Option<&'t DeTable<'v>> {
        let value = table.get(name)?;
        let found = value.get_ref().as_table();
        if found.is_none() {
            let message = format!("{name} cannot be {}: {form}", kind(value));
            self.wrong(&value.span(), message);
        }
        found
    }

    fn switch(&mut self, table: &DeTable<'_>, name: &str) -> bool {
        let Some(value) = table.get(name) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            let message = format!(
                "{name} must be true or false, without quotation marks; not {}",
                told(value)
            );
            self.wrong(&value.span(), message);
            false
        })
    }

    /// A text that must be there. Empty if it is not, which has been told then.
    fn needed(&mut self, at: &Value<'_>, table: &DeTable<'_>, name: &str, what: &str) -> String {
        match table.get(name) {
            Some(value) => self.text(value, name, what).unwrap_or_default(),
            None => {
                self.wrong(&at.span(), format!("{name} is missing: it is {what}"));
                String::new()
            }
        }
    }

    fn text(&mut self, value: &Value<'_>, name: &str, what: &str) -> Option<String> {
        match value.get_ref().as_str().map(str::trim) {
            Some("") => {
                self.wrong(&value.span(), format!("{name} is empty: it is {what}"));
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                let message =
                    format!("{name} must be a text in quotation marks, not {}", kind(value));
                self.wrong(&value.span(), message);
                None
            }
        }
    }

    fn list(
        &mut self,
        table: &DeTable<'_>,
        name: &str,
        wrong_with: fn(&str) -> Option<String>,
    ) -> Vec<String> {
        let Some(value) = table.get(name) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            let message = format!(
                "{name} must be a list in brackets, like [\"…\", \"…\"]; not {}",
                kind(value)
            );
            self.wrong(&value.span(), message);
            return Vec::new();
        };
        let mut list: Vec<String> = Vec::new();
        for item in items.iter() {
            let Some(text) = item.get_ref().as_str().map(str::trim) else {
                let message =
                    format!("{name} must hold texts in quotation marks, not {}", kind(item));
                self.wrong(&item.span(), message);
                continue;
            };
            if let Some(problem) = wrong_with(text) {
                self.wrong(&item.span(), problem);
            } else if list.iter().any(|known| known.eq_ignore_ascii_case(text)) {
                self.wrong(&item.span(), format!("{text} is in {name} twice"));
            } else {
                list.push(text.to_owned());
            }
        }
        list
    }

    fn wrong(&mut self, at: &Range<usize>, message: impl Into<String>) {
        self.wrong.push(Wrong { line: Some(self.line(at)), message: message.into() });
    }

    fn warning(&mut self, at: &Range<usize>, message: &str) {
        self.warnings.push(Wrong { line: Some(self.line(at)), message: message.to_owned() });
    }

    fn line(&self, at: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(at.start);
        before.filter(|&&byte| byte == b'\n').count() + 1
    }
}

/// Azure's rule, as people are held to it where they type a name themselves.
fn wrong_with_group(name: &str) -> Option<String> {
    let fits = (1..=90).contains(&name.chars().count())
        && !name.ends_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.()".contains(c));
    (!fits).then(|| {
        format!(
            "{name:?} is no resource group's name: 1 to 90 letters, digits, hyphens, underscores, \
             full stops or parentheses, and no full stop at the end"
        )
    })
}

fn wrong_with_region(name: &str) -> Option<String> {
    let short: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if short.is_empty() {
        return Some(format!("{name:?} is no region: use names like westeurope"));
    }
    (short != name).then(|| format!("use {short}, not {name}: regions are named as in Azure's API"))
}

fn wrong_with_tag(name: &str) -> Option<String> {
    let reserved = ["microsoft", "azure", "windows"];
    if name.trim().is_empty() {
        return Some("a tag needs a name".to_owned());
    }
    if name.chars().count() > 512 || name.chars().any(|c| "<>%&\\?/".contains(c) || c.is_control())
    {
        return Some(format!(
            "{name:?} is no tag's name: at most 512 characters, none of < > % & \\ ? /"
        ));
    }
    reserved
        .iter()
        .any(|word| name.to_lowercase().starts_with(word))
        .then(|| format!("{name:?} is no tag's name: Azure keeps those for itself that begin so"))
}

fn is_empty_list(value: &Value<'_>) -> bool {
    value.get_ref().as_array().is_some_and(|list| list.is_empty())
}

/// What was written, where it is short enough to say.
fn told(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Boolean(is) => is.to_string(),
        _ => kind(value).to_owned(),
    }
}

fn kind(value: &Value<'_>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The regex library draws a picture; its last line says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
approval = "always"
self_approval = true

[[subscription]]
id = "A1B2C3D4-0000-4000-8000-000000000001"
name = " Contoso Production "
resource_groups = ["rg-twins", "rg-factory"]
regions = ["westeurope", "eastus2"]
create_resource_group = true

[[subscription]]
id = "a1b2c3d4-0000-4000-8000-000000000002"
name = "Contoso Development"
resource_groups = ["rg-sandbox"]

[tags.required]
costCenter = "Cost centre, four digits"

[resource_name]
pattern = "^dt-[a-z0-9-]+$"
message = "Names start with dt-, for example dt-lab-1."
"#;

    #[test]
    fn a_whole_policy() {
        let Read { policy, warnings } = parse(WHOLE).unwrap();
        assert_eq!(warnings, []);
        assert_eq!(policy.approval, Approval::Always);
        assert!(policy.self_approval);
        assert_eq!(
            policy.subscriptions[0],
            Offered {
                id: "a1b2c3d4-0000-4000-8000-000000000001".into(),
                name: "Contoso Production".into(),
                resource_groups: vec!["rg-twins".into(), "rg-factory".into()],
                regions: vec!["westeurope".into(), "eastus2".into()],
                create_resource_group: true,
            }
        );
        assert_eq!(policy.subscriptions[1].regions, Vec::<String>::new());
        assert_eq!(policy.required_tags["costCenter"], "Cost centre, four digits");
        let rule = policy.resource_name.unwrap();
        assert!(rule.pattern.is_match("dt-lab-1") && !rule.pattern.is_match("lab-1"));
        assert_eq!(rule.message, "Names start with dt-, for example dt-lab-1.");
    }

    #[test]
    fn an_empty_file_is_the_usual_policy() {
        assert_eq!(parse(""), Ok(Read { policy: Policy::default(), warnings: Vec::new() }));
        assert_eq!(parse("# nothing\n\n").unwrap().policy, Policy::default());
    }

    #[test]
    fn the_file_must_be_there() {
        let wrong = read(Path::new("/nowhere/policy.toml")).unwrap_err();
        assert_eq!(
            told(&wrong),
            ["the file cannot be read: No such file or directory (os error 2)"]
        );
    }

    #[test]
    fn everything_is_told_at_once_in_the_order_of_the_file() {
        let text = "aproval = 1\n\n[[subscription]]\nid = \"x\"\nregions = [\"West Europe\",\n\"North Europe\"]\nresource_groups = [\"rg.\"]\n\n[resource_name]\npattern = \"(\"\n";
        assert_eq!(
            wrong(text),
            [
                "line 1: aproval is not a key here (known: approval, self_approval, subscription, tags, resource_name)",
                "line 3: name is missing: it is what people read in the list",
                "line 4: id must be the subscription's GUID, like a1b2c3d4-0000-4000-8000-000000000001; not \"x\"",
                "line 5: use westeurope, not West Europe: regions are named as in Azure's API",
                "line 6: use northeurope, not North Europe: regions are named as in Azure's API",
                "line 7: \"rg.\" is no resource group's name: 1 to 90 letters, digits, hyphens, underscores, full stops or parentheses, and no full stop at the end",
                "line 9: message is missing: it is what people read whose name does not fit",
                "line 10: pattern is not a regular expression: unclosed group",
            ]
        );
    }

    #[test]
    fn approval_is_one_of_two_words() {
        assert_eq!(
            wrong("\napproval = \"sometimes\""),
            ["line 2: approval must be \"when-needed\" or \"always\", not \"sometimes\""]
        );
        assert_eq!(
            wrong("approval = true"),
            ["line 1: approval must be \"when-needed\" or \"always\", not true"]
        );
        assert_eq!(
            wrong("approval = 1"),
            ["line 1: approval must be \"when-needed\" or \"always\", not a number"]
        );
    }

    #[test]
    fn self_approval_is_for_always() {
        let warnings = |text: &str| told(&parse(text).unwrap().warnings);
        let odd = "line 2: self_approval makes a difference only with approval = \"always\": what people may do themselves is not asked for otherwise";
        assert_eq!(warnings("\nself_approval = true"), [odd]);
        assert_eq!(warnings("approval = \"when-needed\"\nself_approval = true"), [odd]);
        assert!(warnings("approval = \"always\"\nself_approval = true").is_empty());
        assert!(warnings("self_approval = false").is_empty());
        assert_eq!(
            wrong("self_approval = \"yes\""),
            ["line 1: self_approval must be true or false, without quotation marks; not \"yes\""]
        );
    }

    #[test]
    fn keys_that_nobody_reads() {
        assert_eq!(
            wrong(&subscription("region = []")),
            [
                "line 4: region is not a key in [[subscription]] (known: id, name, resource_groups, regions, create_resource_group)"
            ]
        );
        assert_eq!(
            wrong("[tags]\noptional = 1"),
            ["line 2: optional is not a key in [tags] (known: required)"]
        );
        assert_eq!(
            wrong("[resource_name]\npattern = \"a\"\nmessage = \"b\"\nhelp = \"c\""),
            ["line 4: help is not a key in [resource_name] (known: pattern, message)"]
        );
    }

    #[test]
    fn a_subscription_has_an_id_and_a_name() {
        assert_eq!(
            wrong("\n[[subscription]]\ncreate_resource_group = true"),
            [
                "line 2: id is missing: it is the subscription's GUID",
                "line 2: name is missing: it is what people read in the list",
            ]
        );
        assert_eq!(
            wrong("[[subscription]]\nid = \"\"\nname = \" \""),
            [
                "line 2: id is empty: it is the subscription's GUID",
                "line 3: name is empty: it is what people read in the list",
            ]
        );
        assert_eq!(
            wrong("[[subscription]]\nid = 1\nname = []"),
            [
                "line 2: id must be a text in quotation marks, not a number",
                "line 3: name must be a text in quotation marks, not a list",
            ]
        );
    }

    #[test]
    fn a_subscription_is_offered_once() {
        let again = "[[subscription]]\nid = \"A1B2C3D4-0000-4000-8000-000000000001\"\nname = \"b\"";
        assert_eq!(
            wrong(&(subscription("") + again)),
            ["line 6: the subscription a1b2c3d4-0000-4000-8000-000000000001 is already in line 2"]
        );
    }

    #[test]
    fn subscriptions_are_a_list_of_tables() {
        assert_eq!(
            wrong("[subscription]\nid = \"x\""),
            [
                "line 1: a subscription begins with [[subscription]], in double brackets, as there can be several"
            ]
        );
        assert_eq!(
            wrong("\nsubscription = [\n\"x\"]"),
            ["line 3: a subscription has keys of its own, such as id and name; this is a text"]
        );
    }

    #[test]
    fn regions_and_resource_groups() {
        assert_eq!(
            wrong(&subscription("regions = \"westeurope\"")),
            ["line 4: regions must be a list in brackets, like [\"…\", \"…\"]; not a text"]
        );
        assert_eq!(
            wrong(&subscription("regions = [\"WestEurope\", \"\", 3, \"eastus\", \"eastus\"]")),
            [
                "line 4: use westeurope, not WestEurope: regions are named as in Azure's API",
                "line 4: \"\" is no region: use names like westeurope",
                "line 4: regions must hold texts in quotation marks, not a number",
                "line 4: eastus is in regions twice",
            ]
        );
        let groups = wrong(&subscription("resource_groups = [\"\", \"rg\", \"RG\"]"));
        assert!(groups[0].starts_with("line 4: \"\" is no resource group's name"), "{groups:?}");
        assert_eq!(groups[1..], ["line 4: RG is in resource_groups twice"]);
        assert_eq!(
            wrong(&subscription("create_resource_group = 1")),
            [
                "line 4: create_resource_group must be true or false, without quotation marks; not a number"
            ]
        );
    }

    #[test]
    fn a_subscription_without_a_resource_group_is_odd() {
        let text = "[[subscription]]\nid = \"a1b2c3d4-0000-4000-8000-000000000001\"\nname = \"a\"";
        assert_eq!(
            told(&parse(text).unwrap().warnings),
            [
                "line 1: people who do not see this subscription in Azure find no resource group to choose: name some in resource_groups, or set create_resource_group = true"
            ]
        );
    }

    #[test]
    fn tags_are_named_as_azure_allows() {
        let tags = |lines: &str| wrong(&format!("[tags.required]\n{lines}"));
        assert_eq!(
            tags("\"a/b\" = \"Help\"\n\"\" = \"Help\"\nazureTeam = \"Help\""),
            [
                "line 2: \"a/b\" is no tag's name: at most 512 characters, none of < > % & \\ ? /",
                "line 3: a tag needs a name",
                "line 4: \"azureTeam\" is no tag's name: Azure keeps those for itself that begin so",
            ]
        );
        assert_eq!(
            tags("owner = \"Mail\"\nOwner = \"Mail\""),
            [
                "line 3: the tag \"Owner\" is already in line 2; Azure does not tell upper and lower case apart"
            ]
        );
        assert_eq!(
            tags("owner = \"\"\nteam = true"),
            [
                "line 2: owner is empty: it is the help that people read beside its field",
                "line 3: team must be a text in quotation marks, not true or false",
            ]
        );
        let many: String = (0..51).map(|n| format!("tag{n} = \"Help\"\n")).collect();
        assert_eq!(tags(&many), ["line 52: a resource can have 50 tags; these are 51"]);
        assert_eq!(
            wrong("tags = 1"),
            [
                "line 1: tags cannot be a number: it holds lines like costCenter = \"Cost centre, four digits\" under [tags.required]"
            ]
        );
        assert_eq!(
            wrong("[tags]\nrequired = [\"owner\"]"),
            [
                "line 2: required cannot be a list: it holds lines like costCenter = \"Cost centre, four digits\" under [tags.required]"
            ]
        );
    }

    #[test]
    fn a_name_rule_has_both_parts() {
        assert_eq!(
            wrong("[resource_name]\nmessage = \"m\""),
            ["line 1: pattern is missing: it is a regular expression such as \"^dt-[a-z0-9-]+$\""]
        );
        assert_eq!(
            wrong("[resource_name]\npattern = \"a\"\nmessage = \"\""),
            ["line 3: message is empty: it is what people read whose name does not fit"]
        );
        assert_eq!(
            wrong("resource_name = \"^dt-\""),
            ["line 1: resource_name cannot be a text: it holds pattern and message"]
        );
        assert_eq!(
            wrong("[resource_name]\npattern = '[z-a]'\nmessage = \"m\""),
            [
                "line 2: pattern is not a regular expression: invalid character class range, the start must be <= the end"
            ]
        );
    }

    #[test]
    fn what_is_not_toml_is_told_by_line() {
        let broken = wrong("approval = \"always\"\nself_approval = perhaps\n\n[[subscription\n");
        assert!(broken.len() >= 2, "{broken:?}");
        assert!(broken[0].starts_with("line 2: this is not TOML: "), "{broken:?}");
        assert!(broken.iter().any(|line| line.starts_with("line 4: ")), "{broken:?}");
        let twice = wrong("approval = \"always\"\napproval = \"always\"");
        assert_eq!(twice.len(), 1);
        assert!(twice[0].starts_with("line 2: this is not TOML: "), "{twice:?}");
    }

    fn subscription(line: &str) -> String {
        format!(
            "[[subscription]]\nid = \"a1b2c3d4-0000-4000-8000-000000000001\"\nname = \"a\"\n{line}\n"
        )
    }

    fn wrong(text: &str) -> Vec<String> {
        told(&parse(text).unwrap_err())
    }

    fn told(wrong: &[Wrong]) -> Vec<String> {
        wrong.iter().map(Wrong::to_string).collect()
    }
}
