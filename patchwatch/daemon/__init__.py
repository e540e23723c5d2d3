"""The service: planning, the loop, hooks, the log, and systemd units."""
