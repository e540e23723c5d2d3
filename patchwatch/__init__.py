"""patchwatch: every kernel patch you care about, from RFC to mainline, and who must move next."""

__version__ = "0.1.0"
