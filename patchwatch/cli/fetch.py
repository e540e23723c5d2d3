"""`watch`, `poll`, `follow`, `import`: getting mail."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from patchwatch.cli.arguments import INBOX
from patchwatch.cli.main import Context, TimeParam, hidden_now_option
from patchwatch.cli.signals import orderly_stop
from patchwatch.counts import plural
from patchwatch.errors import InboxNotFoundError, InvalidInputError, LoreError, NotFoundError, PatchwatchError
from patchwatch.output import print_error, print_line, progress_line
from patchwatch.sanitize import line
from patchwatch.times import format_day

if TYPE_CHECKING:
    from patchwatch.progress import Progress
    from patchwatch.sync.watch import Watched
    from patchwatch.sync.watch_file import Skipped
    from patchwatch.tracker import Tracker

_MAX_TEXT_BYTES = 64 << 20  # of a mail, a thread, or a text with links
_MAX_LOST = 10  # mails that are named
_RENEWAL_SECONDS = 60.0


@click.command("watch", short_help="Watch series, given as URLs, message-ids or files.")
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@hidden_now_option
@click.pass_obj
def watch_command(context: Context, targets: tuple[str, ...]) -> None:
    """Watch patch series, and fetch their threads and their other versions.

    TARGET is a lore URL, a message-id, a file (an .eml, an mbox, or a text with links to lore), or - to read a mail or
    such a text from stdin. Every series that a text links to is watched.

    \b
    Examples:
      patchwatch watch https://lore.kernel.org/bpf/20230730114951.74067-1-hffilwlqm@gmail.com/
      patchwatch watch report.md
    """
    tracker = context.tracker
    failed = 0
    for target in targets:
        try:
            with progress_line() as progress:
                watched, skipped = _watch(tracker, target, progress)
        except PatchwatchError as error:
            failed += 1
            print_error(f"patchwatch: {line(target)}: {line(str(error))}")
            continue
        for series in watched:
            verb = "already watching" if series.already else "watching"
            print_line(f"{verb} #{series.series_id} {line(series.title)}")
        for link in skipped:
            failed += 1
            print_error(f"patchwatch: {line(link.target)}: {line(link.reason)}")
    if failed:
        raise click.exceptions.Exit(1)


def _watch(tracker: Tracker, target: str, progress: Progress) -> tuple[list[Watched], list[Skipped]]:
    if target == "-":
        return tracker.watch_text(_read_all(sys.stdin.buffer), progress)
    if os.path.isfile(target):  # which an id that is too long for a path is not
        return tracker.watch_text(_read(Path(target)), progress)
    if "@" not in target:
        raise NotFoundError("neither a file, nor a link to a mail, nor a message-id.")
    return list(tracker.watch(target, progress)), []


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return _read_all(stream)
    except OSError as error:
        raise InvalidInputError(f"can't read it: {error.strerror}") from None


def _read_all(stream: IO[bytes]) -> bytes:
    content = stream.read(_MAX_TEXT_BYTES + 1)
    if len(content) > _MAX_TEXT_BYTES:
        limit = f"larger than {_MAX_TEXT_BYTES >> 20} MB"
        raise InvalidInputError(f"{limit}. Use `patchwatch import` for the mail of a whole list.")
    return content


@click.command("poll", short_help="Fetch new mail, and look for commits in your git trees.")
@hidden_now_option
@click.pass_obj
def poll_command(context: Context) -> None:
    """Fetch new mail for everything watched and followed, read your git trees, and run the hooks.

    If another poll is running, wait for it to finish. If `patchwatch run` is active, fail at once: it polls on its own.
    After an upgrade of patchwatch, also bring stored mail up to date, for a minute at most.

    \b
    Example:
      patchwatch poll
    """
    tracker = context.tracker
    with orderly_stop(), tracker.lock("poll", print_error):
        # Queue events of mail that other processes stored, so that new series start from here.
        before = _failure("events", tracker.detect_events)
        with progress_line() as progress:
            report = tracker.poll_some(None, progress)
        from patchwatch.daemon.dispatch import dispatch_and_wait

        after = _failure("events", lambda: dispatch_and_wait(tracker)) if tracker.on_duty() else []
        after += _failure("next", tracker.refresh_answer)
        after += _failure("upgrade", lambda: _renew(tracker))
    for text in report.lines:
        print_line(line(text) if not text.startswith("  ") else "  " + line(text))
    failures = [*report.failures, *(before or after)]
    for text in failures:
        print_error(f"patchwatch: {line(text)}")
    if failures:
        raise click.exceptions.Exit(1)


def _renew(tracker: Tracker) -> None:
    """Bring up to date what an earlier program or other rules stored, for a while; say how far it is."""
    end = time.monotonic() + _RENEWAL_SECONDS
    with progress_line() as progress:
        done = tracker.renew(progress, lambda: time.monotonic() > end)
    if done:
        left = tracker.outdated()
        more = f"; {left.text}, the next poll continues" if left.outdated else ""
        print_error(f"{plural(done, 'mail')} brought up to date after a change of patchwatch or its rules{more}")
        tracker.detect_events()  # what changed by that is not an event
        tracker.refresh_answer()


def _failure(job: str, work: Callable[[], object]) -> list[str]:
    """Do `work`; return a bug in it as a failure, so that it does not keep the rest of a poll from running."""
    from patchwatch.sync.isolate import failure

    try:
        work()
    except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than this job)
        return [f"{job}: {failure(error)}"]
    return []


@click.command("follow", short_help="Follow all series posted to a list.")
@click.argument("inbox", metavar="[INBOX]", default="", type=INBOX)
@click.option("--author", default="", help="Only series whose author's name or address contains this text.")
@click.option(
    "--path", default="", help="Only series that touch this path or pattern, written as for F: in MAINTAINERS."
)
@click.option("--subject", default="", help="Only series with this text in the title.")
@click.option(
    "--since",
    type=TimeParam(),
    metavar="DATE",
    help="Also fetch what was posted since then (2026-01-31). Polls do so, in parts, the oldest first.",
)
@click.option("--stop", is_flag=True, help="Stop following the list, and remove all its rules.")
@click.pass_obj
def follow_command(
    context: Context, inbox: str, author: str, path: str, subject: str, since: int | None, stop: bool
) -> None:
    """Follow all series posted to a list from now on, or those that match a rule.

    INBOX is a list's name on lore, or its URL. `list --all` and the TUI's Followed view show the followed series.
    --author, --path and --subject form a rule, and a series must match all of it. Run the command again to add another
    rule. Without INBOX, print what is followed.

    \b
    Examples:
      patchwatch follow https://lore.kernel.org/netdev/ --since 2026-01-01
      patchwatch follow linux-mm --path mm/ --author kairui
    """
    from patchwatch.series.follow_rules import Rule
    from patchwatch.sources.lore.urls import parse_inbox

    rule = Rule(author, path, subject)
    if not inbox:
        if stop or rule != Rule() or since is not None:
            raise click.UsageError("which list? Give its URL (https://lore.kernel.org/netdev/) or its name.")
        for row in context.tracker.inboxes():
            if row.followed:
                _print_rules(row.name, row.rules)
        return
    if stop and (rule != Rule() or since is not None):
        raise click.UsageError("--stop removes all rules of a list; it can't be combined with a rule or --since.")
    name = parse_inbox(inbox, context.tracker.archive_hosts)
    if name is None:
        raise InvalidInputError(
            f"{inbox!r} is not an inbox; give its URL (https://lore.kernel.org/netdev/) or its name."
        )
    if stop:
        context.tracker.unfollow(name)
        print_line(f"no longer following {name}")
        return
    try:
        context.tracker.require_inbox(name)
    except InboxNotFoundError:
        raise
    except LoreError as error:
        print_error(
            f"could not ask the archive whether it has a list {line(name)}, which the next poll will show: "
            f"{line(str(error))}"
        )
    _print_rules(f"following {name}", context.tracker.follow(name, rule if rule != Rule() else None, since))
    if since is not None:
        print_error(f"`patchwatch poll` or `run` fetches the mail of {line(name)} since {format_day(since)}.")


def _print_rules(name: str, rules: tuple[object, ...]) -> None:
    for text in [f"{name} {rule}" for rule in rules] or [name]:
        print_line(line(text))


@click.command("import", short_help="Import mail from files.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--inbox",
    metavar="NAME",
    required=True,
    type=INBOX,
    help="The list that the mail is from, such as bpf or linux-mm.",
)
@hidden_now_option
@click.pass_obj
def import_command(context: Context, path: Path, inbox: str) -> None:
    """Import an mbox, an .eml, a maildir, a public-inbox mirror, or one of its epochs.

    Running it again imports only new mail.

    \b
    Example:
      patchwatch import ~/lore/netdev --inbox netdev
    """
    from patchwatch.sources.lore.urls import is_inbox_name

    if not is_inbox_name(inbox):
        raise InvalidInputError(f"{inbox!r} is not a valid inbox name; use letters, digits, dots and dashes.")
    with orderly_stop(), progress_line() as progress:
        outcome = context.tracker.import_mail(path, inbox, progress)
    total = outcome.new_mails + outcome.known_mails
    print_line(
        f"{inbox}: {plural(total, 'mail')} read, {outcome.new_mails} new, "
        f"{plural(len(outcome.revisions), 'new version')}"
        if total
        else f"{inbox}: nothing new in {line(str(path))}"
    )
    if lost := outcome.unread:
        print_error(f"{plural(len(lost), 'mail')} could not be read from the repository; the next import tries again:")
        for text in lost[:_MAX_LOST]:
            print_error(f"  {line(text)}")
        if len(lost) > _MAX_LOST:
            print_error(f"  and {len(lost) - _MAX_LOST} more")
        raise click.exceptions.Exit(1)
