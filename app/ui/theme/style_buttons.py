"""Push buttons: primary, secondary, ghost, link, danger, in two sizes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QWidget

from app.ui.theme.painting import FIELD_RADIUS, FOCUS_WIDTH, mix, rounded

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

_GAP = 6
_State = QStyle.StateFlag


class ButtonKind(StrEnum):
    """What a button is for; the style reads it from the dynamic property ``kind``."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GHOST = "ghost"
    LINK = "link"
    DANGER = "danger"
    DANGER_FINAL = "danger final"


def _kind(option: QStyleOptionButton, widget: QWidget | None) -> ButtonKind:
    named = widget.property("kind") if widget is not None else None
    if named:
        return ButtonKind(named)
    is_default = bool(option.features & QStyleOptionButton.ButtonFeature.DefaultButton)
    return ButtonKind.PRIMARY if is_default else ButtonKind.SECONDARY


def _flag(widget: QWidget | None, name: str) -> bool:
    return bool(widget is not None and widget.property(name))


def _word(widget: QWidget | None, name: str) -> str:
    return str((widget.property(name) if widget is not None else "") or "")


def _padding(kind: ButtonKind, small: bool, has_text: bool) -> int:
    if not has_text:
        return 6
    if kind is ButtonKind.LINK:
        return 4
    return 10 if small or kind is ButtonKind.GHOST else 14


def push_button_size(theme: Theme, option: QStyleOptionButton, widget: QWidget | None) -> QSize:
    """Room for text, icons and padding; at least 28 px high (small) or 32 px."""
    small, text = _flag(widget, "small"), option.text
    metrics = QFontMetrics(widget.font()) if widget is not None else option.fontMetrics
    icon = theme.px(16)
    width = metrics.size(Qt.TextFlag.TextShowMnemonic, text).width() if text else 0
    leading = bool(_word(widget, "iconName")) or _flag(widget, "busy")
    for present in (leading, bool(_word(widget, "trailingIcon"))):
        if present:
            width += icon + (_GAP if text else 0)
    width += 2 * _padding(_kind(option, widget), small, bool(text))
    height = max(28 if small else 32, metrics.height() + (12 if small else 16))
    return QSize(width if text else max(width, height), height)


class _Look:
    """Fill, outline and text of one button in its present state."""

    def __init__(self, theme: Theme, option: QStyleOptionButton, widget: QWidget | None) -> None:
        tokens = theme.tokens
        self.kind = _kind(option, widget)
        self.busy = _flag(widget, "busy")
        self.off = self.busy or not option.state & _State.State_Enabled
        self.focused = bool(option.state & _State.State_HasFocus) and bool(
            option.state & _State.State_Enabled
        )
        hovered = bool(option.state & _State.State_MouseOver) and not self.off
        pressed = bool(option.state & (_State.State_Sunken | _State.State_On)) and not self.off
        solid = {ButtonKind.PRIMARY: "accent", ButtonKind.DANGER_FINAL: "error"}.get(self.kind)
        self.fill: QColor | None = None
        self.line: QColor | None = None
        self.inner_ring: QColor | None = None
        if solid:
            self._solid(theme, solid, hovered, pressed)
        elif self.kind in (ButtonKind.SECONDARY, ButtonKind.DANGER):
            danger = self.kind is ButtonKind.DANGER
            self.fill = QColor(tokens.hover if hovered or pressed else tokens.raised)
            if tokens.dark and (hovered or pressed):
                self.fill = mix(tokens.raised, tokens.text, 0.12 if pressed else 0.06)
            self.line = QColor(tokens.error if danger else tokens.outline)
            self.text = QColor(tokens.error if danger else tokens.text)
        elif self.kind is ButtonKind.GHOST:
            self.fill = QColor(tokens.track if pressed else tokens.hover) if hovered or pressed else None
            self.text = QColor(tokens.muted)
        else:
            self.fill = QColor(tokens.hover) if hovered or pressed else None
            self.text = QColor(tokens.accent)
        if self.off:
            self.text = QColor(tokens.muted)
            if self.kind not in (ButtonKind.GHOST, ButtonKind.LINK):
                self.fill, self.line = QColor(tokens.track), None

    def _solid(self, theme: Theme, name: str, hovered: bool, pressed: bool) -> None:
        tokens = theme.tokens
        base = getattr(tokens, name)
        on = tokens.on_accent if name == "accent" else tokens.on_error
        self.fill = mix(base, on, 0.18 if pressed else 0.10) if hovered or pressed else QColor(base)
        self.text = QColor(on)
        self.inner_ring = QColor(on)


def paint_push_button(
    theme: Theme, option: QStyleOptionButton, painter: QPainter, widget: QWidget | None
) -> None:
    """Draw the whole button: shape, focus ring, icons and text."""
    look = _Look(theme, option, widget)
    rect = QRectF(option.rect)
    rounded(painter, rect, FIELD_RADIUS, look.fill, look.line, theme.tokens.outline_width)
    if look.focused:
        if look.inner_ring is not None and not look.off:
            # On a filled button the ring would vanish in the fill: an inner ring in the text colour shows it.
            rounded(painter, rect.adjusted(2, 2, -2, -2), FIELD_RADIUS - 2, None, look.inner_ring, 1.5)
        else:
            rounded(painter, rect, FIELD_RADIUS, None, theme.tokens.accent, FOCUS_WIDTH)
    _paint_content(theme, option, painter, widget, look)


def _paint_content(
    theme: Theme, option: QStyleOptionButton, painter: QPainter, widget: QWidget | None, look: _Look
) -> None:
    icon, text = theme.px(16), option.text
    font = widget.font() if widget is not None else painter.font()
    metrics = QFontMetrics(font)
    leading = "loader-circle" if look.busy else _word(widget, "iconName")
    trailing = _word(widget, "trailingIcon")
    gap = _GAP if text else 0
    icons_width = sum(icon + gap for name in (leading, trailing) if name)
    room = option.rect.width() - 2 * _padding(look.kind, _flag(widget, "small"), bool(text)) - icons_width
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 1, Qt.TextFlag.TextShowMnemonic)
    text_width = metrics.size(Qt.TextFlag.TextShowMnemonic, shown).width() if shown else 0
    rect = QRectF(option.rect)
    x = rect.x() + (rect.width() - text_width - icons_width) / 2
    y = rect.y() + (rect.height() - icon) / 2
    right_to_left = option.direction is Qt.LayoutDirection.RightToLeft
    first, last = (trailing, leading) if right_to_left else (leading, trailing)
    if first:
        _paint_icon(theme, painter, QRectF(x, y, icon, icon), first, look, widget)
        x += icon + gap
    painter.setFont(font)
    painter.setPen(look.text)
    box = QRectF(x, rect.y(), text_width + 1, rect.height())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic), shown)
    if last:
        _paint_icon(theme, painter, QRectF(x + text_width + gap, y, icon, icon), last, look, widget)


def _paint_icon(
    theme: Theme, painter: QPainter, rect: QRectF, name: str, look: _Look, widget: QWidget | None
) -> None:
    angle = float(widget.property("angle") or 0) if widget is not None and look.busy else 0.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.rotate(angle)
    theme.icons.paint(
        painter, QRectF(-rect.width() / 2, -rect.height() / 2, rect.width(), rect.height()), name, look.text
    )
    painter.restore()
