"""Find the posting that a mail is about: the one that a bot's results or a maintainer's thanks name.

It may have been threaded elsewhere: results below another version, thanks below the report that a patch answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from patchwatch.mail.message import Message
from patchwatch.mail.subject import title_key
from patchwatch.mail.thanks import COMMITS
from patchwatch.series.postings import posted_order
from patchwatch.series.sendings import Sending

_DAY = 86_400  # clocks are wrong


class NamedMails:
    """The mails of a conversation's postings, to be found by what a result names."""

    def __init__(self, postings: Sequence[Sending], home: Mapping[str, tuple[int, int]]) -> None:
        """`home` is the index of the posting that each of its mails is in, and the number of the patch."""
        self._postings, self._home = postings, home
        self._by_title: dict[str, list[Message]] | None = None

    def tested_by(self, result: Message, answered: str | None) -> str | None:
        """The message-id of the mail that a result is for; by default the one that it answers, if it answers one."""
        tested = result.tested
        if tested is None:
            return answered
        linked = [i for i in tested.message_ids if i in self._home]
        if linked:
            return self._in_posting(self._home[linked[0]][0], linked[0], answered, linked)
        found = self._named(result, tested.version, title_key(tested.title), answered)
        return self._in_posting(self._home[found.message_id][0], found.message_id, answered, []) if found else answered

    def applied_by(self, thanks: Message, answered: str | None) -> str | None:
        """The message-id of a mail whose patches thanks list; by default the one that they answer, if there is one."""
        accepted = thanks.accepted
        titles = [patch.title for patch in accepted.patches] if accepted and accepted.form != COMMITS else []
        own = self._mails(answered) if answered is not None else ()
        if not titles or not {title_key(m.parts.title) for m in own}.isdisjoint(titles):
            return answered
        named = [m for title in titles for m in self._titled(title) if m.kind == "patch" and m.date <= thanks.date]
        return max(named, key=posted_order).message_id if named else answered

    def _in_posting(self, posting: int, mail: str, answered: str | None, linked: Sequence[str]) -> str:
        """The mail that was answered, if it is of a posting that was tested: it says which patch."""
        tested = {posting, *(self._home[i][0] for i in linked)}
        return answered if answered is not None and self._home[answered][0] in tested else mail

    def _named(self, result: Message, version: int, title: str, answered: str | None) -> Message | None:
        if answered is not None and not version:
            return None
        alike = [m for m in self._titled(title) if m.date <= result.date + _DAY]
        if not version:
            return alike[-1] if alike else None
        stated = [m for m in alike if self._version(m) == version]
        if stated:
            return stated[-1]
        if answered is None:
            return None
        # The name of a series stays that of v1 for some; "rev3" can be the third posting, whatever its number.
        author = next(m.author.email for m in self._mails(answered) if m.message_id == answered)
        roots = sorted({posting.root.message_id: posting.root for posting in self._postings}.values(), key=posted_order)
        own = [m for m in roots if m.author.email == author and m.date <= result.date + _DAY]
        same = [m for m in own if self._version(m) == version]
        return same[-1] if same else own[version - 1] if version <= len(own) else None

    def _titled(self, title: str) -> list[Message]:
        if self._by_title is None:
            self._by_title = defaultdict(list)
            mails = (m for posting in self._postings for m in posting.all_messages)
            for m in sorted(mails, key=posted_order):
                self._by_title[title_key(m.parts.title)].append(m)
        return self._by_title.get(title, []) if title else []

    def _mails(self, message_id: str) -> Sequence[Message]:
        return self._postings[self._home[message_id][0]].all_messages

    def _version(self, mail: Message) -> int:
        return max(m.parts.version for m in self._mails(mail.message_id))
