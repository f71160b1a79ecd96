"""Every event that was received: the list follows what arrives, the panel beside it answers why."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.relay.event_records import EventDetail, EventFilter, EventRow
from app.relay.feed import FeedBatch
from app.ui.events.detail_panel import DetailPanel
from app.ui.events.event_keys import EventKeys, KeysDialog
from app.ui.events.event_takeaway import EventTakeaway, UseSample
from app.ui.events.event_tools import EventTools
from app.ui.events.events_head import EventsHead
from app.ui.events.events_model import EventsModel
from app.ui.events.events_table import EventsTable
from app.ui.events.filter_bar import FilterBar
from app.ui.events.list_foot import ListFoot
from app.ui.events.waiting_state import FailedState, NoMatch, WaitingState
from app.ui.frame.drawer import DETAIL_WIDTH
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.tasks import AsyncTask
from app.ui.relay.relay_controller import RelayController
from app.ui.theme.theme import Theme
from app.ui.widgets.skeleton import Skeleton
from app.workflows.event_copies import CopyForm

# Under a flood the list is read again this often; people cannot read faster.
_READ_AGAIN_MS = 400
_MANY_ROWS = 40


class EventsPage(Page):
    """Follows the relay through the controller; reads the disk in worker threads only.

    ``use_sample`` takes an event that mappings are to be tried on; without it none is offered.
    """

    icons_below = 1280
    setup_requested = Signal()
    why_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        controller: RelayController,
        use_sample: UseSample | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", scrolls=False, parent=parent)
        self._controller = controller
        self.retitle(self.tr("Events"))
        self.paused = False
        self._known = False
        self._wanted_event: int | None = None
        self.model = EventsModel(parent=self)
        self.filters = FilterBar(theme)
        self.table = EventsTable(theme, self.model)
        self.panel = DetailPanel(theme)
        self.head = EventsHead(theme, self.title)
        self.waiting = WaitingState(theme, controller)
        self.no_match = NoMatch(theme)
        self._failed = FailedState(theme)
        self._stack = QStackedWidget()
        self.tools = EventTools(theme, self, controller.database, controller.unexpected)
        self.takeaway = EventTakeaway(controller, use_sample, self)
        self.panel.samples_wanted = self.takeaway.takes_samples
        self.keys_dialog: KeysDialog | None = None
        self._foot = ListFoot(theme)
        unexpected = controller.unexpected
        self._reading = AsyncTask("read events", unexpected=unexpected, parent=self)
        self._paging = AsyncTask("read more events", unexpected=unexpected, parent=self)
        self._detailing = AsyncTask("read an event", unexpected=unexpected, parent=self)
        self._retrying = AsyncTask("queue an event again", unexpected=unexpected, parent=self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_READ_AGAIN_MS)
        self._soon.timeout.connect(self._follow_on)
        self._build()
        self._connect()
        self._show_state()

    @property
    def following(self) -> bool:
        """Whether news go in at the top: not paused, and the top is in sight."""
        return not self.paused and self.table.verticalScrollBar().value() == 0

    def filter_field(self) -> QWidget | None:
        return self.filters.search

    def initial_focus(self) -> QWidget | None:
        if self._stack.currentWidget() is self.waiting:
            return self.waiting.first_button()
        return self.table

    def drawer(self) -> DrawerContent | None:
        if self.panel.event_id is None or not self.model.rowCount():
            return None
        return DrawerContent("", self.panel, DETAIL_WIDTH)

    def activated(self) -> None:
        if not self._known:
            self.reload()
            self.takeaway.read_marks()
        self._show_state()

    def reload(self) -> None:
        """Read the newest page of the present filter."""
        wanted = self.filters.filter()

        async def work() -> tuple[EventFilter, list[EventRow]]:
            return wanted, await self._controller.page(wanted)

        self._reading.run(work, self.tr("Reading…"))

    def show_filter(self, wanted: EventFilter, cause_words: str = "") -> None:
        """Show what another page counts; ``cause_words`` say the filter's cause on its chip."""
        self.set_paused(paused=False)
        self.filters.set_filter(wanted, cause_words)

    def show_event(self, event_id: int, *, again: bool = False) -> None:
        """Show an event beside the list, wherever in it it stands; ``again`` queues it as well."""
        self._wanted_event = event_id
        self.filters.clear()
        if again:
            self._retry(event_id)

    def select_event(self, event_id: int) -> None:
        """Choose an event that is in the list."""
        position = self.model.position(event_id)
        if position is not None:
            self.table.selectRow(position)

    def set_paused(self, *, paused: bool) -> None:
        """Pausing holds back what is shown, never what is received."""
        self.paused = paused
        self.head.show_paused(paused=paused)
        self._catch_up()
        self._show_state()

    def retry_selected(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self._retry(self.model.row(index.row()).id)

    # Building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(24, 20, 20, 12)
        top.setSpacing(12)
        top.addWidget(self.head)
        top.addWidget(self.filters)
        loading = QWidget()
        column = QVBoxLayout(loading)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(Skeleton(self.theme, 12, self.tr("Reading the events")))
        column.addStretch(1)
        self._loading = loading
        for widget in (loading, self.table, self.waiting, self.no_match, self._failed):
            self._stack.addWidget(widget)
        self.body.addLayout(top)
        # Else the tall grey lines of loading would press the head together where the window is low.
        self._stack.setMinimumHeight(1)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._foot)
        self.filters.set_sources(
            lambda: [one.name for one in self._controller.profile.mappings if one.enabled]
        )
        EventKeys(
            self.table,
            {
                "J": lambda: self._move(1),
                "K": lambda: self._move(-1),
                "Space": lambda: self.set_paused(paused=not self.paused),
                "R": self.retry_selected,
                "E": self.panel.edit,
                "D": lambda: self.panel.tabs.choose("change"),
                "C": lambda: self.panel.copy(CopyForm.CURL),
                "B": self.panel.mark,
                "S": self.panel.use_as_sample,
                "/": lambda: self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
                "?": self.show_keys,
            },
        )

    def _connect(self) -> None:
        controller = self._controller
        controller.batch_arrived.connect(self._take_batch)
        controller.status_changed.connect(self._show_state)
        controller.figures_changed.connect(self._show_state)
        self.filters.changed.connect(self.reload)
        self.no_match.clear_button.clicked.connect(self.filters.clear)
        self.no_match.why_button.clicked.connect(self.why_requested)
        self.filters.why_button.clicked.connect(self.why_requested)
        self.waiting.why_requested.connect(self.why_requested)
        self.waiting.setup_requested.connect(self.setup_requested)
        self.waiting.toast_requested.connect(lambda text: self.toast_requested.emit(text, None))
        self.model.more_wanted.connect(self._read_more)
        self.model.held_back_changed.connect(self._show_state)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.table.verticalScrollBar().valueChanged.connect(lambda _: self._scrolled())
        self.head.pause_button.clicked.connect(lambda: self.set_paused(paused=not self.paused))
        self.head.newest_button.clicked.connect(self._to_newest)
        self.head.keys_button.clicked.connect(self.show_keys)
        self.panel.retry_requested.connect(self._retry)
        self.panel.edit_requested.connect(self.tools.edit)
        self.panel.mark_requested.connect(self.takeaway.toggle_mark)
        self.panel.copy_requested.connect(self.takeaway.copy)
        self.panel.sample_requested.connect(self.takeaway.use_as_sample)
        self.takeaway.marks_changed.connect(self._show_marks)
        self._failed.again_requested.connect(self.reload)
        self.head.export_button.clicked.connect(lambda: self.tools.choose_export(self.filters.filter()))
        for helper in (self.tools, self.takeaway):
            helper.said.connect(lambda text: self.toast_requested.emit(text, None))
            helper.failed.connect(self.panel.show_error)
        self.tools.sent.connect(lambda _: self.reload())
        self._reading.succeeded.connect(self._show_page)
        self._reading.failed.connect(self._show_failure)
        self._paging.succeeded.connect(self.model.add_page)
        self._paging.failed.connect(lambda _: self.model.fetch_failed())
        self._detailing.succeeded.connect(self._show_detail)
        self._detailing.failed.connect(self.panel.show_error)
        self._retrying.succeeded.connect(self._retried)
        self._retrying.failed.connect(self.panel.show_error)

    # News and pages ----------------------------------------------------------------------------

    def _take_batch(self, batch: FeedBatch) -> None:
        if not self._known:
            return
        if self.paused:
            self.model.hold_back(batch.rows)
        elif self.model.rowCount() and not self.following:
            # Whoever has scrolled down keeps the place; the top is read when it comes into sight again.
            self.model.stale |= bool(batch.left_out or self.filters.by_database)
            if not self.filters.by_database:
                self.model.apply(batch.rows, follow=False)
        elif batch.left_out or self.filters.by_database or not self._is_few(batch):
            # Only the database knows what matches a text, or what was left out.
            self.table.hurry()
            if not self._soon.isActive():
                self._soon.start()
        else:
            self.model.apply(batch.rows, follow=True)
        chosen = self.panel.event_id
        if chosen is not None and not self.paused and any(row.id == chosen for row in batch.rows):
            self._read_detail(chosen)
        self._show_state()

    def _is_few(self, batch: FeedBatch) -> bool:
        """Rows that are put in one by one: more of them cost the list more than reading its page again."""
        return bool(self.model.rowCount()) and len(batch.rows) <= _MANY_ROWS

    def _follow_on(self) -> None:
        if self.following:
            self.reload()
        else:
            self.model.stale = True

    def _show_page(self, result: tuple[EventFilter, list[EventRow]]) -> None:
        wanted, rows = result
        chosen, self._wanted_event = self._wanted_event or self.panel.event_id, None
        self._known = True
        self.model.restart(wanted, rows)
        position = self.model.position(chosen) if chosen is not None else None
        if position is not None:
            self.table.selectionModel().setCurrentIndex(
                self.model.index(position, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._show_state()

    def _show_failure(self, error: AppError) -> None:
        self._failed.show_error(error)
        self._stack.setCurrentWidget(self._failed)
        self.announce(error.title, assertive=True)

    def _read_more(self, before_id: int) -> None:
        wanted = self.model.filter
        below = replace(wanted, before_id=before_id)
        self._paging.run(lambda: self._controller.page(below), self.tr("Reading…"))

    def _scrolled(self) -> None:
        if self.following:
            self._catch_up()
        self._show_state()

    def _catch_up(self) -> None:
        if self.paused or not self.following:
            return
        if self.model.stale or self.filters.by_database:
            self.reload()
        elif self.model.held_back:
            self.model.release()

    def _to_newest(self) -> None:
        if self.paused:
            self.set_paused(paused=False)
        self.table.scrollToTop()

    # One event ---------------------------------------------------------------------------------

    def _row_chosen(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not current.isValid():
            return
        row = self.model.row(current.row())
        new = self.panel.event_id != row.id
        self.panel.show_row(row)
        self.panel.show_mark(marked=row.id in self.takeaway.marks)
        self.filters.set_chosen_row(row)
        self._read_detail(row.id)
        if new:
            self.drawer_changed.emit()

    def _read_detail(self, event_id: int) -> None:
        self._detailing.run(lambda: self._controller.detail(event_id), self.tr("Reading…"))

    def _show_detail(self, detail: EventDetail | None) -> None:
        if detail is None:
            self.panel.show_error(
                AppError(
                    "EVENT-GONE",
                    self.tr("This event is not stored any more."),
                    remedy=self.tr("Events are kept for the time and size set in the profile."),
                )
            )
        elif detail.row.id == self.panel.event_id:
            self.panel.show_detail(detail)

    def _retry(self, event_id: int) -> None:
        self._retrying.run(lambda: self._controller.retry(event_id), self.tr("Queueing…"))

    def _retried(self, row: EventRow) -> None:
        text = self.tr("“{title}” is queued again.").format(title=row.title)
        if not self._controller.running:
            text = self.tr("“{title}” is queued again and runs when the relay is started.").format(
                title=row.title
            )
        self.toast_requested.emit(text, None)
        self._read_detail(row.id)

    def _move(self, by: int) -> None:
        number = max(0, self.table.currentIndex().row() + by)
        if number < self.model.rowCount():
            self.table.selectRow(number)

    def _show_marks(self) -> None:
        marks = self.takeaway.marks
        self.model.set_marks(marks)
        self.panel.show_mark(marked=self.panel.event_id in marks)
        if self.filters.filter().bookmarked:
            self.reload()

    def show_keys(self) -> None:
        """Name every key of the list."""
        self.keys_dialog = KeysDialog(self.theme, self.window())
        self.keys_dialog.finished.connect(self._keys_closed)
        self.keys_dialog.open()

    def _keys_closed(self) -> None:
        self.keys_dialog = None
        self.table.setFocus()

    # Showing -----------------------------------------------------------------------------------

    def _show_state(self) -> None:
        rows = self.model.rowCount()
        empty = not rows and not self.filters.active
        self.filters.setVisible(self._known and not empty)
        self.head.show_mode(self._controller.status.mode, visible=empty)
        self.head.show_follow(
            rows,
            self.model.held_back,
            paused=self.paused,
            following=self.following,
            running=self._controller.running,
        )
        self._foot.setVisible(bool(rows))
        if self._stack.currentWidget() is not self._failed or self._known:
            self._stack.setCurrentWidget(self._shown(rows))
        if self._stack.currentWidget() is self.waiting:
            self.waiting.show_state()
        self._foot.show_figures(
            rows,
            self._controller.figures,
            limit_mb=self._controller.profile.retention_mb,
            filtered=self.filters.active,
            more=self.model.canFetchMore(QModelIndex()),
        )

    def _shown(self, rows: int) -> QWidget:
        if not self._known:
            return self._loading
        if rows:
            return self.table
        return self.no_match if self.filters.active else self.waiting
