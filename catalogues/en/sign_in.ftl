### Signing in, and pages that say that something failed.
