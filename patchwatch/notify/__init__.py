"""What patchwatch reports on its own: events, the digest, and their delivery."""
