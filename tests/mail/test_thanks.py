"""Mails that list applied patches with their commits, and lists that are something else."""

from __future__ import annotations

from textwrap import dedent

import pytest

from patchwatch.mail.message import Message, SignalKind
from patchwatch.mail.parse import parse
from tests.support.mails import mail

B4_ID = "168837000000.4711.1234567890.b4-ty@frob.example"


def reply(body: str, message_id: str = B4_ID, subject: str = "Re: [PATCH 0/3] frob: three things") -> Message:
    return parse(mail(subject=subject, in_reply_to="0@x", body=dedent(body), message_id=message_id))


def listed(message: Message) -> list[tuple[int, int, str]]:
    assert message.accepted is not None
    return [(patch.number, patch.expected, patch.title) for patch in message.accepted.patches]


@pytest.mark.parametrize("message_id", [B4_ID, "typed@mia.example"])
@pytest.mark.parametrize(
    "body",
    [
        "Lovely, off it goes!\n\n[1/3] frob: One\n      commit: 0123456789abcdef0123456789abcdef01234567\n",
        "[1/3] frob: One\n      https://git.example.org/frob/c/0123456789abcdef\n",
        "[01/03] frob: One\n        commit: 0123456789ab\n",
        "* [1/3] frob: One\n  0123456789abcdef\n",
        "In my shed now.\n[PATCH v2,1/3] frob: One\n   (0123456789abcdef)\n",
        "[1/3] frob:\n      One\n      commit: 0123456789ab\n",
        "[1/3] frob: One\n\t<https://git.example.org/cgit/frob.git/commit/?h=for-next&id=0123456789ab>\n",
        "[1/3] frob: One (commit 0123456789ab)\n",
        "[1/3] frob: One -> 0123456789abcdef\n",
        "[1/3] frob: One https://git.example.org/frob/c/0123456789ab\n",
    ],
)
def test_a_list_with_commits_accepts_what_it_lists(body: str, message_id: str) -> None:
    message = reply(body, message_id)
    assert listed(message) == [(1, 3, "frob: one")]
    assert [(s.kind, s.detail) for s in message.signals] == [(SignalKind.APPLIED, "1")]


def test_patches_without_a_commit_were_not_applied() -> None:
    message = reply(
        """\
        Splendid, taken!

        [1/3] frob: one
              commit: 0123456789abcdef
        [2/3] frob: two
              (no commit info)
        [3/3] frob: three
              commit: 123456789abcdef0
        """
    )
    assert [number for number, _, _ in listed(message)] == [1, 3]
    assert [(s.kind, s.detail) for s in message.signals] == [(SignalKind.APPLIED, "1,3")]


def test_a_merge_request_that_was_merged_is_the_address_of_a_tree() -> None:
    text = "Merged and pushed out.\n\nhttps://git.example.org/frob/firmware/-/merge_requests/47\n"
    message = reply(text, "typed@mia.example")
    assert message.accepted is not None
    assert (message.accepted.form, message.accepted.patches) == ("tree", ())
    opened = reply("I opened a request.\n\nhttps://git.example.org/frob/-/merge_requests/47\n", "typed@mia.example")
    assert opened.accepted is None


_COMMIT = "https://git.example.org/frob.git/commit/?h=next&id=0123456789abcdef0123"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Thanks!  I've applied it.\n<{_COMMIT}>\n\nPlease use version numbers next time.\n", "I've applied it."),
        (f"Now pushed, thanks:\n\n{_COMMIT}\n", "Now pushed, thanks:"),
        (
            f"Thanks Ann, applied.\n\n- frob: mend it\n  {_COMMIT}\n- frob: break it\n  {_COMMIT}\n",
            "Thanks Ann, applied.",
        ),
        ("Applied.\nhttps://forge.example.org/p/frob/code/ci/0123456789abcdef0123/\n", "Applied."),
        (f"The two patches are now applied:\n{_COMMIT}\n{_COMMIT}\n", f"The two patches are now applied: {_COMMIT}"),
    ],
)
def test_applied_and_the_address_of_the_commit_below_it_is_an_acceptance(text: str, said: str) -> None:
    message = reply(text, "typed@rita.example")
    assert message.accepted is not None
    assert message.accepted.form == "tree"
    assert [(s.kind, s.text) for s in message.signals] == [(SignalKind.APPLIED, said)]


@pytest.mark.parametrize(
    "text",
    [
        f"Yes, it got merged.\n{_COMMIT}\n",
        f"I tested this with the patch applied,\n{_COMMIT}\n",
        f"This is not applied.\n{_COMMIT}\n",
        "I've applied it.\nhttps://example.org/log/0123456789abcdef0123.txt\n",
        f"Has this been applied?\n{_COMMIT}\n",
    ],
)
def test_other_addresses_below_such_words_say_nothing(text: str) -> None:
    assert reply(text, "typed@rita.example").accepted is None


def test_what_is_asked_beside_a_list_of_commits_is_a_remark() -> None:
    text = "See also\n\n0123456789ab frob: mend it\n\nPlease add a Fixes: tag.\n"
    message = reply(text, "typed@rita.example")
    assert message.accepted is not None
    assert message.accepted.form == "commits"
    assert [remark.wants for remark in message.remarks] == ["change"]
    assert reply("Applied.\n\n0123456789ab frob: mend it\n", "typed@rita.example").remarks == ()


def test_a_patchwork_number_is_no_commit() -> None:
    assert reply("13518823 [v2,1/6] frob: mend it\n", "typed@rita.example").accepted is None


def test_nothing_else_is_read() -> None:
    message = reply(
        """\
        Hurrah for this one!

        [1/1] frob: mend it
              commit: 0123456789abcdef

        If problems are discovered, then the patch may be dropped or reverted.
        Please add any relevant maintainers when you reply.  Could you send a v2 otherwise?
        """
    )
    assert [(s.kind, s.detail) for s in message.signals] == [(SignalKind.APPLIED, "")]


def test_a_thank_you_without_a_list_is_an_acceptance() -> None:
    assert [(s.kind, s.detail) for s in reply("Hooray!\n").signals] == [(SignalKind.APPLIED, "")]
    some = reply("Hooray!\n", subject="Re: (subset) [PATCH 0/3] frob: three things")
    assert [(s.kind, s.detail) for s in some.signals] == [(SignalKind.APPLIED, "some")]


def test_words_tell_if_b4_found_no_commit() -> None:
    none = "[1/2] frob: one\n      (no commit info)\n[2/2] frob: two\n      (no commit info)\n"
    assert reply(f"Well.\n\n{none}").signals == ()
    assert [(s.kind, s.detail) for s in reply(f"Applied, thanks!\n\n{none}").signals] == [(SignalKind.APPLIED, "1,2")]
    one = "[2/4] frob: two\n      (no commit info)\n"
    some = reply(f"Applied to frob-next, thanks!\n\n{one}", subject="Re: (subset) [PATCH 0/4] frob: four things")
    assert [(s.kind, s.detail) for s in some.signals] == [(SignalKind.APPLIED, "2")]


@pytest.mark.parametrize(
    "body",
    [
        "> [1/3] frob: one\n>       commit: 0123456789abcdef\n\nWhere is it?\n",
        "[1/3] frob: one\n      see https://lore.kernel.org/r/0123456789abcdef@x\n",
        "[1/3] frob: one\n      Link: https://lore.kernel.org/r/0123456789abcdef@x\n",
        "[1/3] looks fine to me\n\n0123456789abcdef is what it fixes.\n",
        "I dropped these again, they break the build:\n\n[1/3] frob: one\n      commit: 0123456789abcdef\n",
        "[1/3] frob: one\n[2/3] frob: two\n\nWhich of them is deadbeef4711?\n",
        'Fixes: 0123456789ab ("knob: something")\n',
    ],
)
def test_other_lists_accept_nothing(body: str) -> None:
    message = reply(body, "typed@rita.example")
    assert message.accepted is None or not any(p.expected for p in message.accepted.patches)
    assert SignalKind.APPLIED not in {s.kind for s in message.signals}


@pytest.mark.parametrize(
    "line",
    [
        "0123456789ab frob: one",
        '- 0123456789ab ("frob: one")',
        "commit 0123456789ab: frob: one",
        "[0123456789ab] frob: one",
    ],
)
def test_commits_with_titles_say_what_the_words_mean(line: str) -> None:
    message = reply(f"Queued up, thanks.\n\n{line}\n", "typed@mia.example")
    assert listed(message) == [(0, 0, "frob: one")]
    assert [s.kind for s in message.signals] == [SignalKind.APPLIED]


@pytest.mark.parametrize(
    "body",
    [
        "Applied to\n\n   https://git.example.org/pub/scm/frob.git for-next\n\nThanks!\n",
        "Series applied to\n\n   git://git.example.org/frob.git for-next\n\nThanks!\n",
        "Thanks, I have applied this to:\n\n   https://git.example.org/frob.git for-next\n",
        "The whole series is now queued up to the\n\n   ssh://git.example.org/frob.git\n",
        "Queued to:\n  git://git.example.org/frob\n",
        "The patch\n\n   frob: mend it\n\nhas been applied to the frob tree at\n\n   git://git.example.org/frob\n",
    ],
)
def test_the_address_of_a_tree_is_an_acceptance(body: str) -> None:
    assert [(s.kind, s.detail) for s in reply(body, "typed@mia.example").signals] == [(SignalKind.APPLIED, "")]


@pytest.mark.parametrize(
    "words",
    ["This should be applied to", "The fix was applied to", "Once v3 is merged into", "This was not added to the"],
)
def test_other_words_above_the_address_of_a_tree_are_none(words: str) -> None:
    assert reply(f"{words}\n\n   https://git.example.org/frob.git for-next\n", "typed@mia.example").accepted is None


def test_hostile_lists_are_cheap() -> None:
    message = reply("[1/3] [1/3] [1/3] " * 20_000 + "\n" + "[2/3] x\n" * 50_000 + "deadbeef " * 20_000, "typed@x")
    assert message.accepted is None
    assert len(listed(reply("[7/9] x\n commit: 0123456789ab\n" * 5_000))) <= 1000
