"""Find partial rerolls: a new version of some patches, `[PATCH v3 3/4]` in answer to v2's, which keeps the others.

Such a version has no cover letter of its own, lacks patches that the version before has, and replies to that version,
to its cover letter, a patch, or a review of them.  It takes from it what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import structs

from patchwatch.mail.message import Message
from patchwatch.mail.subject import title_key
from patchwatch.series.postings import number_of, posted_order
from patchwatch.series.senders import same_sender
from patchwatch.series.sendings import Sending


class Rerolls:
    """The postings of a conversation, lower versions first, and which of them are partial rerolls of which."""

    def __init__(self, postings: Iterable[Sending], nearest: Mapping[str, str]) -> None:
        """`nearest` is the nearest submission above each message (patchwatch.series.answered)."""
        self.postings: list[Sending] = []
        self.base: dict[int, int] = {}  # of a partial reroll: the posting whose other patches it takes
        self._nearest = nearest
        self._home: dict[str, tuple[int, Message]] = {}  # the posting of each of its mails
        self._family: dict[int, int] = {}  # the full posting that a chain of rerolls began with
        self._patches: list[set[int]] = []  # numbers of each posting, with those that it takes
        for posting in sorted(postings, key=lambda p: (_version(p), posted_order(p.root))):
            self._add(posting)

    def _add(self, posting: Sending) -> None:
        base = self._base(posting)
        numbers = {number_of(m) for m in posting.all_messages} - {0}
        if base is None:
            self._append(posting, numbers)
            return
        for index, other in enumerate(self.postings):
            if self.base.get(index) == base and _version(other) == _version(posting):
                other.messages += posting.all_messages  # each in answer to the patch that it replaces
                self._home.update((m.message_id, (index, m)) for m in posting.all_messages)
                return
        index = self._append(posting, numbers | self._patches[base])
        self.base[index], self._family[index] = base, self._family[base]

    def _append(self, posting: Sending, numbers: set[int]) -> int:
        index = len(self.postings)
        self.postings.append(posting)
        self._family[index] = index
        self._patches.append(numbers)
        self._home.update((m.message_id, (index, m)) for m in posting.all_messages)
        return index

    def _base(self, posting: Sending) -> int | None:
        """The posting that this one rerolls a part of."""
        mails = posting.all_messages
        if any(m.kind != "patch" or m.parts.resend or m.parts.minor for m in mails):
            return None
        above = next((found for m in mails if (found := self._above(m)) is not None), None)
        if above is None or not same_sender(above[1], mails[0]):
            return None
        base = self._newest_before(posting, self._family[above[0]])
        if base is None or not self._patches[base]:
            return None
        if mails[0].parts.counter is None:
            others = self._patches[base] - {number_of(above[1])}
            return base if others and self._number(posting, above[1]) else None
        same_total = mails[0].parts.expected == self.postings[base].total
        return base if same_total and self._patches[base] - {number_of(m) for m in mails} else None

    def _above(self, patch: Message) -> tuple[int, Message] | None:
        """The mail of an older version that a patch replies to, directly or through replies to it."""
        for reference in reversed(patch.references):
            found = self._home.get(self._nearest.get(reference, ""))
            if found is not None:
                return found
        return None

    def _newest_before(self, posting: Sending, family: int) -> int | None:
        """The newest older version of a chain of rerolls: other patches may have been rerolled before."""
        older = (i for i, first in self._family.items() if first == family)
        return max((i for i in older if _version(self.postings[i]) < _version(posting)), default=None)

    def _number(self, posting: Sending, above: Message) -> bool:
        """Give `[PATCH v3] x` in answer to `[PATCH v2 3/4] x` its number; False if it is something else."""
        patch, parts = posting.messages[0], above.parts
        if above.kind != "patch" or (parts.expected or 0) < 2 or title_key(parts.title) != title_key(patch.parts.title):
            return False
        numbered = structs.replace(patch.parts, counter=parts.counter, expected=parts.expected)
        posting.messages = [structs.replace(m, parts=numbered) for m in posting.messages]
        return True


def _version(posting: Sending) -> int:
    return max(m.parts.version for m in posting.all_messages)
