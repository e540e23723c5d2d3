"""Follow evidence and links: to a mail of the series, to another series, or to the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.series.model import Evidence, MessageRow
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.open_mail import MailLoader
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.render import labels
from patchwatch.tui.widgets.mail_view import LinkTarget


class LinkFollower:
    """Follows links in the mails of one series at a time."""

    def __init__(
        self,
        screen: Screen[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        loader: MailLoader,
        go_to: Callable[[SeriesState, MessageRow], None],
        open_series: Callable[[int], None],
    ) -> None:
        """`go_to` shows a mail of the series; `open_series` shows another series that a link on `screen` leads to."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._loader = loader
        self._go_to = go_to
        self._open_series = open_series
        self.unknown = ""  # a link to a mail that is not in the database

    def page(self, link: str) -> str:
        """The URL to open in the browser for a link or a message-id in the text; empty if there is none."""
        from patchwatch.sources.lore.urls import parse_target

        if "://" in link:
            return link
        address = parse_target(link)
        return self._tracker.url(address.message_id, address.inbox or "") if address else ""

    def to_evidence(self, state: SeriesState, evidence: Evidence | None) -> None:
        """Go to the mail with some evidence and highlight it; without such a mail, show a notice."""
        row = state.row(evidence.message_id) if evidence else None
        if evidence is None or row is None:
            self._jobs.notices.show("evidence", "note", labels.without_mail(evidence))
            return
        self._jobs.notices.dismiss("evidence")
        self._go_to(state, row)
        self._loader.seek(row.message_id, evidence.text)

    def to_target(self, state: SeriesState, target: LinkTarget) -> None:
        """Follow a link in a mail."""
        if row := state.row(target.message_id):
            self._go_to(state, row)
        elif target.link:
            self._follow(state, target.link)

    def _follow(self, state: SeriesState, link: str) -> None:
        from patchwatch.sources.lore.urls import parse_target

        address = parse_target(link)
        if address and (row := state.row(address.message_id)):
            self._go_to(state, row)
            return

        def done(series_id: int) -> None:
            self._jobs.notices.dismiss("link")
            self._open_series(series_id)

        def failed(error: PatchwatchError) -> None:
            self.unknown = link
            unknown = isinstance(error, NotFoundError)
            text = f"Not in the database; press w to watch it: {link}" if unknown else str(error)
            self._jobs.notices.show("link", "note" if unknown else "error", text)

        self._jobs.submit("read", "link", lambda: self._tracker.find(link), done, failed, screen=self._screen)
