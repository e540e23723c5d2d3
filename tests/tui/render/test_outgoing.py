"""A mail that is about to be sent, as it is shown."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from patchwatch.compose.draft import Draft
from patchwatch.compose.git_send_email import DryRun
from patchwatch.mail.addresses import Mailbox
from patchwatch.sanitize import block
from patchwatch.tui.render.mail_lines import row_pieces
from patchwatch.tui.render.outgoing import about_effect_text, draft_page, headline, outgoing_page
from patchwatch.tui.render.page import Page, PageOptions, lay_out

RITA = Mailbox("Rita", "rita@example.com")
QUOTE = "".join(f"> line {number}\n" for number in range(40))


def draft_of(body: str, subject: str = "Re: it") -> Draft:
    return Draft(RITA, (RITA,), (), subject, body, "answer@example.com")


def test_what_it_changes_is_not_cut() -> None:
    effect = "it leaves Review and waits for its author; 1 new point waits for Ann"
    text = "".join(text for text, _ in about_effect_text(effect, 40))
    assert [len(row) <= 40 for row in text.split("\n")] == [True] * 3
    assert text.split() == ["after", *effect.split()]
    assert [row[:8] for row in text.split("\n")] == ["after   ", " " * 8, " " * 8]


def shown(page: Page, width: int = 60) -> list[str]:
    sheet = lay_out(page, width, PageOptions(wrap_diffs=True, unfold_all=True))
    return ["".join(text for text, _ in row_pieces(page, row)) for row in sheet.rows]


def test_outgoing_mail_is_shown_in_full() -> None:
    people = tuple(f"someone{number}@example.org" for number in range(6))
    headers = (("From", "Rita <rita@example.com>"), ("Cc", ", ".join(people)))
    rehearsal = DryRun(headers, (*people, "b@example.net"), ("b@example.net",), "git send-email --dry-run x")
    text = shown(outgoing_page(draft_of(f"On Monday, Ann wrote:\n{QUOTE}Yes. {'x' * 100}\n"), rehearsal))
    assert text[0].startswith("! It also goes to b@example.net")
    assert " ".join(one.strip() for one in text).count(", ".join(people)) == 2  # in the header and in the envelope
    assert all(f"> line {number}" in text for number in range(40))
    assert sum(one.count("x") for one in text if set(one) <= set("xYes. ")) == 100
    assert max(len(one) for one in text if "──" not in one) <= 60
    assert text[-1] == "git send-email --dry-run x"


def test_below_the_recipients_is_why_they_get_it() -> None:
    draft = replace(draft_of("Yes.\n"), origins={RITA.key: "who you answer"})
    text = shown(outgoing_page(draft, DryRun((("To", "Rita <rita@example.com>"), ("Subject", "Re: it")), (), (), "")))
    assert text[:3] == ["To: Rita <rita@example.com>", "    who you answer", "Subject: Re: it"]


def test_a_draft_page_starts_with_the_error() -> None:
    text = shown(draft_page("a@b", "To: 'x' is not an e-mail address.", "From: me\nTo: x\n\n> so\n\nNo.\n"))
    assert text[:7] == ["! To: 'x' is not an e-mail address.", "", "From: me", "To: x", "", "> so", ""]
    assert "No." in text


def test_the_headline_differs_for_a_dry_run() -> None:
    rehearsal = DryRun((), ("ann@example.org",), (), "")
    dry, real = ("".join(text for text, _ in headline(draft_of(""), rehearsal, dry_run=dry)) for dry in (True, False))
    assert dry == " DRY RUN: NOTHING WILL BE SENT   to 1 recipient  Re: it"
    assert real == " NOT SENT YET   to 1 recipient  Re: it"


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_makes_a_printable_page(text: str, word: str) -> None:
    rehearsal = DryRun(((word, text),), (text, word), (word,), text)
    for page in (outgoing_page(draft_of(text, word), rehearsal), draft_page("a@b", word, text)):
        assert all(one.text == block(one.text) and "\n" not in one.text for one in page.lines)
        shown(page, 20)
    assert all(said == block(said) for said, _ in headline(draft_of("", text), rehearsal, dry_run=True))
