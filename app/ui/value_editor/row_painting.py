"""Values painted without an editor, for the rows of a table that are not being edited."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPalette,
    QTextDocument,
)

from app.segment.value_expression import Expression
from app.ui.theme.painting import FIELD_RADIUS, FOCUS_WIDTH, line_of_text, rounded
from app.ui.theme.style_fields import field_height
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.row import items_of
from app.ui.value_editor.row_document import RowDocument, placeholder_place

FRAME = 2
"""Room for the outline on each side of a field, in px: as wide as it gets with focus."""

_KEPT = 200
_FADE = 28


class ExpressionPainter(QObject):
    """Paints values exactly as ``ValueEditor`` shows them. Keeps the last few hundred laid out rows."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._documents: OrderedDict[str, RowDocument] = OrderedDict()
        theme.changed.connect(self._documents.clear)

    def size(self, expression: Expression) -> QSize:
        """The size of a field that shows all of ``expression`` without scrolling."""
        metrics = QFontMetrics(self._theme.font(Role.BODY))
        document = self._document(expression, Qt.LayoutDirection.LeftToRight).document
        document.setTextWidth(-1)
        return QSize(round(document.idealWidth()) + 2 * FRAME, field_height(metrics))

    def paint(
        self,
        painter: QPainter,
        rect: QRect | QRectF,
        expression: Expression,
        *,
        placeholder: str = "",
        framed: bool = True,
        focused: bool = False,
        invalid: bool = False,
    ) -> None:
        """Draw the field with its frame into ``rect``; what is too long fades out at the far edge.

        ``framed`` False leaves fill and outline to the caller.
        """
        box = QRectF(rect)
        tokens = self._theme.tokens
        if framed:
            paint_field_frame(self._theme, painter, box, focused=focused, invalid=invalid)
        inner = box.adjusted(FRAME, FRAME, -FRAME, -FRAME)
        row = self._document(expression, painter.layoutDirection())
        row.centre_in(inner.height())
        if row.document.textWidth() != inner.width():
            row.document.setTextWidth(inner.width())
        if row.document.isEmpty():
            place = placeholder_place(row.document, inner)
            line_of_text(painter, place, placeholder, self._theme.font(Role.BODY), tokens.muted)
            return
        over = row.document.idealWidth() - inner.width()
        reverse = row.runs_from_the_right
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(tokens.text))
        painter.save()
        painter.setClipRect(inner)
        painter.translate(inner.left() - (max(0.0, over) if reverse else 0.0), inner.top())
        row.document.documentLayout().draw(painter, context)
        painter.restore()
        if over > 0 and framed:
            self._fade(painter, inner, tokens.raised, reverse=reverse)

    def _document(self, expression: Expression, direction: Qt.LayoutDirection) -> RowDocument:
        key = f"{direction.name} {expression!r}"
        row = self._documents.get(key)
        if row is None:
            row = RowDocument(self._theme, QTextDocument(self), direction)
            row.write(items_of(expression))
            row.settle()
            self._documents[key] = row
        self._documents.move_to_end(key)
        if len(self._documents) > _KEPT:
            _, oldest = self._documents.popitem(last=False)
            oldest.document.deleteLater()
        return row

    @staticmethod
    def _fade(painter: QPainter, inner: QRectF, fill: str, *, reverse: bool) -> None:
        solid, clear = QColor(fill), QColor(fill)
        clear.setAlpha(0)
        left = inner.left() if reverse else inner.right() - _FADE
        strip = QRectF(left, inner.top() + 1, _FADE, inner.height() - 2)
        gradient = QLinearGradient(strip.topLeft(), strip.topRight())
        gradient.setColorAt(0.0, solid if reverse else clear)
        gradient.setColorAt(1.0, clear if reverse else solid)
        painter.fillRect(strip, gradient)


def paint_field_frame(
    theme: Theme, painter: QPainter, rect: QRectF, *, focused: bool = False, invalid: bool = False
) -> None:
    """Fill and outline of a value's field in its states, the same as of every other field."""
    tokens = theme.tokens
    line, width = tokens.outline, tokens.outline_width
    if invalid:
        line, width = tokens.error, FOCUS_WIDTH
    elif focused:
        line, width = tokens.accent, FOCUS_WIDTH
    rounded(painter, rect, FIELD_RADIUS, tokens.raised, line, width)
