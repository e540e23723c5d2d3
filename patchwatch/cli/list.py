"""`list`: what needs the user, in sections; one line for each series."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from patchwatch.cli.arguments import INBOX, LABEL
from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.pager import paged
from patchwatch.cli.queue_lines import print_all, print_sections, print_wide
from patchwatch.db.criteria import Criteria
from patchwatch.errors import InvalidInputError
from patchwatch.output import print_error, print_json_array, stdout_encoding
from patchwatch.sanitize import line
from patchwatch.series.filter import parse
from patchwatch.series.model import SeriesSummary
from patchwatch.series.own_labels import parse_label
from patchwatch.series.queue import Section
from patchwatch.series.signs import uses_ascii
from patchwatch.series.states import SETTABLE
from patchwatch.series.views import by_section
from patchwatch.times import format_age

if TYPE_CHECKING:
    from patchwatch.tracker import Tracker

_STATES = [*map(str, SETTABLE)]
_SECTIONS = {section.value: section for section in Section}


@click.command("list", short_help="List what needs you, and what waits for others.")
@click.option("--awaiting-review", is_flag=True, help="Open series waiting for reviewers.")
@click.option("--mine", is_flag=True, help="Series you posted or wrote ([me] addresses).")
@click.option(
    "--for-me", is_flag=True, help="Series sent to you, or that you replied to. With --mine, series that match either."
)
@click.option(
    "--state", type=click.Choice(_STATES), metavar="STATE", help=f"Series in this state: {', '.join(_STATES)}."
)
@click.option("--inbox", metavar="NAME", type=INBOX, help="Series seen on this list.")
@click.option("--author", metavar="TEXT", help="Series whose author's name or address contains this text.")
@click.option("--label", metavar="LABEL", type=LABEL, help="Series that you gave this label, of all that are known.")
@click.option("--all", "everything", is_flag=True, help="All known series in one table, the latest mail first.")
@click.option("--wide", is_flag=True, help="Print all columns, and cut nothing.")
@click.argument("limit", nargs=-1)
@json_option
@now_option
@click.pass_obj
def list_command(
    context: Context, /, limit: tuple[str, ...], label: str | None, wide: bool, as_json: bool, **chosen: Any
) -> None:
    """List what needs you now, and the rest in its sections; or the series that match LIMIT.

    The sections are now, review, new, waiting, dormant and closed (docs/queue.md); name one to see all of it. LIMIT is
    a search expression, as typed after / in the TUI (docs/limits.md).

    \b
    Examples:
      patchwatch list
      patchwatch list waiting dormant
      patchwatch list 'st:under-review t:author age:>7d'
    """
    tracker = context.tracker
    if (chosen["mine"] or chosen["for_me"]) and not tracker.addresses:
        raise InvalidInputError(no_addresses(tracker))
    unfolded = frozenset(_SECTIONS[word] for word in limit if word in _SECTIONS)
    text = " ".join(word for word in limit if word not in _SECTIONS)
    wanted = _criteria(tracker, **chosen)
    narrowed = label or text or wanted != Criteria(everything=wanted.everything)
    counts = not (narrowed or unfolded or wide or as_json or wanted.everything)
    lines, dormant = _among(tracker, everything=wanted.everything or label is not None, counts=counts)
    known = len(lines) + dormant
    if label:
        lines = [row for row in lines if parse_label(label) in row.labels]
    if narrowed:
        lines = _matching(lines, text, wanted, tracker)
    if unfolded:
        lines = [row for row in lines if row.place and row.place.section in unfolded]
    in_table = wanted.everything and not (unfolded or wide or as_json)
    sections = {} if in_table else by_section(lines)
    ordered = [row for rows in sections.values() for row in rows]
    rest = [row for row in lines if row.place is None]
    if as_json:
        _print_json(tracker, lines if wanted.everything else [*ordered, *rest])
    elif not lines and (narrowed or unfolded or not known):
        print_error(_no_match(tracker, known, text=text, sections=unfolded, label=label, **chosen))
    elif wide:
        with paged(chop=True):
            print_wide([*ordered, *rest], tracker.now())
    elif in_table:
        print_all(lines, tracker.now())
    else:
        plain = uses_ascii(tracker.config.tui.signs, os.environ, stdout_encoding())
        shown = frozenset(Section) if narrowed else unfolded
        print_sections(sections, tracker.now(), unfolded=shown, ascii_only=plain, dormant=dormant)
        if rest and narrowed:
            print_wide(rest, tracker.now())
    _warn_if_stale(lines, tracker)
    if lines and (left := tracker.outdated()).outdated:
        print_error(f"{left.notice}. `patchwatch run` and `poll` bring them up to date, or `reindex` now.")
    if not tracker.addresses and lines and not (as_json or narrowed or wanted.everything):
        print_error(f"nothing can be asked of you: {no_addresses(tracker)}")


def _among(tracker: Tracker, *, everything: bool, counts: bool) -> tuple[list[SeriesSummary], int]:
    """Everything that is known, or what I have to do with; if it `counts`, most of what is dormant is only counted."""
    if everything:
        return list(tracker.lines()), 0
    if counts:
        lines, dormant = tracker.lines_and_dormant()
        if lines:
            return [row for row in lines if row.place or row.watched], dormant
    return [row for row in tracker.lines(among="known") if row.place or row.watched], 0


def _criteria(
    tracker: Tracker,
    *,
    awaiting_review: bool,
    mine: bool,
    for_me: bool,
    state: str | None,
    inbox: str | None,
    author: str | None,
    everything: bool,
) -> Criteria:
    return Criteria(
        everything=everything,
        state=state or "",
        inbox=inbox or "",
        author=author or "",
        mine=tracker.addresses if mine else frozenset(),
        for_me=tracker.addresses if for_me else frozenset(),
        awaiting_review=awaiting_review,
    )


def _matching(lines: list[SeriesSummary], text: str, wanted: Criteria, tracker: Tracker) -> list[SeriesSummary]:
    """Return those series that match the options and the limit."""
    limit = parse(text)
    if limit.problems:
        problems = "; ".join(f"can't parse {problem.word!r}: {problem.text}" for problem in limit.problems)
        raise click.UsageError(line(problems))
    lines = limit.keep(lines, tracker.now())
    if wanted == Criteria(everything=wanted.everything):
        return lines
    ids = frozenset(row.id for row in lines)
    kept = {row.id for row in tracker.series(wanted=structs.replace(wanted, everything=True, ids=ids))}
    return [row for row in lines if row.id in kept]


def _print_json(tracker: Tracker, lines: Sequence[SeriesSummary]) -> None:
    from patchwatch.cli.series_json import series_json

    places = {row.id: row.place for row in lines}
    rows = tracker.series_in_order(lines)
    print_json_array(series_json(row, tracker.url, tracker.now(), places[row.id]) for row in rows)


def no_addresses(tracker: Tracker) -> str:
    """Ask for [me] addresses, and suggest git's user.email: nearly always right, but the user has to confirm it."""
    import subprocess

    from patchwatch.config import config_path

    try:
        git = subprocess.run(["git", "config", "user.email"], capture_output=True, text=True, timeout=5, check=False)
        address = git.stdout.strip()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        address = ""
    path = tracker.config.source or config_path()
    return f'your address is unknown. Add addresses = ["{address or "you@example.org"}"] under [me] in {path}.'


def _no_match(
    tracker: Tracker,
    known: int,
    *,
    text: str,
    sections: frozenset[Section],
    everything: bool,
    mine: bool,
    for_me: bool,
    label: str | None,
    **others: Any,
) -> str:
    """Say why the list is empty, and where else to look."""
    if label is not None and label.lower() not in tracker.labels():
        return f"no series has the label {line(label)}. `patchwatch label` lists those in use."
    if not known:
        return "no series is watched yet. Start with `patchwatch watch URL` and a link from lore.kernel.org."
    narrowed = text or label or any(others.values())
    if sections and not (narrowed or mine or for_me):
        return f"nothing is in {' or '.join(section.heading for section in Section if section in sections)}."
    by_address = (mine or for_me) and not (narrowed or sections)
    verb = f"involves {', '.join(sorted(tracker.addresses))}" if by_address else "matches"
    if everything or label:
        return f"no known series {verb}."
    return f"no series in your queue {verb}. Use --all to include all known series."


def _warn_if_stale(rows: Sequence[SeriesSummary], tracker: Tracker) -> None:
    stale = [r for r in rows if r.stale_since is not None]
    if stale:
        since = min(r.stale_since or 0 for r in stale)
        names = ", ".join(sorted({line(n) for r in stale for n in r.inboxes}))
        print_error(
            f"stale for {format_age(since, tracker.now())}: polling {names} fails; run `patchwatch doctor` to see why."
        )
