"""Compare two revisions patch by patch, together with the author's changelog.

This makes the rows and their words; the command line and the TUI add columns and colors.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from patchwatch.mail.changelog import Changes, Version, changelog
from patchwatch.mail.message import Trailer
from patchwatch.mail.patch import Patch
from patchwatch.series.rangediff.pairing import Candidate, Related, pair, related_patches
from patchwatch.series.rangediff.rows import SAME, Difference, DiffLines, diff_lines, difference, text_difference

PairState = Literal["equal", "white-space", "context", "changed", "dropped", "new", "not-seen"]
"""How the diff of a patch compares to that of its counterpart.

equal        the same, apart from line numbers
context      the same changes in other context: it was rebased
white-space  the same changes apart from white space
changed      anything else
dropped      only the older revision has the patch
new          only the newer revision has the patch
not-seen     only one revision has the patch, but patches of the other one have not arrived
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A revision to compare."""

    label: str  # v3, rfc1
    version: Version
    message_id: str  # the root's
    subject: str
    date: int  # UTC, seconds
    expected: int  # patches that it states
    cover: str  # the text of its cover letter; empty without one
    patches: tuple[Patch, ...]  # by number

    @property
    def missing(self) -> int:
        """How many of its patches have not arrived."""
        return max(self.expected - len(self.patches), 0)


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """Changes that the author lists, and where."""

    changes: Changes
    patch: int  # number of the patch; 0: the cover letter
    message_id: str
    label: str  # of the revision that lists them


@dataclass(frozen=True, slots=True)
class RelatedPatch:
    """A patch of the other revision with lines of a patch that has no counterpart."""

    number: int
    share: float  # of the lines, 0 to 1


@dataclass(frozen=True, slots=True)
class Pair:
    """A patch of one revision and its counterpart in the other; one of them may be absent."""

    older: Patch | None
    newer: Patch | None
    state: PairState
    diff: Difference = SAME
    message: Difference = SAME
    rewrapped: bool = False  # the message has the same words on other lines
    gained: tuple[Trailer, ...] = ()
    lost: tuple[Trailer, ...] = ()
    moved: bool = False  # to another place among the patches that both revisions have
    related: tuple[RelatedPatch, ...] = ()  # without a counterpart: where its lines are in the other revision

    @property
    def title(self) -> str:
        """The title of the newer patch, or of the only one."""
        return self.newer.title if self.newer else self.older.title if self.older else ""

    @property
    def retitled(self) -> bool:
        """True if its title changed."""
        return self.older is not None and self.newer is not None and self.older.title != self.newer.title

    @property
    def new_author(self) -> bool:
        """True if its author changed."""
        return (
            self.older is not None
            and self.newer is not None
            and self.older.author.email != self.newer.author.email
            and self.older.author.name != self.newer.author.name
        )

    @property
    def mark(self) -> Literal["=", "!", "<", ">"]:
        """Git's sign: `=` unchanged, `!` changed, `<` only in the older, `>` only in the newer revision."""
        if self.newer is None:
            return "<"
        if self.older is None:
            return ">"
        return "=" if self.state == "equal" and not self._words_changed else "!"

    @property
    def _words_changed(self) -> bool:
        return bool(
            self.message.rows
            or self.message.too_large
            or self.rewrapped
            or self.gained
            or self.lost
            or self.retitled
            or self.new_author
        )

    def words(self) -> tuple[str, ...]:
        """The changes, in a few words each."""
        if self.older is None or self.newer is None:
            return self._fate()
        words = [_DIFF_WORDS[self.state]]
        if self.state == "equal" and self._words_changed:
            words = ["same diff"]
        if self.state == "changed":
            large = "diff changed, too large to compare line by line"
            words = [large if self.diff.too_large else "diff changed +{} -{}".format(*self.diff.changed)]
        if self.retitled:
            words.append("renamed")
        if self.new_author:
            words.append("other author")
        if self.moved:
            words.append(f"moved from {self.older.number} to {self.newer.number}")
        if self.message.rows or self.message.too_large:
            words.append("commit message changed")
        elif self.rewrapped:
            words.append("commit message rewrapped")
        if self.gained or self.lost:
            counts = [f"+{len(self.gained)}"] * bool(self.gained) + [f"-{len(self.lost)}"] * bool(self.lost)
            words.append(f"tags {' '.join(counts)}")
        return tuple(words)

    def _fate(self) -> tuple[str, ...]:
        """What became of a dropped patch, or where a new one came from."""
        gone = self.newer is None
        if any(other.share >= _ALL for other in self.related):
            wholly = ", ".join(str(other.number) for other in self.related if other.share >= _ALL)
            return (f"{'merged into' if gone else 'split from'} {wholly}",)
        where = "now in" if gone else "were in"
        parts = (f"{other.share:.0%} of its lines {where} {other.number}" for other in self.related)
        return ("no match" if self.state == "not-seen" else self.state, *parts)


_ALL = 0.9  # share of a patch's lines that counts as all of them
_DIFF_WORDS: dict[PairState, str] = {
    "equal": "equal",
    "white-space": "equal apart from white space",
    "context": "rebased: only context changed",
    "changed": "changed",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes between two revisions."""

    older: Side
    newer: Side
    pairs: tuple[Pair, ...]  # in the order of the newer revision; dropped patches where they were
    notes: tuple[AuthorNote, ...]

    @property
    def equal(self) -> bool:
        """True if nothing changed."""
        return all(one.mark == "=" and not one.moved for one in self.pairs)


def compare(older: Side, newer: Side, between: Sequence[Side] = ()) -> Comparison:
    """Compare two revisions.

    `between` are the revisions posted between them, oldest first; their changelogs count for versions that the newer
    one's changelog does not cover.
    """
    old, new = ([_candidate(patch) for patch in side.patches] for side in (older, newer))
    places = pair(old, new)
    forwards = dict(places)
    backwards = {b: a for a, b in places}
    gone = related_patches(old, new, [backwards.get(b) for b in range(len(new))])
    come = related_patches(new, old, [forwards.get(a) for a in range(len(old))])
    moved = _moved(places)
    pairs: list[Pair] = []
    for a, b in _in_order(len(old), len(new), forwards, backwards):
        if b is None and a is not None:
            related = _related(newer, gone.get(a, ()))
            pairs.append(Pair(older.patches[a], None, "not-seen" if newer.missing else "dropped", related=related))
        elif a is None and b is not None:
            related = _related(older, come.get(b, ()))
            pairs.append(Pair(None, newer.patches[b], "not-seen" if older.missing else "new", related=related))
        elif a is not None and b is not None:
            one, other = older.patches[a], newer.patches[b]
            pairs.append(_pair(one, other, old[a].lines, new[b].lines, moved=(a, b) in moved))
    return Comparison(older, newer, tuple(pairs), author_notes(older, newer, between))


def _candidate(patch: Patch) -> Candidate:
    files = frozenset(file.path for file in patch.diff.files)
    return Candidate(patch.title, patch.patch_id, diff_lines(patch.diff.files), files)


def _related(side: Side, related: Sequence[Related]) -> tuple[RelatedPatch, ...]:
    return tuple(RelatedPatch(side.patches[one.place].number, one.share) for one in related)


def _pair(older: Patch, newer: Patch, old: DiffLines, new: DiffLines, *, moved: bool) -> Pair:
    message = SAME
    rewrapped = False
    if older.message.split() != newer.message.split():
        message = text_difference(older.message, newer.message)
    else:
        rewrapped = _wrapping(older.message) != _wrapping(newer.message)
    was, now = ({_tag_key(t): t for t in patch.trailers} for patch in (older, newer))
    return Pair(
        older=older,
        newer=newer,
        state=_state(old, new),
        diff=difference(old, new),
        message=message,
        rewrapped=rewrapped,
        gained=tuple(tag for key, tag in now.items() if key not in was),
        lost=tuple(tag for key, tag in was.items() if key not in now),
        moved=moved,
    )


def _wrapping(message: str) -> list[str]:
    return [line.strip() for line in message.split("\n") if line.strip()]


def _tag_key(tag: Trailer) -> tuple[str, str]:
    return tag.name.lower(), " ".join(tag.value.split())


def _state(old: DiffLines, new: DiffLines) -> PairState:
    # Patch-ids would not do: they leave out white space, and libgit2's the content of binary files.
    if old.content == new.content:
        return "equal"
    if old.changes == new.changes:
        return "context"
    one, other = ([(file, "".join(line.split())) for file, line in a.changes] for a in (old, new))
    return "white-space" if one == other else "changed"


def _moved(places: Sequence[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The fewest pairs whose move explains the newer order."""
    tails: list[int] = []  # the lowest end of an ascending run of each length
    runs: list[int] = []  # the length of the longest ascending run that ends with each pair
    for _, b in places:
        length = bisect_left(tails, b)
        tails[length : length + 1] = [b]
        runs.append(length)
    wanted = len(tails) - 1
    stay: set[tuple[int, int]] = set()
    for place, length in zip(reversed(places), reversed(runs), strict=True):
        if length == wanted and all(place[1] < b for _, b in stay):
            stay.add(place)
            wanted -= 1
    return frozenset(places) - stay


def _in_order(
    old: int, new: int, forwards: Mapping[int, int], backwards: Mapping[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    """Places of both in the order of `git range-diff`: the newer one's; a dropped patch follows its predecessor."""
    shown: set[int] = set()
    a = b = 0
    while a < old or b < new:
        while a in shown:
            a += 1
        if a < old and a not in forwards:
            yield a, None
            a += 1
        elif b < new:
            if b in backwards:
                shown.add(backwards[b])
            yield backwards.get(b), b
            b += 1


def author_notes(older: Side, newer: Side, between: Sequence[Side] = ()) -> tuple[AuthorNote, ...]:
    """The authors' changelogs for the versions after the older one, without repetitions."""
    found: dict[str, AuthorNote] = {}
    versions: set[Version | None] = set()
    for side in (newer, *reversed(between)):
        covered: set[Version | None] = set()
        mails = [(side.cover, 0, side.message_id), *((p.prose, p.number, p.message_id) for p in side.patches)]
        for words, number, message_id in mails:
            for changes in changelog(words, older.version, side.version):
                if changes.version not in versions:
                    covered.add(changes.version)
                    found.setdefault(changes.text, AuthorNote(changes, number, message_id, side.label))
        versions |= covered
    return tuple(found.values())
