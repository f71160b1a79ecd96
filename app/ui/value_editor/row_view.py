"""A line of text and chips to look at and to point at; ``RowEdit`` adds the typing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QTextEdit, QToolTip, QWidget

from app.ui.theme.painting import line_of_text
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.row import Chip, Items
from app.ui.value_editor.row_document import RowDocument, placeholder_place
from app.ui.value_editor.words import chip_in_words


class RowView(QTextEdit):
    """Sets the document up, finds chips by place, selects them and keeps the look of the theme."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._placeholder = ""
        self.describe: Callable[[Chip], str] = chip_in_words
        """Gives the tool tip of a chip."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUndoRedoEnabled(False)
        self.setAcceptRichText(False)
        self.viewport().setAutoFillBackground(False)
        self._row = RowDocument(theme, self.document(), self.layoutDirection())
        theme.changed.connect(self._restyle)
        self._restyle()

    def items(self) -> Items:
        return self._row.items()

    def set_placeholder(self, text: str) -> None:
        """What an empty row shows."""
        self._placeholder = text
        self.viewport().update()

    def select_item(self, at: int) -> None:
        """Select the item at ``at``, the cursor behind it."""
        cursor = self.textCursor()
        cursor.setPosition(at)
        cursor.setPosition(at + 1, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def selected_chip(self) -> int:
        """The position of the chip that alone is selected, -1 if there is none."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        lone = end == start + 1 and not isinstance(self.items()[start], str)
        return start if lone else -1

    def chip_near_cursor(self) -> int:
        """The selected chip, else the one before the cursor, else the one behind it; -1 without any."""
        selected = self.selected_chip()
        if selected >= 0:
            return selected
        row, at = self.items(), self.textCursor().position()
        for position in (at - 1, at):
            if 0 <= position < len(row) and not isinstance(row[position], str):
                return position
        return -1

    def chip_at(self, place: QPoint) -> int:
        """The position of the chip under a place of the viewport, -1 where there is none."""
        near = self.cursorForPosition(place).position()
        row = self.items()
        for at in (near - 1, near):
            is_chip = 0 <= at < len(row) and not isinstance(row[at], str)
            if is_chip and self.item_rect(at).contains(place.x(), self.viewport().height() / 2):
                return at
        return -1

    def item_rect(self, at: int) -> QRectF:
        """Where the item at ``at`` is, in the viewport."""
        ends = []
        for position in (at, at + 1):
            cursor = QTextCursor(self.document())
            cursor.setPosition(position)
            ends.append(self.cursorRect(cursor).left())
        height = self.viewport().height()
        return QRectF(min(ends), 0, abs(ends[1] - ends[0]), height)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a table under the pointer scrolls, not the one line

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            at = self.chip_at(event.pos())  # type: ignore[attr-defined]
            item = self.items()[at] if at >= 0 else ""
            words = "" if isinstance(item, str) else plain(self.describe(item))
            QToolTip.showText(event.globalPos(), words, self)  # type: ignore[attr-defined]
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._row.centre_in(self.viewport().height())
        super().resizeEvent(event)
        # Qt leaves the width of text that does not wrap open until it meets some that is aligned right.
        self.document().setTextWidth(self.viewport().width())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._row.set_direction(self.layoutDirection())
            self._row.settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._placeholder and self.document().isEmpty() and not self._composing():
            painter = QPainter(self.viewport())
            place = placeholder_place(self.document(), QRectF(self.viewport().rect()))
            font = self._theme.font(Role.BODY)
            line_of_text(painter, place, self._placeholder, font, self._theme.tokens.muted)

    def _composing(self) -> bool:
        layout = self.textCursor().block().layout()
        return bool(layout.preeditAreaText()) if layout is not None else False

    def _restyle(self) -> None:
        font = self._theme.font(Role.BODY)
        self.setFont(font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, self._theme.color("accent_line"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self._theme.color("text"))
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("raised"))
        self.setPalette(palette)
        self._row.restyle()
        self._row.centre_in(self.viewport().height())
