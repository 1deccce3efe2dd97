//! What was typed into a form, as typed, and which button sent it. Knows the fields that forms share,
//! and nothing of what is right in them.

use axum::{
    RequestExt,
    extract::{FromRequest, RawForm, Request},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::form_urlencoded;

use crate::{
    domain::{asked::Grantee, person::Person, role::Role},
    text,
    web::{Error, address::encoded},
};

/// The fields of one form that others do not have. Written back with empty fields left out, but for
/// lists, which keep their order.
pub trait Typed:
    Clone + Default + PartialEq + std::fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
}

impl<T> Typed for T where
    T: Clone
        + Default
        + PartialEq
        + std::fmt::Debug
        + Serialize
        + DeserializeOwned
        + Send
        + Sync
        + 'static
{
}

/// Everything that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft<T> {
    pub own: T,
    pub shared: Shared,
}

/// What every form has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Shared {
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

    /// The request whose form is wanted as it was.
    pub(super) again: String,
    /// The request that was sent back and is changed here, and asked again.
    pub revises: String,
    /// Who sent it back and what they want, read from the request each time.
    #[serde(skip)]
    pub revising: Option<Revising>,

    /// Some of it is filled in as it was in their last request.
    #[serde(skip)]
    pub recalled: bool,

    /// The request and the digest of the plan that the review page showed.
    pub request: String,
    pub plan: String,

    pub(super) go: String,
    pub(super) add: String,
    pub(super) remove: String,
}

/// Why a request is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revising {
    pub by: String,
    pub reason: String,
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

impl Shared {
    /// As these would have been typed by `me`: whoever asks for themselves ticks a box, which gives
    /// one role where `mine` names it.
    pub fn of(grants: &[Grantee], me: &Person, mine: Option<Role>, justification: &str) -> Shared {
        let is_mine = |grant: &&Grantee| {
            grant.principal.id.eq_ignore_ascii_case(&me.id)
                && mine.is_none_or(|role| role == grant.role)
        };
        let (own, others): (Vec<_>, Vec<_>) = grants.iter().partition(is_mine);
        let mut shared = Shared {
            for_me: if own.is_empty() { "" } else { "yes" }.to_owned(),
            justification: justification.to_owned(),
            ..Shared::default()
        };
        shared.set_members(others.into_iter().map(|grant| {
            let principal = &grant.principal;
            (format!("{}:{}", principal.kind.word(), principal.id), &grant.role)
        }));
        shared
    }

    /// Where nobody is named in the form.
    pub fn because(justification: &str) -> Shared {
        Shared { justification: justification.to_owned(), ..Shared::default() }
    }

    /// The request whose form is wanted, where no form was sent.
    pub fn again(&self) -> Option<&str> {
        (!self.again.is_empty() && !self.is_sent()).then_some(&self.again)
    }

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

    /// The word of the button, for what only one form has.
    pub fn go(&self) -> &str {
        &self.go
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

    fn fields(&self) -> impl Iterator<Item = (String, String)> {
        let single = [
            ("for_me", &self.for_me),
            ("justification", &self.justification),
            ("revises", &self.revises),
        ];
        let single = single.into_iter().filter(|(_, value)| !value.is_empty());
        let single = single.map(|(name, value)| (name.to_owned(), value.clone()));
        let members = self.members().flat_map(|(member, role)| {
            [("member", member), ("member_role", role.word())]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        });
        single.chain(members)
    }
}

impl<T: Typed> Draft<T> {
    fn parse(form: &[u8]) -> Result<Draft<T>, Error> {
        let wrong = |error: serde_html_form::de::Error| {
            Error::BadForm(text!("form-unreadable", why = error.to_string()))
        };
        let own = serde_html_form::from_bytes(form).map_err(wrong)?;
        Ok(Draft { own, shared: serde_html_form::from_bytes(form).map_err(wrong)? })
    }

    /// As sent: nothing is to be filled in besides. It came from this request, and is found there again.
    pub fn of_request(mut self, id: &str) -> Draft<T> {
        id.clone_into(&mut self.shared.again);
        "back".clone_into(&mut self.shared.go);
        self
    }

    /// Everything that a request is made of, field by field, for a page that carries it on.
    pub fn fields(&self) -> Vec<(String, String)> {
        // A form's fields are texts and lists of texts: they can always be written.
        let own = serde_html_form::to_string(&self.own).unwrap_or_default();
        let own = form_urlencoded::parse(own.as_bytes()).into_owned();
        own.chain(self.shared.fields()).collect()
    }

    /// The address at which the form stands as typed, for somebody who has to sign in in between.
    /// `None` when it would be longer than proxies take.
    pub fn way_back(&self, form: &str) -> Option<String> {
        const LONGEST: usize = 3_500;
        if !self.shared.again.is_empty() {
            return Some(format!("{form}?again={}", encoded(&self.shared.again)));
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.fields())
            .append_pair("go", "back")
            .finish();
        (query.len() <= LONGEST).then(|| format!("{form}?{query}"))
    }
}

/// Of the address for GET, of the body otherwise.
impl<S: Send + Sync, T: Typed> FromRequest<S> for Draft<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Draft<T>, Response> {
        let RawForm(form) =
            request.extract::<RawForm, _>().await.map_err(IntoResponse::into_response)?;
        Draft::parse(&form).map_err(IntoResponse::into_response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Own {
        #[serde(skip_serializing_if = "String::is_empty")]
        name: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        region: String,
        tag_name: Vec<String>,
        tag_value: Vec<String>,
    }

    fn sent(form: &str) -> Draft<Own> {
        Draft::parse(form.as_bytes()).expect("a form")
    }

    fn typed() -> Draft<Own> {
        Draft {
            own: Own {
                name: "dt&x=1 ü".into(),
                region: String::new(),
                tag_name: vec!["team".into(), "empty".into()],
                tag_value: vec!["a=b&c".into(), String::new()],
            },
            shared: Shared {
                for_me: "yes".into(),
                member: vec!["User:1".into(), "Group:2".into()],
                member_role: vec!["data_reader".into(), "data_owner".into()],
                justification: "Zeile 1\r\nline 2 + more".into(),
                ..Shared::default()
            },
        }
    }

    #[test]
    fn what_comes_from_a_request_is_found_there_again_however_long_it_is() {
        let mut draft = typed();
        draft.shared.justification = "ж".repeat(2_000);
        let draft = draft.of_request("1");
        assert_eq!(draft.way_back("/tags/new").as_deref(), Some("/tags/new?again=1"));
        assert!(draft.shared.is_sent() && draft.shared.again().is_none(), "it is filled in once");
        assert_eq!(sent("again=1").shared.again(), Some("1"));
        assert_eq!(sent("again=1&go=review").shared.again(), None, "what was typed since counts");
    }

    #[test]
    fn what_was_typed_comes_back_as_typed() {
        let way_back = typed().way_back("/instances/new").expect("short enough");
        let (path, query) = way_back.split_once('?').expect("a query");
        assert_eq!(path, "/instances/new");
        assert!(!query.contains("region"), "{query}");
        let back = sent(query);
        let mut wanted = typed();
        wanted.shared.go = "back".into();
        assert_eq!(back, wanted);
        assert!(back.shared.is_sent() && back.shared.act() == Act::Show);
    }

    #[test]
    fn a_field_that_is_missing_is_empty_and_an_unknown_one_nothing() {
        assert_eq!(sent(""), Draft::default());
        assert_eq!(sent("unknown=1&member=User%3A1").shared.member, ["User:1"]);
    }

    #[test]
    fn one_button_says_what_is_to_be_done() {
        let act = |form| sent(form).shared.act();
        assert_eq!(act("go=review&remove=User%3A1"), Act::Remove("User:1".into()));
        assert_eq!(act("go=review&add=1"), Act::Add("1".into()));
        assert_eq!(act("go=review"), Act::Review);
        assert_eq!(act("go=load"), Act::Show);
        // A name that was typed and not added is looked for first.
        assert_eq!(act("go=review&find=ada"), Act::Find);
    }

    #[test]
    fn a_member_without_a_role_gets_the_first() {
        let draft = sent("member=a&member=b&member_role=data_reader");
        let roles: Vec<_> = draft.shared.members().collect();
        assert_eq!(roles, [("a", Role::DataReader), ("b", Role::DataOwner)]);
    }

    #[test]
    fn what_no_address_can_carry_has_no_way_back() {
        let mut draft = typed();
        draft.shared.justification = "ж".repeat(2_000);
        assert_eq!(draft.way_back("/access/new"), None);
    }
}
