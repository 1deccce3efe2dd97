-- Whose runs were taken up when, so that everybody has their turn, and until when Azure takes no
-- calls in somebody's name. May be emptied at any time.
CREATE TABLE pace (
    person_id TEXT NOT NULL PRIMARY KEY,
    served_at BIGINT NOT NULL,
    paused_until BIGINT NOT NULL
);

-- What a run has spent on tries that got nowhere, since a person last set it going: how many, and
-- microseconds of waiting.
ALTER TABLE run ADD COLUMN spent_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN spent_waited BIGINT NOT NULL DEFAULT 0;
-- 1 when somebody wants nothing more to be sent.
ALTER TABLE run ADD COLUMN stop_asked BIGINT NOT NULL DEFAULT 0;
