"""A row inside a ``QTextDocument``: text as text, chips as inline objects.

The live editor and the delegate that paints all other rows use the same document set-up, so that nothing
moves by a pixel when editing starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import bidirectional

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextOption,
)

from app.segment.value_expression import Advanced, Liquid, Variable
from app.ui.theme.painting import line_of_text
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.row import (
    Chip,
    FunctionChip,
    Group,
    Item,
    Items,
    body_end,
    is_half,
    same_items,
    units_of,
)
from app.ui.value_editor.words import chip_label
from app.ui.widgets.chip_painting import ChipLook, ChipSpec, chip_size, paint_chip

INSET = 6
_GAP = 2
_LINE_ROOM = 9
_OBJECT = "\ufffc"
_OBJECT_TYPE = int(QTextFormat.ObjectTypes.UserObject) + 1
_NUMBER = int(QTextFormat.Property.UserProperty) + 1
# Qt gives these a meaning of their own inside a document, so they are shown as small signs instead.
_SIGNS = {"\n": "↵", "\r": "␍", "\t": "⇥", "\0": "␀"}
_MEANT_OTHERWISE = frozenset("\n\r\t\0\u2028\u2029\ufdd0\ufdd1\ufffc")


def chip_spec(chip: Chip) -> ChipSpec:
    """How a chip of a row is painted."""
    label = chip_label(chip)
    if isinstance(chip, Variable | Group):
        return ChipSpec(label, ChipLook.VARIABLE)
    if isinstance(chip, FunctionChip | Liquid):
        return ChipSpec(label, ChipLook.FUNCTION)
    return ChipSpec(label, ChipLook.CODE, "braces" if isinstance(chip, Advanced) else "")


class _ChipObjects(QPyTextObject):
    """Measures and paints the objects of one document; the row's items are kept here by number."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: list[Item] = []
        self._measured: dict[int, tuple[ChipSpec, QSize]] = {}
        self._line_height = 0.0
        self.first_whole = -1
        """Position of the first function on the whole row: the thin line stands before it."""

    def number_of(self, item: Item) -> int:
        self._items.append(item)
        return len(self._items) - 1

    def item(self, shape: QTextFormat) -> Item:
        return self._items[shape.intProperty(_NUMBER)]

    def forget_sizes(self) -> None:
        """Measure again: the fonts are others now."""
        self._measured.clear()
        self._line_height = 0.0

    def _chip(self, number: int, chip: Chip) -> tuple[ChipSpec, QSize]:
        """How a chip looks and its size; Qt asks a dozen times for every row that it paints."""
        found = self._measured.get(number)
        if found is None:
            spec = chip_spec(chip)
            found = self._measured[number] = (spec, chip_size(self._theme, spec))
        return found

    def intrinsicSize(self, document: QTextDocument, position: int, shape: QTextFormat) -> QSizeF:
        number = shape.intProperty(_NUMBER)
        item = self._items[number]
        if not self._line_height:
            metrics = QFontMetricsF(document.defaultFont())
            self._line_height = metrics.ascent() + metrics.descent()
        if isinstance(item, str):
            width = QFontMetricsF(document.defaultFont()).horizontalAdvance(_sign(item)) + 2
        else:
            width = self._chip(number, item)[1].width() + 2 * _GAP
            width += _LINE_ROOM if position == self.first_whole else 0
        return QSizeF(width, self._line_height)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        document: QTextDocument,
        position: int,
        shape: QTextFormat,
    ) -> None:
        item = self.item(shape)
        rect = QRectF(rect)
        font = document.defaultFont()
        if isinstance(item, str):
            line_of_text(painter, rect, _sign(item), font, self._theme.tokens.muted)
            return
        metrics = QFontMetricsF(font)
        middle = rect.top() + metrics.ascent() - metrics.capHeight() / 2
        spec, size = self._chip(shape.intProperty(_NUMBER), item)
        place = QRectF(rect.left() + _GAP, round(middle - size.height() / 2), size.width(), size.height())
        if position == self.first_whole:
            reverse = document.defaultTextOption().textDirection() is Qt.LayoutDirection.RightToLeft
            x = rect.right() - 4 if reverse else rect.left() + 4
            line = QRectF(round(x), place.top() + 2, 1, place.height() - 4)
            painter.fillRect(line, self._theme.color("outline"))
            place.translate(0 if reverse else _LINE_ROOM, 0)
        selected = shape.hasProperty(int(QTextFormat.Property.BackgroundBrush))
        paint_chip(self._theme, painter, place, spec, selected=selected)


class RowDocument:
    """Reads and writes the row of a document that it sets up for it."""

    def __init__(self, theme: Theme, document: QTextDocument, direction: Qt.LayoutDirection) -> None:
        self._theme = theme
        self.document = document
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        self._objects = _ChipObjects(theme, document)
        document.documentLayout().registerHandler(_OBJECT_TYPE, self._objects)
        self._direction = direction
        self.set_direction(direction)
        self.restyle()

    def set_direction(self, direction: Qt.LayoutDirection) -> None:
        """The direction of the window: where the row begins, and which way it runs without text in it."""
        self._direction = direction
        self._set_options(direction)

    def _set_options(self, running: Qt.LayoutDirection) -> None:
        side = Qt.AlignmentFlag.AlignLeft
        if self._direction is Qt.LayoutDirection.RightToLeft:
            side = Qt.AlignmentFlag.AlignRight
        option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(running)
        self.document.setDefaultTextOption(option)
        self.document.markContentsDirty(0, self.document.characterCount())

    @property
    def runs_from_the_right(self) -> bool:
        """Whether the row is read from the right: by its own text, else as the window is."""
        return self.document.defaultTextOption().textDirection() is Qt.LayoutDirection.RightToLeft

    def restyle(self) -> None:
        """Take the theme's font and measure all chips again."""
        self._objects.forget_sizes()
        self.document.setDefaultFont(self._theme.font(Role.BODY))
        self.document.markContentsDirty(0, self.document.characterCount())

    def centre_in(self, height: float) -> None:
        """Put the line's capitals, and with them the chips, in the middle of ``height`` px."""
        metrics = QFontMetricsF(self.document.defaultFont())
        top = max(0, round(height / 2 + metrics.capHeight() / 2 - metrics.ascent()))
        frame = self.document.rootFrame()
        shape = QTextFrameFormat(frame.frameFormat())
        if shape.topMargin() != top or shape.leftMargin() != INSET:
            shape.setTopMargin(top)
            shape.setLeftMargin(INSET)
            shape.setRightMargin(INSET)
            frame.setFrameFormat(shape)

    def items(self) -> Items:
        return tuple(self._read())

    def _read(self) -> Iterator[Item]:
        walker = self.document.firstBlock().begin()
        while not walker.atEnd():
            fragment = walker.fragment()
            shape = fragment.charFormat()
            if shape.objectType() == _OBJECT_TYPE:
                for _ in range(fragment.length()):
                    yield self._objects.item(shape)
            else:
                yield from units_of(fragment.text())
            walker += 1

    def write(self, items: Sequence[Item]) -> None:
        """Change only what differs, so that cursors elsewhere in the row stay where they are."""
        old = self.items()
        if same_items(old, items):
            return
        shared = min(len(old), len(items))
        start = 0
        while start < shared and same_items(old[start : start + 1], items[start : start + 1]):
            start += 1
        if start and is_half(old[start - 1]):
            start -= 1
        end = 0
        while end < shared - start and same_items(
            old[len(old) - end - 1 : len(old) - end], items[len(items) - end - 1 : len(items) - end]
        ):
            end += 1
        if end and is_half(old[len(old) - end - 1]):
            end -= 1
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()
        cursor.setPosition(start)
        cursor.setPosition(len(old) - end, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self.insert(cursor, items[start : len(items) - end])
        cursor.endEditBlock()

    def insert(self, cursor: QTextCursor, items: Sequence[Item]) -> None:
        """Put items at the cursor, as they are; the caller sees to it that the row makes sense."""
        run: list[str] = []
        for at, item in enumerate(items):
            if isinstance(item, str) and not _is_special(items, at):
                run.append(item)
                continue
            self._insert_run(cursor, run)
            shape = QTextCharFormat()
            shape.setObjectType(_OBJECT_TYPE)
            shape.setProperty(_NUMBER, self._objects.number_of(item))
            shape.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBottom)
            cursor.insertText(_OBJECT, shape)
        self._insert_run(cursor, run)

    def settle(self) -> None:
        """After a change: place the thin line before the functions on the row, and let the text's letters say
        which way it runs, so that an address keeps its order in a window read from the right."""
        items = self.items()
        at = body_end(items)
        first = at if 0 < at < len(items) else -1
        running = _direction_of(items, self._direction)
        is_reverse = running is Qt.LayoutDirection.RightToLeft
        if first != self._objects.first_whole or is_reverse != self.runs_from_the_right:
            self._objects.first_whole = first
            self._set_options(running)

    @staticmethod
    def _insert_run(cursor: QTextCursor, run: list[str]) -> None:
        if run:
            text = "".join(run).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            cursor.insertText(text, QTextCharFormat())
            run.clear()


def _direction_of(items: Sequence[Item], otherwise: Qt.LayoutDirection) -> Qt.LayoutDirection:
    """The direction of the first letter that has one."""
    for item in items:
        kind = bidirectional(item) if isinstance(item, str) else ""
        if kind == "L":
            return Qt.LayoutDirection.LeftToRight
        if kind in ("R", "AL"):
            return Qt.LayoutDirection.RightToLeft
    return otherwise


def placeholder_place(document: QTextDocument, rect: QRectF) -> QRectF:
    """Where a row without anything in it shows its placeholder."""
    metrics = QFontMetricsF(document.defaultFont())
    top = document.rootFrame().frameFormat().topMargin()
    corner = rect.topLeft() + QPointF(INSET, top)
    return QRectF(corner, QSizeF(rect.width() - 2 * INSET, metrics.ascent() + metrics.descent()))


def _sign(unit: str) -> str:
    return _SIGNS.get(unit) or f"U+{ord(unit):04X}"


def _is_special(items: Sequence[Item], at: int) -> bool:
    """Whether this unit cannot stand in a document as text: Qt's own signs, and half a pair alone."""
    unit = items[at]
    if not isinstance(unit, str):
        return False
    if "\ud800" <= unit <= "\udbff":
        following = items[at + 1] if at + 1 < len(items) else ""
        return not (isinstance(following, str) and "\udc00" <= following <= "\udfff")
    if "\udc00" <= unit <= "\udfff":
        before = items[at - 1] if at else ""
        return not (isinstance(before, str) and "\ud800" <= before <= "\udbff")
    return unit in _MEANT_OTHERWISE
