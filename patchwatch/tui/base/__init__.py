"""What every part of the TUI builds on: the API below it, background jobs, themes, the terminal."""
