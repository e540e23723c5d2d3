"""What a mail asks of a recipient that it greets is not asked of the author."""

from __future__ import annotations

import pytest

from patchwatch.mail.parse import parse
from patchwatch.series.revision import find_revisions
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import ANN, REX, RITA, posted
from tests.support.mails import mail

ANN_AT_HOME = "Ann <ann.author@home.example>"


@pytest.mark.parametrize(
    ("text", "recipients", "turn"),
    [
        ("Hi Rex,\n\ncan you test this on the large machine?\n", f"{ANN}, {REX}", "reviewers"),
        ("Rex,\n\ndo you still have that board?\n", f"{ANN}, {REX}", "reviewers"),
        ("Hi Ann,\n\ncan you test this on the large machine?\n", f"{ANN}, {REX}", "author"),
        ("Hi Ann,\n\ncan you test this on the large machine?\n", f"{ANN_AT_HOME}, {REX}", "author"),
        ("Hi Rex,\n\ncan you test this on the large machine?\n", ANN, "author"),  # a nickname, for all we know
        ("Hi Rex,\n\ncan you test this?\n\nPlease add a comment.\n", f"{ANN}, {REX}", "author"),
        ("Hi,\n\ncan you test this on the large machine?\n", f"{ANN}, {REX}", "author"),
    ],
)
def test_who_is_greeted_is_asked(text: str, recipients: str, turn: str) -> None:
    (patch,) = posted(1)
    reply = mail(
        message_id="a@x",
        subject=f"Re: {patch.subject}",
        sender=RITA,
        to=recipients,
        date="Tue, 4 Jul 2023 10:00:00 +0000",
        in_reply_to=patch.message_id,
        body=text,
    )
    (revision,) = find_revisions([patch, parse(reply)])
    assert revision_state(revision).turn == turn
