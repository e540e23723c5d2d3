"""Parsing git's shortlogs."""

from __future__ import annotations

from patchwatch.mail.shortlog import shortlog

PULL = """\
The following changes since commit 0123456789ab:

  Linux 6.12-rc1 (2024-09-29 15:06:19 -0700)

----------------------------------------------------------------
Ann Author (2):
      fizz: count once
      fizz: Revert "count twice"

Zoë O'Neill (1):
      buzz: a title that is so long that git's shortlog, when it is asked
         to, wraps it

 fizz.c | 2 +-
 2 files changed, 3 insertions(+), 1 deletion(-)
"""


def test_patches_are_listed_with_their_authors() -> None:
    assert shortlog(PULL) == (
        ("Ann Author", "fizz: count once"),
        ("Ann Author", 'fizz: Revert "count twice"'),
        ("Zoë O'Neill", "buzz: a title that is so long that git's shortlog, when it is asked to, wraps it"),
    )


def test_titles_that_a_mail_program_wrapped_are_joined() -> None:
    wrapped = """\
Ann Author (3):
       fizz: count the frobs of all the widgets that are connected in
the other domain
       fizz: count once
       fizz: a title with a function that is long enough, that is
frob_count_widgets_in_domain()

Bob Builder (1):
      buzz: print it
"""
    assert shortlog(wrapped) == (
        ("Ann Author", "fizz: count the frobs of all the widgets that are connected in the other domain"),
        ("Ann Author", "fizz: count once"),
        ("Ann Author", "fizz: a title with a function that is long enough, that is frob_count_widgets_in_domain()"),
        ("Bob Builder", "buzz: print it"),
    )


def test_titles_that_a_mail_program_indented_with_no_break_spaces_are_found() -> None:
    indent = " " + 5 * "\u00a0"
    listed = f"Ann Author (2):\n{indent}fizz: count once\n{indent}fizz: count twice\n"

    assert shortlog(listed) == (("Ann Author", "fizz: count once"), ("Ann Author", "fizz: count twice"))


def test_text_below_a_short_title_does_not_continue_it() -> None:
    assert shortlog("Ann Author (1):\n      fizz: count once\nand more.\n") == (("Ann Author", "fizz: count once"),)


def test_handwritten_list_is_not_a_shortlog() -> None:
    assert shortlog("Things to do (3):\n      one\n      two\n\nDone (1):\n- nothing\n") == ()


def test_empty_text_lists_nothing() -> None:
    assert shortlog("") == ()


def test_titles_without_indentation_are_found_behind_their_hashes() -> None:
    listed = "Ann Author (2):\n[0123456789ab] fizz: count once\n[123456789abc] fizz: count twice\n\nBob Builder (1):\n"
    titles = (("Ann Author", "[0123456789ab] fizz: count once"), ("Ann Author", "[123456789abc] fizz: count twice"))
    assert shortlog(f"{listed}      [23456789abcd] buzz: print it\n")[:2] == titles
    assert shortlog(f"{listed}[23456789abcd] buzz: print it\n")[2] == ("Bob Builder", "[23456789abcd] buzz: print it")
    assert shortlog(f"{listed}[RFC] buzz: print it\n") == titles
    assert shortlog("Ann Author (2):\n[0123456789ab] fizz: count once\n") == ()
