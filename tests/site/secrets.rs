//! What must not be found: secrets in the database, secrets and people's words in the log.
