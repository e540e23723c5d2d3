"""What commands say to a person about themselves: "you", in every sentence that the program writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command_line import Run, add_to_config
from tests.support.mails import mbox
from tests.support.points import INES, JUN, PETRA, series_with_untouched_points
from tests.support.sample_threads import ANN, BEN, RITA, committers_threads

MIA = "Mia Maintainer <mia@kernel.example>"
NOWS = ("2023-07-30T07:00Z", "2023-11-02T07:00Z")
"""Days and months after the last mails."""
QUOTED = re.compile(r"“[^”]*”|\S+-by: .*|<[^<>]*>|https?://\S+")
"""What others wrote: sentences, tags, addresses, links."""


@pytest.mark.parametrize("person", [ANN, BEN, RITA, MIA, INES, JUN, PETRA])
def test_no_sentence_names_its_reader(run: Run, tmp_path: Path, person: str) -> None:
    name, _, address = person.rstrip(">").partition(" <")
    (tmp_path / "all.mbox").write_bytes(mbox([*committers_threads(), *series_with_untouched_points()]))
    assert run("import", tmp_path / "all.mbox", "--inbox", "knob").returncode == 0
    add_to_config(tmp_path, f'[me]\naddresses = ["{address}"]\n')
    numbers = [row["id"] for row in json.loads(run("list", "--all", "--json").stdout)]
    told = ""
    for now in NOWS:
        commands = [("list", "--wide"), ("list", "--all"), ("list", "new", "waiting"), ("next",), ("digest",)]
        commands += [("show", str(number), *how) for number in numbers for how in ((), ("--why",))]
        printed = "".join(run(*command, "--now", now).stdout for command in commands)
        rows = json.loads(run("list", "--all", "--json", "--now", now).stdout)
        sentences = "".join(f"{row['next']['text']}\n" for row in rows if row["next"])
        told += QUOTED.sub("", f"{printed}{sentences}")
    assert not re.search(rf"\b{name.split()[0]}\b", told)
    assert re.search(r"\b[Yy]ou(?:r|rs)?\b", told)
