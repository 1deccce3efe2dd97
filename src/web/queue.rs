//! The queue's filter and order, as they stand in addresses and forms. Knows no page.

use serde::Deserialize;
use url::form_urlencoded;

use super::address::encoded;
use crate::{
    domain::scope::Scope,
    store::{Key, QueueFilter},
};

/// Of the letters that are typed of a name, so many count: SQLite compares with no text of any length.
const LONGEST: usize = 200;

/// As it was typed; what is empty filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    pub kind: String,
    /// A subscription's id.
    pub subscription: String,
    pub requester: String,
    /// `yes`: only what has not been opened since it was asked or changed.
    pub unread: String,
    /// `newest`, or else the oldest first.
    pub order: String,
}

impl QueueQuery {
    /// As an address carries it within another; what cannot be read is no filter.
    pub fn parse(text: &str) -> QueueQuery {
        serde_html_form::from_str(text).unwrap_or_default()
    }

    pub fn filter(&self) -> QueueFilter {
        // PostgreSQL takes no NUL, and nothing that is looked for has one.
        let clean = |text: &str| text.replace('\0', "").trim().to_owned();
        let subscription = clean(&self.subscription);
        QueueFilter {
            kind: clean(&self.kind),
            subscription: match subscription.is_empty() {
                true => subscription,
                false => Scope::subscription(&subscription).key(),
            },
            requester: clean(&self.requester).chars().take(LONGEST).collect(),
            unread: self.is_unread(),
            newest_first: self.is_newest_first(),
        }
    }

    pub fn is_unread(&self) -> bool {
        self.unread == "yes"
    }

    pub fn is_newest_first(&self) -> bool {
        self.order == "newest"
    }

    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        let texts = [&self.kind, &self.subscription, &self.requester];
        self.is_unread() || texts.iter().any(|text| !text.trim().is_empty())
    }

    /// What is not empty, by name.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("kind", &self.kind),
            ("subscription", &self.subscription),
            ("requester", &self.requester),
            ("unread", &self.unread),
            ("order", &self.order),
        ];
        let all = all.into_iter().map(|(name, value)| (name, value.trim()));
        all.filter(|(_, value)| !value.is_empty()).collect()
    }

    pub fn written(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.fields()).finish()
    }

    /// Of the list; behind `after`, where that is given.
    pub fn address(&self, after: Option<&Key>) -> String {
        let mut query = self.written();
        if let Some(after) = after {
            let and = if query.is_empty() { "" } else { "&" };
            query.push_str(&format!("{and}after={after}"));
        }
        if query.is_empty() { "/approvals".to_owned() } else { format!("/approvals?{query}") }
    }

    /// How a request's address says that it was opened from here.
    pub fn carried(&self) -> String {
        format!("queue={}", encoded(self.written()))
    }

    pub fn request(&self, id: &str) -> String {
        format!("/requests/{id}?{}", self.carried())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_as_it_was_from_the_address_that_carries_it() {
        let query = QueueQuery {
            kind: "grant_access".into(),
            requester: " O'Neil & sons=1 ".into(),
            unread: "yes".into(),
            ..QueueQuery::default()
        };
        let carried = query.carried();
        let (name, value) = form_urlencoded::parse(carried.as_bytes()).next().expect("a pair");
        assert_eq!(name, "queue");
        let back = QueueQuery::parse(&value);
        assert_eq!(back.requester, "O'Neil & sons=1");
        assert_eq!((back.filter(), back.is_filtered()), (query.filter(), true));
        assert_eq!(QueueQuery::default().address(None), "/approvals");
        assert_eq!(QueueQuery::default().carried(), "queue=");
        for nonsense in ["%", "=", "kind=a&kind=b", "&&"] {
            assert_eq!(QueueQuery::parse(nonsense), QueueQuery::default(), "{nonsense}");
        }
    }
}
