"""The command line: output, exit status, and sentences on stderr."""

from __future__ import annotations

import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from patchwatch.cli.main import run as run_here
from patchwatch.config import Config
from patchwatch.config_file import parse_config
from tests.support.git_tree import GitTree
from tests.support.lore_server import LoreServer
from tests.support.mails import mail
from tests.support.paths import DEMO, ROOT

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[lore]\ndeadline_seconds = 1\n[database]\nbusy_seconds = 0.2\n")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PATCHWATCH_", "XDG_"))},
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PATCHWATCH_LORE_URL": "http://127.0.0.1:9",  # the discard port: nothing listens
        "PYTHONWARNINGS": "error",
        "COLUMNS": "80",
    }


def add_to_config(tmp_path: Path, text: str) -> None:
    """What is in it already keeps a test from waiting long for a server that is not there."""
    with (tmp_path / "config" / "patchwatch" / "config.toml").open("a") as config:
        config.write(text)


@pytest.fixture
def process(environment: dict[str, str]) -> Run:
    """A command line in a process of its own, for what only that can show."""

    def call(*arguments: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "patchwatch", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=environment | extra,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command line in this process, which need not import everything again."""
    for name in os.environ.keys() - environment.keys():
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
        line = [*map(str, arguments)]
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as changed:
            changed.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in extra.items():
                changed.setenv(name, value)
            status = run_here(line)
        return subprocess.CompletedProcess(line, status, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def xdp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the mails of a series, to be copied."""
    file = tmp_path_factory.mktemp("xdp") / "patchwatch.db"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATCHWATCH_DATABASE", str(file))
        environment.setenv("PATCHWATCH_CONFIG", str(ROOT / "config.example.toml"))
        assert run_here(["import", str(DEMO / "xdp.mbox"), "--inbox", "bpf"]) == 0
    return file


@pytest.fixture
def with_xdp(run: Run, xdp: Path, environment: dict[str, str]) -> Run:
    own = Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db"
    own.parent.mkdir(parents=True)
    with closing(sqlite3.connect(xdp)) as known, closing(sqlite3.connect(own)) as copy:
        known.backup(copy)
    return run


def test_import_says_what_it_read_and_reads_it_once(process: Run) -> None:
    first = process("import", DEMO / "xdp.mbox", "--inbox", "bpf")
    assert (first.returncode, first.stdout) == (0, "bpf: 13 mails read, 13 new, 2 new revisions\n")
    again = process("import", DEMO / "xdp.mbox", "--inbox", "bpf")
    assert again.stdout.startswith("bpf: nothing new at ")


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


@pytest.fixture
def with_question(run: Run, tmp_path: Path) -> Run:
    """A patch of Ann's that Rita asked about, and one of Bo's to Ann; the config says that the user is Ann."""
    add_to_config(tmp_path, '[me]\naddresses = ["Ann@Example.org"]\n')
    raws = [
        mail(message_id="a@x", subject="[PATCH] frob: mend it", body="Why.\n---\n"),
        mail(
            message_id="q@x",
            subject="Re: [PATCH] frob: mend it",
            sender="Rita Reviewer <rita@example.com>",
            date="Tue, 4 Jul 2023 10:00:00 +0000",
            in_reply_to="a@x",
            body="Why is the lock taken?\n",
        ),
        mail(
            message_id="b@x",
            subject="[PATCH] quux: say quux",
            sender="Bo Author <bo@example.net>",
            date="Wed, 5 Jul 2023 10:00:00 +0000",
            cc="Ann Author <ann@example.org>",
            body="Why.\n---\n",
        ),
        mail(message_id="c@x", subject="[PATCH] blip: mend it", sender="Cy <cy@example.com>", body="Why.\n---\n"),
    ]
    for number, raw in enumerate(raws):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    (tmp_path / "box").write_bytes(b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw for raw in raws))
    assert run("import", tmp_path / "box", "--inbox", "x").returncode == 0
    return run


def test_what_i_do_next_stands_below_a_series(with_question: Run) -> None:
    mine = with_question("list", "--all", "--mine", "--now", "2023-07-07T10:00Z").stdout.splitlines()
    assert (len(mine), mine[2]) == (3, "   → answer Rita's question of 3 days ago")
    for_me = with_question("list", "--all", "--for-me", "--now", "2023-07-07T10:00Z").stdout.splitlines()
    assert (len(for_me), for_me[2]) == (3, "   → review: waits for 2 days")
    either = with_question("list", "--all", "--mine", "--for-me", "--now", "2023-07-07T10:00Z").stdout
    assert [one.strip() for one in either.splitlines() if "→" in one] == [for_me[2].strip(), mine[2].strip()]
    everything = with_question("list", "--all", "--now", "2023-07-07T10:00Z").stdout
    assert (len(everything.splitlines()), everything.count("→")) == (6, 2)  # nothing below what is not mine to do


def test_the_next_move_in_json_names_its_mail_and_who_moves(with_question: Run) -> None:
    rows = json.loads(with_question("list", "--all", "--json", "--now", "2023-07-07T10:00Z").stdout)
    found = {row["title"]: row for row in rows}
    question = {"text": "answer Rita's question of 3 days ago", "message_id": "q@x", "by": "me"}
    assert found["frob: mend it"]["next"] == question
    assert found["blip: mend it"]["next"] == {
        "text": "reviewers: waits for 4 days", "message_id": "c@x", "by": "reviewers",
    }  # fmt: skip
    assert found["frob: mend it"]["turn_evidence"] == {
        "message_id": "q@x",
        "text": "Why is the lock taken?",
        "by_hand": False,
        "commit": None,
        "kind": "question",
        "by": {"name": "Rita Reviewer", "email": "rita@example.com"},
        "date": "2023-07-04T10:00:00Z",
    }


def test_show_says_what_is_next_with_the_turn(with_question: Run) -> None:
    shown = with_question("show", "a@x", "--now", "2023-07-07T10:00Z").stdout
    assert "Next:   answer Rita's question of 3 days ago\n" in shown
    assert "Next:   reviewers: waits for 4 days\n" in with_question("show", "c@x", "--now", "2023-07-07T10:00Z").stdout


def test_the_digest_begins_with_my_turn(with_question: Run, tmp_path: Path) -> None:
    with_question("watch", tmp_path / "0.eml")
    text = with_question("digest", "--now", "2023-07-07T10:00Z").stdout
    assert text.startswith("Subject: [patchwatch] nothing new, 1 needs you\n\nYour turn (1)\n")
    said = "  answer Rita's question of 3 days ago\n  Rita Reviewer, 4 Jul: “Why is the lock taken?”\n"
    assert f"{said}https://lore.kernel.org/r/q@x/" in text


def test_the_digest_of_a_day_that_has_passed_knows_only_what_was_known_then(with_question: Run, tmp_path: Path) -> None:
    with_question("watch", tmp_path / "0.eml")
    before = with_question("digest", "--date", "2023-07-04").stdout  # at seven; the question came at ten
    assert "question" not in before
    assert "News since 2023-07-03 07:00 UTC." in before
    after = with_question("digest", "--date", "2023-07-05", "--since", "2023-07-04T07:00Z").stdout
    assert after.startswith(
        "Subject: [patchwatch] 1 needs you\n\nYour turn (1)\n---------\n".replace("---------", "-" * 13)
    )
    assert "NEW #1 " in after


def test_who_i_am_is_for_the_config_to_say_and_git_knows_what(run: Run, tmp_path: Path) -> None:
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "ann@example.org"}
    done = run("list", "--mine", **git)
    assert (done.returncode, done.stdout) == (1, "")
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    assert f'Put addresses = ["ann@example.org"] below a line [me] in {config}.' in done.stderr
    unknown = run("list", "--for-me", **git | {"GIT_CONFIG_VALUE_0": ""})
    assert 'addresses = ["you@example.org"]' in unknown.stderr


def test_an_empty_list_says_where_else_to_look(with_question: Run, tmp_path: Path) -> None:
    assert "nothing is watched yet" in with_question("list", "--mine").stderr
    with_question("watch", tmp_path / "3.eml")
    said = with_question("list", "--mine").stderr
    assert said == "none of 1 watched series concerns ann@example.org. --all looks at imported and followed ones too.\n"
    assert with_question("list", "--all", "--state", "rejected").stderr == "no known series is as you asked.\n"


def test_show_json_is_one_object_with_the_thread(with_xdp: Run) -> None:
    shown = json.loads(with_xdp("show", XDP_V5, "--json").stdout)
    assert (shown["schema"], len(shown["thread"])) == (1, 13)


def test_show_prints_the_evidence_and_its_link(with_xdp: Run) -> None:
    text = with_xdp("show", "1").stdout
    assert "“This series was applied to bpf/bpf-next.git (master)”" in text
    assert "https://lore.kernel.org/r/169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org/" in text


HOSTILE_MAIL = mail(message_id="h@x", subject="[PATCH] frob: mend it", body="\x1b]0;owned\x07red\t\u202egnp.exe\n")


def test_show_raw_gives_a_program_the_bytes_and_a_terminal_what_it_does_not_obey(
    process: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "h.eml").write_bytes(HOSTILE_MAIL)
    assert process("import", tmp_path / "h.eml", "--inbox", "x").returncode == 0
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
    assert done.stderr.decode().count("not as it came") == 1


def test_now_sets_the_clock_before_or_after_the_command(with_xdp: Run) -> None:
    for arguments in (("--now", "2023-08-03", "list", "--all"), ("list", "--all", "--now", "2023-08-03T00:00Z")):
        assert " 2h " in with_xdp(*arguments).stdout  # since the bot's mail of 2 August, 21:40 UTC


def test_a_list_is_followed_whole_or_by_rules(with_xdp: Run) -> None:
    said = with_xdp("follow", "https://lore.kernel.org/netdev/", "--author", "kuba", "--path", "net/core").stdout
    assert said == "following netdev --author kuba --path net/core\n"
    assert with_xdp("follow", "netdev", "--subject", "xdp").stdout.endswith("\nfollowing netdev --subject xdp\n")
    assert with_xdp("follow").stdout == "netdev --author kuba --path net/core\nnetdev --subject xdp\n"
    assert with_xdp("follow", "netdev").stdout == "following netdev\n"
    assert "--stop` first" in with_xdp("follow", "netdev", "--subject", "xdp").stderr
    assert with_xdp("follow", "netdev", "--stop").stdout == "no longer following netdev\n"
    assert with_xdp("follow").stdout == ""
    assert with_xdp("follow", "--subject", "xdp").returncode == 2


def test_decisions_by_hand(with_xdp: Run) -> None:
    assert with_xdp("mark", "1", "deferred").stdout.endswith(": deferred\n")
    assert with_xdp("mute", "1").stdout.startswith("muted: #1 ")
    assert with_xdp("snooze", "1", "--until", "3d").stdout.startswith("snoozed until 20")
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert (series["state"], series["muted"], series["snoozed"]) == ("deferred", True, True)
    assert with_xdp("mark", "1", "auto").stdout.endswith(": accepted\n")
    assert with_xdp("unlink", XDP_V5).stdout.count("1 revisions") == 2
    assert "has 2 revisions" in with_xdp("link", "2", "1").stdout
    assert with_xdp("unwatch", "1").returncode == 0


def test_undo_takes_back_one_decision_after_the_other(with_xdp: Run) -> None:
    with_xdp("mark", "1", "deferred")
    with_xdp("snooze", "1", "--until", "monday", "--now", "2023-09-21")
    assert with_xdp("undo").stdout.startswith("taken back: snoozed until 2023-09-25: #1 ")
    assert with_xdp("undo").stdout.startswith("taken back: marked deferred: #1 ")
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert (series["state"], series["snoozed"]) == ("accepted", False)
    done = with_xdp("undo")
    assert (done.returncode, done.stderr) == (1, "patchwatch: there is nothing to undo.\n")


def test_reindex_gives_the_same_list(with_xdp: Run) -> None:
    before = with_xdp("list", "--all", "--json").stdout
    assert with_xdp("reindex").stdout == "13 mails understood anew\n"
    assert with_xdp("list", "--all", "--json").stdout == before


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("show", "99"), 1, "there is no series 99"),
        (("show", "what"), 1, "is no series"),
        (("watch", "nothing-here"), 1, "neither a file, nor a link"),
        (("import", "/nowhere", "--inbox", "x"), 1, "/nowhere"),
        (("list", "--mine"), 1, "[me]"),
        (("list", "--nonsense"), 2, "No such option"),
        (("lst",), 2, "Did you mean 'list'?"),
        (("--now", "soon", "list"), 2, "use 2023-09-20T08:00Z"),
        (("snooze", "1"), 1, "there is no series 1"),
        (("snooze", "1", "--until", "soon"), 1, "use 2026-12-01"),
        (("tui",), 1, "needs a terminal"),
    ],
)
def test_what_is_wrong_is_said_on_stderr(process: Run, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = process(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_list_names_the_next_step(run: Run) -> None:
    done = run("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "patchwatch watch LINK" in done.stderr
    assert json.loads(run("list", "--json").stdout) == []


def test_a_config_error_names_file_line_and_the_nearest_key(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config" / "patchwatch" / "config.toml"
    path.write_text('[lore]\nurl = "https://lore.kernel.org"\ntimout_seconds = 3\n')
    done = run("list")
    assert done.returncode == 1
    assert f"{path}:3: unknown key lore.timout_seconds; did you mean timeout_seconds?" in done.stderr


def test_the_example_config_works_and_says_the_defaults(run: Run) -> None:
    path = ROOT / "config.example.toml"
    assert run("list", PATCHWATCH_CONFIG=str(path)).returncode == 0
    parsed = parse_config(path.read_text(), path)
    assert (parsed.lore, parsed.poll, parsed.me) == (Config().lore, Config().poll, Config().me)
    assert (parsed.review, parsed.database) == (Config().review, Config().database)


def test_the_example_config_names_every_key(run: Run) -> None:
    from dataclasses import fields

    tables = tomllib.loads((ROOT / "config.example.toml").read_text())
    sections = {f.name: f.default for f in fields(Config) if f.name not in ("source", "keys")}
    sections = {name: default for name, default in sections.items() if default != ()}  # several: tests/test_config.py
    assert tables.pop("keys") == {}  # tests/tui/test_tui_keys.py
    assert {name: set(table) for name, table in tables.items()} == {
        name: {f.name for f in fields(default)}  # type: ignore[arg-type]
        for name, default in sections.items()
    }


def test_without_network_polling_fails_and_reading_works(with_xdp: Run, tmp_path: Path) -> None:
    failed = with_xdp("watch", "-", stdin=(DEMO / "xdp.mbox").read_bytes())
    assert failed.returncode == 1
    assert "was not fetched" in failed.stderr
    assert failed.stdout.startswith("watching #1 ")
    polled = with_xdp("poll")
    assert polled.returncode == 1
    assert "Can't reach http://127.0.0.1:9" in polled.stderr
    listed = with_xdp("list")
    assert listed.returncode == 0
    assert "accepted" in listed.stdout
    assert "stale" in listed.stderr


def test_a_newer_database_is_refused(with_xdp: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    done = with_xdp("list")
    assert done.returncode == 1
    assert "newer patchwatch" in done.stderr


def test_a_locked_database_is_reported_and_left_alone(with_xdp: Run, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert with_xdp("list", "--all").returncode == 0  # reading goes on
        done = with_xdp("mute", "1")
    finally:
        holder.close()
    assert done.returncode == 1
    assert "locked by another program" in done.stderr


def test_hostile_mail_reaches_the_terminal_as_plain_text(run: Run, tmp_path: Path) -> None:
    hostile = mail(
        message_id="evil@example.org",
        subject="[PATCH] \x1b]0;owned\x07 red \x1b[31m \u202eltr\u202c [bold]not markup[/bold]",
        sender="Eve \x1b[2J <eve@example.org>",
        body="\x1b[5mblink\x1b[0m \u2066hidden\u2069\n---\n",
    )
    (tmp_path / "evil.eml").write_bytes(hostile)
    run("import", tmp_path / "evil.eml", "--inbox", "x")
    for arguments in (("list", "--all"), ("show", "1")):
        text = run(*arguments).stdout
        assert all(c.isprintable() or c == "\n" for c in text)
        assert "[bold]not markup[/bold]" in text


def test_a_reader_that_stops_early_is_no_error(with_xdp: Run, environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "patchwatch", "show", "1"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""


def test_demo_prints_list_series_and_digest(run: Run) -> None:
    for arguments in (("demo", "--print"), ("demo",)):  # without a terminal it prints, too
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Refault distance update with MGLRU support" in done.stdout
        assert "“This series was applied to bpf/bpf-next.git (master)”" in done.stdout
        assert "Subject: [patchwatch]" in done.stdout


def test_the_demo_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    run("demo", "--print", TMPDIR=str(tmp_path / "tmp"))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "data").exists()


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


def test_digest_lines_fit_72_columns_but_for_links(with_xdp: Run) -> None:
    with_xdp("watch", "-", stdin=(DEMO / "xdp.mbox").read_bytes())
    text = with_xdp("digest", "--now", "2023-08-03").stdout
    assert "  accepted, 2 Aug: " in text
    assert [one for one in text.splitlines()[2:] if len(one) > 72 and not one.startswith("https://")] == []


def test_doctor_says_what_fails_and_the_mend(with_xdp: Run) -> None:
    done = with_xdp("doctor")
    assert done.returncode == 1
    assert "ok    database: " in done.stdout
    assert "FAIL  archive: Can't reach http://127.0.0.1:9" in done.stdout
    report = json.loads(with_xdp("doctor", "--json").stdout)
    assert (report["schema"], report["ok"]) == (1, False)


def test_a_git_tree_of_the_config_is_polled_shown_and_examined(run: Run, tmp_path: Path) -> None:
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
    assert "FAIL  tree linus: there is no git repository at " in run("doctor").stdout
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
    assert "cli-list: 0 new mails, 0 new revisions, 0 state changes\n" in polled.stdout
    assert "quux: say quux" in run("list").stdout
    assert run("doctor", PATCHWATCH_LORE_URL=lore_server.url).returncode == 0


def versions() -> list[bytes]:
    """Two versions of three patches: tags, limited and left behind; a part applied; a robot's result."""
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


def test_show_tells_tags_patch_by_patch_and_what_was_applied(with_versions: Run) -> None:
    text = with_versions("show", "1").stdout
    assert "State:  under-review, patches 1-2 of 3 applied\n" in text
    _, _, newest = text.partition("[PATCH v2 0/3] frob\n")
    lines = [one.strip() for one in newest.partition("\n\n")[0].split("\n")]
    assert lines[2:] == [
        "patches 1-2 of 3 applied",
        "“Applied patches 1-2 to frob/for-next, thanks!”",
        "https://lore.kernel.org/r/a5@x/",
        "all      Whatevered-by: W <w@example.net>",
        "patch 1  Reviewed-by: Rita Reviewer <rita@example.com>  (given to v1)",
        "patch 2  Acked-by: Jo <jo@example.net>  (“For the io_uring bits”)",
        "patch 3  Tested-by: Mo <mo@example.net>  (given to v1; not carried)",
        "kernel test robot: failure on patch 3, 2023-07-06",
        "“kernel test robot noticed the following build errors:”",
        "https://lore.kernel.org/r/a6@x/",
    ]
    assert "under-review (2/3 applied)" in with_versions("list", "--all").stdout


def test_json_has_the_tags_what_was_applied_and_the_checks(with_versions: Run) -> None:
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


def test_list_takes_a_limit(with_xdp: Run) -> None:
    assert "xdp" in with_xdp("list", "--all", "st:accepted", "f:leon", "v:5").stdout.lower()
    assert with_xdp("list", "--all", "st:accepted -xdp").stderr.strip() == "no known series is as you asked."
    refused = with_xdp("list", "st:acepted")
    assert refused.returncode == 2
    assert "'st:acepted' is not understood: did you mean accepted?" in refused.stderr
