"""A small panel over the page, beside what it belongs to.

It is a child of the window and no window of its own: input methods, screen readers and every window system
treat it like the rest of the page.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.theme.painting import CARD_RADIUS, rounded
from app.ui.theme.theme import Theme

_MARGIN = 8
_GAP = 4
_PAD = 14


class _Content(QWidget):
    """Tells when its layout wants another size."""

    layout_requested = Signal()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.layout_requested.emit()
        return done


class Popover(QFrame):
    """``body`` is the layout to fill. Enter accepts, Escape rejects, a press elsewhere accepts; Tab stays in.

    ``closed`` fires once, with True when it was accepted. The popover deletes itself afterwards.
    """

    closed = Signal(bool)

    def __init__(self, theme: Theme, anchor: QWidget, name: str, *, width: int = 360) -> None:
        """``anchor`` is the widget it belongs to; ``width`` is in px at 100 % text."""
        self._host = anchor.window()
        super().__init__(self._host)
        self._theme = theme
        self._anchor = anchor
        self._width = width
        self._beside = QRect()
        self._is_done = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = _Content()
        self._content.layout_requested.connect(self._place)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        self.body.setSpacing(12)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(self._area)
        anchor.destroyed.connect(self.deleteLater)
        self.hide()

    @property
    def anchor(self) -> QWidget:
        return self._anchor

    def open_beside(self, place: QRect) -> None:
        """Show below (or above) ``place``, given in global coordinates, inside the window."""
        self._beside = place
        self._place()
        self.show()
        self.raise_()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        # As by Tab, so that a field selects its text.
        self.initial_focus().setFocus(Qt.FocusReason.TabFocusReason)
        self._place()

    def initial_focus(self) -> QWidget:
        """The first control that a person may want."""
        found = self.focus_stops()
        return found[0] if found else self

    def accept(self) -> None:
        """Keep what was set, and go."""
        self._finish(accepted=True)

    def reject(self) -> None:
        """Go back to what was before."""
        self._finish(accepted=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        # Nothing goes on to the page below.
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # The page's shortcuts rest while this is open, Ctrl+Enter and Escape among them.
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            # Lists of combo boxes and menus are windows of their own.
            is_outside = watched.window() is self.window() and not self._owns(watched)
        else:
            is_outside = watched is self._anchor and kind in (QEvent.Type.Hide, QEvent.Type.Close)
        if is_outside:
            self.accept()
        elif watched is self._host and kind == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        stops = self.focus_stops()
        focused = QApplication.focusWidget()
        if stops:
            at = stops.index(focused) if focused in stops else -1
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), CARD_RADIUS, tokens.raised, tokens.outline, tokens.outline_width)

    def wanted_size(self) -> QSize:
        """The size without regard to the window's."""
        width = max(self._theme.px(self._width), self._content.minimumSizeHint().width() + 2)
        return QSize(width, self._content.sizeHint().height() + 2)

    def focus_stops(self) -> list[QWidget]:
        """The controls in here that Tab goes to, in their order."""
        found: list[QWidget] = []
        widget = self._content.nextInFocusChain()
        while widget is not None and widget is not self._content:
            tabs = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            reachable = widget.isVisibleTo(self) and widget.isEnabled() and widget.focusProxy() is None
            if tabs and reachable and self.isAncestorOf(widget):
                found.append(widget)
            widget = widget.nextInFocusChain()
        return found

    def _owns(self, widget: QWidget) -> bool:
        """Whether ``widget`` is in here, or in a popover that was opened from in here."""
        at: QWidget | None = widget
        while at is not None:
            if at is self:
                return True
            at = at.anchor if isinstance(at, Popover) else at.parentWidget()
        return False

    def _place(self) -> None:
        if self._is_done or self._beside.isNull():
            return
        host = self._host
        room = host.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        wanted = self.wanted_size().boundedTo(room.size())
        if wanted.width() != self.width():
            # Wrapped text asks for its height once the width is there.
            self.resize(wanted.width(), self.height())
            self.body.activate()
            wanted = self.wanted_size().boundedTo(room.size())
        beside = QRect(host.mapFromGlobal(self._beside.topLeft()), self._beside.size())
        below, above = beside.bottom() + 1 + _GAP, beside.top() - _GAP - wanted.height()
        fits_below = below + wanted.height() <= room.bottom() + 1
        y = below if fits_below or above < room.top() else above
        x = beside.left()
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            x = beside.right() + 1 - wanted.width()
        x = max(room.left(), min(x, room.right() + 1 - wanted.width()))
        y = max(room.top(), min(y, room.bottom() + 1 - wanted.height()))
        self.setGeometry(QRect(QPoint(x, y), wanted))

    def _finish(self, *, accepted: bool) -> None:
        if self._is_done:
            return
        self._is_done = True
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.hide()
        self.closed.emit(accepted)
        self.deleteLater()
