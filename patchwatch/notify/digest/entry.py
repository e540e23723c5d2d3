"""What a digest says of one series: its lines, and the mail that proves each.

Pure.  Which part it stands in is decided in patchwatch.notify.digest.section; how it is brought into columns in
patchwatch.notify.digest.layout.  Everything that came by mail is made printable here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchwatch.counts import plural
from patchwatch.mail.short_name import short_name
from patchwatch.notify.digest.section import DigestSection, Story
from patchwatch.sanitize import line
from patchwatch.series.model import CheckRow, Evidence, MessageRow, RevisionRow, SeriesRow, TrailerRow
from patchwatch.series.states import ReasonKind, Turn

_MOST_MAILS = (1, 1, 3, 3)  # of one series, newest, by how much it is the reader's: more are counted
_MOST_NAMES = 3
_LAST_YEAR = 270 * 86_400  # from which age on a day is told with its year
_TO_APPLY = "maintainer: "  # said to somebody who looks on; the reader is one
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IS_TAG = re.compile(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: ")
_SIGN_OFF = re.compile(r"(?:^|\s)-{1,2}\s?[A-Z][\w.]*(?: [A-Z][\w.]*)?$")
_BULLET = re.compile(r"^\s*(?:[-*+•o–]|\(?\d{1,2}[.):]|\(?[a-z]\))\s+")
_HEADING = re.compile(r"(?i)^(?:patch(?:es)?\b|\[|#?\d+\b).{0,80}:$")


@dataclass(frozen=True, slots=True)
class Quote:
    """Something that is said, on so many lines at most."""

    text: str
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Item:
    """Things said, and the mail that proves them; without one where there is none to be named."""

    said: tuple[Quote, ...]
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in the digest; `brief` is what stands for all of it where nothing moved."""

    number: int
    new: bool
    name: str
    brief: str
    items: tuple[Item, ...]
    proof: str  # the one mail that is named where it is said in brief


def entry(story: Story, part: DigestSection, now: int) -> Entry:
    """What is said of a series in its part."""
    row = story.row
    move = row.next_action
    items = [item for item in _ITEMS[part](story, now) if item.said]
    proof = (move.message_id if move else "") or row.revisions[-1].message_id
    return Entry(row.id, story.new, _name(row), _brief(story, now), tuple(_each_once(items)), proof)


def _each_once(items: Sequence[Item]) -> Iterator[Item]:
    """Items that name the same mail are one; what was said is not said again."""
    told: set[str] = set()
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        fresh = tuple(said for said in item.said if said.text not in told)
        told.update(said.text for said in fresh)
        if fresh:
            yield Item(fresh, "" if following and following.message_id == item.message_id else item.message_id)


# ---- parts ---------------------------------------------------------------------------------------------------------


def _my_turn(story: Story, now: int) -> list[Item]:
    """What I have to do, and the sentence that asks."""
    move = story.row.next_action
    if move is None:
        return []
    asks = _asks(story, move.message_id, now)
    todo = Item((Quote(_todo(story, now)), *asks), move.message_id or story.row.revisions[-1].message_id)
    return [todo, *_news(story, now, besides={move.message_id})]


def _my_review(story: Story, now: int) -> list[Item]:
    newest = story.row.revisions[-1]
    said = [Quote(_todo(story, now)), Quote(_posted(story))]
    if story.version:
        said += _change(story)
    return [Item(tuple(said), newest.message_id), *_news(story, now, besides=set(newest.postings))]


def _my_waiting(story: Story, now: int) -> list[Item]:
    move = story.row.next_action
    proof = (move.message_id if move else "") or story.row.revisions[-1].message_id
    asks = _asks(story, proof, now) if move and move.by == "me" else []
    return [Item((Quote(_todo(story, now)), *asks), proof), *_news(story, now, besides={proof} if asks else set())]


def _version(story: Story, now: int) -> list[Item]:
    newest = story.row.revisions[-1]
    root = newest.postings[-1]
    return [Item((Quote(_posted(story)), *_change(story)), root), *_news(story, now, besides=set(newest.postings))]


def _replies(story: Story, now: int) -> list[Item]:
    """Whose turn it is after all that, then what was said."""
    news = _news(story, now, besides=set())
    move = story.row.next_action
    if move is None or move.by == Turn.REVIEWERS:
        return news
    told = any(item.message_id == move.message_id for item in news)
    return [Item((Quote(line(move.text)),), "" if told else move.message_id), *news]


def _closed(story: Story, now: int) -> list[Item]:
    """How it ended; what people said besides does not matter any more."""
    row, why = story.row, story.row.state_evidence
    newest = row.revisions[-1].message_id
    head = f"{row.state}, {day(row.turn_since, now)}"
    if why is None:
        return [Item((Quote(head),), newest)]
    if why.by_hand or why.commit:  # our own words: who set it, which commit it is
        return [Item((Quote(f"{head}: {line(why.text)}", 3),), why.message_id or newest)]
    return [Item((Quote(f"{head}: {_quoted(why.text)}", 3),), why.message_id or newest)]


def _nothing(story: Story, now: int) -> list[Item]:
    return []


_ITEMS = {
    DigestSection.MY_TURN: _my_turn,
    DigestSection.MY_REVIEW: _my_review,
    DigestSection.MY_WAITING: _my_waiting,
    DigestSection.VERSIONS: _version,
    DigestSection.REPLIES: _replies,
    DigestSection.ROBOTS: _replies,
    DigestSection.CLOSED: _closed,
    DigestSection.WAITING: _nothing,
}

# ---- what is to be done --------------------------------------------------------------------------------------------


def _todo(story: Story, now: int) -> str:
    """The next move, with the day from which on there is something to do, or `OVERDUE`."""
    row = story.row
    move = row.next_action
    if move is None:
        return row.state
    text = line(move.text)
    if story.part is DigestSection.MY_REVIEW:
        return f"{text.removeprefix(_TO_APPLY)}{', OVERDUE' if row.overdue else ''}"
    if row.involvement and row.involvement.author and move.by != "me" and move.until:
        return f"{text}; ping politely from {day(move.until, now)} on"
    return text


def _brief(story: Story, now: int) -> str:
    """The next move in few words."""
    row = story.row
    if row.next_action is None:
        return row.state
    text = line(row.next_action.text)
    if story.part is DigestSection.MY_REVIEW:
        text = text.removeprefix(_TO_APPLY)
    if story.part is DigestSection.MY_WAITING and row.next_action.until:
        return f"{text.removeprefix('wait for ').removesuffix(' so far')}; ping from {day(row.next_action.until, now)}"
    overdue = row.overdue and story.part in (
        DigestSection.MY_REVIEW,
        DigestSection.WAITING,
    )  # elsewhere the text says it
    return f"{text.replace('waits for ', '')}{', OVERDUE' if overdue else ''}"


def _asks(story: Story, message_id: str, now: int) -> list[Quote]:
    """Who asked, when, in which words; nothing where nobody else did."""
    newest = story.row.revisions[-1]
    known: list[Evidence | None] = [*newest.owed, story.row.turn_evidence, story.row.state_evidence]
    found = next((e for e in known if e and message_id and e.message_id == message_id), None)
    if (
        found is not None
        and found.kind in (ReasonKind.POSTED, ReasonKind.ANSWERED)
        and found.by_email.lower() in story.me
    ):
        return []  # what I said last is not what I have to do
    if found is not None and found.message_id not in newest.postings:
        return [Quote(f"{_dated(found.by_name or found.by_email, found.date, now)}: {_quoted(found.text)}", 3)]
    return [said for m in story.thread if m.message_id == message_id and not m.submission for said in _words(m, now)]


# ---- what is new ---------------------------------------------------------------------------------------------------


def _news(story: Story, now: int, *, besides: set[str]) -> list[Item]:
    """What people said, then what robots did, the newest of it; `besides` was told already."""
    told = [m for m in story.said if m.message_id not in besides]
    items = _tags([m for m in told if m.tags and not _own_words(m)], now)
    items += [Item(tuple(_words(m, now)), m.message_id) for m in told if _own_words(m) or not m.tags]
    most = _MOST_MAILS[story.concern]
    robots = [Item((Quote(_finding(m, check, now)),), m.message_id) for m, check in story.found]
    return [*_newest(items, most, "mail"), *_newest(robots, most, "robot's mail")]


def _newest(items: list[Item], most: int, kind: str) -> list[Item]:
    left = len(items) - most
    return items if left <= 0 else [*items[left:], Item((Quote(f"and {plural(left, f'more {kind}')}"),))]


def _tags(mails: Sequence[MessageRow], now: int) -> list[Item]:
    """Mails that only give tags: one line for all who gave the same."""
    given: dict[tuple[str, ...], list[MessageRow]] = {}
    for m in mails:
        given.setdefault(m.tags, []).append(m)
    items = []
    for tags, givers in given.items():
        names = list(dict.fromkeys(line(m.author_name or m.author_email) for m in givers))
        shown = ", ".join(names[:_MOST_NAMES]) + (
            f" and {len(names) - _MOST_NAMES} more" if names[_MOST_NAMES:] else ""
        )
        items.append(
            Item((Quote(f"{shown}, {day(givers[-1].date, now)}: {', '.join(map(line, tags))}"),), givers[-1].message_id)
        )
    return items


def _words(m: MessageRow, now: int) -> list[Quote]:
    """Who wrote, with the tags he gave, and some two lines of what he wrote below the quote."""
    tags = f" ({', '.join(map(line, m.tags))})" if m.tags else ""
    who = f"{_dated(m.author_name or m.author_email, m.date, now)}{tags}"
    words = _own_words(m)
    return [Quote(f"{who}: {_quoted(words)}", 3) if words else Quote(who)]


def _own_words(m: MessageRow) -> str:
    """What he wrote, without name and tags; what only looks like a tag is what he wrote."""
    said = [_SIGN_OFF.sub("", one) for one in m.excerpt.split("\n")]
    return " ".join(one for one in said if one and not (m.tags and _IS_TAG.match(one)))


def _finding(m: MessageRow, check: CheckRow | None, now: int) -> str:
    found = f"{check.verdict}: {_quoted(check.text)}" if check else _quoted(_own_words(m) or m.subject)
    return f"{_dated(m.author_name or m.author_email, m.date, now)}: {found}"


def _posted(story: Story) -> str:
    """`v4 → v5 by Leon Hwang, 2 patches`."""
    row = story.row
    newest = row.revisions[-1]
    versions = [_version_of(revision) for revision in row.revisions[-2:]]
    if len(versions) == 2 and story.version:
        said = f"{versions[0]} → {versions[1]}"
    else:
        said = f"{'new, ' if story.version else ''}{versions[-1]}"
    if len(newest.postings) > 1 and story.version:
        said = f"{versions[-1]} sent again"
    who = line(newest.author_name or newest.author_email)
    return f"{said} by {who}, {_patches(newest)}" + (f", {row.reviewed} reviewed" if row.reviewed else "")


def _change(story: Story) -> list[Quote]:
    """What the author says has changed, in a line, and which tags he kept."""
    told = changes_in_a_line(story.changes)
    said = [Quote(_quoted(told), 1)] if told else []
    if tags := _tags_kept(story.row.revisions[-1]):
        said.append(Quote(tags))
    return said


def changes_in_a_line(text: str) -> str:
    """A changelog, its points one after the other; empty where it says nothing."""
    points: list[str] = []
    for one in text.split("\n"):
        words = line(_BULLET.sub("", one))
        if not words or _HEADING.match(words):
            continue
        if points and not _BULLET.match(one):
            points[-1] += f" {words}"
        else:
            points.append(words)
    return "; ".join(point.rstrip(".,; ") for point in points).replace(":; ", ": ")


def _tags_kept(newest: RevisionRow) -> str:
    """`2 tags kept, not collected: Reviewed-by of Roman`."""
    kept = [tag for tag in newest.trailers if tag.given_to and tag.carried]
    lost = [tag for tag in newest.trailers if not tag.carried]
    givers = {(tag.name, tag.value) for tag in kept}
    said = [f"{plural(len(givers), 'tag')} kept"] if givers else []
    if lost:
        names = list(dict.fromkeys(f"{line(tag.name)} of {_giver(tag)}" for tag in lost))
        more = f" and {len(names) - _MOST_NAMES} more" if names[_MOST_NAMES:] else ""
        said.append(f"not collected: {', '.join(names[:_MOST_NAMES])}{more}")
    return ", ".join(said)


def _giver(tag: TrailerRow) -> str:
    name, _, address = tag.value.partition("<")
    return short_name(name, address)


# ---- words ---------------------------------------------------------------------------------------------------------


def _name(row: SeriesRow) -> str:
    return f"{_version_of(row.revisions[-1])} {line(row.title)}"


def _version_of(revision: RevisionRow) -> str:
    return f"v{revision.version}{f'.{revision.minor}' if revision.minor else ''}{' RFC' if revision.rfc else ''}"


def _patches(revision: RevisionRow) -> str:
    if revision.patches < revision.expected:
        return f"{revision.patches} of {revision.expected} patches seen"
    if not revision.patches:
        return "a pull request" if revision.pull else "no patch"
    return f"{revision.patches} patch{'es' * (revision.patches != 1)}"


def _dated(who: str, seconds: int, now: int) -> str:
    return f"{line(who)}, {day(seconds, now)}" if seconds else line(who)


def _quoted(text: str) -> str:
    return f"“{line(text)}”"


def day(seconds: int, now: int) -> str:
    """`3 Aug`, in UTC; with the year where it could be taken for another one."""
    when = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{when.day} {_MONTHS[when.month - 1]}" + (f" {when.year}" if abs(now - seconds) > _LAST_YEAR else "")
