"""What the events page shows while there is nothing in the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.storage.profile import Mode
from app.ui.relay.health import waiting_lines
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import mode_word
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckLine, CheckList
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label


class _Surface(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))


def _scrolling(widget: QWidget) -> QScrollArea:
    """``widget`` on the surface it stands on, wholly reachable in a low window too."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area


class WaitingState(_Surface):
    """No event was ever stored: what to do, and a checklist of what is proven."""

    setup_requested = Signal()
    why_requested = Signal()
    toast_requested = Signal(str)

    def __init__(self, theme: Theme, controller: RelayController) -> None:
        super().__init__(theme)
        self._controller = controller
        self._lines: tuple[CheckLine, ...] = ()
        self.send_button = Button(theme, self.tr("Send myself an event"), ButtonKind.PRIMARY, icon="send")
        self.start_button = Button(theme, self.tr("Start relay"), ButtonKind.PRIMARY, icon="play")
        self.copy_button = Button(theme, self.tr("Copy URL"), icon="copy")
        self._setup_button = Button(theme, self.tr("Look at the setup"), ButtonKind.LINK)
        self.why_button = Button(theme, self.tr("Why did nothing happen?"), ButtonKind.LINK)
        self.why_button.clicked.connect(self.why_requested)
        self._checks = CheckList(theme, ruled=True)
        card = Card(theme)
        card.body.addWidget(self._checks)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(card)
        column.addLayout(self._question(theme))
        self._empty = EmptyState(
            theme,
            self.tr("Waiting for the first event"),
            " ",
            buttons=(self.send_button, self.start_button, self.copy_button),
            below=below,
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 1, 0, 0)
        outer.addWidget(_scrolling(self._empty))
        self.send_button.clicked.connect(lambda: controller.send_own_event())
        self.start_button.clicked.connect(controller.start)
        self.copy_button.clicked.connect(self._copy)
        self._setup_button.clicked.connect(self.setup_requested)
        self.show_state()

    def first_button(self) -> QWidget:
        return self.send_button if self._controller.running else self.start_button

    def show_state(self) -> None:
        controller = self._controller
        status = controller.status
        running = controller.running
        self.send_button.setVisible(running)
        self.start_button.setVisible(not running)
        self.copy_button.setVisible(bool(status.url))
        if self.send_button.busy != controller.sending:
            self.send_button.set_busy(busy=controller.sending)
        if self.start_button.busy != controller.switching:
            self.start_button.set_busy(busy=controller.switching)
        if status.mode is Mode.LIVE:
            text = self.tr("Events change Close as they arrive. They appear here within a second.")
        else:
            text = self.tr("Nothing is sent to Close in {mode}. Events appear here within a second.").format(
                mode=mode_word(status.mode)
            )
        self._empty.set_text(self.tr("Waiting for the first event"), text)
        lines = waiting_lines(controller.profile, status, controller.figures)
        if lines != self._lines:
            self._lines = lines
            self._checks.set_lines(lines)

    def _question(self, theme: Theme) -> FlowLayout:
        row = FlowLayout(spacing=8, side=Side.CENTER)
        row.addWidget(Icon(theme, "circle-question-mark", "muted", 14))
        row.addWidget(Label(theme, self.tr("Nothing after 5 minutes?"), Role.CAPTION, "muted"))
        row.addWidget(self._setup_button)
        row.addWidget(self.why_button)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._controller.status.url)
        self.toast_requested.emit(self.tr("URL copied"))


class NoMatch(_Surface):
    """There are events, and none of them passes the filter."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.clear_button = Button(theme, self.tr("Clear filters"), icon="x")
        self.why_button = Button(theme, self.tr("Why did nothing happen?"), icon="circle-question-mark")
        empty = EmptyState(
            theme,
            self.tr("No event matches"),
            self.tr("Names, ids, reasons and the events’ values are searched."),
            icon="search",
            buttons=(self.clear_button, self.why_button),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.addWidget(_scrolling(empty))


class FailedState(QWidget):
    """The events could not be read."""

    again_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 24, 24, 24)

    def show_error(self, error: AppError) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        again = Button(self._theme, self.tr("Read again"), icon="refresh-cw")
        again.clicked.connect(self.again_requested)
        self._column.addWidget(ErrorBlock(self._theme, error, (again,)))
        self._column.addStretch(1)
