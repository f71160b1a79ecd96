"""Lists of things that are proven and things that are not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Icon, Spinner
from app.ui.widgets.labels import Label, WrappedLabel


class CheckState(Enum):
    """How far a check has come, with icon and colour token."""

    PROVEN = ("circle-check", "ok")
    NEXT = ("circle-play", "accent")
    OPEN = ("circle-dashed", "muted")
    WAITING = ("clock", "warn")
    ATTENTION = ("triangle-alert", "warn")
    FAILED = ("circle-x", "error")
    WORKING = ("loader-circle", "info")
    INFO = ("info", "muted")

    @property
    def word(self) -> str:
        return {
            CheckState.PROVEN: _tr("Proven"),
            CheckState.NEXT: _tr("Next"),
            CheckState.OPEN: _tr("Not yet proven"),
            CheckState.WAITING: _tr("Waiting"),
            CheckState.ATTENTION: _tr("Attention"),
            CheckState.FAILED: _tr("Failed"),
            CheckState.WORKING: _tr("Working"),
            CheckState.INFO: "",
        }[self]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """``measure`` stands at the right; ``icon`` replaces the state's own (moon, shield-check)."""

    state: CheckState
    title: str
    text: str = ""
    measure: str = ""
    icon: str = ""


class CheckRow(QWidget):
    """One line; ``action`` (a small button) goes below its text."""

    def __init__(
        self, theme: Theme, line: CheckLine, action: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        icon, color = line.state.value
        holder = QVBoxLayout()
        working = line.state is CheckState.WORKING
        holder.addWidget(Spinner(theme, color, 18) if working else Icon(theme, line.icon or icon, color, 18))
        holder.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(1)
        muted = line.state is CheckState.OPEN and not line.text
        words.addWidget(WrappedLabel(theme, line.title, Role.LABEL, "muted" if muted else "text"))
        if line.text:
            words.addWidget(WrappedLabel(theme, line.text, Role.CAPTION, "muted"))
        if action is not None:
            words.addSpacing(6)
            words.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addLayout(holder)
        row.addLayout(words, 1)
        if line.measure:
            row.addWidget(
                Label(theme, line.measure, Role.FIGURE_SMALL, "muted"), 0, Qt.AlignmentFlag.AlignTop
            )
        spoken = f"{line.state.word}: {line.title}" if line.state.word else line.title
        self.setAccessibleName(spoken)
        self.setAccessibleDescription(" ".join(part for part in (line.text, line.measure) if part))


class CheckList(QWidget):
    """Lines below each other, separated by hair lines when ``ruled``. ``gap`` is in px."""

    def __init__(
        self, theme: Theme, *, ruled: bool = False, gap: int = 14, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ruled = ruled
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6 if ruled else gap)

    def set_lines(self, lines: tuple[CheckLine, ...], actions: dict[int, QWidget] | None = None) -> None:
        """Replace all lines; ``actions`` are small buttons by line number."""
        clear_layout(self._column)
        for number, line in enumerate(lines):
            if number and self._ruled:
                self._column.addWidget(Hair(self._theme))
            self._column.addWidget(CheckRow(self._theme, line, (actions or {}).get(number)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("CheckList", text)
