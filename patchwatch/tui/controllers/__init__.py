"""What the screens do: decisions, reading, replies. No widgets here."""
