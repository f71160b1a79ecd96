"""Where the parts of a row are: worked out once, used for painting, hitting and placing the editor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics

from app.ui.mapping.rows import FieldRow, GroupRow, Row
from app.ui.theme.style_fields import field_height
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

_START = 14
_END = 12
_PAD = 5
_GAP = 10
_LABEL = 106
_LABEL_MOST = 220
_FIELD = 166
_FIELD_MOST = 440
_USUAL_WIDTH = 508
_NARROW = 430
_STATUS = 16
_ARROW = 14
_NOTE_ICON = 14
_SWITCH = (32, 18)
_GROUP_HEIGHT = 32
_UNBOUNDED = 100_000


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Rectangles inside a row whose upper left corner is (0, 0), for a window read from the left."""

    height: int
    label: QRectF
    kind: QRectF
    field: QRectF
    arrow: QRectF
    value: QRectF
    status: QRectF
    notes: tuple[QRectF, ...]
    switch: QRectF


class RowGeometry:
    """Places for the theme's present text size. Below 430 px (at 100 % text) the parts stand on lines."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._cache: dict[tuple[object, ...], RowPlaces] = {}
        theme.changed.connect(self._cache.clear)

    def places(self, row: Row, width: int, editor_height: int = 0) -> RowPlaces:
        """The places for a row of this width; ``editor_height`` is what an open editor asks for."""
        if isinstance(row, GroupRow):
            key: tuple[object, ...] = (width, row.group)
        else:
            texts = tuple(note.text for note in row.notes)
            consequence = None if row.switch is None else row.target.consequence
            key = (width, editor_height, texts, consequence)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 4_000:
                self._cache.clear()
            found = self._cache[key] = self._work_out(row, width, editor_height)
        return found

    def note_icon(self) -> int:
        return self._theme.px(_NOTE_ICON)

    def height_of_field(self) -> int:
        """The least height of a field, in px."""
        return field_height(QFontMetrics(self._theme.font(Role.BODY)))

    def _work_out(self, row: Row, width: int, editor_height: int) -> RowPlaces:
        if isinstance(row, GroupRow):
            return self._group(width)
        if row.switch is not None:
            return self._switch(row, width)
        if width < self._theme.px(_NARROW):
            return self._stacked(row, width, editor_height)
        return self._columns(row, width, editor_height)

    def _group(self, width: int) -> RowPlaces:
        height = max(_GROUP_HEIGHT, self._line(Role.HEADING) + 14)
        return _plain(height, QRectF(_START, 0, width - _START - _END, height))

    def _columns(self, row: FieldRow, width: int, editor_height: int) -> RowPlaces:
        px = self._theme.px
        spare = max(0, width - px(_USUAL_WIDTH))
        label_width = min(px(_LABEL) + spare * 0.16, px(_LABEL_MOST))
        field_width = min(px(_FIELD) + spare * 0.5, px(_FIELD_MOST))
        least = self.height_of_field()
        # Two lines of large text are higher than a field of one line.
        above = max(0.0, (self._line(Role.LABEL) + self._line(Role.AXIS) - least) / 2)
        field = QRectF(_START + label_width + 8, _PAD + above, field_width, max(least, editor_height))
        # The label stays beside the first line of a field that has grown.
        middle = field.y() + least / 2
        label, kind = self._label(_START, label_width, middle)
        arrow_size, status_size = px(_ARROW), px(_STATUS)
        arrow = QRectF(field.right() + _GAP, middle - arrow_size / 2, arrow_size, arrow_size)
        status = QRectF(width - _END - status_size, middle - status_size / 2, status_size, status_size)
        value_left = arrow.right() + _GAP
        value = QRectF(value_left, field.y(), status.x() - 8 - value_left, self.height_of_field())
        notes, bottom = self._notes(
            row, field.x() + _PAD, width - _END, field.bottom() + (0 if row.notes else above)
        )
        return RowPlaces(round(bottom), label, kind, field, arrow, value, status, notes, QRectF())

    def _stacked(self, row: FieldRow, width: int, editor_height: int) -> RowPlaces:
        px = self._theme.px
        status_size = px(_STATUS)
        label_width = width - _START - _END - status_size - 8
        block = self._line(Role.LABEL) + self._line(Role.AXIS)
        label, kind = self._label(_START, label_width, 8 + block / 2)
        status = QRectF(width - _END - status_size, label.center().y() - status_size / 2, 0, 0)
        status.setSize(label.size().boundedTo(QRectF(0, 0, status_size, status_size).size()))
        height = max(self.height_of_field(), editor_height)
        field = QRectF(_START, kind.bottom() + 6, width - _START - _END, height)
        line = self._line(Role.BODY) + 6
        arrow_size = px(_ARROW)
        arrow = QRectF(_START + 2, field.bottom() + 3 + (line - arrow_size) / 2, arrow_size, arrow_size)
        value = QRectF(arrow.right() + 8, field.bottom() + 3, width - _END - arrow.right() - 8, line)
        notes, bottom = self._notes(row, _START, width - _END, value.bottom() - 2)
        return RowPlaces(round(bottom), label, kind, field, arrow, value, status, notes, QRectF())

    def _switch(self, row: FieldRow, width: int) -> RowPlaces:
        px = self._theme.px
        switch_width, switch_height = px(_SWITCH[0]), px(_SWITCH[1])
        word = QFontMetrics(self._theme.font(Role.CAPTION)).horizontalAdvance("Off") + 8
        right = width - _END
        text_width = right - switch_width - word - 12 - _START
        label_height = self._line(Role.LABEL)
        label = QRectF(_START, 9, text_width, label_height)
        kind_height = self._wrapped(row.target.consequence, Role.CAPTION, text_width)
        kind = QRectF(_START, label.bottom() + 2, text_width, kind_height)
        notes, bottom = self._notes(row, _START, right, kind.bottom() + 2)
        middle = (label.y() + kind.bottom()) / 2
        switch = QRectF(right - switch_width, middle - switch_height / 2, switch_width, switch_height)
        value = QRectF(switch.x() - word, middle - label_height, word - 6, label_height * 2)
        empty = QRectF()
        return RowPlaces(
            round(max(bottom, kind.bottom() + 10)), label, kind, empty, empty, value, empty, notes, switch
        )

    def _label(self, left: float, width: float, middle: float) -> tuple[QRectF, QRectF]:
        first, second = self._line(Role.LABEL), self._line(Role.AXIS)
        top = middle - (first + second) / 2
        return QRectF(left, top, width, first), QRectF(left, top + first, width, second)

    def _notes(
        self, row: FieldRow, left: float, right: float, below: float
    ) -> tuple[tuple[QRectF, ...], float]:
        """The places of the notes with their icons, and the row's height."""
        if not row.notes:
            return (), below + _PAD + 1
        places = []
        top = below + _PAD
        for note in row.notes:
            height = self._wrapped(note.text, Role.CAPTION, right - left - self.note_icon() - 6)
            places.append(QRectF(left, top, right - left, height))
            top += height + 3
        return tuple(places), top + 5

    def _line(self, role: Role) -> int:
        return QFontMetrics(self._theme.font(role)).height()

    def _wrapped(self, text: str, role: Role, width: float) -> int:
        metrics = QFontMetrics(self._theme.font(role))
        box = metrics.boundingRect(0, 0, max(40, int(width)), _UNBOUNDED, Qt.TextFlag.TextWordWrap, text)
        return max(metrics.height(), box.height())


def _plain(height: int, label: QRectF) -> RowPlaces:
    empty = QRectF()
    return RowPlaces(height, label, empty, empty, empty, empty, empty, (), empty)
