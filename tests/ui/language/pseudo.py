"""A language nobody speaks: what is asked for is accented and 40 % longer, the rest shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from app.ui.language.catalogue import Catalogue, load
from app.ui.language.translator import WindowTranslator

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "àƀćđéƒĝĥíĵķļɱñôþɋŕšţũṽŵẋýžÀƁĆĐÉƑĜĤÍĴĶĻṀÑÔÞɊŔŠŢŨṼŴẊÝŽ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w+;|%\d)")
_LONGER = 0.4


def pseudo(text: str) -> str:
    """``text`` as this language has it; places, markup and entities stay."""
    if not re.search(r"[A-Za-z]{2}", _KEPT.sub("", text)):
        return text
    accented = "".join(
        part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in _KEPT.split(text)
    )
    missing = max(1, round(len(_KEPT.sub("", text)) * _LONGER))
    words = (" ôñé" * (missing // 4 + 1))[:missing] if missing >= 4 else "ó" * missing
    return accented + words.rstrip()


def is_pseudo(text: str) -> bool:
    return any(letter in _ACCENTED for letter in text)


class _Phrases:
    def said(self, text: str) -> str:
        return pseudo(text)


class PseudoTranslator(WindowTranslator):
    """Has a translation for everything."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(Catalogue("qps", "Ƥšéũđô", {}, {}), app)
        self.phrases = _Phrases()

    def translate(self, _context: str, source: str, _what: str | None = None, _n: int = -1) -> str | None:
        return pseudo(source)


@contextmanager
def speaking(
    app: QApplication,
    translator: WindowTranslator,
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
) -> Iterator[None]:
    """The whole program speaks another language inside this block."""
    before = QLocale()
    if translator.catalogue.code != "qps":
        QLocale.setDefault(QLocale(translator.catalogue.code))
    app.installTranslator(translator)
    app.setLayoutDirection(direction)
    try:
        yield
    finally:
        app.removeTranslator(translator)
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        QLocale.setDefault(before)
        # A translator that is still a child of the program would go on being asked for phrases.
        translator.setParent(None)


def german(app: QApplication) -> WindowTranslator:
    return WindowTranslator(load("de"), app)
