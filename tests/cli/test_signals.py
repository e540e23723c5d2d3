"""Stopping a command with a signal."""

from __future__ import annotations

import os
import signal

import pytest

from patchwatch.cli.signals import orderly_stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_unwinds_the_command(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("the tests were started by nohup")
    unwound = []

    def command() -> None:
        with orderly_stop():
            try:
                os.kill(os.getpid(), number)
                signal.pause()
            finally:
                unwound.append(number)

    with pytest.raises(SystemExit) as caught:
        command()
    assert caught.value.code == 128 + number
    assert unwound == [number]
    assert capsys.readouterr().err == "patchwatch: stopped; everything stored so far is kept\n"
    assert signal.getsignal(number) is signal.SIG_DFL


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup(1) does
    try:
        with orderly_stop():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
