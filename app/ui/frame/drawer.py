"""The drawer at the right: help or a preview for the page that is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import IconButton
from app.ui.widgets.labels import ElidedLabel

HELP_WIDTH = 320
PREVIEW_WIDTH = 296
DETAIL_WIDTH = 348


class Drawer(QWidget):
    """Holds one widget at a time. It is the page's widget: the drawer gives it back when it is replaced."""

    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted_width = HELP_WIDTH
        self._limit = 10_000
        self.title = ElidedLabel(theme, "", Role.HEADING)
        self.dismiss_button = IconButton(theme, "x", self.tr("Hide this panel"))
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.dismiss_button)
        self._head = QWidget()
        self._head.setLayout(head)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.dismiss_button.clicked.connect(self.dismissed)
        theme.changed.connect(self._resize)
        self._resize()

    def set_content(self, title: str, content: QWidget | None, width: int = HELP_WIDTH) -> None:
        """Show ``content`` (margins of its own); without a title it gets the whole height."""
        current = self._scroll.widget()
        if content is not current:
            taken = self._scroll.takeWidget()
            if taken is not None:
                taken.hide()
                taken.setParent(None)
            if content is not None:
                self._scroll.setWidget(content)
                content.setAutoFillBackground(False)
                content.show()
        self.title.setText(title)
        self._head.setVisible(bool(title))
        self.setAccessibleName(title or self.tr("Details"))
        self._wanted_width = width
        self._resize()

    def content(self) -> QWidget | None:
        return self._scroll.widget()

    def set_limit(self, limit: int) -> None:
        """The largest width in px that the window leaves to the drawer."""
        self._limit = limit
        self._resize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        edge = self.width() - 1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 0
        painter.fillRect(edge, 0, 1, self.height(), self._theme.color("border"))

    def _resize(self) -> None:
        self.setFixedWidth(max(200, min(self._theme.px(self._wanted_width), self._limit)))
