"""Everything that brings events into a collection: the ways in, reading, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.task_line import TaskLine
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.intake import SampleIntake
from app.ui.samples.reading_words import added_words, limit_words, refused_error
from app.ui.samples.recorder import Recorder
from app.ui.samples.ways_in import FILE, PASTE, RECORD, WaysIn
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.workflows.sample_collection import Added
from app.workflows.sample_files import FileProgress
from app.workflows.sample_reading import ReadEvents
from app.workflows.sample_tables import EventTable, TableChoice
from app.workflows.samples import NotJsonError, Origin, Sample


class CollectingPane(QWidget):
    """Reads what people bring and adds it to ``events``.

    ``added`` carries an ``Added`` that a person has asked for, ``recorded`` one that has arrived by itself.
    ``preview`` carries the first event of a table while its columns are chosen, None when that is over.
    ``told`` is a short message with the numbers that undo takes back, ``announced`` and, for what blocks,
    ``alarmed`` are for screen readers.
    """

    added = Signal(object)
    recorded = Signal(object)
    preview = Signal(object)
    told = Signal(str, object)
    announced = Signal(str)
    alarmed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        events: CollectedEvents,
        recorder: Recorder | None,
        unexpected: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._events = events
        self._recorder = recorder
        self._origin = Origin.PASTED
        self._file_name = ""
        self._trouble: AppError | None = None
        self.ways = WaysIn(theme, recorder)
        self.intake = SampleIntake(unexpected, self)
        self.slot = MessageSlot(theme)
        self.limit = Banner(theme, Tone.INFO, " ")
        self.limit.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.ways, TaskLine(theme, self.intake.task), self.slot, self.limit):
            column.addWidget(widget)
        self._connect()

    @property
    def error(self) -> AppError | None:
        return self.slot.error

    @property
    def choosing_columns(self) -> bool:
        return self.ways.choosing_columns

    def read_text(self, text: str) -> None:
        """Add what is in the text; what is wrong with it is shown below the paste box."""
        self.ways.choose(PASTE)
        self._clear_messages()
        self.ways.file.show_idle()
        if text != self.ways.paste.text():
            self.ways.paste.set_text(text)
        self._origin = Origin.PASTED
        self.intake.read_text(text)

    def read_file(self, path: Path) -> None:
        """Add the events of a file."""
        self.ways.choose(FILE)
        self._clear_messages()
        self._origin = Origin.FILE
        self._file_name = path.name
        self.ways.file.show_reading(path.name)
        self.intake.read_file(path)

    def read_mime(self, mime: QMimeData | None) -> bool:
        """What is on the clipboard or was dropped; False when that is neither a file nor text."""
        if mime is None:
            return False
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []
        if files:
            self.read_file(Path(files[0]))
        elif mime.hasText() and mime.text().strip():
            self.read_text(mime.text())
        else:
            return False
        return True

    def paste(self) -> None:
        """Ctrl+V anywhere on the page."""
        if not self.read_mime(QGuiApplication.clipboard().mimeData()):
            self.alarmed.emit(self.tr("Nothing to paste: the clipboard holds no text"))

    def start_paste(self) -> None:
        self.ways.choose(PASTE)
        self.ways.paste.box.edit.setFocus()

    def show_error(self, error: AppError) -> None:
        self.slot.show_error(error, details_open=True)
        self.alarmed.emit(error.title)

    def stop_choosing_columns(self) -> None:
        if self.ways.choosing_columns:
            self.ways.show_columns(shown=False)
            self.preview.emit(None)

    # ---------------------------------------------------------------------------------------------

    def _read(self, found: ReadEvents | EventTable) -> None:
        self.ways.file.show_idle()
        if isinstance(found, EventTable):
            self.ways.show_columns(shown=True)
            self.ways.columns.show_table(found)
            self.ways.columns.table.setFocus()
            self.announced.emit(self.tr("Say which column is what"))
            return
        self.ways.show_columns(shown=False)
        if self.ways.current == PASTE:
            self.ways.paste.set_text("")
        self._clear_messages()
        added = self._add(found.samples)
        limit = limit_words(found, added)
        self.limit.setVisible(bool(limit))
        if limit:
            self.limit.set(Tone.INFO, limit, self.tr("Remove events, or star the ones that have to stay."))
        refused = refused_error(found)
        if refused is not None:
            self.slot.show_error(refused, tone=Tone.WARN, details_open=True)

    def _add(self, samples: tuple[Sample, ...]) -> Added:
        added = self._events.add(samples)
        self.added.emit(added)
        self.told.emit(added_words(added), tuple(one.number for one in added.samples))
        return added

    def _recorded(self, samples: tuple[Sample, ...]) -> None:
        self.recorded.emit(self._events.add(samples))

    def _failed(self, error: AppError) -> None:
        self.ways.file.show_idle()
        self.show_error(error)
        if self.ways.current == PASTE:
            self.ways.paste.set_invalid(invalid=True)
            self.ways.paste.go_to(error.position if isinstance(error, NotJsonError) else 0)

    def _take_columns(self, choice: TableChoice) -> None:
        table = self.ways.columns.event_table
        if table is not None:
            self._clear_messages()
            self.intake.read_table(table, choice, self._origin)

    def _preview(self) -> None:
        sample = self.ways.columns.preview()
        if sample is not None and self.ways.choosing_columns:
            self.preview.emit(sample)

    def _progress(self, now: FileProgress) -> None:
        self.ways.file.show_reading(self._file_name, now)

    def _stop_reading(self) -> None:
        self.intake.cancel()
        self.ways.file.show_idle()

    def _show_trouble(self) -> None:
        trouble = self._events.trouble
        if trouble is not None:
            self.slot.show_error(trouble, tone=Tone.WARN)
        elif self._trouble is not None and self.slot.error is self._trouble:
            self.slot.clear()
        self._trouble = trouble

    def _clear_messages(self) -> None:
        self.slot.clear()
        self.limit.setVisible(False)
        self.ways.paste.set_invalid(invalid=False)

    def _tab_chosen(self, key: str) -> None:
        self._clear_messages()
        self.preview.emit(None)
        if key == RECORD and self._recorder is not None:
            self._recorder.look()

    def _connect(self) -> None:
        ways, intake = self.ways, self.intake
        ways.chosen.connect(self._tab_chosen)
        ways.paste.add_requested.connect(self.read_text)
        ways.paste.edited.connect(self._clear_messages)
        ways.file.file_chosen.connect(self.read_file)
        ways.file.stop_requested.connect(self._stop_reading)
        ways.columns.accepted.connect(self._take_columns)
        ways.columns.cancelled.connect(self.stop_choosing_columns)
        ways.columns.preview_changed.connect(self._preview)
        intake.read.connect(self._read)
        intake.failed.connect(self._failed)
        intake.progressed.connect(self._progress)
        self._events.trouble_changed.connect(self._show_trouble)
        if self._recorder is not None:
            self._recorder.arrived.connect(self._recorded)
            self._recorder.taken.connect(self._add)
            self._recorder.failed.connect(self.show_error)
