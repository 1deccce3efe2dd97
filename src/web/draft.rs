//! What was typed into a form, as typed, and which button sent it. Knows the names of the fields and
//! nothing of what is right in them.

use serde::Deserialize;
use url::form_urlencoded;

use crate::domain::role::Role;

/// Stands in the place of an existing resource group when a new one is to be made. No resource group
/// can be called so.
const CREATE_NEW: &str = "+";

/// The fields of both forms; each uses its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub subscription: String,
    pub resource_group: String,
    pub new_resource_group: String,
    pub resource_name: String,
    pub region: String,
    pub tag_name: Vec<String>,
    pub tag_value: Vec<String>,
    pub instance: String,
    pub resource_id: String,
    pub role: String,
    /// `yes` when the person asks for themselves.
    pub for_me: String,
    /// `User:<object id>` each; from the module, the object id alone.
    pub member: Vec<String>,
    /// The role of each member, in the same order, where each has one of their own.
    pub member_role: Vec<String>,
    pub justification: String,

    /// What is in the picker and has not been added yet.
    pub find: String,
    pub object_id: String,
    pub object_kind: String,

    /// The request and the digest of the plan that the review page showed.
    pub request: String,
    pub plan: String,

    pub(super) go: String,
    pub(super) add: String,
    pub(super) remove: String,
}

/// What the button that sent the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The form is shown as typed, with what depends on what was chosen.
    Show,
    Find,
    Add(String),
    AddById,
    Remove(String),
    Review,
}

impl Draft {
    pub fn act(&self) -> Act {
        if !self.add.is_empty() {
            return Act::Add(self.add.clone());
        }
        if !self.remove.is_empty() {
            return Act::Remove(self.remove.clone());
        }
        match self.go.as_str() {
            "find" => Act::Find,
            "add_id" => Act::AddById,
            // Somebody who is typed but not added yet was meant to be in it: Enter in the search
            // field finds, too.
            "review" if !self.find.trim().is_empty() => Act::Find,
            "review" => Act::Review,
            _ => Act::Show,
        }
    }

    /// A review was wanted, but somebody who is typed has not been added.
    pub fn holds_up_review(&self) -> bool {
        self.go == "review" && self.act() == Act::Find
    }

    /// Whether a form was sent; otherwise its fields are what an address preselects.
    pub fn is_sent(&self) -> bool {
        !self.go.is_empty() || !self.add.is_empty() || !self.remove.is_empty()
    }

    pub fn is_for_me(&self) -> bool {
        self.for_me == "yes"
    }

    pub fn creates_group(&self) -> bool {
        self.resource_group.trim() == CREATE_NEW
            || (self.existing_group().is_empty() && !self.new_resource_group.trim().is_empty())
    }

    /// The existing resource group that was chosen, or an empty text.
    pub fn existing_group(&self) -> &str {
        match self.resource_group.trim() {
            CREATE_NEW => "",
            chosen => chosen,
        }
    }

    /// Each member as sent, with a role of their own.
    pub fn members(&self) -> impl Iterator<Item = (&str, Role)> {
        let roles = self.member_role.iter().map(|word| Role::from_word(word));
        let roles = roles.map(|role| role.unwrap_or(Role::DataOwner));
        self.member.iter().map(String::as_str).zip(roles.chain(std::iter::repeat(Role::DataOwner)))
    }

    pub fn set_members<'a>(&mut self, members: impl IntoIterator<Item = (String, &'a Role)>) {
        (self.member, self.member_role) =
            members.into_iter().map(|(member, role)| (member, role.word().to_owned())).unzip();
    }

    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tag_name.iter().map(String::as_str).zip(self.tag_value.iter().map(String::as_str))
    }

    /// Everything that a request is made of, field by field, for a page that carries it on.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let single = [
            ("subscription", &self.subscription),
            ("resource_group", &self.resource_group),
            ("new_resource_group", &self.new_resource_group),
            ("resource_name", &self.resource_name),
            ("region", &self.region),
            ("instance", &self.instance),
            ("resource_id", &self.resource_id),
            ("role", &self.role),
            ("for_me", &self.for_me),
            ("justification", &self.justification),
        ];
        let single = single.into_iter().filter(|(_, value)| !value.is_empty());
        let single = single.map(|(name, value)| (name, value.as_str()));
        let tags = self
            .tags()
            .filter(|tag| *tag != ("", ""))
            .flat_map(|(name, value)| [("tag_name", name), ("tag_value", value)]);
        let members = self
            .members()
            .flat_map(|(member, role)| [("member", member), ("member_role", role.word())]);
        single.chain(tags).chain(members).collect()
    }

    /// The address at which the form stands as typed, for somebody who has to sign in in between.
    /// `None` when it would be longer than proxies take.
    pub fn way_back(&self, form: &str) -> Option<String> {
        const LONGEST: usize = 3_500;
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.fields())
            .append_pair("go", "back")
            .finish();
        (query.len() <= LONGEST).then(|| format!("{form}?{query}"))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        extract::FromRequest,
        http::{Request, header},
    };
    use axum_extra::extract::Form;

    use super::*;

    async fn sent(body: &str) -> Draft {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let Form(draft) = Form::from_request(request, &()).await.expect("a form");
        draft
    }

    fn typed() -> Draft {
        Draft {
            subscription: "s".into(),
            new_resource_group: "rg-ü (1)".into(),
            resource_name: "dt&x=1".into(),
            region: "westeurope".into(),
            tag_name: vec!["team".into(), "empty".into()],
            tag_value: vec!["a=b&c".into(), String::new()],
            for_me: "yes".into(),
            member: vec!["User:1".into(), "Group:2".into()],
            member_role: vec!["data_reader".into(), "data_owner".into()],
            justification: "Zeile 1\r\nline 2 + more".into(),
            ..Draft::default()
        }
    }

    #[tokio::test]
    async fn what_was_typed_comes_back_as_typed() {
        let way_back = typed().way_back("/instances/new").expect("short enough");
        let (path, query) = way_back.split_once('?').expect("a query");
        assert_eq!(path, "/instances/new");
        let back = sent(query).await;
        assert_eq!(back, Draft { go: "back".into(), ..typed() });
        assert!(back.is_sent() && back.act() == Act::Show);
    }

    #[tokio::test]
    async fn a_field_that_is_missing_is_empty_and_an_unknown_one_nothing() {
        assert_eq!(sent("").await, Draft::default());
        assert_eq!(sent("unknown=1&member=User%3A1").await.member, ["User:1"]);
    }

    #[tokio::test]
    async fn one_button_says_what_is_to_be_done() {
        assert_eq!(sent("go=review&remove=User%3A1").await.act(), Act::Remove("User:1".into()));
        assert_eq!(sent("add=1").await.act(), Act::Add("1".into()));
        assert_eq!(sent("go=review").await.act(), Act::Review);
        assert_eq!(sent("go=load").await.act(), Act::Show);
    }

    #[test]
    fn a_new_resource_group_is_made_when_that_is_chosen_or_only_that_is_named() {
        let draft = |resource_group: &str, new_resource_group: &str| Draft {
            resource_group: resource_group.into(),
            new_resource_group: new_resource_group.into(),
            ..Draft::default()
        };
        assert!(draft("+", "rg-new").creates_group() && draft("+", "").creates_group());
        assert!(draft("", "rg-new").creates_group());
        assert!(!draft("", "").creates_group() && !draft("rg-lab", "rg-new").creates_group());
        assert_eq!(
            (draft("+", "").existing_group(), draft(" rg ", "").existing_group()),
            ("", "rg")
        );
    }

    #[tokio::test]
    async fn a_name_that_was_typed_and_not_added_is_looked_for_first() {
        assert_eq!(sent("go=review&find=ada").await.act(), Act::Find);
    }

    #[tokio::test]
    async fn a_member_without_a_role_gets_the_first() {
        let draft = sent("member=a&member=b&member_role=data_reader").await;
        let roles: Vec<_> = draft.members().collect();
        assert_eq!(roles, [("a", Role::DataReader), ("b", Role::DataOwner)]);
    }

    #[test]
    fn what_no_address_can_carry_has_no_way_back() {
        let draft = Draft { justification: "ж".repeat(2_000), ..Draft::default() };
        assert_eq!(draft.way_back("/access/new"), None);
    }
}
