"""A mail with a large attachment: how much memory it takes, and that nothing of it is lost."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.mail.headers import Headers
from patchwatch.mail.mime import text_of
from patchwatch.sync.packed_mail import content_digest
from tests.support.mails import mail

MEGABYTE = 1 << 20
DIFF = "Fix it.\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


def with_attachment(megabytes: int) -> bytes:
    data = base64.encodebytes(os.urandom(megabytes * MEGABYTE * 3 // 4)).decode()
    return mail(
        headers={"Content-Type": "multipart/mixed; boundary=b"},
        body=f"--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{data}\n"
        f"--b\nContent-Type: text/plain\n\n{DIFF}\n--b--\n",
    )


def peak(directory: Path, megabytes: int) -> float:
    """The peak memory of an import and its processes, in megabytes."""
    source = directory / f"{megabytes}.mbox"
    source.write_bytes(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + with_attachment(megabytes) + b"\n")
    environment = os.environ | {
        "PATCHWATCH_DATABASE": str(directory / f"{megabytes}.db"),
        "XDG_CONFIG_HOME": str(directory),
        "XDG_DATA_HOME": str(directory),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "patchwatch", "import", str(source), "--inbox", "l"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / 1024


def test_importing_a_mail_takes_at_most_five_times_its_size(tmp_path: Path) -> None:
    """So that one of 40 MB stays under 250 MB."""
    assert peak(tmp_path, 24) - peak(tmp_path, 1) < 5 * 23


def test_text_after_a_large_attachment_is_read() -> None:
    raw = with_attachment(10)
    assert DIFF.strip() in text_of(Headers(raw), raw).whole


@pytest.mark.parametrize("size", [MEGABYTE, 20 * MEGABYTE])
def test_a_long_text_is_cut_between_lines(size: int) -> None:
    raw = mail(body="grün\n" * (size // 6))
    text = text_of(Headers(raw), raw).whole
    assert "Ã" not in text
    assert text.startswith("grün\n" * 1000)


def test_content_digest_ignores_line_ends_and_trailing_space() -> None:
    one = content_digest(b"A: b\n\ntext\nmore\n")
    assert content_digest(b"A: c\r\n\r\ntext\r\nmore \r\n\r\n") == one
    assert content_digest(b"A: b\n\ntext\nother\n") != one
    assert content_digest(b"no content") == content_digest(b"A: b\n\n")
