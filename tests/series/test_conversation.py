"""Which messages are one conversation: ids, references, and what an unthreaded posting has in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.conversation import stem, thread_keys
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
BEN = "Ben Builder <ben@example.net>"
SHA = "0123456789abcdef0123456789abcdef01234567"


def loose(number: int, seconds: int = 0, *, version: str = "", of: int = 3, sender: str = ANN) -> Message:
    """A numbered patch without references, with a random message-id."""
    sent = datetime(2023, 7, 3, 10, tzinfo=UTC) + timedelta(seconds=seconds)
    return parse(
        mail(
            message_id=f"{seconds}.{number}.{of}{version}@{sender[:3]}",
            subject=f"[PATCH {version}{number}/{of}] frob: part {number}",
            sender=sender,
            date=format_datetime(sent),
        )
    )


def meet(one: Message, other: Message) -> bool:
    return bool(set(thread_keys(one)) & set(thread_keys(other)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("20230703100000.4711-1-ann@example.org", "20230703100000.4711-12-ann@example.org"),
        ("20230703-frob-v2-0-0123456789ab@example.org", "20230703-frob-v2-3-0123456789ab@example.org"),
        ("20230703-turn-it-v10-v1-1-0123456789ab@example.org", "20230703-turn-it-v10-v1-2-0123456789ab@example.org"),
        ("cover.1688378400.git.ann@example.org", f"{SHA}.1688378400.git.ann@example.org"),
    ],
    ids=["git send-email", "b4", "b4, a version in the slug", "git format-patch --thread"],
)
def test_message_ids_of_one_run_share_a_stem(first: str, second: str) -> None:
    assert stem(first)
    assert stem(first) == stem(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("20230703100000.4711-1-ann@example.org", "20230703100000.4712-1-ann@example.org"),
        ("20230703100000.4711-1-ann@example.org", "20230703100001.4711-1-ann@example.org"),
        ("20230703100000.4711-1-ann@example.org", "20230703100000.4711-1-ben@example.org"),
        ("20230703-frob-v2-1-0123456789ab@example.org", "20230703-frob-v3-1-0123456789ab@example.org"),
        ("20230703-frob-v2-1-0123456789ab@example.org", "20230703-frob-v2-1-ba9876543210@example.org"),
        ("cover.1688378400.git.ann@example.org", "cover.1688378401.git.ann@example.org"),
    ],
    ids=["process", "second", "user", "version", "hash", "time"],
)
def test_message_ids_of_two_runs_have_different_stems(first: str, second: str) -> None:
    assert stem(first) != stem(second)


@pytest.mark.parametrize(
    "message_id",
    [
        "",
        "1@example.org",
        "ZKKdW3fV4e0=@example.org",
        "87h6qk1c2x.fsf@example.org",
        "CAAbb1-2-ccDD@mail.example.org",
        f"{SHA}@example.org",
        "2023070310.4711-1-ann@example.org",
    ],
)
def test_other_message_ids_have_no_stem(message_id: str) -> None:
    assert stem(message_id) == ""


@given(start=st.integers(0, 86_400), apart=st.integers(0, 7_200))
def test_unthreaded_patches_within_two_hours_are_joined(start: int, apart: int) -> None:
    assert meet(loose(1, start), loose(2, start + apart))


@given(start=st.integers(0, 86_400), apart=st.integers(2 * 3_600, 24 * 3_600))
def test_the_rest_of_a_posting_is_joined_for_a_day(start: int, apart: int) -> None:
    assert meet(loose(1, start), loose(2, start + apart))


@given(start=st.integers(0, 86_400), apart=st.integers(3 * 86_400, 10 * 86_400))
def test_unthreaded_patches_sent_days_apart_are_not_joined(start: int, apart: int) -> None:
    assert not meet(loose(1, start), loose(2, start + apart))


def test_a_posting_of_every_day_does_not_make_one_conversation() -> None:
    covers = [
        parse(
            mail(message_id=f"{day}@a", subject=f"[PATCH 0/3] frob {day}", date=f"Mon, {day} Jul 2023 12:00:00 +0000")
        )
        for day in (3, 4, 5)
    ]
    assert not any(meet(one, other) for one, other in pairwise(covers))


@pytest.mark.parametrize("subject", ["[PATCH v2] frob: turn the wheel", "[PATCH v2 0/3] frob: turn the wheel"])
def test_the_same_version_of_a_title_is_joined_at_any_time(subject: str) -> None:
    first, other = (
        parse(mail(message_id=f"{day}@a", subject=subject, sender=ANN, date=f"Mon, {day} Jul 2023 12:00:00 +0000"))
        for day in (3, 30)
    )
    assert meet(first, other)
    assert not meet(first, parse(mail(message_id="3@b", subject=subject.replace("v2", "v3"), sender=ANN)))


def test_a_title_of_few_words_is_joined_for_one_author_only() -> None:
    first, other = (parse(mail(message_id=who, subject="[PATCH] frob: typo", sender=who)) for who in (ANN, BEN))
    assert not meet(first, other)


@pytest.mark.parametrize(
    "other",
    [loose(2, 60, sender=BEN), loose(2, 60, version="v2 "), loose(2, 60, of=4), loose(2, 60, version="v1.1 ")],
    ids=["author", "version", "count", "minor version"],
)
def test_unthreaded_patches_of_another_posting_are_not_joined(other: Message) -> None:
    assert not meet(loose(1), other)


def test_a_threaded_patch_joins_its_thread_and_what_completes_it() -> None:
    threaded = parse(mail(message_id="2@a", subject="[PATCH 2/3] frob: part 2", sender=ANN, in_reply_to="cover@a"))
    cover = parse(mail(message_id="cover@a", subject="[PATCH 0/3] frob", sender=ANN))
    assert meet(threaded, cover)
    assert meet(threaded, loose(1))  # its cover may have another message-id than its author gave it
    assert not meet(threaded, loose(1, 3 * 86_400))


def test_single_patches_and_replies_are_not_joined_by_time() -> None:
    singles = [parse(mail(message_id=f"{n}@a", subject=f"[PATCH] frob: step {n}", sender=ANN)) for n in (1, 2)]
    replies = [parse(mail(message_id=f"r{n}@a", subject=f"Re: [PATCH {n}/3] frob", sender=ANN)) for n in (1, 2)]
    assert not meet(*singles)
    assert not meet(*replies)
    assert not meet(singles[0], loose(1))


@pytest.mark.parametrize("cover", ["[PATCH 0/2] frob", "[PATCH v2 0/2] frob"])
def test_an_unthreaded_run_is_joined_by_its_stem_at_any_time(cover: str) -> None:
    """Even if only the cover states the version."""
    first = parse(mail(message_id="20230703100000.4711-1-ann@a", subject=cover, sender=ANN))
    second = parse(
        mail(
            message_id="20230703100000.4711-2-ann@a",
            subject="[PATCH 1/2] frob: part 1",
            sender=ANN,
            date="Wed, 5 Jul 2023 10:00:00 +0000",
        )
    )
    assert meet(first, second)


def test_a_reply_with_300_references_keeps_the_first_and_the_last() -> None:
    above = tuple(f"{n}@example.org" for n in range(300))
    found = thread_keys(parse(mail(message_id="deep@example.org", subject="Re: frob", references=above)))
    assert {"deep@example.org", "0@example.org", "299@example.org"} <= set(found)
    assert len(found) < 100


def test_a_notice_joins_the_mails_that_it_links_to() -> None:
    notice = parse(
        mail(
            message_id="tip@tip",
            subject="[tip: x86/core] x86/frob: Turn it once",
            sender="tip-bot2 for Ann Author <tip-bot2@example.com>",
            body="The following commit has been merged into the x86/core branch of tip:\n\n"
            "Link: https://lore.kernel.org/r/turn@a\n",
        )
    )
    assert meet(notice, parse(mail(message_id="turn@a", subject="[PATCH] x86/frob: Turn it once", sender=ANN)))


@pytest.mark.parametrize(
    ("title", "to", "joined"),
    [
        ("frob: faster", "ann@example.org", True),
        ("frob: faster", "netdev@vger.kernel.org", False),
        ("frob: clamp the delta", "netdev@vger.kernel.org", True),
        ("frob: make it faster", "netdev@vger.kernel.org", True),
    ],
)
def test_a_result_in_a_thread_of_its_own_joins_what_it_names(title: str, to: str, joined: bool) -> None:
    posted = parse(mail(message_id="v2@a", subject=f"[PATCH v2 0/2] {title}", sender="Ann Author <ann@example.org>"))
    result = parse(
        mail(
            message_id="ci@a",
            subject=f"[frob-ci] FAILED: [PATCH v2 0/2] {title}",
            sender="frob CI <ci-bot@frobci.example>",
            body=f"Automated test results for:\n\n  [PATCH v2 0/2] {title}\n\nResult: FAILED\n",
            to=to,
        )
    )
    assert meet(posted, result) == joined
