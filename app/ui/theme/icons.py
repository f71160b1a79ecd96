"""Line icons from SVG files, tinted at the moment they are painted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.resource_files import resource


def stroke_for(size: float) -> float:
    """The line width, in units of the 24 px drawing, that looks even at ``size`` px."""
    return 2.0 if size < 15 else 1.75


class Icons:
    """The icon files of one folder. A renderer is kept per name, colour and stroke width."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or resource("icons")
        self._texts: dict[str, str] = {}
        self._renderers: dict[tuple[str, str, float], QSvgRenderer] = {}

    def paint(
        self, painter: QPainter, rect: QRectF | QRect, name: str, color: QColor | str, stroke: float = 0.0
    ) -> None:
        """Draw the icon ``name`` into ``rect``; ``stroke`` 0 picks the line width that fits the size."""
        target = QRectF(rect)
        width = stroke or stroke_for(target.width())
        self._renderer(name, QColor(color).name(QColor.NameFormat.HexArgb), width).render(painter, target)

    def pixmap(self, name: str, size: int, color: QColor | str, ratio: float = 1.0) -> QPixmap:
        """A pixmap of ``size`` logical px, for the few places of Qt that take nothing else."""
        self._text(name)  # an unknown name has to raise here: an exception under a painter crashes Qt
        pixels = max(1, round(size * ratio))
        image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRectF(0, 0, pixels, pixels), name, color, stroke_for(size))
        painter.end()
        image.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(image)

    def app_icon(self) -> QIcon:
        """The program's own icon in the usual sizes."""
        icon = QIcon()
        renderer = QSvgRenderer(str(self._folder / "app-icon.svg"))
        for size in (16, 24, 32, 48, 64, 128, 256):
            image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            renderer.render(painter)
            painter.end()
            icon.addPixmap(QPixmap.fromImage(image))
        return icon

    def _renderer(self, name: str, color: str, stroke: float) -> QSvgRenderer:
        key = (name, color, stroke)
        if key not in self._renderers:
            opaque, alpha = f"#{color[3:]}", int(color[1:3], 16) / 255
            text = self._text(name).replace("currentColor", opaque)
            text = text.replace('stroke-width="2"', f'stroke-width="{stroke}" stroke-opacity="{alpha:.3f}"')
            self._renderers[key] = QSvgRenderer(QByteArray(text.encode()))
        return self._renderers[key]

    def _text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        return self._texts[name]


class TintedIconEngine(QIconEngine):
    """Lets a ``QIcon`` (menu entries) look up its colour when painted, so it follows the theme."""

    def __init__(self, icons: Icons, name: str, color: Callable[[], str]) -> None:
        """``color`` is called without arguments at every paint and returns ``#RRGGBB``."""
        super().__init__()
        self._icons = icons
        self._name = name
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, _mode: QIcon.Mode, _state: QIcon.State) -> None:
        self._icons.paint(painter, rect, self._name, self._color())

    def pixmap(self, size: QSize, _mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        return self._icons.pixmap(self._name, size.width(), self._color())

    def clone(self) -> QIconEngine:
        return TintedIconEngine(self._icons, self._name, self._color)
