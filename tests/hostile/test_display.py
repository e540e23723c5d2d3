"""A mail that can't be styled is shown plain."""

from __future__ import annotations

import pytest

from patchwatch.mail.display import read_for_display
from patchwatch.tui.render import mail_lines, page
from patchwatch.tui.render.mail_lines import row_pieces
from patchwatch.tui.render.page import lay_out, mail_page
from tests.support.mails import mail


def test_mail_that_cannot_be_styled_is_shown_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexError("no such color")

    monkeypatch.setattr(page, "code_of", fail)
    monkeypatch.setattr(mail_lines, "links", fail)
    sheet = lay_out(mail_page(read_for_display("1@example.org", mail(body="All is \x1b[31mwell.\n"), ())), 60)
    text = ["".join(text for text, _ in row_pieces(sheet.page, row)) for row in sheet.rows]
    assert "All is ␛[31mwell." in text
