"""The relay's state in one card: the word, since when, the URL for Segment, start and stop."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.relay.reach_status import ReachState
from app.relay.status import RelayState, RelayStatus
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import (
    STATE_TONES,
    ago,
    clock_minute,
    milliseconds,
    mode_consequence,
    mode_word,
    span,
    state_word,
)
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Dot
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField

_STACKED_BELOW = 440


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
        self.check_button = Button(theme, self.tr("Check now"), icon="refresh-cw")
        self.url = ReadOnlyField(theme, self.tr("Webhook URL for Segment"), side=(self.check_button,))
        self._url_row = QWidget()
        self._head_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.body.setSpacing(14)
        self.body.addLayout(self._head())
        self.body.addWidget(self._url_line(theme))
        self._connect()
        self.show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons go below where they would leave the words too little room."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_BELOW)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._head_row.direction() is not wanted:
            self._head_row.setDirection(wanted)

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
        _set_busy(self.check_button, busy=status.reach.checking)
        self.check_button.setVisible(status.state.listens and status.reach.state is not ReachState.NO_URL)
        self.send_button.setVisible(self._controller.running)
        self.start_button.set_text(self.tr("Start relay in {mode}").format(mode=mode_word(status.mode)))
        self._url_row.setVisible(bool(status.url))
        if status.url != self.url.value():
            self.url.set_value(status.url)
        self._show_url_note(status)
        self.setAccessibleName(self.tr("Relay: {state}").format(state=self._word.text()))
        self.setAccessibleDescription(self._detail_text(status))

    def _since_text(self) -> str:
        status = self._controller.status
        since_ms = {
            RelayState.REACHABLE: status.reach.proven_since_ms,
            RelayState.UNREACHABLE: status.reach.failing_since_ms,
        }.get(status.state)
        if since_ms is not None:
            return self.tr("for {span}").format(span=span(time.time() - since_ms / 1000))
        since = self._controller.listening_since
        return "" if since is None else self.tr("for {span}").format(span=span(time.monotonic() - since))

    def _detail_text(self, status: RelayStatus) -> str:
        match status.state:
            case RelayState.REACHABLE:
                return self._proof_text(status)
            case RelayState.LISTENING if status.address is not None:
                place = self.tr("On {host}, port {port}.").format(
                    host=status.address.host, port=status.address.port
                )
                return " ".join((place, self.tr("Not reachable yet:"), _lower(status.reach.missing)))
            case RelayState.UNREACHABLE:
                return " ".join((status.reach.missing, self._last_proof_text(status))).strip()
            case RelayState.STOPPING:
                return self.tr("{n} changes are being finished.").format(n=status.in_flight)
            case RelayState.STARTING:
                return self.tr("The keyring may ask to be unlocked.")
            case RelayState.STOPPED:
                return self.tr(
                    "Segment cannot deliver while the relay does not run; it tries again for hours."
                )
        return status.trouble

    def _proof_text(self, status: RelayStatus) -> str:
        reach = status.reach
        when = ago(time.time() - (reach.last_proven_ms or 0) / 1000)
        return self.tr("Round trip proven {when}, {time}. {consequence}").format(
            when=when,
            time=milliseconds(reach.round_trip_ms or 0),
            consequence=mode_consequence(status.mode),
        )

    def _last_proof_text(self, status: RelayStatus) -> str:
        proven_ms = status.reach.last_proven_ms
        if proven_ms is None:
            return self.tr("It was never proven.")
        return self.tr("Last proven {time}.").format(time=clock_minute(proven_ms))

    def _show_url_note(self, status: RelayStatus) -> None:
        """What Copy would take along: a URL that is proven, is not, or no longer is what Segment has."""
        reach = status.reach
        if reach.url_changed:
            self.url.set_error(
                self.tr("The public URL changed since you copied it. Paste it in Segment again.")
            )
            return
        self.url.set_error("")
        if reach.proven:
            self.url.set_help("")
        elif reach.public_url:
            remedy = reach.trouble.remedy if reach.trouble else self.tr("Not proven yet.")
            self.url.set_help(remedy)
        else:
            trouble = reach.tunnel.trouble if reach.tunnel else None
            words = (
                trouble.remedy if trouble else self.tr("Segment needs a public address; choose one below.")
            )
            self.url.set_help(" ".join((self.tr("On this computer only."), words)))

    def _head(self) -> QBoxLayout:
        state = QHBoxLayout()
        state.setSpacing(10)
        state.addWidget(self._word)
        state.addWidget(self._since, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(state)
        words.addWidget(self._detail)
        buttons = FlowLayout(spacing=8, side=Side.END)
        for button in (self.send_button, self.start_button, self.stop_button):
            buttons.addWidget(button)
        said = QHBoxLayout()
        said.setSpacing(14)
        said.addWidget(self._dot)
        said.addLayout(words, 1)
        self._head_row.setSpacing(14)
        self._head_row.addLayout(said, 1)
        self._head_row.addLayout(buttons)
        return self._head_row

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


def _lower(sentence: str) -> str:
    """A sentence after a colon; names of programs keep their case."""
    return sentence[:1].lower() + sentence[1:]


def _set_busy(button: Button, *, busy: bool) -> None:
    if button.busy != busy:
        button.set_busy(busy=busy)
