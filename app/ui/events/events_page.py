"""Every event that was received: the list follows what arrives, the panel beside it answers why."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.relay.event_records import EventDetail, EventFilter, EventRow
from app.relay.feed import FeedBatch
from app.storage.profile import Mode
from app.ui.events.detail_panel import DetailPanel
from app.ui.events.event_tools import EventTools
from app.ui.events.events_model import EventsModel
from app.ui.events.events_table import EventsTable
from app.ui.events.filter_bar import FilterBar
from app.ui.events.list_foot import ListFoot
from app.ui.events.waiting_state import NoMatch, WaitingState
from app.ui.frame.drawer import DETAIL_WIDTH
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.tasks import AsyncTask
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import mode_icon, mode_word
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.button import Button
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.labels import Label
from app.ui.widgets.skeleton import Skeleton


class EventsPage(Page):
    """Follows the relay through the controller; reads the disk in worker threads only."""

    icons_below = 1280
    setup_requested = Signal()
    why_requested = Signal()

    def __init__(self, theme: Theme, controller: RelayController, parent: QWidget | None = None) -> None:
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
        self.follow_badge = Badge(theme, "")
        self.mode_badge = Badge(theme, "")
        self.pause_button = Button(theme, self.tr("Pause view"), icon="pause")
        self.newest_button = Button(theme, self.tr("Newest"), icon="chevron-up")
        self.waiting = WaitingState(theme, controller)
        self.no_match = NoMatch(theme)
        self._failed = QWidget()
        self._failed_column = QVBoxLayout(self._failed)
        self._failed_column.setContentsMargins(24, 24, 24, 24)
        self._stack = QStackedWidget()
        self.export_button = Button(theme, self.tr("Export"), icon="download")
        self.tools = EventTools(theme, self, controller.database, controller.unexpected)
        self._foot = ListFoot(theme)
        unexpected = controller.unexpected
        self._reading = AsyncTask("read events", unexpected=unexpected, parent=self)
        self._paging = AsyncTask("read more events", unexpected=unexpected, parent=self)
        self._detailing = AsyncTask("read an event", unexpected=unexpected, parent=self)
        self._retrying = AsyncTask("queue an event again", unexpected=unexpected, parent=self)
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
        self.pause_button.set_text(self.tr("Resume view") if paused else self.tr("Pause view"))
        self.pause_button.set_icon("play" if paused else "pause")
        self._catch_up()
        self._show_state()

    def retry_selected(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self._retry(self.model.row(index.row()).id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and event.type() == QEvent.Type.KeyPress and self._key(event):  # type: ignore[arg-type]
            return True
        return super().eventFilter(watched, event)

    # Building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(Label(self.theme, self.title, Role.TITLE))
        title.addWidget(self.follow_badge)
        title.addStretch(1)
        title.addWidget(self.mode_badge)
        title.addWidget(self.newest_button)
        title.addWidget(self.pause_button)
        title.addWidget(self.export_button)
        top = QVBoxLayout()
        top.setContentsMargins(24, 20, 20, 12)
        top.setSpacing(12)
        top.addLayout(title)
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
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._foot)
        self.table.installEventFilter(self)

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
        self.pause_button.clicked.connect(lambda: self.set_paused(paused=not self.paused))
        self.newest_button.clicked.connect(self._to_newest)
        self.panel.retry_requested.connect(self._retry)
        self.panel.edit_requested.connect(self.tools.edit)
        self.export_button.clicked.connect(lambda: self.tools.choose_export(self.filters.filter()))
        self.tools.said.connect(lambda text: self.toast_requested.emit(text, None))
        self.tools.failed.connect(self.panel.show_error)
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
        elif batch.left_out or self.filters.by_database or not self.model.rowCount():
            # Only the database knows what matches a text, or what was left out.
            self.reload()
        else:
            self.model.apply(batch.rows, follow=self.following)
        chosen = self.panel.event_id
        if chosen is not None and not self.paused and any(row.id == chosen for row in batch.rows):
            self._read_detail(chosen)
        self._show_state()

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
        while (item := self._failed_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        again = Button(self.theme, self.tr("Read again"), icon="refresh-cw")
        again.clicked.connect(self.reload)
        self._failed_column.addWidget(ErrorBlock(self.theme, error, (again,)))
        self._failed_column.addStretch(1)
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

    def _key(self, event: QKeyEvent) -> bool:
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        current = self.table.currentIndex().row()
        match event.key():
            case Qt.Key.Key_J:
                self._move_to(current + 1)
            case Qt.Key.Key_K:
                self._move_to(max(0, current - 1))
            case Qt.Key.Key_Space:
                self.set_paused(paused=not self.paused)
            case Qt.Key.Key_E:
                self.panel.edit()
            case Qt.Key.Key_R:
                self.retry_selected()
            case Qt.Key.Key_D:
                self.panel.tabs.choose("change")
            case Qt.Key.Key_C:
                self._copy_event()
            case Qt.Key.Key_Slash:
                self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case _:
                return False
        return True

    def _move_to(self, number: int) -> None:
        if 0 <= number < self.model.rowCount():
            self.table.selectRow(number)

    def _copy_event(self) -> None:
        if self.panel.event_id is not None:
            QGuiApplication.clipboard().setText(self.panel.event_json())
            self.toast_requested.emit(self.tr("Event copied as JSON"), None)

    # Showing -----------------------------------------------------------------------------------

    def _show_state(self) -> None:
        rows = self.model.rowCount()
        mode = self._controller.status.mode
        self.mode_badge.set(mode_word(mode), Tone.WARN if mode is Mode.LIVE else Tone.ACCENT, mode_icon(mode))
        self._show_follow(rows)
        empty = not rows and not self.filters.active
        self.filters.setVisible(self._known and not empty)
        self.pause_button.setVisible(bool(rows))
        self.mode_badge.setVisible(empty)
        self._foot.setVisible(bool(rows))
        if self._stack.currentWidget() is not self._failed or self._known:
            self._stack.setCurrentWidget(self._shown(rows))
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

    def _show_follow(self, rows: int) -> None:
        held = self.model.held_back
        self.newest_button.setVisible(bool(rows) and not self.following and not self.paused)
        if not rows:
            self.follow_badge.set(self.tr("Waiting"), Tone.NEUTRAL, "clock")
        elif self.paused:
            text = self.tr("Paused, {n} new").format(n=held) if held else self.tr("Paused")
            self.follow_badge.set(text, Tone.WARN, "pause")
        elif self.following:
            running = self._controller.running
            text = self.tr("Following") if running else self.tr("Relay stopped")
            self.follow_badge.set(
                text, Tone.OK if running else Tone.NEUTRAL, "circle-play" if running else "square"
            )
        else:
            text = self.tr("{n} new above").format(n=held) if held else self.tr("Not following")
            self.follow_badge.set(text, Tone.NEUTRAL, "pause")
