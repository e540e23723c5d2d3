"""What readers of a list would mind in a mail."""

from __future__ import annotations

import pytest

from patchwatch.compose.manners import faults

QUOTE = "On Mon, 3 Jul 2023, Ann Author wrote:\n> +\tlock(frob);\n\n"
LONG = "This sentence is so long that a reader who quotes it twice has to scroll sideways or wrap it.\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"{QUOTE}Why is it taken here?\n", ()),
        (f"{QUOTE}{LONG}", ("1 line over 75 columns",)),
        (f"{QUOTE}{LONG}{LONG}", ("2 lines over 75 columns",)),
        (f"> {LONG}\nYes.\n", ()),
        (f"{QUOTE}https://lists.example.org/{'a' * 80}\n", ()),
        (f"{QUOTE}\t{'x = frob(y); ' * 7}\n", ()),
        (f"{QUOTE}Reviewed-by: {'Rita ' * 15}<rita@example.com>\n", ()),
        (f"Looks good to me.\n\n{QUOTE}", ("the answer is above the quote",)),
        (f"Looks good to me.\n\n{QUOTE}-- \nRita\n", ("the answer is above the quote",)),
        (f"Hi Ann,\n\n{QUOTE}Looks good to me.\n", ()),
        ("Looks good to me.\n", ()),
        (f"{QUOTE}The log is attached.\n", ("no attachment is sent",)),
        (f"{QUOTE}> The log is attached.\n\nWhere?\n", ()),
    ],
)
def test_faults(body: str, found: tuple[str, ...]) -> None:
    assert faults(body) == found
