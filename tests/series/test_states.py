"""States: a new one must be added wherever they are listed."""

from __future__ import annotations

import pytest

from patchwatch.series.state.commands import COMMANDS
from patchwatch.series.states import APPLIED, CLOSED, NOBODYS_TURN, SETTABLE, State, Turn
from patchwatch.tui.render import labels
from tests.support.paths import ROOT


def test_every_state_is_open_or_closed() -> None:
    open_states = {
        State.NEW,
        State.UNDER_REVIEW,
        State.CHANGES_REQUESTED,
        State.REVIEWED,
        State.DEFERRED,
        State.AWAITING_UPSTREAM,
    }
    assert open_states | CLOSED == set(State)
    assert not open_states & CLOSED
    assert APPLIED < NOBODYS_TURN < CLOSED


def test_every_state_has_its_own_sign_in_the_tui() -> None:
    assert list(labels.STATE_SIGNS) == list(State)
    assert len({sign for sign, _ in labels.STATE_SIGNS.values()}) == len(State)


def test_a_pw_bot_command_exists_for_every_state_but_reviewed() -> None:
    assert set(State) - set(COMMANDS.values()) == {State.REVIEWED}  # reviewed follows from tags


def test_only_superseded_cannot_be_set_by_hand() -> None:
    assert set(State) - set(SETTABLE) == {State.SUPERSEDED}


@pytest.mark.parametrize(("page", "names"), [("how-it-decides.md", [*State]), ("json.md", [*State, *Turn])])
def test_every_state_and_turn_is_documented(page: str, names: list[str]) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in text] == []
