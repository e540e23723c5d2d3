"""Tags in patches and replies: which lines are tags, and who gives them."""

from __future__ import annotations

from time import process_time

import pytest

from patchwatch.mail import trailers
from patchwatch.mail.message import Person, SignalKind, Trailer

RITA = Person("Rita Reviewer", "rita@example.com")
SIGNED = "Signed-off-by: Ann Author <ann@example.org>"


def of_patch(text: str) -> list[str]:
    return [f"{t.name}: {t.value}" for t in trailers.of_patch(text)]


def of_reply(text: str, sender: Person = RITA) -> list[Trailer]:
    return list(trailers.of_reply(text, sender))


def test_tags_in_the_last_paragraph() -> None:
    text = (
        f'Why: because.\n\nFixes: 123456789abc ("frob: add")\nLink: https://example.org/1\n{SIGNED}\n---\nv2: no tag\n'
    )
    assert of_patch(text) == ['Fixes: 123456789abc ("frob: add")', "Link: https://example.org/1", SIGNED]


def test_paragraphs_of_only_tags_above_it_count() -> None:
    text = f"Why.\n\nReported-by: Rolf <rolf@example.net>\n\n[ben: fix the build]\n{SIGNED}\n"
    assert of_patch(text) == ["Reported-by: Rolf <rolf@example.net>", SIGNED]


def test_prose_that_contains_a_tag_ends_the_tags() -> None:
    text = f"Words.\nAcked-by: Old <old@example.net>\n\n{SIGNED}\n"
    assert of_patch(text) == [SIGNED]


def test_notes_below_the_separator_have_no_tags() -> None:
    assert of_patch(f"Why.\n\n{SIGNED}\n---\nReviewed-by: Rita <rita@example.com>\n") == [SIGNED]


@pytest.mark.parametrize("message", ["mm: frob the knob", "Note: this is prose", "Why.", "", "a:\nb"])
def test_message_without_tags(message: str) -> None:
    assert of_patch(message) == []


def test_wrapped_values_are_joined() -> None:
    text = 'Why.\n\nFixes: 123456789abc ("frob: add a\nlong one")\nReviewed-by: A Very Long Name\n<long@example.com>\n'
    assert of_patch(text) == [
        'Fixes: 123456789abc ("frob: add a long one")',
        "Reviewed-by: A Very Long Name <long@example.com>",
    ]


def test_comments_are_not_part_of_the_value() -> None:
    assert of_patch("Why.\n\nCc: stable@vger.kernel.org # v6.1+\nTested-by: R <r@x.org> # on arm64\n") == [
        "Cc: stable@vger.kernel.org",
        "Tested-by: R <r@x.org>",
    ]


@pytest.mark.parametrize(
    "line", ["base-commit: 1234567890ab", "change-id: 20230703-x-1", "Fixes: the frob", "In-Reply-To: x"]
)
def test_lines_that_only_look_like_tags(line: str) -> None:
    assert of_patch(f"Why.\n\n{SIGNED}\n{line}\n") == [SIGNED]


def test_unknown_tags_are_kept() -> None:
    assert of_patch("Why.\n\nWhatevered-by: W <w@example.org>\n") == ["Whatevered-by: W <w@example.org>"]


@pytest.mark.parametrize(
    "line",
    ["Side-note: the way it is", "Whatevered-by: nobody at all", "Note-by: w@example.org", "Caused-by: the frob"],
)
def test_unknown_tag_without_a_person_is_prose(line: str) -> None:
    assert of_patch(f"Why.\n\n{SIGNED}\n{line}\n") == [SIGNED]
    assert of_reply(f"{line}\n") == []


@pytest.mark.parametrize("name", ["Suggested-by", "Reported-and-tested-by", "Co-developed-by"])
def test_known_tag_may_name_a_person_without_an_address(name: str) -> None:
    assert of_patch(f"Why.\n\n{name}: Rolf\n{SIGNED}\n") == [f"{name}: Rolf", SIGNED]


def test_reply_may_give_an_unknown_tag() -> None:
    assert of_reply("Whatevered-by: Rita Reviewer <rita@example.com>\n") == [
        Trailer("Whatevered-by", "Rita Reviewer <rita@example.com>", own=True)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dropped Reviewed-by tag because of changes.",
        "- dropped all RB's",
        "Remove Jane's R-b, the patch changed.",
        "I did not carry the Acked-by from Rex.",
        "Drop the review tags, the locking is new.",
        "Tests were redone, so I didn't keep Tested-by.",
    ],
)
def test_author_reports_dropped_tags(sentence: str) -> None:
    assert [(s.kind, s.text) for s in trailers.dropped_tags([sentence])] == [(SignalKind.TAGS_DROPPED, sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dropped patch 4, collected Reviewed-by tags.",
        "Remove the __rcu tag from the pointer.",
        "Drop the Fixes tag.",
        "Added Reviewed-by from Jane.",
        "Picked up R-b tags.",
        "Remove the retry and add Rita's R-b.",
    ],
)
def test_other_changes_are_not_dropped_tags(sentence: str) -> None:
    assert trailers.dropped_tags([sentence]) == ()


def test_tags_of_a_patch_are_not_own() -> None:
    assert not any(t.own for t in trailers.of_patch(f"Why.\n\n{SIGNED}\n"))


@pytest.mark.parametrize(
    "value",
    [
        "Rita Reviewer <rita@example.com>",
        "Rita Reviewer <rita@work.example>",
        "Reviewer, Rita <rita@work.example>",
        "rita@example.com",
    ],
)
def test_own_tag_is_recognized_by_address_or_name(value: str) -> None:
    assert [t.own for t in of_reply(f"Fine.\n\n  Reviewed-by: {value}\n\nBye.\n")] == [True]


def test_forwarded_tag_is_not_own() -> None:
    assert [t.own for t in of_reply("Tested-by: Rolf Reporter <rolf@example.net>\n")] == [False]


@pytest.mark.parametrize(
    "line",
    [
        "Reviewed-by: me",
        "> Reviewed-by: Rita Reviewer <rita@example.com>",
        "see Reviewed-by: Rita Reviewer <rita@example.com>",
        "Link: https://example.org/rita@example.com",
        "Reviewed-by: https://example.org/@rita",
        "Signed-off: rita@example.com",
    ],
)
def test_lines_of_a_reply_without_a_tag(line: str) -> None:
    assert of_reply(f"-by\n{line}\n") == []


def test_wrapped_tag_in_a_reply() -> None:
    assert of_reply("Acked-by: Rita Reviewer\n<rita@example.com>\n") == [
        Trailer("Acked-by", "Rita Reviewer <rita@example.com>", own=True)
    ]


def test_duplicate_tag_counts_once() -> None:
    assert len(of_reply("Acked-by: Rita <rita@example.com>\n\nAcked-by: Rita <rita@example.com>\n")) == 1


def test_huge_line_is_parsed_quickly() -> None:
    begun = process_time()
    trailers.of_patch("Why.\n\nAcked-by: " + "a " * 500_000)
    trailers.of_reply("Acked-by: " + "a " * 500_000, RITA)
    trailers.of_reply("Acked-by: a\n" * 50_000, RITA)
    assert process_time() - begun < 2
