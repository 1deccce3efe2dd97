### A request, its progress, and what can be decided about it.
