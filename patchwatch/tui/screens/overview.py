"""The first screen: the series of a view as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series.left import Left
from patchwatch.series.model import InboxRow, SeriesSummary
from patchwatch.series.queue import Section
from patchwatch.series.views import View, first_view, split_by_view
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.refresh import Debounced
from patchwatch.tui.controllers.view_state import VIEWS, ViewState
from patchwatch.tui.controllers.visits import Visits
from patchwatch.tui.render import labels
from patchwatch.tui.render.series_columns import COLUMNS, Order
from patchwatch.tui.screens.overview_actions import OverviewActions
from patchwatch.tui.screens.overview_keys import OVERVIEW_KEYS, row_keys
from patchwatch.tui.widgets.empty_view import EmptyView, empty_text
from patchwatch.tui.widgets.filter_bar import FilterBar, FilterInput
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.series_preview import SeriesPreview
from patchwatch.tui.widgets.series_table import SeriesTable, TableHeading
from patchwatch.tui.widgets.status_bar import Status, StatusBar
from patchwatch.tui.widgets.view_tabs import ViewTabs
from patchwatch.tui.widgets.watch_form import WatchForm


class OverviewScreen(OverviewActions):
    """A table of series, with a preview of the one under the cursor below or, in a wide terminal, beside it."""

    AUTO_FOCUS = ""  # the table gets it when it has rows
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (160, "-huge")]  # noqa: RUF012 (Textual's type)
    BINDINGS: ClassVar[list[BindingType]] = list(OVERVIEW_KEYS)

    class Opened(Message):
        """The user opened a series."""

        def __init__(self, series_id: int) -> None:
            """`series_id` is its number."""
            super().__init__()
            self.series_id = series_id

    class Loaded(Message):
        """The rows were loaded, or loading failed."""

        def __init__(self, status: Status | None) -> None:
            """`status` is what the status line shows; None if loading failed."""
            super().__init__()
            self.status = status

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        watched: Callable[[Sequence[Watched]], None],
        visited: Callable[[int], None],
        first_rows: Sequence[SeriesSummary],
    ) -> None:
        """Show the series of `tracker`; `watched` is called with series watched from the form of a first start.

        `visited` is called with the generation of the database after a visit; `first_rows` are shown until all are
        loaded.
        """
        super().__init__()
        self._tracker = tracker
        self._jobs = jobs
        self._on_watched = watched
        self.view_state = ViewState(first_view(knows_me=bool(tracker.addresses)), first_rows)
        self.visits = Visits(tracker, jobs, self.view_state, visited)
        self._reloading = Debounced(self, self._read)
        self._inboxes: tuple[InboxRow, ...] = ()
        self._left = Left(0, 0)

    def compose(self) -> ComposeResult:
        """Tabs, filter bar, table and preview, status bar, key hints."""
        yield ViewTabs(self.view_state.view)
        yield FilterBar()
        table = SeriesTable(self._tracker.now, id="table")
        with Container(id="panes"):
            with Container(id="rows"):
                yield TableHeading(table)
                yield table
            yield SeriesPreview(self._tracker, self._jobs)
        yield EmptyView(WatchForm(self._tracker, self._jobs, self._on_watched, "", "other keys"))
        yield StatusBar()
        yield KeyHints()

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """All series as loaded last."""
        return self.view_state.all_lines

    # Loading.

    def on_mount(self) -> None:
        """Show the first rows, so that they are in the first frame."""
        self.screen_layout_refresh_signal.subscribe(self, self._fit_preview, immediate=True)
        if self.all_lines:
            self._arrange()

    def reload(self) -> None:
        """Reload the rows; view, limit, order, marks, cursor and scroll position stay.

        In the background this waits for a pause in the changes: each mail that is read is one.
        """
        visible = self.is_active or self.app.screen.is_modal  # Textual's is_current is also true behind another screen
        if visible or not self.view_state.complete:
            self._reloading.now()
        else:
            self._reloading.later()

    def on_screen_resume(self) -> None:
        """Reload now if that was postponed in the background."""
        self._reloading.catch_up()

    def _read(self) -> None:
        def work() -> tuple[dict[View, list[SeriesSummary]], tuple[InboxRow, ...], Left]:
            return split_by_view(self._tracker.lines()), tuple(self._tracker.inboxes()), self._tracker.outdated()

        self._jobs.submit("lists", "reload", work, self._show, self._failed, screen=self, latest=True)

    def _show(self, loaded: tuple[Mapping[View, list[SeriesSummary]], tuple[InboxRow, ...], Left]) -> None:
        views, self._inboxes, self._left = loaded
        self.view_state.take(views)
        self._jobs.notices.dismiss("reload")
        self.table.reading = False
        self.table.forget()
        self._arrange()
        self._go_to_first()
        self._go_to_wanted()
        self._update_preview(at_once=True)

    def _failed(self, error: PatchwatchError) -> None:
        self.table.reading = False
        self.table.refresh()
        self._jobs.notices.show("reload", "error", str(error))
        self.post_message(self.Loaded(None))

    def _arrange(self) -> None:
        """Show the rows of the chosen view that match the limit, in the chosen order."""
        state, bar = self.view_state, self.query_one(FilterBar)
        now, among = self._tracker.now(), state.among
        matching = state.rows(bar.limit, now)
        rows = state.queue(bar.limit, now) if state.view is View.QUEUE and matching else matching
        self.table.show(rows, state.order, among, state.view, state.stays)
        bar.show_count(len(matching), len(among))
        if not state.complete and not rows:
            return  # not known to be empty yet
        self.query_one(ViewTabs).show(state.view, state.counts, state.sections)
        self._update_empty_view(bool(rows))
        self._fit_around()
        self._post_status()

    def _fit_around(self) -> None:
        """Fit what is around the table."""
        self.query_one(TableHeading).fit(self.table.size.width or self.size.width)
        self._fit_preview()

    def _fit_preview(self, _: Screen[Any] | None = None) -> None:
        """Give the preview the lines that the rest leaves by the last layout; the next one calls this again."""
        known = self.view_state.complete or self.table.rows
        rows = len(self.table.rows) * self.table.row_height if known else self.size.height
        others = [child for child in self.children if not isinstance(child, (Container, EmptyView))]
        others.append(self.query_one(TableHeading))
        taken = sum(child.outer_size.height + child.styles.margin.height for child in others if child.display)
        self.query_one(SeriesPreview).fit(rows + taken, beside=self.has_class("-huge"))

    def _update_empty_view(self, has_rows: bool) -> None:
        """Show why there are no rows if there are none, and set the focus."""
        empty, limited = self.query_one(EmptyView), bool(self.query_one(FilterBar).limit.text)
        if has_rows:
            empty.show([])
            if self.focused is None or self._link_focused:
                self.call_after_refresh(self.table.focus)
        elif not limited and not self.all_lines:
            empty.welcome()
        else:
            known, path = bool(self._tracker.addresses), self._tracker.config_file
            empty.show(empty_text(self.view_state.view, self._key, knows_me=known, config_file=path, limited=limited))
            if not isinstance(self.focused, FilterInput):
                self.set_focus(None)  # the key hints show those of the screen

    @property
    def _link_focused(self) -> bool:
        return isinstance(self.focused, Input) and not isinstance(self.focused, FilterInput)

    def _key(self, name: str) -> str:
        return keys.key_display(self.app, self.BINDINGS, name)

    def _post_status(self) -> None:
        rows, bar = self.table.series, self.query_one(FilterBar)
        polled = [inbox.polled_at for inbox in self._inboxes if inbox.polled_at is not None]
        status = Status(
            series=len(rows),
            of=len(self.view_state.among) if self.view_state.complete and bar.limit.text else None,
            unread=sum(row.unread for row in rows),
            marked=len(self.table.marked),
            polls_known=self.view_state.complete,
            polled_at=max(polled, default=None),
            stale=tuple(labels.stale(self._inboxes)),
            upgrade=labels.upgrade(self._left),
            now=self._tracker.now(),
        )
        self.post_message(self.Loaded(status))

    def tick(self) -> None:
        """Update the ages, and limits that depend on them."""
        self.table.forget()
        self.query_one(SeriesPreview).tick()
        if self.view_state.complete:
            self._arrange()

    # The row under the cursor.

    def action_preview(self) -> None:
        """Show the preview on a low screen, or hide it on another."""
        self.query_one(SeriesPreview).toggle()
        self._fit_around()
        self._update_preview(at_once=True)

    def _update_preview(self, *, at_once: bool = False) -> None:
        row = self.table.row
        why = row.place.reason if row and row.place else ""
        self.query_one(KeyHints).lead(row_keys(row.place, mine=row.mine) if row else ())
        self.query_one(SeriesPreview).follow(row.id if row else None, why, at_once=at_once)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._update_preview()

    @on(SeriesPreview.Rested)
    def _rested(self) -> None:
        row = self.table.row
        if row and row.place and row.place.section is Section.NEW and self.is_active:
            self.visits.visit(row.id)

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        if row := self.table.row:
            self.post_message(self.Opened(row.id))

    def on_resize(self) -> None:
        """Redraw the headings; show the preview if there is room now."""
        self.call_after_refresh(self._fit_around)
        self.call_after_refresh(self._update_preview)

    def on_paste(self, event: events.Paste) -> None:
        """Offer to watch a pasted link."""
        event.stop()
        self.app.post_message(self.Pasted(line(event.text)))

    class Pasted(Message):
        """Text was pasted outside of an input."""

        def __init__(self, text: str) -> None:
            """`text` is what was pasted."""
            super().__init__()
            self.text = text

    # Navigation.

    def _choose(self, view: View) -> None:
        here = self.table.row
        self.view_state.choose(view)
        self._arrange()
        if self.table.row is not here or here is None:
            self.table.to_first_series()
        self._update_preview()

    @on(SeriesTable.Folded)
    def _folded(self, event: SeriesTable.Folded) -> None:
        (self.view_state.unfold if event.more else self.view_state.toggle)(event.section)
        self._arrange()

    def action_view(self, number: int) -> None:
        """Show a view; if it is already shown, the previous one."""
        self._choose(self.view_state.toggled(VIEWS[number]))

    def action_turn(self, by: int) -> None:
        """Show the next or previous view."""
        self._choose(self.view_state.beside(by))

    @on(ViewTabs.Chosen)
    def _tab_chosen(self, event: ViewTabs.Chosen) -> None:
        self._choose(event.view)
        if event.section is not None:
            self.table.to_section(event.section)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While an input has the focus, the key for a limit is an ordinary character."""
        return not (action == "limit" and isinstance(self.focused, Input))

    def action_limit(self) -> None:
        """Edit the limit."""
        self.query_one(FilterBar).begin()

    @on(FilterBar.Changed)
    def _limited(self) -> None:
        self._arrange()
        if self.table.row is None:
            self.table.to_first_series()
        self._update_preview()

    @on(FilterInput.Left)
    def _limit_left(self) -> None:
        if self.table.rows:
            self.table.focus()
        else:
            self.set_focus(None)

    def action_sort(self) -> None:
        """Sort by the next column to the right; the queue has its own order."""
        if self.table.shows_queue:
            self._jobs.notices.show("sort", "note", "What needs you has its own order; the other views can be sorted.")
            return
        columns = [column for column, _ in self.table.columns.columns] or list(COLUMNS)
        here = next((n for n, column in enumerate(columns) if column is self.table.order.column), -1)
        self._sort(self.table.order.choose(columns[(here + 1) % len(columns)]))

    def action_reverse(self) -> None:
        """Reverse the order."""
        if self.table.shows_queue:
            return
        self._sort(self.table.order.choose(self.table.order.column))

    @on(TableHeading.Chosen)
    def _heading_chosen(self, event: TableHeading.Chosen) -> None:
        self._sort(self.table.order.choose(event.column))

    def _sort(self, order: Order) -> None:
        self.view_state.sort(order)
        self._arrange()
        self.table.action_first()  # the wanted rows are at the top, and the cursor stays visible

    def action_escape(self) -> None:
        """Leave the form of a first start; dismiss the message, then the marks, then the limit."""
        if self._link_focused:
            self.set_focus(None)
        elif self._jobs.notices.clear():
            pass
        elif self.table.marks:
            self.table.unmark()
        else:
            bar = self.query_one(FilterBar)
            bar.clear()
            bar.remove_class("-shown")

    @on(SeriesTable.Marked)
    def _marked(self) -> None:
        self._post_status()
