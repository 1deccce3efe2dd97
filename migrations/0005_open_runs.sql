-- How many requests are open in which state, and since when: asked every few seconds by whoever watches.
CREATE INDEX run_open ON run (state, asked_at) WHERE ended = 0;
