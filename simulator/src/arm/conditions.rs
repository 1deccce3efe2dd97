//! Conditions on role assignments: which roles may be granted, and to whom. Knows the attributes of role assignments only.
//!
//! Source: "Delegate Azure role assignment management to others with conditions" and "Azure role assignment condition
//! format and syntax".

/// What a condition asks about: the assignment that is to be written (`@Request`) or the one that is there (`@Resource`).
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    pub request: Option<Subject>,
    pub resource: Option<Subject>,
}

/// A role assignment as conditions see it.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// GUID of the role definition.
    pub role: String,
    pub principal: String,
    pub principal_type: Option<String>,
}

impl Subject {
    fn value(&self, name: &str) -> Option<&str> {
        match name.to_ascii_lowercase().as_str() {
            "roledefinitionid" => Some(&self.role),
            "principalid" => Some(&self.principal),
            "principaltype" => self.principal_type.as_deref(),
            _ => None,
        }
    }
}

#[derive(Debug, PartialEq)]
pub enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Action(String),
    /// `@Request[…:Name]` or `@Resource[…:Name]`, an operator and values.
    Compare {
        request: bool,
        name: String,
        operator: Operator,
        values: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operator {
    /// `…NotEquals`: true if the value is none of those named.
    pub negated: bool,
    pub ignore_case: bool,
}

impl Condition {
    /// `None` if the text is not one that this simulator understands.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let condition = reader.any()?;
        reader.rest.trim().is_empty().then_some(condition)
    }

    pub fn holds(&self, action: &str, attributes: &Attributes) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(action, attributes)),
            Self::All(parts) => parts.iter().all(|part| part.holds(action, attributes)),
            Self::Not(part) => !part.holds(action, attributes),
            Self::Action(pattern) => super::rbac::matches(pattern, action),
            Self::Compare { request, name, operator, values } => {
                let subject = if *request { &attributes.request } else { &attributes.resource };
                let Some(value) = subject.as_ref().and_then(|subject| subject.value(name)) else {
                    return false;
                };
                let same = |other: &String| {
                    if operator.ignore_case {
                        other.eq_ignore_ascii_case(value)
                    } else {
                        other == value
                    }
                };
                values.iter().any(same) != operator.negated
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Takes one of these if it comes next, whatever its case.
    fn takes(&mut self, words: &[&str]) -> bool {
        let rest = self.rest.trim_start();
        for word in words {
            let Some(head) = rest.get(..word.len()) else { continue };
            let ends = !word.ends_with(|c: char| c.is_ascii_alphabetic())
                || !rest[word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
            if head.eq_ignore_ascii_case(word) && ends {
                self.rest = &rest[word.len()..];
                return true;
            }
        }
        false
    }

    fn until(&mut self, end: char) -> Option<&'a str> {
        let (found, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(found)
    }

    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.takes(&["OR", "||"]) {
            parts.push(self.all()?);
        }
        Some(Condition::Any(parts))
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = vec![self.one()?];
        while self.takes(&["AND", "&&"]) {
            parts.push(self.one()?);
        }
        Some(Condition::All(parts))
    }

    fn one(&mut self) -> Option<Condition> {
        if self.takes(&["!", "NOT"]) {
            return self.one().map(|part| Condition::Not(Box::new(part)));
        }
        if self.takes(&["("]) {
            let inner = self.any()?;
            return self.takes(&[")"]).then_some(inner);
        }
        if self.takes(&["ActionMatches"]) {
            return match self.values()?.as_slice() {
                [pattern] => Some(Condition::Action(pattern.clone())),
                _ => None,
            };
        }
        let request = self.takes(&["@Request"]);
        if (!request && !self.takes(&["@Resource"])) || !self.takes(&["["]) {
            return None;
        }
        let path = self.until(']')?;
        let (kind, name) = path.split_once(':')?;
        if !kind.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments") {
            return None;
        }
        let operator = self.operator()?;
        let values = self.values()?;
        Some(Condition::Compare { request, name: name.trim().to_owned(), operator, values })
    }

    /// `GuidEquals`, `ForAnyOfAnyValues:StringEqualsIgnoreCase`, `ForAnyOfAllValues:GuidNotEquals` and the like.
    fn operator(&mut self) -> Option<Operator> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != ':')?;
        let word = rest[..end].to_ascii_lowercase();
        self.rest = &rest[end..];
        let plain = word
            .strip_prefix("foranyofanyvalues:")
            .or_else(|| word.strip_prefix("foranyofallvalues:"));
        let (negated, ignore_case) = match plain.unwrap_or(&word) {
            "guidequals" | "stringequalsignorecase" => (false, true),
            "guidnotequals" | "stringnotequalsignorecase" => (true, true),
            "stringequals" => (false, false),
            "stringnotequals" => (true, false),
            _ => return None,
        };
        Some(Operator { negated, ignore_case })
    }

    /// `{a, 'b'}`, or one value.
    fn values(&mut self) -> Option<Vec<String>> {
        let list = if self.takes(&["{"]) {
            self.until('}')?
        } else {
            let rest = self.rest.trim_start();
            let end = rest.find([')', ' ', '\n']).unwrap_or(rest.len());
            self.rest = &rest[end..];
            &rest[..end]
        };
        let values: Vec<String> =
            list.split(',').map(|value| value.trim().trim_matches('\'').to_owned()).collect();
        (!values.iter().any(String::is_empty)).then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";

    #[test]
    fn the_documented_form_is_read_and_holds_for_the_roles_that_it_names() {
        let text = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {aa, bb}))
AND
((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {aa}))";
        let condition = Condition::read(text).expect("it can be read");
        let role = |role: &str| Some(Subject { role: role.into(), ..Subject::default() });
        let of = |request, resource| Attributes { request, resource };
        assert!(condition.holds(WRITE, &of(role("BB"), None)));
        assert!(!condition.holds(WRITE, &of(role("cc"), None)));
        let delete = "Microsoft.Authorization/roleAssignments/delete";
        assert!(condition.holds(delete, &of(None, role("aa"))));
        assert!(!condition.holds(delete, &of(None, role("bb"))));
        assert!(condition.holds("Microsoft.Authorization/locks/write", &Attributes::default()));
    }

    #[test]
    fn principals_may_be_left_out_and_types_demanded() {
        let text = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'} && NOT @Request[Microsoft.Authorization/roleAssignments:PrincipalId] GuidEquals p1 && @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {o1, o2}";
        let condition = Condition::read(text).expect("it can be read");
        let holds = |principal: &str, kind: Option<&str>, role: &str| {
            let subject = Subject {
                role: role.into(),
                principal: principal.into(),
                principal_type: kind.map(str::to_owned),
            };
            condition.holds(WRITE, &Attributes { request: Some(subject), resource: None })
        };
        assert!(holds("p2", Some("user"), "x"));
        assert!(!holds("p1", Some("User"), "x"));
        assert!(!holds("p2", Some("ServicePrincipal"), "x"));
        assert!(!holds("p2", None, "x"), "a type that is not sent is not one of those demanded");
        assert!(!holds("p2", Some("User"), "o2"));
    }

    #[test]
    fn nonsense_is_not_read() {
        for text in [
            "",
            "(",
            "ActionMatches",
            "@Request[x:y] GuidEquals {a}",
            "@Request[Microsoft.Authorization/roleAssignments:PrincipalId] Like {a}",
        ] {
            assert_eq!(Condition::read(text), None, "{text}");
        }
    }
}
