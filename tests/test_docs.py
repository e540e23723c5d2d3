"""The docs: the drawing of the layers is current, and what they name exists."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path

import pytest

from patchwatch.cli import diff, doctor, series_json
from patchwatch.cli.main import COMMANDS
from patchwatch.notify.delivery.transport import TRANSPORTS
from tests.support.paths import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
SECURITY = ROOT / "docs" / "security.md"
_NAMED = re.compile(r"`((?:[a-z0-9_]+/)*[a-z0-9_]+\.py)(?:: ([A-Za-z_.0-9]+))?`")


def test_the_table_of_faults_is_current() -> None:
    spec = importlib.util.spec_from_file_location("faults", ROOT / "docs" / "faults.py")
    assert spec is not None
    assert spec.loader is not None
    faults = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(faults)
    page = SECURITY.read_text(encoding="utf-8")
    assert faults.with_table(page) == page, "run `make faults`"


def test_every_claim_about_security_names_its_test() -> None:
    claims, _, _ = SECURITY.read_text(encoding="utf-8").partition("## What a server can do wrong")
    rows = [row for row in claims.splitlines() if re.match(r"\| (?!-|they |it |what )", row)]
    assert len(rows) > 20
    assert [row for row in rows if not re.search(r"`tests/[^`]*\.py(?:: test_[a-z0-9_]+)?` *(?:\||,)", row)] == []


def test_the_drawing_of_the_layers_is_current() -> None:
    spec = importlib.util.spec_from_file_location("layers", ROOT / "docs" / "layers.py")
    assert spec is not None
    assert spec.loader is not None
    layers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(layers)
    page = ARCHITECTURE.read_text(encoding="utf-8")
    assert layers.with_drawing(page) == page, "run `make layers`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link, anchor in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", text):
        target = page.parent / link
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", target.read_text(encoding="utf-8"))
            assert anchor in {re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in headings}, link


def test_every_json_key_is_documented() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    keys = {key for module in (diff, doctor, series_json) for key in re.findall(r'"(\w+)":', inspect.getsource(module))}
    assert [key for key in sorted(keys) if not re.search(rf"`(?:\w+\.)?{key}`", page)] == []


def test_every_mail_transport_is_documented() -> None:
    page = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    assert [name for name in TRANSPORTS if f"| `{name}` |" not in page] == []


def test_the_readme_lists_every_command() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"(?m)^\|.*`{name}\b", page)] == []


@pytest.mark.parametrize("page", [ARCHITECTURE, SECURITY, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_modules_and_names_in_the_architecture_exist(page: Path) -> None:
    """`sync/poll.py: poll` and `tui/app.py: PatchwatchApp.open` name a definition; a file alone only has to exist."""
    for name, definition in _NAMED.findall(page.read_text(encoding="utf-8")):
        file = next((path for path in (ROOT / "patchwatch" / name, ROOT / name) if path.exists()), None)
        assert file is not None, name
        code = file.read_text(encoding="utf-8")
        for part in definition.split(".") if definition else ():
            assert re.search(rf"(?m)^\s*(?:(?:async )?def |class ){part}\b|^{part}\b\s*[:=]", code), f"{name}: {part}"
