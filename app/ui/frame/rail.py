"""The rail at the left of the window: steps while setting up, places afterwards, the organization below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.resource_files import resource
from app.ui.frame.rail_button import NavButton, RailButton, StepButton
from app.ui.frame.rail_foot import HelpButton, OrganizationFoot, RelayLine
from app.ui.frame.rail_items import NavItem, OrganizationInfo, RelayStatus, StepItem
from app.ui.theme.painting import mix
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import ElidedLabel

_WIDTH = 208
_COMPACT_WIDTH = 56


class _AppMark(QWidget):
    """The program's icon, 26 px."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._renderer = QSvgRenderer(str(resource("icons", "app-icon.svg")))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(26, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._renderer.render(QPainter(self), QRectF(self.rect()))


class _Entries(QWidget):
    """The column of steps or places."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._buttons: dict[str, RailButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setAccessibleName(name)

    def add(self, key: str, button: RailButton) -> None:
        self._buttons[key] = button
        self._column.addWidget(button)
        button.clicked.connect(self._clicked)

    def add_line(self) -> None:
        holder = QHBoxLayout()
        holder.setContentsMargins(16, 10, 16, 10)
        holder.addWidget(Hair(self._theme, color="border"))
        self._column.addLayout(holder)

    def finish(self) -> None:
        self._column.addStretch(1)

    def buttons(self) -> dict[str, RailButton]:
        return self._buttons

    def set_current(self, key: str) -> None:
        for each, button in self._buttons.items():
            button.set_current(current=each == key)
        self.update()

    def set_compact(self, *, compact: bool) -> None:
        for button in self._buttons.values():
            button.set_compact(compact=compact)

    def paintEvent(self, _event: QPaintEvent) -> None:
        steps = [button for button in self._buttons.values() if isinstance(button, StepButton)]
        painter = QPainter(self)
        tokens = self._theme.tokens
        color = QColor(mix(tokens.rail, tokens.outline, 0.43))
        for above, below in pairwise(steps):
            first = above.disc().translated(above.pos().toPointF())
            second = below.disc().translated(below.pos().toPointF())
            top, bottom = first.bottom() + 3, second.top() - 3
            if above.current:
                top = above.y() + above.pill().bottom() + 2
            if below.current:
                bottom = below.y() + below.pill().top() - 2
            if bottom > top:
                painter.fillRect(QRectF(round(first.center().x()) - 1, top, 2, bottom - top), color)

    def _clicked(self) -> None:
        sender = self.sender()
        for key, button in self._buttons.items():
            if button is sender:
                self.chosen.emit(key)


class Rail(QWidget):
    """``step_chosen`` and ``place_chosen`` carry keys; which page is shown is for the window to decide."""

    step_chosen = Signal(str)
    place_chosen = Signal(str)
    help_requested = Signal()
    organization_requested = Signal()

    def __init__(self, theme: Theme, app_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        self._entries: _Entries | None = None
        self._name = ElidedLabel(theme, app_name, Role.HEADING)
        self._head = QHBoxLayout()
        self._head.setSpacing(10)
        self._head.addWidget(_AppMark(theme), 0, Qt.AlignmentFlag.AlignLeft)
        self._head.addWidget(self._name, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self._help = HelpButton(theme)
        self._relay = RelayLine(theme)
        self._foot = OrganizationFoot(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._help)
        column.addWidget(self._relay)
        column.addWidget(self._foot)
        self._help.clicked.connect(self.help_requested)
        self._foot.clicked.connect(self.organization_requested)
        self.setAccessibleName(self.tr("Navigation"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._lay_out)
        self.set_steps(())
        self._lay_out()

    @property
    def compact(self) -> bool:
        return self._compact

    def set_steps(self, items: Sequence[StepItem], current: str = "") -> None:
        """Show the steps of the guide."""
        if self._update_steps(items):
            return self._mark(current)
        entries = _Entries(self._theme, self.tr("Steps"))
        for number, item in enumerate(items, start=1):
            entries.add(item.key, StepButton(self._theme, item, number))
        entries.chosen.connect(self.step_chosen)
        self._show(entries, guide=True)
        return self._mark(current)

    def set_places(self, items: Sequence[NavItem], current: str = "") -> None:
        """Show the places of the workbench."""
        if self._update_places(items):
            return self._mark(current)
        entries = _Entries(self._theme, self.tr("Places"))
        group = items[0].group if items else 0
        for item in items:
            if item.group != group:
                entries.add_line()
                group = item.group
            entries.add(item.key, NavButton(self._theme, item))
        entries.chosen.connect(self.place_chosen)
        self._show(entries, guide=False)
        return self._mark(current)

    def set_current(self, key: str) -> None:
        self._mark(key)

    def set_organization(self, organization: OrganizationInfo | None) -> None:
        self._foot.set_organization(organization)
        self._foot.show()

    def hide_organization(self) -> None:
        """Until it is known which one it is."""
        self._foot.hide()

    def set_relay(self, status: RelayStatus | None) -> None:
        self._relay.set_status(status)

    def set_compact(self, *, compact: bool) -> None:
        if compact != self._compact:
            self._compact = compact
            self._lay_out()

    def button(self, key: str) -> RailButton:
        """The entry with this key."""
        if self._entries is None:
            raise KeyError(key)
        return self._entries.buttons()[key]

    def first_focus(self) -> QWidget:
        """Where the keyboard lands when it comes to the rail."""
        buttons = list(self._entries.buttons().values()) if self._entries else []
        return next((each for each in buttons if each.current), buttons[0] if buttons else self._foot)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("rail"))
        edge = 0 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), self._theme.color("border"))

    def _update_steps(self, items: Sequence[StepItem]) -> bool:
        """Refresh marks in place, so that the keyboard focus stays; False when the entries differ."""
        buttons = self._entries.buttons() if self._entries else {}
        if not items or [item.key for item in items] != list(buttons):
            return False
        for item, button in zip(items, buttons.values(), strict=True):
            if not isinstance(button, StepButton):
                return False
            button.set_item(item)
        return True

    def _update_places(self, items: Sequence[NavItem]) -> bool:
        buttons = self._entries.buttons() if self._entries else {}
        if not items or [item.key for item in items] != list(buttons):
            return False
        for item, button in zip(items, buttons.values(), strict=True):
            if not isinstance(button, NavButton):
                return False
            button.set_item(item)
        return True

    def _show(self, entries: _Entries, *, guide: bool) -> None:
        entries.finish()
        self._entries = entries
        self._scroll.setWidget(entries)
        entries.setAutoFillBackground(False)
        self._help.setVisible(guide)
        self._relay.setVisible(not guide)
        self._lay_out()

    def _mark(self, key: str) -> None:
        if self._entries is not None:
            self._entries.set_current(key)

    def _lay_out(self) -> None:
        compact = self._compact
        self._name.setVisible(not compact)
        narrow = max(_COMPACT_WIDTH, self._theme.px(20) + 36)
        self._head.setContentsMargins((narrow - 26) // 2, 15, 0 if compact else 10, 20)
        for part in (self._entries, self._help, self._relay, self._foot):
            if part is not None:
                part.set_compact(compact=compact)
        self.setFixedWidth(narrow if compact else self._theme.px(_WIDTH))
        self.update()
