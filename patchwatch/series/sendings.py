"""Join what was sent in several runs: the rest of a posting that was sent later, and the same posting again.

`git send-email` breaks off at a limit of the mail server, people send patches by hand, mail servers replace the
message-id of a cover letter, and many post a series twice because they see no mail on the list.  What one author sends
of one version with one total is one posting if the numbers complete each other, or if numbers and titles are the same.
Two series that look alike stay apart: their numbers overlap and the titles differ, or nothing shows that they are about
the same code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from patchwatch.mail.message import Message
from patchwatch.mail.subject import gist_words, title_key, title_words
from patchwatch.pattern import Pattern
from patchwatch.series.postings import RUN_SECONDS, number_of, posted_order
from patchwatch.series.senders import sender_keys
from patchwatch.series.stable_trees import stable_trees

_DAY = 86_400
REST_SECONDS = _DAY
"""Most between two runs of a posting of which the second continues the first; mail servers have daily limits."""

_AT_ONCE = 600  # seconds between patches of a posting whose parents are unknown: sent one by one
_LARGE = 30  # patches, from which on nobody sends two series of the same size within hours
_AGAIN_SECONDS = 100 * _DAY  # most between two postings of the same numbers and titles
_RESEND_SECONDS = _DAY  # the same for what is marked as a resend: later ones are other resends
_SHOWN = 30  # sendings of one author, version and total that one is compared with
_RESEND = frozenset({"resend", "repost", "re-send", "resent"})
_SHORT = 4  # letters: i2c, ipv6 and ext4 are subsystems
_IDENTIFIER = Pattern(r"\w*(?:\d|_)\w*")
_SLUG = Pattern(r"(\d{8}-.+-v\d+)-\d+-[0-9a-f]{12}@")  # b4's, without the hash that each run has


@dataclass(slots=True)
class Sending:
    """Mails of one author, version and total that were sent together, or one after the other to be one posting."""

    messages: list[Message]
    others: list[Sending] = field(default_factory=list)  # the same posting, sent at other times

    @property
    def root(self) -> Message:
        """The cover letter, or the lowest patch."""
        return min(self.messages, key=lambda m: (number_of(m), m.parts.minor, *posted_order(m)))

    @property
    def total(self) -> int:
        """How many patches the mails state."""
        return max((m.parts.expected or 0 for m in self.all_messages), default=0)

    @property
    def all_messages(self) -> list[Message]:
        """The mails of all sendings."""
        return [m for one in (self, *self.others) for m in one.messages]


def join_sendings(groups: Iterable[Sequence[Message]]) -> list[Sending]:
    """Join groups of messages that were sent together to postings."""
    found: list[Sending] = []
    alike: dict[tuple[object, ...], list[_Sent]] = defaultdict(list)
    groups = list(groups)
    senders = sender_keys(m for group in groups for m in group)
    for group in groups:
        if may_be_a_part(group):
            alike[senders[group[0].author.email], *posting_key(group)].append(_Sent(group))
        else:
            found.append(Sending(list(group)))
    for sent in alike.values():
        found += _joined(sent) if len(sent) > 1 else [Sending(sent[0].messages)]
    return found


def may_be_a_part(group: Sequence[Message]) -> bool:
    """False for pull requests, proposals, and inserted patches whose posting is unknown."""
    if any(m.parts.inserted and number_of(m) == 1 for m in group):
        return False
    return all(m.kind == "patch" or (m.kind == "cover" and not m.parts.counter) for m in group)


def posting_key(group: Sequence[Message]) -> tuple[object, ...]:
    """What the mails of one posting agree in besides the sender: version, total, RFC, stable trees."""
    return (
        max(m.parts.version for m in group),
        min(m.parts.minor for m in group),
        max((m.parts.expected for m in group if m.parts.expected is not None), default=1),
        any(m.parts.rfc for m in group),
        frozenset(tree for m in group for tree in stable_trees(m.parts.prefixes)),
    )


class _Sent:
    """What is known of messages that were sent together, or one after the other."""

    def __init__(self, group: Sequence[Message]) -> None:
        self.messages: list[Message] = []
        self.by_number: dict[int, Message] = {}
        self.first = self.last = min(m.date for m in group)
        self.total = max(m.parts.expected or 1 for m in group)
        self.stated = any(m.parts.stated_version for m in group)
        self.resend = any(m.parts.resend for m in group)
        self.ids: set[str] = set()
        self.parents: set[str] = set()  # that the group replies to
        self.words: set[str] = set()  # of the titles
        self.names: set[str] = set()  # of chips and functions, in the titles
        self.subsystems: set[str] = set()
        self.directories: set[str] = set()
        self.marks: set[str] = set()  # other words in the brackets of patches
        self.slugs: set[str] = set()
        self.add(group)

    def add(self, group: Sequence[Message]) -> None:
        """Add messages; the later of two with one number is the one that counts."""
        self.ids.update(m.message_id for m in group)
        for m in sorted(group, key=posted_order):
            self.messages.append(m)
            self.by_number[number_of(m)] = m
            self.last = max(self.last, m.date)
            title = m.parts.title
            words = title_words(title)
            self.words |= words if m.kind == "cover" else gist_words(title)
            self.names |= {word for word in words if len(word) > _SHORT and _IDENTIFIER.fullmatch(word)}
            self.subsystems |= {title.rpartition(": ")[0].lower()} - {""}
            self.directories |= {file.rpartition("/")[0] or file for file in m.files[:50]}
            if m.parent and self.ids.isdisjoint(m.references):
                self.parents.add(m.parent)
            if m.kind == "patch":
                self.marks |= {word.lower() for word in m.parts.prefixes} - _RESEND
            if found := _SLUG.match(m.message_id):
                self.slugs.add(found[1])

    @property
    def numbers(self) -> Set[int]:
        return self.by_number.keys()

    @property
    def patches(self) -> int:
        return len(self.by_number) - self.has_cover

    @property
    def has_cover(self) -> bool:
        return 0 in self.by_number

    @property
    def is_lone_cover(self) -> bool:
        return self.has_cover and len(self.by_number) == 1

    @property
    def complete(self) -> bool:
        return self.patches >= self.total


def _joined(sent: list[_Sent]) -> list[Sending]:
    """Join the groups of one author, version and total."""
    sent.sort(key=lambda one: posted_order(one.messages[0]))
    postings: list[list[_Sent]] = []  # each a posting, sent one or more times
    for one in sent:
        recent = postings[: -_SHOWN - 1 : -1]
        again = next(
            (sendings for sendings in recent if any(_repeats(one, known) for known in sendings[: -_SHOWN - 1 : -1])),
            None,
        )
        if again is not None:
            again.append(one)
            continue
        for sendings in recent:
            if _completes(one, sendings[-1]):
                sendings[-1].add(one.messages)
                break
        else:
            postings.append([one])
    return [_posting(sendings) for sendings in postings]


def _posting(sendings: Sequence[_Sent]) -> Sending:
    """The last of the most complete sendings, and the others."""
    best = max(range(len(sendings)), key=lambda i: (sendings[i].patches, sendings[i].has_cover, i))
    others = [Sending(one.messages) for i, one in enumerate(sendings) if i != best]
    return Sending(sendings[best].messages, others)


# ---- the same numbers again -----------------------------------------------------------------------------------------


def _repeats(later: _Sent, earlier: _Sent) -> bool:
    """True if a group of messages is the same posting as an earlier one, sent again."""
    common = sorted(later.numbers & earlier.numbers)
    if not common or later.resend != earlier.resend:
        return False
    pairs = [(later.by_number[number], earlier.by_number[number]) for number in common]
    same = [_is_same_patch(one, other) for one, other in pairs]
    if not _has_same_title(*pairs[0]) or sum(same) * 2 < len(same) or all(_is_elsewhere(*pair) for pair in pairs):
        return False
    gap = later.first - earlier.last
    if pairs[0][0].parts.resend:
        return gap <= _RESEND_SECONDS
    if gap <= RUN_SECONDS:
        return True
    if later.stated or earlier.stated:
        return gap <= _AGAIN_SECONDS
    changed = [one.patch_id != other.patch_id for one, other in pairs if one.kind == "patch"]
    # Without a number and with other content it is the next version; a cover alone does not show it.
    return gap <= (_AGAIN_SECONDS if changed else _DAY) and not any(changed)


def _is_same_patch(one: Message, other: Message) -> bool:
    return _has_same_title(one, other) or (one.patch_id != "" and one.patch_id == other.patch_id)


def _is_elsewhere(one: Message, other: Message) -> bool:
    """True if two patches change other files: "fix a typo" of two drivers."""
    return bool(one.files) and bool(other.files) and set(one.files).isdisjoint(other.files)


def _has_same_title(one: Message, other: Message) -> bool:
    return title_key(one.parts.title) == title_key(other.parts.title)


# ---- the rest of a posting ------------------------------------------------------------------------------------------


def _completes(later: _Sent, earlier: _Sent) -> bool:
    """True if a group of messages is the rest of an earlier one: its numbers complete it, and it is about the same.

    What did not arrive may be marked as a resend.
    """
    gap = later.first - earlier.last
    if earlier.resend and not later.resend:
        return False
    if later.total < 2 or gap > REST_SECONDS or not later.numbers.isdisjoint(earlier.numbers):
        return False
    with_lone_cover = later.is_lone_cover or earlier.is_lone_cover
    if not with_lone_cover and (later.complete or earlier.complete or later.marks != earlier.marks):
        return False
    if gap <= RUN_SECONDS and (later.total >= _LARGE or not later.slugs.isdisjoint(earlier.slugs)):
        return True
    if gap > _AT_ONCE and not _starts_a_thread(later, earlier):
        return False
    whole = later.patches + earlier.patches >= later.total
    if gap > RUN_SECONDS and (with_lone_cover or not (whole or _continues(later, earlier))):
        return False
    return _is_about_the_same(later, earlier)


def _continues(later: _Sent, earlier: _Sent) -> bool:
    """True if the numbers go on where they ended, as after `git send-email` broke off."""
    return min(later.numbers - {0}, default=0) == max(earlier.numbers) + 1


def _starts_a_thread(later: _Sent, earlier: _Sent) -> bool:
    """True unless mails reply to something else than the posting: to a cover letter of their own that was not seen.

    The first part of a posting may reply to the version before.
    """
    return later.parents <= earlier.ids and (earlier.parents <= later.ids or not {0, 1}.isdisjoint(earlier.numbers))


def _is_about_the_same(one: _Sent, other: _Sent) -> bool:
    """True if the titles or the files show that two groups of patches are about the same code."""
    if not (one.directories.isdisjoint(other.directories) and one.subsystems.isdisjoint(other.subsystems)):
        return True
    return len(one.words & other.words) > 1 or not one.names.isdisjoint(other.names)
