"""Keep passwords out of everything that is printed, logged or reported.

Passwords come from the URL of the database and the login of the mail server.  Code that learns one registers it with
`add_secret`; from then on `redact` replaces it wherever it appears.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote

from patchwatch.pattern import Pattern

MASK = "***"
_MIN_LENGTH = 4  # a shorter secret is replaced in URLs only: it would hide parts of ordinary words
_MIN_FRAGMENT = 6  # characters of base64 or hex
_USER_INFO = Pattern(r"(?P<user>[a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s/@]+@", re.IGNORECASE)
_PARAMETER = Pattern(r"(?i)\b(?P<name>(?:ssl)?password=)(?:'[^']*'|\"[^\"]*\"|[^\s&'\"]+)")
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
    """The URL of a database without its password, which is registered.  The result depends on nothing but `url`.

    The URL may be invalid: everything before the last @ is taken for user and password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.startswith("sqlite"):
        return url
    login, at, server = rest.rpartition("@")
    user, colon, password = login.partition(":")
    given = [password, *(match[0].partition("=")[2] for match in _PARAMETER.finditer(server))]
    for secret in given:
        add_secret(secret)
        add_secret(unquote(secret))
    login = f"{user}:{MASK}" if colon else login
    server = _PARAMETER.sub(rf"\g<name>{MASK}", server)
    return f"{scheme}://{login}{at}{server}"


def repeats(text: str, secret: str) -> bool:
    """True if `text` contains `secret`: in plain text, in base64 (alone, or within a longer text), or in hex."""
    import base64  # not for every start of the program

    raw = secret.encode()
    if not raw:
        return False
    forms = {raw.hex(), base64.b64encode(raw).decode()}
    for before in range(3):  # base64 turns three bytes into four characters; those that neighbors share are cut off
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        whole = len(encoded) - (len(encoded) % 4 != 0)
        forms.add(encoded[before and before + 1 : whole])
    squeezed = "".join(text.split())
    return (
        secret in text
        or quote(secret, safe="") in text
        or any(len(form) >= _MIN_FRAGMENT and form.lower() in squeezed.lower() for form in forms)
    )
