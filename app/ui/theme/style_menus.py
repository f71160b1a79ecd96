"""Menus and tool tips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOption, QStyleOptionMenuItem

from app.ui.theme.painting import line_below, rounded
from app.ui.theme.typography import Role

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

_PAD = 12
_State = QStyle.StateFlag
_Kind = QStyleOptionMenuItem.MenuItemType


def paint_panel(theme: Theme, option: QStyleOption, painter: QPainter) -> None:
    """The body of a menu or tool tip; square, because its window is."""
    painter.fillRect(option.rect, theme.tokens.raised)
    rounded(painter, option.rect, 0, None, theme.tokens.outline)


def menu_item_size(theme: Theme, option: QStyleOptionMenuItem) -> QSize:
    if option.menuItemType == _Kind.Separator:
        return QSize(10, 9)
    metrics = QFontMetrics(theme.font(Role.BODY))
    text, _, keys = option.text.partition("\t")
    width = metrics.size(Qt.TextFlag.TextShowMnemonic, text).width() + 2 * _PAD + theme.px(16) + 8
    if keys:
        width += metrics.horizontalAdvance(keys) + 24
    if option.menuItemType == _Kind.SubMenu:
        width += theme.px(16)
    return QSize(width, max(32, metrics.height() + 14))


def paint_menu_item(theme: Theme, option: QStyleOptionMenuItem, painter: QPainter) -> None:
    tokens = theme.tokens
    rect = QRectF(option.rect)
    if option.menuItemType == _Kind.Separator:
        line_below(painter, rect.adjusted(8, 0, -8, -4), tokens.hair)
        return
    enabled = bool(option.state & _State.State_Enabled)
    if option.state & _State.State_Selected and enabled:
        rounded(painter, rect.adjusted(4, 0, -4, 0), 5, tokens.accent_bg)
    icon = theme.px(16)
    content = rect.adjusted(_PAD, 0, -_PAD, 0)
    reverse = option.direction is Qt.LayoutDirection.RightToLeft
    lead = QRectF(
        content.right() - icon if reverse else content.x(), rect.center().y() - icon / 2, icon, icon
    )
    if option.checkType != QStyleOptionMenuItem.CheckType.NotCheckable:
        if option.checked:
            theme.icons.paint(painter, lead, "check", tokens.accent, 2.5)
    elif not option.icon.isNull():
        option.icon.paint(painter, lead.toRect())
    text, _, keys = option.text.partition("\t")
    painter.setFont(theme.font(Role.BODY))
    painter.setPen(tokens.text if enabled else tokens.muted)
    shift = icon + 8
    words = content.adjusted(0, 0, -shift, 0) if reverse else content.adjusted(shift, 0, 0, 0)
    near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    if reverse:
        near, far = far, near
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic | Qt.TextFlag.TextSingleLine)
    painter.drawText(words, flags | int(near), text)
    painter.setPen(tokens.muted)
    if keys:
        painter.drawText(words, flags | int(far), keys)
    if option.menuItemType == _Kind.SubMenu:
        arrow = QRectF(content.x() if reverse else content.right() - icon, lead.y(), icon, icon)
        theme.icons.paint(painter, arrow, "chevron-left" if reverse else "chevron-right", tokens.muted)
