"""`diff`: the comparison of revisions of the demo, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patchwatch.cli.demo import DemoTracker
from patchwatch.cli.main import run
from patchwatch.sync.ingest import ingest, read_mail
from tests.support.demo import demo
from tests.support.mails import mail
from tests.support.paths import ROOT

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
MGLRU_V3 = "20230920190244.16839-1-ryncsn@gmail.com"


# ---- the demo ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo() as tracker:
        yield tracker


def test_the_demo_compares_v4_with_v5(tracker: DemoTracker) -> None:
    found = tracker.compare(tracker.find(XDP_V5))
    assert (found.older.label, found.newer.label) == ("v4", "v5")
    assert [(pair.mark, pair.words()) for pair in found.pairs] == [
        ("!", ("diff changed +1 -1",)),
        ("!", ("diff changed +2 -2",)),
    ]
    assert [note.changes.heading for note in found.notes] == ["v4 -> v5"]


def test_unseen_patches_are_not_reported_as_dropped(tracker: DemoTracker) -> None:
    found = tracker.compare(tracker.find(MGLRU_V3), "1", "3")
    assert found.newer.missing == 2
    assert {pair.state for pair in found.pairs} <= {"not-seen", "new", "changed"}


def test_a_resend_can_be_named_by_its_message_id(tracker: DemoTracker) -> None:
    diff = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
    for number, subject in enumerate(("[PATCH] net: frob", "[PATCH RESEND] net: frob"), 1):
        raw = mail(message_id=f"{number}@x", subject=subject, date=f"Mon, {number} Jul 2023 10:00:00 +0000", body=diff)
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "bpf")
    found = tracker.compare(tracker.find("1@x"), "v1", "2@x")
    assert (found.newer.label, found.newer.message_id) == ("v1 (resent)", "2@x")
    assert found.equal


# ---- the command ---------------------------------------------------------------------------------------------------

Diff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Run `patchwatch diff` in this process, on a database with the xdp and mglru threads of the demo."""
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "test.db"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("PATCHWATCH_CONFIG", raising=False)
    for name in ("xdp", "mglru"):
        assert run(["import", str(ROOT / "patchwatch" / "cli" / "demo" / f"{name}.mbox"), "--inbox", name]) == 0
    capsys.readouterr()

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(["diff", *arguments])
        return (status, *capsys.readouterr())

    return call


def test_diff_prints_changelog_pairs_and_rows(diff: Diff) -> None:
    status, out, err = diff(XDP_V5, "v4", "v5")
    assert (status, err) == (0, "")
    assert "    v4 -> v5  (cover letter)\n        * Zero the extack before use.\n" in out
    assert "\n1:  1  !  bpf, xdp: Add tracepoint to xdp attaching failure  (diff changed +1 -1)\n" in out
    assert "\n    @@ net/core/dev.c: " in out
    assert "\n    ++        struct netlink_ext_ack ack = {};\n" in out
    assert "\n    -+        struct netlink_ext_ack ack;\n" in out
    assert "\x1b" not in out


def test_diff_stat_prints_one_line_per_patch(diff: Diff) -> None:
    _, out, _ = diff("1", "--stat")
    assert [line[:8] for line in out.splitlines()[4:]] == ["1:  1  !", "2:  2  !"]


def test_diff_color_always_and_no_color(diff: Diff, monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = diff("1", "--color", "always")[1]
    assert "    \x1b[32m\x1b[7m+\x1b[0m\x1b[32m\x1b[1m+        struct netlink_ext_ack ack = {};\x1b[0m\n" in coloured
    assert "    \x1b[31m\x1b[7m-\x1b[0m\x1b[32m\x1b[2m+        struct netlink_ext_ack ack;\x1b[0m\n" in coloured
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("GIT_PAGER", "cat")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in diff("1")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in diff("1")[1]


def test_diff_json_has_the_keys_of_the_schema(diff: Diff) -> None:
    found = json.loads(diff("1", "--json")[1])
    assert found.keys() == {"schema", "id", "title", "older", "newer", "equal", "changelog", "patches"}
    assert (found["schema"], found["older"]["label"], found["newer"]["message_id"]) == (1, "v4", XDP_V5)
    first = found["patches"][0]
    assert first.keys() == {
        "mark", "standing", "words", "moved", "older", "newer", "message", "tags_gained", "tags_lost", "diff",
        "relatives",
    }  # fmt: skip
    assert ["+", "+", "\tstruct netlink_ext_ack ack = {};"] in first["diff"]["rows"]


def test_missing_patches_are_reported_on_stderr(diff: Diff) -> None:
    status, out, err = diff(MGLRU_V3)
    assert status == 0
    assert "v3 is incomplete: 4 of its 6 patches were received." in err
    assert "4 of 6 patches" in out
    assert "(no match)" in out


def test_an_unknown_version_fails_and_lists_the_known_ones(diff: Diff) -> None:
    status, out, err = diff("1", "v9")
    assert (status, out, err) == (1, "", "patchwatch: this series has no v9; it has v4, v5.\n")


def test_hostile_mail_is_sanitized(diff: Diff, tmp_path: Path) -> None:
    text = "\x1b]0;owned\x07 \u202e evil"
    box = b""
    for version in (1, 2):
        body = (
            f"Message {text} {version}.\n\nAcked-by: {text}{version} <x@example.org>\n---\nv2: {text}\n\n"
            f"diff --git a/{text} b/{text}\n--- a/{text}\n+++ b/{text}\n@@ -1 +1 @@ {text}\n-a\n+{text} {version}\n"
        )
        subject = f"[PATCH v{version}] net: frob {text} {version}"
        raw = mail(
            message_id=f"evil-{version}@x", subject=subject, body=body, headers={"X-A": text.replace("\x1b", "")}
        )
        box += b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw + b"\n"
    (tmp_path / "evil.mbox").write_bytes(box)
    assert run(["import", str(tmp_path / "evil.mbox"), "--inbox", "evil"]) == 0
    if "evil-1" not in diff("evil-2@x", "--json")[1]:
        assert run(["link", "evil-2@x", "evil-1@x"]) == 0
    status, out, _ = diff("evil-2@x")
    assert status == 0
    assert "evil" in out
    assert not set("\x1b\x07\u202e") & set(out)
