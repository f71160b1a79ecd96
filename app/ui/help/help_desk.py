"""F1: opens the help about the focused field, keeps it in step with the page, and puts it away again."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.ui.frame.page import DrawerContent
from app.ui.frame.window import FrameWindow
from app.ui.help.help_panel import HelpPanel
from app.ui.help.topics import topic_of
from app.ui.language.translator import spoken_language
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.help_pages import help_page


class HelpDesk(QObject):
    """Belongs to one window."""

    def __init__(
        self, theme: Theme, frame: FrameWindow, unexpected: UnexpectedErrors, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._frame = frame
        self._unexpected = unexpected
        self._topic = ("", "")
        self.panel = HelpPanel(theme)
        self.panel.page_wanted.connect(lambda key: self._show((key, "")))
        frame.help_requested.connect(self._asked)
        frame.page_shown.connect(self._follow)

    @property
    def shown(self) -> bool:
        return self._frame.shows_help

    def _asked(self) -> None:
        """F1 once more about the same thing puts the help away."""
        topic = topic_of(QApplication.focusWidget(), self._frame.current_key)
        if self.shown and (topic == self._topic or self.panel.hasFocus()):
            self._frame.hide_help()
        else:
            self._show(topic)

    def _follow(self, key: str) -> None:
        if self.shown:
            self._show(topic_of(None, key))

    def _show(self, topic: tuple[str, str]) -> None:
        key, anchor = self._topic = topic
        try:
            page = help_page(key, spoken_language())
        except AppError as error:
            self._unexpected.happened.emit(error)
            return
        self.panel.show_help(page, anchor)
        part = page.part(anchor)
        title = self.tr("Help: {page}").format(page=page.title)
        self._frame.show_help(DrawerContent(title, self.panel))
        self._frame.announce(part.title if part else title)
