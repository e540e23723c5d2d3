"""`watch`, `poll`, `follow`, `import`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from patchwatch.tracker import Tracker
from tests.support.command_line import Run, add_to_config
from tests.support.git_tree import GitTree
from tests.support.lore_server import LoreServer
from tests.support.mails import mail
from tests.support.paths import DEMO


def test_import_reports_what_it_read_and_skips_known_mail(process: Run, run: Run) -> None:
    first = process("import", DEMO / "xdp.mbox", "--inbox", "bpf")
    assert (first.returncode, first.stdout) == (0, "bpf: 13 mails read, 13 new, 2 new versions\n")
    again = run("import", DEMO / "xdp.mbox", "--inbox", "bpf")
    assert again.stdout.startswith("bpf: nothing new in ")


def test_follow_takes_a_whole_list_or_rules(with_xdp: Run) -> None:
    output = with_xdp("follow", "https://lore.kernel.org/netdev/", "--author", "kuba", "--path", "net/core").stdout
    assert output == "following netdev --author kuba --path net/core\n"
    assert with_xdp("follow", "netdev", "--subject", "xdp").stdout.endswith("\nfollowing netdev --subject xdp\n")
    assert with_xdp("follow").stdout == "netdev --author kuba --path net/core\nnetdev --subject xdp\n"
    assert with_xdp("follow", "netdev").stdout == "following netdev\n"
    assert "--stop` first" in with_xdp("follow", "netdev", "--subject", "xdp").stderr
    assert with_xdp("follow", "netdev", "--stop").stdout == "no longer following netdev\n"
    assert with_xdp("follow").stdout == ""
    assert with_xdp("follow", "--subject", "xdp").returncode == 2


@pytest.mark.sqlite
def test_follow_since_a_day_fetches_the_mail_since_then(with_xdp: Run, tmp_path: Path) -> None:
    done = with_xdp("follow", "netdev", "--since", "2023-05-01")
    assert done.stdout == "following netdev\n"
    assert "`patchwatch poll` or `run` fetches the mail of netdev since 2023-05-01" in done.stderr
    for since in ("2023-06-01", "2023-04-01"):  # the earliest counts
        with_xdp("follow", "netdev", "--since", since)
    with closing(sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db")) as connection:
        assert connection.execute("SELECT cursor FROM inbox WHERE name = 'netdev'").fetchone() == (1_680_307_200,)
    assert with_xdp("follow", "netdev", "--since", "soon").returncode == 2
    assert with_xdp("follow", "netdev", "--since", "2023-05-01", "--stop").returncode == 2


def test_follow_asks_the_archive_whether_it_has_the_list(run: Run, lore_server: LoreServer) -> None:
    lore_server.create("cli-followed")
    missing = run("follow", "no-such-list", PATCHWATCH_LORE_URL=lore_server.url)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "has no inbox named 'no-such-list'" in missing.stderr
    assert run("follow", "cli-followed", PATCHWATCH_LORE_URL=lore_server.url).stdout == "following cli-followed\n"
    assert run("follow").stdout == "cli-followed\n"


def test_follow_works_offline_and_says_that_nobody_was_asked(with_xdp: Run) -> None:
    done = with_xdp("follow", "netdev")
    assert (done.returncode, done.stdout) == (0, "following netdev\n")
    asked = "could not ask the archive whether it has a list netdev, which the next poll will show: can't reach "
    assert f"{asked}http://127.0.0.1:9" in done.stderr
    assert with_xdp("follow", "netdev").stderr == ""


def test_a_list_that_does_not_exist_and_was_followed_offline_is_reported_from_the_next_poll_on(
    run: Run, lore_server: LoreServer
) -> None:
    assert run("follow", "no-such-list").returncode == 0
    polled = run("poll", PATCHWATCH_LORE_URL=lore_server.url)
    assert polled.returncode == 1
    assert "has no inbox named 'no-such-list'" in polled.stderr
    found = run("doctor", PATCHWATCH_LORE_URL=lore_server.url)
    assert found.returncode == 1
    assert "FAIL  polling no-such-list: failing for 0 h: " in found.stdout
    assert "If the name is wrong, `patchwatch follow no-such-list --stop` removes it" in found.stdout
    run("follow", "no-such-list", "--stop")
    assert "no-such-list" not in run("doctor", PATCHWATCH_LORE_URL=lore_server.url).stdout


def test_without_network_poll_fails_and_list_works(with_xdp: Run, tmp_path: Path) -> None:
    failed = with_xdp("watch", "-", stdin=(DEMO / "xdp.mbox").read_bytes())
    assert failed.returncode == 1
    assert "was not fetched" in failed.stderr
    assert failed.stdout.startswith("watching #1 ")
    polled = with_xdp("poll")
    assert polled.returncode == 1
    assert "can't reach http://127.0.0.1:9" in polled.stderr
    listed = with_xdp("list", "--all")
    assert listed.returncode == 0
    assert "accepted" in listed.stdout
    assert "stale" in listed.stderr


def test_poll_goes_on_past_a_bug_in_events(with_xdp: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with_xdp("follow", "netdev")

    def fail(_: object) -> None:
        raise ZeroDivisionError("odd \x1b[31m mail")

    monkeypatch.setattr(Tracker, "detect_events", fail)
    failed = with_xdp("poll")
    assert failed.returncode == 1
    assert "netdev: failed\n" in failed.stdout
    assert failed.stderr.count("events: unexpected error (ZeroDivisionError in ") == 1
    assert failed.stderr.replace("\n", "").isprintable()


def test_a_configured_git_tree_is_polled_shown_and_checked(run: Run, tmp_path: Path) -> None:
    tree = GitTree(tmp_path / "frob", 1_688_000_000)
    sha = tree.commit("frob: turn the \x1b[31mwheel once", at=1_688_500_000, authored=1_688_400_000)
    (tmp_path / "one.eml").write_bytes(mail(message_id="1@v1", subject="[PATCH] frob: turn the \x1b[31mwheel once"))
    add_to_config(tmp_path, f'[[tree]]\nname = "linus"\npath = "{tree.path}"\nmainline = true\n')
    run("import", tmp_path / "one.eml", "--inbox", "frob")
    clock = ("--now", "2023-07-20T00:00Z")
    polled = run("poll", *clock)
    assert (polled.stdout, polled.stderr, polled.returncode) == ("linus: 2 new commits, 1 patch applied\n", "", 0)
    (row,) = json.loads(run("list", "--all", "--json").stdout)
    assert (row["state"], row["state_evidence"]["commit"], row["state_evidence"]["message_id"]) == (
        "mainlined",
        sha,
        None,
    )
    why = run("show", "1@v1", "--why").stdout
    assert f"“commit {sha[:12]} in linus: frob: turn the" in why
    assert f"            commit {sha}\n" in why
    assert "\x1b" not in why
    assert "ok    tree linus: read 0 min ago; its newest commit is 15 days old" in run("doctor", *clock).stdout
    tree.path.rename(tmp_path / "away")
    assert "FAIL  tree linus: no git repository at " in run("doctor").stdout
    gone = run("poll")
    assert (gone.stdout, gone.returncode) == ("linus: failed\n", 1)
    assert "Set tree.path" in gone.stderr


@pytest.mark.lore
def test_a_report_is_watched_polled_and_listed(run: Run, lore_server: LoreServer, tmp_path: Path) -> None:
    lore_server.create("cli-list")
    patch = mail(
        message_id="cli-1@example.org",
        subject="[PATCH] quux: say quux",
        sender="Cli <cli-a@example.org>",
        body="x\n---\n",
    )
    lore_server.deliver("cli-list", patch)
    (tmp_path / "report.md").write_text(f"- [quux]({lore_server.url}/cli-list/cli-1@example.org/T/#t) is new.\n")
    watched = run("watch", tmp_path / "report.md", PATCHWATCH_LORE_URL=lore_server.url)
    assert (watched.returncode, watched.stdout) == (0, "watching #1 quux: say quux\n")
    polled = run("poll", PATCHWATCH_LORE_URL=lore_server.url)
    assert polled.returncode == 0
    assert "cli-list: 0 new mails, 0 new versions, 0 state changes\n" in polled.stdout
    assert "quux: say quux" in run("list", "dormant").stdout
    assert run("doctor", PATCHWATCH_LORE_URL=lore_server.url).returncode == 0


def test_a_link_that_is_too_long_for_a_path_is_refused(run: Run) -> None:
    done = run("watch", "x" * 5000)
    assert done.returncode == 1
    assert "neither a file, nor a link to a mail, nor a message-id" in done.stderr


def test_a_text_without_end_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("patchwatch.cli.fetch._MAX_TEXT_BYTES", 1 << 20)
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate((1 << 20) + 1)
    done = run("watch", tmp_path / "large")
    assert done.returncode == 1
    assert "larger than 1 MB. Use `patchwatch import`" in done.stderr
