"""What a table cell shows, and the delegate that paints it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.theme.painting import line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role

CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 100


class Emphasis(IntEnum):
    """How a cell's text is set."""

    NORMAL = 0
    NAME = 1
    MUTED = 2
    MONO = 3
    FIGURE = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """``tone`` colours icon and text, ``tint`` fills the cell; a ``group`` cell heads the rows below it.

    ``sub`` is a muted second line, ``right`` a muted text at the right edge.
    """

    text: str = ""
    sub: str = ""
    icon: str = ""
    tone: Tone | None = None
    tint: Tone | None = None
    emphasis: Emphasis = Emphasis.NORMAL
    right: str = ""
    right_mono: bool = False
    group: bool = False
    align_right: bool = False

    @property
    def spoken(self) -> str:
        """The cell in words, for screen readers and copying."""
        return ", ".join(part for part in (self.text, self.sub, self.right) if part)


def cell_of(index: QModelIndex | QPersistentModelIndex) -> Cell:
    """The record of a model index; a model without ours is shown by its plain text."""
    found = index.data(CELL_ROLE)
    return found if isinstance(found, Cell) else Cell(str(index.data() or ""))


class _Mirror:
    """Turns places inside a cell round when the table is read from the right."""

    def __init__(self, option: QStyleOptionViewItem) -> None:
        self._direction = option.direction
        self._bounds = QRect(option.rect)

    def __call__(self, rect: QRectF) -> QRectF:
        return visual(self._direction, self._bounds, rect)


class CellDelegate(QStyledItemDelegate):
    """Paints every table and list. ``inset`` is where the text of the first column starts, in px."""

    def __init__(self, theme: Theme, *, inset: int = 12, row_height: int = 32, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inset = inset
        self._row_height = row_height

    def row_height(self, cell: Cell) -> int:
        """32 px for one line, 45 for two, more when the text needs it."""
        body = QFontMetrics(self._theme.font(Role.BODY)).height()
        if cell.sub:
            return max(45, body + QFontMetrics(self._theme.font(Role.CAPTION)).height() + 14)
        return max(self._row_height, body + 14)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        cell = cell_of(index)
        metrics = QFontMetrics(self._theme.font(self._role(cell)))
        width = metrics.horizontalAdvance(cell.text) + self._inset + 12
        if cell.icon:
            width += self._theme.px(15) + 8
        return QSize(width, self.row_height(cell))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell = cell_of(index)
        painter.save()
        self._paint_background(painter, option, index, cell)
        left = self._inset if index.column() == 0 else 8
        content = QRectF(option.rect).adjusted(left, 0, -8, -1)
        self._paint_content(painter, content, cell, _Mirror(option))
        painter.restore()

    def _paint_background(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        cell: Cell,
    ) -> None:
        tokens = self._theme.tokens
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if cell.group:
            painter.fillRect(rect, self._theme.color("sunken"))
        elif selected:
            painter.fillRect(rect, self._theme.color("accent_bg"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("hover"))
        if selected and index.column() == 0 and not cell.group:
            bar = QRectF(rect.x(), rect.y(), 3, rect.height())
            painter.fillRect(visual(option.direction, rect, bar), self._theme.color("accent"))
        line_below(painter, rect, tokens.hair)
        if cell.tint is not None:
            tinted = visual(option.direction, rect, QRectF(rect).adjusted(-2, 4, -7, -5))
            rounded(painter, tinted, 5, self._theme.tone(cell.tint).bg)

    def _paint_content(self, painter: QPainter, content: QRectF, cell: Cell, mirror: _Mirror) -> None:
        color = self._color(cell)
        if cell.icon:
            size = self._theme.px(15 if cell.tone is not None else 16)
            box = QRectF(content.x(), content.center().y() - size / 2, size, size)
            self._theme.icons.paint(painter, mirror(box), cell.icon, self._icon_color(cell, color))
            content.setLeft(box.right() + 8)
        if cell.right:
            role = Role.MONO_SMALL if cell.right_mono else Role.FIGURE_SMALL
            width = QFontMetrics(self._theme.font(role)).horizontalAdvance(cell.right) + 2
            place = QRectF(content.right() - width, content.y(), width, content.height())
            align = Qt.AlignmentFlag.AlignRight
            font, muted = self._theme.font(role), self._theme.color("muted")
            line_of_text(painter, mirror(place), cell.right, font, muted, align)
            content.setRight(place.left() - 8)
        align = Qt.AlignmentFlag.AlignRight if cell.align_right else Qt.AlignmentFlag.AlignLeft
        font = self._theme.font(self._role(cell))
        if cell.sub:
            small = self._theme.font(Role.CAPTION)
            first, second = QFontMetrics(font).height(), QFontMetrics(small).height()
            top = content.center().y() - (first + second + 1) / 2
            upper = QRectF(content.x(), top, content.width(), first)
            lower = QRectF(content.x(), top + first + 1, content.width(), second)
            line_of_text(painter, mirror(upper), cell.text, font, color, align)
            line_of_text(painter, mirror(lower), cell.sub, small, self._theme.color("muted"), align)
        else:
            line_of_text(painter, mirror(content), cell.text, font, color, align)

    def _role(self, cell: Cell) -> Role:
        if cell.group:
            return Role.HEADING
        if cell.tone is not None and cell.icon:
            return Role.CAPTION_STRONG
        return {
            Emphasis.NAME: Role.LABEL,
            Emphasis.MONO: Role.MONO,
            Emphasis.FIGURE: Role.FIGURE,
            Emphasis.MUTED: Role.FIGURE,
        }.get(cell.emphasis, Role.BODY)

    def _color(self, cell: Cell) -> str:
        tokens = self._theme.tokens
        if cell.tone is not None:
            return self._theme.tone(cell.tone).text
        return tokens.muted if cell.emphasis is Emphasis.MUTED else tokens.text

    def _icon_color(self, cell: Cell, color: str) -> str:
        return color if cell.tone is not None else self._theme.tokens.muted
