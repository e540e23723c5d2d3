"""Mails of which series are derived: the demo's, and made-up odd threads."""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.mbox_split import split_mbox
from patchwatch.sync.ingest import read_mail
from tests.support.joint_threads import by_slow_clocks, from_colleagues, joined_in_v2
from tests.support.mails import mail
from tests.support.paths import DEMO
from tests.support.points import series_with_points, series_with_untouched_points

ANN = "Ann Author <ann@example.org>"
BEN = "Ben Builder <ben@example.net>"
RITA = "Rita Reviewer <rita@example.com>"


def _at(minute: int, day: int = 3) -> str:
    return f"Mon, {day} Jul 2023 {10 + minute // 60}:{minute % 60:02}:00 +0000"


def _odd_threads() -> list[bytes]:
    """Return odd threads: numbers without threading, a resend, a replacement, a rival, a merged pull request."""
    diff = "\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-old\n+new {1}\n"
    found = [
        mail(
            message_id=f"loose-{n}@a",
            subject=f"[PATCH {n}/3] loose part {n}",
            sender=ANN,
            date=_at(n),
            body=diff.format("loose", n),
        )
        for n in (1, 2, 3)
    ]
    found += [
        mail(
            message_id=f"twin-{n}@a",
            subject=f"[PATCH {n}/3] twin part {n}",
            sender=ANN,
            date=_at(200 + n),
            body=diff.format("twin", n),
        )
        for n in (1, 2, 3)
    ]
    found += [
        mail(
            message_id="v1@b",
            subject="[PATCH] frob: turn it once",
            sender=BEN,
            date=_at(1),
            body="x" + diff.format("frob", 9),
        ),
        mail(
            message_id="v1r@b",
            subject="[PATCH RESEND] frob: turn it once",
            sender=BEN,
            date=_at(2, 9),
            body="x" + diff.format("frob", 9),
        ),
        mail(
            message_id="q@c",
            subject="Re: [PATCH] frob: turn it once",
            sender=RITA,
            date=_at(5),
            in_reply_to="v1@b",
            body="Why only once?\n",
        ),
        mail(
            message_id="v2@b",
            subject="[PATCH v2] frob: turn it twice",
            sender=BEN,
            date=_at(9, 10),
            in_reply_to="q@c",
            body="Link to v1: https://lore.kernel.org/r/v1@b\n" + diff.format("frob", 8),
        ),
        mail(
            message_id="rival@a",
            subject="[PATCH] frob: turn it thrice",
            sender=ANN,
            date=_at(30),
            in_reply_to="q@c",
            body="Rather so." + diff.format("frob", 7),
        ),
        mail(
            message_id="late@c",
            subject="Re: [PATCH v2] frob: turn it twice",
            sender=RITA,
            date=_at(20, 10),
            in_reply_to="v2@b",
            body="Applied to frob/for-next, thanks!\n",
        ),
        mail(
            message_id="pull@c",
            subject="[GIT PULL] frob for v6.6",
            sender=RITA,
            date=_at(0, 12),
            body="Please pull.\n\nBen Builder (1):\n      frob: turn it twice\n\n f.c | 2 +-\n",
        ),
        mail(
            message_id="merged@d",
            subject="Re: [GIT PULL] frob for v6.6",
            sender="pr-tracker-bot@kernel.org",
            date=_at(0, 13),
            in_reply_to="pull@c",
            body="The pull request you sent on Mon, 12 Jul 2023 10:00:00 +0000:\n\n> git://x frob\n\n"
            "has been merged into torvalds/linux.git:\nhttps://git.kernel.org/torvalds/c/0123456789ab\n\nThank you!\n",
        ),
        mail(
            message_id="c-2@e",
            subject="[PATCH v3 2/2] cover comes last",
            sender=ANN,
            date=_at(2, 20),
            in_reply_to="c-0@e",
            references=("c-0@e",),
            body=diff.format("whole", 2),
        ),
        mail(
            message_id="c-1@e",
            subject="[PATCH v3 1/2] cover comes first",
            sender=ANN,
            date=_at(1, 20),
            in_reply_to="c-0@e",
            references=("c-0@e",),
            body=diff.format("whole", 1),
        ),
        mail(message_id="c-0@e", subject="[PATCH v3 0/2] whole", sender=ANN, date=_at(0, 20), body="Both.\n"),
        mail(
            message_id="c-1b@e",
            subject="[PATCH v3.1 1/2] cover comes first",
            sender=ANN,
            date=_at(9, 21),
            in_reply_to="c-1@e",
            references=("c-0@e", "c-1@e"),
            body=diff.format("whole", 3),
        ),
    ]
    return found + _tagged_versions(diff)


def _tagged_versions(diff: str) -> list[bytes]:
    """Return three versions with tags that are collected, left behind, dropped or limited, and a bot's results."""
    rita = f"Reviewed-by: {RITA}\n"
    mails = []
    for version, day in ((1, 3), (2, 10), (3, 17)):
        mark = f" v{version}" if version > 1 else ""
        dropped = "Changes: dropped Rita's R-b from patch 1.\n" if version == 3 else ""
        cover = mail(
            message_id=f"t{version}-0@b",
            subject=f"[PATCH{mark} 0/3] tagged",
            sender=BEN,
            date=_at(0, day),
            body=f"x\n{dropped}",
        )
        mails.append(cover)
        for n in (1, 2, 3):
            tag = rita if (version, n) == (2, 2) else ""
            mails.append(
                mail(
                    message_id=f"t{version}-{n}@b",
                    subject=f"[PATCH{mark} {n}/3] tagged: part {n}",
                    sender=BEN,
                    date=_at(n, day),
                    in_reply_to=f"t{version}-0@b",
                    body=f"x\n\n{tag}Signed-off-by: {BEN}{diff.format('tagged', n if n == 3 else 10 * version + n)}",
                )
            )
    answers = (
        ("t1-0@b", RITA, f"For patches 1-2:\n{rita}", 5),
        ("t1-0@b", "Rita Reviewer <rita@home.example>", "Acked-by: Rita Reviewer <rita@home.example> # part\n", 6),
        ("t1-3@b", ANN, f"Reviewed-by: {ANN}\n", 7),
        ("t2-1@b", RITA, rita, 12),
        ("t2-2@b", "kernel test robot <lkp@intel.com>", "kernel test robot noticed the following build errors:\n", 13),
        ("t3-0@b", RITA, "Applied patches 2-3 to frob/for-next, thanks!\n", 19),
    )
    mails += [
        mail(message_id=f"ta{n}@c", subject="Re: tagged", sender=who, date=_at(9, day), in_reply_to=above, body=body)
        for n, (above, who, body, day) in enumerate(answers)
    ]
    return mails


def _demo_mails() -> list[bytes]:
    mails: list[bytes] = []
    for name in ("tcp", "mglru", "xdp"):
        with (DEMO / f"{name}.mbox").open("rb") as stream:
            mails += split_mbox(stream)
    return mails


def _rival_postings() -> list[bytes]:
    """Return an author's many similar postings, of which some were applied, renamed, or continued in the same week."""
    subjects = (
        # (day, subject, file): what precedes what depends on all of them
        (1, "[PATCH] frob: count turns of the left wheel", "left"),
        (1, "[PATCH] frob: count turns of the right wheel", "right"),
        (2, "[PATCH] frob: name the wheels", "wheel"),
        (3, "[PATCH v2] frob: count turns of the left wheel", "left"),
        (3, "[PATCH v2] frob: count turns of every wheel", "right"),
        (4, "[PATCH] frob: stop the right wheel", "right"),
        (5, "[PATCH v2] frob: give names to wheels", "wheel"),
        (6, "[PATCH v3] frob: count all turns", "left"),
        (6, "[PATCH v3] frob: count turns of every wheel", "right"),
        (8, "[PATCH v2] frob: stop the wheel", "right"),
        (9, "[PATCH v4] frob: count turns of wheels", "right"),
    )
    diff = "\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-old\n+new {1}\n"
    mails = [
        mail(
            message_id=f"rival{n}@d",
            subject=subject,
            sender=ANN,
            date=_at(n, day),
            body=f"{subject.split(': ')[1]} because somebody must know of it.{diff.format(file, n)}",
        )
        for n, (day, subject, file) in enumerate(subjects)
    ]
    return mails + [
        mail(
            message_id=f"taken{n}@d",
            subject=f"Re: {subjects[n][1]}",
            sender=RITA,
            date=_at(30, subjects[n][0] + 1),
            in_reply_to=f"rival{n}@d",
            body="Applied to frob/for-next, thanks!\n",
        )
        for n in (2, 3, 5)
    ]


def _contested_postings() -> list[bytes]:
    """Return versions that seem to follow another change until its own come, and some that only their lines connect."""
    words = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel")
    subjects = (
        # (day, subject, file, words of its lines)
        (1, "[PATCH] frob: wheel: remove the unused function is_wheel_round", "wheel", words[:1]),
        (7, "[RFC PATCH v2] frob: wheel: fix the warning when the wheel is released", "wheel", words[1:2]),
        (13, "[PATCH v2] frob: wheel: remove the unused function is_wheel_round", "wheel", words[:1]),
        (20, "[PATCH v3] frob: wheel: fix the warning when the wheel is released", "wheel", words[1:2]),
        (21, "[PATCH v3] frob: wheel: remove the unused function is_wheel_round", "wheel", words[:1]),
        (2, "[PATCH] frob: spin the axle faster", "axle", words),
        (5, "[PATCH] axle: be quick", "axle", (*words[1:], "india")),
        (8, "[PATCH] frob: axle: hurry", "axle", (*words[2:], "india", "juliet")),
        (3, "[PATCH] frob: covert the axle to wood", "wood", words[2:3]),
        (4, "[PATCH] frob: convert the axle to wood", "wood", words[3:4]),
    )
    diff = "\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1,{1} @@\n-old\n{2}"
    return [
        mail(
            message_id=f"contested{n}@f",
            subject=subject,
            sender=ANN,
            date=_at(n, day),
            body=f"Because of {n}."
            + diff.format(file, len(added), "".join(f"+turn_the_wheel_of({word});\n" for word in added)),
        )
        for n, (day, subject, file, added) in enumerate(subjects)
    ]


def _run(
    version: str, first: int, minute: int, day: int, numbers: Sequence[int], of: int, below: tuple[str, ...] = ()
) -> list[bytes]:
    """Return patches that were sent in one go: 0 is a cover letter; the first one begins a thread, unless `below`."""
    diff = "\n---\ndiff --git a/go/{0}.c b/go/{0}.c\n--- a/go/{0}.c\n+++ b/go/{0}.c\n@@ -1 +1 @@\n-old\n+new {1}\n"
    mails: list[bytes] = []
    above = below
    for step, number in enumerate(numbers):
        message_id = f"go{version or 'v1'}-{first + step}@e"
        mails.append(
            mail(
                message_id=message_id,
                subject=f"[PATCH {version + ' ' if version else ''}{number}/{of}] "
                + ("go: turn the big wheel" if number == 0 else f"go: step {number}"),
                sender=BEN,
                date=_at(minute + step, day),
                references=above,
                in_reply_to=above[-1] if above else None,
                body="All of it.\n" if number == 0 else f"x\n{diff.format(number, f'{version}.{day}.{minute}')}",
            )
        )
        above = above or (message_id,)
    return mails


def _several_goes() -> list[bytes]:
    """Return versions of one series, each of which was sent in several goes."""
    rest_later = [*_run("", 0, 0, 3, (0, 1, 2), 4), *_run("", 10, 300, 3, (3, 4), 4)]
    again = [
        *_run("v2", 0, 0, 10, (0, 1, 2, 3, 4), 4),
        *_run("v2", 10, 9, 10, (0,), 4),
        *_run("v2", 20, 0, 14, (0, 1, 2, 3, 4), 4),
    ]
    answers = [
        ("gov1-10@e", f"Reviewed-by: {RITA}\n", 4),
        ("gov2-0@e", "Please split patch 2.\n", 11),
        ("gov2-21@e", f"Reviewed-by: {RITA}\n", 15),
        ("gov2-2@e", f"Acked-by: {RITA}\n", 15),
    ]
    replies = [
        mail(message_id=f"goa{n}@c", subject="Re: go", sender=RITA, date=_at(n, day), in_reply_to=above, body=body)
        for n, (above, body, day) in enumerate(answers)
    ]
    inserted = mail(
        message_id="go-inserted@e",
        subject="[PATCH v2 2.5/4] go: oil it",
        sender=BEN,
        date=_at(300, 14),
        in_reply_to="gov2-22@e",
        body="x\n\n---\ndiff --git a/o.c b/o.c\n--- a/o.c\n+++ b/o.c\n@@ -1 +1 @@\n-old\n+new\n",
    )
    reroll = _run("v3", 3, 0, 20, (3,), 4, ("gov2-20@e", "gov2-23@e"))
    return [*rest_later, *again, *replies, inserted, *reroll]


def committers_threads() -> list[bytes]:
    """Return patches that Mia applies, first by form and then with a word, and others' words on the same list."""
    mia, tess = "Mia Maintainer <mia@kernel.example>", "Tess Tester <tess@example.org>"
    ruth = "Ruth Writer <ruth@docs.example>"
    found: list[bytes] = []

    def posted(name: str, sender: str, *replies: tuple[str, str]) -> None:
        day, to = len(found) % 25 + 1, "knob@vger.kernel.org, linux-kernel@vger.kernel.org"
        subject = f"[PATCH] knob: turn the {name} one"
        found.append(
            mail(
                message_id=f"{name}@m",
                subject=subject,
                sender=sender,
                date=_at(1, day),
                to=to,
                body=f"{name}.\n---\nx\n",
            )
        )
        for number, (by, body) in enumerate(replies, 1):
            own = f"{name}-{number}@m" if "commit:" not in body else f"{name}.b4-ty@m"
            found.append(
                mail(
                    message_id=own,
                    subject=f"Re: {subject}",
                    sender=by,
                    date=_at(60 * number, day),
                    in_reply_to=f"{name}@m",
                    to=to,
                    body=body,
                )
            )

    for name in ("red", "green", "blue"):
        commit = f"Yay!\n\n[1/1] knob: turn the {name} one\n      commit: 0123456789abcdef\n"
        posted(name, ANN, (mia, commit))
    posted("round", ANN, (mia, "Pushed out.\n"))
    posted("square", BEN, (mia, "Fix already traveling.\n"))
    posted("tested", BEN, (tess, "Applied.\n"))
    posted("told", ANN, (tess, "merged!\n"))
    posted("thanked", BEN, (ruth, "Applied, thanks.\n"))
    posted("signed", BEN, ("Rosa Roe <rosa@example.com>", "Applied.\n\nThanks,\nRuth\n"))
    posted("informed", ANN, ("Kai Kol <kai@example.com>", "FYI, I applied this patch.\n"))
    posted(
        "mentioned", BEN, (ruth, "Applied, thanks. It does not build without the frobs, and I see new warnings here.\n")
    )
    posted("held", ANN, (RITA, f"Reviewed-by: {RITA}\n"), (mia, "Please hold off on this one.\n"))
    posted("own", mia, (RITA, f"Reviewed-by: {RITA}\n"))
    posted("done", mia, (mia, "Applied.\n"))
    posted("quiet", mia)
    return found


def _reworded_titles() -> list[bytes]:
    """Return sister patches, and a pull request with one of them and others under reworded titles."""
    titles = (
        "shelf: dust the left board of the shelf once",
        "shelf: dust the left board of the shelf twice",
        "shelf: paint the bb without any drops",
        "shelf: dust the left board of the shelf thrice",
    )
    diff = "\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-old\n+new\n"
    posted = [
        mail(message_id=f"sister{n}@s", subject=f"[PATCH] {title}", sender=ANN, date=_at(n), body=diff.format(f"s{n}"))
        for n, title in enumerate(titles)
    ]
    for name, sender in (("rex", "Ben Builder <ben@example.net>"), ("ludwig", "<ludwig@example.com>")):
        author = f"{name} <{name}@example.com>" if name == "ludwig" else "Rex Writer <rex@example.com>"
        body = f"From: {author}\n\nWhy.{diff.format(name)}"
        subject = f"[PATCH] shelf: hang the {name} side board up without nails"
        posted.append(mail(message_id=f"{name}@s", subject=subject, sender=sender, date=_at(9), body=body))
    listed = (
        ("Ann Author", titles[1], "shelf: paint the back board without drops"),
        ("Rex Writer", "shelf: hang the rex side board up without any nails"),
        ("ludwig", "shelf: hang the ludwig side board up without any nails"),
    )
    log = "\n".join(
        f"{name} ({len(found)}):\n" + "".join(f"      {title}\n" for title in found) for name, *found in listed
    )
    pull = mail(
        message_id="pull@s",
        subject="[GIT PULL] shelf for v6.6",
        sender=RITA,
        date=_at(0, 12),
        body=f"Please pull.\n\n{log}\n f | 2 +\n",
    )
    return [*posted, pull]


READS = {
    "committers": [read_mail(raw) for raw in committers_threads()],
    "demo": [read_mail(raw) for raw in _demo_mails()],
    "made": [read_mail(raw) for raw in _odd_threads()],
    "rivals": [read_mail(raw) for raw in _rival_postings()],
    "contested": [read_mail(raw) for raw in _contested_postings()],
    "points": [read_mail(raw) for raw in series_with_points()],
    "claims": [read_mail(raw) for raw in series_with_untouched_points()],
    "goes": [read_mail(raw) for raw in _several_goes()],
    "reworded": [read_mail(raw) for raw in _reworded_titles()],
    "joint": [read_mail(raw) for raw in (*from_colleagues(), *by_slow_clocks(), *joined_in_v2())],
}
"""The parsed mails, by name."""
