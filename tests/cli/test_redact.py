"""No password in what is printed, logged or reported."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from patchwatch import redact
from tests.support.command_line import Run

SECRET = "s3cr3tpw"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of one test do not reach the next."""
    monkeypatch.setattr(redact, "_secrets", set())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:s3cr3tpw@db.example.org:5432/team", "postgresql://ann:***@db.example.org:5432/team"),
        ("postgresql://ann:s3cr3tpw@no@de/x", "postgresql://ann:***@de/x"),
        ("postgresql://ann:a/s3cr3tpw?b@db/x", "postgresql://ann:***@db/x"),
        (
            "postgresql://ann@db/x?password=s3cr3tpw&sslmode=require",
            "postgresql://ann@db/x?password=***&sslmode=require",
        ),
        ("mysql+pymysql://ann:s3cr3tpw@/x", "mysql+pymysql://ann:***@/x"),
        ("nonsense://ann:s3cr3tpw@db:port:5/x", "nonsense://ann:***@db:port:5/x"),
        ("postgresql:///team", "postgresql:///team"),
        ("sqlite:////home/ann/a:b@c.db", "sqlite:////home/ann/a:b@c.db"),
    ],
)
def test_a_database_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert redact.redact_url(url) == shown
    assert SECRET not in redact.redact(f"could not use {url}")


def test_a_quoted_password_is_recognized_in_both_forms() -> None:
    redact.redact_url("postgresql://ann:p%40ss%2Fword@db/x")
    assert redact.redact("p@ss/word, p%40ss%2Fword") == "***, ***"


def test_urls_in_other_text_lose_their_password() -> None:
    assert redact.redact("GET https://ann:pw@lore.example.org/x: 503") == "GET https://ann:***@lore.example.org/x: 503"
    plain = "http://127.0.0.1:8080/bpf/20230801142621.7925-1-hffilwlqm@gmail.com/"
    assert redact.redact(plain) == plain


def encodings(secret: str) -> Iterator[str]:
    yield secret
    yield base64.b64encode(secret.encode()).decode()
    yield base64.b64encode(f"\0ann\0{secret}".encode()).decode()
    yield base64.b64encode(f"\0anna\0{secret}".encode()).decode()
    yield base64.b64encode(f"\0anton\0{secret}\0more".encode()).decode()
    yield secret.encode().hex().upper()


@pytest.mark.parametrize("echo", encodings("geheim wörd"))
def test_a_response_that_repeats_a_password_is_recognized(echo: str) -> None:
    assert redact.repeats(f"5.5.1 Unknown command AUTH PLAIN {echo}", "geheim wörd")
    assert not redact.repeats("5.7.8 Authentication credentials invalid", "geheim wörd")


URLS = [f"postgresql://user:{SECRET}@127.0.0.1:{port}/x" for port in ("1", "99999999", "1x")] + [
    f"postgresql://user:{SECRET}@no-such.invalid/x",
    f"postgresql://user:a@{SECRET}@no-such.invalid/x",
    f"postgresql://user@127.0.0.1:1/x?password={SECRET}",
    f"postgresql://user:{SECRET}@127.0.0.1:1/x?no_such_option=1",
    f"nosuch://user:{SECRET}@127.0.0.1/x",
    f"://user:{SECRET}@127.0.0.1/x",
]


@pytest.mark.parametrize("url", URLS)
def test_the_password_of_a_database_is_not_printed(run: Run, url: str) -> None:
    pytest.importorskip("psycopg")
    for command in (("list",), ("digest",), ("doctor", "--offline"), ("doctor", "--offline", "--json"), ("run",)):
        done = run(*command, PATCHWATCH_DATABASE=url)
        assert done.returncode == 1, done.stderr
        assert SECRET not in done.stdout + done.stderr, command


def test_doctor_shows_the_database_without_its_password(run: Run) -> None:
    done = run("doctor", "--offline", "--json", PATCHWATCH_DATABASE=URLS[0])
    checks = {one["name"]: one["text"] for one in json.loads(done.stdout)["checks"]}
    assert "postgresql://user:***@127.0.0.1:1/x" in checks["database"]
