"""A line that is repeated, or never ends: it must not keep the program busy for minutes."""

from __future__ import annotations

import time

import pytest

from patchwatch.mail.display import read_for_display
from patchwatch.mail.parse import parse
from patchwatch.mail.patch import read_patch
from patchwatch.tui.render.mail_lines import links, row_pieces
from patchwatch.tui.render.page import Line, lay_out, mail_page
from tests.support.mails import mail

UNITS = {
    "question marks": "?",
    "addresses": "a@b ",
    "links": "https://lore.kernel.org/r/a@b/ ",
    "indented lines": "        x\n",
    "quotes": "> ",
    "brackets": "[",
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("subject", ["[PATCH] frob: x", "Re: [PATCH] frob: x"])
def test_repeated_text_takes_no_time(unit: str, subject: str) -> None:
    raw = mail(subject=subject, body="From: Ann <ann@example.org>\n" + unit * (20_000 // len(unit)) + "x\n")
    begin = time.process_time()
    parse(raw)
    read_patch(raw)
    sheet = lay_out(mail_page(read_for_display("1@example.org", raw, ())), 80)
    for row, _ in zip(sheet.rows, range(100), strict=False):
        row_pieces(sheet.page, row)
    assert time.process_time() - begin < 2  # most take a hundredth; they took from four seconds to years


TIP = "[tip: x86/urgent] frob: x"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: [PATCH] frob: x", "http://example.org/\nApplied to" + "\n" * 40_000),
        ("Re: [PATCH] frob: x", "http://example.org/\nApplied to the" + " \n" * 40_000),
        (TIP, "\n" * 100_000),
        (TIP, "Committer: " + " " * 20_000 + "\n"),
        (TIP, "Committer: A" + " " * 200_000 + "\n"),
    ],
    ids=["lines below a tree", "blank lines below a tree", "lines of a notice", "a committer of blanks", "blanks"],
)
def test_blank_space_keeps_nothing_busy(subject: str, body: str) -> None:
    begin = time.process_time()
    parse(mail(subject=subject, body=f"{body}x\n"))
    assert time.process_time() - begin < 2  # took from six seconds to minutes


TAG = "Reviewed-by: Rita Reviewer <rita@example.com>"


@pytest.mark.parametrize(
    "words",
    [
        "The patch is " + "badly " * 60 + "in tabs.",
        "Added to " + "a-b-c-d-e " * 20 + "x",
        "Added to a-b " + "for v1.111 " * 20 + "x",
        "I have " * 50 + f"x\n\n{TAG}",
        "For patches " + "1, " * 30 + f"x:\n\n{TAG}",
    ],
    ids=["a word before what it says", "words behind a tree", "releases", "words above a tag", "numbers above a tag"],
)
def test_words_that_are_repeated_are_not_read_in_each_combination(words: str) -> None:
    begin = time.process_time()
    parse(mail(subject="Re: [PATCH] frob: x", body=f"{words}\n"))
    assert time.process_time() - begin < 2  # took years


def test_an_address_is_not_read_in_each_combination() -> None:
    begin = time.process_time()
    parse(mail(subject="Re: [PATCH] frob: x", sender=f"Ann <{'ab_' * 30}@example.org>"))
    assert time.process_time() - begin < 2  # took years


def test_only_so_many_links_of_a_line_are_marked() -> None:
    assert len(links(Line("prose", UNITS["links"] * 500, 0))) <= 80
