//! Whether the catalogues are whole: each message in every language, each used, and no text beside them.
//! Reads the sources; `tests/browser/pages_phones.test.mjs` reads the pages themselves.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot be is best shown by where it was not"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use regex::Regex;

/// Messages whose ids are put together, by how those begin: where, and from what.
const PUT_TOGETHER: &[(&str, &str)] = &[
    ("place-", "web/page.rs: the words of the places"),
    ("notice-", "web/page.rs: what has happened"),
    ("theme-", "web/settings.rs"),
    ("density-", "web/settings.rs"),
    ("refusal-", "domain/refusals.rs: Azure's codes"),
    ("status-", "domain/request.rs: the words of Status"),
    ("event-", "domain/history.rs: the kinds of Event"),
];

/// Azure's names of roles, and what they begin with.
const ROLES: &[&str] = &[
    "Azure Digital Twins ",
    "Azure Digital Twins Data Owner",
    "Azure Digital Twins Data Reader",
    "Role Based Access Control Administrator",
    "User Access Administrator",
    "Azure Event Hubs Data Sender",
    "Azure Event Hubs Data Owner",
    "Azure Service Bus Data Sender",
    "Storage Blob Data Contributor",
];

/// What stands in templates and is the same in every language.
const NAMES: &[&str] = &["Twindesk", "HTTP", "UTC", "Bicep", "JSON"];

/// Sentences in the sources that nobody reads on a page: part of the literal, and why.
const NOT_FOR_PAGES: &[(&str, &str)] = &[
    ("SystemAssigned,UserAssigned", "identity.type, as Azure's API names it"),
    ("{}:{id}", "how a form carries a member"),
    ("ABAC condition", "domain/refusals.rs: of a message of Azure"),
    ("MFA is required", "domain/refusals.rs: of a message of Azure"),
    ("Option::is_none", "for serde"),
    ("{byte:02x}", "hexadecimal digits"),
    ("{request} {position} {attempt}", "what chance is drawn from"),
    ("{id:?} is no scope", "an error of serde: what is kept is broken"),
    ("{indent}{}: {}\\n", "Bicep"),
    ("Twindesk request ", "sent to Azure as a description"),
    ("Azure CLI", "a product"),
    ("{position}:{}", "what an approval carries of the names"),
    ("Data history connection", "a word that requests keep"),
];

#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    variables: BTreeSet<String>,
    /// Markup, in its order.
    tags: Vec<String>,
    refers_to: BTreeSet<String>,
}

type Catalogue = BTreeMap<String, Message>;

#[test]
fn every_message_is_there_in_every_language() {
    let (english, german) = (catalogue("en"), catalogue("de"));
    let mut wrong = Vec::new();
    for id in english.keys().chain(german.keys()).collect::<BTreeSet<_>>() {
        match (english.get(id), german.get(id)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => wrong.push(format!("{id}: {one:?} is not {other:?}")),
            (one, _) => wrong
                .push(format!("{id} is only {}", if one.is_some() { "English" } else { "German" })),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_messages_that_say_so_have_markup() {
    for (id, message) in catalogue("en") {
        assert_eq!(!message.tags.is_empty(), id.ends_with("-html"), "{id} {:?}", message.tags);
    }
}

#[test]
fn every_message_that_is_used_exists_and_every_one_that_exists_is_used() {
    let english = catalogue("en");
    let literal = Regex::new(
        r#""([a-z][a-zA-Z0-9_-]*)"\|t\b|text!\(\s*"([^"]+)"|Text::of\(\s*"([^"]+)"\s*\)"#,
    )
    .unwrap();
    let mut used = BTreeSet::new();
    for (_, text) in sources() {
        for found in literal.captures_iter(&text) {
            let id = found.iter().skip(1).flatten().next().expect("one of the three");
            used.insert(id.as_str().to_owned());
        }
    }
    // In a match that picks one of several.
    let any = Regex::new(r#""([a-z][a-zA-Z0-9_-]*)""#).unwrap();
    let mentioned: BTreeSet<String> = sources()
        .iter()
        .flat_map(|(_, text)| {
            any.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let missing: Vec<&String> = used.iter().filter(|id| !english.contains_key(*id)).collect();
    assert!(missing.is_empty(), "no catalogue has {missing:#?}");
    let referred: BTreeSet<&String> = english.values().flat_map(|one| &one.refers_to).collect();
    let idle: Vec<&String> = english
        .keys()
        .filter(|id| !used.contains(*id) && !mentioned.contains(*id) && !referred.contains(id))
        .filter(|id| !PUT_TOGETHER.iter().any(|(start, _)| id.starts_with(start)))
        .collect();
    assert!(idle.is_empty(), "nobody says {idle:#?}");
}

#[test]
fn templates_hold_no_text() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in files(Path::new("templates")) {
        seen += 1;
        for text in texts_of_template(&fs::read_to_string(&path).unwrap()) {
            wrong.push(format!("{}: {text}", path.display()));
        }
    }
    assert!(seen > 50, "only {seen} templates were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sources_hold_no_sentence_for_pages() {
    let mut wrong = Vec::new();
    for area in ["src/web", "src/domain", "src/work"] {
        for path in files(Path::new(area)).into_iter().filter(|path| !path.ends_with("tests.rs")) {
            for text in sentences_of_source(&fs::read_to_string(&path).unwrap()) {
                if !NOT_FOR_PAGES.iter().any(|(part, _)| text.contains(part)) {
                    wrong.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} {wrong:#?}", wrong.len());
}

#[test]
fn planted_texts_are_found() {
    for planted in [
        "<p>Left out</p>",
        "<p>{{ x }} left</p>",
        "<input placeholder=\"Left out\">",
        "<i aria-label=\"Left\">",
        "{% call m::x(\"a\", \"Left out\") %}",
        "{{ m::x(\"Left\") }}",
        "{% call m::x() %}autocomplete=\"off\" placeholder=\"Left out\"{% endcall %}",
    ] {
        assert!(!texts_of_template(planted).is_empty(), "{planted}");
    }
    for fine in [
        "{{ \"a-b\"|t }}<p class=\"Left\">{# Left #}</p>",
        "<p>{{ \"a\"|t|with(\"Name\", x) }} · Twindesk</p>",
        "{% if x == \"User\" %}{% endif %}",
        "{% call m::x(\"a\") %}maxlength=\"9\" placeholder=\"/subscriptions/…\"{% endcall %}",
        "{% call m::x() %}autocomplete=\"off\" maxlength=\"90\"{% endcall %}",
    ] {
        assert_eq!(texts_of_template(fine), Vec::<String>::new(), "{fine}");
    }
    assert_eq!(sentences_of_source("fn f() { g(\"Azure said no.\") }"), ["Azure said no."]);
    assert_eq!(
        sentences_of_source(
            "// \"Azure said no.\"\nx.expect(\"A whole form\"); tracing::warn!(\"Azure said no.\")"
        ),
        [""; 0]
    );
}

/// What of a template would be read as it is.
fn texts_of_template(template: &str) -> Vec<String> {
    let comments = Regex::new(r"(?s)\{#.*?#\}|<!--.*?-->").unwrap();
    let code = Regex::new(r"(?s)\{\{.*?\}\}|\{%.*?%\}").unwrap();
    let attribute = Regex::new(
        r#"(?s)\b(?:aria-label|aria-description|placeholder|title|alt|data-label)="([^"]*)""#,
    )
    .unwrap();
    let tags = Regex::new(r#"(?s)<[^>"]*(?:"[^"]*"[^>"]*)*>"#).unwrap();
    // A capital letter inside code: words for people begin with one, ids and names of ours do not.
    let literal = Regex::new(r#""([^"]*)""#).unwrap();
    let given = Regex::new(r"^\{[{%]-?\s*(?:call\s)?\s*\w+::\w+\(").unwrap();
    let template = comments.replace_all(template, "");
    let mut found = Vec::new();
    for code in code.find_iter(&template).filter(|code| given.is_match(code.as_str())) {
        let words = literal.captures_iter(code.as_str()).map(|word| word[1].to_owned());
        let kinds = ["User", "Group", "ServicePrincipal"];
        found.extend(words.filter(|word| {
            word.starts_with(|c: char| c.is_ascii_uppercase()) && !kinds.contains(&&**word)
        }));
    }
    let rest = code.replace_all(&template, "");
    found.extend(attribute.captures_iter(&rest).map(|value| value[1].to_owned()));
    let rest = tags.replace_all(&rest, "\n");
    // Attributes that a caller adds to the tag of a macro.
    let added = Regex::new(r#"\b[a-z-]+="[^"]*""#).unwrap();
    found.push(added.replace_all(&rest, "").into_owned());
    found
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| NAMES.iter().fold(line.to_owned(), |line, name| line.replace(name, "")))
        .map(|line| line.trim().to_owned())
        .filter(|line| line.chars().filter(|c| c.is_alphabetic()).count() > 1)
        // How a resource ID begins.
        .filter(|line| !line.starts_with("/subscriptions/"))
        .collect()
}

/// String literals of a source that read like a sentence or a title.
fn sentences_of_source(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let comments = Regex::new(r"(?m)^\s*//.*$").unwrap();
    // What is told to operators and programmers.
    let told = Regex::new(
        r#"(?s)(?:tracing::\w+!|expect|panic!|anyhow!|bail!|context|unreachable!|assert!|reason =|describe_\w+!)\s*\(?[^"]*"(?:[^"\\]|\\.)*""#,
    )
    .unwrap();
    let literal = Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
    let sentence = Regex::new(r"^[A-Z{][A-Za-z{}']*[ ,:]+[^ ]").unwrap();
    let path = Regex::new(r"^\w+(::\w+)+$").unwrap();
    let source = comments.replace_all(source, "");
    let source = told.replace_all(&source, "");
    let continued = Regex::new(r"\\\n\s*").unwrap();
    literal
        .captures_iter(&source)
        .map(|found| continued.replace_all(&found[1], "").into_owned())
        .filter(|text| sentence.is_match(text) && text.contains(|c: char| c.is_lowercase()))
        .filter(|text| !path.is_match(text) && !ROLES.contains(&&**text))
        .filter(|text| !text.contains("://") && !text.starts_with("SELECT"))
        .collect()
}

fn catalogue(language: &str) -> Catalogue {
    let mut all = Catalogue::new();
    for path in files(&Path::new("catalogues").join(language)) {
        let text = fs::read_to_string(&path).unwrap();
        let parsed = parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in &parsed.body {
            if let Entry::Message(message) = entry {
                let mut found = Message::default();
                let pattern = message
                    .value
                    .as_ref()
                    .unwrap_or_else(|| panic!("{} is empty", message.id.name));
                read_pattern(pattern, &mut found);
                found.tags.sort();
                let before = all.insert(message.id.name.to_owned(), found);
                assert!(before.is_none(), "{} stands there twice", message.id.name);
            }
        }
    }
    assert!(all.len() > 100, "only {} messages were read", all.len());
    all
}

fn read_pattern(pattern: &Pattern<&str>, found: &mut Message) {
    let tag = Regex::new(r"</?([a-z]+)[^>]*>").unwrap();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => {
                found.tags.extend(tag.captures_iter(value).map(|tag| tag[1].to_owned()));
            }
            PatternElement::Placeable { expression } => read(expression, found),
        }
    }
}

fn read(expression: &Expression<&str>, found: &mut Message) {
    match expression {
        Expression::Inline(inline) => read_inline(inline, found),
        Expression::Select { selector, variants } => {
            read_inline(selector, found);
            // One of them is said: their markup is that of one.
            let mut tags = Vec::new();
            for variant in variants {
                let mut one = Message::default();
                read_pattern(&variant.value, &mut one);
                found.variables.extend(one.variables);
                found.refers_to.extend(one.refers_to);
                if one.tags.len() > tags.len() {
                    tags = one.tags;
                }
            }
            found.tags.extend(tags);
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, found: &mut Message) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.variables.insert(id.name.to_owned());
        }
        InlineExpression::MessageReference { id, .. } => {
            found.refers_to.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => read(expression, found),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("nobody needs {other:?} here"),
    }
}

/// Templates and Rust sources, without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    let comments = Regex::new(r"(?m)^\s*//.*$").unwrap();
    let all = files(Path::new("templates")).into_iter().chain(files(Path::new("src")));
    all.map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let text = comments.replace_all(text, "").into_owned();
        (path, text)
    })
    .filter(|(path, _)| !path.ends_with("words/tests.rs"))
    .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
