"""One saved version: what its save changed, mapping by mapping, and which mappings it holds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import IconTile
from app.ui.widgets.labels import WrappedLabel
from app.workflows.mapping_editor.difference import DifferenceKind, MappingDifference
from app.workflows.mapping_editor.history import SavedVersion

_LOOKS = {
    DifferenceKind.ADDED: ("plus", Tone.OK),
    DifferenceKind.CHANGED: ("pencil", Tone.WARN),
    DifferenceKind.DELETED: ("trash-2", Tone.ERROR),
    DifferenceKind.MOVED: ("list", Tone.INFO),
}


class VersionView(QWidget):
    """Shows one version at a time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(12)

    def show_nothing(self) -> None:
        clear_layout(self._column)
        text = self.tr("Nothing has been saved yet. Each save from now on is listed here.")
        self._column.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))
        self._column.addStretch(1)

    def show_version(self, version: SavedVersion, title: str) -> None:
        clear_layout(self._column)
        column, theme = self._column, self._theme
        column.addWidget(WrappedLabel(theme, title, Role.HEADING))
        if version.saved_at is None:
            text = self.tr("The oldest version that is known.")
        elif not version.changes:
            text = self.tr("This save changed nothing about the mappings.")
        else:
            text = ""
        if text:
            column.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        for each in version.changes:
            column.addWidget(_DifferenceView(theme, each))
        column.addWidget(Hair(theme))
        column.addWidget(WrappedLabel(theme, self.tr("Mappings in this version"), Role.CAPTION, "muted"))
        states = (self.tr("on"), self.tr("off"))
        for spec in version.mappings:
            line = f"{spec.name} · {states[0] if spec.enabled else states[1]}"
            column.addWidget(WrappedLabel(theme, line, Role.BODY, "text" if spec.enabled else "muted"))
        column.addStretch(1)


class _DifferenceView(QWidget):
    def __init__(self, theme: Theme, difference: MappingDifference) -> None:
        super().__init__()
        icon, tone = _LOOKS[difference.kind]
        words = QVBoxLayout()
        words.setSpacing(2)
        if difference.name:
            words.addWidget(WrappedLabel(theme, difference.name, Role.LABEL))
        for line in difference.lines:
            words.addWidget(WrappedLabel(theme, line, Role.BODY))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(IconTile(theme, icon, tone, 28, 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(difference.text)
