"""`doctor`, `reindex`: looking after patchwatch itself."""

from __future__ import annotations

import sys

import click

from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.output import print_json
from patchwatch.doctor import examine
from patchwatch.printable import line


@click.command("doctor", short_help="Say what works, what does not, and the mend.")
@json_option
@now_option
@click.pass_obj
def doctor_command(context: Context, as_json: bool) -> None:
    """Check config, database and archive: what works, what does not, and the mend."""
    findings = list(examine(context.now))
    if as_json:
        print_json(
            {
                "schema": 1,
                "ok": all(f.ok for f in findings),
                "checks": [{"name": f.name, "ok": f.ok, "text": f.text, "mend": f.mend or None} for f in findings],
            }
        )
    else:
        for f in findings:
            click.echo(f"{'ok  ' if f.ok else 'FAIL'}  {f.name}: {line(f.text)}")
            if f.mend:
                click.echo(f"      → {line(f.mend)}")
    if not all(f.ok for f in findings):
        raise click.exceptions.Exit(1)


@click.command("reindex")
@now_option
@click.pass_obj
def reindex_command(context: Context) -> None:
    """Work everything out anew from the stored mails.  What you decided stays."""
    shown = sys.stderr.isatty()

    def progress(done: int) -> None:
        if shown:
            click.echo(f"\r{done} mails", err=True, nl=False)

    count = context.tracker.reindex(progress)
    if shown:
        click.echo("\r", err=True, nl=False)
    click.echo(f"{count} mails understood anew")
