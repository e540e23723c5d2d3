"""Short names for people in a sentence."""

from __future__ import annotations

import pytest

from patchwatch.mail.short_name import short_name


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("Rita Reviewer", "rita@example.com", "Rita"),
        ("Reviewer, Rita", "rita@example.com", "Rita"),
        ('"Rita Reviewer"', "rita@example.com", "Rita"),
        ("Rita Reviewer (Corp)", "rita@example.com", "Rita"),
        ("Rita Reviewer via B4 Relay", "devnull+rita@kernel.org", "Rita"),
        ("Dr. Rita Reviewer", "rita@example.com", "Rita"),
        ("R.T. Reviewer", "rita@example.com", "R.T."),
        ("R. Reviewer", "rita@example.com", "R. Reviewer"),
        ("REVIEWER Rita", "rita@example.com", "Rita"),
        ("Rita", "rita@example.com", "Rita"),
        ("rita.reviewer", "rita@example.com", "rita.reviewer"),
        ("Wang Rita", "rita@example.com", "Wang Rita"),  # either could be the family's: all of it
        ("Rita Wang", "rita@example.com", "Rita"),
        ("王小明", "ming@example.com", "王小明"),
        ("王 小明", "ming@example.com", "王 小明"),
        ("Zoë Müller", "zoe@example.com", "Zoë"),
        ("kernel test robot", "lkp@intel.com", "kernel test robot"),
        ("frob-bot via lists", "bot@example.com", "frob-bot"),
        ("Frob CI results", "ci@example.com", "Frob CI results"),
        ("", "rita@example.com", "rita"),
        ("rita@example.com", "rita@example.com", "rita"),
        ("(Corp)", "rita@example.com", "rita"),
        ("", "", "somebody"),
        (",", "rita@example.com", "rita"),
        ("Ri\x1bta\u202e\nX", "rita@example.com", "Ri␛ta\ufffd"),
        ("R" * 60, "rita@example.com", "R" * 23 + "…"),
    ],
)
def test_short_name(name: str, address: str, expected: str) -> None:
    assert short_name(name, address) == expected


def test_people_with_the_same_short_name_have_full_names() -> None:
    people = ("Rita Reviewer", "Rita Rival", "Rex Reviewer")
    assert short_name("Rita Reviewer", "", people) == "Rita Reviewer"
    assert short_name("Rex Reviewer", "", people) == "Rex"
    assert short_name("Ana Maria Lopez", "", ("Ana López", "Rex Reviewer")) == "Ana"  # she writes it in two ways
    assert short_name("Ana Maria Lopez", "", ("Ana Ruiz",)) == "Ana Maria Lopez"
    assert short_name("Rita Reviewer", "", ("Reviewer", "Rita Reviewer (Corp)")) == "Rita"
