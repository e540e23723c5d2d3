"""The few words of a row for each text of patchwatch.series.state.next_action."""

from __future__ import annotations

import pytest

from patchwatch.series.verbs import long_day, short_day, verb_of, whom_of


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("answer Rita's question from 3 days ago", "answer Rita"),
        ("answer Jan-Erik's doubt from 2 hours ago, and 2 more", "answer Jan-Erik"),
        ("answer O'Brien's comment from 2 hours ago", "answer O'Brien"),
        ("answer Rita's request from 3 days ago to hold off", "answer Rita"),
        ("send v4: Rita asked for changes 3 days ago", "send v4"),
        ("send v4, or answer Rita's suggestion from 3 days ago", "send v4"),
        ("send v4 or ping Rita: silent for 2 months", "send v4"),
        ("send v4: you promised 3 days ago", "send v4"),
        ("send v4: marked changes-requested 3 days ago", "send v4"),
        ("send the request again: Rita asked for changes 3 days ago", "send again"),
        ("send it without RFC: reviewed 3 days ago", "send without RFC"),
        ("likely: send v4", "send v4"),
        ("rework or drop: NAKed by Rita 3 days ago", "rework"),
        ("rework: Rita dropped it 3 days ago", "rework"),
        ("fix the build: kernel test robot, 3 days ago", "fix the build"),
        ("fix it: syzbot ci, 3 days ago", "fix it"),
        ("look into it: you promised 3 days ago", "look into it"),
        ("ping the maintainer of patches 1,3: the others were applied 3 weeks ago", "ping maintainer"),
        ("resend: patch 2/3 never arrived", "resend"),
        ("resend: no answer for 2 months", "resend"),
        ("resend or drop: deferred 2 months ago", "resend"),
        ("resend: net-next reopened 1 day ago", "resend"),
        ("resend, or mark it applied: reviewed 3 months ago", "resend"),
        ("revive or drop: your turn for 7 months", "revive"),
        ("ping: 2 of 3 patches reviewed, silent for 9 days", "ping"),
        ("ping Rita: no answer for 9 days", "ping Rita"),
        ("ping the maintainer: reviewed, not applied for 16 days", "ping maintainer"),
        ("yours to apply: reviewed 3 days ago", "apply v3"),
        ("yours to apply: patch 9; the others were applied 3 days ago", "apply v3"),
        ("pull: waits for 3 days", "pull"),
        ("mark it merged, or send it again: sent 3 months ago", "mark it merged"),
        ("ask Lin whether they pulled it: 3 weeks", "ask Lin"),
        ("see Ann's answer from 3 days ago", "check answer"),
        ("likely yours to apply: reviewed 3 days ago", "apply v3"),
        ("likely: ping the maintainer: reviewed, not applied for 20 days", "ping maintainer"),
        ("see Ann's answers to 2 points, the last from 3 days ago", "check answers"),
        ("review v3: you reviewed v2", "review v3"),
        ("review: waits for 3 days", "review v3"),
    ],
)
def test_verb_of_what_i_have_to_do(text: str, verb: str) -> None:
    assert verb_of(text, "v3") == verb
    assert len(verb) <= 20


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("wait for reviewers: 3 days so far", "reviewers"),
        ("wait for Rita: 3 days so far, then yours to apply", "Rita"),
        ("wait for Max to apply it: 3 days so far", "Max"),
        ("wait for Lin to pull: 3 days so far", "Lin"),
        ("wait for the maintainer: reviewed 3 days ago", "maintainer"),
        ("wait for the maintainer to pull: 3 days so far", "maintainer"),
        ("wait for the maintainer of 9 patches: the others were applied 3 days ago", "maintainer"),
        ("wait: blocked by #12", "blocked by #12"),
        ("wait: blocked by #12 and 2 more", "blocked by #12 and 2 more"),
        ("wait: merge window, ping after it", "merge window"),
        ("wait: merge window, ping the maintainer after it", "merge window"),
        ("wait: net-next closed, reopens after the merge window", "net-next"),
        ("resend when net-next reopens", "net-next"),
        ("ping Rita: no answer for 9 days", ""),
    ],
)
def test_whom_a_series_of_mine_waits_for(text: str, whom: str) -> None:
    assert whom_of(text) == whom


def test_days() -> None:
    assert (short_day(1_792_147_200), long_day(1_792_147_200)) == ("Fri 16", "Fri 16 Oct")
