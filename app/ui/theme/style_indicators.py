"""The box of a check box and the disc of a radio button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOption

from app.ui.theme.painting import FOCUS_WIDTH, rounded

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

_State = QStyle.StateFlag


def paint_check(theme: Theme, option: QStyleOption, painter: QPainter) -> None:
    """A rounded box; ticked it is filled with the accent, partly ticked it shows a bar."""
    tokens = theme.tokens
    rect = QRectF(option.rect).adjusted(2, 2, -2, -2)
    on = bool(option.state & (_State.State_On | _State.State_NoChange))
    enabled = bool(option.state & _State.State_Enabled)
    accent = tokens.accent if enabled else tokens.muted
    if on:
        rounded(painter, rect, 4, accent)
        name = "minus" if option.state & _State.State_NoChange else "check"
        theme.icons.paint(painter, rect.adjusted(2.5, 2.5, -2.5, -2.5), name, tokens.on_accent, 3.5)
    else:
        rounded(painter, rect, 4, tokens.raised, tokens.outline, tokens.outline_width)
    if option.state & _State.State_HasFocus:
        rounded(painter, option.rect, 6, None, tokens.accent, FOCUS_WIDTH)


def paint_radio(theme: Theme, option: QStyleOption, painter: QPainter) -> None:
    """A disc; chosen it is filled with the accent around a small light dot."""
    tokens = theme.tokens
    rect = QRectF(option.rect).adjusted(2, 2, -2, -2)
    radius = rect.width() / 2
    enabled = bool(option.state & _State.State_Enabled)
    if option.state & _State.State_On:
        rounded(painter, rect, radius, tokens.accent if enabled else tokens.muted)
        inset = rect.width() * 0.31
        dot = rect.adjusted(inset, inset, -inset, -inset)
        rounded(painter, dot, dot.width() / 2, tokens.on_accent)
    else:
        rounded(painter, rect, radius, tokens.raised, tokens.outline, tokens.outline_width)
    if option.state & _State.State_HasFocus:
        rounded(painter, option.rect, radius + 2, None, tokens.accent, FOCUS_WIDTH)
