"""Scroll bars, tab bars, table headers and progress bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyleOptionHeader,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionTab,
    QStyleOptionToolButton,
)

from app.ui.theme.painting import FOCUS_WIDTH, line_below, line_of_text, rounded
from app.ui.theme.typography import Role

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

SCROLL_EXTENT = 12
_SHORTEST_HANDLE = 28
_TAB_GAP = 24
_RING_ROOM = 5
_State = QStyle.StateFlag


def scroll_part(option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect | None:
    """A scroll bar has a groove and a handle, no arrows."""
    sub = QStyle.SubControl
    rect = option.rect
    if part == sub.SC_ScrollBarGroove:
        return rect
    if part in (sub.SC_ScrollBarAddLine, sub.SC_ScrollBarSubLine):
        return QRect()
    if part not in (sub.SC_ScrollBarSlider, sub.SC_ScrollBarAddPage, sub.SC_ScrollBarSubPage):
        return None
    across = option.orientation is Qt.Orientation.Horizontal
    length = rect.width() if across else rect.height()
    span = option.maximum - option.minimum
    handle = length
    if span > 0:
        handle = max(min(_SHORTEST_HANDLE, length), length * option.pageStep // (span + option.pageStep))
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown
    )
    begin, extent = {
        sub.SC_ScrollBarSlider: (start, handle),
        sub.SC_ScrollBarSubPage: (0, start),
        sub.SC_ScrollBarAddPage: (start + handle, length - start - handle),
    }[part]
    if across:
        place = QRect(rect.x() + begin, rect.y(), extent, rect.height())
        return QStyle.visualRect(option.direction, rect, place)
    return QRect(rect.x(), rect.y() + begin, rect.width(), extent)


def paint_scroll_bar(theme: Theme, option: QStyleOptionSlider, painter: QPainter) -> None:
    handle = scroll_part(option, QStyle.SubControl.SC_ScrollBarSlider)
    if handle is None or option.maximum <= option.minimum:
        return
    active = bool(option.state & (_State.State_MouseOver | _State.State_Sunken))
    tokens = theme.tokens
    color = tokens.outline if active else tokens.skip
    rounded(painter, QRectF(handle).adjusted(3, 3, -3, -3), 3, color)


def tab_size(theme: Theme, option: QStyleOptionTab) -> QSize:
    metrics = QFontMetrics(theme.font(Role.HEADING))
    return QSize(metrics.horizontalAdvance(option.text) + _TAB_GAP, metrics.height() + 20)


def paint_tab(theme: Theme, option: QStyleOptionTab, painter: QPainter) -> None:
    """The text, and a 2 px accent line of its width under the chosen tab."""
    tokens = theme.tokens
    chosen = bool(option.state & _State.State_Selected)
    rect = QRectF(option.rect)
    # The ring goes round the text inside of the tab: what the first one draws further out is cut off.
    near, far = _RING_ROOM, _TAB_GAP - _RING_ROOM
    if option.direction is Qt.LayoutDirection.RightToLeft:
        near, far = far, near
    inner = rect.adjusted(near, 0, -far, 0)
    hovered = bool(option.state & _State.State_MouseOver)
    color = tokens.text if chosen or hovered else tokens.muted
    font = theme.font(Role.HEADING if chosen else Role.LABEL)
    line_of_text(painter, inner.adjusted(0, 0, 1, -2), option.text, font, color)
    if chosen:
        painter.fillRect(QRectF(inner.x(), rect.bottom() - 2, inner.width(), 2), tokens.accent)
    if option.state & _State.State_HasFocus:
        rounded(painter, inner.adjusted(-_RING_ROOM, 3, _RING_ROOM, -5), 5, None, tokens.accent, FOCUS_WIDTH)


def paint_tab_scroller(theme: Theme, option: QStyleOptionToolButton, painter: QPainter) -> None:
    """One of the two arrows at the end of a strip whose tabs do not fit, over whatever lies below it."""
    tokens = theme.tokens
    painter.fillRect(option.rect, tokens.window)
    enabled = bool(option.state & _State.State_Enabled)
    hovered = enabled and bool(option.state & _State.State_MouseOver)
    if hovered:
        rounded(painter, QRectF(option.rect).adjusted(1, 4, -1, -4), 5, tokens.hover)
    size = theme.px(16)
    box = QRectF(0, 0, size, size)
    box.moveCenter(QRectF(option.rect).center())
    back = option.arrowType is Qt.ArrowType.LeftArrow
    name = "chevron-left" if back else "chevron-right"
    theme.icons.paint(painter, box, name, tokens.text if enabled else tokens.skip)


def paint_branch(theme: Theme, option: Any, painter: QPainter) -> None:
    """The chevron before a row of a tree that has children; no lines."""
    if not option.state & _State.State_Children:
        return
    size = min(theme.px(14), option.rect.width())
    box = QRectF(0, 0, size, size)
    box.moveCenter(QRectF(option.rect).center())
    closed = "chevron-left" if option.direction is Qt.LayoutDirection.RightToLeft else "chevron-right"
    name = "chevron-down" if option.state & _State.State_Open else closed
    theme.icons.paint(painter, box, name, theme.tokens.muted)


def paint_header(theme: Theme, option: QStyleOptionHeader, painter: QPainter) -> None:
    tokens = theme.tokens
    rect = QRectF(option.rect)
    painter.fillRect(rect, tokens.sunken)
    line_below(painter, rect, tokens.hair)


def paint_header_label(theme: Theme, option: QStyleOptionHeader, painter: QPainter) -> None:
    align = option.textAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask
    line_of_text(
        painter,
        QRectF(option.rect).adjusted(12, 0, -6, 0),
        option.text,
        theme.font(Role.TABLE_HEADER),
        theme.tokens.muted,
        align or Qt.AlignmentFlag.AlignLeft,
    )


def paint_progress(theme: Theme, option: QStyleOptionProgressBar, painter: QPainter) -> None:
    """A 6 px track with an accent fill; a third of it when the end is unknown."""
    rect = QRectF(option.rect)
    track = QRectF(rect.x(), rect.center().y() - 3, rect.width(), 6)
    rounded(painter, track, 3, theme.tokens.track)
    span = option.maximum - option.minimum
    share = (option.progress - option.minimum) / span if span > 0 else 1 / 3
    if share > 0:
        width = max(6.0, track.width() * min(1.0, share))
        left = track.right() - width if option.direction is Qt.LayoutDirection.RightToLeft else track.x()
        rounded(painter, QRectF(left, track.y(), width, 6), 3, theme.tokens.accent)
