"""The man pages, patchwatch(1) and one for each command, made from the same texts as `--help`; man(7) has the macros.

What makes man pages from click commands elsewhere (click-man) joins the lines of examples, and knows no other sections.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

import click

from patchwatch import __version__
from patchwatch.cli.main import patchwatch
from patchwatch.pattern import Pattern

_FILES = (
    ("~/.config/patchwatch/config.toml", "The config ($XDG_CONFIG_HOME, $PATCHWATCH_CONFIG)."),
    ("~/.local/share/patchwatch/patchwatch.db", "The database ($XDG_DATA_HOME, $PATCHWATCH_DATABASE)."),
    ("~/.local/share/patchwatch/drafts/", "Replies that were not sent yet."),
    ("~/.local/state/patchwatch/crashes/", "Crash reports, without mail text or passwords ($XDG_STATE_HOME)."),
)
_ENVIRONMENT = (
    ("PATCHWATCH_CONFIG", "The config file to read."),
    ("PATCHWATCH_DATABASE", "The database: a file or an SQLAlchemy URL."),
    ("PATCHWATCH_LORE_URL", "The public-inbox server to use instead of https://lore.kernel.org."),
    ("PATCHWATCH_SMTP_PASSWORD", "The password for the mail server that sends digests."),
    ("GIT_PAGER, PAGER", "The pager for `show`, `diff` and `digest`, as git chooses it; `cat` means none."),
    ("NO_COLOR", "If it is set, nothing is printed in color."),
)
_EXIT_STATUS = (
    ("0", "Success."),
    ("1", "Failure: the message says what failed and what to do next."),
    ("2", "A usage error: the command line is wrong."),
    ("70", "A bug in patchwatch. The message names the crash report."),
)
_SEE_ALSO = ("b4(1)", "git-send-email(1)", "lei(1)", "mutt(1)")

_EXAMPLES = Pattern(r"\x08\nExamples?:\n")


def pages() -> Iterator[tuple[str, str]]:
    """Yield file name and text of every page."""
    top = click.Context(patchwatch, info_name="patchwatch", **patchwatch.context_settings)
    yield "patchwatch.1", _main_page(top)
    for context in _commands(top):
        yield f"patchwatch-{context.info_name}.1", _command_page(context)


def _commands(context: click.Context) -> Iterator[click.Context]:
    """Yield the context of each command of a group."""
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        if command := group.get_command(context, name):
            yield click.Context(command, context, info_name=name)


def _main_page(context: click.Context) -> str:
    commands = ((f"patchwatch-{below.info_name}(1)", _short(below.command)) for below in _commands(context))
    return _page(
        "patchwatch",
        "track Linux kernel patches on mailing lists",
        _synopsis(context),
        _section("Description", _prose(context.command)),
        _section("Options", _options(context)),
        _section("Commands", _terms(commands)),
        _examples(context.command),
        _section("Files", _terms(_FILES)),
        _section("Environment", _terms(_ENVIRONMENT)),
        _section("Exit status", _terms(_EXIT_STATUS)),
        _section("See also", [_text(", ".join(_SEE_ALSO))]),
    )


def _command_page(context: click.Context) -> str:
    command = context.command
    parts = [_synopsis(context), _section("Description", _prose(command)), _section("Options", _options(context))]
    for below in _commands(context):
        parts += [_section(below.command_path, _prose(below.command)), _options(below)]
    parts.append(_examples(command))
    if command.epilog:
        parts.append(_section("Notes", _paragraphs([command.epilog])))
    parts.append(_section("See also", ["patchwatch(1)"]))
    return _page(f"patchwatch-{context.info_name}", _lower(_short(command)), *parts)


def _page(name: str, purpose: str, *parts: Iterable[str]) -> str:
    lines = [
        '.\\" Written by `make share` from the texts of --help.',
        f'.TH {_escaped(name.upper())} 1 "" "patchwatch {__version__}" "User Commands"',
        *_section("Name", [f"{_escaped(name)} \\- {_text(purpose)}"]),
    ]
    for part in parts:
        lines += part
    return "\n".join(lines) + "\n"


def _synopsis(context: click.Context) -> Iterator[str]:
    usage = " ".join(piece for piece in context.command.collect_usage_pieces(context) if piece)
    return _section("Synopsis", [f".B {_escaped(context.command_path)}", _escaped(usage)])


def _prose(command: click.Command) -> list[str]:
    return _paragraphs(text for text in _help(command) if not _EXAMPLES.match(text))


def _examples(command: click.Command) -> Iterator[str]:
    for text in _help(command):
        if found := _EXAMPLES.match(text):
            rows = text[found.end() :].split("\n")
            yield from _section("Examples", [".nf", *(_verbatim(row.strip()) for row in rows), ".fi"])


def _help(command: click.Command) -> list[str]:
    """Return the paragraphs of a help text."""
    return inspect.cleandoc(command.help or "").split("\n\n")


def _paragraphs(texts: Iterable[str]) -> list[str]:
    """Return paragraphs; those after a \\b keep their lines."""
    lines: list[str] = []
    for text in texts:
        kept = text.startswith("\b\n")
        rows = text.removeprefix("\b\n").split("\n")
        lines += [".PP", *([".nf", *map(_verbatim, rows), ".fi"] if kept else [_text(" ".join(rows))])]
    return lines[1:]


def _options(context: click.Context) -> Iterator[str]:
    records = (parameter.get_help_record(context) for parameter in context.command.get_params(context))
    return _terms(record for record in records if record and record[1])


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, about in terms:
        yield from (".TP", f".B {_escaped(term)}", _text(about))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {_escaped(title if title.startswith('patchwatch') else title.upper())}"
    yield from lines


def _short(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _lower(sentence: str) -> str:
    """Return a short help as the NAME line has it: no capital, no period."""
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def _text(text: str) -> str:
    """Return running text; what is in backticks is bold."""
    return _verbatim(re.sub(r"`([^`]+)`", "\x02\\1\x03", text)).replace("\x02", "\\fB").replace("\x03", "\\fP")


def _verbatim(text: str) -> str:
    escaped = _escaped(text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _escaped(text: str) -> str:
    """Return text for roff; `-` would become a hyphen, which cannot be pasted into a shell."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
