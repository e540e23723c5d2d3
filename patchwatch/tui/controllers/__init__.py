"""What the screens do: decisions, reading, replies; no widgets here."""
