"""`show`: one series in full, how it came to its state, or one of its mails."""

from __future__ import annotations

from collections.abc import Iterator

import click

from patchwatch.cli.arguments import SERIES
from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.pager import paged
from patchwatch.cli.patch_reading import reading_json, reading_lines
from patchwatch.cli.point_lines import all_point_lines, outlook_lines, point_lines, waiting_lines
from patchwatch.cli.revision_lines import evidence_lines, revision_lines
from patchwatch.cli.series_json import message_json, series_json
from patchwatch.counts import plural
from patchwatch.errors import NotFoundError
from patchwatch.mail.subject_prefix import without_reply_prefix
from patchwatch.output import print_error, print_json, print_mail, print_styled, use_color
from patchwatch.sanitize import line
from patchwatch.series import labels
from patchwatch.series.model import Evidence, MessageRow, SeriesRow
from patchwatch.series.states import Turn
from patchwatch.text_width import fit
from patchwatch.times import format_day
from patchwatch.tracker import Tracker

_INDENT = " " * 12
_EXCERPT_COLUMNS = 60


@click.command("show", short_help="Show a series: versions, evidence, tags, thread.")
@click.argument("series", type=SERIES)
@json_option
@now_option
@click.option(
    "--raw",
    "message_id",
    metavar="MESSAGE-ID",
    help="Print this mail of the series unchanged; on a terminal, control characters are replaced.",
)
@click.option(
    "--copy",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="With --raw: of several stored mails with that message-id, print the Nth.",
)
@click.option("--why", is_flag=True, help="Explain the state: every change and every point, with its date and mail.")
@click.pass_obj
def show_command(context: Context, series: str, as_json: bool, message_id: str | None, copy: int, why: bool) -> None:
    """Show a series: its state, open points, versions, tags and thread.

    \b
    Examples:
      patchwatch show 12
      patchwatch show --why https://lore.kernel.org/r/20230920190244.16839-1-ryncsn@gmail.com/
      patchwatch show 12 --raw 20230920190244.16839-1-ryncsn@gmail.com
    """
    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    if message_id:
        message_id = message_id.strip("<>")
        raws = [tracker.raw(message_id), *tracker.other_copies(message_id)]
        if copy > len(raws):
            raise NotFoundError(f"the database has only {plural(len(raws), 'copy', 'copies')} of <{message_id}>.")
        if len(raws) > 1 and copy == 1:
            print_error(f"{len(raws)} copies of this mail are stored, with different contents; --copy prints another.")
        with paged():
            replaced = print_mail(raws[copy - 1])
        if replaced:
            print_error(
                "control characters and hidden characters were replaced; redirect to a file to get the exact bytes."
            )
    elif as_json:
        place = next((one.place for one in tracker.lines(among="known") if one.id == row.id), None)
        value = series_json(row, tracker.url, tracker.now(), place)
        value["reading"] = reading_json(row, tracker)
        value["thread"] = [message_json(m) for m in tracker.thread(row.id)]
        print_json(value)
    else:
        lines = history_lines(row, tracker) if why else series_lines(row, tracker.thread(row.id), tracker)
        in_color = use_color()
        with paged():
            print_styled(click.style(lines[0], bold=True), color=in_color)
            for text in lines[1:]:
                print_styled(_styled(text), color=in_color)
        if tracker.is_outdated(row.id):
            print_error(
                "this series is shown as an earlier patchwatch, or other rules, read it; `patchwatch run`, `poll` or "
                "`reindex` brings it up to date."
            )


def _styled(text: str) -> str:
    """Style a line: headings, what the evidence says, links."""
    heading, colon, rest = text.partition(":")
    if colon and heading[:1].isalpha() and " " not in heading.removeprefix("Thread of "):
        return f"{click.style(heading + colon, bold=True)}{rest}"
    if text.lstrip(" →").startswith("http"):
        return click.style(text, fg="bright_black")
    return text


def series_lines(row: SeriesRow, thread: tuple[MessageRow, ...], tracker: Tracker) -> list[str]:
    """Return a series as text, sanitized: its state and turn, its revisions, its threads."""
    lines = [*_summary_lines(row, tracker), *point_lines(row, tracker), "", "Versions:"]
    names = {root: labels.version(revision) for revision in row.revisions for root in revision.postings}
    for revision in row.revisions:
        lines += revision_lines(revision, names, tracker)
    by_revision: dict[str, list[MessageRow]] = {}
    for m in thread:
        by_revision.setdefault(m.revision, []).append(m)
    for revision in row.revisions:
        mails = [m for root in revision.postings for m in by_revision.get(root, ())]
        unread = " (*: unread)" if any(m.unread for m in mails) else ""
        lines += ["", f"Thread of {labels.version(revision)}{unread}:", *_thread_lines(mails)]
    return lines


def _summary_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """Title and author; state, turn and next action, with their evidence."""
    lines = [f"#{row.id}  {line(row.title)}", f"    by {labels.author(row)} <{line(row.author_email)}>"]
    if row.inboxes:
        lines[-1] += f" in {', '.join(map(line, row.inboxes))}"
    newest = row.revisions[-1]
    notes = [labels.patches(newest)] if row.incomplete else []
    notes += ["RFC"] if row.rfc else []
    notes += [labels.applied(newest)] if newest.applied else []
    lines += ["", f"State:  {', '.join([labels.state_name(row), *notes])}"]
    if row.state_evidence:
        lines += evidence_lines(row.state_evidence, tracker)
    since = "" if row.turn == Turn.NOBODY else f", since {format_day(row.turn_since)}"
    lines.append(f"Turn:   {labels.turn(row, tracker.now())}{since}")
    if row.turn_evidence and row.turn != Turn.NOBODY:
        lines += evidence_lines(row.turn_evidence, tracker)
    lines += waiting_lines(row, tracker)
    lines += [f"You:    {', '.join(marks)}"] if (marks := _own_marks(row)) else []
    lines += [f"Labels: {', '.join(map(line, row.labels))}"] if row.labels else []
    lines += [*_next_lines(row, tracker), *_pull_lines(row), *_dependency_lines(row, tracker)]
    return [*lines, *reading_lines(row, tracker)]


def _own_marks(row: SeriesRow) -> list[str]:
    """What the user decided about the series: `muted`, `snoozed until Fri 16 Oct`."""
    marks = {"pinned it": row.pinned, "muted it": row.muted, "said that it is not yours to do": row.not_mine > 0}
    found = [text for text, applies in marks.items() if applies]
    if row.snoozed_until is not None:
        found.append(f"snoozed it until {format_day(row.snoozed_until) if row.snoozed_until else 'someone replies'}")
    return found


def _pull_lines(row: SeriesRow) -> list[str]:
    """What a pull request asks for."""
    pull = row.revisions[-1].pull
    if pull is None:
        return []
    lines = [f"Pull:   {' '.join(part for part in (line(pull.repository), line(pull.ref)) if part) or 'not stated'}"]
    start, end = line(pull.base)[:12], line(pull.commit)[:12]
    if end:
        lines.append(f"        {f'{start}..' if start else ''}{end}")
    return lines


def _dependency_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """The series that it depends on, with the author's words."""
    lines: list[str] = []
    for dependency in row.depends_on:
        where = f"#{dependency.series}  {line(dependency.title)}: {dependency.state}" if dependency.series else ""
        lines.append(f"Needs:  {where or line(tracker.url(dependency.root))}")
        lines += evidence_lines(Evidence(dependency.message_id, dependency.text), tracker)
    return lines


def _next_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """The next action, and the URL of its mail unless the turn, printed just above, has the same evidence."""
    action = row.next_action
    if action is None:
        return []
    lines = [f"Next:   {line(action.text)}"]
    printed = row.turn_evidence.message_id if row.turn_evidence else ""
    if action.message_id and action.message_id != printed:
        lines.append(f"        {line(tracker.url(action.message_id))}")
    return lines


def _thread_lines(mails: list[MessageRow]) -> Iterator[str]:
    """Yield a line for each mail: its subject, or what it begins with if its subject stands above."""
    above: set[str] = set()
    for m in mails:
        subject = without_reply_prefix(line(m.subject))
        if subject not in above or not m.excerpt:
            yield _message_line(m, line(m.subject))
        else:
            yield _message_line(m, f"“{fit(line(m.excerpt), _EXCERPT_COLUMNS)}”")
        above.add(subject)


def _message_line(m: MessageRow, text: str) -> str:
    mark = "*" if m.unread else " "
    tags = f"  [{', '.join(map(line, m.tags))}]" if m.tags else ""
    bot = " (bot)" if m.bot else ""
    author = labels.author(m)
    failed = f"  (unreadable: {line(m.unreadable)})" if m.unreadable else ""
    return f" {mark}{format_day(m.date)}  {'  ' * min(m.depth, 12)}{author}{bot}: {text}{tags}{failed}"


def history_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """Return how a series came to its state: every state change with its date, its mail and the new turn."""
    lines = [f"#{row.id}  {line(row.title)}: {row.state}"]
    revisions = {r.message_id: r for r in row.revisions}
    thread = tracker.thread(row.id)
    names, mine = {m.message_id: labels.author(m) for m in thread}, {m.message_id for m in thread if m.mine}
    steps = tracker.steps(row.id)
    for step, whose in zip(steps, labels.turn_names(steps, row, mine), strict=True):
        revision = revisions.get(step.message_id)
        if revision is not None:
            who = names.get(step.message_id) or labels.author(revision)
            lines += ["", f"{format_day(step.date)}  {labels.version(revision)} posted by {who}"]
            if revision.predecessor:
                by_hand = "by hand, " if revision.predecessor.by_hand else ""
                reasons = labels.link_evidence(revision.predecessor.evidence)
                lines.append(f"{_INDENT}follows the previous version: {by_hand}{reasons}")
        else:
            who = names.get(step.message_id, "")
            lines.append(f"{format_day(step.date)}  {who}{': ' if who else ''}“{line(step.text)}”")
        lines.append(f"{_INDENT}→ {step.state}, {'nobody’s turn' if whose == Turn.NOBODY else f'turn: {whose}'}")
        source = line(tracker.url(step.message_id)) if step.message_id else f"commit {line(step.commit)}"
        lines.append(f"{_INDENT}{source}")
    evidence = row.state_evidence
    if evidence and evidence.message_id not in {s.message_id for s in steps}:  # a mark made by hand, or a tree
        said, *url = evidence_lines(evidence, tracker, _INDENT)
        lines += ["", said, f"{_INDENT}→ {row.state}", *url]
    return [*lines, *all_point_lines(row, tracker), *_review_lines(row), *outlook_lines(row, tracker)]


def _review_lines(row: SeriesRow) -> list[str]:
    """Whether the user is expected to review what was sent to them, and why."""
    mine = row.involvement
    if mine is None or mine.record is None:
        return []
    record, what = mine.record, f"You reviewed {mine.reviewed_before}" if mine.reviewed_before else "Sent to you"
    likely = "expected" if record.expected else "not expected" if record.expected is None else "perhaps expected"
    reason = record.text or ("" if record.again else "nothing of the past two years was sent to you")
    before = ", and not to an earlier version of this one" if mine.sent_before and not record.again else ""
    return ["", f"{what}: {likely} to be reviewed by you{'; ' if reason else ''}{line(reason)}{before}"]
