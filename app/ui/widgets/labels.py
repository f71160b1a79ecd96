"""Labels that know their text role and colour, wrap at the right height, or elide."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.theme.text import LEADING_PERCENT, paragraph, plain
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

_LEAST_LETTERS = 3


class Label(QLabel):
    """One line of plain text. ``color`` is the name of a colour in ``Tokens``."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = Role.BODY,
        color: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._role = role
        self._color = color
        self.setTextFormat(Qt.TextFormat.PlainText)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_color(self, color: str) -> None:
        self._color = color
        self._restyle()

    def set_role(self, role: Role) -> None:
        self._role = role
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._role))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._color))
        self.setPalette(palette)
        self.updateGeometry()


class WrappedLabel(Label):
    """Running text with 120 % leading whose height follows its width in both directions.

    ``QLabel`` with word wrap gets wrong heights in nested layouts; this one answers with the height of its
    present width and asks again whenever that width changes.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = Role.BODY,
        color: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", role, color, parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self.set_text(text)
        self._trim_last_line()

    def set_text(self, text: str) -> None:
        """Plain text; line breaks are kept."""
        self.set_markup(plain(text))

    def set_markup(self, markup: str) -> None:
        """Rich text; whatever comes from outside has to be escaped with ``theme.text.plain`` before."""
        self.setText(paragraph(markup) if markup else "")
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(self.width(), QLabel.heightForWidth(self, self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _restyle(self) -> None:
        super()._restyle()
        self._trim_last_line()

    def _trim_last_line(self) -> None:
        """Qt adds the leading below every line; below the last it would only push the next widget down."""
        extra = round(self.fontMetrics().height() * (LEADING_PERCENT - 100) / 100)
        self.setContentsMargins(0, 0, 0, -extra)


class ElidedLabel(Label):
    """One line that shortens itself; the whole text stays in the tool tip and for screen readers."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = Role.BODY,
        color: str = "text",
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, role, color, parent)
        self._elide = elide
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        text = self.text()
        start = text if len(text) <= _LEAST_LETTERS else text[:_LEAST_LETTERS] + "…"
        width = self.fontMetrics().horizontalAdvance(start) + 1
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_when_shortened()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_when_shortened()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._color))
        painter.setFont(self.font())
        box: QRect = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), self._elide, box.width())
        painter.drawText(box, int(self.alignment()) | int(Qt.TextFlag.TextSingleLine), shown)

    def _tell_when_shortened(self) -> None:
        needed = self.fontMetrics().horizontalAdvance(self.text())
        self.setToolTip(plain(self.text()) if needed > self.contentsRect().width() else "")
