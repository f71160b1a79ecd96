"""What Qt and the pages ask for words in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from app.ui.language.catalogue import SOURCE_LANGUAGE, Catalogue, languages, load
from app.ui.language.phrase_book import PhraseBook

SYSTEM = ""
"""The choice that follows the desktop."""


class WindowTranslator(QTranslator):
    """Answers ``tr()`` from a catalogue, and holds the phrase book of the same language.

    A text means the same wherever it stands: contexts are ignored, so one sentence is translated once. Where
    one English word needs two translations, the two places say it with another word.
    """

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalogue = catalogue
        self.phrases = PhraseBook(catalogue.phrases)

    def isEmpty(self) -> bool:
        return False

    def translate(self, _context: str, source: str, _what: str | None = None, _n: int = -1) -> str | None:
        return self.catalogue.texts.get(source)


def speak(app: QApplication, choice: str) -> WindowTranslator | None:
    """Make the window speak ``choice`` (a code, or ``SYSTEM``) from now on; texts made before stay.

    Returns ``None`` for English. Raises ``AppError`` when the language cannot be read.
    """
    code = choice or _of_the_desktop()
    if code == SOURCE_LANGUAGE or code not in languages():
        return None
    translator = WindowTranslator(load(code), app)
    # Qt's own words (context menus, shortcuts) come from the translations it is installed with.
    qt_words = QTranslator(app)
    if qt_words.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt_words)
    app.installTranslator(translator)
    locale = QLocale(code)
    QLocale.setDefault(locale)
    app.setLayoutDirection(locale.textDirection())
    return translator


def spoken_language() -> str:
    """The code of the language the window speaks."""
    app = QCoreApplication.instance()
    translator = app.findChild(WindowTranslator) if app is not None else None
    return translator.catalogue.code if isinstance(translator, WindowTranslator) else SOURCE_LANGUAGE


def said(text: str) -> str:
    """A text from below the window (an error, a reason, a report's line) in the window's language."""
    app = QCoreApplication.instance()
    translator = app.findChild(WindowTranslator) if app is not None else None
    return translator.phrases.said(text) if isinstance(translator, WindowTranslator) else text


def reads_from_the_right() -> bool:
    app = QApplication.instance()
    return isinstance(app, QApplication) and app.layoutDirection() is Qt.LayoutDirection.RightToLeft


def _of_the_desktop() -> str:
    for language in QLocale.system().uiLanguages():
        code = language.split("-")[0]
        if code in languages():
            return code
    return SOURCE_LANGUAGE
