"""The text roles: each is a size relative to the system font, a weight and, for code, the fixed font."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

_BASE_PX = 13
_SMALLEST_PX = 11


class Role(StrEnum):
    """What a piece of text is for."""

    TITLE = "title"
    SECTION = "section"
    HEADING = "heading"
    LABEL = "label"
    BODY = "body"
    CAPTION = "caption"
    CAPTION_STRONG = "caption strong"
    TABLE_HEADER = "table header"
    BADGE = "badge"
    AXIS = "axis"
    NUMBER = "number"
    NUMBER_LARGE = "number large"
    FIGURE = "figure"
    FIGURE_SMALL = "figure small"
    MONO = "mono"
    MONO_SMALL = "mono small"


@dataclass(frozen=True, slots=True)
class _Shape:
    """``size`` is in px for a base font of 13 px."""

    size: int
    weight: int
    tabular: bool = False
    mono: bool = False


_SHAPES = {
    Role.TITLE: _Shape(20, 600),
    Role.SECTION: _Shape(15, 600),
    Role.HEADING: _Shape(13, 600),
    Role.LABEL: _Shape(13, 500),
    Role.BODY: _Shape(13, 400),
    Role.CAPTION: _Shape(12, 400),
    Role.CAPTION_STRONG: _Shape(12, 500),
    Role.TABLE_HEADER: _Shape(12, 500),
    Role.BADGE: _Shape(12, 500),
    Role.AXIS: _Shape(11, 400, tabular=True),
    Role.NUMBER: _Shape(18, 600, tabular=True),
    Role.NUMBER_LARGE: _Shape(22, 600, tabular=True),
    Role.FIGURE: _Shape(13, 400, tabular=True),
    Role.FIGURE_SMALL: _Shape(12, 400, tabular=True),
    Role.MONO: _Shape(12, 400, mono=True),
    Role.MONO_SMALL: _Shape(11, 400, mono=True),
}


class Typography:
    """Makes the fonts of all roles from one proportional and one fixed font.

    ``base`` and ``fixed`` default to the system's own; ``base`` sets the size everything follows.
    Sizes are in device independent px.
    """

    def __init__(self, base: QFont | None = None, fixed: QFont | None = None) -> None:
        self._base = base or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._fixed = fixed or QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._px = float(QFontInfo(self._base).pixelSize() or _BASE_PX)
        self._cache: dict[tuple[Role, float], QFont] = {}

    def ratio(self, scale: float) -> float:
        """How much larger than the 13 px reference everything that holds text is at this text scale."""
        return self._px * scale / _BASE_PX

    def font(self, role: Role, scale: float) -> QFont:
        """The font of a role at a text scale of 1.0 to 2.0."""
        key = (role, scale)
        if key not in self._cache:
            self._cache[key] = self._build(_SHAPES[role], scale)
        return QFont(self._cache[key])

    def _build(self, shape: _Shape, scale: float) -> QFont:
        font = QFont(self._fixed if shape.mono else self._base)
        wanted = shape.size * self._px / _BASE_PX
        font.setPixelSize(round(max(wanted, _SMALLEST_PX) * scale))
        font.setWeight(QFont.Weight(shape.weight))
        if shape.mono:
            # Ligatures would show "!=" or "->" in an ID as one sign that nobody can copy by eye.
            font.setFeature(QFont.Tag("calt"), 0)
            font.setFeature(QFont.Tag("liga"), 0)
        if shape.tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font
