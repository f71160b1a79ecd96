"""Code for a site or a server that makes the calls the mappings wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.connect.segment_values import SegmentValues
from app.ui.frame.tasks import AsyncTask
from app.ui.help.topics import explain
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.card import Card
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.samples import built_in_samples
from app.workflows.snippet_calls import snippet_calls
from app.workflows.snippets import Language, snippet

# As high as the code: a box that scrolls inside a page that scrolls hides the calls at its end.
_LINES = 400


class SnippetPanel(QWidget):
    """``copied`` fires once the code is on the clipboard; ``failed`` carries an ``AppError``."""

    copied = Signal()
    failed = Signal(object)

    def __init__(
        self, theme: Theme, values: SegmentValues, unexpected: Callable[[BaseException], None]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._values = values
        self._copy_soon = False
        self.languages = Segmented(
            theme,
            self.tr("Language"),
            (
                Segment(Language.BROWSER, "analytics.js"),
                Segment(Language.NODE, "Node"),
                Segment(Language.PYTHON, "Python"),
            ),
        )
        self.box = CodeBox(
            theme,
            "",
            CodeLanguage.PLAIN,
            name=self.tr("Code to copy"),
            fit=True,
            most_lines=_LINES,
            wide=True,
        )
        self._where = WrappedLabel(theme, "", Role.BODY, "muted")
        self._write = AsyncTask("write a snippet", unexpected=unexpected, parent=self)
        self._write.succeeded.connect(self._written)
        self._write.failed.connect(self.failed)
        explain(self, "segment", "code")
        self._lay_out()
        self.languages.chosen.connect(lambda _key: self.refresh())

    @property
    def language(self) -> Language:
        return Language(self.languages.current())

    @property
    def busy(self) -> bool:
        return self._write.busy

    def refresh(self) -> None:
        """Write the code anew: mappings, events or language are other ones now."""
        profile, events, language = self._values.profile(), tuple(self._values.events()), self.language
        self._where.set_text(self._place(language))

        def write() -> str:
            known = (*events, *(sample.body for sample in built_in_samples()))
            return snippet(language, snippet_calls(profile, known))

        self._write.run(lambda: asyncio.to_thread(write), self.tr("Writing the code…"))

    def stop(self) -> None:
        self._copy_soon = False
        self._write.cancel()

    def copy(self) -> None:
        """Copy the code, or have it copied as soon as it is written."""
        self._copy_soon = self.busy
        if not self.busy and self.box.text():
            QGuiApplication.clipboard().setText(self.box.text())
            self.copied.emit()

    def _written(self, code: str) -> None:
        if code != self.box.text():
            self.box.set_text(code)
        if self._copy_soon:
            self.copy()

    def _place(self, language: Language) -> str:
        if language is Language.BROWSER:
            return self.tr("Goes on the site after Segment’s own snippet, which brings the write key.")
        return self.tr(
            "Takes the write key of the source from SEGMENT_WRITE_KEY. The first line says what to install."
        )

    def _lay_out(self) -> None:
        advice = Banner(
            self._theme,
            Tone.INFO,
            self.tr("Identify reaches Close only when something has changed"),
            self.tr(
                "Identify on every page load is the usual cause of used-up API limits in Close. This code "
                "says Close: false in the integrations object while the traits are the same."
            ),
        )
        card = Card(self._theme)
        card.body.setSpacing(12)
        card.body.addWidget(self.languages)
        card.body.addWidget(self._where)
        card.body.addWidget(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(advice)
        column.addWidget(card)
