"""Which patches of a revision its replies report as applied.

Pure.  A list of commits (`Message.accepted`) is matched with the patches by title, then by number; words ("Applied
1-3") by number; without either, the mail means the patch that it answers.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Literal

from patchwatch.mail import thanks
from patchwatch.mail.message import Acceptance, Message, Signal, SignalKind
from patchwatch.mail.sentences.which_patches import COUNTS, count_of
from patchwatch.mail.subject import title_key
from patchwatch.pattern import Pattern
from patchwatch.series.patch_numbers import parse_patches
from patchwatch.series.revision import Revision, number_of
from patchwatch.series.state.reply import Reply

Extent = Literal["all", "some", "nothing"]
PatchKind = Literal["device tree", "bindings", "code"]

# In the words up to the first comma, or what the verb has for its object; "this one is queued, so drop it from the
# series" is about one patch.
_ALL = Pattern(
    r"(?i)(?!.*\bthis (?:one|patch)\b)(?:(?!\W*it\b)[^,;(]*"
    r"\b(?:series|all|both|everything|these|them|patches|patch ?set|lot)\b|"
    r".*\b(?:applied|committed|merged|picked|pulled|pushed|queued|taken|took)(?: up| out)? "
    r"(?:all|both|everything|these|them|(?:the|this) (?:\w+ )?(?:lot|patches|patch ?set|series|set))\b)"
)
_THIS = Pattern(r"(?i)\bthis (?:one|patch)\b")
_ONE = Pattern(r"(?i)\b(?:this|patch)\b")
_GENERIC = frozenset({"arch", "bindings", "devicetree", "documentation", "drivers", "dt-bindings", "include", "linux"})
_NO_PATCHES = r"\s+(?:\w+\s+)?(?:comments?|nits?|typos?|issues?|fix(?:es)?|changes?|tweaks?|edits?|tags?|lines?)\b"
# "Applied the driver patches"
_OF_A_KIND = Pattern(
    r"(?i)\b(?:applied|merged|picked|pushed|queued|taken|took)\s+(?:(?:up|only|just)\s+)*the\s+"
    r"(driver|(?:dt[- ]?)?bindings?|dtsi?|dt|device[- ]?tree)\s+(?:patch(?:es)?|changes?|parts?|bits?)\b"
)
_KINDS: dict[str, PatchKind] = {
    **dict.fromkeys(("dts", "dt", "dev"), "device tree"),
    **dict.fromkeys(("bin", "dtb", "dt-", "dt "), "bindings"),
    "dri": "code",
}
_COUNTED = Pattern(rf"(?i)\b(?:these|those|the)\s+({'|'.join(COUNTS)}|\d+)\b(?!{_NO_PATCHES})")  # "these two applied"


class AppliedPatches:
    """The patches of a revision that were applied so far."""

    def __init__(self, revision: Revision) -> None:
        """Nothing was applied yet."""
        self.count = max(revision.expected, len(revision.patches))
        # What becomes of these is not reported here.
        self._elsewhere = revision.elsewhere | revision.not_for_merging
        self.taken = {patch.number for patch in revision.taken}  # by a partial reroll
        self.partly = ""  # their numbers, or "some"; empty if it is none or all of them
        self._begins = revision.cover is None  # the first patch stands for the series
        self._patches = revision.patches
        self._numbers: dict[str, int] = {}
        for patch in revision.patches:
            self._numbers.setdefault(title_key(patch.parts.title), number_of(patch))

    @property
    def numbers(self) -> set[int]:
        """The patches that were applied, if not all were."""
        return parse_patches(self.partly, self.count) if self.partly else set()

    def left(self, withdrawn: Set[int]) -> set[int]:
        """The patches that are still to be applied, if it is known which were."""
        return set(range(1, self.count + 1)) - self.numbers - withdrawn - self._elsewhere

    def add(self, reply: Reply, signal: Signal, withdrawn: Set[int], ready: Set[int]) -> Extent:
        """Note what a mail reports as applied, and return how much has been applied by now.

        `ready`: the patches that nothing keeps somebody from applying; each has its review.
        """
        stated = self._reported(reply, signal)
        if stated and self._means_all(stated, reply, signal, ready):
            stated = ""
        if stated is None:
            return "nothing"
        if stated and self.count > 1 and 0 not in withdrawn:
            together = parse_patches(stated, self.count) | self.numbers
            if len(together | withdrawn | (self._elsewhere if together else set())) < self.count:
                self.partly = ",".join(map(str, sorted(together))) or stated
                return "some"
        self.partly = ""
        return "all"

    def device_trees(self) -> set[int]:
        """The patches that go in through a SoC's tree by custom; empty if only such were applied, or all are such."""
        found = {number_of(patch) for patch in self._patches if kind_of(patch) == "device tree"}
        return found if self.numbers - found else set()

    def without(self, dropped: int, *, all_of_them: bool) -> str:
        """The numbers of the patches that were applied, or of all, without the one that was dropped again."""
        numbers = set(range(1, self.count + 1)) if all_of_them else self.numbers
        return ",".join(map(str, sorted(numbers - {dropped})))

    @property
    def _is_of_one_tree(self) -> bool:
        """True if the last patch has a directory in common with each other, and is a device tree only if they are."""
        last = _places(self._patches[-1])
        return all(last & places and ("dts" in last) == ("dts" in places) for places in map(_places, self._patches))

    def recall(self, reply: Reply, signal: Signal) -> None:
        """Note what a mail reported of patches that a partial reroll takes from the version before."""
        if stated := self._reported(reply, signal):
            together = parse_patches(stated, self.count) & self.taken | self.numbers
            self.partly = ",".join(map(str, sorted(together)))

    def is_one_of_several(self, reply: Reply, dropped: Signal) -> bool:
        """True if a mail drops only the patch that it answers ("I dropped this one from the series")."""
        return self.count > 1 and reply.patch > 0 and _THIS.search(dropped.text) is not None

    def _means_all(self, stated: str, reply: Reply, signal: Signal, ready: Set[int]) -> bool:
        """True for "Applied, thanks" in answer to the patch that stands for the series, or to its last one.

        Without a list, a number or "this patch".  A device tree often goes in through another tree than what it is for.
        """
        if reply.message.accepted is not None or signal.detail:
            return False
        every = set(range(1, self.count + 1))
        if self._begins and stated == "1":
            return every <= ready and not _THIS.search(signal.text)
        before = every - {self.count}
        last = stated == str(self.count) and before and before <= ready and not _ONE.search(signal.text)
        return bool(last) and self._is_of_one_tree

    def _reported(self, reply: Reply, signal: Signal) -> str | None:
        """The patches that a mail reports as applied; empty for all, None for none of them."""
        accepted = reply.message.accepted
        if accepted and accepted.patches and signal.kind == SignalKind.APPLIED:
            together = self.listed(accepted)
            if not together and accepted.form != thanks.COMMITS:
                return None if self._numbers else ""  # of patches that never arrived
            return ",".join(map(str, sorted(together))) or self._stated(reply, signal)
        return self._stated(reply, signal)

    def _stated(self, reply: Reply, signal: Signal) -> str:
        """The patches that the words mean; empty for all of them."""
        accepted = reply.message.accepted
        stated = signal.detail if signal.kind == SignalKind.APPLIED else ""
        if stated.startswith("with "):
            others = stated.removeprefix("with ")
            return f"{reply.patch},{others}" if reply.patch else others
        if stated in ("", "some") and accepted is None and (named := self._of_kinds(signal.text)):
            return ",".join(map(str, sorted(named)))
        if stated in ("", "some") and accepted is None and (counted := _COUNTED.search(signal.text)):
            stated = "" if count_of(counted[1]) >= self.count else "some"
            if not stated:
                return ""
        b4_thanks = accepted is not None and accepted.form == thanks.B4 and reply.patch == 1
        if not stated and reply.patch and not b4_thanks and not _ALL.match(signal.text):
            return str(reply.patch)
        return "" if stated == "rest" and self.partly else stated

    def _of_kinds(self, words: str) -> set[int]:
        """The patches that "the driver patches", "the bindings" or "the DTS changes" are; empty if all or none are."""
        kinds = {_KINDS[found[1].lower()[:3]] for found in _OF_A_KIND.finditer(words)}
        numbers = {number_of(patch) for patch in self._patches if kind_of(patch) in kinds}
        return numbers if len(numbers) < self.count else set()

    def listed(self, accepted: Acceptance) -> set[int]:
        """The patches of this revision in a list of commits."""
        found = {self._numbers[patch.title] for patch in accepted.patches if patch.title in self._numbers}
        others = [patch for patch in accepted.patches if patch.title not in self._numbers]
        if self.count == 1:
            return found or {1 for patch in others if len(others) == 1 and patch.expected}
        same = {patch.number for patch in others if patch.expected == self.count and patch.number <= self.count}
        if not found and same == {0}:  # the merge of the series
            return set(range(1, self.count + 1))
        left = set(range(1, self.count + 1)) - found - self.numbers
        if found and len(left) == len(others):  # the committer reworded the titles
            return found | left
        return found | same - {0}


def kind_of(patch: Message) -> PatchKind:
    """What a patch changes: a device tree that goes in through a SoC's tree, bindings alone, or code."""
    if patch.files and all("/boot/dts/" in file for file in patch.files):
        return "device tree"
    if patch.files and all(file.startswith("Documentation/devicetree/") for file in patch.files):
        return "bindings"
    return "code"


def _places(patch: Message) -> set[str]:
    """The directories of its files, by name, but for those that say nothing of the subsystem."""
    return {name for file in patch.files for name in file.lower().split("/")[:-1] or [""]} - _GENERIC
