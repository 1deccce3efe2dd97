-- Replicas that start together take turns; else "tuple concurrently updated".
SELECT pg_advisory_xact_lock(7210);

CREATE OR REPLACE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$;

DO $$
BEGIN
    -- Only where it is missing: making a trigger waits for everybody who reads the table.
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgname = 'history_append_only' AND tgrelid = 'history'::regclass) THEN
        CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
            FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'history_person_append_only'
                                            AND tgrelid = 'history_person'::regclass) THEN
        CREATE TRIGGER history_person_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON history_person
            FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'history_head_no_delete'
                                            AND tgrelid = 'history_head'::regclass) THEN
        CREATE TRIGGER history_head_no_delete BEFORE DELETE OR TRUNCATE ON history_head
            FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'history_head_forward_only'
                                            AND tgrelid = 'history_head'::regclass) THEN
        CREATE TRIGGER history_head_forward_only BEFORE UPDATE ON history_head
            FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.id <> OLD.id)
            EXECUTE FUNCTION history_is_append_only();
    END IF;
END $$;
