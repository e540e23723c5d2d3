"""Parse and write links to messages, and bare message-ids, as people paste them.

A link to a well-known host (lore.kernel.org and its redirectors) names a message, not a server: the message is fetched
from the configured archive like any other.

The forms are those of public-inbox's WWW (`/INBOX/MESSAGE-ID/` and its views) and of the kernel's redirectors
(Documentation/process/submitting-patches.rst: `https://lore.kernel.org/r/…`, `https://patch.msgid.link/…`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from patchwatch.pattern import Pattern

EVERYWHERE = "all"
"""The inbox that has the mail of all lists."""

_LORE = "lore.kernel.org"
_REDIRECTOR = "patch.msgid.link"  # has no inboxes: https://patch.msgid.link/MESSAGE-ID
_LIKE_LORE = (_LORE, "lkml.kernel.org")
_EVERYWHERE = ("r", EVERYWHERE)  # first parts of a path that do not name a particular inbox

_IN_URL = r"[!#-;=?-Z_a-z~]"  # printable ASCII except "<>[\]^`{|}, which must be encoded in a URL (RFC 3986)
_INBOX = Pattern(r"[\w-][\w.-]*", re.ASCII)
_MESSAGE_ID = Pattern(r"[^\s<>\x00-\x1f\x7f\ufffd]+@[^\s<>\x00-\x1f\x7f\ufffd]+")
_LABEL = Pattern(r"(?:message-id|msgid|mid|id|i|link|url)\s*:\s*(?!//)", re.IGNORECASE)
# What may follow a message-id in a path: a view of the thread, the raw mail, an attachment (`2-fix.patch`), or nothing.
_VIEW = Pattern(r"/(?:[TtRrf]|t\.mbox(?:\.gz)?|t\.atom|raw|[0-9][0-9.]*-[^/]+)?/*\Z")
# What ends a link without a space: an escaped < > or quote in HTML, or the next link in a list.
_END = Pattern(r"&(?:lt|gt|quot|apos|nbsp|#0*(?:34|39|60|62|160)|#x0*(?:22|27|3c|3e|a0));|[,;](?=https?://)", re.I)
_ENTITY = Pattern(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_SENTENCE = ".,;:!?'*_~"  # end of a sentence, a quotation, or Markdown emphasis; no archive link ends with one


@dataclass(frozen=True, slots=True)
class MessageAddress:
    """A message, and the list that the link names: `inbox` is None if it names none (`/r/`, `/all/`)."""

    message_id: str  # without angle brackets
    inbox: str | None


def find_addresses(text: str, hosts: Iterable[str] = ()) -> list[MessageAddress]:
    """The messages linked in a text (Markdown, HTML or plain text), in order, each once.

    `hosts` are archives besides the well-known ones: `host`, `host:port` or a base URL such as `lore.url`.  A message
    linked more than once keeps its first place, and the first inbox that any of the links names.  Links to list pages,
    searches, feeds and other sites are ignored, and so are links to message-ids without `@`.
    """
    archives = _archives(tuple(hosts))
    found: dict[str, MessageAddress] = {}
    position = 0
    while match := archives.link.search(text, position):
        link = _without_tail(match[0])
        position = match.start() + max(len(link), 1)
        address = archives.address(_ENTITY.sub("&", link).rstrip(_SENTENCE))
        if address is None:
            continue
        known = found.get(address.message_id)
        if known is None or (known.inbox is None and address.inbox is not None):
            found[address.message_id] = address
    return list(found.values())


def parse_target(text: str, hosts: Iterable[str] = ()) -> MessageAddress | None:
    """The message that `text` names, as a link or a bare message-id; None if it is neither.

    A message-id may be in angle brackets, follow `id:`, `mid:` or `Message-ID:`, and be percent-encoded as in a link.
    It looks like a mail address, or a file name with an `@`: callers that also accept files must check for a file
    first.  `hosts` is as for `find_addresses`.
    """
    hosts = tuple(hosts)
    named = _LABEL.sub("", text.strip(), count=1)
    if not named or re.search(r"\s", named):
        return None
    links = find_addresses(named, hosts)
    if links or "://" in named or _archives(hosts).link.match(named.lstrip("<")):
        return links[0] if len(links) == 1 else None
    bare = named.removeprefix("<").removesuffix(">")
    return _address(bare if "@" in bare else unquote(bare), None)


def parse_inbox(text: str, hosts: Iterable[str] = ()) -> str | None:
    """The inbox that `text` names, as a bare name or a link to one of its pages other than a message; else None."""
    named = text.strip().removeprefix("<").removesuffix(">")
    path = _archives(tuple(hosts)).path(named)
    if path is None:
        return named if _INBOX.fullmatch(named) and named not in _EVERYWHERE else None
    inbox, _, rest = path.partition("/")
    return inbox if _INBOX.fullmatch(inbox) and inbox not in _EVERYWHERE and "@" not in unquote(rest) else None


def is_inbox_name(name: str) -> bool:
    """True if public-inbox accepts `name` as an inbox name (letters, digits, `_`, `-`, `.`)."""
    return _INBOX.fullmatch(name) is not None


def message_path(inbox: str | None, message_id: str) -> str:
    """The path of a message's page on a public-inbox server; without an inbox, in `/all/`.

    A `/` in a message-id must be `%2F`: public-inbox splits the path before it decodes it.  `%`, `?` and `#` are
    encoded too; characters that public-inbox leaves readable in its links (`@`, `+`, `=`, …) are not.
    """
    return f"/{inbox or 'all'}/{quote(message_id, safe='@+=$~,:', errors='surrogateescape')}/"


def message_url(base: str, inbox: str | None, message_id: str) -> str:
    """A link to the message on the archive at `base`; without an inbox, lore.kernel.org's `/r/` or its `/all/`."""
    if inbox is None and urlsplit(base).hostname == _LORE:
        inbox = "r"
    return base.rstrip("/") + message_path(inbox, message_id)


@dataclass(frozen=True, slots=True)
class _Archives:
    """The hosts whose links name messages."""

    link: re.Pattern[str]  # matches links to any site, so that a link inside another link's query is not found
    bases: tuple[tuple[str, str], ...]  # (host[:port], path before the inbox); the host is lower case

    def address(self, url: str) -> MessageAddress | None:
        path = self.path(url)
        if path is None:
            return None
        inbox, _, rest = path.partition("/")
        if not _INBOX.fullmatch(inbox):
            return None
        return _address(unquote(_VIEW.sub("", rest)), None if inbox in _EVERYWHERE else inbox)

    def path(self, url: str) -> str | None:
        """The part `INBOX/…` of a link to one of the archives, still percent-encoded; None for any other site."""
        try:
            parts = urlsplit(url if "://" in url else f"https://{url}")
            host, port = parts.hostname, parts.port
        except ValueError:  # a broken port or IPv6 address
            return None
        if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
            host = f"{host}:{port}"
        if host == _REDIRECTOR:
            return f"r{parts.path}"
        for base, prefix in self.bases:
            if host == base and parts.path.startswith(f"{prefix}/"):
                return parts.path.removeprefix(prefix).lstrip("/")
        return None


@functools.lru_cache(maxsize=16)
def _archives(hosts: tuple[str, ...]) -> _Archives:
    bases = [(host, "") for host in _LIKE_LORE]
    for host in hosts:
        name, slash, prefix = re.sub(r"\A[a-z]+://(?:[^/@]*@)?", "", host.strip(), flags=re.I).partition("/")
        bases.append((_without_default_port(name.lower(), host), f"{slash}{prefix}".rstrip("/")))
    # The longest path first: https://example.org/lore/ must not be taken for an inbox "lore" at https://example.org/.
    bases.sort(key=lambda base: len(base[1]), reverse=True)
    names = "|".join(re.escape(name) for name, _ in (*bases, (_REDIRECTOR, "")))
    link = re.compile(rf"(?:https?://|(?<![\w.@/:%=-])(?:{names})/){_IN_URL}+", re.IGNORECASE)
    return _Archives(link, tuple(bases))


def _without_default_port(name: str, host: str) -> str:
    if host.lower().startswith("http://"):
        return name.removesuffix(":80")
    return name.removesuffix(":443")


def _without_tail(link: str) -> str:
    """A link without what follows it in Markdown, HTML or a sentence."""
    if end := _END.search(link):
        link = link[: end.start()]
    depth = 0
    for index, character in enumerate(link):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return link[:index]
    return link


def _address(message_id: str, inbox: str | None) -> MessageAddress | None:
    message_id = message_id.removeprefix("<").removesuffix(">")
    return MessageAddress(message_id, inbox) if _MESSAGE_ID.fullmatch(message_id) else None
