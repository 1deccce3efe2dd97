//! Azure Resource Graph: the tables `resources`, `resourcecontainers` and `authorizationresources`, and a part of its
//! query language: `where`, `project`, `extend`, `order by`, `take`, `count`, `summarize count()`.
//!
//! Source: `resourcegraph.json` 2022-10-01; "Understanding the Azure Resource Graph query language"; "Guidance for
//! throttled requests".

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::rbac::reaches;
use super::{Call, Outcome, authorization, instances, rbac, role_definitions, tracked};
use crate::message::Answer;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::group_id;

pub fn query(state: &mut State, call: &Call) -> Outcome {
    let left = super::throttling::take_query(state, &call.caller.oid)?;
    let body = super::groups::json_body(call)?;
    let text = body["query"].as_str().unwrap_or_default();
    let options = &body["options"];
    let Some(query) = Query::read(text) else {
        return Err(bad(
            "InvalidQuery",
            "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.",
        ));
    };
    let filter = options["authorizationScopeFilter"].as_str().unwrap_or("AtScopeAndBelow");
    if !["AtScopeAndBelow", "AtScopeAndAbove", "AtScopeExact", "AtScopeAboveAndBelow"]
        .contains(&filter)
        || (call.version == "2021-03-01" && !options["authorizationScopeFilter"].is_null())
    {
        return Err(bad(
            "InvalidAuthorizationScopeFilter",
            "The authorizationScopeFilter is not valid.",
        ));
    }
    let asked = |member: &str, above: &str| -> Option<Vec<String>> {
        let names = body[member].as_array()?.iter().filter_map(Value::as_str);
        Some(names.map(|name| format!("{above}/{name}")).collect())
    };
    let groups = asked("managementGroups", "/providers/Microsoft.Management/managementGroups");
    let wanted = asked("subscriptions", "/subscriptions").or(groups);
    let in_scope = |id: &str| {
        let id = format!("/subscriptions/{id}");
        wanted.as_ref().is_none_or(|above| above.iter().any(|at| state.world.reaches(at, &id)))
    };
    let rows = match query.table.to_ascii_lowercase().as_str() {
        "resources" => resources(state, call, &in_scope),
        "resourcecontainers" => containers(state, call, &in_scope),
        "authorizationresources" => access(state, call, &in_scope, filter),
        _ => return Err(bad("InvalidQuery", "The table is not known.")),
    };
    let rows = query.run(rows);
    let from = options["$skipToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0)
        + options["$skip"].as_u64().unwrap_or(0) as usize;
    let top = options["$top"].as_u64().unwrap_or(1000).clamp(1, 1000) as usize;
    let total = rows.len();
    let page: Vec<Value> = rows.into_iter().skip(from).take(top).collect();
    let mut answer = json!({
        "totalRecords": total,
        "count": page.len(),
        "resultTruncated": "false",
        "facets": [],
        "data": if options["resultFormat"] == "table" { table(&page) } else { json!(page) },
    });
    if from + top < total {
        answer["$skipToken"] = json!((from + top).to_string());
    }
    Ok(Answer::json(200, &answer)
        .with("x-ms-user-quota-remaining", left.to_string())
        .with("x-ms-user-quota-resets-after", "00:00:05")
        .with("x-ms-tenant-subscription-limit-hit", "false"))
}

fn bad(code: &str, text: &str) -> Answer {
    Answer::json(
        400,
        &json!({"error": {
            "code": "BadRequest",
            "message": "Please provide below info when asking for support.",
            "details": [{"code": code, "message": text}],
        }}),
    )
}

fn table(rows: &[Value]) -> Value {
    let names: Vec<&String> = rows
        .first()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .collect();
    let kind = |name: &str| match &rows[0][name] {
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::Object(_) | Value::Array(_) => "object",
        _ => "string",
    };
    json!({
        "columns": names.iter().map(|name| json!({"name": name, "type": kind(name)})).collect::<Vec<_>>(),
        "rows": rows.iter().map(|row| names.iter().map(|name| row[name.as_str()].clone()).collect::<Vec<_>>()).collect::<Vec<_>>(),
    })
}

/// A row of `resources`, from a resource as ARM shows it.
fn row(call: &Call, shown: &Value, kind: &str) -> Value {
    let id = shown["id"].as_str().unwrap_or_default();
    let parts: Vec<&str> = id.split('/').collect();
    json!({
        "id": id,
        "name": shown["name"],
        "type": kind.to_ascii_lowercase(),
        "tenantId": call.caller.tenant,
        "kind": "",
        "location": shown["location"].as_str().unwrap_or_default(),
        "resourceGroup": parts.get(4).map(|group| group.to_ascii_lowercase()).unwrap_or_default(),
        "subscriptionId": parts.get(2).copied().unwrap_or_default(),
        "managedBy": "",
        "sku": null,
        "plan": null,
        "properties": shown["properties"],
        "tags": shown["tags"],
        "identity": shown["identity"],
        "zones": null,
        "extendedLocation": null,
    })
}

fn resources(state: &State, call: &Call, in_scope: &dyn Fn(&str) -> bool) -> Vec<Value> {
    let twins = "Microsoft.DigitalTwins/digitalTwinsInstances";
    let instances = state
        .world
        .instances
        .iter()
        .filter(|row| {
            in_scope(&row.subscription) && call.may(state, &format!("{twins}/read"), &row.id())
        })
        .map(|found| row(call, &instances::shown(&state.world, found), twins));
    let top = [kind::IDENTITY, kind::NETWORK, kind::PRIVATE_ENDPOINT, kind::ZONE, kind::ZONE_LINK];
    let others = state
        .world
        .resources
        .iter()
        .filter(|found| top.contains(&found.kind.as_str()))
        .filter(|found| in_scope(found.id.split('/').nth(2).unwrap_or_default()))
        .filter(|found| call.may(state, &format!("{}/read", found.kind), &found.id))
        .map(|found| row(call, &tracked::shown(&state.world, found), &found.kind));
    instances.chain(others).collect()
}

fn containers(state: &State, call: &Call, in_scope: &dyn Fn(&str) -> bool) -> Vec<Value> {
    let read = "Microsoft.Resources/subscriptions/resourceGroups/read";
    let mut rows = Vec::new();
    for subscription in &state.world.subscriptions {
        let id = format!("/subscriptions/{}", subscription.id);
        let sees = rbac::allows(
            &rbac::permissions_at_or_below(&state.world, &call.caller.oid, &id),
            "Microsoft.Resources/subscriptions/read",
        );
        if in_scope(&subscription.id) && sees {
            let shown = json!({"id": id, "name": subscription.name, "tags": subscription.tags, "properties": {"state": subscription.state}});
            rows.push(row(call, &shown, "microsoft.resources/subscriptions"));
        }
    }
    for group in &state.world.resource_groups {
        let id = group_id(&group.subscription, &group.name);
        if in_scope(&group.subscription) && call.may(state, read, &id) {
            let shown = json!({"id": id, "name": group.name, "location": group.location, "tags": group.tags,
                "properties": {"provisioningState": if group.deleting { "Deleting" } else { "Succeeded" }}});
            rows.push(row(call, &shown, "microsoft.resources/subscriptions/resourcegroups"));
        }
    }
    rows
}

fn access(state: &State, call: &Call, in_scope: &dyn Fn(&str) -> bool, filter: &str) -> Vec<Value> {
    let read = "Microsoft.Authorization/roleAssignments/read";
    let asked: Vec<String> = state
        .world
        .subscriptions
        .iter()
        .filter(|row| in_scope(&row.id))
        .map(|row| format!("/subscriptions/{}", row.id))
        .collect();
    let fits = |scope: &str| {
        asked.iter().any(|at| {
            let exact = at.eq_ignore_ascii_case(scope);
            let (below, above) = (reaches(at, scope), state.world.reaches(scope, at));
            match filter {
                "AtScopeExact" => exact,
                "AtScopeAndAbove" => above,
                "AtScopeAboveAndBelow" => above || below,
                _ => below,
            }
        })
    };
    let shape = |shown: Value, kind: &str, subscription: &str| {
        json!({
            "id": shown["id"],
            "name": shown["name"],
            "type": kind,
            "tenantId": call.caller.tenant,
            "kind": "",
            "location": "",
            "resourceGroup": "",
            "subscriptionId": subscription,
            "properties": shown["properties"],
        })
    };
    let assignments = state
        .world
        .assignments()
        .filter(|row| fits(&row.scope) && call.may(state, read, &row.scope))
        .map(|row| {
            let subscription = row.scope.split('/').nth(2).unwrap_or_default();
            shape(
                authorization::shown(row, &row.scope),
                "microsoft.authorization/roleassignments",
                subscription,
            )
        });
    let definitions = state.world.roles().map(|role| {
        shape(role_definitions::shown(role, "/"), "microsoft.authorization/roledefinitions", "")
    });
    assignments.chain(definitions).collect()
}

#[derive(Debug, PartialEq)]
struct Query {
    table: String,
    steps: Vec<Step>,
}

#[derive(Debug, PartialEq)]
enum Step {
    Where(Test),
    /// Names with what they are to hold; the flag keeps the other members (`extend`).
    Project(Vec<(String, Operand)>, bool),
    Away(Vec<String>),
    Order(Vec<(Operand, bool)>),
    Take(usize),
    Count,
    /// Members to count by and the name of the count.
    Summarize(String, Vec<(String, Operand)>),
}

#[derive(Debug, PartialEq)]
enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    Compare(Operand, String, Vec<Operand>),
    Empty(Operand),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(Vec<String>),
    Value(Value),
    Lower(Box<Operand>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '\'' | '"' => {
                let mut inner = String::new();
                loop {
                    match rest.next()? {
                        '\\' => inner.push(rest.next()?),
                        end if end == c => break,
                        other => inner.push(other),
                    }
                }
                found.push(Token::Text(inner));
            }
            '=' | '!' | '<' | '>' => {
                let mut sign = String::from(c);
                if let Some(next) = rest.next_if(|next| "=~".contains(*next)) {
                    sign.push(next);
                }
                found.push(Token::Sign(sign));
            }
            '|' | '(' | ')' | '[' | ']' | ',' | '.' => found.push(Token::Sign(c.to_string())),
            c if c.is_alphanumeric() || c == '_' || c == '$' || c == '-' => {
                let mut word = String::from(c);
                while let Some(next) =
                    rest.next_if(|next| next.is_alphanumeric() || "_$-".contains(*next))
                {
                    word.push(next);
                }
                // `in~` and `!in` are one word each.
                if word.eq_ignore_ascii_case("in") && rest.next_if_eq(&'~').is_some() {
                    word.push('~');
                }
                found.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(found)
}

struct Reader {
    tokens: std::collections::VecDeque<Token>,
}

impl Reader {
    fn sign(&mut self, sign: &str) -> bool {
        let same = self.tokens.front() == Some(&Token::Sign(sign.to_owned()));
        if same {
            self.tokens.pop_front();
        }
        same
    }

    fn word_is(&mut self, word: &str) -> bool {
        let same =
            matches!(self.tokens.front(), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word));
        if same {
            self.tokens.pop_front();
        }
        same
    }

    fn word(&mut self) -> Option<String> {
        match self.tokens.pop_front()? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        let first = match self.tokens.pop_front()? {
            Token::Text(text) => return Some(Operand::Value(json!(text))),
            Token::Word(word) => word,
            Token::Sign(_) => return None,
        };
        let lower = ["tolower", "tostring"].iter().any(|name| first.eq_ignore_ascii_case(name));
        if lower && self.sign("(") {
            let inner = self.operand()?;
            let inner = if first.eq_ignore_ascii_case("tolower") {
                Operand::Lower(Box::new(inner))
            } else {
                inner
            };
            return self.sign(")").then_some(inner);
        }
        if let Ok(value) = serde_json::from_str::<Value>(&first) {
            return Some(Operand::Value(value));
        }
        let mut path = vec![first];
        loop {
            if self.sign(".") {
                path.push(self.word()?);
            } else if self.sign("[") {
                match self.tokens.pop_front()? {
                    Token::Text(text) | Token::Word(text) => path.push(text),
                    Token::Sign(_) => return None,
                }
                if !self.sign("]") {
                    return None;
                }
            } else {
                return Some(Operand::Path(path));
            }
        }
    }

    fn any(&mut self) -> Option<Test> {
        let mut parts = vec![self.all()?];
        while self.word_is("or") {
            parts.push(self.all()?);
        }
        Some(Test::Any(parts))
    }

    fn all(&mut self) -> Option<Test> {
        let mut parts = vec![self.one()?];
        while self.word_is("and") {
            parts.push(self.one()?);
        }
        Some(Test::All(parts))
    }

    fn one(&mut self) -> Option<Test> {
        if self.sign("(") {
            let inner = self.any()?;
            return self.sign(")").then_some(inner);
        }
        if self.word_is("not") {
            let inner = self.sign("(").then(|| self.any())??;
            return self.sign(")").then_some(Test::Not(Box::new(inner)));
        }
        for (name, empty) in
            [("isempty", true), ("isnull", true), ("isnotempty", false), ("isnotnull", false)]
        {
            if self.word_is(name) {
                let inner = self.sign("(").then(|| self.operand())??;
                let test = Test::Empty(inner);
                return self.sign(")").then_some(if empty {
                    test
                } else {
                    Test::Not(Box::new(test))
                });
            }
        }
        let left = self.operand()?;
        let mut not = false;
        let operator = match self.tokens.pop_front()? {
            Token::Sign(sign) if sign == "!" => {
                not = true;
                self.word()?.to_ascii_lowercase()
            }
            Token::Sign(sign)
                if ["==", "=~", "!=", "!~", "<", ">", "<=", ">="].contains(&sign.as_str()) =>
            {
                sign
            }
            Token::Word(word) => word.to_ascii_lowercase(),
            _ => return None,
        };
        let values = match operator.as_str() {
            "in" | "in~" => {
                let mut values = Vec::new();
                if !self.sign("(") {
                    return None;
                }
                loop {
                    values.push(self.operand()?);
                    if self.sign(")") {
                        break values;
                    }
                    if !self.sign(",") {
                        return None;
                    }
                }
            }
            "contains" | "startswith" | "endswith" | "has" => vec![self.operand()?],
            sign if sign.starts_with(['=', '!', '<', '>']) => vec![self.operand()?],
            _ => return None,
        };
        let test = Test::Compare(left, operator, values);
        Some(if not { Test::Not(Box::new(test)) } else { test })
    }

    /// `a, b = path, c`.
    fn names(&mut self) -> Option<Vec<(String, Operand)>> {
        let mut names = Vec::new();
        loop {
            let first = self.operand()?;
            if self.sign("=") {
                let Operand::Path(path) = first else { return None };
                names.push((path.join("_"), self.operand()?));
            } else {
                let Operand::Path(path) = &first else { return None };
                names.push((path.join("_"), first));
            }
            if !self.sign(",") {
                return Some(names);
            }
        }
    }

    fn step(&mut self) -> Option<Step> {
        Some(match self.word()?.to_ascii_lowercase().as_str() {
            "where" => Step::Where(self.any()?),
            "project" => Step::Project(self.names()?, false),
            "extend" => Step::Project(self.names()?, true),
            "project-away" => Step::Away(self.names()?.into_iter().map(|(name, _)| name).collect()),
            "order" | "sort" => {
                if !self.word_is("by") {
                    return None;
                }
                let mut all = Vec::new();
                loop {
                    let operand = self.operand()?;
                    let ascending = self.word_is("asc");
                    if !ascending {
                        self.word_is("desc");
                    }
                    all.push((operand, ascending));
                    if !self.sign(",") {
                        break Step::Order(all);
                    }
                }
            }
            "take" | "limit" => Step::Take(self.word()?.parse().ok()?),
            "count" => Step::Count,
            "summarize" => {
                let first = self.word()?;
                let name = if first.eq_ignore_ascii_case("count") {
                    "count_".to_owned()
                } else {
                    if !self.sign("=") || !self.word_is("count") {
                        return None;
                    }
                    first
                };
                if !self.sign("(") || !self.sign(")") {
                    return None;
                }
                let by = if self.word_is("by") { self.names()? } else { Vec::new() };
                Step::Summarize(name, by)
            }
            _ => return None,
        })
    }
}

impl Query {
    fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { tokens: tokens(text)?.into() };
        let table = reader.word()?;
        let mut steps = Vec::new();
        while !reader.tokens.is_empty() {
            if !reader.sign("|") {
                return None;
            }
            steps.push(reader.step()?);
        }
        Some(Self { table, steps })
    }

    fn run(&self, mut rows: Vec<Value>) -> Vec<Value> {
        for step in &self.steps {
            rows = match step {
                Step::Where(test) => rows.into_iter().filter(|row| test.holds(row)).collect(),
                Step::Project(names, keep) => rows
                    .into_iter()
                    .map(|row| {
                        let mut members = if *keep {
                            row.as_object().cloned().unwrap_or_default()
                        } else {
                            Map::new()
                        };
                        for (name, operand) in names {
                            members.insert(name.clone(), operand.of(&row));
                        }
                        Value::Object(members)
                    })
                    .collect(),
                Step::Away(names) => rows
                    .into_iter()
                    .map(|mut row| {
                        if let Some(members) = row.as_object_mut() {
                            members.retain(|name, _| !names.contains(name));
                        }
                        row
                    })
                    .collect(),
                Step::Order(keys) => {
                    rows.sort_by(|a, b| {
                        keys.iter().fold(Ordering::Equal, |so_far, (operand, ascending)| {
                            let order = order(&operand.of(a), &operand.of(b));
                            so_far.then(if *ascending { order } else { order.reverse() })
                        })
                    });
                    rows
                }
                Step::Take(n) => rows.into_iter().take(*n).collect(),
                Step::Count => vec![json!({"Count": rows.len()})],
                Step::Summarize(name, by) => {
                    let mut groups: Vec<(Map<String, Value>, usize)> = Vec::new();
                    for row in &rows {
                        let key: Map<String, Value> = by
                            .iter()
                            .map(|(name, operand)| (name.clone(), operand.of(row)))
                            .collect();
                        match groups.iter_mut().find(|(own, _)| *own == key) {
                            Some((_, count)) => *count += 1,
                            None => groups.push((key, 1)),
                        }
                    }
                    if by.is_empty() {
                        groups = vec![(Map::new(), rows.len())];
                    }
                    groups
                        .into_iter()
                        .map(|(mut key, count)| {
                            key.insert(name.clone(), json!(count));
                            Value::Object(key)
                        })
                        .collect()
                }
            };
        }
        rows
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => plain(a).to_lowercase().cmp(&plain(b).to_lowercase()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(
        || if value.is_null() { String::new() } else { value.to_string() },
        str::to_owned,
    )
}

impl Operand {
    fn of(&self, row: &Value) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Lower(inner) => json!(plain(&inner.of(row)).to_lowercase()),
            Self::Path(path) => path.iter().fold(row.clone(), |value, name| {
                let own = value.as_object().and_then(|members| {
                    members
                        .iter()
                        .find(|(own, _)| own.eq_ignore_ascii_case(name))
                        .map(|(_, value)| value)
                });
                own.cloned().unwrap_or_default()
            }),
        }
    }
}

impl Test {
    fn holds(&self, row: &Value) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Empty(operand) => plain(&operand.of(row)).is_empty(),
            Self::Compare(left, operator, values) => {
                let own = plain(&left.of(row));
                let lower = own.to_lowercase();
                values.iter().any(|value| {
                    let value = value.of(row);
                    let text = plain(&value);
                    let text_lower = text.to_lowercase();
                    match operator.as_str() {
                        "==" | "in" => own == text,
                        "!=" => own != text,
                        "=~" | "in~" => lower == text_lower,
                        "!~" => lower != text_lower,
                        "contains" => lower.contains(&text_lower),
                        "startswith" => lower.starts_with(&text_lower),
                        "endswith" => lower.ends_with(&text_lower),
                        "has" => lower
                            .split(|c: char| !c.is_alphanumeric())
                            .any(|word| word == text_lower),
                        "<" => order(&left.of(row), &value).is_lt(),
                        ">" => order(&left.of(row), &value).is_gt(),
                        "<=" => order(&left.of(row), &value).is_le(),
                        ">=" => order(&left.of(row), &value).is_ge(),
                        _ => false,
                    }
                })
            }
        }
    }
}

pub const SHAPE: Shape = Shape::of(
    "resourcegraph.json 2022-10-01 QueryResponse",
    "{totalRecords!:n count!:n resultTruncated!:s $skipToken:s data!:* facets:[{expression!:s resultType!:s totalRecords:n count:n data:* errors:[{code!:s message!:s}]}]}",
);

pub const REQUEST_SHAPE: Shape = Shape::of(
    "resourcegraph.json 2022-10-01 QueryRequest",
    "{subscriptions:[s] managementGroups:[s] query!:s options:{$skipToken:s $top:n $skip:n resultFormat:s allowPartialScopes:b authorizationScopeFilter:s} facets:[{expression!:s options:{sortBy:s sortOrder:s filter:s $top:n}}]}",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Vec<Value> {
        let rows = vec![
            json!({"name": "B", "type": "t/one", "tags": {"owner": "nina"}, "properties": {"n": 2}}),
            json!({"name": "a", "type": "t/two", "tags": null, "properties": {"n": 10}}),
        ];
        Query::read(text).expect("it can be read").run(rows)
    }

    #[test]
    fn queries_are_evaluated() {
        assert_eq!(run("resources | where type =~ 'T/ONE' | project name"), [json!({"name": "B"})]);
        assert!(run("resources | where type == 'T/ONE'").is_empty());
        assert_eq!(
            run(
                "resources | order by name asc | project name, owner = tags['owner'], properties.n"
            ),
            [
                json!({"name": "a", "owner": null, "properties_n": 10}),
                json!({"name": "B", "owner": "nina", "properties_n": 2})
            ]
        );
        assert_eq!(
            run("resources | where isnotempty(tags.owner) and name !in ('x') | count"),
            [json!({"Count": 1})]
        );
        assert_eq!(run("resources | where properties.n > 5 or name startswith \"z\" | project-away tags, properties").len(), 1);
        assert_eq!(
            run("resources | summarize count() by type | take 1"),
            [json!({"type": "t/one", "count_": 1})]
        );
        assert_eq!(
            run("resources | where not(type in~ ('T/one')) | project name"),
            [json!({"name": "a"})]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "",
            "resources where x",
            "resources | join y",
            "resources | where x",
            "resources | where a == 'b",
        ] {
            assert_eq!(Query::read(text), None, "{text}");
        }
    }
}
