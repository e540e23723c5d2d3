"""Mail that the user writes, and series passed to b4."""
