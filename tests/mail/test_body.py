"""Classifying lines: prose, quotes, attributions, tags, diffs, signatures."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.body import of_reply, own_text, segments

DIFF = dedent(
    """\
    diff --git a/f.c b/f.c
    index 1111111..2222222 100644
    --- a/f.c
    +++ b/f.c
    @@ -1,2 +1,2 @@
     int f(void);
    -int a;
    +int b;"""
)


def own(text: str) -> list[str]:
    """The sender's text in a reply, without empty lines."""
    return [line for line in own_text(dedent(text), patch=False).split("\n") if line.strip()]


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Jul 3, 2023 at 10:00 AM Ann Author <ann@example.org> wrote:",
        "On 03/07/2023 10:00, Ann Author wrote:",
        "On Mon 03-07-23 10:00:00, Ann Author wrote:",
        "On Mon, Jul 03, 2023 at 10:00:00AM +0000, Ann Author via the very long name of\nsome list wrote:",
        "On Mon, Jul 03, 2023 at 10:00:00AM +0000,\nAnn Author <ann@example.org>\nwrote:",
        "Ann Author <ann@example.org> writes:",
        "Ann Author wrote:",
        "* Ann Author <ann@example.org> [2023-07-03 10:00:00]:",
        "Quoting Ann Author (2023-07-03 10:00:00):",
        "Am 03.07.23 um 10:00 schrieb Ann Author:",
        "Am Montag, 3. Juli 2023 schrieb Ann Author <ann@example.org>:",
        "Le 03/07/2023 à 10:00, Ann Author a écrit :",
        "El lun, 3 jul 2023 a las 10:00, Ann Author (<ann@example.org>) escribió:",
        "Den mån 3 juli 2023 kl 10:00 skrev Ann Author <ann@example.org>:",
        "在 2023/7/3 10:00, Ann Author 写道:",
        "Ann Author <ann@example.org> 于2023年7月3日周一 10:00写道\uff1a",
        "2023年7月3日(月) 10:00 Ann Author <ann@example.org>:",
        "From: Ann Author <ann@example.org>\nDate: Mon, 3 Jul 2023 10:00:00 +0000",
    ],
)
def test_attribution_is_not_own_text(attribution: str) -> None:
    assert own(f"{attribution}\n> why?\n\nBecause.\n") == ["Because."]


@pytest.mark.parametrize(
    "elided",
    ["...", ". . .", "[...]", "[ . . . ]", "[…]", "[snip]", "<snip>", "[skipped]", "[clip]", "(trim)", "<omitted>"],
)
def test_attribution_is_recognized_without_its_quote(elided: str) -> None:
    text = f"On Mon, Jul 03, 2023 at 10:00:00AM +0000, Ann Author wrote:\n{elided}\n> why?\n\nBecause.\n"
    assert own(text) == ["Because."]


@pytest.mark.parametrize(
    "line",
    [
        "As the commit message says:",
        "I see this at boot:",
        "The code I wrote yesterday does it:",
        "Here is what I wrote:",
    ],
)
def test_line_ending_with_colon_is_prose(line: str) -> None:
    assert own(f"{line}\n\nWords.\n") == [line, "Words."]


@pytest.mark.parametrize("quoted", ["> why?", ">why?", ">> why?", " > why?", "| why?", "AA> why?", "> > why?"])
def test_quotes_are_not_own_text(quoted: str) -> None:
    assert own(f"Yes.\n{quoted}\nBecause.\n") == ["Yes.", "Because."]


def test_sentence_does_not_continue_past_a_quote() -> None:
    assert own_text("I think\n> why?\nBecause.", patch=False) == "I think\n\nBecause."


@pytest.mark.parametrize("marker", ["-- ", "--"])
def test_signature_is_left_out(marker: str) -> None:
    assert own(f"Words.\n\n{marker}\nRita\nThe Frob Company\n") == ["Words."]


def test_two_dashes_far_above_the_end_are_not_a_signature() -> None:
    lines = [f"Line {n}." for n in range(20)]
    assert own("\n".join(["First.", "--", *lines])) == ["First.", "--", *lines]


def test_quote_below_a_signature_ends_it() -> None:
    text = "Words.\n-- \nRita\n\n> why?\nBecause.\n"
    assert own(text) == ["Words.", "Because."]


@pytest.mark.parametrize(
    "banner",
    [
        "-----Original Message-----\nFrom: Ann\nSent: Monday\n",
        "________________________________\nFrom: Ann Author <ann@example.org>\nSent: Monday, July 3\nTo: Rita\n",
        "发件人: Ann\n发送时间: 2023\n",
        "From: Ann Author <ann@example.org>\nSent: Monday, July 3, 2023 10:00 AM\nTo: Rita\nSubject: frob\n",
    ],
)
def test_mail_below_outlook_banner_is_quoted(banner: str) -> None:
    assert own(f"I agree.\n\n{banner}\nHello,\n\nis it applied?\n") == ["I agree."]


def test_replies_between_quotes_below_a_banner_are_own_text() -> None:
    text = "From: Ann Author <ann@example.org>\nSent: Monday\n\n> is it?\nIt is.\n"
    assert own(text) == ["It is."]
    assert own("From: Ann Author\n> Sent: 3 July 2023\n>\n> is it?\n\nIt is.\n") == ["It is."]


def test_a_commit_message_below_a_banner_is_quoted() -> None:
    banner = "________________________________\nFrom: Ann Author <ann@example.org>\nSent: Monday, July 3\nTo: Rita\n"
    message = "\nThe lock leaks. Drop it.\n\nSigned-off-by: Ann Author <ann@example.org>\n"
    thanks = "\nThanks for doing this.\n\n"
    assert own(f"{banner}{message}{thanks}{DIFF}") == ["Thanks for doing this."]
    assert own(f"{banner}{message}{thanks}") == [
        *["The lock leaks. Drop it.", "Signed-off-by: Ann Author <ann@example.org>", "Thanks for doing this."]
    ]


def test_diff_in_a_reply_ends_where_prose_continues() -> None:
    assert own(f"Rather:\n{DIFF}\nWhat do you think?\n") == ["Rather:", "What do you think?"]
    assert own(f"Rather:\n{DIFF}\n> why?\nBecause.\n") == ["Rather:", "Because."]


def test_commit_message_below_scissors_is_not_own_text() -> None:
    text = f"Does this help?\n\n---- 8< ----\nSubject: frob: mend\n\nApplied to nothing yet.\n{DIFF}\n"
    assert own(text) == ["Does this help?"]
    assert own("Above.\n---- 8< ----\nNo diff.\n") == ["Above.", "---- 8< ----", "No diff."]


def test_request_to_pull_in_a_reply_is_not_own_text() -> None:
    request = dedent(
        """\
        The following changes since commit 0123456789abcdef0123456789abcdef01234567:

          Linux 6.6-rc1 (2023-09-10 16:28:41 -0700)

        are available in the Git repository at:

          https://git.example.org/frob.git tags/frob-mend

        for you to fetch changes up to 89abcdef0123456789abcdef0123456789abcdef:

          frob: mend the wheel (2023-09-18 10:00:00 +0100)

        ----------------------------------------------------------------
        frob: Mend the wheel

        Please fix the other wheel, too.

        ----------------------------------------------------------------
        Ann Author (1):
              frob: mend the wheel
        """
    )
    text, passages = of_reply(f"> why?\nBecause.\n\n{request}\n> and this?\nThat, too.\n")
    assert [line for line in text.split("\n") if line] == ["Because.", "That, too."]
    assert [passage.own.strip() for passage in passages] == ["Because.", "That, too."]


def test_tags_in_a_reply_are_own_text() -> None:
    assert own("> why?\nReviewed-by: Rita <rita@example.com>\n") == ["Reviewed-by: Rita <rita@example.com>"]


def test_notes_of_a_patch_are_own_text_but_diffstat_is_not() -> None:
    text = "Why.\n\nCc: ann@example.org\n---\nv2: better\n\n f.c | 2 +-\n 1 file changed, 1 insertion(+)\n\n"
    words = [line for line in own_text(text, patch=True).split("\n") if line]
    assert words == ["Why.", "Cc: ann@example.org", "---", "v2: better"]


def kinds(text: str, *, patch: bool) -> list[tuple[str, int]]:
    return [(s.kind, s.depth) for s in segments(text, patch=patch) if s.text.strip()]


def test_segments_of_a_patch() -> None:
    text = (
        'From: Ben <ben@example.net>\n\nWhy.\n\nFixes: 123456789abc ("frob: add")\nAcked-by: Ben <ben@example.net>\n'
        f"---\nv2: better\n\n f.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n{DIFF}\n-- \n2.41.0\n"
    )
    assert kinds(text, patch=True) == [
        ("prose", 0),
        ("trailer", 0),
        ("separator", 0),
        ("prose", 0),
        ("diffstat", 0),
        ("diff", 0),
        ("signature", 0),
    ]


def test_removed_line_of_two_dashes_does_not_end_a_diff() -> None:
    text = f"Why.\n---\n{DIFF}\n-- \n" + "+more\n" * 30
    assert kinds(text, patch=True)[-1] == ("diff", 0)


def test_segments_of_a_reply() -> None:
    text = (
        "On Mon, Jul 3, 2023, Ann wrote:\n>> first\n> second\n\nWords.\nAcked-by: Rita <rita@example.com>\n-- \nRita\n"
    )
    assert kinds(text, patch=False) == [
        ("attribution", 0),
        ("quote", 2),
        ("quote", 1),
        ("prose", 0),
        ("trailer", 0),
        ("signature", 0),
    ]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                ">",
                "> a",
                "-- ",
                "--",
                "---",
                "On Mon, 3 Jul 2023, A wrote:",
                "From: A",
                "Sent: B",
                "[...]",
                "8< ---",
            ]
        ),
        st.sampled_from(DIFF.split("\n")),
        st.text(st.characters(exclude_characters="\n\r"), max_size=20),
    ),
    max_size=30,
)


@given(LINES, st.booleans())
def test_joined_segments_give_the_text(lines: list[str], patch: bool) -> None:
    text = "\n".join(lines)
    assert "\n".join(s.text for s in segments(text, patch=patch)) == text


@given(LINES, st.booleans())
def test_own_text_is_lines_of_the_text_in_order(lines: list[str], patch: bool) -> None:
    text = "\n".join(lines)
    rest = iter(text.split("\n"))
    assert all(line in rest for line in own_text(text, patch=patch).split("\n") if line)
