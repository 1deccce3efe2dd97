### Access: grant, revoke, raise.
