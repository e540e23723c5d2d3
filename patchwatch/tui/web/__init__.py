"""The TUI in a browser."""
