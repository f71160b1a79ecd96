"""The lower end of the rail: help, the relay's state, and the organization, which is always in sight."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.ui.frame.rail_items import OrganizationInfo, RelayStatus
from app.ui.theme.painting import FOCUS_WIDTH, line_of_text, rounded, visual
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.icon import Dot
from app.ui.widgets.labels import ElidedLabel, Label

_FOOT_HEIGHT = 56


class _FootButton(QAbstractButton):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._compact = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def set_compact(self, *, compact: bool) -> None:
        self._compact = compact
        self.setToolTip(self.accessibleName() if compact else "")
        self.update()

    def flipped(self, box: QRectF) -> QRectF:
        """``box`` mirrored for languages that are read from right to left."""
        return visual(self.layoutDirection(), self.rect(), box)

    def paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            box = QRectF(self.rect()).adjusted(4, 3, -4, -3)
            rounded(painter, box, 8, None, self._theme.tokens.accent, FOCUS_WIDTH)
        elif self.underMouse():
            rounded(painter, QRectF(self.rect()).adjusted(6, 3, -6, -3), 8, self._theme.tokens.hover)


class HelpButton(_FootButton):
    """Help, with its key at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setText(self.tr("Help"))
        self.setAccessibleName(self.tr("Help"))
        self.setAccessibleDescription("F1")

    def sizeHint(self) -> QSize:
        return QSize(120, max(36, QFontMetrics(self._theme.font(Role.CAPTION)).height() + 16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_focus(painter)
        tokens = self._theme.tokens
        size = self._theme.px(16)
        x = (self.width() - size) / 2 if self._compact else 20
        icon = QRectF(x, (self.height() - size) / 2, size, size)
        self._theme.icons.paint(painter, self.flipped(icon), "circle-question-mark", tokens.muted)
        if self._compact:
            return
        box = self.flipped(QRectF(28 + size, 0, self.width() - size - 70, self.height()))
        line_of_text(painter, box, self.text(), self._theme.font(Role.CAPTION), tokens.muted)
        box = self.flipped(QRectF(self.width() - 60, 0, 42, self.height()))
        line_of_text(
            painter, box, "F1", self._theme.font(Role.AXIS), tokens.muted, Qt.AlignmentFlag.AlignRight
        )


class RelayLine(QWidget):
    """A dot and the relay's state, the mode at the right: visible on every page of the workbench."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._compact = False
        self._status: RelayStatus | None = None
        self._dot = Dot(theme)
        self._word = ElidedLabel(theme, "", Role.CAPTION_STRONG)
        self._mode = Label(theme, "", Role.CAPTION, "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(20, 8, 18, 12)
        self._row.setSpacing(8)
        self._row.addWidget(self._dot)
        self._row.addWidget(self._word, 1)
        self._row.addWidget(self._mode)

    def set_compact(self, *, compact: bool) -> None:
        self._compact = compact
        self._row.setContentsMargins(0 if compact else 20, 8, 0 if compact else 18, 12)
        self._show()

    def set_status(self, status: RelayStatus | None) -> None:
        self._status = status
        self._show()

    def _show(self) -> None:
        status = self._status
        self._dot.setVisible(status is not None)
        self._word.setVisible(status is not None and not self._compact)
        self._mode.setVisible(status is not None and not self._compact)
        self._row.setAlignment(
            self._dot, Qt.AlignmentFlag.AlignHCenter if self._compact else Qt.AlignmentFlag(0)
        )
        if status is None:
            return
        self._dot.set_tone(status.tone)
        self._word.setText(status.word)
        self._mode.setText(status.mode)
        spoken = ", ".join(part for part in (status.word, status.mode) if part)
        self.setAccessibleName(self.tr("Relay: {state}").format(state=spoken))
        self.setToolTip(spoken if self._compact else "")


class OrganizationFoot(_FootButton):
    """The organization in whose name everything happens, or that there is none yet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._organization: OrganizationInfo | None = None
        self.set_organization(None)

    def set_organization(self, organization: OrganizationInfo | None) -> None:
        self._organization = organization
        first, second = self._lines()
        self.setText(first.replace("&", "&&"))
        self.setAccessibleName(self.tr("Organization: {name}").format(name=first))
        person = organization.person if organization is not None else ""
        self.setAccessibleDescription(", ".join(part for part in dict.fromkeys((second, person)) if part))
        self.set_compact(compact=self._compact)

    def set_compact(self, *, compact: bool) -> None:
        super().set_compact(compact=compact)
        self.setToolTip(plain("\n".join(self._lines())))  # long names are shortened in the full rail too

    def sizeHint(self) -> QSize:
        lines = QFontMetrics(self._theme.font(Role.CAPTION_STRONG)).height()
        lines += QFontMetrics(self._theme.font(Role.AXIS)).height()
        return QSize(120, max(_FOOT_HEIGHT, lines + 22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))
        self.paint_focus(painter)
        tokens = self._theme.tokens
        side = self._theme.px(28)
        x = (self.width() - side) / 2 if self._compact else 14
        tile = self.flipped(QRectF(x, (self.height() - side) / 2, side, side))
        self._paint_tile(painter, tile)
        if self._compact:
            return
        first, second = self._lines()
        strong, small = self._theme.font(Role.CAPTION_STRONG), self._theme.font(Role.AXIS)
        upper, lower = QFontMetrics(strong).height(), QFontMetrics(small).height()
        top = (self.height() - upper - lower) / 2
        start, width = 14 + side + 8, self.width() - side - 14 - 8 - 34
        box = self.flipped(QRectF(start, top, width, upper))
        line_of_text(painter, box, first, strong, tokens.text)
        box = self.flipped(QRectF(start, top + upper, width, lower))
        line_of_text(painter, box, second, small, tokens.muted)
        if self._organization is not None:
            arrow = self.flipped(QRectF(self.width() - 28, (self.height() - 14) / 2, 14, 14))
            self._theme.icons.paint(painter, arrow, "chevron-down", tokens.muted)

    def _paint_tile(self, painter: QPainter, tile: QRectF) -> None:
        tokens = self._theme.tokens
        if self._organization is None:
            rounded(painter, tile, 6, None, tokens.border)
            inset = tile.width() * 0.22
            self._theme.icons.paint(
                painter, tile.adjusted(inset, inset, -inset, -inset), "unplug", tokens.muted
            )
            return
        tone = self._theme.tone(self._organization.tone)
        rounded(painter, tile, 6, tone.bg, tone.line)
        letter = self._organization.name[:1].upper()
        font = self._theme.font(Role.HEADING)
        line_of_text(painter, tile, letter, font, tone.text, Qt.AlignmentFlag.AlignHCenter)

    def _lines(self) -> tuple[str, str]:
        if self._organization is None:
            return self.tr("Not connected"), self.tr("No organization yet")
        organization = self._organization
        return organization.name, organization.profile or organization.person
