"""Choosing what to replay: stored events by filters, or a file or folder by button or drop."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.relay.delivery import OPEN_STATES, State
from app.relay.event_records import EventFilter
from app.relay.replay_records import MappingsOf
from app.segment.events import EVENT_TYPES
from app.ui.events.outcome_cell import state_word
from app.ui.setup.columns import Columns
from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.replay_scope import FileScope, Scope, StoredScope

STORED, FILE = "stored", "file"
_HOUR_MS = 3_600_000


class ScopeForm(Card):
    """``changed`` fires whenever something else is chosen."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=16, parent=parent)
        self.paths: tuple[Path, ...] = ()
        self.source = Segmented(
            theme,
            self.tr("Events to replay"),
            (
                Segment(STORED, self.tr("Stored events"), "inbox"),
                Segment(FILE, self.tr("File or folder"), "folder-open"),
            ),
        )
        self.mappings = Segmented(
            theme,
            self.tr("Mappings"),
            (
                Segment(MappingsOf.NOW, self.tr("As of now")),
                Segment(MappingsOf.THEN, self.tr("As of then")),
            ),
        )
        self.again = QCheckBox(self.tr("Also run events that were received before"))
        self.outcome = ComboField(theme, self.tr("Outcome"))
        self.type = ComboField(theme, self.tr("Type"))
        self.period = ComboField(theme, self.tr("Received"))
        self.mapping = ComboField(theme, self.tr("Mapping that ran"))
        self.name = TextField(theme, self.tr("Name"), placeholder=self.tr("Any"))
        self.person = TextField(theme, self.tr("User ID or anonymous ID"), placeholder=self.tr("Any"))
        self.text = TextField(theme, self.tr("Contains"), placeholder=self.tr("Any text"))
        self.drop = _DropPanel(theme)
        self._filters = QWidget()
        self._explain = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self._fill_choices()
        self._build(theme)
        self.source.chosen.connect(lambda _: self._show())
        self.mappings.chosen.connect(lambda _: self._show())
        self.again.toggled.connect(lambda _: self.changed.emit())
        for combo in (self.outcome, self.type, self.period, self.mapping):
            combo.chosen.connect(lambda _: self.changed.emit())
        for field in (self.name, self.person, self.text):
            field.edited.connect(lambda _: self.changed.emit())
        self.drop.chosen.connect(self.take_files)
        self._show()

    @property
    def problem(self) -> str:
        """What is missing, empty when a dry run can begin."""
        if self.source.current() == FILE and not self.paths:
            return self.tr("Choose a file or a folder first.")
        return ""

    def scope(self) -> Scope:
        if self.source.current() == FILE:
            return FileScope(self.paths)
        outcome, kind = self.outcome.combo.current_key(), self.type.combo.current_key()
        hours = self.period.combo.current_key()
        return StoredScope(
            EventFilter(
                states=frozenset({State(str(outcome))}) if outcome else frozenset(),
                types=frozenset({str(kind)}) if kind else frozenset(),
                since_ms=time.time_ns() // 1_000_000 - int(str(hours)) * _HOUR_MS if hours else None,
                mapping=str(self.mapping.combo.current_key() or ""),
                name=self.name.text().strip(),
                person=self.person.text().strip(),
                text=self.text.text().strip(),
            )
        )

    def mappings_of(self) -> MappingsOf:
        return MappingsOf(self.mappings.current())

    def take_files(self, paths: tuple[Path, ...]) -> None:
        """Files or a folder that a person chose or dropped."""
        self.paths = paths
        self.source.choose(FILE)
        self._show()

    def set_mappings(self, names: tuple[str, ...]) -> None:
        """The mappings of the profile, for the filter."""
        combo, before = self.mapping.combo, self.mapping.combo.current_key()
        combo.clear()
        combo.add(self.tr("Any"), "")
        for name in names:
            combo.add(name, name)
        if not combo.choose(before):
            combo.choose("")

    def _fill_choices(self) -> None:
        self.outcome.combo.add(self.tr("Any"), "")
        for state in State:
            if state not in OPEN_STATES:
                self.outcome.combo.add(state_word(state), str(state))
        self.outcome.combo.choose(str(State.FAILED))
        self.type.combo.add(self.tr("Any"), "")
        for name in EVENT_TYPES:
            self.type.combo.add(name, name)
        for text, hours in (
            (self.tr("At any time"), 0),
            (self.tr("In the last hour"), 1),
            (self.tr("In the last 24 hours"), 24),
            (self.tr("In the last 7 days"), 168),
            (self.tr("In the last 30 days"), 720),
        ):
            self.period.combo.add(text, hours)
        self.set_mappings(())

    def _build(self, theme: Theme) -> None:
        head = QWidget()
        flow = FlowLayout(head, spacing=12)
        flow.addWidget(self.source)
        first, second = (Columns(theme, stack_below=520, spacing=12) for _ in range(2))
        for field in (self.outcome, self.type, self.period, self.mapping):
            first.add(field)
        for text_field in (self.name, self.person, self.text):
            second.add(text_field)
        column = QVBoxLayout(self._filters)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(first)
        column.addWidget(second)
        below = QWidget()
        row = FlowLayout(below, spacing=12)
        caption = Label(theme, self.tr("Mappings"), Role.LABEL)
        row.addWidget(caption)
        row.addWidget(self.mappings)
        self.body.setSpacing(14)
        for widget in (head, self._filters, self.drop, self.again, below, self._explain):
            self.body.addWidget(widget)

    def _show(self) -> None:
        files = self.source.current() == FILE
        self._filters.setVisible(not files)
        self.drop.setVisible(files)
        self.again.setVisible(files)
        self.drop.show_files(self.paths)
        if self.mappings_of() is MappingsOf.NOW:
            text = self.tr("The mappings saved now are used, also for old events.")
        elif files:
            text = self.tr("Each event uses the mappings that were saved when it happened.")
        else:
            text = self.tr("Each event uses the mappings that were saved when it was received.")
        self._explain.set_text(text)
        self.changed.emit()


class _DropPanel(QWidget):
    """``chosen`` carries the paths."""

    chosen = Signal(tuple)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._dragging = False
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._title = WrappedLabel(theme, "", Role.HEADING)
        self._text = WrappedLabel(theme, "", Role.BODY, "muted")
        self.file_button = Button(theme, self.tr("Choose files…"), icon="upload")
        self.folder_button = Button(theme, self.tr("Choose a folder…"), icon="folder-open")
        icon = QVBoxLayout()
        icon.addWidget(Icon(theme, "inbox", "muted", 20))
        icon.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons, spacing=8)
        flow.addWidget(self.file_button)
        flow.addWidget(self.folder_button)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addSpacing(6)
        words.addWidget(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(12)
        row.addLayout(icon)
        row.addLayout(words, 1)
        self.file_button.clicked.connect(lambda: self._choose(folder=False))
        self.folder_button.clicked.connect(lambda: self._choose(folder=True))
        theme.changed.connect(self.update)

    def show_files(self, paths: tuple[Path, ...]) -> None:
        if not paths:
            self._title.set_text(self.tr("Drop files or a folder here"))
        elif len(paths) == 1:
            self._title.set_text(paths[0].name)
        else:
            self._title.set_text(self.tr("{name} and {n} more").format(name=paths[0].name, n=len(paths) - 1))
        self._text.set_text(
            self.tr(
                "NDJSON, JSON or CSV, also packed with gzip, of any size. "
                "A folder stands for the archives in it."
            )
        )

    def dragEnterEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._set_dragging(dragging=True)

    def dragLeaveEvent(self, _event) -> None:  # type: ignore[no-untyped-def]
        self._set_dragging(dragging=False)

    def dropEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self._set_dragging(dragging=False)
        paths = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.chosen.emit(paths)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 10, tokens.accent_bg if self._dragging else tokens.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.accent if self._dragging else tokens.outline), 2 if self._dragging else 1)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)

    def _set_dragging(self, *, dragging: bool) -> None:
        self._dragging = dragging
        self.update()

    def _choose(self, *, folder: bool) -> None:
        dialog = QFileDialog(self, self.tr("Choose events to replay"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.Directory if folder else mode.ExistingFiles)
        if not folder:
            dialog.setNameFilters(
                [
                    self.tr("Events (*.json *.ndjson *.jsonl *.csv *.tsv *.log *.gz)"),
                    self.tr("All files (*)"),
                ]
            )
        dialog.filesSelected.connect(lambda names: self.chosen.emit(tuple(map(Path, names))))
        dialog.open()
