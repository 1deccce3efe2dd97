-- Which requests granted what at one place: read when role assignments there are shown or removed.
CREATE INDEX request_instance ON request (lower(instance), asked_at, id);
