"""The bar at the bottom: Back, a quiet fact, then ghost, secondary and primary at the right edge."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel

_HEIGHT = 56
_MARGIN_TOP = 9
_MARGIN_BOTTOM = 8


class _Slot(Button):
    """A button whose command changes with the page."""

    def __init__(self, theme: Theme, kind: ButtonKind) -> None:
        super().__init__(theme, "", kind)
        self._usual_kind = kind
        self._command: Command | None = None
        self.clicked.connect(self.run)

    def set_command(self, command: Command | None) -> None:
        self._command = command
        self.setVisible(command is not None)
        if command is None:
            return
        self.set_kind(command.kind or self._usual_kind)
        self.set_text(command.text)
        self.set_icon(command.icon)
        self.set_trailing(command.trailing)
        if command.busy != self.busy:
            self.set_busy(busy=command.busy)

    def run(self) -> None:
        if self._command is not None and not self._command.busy:
            self._command.run()


class CommandBar(QWidget):
    """Shows a ``CommandSet``; ``run_primary`` and ``run_back`` are for the keyboard."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.back = _Slot(theme, ButtonKind.SECONDARY)
        self._fact_icon = Icon(theme, "shield-check", "muted", 14)
        self._fact = ElidedLabel(theme, "", Role.CAPTION, "muted")
        self.ghost = _Slot(theme, ButtonKind.GHOST)
        self.secondary = _Slot(theme, ButtonKind.SECONDARY)
        self.primary = _Slot(theme, ButtonKind.PRIMARY)
        self.drawer_button = IconButton(theme, "panel-right", self.tr("Show the panel beside this page"))
        self.drawer_button.hide()
        self._near = QHBoxLayout()
        self._near.setSpacing(8)
        # A minimum of the layout, not of the widget: that one would squeeze large text.
        self._near.addStrut(_HEIGHT - _MARGIN_TOP - _MARGIN_BOTTOM)
        self._near.addWidget(self.back)
        self._near.addSpacing(8)
        self._near.addWidget(self._fact_icon)
        self._near.addWidget(self._fact, 1)
        self._far = FlowLayout(spacing=8, side=Side.END)
        for button in (self.drawer_button, self.ghost, self.secondary, self.primary):
            self._far.addWidget(button)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, _MARGIN_TOP, 24, _MARGIN_BOTTOM)
        self._row.setSpacing(8)
        self._row.addLayout(self._near, 1)
        self._row.addLayout(self._far)
        self.setAccessibleName(self.tr("Commands"))
        theme.changed.connect(self.update)
        self.set_commands(CommandSet())

    def set_commands(self, commands: CommandSet) -> None:
        self.back.set_command(commands.back)
        self.ghost.set_command(commands.ghost)
        self.secondary.set_command(commands.secondary)
        self.primary.set_command(commands.primary)
        self._show_fact(commands.fact)
        self.setVisible(not commands.empty)
        self._arrange()

    def set_drawer_hidden(self, *, hidden: bool) -> None:
        """Offer the drawer of this page again after it was put away."""
        self.drawer_button.setVisible(hidden)
        self._arrange()

    def run_primary(self) -> None:
        if not self.primary.isHidden():
            self.primary.run()

    def run_back(self) -> None:
        if not self.back.isHidden():
            self.back.run()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))

    def _arrange(self) -> None:
        """More lines when one is too short for all buttons: a command is never cut off."""
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        needed = self._near.minimumSize().width() + self._row.spacing() + self._far.sizeHint().width()
        crowded = needed > room
        wanted = QBoxLayout.Direction.TopToBottom if crowded else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)

    def _show_fact(self, fact: Fact | None) -> None:
        self._fact.setText(fact.text if fact else "")
        self._fact_icon.setVisible(fact is not None)
        if fact is not None:
            self._fact_icon.set_icon(fact.icon)
