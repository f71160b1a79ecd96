"""Paints the rows of the list of target fields."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.segment.value_expression import Text
from app.ui.mapping.row_geometry import RowGeometry, RowPlaces
from app.ui.mapping.rows import FieldRow, GroupRow, Note, Row, RowState
from app.ui.mapping.rows_model import ROW_ROLE
from app.ui.theme.painting import line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.value_editor.row_painting import ExpressionPainter, paint_field_frame

_STATE_ICONS = {
    RowState.OK: ("check", Tone.OK),
    RowState.WARNING: ("triangle-alert", Tone.WARN),
    RowState.ERROR: ("circle-alert", Tone.ERROR),
}
_NOTE_ICONS = {Tone.WARN: "triangle-alert", Tone.ERROR: "circle-alert"}
_CHEVRON = 14
CHOICES_WIDTH = 24


class _Pen:
    """A painter with the theme, and rectangles of a row turned into rectangles of the view."""

    def __init__(self, theme: Theme, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self.theme = theme
        self.painter = painter
        self.bounds = QRect(option.rect)
        self._direction = option.direction

    def place(self, rect: QRectF) -> QRectF:
        moved = rect.translated(self.bounds.x(), self.bounds.y())
        return visual(self._direction, self.bounds, moved)

    def text(
        self,
        rect: QRectF,
        text: str,
        role: Role,
        color: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        line_of_text(
            self.painter,
            self.place(rect),
            text,
            self.theme.font(role),
            getattr(self.theme.tokens, color),
            align,
        )

    def icon(self, rect: QRectF, name: str, color: str) -> None:
        self.theme.icons.paint(self.painter, self.place(rect), name, getattr(self.theme.tokens, color))

    def paragraph(self, rect: QRectF, text: str, font: QFont, color: str) -> None:
        self.painter.setFont(font)
        self.painter.setPen(self.theme.color(color))
        side = QStyle.visualAlignment(self._direction, Qt.AlignmentFlag.AlignLeft)
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop
        # The sentence keeps its own direction, wherever it stands.
        self.painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.painter.drawText(self.place(rect), int(flags) | int(Qt.TextFlag.TextWordWrap), text)
        self.painter.setLayoutDirection(self._direction)


class RowDelegate(QStyledItemDelegate):
    """``editing`` is the key of the row whose field an editor covers, ``target`` the one a drag is over."""

    def __init__(self, theme: Theme, geometry: RowGeometry, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._geometry = geometry
        self._view = view
        self._values = ExpressionPainter(theme, self)
        self.editing = ""
        self.editor_height = 0
        self.drop_key = ""

    def places(self, row: Row, width: int) -> RowPlaces:
        editor = self.editor_height if isinstance(row, FieldRow) and row.key == self.editing else 0
        return self._geometry.places(row, width, editor)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = self._view.viewport().width()
        return QSize(width, self.places(index.data(ROW_ROLE), width).height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(ROW_ROLE)
        pen = _Pen(self._theme, painter, option)
        places = self.places(row, option.rect.width())
        painter.save()
        self._background(pen, option, row)
        if isinstance(row, GroupRow):
            self._group(pen, row, places, option)
        elif row.switch is not None:
            self._switch(pen, row, places)
        else:
            self._field(pen, row, places)
        painter.restore()

    def _background(self, pen: _Pen, option: QStyleOptionViewItem, row: Row) -> None:
        rect = QRectF(option.rect)
        current = bool(option.state & QStyle.StateFlag.State_Selected) and self._view.hasFocus()
        if current:
            pen.painter.fillRect(rect, self._theme.color("accent_bg"))
            bar = QRectF(rect.x(), rect.y(), 3, rect.height())
            pen.painter.fillRect(visual(option.direction, rect, bar), self._theme.color("accent"))
        elif isinstance(row, GroupRow):
            pen.painter.fillRect(rect, self._theme.color("sunken"))
        elif option.state & QStyle.StateFlag.State_MouseOver and row.key != self.editing:
            pen.painter.fillRect(rect, self._theme.color("hover"))
        line_below(pen.painter, rect, self._theme.tokens.hair)

    def _group(self, pen: _Pen, row: GroupRow, places: RowPlaces, option: QStyleOptionViewItem) -> None:
        px = self._theme.px
        area = places.label
        middle = area.center().y()
        size = px(_CHEVRON)
        left = area.x() - 2
        right_to_left = option.direction is Qt.LayoutDirection.RightToLeft
        closed = "chevron-left" if right_to_left else "chevron-right"
        chevron = QRectF(left, middle - size / 2, size, size)
        pen.icon(chevron, closed if row.collapsed else "chevron-down", "muted")
        size = px(16)
        icon = QRectF(chevron.right() + 8, middle - size / 2, size, size)
        pen.icon(icon, row.icon, "muted")
        words = QRectF(icon.right() + 8, area.y(), area.right() - icon.right() - 10, area.height())
        pen.text(words, row.fact, Role.FIGURE_SMALL, "muted", Qt.AlignmentFlag.AlignRight)
        pen.text(words, row.title, Role.HEADING, "text")

    def _field(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        self._label(pen, row, places)
        if row.key != self.editing:
            self._value_field(pen, row, places)
        if row.expression is not None:
            arrow = "arrow-left" if pen.painter.layoutDirection() is _RTL else "arrow-right"
            pen.icon(places.arrow, arrow, "muted")
            self._result(pen, row, places)
        self._status(pen, row, places)
        self._notes(pen, row.notes, places)

    def _label(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        pen.text(places.label, row.target.label, Role.LABEL, "text")
        pen.text(places.kind, row.target.type_label, Role.AXIS, "muted")

    def _value_field(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        box = pen.place(places.field)
        focused = row.key == self.drop_key
        invalid = row.target.missing or row.result.state is RowState.ERROR
        if row.named_value:
            paint_field_frame(self._theme, pen.painter, box, focused=focused, invalid=invalid)
            pen.text(places.field.adjusted(9, 0, -CHOICES_WIDTH, 0), row.named_value, Role.BODY, "text")
        else:
            self._values.paint(
                pen.painter,
                box,
                row.expression or Text(""),
                placeholder=_tr("Not mapped"),
                focused=focused,
                invalid=invalid,
            )
        if row.target.choices or row.target.missing:
            size = self._theme.px(_CHEVRON)
            middle = places.field.center().y()
            mark = QRectF(places.field.right() - 7 - size, middle - size / 2, size, size)
            pen.icon(mark, "chevron-down", "muted")

    def _result(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        state = row.result.state
        if state is RowState.EMPTY:
            pen.text(places.value, _tr("empty"), Role.BODY, "muted")
        elif state is RowState.ERROR:
            pen.text(places.value, row.result.text or _tr("cannot be used"), Role.BODY, "error")
        elif state is not RowState.PENDING:
            pen.text(places.value, row.result.text, Role.BODY, "text")

    def _status(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        if row.state in _STATE_ICONS:
            name, tone = _STATE_ICONS[row.state]
            pen.icon(places.status, name, tone.value)

    def _notes(self, pen: _Pen, notes: tuple[Note, ...], places: RowPlaces) -> None:
        size = self._geometry.note_icon()
        font = self._theme.font(Role.CAPTION)
        for note, place in zip(notes, places.notes, strict=False):
            color = note.tone.value if note.tone in _NOTE_ICONS else "muted"
            pen.icon(QRectF(place.x(), place.y() + 1, size, size), _NOTE_ICONS.get(note.tone, "info"), color)
            pen.paragraph(place.adjusted(size + 6, 0, 0, 0), note.text, font, color)

    def _switch(self, pen: _Pen, row: FieldRow, places: RowPlaces) -> None:
        tokens = self._theme.tokens
        pen.text(places.label, row.target.label, Role.LABEL, "text")
        caption = self._theme.font(Role.CAPTION)
        pen.paragraph(
            places.kind,
            row.target.consequence,
            caption,
            "warn" if row.departs and not row.switch else "muted",
        )
        word = _tr("On") if row.switch else _tr("Off")
        pen.text(places.value, word, Role.CAPTION, "muted", Qt.AlignmentFlag.AlignRight)
        box = pen.place(places.switch)
        radius = box.height() / 2
        fill, line = (tokens.accent, tokens.accent) if row.switch else (tokens.surface, tokens.outline)
        rounded(pen.painter, box, radius, fill, line)
        knob = box.height() - 6
        at_end = bool(row.switch) != (pen.painter.layoutDirection() is _RTL)
        left = box.right() - knob - 3 if at_end else box.x() + 3
        color = tokens.on_accent if row.switch else tokens.outline
        rounded(pen.painter, QRectF(left, box.y() + 3, knob, knob), knob / 2, color)
        self._notes(pen, row.notes, places)


_RTL = Qt.LayoutDirection.RightToLeft


def _tr(text: str) -> str:
    return QCoreApplication.translate("RowDelegate", text)
