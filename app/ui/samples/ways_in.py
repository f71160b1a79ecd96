"""The four ways events come in, as tabs of which one is open."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.samples.column_chooser import ColumnChooser
from app.ui.samples.file_panel import FilePanel
from app.ui.samples.paste_panel import PastePanel
from app.ui.samples.record_panel import RecordPanel
from app.ui.samples.recorder import Recorder
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.tabs import TabStrip

BUILT_IN, PASTE, FILE, RECORD = "built-in", "paste", "file", "record"


class WaysIn(QWidget):
    """Tabs and the panel of the chosen one; while a table is read its columns are asked for instead."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, recorder: Recorder | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = TabStrip(
            theme,
            self.tr("Where events come from"),
            (
                (BUILT_IN, self.tr("Built-in")),
                (PASTE, self.tr("Paste")),
                (FILE, self.tr("File")),
                (RECORD, self.tr("Record live")),
            ),
        )
        self.paste = PastePanel(theme)
        self.file = FilePanel(theme)
        self.record = RecordPanel(theme, recorder)
        self.columns = ColumnChooser(theme)
        self._built_in = WrappedLabel(
            theme,
            self.tr(
                "These come with the program: the usual events, and some with traps. They are used as long "
                "as you have no events of your own; a star keeps one in use."
            ),
            Role.BODY,
            "muted",
        )
        self._panels: dict[str, QWidget] = {
            BUILT_IN: self._built_in,
            PASTE: self.paste,
            FILE: self.file,
            RECORD: self.record,
        }
        self._choosing = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.strip)
        for panel in (*self._panels.values(), self.columns):
            column.addWidget(panel)
        self.strip.chosen.connect(self._tab_chosen)
        self._show()

    @property
    def current(self) -> str:
        return self.strip.current_key()

    @property
    def choosing_columns(self) -> bool:
        return self._choosing

    def choose(self, key: str) -> None:
        self.strip.choose(key)

    def show_columns(self, *, shown: bool) -> None:
        """Ask for the columns of a table in place of the panel."""
        self._choosing = shown
        self._show()

    def _tab_chosen(self, key: str) -> None:
        self._choosing = False
        self._show()
        self.chosen.emit(key)

    def _show(self) -> None:
        for key, panel in self._panels.items():
            panel.setVisible(key == self.current and not self._choosing)
        self.columns.setVisible(self._choosing)
