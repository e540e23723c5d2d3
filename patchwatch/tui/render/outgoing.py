"""A mail that is about to be sent, as a page: the headers and recipients from git's dry run, and the text.

Pure.  Nothing is left out or folded, because the user decides on this page whether it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from patchwatch.compose.draft import Draft, about_quote, about_recipients
from patchwatch.compose.git_send_email import DryRun
from patchwatch.compose.manners import COLUMNS, faults
from patchwatch.counts import plural
from patchwatch.mail.body import segments
from patchwatch.sanitize import block, line
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.columns import wrap
from patchwatch.tui.render.page import Line, Page, make_page

_LABEL = 8  # columns


def headline(draft: Draft, rehearsal: DryRun, *, dry_run: bool) -> list[StyledText]:
    """That nothing was sent yet, or will be, and to how many recipients it goes."""
    state = "DRY RUN: NOTHING WILL BE SENT" if dry_run else "NOT SENT YET"
    people = plural(len(rehearsal.recipients), "recipient")
    return [(f" {state} ", "chosen"), (f"  to {people}  ", ""), (line(draft.subject), "dim")]


def about_quote_text(draft: Draft) -> list[StyledText]:
    """How much of the other mail it quotes."""
    return _about("quote", (line(about_quote(draft)) or "nothing", "dim"))


def about_effect_text(effect: str, width: int) -> list[StyledText]:
    """What it changes in the queue, wrapped to `width` columns; "" while that is not known."""
    text = line(effect) or "…"
    rows = (text[start:end].rstrip() for start, end in wrap(text, width - _LABEL))
    return _about("after", (f"\n{' ' * _LABEL}".join(rows), ""))


def about_checks_text(draft: Draft) -> list[StyledText]:
    """What readers of a list would mind in it."""
    minded = faults(draft.body)
    good = f"plain text, no line over {COLUMNS} columns"
    return _about("checks", (f"! {'; '.join(minded)}", "warn strong") if minded else (good, "dim"))


def _about(name: str, text: StyledText) -> list[StyledText]:
    return [(f"{name:<{_LABEL}}", "dim"), text]


def outgoing_page(draft: Draft, rehearsal: DryRun) -> Page:
    """Recipients that no header names, headers, text, all recipients, and the command that sends it."""
    lines = [
        *_hidden(rehearsal),
        *_headers(draft, rehearsal),
        *_text(draft.body),
        *_envelope(rehearsal),
        *_command(rehearsal),
    ]
    return make_page(draft.message_id, lines)


def draft_page(message_id: str, why: str, text: str) -> Page:
    """Why a draft can't be sent, and the draft as it was written."""
    head, _, body = text.partition("\n\n")
    headers = [Line("outgoing", one, 0) for one in block(head).split("\n")]
    between = Line("outgoing", "", 0)
    return make_page(message_id, [Line("warning", f"! {line(why)}", 0), between, *headers, between, *_text(body)])


def _text(text: str) -> Iterator[Line]:
    for segment in segments(text, patch=False):
        for one in block(segment.text).split("\n"):
            yield Line(segment.kind, one, segment.depth)


def _hidden(rehearsal: DryRun) -> Iterator[Line]:
    for address in rehearsal.hidden:
        yield Line(
            "warning", f"! It also goes to {line(address)}, because of git’s sendemail.bcc; no header names it", 0
        )


def _headers(draft: Draft, rehearsal: DryRun) -> Iterator[Line]:
    """The headers; below To and Cc why these people get it."""
    for name, value in rehearsal.headers:
        yield Line("outgoing", f"{line(name)}: {line(value)}", 0)
        people = {"to": draft.to, "cc": draft.cc}.get(name.lower(), ())
        if people:
            yield Line("origin", f"    {line(about_recipients(draft, people))}", 0)
    yield Line("outgoing", "", 0)


def _envelope(rehearsal: DryRun) -> Iterator[Line]:
    yield Line("section", "── Recipients", 0)
    yield Line("outgoing", ", ".join(map(line, rehearsal.recipients)), 0)


def _command(rehearsal: DryRun) -> Iterator[Line]:
    yield Line("section", "── Command of git, run with --dry-run", 0)
    yield Line("outgoing", line(rehearsal.command), 0)
