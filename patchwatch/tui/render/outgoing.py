"""A mail that is about to be sent, as lines to be read: what git says that it would send, to whom, and the text.

Pure.  Nothing is left out or folded: who looks at it decides whether it goes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from patchwatch.compose.draft import Draft
from patchwatch.compose.git_send_email import DryRun
from patchwatch.mail.body import segments
from patchwatch.sanitize import block, line
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.page import Line, Page, paged


def headline(draft: Draft, rehearsal: DryRun, *, dry_run: bool) -> list[StyledText]:
    """Whether it will go out, and to how many."""
    count = len(rehearsal.recipients)
    people = "1 recipient" if count == 1 else f"{count} recipients"
    will: list[StyledText] = (
        [("Dry run", "warn strong"), (f"  nothing goes out; it would go to {people}", "")]
        if dry_run
        else [("Ready to be sent", "good strong"), (f"  to {people}", "")]
    )
    return [*will, ("  ", ""), (line(draft.subject), "dim")]


def mail_page(draft: Draft, rehearsal: DryRun) -> Page:
    """Its headers, its text, who gets it, and the command that sends it; at the top who gets it without being named."""
    lines = [*_hidden(rehearsal), *_headers(rehearsal), *_text(draft.body), *_envelope(rehearsal), *_command(rehearsal)]
    return paged(draft.message_id, lines)


def draft_page(message_id: str, why: str, text: str) -> Page:
    """What stands in the way of sending a draft, and the draft as it was written."""
    head, _, body = text.partition("\n\n")
    headers = [Line("outgoing", one, 0) for one in block(head).split("\n")]
    between = Line("outgoing", "", 0)
    return paged(message_id, [Line("warning", f"! {line(why)}", 0), between, *headers, between, *_text(body)])


def _text(text: str) -> Iterator[Line]:
    for segment in segments(text, patch=False):
        for one in block(segment.text).split("\n"):
            yield Line(segment.kind, one, segment.depth)


def _hidden(rehearsal: DryRun) -> Iterator[Line]:
    for one in rehearsal.hidden:
        yield Line("warning", f"! It goes to {line(one)}, too, whom no header names: by git’s sendemail.bcc", 0)


def _headers(rehearsal: DryRun) -> Iterator[Line]:
    for name, value in rehearsal.headers:
        yield Line("outgoing", f"{line(name)}: {line(value)}", 0)
    yield Line("outgoing", "", 0)


def _envelope(rehearsal: DryRun) -> Iterator[Line]:
    yield Line("section", "── Goes to", 0)
    yield Line("outgoing", ", ".join(map(line, rehearsal.recipients)), 0)


def _command(rehearsal: DryRun) -> Iterator[Line]:
    yield Line("section", "── By git’s command, tried without sending", 0)
    yield Line("outgoing", line(rehearsal.command), 0)
