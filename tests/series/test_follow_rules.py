"""Rules that limit which series of a list are followed: tables of cases."""

from __future__ import annotations

import pytest

from patchwatch.db.rule_codec import decode_rules, encode_rules
from patchwatch.series.follow_rules import Rule

TITLE = "mm: Refault distance, again"
PEOPLE = ("Kairui Song", "kasong@example.com")
FILES = ("mm/workingset.c", "include/linux/mm_inline.h")


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(), True),
        (Rule(author="kairui"), True),
        (Rule(author="@EXAMPLE.com"), True),
        (Rule(author="kairui song <"), False),
        (Rule(subject="refault"), True),
        (Rule(subject="refaults"), False),
        (Rule(path="mm"), True),
        (Rule(path="mm/"), True),
        (Rule(path="/mm/workingset.c"), True),
        (Rule(path="mm/working"), False),  # a part of a name is no directory
        (Rule(path="include/*/mm_inline.h"), True),
        (Rule(path="include/*/"), True),
        (Rule(path="*.h"), True),
        (Rule(path="*.rs"), False),
        (Rule(path="net"), False),
        (Rule("kairui", "mm", "refault"), True),
        (Rule("kairui", "net", "refault"), False),
        (Rule("jonas", "mm", "refault"), False),
        (Rule("kairui", "mm", "zswap"), False),
    ],
    ids=str,
)
def test_series_that_a_rule_matches(rule: Rule, fits: bool) -> None:
    assert rule.fits(TITLE, PEOPLE, FILES) == fits


def test_a_series_without_patches_touches_no_file() -> None:
    assert not Rule(path="*").fits(TITLE, PEOPLE, ())


@pytest.mark.parametrize("rules", [(), (Rule(author="ä“"), Rule(path="mm/", subject="x y"))])
def test_rules_survive_encoding(rules: tuple[Rule, ...]) -> None:
    assert decode_rules(encode_rules(rules)) == rules


def test_a_rule_is_printed_as_options() -> None:
    assert str(Rule("kairui", "mm/", "refault")) == "--author kairui --path mm/ --subject refault"
