"""`doctor`."""

from __future__ import annotations

import json

from tests.support.command_line import Run


def test_doctor_reports_failures_with_a_hint(with_xdp: Run) -> None:
    done = with_xdp("doctor")
    assert done.returncode == 1
    assert "ok    database: " in done.stdout
    assert "FAIL  archive: can't reach http://127.0.0.1:9" in done.stdout
    report = json.loads(with_xdp("doctor", "--json").stdout)
    assert (report["schema"], report["ok"]) == (1, False)
