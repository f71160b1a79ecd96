"""Line edits, combo boxes, spin boxes and multi-line editors: one frame for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QTextEdit,
    QWidget,
)

from app.ui.theme.painting import FIELD_RADIUS, FOCUS_WIDTH, line_of_text, rounded

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

TEXT_INSET = 7
_ARROW = 28
_State = QStyle.StateFlag


def field_height(metrics: QFontMetrics, *, small: bool = False) -> int:
    """32 px (small: 28), more when the text needs it."""
    return max(28 if small else 32, metrics.height() + (12 if small else 16))


def is_inside_other_field(widget: QWidget | None) -> bool:
    """The editor inside a combo or spin box, whose frame is drawn by its owner."""
    return isinstance(widget, QLineEdit) and isinstance(widget.parent(), QComboBox | QAbstractSpinBox)


def leading_room(theme: Theme, widget: QWidget | None) -> int:
    """The width that a leading icon takes away from the text, in px."""
    return theme.px(16) + 6 if widget is not None and widget.property("leadingIcon") else 0


def _read_only(widget: QWidget | None) -> bool:
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) and widget.isReadOnly()


def paint_frame(theme: Theme, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
    """Fill and outline: 1 px, 2 px accent with focus, 2 px error when the value was refused."""
    tokens = theme.tokens
    fill, line, width = tokens.raised, tokens.outline, tokens.outline_width
    if _read_only(widget):
        fill, line = tokens.sunken, tokens.border
    elif not option.state & _State.State_Enabled:
        fill, line = tokens.track, tokens.track
    if widget is not None and widget.property("invalid"):
        line, width = tokens.error, FOCUS_WIDTH
    elif option.state & _State.State_HasFocus:
        line, width = tokens.accent, FOCUS_WIDTH
    rounded(painter, option.rect, FIELD_RADIUS, fill, line, width)


def paint_leading_icon(theme: Theme, rect: QRect, painter: QPainter, widget: QWidget | None) -> None:
    name = widget.property("leadingIcon") if widget is not None else ""
    if not name or widget is None:
        return
    size = theme.px(16)
    x = rect.x() + 10
    if widget.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        x = rect.right() - 9 - size
    theme.icons.paint(
        painter, QRectF(x, rect.y() + (rect.height() - size) / 2, size, size), str(name), theme.tokens.muted
    )


def combo_size(theme: Theme, size: QSize, widget: QWidget | None) -> QSize:
    metrics = QFontMetrics(widget.font()) if widget is not None else QFontMetrics(theme.font_for_fields())
    small = bool(widget is not None and widget.property("small"))
    width = size.width() + _ARROW + 12 + leading_room(theme, widget)
    return QSize(width, field_height(metrics, small=small))


def combo_part(
    theme: Theme, option: QStyleOption, part: QStyle.SubControl, widget: QWidget | None
) -> QRect | None:
    """The place of one part of a combo box, None for parts without a place of their own."""
    rect = option.rect
    sub = QStyle.SubControl
    if part in (sub.SC_ComboBoxFrame, sub.SC_ComboBoxListBoxPopup):
        return rect
    if part == sub.SC_ComboBoxArrow:
        place = QRect(rect.right() - _ARROW + 1, rect.y(), _ARROW, rect.height())
    elif part == sub.SC_ComboBoxEditField:
        left = 9 + leading_room(theme, widget)
        place = rect.adjusted(left, 2, -_ARROW, -2)
    else:
        return None
    return QStyle.visualRect(option.direction, rect, place)


def paint_combo(
    theme: Theme, option: QStyleOptionComboBox, painter: QPainter, widget: QWidget | None
) -> None:
    paint_frame(theme, option, painter, widget)
    paint_leading_icon(theme, option.rect, painter, widget)
    arrow = combo_part(theme, option, QStyle.SubControl.SC_ComboBoxArrow, widget)
    if arrow is not None:
        size = theme.px(16)
        box = QRectF(0, 0, size, size)
        box.moveCenter(QRectF(arrow).center())
        theme.icons.paint(painter, box, "chevron-down", theme.tokens.muted)


def paint_combo_text(
    theme: Theme, option: QStyleOptionComboBox, painter: QPainter, widget: QWidget | None
) -> None:
    """The current entry; what follows two spaces in it is secondary and muted."""
    place = combo_part(theme, option, QStyle.SubControl.SC_ComboBoxEditField, widget)
    if place is None or option.editable:
        return
    paint_two_part_text(
        theme, painter, place, option.currentText, widget.font() if widget else painter.font()
    )


def paint_two_part_text(theme: Theme, painter: QPainter, rect: QRect, text: str, font: object) -> None:
    """``"main  secondary"``: the first part in text colour, the rest muted behind it."""
    first, _, second = text.partition("  ")
    box = QRectF(rect)
    used = line_of_text(painter, box, first, font, theme.tokens.text)  # type: ignore[arg-type]
    if second:
        box.setLeft(box.left() + used + 10)
        line_of_text(painter, box, second.strip(), font, theme.tokens.muted)  # type: ignore[arg-type]


def spin_part(option: QStyleOptionSpinBox, part: QStyle.SubControl) -> QRect | None:
    rect, sub = option.rect, QStyle.SubControl
    half = rect.height() // 2
    place = {
        sub.SC_SpinBoxFrame: rect,
        sub.SC_SpinBoxUp: QRect(rect.right() - 23, rect.y(), 24, half),
        sub.SC_SpinBoxDown: QRect(rect.right() - 23, rect.y() + half, 24, rect.height() - half),
        sub.SC_SpinBoxEditField: rect.adjusted(8, 2, -26, -2),
    }.get(part)
    return None if place is None else QStyle.visualRect(option.direction, rect, place)


def paint_spin(theme: Theme, option: QStyleOptionSpinBox, painter: QPainter, widget: QWidget | None) -> None:
    paint_frame(theme, option, painter, widget)
    size = theme.px(12)
    sub = QStyle.SubControl
    for part, name, shift in ((sub.SC_SpinBoxUp, "chevron-up", 2), (sub.SC_SpinBoxDown, "chevron-down", -2)):
        place = spin_part(option, part)
        if place is not None:
            box = QRectF(0, 0, size, size)
            box.moveCenter(QRectF(place).center())
            theme.icons.paint(painter, box.translated(0, shift), name, theme.tokens.muted)
