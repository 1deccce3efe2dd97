### Networking, tags and deletion.
