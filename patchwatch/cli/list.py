"""`list`: the series, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from patchwatch.cli.arguments import INBOX
from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.series_json import series_json
from patchwatch.cli.table import print_table
from patchwatch.db.criteria import Criteria
from patchwatch.errors import InvalidInputError
from patchwatch.output import print_error, print_json
from patchwatch.sanitize import line
from patchwatch.series import labels
from patchwatch.series.model import SeriesRow
from patchwatch.series.states import SETTABLE
from patchwatch.times import format_age
from patchwatch.tracker import Tracker

_STATES = [*map(str, SETTABLE)]


@click.command("list", short_help="List watched series.")
@click.option("--awaiting-review", is_flag=True, help="Open series waiting for reviewers, longest wait first.")
@click.option("--mine", is_flag=True, help="Series you posted or wrote ([me] addresses), with your next action.")
@click.option(
    "--for-me", is_flag=True, help="Series sent to you, or that you replied to. With --mine, series that match either."
)
@click.option(
    "--state", type=click.Choice(_STATES), metavar="STATE", help=f"Series in this state: {', '.join(_STATES)}."
)
@click.option("--inbox", metavar="NAME", type=INBOX, help="Series seen on this list.")
@click.option("--author", metavar="TEXT", help="Series whose author's name or address contains this text.")
@click.option("--all", "everything", is_flag=True, help="Include imported and followed series, not only watched ones.")
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
    """List the watched series, or those that match LIMIT.

    LIMIT is a search expression, as typed after / in the TUI (docs/limits.md).

    \b
    Example:
      patchwatch list 'st:under-review t:author age:>7d'
    """
    tracker = context.tracker
    addresses = tracker.addresses
    if (mine or for_me) and not addresses:
        raise InvalidInputError(_no_addresses(tracker))
    rows = tracker.series(
        wanted=Criteria(
            everything=everything,
            state=state or "",
            inbox=inbox or "",
            author=author or "",
            mine=addresses if mine else frozenset(),
            for_me=addresses if for_me else frozenset(),
            awaiting_review=awaiting_review,
            ids=_matching(" ".join(limit), tracker) if limit else None,
        )
    )
    if as_json:
        print_json([series_json(row, tracker.url, tracker.now()) for row in rows])
    elif rows:
        print_series(rows, tracker.now())
        _warn_if_stale(rows, tracker)
    else:
        print_error(_no_match(tracker, everything=everything, mine=mine, for_me=for_me))


def _title(row: SeriesRow) -> str:
    muted, snoozed = " [muted]" if row.muted else "", " [snoozed]" if row.snoozed_until is not None else ""
    return f"{line(row.title)}{muted}{snoozed}"


_COLUMNS: tuple[tuple[str, Callable[[SeriesRow, int], str]], ...] = (
    ("#", lambda row, now: str(row.id)),
    ("STATE", lambda row, now: labels.state(row)),
    ("WAITING FOR", labels.turn),
    ("VER", lambda row, now: labels.version(row)),
    ("TAGS", lambda row, now: labels.reviewed(row)),
    ("NEW", lambda row, now: str(row.unread or "")),
    ("AGE", lambda row, now: format_age(row.last_activity, now)),
    ("AUTHOR", lambda row, now: line(row.author_name or row.author_email)),
    ("TITLE", lambda row, now: _title(row)),  # last: it gets the rest of the terminal
)


def print_series(rows: Iterable[SeriesRow], now: int) -> None:
    """Print the list, with the user's own next action below a series that has one."""
    rows = list(rows)
    cells = [[text(row, now) for _, text in _COLUMNS] for row in rows]
    mine = [line(r.next_action.text) if r.next_action and r.next_action.by == "me" else "" for r in rows]
    print_table(cells, [head for head, _ in _COLUMNS], mine)


def _no_addresses(tracker: Tracker) -> str:
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


def _no_match(tracker: Tracker, *, everything: bool, mine: bool, for_me: bool) -> str:
    """Say why the list is empty, and where else to look."""
    watched = 0 if everything else len(tracker.series())
    if not everything and not watched:
        return "no series is watched yet. Start with `patchwatch watch URL` and a link from lore.kernel.org."
    verb = f"involves {', '.join(sorted(tracker.addresses))}" if mine or for_me else "matches"
    if everything:
        return f"no known series {verb}."
    return f"none of the {watched} watched series {verb}. Use --all to include imported and followed series."


def _matching(text: str, tracker: Tracker) -> frozenset[int]:
    """Return the ids of the series that match a limit."""
    from patchwatch.series.filter import parse

    limit = parse(text)
    if limit.problems:
        problems = "; ".join(f"can't parse {problem.word!r}: {problem.text}" for problem in limit.problems)
        raise click.UsageError(line(problems))
    return frozenset(row.id for row in limit.keep(tracker.lines(), tracker.now()))


def _warn_if_stale(rows: tuple[SeriesRow, ...], tracker: Tracker) -> None:
    stale = [r for r in rows if r.stale_since is not None]
    if stale:
        since = min(r.stale_since or 0 for r in stale)
        names = ", ".join(sorted({line(n) for r in stale for n in r.inboxes}))
        print_error(
            f"stale for {format_age(since, tracker.now())}: polling {names} fails; run `patchwatch doctor` to see why."
        )
