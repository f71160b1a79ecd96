"""Cards: a surface with an outline, without a shadow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme.painting import CARD_RADIUS, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel

_HEADER_HEIGHT = 44


class Card(QFrame):
    """Put content into ``body``. ``heading``, a muted ``note`` and, at the right, ``fact`` stand on one line.

    ``flush`` cards have no padding: for tables and lists that reach the outline. ``behind`` names the token
    of the colour behind the card, which the corners of flush content are painted with.
    """

    def __init__(
        self,
        theme: Theme,
        heading: str = "",
        fact: str = "",
        *,
        note: str = "",
        padding: int = 16,
        flush: bool = False,
        fill: str = "surface",
        behind: str = "window",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fill = fill
        self._tone: Tone | None = None
        pad = 1 if flush else padding
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(pad, pad, pad, pad)
        self.body.setSpacing(0 if flush else 8)
        self.heading = Label(theme, heading, Role.HEADING)
        self.fact = ElidedLabel(theme, fact, Role.CAPTION, "muted")
        self.heading_row = QHBoxLayout()
        self.heading_row.setSpacing(8)
        if heading or fact:
            self.heading_row.addWidget(self.heading)
            self.heading_row.addWidget(Label(theme, note, Role.CAPTION, "muted"))
            self.heading_row.addStretch(1)
            self.heading_row.addWidget(self.fact)
            self.body.addLayout(self.heading_row)
            self.setAccessibleName(heading)
        else:
            self.heading.setParent(None)
            self.fact.setParent(None)
        self._corners = RoundCorners(theme, self, behind) if flush else None
        theme.changed.connect(self.update)

    def set_tone(self, tone: Tone | None) -> None:
        """Tint the card's fill and outline, or take the tint away with None."""
        self._tone = tone
        self.update()

    def outline(self) -> tuple[str, float]:
        """Colour and width of the outline; subclasses choose their own."""
        line = self._theme.tokens.border if self._tone is None else self._theme.tone(self._tone).line
        return line, 1.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        fill = getattr(tokens, self._fill) if self._tone is None else self._theme.tone(self._tone).bg
        line, width = self.outline()
        rounded(QPainter(self), self.rect(), CARD_RADIUS, fill, line, width)


class RoundCorners(QWidget):
    """Lies over a card with square content and paints the four corners back, then the outline.

    Smooth at any scale, unlike a mask on the content.
    """

    def __init__(self, theme: Theme, card: Card, behind: str) -> None:
        super().__init__(card)
        self._theme = theme
        self._card = card
        self._behind = behind
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        card.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.setGeometry(self._card.rect())
        elif kind in (QEvent.Type.ChildAdded, QEvent.Type.LayoutRequest):
            self.raise_()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        square, inside = QPainterPath(), QPainterPath()
        square.addRect(rect)
        inside.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)
        painter.fillPath(square.subtracted(inside), self._theme.color(self._behind))
        line, width = self._card.outline()
        rounded(painter, rect, CARD_RADIUS, None, line, width)


class ResultCard(Card):
    """What a check found: a tinted header with icon and title, details in ``details`` below."""

    def __init__(
        self,
        theme: Theme,
        tone: Tone,
        title: str,
        fact: str = "",
        icon: str = "circle-check",
        *,
        behind: str = "window",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, flush=True, behind=behind, parent=parent)
        self._result_tone = tone
        self._header = _TintedHeader(theme, tone)
        row = QHBoxLayout(self._header)
        row.setContentsMargins(15, 10, 15, 10)
        row.setSpacing(10)
        self._icon = Icon(theme, icon, tone.value, 18)
        self.title = WrappedLabel(theme, title, Role.LABEL)
        self._fact = Label(theme, fact, Role.CAPTION, "muted")
        row.addWidget(self._icon)
        row.addWidget(self.title, 1)
        row.addWidget(self._fact)
        self.body.addWidget(self._header)
        self.details = QVBoxLayout()
        self.details.setContentsMargins(15, 12, 15, 15)
        self.details.setSpacing(8)
        self.body.addLayout(self.details)

    def set_result(self, tone: Tone, markup: str, fact: str, icon: str) -> None:
        """``markup`` is rich text, escaped by the caller."""
        self._result_tone = tone
        self._header.set_tone(tone)
        self._icon.set_icon(icon, tone.value)
        self.title.set_markup(markup)
        self._fact.setText(fact)
        self.update()

    def outline(self) -> tuple[str, float]:
        return self._theme.tone(self._result_tone).line, 1.0


class _TintedHeader(QWidget):
    def __init__(self, theme: Theme, tone: Tone) -> None:
        super().__init__()
        self._theme = theme
        self._tone = tone

    def set_tone(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    # Not setMinimumHeight: it would replace the minimum that the layout finds, and squeeze wrapped text.
    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, _HEADER_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(0, _HEADER_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._theme.tone(self._tone)
        painter.fillRect(self.rect(), tone.bg)
        painter.fillRect(0, self.height() - 1, self.width(), 1, tone.line)


class FactGrid(QWidget):
    """Names at the left in muted text, values at the right: "Organization  Acme Inc."."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(7)
        self._names: list[Label] = []

    def add(self, name: str, value: str | QWidget, *, mono: bool = False) -> QWidget:
        """Append one line and return the widget that shows the value."""
        row = QHBoxLayout()
        row.setSpacing(12)
        label = Label(self._theme, name, Role.BODY, "muted")
        self._names.append(label)
        role = Role.MONO if mono else Role.BODY
        shown: QWidget = ElidedLabel(self._theme, value, role) if isinstance(value, str) else value
        if isinstance(shown, QLabel):
            label.setBuddy(shown)
        row.addWidget(label)
        row.addWidget(shown, 1)
        self._rows.addLayout(row)
        self._align()
        return shown

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.FontChange):
            self._align()
        return super().event(event)

    def _align(self) -> None:
        widest = max((name.sizeHint().width() for name in self._names), default=0)
        for name in self._names:
            name.setMinimumWidth(widest)
