"""`list`: table, filters, JSON."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import XDP_V5, Run, add_to_config
from tests.support.mails import mail, mbox


def test_list_json_has_the_keys_of_the_schema(with_xdp: Run) -> None:
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert {
        "schema", "id", "title", "author", "inboxes", "watched", "state", "state_evidence", "turn", "turn_since",
        "next", "awaiting_review", "overdue", "unread", "last_activity", "revisions",
    } <= series.keys()  # fmt: skip
    assert {
        "version", "message_id", "subject", "date", "rfc", "patches", "expected", "has_cover", "state", "follow_ups",
        "url", "patch_message_ids", "trailers", "predecessor",
    } <= series["revisions"][0].keys()  # fmt: skip
    v4, v5 = series["revisions"]
    assert (v4["version"], v4["state"], v4["follow_ups"], v4["predecessor"]) == (4, "superseded", 4, None)
    assert (v5["version"], v5["state"], v5["date"]) == (5, "accepted", "2023-08-01T14:26:19Z")
    assert v5["predecessor"]["message_id"] == v4["message_id"]
    assert v5["url"] == f"https://lore.kernel.org/bpf/{XDP_V5}/"
    assert (series["state"], series["turn"], series["watched"]) == ("accepted", "nobody", False)
    assert series["state_evidence"]["text"] == "This series was applied to bpf/bpf-next.git (master)"


def test_my_next_action_is_printed_below_a_series(with_question: Run) -> None:
    mine = with_question("list", "--all", "--mine", "--now", "2023-07-07T10:00Z").stdout.splitlines()
    assert (len(mine), mine[2]) == (3, "   → answer Rita's question from 3 days ago")
    for_me = with_question("list", "--all", "--for-me", "--now", "2023-07-07T10:00Z").stdout.splitlines()
    assert (len(for_me), for_me[2]) == (3, "   → review v1: sent to you 2 days ago")
    either = with_question("list", "--all", "--mine", "--for-me", "--now", "2023-07-07T10:00Z").stdout
    assert [line.strip() for line in either.splitlines() if "→" in line] == [for_me[2].strip(), mine[2].strip()]
    everything = with_question("list", "--all", "--now", "2023-07-07T10:00Z").stdout
    assert (len(everything.splitlines()), everything.count("→")) == (6, 2)  # only actions that are mine


def test_the_next_action_in_json_names_its_mail_and_who_acts(with_question: Run) -> None:
    rows = json.loads(with_question("list", "--all", "--json", "--now", "2023-07-07T10:00Z").stdout)
    found = {row["title"]: row for row in rows}
    question = {"text": "answer Rita's question from 3 days ago", "message_id": "q@x", "by": "me"}
    assert found["frob: fix it"]["next"] == question
    assert found["blip: fix it"]["next"] == {
        "text": "reviewers: waits for 4 days", "message_id": "c@x", "by": "reviewers",
    }  # fmt: skip
    assert found["frob: fix it"]["turn_evidence"] == {
        "message_id": "q@x",
        "text": "Why is the lock taken?",
        "by_hand": False,
        "commit": None,
        "kind": "question",
        "by": {"name": "Rita Reviewer", "email": "rita@example.com"},
        "date": "2023-07-04T10:00:00Z",
    }


def test_without_me_addresses_the_error_suggests_those_of_git(run: Run, tmp_path: Path) -> None:
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "ann@example.org"}
    done = run("list", "--mine", **git)
    assert (done.returncode, done.stdout) == (1, "")
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    assert f'Add addresses = ["ann@example.org"] under [me] in {config}.' in done.stderr
    unknown = run("list", "--for-me", **git | {"GIT_CONFIG_VALUE_0": ""})
    assert 'addresses = ["you@example.org"]' in unknown.stderr


def test_an_empty_list_suggests_where_else_to_look(with_question: Run) -> None:
    elsewhere = "Use --all to include all known series."
    assert with_question("list", "--mine", "blip").stderr == f"no series in your queue matches. {elsewhere}\n"
    assert with_question("list", "--state", "rejected").stderr == f"no series in your queue matches. {elsewhere}\n"
    assert with_question("list", "new", "closed").stderr == "nothing is in New or Closed.\n"
    assert with_question("list", "--all", "--state", "rejected").stderr == "no known series matches.\n"


def test_an_empty_list_names_the_addresses_only_if_they_alone_decide(with_question: Run, tmp_path: Path) -> None:
    assert with_question("list", "--mine").stdout  # one is Ann's
    assert "ann@example.org" not in with_question("list", "--mine", "--state", "rejected").stderr
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    config.write_text(config.read_text().replace("Ann@Example.org", "typo@example.org"))
    assert "no known series involves typo@example.org" in with_question("list", "--all", "--mine").stderr


@pytest.mark.parametrize("config", ["", '[me]\naddresses = ["ann@example.org"]\n'])
@pytest.mark.parametrize("options", [(), ("--all",), ("--mine",)])
def test_an_empty_database_suggests_watch(run: Run, tmp_path: Path, config: str, options: tuple[str, ...]) -> None:
    add_to_config(tmp_path, config)
    done = run("list", *options)
    assert done.stdout == ""
    assert ("patchwatch watch URL" if config or "--mine" not in options else "under [me]") in done.stderr
    assert json.loads(run("list", "--json").stdout) == []


def test_now_sets_the_clock_before_or_after_the_command(with_xdp: Run) -> None:
    for arguments in (("--now", "2023-08-03", "list", "--all"), ("list", "--all", "--now", "2023-08-03T00:00Z")):
        assert " 2h " in with_xdp(*arguments).stdout  # since the bot's mail of 2 August, 21:40 UTC


def test_list_fits_the_terminal(with_xdp: Run, environment: dict[str, str]) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "patchwatch", "list", "--all"], stdout=terminal, stderr=terminal, env=environment
    )
    process.wait(60)
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(controller)
    lines = shown.decode().splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) <= 80


def test_list_takes_a_limit(with_xdp: Run) -> None:
    assert "xdp" in with_xdp("list", "--all", "st:accepted", "f:leon", "v:5").stdout.lower()
    assert with_xdp("list", "--all", "st:accepted -xdp").stderr.strip() == "no known series matches."
    refused = with_xdp("list", "st:acepted")
    assert refused.returncode == 2
    assert "can't parse 'st:acepted': did you mean accepted?" in refused.stderr


def test_what_lapsed_is_counted_and_found(run: Run, tmp_path: Path) -> None:
    sent = [mail(message_id=f"{n}@m", subject=f"[PATCH] knob: turn {n}", to="rita@example.com") for n in range(3)]
    (tmp_path / "knobs.mbox").write_bytes(mbox(sent))
    add_to_config(tmp_path, '[me]\naddresses = ["rita@example.com"]\n')
    assert run("import", tmp_path / "knobs.mbox", "--inbox", "knob").returncode == 0
    assert "Review (3)" in run("list", "--now", "2023-07-23T10:00Z").stdout
    later = ("--now", "2023-07-26T10:00Z")
    assert "Waiting (3), 3 with you for long: patchwatch list waiting\n" in run("list", *later).stdout
    assert run("list", "--all", "is:lapsed", *later).stdout.count("knob: turn") == 3
    assert run("list", "--all", "is:lapsed", "--now", "2023-07-23T10:00Z").stdout == ""
