"""The first screen: the series of a view, how each stands, and what can be done about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series.model import InboxRow, SeriesSummary
from patchwatch.series.views import View, first_view, split_by_view
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.refresh import Debounced
from patchwatch.tui.controllers.view_state import VIEWS, ViewState
from patchwatch.tui.render import labels
from patchwatch.tui.render.selection import Selection, of_series
from patchwatch.tui.render.series_columns import COLUMNS, Order
from patchwatch.tui.screens.actions import ACTIONS, ActionScreen
from patchwatch.tui.widgets.empty_view import EmptyView, nothing
from patchwatch.tui.widgets.filter_bar import FilterBar, FilterInput
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.series_preview import SeriesPreview
from patchwatch.tui.widgets.series_table import SeriesTable, TableHeading
from patchwatch.tui.widgets.status_bar import Status, StatusBar
from patchwatch.tui.widgets.view_tabs import ViewTabs
from patchwatch.tui.widgets.watch_form import WatchForm


def _view_keys() -> list[BindingType]:
    """A number for each view."""
    return [
        Binding(
            f"{number},a" if view is View.ALL else str(number),
            f"view({number - 1})",
            view.value,
            show=False,
            tooltip=f"Show “{view.value}”",
            id=f"overview.{view.name.lower()}",
        )
        for number, view in enumerate(VIEWS, 1)
    ]


class OverviewScreen(ActionScreen):
    """A table of series; wide and high enough, with an account of the one under the cursor below it."""

    AUTO_FOCUS = ""  # the table gets it when it has rows
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "limit",
            "Limit",
            priority=True,  # what is typed at once after it is handed out before a key comes back from the table
            tooltip="Show only what is like this",
            id="overview.limit",
        ),
        keys.WATCH,
        keys.POLL,
        *_view_keys(),
        Binding("l,right", "turn(1)", "Next view", show=False, id="overview.next_view"),
        Binding("h,left", "turn(-1)", "Previous view", show=False, id="overview.previous_view"),
        Binding("n", "unread(1)", "Unread", show=False, tooltip="Next series with unread mail", id="overview.unread"),
        Binding("N", "unread(-1)", "Previous series with unread mail", show=False, id="overview.previous_unread"),
        Binding("o", "sort", "Sort", show=False, tooltip="Sort by the next column", id="overview.sort"),
        Binding("O", "reverse", "Reverse", show=False, tooltip="Sort the other way round", id="overview.reverse"),
        *ACTIONS,
        Binding("R", "reply", "Reply", show=False, tooltip="Answer the newest version, to all", id="overview.reply"),
        Binding("T", "tag", "Tags", show=False, tooltip="Give the newest version tags", id="overview.tag"),
        Binding("B", "b4", "b4", show=False, tooltip="Hand the newest version over to b4", id="overview.b4"),
        keys.PALETTE,
        keys.HELP,
        Binding("q", "app.quit", "Quit", id="overview.quit"),
        Binding(
            "escape",
            "escape",
            "Clear",
            show=False,
            tooltip="Put away what was said, then the marks, then the limit",
            id="overview.escape",
        ),
    ]

    class Opened(Message):
        """A series is to be shown."""

        def __init__(self, series_id: int) -> None:
            """Its number."""
            super().__init__()
            self.series_id = series_id

    class Loaded(Message):
        """The rows were read, or (None) could not be."""

        def __init__(self, status: Status | None) -> None:
            """How things stand by these rows."""
            super().__init__()
            self.status = status

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        watched: Callable[[Sequence[Watched]], None],
        few: Sequence[SeriesSummary],
    ) -> None:
        """Shows what `core` knows; `watched` hears what was watched from a first start's line.

        `few` is what is shown before everything was read.
        """
        super().__init__()
        self._tracker = tracker
        self._jobs = jobs
        self._heard_watched = watched
        self._showing = ViewState(first_view(knows_me=bool(tracker.addresses)), few)
        self._rereading = Debounced(self, self._read)
        self._wanted: int | None = None  # the series that the cursor goes to when it is there
        self._inboxes: tuple[InboxRow, ...] = ()

    def compose(self) -> ComposeResult:
        """The views, the limit, the table, the account, the status, the keys."""
        yield ViewTabs(self._showing.view)
        yield FilterBar()
        table = SeriesTable(self._tracker.now, id="table")
        yield TableHeading(table)
        yield table
        yield EmptyView(WatchForm(self._tracker, self._jobs, self._heard_watched, "", "the other keys"))
        yield SeriesPreview(self._tracker, self._jobs)
        yield StatusBar()
        yield KeyHints()

    @property
    def table(self) -> SeriesTable:
        """The table."""
        return self.query_one(SeriesTable)

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every series, as it was read last."""
        return self._showing.all_lines

    @property
    def proposed(self) -> str:
        """The series under the cursor, if it is not watched."""
        row = self.table.row
        return row.message_id if row and not row.watched else ""

    def targets(self) -> list[SeriesSummary]:
        """What an action is about: the marked rows in sight, or else the row under the cursor."""
        marked = self.table.marked
        row = self.table.row
        return marked or ([row] if row else [])

    # Reading, and showing what was read.

    def on_mount(self) -> None:
        """Show what is there, so that the first paint has it."""
        if self.all_lines:
            self._arrange()

    def reload(self) -> None:
        """Read the rows anew; view, limit, order, marks, cursor and scroll stay.

        In the background there is time: until nothing has changed for a while, as it does with each mail that is read.
        """
        in_sight = self.is_active or self.app.screen.is_modal  # Textual calls what is behind any screen "current"
        if in_sight or not self._showing.complete:
            self._rereading.now()
        else:
            self._rereading.later()

    def on_screen_resume(self) -> None:
        """What was put off in the background is done now."""
        self._rereading.catch_up()

    def _read(self) -> None:
        def work() -> tuple[dict[View, list[SeriesSummary]], tuple[InboxRow, ...]]:
            return split_by_view(self._tracker.lines()), tuple(self._tracker.inboxes())

        self._jobs.submit("lists", "reload", work, self._show, self._failed, screen=self, latest=True)

    def _show(self, read: tuple[Mapping[View, list[SeriesSummary]], tuple[InboxRow, ...]]) -> None:
        views, self._inboxes = read
        self._showing.take(views)
        self._jobs.notices.dismiss("reload")
        self.table.forget()
        self._arrange()
        self._settle()
        self._account(at_once=True)

    def _failed(self, error: PatchwatchError) -> None:
        self._jobs.notices.show("reload", "error", str(error))
        self.post_message(self.Loaded(None))

    def _arrange(self) -> None:
        """Show the chosen view, as far as the limit allows, in the chosen order."""
        showing, bar = self._showing, self.query_one(FilterBar)
        rows, among = showing.rows(bar.limit, self._tracker.now()), showing.among
        self.table.show(rows, showing.order, among, showing.view)
        bar.count(len(rows), len(among))
        if not showing.complete and not rows:
            return  # it is not known yet that there is nothing
        self.query_one(ViewTabs).show(showing.view, showing.counts)
        self._draw_nothing(bool(rows))
        self.query_one(TableHeading).refresh()
        self._post_status()

    def _draw_nothing(self, some: bool) -> None:
        """Say why there is no row, if there is none; and give the keys to whom they are for."""
        empty, limited = self.query_one(EmptyView), bool(self.query_one(FilterBar).limit.text)
        if some:
            empty.show([])
            if self.focused is None or self._at_first_link:
                self.call_after_refresh(self.table.focus)
        elif not limited and (not self.all_lines or self._showing.view is View.WATCHED):
            empty.welcome(len(self.all_lines), self._key("overview.all"))
        else:
            me, place = bool(self._tracker.addresses), self._tracker.config_file
            empty.show(nothing(self._showing.view, self._key, knows_me=me, config_file=place, limited=limited))
            if not isinstance(self.focused, FilterInput):
                self.set_focus(None)  # the keys below are those of the screen

    @property
    def _at_first_link(self) -> bool:
        return isinstance(self.focused, Input) and not isinstance(self.focused, FilterInput)

    def _key(self, name: str) -> str:
        return keys.key_display(self.app, self.BINDINGS, name)

    def _post_status(self) -> None:
        rows, bar = self.table.rows, self.query_one(FilterBar)
        polled = [inbox.polled_at for inbox in self._inboxes if inbox.polled_at is not None]
        status = Status(
            view=self._showing.view,
            series=len(rows),
            of=len(self._showing.among) if self._showing.complete and bar.limit.text else None,
            unread=sum(row.unread for row in rows),
            marked=len(self.table.marked),
            polls_known=self._showing.complete,
            polled_at=max(polled, default=None),
            stale=tuple(labels.stale(self._inboxes)),
            now=self._tracker.now(),
        )
        self.post_message(self.Loaded(status))

    def tick(self) -> None:
        """Let the ages grow, and what is limited by them."""
        self.table.forget()
        self.query_one(SeriesPreview).tick()
        if self._showing.complete:
            self._arrange()

    # The row under the cursor.

    def _account(self, *, at_once: bool = False) -> None:
        row = self.table.row
        self.query_one(SeriesPreview).follow(row.id if row else None, at_once=at_once)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._account()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        if row := self.table.row:
            self.post_message(self.Opened(row.id))

    def on_resize(self) -> None:
        """The headings follow the table; a higher screen has room for the account."""
        self.call_after_refresh(self.query_one(TableHeading).refresh)
        self.call_after_refresh(self._account)

    def on_paste(self, event: events.Paste) -> None:
        """A link that is pasted is to be watched."""
        event.stop()
        self.app.post_message(self.Pasted(line(event.text)))

    class Pasted(Message):
        """Something was pasted where nothing is typed."""

        def __init__(self, text: str) -> None:
            """What."""
            super().__init__()
            self.text = text

    # Moving about.

    def go_to(self, series_id: int) -> None:
        """Put the cursor on a watched series, now or when it is there; if need be, in another view."""
        self._wanted = None if self.table.select(series_id) else series_id

    def _settle(self) -> None:
        """Go where the cursor is wanted, if that was read."""
        if self._wanted is None or self.table.select(self._wanted):
            self._wanted = None
        elif self._showing.is_watched(self._wanted):
            self.query_one(FilterBar).clear()
            self._choose(View.WATCHED)
            self.call_after_refresh(self.go_to, self._wanted)

    def _choose(self, view: View) -> None:
        here = self.table.row
        self._showing.choose(view)
        self._arrange()
        if self.table.row is not here:
            self.table.action_first()
        self._account()

    def action_view(self, number: int) -> None:
        """Show a view; if it is shown, the one before it."""
        self._choose(self._showing.toggled(VIEWS[number]))

    def action_turn(self, by: int) -> None:
        """Show the view beside this one."""
        self._choose(self._showing.beside(by))

    @on(ViewTabs.Chosen)
    def _tab_chosen(self, event: ViewTabs.Chosen) -> None:
        self._choose(event.view)

    def action_unread(self, direction: int) -> None:
        """Put the cursor on the next series with unread mail."""
        table = self.table
        count = len(table.rows)
        around = (table.rows[(table.cursor + direction * step) % count] for step in range(1, count + 1))
        row = next((row for row in around if row.unread), None)
        if row is None:
            self._jobs.notices.show("unread", "note", "No unread mail is left here.")
        else:
            self._jobs.notices.dismiss("unread")
            table.select(row.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, no limit can be begun: the key is a letter then."""
        return not (action == "limit" and isinstance(self.focused, Input))

    def action_limit(self) -> None:
        """Let a limit be typed."""
        self.query_one(FilterBar).begin()

    @on(FilterBar.Changed)
    def _limited(self) -> None:
        self._arrange()
        self._account()

    @on(FilterInput.Left)
    def _limit_left(self) -> None:
        if self.table.rows:
            self.table.focus()
        else:
            self.set_focus(None)

    def action_sort(self) -> None:
        """Sort by the next column to the right."""
        columns = [column for column, _ in self.table.columns.columns] or list(COLUMNS)
        here = next((n for n, column in enumerate(columns) if column is self.table.order.column), -1)
        self._sort(self.table.order.choose(columns[(here + 1) % len(columns)]))

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._sort(self.table.order.choose(self.table.order.column))

    @on(TableHeading.Chosen)
    def _heading_chosen(self, event: TableHeading.Chosen) -> None:
        self._sort(self.table.order.choose(event.column))

    def _sort(self, order: Order) -> None:
        self._showing.sort(order)
        self._arrange()
        self.table.action_first()  # what one sorts for is at the top, and the cursor is never out of sight

    def action_escape(self) -> None:
        """Leave the line of a first start; put away what was said; then take away the marks; then the limit."""
        if self._at_first_link:
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

    # What is done about the targets.

    def decided(self) -> None:
        """What was marked has been acted upon."""
        self.table.unmark()

    def regrouped(self, series_id: int | None) -> None:
        """Go to the series that was made."""
        if series_id is not None:
            self.go_to(series_id)

    def selection(self) -> Selection | None:
        """The newest posting of the series under the cursor."""
        row = self.table.row
        return of_series(row) if row else None

    def action_link(self) -> None:
        """Link the series under the cursor, or part its newest revision from the one before; of two marked, these."""
        row, marked = self.table.row, self.table.marked
        if len(marked) == 2:
            one, other = sorted(marked, key=lambda each: each is not row)
            self._deciding.link(one, marked=other)
        elif row:
            self._deciding.link(row)
