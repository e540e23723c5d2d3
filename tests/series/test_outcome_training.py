"""Training the judge of versions: what came next, and that the same mails give the same files."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.mails import mail
from tests.support.paths import ROOT

TREES = ("frob", "blob", "grob")
PEOPLE = [
    f"{name} Person <{name.lower()}@example.com>" for name in ("Una", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal")
]
MADE = 32  # changes per list


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    return importlib.import_module("outcome_lists")


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    pytest.importorskip("sklearn")
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    return importlib.import_module("train_outcomes")


def at(minutes: int) -> str:
    return f"Mon, {3 + minutes // 1440} Jul 2023 {minutes // 60 % 24:02}:{minutes % 60:02}:00 +0000"


def patch(name: str, version: int, minutes: int, *, mark: str = "") -> bytes:
    prefix = f"PATCH v{version}" if version > 1 else "PATCH"
    return mail(
        message_id=f"{name}{mark}-v{version}@x",
        subject=f"[{mark or ''}{' ' if mark else ''}{prefix}] {name}: take the lock that {name} needs",
        date=at(minutes),
        body=f"It races.\n---\ndiff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+{version}\n",
    )


def reply(name: str, number: int, sender: str, minutes: int, body: str) -> bytes:
    return mail(
        message_id=f"{name}-r{number}@x",
        subject=f"Re: [PATCH] {name}: take the lock that {name} needs",
        sender=sender,
        date=at(minutes),
        in_reply_to=f"{name}-v1@x",
        body=body,
    )


def archive(tree: str) -> Iterator[bytes]:
    """Of the changes on a list, those that are criticized are posted again, and the others applied."""
    for number in range(MADE):
        name, person = f"{tree}{chr(97 + number % 26)}{chr(97 + number // 26)}", PEOPLE[number // 2 % len(PEOPLE)]
        yield patch(name, 1, 0)
        if number % 2:
            yield reply(name, 1, person, 60, "> It races.\n\nPlease rework this error path.\n")
            yield patch(name, 2, 3000)
        else:
            yield reply(name, 1, person, 60, "This seems splendid to me.\n")
            yield reply(name, 2, "Max Maintainer <max@example.net>", 3000, "Applied to frob-next, thanks.\n")


ENDS = {
    "posted again": ([reply("frob", 1, PEOPLE[0], 60, "Why?\n"), patch("frob", 2, 99)], [True]),
    "applied": (
        [reply("frob", 1, PEOPLE[0], 60, "Why?\n"), reply("frob", 2, PEOPLE[1], 99, "Applied to frob-next, thanks.\n")],
        [False],
    ),
    "posted again, and that applied": (
        [
            reply("frob", 1, PEOPLE[0], 60, "Why?\n"),
            patch("frob", 2, 99),
            reply("frob", 2, PEOPLE[1], 120, "Applied to frob-next, thanks.\n"),
        ],
        [True],
    ),
    "applied before anybody else said anything": (
        [reply("frob", 2, PEOPLE[1], 99, "Applied to frob-next, thanks.\n")],
        [],
    ),
    "posted again without an answer": ([patch("frob", 2, 99)], []),
    "nothing yet": ([reply("frob", 1, PEOPLE[0], 60, "Why?\n")], []),
    "only its author answered": (
        [reply("frob", 1, "Ann Author <ann@example.org>", 60, "Ping?\n"), patch("frob", 2, 99)],
        [],
    ),
    "sent again as it was": ([reply("frob", 1, PEOPLE[0], 60, "Why?\n"), patch("frob", 1, 99, mark="RESEND")], []),
}


@pytest.mark.parametrize(("mails", "ends"), ENDS.values(), ids=ENDS.keys())
def test_what_came_next(lists: ModuleType, mails: list[bytes], ends: list[bool]) -> None:
    assert [found.again for found in lists.outcomes([patch("frob", 1, 0), *mails])] == ends


def test_only_what_was_said_before_is_read_at_each_silence_of_a_day(lists: ModuleType) -> None:
    mails = [
        patch("frob", 1, 0),
        reply("frob", 1, "Ann Author <ann@example.org>", 10, "Cc stable.\n"),
        reply("frob", 2, PEOPLE[0], 2000, "Why?\n"),
        reply("frob", 3, PEOPLE[1], 2010, "Indeed, why?\n"),
        reply("frob", 4, PEOPLE[1], 4000, "Anyway.\n"),
        patch("frob", 2, 5000),
        reply("frob", 5, PEOPLE[2], 6000, "Too late.\n"),
    ]
    (found,) = lists.outcomes(mails)
    assert [f.message.message_id for f in found.revision.follow_ups] == [f"frob-r{n}@x" for n in (1, 2, 3, 4)]
    assert found.moments == (3, 4)
    assert set(found.words) == {f"frob-r{n}@x" for n in (1, 2, 3, 4)}


def test_the_same_mails_give_the_same_files(training: ModuleType, lists: ModuleType, tmp_path: Path) -> None:
    made = [lists.OutcomeList(tree, tuple(lists.outcomes(archive(tree)))) for tree in TREES]
    assert [len(one.outcomes) for one in made] == [MADE] * len(TREES)
    files = []
    for again in range(2):
        words, model = training.train(training.Examples(made))
        paths = tmp_path / f"words-{again}.json", tmp_path / f"model-{again}.json"
        training.outlook.write_model(words, paths[0])
        training.write(model, paths[1])
        assert training.outcome.read_model(paths[1]) == model
        files.append([path.read_bytes() for path in paths])
    assert files[0] == files[1]
    criticized, praised = (next(one for one in made[0].outcomes if one.again == again) for again in (True, False))
    judged = [words.outlook(set(one.words[one.root.replace("v1", "r1")])) for one in (criticized, praised)]
    assert judged[0].by_other > 0 > judged[1].by_other


def test_one_list_is_not_enough(training: ModuleType, lists: ModuleType) -> None:
    only = lists.OutcomeList("frob", tuple(lists.outcomes(archive("frob"))))
    with pytest.raises(ValueError, match="two lists"):
        training.train(training.Examples([only]))
