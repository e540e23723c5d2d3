"""Which patches the scope of a tag covers."""

from __future__ import annotations

import pytest

from patchwatch.mail.parse import parse
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.tag_coverage import covered_patches
from tests.support.mails import mail

FILES = {
    1: ("io_uring: frob the ring", ["io_uring/ring.c", "include/linux/io_uring.h"]),
    2: ("net: frob the socket", ["net/core/sock.c", "include/linux/skbuff.h"]),
    3: ("treewide: frob them all", ["io_uring/ring.c", "net/core/sock.c", "drivers/pci/frob.c"]),
    4: ("frob it in the selftests too", ["tools/testing/selftests/frob/frob.c"]),
}


def revision(version: str = "") -> Revision:
    mails = [mail(message_id="0@x", subject=f"[PATCH{version} 0/4] frob", body="All.\n")]
    for number, (title, files) in FILES.items():
        diff = "".join(f"diff --git a/{f} b/{f}\n--- a/{f}\n+++ b/{f}\n@@ -1 +1 @@\n-a\n+b\n" for f in files)
        mails.append(
            mail(
                message_id=f"{number}@x",
                subject=f"[PATCH{version} {number}/4] {title}",
                in_reply_to="0@x",
                body=f"Why.\n---\n{diff}",
            )
        )
    (found,) = find_revisions(map(parse, mails))
    return found


ON_THE_COVER = {
    "": (0,),
    "for patches 1-3": (1, 2, 3),
    "patches 1, 2 and 4": (1, 2, 4),
    "for 2/4": (2,),
    "the first two patches": (1, 2),
    "the last patch": (4,),
    "patches 1-4": (0,),
    "for the series": (0,),
    "all 4 patches": (0,),
    "the series except patch 4": (1, 2, 3),
    "the series except the io_uring bits": (2, 3, 4),
    "for the io_uring bits": (1,),
    "for the networking parts": (2,),
    "io_uring/": (1,),
    "net and io_uring": (1, 2),  # patch 3 does more than these two
    "the selftests": (4,),
    "patch 9": (),
    "the 3 patches": (),
    "for the frobnicator bits": (),
    "drivers/pci/": (),
    "for the rest": (),
    "v3": (),
    "with the typo fixed": (),
}


@pytest.mark.parametrize("words", ON_THE_COVER)
def test_a_scope_in_reply_to_the_cover(words: str) -> None:
    assert covered_patches(words, revision(), 0) == ON_THE_COVER[words]


@pytest.mark.parametrize(
    ("words", "answered", "reach"),
    [
        ("", 3, (3,)),
        ("for this patch", 3, (3,)),
        ("for the io_uring bits", 1, (1,)),
        ("for the io_uring bits", 3, ()),  # only a part of the treewide patch
        ("for the io_uring bits", 2, ()),
        ("for patches 1-2", 3, (1, 2)),
        ("for the series", 3, (0,)),
        ("the series except patch 4", 3, (1, 2, 3)),
    ],
)
def test_a_scope_in_reply_to_a_patch(words: str, answered: int, reach: tuple[int, ...]) -> None:
    assert covered_patches(words, revision(), answered) == reach


def test_a_version_as_scope_covers_only_that_version() -> None:
    assert covered_patches("v2", revision(" v2"), 1) == (1,)
    assert covered_patches("v2", revision(" v3"), 1) == ()
