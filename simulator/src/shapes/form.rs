//! How a shape is written, and whether a JSON document has it.
//!
//! `{name:s}` is an object with at most these members, `{name!:s}` one that always has it, `{name?:s}` one where it may be
//! null, `{*:s}` one with any others; `[s]` is a list; `s`, `b`, `n` are text, boolean, number; `*` is anything; `^` is the
//! object around it once more.

use serde_json::Value;

/// What a handler's module writes down about its answers.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// OpenAPI file, version and definition; empty where Microsoft publishes none.
    pub definition: &'static str,
    pub text: &'static str,
}

impl Shape {
    pub const fn of(definition: &'static str, text: &'static str) -> Self {
        Self { definition, text }
    }

    /// Of an answer that is described in words or recorded only: by the sources at the head of the module.
    pub const fn described(text: &'static str) -> Self {
        Self { definition: "", text }
    }

    pub fn form(&self) -> Form {
        Form::of(self.text)
    }
}

#[derive(Debug)]
pub enum Form {
    Any,
    Text,
    Boolean,
    Number,
    List(Box<Form>),
    Object(Object),
    Around,
}

#[derive(Debug)]
pub struct Object {
    pub members: Vec<Member>,
    pub others: Option<Box<Form>>,
}

#[derive(Debug)]
pub struct Member {
    pub name: String,
    pub required: bool,
    pub nullable: bool,
    pub form: Form,
}

/// Requests may have null for what they leave out, and changes may leave out what is required.
#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    Answer,
    Request,
    Change,
}

impl Form {
    pub fn of(text: &str) -> Self {
        let mut rest = text;
        match Self::read(&mut rest) {
            Some(form) if rest.is_empty() => form,
            _ => panic!("the shape {text} cannot be read at '{rest}'"),
        }
    }

    fn read(rest: &mut &str) -> Option<Self> {
        let first = rest.chars().next()?;
        *rest = &rest[1..];
        let form = match first {
            '*' => Self::Any,
            's' => Self::Text,
            'b' => Self::Boolean,
            'n' => Self::Number,
            '^' => Self::Around,
            '[' => {
                let inner = Self::read(rest)?;
                *rest = rest.strip_prefix(']')?;
                Self::List(Box::new(inner))
            }
            '{' => {
                let mut object = Object { members: Vec::new(), others: None };
                loop {
                    let (name, after) = rest.split_once(':')?;
                    *rest = after;
                    let form = Self::read(rest)?;
                    let name = name.trim();
                    if name == "*" {
                        object.others = Some(Box::new(form));
                    } else {
                        let (name, required, nullable) = marks(name);
                        let name = name.to_owned();
                        object.members.push(Member { name, required, nullable, form });
                    }
                    if let Some(after) = rest.strip_prefix('}') {
                        *rest = after;
                        break Self::Object(object);
                    }
                }
            }
            _ => return None,
        };
        Some(form)
    }

    /// What in a document does not fit, with the way to it.
    pub fn problem(&self, value: &Value, role: Role) -> Option<String> {
        self.misfit(value, role, None)
    }

    /// Takes out of a document the members that are not named here.
    pub fn prune(&self, value: &mut Value) {
        match (self, value) {
            (Self::List(form), Value::Array(rows)) => {
                rows.iter_mut().for_each(|row| form.prune(row));
            }
            (Self::Object(object), Value::Object(members)) => {
                let form = |name: &str| {
                    let own = object.members.iter().find(|member| member.name == name);
                    own.map(|member| &member.form).or(object.others.as_deref())
                };
                members.retain(|name, _| form(name).is_some());
                for (name, value) in members {
                    form(name).into_iter().for_each(|form| form.prune(value));
                }
            }
            _ => {}
        }
    }

    fn misfit(&self, value: &Value, role: Role, around: Option<&Object>) -> Option<String> {
        match (self, value) {
            (_, Value::Null) if role != Role::Answer => None,
            (Self::Any, _) | (Self::Text, Value::String(_)) => None,
            (Self::Boolean, Value::Bool(_)) | (Self::Number, Value::Number(_)) => None,
            (Self::List(form), Value::Array(rows)) => {
                rows.iter().find_map(|row| form.misfit(row, role, around))
            }
            (Self::Object(object), Value::Object(_)) => object.misfit(value, role),
            (Self::Around, Value::Object(_)) => around?.misfit(value, role),
            _ => Some(format!("is {value}, which is not {self:?}")),
        }
    }
}

impl Object {
    fn misfit(&self, value: &Value, role: Role) -> Option<String> {
        let lacking = self.members.iter().find(|member| {
            role != Role::Change && member.required && value.get(&member.name).is_none()
        });
        if let Some(member) = lacking {
            return Some(format!("{} is missing", member.name));
        }
        value.as_object()?.iter().find_map(|(name, value)| {
            let known = self.members.iter().find(|member| member.name == *name);
            if known.is_some_and(|member| member.nullable) && value.is_null() {
                return None;
            }
            match known.map(|member| &member.form).or(self.others.as_deref()) {
                Some(form) => form.misfit(value, role, Some(self)),
                None => return Some(format!("{name} is not a member that the shape names")),
            }
            .map(|text| format!("{name}: {text}"))
        })
    }
}

/// A name without its marks, whether it is required, and whether it may be null.
pub fn marks(name: &str) -> (&str, bool, bool) {
    let (name, nullable) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
    (name, required, nullable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(text: &str, value: &Value) -> Option<String> {
        Form::of(text).problem(value, Role::Answer)
    }

    #[test]
    fn a_document_is_compared_with_its_shape() {
        let text = "{id!:s tags:{*:s} rows:[{n:n ok:b}]}";
        assert_eq!(
            problem(text, &json!({"id": "i", "tags": {"a": "b"}, "rows": [{"n": 1, "ok": true}]})),
            None
        );
        assert!(problem(text, &json!({"id": null})).is_some());
        assert_eq!(problem("{id!?:s}", &json!({"id": null})), None);
        assert!(problem("{id!?:s}", &json!({})).is_some());
        assert_eq!(problem(text, &json!({})).as_deref(), Some("id is missing"));
        assert_eq!(
            problem(text, &json!({"id": "i", "ID": "i"})).as_deref(),
            Some("ID is not a member that the shape names")
        );
        for wrong in
            [json!({"id": 3}), json!({"id": "i", "tags": {"a": 1}}), json!({"id": "i", "rows": {}})]
        {
            assert!(problem(text, &wrong).is_some(), "{wrong}");
        }
        let taken = |body: &Value, role| Form::of(text).problem(body, role).is_none();
        assert!(taken(&json!({"tags": {"a": null}}), Role::Change));
        assert!(taken(&json!({"id": "i", "tags": null}), Role::Request));
        assert!(!taken(&json!({"tags": null}), Role::Request));
    }

    #[test]
    fn what_is_not_named_is_taken_out() {
        let mut value = json!({"id": "i", "x": 1, "tags": {"a": "b"}, "rows": [{"n": 1, "y": 2}]});
        Form::of("{id:s tags:{*:s} rows:[{n:n}]}").prune(&mut value);
        assert_eq!(value, json!({"id": "i", "tags": {"a": "b"}, "rows": [{"n": 1}]}));
    }

    #[test]
    fn an_object_may_stand_in_itself_and_have_members_of_any_name() {
        let text = "{error!:{code!:s details:[^]}}";
        let nested = |code: Value| json!({"error": {"code": "a", "details": [{"code": "b", "details": [{"code": code}]}]}});
        assert_eq!(problem(text, &nested(json!("c"))), None);
        assert!(problem(text, &nested(json!(1))).is_some());
        assert_eq!(problem("{id!:s *:n}", &json!({"id": "i", "x": 1})), None);
        assert!(problem("{id!:s *:n}", &json!({"id": "i", "x": "y"})).is_some());
    }

    #[test]
    #[should_panic(expected = "cannot be read")]
    fn a_shape_that_is_not_written_well_is_a_mistake() {
        Form::of("{id:s");
    }
}
