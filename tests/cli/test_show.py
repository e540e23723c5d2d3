"""`show`: text, JSON, `--why`, `--raw`."""

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


def test_show_prints_the_next_action(with_question: Run) -> None:
    shown = with_question("show", "a@x", "--now", "2023-07-07T10:00Z").stdout
    assert "Next:   answer Rita's question from 3 days ago\n" in shown
    assert "Next:   reviewers: waits for 4 days\n" in with_question("show", "c@x", "--now", "2023-07-07T10:00Z").stdout


def test_show_json_is_one_object_with_the_thread(with_xdp: Run) -> None:
    shown = json.loads(with_xdp("show", XDP_V5, "--json").stdout)
    assert (shown["schema"], len(shown["thread"])) == (1, 13)


def test_show_prints_the_evidence_and_its_url(with_xdp: Run) -> None:
    text = with_xdp("show", "1").stdout
    assert "“This series was applied to bpf/bpf-next.git (master)”" in text
    assert "https://lore.kernel.org/r/169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org/" in text


HOSTILE_MAIL = mail(message_id="h@x", subject="[PATCH] frob: fix it", body="\x1b]0;owned\x07red\t\u202egnp.exe\n")


def test_show_raw_prints_bytes_to_a_pipe_and_sanitized_text_to_a_terminal(
    run: Run, process: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "h.eml").write_bytes(HOSTILE_MAIL)
    assert run("import", tmp_path / "h.eml", "--inbox", "x").returncode == 0
    assert process("show", "1", "--raw", "h@x").stdout.encode() == HOSTILE_MAIL
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "patchwatch", "show", "1", "--raw", "h@x"]
    done = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, env=environment, timeout=60, check=True)
    os.close(terminal)
    seen = os.read(controller, 65536).decode()
    os.close(controller)
    assert "\r\n␛]0;owned␇red" in seen
    assert seen.endswith("\N{REPLACEMENT CHARACTER}gnp.exe\r\n")
    assert not {"\x1b", "\x07", "\u202e"} & {*seen}
    assert done.stderr.decode().count("control characters") == 1


def versions() -> list[bytes]:
    """Two versions of three patches: tags, limited and left behind; partly applied; the result of a bot."""
    diff = "---\ndiff --git a/{0}/f.c b/{0}/f.c\n--- a/{0}/f.c\n+++ b/{0}/f.c\n@@ -1 +1 @@\n-a\n+{1}\n"
    rita = "Rita Reviewer <rita@example.com>"
    found = []
    for version in (1, 2):
        mark = "" if version == 1 else " v2"
        tag = f"Reviewed-by: {rita}\n" if version == 2 else ""
        found.append(mail(message_id=f"{version}-0@x", subject=f"[PATCH{mark} 0/3] frob", body="All.\n"))
        for n, where in ((1, "net"), (2, "io_uring"), (3, "mm")):
            found.append(
                mail(
                    message_id=f"{version}-{n}@x",
                    subject=f"[PATCH{mark} {n}/3] {where}: frob {where}",
                    date=f"Mon, {version} Jul 2023 10:0{n}:00 +0000",
                    in_reply_to=f"{version}-0@x",
                    body=f"Why.\n\n{tag if n == 1 else ''}Signed-off-by: Ann Author <ann@example.org>\n"
                    + diff.format(where, version),
                )
            )
    answers = [
        ("1-1@x", rita, f"Reviewed-by: {rita}\n", 3),
        ("1-3@x", "Mo <mo@example.net>", "Tested-by: Mo <mo@example.net>\n", 3),
        ("2-0@x", "Jo <jo@example.net>", "For the io_uring bits:\n\nAcked-by: Jo <jo@example.net>\n", 4),
        ("2-0@x", "W <w@example.net>", "Whatevered-by: W <w@example.net>\n", 4),
        ("2-0@x", "Mia <mia@example.net>", "Applied patches 1-2 to frob/for-next, thanks!\n", 5),
        ("2-3@x", "kernel test robot <lkp@intel.com>", "kernel test robot noticed the following build errors:\n", 6),
    ]
    found += [
        mail(
            message_id=f"a{n}@x",
            subject="Re: [PATCH] frob",
            sender=who,
            date=f"Mon, {day} Jul 2023 10:00:00 +0000",
            in_reply_to=above,
            body=body,
        )
        for n, (above, who, body, day) in enumerate(answers, 1)
    ]
    return found


@pytest.fixture
def with_versions(run: Run, tmp_path: Path) -> Run:
    box = tmp_path / "versions.mbox"
    box.write_bytes(b"".join(b"From x Mon Jul  3 10:00:00 2023\n" + one + b"\n" for one in versions()))
    assert run("import", box, "--inbox", "x").returncode == 0
    return run


def test_show_lists_tags_by_patch_and_what_was_applied(with_versions: Run) -> None:
    text = with_versions("show", "1").stdout
    assert "State:  changes-requested, patches 1-2 of 3 applied\n" in text
    _, _, newest = text.partition("[PATCH v2 0/3] frob\n")
    lines = [one.strip() for one in newest.partition("\n\n")[0].split("\n")]
    assert lines[2:] == [
        "patches 1-2 of 3 applied",
        "Mia, 2023-07-05: “Applied patches 1-2 to frob/for-next, thanks!”",
        "https://lore.kernel.org/r/a5@x/",
        "all      Whatevered-by: W <w@example.net>",
        "patch 1  Reviewed-by: Rita Reviewer <rita@example.com>  (given to v1)",
        "patch 2  Acked-by: Jo <jo@example.net>  (“For the io_uring bits”)",
        "patch 3  Tested-by: Mo <mo@example.net>  (given to v1; not carried)",
        "kernel test robot: failure on patch 3, 2023-07-06",
        "“kernel test robot noticed the following build errors:”",
        "https://lore.kernel.org/r/a6@x/",
    ]
    assert "changes-requested (2/3 applied)" in with_versions("list", "--all").stdout


def test_json_has_tags_applied_patches_and_checks(with_versions: Run) -> None:
    revision = json.loads(with_versions("show", "1", "--json").stdout)["revisions"][-1]
    tags = {t["name"]: t for t in revision["trailers"] if t["name"] != "Signed-off-by"}
    assert tags["Reviewed-by"] == {
        "name": "Reviewed-by",
        "value": "Rita Reviewer <rita@example.com>",
        "message_id": "a1@x",
        "date": "2023-07-03T10:00:00Z",
        "patch": 1,
        "limit": "",
        "counts": True,
        "given_to": "1-0@x",
        "carried": True,
    }
    assert (tags["Acked-by"]["patch"], tags["Acked-by"]["limit"]) == (2, "For the io_uring bits")
    assert (tags["Tested-by"]["given_to"], tags["Tested-by"]["carried"]) == ("1-0@x", False)
    assert (tags["Whatevered-by"]["given_to"], tags["Whatevered-by"]["counts"]) == (None, False)
    assert revision["applied_patches"] == [1, 2]
    assert revision["applied_evidence"]["message_id"] == "a5@x"
    (check,) = revision["checks"]
    assert (check["name"], check["verdict"], check["patch"]) == ("kernel test robot", "failure", 3)


def test_why_says_who_is_expected_to_review(run: Run, tmp_path: Path) -> None:
    sent = [
        mail(
            message_id=f"{n}@m",
            subject=f"[PATCH] {area}: turn {n}",
            to="rita@example.com",
            date=f"{n} May 2023 10:00:00 +0000",
        )
        for area, first in (("knob", 1), ("lever", 11))
        for n in range(first, first + 10)
    ]
    answers = [
        mail(
            message_id=f"{n}-r@m",
            subject=f"Re: [PATCH] knob: turn {n}",
            in_reply_to=f"{n}@m",
            sender="Rita <rita@example.com>",
            date=f"{n + 1} May 2023 10:00:00 +0000",
        )
        for n in range(1, 10)
    ]
    (tmp_path / "knobs.mbox").write_bytes(mbox([*sent, *answers]))
    add_to_config(tmp_path, '[me]\naddresses = ["rita@example.com"]\n')
    assert run("import", tmp_path / "knobs.mbox", "--inbox", "knob").returncode == 0
    now = ("--now", "2023-06-20T10:00Z")
    knob = run("show", "10@m", "--why", *now).stdout
    assert "\nSent to you: expected to be reviewed by you; you replied to 9 of 10 series of knob\n" in knob
    lever = run("show", "20@m", "--why", *now).stdout
    assert "\nSent to you: perhaps expected to be reviewed by you; you replied to 0 of 10 series of lever\n" in lever
    assert "Sent to you" not in run("show", "1@m", "--why", *now).stdout
