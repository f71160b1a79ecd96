"""Code in a sunken box: JSON with colours, anything else plain."""

from __future__ import annotations

import json
import math
import re
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from app.json_value import JsonValue
from app.ui.theme.painting import FOCUS_WIDTH, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

_TOKEN = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?P<string>"(?:\\.|[^"\\])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|(?P<mark>[{}\[\],:])"
)


class CodeLanguage(StrEnum):
    JSON = "json"
    PLAIN = "plain"


class JsonHighlighter(QSyntaxHighlighter):
    """Keys accent, strings green, numbers and words violet, punctuation muted."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        tokens = self._theme.tokens
        colors = {"key": tokens.accent, "string": tokens.ok, "number": tokens.violet, "mark": tokens.muted}
        for match in _TOKEN.finditer(text):
            shape = QTextCharFormat()
            shape.setForeground(QColor(colors[match.lastgroup or "mark"]))
            self.setFormat(match.start(), match.end() - match.start(), shape)


class CodeBox(QFrame):
    """Read only unless ``editable``. ``fit`` makes the box as high as its text (up to ``most_lines``).

    ``wide`` keeps room for the bar that long lines need, so that it never covers the last one.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        language: CodeLanguage = CodeLanguage.JSON,
        *,
        name: str = "",
        editable: bool = False,
        small: bool = True,
        fit: bool = False,
        most_lines: int = 24,
        wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fit = fit
        self._most_lines = most_lines
        self._wide = wide
        self._role = Role.MONO_SMALL if small else Role.MONO
        self._editable = editable
        self.edit = QPlainTextEdit()
        self.edit.setFrameShape(QFrame.Shape.NoFrame)
        self.edit.setReadOnly(not editable)
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setAccessibleName(name or self.tr("Code"))
        self.edit.document().setDocumentMargin(0)
        self.setFocusProxy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 9, 6, 9)
        column.addWidget(self.edit)
        self._highlighter = (
            JsonHighlighter(theme, self.edit.document()) if language is CodeLanguage.JSON else None
        )
        theme.changed.connect(self._restyle)
        self._restyle()
        self.edit.installEventFilter(self)
        self.set_text(text)

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        self.edit.setPlainText(text)
        self._fit_height()

    def set_json(self, value: JsonValue) -> None:
        """Show a decoded JSON value, two spaces per level."""
        self.set_text(json.dumps(value, indent=2, ensure_ascii=False))

    def set_invalid(self, *, invalid: bool) -> None:
        self.setProperty("invalid", invalid)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        fill = tokens.raised if self._editable else tokens.sunken
        line: str = tokens.outline if self._editable else tokens.border
        width = 1
        if self.property("invalid"):
            line, width = tokens.error, FOCUS_WIDTH
        elif self.edit.hasFocus():
            line, width = tokens.accent, FOCUS_WIDTH
        rounded(QPainter(self), self.rect(), 8, fill, line, width)

    def _restyle(self) -> None:
        self.edit.setFont(self._theme.font(self._role))
        palette = self.edit.palette()
        fill = self._theme.color("raised" if self._editable else "sunken")
        palette.setColor(QPalette.ColorRole.Base, fill)
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        self.edit.setPalette(palette)
        self._fit_height()

    def _fit_height(self) -> None:
        if self._fit:
            lines = min(self._most_lines, max(1, self.edit.blockCount()))
            bar = self.edit.horizontalScrollBar().sizeHint().height() if self._wide else 0
            # A line is laid out on whole pixels; the rounded spacing of the font may be one less.
            line = math.ceil(QFontMetricsF(self.edit.font()).lineSpacing())
            self.edit.setFixedHeight(lines * line + 4 + bar)
