### The history.
