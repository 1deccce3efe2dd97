-- How often a request has been asked: it can be sent back, changed, and asked again.
ALTER TABLE request ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- What was asked before, and its plan: what stands in `request` and `step` has taken its place.
CREATE TABLE earlier (
    request_id TEXT NOT NULL REFERENCES request (id),
    revision BIGINT NOT NULL,
    asked TEXT NOT NULL,
    PRIMARY KEY (request_id, revision)
);
CREATE TABLE earlier_step (
    request_id TEXT NOT NULL REFERENCES request (id),
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY (request_id, revision, position)
);

-- When it was last asked again or commented on; 0 while it is as it was asked first.
ALTER TABLE request ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- When somebody who may decide a request last had it before them. May be emptied at any time.
CREATE TABLE opened (
    person_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, request_id)
);
CREATE INDEX opened_opened_at ON opened (opened_at);

-- Who of those who may decide has said last, and when, that they are looking at it.
ALTER TABLE request ADD COLUMN looking_id TEXT;
ALTER TABLE request ADD COLUMN looking_name TEXT;
ALTER TABLE request ADD COLUMN looking_since BIGINT;
