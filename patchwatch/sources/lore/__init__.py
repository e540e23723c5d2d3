"""The archive of the lists (lore.kernel.org, or any public-inbox server): what is asked of it, and how patiently.

Importing this package costs nothing; `address` and `search` are pure and need no network library either.
"""
