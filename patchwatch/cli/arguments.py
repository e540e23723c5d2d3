"""Arguments that the shell completes: a series, with its title, a version of it, the name of a list, a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Completed(click.ParamType[str]):
    """A text that the shell completes from what is stored."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        """Return the values that begin as typed; none if the config or the database cannot be read."""
        from click.shell_completion import CompletionItem

        try:
            found = self.values(ctx)
        except PatchwatchError:
            return []
        return [CompletionItem(value, help=about) for value, about in found if value.startswith(incomplete)]

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        """Return all values, each with what describes it."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)


class _Series(_Completed):
    """The number of a series; a message-id or URL is taken, too, but not completed."""

    name = "SERIES"

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        """Return the watched series, or all if none is watched, the most recently active first."""
        from patchwatch.db.offered import read_titles
        from patchwatch.series import labels

        return [(str(number), labels.title(title)) for number, title in read_titles(_database())]


class _Version(_Completed):
    """A version of the series that the command line names."""

    name = "VERSION"

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        from patchwatch.db.offered import read_newest_version

        series = str(ctx.params.get("series") or "")
        newest = read_newest_version(_database(), int(series)) if series.isascii() and series.isdigit() else 0
        return [(f"v{version}", None) for version in range(1, newest + 1)]


class _Inbox(_Completed):
    """The name of a list that mail was seen on."""

    name = "NAME"

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        from patchwatch.db.offered import read_inbox_names

        return [(line(name), None) for name in read_inbox_names(_database())]


class _Label(_Completed):
    """A label in use."""

    name = "LABEL"

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        from patchwatch.db.offered import read_labels

        return [(line(name), None) for name in read_labels(_database())]


class _SeriesOrLabel(_Series):
    """A series, or a label to add (+) or to remove (-)."""

    def values(self, ctx: click.Context) -> list[tuple[str, str | None]]:
        labels = LABEL.values(ctx)
        signed = [(f"{sign}{name}", about) for sign, about in _SIGNS.items() for name, _ in labels]
        return [*super().values(ctx), *signed]


def _database() -> str:
    from patchwatch.config_file import load_config

    return load_config().database_url


SERIES, VERSION, INBOX, LABEL, SERIES_OR_LABEL = _Series(), _Version(), _Inbox(), _Label(), _SeriesOrLabel()
_SIGNS = {"+": "add this label", "-": "remove this label"}
