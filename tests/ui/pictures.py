"""Looking at what a widget painted."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from tests.ui.rendering import render


def picture(widget: QWidget) -> QImage:
    """What the widget looks like now, as plain RGB."""
    return render(widget).convertToFormat(QImage.Format.Format_RGB32)


def colors_of(image: QImage) -> Counter[str]:
    """How many pixels have which colour."""
    counted: Counter[str] = Counter()
    for y in range(image.height()):
        for x in range(image.width()):
            counted[image.pixelColor(x, y).name().upper()] += 1
    return counted


def shows(widget: QWidget, color: str, at_least: int = 4) -> bool:
    """Whether ``color`` (a token's value) is visible on the widget."""
    return colors_of(picture(widget))[QColor(color).name().upper()] >= at_least
