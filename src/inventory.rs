//! The instances that a person can see in Azure, in one list, remembered for a minute. Knows neither
//! requests nor pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use crate::{
    azure::{self, Azure, Listed, Resource},
    delegation::{self, Delegation},
    domain::Time,
};

/// For how long a list is shown again. Azure's own index is no fresher.
const REMEMBERED: Duration = Duration::from_secs(60);
/// And for how long even when it is asked for anew.
const MOMENT: Duration = Duration::from_secs(5);
/// For how long a list waits for the names of its regions.
const COMFORT: Duration = Duration::from_secs(2);
/// People whose lists are held at once; beyond that the oldest goes.
const MOST_PEOPLE: usize = 500;

#[derive(Clone)]
pub struct Inventory {
    azure: Azure,
    delegation: Delegation,
    held: Arc<Mutex<HashMap<String, (Time, Instances)>>>,
}

pub type Instances = Arc<Listing>;

#[derive(Default)]
pub struct Listing {
    pub listed: Vec<Listed>,
    /// What Azure calls a region, by the API's name of it.
    regions: BTreeMap<String, String>,
}

impl Listing {
    /// `West Europe`; the API's name where Azure does not say.
    pub fn region<'a>(&'a self, location: &'a str) -> &'a str {
        self.regions.get(location).map_or(location, |name| name)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Azure(#[from] azure::Error),
    #[error(transparent)]
    Delegation(#[from] delegation::Error),
}

impl Inventory {
    pub fn new(azure: Azure, delegation: Delegation) -> Inventory {
        Inventory { azure, delegation, held: Arc::default() }
    }

    /// By name. `anew` asks Azure, unless that was done a moment ago.
    pub async fn of(&self, person: &str, anew: bool, now: Time) -> Result<Instances, Error> {
        let fresh = if anew { MOMENT } else { REMEMBERED };
        if let Some(held) = self.remembered(person, fresh, now) {
            return Ok(held);
        }
        let mut listed = self.ask(person, now).await;
        // The token has been taken back before its time: another is to be had, mostly.
        if let Err(Error::Azure(azure::Error::Expired(_))) = &listed {
            self.delegation.forget_access(person, Resource::Arm);
            listed = self.ask(person, now).await;
        }
        let listed = Arc::new(listed?);
        self.remember(person, listed.clone(), now);
        Ok(listed)
    }

    async fn ask(&self, person: &str, now: Time) -> Result<Listing, Error> {
        let token = self.delegation.act_as(person, Resource::Arm, now).await?;
        let listed = self.azure.listed_instances(&token).await?;
        // Regions are called the same in every subscription; without their names the list will do.
        let regions = match listed.first() {
            Some(first) => {
                timeout(COMFORT, self.azure.regions(&token, &first.subscription)).await.ok()
            }
            None => None,
        };
        let named = |region: azure::Region| (region.name, region.display);
        let regions = regions.and_then(Result::ok).unwrap_or_default();
        let regions = regions.into_iter().map(named).collect();
        Ok(Listing { listed, regions })
    }

    fn remembered(&self, person: &str, fresh: Duration, now: Time) -> Option<Instances> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(person).filter(|(at, _)| now.since(*at) < fresh).map(|(_, list)| list.clone())
    }

    fn remember(&self, person: &str, listed: Instances, now: Time) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| now.since(*at) < REMEMBERED);
        if held.len() >= MOST_PEOPLE {
            let oldest =
                held.iter().min_by_key(|(_, (at, _))| at.0).map(|(person, _)| person.clone());
            oldest.map(|person| held.remove(&person));
        }
        held.insert(person.to_owned(), (now, listed));
    }
}
