"""Tags as people type them in replies."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person, Trailer
from patchwatch.mail.trailers import of_reply
from patchwatch.mail.typed_tags import in_usual_form

REX = Person("Rex Reviewer", "rex@example.net")
WHO = "Rex Reviewer <rex@example.net>"


def of_rex(text: str) -> list[tuple[str, str, str]]:
    """Name, value and scope of each tag that Rex gives."""
    return [(tag.name, tag.value, tag.scope) for tag in of_reply(text, REX) if tag.own]


@pytest.mark.parametrize(
    "line",
    [
        f"  Acked-by: {WHO}",
        f"\tAcked-by: {WHO}",
        f"acked-By: {WHO}",
        f"ACKED-BY: {WHO}",
        f"Acked-By : {WHO}",
        f"Acked-by:{WHO}",
        f"Acked-by {WHO}",
        f"Acked by: {WHO}",
        f"Acked_by: {WHO}",
        f"Acked-by\uff1a{WHO}",
        f"Acked\u2011by: {WHO}",
        f"Acked-by: {WHO}.",
        f"Acked-by: {WHO}, thanks!",
        f"Acked-by: {WHO} and thanks for the quick fix",
        f"*Acked-by: {WHO}*",
        f"**Acked-by:** {WHO}",
        f"_Acked-by: {WHO}_",
        f"- Acked-by: {WHO}",
        f"* Acked-by: {WHO}",
        f"`Acked-by: {WHO}`",
        f"  ```Acked-by: {WHO}``` ",
        "Acked-by: Rex Reviewer <rex@example.net",
        "Acked-by: Rex Reviewer < rex@example.net >",
        "Acked-by: Rex Reviewer (rex@example.net)",
        "Acked-by: Rex Reviewer rex@example.net",
        "Acked-by: Rex Reviewer",
        "*Acked-by*: Rex",
        "Acked-by: Rex Reviewer &lt;rex@example.net&gt;",
        "Acked-by:\u00a0Rex\u00a0Reviewer\u00a0<rex@example.net>",
        "Acked-by: Rex Reviewer <rex@example.net <mailto:rex@example.net>>",
        "Acked-by: Rex Reviewer\n<rex@example.net>",
        "Acked-by: Rex\n  Reviewer <rex@example.net>",
        "Acked-by:\nRex Reviewer <rex@example.net>",
        "Acked-by: Rex Reviewer <rex@\nexample.net>",
        f"Looks good to me. Acked-by: {WHO}",
        f"With the typo fixed, acked-by: {WHO}.",
        f"I don't mind, Acked-by: {WHO}",
        f"Not my area, but Acked-by: {WHO}",
        f"Feel free to add my Acked-by: {WHO} to v3.",
        "You may add Acked-by: Rex Reviewer\n<rex@example.net>, too.",
    ],
)
def test_a_tag_as_people_type_it(line: str) -> None:
    assert of_rex(f"Hi Ann,\n\n{line}\n\nRex\n") == [("Acked-by", WHO, "")]


@pytest.mark.parametrize(
    ("line", "scope"),
    [
        ("Patches 1-3: {}", "Patches 1-3"),
        ("Patches 1, 2 and 4: {}", "Patches 1, 2 and 4"),
        ("For patches 1 to 3: {}", "For patches 1 to 3"),
        ("For patches 1 to 3:\n{}", "For patches 1 to 3"),
        ("[1-3] {}", "1-3"),
        ("2/4: {}", "2/4"),
        ("Series: {}", "Series"),
        ("Whole series: {}", "Whole series"),
        ("For the series, {}", "For the series"),
        ("For the whole series: {}", "For the whole series"),
        ("All patches: {}", "All patches"),
        ("The first two patches: {}", "The first two patches"),
        ("Patches 1-3 look good, {}", "Patches 1-3"),
        ("Nice. For the frob bits: {}", "For the frob bits"),
        ("{}, for patches 1-3", "for patches 1-3"),
        ("{} (for patches 1-3)", "for patches 1-3"),
        ("Series: {} # except 2/4", "except 2/4"),
        ("This patch: {}", ""),
        ("LGTM: {}", ""),
    ],
)
def test_scope_before_a_tag_on_the_same_line(line: str, scope: str) -> None:
    assert of_rex(line.format(f"Reviewed-by: {WHO}") + "\n") == [("Reviewed-by", WHO, scope)]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("You can add my Reviewed-by.", ""),
        ("Please feel free to add my Reviewed-by tag to the whole series.", "the whole series"),
        ("That explains it, thanks. You can add my Reviewed-by to\n3/3 as well.", "3/3"),
        ("You can add my Reviewed-by to 1-2. The others look fine, too.", "1-2"),
        ("You may add in my Reviewed-by for the frob bits.", "the frob bits"),
        ("I have sent my Tested-by.\nYou can add my Reviewed-by to\n1-3, thanks.", "1-3"),
    ],
)
def test_a_sentence_gives_a_tag_without_an_address(text: str, scope: str) -> None:
    assert of_rex(f"Hi Ann,\n\n{text}\n\nRex\n") == [("Reviewed-by", WHO, scope)]


@pytest.mark.parametrize(
    "text",
    [
        "You can add my Reviewed-by once the leak is fixed.",
        "You can add my Reviewed-by if you resend it.",
        "You can add my Reviewed-by, once the leak is fixed.",
        "You can add my Reviewed-by, but only if you fix the leak.",
        "Please add my Reviewed-by in v3.",
        "Can you add my Reviewed-by?",
        "You forgot to add my Reviewed-by from v2.",
        "I don't think that you can add my Reviewed-by to this.",
        "Please add Rita's Reviewed-by.",
        "You can keep my Reviewed-by.",
    ],
)
def test_a_sentence_about_a_tag_that_gives_none(text: str) -> None:
    assert of_rex(f"{text}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "Please add a Reviewed-by: tag",
        "Reviewed-by: me",
        "Reviewed-by: Rita",
        "Reviewed-by: Rex and Rita",
        "Please add a Reviewed-by: tag and send it to rex@example.net",
        f"I will not give a Reviewed-by: {WHO} to this",
        f"I can't give you Reviewed-by: {WHO} yet",
        f"Please add Reviewed-by: {WHO} only once the build is fixed.",
        f"Add my Reviewed-by: {WHO}, but only if Rita agrees.",
        f"Use `Reviewed-by: {WHO}` here.",
        f"Please drop my Reviewed-by: {WHO}",
        f"I withdraw Reviewed-by: {WHO}",
        f'Write "Reviewed-by: {WHO}" below the message.',
        f"It should read Reviewed-by: {WHO}",
        f"Use the form Reviewed-by: {WHO}",
        f"Did you see my Reviewed-by: {WHO}?",
        f"No tag until then, not even Reviewed-by: {WHO}",
        f"+ * Reviewed-by: {WHO}",
        f"+Reviewed-by: {WHO}",
        f"# Reviewed-by: {WHO}",
        f"// Reviewed-by: {WHO}",
        f"> Reviewed-by: {WHO}".replace(" ", "\u00a0"),
        "It was reviewed by: me (rex@example.net)",
        f"Reviewed by {WHO} last week",
    ],
)
def test_what_is_no_tag(text: str) -> None:
    assert of_rex(f"{text}\n") == []


def test_tags_of_somebody_else() -> None:
    assert of_reply("Ben gave Acked-by: Ben Builder <ben@example.org> before\n", REX) == ()
    (tag,) = of_reply("Acked-by: Ben Builder <ben@example.org>.\n", REX)
    assert tag == Trailer("Acked-by", "Ben Builder <ben@example.org>", own=False)


def test_denied_tags_are_of_another_kind() -> None:
    assert of_rex(f"Not-reviewed-by: {WHO}\n") == [("Not-reviewed-by", WHO, "")]


def test_machine_behind_a_tag_is_kept() -> None:
    assert of_rex(f"Tested-by: {WHO} on a Frob 2000\n") == [("Tested-by", f"{WHO} on a Frob 2000", "")]


@pytest.mark.parametrize(
    "unit",
    ["Acked-by: ", "Acked-by:\n", "Acked-by: a@", "by:" * 50 + "\n", "&lt;by" * 40 + "\n", "by " + "<" * 90 + "\n"],
)
def test_huge_text_is_read_quickly(unit: str) -> None:
    lines = (unit * 20_000).split("\n")
    assert len(in_usual_form(lines, REX)) == len(lines)
