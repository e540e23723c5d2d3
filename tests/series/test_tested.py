"""A bot's results are shown at the version that they name, wherever they were threaded."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.mail.tested import named_posting
from patchwatch.series.checks import checks_of
from patchwatch.series.conversation import thread_keys
from patchwatch.series.revision import find_revisions
from tests.series.test_revision import BEN, RITA, sent
from tests.series.test_sendings import DAY, posted
from tests.support.mails import mail

CI = "Frob CI <ci@example.com>"
V1 = posted("a", numbers=(0, 1, 2), total=2)
V2 = posted("b", DAY, "a0", numbers=(0, 1, 2), total=2, mark="v2")
V2_APART = posted("b", DAY, numbers=(0, 1, 2), total=2, mark="v2")
V3 = posted("d", 2 * DAY, "a0", numbers=(0, 1, 2), total=2, mark="v3")
TITLE = "frob: make it faster"


def result(subject: str, *below: str, body: str = "The log is long.\n", minute: float = 3 * DAY) -> Message:
    return sent("t@ci", subject, minute, *below, sender=CI, body=body)


# Mails, and the root and the patch of the posting that was tested.
CASES: dict[str, tuple[list[Message], tuple[str, int]]] = {
    "rev2, in answer to v1": ([*V1, *V2, result(f"Frob.BAT: failure for {TITLE} (rev2)", "a0")], ("b0", 0)),
    "rev3, in answer to v1": ([*V1, *V2, *V3, result(f"Frob.BAT: success for {TITLE} (rev3)", "a0")], ("d0", 0)),
    "rev2, long after v3": (
        [*V1, *V2, *V3, result(f"Frob.BAT: failure for {TITLE} (rev2)", "d0", minute=9 * DAY)],
        ("b0", 0),
    ),
    "the number in the text": (
        [*V1, *V2, result("Frob.BAT: failure", "a0", body=f"Series: {TITLE} (rev2)\nState : failure\n")],
        ("b0", 0),
    ),
    "rev2 in a thread of its own": ([*V1, *V2_APART, result(f"Frob.BAT: failure for {TITLE} (rev2)")], ("b0", 0)),
    "rev2 below a mail that was never seen": (
        [*V1, *V2_APART, result(f"Frob.BAT: failure for {TITLE} (rev2)", "gone@x")],
        ("b0", 0),
    ),
    "no number, in a thread of its own": ([*V1, result(f"Frob.BAT: failure for {TITLE}")], ("a0", 0)),
    "the subject of v2's patch, in answer to v1": (
        [*V1, *V2, result("Re: [PATCH v2 2/2] frob: step c", "a0", body="Status: FAILURE\n")],
        ("b0", 2),
    ),
    "the subject in brackets, among other words": (
        [*V1, *V2, result("|FAILURE| pw123 [PATCH v2 2/2] frob: step c", "a0", body="It failed.\n")],
        ("b0", 2),
    ),
    "a patch subject in the text": (
        [*V1, *V2, result("Re: frob", "a0", body="Status: FAILURE\npatch subject: [PATCH v2 1/2] frob: step b\n")],
        ("b0", 1),
    ),
    "the third posting, which is v4": (
        [
            *V1,
            *V2,
            *posted("d", 2 * DAY, "a0", numbers=(0, 1), total=1, mark="v4", name="grob"),
            result(f"Frob.BAT: failure for {TITLE} (rev3)", "a0"),
        ],
        ("d0", 0),
    ),
    # It answers what it tested:
    "rev2, in answer to v2's patch": ([*V1, *V2, result(f"CI: failure for {TITLE} (rev2)", "b0", "b2")], ("b0", 2)),
    "no number, in answer to v1": ([*V1, *V2, result(f"CI: failure for {TITLE}", "a0", "a1")], ("a0", 1)),
    "a number of nothing": ([*V1, *V2, result("CI: failure for grob: do more of it (rev9)", "a0", "a1")], ("a0", 1)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_tested(name: str) -> None:
    messages, expected = CASES[name]
    for seed in range(4):
        revisions = find_revisions(random.Random(seed).sample(messages, len(messages)))
        found = [(r.root.message_id, f.patch) for r in revisions for f in r.follow_ups]
        assert found == [expected]
        assert [r.root.message_id for r in revisions if checks_of(r)] == [expected[0]]


@pytest.mark.parametrize(
    "body",
    [
        "Status: FAILURE\npatch link: https://lore.kernel.org/r/b2@x.example\n",
        "Status: FAILURE\nhttps://patch.msgid.link/b2@x.example\n",
        "Status: FAILURE\nMessage-ID: <b2@x.example>\n",
    ],
    ids=["lore", "msgid", "header"],
)
@pytest.mark.parametrize("below", [(), ("gone@x",), ("a0",)], ids=["alone", "unknown", "v1"])
def test_a_link_names_what_was_tested(body: str, below: tuple[str, ...]) -> None:
    patch = sent("b2@x.example", "[PATCH v2 2/2] frob: step c", DAY + 3, "b0")
    tested = result("CI results", *below, body=body)
    revisions = find_revisions([*V1, *V2[:2], patch, tested])
    assert [(r.root.message_id, f.patch) for r in revisions for f in r.follow_ups] == [("b0", 2)]
    assert set(thread_keys(tested)) & set(thread_keys(patch))


def test_a_result_in_a_thread_of_its_own_shares_a_key_with_what_it_tested() -> None:
    tested = result("CI: failure for frob: make the wheel turn (rev2)")
    cover = sent("c", "[PATCH v2 0/3] frob: make the wheel turn", body="All.\n")
    assert set(thread_keys(tested)) & set(thread_keys(cover))


def test_people_and_other_mail_of_bots_name_nothing() -> None:
    person = sent("p", "Re: [PATCH v2 2/2] frob: step c", 3 * DAY, "a0", sender=RITA, body="It fails here.\n")
    applied = parse(mail(sender="patchwork-bot+frob@kernel.org", body="This series was applied to frob.git (main)\n"))
    assert person.tested is None
    assert applied.tested is None
    (first, second) = find_revisions([*V1, *V2, person])
    assert [len(r.follow_ups) for r in (first, second)] == [1, 0]


def test_long_logs_are_not_read() -> None:
    log = "x" * 30_000 + "\nSeries: frob (rev2)\n"
    assert named_posting("CI: failure", log, "t@ci") is None
    many = " ".join(f"https://lore.kernel.org/r/{n}@x.example" for n in range(500))
    named = named_posting("CI: failure", many, "t@ci")
    assert named is not None
    assert len(named.message_ids) < 10


REPORT = sent("report", "frob: WARNING in frob_turn", -DAY, sender=RITA, body="It warns.\n")
FIX = sent("fix", "[PATCH] frob: check the count before the wheel turns", 0, "report")


def thanks(to: str, *titles: str, minute: float = 2 * DAY) -> Message:
    listed = "".join(f"[{n}/{len(titles)}] {t}\n      commit: {n:040x}\n" for n, t in enumerate(titles, 1))
    text = f"On Mon, 3 Jul 2023, Ann Author wrote:\n> words\n\nApplied to frob/next, thanks!\n\n{listed}"
    return sent("1.b4-ty@x", "Re: (subset) frob", minute, to, sender=RITA, body=text)


@pytest.mark.parametrize(
    ("messages", "root"),
    [
        pytest.param([REPORT, FIX, thanks("report", FIX.parts.title)], "fix", id="below the report"),
        pytest.param([FIX, thanks("report", FIX.parts.title)], "fix", id="below a report that was never seen"),
        pytest.param([*V1, *V2, thanks("a0", "frob: step b", "frob: step c")], "a0", id="below the version it answers"),
        pytest.param([REPORT, FIX, thanks("fix", "frob: check the count first")], "fix", id="under another title"),
        pytest.param(
            [
                FIX,
                sent("b", "[PATCH] frob: stop the wheel", 9, "fix", sender=BEN),
                thanks("fix", "frob: stop the wheel"),
            ],
            "b",
            id="below another patch",
        ),
    ],
)
def test_thanks_are_for_the_patches_that_they_list(messages: list[Message], root: str) -> None:
    for seed in range(4):
        revisions = find_revisions(random.Random(seed).sample(messages, len(messages)))
        assert [r.root.message_id for r in revisions for f in r.follow_ups if "b4-ty" in f.message.message_id] == [root]
