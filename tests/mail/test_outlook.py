"""The learned words of a reply: what is read of it, their file, and that judging needs nothing but Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from patchwatch.mail.body import Passage, of_reply
from patchwatch.mail.message import Trailer
from patchwatch.mail.outlook import (
    FILE,
    Outlook,
    OutlookModel,
    default_model,
    features,
    outlook,
    outlook_of_text,
    read_model,
    write_model,
)
from patchwatch.mail.parse import parse
from tests.support.mails import mail

RITA = "Rita Reviewer <rita@example.com>"
DIFF = "> @@ -1,3 +1,4 @@ int frob(void)\n> +\tret = frob_now(dev);\n"
REVIEWED = Trailer("Reviewed-by", RITA)


def found(text: str, *tags: Trailer) -> set[int]:
    """The features of a reply with this text."""
    return features(of_reply(text)[1], tags)


SAME = {
    "case": ("Please Rename it.", "please rename it."),
    "numbers": ("Send v2 on 14 May.", "Send v3 on 9 May."),
    "white space": ("Please rename\nit.\n", "Please  rename it.\n"),
    "apostrophes": ("This doesn't build.", "This doesn\u2019t build."),
    "who gives a tag": ("Fine.\n\nReviewed-by: Rita <r@x>\n", "Fine.\n\nReviewed-by: Otto Other <o@y>\n"),
    "links": ("See https://lore.kernel.org/r/1@x there", "See https://example.org/two-words there"),
    "what is quoted further up": (f"> Drop it!\n{DIFF}Fine.\n", f"{DIFF}Fine.\n"),
    "letters that are not ASCII": ("Grüße, please rename it", "Gre, please rename it"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_what_makes_no_difference(one: str, other: str) -> None:
    assert found(one) == found(other)


DIFFERENT = {
    "words": ("Please rename it.", "Please keep it."),
    "their order": ("never mind, do that", "mind that, never do"),
    "a question mark": ("Is it right?", "Is it right."),
    "below a diff or a description": (f"{DIFF}Not here.\n", "> It frobs.\n\nNot here.\n"),
    "below a quote or nothing": ("> It frobs.\n\nNot here.\n", "Not here.\n"),
    "in one place or in two": (f"{DIFF}Drop this.\n", f"{DIFF}Drop\n{DIFF}this.\n"),
    "with a patch": (
        f"{DIFF}Like so:\n",
        f"{DIFF}Like so:\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n",
    ),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_makes_a_difference(one: str, other: str) -> None:
    assert found(one) != found(other)


def test_only_the_tags_of_the_sender_are_read() -> None:
    passed_on = Trailer("Tested-by", "Otto Other <otto@example.com>", own=False)
    assert found("Fine.", REVIEWED) != found("Fine.")
    assert found("Fine.", passed_on) == found("Fine.")


def test_the_outlook_sums_the_weights_of_what_is_found() -> None:
    plain, tagged = found("Please rename it."), found("Please rename it.", REVIEWED)
    (word, *_), tag = sorted(plain), max(tagged - plain)
    model = OutlookModel({word: 250, tag: -900, 1 << 24: 77}, {word: -30})
    passages = of_reply("Please rename it.")[1]
    assert outlook(passages, (), model) == (250, -30)
    assert outlook(passages, (REVIEWED,), model) == (-650, -30)
    assert outlook([], (), model) == (0, 0)


def test_no_mail_weighs_without_bounds() -> None:
    passages = of_reply("Please rename it.")[1]
    every = dict.fromkeys(features(passages, ()), 20_000)
    assert outlook(passages, (), OutlookModel(every, {key: -value for key, value in every.items()})) == (
        30_000,
        -30_000,
    )


HOSTILE = {
    "a word of ten million letters": "x" * 10_000_000,
    "five million words": "a b " * 2_500_000,
    "as many lines": "please\n" * 1_000_000,
    "as many quotes": "> quoted\nanswer\n" * 500_000,
    "blank quotes": "> \n\n" * 300_000 + "why?",
    "no words": "\u4f60\u597d " * 1_000_000,
    "only tags": "Reviewed-by: Rita <r@x>\n" * 300_000,
    "nothing": "",
    "bytes that are no characters": "\udcff\ud800 please \x00" * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_costs_no_more_than_a_long_one(text: str) -> None:
    passages = of_reply(text)[1]
    assert len(features(passages, ())) < 1_200
    assert outlook(passages, ()) == outlook(passages[:60], ())


def reply(body: str, sender: str = RITA) -> bytes:
    return mail(message_id="a@x", subject="Re: [PATCH] frob", sender=sender, in_reply_to="p@x", body=body)


def test_the_outlook_of_a_reply_is_stored_with_it() -> None:
    message = parse(reply(f"{DIFF}Please use the helper, and resend.\n"))
    assert message.outlook == outlook(of_reply(f"{DIFF}Please use the helper, and resend.\n")[1], ())
    assert message.outlook != (0, 0)


@pytest.mark.parametrize(
    "raw",
    [
        mail(message_id="p@x", subject="[PATCH] frob", body="Please fix this.\n---\ndiff --git a/f b/f\n"),
        mail(message_id="n@x", subject="frob is broken, please fix it", body="Please fix this.\n"),
        reply("Please fix these build errors:\n", "kernel test robot <lkp@intel.com>"),
    ],
    ids=["patch", "another mail", "robot"],
)
def test_other_mails_have_none(raw: bytes) -> None:
    assert parse(raw).outlook == (0, 0)


REVIEWS = {
    "a request": (f"{DIFF}Please drop this and send a v2.\n", 1),
    "a doubt below a diff": (f"{DIFF}Why do you need this? It should not be here.\n", 1),
    "a failed build": ("This does not build for me, please fix and resend.\n", 1),
    "a tag alone": ("Reviewed-by: Rita Reviewer <rita@example.com>\n", -1),
    "thanks and a tag": ("Looks good to me, thanks!\n\nAcked-by: Rita Reviewer <rita@example.com>\n", -1),
}


@pytest.mark.parametrize(("body", "sign"), REVIEWS.values(), ids=REVIEWS.keys())
def test_what_was_learned_of_reviewers(body: str, sign: int) -> None:
    assert parse(reply(body)).outlook[0] * sign > 0


def test_what_was_learned_of_authors() -> None:
    will = parse(reply("> Drop this.\n\nOk, will fix in v2.\n")).outlook
    ping = parse(reply("Gentle ping. Any comments on this?\n")).outlook
    assert will[1] > 500 > ping[1]


def test_a_sentence_alone_has_an_outlook() -> None:
    assert outlook_of_text("Please fix this in v2.").by_other > outlook_of_text("Looks good.").by_other


# ---- the file


def test_what_is_written_is_read_rounded_to_a_step(tmp_path: Path) -> None:
    model = OutlookModel({0xFFFFFF: 1270, 7: -333, 8: 1}, {0: -5})
    write_model(model, tmp_path / "words.json")
    assert read_model(tmp_path / "words.json") == OutlookModel({0xFFFFFF: 1270, 7: -330}, {0: -5})


def test_an_empty_model_can_be_written(tmp_path: Path) -> None:
    write_model(OutlookModel({}, {}), tmp_path / "words.json")
    assert read_model(tmp_path / "words.json") == OutlookModel({}, {})


BROKEN = {
    "not JSON": b"words",
    "something else": b'{"weights": {}}',
    "more than that": b'{"others": {"step": 1, "weights": "", "x": 1}, "author": {"step": 1, "weights": ""}}',
    "not base85": b'{"others": {"step": 1, "weights": "\\"\\""}, "author": {"step": 1, "weights": ""}}',
    "not compressed": b'{"others": {"step": 1, "weights": "00000"}, "author": {"step": 1, "weights": ""}}',
    "nothing": b"",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_of_another_format_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "words.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"words\.json: .* train it again"):
        read_model(tmp_path / "words.json")


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = msgspec.json.decode(FILE.read_bytes())
    whole["others"]["weights"] = whole["others"]["weights"][:-20]
    (tmp_path / "words.json").write_bytes(msgspec.json.encode(whole))
    with pytest.raises(ValueError, match="train it again"):
        read_model(tmp_path / "words.json")


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="words"):
        read_model(tmp_path / "words.json")


def test_the_model_that_comes_with_patchwatch_is_small_and_has_no_words() -> None:
    model = default_model()
    assert 1_000 < len(model.others) + len(model.author) <= 3_000
    assert FILE.stat().st_size < 20_000
    assert all(abs(weight) < 5_000 for weight in (*model.others.values(), *model.author.values()))


def test_judging_needs_nothing_beyond_python_and_msgspec() -> None:
    code = (
        "import sys\n"
        "for name in ('numpy', 'scipy', 'sklearn', 'sqlalchemy', 'httpx'): sys.modules[name] = None\n"
        "from patchwatch.mail.outlook import Passage, outlook\n"
        "assert outlook([Passage((), 'please fix', False)], ()) != (0, 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_outlook_is_a_pair_of_numbers() -> None:
    assert tuple(outlook([Passage((), "fine", False)], ())) == outlook([Passage((), "fine", False)], ())
    assert Outlook(1, 2).by_author == 2
