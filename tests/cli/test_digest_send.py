"""`digest --send` and `--dry-run`, and what `doctor` reports, with a real mail server."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Run, copy_database
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server

NOW = ("--now", "2023-09-18T05:00Z")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def environment(environment: dict[str, str], server: MailServer, xdp: Path, tmp_path: Path) -> dict[str, str]:
    """A database with the xdp series, whose digests go to the mail server."""
    (tmp_path / "config" / "patchwatch" / "config.toml").write_text(
        f'[lore]\ndeadline_seconds = 1\n[mail]\nhow = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\n'
        f'certificates = "{server.authority}"\nuser = "{USER}"\nsender = "Patchwatch <pw@example.org>"\n'
        '[[digest]]\nname = "me"\nto = "me@example.net"\nzone = "Europe/Berlin"\neven_if_empty = true\n',
        encoding="utf-8",
    )
    copy_database(xdp, tmp_path / "data" / "patchwatch" / "patchwatch.db")
    return environment | {"PATCHWATCH_SMTP_PASSWORD": PASSWORD}


def checks(run: Run) -> dict[str, dict[str, object]]:
    report = json.loads(run("doctor", "--json", *NOW).stdout)
    return {check["name"]: check for check in report["checks"]}


def test_a_digest_is_sent_once_a_day_and_doctor_reports_it(run: Run, process: Run, server: MailServer) -> None:
    assert "none sent to me@example.net yet" in str(checks(run)["digest me"]["text"])
    sent = process("digest", "--send", *NOW)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout.startswith("me, 2023-09-18: sent to me@example.net: [patchwatch] ")
    again = run("digest", "--send", *NOW)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == ("nothing to send: today's digests are done. The next is due at 2023-09-19 05:00 UTC.\n")
    assert len(server.mails) == 1
    found = checks(run)
    assert (found["digest me"]["ok"], found["digest me"]["text"]) == (True, "last sent 0 h ago to me@example.net")
    assert found["mail"]["ok"]
    assert found["mail"]["text"] == f"from pw@example.org via 127.0.0.1:{server.port}"


def test_due_waits_for_the_time_of_the_digest(run: Run, server: MailServer) -> None:
    early = run("digest", "--send", "--due", "--now", "2023-09-18T04:59Z")
    assert (early.returncode, early.stdout, server.mails) == (0, "", [])
    assert early.stderr == "nothing to send: no digest is due. The next is due at 2023-09-18 05:00 UTC.\n"
    assert run("digest", "--send", "--due", *NOW).stdout.startswith("me, 2023-09-18: sent to me@example.net")
    assert run("digest", "--due").returncode == 2


def test_a_dry_run_shows_the_mail_and_sends_nothing(run: Run, server: MailServer) -> None:
    done = run("digest", "--send", "--dry-run", *NOW)
    assert done.returncode == 0
    assert done.stderr == f"# me: would go to me@example.net via 127.0.0.1:{server.port}; nothing was sent\n"
    head, _, text = done.stdout.partition("\n\n")
    shown = email.message_from_string(head)
    assert (shown["From"], shown["To"]) == ("Patchwatch <pw@example.org>", "me@example.net")
    assert shown["Date"] == "Mon, 18 Sep 2023 07:00:00 +0200"
    assert text.strip()
    assert server.mails == []
    run("digest", "--send", *NOW)
    assert email.message_from_bytes(server.raws[0])["Message-ID"] == shown["Message-ID"]


def test_a_refused_mail_is_reported_by_stderr_and_doctor_until_it_is_sent(run: Run, server: MailServer) -> None:
    server.answers["RCPT"] = ["550 5.1.1 No such user"]
    failed = run("digest", "--send", *NOW)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert f"me, 2023-09-18: 127.0.0.1:{server.port} responded 550 5.1.1 No such user" in failed.stderr
    found = checks(run)["digest me"]
    assert not found["ok"]
    assert "2023-09-18 failed permanently: " in str(found["text"])
    assert "digest --send" in str(found["hint"])
    assert run("digest", "--send", *NOW).returncode == 0
    assert checks(run)["digest me"]["text"] == "last sent 0 h ago to me@example.net"
    assert len(server.mails) == 1


def test_doctor_logs_in(run: Run) -> None:
    report = json.loads(run("doctor", "--json", *NOW, PATCHWATCH_SMTP_PASSWORD="wrong").stdout)
    (mail,) = [check for check in report["checks"] if check["name"] == "mail"]
    assert not mail["ok"]
    assert "refused the login of ann" in mail["text"]


def test_the_address_of_a_known_list_is_refused(run: Run, server: MailServer, tmp_path: Path) -> None:
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("me@example.net", "bpf@example.net"), encoding="utf-8")
    done = run("digest", "--send", *NOW)
    assert done.returncode == 1
    assert "bpf@example.net is the address of a mailing list" in done.stderr
    assert server.mails == []
    report = run("doctor", *NOW).stdout
    assert "FAIL  digest me: bpf@example.net is the address of a mailing list" in report


def test_without_recipients_the_error_shows_what_to_configure(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    config.write_text("", encoding="utf-8")
    for option in ("--send", "--dry-run"):
        done = run("digest", option)
        assert done.returncode == 1
        assert f'[[digest]] with name = "me" and to = "you@example.org" to {config}' in done.stderr
