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


def test_handwritten_list_is_not_a_shortlog() -> None:
    assert shortlog("Things to do (3):\n      one\n      two\n\nDone (1):\n- nothing\n") == ()


def test_empty_text_lists_nothing() -> None:
    assert shortlog("") == ()
