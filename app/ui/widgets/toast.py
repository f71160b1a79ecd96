"""A short message over the window with Undo, which goes away by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from app.ui.theme.painting import CARD_RADIUS, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel

_SHOWN_MS = 8_000
_MARGIN = 16


class Toast(QWidget):
    """Sits at the bottom of ``host``, ``lift`` px above its edge; stays while it has focus or the mouse."""

    dismissed = Signal()

    def __init__(self, theme: Theme, host: QWidget, *, lift: int = 56) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._lift = lift
        self._undo: Callable[[], None] | None = None
        self._words = ""
        self._icon = Icon(theme, "check", "ok", 16)
        self._text = WrappedLabel(theme, "", Role.LABEL)
        self.undo_button = Button(theme, self.tr("Undo"), ButtonKind.LINK, icon="undo-2", small=True)
        self.dismiss_button = IconButton(theme, "x", self.tr("Dismiss"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 6, 8, 6)
        self._row.setSpacing(10)
        for widget in (self._icon, self._text, self.undo_button, self.dismiss_button):
            self._row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._expire)
        self.undo_button.clicked.connect(self._run_undo)
        self.dismiss_button.clicked.connect(self.dismiss)
        host.installEventFilter(self)
        theme.changed.connect(self._place)
        self.hide()

    def show_text(self, text: str, undo: Callable[[], None] | None = None, icon: str = "check") -> None:
        """Replace what is shown; ``undo`` runs at most once."""
        self._undo = undo
        self._words = text
        self._text.set_text(text)
        self._icon.set_icon(icon, "ok" if icon == "check" else "muted")
        self.undo_button.setVisible(undo is not None)
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self._place()
        self._timer.start()

    def dismiss(self) -> None:
        self._timer.stop()
        self._undo = None
        self.hide()
        self.dismissed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        rounded(QPainter(self), self.rect(), CARD_RADIUS, tokens.raised, tokens.outline)

    def _expire(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start()
        else:
            self.dismiss()

    def _run_undo(self) -> None:
        undo = self._undo
        self.dismiss()
        if undo is not None:
            undo()

    def _place(self) -> None:
        host = self._host
        others = (self._icon, self.undo_button, self.dismiss_button)
        beside = [each.sizeHint().width() + self._row.spacing() for each in others if not each.isHidden()]
        margins = self._row.contentsMargins()
        room = host.width() - 2 * _MARGIN - margins.left() - margins.right() - sum(beside)
        one_line = self._text.fontMetrics().horizontalAdvance(self._words) + 2
        self._text.setFixedWidth(max(1, min(one_line, room)))
        self._row.activate()
        self.adjustSize()
        x = (host.width() - self.width()) // 2
        self.move(max(_MARGIN, x), host.height() - self._lift - self.height() - _MARGIN)
