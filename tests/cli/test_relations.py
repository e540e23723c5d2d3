"""Dependencies, postings that supersede others, and pull requests, as `list` and `show` print them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patchwatch.mail.parse import parse
from tests.support.command_line import Run
from tests.support.joint_threads import joined_in_v2
from tests.support.mails import mail

NOW = "2023-07-09T10:00Z"
_DIFF = "---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-a\n+{0}\n"
BASE = mail(message_id="base@x", subject="[PATCH] frob: add a knob", body="Words.\n" + _DIFF.format("frob"))
USER = mail(
    message_id="user@x",
    subject="[PATCH] gadget: turn the knob",
    date="Tue, 4 Jul 2023 10:00:00 +0000",
    body="Turn it.\n---\nBased-on: <base@x>\n" + _DIFF.format("gadget").removeprefix("---\n"),
)
APPLIED = mail(
    message_id="applied@x",
    subject="Re: [PATCH] frob: add a knob",
    sender="Mia Maintainer <mia@example.net>",
    date="Wed, 5 Jul 2023 10:00:00 +0000",
    body="Applied to frob/for-next, thanks.\n",
    in_reply_to="base@x",
)
PULL = mail(
    message_id="pull@x",
    subject="[GIT PULL] frob fixes for 6.5",
    to="Lin Lead <lin@example.net>, netdev@vger.kernel.org",
    body="""Hi Lin,

The following changes since commit 06c2afb862f9da8dc5efa4b6076a0e48c3fbaaa5:

  Linux 6.5-rc1 (2023-07-02 13:53:27 -0700)

are available in the Git repository at:

  git://git.example.net/frob.git tags/frob-6.5

for you to fetch changes up to 1c3a1a7e1d0a6b2ff0f3ad9b1a4d5e6f70819203:

  frob: free the knob (2023-07-03 09:00:00 +0200)

----------------------------------------------------------------
Ann Author (2):
      frob: free the knob
      frob: turn it once

 frob.c | 4 ++--
 1 file changed, 2 insertions(+), 2 deletions(-)
""",
)
MERGED = mail(
    message_id="merged@x",
    subject="Re: [GIT PULL] frob fixes for 6.5",
    sender="pr-tracker-bot@kernel.org",
    date="Wed, 5 Jul 2023 10:00:00 +0000",
    body="""The pull request you sent on Mon, 3 Jul 2023 10:00:00 +0000:

> git://git.example.net/frob.git tags/frob-6.5

has been merged into torvalds/linux.git:
https://git.kernel.org/torvalds/c/0123456789abcdef0123456789abcdef01234567

Thank you!
""",
    in_reply_to="pull@x",
)


def listed(run: Run, tmp_path: Path, *mails: bytes) -> dict[str, dict[str, Any]]:
    """Import the mails one by one, and return the series by title."""
    for number, raw in enumerate(mails):
        (tmp_path / f"{number}.eml").write_bytes(raw)
        assert run("import", tmp_path / f"{number}.eml", "--inbox", "frob").returncode == 0
    found = json.loads(run("list", "--all", "--json", "--now", NOW).stdout)
    return {series["title"]: series for series in found}


@pytest.mark.parametrize("mails", [(BASE, USER), (USER, BASE)], ids=["in order", "dependency last"])
def test_series_is_blocked_while_what_it_needs_is_open(run: Run, tmp_path: Path, mails: tuple[bytes, ...]) -> None:
    series = listed(run, tmp_path, *mails)
    base, user = series["frob: add a knob"], series["gadget: turn the knob"]
    assert user["blocked_by"] == [base["id"]]
    assert user["depends_on"] == [
        {
            "message_id": "base@x",
            "series": base["id"],
            "state": "new",
            "text": "Based-on: <base@x>",
            "stated_in": "user@x",
        }
    ]
    assert (base["depends_on"], base["blocked_by"]) == ([], [])
    number = str(base["id"])
    assert f"blocked by #{number}" in run("list", "--all", "--now", NOW).stdout
    shown = run("show", "user@x", "--now", NOW).stdout
    assert f"Next:   wait: blocked by #{number}\n" in shown
    assert f"Needs:  #{number}  frob: add a knob: new\n        “Based-on: <base@x>”\n" in shown


def test_nothing_is_blocked_by_what_was_applied(run: Run, tmp_path: Path) -> None:
    user = listed(run, tmp_path, BASE, USER, APPLIED)["gadget: turn the knob"]
    assert (user["blocked_by"], user["depends_on"][0]["state"]) == ([], "accepted")
    assert "blocked" not in run("list", "--all", "--now", NOW).stdout


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "dependency last"])
@pytest.mark.parametrize(
    "stated", ["prerequisite-change-id: 20230703-knob-0123456789ab:v1", "prerequisite-patch-id: {}"]
)
def test_dependency_is_found_by_the_id_that_what_needs_it_states(
    run: Run, tmp_path: Path, stated: str, turned: bool
) -> None:
    body = "Words.\n" + _DIFF.format("frob") + "-- \n2.43.0\n\nchange-id: 20230703-knob-0123456789ab\n"
    base = mail(message_id="base@x", subject="[PATCH] frob: add a knob", body=body)
    needs = [
        mail(
            message_id=f"{name}@x",
            subject=f"[PATCH] {name}: turn the knob",
            date="Tue, 4 Jul 2023 10:00:00 +0000",
            body=f"Turn it.\n{_DIFF.format(name)}-- \n2.43.0\n\n{stated.format(parse(base).patch_id)}\n",
        )
        for name in ("gadget", "widget")
    ]
    series = listed(run, tmp_path, *(reversed([base, *needs]) if turned else [base, *needs]))
    for name in ("gadget", "widget"):
        assert series[f"{name}: turn the knob"]["blocked_by"] == [series["frob: add a knob"]["id"]]


def test_unknown_dependency_is_a_link(run: Run, tmp_path: Path) -> None:
    (user,) = listed(run, tmp_path, USER).values()
    assert user["blocked_by"] == []
    assert (user["depends_on"][0]["message_id"], user["depends_on"][0]["series"]) == ("base@x", None)
    assert "Needs:  https://lore.kernel.org/r/base@x/\n" in run("show", "user@x", "--now", NOW).stdout


def test_pull_request_is_pending_until_it_is_merged(run: Run, tmp_path: Path) -> None:
    (series,) = listed(run, tmp_path, PULL).values()
    assert (series["kind"], series["title"], series["turn"]) == ("pull", "frob fixes for 6.5", "maintainer")
    assert series["pull"] == {
        "repository": "git://git.example.net/frob.git",
        "ref": "frob-6.5",
        "commit": "1c3a1a7e1d0a6b2ff0f3ad9b1a4d5e6f70819203",
        "base": "06c2afb862f9da8dc5efa4b6076a0e48c3fbaaa5",
        "patches": 2,
        "to": {"name": "Lin Lead", "email": "lin@example.net"},
        "status": "pending",
    }
    shown = run("show", "pull@x", "--now", NOW).stdout
    assert "State:  pull request: pending\n" in shown
    assert "Pull:   git://git.example.net/frob.git frob-6.5\n        06c2afb862f9..1c3a1a7e1d0a\n" in shown
    assert "v2" not in shown
    (series,) = listed(run, tmp_path, MERGED).values()
    assert (series["state"], series["pull"]["status"]) == ("mainlined", "merged")
    assert "State:  pull request: merged\n" in run("show", "pull@x", "--now", NOW).stdout


def test_a_version_that_joins_two_patches_names_both(run: Run, tmp_path: Path) -> None:
    both = listed(run, tmp_path, *joined_in_v2())["loom: weave faster"]
    version = both["revisions"][-1]
    links = [version["predecessor"], *version["joins"]]
    assert {link["message_id"] for link in links} == {"a1@loom", "b1@loom"}
    assert all(link["evidence"] and not link["by_hand"] for link in links)
    assert [one["joins"] for one in both["revisions"][:-1]] == [[], []]
    shown = run("show", "j0@loom", "--now", NOW).stdout
    (joined,) = version["joins"]
    assert f"joins <{joined['message_id']}>: same author, some patch titles in common\n" in shown
    assert run("unlink", "j0@loom", joined["message_id"]).returncode == 0
    found = json.loads(run("list", "--all", "--json", "--now", NOW).stdout)
    assert sorted(len(series["revisions"]) for series in found) == [1, 2]
