### Managed identities.
