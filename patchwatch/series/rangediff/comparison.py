"""Two revisions compared: patch by patch, with what the author says of it beside.

The rows and words for it are made here; columns and colours are the terminal's and the screen's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from patchwatch.mail.message import Trailer
from patchwatch.mail.patch import Patch
from patchwatch.series.rangediff.changelog import Changes, Version, changelog
from patchwatch.series.rangediff.pairing import Candidate, Related, pair, related_patches
from patchwatch.series.rangediff.rows import SAME, Difference, DiffLines, diff_lines, difference, text_difference

PairState = Literal["equal", "white-space", "context", "changed", "dropped", "new", "not-seen"]
"""How the diff of a patch stands to that of its counterpart.

equal        the same, line numbers apart
context      the same changes among other lines: it was rebased
white-space  the same changes but for white space
changed      anything else
dropped      only the older revision has it
new          only the newer revision has it
not-seen     one revision has it, and patches of the other one were not seen
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A revision to be compared: what its mails say."""

    label: str  # how people name it: v3, rfc1
    version: Version
    message_id: str  # the root's
    subject: str
    date: int  # UTC, seconds
    expected: int  # patches it says it has
    cover: str  # the words of its cover letter; empty without one
    patches: tuple[Patch, ...]  # by number

    @property
    def missing(self) -> int:
        """How many of its patches were not seen."""
        return max(self.expected - len(self.patches), 0)


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """What the author says has changed, and where."""

    changes: Changes
    patch: int  # number of the patch; 0: the cover letter
    message_id: str
    label: str  # of the revision that says so


@dataclass(frozen=True, slots=True)
class RelatedPatch:
    """A patch of the other revision that has lines of a patch without a counterpart."""

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
    rewrapped: bool = False  # the message has the same words in other lines
    gained: tuple[Trailer, ...] = ()
    lost: tuple[Trailer, ...] = ()
    moved: bool = False  # it stands at another place among the patches that both revisions have
    related: tuple[RelatedPatch, ...] = ()  # without a counterpart: where its lines are in the other revision

    @property
    def title(self) -> str:
        """The newer one's, or the only one's."""
        return self.newer.title if self.newer else self.older.title if self.older else ""

    @property
    def retitled(self) -> bool:
        """Whether its title changed."""
        return self.older is not None and self.newer is not None and self.older.title != self.newer.title

    @property
    def new_author(self) -> bool:
        """Whether another person is given as its author."""
        return (
            self.older is not None
            and self.newer is not None
            and self.older.author.email != self.newer.author.email
            and self.older.author.name != self.newer.author.name
        )

    @property
    def mark(self) -> Literal["=", "!", "<", ">"]:
        """Git's sign: nothing changed at all, something did, only in the older, only in the newer."""
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
        """What is to be said of it, in a few words each."""
        if self.older is None or self.newer is None:
            return self._fate()
        said = [_DIFF_WORDS[self.state]]
        if self.state == "equal" and self._words_changed:
            said = ["same diff"]
        if self.state == "changed":
            large = "changed, too large to be compared line by line"
            said = [large if self.diff.too_large else "changed +{} -{}".format(*self.diff.changed)]
        if self.retitled:
            said.append("renamed")
        if self.new_author:
            said.append("other author")
        if self.moved:
            said.append(f"moved from {self.older.number} to {self.newer.number}")
        if self.message.rows or self.message.too_large:
            said.append("message changed")
        elif self.rewrapped:
            said.append("message wrapped anew")
        if self.gained or self.lost:
            counts = [f"+{len(self.gained)}"] * bool(self.gained) + [f"-{len(self.lost)}"] * bool(self.lost)
            said.append(f"tags {' '.join(counts)}")
        return tuple(said)

    def _fate(self) -> tuple[str, ...]:
        """What became of a dropped patch, or where a new one comes from."""
        gone = self.newer is None
        if any(other.share >= _ALL for other in self.related):
            wholly = ", ".join(str(other.number) for other in self.related if other.share >= _ALL)
            return (f"{'merged into' if gone else 'split from'} {wholly}",)
        where = "now in" if gone else "were in"
        parts = (f"{other.share:.0%} of its lines {where} {other.number}" for other in self.related)
        return (self.state.replace("-", " "), *parts)


_ALL = 0.9  # share of a patch's lines that is as good as all of them
_DIFF_WORDS: dict[PairState, str] = {
    "equal": "equal",
    "white-space": "equal but for white space",
    "context": "rebased: only context changed",
    "changed": "changed",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two revisions."""

    older: Side
    newer: Side
    pairs: tuple[Pair, ...]  # in the order of the newer revision; what is dropped stands where it stood
    notes: tuple[AuthorNote, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing changed."""
        return all(one.mark == "=" and not one.moved for one in self.pairs)


def compare(older: Side, newer: Side, between: Sequence[Side] = ()) -> Comparison:
    """Compare two revisions.

    `between` are the revisions posted between them, oldest first: what they say has changed counts where the newer one
    says nothing of it.
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
    """The fewest pairs that must change places to bring the others from the older to the newer order."""
    tails: list[int] = []  # the least end of an ascending run of each length
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
    """Places of both in the order of `git range-diff`: the newer one's; what is dropped follows what it followed."""
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
    """What the authors say of the versions after the older one; the same words are said once."""
    found: dict[str, AuthorNote] = {}
    versions: set[Version | None] = set()
    for side in (newer, *reversed(between)):
        told: set[Version | None] = set()
        mails = [(side.cover, 0, side.message_id), *((p.words, p.number, p.message_id) for p in side.patches)]
        for words, number, message_id in mails:
            for changes in changelog(words, older.version, side.version):
                if changes.version not in versions:
                    told.add(changes.version)
                    found.setdefault(changes.text, AuthorNote(changes, number, message_id, side.label))
        versions |= told
    return tuple(found.values())
