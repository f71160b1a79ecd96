"""The middle of the page: header, choice of mapping, and below it the rows or the same mapping as JSON."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.ui.mapping.map_header import FilterBar, MapHeader, MappingBar
from app.ui.mapping.rows_model import RowsModel
from app.ui.mapping.rows_view import RowsView
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.card import Card
from app.ui.widgets.field import NoteLine
from app.ui.widgets.labels import WrappedLabel


class FieldsColumn(QScrollArea):
    """The list scrolls by itself; where the window is too low even for a few rows, the whole column does."""

    def __init__(self, theme: Theme, header: MapHeader, model: RowsModel) -> None:
        super().__init__()
        self.bar = MappingBar(theme)
        self.filter = FilterBar(theme)
        self.banner = Banner(theme, Tone.ERROR, " ")
        self.banner.hide()
        self.note = NoteLine(theme)
        self.nothing = WrappedLabel(theme, "", Role.BODY, "muted")
        self.nothing.hide()
        self.rows = RowsView(theme, model)
        self.card = Card(theme, flush=True)
        self.card.body.addWidget(self.rows)
        self.card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.views = _Views()
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(8)
        fields.addWidget(self.nothing)
        fields.addWidget(self.card)
        fields.addStretch(1)
        self.views.addWidget(self._fields)
        self.messages = QVBoxLayout()
        self.messages.setSpacing(8)
        self.slot = MessageSlot(theme)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 18, 20, 20)
        column.setSpacing(12)
        column.addWidget(header)
        column.addWidget(self.bar)
        column.addWidget(self.filter)
        column.addLayout(self.messages)
        column.addWidget(self.slot)
        column.addWidget(self.banner)
        column.addWidget(self.note)
        column.addWidget(self.views, 1)
        self.setWidget(content)

    def say(self, tone: Tone | None, title: str, text: str = "") -> None:
        """What concerns the mapping as a whole: an error in a banner, the rest in a line; None clears."""
        grave = tone is Tone.ERROR
        if grave:
            self.banner.set(Tone.ERROR, title, text)
        self.banner.setVisible(grave)
        warning = tone is Tone.WARN
        icon = "triangle-alert" if warning else "info"
        quiet = "" if grave or tone is None else title
        self.note.show_text(quiet, "warn" if warning else "muted", icon)

    def show_fields(self) -> None:
        self.views.setCurrentWidget(self._fields)

    def show_view(self, view: QWidget) -> None:
        """Something else in the place of the rows."""
        if self.views.indexOf(view) < 0:
            self.views.addWidget(view)
        self.views.setCurrentWidget(view)


class _Views(QStackedWidget):
    """Asks for what the shown view needs; a hidden one must not make the page scroll."""

    def sizeHint(self) -> QSize:
        current = self.currentWidget()
        return current.sizeHint() if current is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        current = self.currentWidget()
        return current.minimumSizeHint() if current is not None else super().minimumSizeHint()
