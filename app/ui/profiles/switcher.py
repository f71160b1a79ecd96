"""The menu in the foot of the rail: which profile this window works with, and the others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from app.storage.profile import ProfileColor
from app.ui.profiles.colors import COLOR_TONES, color_word
from app.ui.theme.theme import Theme
from app.workflows.profile_care import ProfileSummary


class ProfileMenu(QMenu):
    """Choosing another profile opens its own window: this one and its relay go on."""

    profile_chosen = Signal(str)
    new_requested = Signal()
    manage_requested = Signal()

    def __init__(
        self, theme: Theme, summaries: Sequence[ProfileSummary], current: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Profiles"))
        self.profiles: dict[str, QAction] = {}
        for each in summaries:
            organization = each.organization or self.tr("not connected")
            text = self.tr("{name} – {organization}").format(name=each.name, organization=organization)
            action = self.addAction(QIcon(_ColorIcon(theme, each.color)), text.replace("&", "&&"))
            action.setToolTip(color_word(each.color))
            if each.name == current:
                font = action.font()
                font.setBold(True)
                action.setFont(font)
                action.setStatusTip(self.tr("This window"))
            else:
                action.triggered.connect(lambda _=False, name=each.name: self.profile_chosen.emit(name))
            self.profiles[each.name] = action
        self.addSeparator()
        self.new_action = self.addAction(theme.menu_icon("plus"), self.tr("New profile…"))
        self.manage_action = self.addAction(theme.menu_icon("settings-2"), self.tr("Manage profiles…"))
        self.new_action.triggered.connect(self.new_requested)
        self.manage_action.triggered.connect(self.manage_requested)


class _ColorIcon(QIconEngine):
    """A dot in the colour of a profile; it follows the theme."""

    def __init__(self, theme: Theme, color: ProfileColor) -> None:
        super().__init__()
        self._theme = theme
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, _mode: QIcon.Mode, _state: QIcon.State) -> None:
        side = min(rect.width(), rect.height()) * 0.7
        box = QRect(0, 0, round(side), round(side))
        box.moveCenter(rect.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("muted"))
        painter.setBrush(_fill(self._theme, self._color))
        painter.drawEllipse(box)
        painter.restore()

    def pixmap(self, size: object, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)  # type: ignore[call-overload]
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _ColorIcon(self._theme, self._color)


def _fill(theme: Theme, color: ProfileColor) -> str:
    return theme.tone(COLOR_TONES[color]).text
