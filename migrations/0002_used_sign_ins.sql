-- What is remembered of a sign-in under way is in its state. One that has come to its end is kept here until its state
-- has expired, so that it is used once.
DROP TABLE sign_in;
CREATE TABLE used_sign_in (
    nonce_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_sign_in_expires_at ON used_sign_in (expires_at);
