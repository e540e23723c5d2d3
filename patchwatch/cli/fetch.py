"""`watch`, `poll`, `follow`, `import`: mail comes in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from patchwatch.cli.main import Context, now_option
from patchwatch.cli.output import say
from patchwatch.errors import InvalidInputError, NotFoundError, PatchwatchError
from patchwatch.sanitize import line


def _tell(text: str) -> None:
    """Progress, only for somebody who looks."""
    if sys.stderr.isatty():
        say(f"{line(text)} …")


@click.command("watch", short_help="Watch series: links, message-ids, reports, mails.")
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@now_option
@click.pass_obj
def watch_command(context: Context, targets: tuple[str, ...]) -> None:
    """Watch series: links, message-ids, files (a report, an mbox, an .eml), or - for a mail or report on stdin.

    In a report every link to a mail on lore is watched.
    """
    tracker = context.tracker
    failed = 0
    for target in targets:
        try:
            if target == "-":
                watched, skipped = tracker.watch_text(sys.stdin.buffer.read(), _tell)
            elif Path(target).is_file():
                watched, skipped = tracker.watch_text(_content(Path(target)), _tell)
            elif "@" not in target:
                raise NotFoundError("neither a file, nor a link to a mail, nor a message-id.")
            else:
                watched, skipped = list(tracker.watch(target, _tell)), []
        except PatchwatchError as error:
            failed += 1
            say(f"patchwatch: {line(target)}: {line(str(error))}")
            continue
        for one in watched:
            click.echo(f"{'already watching' if one.already else 'watching'} #{one.series_id} {line(one.title)}")
        for left in skipped:
            failed += 1
            say(f"patchwatch: {line(left.target)}: {line(left.reason)}")
    if failed:
        raise click.exceptions.Exit(1)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"can't read it: {error.strerror}") from None


@click.command("poll")
@now_option
@click.pass_obj
def poll_command(context: Context) -> None:
    """One pass over everything watched and followed; then the hooks of the config are told what happened.

    When somebody else polls, he is waited for; `patchwatch run` is not, for it polls by itself.
    """
    tracker = context.tracker
    with tracker.lock("poll", say):
        tracker.happened()  # what others stored; and what is watched since then begins here
        report = tracker.poll_some(None, _tell)
        from patchwatch.daemon.dispatch import tell

        tell(tracker)
    for one in report.lines:
        click.echo(line(one) if not one.startswith("  ") else "  " + line(one))
    for failure in report.failures:
        say(f"patchwatch: {line(failure)}")
    if report.failures:
        raise click.exceptions.Exit(1)


@click.command("follow", short_help="Follow every series of a list from now on.")
@click.argument("inbox", metavar="INBOX-URL", default="")
@click.option("--author", default="", help="Only those of whom this is part of the name or the address.")
@click.option("--path", default="", help="Only those that touch this file, directory or pattern, as F: in MAINTAINERS.")
@click.option("--subject", default="", help="Only those with this in the title.")
@click.option("--stop", is_flag=True, help="Follow it no longer.")
@click.pass_obj
def follow_command(context: Context, inbox: str, author: str, path: str, subject: str, stop: bool) -> None:
    """Follow every series posted to a list from now on: the view Followed and `list --all` show them.

    With --author, --path or --subject only what fits all that is given; said again with others, what fits these too.
    Without a list: which are followed.
    """
    from patchwatch.series.follow_rules import Rule
    from patchwatch.sources.lore.urls import parse_inbox

    rule = Rule(author, path, subject)
    if not inbox:
        if stop or rule != Rule():
            raise click.UsageError("which list? Give its URL (https://lore.kernel.org/netdev/) or its name.")
        for row in context.tracker.inboxes():
            if row.followed:
                for said in [f"{row.name} {one}" for one in row.rules] or [row.name]:
                    click.echo(line(said))
        return
    if stop and rule != Rule():
        raise click.UsageError("--stop ends all that is followed of a list; it takes no rule.")
    name = parse_inbox(inbox, context.tracker.hosts)
    if name is None:
        raise InvalidInputError(f"{inbox!r} is no inbox: give its URL (https://lore.kernel.org/netdev/) or its name.")
    if stop:
        context.tracker.unfollow(name)
        click.echo(f"no longer following {name}")
        return
    rules = context.tracker.follow(name, rule if rule != Rule() else None)
    for said in [f"following {name} {one}" for one in rules] or [f"following {name}"]:
        click.echo(line(said))


@click.command("import", short_help="Import mail; again reads only what is new.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--inbox", required=True, help="The list it is the mail of: bpf, linux-mm.")
@now_option
@click.pass_obj
def import_command(context: Context, path: Path, inbox: str) -> None:
    """Import an mbox, a maildir, a public-inbox directory or one epoch of it; again reads only what is new."""
    from patchwatch.sources.lore.urls import is_inbox_name

    if not is_inbox_name(inbox):
        raise InvalidInputError(f"{inbox!r} can't be the name of an inbox: letters, digits, dots and dashes are.")
    shown = sys.stderr.isatty()

    def progress(done: int) -> None:
        if shown:
            click.echo(f"\r{done} mails", err=True, nl=False)

    outcome = context.tracker.import_mail(path, inbox, progress)
    if shown:
        click.echo("\r", err=True, nl=False)
    total = outcome.new_mails + outcome.known_mails
    click.echo(
        f"{inbox}: {total} mails read, {outcome.new_mails} new, {len(outcome.revisions)} new revisions"
        if total
        else f"{inbox}: nothing new at {line(str(path))}"
    )
