### Subscriptions, and who can help.
