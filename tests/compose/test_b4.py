"""The commands for b4, and the real b4 on the mails of the demo, without the network."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.compose.b4 import b4_command, run_b4, work_trees
from patchwatch.config import Config, Lore, Tree
from patchwatch.errors import NotFoundError, ToolError
from tests.support.demo import demo

pytestmark = pytest.mark.git

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("am", "b4 am -m /mails -o . -- a@x"),
        ("shazam", "b4 shazam -m /mails -- a@x"),
        ("track", "b4 review track -- a@x"),
    ],
)
def test_b4_command_for_each_task(task: str, expected: str) -> None:
    assert " ".join(b4_command(task, "a@x", "/mails")) == expected  # type: ignore[arg-type]


def test_b4_gets_the_configured_archive() -> None:
    assert b4_command("am", "a@x", "/mails", "https://mirror.example.org")[:5] == (
        "b4",
        "-c",
        "b4.midmask=https://mirror.example.org/all/%s",
        "-c",
        "b4.searchmask=https://mirror.example.org/all/?x=m&q=%s",
    )


@pytest.fixture
def quiet_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings for the tests; no key lookups in the DNS."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Rita\n\temail = rita@example.com\n[b4]\n\tattestation-policy = off\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.usefixtures("quiet_git")
def test_b4_am_writes_an_mbox_of_the_stored_mails(tmp_path: Path) -> None:
    with demo() as tracker:
        tracker.config = Config(lore=replace(Lore(), url=NOWHERE))
        assert tracker.b4("am", XDP_V5, tmp_path) == 0
        assert tracker.b4("am", XDP_V4, tmp_path) == 0
    names = sorted(path.name for path in tmp_path.glob("*.mbx"))
    assert [name[:2] for name in names] == ["v4", "v5"]
    text = (tmp_path / names[1]).read_text()
    assert text.count("\nSubject: [PATCH v5 ") == 2
    assert "Whatevered-by: Jakub Kicinski" in text


def test_command_is_shown_for_the_revision_of_any_mail() -> None:
    with demo() as tracker:
        reply = "20230801150826.6f617919@kernel.org"
        assert tracker.b4_command("shazam", reply, "MAILS") == f"b4 shazam -m MAILS -- {XDP_V5}"
        with pytest.raises(NotFoundError):
            tracker.b4_command("am", "unknown@x", "MAILS")


@pytest.mark.usefixtures("quiet_git")
def test_b4_shazam_applies_to_a_tree(tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    mail = make_tree_and_patch(tree)
    commands: list[str] = []
    assert run_b4("shazam", "p@example.org", [mail], tree, NOWHERE, commands.append) == 0
    assert len(commands) == 1
    assert commands[0].endswith(" -- p@example.org")
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


def test_b4_needs_an_existing_directory(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="gone: No such file"):
        run_b4("am", "p@example.org", [], tmp_path / "gone", NOWHERE)


def test_work_trees_lists_each_checkout_once(tmp_path: Path) -> None:
    (tmp_path / "linux" / ".git").mkdir(parents=True)
    (tmp_path / "bare.git" / "refs").mkdir(parents=True)
    names = {"net-next": "linux", "mainline": "linux", "bare": "bare.git", "gone": "nowhere"}
    trees = [Tree(name=name, path=str(tmp_path / path)) for name, path in names.items()]
    assert work_trees(trees) == (tmp_path / "linux",)
