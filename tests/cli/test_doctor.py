"""`doctor`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command_line import Run
from tests.support.mails import mail, mbox


def test_doctor_reports_failures_with_a_hint(with_xdp: Run) -> None:
    done = with_xdp("doctor")
    assert done.returncode == 1
    assert "ok    database: " in done.stdout
    assert "FAIL  archive: can't reach http://127.0.0.1:9" in done.stdout
    report = json.loads(with_xdp("doctor", "--json").stdout)
    assert (report["schema"], report["ok"]) == (1, False)


def test_doctor_names_addresses_that_may_be_mine(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    config = Path(environment["XDG_CONFIG_HOME"]) / "patchwatch" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('[me]\naddresses = ["Ann@example.org", "ann+list@example.org"]\n')
    to = "ann+dt@example.org, ann+list@example.org, ann+dt@example.net, joann+dt@example.org, l@lists.example.org"
    posted = mail(message_id="1@x", subject="[PATCH] foo: free it", date="Mon, 3 Jul 2023 10:00:00 +0000", to=to)
    (tmp_path / "box").write_bytes(mbox([posted]))
    run("import", tmp_path / "box", "--inbox", "x")
    assert (
        "ok    me: mail is sent to ann+dt@example.org\n      → If they are yours" in run("doctor", "--offline").stdout
    )
