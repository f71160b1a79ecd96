"""Render every registered page and state: ``python -m tests.ui.contact_sheet OUT_DIR [NAME…]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.ui.theme.theme import Scheme, Theme
from tests.ui.rendering import make_theme, render_file
from tests.ui.scenes.registry import Scene, all_scenes

_THUMBNAIL = QSize(560, 380)
_GAP = 16
_CAPTION = 24


def render_scene(scene: Scene, theme: Theme, folder: Path) -> list[Path]:
    """The pictures of one scene: light, dark and, where wanted, 200 % text."""
    variants = [("light", Scheme.LIGHT, 1.0), ("dark", Scheme.DARK, 1.0)]
    if scene.large_text:
        variants.append(("200", Scheme.LIGHT, 2.0))
    paths = []
    for suffix, scheme, scale in variants:
        path = folder / f"{scene.name}-{suffix}.png"
        render_file(scene.build, theme, path, size=scene.size, scheme=scheme, scale=scale)
        paths.append(path)
    return paths


def index_sheet(paths: list[Path], columns: int = 3) -> QImage:
    """All pictures as captioned thumbnails."""
    rows = (len(paths) + columns - 1) // columns
    step_x, step_y = _THUMBNAIL.width() + _GAP, _THUMBNAIL.height() + _GAP + _CAPTION
    sheet = QImage(columns * step_x + _GAP, rows * step_y + _GAP, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#80858F"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, path in enumerate(paths):
        x, y = _GAP + number % columns * step_x, _GAP + number // columns * step_y
        picture = QImage(str(path)).scaled(
            _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawImage(x, y + _CAPTION, picture)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(QRectF(x, y, _THUMBNAIL.width(), _CAPTION), path.stem)
    painter.end()
    return sheet


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    theme = make_theme(app)
    wanted = arguments[1:]
    paths: list[Path] = []
    for scene in all_scenes():
        if not wanted or any(name in scene.name for name in wanted):
            paths += render_scene(scene, theme, folder)
    index_sheet(paths).save(str(folder / "index.png"))
    sys.stdout.write(f"{len(paths)} pictures in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
