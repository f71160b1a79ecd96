"""Rendering of widgets into pictures, without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QFont, QFontDatabase, QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.theme.theme import Scheme, Theme

_SETTLE_ROUNDS = 6
_AWAY_FROM_THE_POINTER = 40


def make_theme(app: QApplication, scheme: Scheme = Scheme.LIGHT) -> Theme:
    """A theme with Inter and JetBrains Mono where they are installed, so that pictures can be compared."""
    return Theme(
        app, scheme=scheme, base_font=_font("Inter", 13), fixed_font=_font("JetBrains Mono", 13, fixed=True)
    )


def settle(widget: QWidget) -> None:
    """Let layouts of widgets whose height follows their width come to rest, without waiting for time."""
    for _ in range(_SETTLE_ROUNDS):
        QApplication.sendPostedEvents(None, 0)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
        layout = widget.layout()
        if layout is not None:
            layout.activate()


def render(widget: QWidget, size: QSize | None = None, ratio: float = 1.0) -> QImage:
    """A picture of ``widget`` (a window) at ``size`` in logical px and ``ratio`` pixels per px."""
    if size is not None:
        widget.resize(size)
    if not widget.isVisible():
        widget.move(_AWAY_FROM_THE_POINTER, _AWAY_FROM_THE_POINTER)
    widget.show()
    settle(widget)
    image = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().window().color())
    widget.render(image)
    return image


def render_file(
    build: Callable[[Theme], QWidget],
    theme: Theme,
    path: Path,
    *,
    size: tuple[int, int] = (1120, 760),
    scheme: Scheme = Scheme.LIGHT,
    scale: float = 1.0,
    ratio: float = 1.0,
) -> QImage:
    """Build, show and save one widget; the theme is left as asked for."""
    theme.set_scheme(scheme)
    theme.set_text_scale(scale)
    widget = build(theme)
    image = render(widget, QSize(*size), ratio)
    image.save(str(path))
    discard(widget)
    return image


def discard(widget: QWidget) -> None:
    """Have done with a shown window, before the next one is built."""
    widget.close()
    widget.deleteLater()
    QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete.value)


def _font(family: str, px: int, *, fixed: bool = False) -> QFont:
    if family in QFontDatabase.families():
        font = QFont(family)
    else:
        wanted = QFontDatabase.SystemFont.FixedFont if fixed else QFontDatabase.SystemFont.GeneralFont
        font = QFontDatabase.systemFont(wanted)
    font.setPixelSize(px)
    return font
