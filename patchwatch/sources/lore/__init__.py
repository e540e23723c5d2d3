"""Fetch mail from the list archive: lore.kernel.org, or any public-inbox server.

Importing this package is cheap; `urls` and `query` are pure and import no network library.
"""
