"""The contract between a page and the window around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.commands import CommandSet
from app.ui.frame.drawer import HELP_WIDTH
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.labels import WrappedLabel

FORM_WIDTH = 720
_ACTIONS_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class DrawerContent:
    """What a page wants beside it. ``open_at_first`` is the state before a person has decided."""

    title: str
    widget: QWidget
    width: int = HELP_WIDTH
    open_at_first: bool = True


class PageHeader(QWidget):
    """The title, which is an instruction, one sentence of why, and widgets at the right."""

    def __init__(self, theme: Theme, title: str, why: str) -> None:
        super().__init__()
        self._title = WrappedLabel(theme, title, Role.TITLE)
        self._why = WrappedLabel(theme, why, Role.BODY, "muted")
        if not why:
            self._why.hide()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._why)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._row.addLayout(words, 1)
        self._row.addLayout(self._actions)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right of the title."""
        self._actions.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the actions would leave the title too little room they go below it."""
        super().resizeEvent(event)
        crowded = self._actions.sizeHint().width() > self.width() * _ACTIONS_SHARE
        wanted = QBoxLayout.Direction.TopToBottom if crowded else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)
            self._row.setAlignment(
                self._actions, Qt.AlignmentFlag.AlignLeft if crowded else Qt.AlignmentFlag(0)
            )

    def set_text(self, title: str, why: str) -> None:
        self._title.set_text(title)
        self._why.set_text(why)
        self._why.setVisible(bool(why))


class Page(QWidget):
    """Subclasses fill ``body`` and answer the questions below.

    With ``scrolls`` header and body are in a scroll area, so that nothing is lost in a small window or
    with large text. Without it the page owns its space: ``body`` has no margins and no header is made
    (``header`` can be placed by the page). ``form`` limits the column to 720 px (at 100 % text).
    """

    commands_changed = Signal()
    drawer_changed = Signal()
    announced = Signal(str, bool)
    toast_requested = Signal(str, object)

    #: Below this window width (px at 100 % text) the rail shows icons only.
    icons_below = 980

    def __init__(
        self,
        theme: Theme,
        title: str,
        why: str = "",
        *,
        scrolls: bool = True,
        form: bool = False,
        margin: int = 24,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = title
        self.why = why
        self.header = PageHeader(theme, title, why)
        self._form = form
        self._column: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if scrolls:
            self.body = self._scrolling_body(outer, margin)
            self.body.addWidget(self.header)
            self.body.addSpacing(20 - self.body.spacing())
        else:
            self.body = outer
        theme.changed.connect(self._limit_column)
        self._limit_column()

    @property
    def valid(self) -> bool:
        """Whether the primary command would work now."""
        return True

    @property
    def busy(self) -> bool:
        return False

    @property
    def error(self) -> AppError | None:
        """What the page shows as its error block, if anything."""
        return None

    def initial_focus(self) -> QWidget | None:
        """The widget that gets the keyboard when the page is shown."""
        return None

    def filter_field(self) -> QWidget | None:
        """The field that "/" and Ctrl+F go to, on pages that have one."""
        return None

    def commands(self) -> CommandSet:
        """What the bottom bar offers; asked again whenever ``commands_changed`` fires."""
        return CommandSet()

    def drawer(self) -> DrawerContent | None:
        """What stands in the drawer; asked again whenever ``drawer_changed`` fires."""
        return None

    def activated(self) -> None:
        """The page has come to the front."""

    def left(self) -> None:
        """The page is about to go to the back."""

    def retitle(self, title: str, why: str = "") -> None:
        self.title, self.why = title, why
        self.header.set_text(title, why)

    def announce(self, text: str, *, assertive: bool = False) -> None:
        """Say something to people who use a screen reader; assertive only for errors that block."""
        self.announced.emit(text, assertive)

    def _scrolling_body(self, outer: QVBoxLayout, margin: int) -> QVBoxLayout:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(margin, 24, margin, 24)
        row.setSpacing(0)
        self._column = QWidget()
        body = QVBoxLayout(self._column)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(12)
        row.addWidget(self._column, 1)
        row.addStretch(0)
        area.setWidget(content)
        outer.addWidget(area)
        return body

    def _limit_column(self) -> None:
        if self._form and self._column is not None:
            self._column.setMaximumWidth(self.theme.px(FORM_WIDTH))
