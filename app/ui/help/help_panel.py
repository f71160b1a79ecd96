"""Help in the drawer: about one field first, with the way to the whole page."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.workflows.help_pages import PAGES, HelpPage

_LINE_PERCENT = 125
_MARGIN = 20


class HelpPanel(QTextBrowser):
    """Shows pages of help; a link to another page of help asks for it, other links open a browser."""

    page_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._markdown = ""
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Help"))
        self.anchorClicked.connect(self._follow)
        theme.changed.connect(self._draw)

    def show_help(self, page: HelpPage, anchor: str = "") -> None:
        """The part about one field, or the whole page."""
        part = page.part(anchor)
        if part is None:
            text = page.markdown
        else:
            more = self.tr("All about this page: {page}").format(page=page.title)
            text = f"## {part.title}\n\n{part.text}\n\n[{more}]({page.key}.md)"
        keys = "" if page.key == "keys" else f"\n\n[{self.tr('All keys')}](keys.md)"
        self._markdown = text + keys
        self._draw()

    def _draw(self) -> None:
        theme = self._theme
        palette = self.palette()
        # The drawer's own surface and edge stay in sight.
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.Link, theme.color("accent"))
        self.setPalette(palette)
        self.setFont(theme.font(Role.BODY))
        document = self.document()
        document.setDefaultFont(theme.font(Role.BODY))
        document.setDocumentMargin(theme.px(_MARGIN))
        document.setIndentWidth(theme.px(_MARGIN))
        self.setMarkdown(self._markdown)
        self._shape()

    def _shape(self) -> None:
        """Headings in the sizes of the window, and room between the lines."""
        theme, document = self._theme, self.document()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            cursor.setPosition(block.position())
            form = cursor.blockFormat()
            form.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            heading = form.headingLevel() > 0
            form.setTopMargin(theme.px(16 if heading else 6))
            form.setBottomMargin(theme.px(2))
            cursor.setBlockFormat(form)
            if heading:
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                letters = cursor.charFormat()
                letters.setProperty(letters.Property.FontSizeAdjustment, 0)
                letters.setFont(theme.font(Role.HEADING))
                cursor.setCharFormat(letters)
            block = block.next()
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow(self, link: QUrl) -> None:
        key = link.path().removesuffix(".md")
        if link.isRelative() and key in PAGES:
            self.page_wanted.emit(key)
        elif not link.isRelative():
            QDesktopServices.openUrl(link)
