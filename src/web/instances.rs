//! The directory of every instance that a person can see, whoever made it. Two questions to
//! Azure for the whole list, and none for each row.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use url::form_urlencoded;

use super::{
    Error, instance,
    page::{Frame, View},
    session::Viewer,
    sight::{Hidden, Offer, Sight, by, deadline},
};
use crate::{App, azure::Listed, domain::scope::Scope, inventory::Listing, words::filters};

const ROWS: usize = 50;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A part of the name, the resource group, the host name or a tag.
    q: String,
    subscription: String,
    /// Rows that stand before this page's.
    skip: usize,
    /// `yes` asks Azure again.
    anew: String,
}

#[derive(Template)]
#[template(path = "instances/list.html")]
pub struct List {
    frame: Frame,
    filter: Filter,
    subscriptions: Vec<Offer>,
    rows: Vec<Row>,
    /// How many there are at all, and how many fit the filter.
    all: usize,
    fitting: usize,
    hidden: Option<Hidden>,
}

pub struct Row {
    pub address: String,
    pub listed: Listed,
    pub subscription: String,
    region: String,
}

impl Row {
    /// `None` where its ID is none.
    pub fn of(listed: &Listed, instances: &Listing, sight: &Sight) -> Option<Row> {
        let scope = Scope::parse(&listed.id)?;
        let offer = sight.offer(&listed.subscription);
        Some(Row {
            address: instance::address(&scope, ""),
            listed: listed.clone(),
            subscription: offer.map_or(&*listed.subscription, |offer| &offer.name).to_owned(),
            region: instances.region(&listed.location).to_owned(),
        })
    }

    /// The badge's word for how it stands.
    pub fn state(&self) -> &'static str {
        match self.listed.provisioning_state.as_str() {
            "Succeeded" => "done",
            "Failed" | "Canceled" => "stopped",
            _ => "running",
        }
    }
}

impl List {
    fn filtered(&self) -> bool {
        !self.filter.q.trim().is_empty() || !self.filter.subscription.is_empty()
    }

    fn page(&self, skip: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.filter.q), ("subscription", &self.filter.subscription)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if skip > 0 {
            query.append_pair("skip", &skip.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/instances".to_owned() } else { format!("/instances?{query}") }
    }

    fn start(&self) -> String {
        if self.filter.skip == 0 { String::new() } else { self.page(0) }
    }

    fn next(&self) -> String {
        let behind = self.filter.skip.saturating_add(ROWS);
        if behind < self.fitting { self.page(behind) } else { String::new() }
    }
}

pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(filter): Query<Filter>,
) -> Result<View<List>, Error> {
    let person = &viewer.person;
    let deadline = deadline(&app);
    let back = |error: Error| error.back_to("/instances");
    let listing = app.inventory.of(&person.id, filter.anew == "yes", app.clock.now());
    let (sight, listing) =
        tokio::try_join!(Sight::open(&app, person, deadline), by(deadline, listing))
            .map_err(back)?;
    let (instances, hidden) = match listing {
        Ok(instances) => (instances, None),
        Err(hidden) => (std::sync::Arc::default(), Some(hidden)),
    };
    let listed = &instances.listed;
    let fitting: Vec<&Listed> = listed.iter().filter(|listed| fits(listed, &filter)).collect();
    let rows = fitting.iter().skip(filter.skip).take(ROWS);
    let rows = rows.filter_map(|listed| Row::of(listed, &instances, &sight));
    Ok(View(List {
        frame: Frame::of(&app, &viewer, "instances").await?,
        rows: rows.collect(),
        all: listed.len(),
        fitting: fitting.len(),
        subscriptions: sight.subscriptions.into_iter().filter(|offer| offer.visible).collect(),
        filter,
        hidden,
    }))
}

fn fits(listed: &Listed, filter: &Filter) -> bool {
    let there = filter.subscription.is_empty()
        || listed.subscription.eq_ignore_ascii_case(&filter.subscription);
    there && is_called(listed, filter.q.trim())
}

/// Whether the text is a part of its name, resource group, host name or a tag, or its whole resource ID.
pub fn is_called(listed: &Listed, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let words = [&listed.name, &listed.group];
    listed.id.eq_ignore_ascii_case(text)
        || words.into_iter().chain(&listed.host_name).any(|text| has(text))
        || listed.tags.iter().any(|(name, value)| has(name) || has(value))
}
