"""Threads of people who work together, or whose clocks are wrong: a part from a colleague, a version from the past."""

from __future__ import annotations

from tests.support.mails import mail

ANN, BEN, RITA = "Ann Author <ann@example.org>", "Ben Builder <ben@example.net>", "Rita Reviewer <rita@example.com>"
ARM, LEFT_ARM = "\tthrow_the_shuttle(arm);", "\tthrow_the_shuttle(left_arm);"
QUOTED = f"> +{ARM}\n\nPlease name the arm."


def patch(
    message_id: str,
    subject: str,
    day: int,
    *below: str,
    sender: str = ANN,
    file: str = "loom",
    line: str = "new",
    text: str = "Why.",
) -> bytes:
    """A patch that adds a line to a file, or a mail without a diff if `file` is empty; on a day of July 2023."""
    diff = f"---\ndiff --git a/{file}.c b/{file}.c\n--- a/{file}.c\n+++ b/{file}.c\n@@ -1 +1 @@\n-old\n+{line}\n"
    return mail(
        message_id=f"{message_id}@loom",
        subject=subject,
        sender=sender,
        date=f"{day} Jul 2023 10:00:00 +0000",
        references=tuple(f"{one}@loom" for one in below),
        in_reply_to=f"{below[-1]}@loom" if below else None,
        body=f"{text}\n{diff if file else ''}",
    )


def from_colleagues() -> list[bytes]:
    """Return a series of which Ben sent the second patch, with a review of it."""
    return [
        patch("c0", "[PATCH 0/2] loom: weave linen", 3, file="", text="Both."),
        patch("c1", "[PATCH 1/2] loom: spin flax", 3, "c0"),
        patch("c2", "[PATCH 2/2] loom: weave flax", 3, "c0", sender=BEN, file="weft"),
        patch("cr", "Re: [PATCH 2/2] loom: weave flax", 4, "c0", "c2", sender=RITA, file="", text="Please wash it."),
    ]


def joined_in_v2() -> list[bytes]:
    """Return two single patches, each with a review, and v2 of both as a series, whose first patch has a tag."""
    return [
        patch("a1", "[PATCH] shuttle: throw it farther", 6, file="shuttle", line=ARM),
        patch("ar", "Re: [PATCH] shuttle: throw it farther", 7, "a1", sender=RITA, file="", text=QUOTED),
        patch("b1", "[PATCH] reed: beat it harder", 8, file="reed"),
        patch("br", "Re: [PATCH] reed: beat it harder", 9, "b1", sender=RITA, file="", text=f"Reviewed-by: {RITA}"),
        patch("j0", "[PATCH v2 0/2] loom: weave faster", 12, file="", text="Shuttle and reed."),
        patch("j1", "[PATCH v2 1/2] reed: beat it harder", 12, "j0", file="reed", line="hard"),
        patch(
            "j2",
            "[PATCH v2 2/2] shuttle: throw it farther",
            12,
            "j0",
            file="shuttle",
            line=LEFT_ARM,
        ),
    ]


def by_slow_clocks() -> list[bytes]:
    """Return v1 of the 20th with a review, and v2 that answers it on the 5th."""
    return [
        patch("s1", "[PATCH] loom: oil the treadle", 20),
        patch("sr", "Re: [PATCH] loom: oil the treadle", 21, "s1", sender=RITA, file="", text="Please use less oil."),
        patch("s2", "[PATCH v2] loom: oil the treadle", 5, "s1", "sr", line="newer"),
    ]
