"""The state of a series, whose turn it is, and what to do next."""
