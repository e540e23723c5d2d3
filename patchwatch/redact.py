"""Keep passwords out of everything that is printed, logged or reported.

Passwords come from the URL of the database and the login of the mail server.  Code that learns one registers it with
`add_secret`; from then on `redact` replaces it wherever it appears.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote

MASK = "***"
_MIN_LENGTH = 4  # a shorter secret is replaced in URLs only: it would hide parts of ordinary words
_USER_INFO = re.compile(r"(?P<user>[a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s/@]+@", re.IGNORECASE)
_PARAMETER = re.compile(r"(?i)\b(?P<name>(?:ssl)?password=)(?:'[^']*'|\"[^\"]*\"|[^\s&'\"]+)")
_secrets: set[str] = set()


def add_secret(secret: str) -> None:
    """Replace `secret`, and what it looks like in a URL, in all text that is redacted from now on."""
    _secrets.update(form for form in (secret, quote(secret, safe=""), quote_plus(secret)) if len(form) >= _MIN_LENGTH)


def redact(text: str) -> str:
    """`text` without passwords: those of URLs, and registered ones."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _USER_INFO.sub(rf"\g<user>:{MASK}@", text) if "://" in text else text
    return _PARAMETER.sub(rf"\g<name>{MASK}", text) if "assword" in text else text


def redact_url(url: str) -> str:
    """The URL of a database without its password, which is registered.

    The URL may be invalid: everything before the last @ is taken for user and password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.startswith("sqlite"):
        return url
    login, at, server = rest.rpartition("@")
    user, colon, password = login.partition(":")
    if colon:
        add_secret(password)
        add_secret(unquote(password))
        login = f"{user}:{MASK}"
    for parameter in _PARAMETER.finditer(server):
        value = parameter[0].partition("=")[2]
        add_secret(value)
        add_secret(unquote(value))
    return redact(f"{scheme}://{login}{at}{server}")
