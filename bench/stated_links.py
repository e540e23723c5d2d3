"""What authors state about the versions of their postings, as the truth that version links are measured and trained by.

An author states that one posting is an earlier version of another with a link that names its version ("Link to v2:
https://lore…", "v1: https://lore…"), or with the same b4 change-id.  Both are taken together: the postings connected
by them are one family, and the true predecessors of a posting are those of its family with a lower version.  Besides, a
link of the author under another number, or without one, shows that a posting may continue another one.  The parser here
is Python's, and nothing is shared with patchwatch, so that its mistakes are not taken as true.

`without_hints` takes all that out of a mail: patchwatch then has to find the links by other means.
"""

from __future__ import annotations

import collections
import contextlib
import email
import email.utils
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

_REPLY = re.compile(r"(?i)\s*(?:re|aw|fwd?)\s*:")
_BRACKETS = re.compile(r"\s*((?:\[[^\]]*\]\s*)+)(.*)", re.DOTALL)
_VERSION = re.compile(r"(?i)\bv(\d+)\b")
_GLUED_VERSION = re.compile(r"(?i)(patch|rfc)v")
_COUNTER = re.compile(r"(\d+)\s*/\s*(\d+)")
_POSTED = re.compile(r"(?i)patch|rfc")
_RESEND = re.compile(r"(?i)\bre-?(?:send|sent|post)")
_RFC = re.compile(r"(?i)\brfc")
_ID = re.compile(r"<([^<>\s]+)>")
_STATED = re.compile(r"\b[vV]\s?(\d+)\b")
_WRAPPED = re.compile(r"(?m)(\b[vV]\s?\d+\s?:)[ \t]*\n[ \t]+(?=https?://)")  # "- Link to v1:", and the link below
_NEEDED = re.compile(
    r"(?i)\b(?:depend\w*|prerequisites?|on top of|based on|requires?|needs?|follow(?:ing|s)?[- ]?up)\b"
)
_CHANGE_ID = re.compile(r"(?m)^change-id:\s*(\S+)")
_LORE = re.compile(
    r"https?://(?:lore\.kernel\.org|patch\.msgid\.link|lkml\.kernel\.org)/(?:r/|[\w.-]+/)?"
    r"([^\s/>#\])]+@[^\s/>#\]),]+)"
)
_ANY_LINK = re.compile(
    r"https?://(?:lore\.kernel\.org|patch\.msgid\.link|lkml\.kernel\.org|marc\.info|patchwork\.[\w.]+|lkml\.org|"
    r"www\.spinics\.net)/\S*"
)
_CHANGE_ID_LINE = re.compile(r"(?im)^.*change-id:.*\n?")
_MINUTES = 600  # seconds between a cover letter and patches of it in other threads
_HEADERS = ("X-Change-ID", "X-B4-Tracking")
_RELAYED = re.compile(r"(?i)\s+via\s.*")  # "Ann Author via B4 Relay"
_FROM_LINE = re.compile(rb"(?m)^(>*From )")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the root of a posting states."""

    version: int
    title: str
    author: str  # address
    name: str  # of the author, lower case
    change_id: str
    earlier: tuple[tuple[int, str], ...]  # links to earlier versions: (version, message-id)
    resend: bool = False
    links: frozenset[str] = frozenset()  # message-ids of all links, unless it says that it needs something first
    patches: frozenset[str] = frozenset()  # the titles of its patches
    rfc: bool = False

    def names(self, other: str) -> bool:
        """True if it links to a posting as an earlier version, under whatever number."""
        return any(other == linked for _, linked in self.earlier)

    def agrees(self, other: Stated) -> bool:
        """True if title and person are the same."""
        return self._is_by_author_of(other) and self.title == other.title

    def repeats(self, other: Stated) -> bool:
        """True if half of the patches of the smaller one are also in the other one of the same person, by title."""
        common = len(self.patches & other.patches)
        return self._is_by_author_of(other) and 2 * common >= min(len(self.patches), len(other.patches)) > 0

    def _is_by_author_of(self, other: Stated) -> bool:
        """True for one person, who may write from several addresses, and through a relay."""
        return self.author == other.author or (self.name == other.name and " " in self.name)


@dataclass(frozen=True, slots=True)
class _Posted:
    """A mail of a posting: what it states, its place and number of patches, and the mail that it replies to."""

    stated: Stated
    counter: tuple[int, int] | None
    parent: str
    date: float = 0.0  # UTC, in seconds

    def key(self, total: int) -> tuple[str, int, int]:
        """What the mails of a posting with this many patches have in common."""
        return self.stated.author, self.stated.version, total

    def belongs_to(self, above: _Posted) -> bool:
        """True if a mail that it replies to is of the same posting."""
        one, other = self.stated, above.stated
        whole = self.counter is not None and above.counter is not None and self.counter[1] == above.counter[1]
        return whole and (one.author, one.version) == (other.author, other.version)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Predicted links compared with those that authors stated: (root, predicted predecessor or None)."""

    found: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, None], ...]
    wrong: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str], ...]
    """Between two change-ids, but a higher version of the same person with its title or patches: a new branch."""

    @property
    def recall(self) -> float:
        """The share of the stated links that was found."""
        return len(self.found) / (len(self.found) + len(self.missed) + len(self.wrong) or 1)

    @property
    def precision(self) -> float:
        """The share of the judged links that is right."""
        return len(self.found) / (len(self.found) + len(self.wrong) or 1)


def mails(epoch: Path, *selection: str) -> Iterator[bytes]:
    """The mails of a public-inbox epoch, oldest first; `selection` is for git rev-list.

    Objects that a partial mirror lacks are left out, and so are mails that were removed from the archive.
    """
    git = ["git", "-C", str(epoch)]
    listed = subprocess.run([*git, "rev-list", *selection], capture_output=True, text=True, check=True)
    with subprocess.Popen([*git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        for commit in reversed(listed.stdout.split()):
            cat.stdin.write(f"{commit}:m\n".encode())
            cat.stdin.flush()
            head = cat.stdout.readline().split()
            if head[-1] != b"missing":
                yield cat.stdout.read(int(head[2]))
                cat.stdout.read(1)
        cat.stdin.close()


def write_stripped(raws: Iterable[bytes], mbox: Path) -> dict[str, Stated]:
    """Write the mails to an mbox without the authors' hints; return what the hints state, by root."""
    posted: dict[str, _Posted] = {}
    with mbox.open("wb") as out:
        for raw in raws:
            mail = email.message_from_bytes(raw)
            stripped = raw
            if subject := _posting(_header(mail, "subject")):
                parent = _ID.search(_header(mail, "in-reply-to"))
                posting = _Posted(_stated(mail, subject), subject[1], parent[1] if parent else "", _sent(mail))
                posted.setdefault(_header(mail, "message-id").strip(" <>"), posting)
                stripped = without_hints(mail, raw)
            out.write(mbox_entry(stripped))
    return by_root(posted)


def by_root(posted: Mapping[str, _Posted]) -> dict[str, Stated]:
    """What the roots state.  Links to patches become links to their postings: who sends one alone links to it."""
    covers = _covers(posted)
    roots = {message_id: _root(message_id, posted, covers) for message_id in posted}
    patches: dict[str, set[str]] = collections.defaultdict(set)
    for message_id, one in posted.items():
        if one.counter is None or one.counter[0] > 0:
            patches[roots[message_id]].add(one.stated.title)
    return {
        message_id: replace(
            one.stated,
            earlier=tuple((v, roots.get(link) or link) for v, link in one.stated.earlier),
            links=frozenset(roots.get(link) or link for link in one.stated.links),
            patches=frozenset(patches[message_id]),
        )
        for message_id, one in posted.items()
        if roots[message_id] == message_id
    }


_Covers = Mapping[tuple[str, int, int], Sequence[tuple[float, str]]]


def _covers(posted: Mapping[str, _Posted]) -> _Covers:
    """The dates and message-ids of cover letters, by author, version and total."""
    found: dict[tuple[str, int, int], list[tuple[float, str]]] = collections.defaultdict(list)
    for message_id, one in posted.items():
        if one.counter is not None and one.counter[0] == 0:
            found[one.key(one.counter[1])].append((one.date, message_id))
    return found


def _loose_root(patch: _Posted, covers: _Covers) -> str:
    """The cover letter of a patch in another thread: the only one that was sent within minutes; empty without one."""
    assert patch.counter is not None
    near = [i for date, i in covers.get(patch.key(patch.counter[1]), ()) if abs(date - patch.date) <= _MINUTES]
    return near[0] if len(near) == 1 else ""


def _root(message_id: str, posted: Mapping[str, _Posted], covers: _Covers) -> str:
    """The first mail of a posting: what its patches reply to, or patch 1 if there is no cover letter."""
    path: list[str] = []
    while message_id not in path:
        path.append(message_id)
        one = posted[message_id]
        if one.counter is None or one.counter[0] == 0 or one.counter == (1, 1):
            return message_id
        above = posted.get(one.parent)
        if above is None or not one.belongs_to(above):
            return _loose_root(one, covers) or (message_id if one.counter[0] == 1 else "")
        message_id = one.parent
    return ""


def mbox_entry(raw: bytes) -> bytes:
    """A mail as it stands in an mbox (mboxrd)."""
    return b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + _FROM_LINE.sub(rb">\1", raw) + b"\n"


def without_hints(mail: Message, raw: bytes) -> bytes:
    """The mail without change-ids and links to postings; unchanged if it cannot be written again."""
    for name in _HEADERS:
        del mail[name]
    for part, text in _texts(mail):
        clean = _CHANGE_ID_LINE.sub("", _ANY_LINK.sub("https://example.invalid/", text))
        if clean != text:
            del part["Content-Transfer-Encoding"], part["Content-Type"]
            part.set_payload(clean.encode("utf-8", "replace").decode(), "utf-8")
    try:
        return mail.as_bytes()
    except (UnicodeError, LookupError, ValueError, TypeError):
        return raw


def known_links(stated: Mapping[str, Stated]) -> dict[str, set[str]]:
    """The true predecessors of each posting for which some are known: the lower versions of its family."""
    leader = {root: root for root in stated}

    def find(x: str) -> str:
        while leader[x] != x:
            leader[x] = leader[leader[x]]
            x = leader[x]
        return x

    branches: dict[str, str] = {}
    for root, one in stated.items():
        if one.change_id:
            leader[find(root)] = find(branches.setdefault(one.change_id, root))
        for version, link in one.earlier:
            if link in stated and link != root and version < one.version and stated[link].version == version:
                leader[find(link)] = find(root)
    families: dict[str, list[str]] = collections.defaultdict(list)
    for root in stated:
        families[find(root)].append(root)
    known: dict[str, set[str]] = {}
    for family in families.values():
        for root in family:
            if earlier := {other for other in family if stated[other].version < stated[root].version}:
                known[root] = earlier
    return known


def same_title(stated: Mapping[str, Stated]) -> dict[str, str | None]:
    """The baseline: the newest lower version of the same title by the same author."""
    by_title: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    for root, one in stated.items():
        by_title[one.author, one.title].append(root)
    found: dict[str, str | None] = {}
    for root, one in stated.items():
        lower = [r for r in by_title[one.author, one.title] if stated[r].version < one.version]
        found[root] = max(lower, key=lambda r: stated[r].version) if lower else None
    return found


def judge(predicted: Mapping[str, str | None], stated: Mapping[str, Stated], known: Mapping[str, set[str]]) -> Verdict:
    """Compare predicted predecessors with those that authors stated.

    Right is any version of the family that is lower, a posting that the author links to as an earlier version under
    another number, or a posting of the same author and title as one of the family: a resend, say.  A predicted link
    between two different change-ids is wrong as well, unless its author links to that posting in some other way: "this
    was a part of [1]".  It is counted apart where the person agrees, and title or patches, and the version is higher or
    marked as a resend: a new branch for the next version of all or some of the patches, or for the same one.
    """
    found, missed, wrong, renamed = [], [], [], []
    for root, earlier in known.items():
        link = predicted.get(root)
        if link is None:
            missed.append((root, None))
        elif link in earlier or stated[root].names(link) or _is_of_family(link, (*earlier, root), stated):
            found.append((root, link))
        else:
            wrong.append((root, link))
    for root, link in predicted.items():
        if root in known or root not in stated or link is None or link not in stated:
            continue
        one, other = stated[root], stated[link]
        if one.names(link) or link in one.links:
            continue
        if one.change_id and other.change_id and one.change_id != other.change_id:
            (renamed if is_another_branch(one, other) else wrong).append((root, link))
    return Verdict(tuple(found), tuple(missed), tuple(wrong), tuple(renamed))


def is_another_branch(one: Stated, other: Stated) -> bool:
    """True for the next version, or a resend, of all or some patches of a posting, from a branch of another name.

    After an RFC, numbers start over.
    """
    again = one.resend and one.version == other.version
    follows = one.version > other.version or again or (other.rfc and not one.rfc)
    return follows and (one.agrees(other) or one.repeats(other))


def _is_of_family(link: str, family: Iterable[str], stated: Mapping[str, Stated]) -> bool:
    return link in stated and any(stated[link].agrees(stated[root]) for root in family)


def _stated(mail: Message, subject: tuple[int, tuple[int, int] | None, str]) -> Stated:
    body = "\n".join(text for _, text in _texts(mail))
    words = body.split("\ndiff --git ")[0]
    own = [line for line in _WRAPPED.sub(r"\1 ", words).splitlines() if not line.startswith(">")]
    earlier = [
        (int(version[1]), link[1])
        for line in own
        for link in _LORE.finditer(line)
        if (version := _STATED.search(line[: link.start()])) and not _NEEDED.search(line[: link.start()])
    ]
    change_id = _CHANGE_ID.search(body)
    name, author = email.utils.parseaddr(_header(mail, "from"))
    name = _RELAYED.sub("", name).strip().lower()
    return Stated(
        version=subject[0],
        title=subject[2],
        author=author.lower(),
        name=name,
        change_id=change_id[1] if change_id else "",
        earlier=tuple(earlier),
        resend=_RESEND.search(_header(mail, "subject").rpartition("]")[0]) is not None,
        rfc=_RFC.search(_header(mail, "subject").rpartition("]")[0]) is not None,
        links=frozenset(() if _NEEDED.search(words) else (link[1] for line in own for link in _LORE.finditer(line))),
    )


def _sent(mail: Message) -> float:
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return email.utils.parsedate_to_datetime(_header(mail, "date")).timestamp()
    return 0.0


def _posting(subject: str) -> tuple[int, tuple[int, int] | None, str] | None:
    """Version, counter and title of a posting's subject; None for any other mail."""
    brackets = None if _REPLY.match(subject) else _BRACKETS.fullmatch(subject)
    if brackets is None or not _POSTED.search(brackets[1]):
        return None
    prefix = _GLUED_VERSION.sub(r"\1 v", brackets[1])
    version, counter = _VERSION.search(prefix), _COUNTER.search(prefix)
    return (
        int(version[1]) if version else 1,
        (int(counter[1]), int(counter[2])) if counter else None,
        brackets[2].strip().lower(),
    )


def _header(mail: Message, name: str) -> str:
    value = str(mail.get(name) or "")
    with contextlib.suppress(UnicodeError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return re.sub(r"\s+", " ", value)


def _texts(mail: Message) -> Iterator[tuple[Message, str]]:
    for part in mail.walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield part, payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
