"""`list`, `show`, `digest`: what is known, printed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from patchwatch.cli.main import Context, TimeParam, json_option, now_option
from patchwatch.cli.output import age, print_json, print_series, say, series_json, turn_of, version_of
from patchwatch.cli.revision_lines import applied_of, evidence_lines, revision_lines
from patchwatch.db.criteria import Criteria
from patchwatch.errors import InvalidInputError
from patchwatch.sanitize import content, line
from patchwatch.series.model import MessageRow, SeriesRow
from patchwatch.series.states import SETTABLE, Turn
from patchwatch.times import format_day, format_time
from patchwatch.tracker import Tracker

if TYPE_CHECKING:
    from patchwatch.notify.digest.build import Digest

_HOUR_OF_DIGEST = 7 * 3600


@click.command("list")
@click.option("--awaiting-review", is_flag=True, help="Open, and it is the reviewers' turn; the longest wait first.")
@click.option("--mine", is_flag=True, help="Posted, or written, by me ([me] addresses); below it what I do next.")
@click.option("--for-me", is_flag=True, help="Sent to me, or I spoke about a version of it; with --mine: either.")
@click.option("--state", type=click.Choice([*map(str, SETTABLE)]), help="In this state.")
@click.option("--inbox", help="Seen in this list.")
@click.option("--author", help="By an author whose name or address has this in it.")
@click.option(
    "--all", "everything", is_flag=True, help="Also what was imported or is followed, not only the watched ones."
)
@click.argument("limit", nargs=-1)
@json_option
@now_option
@click.pass_obj
def list_command(
    context: Context,
    limit: tuple[str, ...],
    awaiting_review: bool,
    mine: bool,
    for_me: bool,
    state: str | None,
    inbox: str | None,
    author: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """List the watched series, or those of them that LIMIT describes.

    \b
    LIMIT is what / takes on the screen (docs/limits.md), for example
      patchwatch list 'st:under-review t:author age:>7d'
    """
    tracker = context.tracker
    addresses = tracker.addresses
    if (mine or for_me) and not addresses:
        raise InvalidInputError(_who_are_you(tracker))
    rows = tracker.series(
        wanted=Criteria(
            everything=everything,
            state=state or "",
            inbox=inbox or "",
            author=author or "",
            mine=addresses if mine else frozenset(),
            for_me=addresses if for_me else frozenset(),
            awaiting_review=awaiting_review,
            ids=_limited(" ".join(limit), tracker) if limit else None,
        )
    )
    if as_json:
        print_json([series_json(row, tracker.url) for row in rows])
    elif rows:
        print_series(rows, tracker.now())
        _say_stale(rows, tracker)
    else:
        say(_nothing(tracker, everything=everything, mine=mine, for_me=for_me))


def _who_are_you(tracker: Tracker) -> str:
    """What to put into the config: the address that git has, for it is nearly always right, but for the user to say."""
    import subprocess

    from patchwatch.config import config_path

    try:
        asked = subprocess.run(["git", "config", "user.email"], capture_output=True, text=True, timeout=5, check=False)
        address = asked.stdout.strip()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        address = ""
    place = tracker.config.source or config_path()
    return f'who are you? Put addresses = ["{address or "you@example.org"}"] below a line [me] in {place}.'


def _nothing(tracker: Tracker, *, everything: bool, mine: bool, for_me: bool) -> str:
    """Why a list is empty, and where to look."""
    watched = 0 if everything else len(tracker.series())
    if not everything and not watched:
        return "nothing is watched yet. `patchwatch watch LINK` begins, with a link from lore.kernel.org."
    fits = f"concerns {', '.join(sorted(tracker.addresses))}" if mine or for_me else "is as you asked"
    if everything:
        return f"no known series {fits}."
    return f"none of {watched} watched series {fits}. --all looks at imported and followed ones too."


def _limited(text: str, tracker: Tracker) -> frozenset[int]:
    """The series that a limit describes."""
    from patchwatch.series.filter import parse

    limit = parse(text)
    if limit.problems:
        said = "; ".join(f"{problem.word!r} is not understood: {problem.text}" for problem in limit.problems)
        raise click.UsageError(line(said))
    return frozenset(row.id for row in limit.keep(tracker.lines(), tracker.now()))


def _say_stale(rows: tuple[SeriesRow, ...], tracker: Tracker) -> None:
    stale = [r for r in rows if r.stale_since is not None]
    if stale:
        since = min(r.stale_since or 0 for r in stale)
        names = ", ".join(sorted({line(n) for r in stale for n in r.inboxes}))
        say(f"stale since {age(tracker.now() - since)} ago: polling {names} fails; `patchwatch doctor` tells why.")


def _print_raw(raw: bytes) -> None:
    """A mail: its bytes to a file or program; to a terminal, which obeys what stands in it, made harmless."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(raw)
        return
    text = raw.decode(errors="surrogateescape")
    harmless = content(text)
    click.echo(harmless, nl=not harmless.endswith("\n"))
    if harmless != text.replace("\r\n", "\n"):
        say("not as it came: what a terminal would obey or hide is shown by stand-ins. Into a file it comes as it is.")


@click.command("show")
@click.argument("series")
@json_option
@now_option
@click.option(
    "--raw", "message_id", metavar="MESSAGE-ID", help="Print this mail of it as it came; to a terminal, harmlessly."
)
@click.option("--why", is_flag=True, help="Tell how it came to its state: each step, its day, its mail.")
@click.pass_obj
def show_command(context: Context, series: str, as_json: bool, message_id: str | None, why: bool) -> None:
    """Show a series: revisions, evidence, tags, thread."""
    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    if message_id:
        _print_raw(tracker.raw(message_id.strip("<>")))
    elif why:
        for one in reasoning(row, tracker):
            click.echo(one)
    elif as_json:
        shown = series_json(row, tracker.url)
        shown["thread"] = [_message_json(m) for m in tracker.thread(row.id)]
        print_json(shown)
    else:
        for one in story(row, tracker.thread(row.id), tracker):
            click.echo(one)


def _message_json(m: MessageRow) -> dict[str, object]:
    return {
        "message_id": m.message_id,
        "parent": m.parent,
        "depth": m.depth,
        "revision": m.revision,
        "patch": m.patch,
        "kind": m.kind,
        "author": {"name": m.author_name, "email": m.author_email},
        "subject": m.subject,
        "date": format_time(m.date),
        "unread": m.unread,
        "bot": m.bot,
        "tags": list(m.tags),
    }


def story(row: SeriesRow, thread: tuple[MessageRow, ...], tracker: Tracker) -> list[str]:
    """A series for people: a line each, printable."""
    now = tracker.now()
    lines = [f"#{row.id}  {line(row.title)}", f"    by {line(row.author_name)} <{line(row.author_email)}>"]
    if row.inboxes:
        lines[-1] += f" in {', '.join(map(line, row.inboxes))}"
    state = row.state + (", incomplete" if row.incomplete else "") + (", RFC" if row.rfc else "")
    if row.revisions[-1].applied:
        state += f", {applied_of(row.revisions[-1])}"
    lines += ["", f"State:  {state}"]
    if row.state_evidence:
        lines += evidence_lines(row.state_evidence.text, row.state_evidence.message_id, tracker)
    lines.append(
        f"Turn:   {turn_of(row, now)}" + (f", since {format_day(row.turn_since)}" if row.turn != Turn.NOBODY else "")
    )
    if row.turn_evidence and row.turn != Turn.NOBODY:
        lines += evidence_lines(row.turn_evidence.text, row.turn_evidence.message_id, tracker)
    lines += [*_next(row, tracker), "", "Revisions:"]
    names = {root: version_of(revision) for revision in row.revisions for root in revision.postings}
    for revision in row.revisions:
        lines += revision_lines(revision, names, tracker)
    by_revision: dict[str, list[MessageRow]] = {}
    for m in thread:
        by_revision.setdefault(m.revision, []).append(m)
    for revision in row.revisions:
        lines += ["", f"Thread of {version_of(revision)}:"]
        for root in revision.postings:
            lines += [_message(m) for m in by_revision.get(root, ())]
    return lines


def reasoning(row: SeriesRow, tracker: Tracker) -> list[str]:
    """How a series came to its state, as a short story."""
    lines = [f"#{row.id}  {line(row.title)}: {row.state}"]
    links = {r.message_id: r for r in row.revisions}
    steps = tracker.steps(row.id)
    for step in steps:
        revision = links.get(step.message_id)
        if revision is not None:
            lines += ["", f"{format_day(step.date)}  {version_of(revision)} posted by {line(revision.author_name)}"]
            if revision.predecessor:
                who = "by hand, " if revision.predecessor.by_hand else ""
                lines.append(
                    f"            succeeds the one before: {who}{', '.join(map(line, revision.predecessor.evidence))}"
                )
        else:
            lines.append(f"{format_day(step.date)}  “{line(step.text)}”")
        turn = "nobody’s turn" if step.turn == Turn.NOBODY else f"turn: {step.turn}"
        lines.append(f"            → {step.state}, {turn}")
        lines.append(
            f"            {line(tracker.url(step.message_id)) if step.message_id else f'commit {line(step.commit)}'}"
        )
    shown = row.state_evidence
    if shown and shown.message_id not in {s.message_id for s in steps}:
        lines += ["", f"            “{line(shown.text)}”", f"            → {row.state}"]
        lines += [f"            {line(tracker.url(shown.message_id))}"] if shown.message_id else []
    return lines


def _next(row: SeriesRow, tracker: Tracker) -> list[str]:
    """The next move, and its mail unless that of the turn, just above, is meant."""
    move = row.next_action
    if move is None:
        return []
    shown = {row.turn_evidence.message_id} if row.turn_evidence else set()
    url = [] if not move.message_id or move.message_id in shown else [f"        {line(tracker.url(move.message_id))}"]
    return [f"Next:   {line(move.text)}", *url]


def _message(m: MessageRow) -> str:
    mark = "*" if m.unread else " "
    tags = f"  [{', '.join(map(line, m.tags))}]" if m.tags else ""
    bot = " (bot)" if m.bot else ""
    who = line(m.author_name or m.author_email)
    return f" {mark}{format_day(m.date)}  {'  ' * min(m.depth, 12)}{who}{bot}: {line(m.subject)}{tags}"


class _DayParam(TimeParam):
    """A day, at the hour of the digest, or a time."""

    name = "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        hour = _HOUR_OF_DIGEST if len(str(value).strip()) == len("2023-09-20") else 0
        return super().convert(value, param, ctx) + hour


@click.command("digest")
@click.option("--date", "then", type=_DayParam(), help="As it would have been on that day, at 7:00 UTC.")
@click.option("--since", type=TimeParam(), help="Tell what is new since then; without it everything, in full.")
@click.option("--send", is_flag=True, help="Send today's to everybody in the config who has not got it ([[digest]]).")
@click.option("--dry-run", is_flag=True, help="Show the mails that --send would send, with their headers.")
@now_option
@click.pass_obj
def digest_command(context: Context, then: int | None, since: int | None, send: bool, dry_run: bool) -> None:
    """Print what a morning mail would say: what is my turn, what waits, what moved; or send it.

    With --date, or --now, it tells only what was known then.
    """
    if send or dry_run:
        if then is not None or since is not None:
            raise click.UsageError("--date and --since are for reading; what is sent is what is due now.")
        from patchwatch.cli import digest as digest_mail

        (digest_mail.rehearse if dry_run else digest_mail.send)(context.tracker)
        return
    then = context.now if then is None else then
    if then is None:
        _print_digest(context.tracker.digest(since=since))
        return
    from patchwatch.tracker.as_of import as_of

    with as_of(context.tracker, then) as tracker:
        _print_digest(tracker.digest(since=since))


def _print_digest(digest: Digest) -> None:
    click.echo(f"Subject: {digest.subject}\n\n{digest.text}")
