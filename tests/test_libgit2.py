"""libgit2 without certificates."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "variables",
    [
        {"SSL_CERT_FILE": os.devnull},
        {"SSL_CERT_FILE": "/nonexistent"},
        {"SSL_CERT_FILE": "/nonexistent", "SSL_CERT_DIR": "/nonexistent"},  # as on a system without certificates
    ],
)
def test_certificates_that_cannot_be_loaded_do_not_stop_parsing(variables: dict[str, str]) -> None:
    code = "import ssl; from patchwatch.mail import parse; print(ssl.get_default_verify_paths.__name__)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **variables}, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("get_default_verify_paths\n", "")
