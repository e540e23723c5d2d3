"""What replies do to the points of a revision: raise them, insist on them, answer them, settle them.

Pure.  A remark of a reviewer raises a point if it wants something of the author; an answer is recognized by the lines
that it quotes, or, if a mail says only one thing, by what it replies to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs

from patchwatch.mail.message import Message, Remark, SignalKind, person_key
from patchwatch.mail.sentences.addressee import is_about_follow_up, is_for_others, names_next_version, puts_off
from patchwatch.mail.sentences.amendments import amends
from patchwatch.mail.sentences.words import words
from patchwatch.mail.short_name import short_name
from patchwatch.series.points import CERTAIN, UNSETTLED, WEIGHTY, Fate, Point, PointKind, Weight
from patchwatch.series.state.ledger import Ledger
from patchwatch.series.state.remark_here import (
    DEMANDS,
    EXPLICIT,
    NO_ANSWER_NEEDED,
    asks_beside_tag,
    comes_back,
    confirms_problem,
    counts,
    in_place,
    is_content,
    is_for_author,
    nudges,
    refers_back,
    repeats,
)
from patchwatch.series.state.reply import FEW_WORDS, Reply


def read_points(ledger: Ledger, reply: Reply, *, complete: bool = False) -> None:
    """Note what a person's reply raises, insists on, answers and settles.

    `complete`: every patch has a review; then a mere remark asks for nothing.
    """
    if reply.by_author:
        _read_author(ledger, reply)
    else:
        _read_reviewer(ledger, reply, complete=complete)


def _read_reviewer(ledger: Ledger, reply: Reply, *, complete: bool) -> None:
    message, who = reply.message, person_key(reply.message.author)
    if reply.endorses:
        _endorse(ledger, reply, who)
    if dismissed := reply.signals.get(SignalKind.DISMISSED):
        ledger.drop(ledger.in_mail(message.parent), Fate.TAKEN_OVER, message, dismissed.text)
        return
    if intent := reply.signals.get(SignalKind.WILL_APPLY):
        ledger.close(ledger.of_person(who), Fate.SETTLED, message, intent.text)
        if amends(intent.text, intent.text.lower()):  # what the mail above asks of the author is done then
            ledger.close(ledger.in_mail(message.parent), Fate.TAKEN_OVER, message, intent.text)
    if declared := reply.calls_own_report_false:
        ledger.drop(ledger.failures_of(message.author, reply.patch), Fate.WITHDRAWN, message, declared)
    least = ledger.rules.sure if complete else 0
    insisted: set[str] = set()  # "Thanks and regards" at the end of a mail does not settle what it asks for
    for number, remark in enumerate(message.remarks, 1):
        remark = in_place(remark, reply)
        about = _about(ledger, remark, message)
        own = [key for key in about if person_key(ledger.by_key[key].by) == who]
        if remark.retracts:
            _take_back(ledger, own, reply, remark)
            own = []
        others = [key for key in about if key not in own] if SignalKind.OVERRULES in remark.signals else []
        if others and _outranks(reply):
            ledger.drop(others, Fate.TAKEN_OVER, message, remark.text)
        if _asks_for_nothing(remark, reply):
            pass
        elif remark.wants and is_for_author(reply, remark) and counts(remark, reply, least):
            if own and ledger.by_key[own[0]].fate in UNSETTLED:
                ledger.insist(own[0], message, remark)
                insisted.add(own[0])
            elif not (
                about and (repeats(remark) or (others and not EXPLICIT.intersection(remark.signals)))
            ) or _sides_with_asker(ledger, about, remark):
                _raise(ledger, reply, number, remark)
        elif own and is_content(remark):
            ledger.settle([key for key in own if key not in insisted], message, remark.text)
        elif own:
            if comes_back(ledger.by_key[own[0]], remark, reply):
                ledger.insist(own[0], message, remark)
        elif about:
            _take_over(ledger, about, message, remark)
        ledger.note(remark, message, about)
    if reply.condition and reply.condition.detail and not _asked_in(ledger, message):
        ledger.demand_of(reply, PointKind.CHANGE, reply.condition.text)
    if reply.to_posting and not (complete or reply.endorses or ledger.in_mail(message.message_id)):
        _comment(ledger, reply)
    asks = any(r.wants or r.retracts or r.waives for r in message.remarks)
    if SignalKind.SATISFIED in reply.signals and not asks:
        ledger.settle(ledger.of_person(who), message, reply.signals[SignalKind.SATISFIED].text)


def _asks_for_nothing(remark: Remark, reply: Reply) -> bool:
    """True if a remark, whatever it is like, takes something back, spares a version, or confirms the problem."""
    if confirms_problem(remark, reply):
        return True
    return (remark.retracts or SignalKind.SPARES in remark.signals) and EXPLICIT.isdisjoint(remark.signals)


def _asked_in(ledger: Ledger, message: Message) -> bool:
    """True if the mail raises a point."""
    return any(ledger.by_key[key].message_id == message.message_id for key in ledger.in_mail(message.message_id))


def _comment(ledger: Ledger, reply: Reply) -> None:
    """An answer to the posting that neither asks nor endorses: perhaps the author should say something."""
    for number, remark in enumerate(reply.message.remarks, 1):
        needed = remark.words and not (NO_ANSWER_NEEDED & reply.signals.keys())
        if needed and not (remark.wants or remark.retracts or remark.waives):
            if not is_for_others(remark.text):
                _raise(ledger, reply, number, structs.replace(remark, wants="question", firm=False))
            return


def _read_author(ledger: Ledger, reply: Reply) -> None:
    message = reply.message
    said = [remark for remark in message.remarks if remark.text]
    for remark in said:
        about = _about(ledger, remark, message)
        if not about and len(said) == 1:
            about = ledger.in_mail(message.parent) or _open_here(ledger, reply, remark)
        for key in about:
            _answer(ledger, key, message, remark)
        ledger.note(remark, message, about)
    if any(remark.words for remark in said):
        _pass_over(ledger, message)
    if asked := reply.hand_back:
        _hand_back(ledger, reply, asked)


def _hand_back(ledger: Ledger, reply: Reply, asked: str) -> None:
    """The author wants the patch applied as it is: they will do nothing more unless somebody insists."""
    for key in (*ledger.at(Fate.OPEN), *ledger.at(Fate.PROMISED)):
        point = ledger.by_key[key]
        if reply.patch in (0, point.patch) and point.kind != PointKind.FAILURE:
            ledger.move(key, Fate.ANSWERED, reply.message, asked)
            ledger.put_off = True


def _open_here(ledger: Ledger, reply: Reply, remark: Remark) -> list[str]:
    """All that is open on what an author's mail replies to; nothing, if they only ask for news of their posting."""
    if reply.to_posting and nudges(remark):
        return []
    patches = (0, reply.patch) if reply.to_posting and reply.patch and not remark.concedes else None
    return [key for key in ledger.at(Fate.OPEN) if patches is None or ledger.by_key[key].patch in patches]


def _pass_over(ledger: Ledger, message: Message) -> None:
    """The author answered a mail, but not all of it: what is no clear request of a change was answered with it."""
    for key in ledger.in_mail(message.parent):
        point = ledger.by_key[key]
        if (
            point.fate == Fate.OPEN
            and point.weighed(ledger.rules.sure) != Weight.DEMAND
            and point.kind != PointKind.FAILURE
        ):
            ledger.move(key, Fate.ANSWERED, message)


def _answer(ledger: Ledger, key: str, message: Message, remark: Remark) -> None:
    point = ledger.by_key[key]
    if point.fate not in UNSETTLED:
        return
    if SignalKind.ENTRUSTED in remark.signals:
        ledger.drop([key], Fate.SETTLED, message, remark.text)
    elif puts_off(remark.text, promised=SignalKind.PROMISE in remark.signals) or _agrees_to_later(point, remark):
        ledger.close([key], Fate.LATER, message, remark.text)
        ledger.put_off = True
    elif SignalKind.WILL_REVIEW in remark.signals and remark.words <= FEW_WORDS:
        pass  # they will look into it
    elif ledger.pull and remark.concedes and SignalKind.PROMISE not in remark.signals:
        ledger.move(key, Fate.ANSWERED, message, remark.text)  # "Sorry, it should be there now."
    elif remark.concedes == "acts":
        ledger.move(key, Fate.PROMISED, message, remark.gives_in, chance=CERTAIN)  # it was one, however it was said
    elif point.fate == Fate.PROMISED and point.closed_by == message.message_id:
        pass  # a remark above this one, of the same mail, promised it
    elif remark.concedes == "agrees" and point.kind != PointKind.QUESTION:
        ledger.move(key, Fate.PROMISED, message, remark.gives_in)
    elif remark.concedes == "agrees" and not point.firm:
        pass  # "I see": whatever it was, they do not argue
    elif point.fate != Fate.PROMISED:
        ledger.move(key, Fate.ANSWERED, message, remark.text)


def _agrees_to_later(point: Point, remark: Remark) -> bool:
    """True if an author gives in to what was asked for a follow-up: "After we fix these, can we add a warning?"."""
    return remark.concedes != "" and is_about_follow_up(point.text) and not names_next_version(remark.gives_in)


def _endorse(ledger: Ledger, reply: Reply, who: str) -> None:
    """A tag settles its giver's points, those that it covers."""
    covered = [
        key
        for key in ledger.of_person(who)
        if reply.patch in (0, ledger.by_key[key].patch) or reply.has(SignalKind.FOR_ALL)
    ]
    ledger.close(covered, Fate.SETTLED, reply.message)


def _take_back(ledger: Ledger, own: Sequence[str], reply: Reply, remark: Remark) -> None:
    """A reviewer takes back what they said: what they quote or answer, or else all that they said of the patch."""
    message = reply.message
    if not own and not remark.answers:
        theirs = ledger.of_person(person_key(message.author))
        own = [key for key in theirs if reply.patch in (0, ledger.by_key[key].patch)]
    ledger.drop(own, Fate.WITHDRAWN, message, remark.text)


def _outranks(reply: Reply) -> bool:
    """True if what a reviewer finds unnecessary is so, whoever asked: they may apply the patch, or give their tag."""
    return reply.condition is None and (reply.endorses or reply.by_committer)


def _sides_with_asker(ledger: Ledger, about: Sequence[str], remark: Remark) -> bool:
    """True if somebody agrees by name with who asked for what the author argued about: "I agree with Rita"."""
    said = words(remark.text.lower())
    answered = (ledger.by_key[key].by for key in about if ledger.by_key[key].fate == Fate.ANSWERED)
    return any(short_name(person.name, person.email).lower() in said for person in answered)


def _take_over(ledger: Ledger, about: Iterable[str], message: Message, remark: Remark) -> None:
    """Somebody else answers a question that the author has not answered."""
    for key in about:
        point = ledger.by_key[key]
        if point.kind == PointKind.QUESTION and point.fate == Fate.OPEN and remark.words:
            ledger.close([key], Fate.TAKEN_OVER, message, remark.text)
            ledger.taken_back = True


def _about(ledger: Ledger, remark: Remark, message: Message) -> list[str]:
    """The points that a remark is about: those whose lines, or whose answer's, it quotes last."""
    if remark.answers:
        found = (ledger.of_line(line) for line in reversed(remark.answers))
        if key := next((key for key in found if key is not None), None):
            return [key]
    if len(message.remarks) > 1 or remark.below_diff:
        return []
    keys = ledger.in_mail(message.parent)
    return keys if len(keys) == 1 or not remark.answers else []  # mail programs wrap quotes again


def _raise(ledger: Ledger, reply: Reply, number: int, remark: Remark) -> None:
    message = reply.message
    plain = reply.endorses and reply.condition is None
    if plain and not asks_beside_tag(remark, reply):
        return
    firm, chance = remark.firm, remark.chance
    if reply.condition:
        firm, chance = True, CERTAIN
    elif ledger.rfc and not DEMANDS.intersection(remark.signals):
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
    ledger.add(point, remark.lines, as_before=refers_back(remark))
