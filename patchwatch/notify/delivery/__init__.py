"""patchwatch's own mail: built, queued, sent, retried."""
