"""Text and styles for the widgets. Pure."""
