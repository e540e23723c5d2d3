"""The only door to the terminal: what it writes is sanitized, and nothing else writes."""

from __future__ import annotations

import io
import json
import logging
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch import output
from patchwatch.cli.main import run
from patchwatch.sanitize import escaped
from tests.support.paths import ROOT

HOSTILE = "\x1b]0;owned\x07 \x9b2J \u202eltr\u2066 end"


def harmless(text: str) -> bool:
    return "end" in text and not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_text_on_stdout_and_stderr_is_sanitized(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_line(HOSTILE)
    output.print_error(HOSTILE)
    out, err = capsys.readouterr()
    assert harmless(out)
    assert harmless(err)


def test_styles_pass_but_not_other_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_styled(f"\x1b[1mbold\x1b[0m {HOSTILE}", color=True)
    output.print_styled(f"\x1b[1mbold\x1b[0m {HOSTILE}", color=False)
    colored, plain = capsys.readouterr().out.splitlines()
    assert colored.startswith("\x1b[1mbold\x1b[0m ")
    assert harmless(colored.removeprefix("\x1b[1mbold\x1b[0m"))
    assert plain.startswith("bold ")
    assert harmless(plain)


@pytest.mark.parametrize(
    "value", ["", "a\nb", "\x7f", HOSTILE, "caf\u00e9", "\udce9.toml", {}, {"a": [1, None, {"b": []}]}, True]
)
def test_values_of_an_array_are_printed_as_in_a_list(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    for values in ([], [value], [value, {"last": value}]):
        output.print_json(values)
        whole = capsys.readouterr().out
        output.print_json_array(iter(values))
        assert capsys.readouterr().out == whole
        assert json.loads(whole) == values
        assert whole == escaped(json.dumps(values, indent=1, ensure_ascii=False)) + "\n"


def test_array_is_printed_while_its_values_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    printed: list[str] = []

    def values() -> Iterator[int]:
        for value in (1, 2):
            printed.append(capsys.readouterr().out)
            yield value

    output.print_json_array(values())
    assert printed == ["", "[\n 1"]


def test_usage_errors_are_sanitized(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([HOSTILE]) == 2
    assert run(["list", f"--{HOSTILE}"]) == 2
    assert harmless(capsys.readouterr().err)


def test_errors_that_quote_the_arguments_are_sanitized(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "test.db"))
    assert run(["import", HOSTILE, "--inbox", "x"]) == 1
    assert run(["show", HOSTILE]) == 1
    assert harmless(capsys.readouterr().err)


def test_logs_of_libraries_and_warnings_are_sanitized(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("b4", logging.WARNING, __file__, 1, HOSTILE, None, None)
    output.ErrorHandler().emit(record)
    output.show_warning(HOSTILE, UserWarning, __file__, 1)
    print(HOSTILE, file=output.ErrorStream())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 3
    assert harmless("\n".join(lines))


def test_the_program_takes_over_warnings_logs_and_crashes() -> None:
    code = (
        "import logging, sys, threading, warnings; from patchwatch import output\n"
        "output.take_over(lambda error: output.print_error(f'report: {error}'))\n"
        f"text = {HOSTILE!r}\n"
        "logging.getLogger('other').warning(text); warnings.warn(text)\n"
        "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()\n"
        "raise ValueError(text)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert harmless(done.stderr)
    assert "report: division by zero" in done.stderr
    assert "report: " in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_terminal_without_utf8_gets_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    output.print_line("state → new")
    assert raw.getvalue() == b"state ? new\n"


@pytest.mark.parametrize(
    "message_id", ["$(touch${IFS}owned)@x", "`id`@x", "a@x; rm -rf ~", "-rf@x", "--config=x@y", "a'b\"c@x", "a\nb@x"]
)
def test_an_advised_command_is_one_command_in_a_shell(message_id: str) -> None:
    words = shlex.split(output.command("patchwatch", "watch", message_id))
    assert words[:2] == ["patchwatch", "watch"]
    assert words[2:] == (["--"] if message_id.startswith("-") else []) + [message_id.replace("\n", " ")]


def test_an_advised_command_that_starts_with_a_dash_can_be_copied(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "test.db"))
    assert run(["show", "--", "-rf@example.org"]) == 1
    assert "`patchwatch watch -- -rf@example.org`" in capsys.readouterr().err


def test_no_other_module_may_print(tmp_path: Path) -> None:
    """Ruff refuses each way to print, with the rules of pyproject.toml."""
    code = [
        "print('x')",
        "import click; click.echo('x')",
        "from click import secho; secho('x')",
        "import sys; sys.stderr.write('x')",
        "from sys import stdout; stdout.write('x')",
        "import sys; sys.__stdout__.write('x')",
        "import logging; logging.StreamHandler()",
        "import traceback; traceback.print_exc()",
    ]
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed")
    for source in code:
        done = subprocess.run(
            [
                ruff,
                "check",
                "--no-cache",
                "--config",
                ROOT / "pyproject.toml",
                "--stdin-filename",
                "patchwatch/x.py",
                "-",
            ],
            input=source,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert re.search("TID251|T201", done.stdout), source
    exceptions = re.findall(r'(?m)^"patchwatch/([^"]*)" = .*TID251', (ROOT / "pyproject.toml").read_text())
    assert exceptions == ["output.py"]
    comment = re.compile(r"noqa: [^\n]*(?:TID251|T201)")
    assert [path for path in (ROOT / "patchwatch").rglob("*.py") if comment.search(path.read_text())] == []
