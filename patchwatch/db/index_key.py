"""The form in which the keys of an index are stored: long ones as a hash, because each is in two indexes.

Two keys with one hash cost time: what is found is compared with what was looked for.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterable

_LONG = 16  # characters; a hash has 11
_IN_SQL = ("a:", "n:")  # keys of authors, which queries build from the columns of tables


def stored_key(key: str) -> str:
    """Return the form of a key that is stored."""
    if len(key) <= _LONG or key.startswith(_IN_SQL):
        return key
    from hashlib import blake2b  # slow to import, and `list` needs no long key

    return b2a_base64(blake2b(key.encode(), digest_size=8).digest(), newline=False)[:11].decode()


def forms_of(keys: Iterable[str]) -> dict[str, str]:
    """Return keys by their stored forms: the present one, and that of an earlier patchwatch, which stored the key."""
    return {form: key for key in keys for form in (key, stored_key(key))}
