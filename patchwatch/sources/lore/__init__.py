"""Fetch mail from the list archive: lore.kernel.org, or any public-inbox server.

Importing this package is cheap; `urls` and `query` are pure and import no network library.
"""

import sys

# httpx imports its own command line, and with it rich and Pygments, if they are installed: a tenth of a poll's time.
# It takes this for the missing extra `httpx[cli]`.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
