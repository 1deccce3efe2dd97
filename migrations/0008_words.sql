-- How a person wants to read; empty where they leave it to their browser. The zone is one of IANA's names.
ALTER TABLE person ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN theme TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN density TEXT NOT NULL DEFAULT '';

-- `title` as a message that can be read in any language, JSON; empty in what was asked before.
ALTER TABLE request ADD COLUMN titled TEXT NOT NULL DEFAULT '';
