"""The ledger of a revision: its open points, and what becomes of them, reply by reply.

Pure.  Replies are read in the order of their dates.  A remark of a reviewer raises a point if it wants something of the
author; an answer is recognized by the lines that it quotes, or, if a mail says only one thing, by what it replies to.
patchwatch.series.state.judgment derives state and turn from it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field, structs

from patchwatch.mail.message import Message, Remark, Signal, SignalKind, person_key
from patchwatch.mail.sentences.addressee import addressees, is_about_follow_up
from patchwatch.series.point_rules import DEFAULT, PointRules
from patchwatch.series.points import CERTAIN, UNSETTLED, WAITS_FOR_AUTHOR, WEIGHTY, Fate, Point, PointKind, Weight
from patchwatch.series.state.offers import offers_change
from patchwatch.series.state.remark_here import (
    DEMANDS,
    EXPLICIT,
    NO_ANSWER_NEEDED,
    asks_beside_tag,
    counts,
    in_place,
    is_content,
    is_for_author,
    nudges,
    refers_back,
    repeats,
)
from patchwatch.series.state.reply import FEW_WORDS, Reply

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
    dismissed: frozenset[str] = frozenset()  # keys of points whose fate no mail changes
    rules: PointRules = DEFAULT
    corrected: bool = False  # a person dismissed a point
    put_off: bool = False  # the author will do the last thing that was raised, but after this patch
    taken_back: bool = False  # … or the person who raised it took it back, or somebody else answered it
    by_key: dict[str, Point] = {}  # the points in the order in which they were raised
    _at: dict[Fate, dict[str, None]] = field(default_factory=_nothing_at)
    _of_line: dict[int, str] = {}  # hash of a line -> the point that it is about
    _in_mail: dict[str, list[str]] = {}  # message-id -> the points that it raises or is about
    _of_person: dict[str, dict[str, None]] = {}  # their unsettled points
    _same: dict[str, list[str]] = {}  # points that refer back to another ("same here")
    _waiting: dict[Weight, dict[str, None]] = field(default_factory=_nothing_waits)  # for the author

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, in the order in which they were raised."""
        return tuple(self.by_key.values())

    def first(self, *weights: Weight) -> Point | None:
        """The point of one of these weights that has been waiting for the author for longest."""
        found = (self.by_key[key] for weight in weights for key in itertools.islice(self._waiting[weight], 1))
        return min(found, key=lambda point: point.date, default=None)

    def any_at(self, fate: Fate) -> bool:
        """True if an unsettled point has this fate."""
        return bool(self._at[fate])

    def waiting_for_author(self) -> Iterator[Point]:
        """The points that wait for the author, the weightiest first."""
        return (self.by_key[key] for weight in Weight for key in self._waiting[weight])

    @property
    def asks_plainly(self) -> bool:
        """True if what waits for the author was asked in so many words, is a question, or is a robot's failure.

        A question beside a tag holds nothing up.
        """
        waiting = (self.by_key[key] for weight in (Weight.DEMAND, Weight.ASKED) for key in self._waiting[weight])
        return any(
            not point.text.endswith("?") if point.tagged else point.chance >= CERTAIN or point.kind in _ASKED
            for point in waiting
        )

    # ---- replies -----------------------------------------------------------------------------------------------------

    def read(self, reply: Reply, *, complete: bool = False) -> None:
        """Note what a person's reply raises, insists on, answers and settles.

        `complete`: every patch has a review; then a mere remark asks for nothing.
        """
        if reply.by_author:
            self._read_author(reply)
        else:
            self._read_reviewer(reply, complete=complete)

    def report(self, message: Message, patch: int, failure: Signal) -> None:
        """Note a failure, or a finding, of a robot."""
        files = {finding.file for finding in message.findings}
        file = files.pop() if len(files) == 1 else ""
        point = Point(message.message_id, 1, message.author, message.date, patch, PointKind.FAILURE, failure.text)
        self._add(structs.replace(point, file=file))

    def passed(self, message: Message) -> None:
        """A robot reports success: its failures are settled."""
        self._close(list(self._of_person.get(person_key(message.author), ())), Fate.SETTLED, message)

    def demand_of(self, reply: Reply, kind: PointKind, text: str, *, firm: bool = True) -> None:
        """Note a request that is no remark: a command to a bot, or that somebody dropped the patch again."""
        message = reply.message
        chance = CERTAIN if firm else WEIGHTY - 1
        point = Point(message.message_id, 0, message.author, message.date, reply.patch, kind, text, firm)
        self._add(structs.replace(point, chance=chance))

    def close_all(self, fate: Fate, message: Message) -> None:
        """All points have this fate: the same version was posted again, or a command set the state."""
        self._close([key for found in _UNSETTLED for key in self._at[found]], fate, message)

    def settle_patches(self, patches: Iterable[int], message: Message) -> None:
        """Some patches were applied: nothing is wanted of them any more."""
        numbers = set(patches)
        unsettled = [key for fate in _UNSETTLED for key in self._at[fate]]
        self._close([key for key in unsettled if self.by_key[key].patch in numbers], Fate.SETTLED, message)

    def _read_reviewer(self, reply: Reply, *, complete: bool) -> None:
        message, who = reply.message, person_key(reply.message.author)
        if reply.endorses:
            self._endorse(reply, who)
        if dismissed := reply.signals.get(SignalKind.DISMISSED):
            self._drop(self._in_mail.get(message.parent or "", ()), Fate.TAKEN_OVER, message, dismissed.text)
            return
        if intent := reply.signals.get(SignalKind.WILL_APPLY):
            self._close(list(self._of_person.get(who, ())), Fate.SETTLED, message, intent.text)
        least = self.rules.sure if complete else 0
        insisted: set[str] = set()  # "Thanks and regards" at the end of a mail does not settle what it asks for
        for number, remark in enumerate(message.remarks, 1):
            remark = in_place(remark, reply)
            about = self._about(remark, message)
            own = [key for key in about if person_key(self.by_key[key].by) == who]
            if remark.retracts:
                self._take_back(own, reply, remark)
                own = []
            if remark.retracts and not EXPLICIT.intersection(remark.signals):
                pass
            elif remark.wants and is_for_author(reply, remark) and counts(remark, reply, least):
                if own and self.by_key[own[0]].fate in UNSETTLED:
                    self._insist(own[0], message, remark)
                    insisted.add(own[0])
                elif not (about and repeats(remark)):
                    self._raise(reply, number, remark)
            elif own and is_content(remark):
                self._settle([key for key in own if key not in insisted], message, remark.text)
            elif about and not own:
                self._take_over(about, message, remark)
            self._note(remark, message, about)
        if reply.condition and reply.condition.detail and not self._asked_in(message):
            self.demand_of(reply, PointKind.CHANGE, reply.condition.text)
        if reply.to_posting and not (complete or reply.endorses or message.message_id in self._in_mail):
            self._comment(reply)
        asks = any(r.wants or r.retracts or r.waives for r in message.remarks)
        if SignalKind.SATISFIED in reply.signals and not asks:
            self._settle(list(self._of_person.get(who, ())), message, reply.signals[SignalKind.SATISFIED].text)

    def _asked_in(self, message: Message) -> bool:
        """True if the mail raises a point."""
        return any(
            self.by_key[key].message_id == message.message_id for key in self._in_mail.get(message.message_id, ())
        )

    def _comment(self, reply: Reply) -> None:
        """An answer to the posting that neither asks nor endorses: perhaps the author should say something."""
        for number, remark in enumerate(reply.message.remarks, 1):
            needed = remark.words and not (NO_ANSWER_NEEDED & reply.signals.keys())
            if needed and not (remark.wants or remark.retracts or remark.waives):
                if not addressees(remark.text):
                    self._raise(reply, number, structs.replace(remark, wants="question", firm=False))
                return

    def _read_author(self, reply: Reply) -> None:
        message = reply.message
        said = [remark for remark in message.remarks if remark.text]
        for remark in said:
            about = self._about(remark, message)
            if not about and len(said) == 1:
                about = list(self._in_mail.get(message.parent or "", ())) or self._open_here(reply, remark)
            for key in about:
                self._answer(key, message, remark)
            self._note(remark, message, about)
        if any(remark.words for remark in said):
            self._pass_over(message)

    def _open_here(self, reply: Reply, remark: Remark) -> list[str]:
        """All that is open on what an author's mail replies to; nothing, if they only ask for news of their posting."""
        if reply.to_posting and nudges(remark):
            return []
        patches = (0, reply.patch) if reply.to_posting and reply.patch and not remark.concedes else None
        return [key for key in self._at[Fate.OPEN] if patches is None or self.by_key[key].patch in patches]

    def _pass_over(self, message: Message) -> None:
        """The author answered a mail, but not all of it: what is no clear request of a change was answered with it."""
        for key in self._in_mail.get(message.parent or "", ()):
            point = self.by_key[key]
            if (
                point.fate == Fate.OPEN
                and point.weighed(self.rules.sure) != Weight.DEMAND
                and point.kind != PointKind.FAILURE
            ):
                self._move(key, Fate.ANSWERED, message)

    def _answer(self, key: str, message: Message, remark: Remark) -> None:
        point = self.by_key[key]
        if point.fate not in UNSETTLED:
            return
        if SignalKind.PROMISE in remark.signals and is_about_follow_up(remark.text):
            self._close([key], Fate.LATER, message, remark.text)
            self.put_off = True
        elif SignalKind.WILL_REVIEW in remark.signals and remark.words <= FEW_WORDS:
            pass  # they will look into it
        elif remark.concedes == "acts":
            self._move(key, Fate.PROMISED, message, remark.text, chance=CERTAIN)  # it was one, however it was said
        elif remark.concedes == "agrees" and point.kind != PointKind.QUESTION:
            self._move(key, Fate.PROMISED, message, remark.text)
        elif remark.concedes == "agrees" and not point.firm:
            pass  # "I see": whatever it was, they do not argue
        elif point.fate != Fate.PROMISED:
            self._move(key, Fate.ANSWERED, message, remark.text)

    def _endorse(self, reply: Reply, who: str) -> None:
        """A tag settles its giver's points, those that it covers."""
        covered = [
            key
            for key in self._of_person.get(who, ())
            if reply.patch in (0, self.by_key[key].patch) or reply.has(SignalKind.FOR_ALL)
        ]
        self._close(covered, Fate.SETTLED, reply.message)

    def _take_back(self, own: Sequence[str], reply: Reply, remark: Remark) -> None:
        """A reviewer takes back what they said: what they quote or answer, or else all that they said of the patch."""
        message = reply.message
        if not own and not remark.answers:
            theirs = self._of_person.get(person_key(message.author), ())
            own = [key for key in theirs if reply.patch in (0, self.by_key[key].patch)]
        self._drop(own, Fate.WITHDRAWN, message, remark.text)

    def clear(self, reply: Reply, text: str) -> None:
        """The owner of a robot declares wrong what it reported in the mail that they reply to."""
        failures = self._in_mail.get(reply.message.parent or "", ())
        found = [key for key in failures if self.by_key[key].kind == PointKind.FAILURE]
        self._close(found, Fate.WITHDRAWN, reply.message, text)

    def _drop(self, keys: Iterable[str], fate: Fate, message: Message, text: str) -> None:
        """Nobody has to answer these points any more."""
        found = [key for key in keys if self.by_key[key].fate in UNSETTLED]
        self.taken_back = self.taken_back or bool(found)
        self._close(found, fate, message, text)

    def _take_over(self, about: Iterable[str], message: Message, remark: Remark) -> None:
        """Somebody else answers a question that the author has not answered."""
        for key in about:
            point = self.by_key[key]
            if point.kind == PointKind.QUESTION and point.fate == Fate.OPEN and remark.words:
                self._close([key], Fate.TAKEN_OVER, message, remark.text)
                self.taken_back = True

    # ---- points ------------------------------------------------------------------------------------------------------

    def _about(self, remark: Remark, message: Message) -> list[str]:
        """The points that a remark is about: those whose lines, or whose answer's, it quotes last."""
        if remark.answers:
            found = (self._of_line.get(line) for line in reversed(remark.answers))
            if key := next((key for key in found if key is not None), None):
                return [key]
        if len(message.remarks) > 1 or remark.below_diff:
            return []
        keys = list(self._in_mail.get(message.parent or "", ()))
        return keys if len(keys) == 1 or not remark.answers else []  # mail programs wrap quotes again

    def _note(self, remark: Remark, message: Message, about: Iterable[str]) -> None:
        """Who quotes this remark speaks of the same points."""
        keys = list(about)
        if keys:
            in_mail = self._in_mail.setdefault(message.message_id, [])
            in_mail.extend(key for key in keys if key not in in_mail)
            for line in remark.lines:
                self._of_line.setdefault(line, keys[0])

    def _raise(self, reply: Reply, number: int, remark: Remark) -> None:
        message = reply.message
        plain = reply.endorses and reply.condition is None
        if plain and not asks_beside_tag(remark, reply):
            return
        firm, chance = remark.firm, remark.chance
        if reply.condition:
            firm, chance = True, CERTAIN
        elif self.rfc and not DEMANDS.intersection(remark.signals):
            firm, chance = False, min(chance, WEIGHTY - 1)  # an RFC asks for opinions
        point = Point(
            message.message_id,
            number,
            message.author,
            message.date,
            reply.patch,
            PointKind(remark.wants),
            remark.text,
            firm,
            plain,
            remark.code,
            chance=chance,
            file=remark.file,
            lines=remark.answers if remark.below_diff else (),
        )
        before = next(reversed(self._of_person.get(person_key(message.author), {})), None)
        if before is not None and refers_back(remark):
            self._same.setdefault(before, []).append(point.key)
        self._add(point)
        for line in remark.lines:
            self._of_line[line] = point.key

    def _insist(self, key: str, message: Message, remark: Remark) -> None:
        point = self.by_key[key]
        kind = PointKind(remark.wants) if remark.wants != "question" else point.kind
        again = structs.replace(point, date=message.date, kind=kind, text=remark.text, firm=point.firm or remark.firm)
        self._forget(key)
        self._put(key, structs.replace(again, fate=Fate.OPEN, closed_by="", closed_at=0, closing="", closer=None))

    def _add(self, point: Point) -> None:
        self.put_off = self.taken_back = False
        if len(self.by_key) < _MOST_POINTS:
            if point.key in self.dismissed:
                point, self.corrected = structs.replace(point, fate=Fate.DISMISSED), True
            self._put(point.key, point)
            self._in_mail.setdefault(point.message_id, []).append(point.key)

    def _close(self, keys: Iterable[str], fate: Fate, message: Message, text: str = "") -> None:
        for key in keys:
            if self.by_key[key].message_id != message.message_id:
                self._move(key, fate, message, text)

    def _settle(self, keys: Iterable[str], message: Message, text: str) -> None:
        """Who raised these points is content: with the author's answer, or with the change that it offers."""
        for key in keys:
            point = self.by_key[key]
            if point.fate == Fate.ANSWERED and offers_change(point.closing):
                self._forget(key)
                self._put(key, structs.replace(point, fate=Fate.PROMISED, silent_at=0))
            elif point.fate != Fate.PROMISED:
                self._close([key], Fate.SETTLED, message, text)

    def _move(self, key: str, fate: Fate, message: Message, text: str = "", chance: int = 0) -> None:
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
                self._move(same, fate, message, text)

    def _put(self, key: str, point: Point) -> None:
        self.by_key[key] = point
        if point.fate in UNSETTLED:
            self._at[point.fate][key] = None
            self._of_person.setdefault(person_key(point.by), {})[key] = None
            if point.fate in WAITS_FOR_AUTHOR:
                self._waiting[point.weighed(self.rules.sure)][key] = None

    def _forget(self, key: str) -> None:
        """Take a point out of the indexes before it changes."""
        point = self.by_key[key]
        if point.fate in UNSETTLED:
            del self._at[point.fate][key]
            self._of_person[person_key(point.by)].pop(key, None)
            self._waiting[point.weighed(self.rules.sure)].pop(key, None)
