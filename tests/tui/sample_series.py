"""Sample series for the tests of the TUI: one of each kind."""

from __future__ import annotations

from patchwatch.series.model import (
    CandidateRow,
    Evidence,
    PredecessorRow,
    StateChangeRow,
)
from tests.tui.sample_mails import (
    APPLIED,
    BOT,
    HOSTILE,
    JONAS,
    LIN,
    MIRA,
    PATCH_V4,
    REPLY,
    SELFTEST,
    SENTENCE,
    Known,
    Posting,
    SampleMail,
    at,
    series_row,
    submission,
)


def drops() -> Known:
    """Two revisions; the newest was applied, according to a bot; three replies to it and one to v4 are unread."""
    title = "net: count drops for each queue"
    v4, v5 = "drops-v4-{}@example.org", "drops-v5-{}@example.org"
    old, new = f"[PATCH net-next v4 {{}}/2] {title}", f"[PATCH net-next v5 {{}}/2] {title}"
    selftest = "[PATCH net-next v5 2/2] selftests: net: check that drops are counted"
    asked, noon = "That makes sense to me. Is the lock really needed, though?", "2023-09-18 12:30"
    older = (
        submission(v4.format(0), old.format(0), 0, when="2023-09-02 08:00"),
        submission(
            v4.format(1), old.format(1), 1, depth=1, parent=v4.format(0), when="2023-09-02 08:00", text=PATCH_V4
        ),
        SampleMail(v4.format("r"), f"Re: {old.format(1)}", REPLY, JONAS, "2023-09-03 12:30", 2, v4.format(1), 1),
    )
    newer = (
        submission(v5.format(0), new.format(0), 0),
        submission(v5.format(1), new.format(1), 1, depth=1, parent=v5.format(0), tags=("Signed-off-by",)),
        SampleMail(
            v5.format("r"),
            f"Re: {new.format(1)}",
            REPLY,
            JONAS,
            noon,
            2,
            v5.format(1),
            1,
            tags=("Reviewed-by",),
            excerpt=asked,
        ),
        SampleMail(
            v5.format("a"),
            f"Re: {new.format(1)}",
            "No, not any more.\n",
            when="2023-09-18 13:00",
            depth=3,
            parent=v5.format("r"),
            patch=1,
            excerpt="No, not any more.",
        ),
        submission(v5.format(2), selftest, 2, depth=1, parent=v5.format(0), text=SELFTEST),
        SampleMail(
            v5.format("bot"),
            f"Re: {new.format(0)}",
            APPLIED,
            BOT,
            "2023-09-19 21:40",
            1,
            v5.format(0),
            bot=True,
            excerpt="Hello: This series was applied",
        ),
    )
    before = PredecessorRow(v4.format(0), ("same-title", "same-author"), by_hand=False)
    postings = (Posting(4, older), Posting(5, newer, "accepted", predecessor=before))
    applied = Evidence(v5.format("bot"), SENTENCE)
    since = at("2023-09-19 21:40")
    row = series_row(
        3,
        title,
        postings,
        state_evidence=applied,
        turn="nobody",
        turn_since=since,
        turn_evidence=applied,
        reviewed=1,
    )
    return row, postings


def drops_history() -> tuple[StateChangeRow, ...]:
    """The history of `drops`."""
    question = "Is the lock really needed, though?"
    v4, v5 = "drops-v4-{}@example.org", "drops-v5-{}@example.org"
    posted = "[PATCH net-next v{} 0/2] net: count drops for each queue"
    return (
        StateChangeRow(4, at("2023-09-02 08:00"), v4.format(0), posted.format(4), "new", "reviewers"),
        StateChangeRow(4, at("2023-09-03 12:30"), v4.format("r"), question, "under-review", "author"),
        StateChangeRow(5, at("2023-09-18 08:00"), v5.format(0), posted.format(5), "new", "reviewers"),
        StateChangeRow(5, at("2023-09-18 12:30"), v5.format("r"), question, "under-review", "author"),
        StateChangeRow(5, at("2023-09-18 13:00"), v5.format("a"), "No, not any more.", "under-review", "reviewers"),
        StateChangeRow(5, at("2023-09-19 21:40"), v5.format("bot"), SENTENCE, "accepted", "nobody"),
    )


def zswap() -> Known:
    """An RFC of four patches that waits for reviewers; overdue and unread."""
    title = "mm/zswap: shrink the pool before it is full"
    names = [title, *(f"mm/zswap: step {n} of the way" for n in range(1, 5))]
    mails = tuple(
        submission(
            f"zswap-{n}@example.org",
            f"[RFC PATCH v3 {n}/4] {name}",
            n,
            who=JONAS,
            when="2023-09-08 07:00",
            unread=True,
            depth=min(n, 1),
            parent="zswap-0@example.org" if n else None,
        )
        for n, name in enumerate(names)
    )
    postings = (Posting(3, mails, "under-review", rfc=True, expected=4),)
    said = Evidence("zswap-2@example.org", "One number for the whole device does not say which queue is too short.")
    lists = ("linux-mm", "linux-kernel")
    row = series_row(7, title, postings, overdue=True, reviewed=2, inboxes=lists, state_evidence=said)
    return row, postings


def chinese() -> Known:
    """A single patch with wide characters in its title; changes requested; read."""
    title = "docs/zh_CN: 更新内核补丁提交指南并修正若干失效链接与术语"
    words = "请把第二段改一下,然后再发一版。"
    mails = (
        submission("zh-1@example.cn", f"[PATCH v2] {title}", 1, who=LIN, when="2023-09-17 01:00"),
        SampleMail(
            "zh-r@example.com",
            f"Re: [PATCH v2] {title}",
            f"谢谢。{words}\n",
            JONAS,
            "2023-09-18 01:00",
            1,
            "zh-1@example.cn",
            1,
            unread=False,
            excerpt=f"谢谢。{words}",
        ),
    )
    postings = (Posting(2, mails, "changes-requested", expected=1),)
    asked = Evidence("zh-r@example.com", words)
    since = at("2023-09-18 01:00")
    row = series_row(9, title, postings, state_evidence=asked, turn="author", turn_since=since, turn_evidence=asked)
    return row, postings


def hostile() -> Known:
    """A series in which every text attacks the terminal or the markup; not watched."""
    marks = "e" + "\u0301" * 9
    text = f"{HOSTILE}\n> {HOSTILE}\nReviewed-by: {HOSTILE} <x@example.org>\n\x1b[2J\x9b31m\x00{marks}\n"
    name, when = (HOSTILE, "x@example.org"), "2023-08-01 00:00"
    mails = (
        submission("evil\x1b[7m@example.org", f"[PATCH] {HOSTILE}", 1, text=text, who=name, when=when, unread=True),
        SampleMail("evil-r@example.org", HOSTILE, text, name, when, 1, "evil\x1b[7m@example.org", excerpt=HOSTILE),
    )
    postings = (Posting(1, mails, "new", expected=1),)
    evidence = Evidence(mails[0].id, HOSTILE)
    row = series_row(11, HOSTILE, postings, watched=False, inboxes=(HOSTILE,), state_evidence=evidence)
    return row, postings


def older_drops() -> Known:
    """An earlier version of `drops`, not linked with it yet."""
    root = submission("drops-v3@example.org", "[PATCH v3] net: tell drops apart", 1, when="2023-08-20 08:00")
    return series_row(2, "net: tell drops apart", (Posting(3, (root,), "new", expected=1),)), (Posting(3, (root,)),)


def likely() -> tuple[CandidateRow, ...]:
    """Link candidates for `drops`: an earlier series, and one with a hostile title."""
    asked = ("same-author", "same-files", "next-version")
    hostile = ("similar-title", "soon-after")
    before, after = at("2023-08-20 08:00"), at("2023-09-08 07:00")
    title = "[PATCH v3] net: tell drops apart"
    return (
        CandidateRow(2, "drops-v3@example.org", "earlier", 6.0, asked, 3, title, MIRA[0], before),
        CandidateRow(7, "zswap-0@example.org", "later", 3.5, hostile, 6, f"[PATCH v6] {HOSTILE}", JONAS[0], after),
    )
