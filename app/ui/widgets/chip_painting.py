"""How chips look, usable by widgets, delegates and text editors alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from app.ui.theme.painting import line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role


class ChipLook(StrEnum):
    """Square: a name. Code and key: in the fixed font. Variable and function: parts of a mapping."""

    SQUARE = "square"
    CODE = "code"
    VARIABLE = "variable"
    FUNCTION = "function"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class ChipSpec:
    """``icon`` goes before the text; function chips have the bolt without being told."""

    text: str
    look: ChipLook = ChipLook.SQUARE
    icon: str = ""


_WIDEST = 260
_ICON = 12


def chip_font(theme: Theme, look: ChipLook) -> QFont:
    if look in (ChipLook.CODE, ChipLook.VARIABLE):
        return theme.font(Role.MONO_SMALL)
    if look is ChipLook.FILTER:
        return theme.font(Role.CAPTION_STRONG)
    font = theme.font(Role.CAPTION_STRONG)
    font.setPixelSize(theme.font(Role.AXIS).pixelSize())
    return font


def chip_size(theme: Theme, spec: ChipSpec) -> QSize:
    """The size a chip wants, at most 260 px (at 100 % text) wide: longer names are elided in the middle."""
    metrics = QFontMetrics(chip_font(theme, spec.look))
    width = min(metrics.horizontalAdvance(spec.text), theme.px(_WIDEST))
    if _icon_of(spec):
        width += theme.px(_ICON) + 4
    if spec.look is ChipLook.FILTER:
        return QSize(width + 18, max(28, metrics.height() + 10))
    return QSize(width + 14, max(20, metrics.height() + 6))


def paint_chip(
    theme: Theme, painter: QPainter, rect: QRectF, spec: ChipSpec, *, selected: bool = False
) -> None:
    """Draw the chip into ``rect``; ``selected`` shows it as part of a selection or with focus."""
    tone = {ChipLook.VARIABLE: Tone.ACCENT, ChipLook.FUNCTION: Tone.VIOLET, ChipLook.FILTER: Tone.ACCENT}.get(
        spec.look, Tone.NEUTRAL
    )
    colors = theme.tone(tone)
    radius = rect.height() / 2 if spec.look is ChipLook.FILTER else 5
    rounded(painter, rect, radius, colors.bg, colors.line)
    if selected:
        rounded(painter, rect, radius, None, theme.tokens.accent, 2)
    content = rect.adjusted(9 if spec.look is ChipLook.FILTER else 7, 0, -6, 0)
    text_color = theme.tokens.text if tone is Tone.NEUTRAL else colors.text
    icon = _icon_of(spec)
    if icon:
        size = theme.px(_ICON)
        box = QRectF(content.x() - 1, rect.center().y() - size / 2, size, size)
        theme.icons.paint(painter, box, icon, text_color)
        content.setLeft(box.right() + 4)
    line_of_text(
        painter,
        content,
        spec.text,
        chip_font(theme, spec.look),
        text_color,
        elide=Qt.TextElideMode.ElideMiddle,
    )


def _icon_of(spec: ChipSpec) -> str:
    return spec.icon or ("zap" if spec.look is ChipLook.FUNCTION else "")
