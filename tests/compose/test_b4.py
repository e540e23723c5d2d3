"""Commands for b4, the editor and the browser; and the real b4 on the demo's mails, without a network."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from patchwatch.cli.demo import demo
from patchwatch.compose.b4 import b4_command, browse, browser_command, edit, run_b4, work_trees
from patchwatch.compose.citations import citations
from patchwatch.config import Config, Lore, Tree
from patchwatch.errors import NotFoundError, ToolError

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
NOWHERE = "http://127.0.0.1:9"  # the discard port, on which nobody answers


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("am", "b4 am -m /box -o . -- a@x"),
        ("shazam", "b4 shazam -m /box -- a@x"),
        ("track", "b4 review track -- a@x"),
    ],
)
def test_what_b4_is_asked(task: str, expected: str) -> None:
    assert " ".join(b4_command(task, "a@x", "/box")) == expected  # type: ignore[arg-type]


def test_another_archive_is_named_to_b4() -> None:
    assert b4_command("am", "a@x", "/box", "https://mirror.example.org")[:5] == (
        "b4",
        "-c",
        "b4.midmask=https://mirror.example.org/all/%s",
        "-c",
        "b4.searchmask=https://mirror.example.org/all/?x=m&q=%s",
    )


@pytest.fixture
def quiet_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the test's own; no keys are asked for in the DNS."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Rita\n\temail = rita@example.com\n[b4]\n\tattestation-policy = off\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.usefixtures("quiet_git")
def test_b4_am_makes_an_mbox_of_the_stored_mails(tmp_path: Path) -> None:
    with demo() as tracker:
        tracker.config = Config(lore=replace(Lore(), url=NOWHERE))
        assert tracker.b4("am", XDP_V5, tmp_path) == 0
        assert tracker.b4("am", XDP_V4, tmp_path) == 0
    names = sorted(path.name for path in tmp_path.glob("*.mbx"))
    assert [name[:2] for name in names] == ["v4", "v5"]
    text = (tmp_path / names[1]).read_text()
    assert text.count("\nSubject: [PATCH v5 ") == 2
    assert "Whatevered-by: Jakub Kicinski" in text


def test_what_b4_will_run_is_told_for_the_revision_of_any_mail() -> None:
    with demo() as tracker:
        answer = "20230801150826.6f617919@kernel.org"
        assert tracker.b4_command("shazam", answer, "MAILS") == f"b4 shazam -m MAILS -- {XDP_V5}"
        with pytest.raises(NotFoundError):
            tracker.b4_command("am", "unknown@x", "MAILS")


@pytest.mark.usefixtures("quiet_git")
def test_b4_shazam_applies_to_a_tree(tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    mail = make_tree_and_patch(tree)
    told: list[str] = []
    assert run_b4("shazam", "p@example.org", [mail], tree, NOWHERE, told.append) == 0
    assert len(told) == 1
    assert told[0].endswith(" -- p@example.org")
    log = subprocess.run(["git", "log", "-1", "--format=%an: %s"], cwd=tree, capture_output=True, text=True, check=True)
    assert log.stdout == "Ann Author: frob it\n"
    assert (tree / "frob.c").read_text() == "new\n"


def make_tree_and_patch(tree: Path) -> bytes:
    tree.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    (tree / "frob.c").write_text("old\n")
    subprocess.run(["git", "add", "."], cwd=tree, check=True)
    subprocess.run(["git", "commit", "-qm", "first"], cwd=tree, check=True)
    return (
        b"From: Ann Author <ann@example.org>\nTo: linux-mm@kvack.org\nSubject: [PATCH] frob it\n"
        b"Date: Mon, 3 Jul 2023 10:00:00 +0000\nMessage-ID: <p@example.org>\n\n"
        b"It was old.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n frob.c | 2 +-\n"
        b" 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
        b"diff --git a/frob.c b/frob.c\n--- a/frob.c\n+++ b/frob.c\n@@ -1 +1 @@\n-old\n+new\n-- \n2.39.5\n"
    )


def test_b4_is_not_run_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="gone: No such file"):
        run_b4("am", "p@example.org", [], tmp_path / "gone", NOWHERE)


def test_only_trees_with_files_take_patches_each_once(tmp_path: Path) -> None:
    (tmp_path / "linux" / ".git").mkdir(parents=True)
    (tmp_path / "bare.git" / "refs").mkdir(parents=True)
    names = {"net-next": "linux", "mainline": "linux", "bare": "bare.git", "gone": "nowhere"}
    trees = [Tree(name=name, path=str(tmp_path / path)) for name, path in names.items()]
    assert work_trees(trees) == (tmp_path / "linux",)


# ---- editor and browser ------------------------------------------------------------------------------------------


def test_the_editor_of_git_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "f() { printf 'edited' >\"$1\"; }; f")
    file = tmp_path / "a draft.eml"
    edit(file)
    assert file.read_text() == "edited"


def test_an_editor_that_fails_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "false")
    with pytest.raises(ToolError, match=r"ended with 1: nothing is sent. Your text is in .*draft\.eml"):
        edit(tmp_path / "draft.eml")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, ("xdg-open", "https://x/")),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, ("xdg-open", "https://x/")),
        ("linux", {"BROWSER": "firefox --new-tab:lynx"}, ("firefox", "--new-tab", "https://x/")),
        ("linux", {"BROWSER": "chromium %s"}, ("chromium", "https://x/")),
        ("darwin", {}, ("open", "https://x/")),
    ],
)
def test_the_browser(platform: str, environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert browser_command("https://x/", platform, environment) == expected


def test_without_a_screen_the_link_is_told() -> None:
    with pytest.raises(ToolError, match="Copy the link: https://x/"):
        browser_command("https://x/", "linux", {"TERM": "xterm"})


def test_a_browser_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, shown = tmp_path / "browser", tmp_path / "shown"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{shown}.part"\nmv "{shown}.part" "{shown}"\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    browse("https://lore.kernel.org/r/a@x/")
    for _ in range(500):
        if shown.exists():
            break
        time.sleep(0.02)
    assert shown.read_text() == "https://lore.kernel.org/r/a@x/\n"
    monkeypatch.setenv("BROWSER", str(tmp_path / "gone"))
    with pytest.raises(ToolError, match="can't start"):
        browse("https://x/")


# ---- citing ------------------------------------------------------------------------------------------------------


def test_the_forms_in_which_a_mail_is_passed_on() -> None:
    with demo() as tracker:
        found = {citation.label: citation.text for citation in tracker.citations(XDP_V5)}
        with pytest.raises(NotFoundError):
            tracker.citations("unknown@x")
    url = f"https://lore.kernel.org/bpf/{XDP_V5}/"
    assert found == {
        "message-id": XDP_V5,
        "URL": url,
        "Link: trailer": f"Link: https://lore.kernel.org/r/{XDP_V5}",
        "b4 am": f"b4 am {XDP_V5}",
        "subject and URL": f"[PATCH bpf-next v5 0/2] bpf, xdp: Add tracepoint to xdp attaching failure\n{url}",
    }


def test_a_hostile_message_id_is_harmless_on_the_clipboard() -> None:
    found = {c.label: c.text for c in citations("$(reboot)/\x1b;@x", "https://lore.kernel.org/r/x/", "a\x07b")}
    assert found["b4 am"] == "b4 am '$(reboot)/␛;@x'"
    assert found["subject and URL"].startswith("a␇b\n")
    assert found["Link: trailer"] == "Link: https://lore.kernel.org/r/$%28reboot%29%2F%1B%3B@x"
