-- Whose turn it was last, somebody whom Azure had sent away, and a run that had spent tries.
INSERT INTO pace (person_id, served_at, paused_until) VALUES ('10000000-aaaa-4000-8000-000000000003', 1768467790000000, 0);
INSERT INTO pace (person_id, served_at, paused_until) VALUES ('10000000-aaaa-4000-8000-000000000001', 1768467790000000, 1768467850000000);
UPDATE run SET spent_tries = 3, spent_waited = 14000000 WHERE request_id = '019bc0e4-f8b0-7a1b-838b-44f50daa6d5b';
