-- One schema for SQLite and PostgreSQL: TEXT and BIGINT only. Times are microseconds since 1970,
-- enums are words, structures are JSON, yes and no are 1 and 0. A name that ends in _key is a scope
-- in lower case, as Azure compares them.

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    upn TEXT NOT NULL,
    auditor BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    -- `upn` in lower case, to find somebody by.
    upn_key TEXT NOT NULL
);
CREATE INDEX person_upn_key ON person (upn_key);

-- `hash` is SHA-256 of the cookie: reading this table opens no session.
CREATE TABLE session (
    hash TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    sid TEXT,
    login_hint TEXT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX session_sid ON session (sid) WHERE sid IS NOT NULL;
CREATE INDEX session_seen_at ON session (seen_at);
CREATE INDEX session_ends_at ON session (ends_at);

-- A sign-in that has been begun and not come back yet.
CREATE TABLE sign_in (
    state_hash TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    sealed TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_expires_at ON sign_in (expires_at);

-- `kept_at` is when the person last signed in, `changed_at` also counts what Entra ID renewed.
CREATE TABLE delegation (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
    sealed TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- What people asked and decided. The columns beside `asked` and `requester` are what lists show
-- and search. The keys are those of the scope where it is decided and of what that lies in.
CREATE TABLE request (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    asked TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    requester TEXT NOT NULL,
    requester_id TEXT NOT NULL REFERENCES person (id),
    requester_name TEXT NOT NULL,
    subscription_name TEXT NOT NULL,
    instance TEXT NOT NULL,
    scope TEXT NOT NULL,
    subscription_key TEXT NOT NULL,
    group_key TEXT,
    scope_key TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_by_id TEXT,
    decided_by_name TEXT,
    decided_at BIGINT,
    reason TEXT
);
CREATE INDEX request_requester ON request (requester_id, asked_at, id);
CREATE INDEX request_pending_subscription ON request (subscription_key, asked_at, id, group_key)
    WHERE decision = 'pending';
CREATE INDEX request_pending_group ON request (group_key, asked_at, id, scope_key)
    WHERE decision = 'pending';
CREATE INDEX request_pending_scope ON request (scope_key, asked_at, id)
    WHERE decision = 'pending';
CREATE INDEX request_decided_by ON request (decided_by_id, decided_at, id)
    WHERE decided_by_id IS NOT NULL;

-- How far a plan has come. `requester_id` and `asked_at` are the request's, which never change;
-- `ended` says that nothing more happens by itself; `waits_for` is the person whose sign-in it
-- needs.
CREATE TABLE run (
    request_id TEXT NOT NULL PRIMARY KEY REFERENCES request (id),
    requester_id TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    position BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    due_at BIGINT,
    problem TEXT,
    claims TEXT,
    waits_for TEXT,
    lease TEXT,
    lease_until BIGINT NOT NULL
);
CREATE INDEX run_requester ON run (requester_id, ended, asked_at, request_id);
CREATE INDEX run_due_at ON run (due_at, request_id) WHERE due_at IS NOT NULL;
CREATE INDEX run_waits_for ON run (waits_for, request_id) WHERE waits_for IS NOT NULL;

CREATE TABLE step (
    request_id TEXT NOT NULL REFERENCES run (request_id),
    position BIGINT NOT NULL,
    step TEXT NOT NULL,
    in_name_of_id TEXT,
    in_name_of_name TEXT,
    state TEXT NOT NULL,
    operation TEXT,
    began_at BIGINT,
    sent_at BIGINT,
    ended_at BIGINT,
    proof TEXT,
    host_name TEXT,
    PRIMARY KEY (request_id, position)
);

-- What Azure said a moment ago that a person may do where. May be emptied at any time.
CREATE TABLE standing (
    person_id TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    decides BIGINT NOT NULL,
    permissions TEXT,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, scope_key)
);
CREATE INDEX standing_decides ON standing (person_id, scope_key, checked_at) WHERE decides = 1;
CREATE INDEX standing_checked_at ON standing (checked_at);

-- What has happened. Append-only: see sqlite/append-only.sql and postgres/append-only.sql.
-- `hash` is SHA-256 over the hash before and every other column (src/store/history.rs).
CREATE TABLE history (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    in_name_of_id TEXT,
    in_name_of_name TEXT,
    request_id TEXT NOT NULL,
    requester_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    subscription_key TEXT NOT NULL,
    group_key TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    title TEXT NOT NULL,
    correlation TEXT,
    what TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX history_at ON history (at, seq);
CREATE INDEX history_kind ON history (kind, seq);
CREATE INDEX history_request ON history (request_id, seq);
CREATE INDEX history_subscription ON history (subscription_key, seq);
CREATE INDEX history_subscription_kind ON history (subscription_key, kind, seq);
CREATE INDEX history_group ON history (group_key, seq);
CREATE INDEX history_group_kind ON history (group_key, kind, seq);
CREATE INDEX history_scope ON history (scope_key, seq);

-- Whom an entry concerns: who asked, who did it, in whose name. Ids in lower case.
CREATE TABLE history_person (
    person_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (person_id, seq)
);
CREATE INDEX history_person_kind ON history_person (person_id, kind, seq);

-- The end of the chain, one row; whoever appends holds it until the transaction ends.
CREATE TABLE history_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO history_head (id, seq, hash) VALUES (1, 0, '');
