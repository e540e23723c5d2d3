"""What every part of the TUI builds on: the API below it, workers, themes, the terminal."""
