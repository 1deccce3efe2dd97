### The steps of a plan, and how they are known to be done.
