"""A short message over the window with Undo or the way to its cause, which goes away by itself."""

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
        self._open: Callable[[], None] | None = None
        self._words = ""
        self._icon = Icon(theme, "check", "ok", 16)
        self._text = WrappedLabel(theme, "", Role.LABEL)
        self.undo_button = Button(theme, self.tr("Undo"), ButtonKind.LINK, icon="undo-2", small=True)
        self.open_button = Button(theme, self.tr("Show"), ButtonKind.LINK, small=True)
        self.dismiss_button = IconButton(theme, "x", self.tr("Dismiss"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 6, 8, 6)
        self._row.setSpacing(10)
        for widget in (self._icon, self._text, self.undo_button, self.open_button, self.dismiss_button):
            self._row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._expire)
        self.undo_button.clicked.connect(self._run_undo)
        self.open_button.clicked.connect(self._run_open)
        self.dismiss_button.clicked.connect(self.dismiss)
        host.installEventFilter(self)
        theme.changed.connect(self._place)
        self.hide()

    def show_text(self, text: str, undo: Callable[[], None] | None = None, icon: str = "check") -> None:
        """Replace what is shown; ``undo`` runs at most once."""
        self._icon.set_icon(icon, "ok" if icon == "check" else "muted")
        self._show(text, undo, None)

    def show_trouble(self, text: str, open_cause: Callable[[], None]) -> None:
        """Replace what is shown; stays until somebody has had the time to read it in the active window."""
        self._icon.set_icon("triangle-alert", "warn")
        self._show(text, None, open_cause)

    def _show(
        self, text: str, undo: Callable[[], None] | None, open_cause: Callable[[], None] | None
    ) -> None:
        self._undo, self._open = undo, open_cause
        self._words = text
        self._text.set_text(text)
        self.undo_button.setVisible(undo is not None)
        self.open_button.setVisible(open_cause is not None)
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self._place()
        self._timer.start()

    def dismiss(self) -> None:
        self._timer.stop()
        self._undo = self._open = None
        self.hide()
        self.dismissed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        elif event.type() == QEvent.Type.WindowActivate and self._open is not None:
            self._timer.start()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        rounded(QPainter(self), self.rect(), CARD_RADIUS, tokens.raised, tokens.outline)

    def _expire(self) -> None:
        focused = QApplication.focusWidget()
        unseen = self._open is not None and not self.window().isActiveWindow()
        if unseen or self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start()
        else:
            self.dismiss()

    def _run_undo(self) -> None:
        undo = self._undo
        self.dismiss()
        if undo is not None:
            undo()

    def _run_open(self) -> None:
        open_cause = self._open
        self.dismiss()
        if open_cause is not None:
            open_cause()

    def _place(self) -> None:
        host = self._host
        others = (self._icon, self.undo_button, self.open_button, self.dismiss_button)
        beside = [each.sizeHint().width() + self._row.spacing() for each in others if not each.isHidden()]
        margins = self._row.contentsMargins()
        room = host.width() - 2 * _MARGIN - margins.left() - margins.right() - sum(beside)
        one_line = self._text.fontMetrics().horizontalAdvance(self._words) + 2
        self._text.setFixedWidth(max(1, min(one_line, room)))
        self._row.activate()
        self.adjustSize()
        x = (host.width() - self.width()) // 2
        self.move(max(_MARGIN, x), host.height() - self._lift - self.height() - _MARGIN)
