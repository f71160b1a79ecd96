"""The relay's state in one card: the word, since when, the URL for Segment, start and stop."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.relay.status import RelayState, RelayStatus
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import STATE_TONES, mode_consequence, mode_word, span, state_word
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Dot
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField


class StateCard(Card):
    """Shows the controller's state; the buttons act on the controller."""

    url_copied = Signal()

    def __init__(self, theme: Theme, controller: RelayController, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._controller = controller
        self._dot = Dot(theme, size=12, halo=True)
        self._word = Label(theme, "", Role.NUMBER)
        self._since = Label(theme, "", Role.BODY, "muted")
        self._detail = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self.send_button = Button(theme, self.tr("Send myself an event"), icon="send")
        self.start_button = Button(theme, self.tr("Start relay"), ButtonKind.PRIMARY, icon="play")
        self.stop_button = Button(theme, self.tr("Stop"), icon="square")
        self.url = ReadOnlyField(theme, self.tr("Webhook URL for Segment"))
        self._url_row = QWidget()
        self.body.setSpacing(14)
        self.body.addLayout(self._head())
        self.body.addWidget(self._url_line(theme))
        self._connect()
        self.show_state()

    def show_state(self) -> None:
        status = self._controller.status
        self._dot.set_tone(STATE_TONES[status.state])
        self._word.setText(state_word(status.state))
        self._since.setText(self._since_text())
        self._detail.set_text(self._detail_text(status))
        stopped = status.state in (RelayState.STOPPED, RelayState.ERROR, RelayState.STARTING)
        self.start_button.setVisible(stopped)
        self.stop_button.setVisible(not stopped)
        _set_busy(self.start_button, busy=status.state is RelayState.STARTING)
        _set_busy(self.stop_button, busy=status.state is RelayState.STOPPING)
        _set_busy(self.send_button, busy=self._controller.sending)
        self.send_button.setVisible(self._controller.running)
        self.start_button.set_text(self.tr("Start relay in {mode}").format(mode=mode_word(status.mode)))
        self._url_row.setVisible(bool(status.url))
        if status.url != self.url.value():
            self.url.set_value(status.url)
        self.setAccessibleName(self.tr("Relay: {state}").format(state=self._word.text()))
        self.setAccessibleDescription(self._detail_text(status))

    def _since_text(self) -> str:
        since = self._controller.listening_since
        return "" if since is None else self.tr("for {span}").format(span=span(time.monotonic() - since))

    def _detail_text(self, status: RelayStatus) -> str:
        match status.state:
            case RelayState.LISTENING if status.address is not None:
                return self.tr("On {host}, port {port}. {consequence}").format(
                    host=status.address.host,
                    port=status.address.port,
                    consequence=mode_consequence(status.mode),
                )
            case RelayState.STOPPING:
                return self.tr("{n} changes are being finished.").format(n=status.in_flight)
            case RelayState.STARTING:
                return self.tr("The keyring may ask to be unlocked.")
            case RelayState.STOPPED:
                return self.tr(
                    "Segment cannot deliver while the relay does not run; it tries again for hours."
                )
        return status.trouble

    def _head(self) -> QHBoxLayout:
        state = QHBoxLayout()
        state.setSpacing(10)
        state.addWidget(self._word)
        state.addWidget(self._since, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(state)
        words.addWidget(self._detail)
        buttons = FlowLayout(spacing=8, at_end=True)
        for button in (self.send_button, self.start_button, self.stop_button):
            buttons.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._dot)
        row.addLayout(words, 1)
        row.addLayout(buttons)
        return row

    def _url_line(self, theme: Theme) -> QWidget:
        column = QVBoxLayout(self._url_row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(Hair(theme))
        column.addWidget(self.url)
        return self._url_row

    def _connect(self) -> None:
        self.send_button.clicked.connect(lambda: self._controller.send_own_event())
        self.start_button.clicked.connect(self._controller.start)
        self.stop_button.clicked.connect(self._controller.stop)
        self.url.copied.connect(self.url_copied)


def _set_busy(button: Button, *, busy: bool) -> None:
    if button.busy != busy:
        button.set_busy(busy=busy)
