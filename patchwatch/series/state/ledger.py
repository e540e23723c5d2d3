"""The ledger of a revision: its open points, and what becomes of them, reply by reply.

Pure.  Replies are read in the order of their dates: patchwatch.series.state.points_in_replies decides what each does to
which points, patchwatch.series.state.judgment derives state and turn from the ledger.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from msgspec import Struct, field, structs

from patchwatch.mail.message import Message, Person, Remark, Signal, person_key
from patchwatch.series.point_rules import DEFAULT, PointRules
from patchwatch.series.points import CERTAIN, UNSETTLED, WAITS_FOR_AUTHOR, WEIGHTY, Fate, Point, PointKind, Weight
from patchwatch.series.state.offers import offers_change
from patchwatch.series.state.reply import Reply

_UNSETTLED = tuple(fate for fate in Fate if fate in UNSETTLED)  # in an order that is the same in every process
_MOST_POINTS = 2_000  # of one revision; what is raised beyond them is not followed
_DAY = 86_400
_ASKED = frozenset({PointKind.QUESTION, PointKind.FAILURE})
_FOLLOWED = frozenset({Fate.ANSWERED, Fate.PROMISED, Fate.LATER, Fate.WITHDRAWN, Fate.TAKEN_OVER})


def _nothing_at() -> dict[Fate, dict[str, None]]:
    return {fate: {} for fate in _UNSETTLED}


def _nothing_waits() -> dict[Weight, dict[str, None]]:
    return {weight: {} for weight in Weight}


class Ledger(Struct):
    """The points of one revision."""

    rfc: bool = False
    pull: bool = False  # a pull request: what is fixed in the branch needs no other version
    dismissed: frozenset[str] = frozenset()  # keys of points whose fate no mail changes
    rules: PointRules = DEFAULT
    corrected: bool = False  # a person dismissed a point
    put_off: bool = False  # the author will not do in this patch what was raised last: in a later one, or at all
    taken_back: bool = False  # … or the person who raised it took it back, or somebody else answered it
    by_key: dict[str, Point] = {}  # the points in the order in which they were raised
    _at: dict[Fate, dict[str, None]] = field(default_factory=_nothing_at)
    _of_line: dict[int, str] = {}  # hash of a line -> the point that it is about
    _in_mail: dict[str, list[str]] = {}  # message-id -> the points that it raises or is about
    _of_person: dict[str, dict[str, None]] = {}  # their unsettled points
    _same: dict[str, list[str]] = {}  # points that refer back to another ("same here")
    _waiting: dict[Weight, dict[str, None]] = field(default_factory=_nothing_waits)  # for the author
    _wanted: dict[Weight, dict[str, None]] = field(default_factory=_nothing_waits)  # … but for questions

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, in the order in which they were raised."""
        return tuple(self.by_key.values())

    def first(self, *weights: Weight, questions: bool = True) -> Point | None:
        """The point of one of these weights that has been waiting for the author for longest."""
        waiting = self._waiting if questions else self._wanted
        found = (self.by_key[key] for weight in weights for key in itertools.islice(waiting[weight], 1))
        return min(found, key=lambda point: point.date, default=None)

    def any_at(self, fate: Fate) -> bool:
        """True if an unsettled point has this fate."""
        return bool(self._at[fate])

    def waiting_for_author(self, *weights: Weight) -> Iterator[Point]:
        """The points that wait for the author, the weightiest first; of these weights, or of all."""
        return (self.by_key[key] for weight in weights or Weight for key in self._waiting[weight])

    @property
    def asks_plainly(self) -> bool:
        """True if what waits for the author was asked in so many words, is a question, or is a robot's failure.

        A question beside a tag holds nothing up.
        """
        return any(
            not point.text.endswith("?") if point.tagged else point.chance >= CERTAIN or point.kind in _ASKED
            for point in self.waiting_for_author(Weight.DEMAND, Weight.ASKED)
        )

    def asks_below_diff(self, since: int) -> bool:
        """True if something that stands below a line of the diff, raised later than `since`, waits for the author."""
        waiting = self.waiting_for_author(Weight.DEMAND, Weight.ASKED)
        return any(point.lines and point.date > since for point in waiting)

    def at(self, fate: Fate) -> list[str]:
        """The keys of the unsettled points with this fate."""
        return list(self._at[fate])

    def of_person(self, who: str) -> list[str]:
        """The keys of a person's unsettled points."""
        return list(self._of_person.get(who, ()))

    def in_mail(self, message_id: str | None) -> list[str]:
        """The keys of the points that a mail raises or is about."""
        return list(self._in_mail.get(message_id or "", ()))

    def of_line(self, line: int) -> str | None:
        """The key of the point that a line of a mail, given by its hash, is about."""
        return self._of_line.get(line)

    # ---- what happens to many points at once -------------------------------------------------------------------------

    def report(self, message: Message, patch: int, failure: Signal) -> None:
        """Note a failure, or a finding, of a robot."""
        files = {finding.file for finding in message.findings}
        file = files.pop() if len(files) == 1 else ""
        point = Point(message.message_id, 1, message.author, message.date, patch, PointKind.FAILURE, failure.text)
        self.add(structs.replace(point, file=file))

    def passed(self, message: Message) -> None:
        """A robot reports success: its failures are settled."""
        self.close(list(self._of_person.get(person_key(message.author), ())), Fate.SETTLED, message)

    def demand_of(self, reply: Reply, kind: PointKind, text: str, *, firm: bool = True) -> None:
        """Note a request that is no remark: a command to a bot, or that somebody dropped the patch again."""
        message = reply.message
        chance = CERTAIN if firm else WEIGHTY - 1
        point = Point(message.message_id, 0, message.author, message.date, reply.patch, kind, text, firm)
        self.add(structs.replace(point, chance=chance))

    def close_all(self, fate: Fate, message: Message) -> None:
        """All points have this fate: the same version was posted again, or a command set the state."""
        self.close([key for found in _UNSETTLED for key in self._at[found]], fate, message)

    def settle_patches(self, patches: Iterable[int], message: Message) -> None:
        """Some patches were applied: nothing is wanted of them any more."""
        numbers = set(patches)
        unsettled = [key for fate in _UNSETTLED for key in self._at[fate]]
        self.close([key for key in unsettled if self.by_key[key].patch in numbers], Fate.SETTLED, message)

    def clear(self, reply: Reply, text: str) -> None:
        """The owner of a robot, or a committer, declares wrong what it reported in the mail that they reply to."""
        failures = self._in_mail.get(reply.message.parent or "", ())
        found = [key for key in failures if self.by_key[key].kind == PointKind.FAILURE]
        self.close(found, Fate.WITHDRAWN, reply.message, text)

    def failures_of(self, person: Person, patch: int) -> list[str]:
        """The keys of the open failures that were reported from a person's address, of one patch or (0) of all."""
        found = ((key, self.by_key[key]) for key in self._at[Fate.OPEN])
        return [
            key
            for key, point in found
            if point.kind == PointKind.FAILURE and point.by.email == person.email and patch in (0, point.patch)
        ]

    def promised_in(self, message_id: str | None) -> list[str]:
        """The keys of the points that an author promised in a mail to do."""
        return [key for key in self._at[Fate.PROMISED] if self.by_key[key].closed_by == message_id]

    def drop(self, keys: Iterable[str], fate: Fate, message: Message, text: str) -> None:
        """Nobody has to answer these points any more."""
        found = [key for key in keys if self.by_key[key].fate in UNSETTLED]
        self.taken_back = self.taken_back or bool(found)
        self.close(found, fate, message, text)

    # ---- what happens to a point -------------------------------------------------------------------------------------

    def insist(self, key: str, message: Message, remark: Remark) -> None:
        """Who raised a point wants it still: it is open again."""
        point = self.by_key[key]
        kind = PointKind(remark.wants) if remark.wants not in ("", "question") else point.kind
        again = structs.replace(point, date=message.date, kind=kind, text=remark.text, firm=point.firm or remark.firm)
        self._forget(key)
        self._put(key, structs.replace(again, fate=Fate.OPEN, closed_by="", closed_at=0, closing="", closer=None))

    def add(self, point: Point, lines: Iterable[int] = (), *, as_before: bool = False) -> None:
        """Note a new point, which these lines of its mail are about.

        `as_before`: it shares the fate of the last point of the person who raises it.
        """
        self.put_off = self.taken_back = False
        if len(self.by_key) >= _MOST_POINTS:
            return
        before = next(reversed(self._of_person.get(person_key(point.by), {})), None)
        if before is not None and as_before:
            self._same.setdefault(before, []).append(point.key)
        if point.key in self.dismissed:
            point, self.corrected = structs.replace(point, fate=Fate.DISMISSED), True
        self._put(point.key, point)
        self._in_mail.setdefault(point.message_id, []).append(point.key)
        for line in lines:
            self._of_line[line] = point.key

    def note(self, remark: Remark, message: Message, about: Iterable[str]) -> None:
        """Who quotes this remark speaks of the same points."""
        keys = list(about)
        if keys:
            in_mail = self._in_mail.setdefault(message.message_id, [])
            in_mail.extend(key for key in keys if key not in in_mail)
            for line in remark.lines:
                self._of_line.setdefault(line, keys[0])

    def close(self, keys: Iterable[str], fate: Fate, message: Message, text: str = "") -> None:
        """A mail decides the fate of these points, but for those that it raises itself."""
        for key in keys:
            if self.by_key[key].message_id != message.message_id:
                self.move(key, fate, message, text)

    def settle(self, keys: Iterable[str], message: Message, text: str) -> None:
        """Who raised these points is content: with the author's answer, or with the change that it offers."""
        for key in keys:
            point = self.by_key[key]
            if point.fate == Fate.ANSWERED and offers_change(point.closing):
                self._forget(key)
                self._put(key, structs.replace(point, fate=Fate.PROMISED, silent_at=0))
            elif point.fate != Fate.PROMISED:
                self.close([key], Fate.SETTLED, message, text)

    def move(self, key: str, fate: Fate, message: Message, text: str = "", chance: int = 0) -> None:
        """A mail decides the fate of a point, and of those that refer back to it."""
        point = self.by_key[key]
        if point.fate == Fate.DISMISSED:
            return
        self._forget(key)
        words = text or message.excerpt.partition("\n")[0] or message.subject
        self._put(
            key,
            structs.replace(
                point,
                fate=fate,
                chance=max(point.chance, chance),
                closed_by=message.message_id,
                closed_at=message.date,
                closing=words,
                closer=message.author,
                silent_at=message.date + self.rules.silence_days * _DAY if fate == Fate.ANSWERED else 0,
            ),
        )
        for same in self._same.get(key, ()) if fate in _FOLLOWED else ():
            if self.by_key[same].fate == point.fate:
                self.move(same, fate, message, text)

    def _put(self, key: str, point: Point) -> None:
        self.by_key[key] = point
        if point.fate in UNSETTLED:
            self._at[point.fate][key] = None
            self._of_person.setdefault(person_key(point.by), {})[key] = None
            if point.fate in WAITS_FOR_AUTHOR:
                weight = point.weighed(self.rules.sure)
                self._waiting[weight][key] = None
                if point.kind != PointKind.QUESTION:
                    self._wanted[weight][key] = None

    def _forget(self, key: str) -> None:
        """Take a point out of the indexes before it changes."""
        point = self.by_key[key]
        if point.fate in UNSETTLED:
            del self._at[point.fate][key]
            self._of_person[person_key(point.by)].pop(key, None)
            weight = point.weighed(self.rules.sure)
            self._waiting[weight].pop(key, None)
            self._wanted[weight].pop(key, None)
