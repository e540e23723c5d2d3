"""pygit2, which parses diffs and computes patch-ids here, and connects to nothing.

While it is imported, it loads the certificates of the system, and fails if there are none or SSL_CERT_FILE is wrong.
"""

from __future__ import annotations

import ssl

_paths = ssl.get_default_verify_paths
ssl.get_default_verify_paths = lambda: _paths()._replace(cafile=None, capath="/")  # type: ignore[arg-type]
try:
    import pygit2 as pygit2
finally:
    ssl.get_default_verify_paths = _paths
