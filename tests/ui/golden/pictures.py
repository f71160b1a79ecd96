"""Pictures of pages that a person has looked at, and how a new one is compared with them."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter

from app.ui.theme.theme import Scheme, Theme
from app.ui.theme.typography import Role
from tests.ui.rendering import discard, render
from tests.ui.scenes.registry import Scene, all_scenes

FOLDER = Path(__file__).parent
SCHEMES = (Scheme.LIGHT, Scheme.DARK)
NAMES = (
    "05-map",
    "12-components",
    "21-frame-refused",
    "30-start-draft",
    "31-connect-ok",
    "32-fields",
    "35-try-change",
    "36-live",
    "40-relay-listening",
    "56-mappings",
    "60-segment-straight",
    "70-metrics",
    "when-1-typical",
)
FONTS = ("Inter", "JetBrains Mono")
LETTERS = "letters"

_COLORS = 256
# A value of a pixel may be off by this much, and this share of the pixels by more.
_OFF = 40
_SHARE = 0.0005
_LETTERS_SHARE = 0.01
_MOMENT = datetime(2026, 3, 4, 10, 41, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """``share`` of all pixels are off; they lie in ``where``."""

    share: float
    where: QRect

    def __str__(self) -> str:
        at = self.where
        return (
            f"{self.share:.3%} of the pixels differ, all of them in the area "
            f"{at.width()}x{at.height()} at {at.x()},{at.y()}"
        )


class _Frozen(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _Frozen:
        return cls.fromtimestamp(_MOMENT.timestamp(), tz)


@contextmanager
def the_same_moment() -> Iterator[None]:
    """It is always the same time of the same day, in UTC, for what a page says about now."""
    with ExitStack() as until_later:
        until_later.enter_context(patch.dict(os.environ, TZ="UTC"))
        if hasattr(time, "tzset"):
            until_later.callback(time.tzset)
            time.tzset()
        seconds = _MOMENT.timestamp()
        until_later.enter_context(patch("time.time", lambda: seconds))
        until_later.enter_context(patch("time.time_ns", lambda: int(seconds) * 1_000_000_000))
        until_later.enter_context(patch("app.ui.events.events_model.datetime", _Frozen))
        yield


def scenes() -> list[Scene]:
    return [each for each in all_scenes() if each.name in NAMES]


def pictures_of(scene: Scene, theme: Theme) -> dict[str, QImage]:
    """The picture of each colour scheme, by the name of its file."""
    with the_same_moment():
        theme.set_scheme(SCHEMES[0])
        window = scene.build(theme)
        taken = {}
        for scheme in SCHEMES:
            theme.set_scheme(scheme)
            taken[f"{scene.name}-{scheme}"] = render(window, QSize(*scene.size))
        discard(window)
        return taken


def letters(theme: Theme) -> QImage:
    """Words in the fonts of the pictures: where they look different, so does every page."""
    image = QImage(360, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    painter.setPen(QColor("#000000"))
    for number, role in enumerate((Role.BODY, Role.TITLE, Role.MONO)):
        painter.setFont(theme.font(role))
        line = QRect(4, 4 + 24 * number, 352, 24)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), "Sphinx of black quartz, 0123456789")
    painter.end()
    return image


def missing_fonts() -> list[str]:
    return [family for family in FONTS if family not in QFontDatabase.families()]


def drawn_otherwise(theme: Theme) -> str:
    """Why pages cannot look as they do in the pictures on this computer; empty when they can."""
    missing = missing_fonts()
    if missing:
        return f"the pictures were drawn with the font {' and '.join(missing)}, which is not installed here"
    found = difference(letters(theme), load(LETTERS), share=_LETTERS_SHARE)
    return f"letters are drawn otherwise here than in the pictures: {found}" if found else ""


def load(name: str) -> QImage:
    """The picture as it was kept; empty when there is none."""
    return QImage(str(FOLDER / f"{name}.png")).convertToFormat(QImage.Format.Format_RGB32)


def as_kept(image: QImage) -> QImage:
    """With the 256 colours that are used most: a third of the size, and the tokens' colours are exact."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    colors = Counter(memoryview(plain.constBits()).cast("I"))
    table = [color for color, _ in colors.most_common(_COLORS)]
    nearest = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, nearest)


def save(name: str, image: QImage, folder: Path = FOLDER) -> None:
    as_kept(image).save(str(folder / f"{name}.png"), "PNG", 0)  # type: ignore[call-overload]


def difference(image: QImage, kept: QImage, *, share: float = _SHARE) -> Difference | None:
    """Where they differ by more than is tolerated, None when they do not."""
    if image.size() != kept.size():
        return Difference(1.0, image.rect())
    one, other = (each.convertToFormat(QImage.Format.Format_RGB888) for each in (as_kept(image), kept))
    left, top, right, bottom, count = one.width(), one.height(), 0, 0, 0
    for y in range(one.height()):
        # The lines of a picture are padded to whole words, which may hold anything.
        length = one.width() * 3
        ours, theirs = bytes(one.constScanLine(y))[:length], bytes(other.constScanLine(y))[:length]
        if ours == theirs:
            continue
        off = {at // 3 for at in range(length) if abs(ours[at] - theirs[at]) > _OFF}
        if off:
            count += len(off)
            left, right = min(left, *off), max(right, *off)
            top, bottom = min(top, y), y
    found = count / (one.width() * one.height())
    return Difference(found, QRect(left, top, right - left + 1, bottom - top + 1)) if found > share else None
