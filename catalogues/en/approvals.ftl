### Approvals.
