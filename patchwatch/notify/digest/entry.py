"""The text of one series in a digest, and the mail that proves each statement.

Pure.  patchwatch.series.queue chooses the section, patchwatch.notify.digest.layout wraps the text.  Everything
from mails is sanitized here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from patchwatch.counts import plural
from patchwatch.mail.message import Person
from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.pattern import Pattern
from patchwatch.sanitize import line
from patchwatch.series import finding_labels, labels, point_labels
from patchwatch.series.model import CheckRow, Evidence, MessageRow, RevisionRow, SeriesRow, TrailerRow
from patchwatch.series.names import Names
from patchwatch.series.point_list import listed_points
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.queue import Section
from patchwatch.series.states import ReasonKind
from patchwatch.series.tag import address_in

_MAX_MAILS = (1, 1, 3, 3)  # the newest mails to show, by relevance; the others are counted
_MAX_NAMES = 3
_LAST_YEAR = 270 * 86_400  # dates older than this get their year
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IS_TAG = Pattern(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: ")
_SIGN_OFF = Pattern(r"(?:^|\s)-{1,2}\s?[A-Z][\w.]*(?: [A-Z][\w.]*)?$")
_BULLET = Pattern(r"^\s*(?:[-*+•o–]|\(?\d{1,2}[.):]|\(?[a-z]\))\s+")
_HEADING = Pattern(r"(?i)^(?:patch(?:es)?\b|\[|#?\d+\b).{0,80}:$")
_LINK = Pattern(r"(?i)(?:links? to )?\(?(?:rfc )?v\d+\)?:? +<?https?://\S+$")  # to an earlier version, as b4 writes it


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text, and how many lines it may take."""

    text: str
    max_lines: int = 2


@dataclass(frozen=True, slots=True)
class Item:
    """Statements, and the mail that proves them, if there is one."""

    paragraphs: tuple[Paragraph, ...]
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in the digest; without news it is shortened to name and action."""

    number: int
    new: bool
    name: str
    action: str
    items: tuple[Item, ...]
    message_id: str  # of the mail to link


def build_entry(update: SeriesUpdate, now: int) -> Entry:
    """The entry of a series in its section."""
    row = update.row
    items = [item for item in _ITEMS[update.section](update, now) if item.paragraphs]
    if update.new and update.section is not Section.CLOSED:
        items[1:1] = _points(update, now)
    shown = tuple(_merged(items))
    proof = next((item.message_id for item in shown if item.message_id), "")
    return Entry(row.id, update.new, _name(row), line(update.place.reason), shown, proof or _action_id(row))


def _merged(items: Sequence[Item]) -> Iterator[Item]:
    """Drop repeated statements."""
    shown: set[str] = set()
    for item in items:
        paragraphs = tuple(paragraph for paragraph in item.paragraphs if paragraph.text not in shown)
        shown.update(paragraph.text for paragraph in paragraphs)
        if paragraphs:
            yield Item(paragraphs, item.message_id)


def _action_id(row: SeriesRow) -> str:
    """The message-id of the mail that the next action is about; by default the newest revision."""
    return (row.next_action.message_id if row.next_action else "") or row.revisions[-1].message_id


# ---- sections ------------------------------------------------------------------------------------------------------


def _now(update: SeriesUpdate, now: int) -> list[Item]:
    """What the recipient has to do, and the sentence that asks for it."""
    action_id = _action_id(update.row)
    todo = Item((_reason(update), *_request(update, action_id, now)), action_id)
    return [todo, *_news(update, now, besides={action_id})]


def _review(update: SeriesUpdate, now: int) -> list[Item]:
    newest = update.row.revisions[-1]
    changes = _changes(update) if update.new_version else []
    asked = Item((_reason(update), Paragraph(_posted(update)), *changes), newest.message_id)
    return [asked, *_news(update, now, besides=set(newest.postings))]


def _new(update: SeriesUpdate, now: int) -> list[Item]:
    newest = update.row.revisions[-1]
    if not update.new_version:
        return _news(update, now, besides=set()) or [Item((_reason(update),), _action_id(update.row))]
    posted = Item((Paragraph(_posted(update)), *_changes(update)), newest.postings[-1])
    return [posted, *_news(update, now, besides=set(newest.postings))]


def _waiting(update: SeriesUpdate, now: int) -> list[Item]:
    return [Item((_reason(update),), _action_id(update.row)), *_news(update, now, besides=set())]


def _reason(update: SeriesUpdate) -> Paragraph:
    return Paragraph(line(update.place.reason), 3)


def _closed(update: SeriesUpdate, now: int) -> list[Item]:
    """How it was closed; other replies no longer matter."""
    row, why = update.row, update.row.state_evidence
    newest = row.revisions[-1].message_id
    state = f"{labels.state_name(row)}, {day(row.turn_since, now)}"
    if why is None:
        return [Item((Paragraph(state),), newest)]
    text = line(why.text) if why.commit else labels.evidence_text(why)
    return [Item((Paragraph(f"{state}: {text}", 3),), why.message_id or newest)]


_ITEMS = {
    Section.NOW: _now,
    Section.REVIEW: _review,
    Section.NEW: _new,
    Section.WAITING: _waiting,
    Section.DORMANT: _waiting,
    Section.CLOSED: _closed,
}


def _points(update: SeriesUpdate, now: int) -> list[Item]:
    """How many points wait for the recipient."""
    text = point_labels.news(listed_points(update.row, now), update.addresses)
    return [Item((Paragraph(text),))] if text else []


# ---- the next action -----------------------------------------------------------------------------------------------


def _request(update: SeriesUpdate, message_id: str, now: int) -> list[Paragraph]:
    """Who asked for the action, when, and in which words; empty if nobody else did."""
    newest = update.row.revisions[-1]
    known: list[Evidence | None] = [*newest.owed, update.row.turn_evidence, update.row.state_evidence]
    evidence = next((e for e in known if e and message_id and e.message_id == message_id), None)
    if evidence is not None:
        own = evidence.by_email.lower() in update.addresses
        if own and evidence.kind in (ReasonKind.POSTED, ReasonKind.ANSWERED):
            return []  # the recipient's own last mail is not a request
        if _IS_TAG.match(evidence.text) or (evidence.kind == ReasonKind.TAGGED and not update.new):
            return []  # the reason says that it is reviewed; what else that mail says was told on its day
        if evidence.message_id not in newest.postings:
            who = _dated(labels.evidence_author(evidence, update.addresses), evidence.date, now)
            return [Paragraph(f"{who}: {labels.evidence_text(evidence)}", 3)]
    return [_excerpt(m, now) for m in update.thread if m.message_id == message_id and not m.submission]


# ---- news ----------------------------------------------------------------------------------------------------------


def _news(update: SeriesUpdate, now: int, *, besides: set[str]) -> list[Item]:
    """The newest replies, then the newest bot reports, except the mails `besides`."""
    mails = [m for m in update.replies if m.message_id not in besides]
    items = _tags([m for m in mails if m.tags and not _own_text(m)], now)
    items += [Item((_excerpt(m, now),), m.message_id) for m in mails if _own_text(m) or not m.tags]
    most = _MAX_MAILS[update.relevance]
    reports = [Item((Paragraph(_report(m, check, now)),), m.message_id) for m, check in update.bot_reports]
    return [*_newest(items, most, "mail"), *_newest(reports, most, "bot report")]


def _newest(items: list[Item], most: int, kind: str) -> list[Item]:
    left = len(items) - most
    return items if left <= 0 else [*items[left:], Item((Paragraph(f"and {plural(left, f'more {kind}')}"),))]


def _tags(mails: Sequence[MessageRow], now: int) -> list[Item]:
    """Mails that only give tags: one line for all who gave the same tags."""
    givers: dict[tuple[str, ...], list[MessageRow]] = {}
    for m in mails:
        givers.setdefault(m.tags, []).append(m)
    items = []
    for tags, given in givers.items():
        names = list(dict.fromkeys(labels.author(m) for m in given))
        text = f"{_some(names)}, {day(given[-1].date, now)}: {', '.join(map(line, tags))}"
        items.append(Item((Paragraph(text),), given[-1].message_id))
    return items


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if names[_MAX_NAMES:] else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}"


def _excerpt(m: MessageRow, now: int) -> Paragraph:
    """The sender, the tags they gave, and two lines or so of what they wrote."""
    tags = f" ({', '.join(map(line, m.tags))})" if m.tags else ""
    who = f"{_dated(labels.author(m), m.date, now)}{tags}"
    text = _own_text(m)
    return Paragraph(f"{who}: {_quoted(text)}", 3) if text else Paragraph(who)


def _own_text(m: MessageRow) -> str:
    """The excerpt without signature and tags; in a mail without tags, what only looks like one stays."""
    lines = [_SIGN_OFF.sub("", text) for text in m.excerpt.split("\n")]
    return " ".join(text for text in lines if text and not (m.tags and _IS_TAG.match(text)))


def _report(m: MessageRow, check: CheckRow | None, now: int) -> str:
    if check and check.verdict == finding_labels.FINDING:
        report = f"{finding_labels.severity(check)}: {_quoted(check.text)}"
    else:
        report = f"{check.verdict}: {_quoted(check.text)}" if check else _quoted(_own_text(m) or m.subject)
    return f"{_dated(labels.author(m), m.date, now)}: {report}"


def _posted(update: SeriesUpdate) -> str:
    """`v4 → v5 by Leon Hwang, 2 patches`."""
    row = update.row
    newest = row.revisions[-1]
    versions = [_version_of(revision) for revision in row.revisions[-2:]]
    if update.new_version and len(newest.postings) > 1:
        version = f"{versions[-1]} resent"
    elif update.new_version and len(versions) == 2:
        again = versions[0] == versions[1]
        version = f"{versions[1]} posted again" if again else f"{versions[0]} → {versions[1]}"
    else:
        version = f"{'new, ' if update.new_version else ''}{versions[-1]}"
    author = Names(update.addresses).whole(Person(newest.author_name, newest.author_email))
    reviewed = f", {row.reviewed} reviewed" if row.reviewed else ""
    return f"{version} by {author}, {_patches(newest)}{reviewed}"


def _changes(update: SeriesUpdate) -> list[Paragraph]:
    """The author's changelog, and the tags that were carried."""
    changes = changes_in_a_line(update.changes)
    paragraphs = [Paragraph(_quoted(changes))] if changes else []
    if tags := _carried_tags(update.row.revisions[-1], update.addresses):
        paragraphs.append(Paragraph(tags))
    return paragraphs


def changes_in_a_line(text: str) -> str:
    """A changelog with its points on one line; empty if there is none."""
    points: list[str] = []
    for raw in text.split("\n"):
        words = line(_BULLET.sub("", raw))
        if not words or _HEADING.match(words):
            continue
        if points and not _BULLET.match(raw):
            points[-1] += f" {words}"
        else:
            points.append(words)
    said = (point.rstrip(".,; ") for point in points if not _LINK.match(point))
    return "; ".join(said).replace(":; ", ": ")


def _carried_tags(newest: RevisionRow, me: Set[str]) -> str:
    """`2 tags carried, not carried: Reviewed-by from you`."""
    carried = {(tag.name, tag.value) for tag in newest.trailers if tag.given_to and tag.carried}
    lost = [tag for tag in newest.trailers if not tag.carried]
    text = [f"{plural(len(carried), 'tag')} carried"] if carried else []
    if lost:
        names = list(dict.fromkeys(f"{line(tag.name)} from {_giver(tag, me)}" for tag in lost))
        text.append(f"not carried: {_some(names)}")
    return ", ".join(text)


def _giver(tag: TrailerRow, me: Set[str]) -> str:
    return Names(me).name(Person(tag.value.partition("<")[0], address_in(tag.value)))


# ---- wording -------------------------------------------------------------------------------------------------------


def _name(row: SeriesRow) -> str:
    given = f" [{', '.join(map(line, row.labels))}]" if row.labels else ""
    return f"{_version_of(row.revisions[-1])} {line(row.title)}{given}"


def _version_of(revision: RevisionRow) -> str:
    if revision.kind == PULL:
        return labels.version(revision)
    return f"v{revision.version}{f'.{revision.minor}' if revision.minor else ''}{' RFC' if revision.rfc else ''}"


def _patches(revision: RevisionRow) -> str:
    if revision.patches < revision.expected:
        return f"{revision.patches} of {revision.expected} patches received"
    if not revision.patches:
        return labels.patches(revision)
    return plural(revision.patches, "patch", "patches")


def _dated(who: str, seconds: int, now: int) -> str:
    return f"{line(who)}, {day(seconds, now)}" if seconds else line(who)


def _quoted(text: str) -> str:
    return f"“{line(text)}”"


def day(seconds: int, now: int) -> str:
    """`3 Aug`, in UTC; with the year if it is not recent."""
    when = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{when.day} {_MONTHS[when.month - 1]}" + (f" {when.year}" if abs(now - seconds) > _LAST_YEAR else "")
