"""The learned outlook of a version: its features, what it was taught, what it names, and its file."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from patchwatch.mail.parse import parse
from patchwatch.series.outcome import (
    FEATURES,
    FILE,
    SURE,
    OutcomeModel,
    chance_of_new_version,
    default_model,
    explain,
    measure,
    read_model,
)
from patchwatch.series.regression import Term
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.tags import tags_of
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
RITA = "Rita Reviewer <rita@example.com>"
MAX = "Max Maintainer <max@example.net>"
ROBOT = "kernel test robot <lkp@intel.com>"
DIFF = "> @@ -1,3 +1,4 @@ int frob(void)\n> +\tret = frob_now(dev);\n"
TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"


def mails(*replies: tuple[str, str]) -> list[bytes]:
    """A patch, and who says what of it on the days after."""
    return [
        mail(
            message_id="p@x", subject="[PATCH] frob: lock it", sender=ANN, body="It races.\n---\ndiff --git a/f b/f\n"
        ),
        *(
            mail(
                message_id=f"{day}@x",
                subject="Re: [PATCH] frob: lock it",
                sender=sender,
                date=f"Mon, {day + 3} Jul 2023 10:00:00 +0000",
                in_reply_to="p@x" if day == 1 else f"{day - 1}@x",
                body=body,
            )
            for day, (sender, body) in enumerate(replies, 1)
        ),
    ]


def revision(*replies: tuple[str, str]) -> Revision:
    (found,) = find_revisions(map(parse, mails(*replies)))
    return found


def chance(*replies: tuple[str, str]) -> float:
    found = chance_of_new_version(revision(*replies))
    assert found is not None
    return found


LIKELY = {
    "the author promises one": [
        (RITA, f"{DIFF}Please use the helper instead, and drop the cast.\n"),
        (ANN, "> Please use the helper\n\nGood point, will fix in v2.\n"),
    ],
    "requests below the diff": [
        (RITA, f"{DIFF}Please don't do this here. You should use the helper instead.\n{DIFF}Missing error handling.\n"),
    ],
    "it does not build": [(MAX, "This does not build for me. Please fix the warnings and resend.\n")],
    "a second reviewer agrees with the first": [
        (RITA, f"{DIFF}This should be a separate patch.\n"),
        (MAX, "> This should be a separate patch.\n\nYes, please split it.\n"),
    ],
}
UNLIKELY = {
    "a review": [(RITA, f"Looks good to me, thanks.\n\n{TAG}")],
    "two reviews": [(RITA, TAG), (MAX, "Acked-by: Max Maintainer <max@example.net>\n")],
    "a review and a ping": [(RITA, TAG), (ANN, "Gentle ping, could this be picked up?\n")],
}


@pytest.mark.parametrize("replies", LIKELY.values(), ids=LIKELY.keys())
def test_a_new_version_is_likely(replies: list[tuple[str, str]]) -> None:
    assert chance(*replies) > 0.6


@pytest.mark.parametrize("replies", UNLIKELY.values(), ids=UNLIKELY.keys())
def test_a_version_is_likely_to_be_applied_as_it_is(replies: list[tuple[str, str]]) -> None:
    assert chance(*replies) < 0.35


def test_of_what_is_clear_it_is_sure() -> None:
    asked = (RITA, f"{DIFF}Please don't do this here. You should use the helper.\n{DIFF}Missing error handling.\n")
    promised = (ANN, "> Please don't do this\n\nGood point, will fix in v2.\n")
    assert chance(asked, promised) > SURE
    assert chance((RITA, TAG), (MAX, "Looks good.\n\nAcked-by: Max Maintainer <max@example.net>\n")) < 1 - SURE


def test_what_is_added_changes_the_chance() -> None:
    question = (RITA, f"{DIFF}Why is the lock needed here?\n")
    answer = (ANN, "> Why is the lock needed\n\nBecause the interrupt handler takes it as well.\n")
    settled = (RITA, f"> Because the interrupt\n\nAh, fine then.\n\n{TAG}")
    promised = (ANN, "> Why is the lock needed\n\nIndeed it is not. I'll remove it in v2.\n")
    assert chance(question, answer, settled) < chance(question, answer) < chance(question, promised)


def test_before_anybody_else_has_answered_nothing_is_judged() -> None:
    assert chance_of_new_version(revision()) is None
    assert chance_of_new_version(revision((ANN, "Please ignore the typo.\n"))) is None
    assert chance_of_new_version(revision((ROBOT, "kernel test robot noticed the following build errors:\n"))) is None


def test_a_robots_failure_counts_besides_what_people_say() -> None:
    failure = (ROBOT, "kernel test robot noticed the following build errors:\n")
    assert chance((RITA, TAG), failure) > chance((RITA, TAG)) + 0.1


@pytest.mark.parametrize(
    "answer", ["NAK, this is wrong.\n", "Please ignore this report.\n", f"Fixed, thanks.\n\n{TAG}"]
)
def test_what_others_say_to_a_robot_changes_nothing(answer: str) -> None:
    failure = (ROBOT, "kernel test robot noticed the following build errors:\n")
    assert chance((RITA, "Looks good.\n"), failure, (MAX, answer)) == chance((RITA, "Looks good.\n"), failure)
    assert chance_of_new_version(revision(failure, (MAX, answer))) is None


def test_what_the_author_promises_a_robot_counts() -> None:
    said = [(RITA, "Looks good.\n"), (ROBOT, "kernel test robot noticed the following build errors:\n")]
    assert chance(*said, (ANN, "Good catch, will fix in v2.\n")) > chance(*said) + 0.1


def test_the_order_of_arrival_makes_no_difference() -> None:
    parsed = [parse(raw) for raw in mails((RITA, f"{DIFF}Why?\n"), (ANN, "Because.\n"), (MAX, "Please split it.\n"))]
    chances = {chance_of_new_version(find_revisions(order)[0]) for order in itertools.permutations(parsed)}
    assert len(chances) == 1


def test_known_tags_give_the_same_chance() -> None:
    found = revision((RITA, TAG), (MAX, "Please split it.\n"))
    assert chance_of_new_version(found, tags_of(found)) == chance_of_new_version(found)


@pytest.mark.parametrize("replies", [[], *LIKELY.values(), *UNLIKELY.values()])
def test_each_feature_is_measured_and_finite(replies: list[tuple[str, str]]) -> None:
    measured = measure(revision(*replies))
    assert tuple(measured) == FEATURES
    assert all(map(math.isfinite, measured.values()))


@pytest.mark.parametrize("outlook", [(30_000, 30_000), (-30_000, -30_000)])
def test_however_much_is_said_the_chance_stays_a_probability(outlook: tuple[int, int]) -> None:
    found = revision(*[(RITA, "Please fix it.\n"), (ANN, "Done in v2.\n")] * 12)
    follow_ups = [replace(f, message=structs.replace(f.message, outlook=outlook)) for f in found.follow_ups]
    judged = chance_of_new_version(replace(found, follow_ups=tuple(follow_ups * 50)))
    assert judged is not None
    assert 0 < judged < 1


# ---- why


def test_the_mails_that_weigh_most_are_named_with_their_heaviest_sentence() -> None:
    found = explain(
        revision(
            (RITA, f"> It races.\n\nThe log is long.\n{DIFF}Please use the helper instead of this.\n"),
            (ANN, "> Please use the helper\n\nSure. I will send a v2.\n"),
            (MAX, "Looks good to me, thanks.\n\nAcked-by: Max Maintainer <max@example.net>\n"),
        )
    )
    by_mail = {one.message_id: one for one in found}
    assert by_mail["1@x"].text == "Please use the helper instead of this."
    assert by_mail["2@x"].by_author
    assert "v2" in by_mail["2@x"].text
    assert by_mail["1@x"].weight > 0 > by_mail["3@x"].weight
    assert [abs(one.weight) for one in found] == sorted((abs(one.weight) for one in found), reverse=True)


def test_at_most_so_many_mails_are_named_and_robots_never() -> None:
    found = revision(*[(RITA, f"{DIFF}Please fix this.\n")] * 9, (ROBOT, "noticed the following build errors:\n"))
    assert len(explain(found, most=3)) == 3
    assert "10@x" not in {one.message_id for one in explain(found, most=20)}
    assert explain(revision()) == ()


# ---- the file


def test_the_model_that_comes_with_patchwatch_has_a_term_for_each_feature() -> None:
    model = default_model()
    assert tuple(model.terms) == FEATURES
    assert FILE.stat().st_size < 6_000


def terms() -> dict[str, Term]:
    return {name: Term(0.5, 0.0, 1.0) for name in FEATURES}


BROKEN = {
    "another feature": OutcomeModel({**terms(), "weather": Term(1.0, 0.0, 1.0)}, 0.0),
    "a feature less": OutcomeModel(dict(list(terms().items())[1:]), 0.0),
    "another order": OutcomeModel(dict(reversed(terms().items())), 0.0),
    "no scale": OutcomeModel({**terms(), FEATURES[0]: Term(1.0, 0.0, 0.0)}, 0.0),
}


@pytest.mark.parametrize("model", BROKEN.values(), ids=BROKEN.keys())
def test_a_model_of_other_features_is_refused(model: OutcomeModel, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(msgspec.json.encode(model))
    with pytest.raises(ValueError, match="train it again"):
        read_model(tmp_path / "model.json")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"bias": "high", "terms": {}}'])
def test_a_file_of_another_format_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(ValueError, match="train it again"):
        read_model(tmp_path / "model.json")


def test_judging_needs_nothing_beyond_python_and_msgspec() -> None:
    code = (
        "import sys\n"
        "for name in ('numpy', 'scipy', 'sklearn', 'sqlalchemy'): sys.modules[name] = None\n"
        "from patchwatch.series.outcome import FEATURES, default_model\n"
        "default_model().chance(dict.fromkeys(FEATURES, 1.0))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
