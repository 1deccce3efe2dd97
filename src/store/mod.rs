//! A stand-in that keeps delegations in memory, until the real store takes its place.

use crate::domain::Time;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database is not there")]
    Database,
}

#[derive(Clone, Default)]
pub struct Store(Arc<RwLock<HashMap<String, String>>>);

impl Store {
    pub async fn delegation(&self, person_id: &str) -> Result<Option<String>, Error> {
        Ok(self.0.read().map_err(|_| Error::Database)?.get(person_id).cloned())
    }

    pub async fn keep_delegation(
        &self,
        person_id: &str,
        sealed: &str,
        _at: Time,
    ) -> Result<(), Error> {
        self.0.write().map_err(|_| Error::Database)?.insert(person_id.into(), sealed.into());
        Ok(())
    }

    pub async fn replace_delegation(
        &self,
        person_id: &str,
        old_sealed: &str,
        new_sealed: &str,
        _at: Time,
    ) -> Result<bool, Error> {
        let mut rows = self.0.write().map_err(|_| Error::Database)?;
        match rows.get_mut(person_id) {
            Some(row) if row == old_sealed => {
                *row = new_sealed.into();
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub async fn drop_delegation(&self, person_id: &str) -> Result<(), Error> {
        self.0.write().map_err(|_| Error::Database)?.remove(person_id);
        Ok(())
    }
}
