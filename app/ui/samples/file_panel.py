"""Adding events from a file: choose one or drop it, see how far it has been read, stop it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel
from app.workflows.sample_files import FileProgress


class FilePanel(QWidget):
    """``file_chosen`` carries a path, ``stop_requested`` wants the reading to end."""

    file_chosen = Signal(object)
    stop_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self._reading = False
        self._dragging = False
        self._title = WrappedLabel(theme, "", Role.HEADING)
        self._text = WrappedLabel(theme, "", Role.BODY, "muted")
        self.choose_button = Button(theme, self.tr("Choose a file…"), icon="folder-open")
        self.stop_button = Button(theme, self.tr("Stop reading"), icon="x")
        holder = QVBoxLayout()
        holder.addWidget(Icon(theme, "inbox", "muted", 20))
        holder.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addSpacing(9)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose_button)
        buttons.addWidget(self.stop_button)
        buttons.addStretch(1)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 18)
        row.setSpacing(12)
        row.addLayout(holder)
        row.addLayout(words, 1)
        self.choose_button.clicked.connect(self._choose)
        self.stop_button.clicked.connect(self.stop_requested)
        theme.changed.connect(self.update)
        self.show_idle()

    def show_idle(self) -> None:
        self._reading = False
        self._title.set_text(self.tr("Drop a file anywhere on this page"))
        self._text.set_text(
            self.tr(
                "JSON, lines of JSON (NDJSON) or CSV, also packed with gzip. "
                "The first 10,000 events are kept, on this computer only."
            )
        )
        self._show_buttons()

    def show_reading(self, name: str, now: FileProgress | None = None) -> None:
        """``now`` is None before anything was read."""
        begun = not self._reading
        self._reading = True
        self._share = now.done / now.total if now is not None and now.total else 0.0
        self._title.set_text(self.tr("Reading {name}").format(name=name))
        if now is None:
            self._text.set_text(self.tr("Opening the file…"))
        else:
            text = self.tr("{done} of {total} MB, {events} events")
            self._text.set_text(
                text.format(done=_megabytes(now.done), total=_megabytes(now.total), events=f"{now.events:,}")
            )
        self.update()
        if begun:
            self._show_buttons()

    def set_dragging(self, *, dragging: bool) -> None:
        """A file is being held over the page."""
        self._dragging = dragging
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 10, tokens.accent_bg if self._dragging else tokens.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.accent if self._dragging else tokens.outline), 2 if self._dragging else 1)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        if self._reading:
            bar = QRectF(16, self.height() - 11, self.width() - 32, 4)
            rounded(painter, bar, 2, tokens.track)
            bar.setWidth(max(4.0, bar.width() * min(1.0, self._share)))
            rounded(painter, bar, 2, tokens.accent)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a file with events"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Events (*.json *.ndjson *.jsonl *.csv *.tsv *.txt *.log *.js *.gz)"),
                self.tr("All files (*)"),
            ]
        )
        dialog.fileSelected.connect(lambda path: self.file_chosen.emit(Path(path)))
        dialog.open()

    def _show_buttons(self) -> None:
        focused = self.choose_button.hasFocus() or self.stop_button.hasFocus()
        self.choose_button.setVisible(not self._reading)
        self.stop_button.setVisible(self._reading)
        if focused:
            (self.stop_button if self._reading else self.choose_button).setFocus()
        self.update()


def _megabytes(size: int) -> str:
    value = size / 1_000_000
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
