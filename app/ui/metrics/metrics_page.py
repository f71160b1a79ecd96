"""How the relay does: what came, what became of it, what failed, over ten minutes up to thirty days."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.event_stage import Stage
from app.relay.inbox_figures import FigureReader
from app.storage.private_files import translated_os_errors
from app.ui.frame.page import Page
from app.ui.frame.tasks import AsyncTask
from app.ui.metrics.figure_tables import FigureTables
from app.ui.metrics.figures_view import FiguresView
from app.ui.relay.relay_controller import RelayController
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, IconButton
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.skeleton import Skeleton
from app.workflows.event_figures import Drop, ErrorGroup, EventFigures, FigureRange, read_event_figures
from app.workflows.event_figures_export import to_csv
from app.workflows.figure_words import CauseAction

_LIVE_EVERY_MS = 2_000
_QUIET_EVERY_MS = 30_000


class MetricsPage(Page):
    """Reads in worker threads, at most every two seconds, and only while it is shown.

    ``events_requested`` carries an ``EventFilter`` and the words for it; the other requests what an error's
    button asks for. ``now_ms`` is the wall clock.
    """

    events_requested = Signal(object, str)
    mapping_requested = Signal()
    setup_requested = Signal()
    replay_requested = Signal()
    why_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        controller: RelayController,
        reader: FigureReader,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", parent=parent)
        self.retitle(self.tr("Metrics"))
        self._controller = controller
        self._reader = reader
        self._now_ms = now_ms
        self.figures: EventFigures | None = None
        self.range = FigureRange.DAY
        self._failure: AppError | None = None
        self._shown = False
        self.ranges = Segmented(
            theme,
            self.tr("Time"),
            (
                Segment(FigureRange.TEN_MINUTES, self.tr("10 min")),
                Segment(FigureRange.HOUR, self.tr("1 h")),
                Segment(FigureRange.DAY, self.tr("24 h")),
                Segment(FigureRange.WEEK, self.tr("7 days")),
                Segment(FigureRange.MONTH, self.tr("30 days")),
            ),
            FigureRange.DAY,
        )
        self.table_button = IconButton(theme, "list", self.tr("Show as table"))
        self.export_button = Button(theme, self.tr("Export"), icon="download")
        self.view = FiguresView(theme)
        self.tables = FigureTables(theme)
        self.empty = EmptyState(
            theme,
            self.tr("No events in this time"),
            self.tr("Figures appear here as soon as the relay has received something."),
            icon="chart-column",
            buttons=self._empty_buttons(),
        )
        self._loading = Skeleton(theme, 14, self.tr("Reading the figures"))
        self._failed = QWidget()
        self._failed_column = QVBoxLayout(self._failed)
        self._failed_column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._reading = AsyncTask("read figures", unexpected=controller.unexpected, parent=self)
        self._saving = AsyncTask("save figures", unexpected=controller.unexpected, parent=self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_LIVE_EVERY_MS)
        self._quiet = QTimer(self)
        self._quiet.setInterval(_QUIET_EVERY_MS)
        self._build()
        self._connect()

    @property
    def error(self) -> AppError | None:
        return self._failure

    def initial_focus(self) -> QWidget | None:
        return self.ranges

    def activated(self) -> None:
        self._shown = True
        self._quiet.start()
        self.read()

    def left(self) -> None:
        self._shown = False
        self._quiet.stop()
        self._soon.stop()

    def read(self) -> None:
        """Read the figures of the chosen time."""
        wanted, now_ms = self.range, self._now_ms()

        async def work() -> EventFigures:
            return await asyncio.to_thread(read_event_figures, self._reader, wanted, now_ms)

        self._reading.run(work, self.tr("Reading…"))

    def choose_range(self, wanted: FigureRange) -> None:
        self.range = wanted
        self.ranges.choose(wanted)
        self.read()

    def set_table(self, *, table: bool) -> None:
        """The same figures as tables, or as the picture."""
        self._as_table = table
        name = self.tr("Show as chart") if table else self.tr("Show as table")
        self.table_button.set_icon("chart-column" if table else "list")
        self.table_button.set_name(name)
        self._show()

    def save_csv(self, path: Path) -> None:
        figures = self.figures
        if figures is not None:
            # A spreadsheet takes a file without the mark for one in its own code page.
            self._save(path, lambda: path.write_text(to_csv(figures), encoding="utf-8-sig", newline=""))

    def save_png(self, path: Path) -> None:
        """The picture as it is on the screen."""
        image = self.view.grab().toImage()

        def write() -> None:
            writer = QImageWriter(str(path), QByteArray(b"png"))
            if not writer.write(image):
                raise OSError(writer.errorString())

        self._save(path, write)

    # ---------------------------------------------------------------------------------------------

    def _empty_buttons(self) -> tuple[Button, ...]:
        self.start_button = Button(self.theme, self.tr("Start relay"), icon="play")
        self.why_button = Button(self.theme, self.tr("Why did nothing happen?"), icon="circle-question-mark")
        return self.start_button, self.why_button

    def _build(self) -> None:
        self._as_table = False
        for tool in (self.ranges, self.table_button, self.export_button):
            self.header.add(tool)
        for widget in (self._loading, self.view, self.tables, self.empty, self._failed):
            self._stack.addWidget(widget)
        self.body.addWidget(self._stack, 1)
        self._menu = QMenu(self)
        self._menu.addAction(self.tr("Numbers as CSV…")).triggered.connect(lambda: self._ask("csv"))
        self._menu.addAction(self.tr("Picture as PNG…")).triggered.connect(lambda: self._ask("png"))
        self._show()

    def _connect(self) -> None:
        self.ranges.chosen.connect(lambda key: self.choose_range(FigureRange(key)))
        self.table_button.clicked.connect(lambda: self.set_table(table=not self._as_table))
        self.export_button.clicked.connect(self._open_menu)
        self.start_button.clicked.connect(self._controller.start)
        for button in (self.why_button, self.view.why_button):
            button.clicked.connect(self.why_requested)
        self.view.stage_chosen.connect(self._choose_stage)
        self.view.errors.chosen.connect(self._choose_error)
        self.view.errors.replay_requested.connect(self.replay_requested)
        self._reading.succeeded.connect(self._take)
        self._reading.failed.connect(self._show_failure)
        self._saving.succeeded.connect(lambda name: self._say(self.tr("Saved {name}").format(name=name)))
        self._saving.failed.connect(lambda error: self._say(error.title))
        self._controller.batch_arrived.connect(lambda _: self._something_new())
        self._controller.status_changed.connect(self._show_start)
        self._soon.timeout.connect(self.read)
        self._quiet.timeout.connect(self.read)

    def _something_new(self) -> None:
        if self._shown and not self._soon.isActive():
            self._soon.start()

    def _take(self, figures: EventFigures) -> None:
        if figures.range is not self.range:
            return
        self.figures, self._failure = figures, None
        self._show()

    def _show(self) -> None:
        figures = self.figures
        self._show_start()
        usable = figures is not None and figures.received > 0 and self._failure is None
        self.table_button.setVisible(usable)
        self.export_button.setVisible(usable)
        if self._failure is not None:
            self._bring(self._failed)
        elif figures is None:
            self._bring(self._loading)
        elif not figures.received:
            self._bring(self.empty)
        elif self._as_table:
            self.tables.show_figures(figures)
            self._bring(self.tables)
        else:
            self.view.show_figures(figures, self._controller.status.refused)
            self._bring(self.view)

    def _bring(self, widget: QWidget) -> None:
        """Only what is shown asks for room: the tables are much higher than the picture."""
        for each in (self._loading, self.view, self.tables, self.empty, self._failed):
            each.setVisible(each is widget)
        self._stack.setCurrentWidget(widget)

    def _show_start(self) -> None:
        self.start_button.setVisible(not self._controller.running)

    def _show_failure(self, error: AppError) -> None:
        self._failure = error
        while (item := self._failed_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        again = Button(self.theme, self.tr("Read again"), icon="refresh-cw")
        again.clicked.connect(self.read)
        self._failed_column.addWidget(ErrorBlock(self.theme, error, (again,)))
        self._failed_column.addStretch(1)
        self._show()
        self.announce(error.title, assertive=True)

    # What leads on -----------------------------------------------------------------------------

    def _choose_stage(self, number: int) -> None:
        figures = self.figures
        if figures is None:
            return
        step = figures.funnel[number]
        if step.stage is Stage.CHANGED:
            state = State.DELIVERED if figures.delivered else State.SKIPPED
            wanted = EventFilter(states=frozenset({state}), since_ms=figures.since_ms)
            self.events_requested.emit(wanted, "")
        elif len(step.drops) == 1:
            self._show_drop(step.drops[0])
        elif step.drops:
            menu = QMenu(self)
            for drop in step.drops[:12]:
                action = menu.addAction(f"{drop.count:,}  {drop.words}".replace("&", "&&"))
                action.triggered.connect(partial(self._show_drop, drop))
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.funnel.mapToGlobal(self.view.funnel.rect().center()))

    def _show_drop(self, drop: Drop, _checked: bool = False) -> None:
        assert self.figures is not None
        wanted = EventFilter(
            states=frozenset({drop.state}) if drop.state else frozenset(),
            types=frozenset({drop.type}) if drop.type else frozenset(),
            cause=drop.cause,
            since_ms=self.figures.since_ms,
        )
        self.events_requested.emit(wanted, drop.words)

    def _choose_error(self, group: ErrorGroup) -> None:
        match group.action:
            case CauseAction.EDIT_MAPPING:
                self.mapping_requested.emit()
            case CauseAction.CHECK_KEY | CauseAction.LOOK_AT_FIELDS:
                self.setup_requested.emit()
            case _:
                assert self.figures is not None
                wanted = EventFilter(cause=group.cause, since_ms=self.figures.since_ms)
                self.events_requested.emit(wanted, group.words or group.code)

    # Export ------------------------------------------------------------------------------------

    def _open_menu(self) -> None:
        self._menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    def _ask(self, kind: str) -> None:
        dialog = QFileDialog(self, self.tr("Save the figures"), f"metrics-{self.range}.{kind}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        save = self.save_csv if kind == "csv" else self.save_png
        dialog.fileSelected.connect(lambda name: save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, path: Path, write: Callable[[], object]) -> None:
        def work() -> str:
            with translated_os_errors(path):
                write()
            return path.name

        self._saving.run(lambda: asyncio.to_thread(work), self.tr("Saving…"))

    def _say(self, text: str) -> None:
        self.toast_requested.emit(text, None)
