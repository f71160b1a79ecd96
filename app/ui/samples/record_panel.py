"""Recording live: start and stop, the address for Segment, what has arrived."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.samples.recorder import Recorder, RecordPhase
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import State, StateBadge
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField


class RecordPanel(QWidget):
    """Shows a recorder's state and passes on what a person wants of it. None: nothing to record with."""

    def __init__(self, theme: Theme, recorder: Recorder | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recorder = recorder
        self._title = WrappedLabel(theme, "", Role.HEADING)
        self._text = WrappedLabel(theme, "", Role.BODY, "muted")
        self.badge = StateBadge(theme, State.WORKING, self.tr("Recording"))
        self.url = ReadOnlyField(theme, self.tr("Address for Segment’s webhook"))
        self.start_button = Button(theme, self.tr("Start recording"), icon="radio")
        self.stop_button = Button(theme, self.tr("Stop recording"), icon="square")
        self.send_button = Button(theme, self.tr("Send myself one"), icon="send")
        self.take_button = Button(theme, "", ButtonKind.GHOST, icon="history")
        self._live = Banner(
            theme,
            Tone.WARN,
            self.tr("The relay is Live"),
            self.tr(
                "While you record, arriving events are kept and not sent to Close. "
                "Afterwards the relay is Live again, and they can be queued on the Events page."
            ),
        )
        self._lay_out(theme)
        if recorder is not None:
            recorder.changed.connect(self._show)
            self.start_button.clicked.connect(recorder.start)
            self.stop_button.clicked.connect(recorder.stop)
            self.send_button.clicked.connect(recorder.send_own_event)
            self.take_button.clicked.connect(recorder.take_received)
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self.badge)
        card.body.addLayout(head)
        card.body.addWidget(self._text)
        card.body.addWidget(self.url)
        card.body.addSpacing(4)
        buttons = FlowLayout(spacing=8)
        for button in (self.start_button, self.stop_button, self.send_button, self.take_button):
            buttons.addWidget(button)
        card.body.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._live)
        column.addWidget(card)

    def _show(self) -> None:
        recorder = self._recorder
        if recorder is None:
            self._title.set_text(self.tr("Recording is not possible here"))
            self._text.set_text(self.tr("Paste events, or read them from a file."))
            for widget in (self.badge, self.url, self.start_button, self.stop_button, self.send_button):
                widget.setVisible(False)
            self.take_button.setVisible(False)
            self._live.setVisible(False)
            return
        state = recorder.state
        recording = state.phase is RecordPhase.RECORDING
        self._show_words(state.phase, state.count)
        self.badge.setVisible(recording)
        self.url.setVisible(recording)
        self.url.set_value(state.url)
        focused = self.start_button.hasFocus() or self.stop_button.hasFocus()
        idle = state.phase in (RecordPhase.IDLE, RecordPhase.STARTING)
        self.start_button.setVisible(idle)
        self.start_button.set_busy(busy=state.phase is RecordPhase.STARTING)
        self.stop_button.setVisible(not idle)
        self.stop_button.set_busy(busy=state.phase is RecordPhase.STOPPING)
        if focused:
            (self.start_button if idle else self.stop_button).setFocus()
        self.send_button.setVisible(recording)
        self.send_button.set_busy(busy=state.sending)
        self.take_button.setVisible(state.received > 0 and idle)
        if state.received == 1:
            self.take_button.set_text(self.tr("Take the one event received before"))
        else:
            text = self.tr("Take the last {n} events received before")
            self.take_button.set_text(text.format(n=state.received))
        self._live.setVisible(state.live and state.phase is RecordPhase.IDLE)

    def _show_words(self, phase: RecordPhase, count: int) -> None:
        if phase is RecordPhase.RECORDING and not count:
            title = self.tr("Waiting for the first event")
            text = self.tr("Nothing is sent to Close in Observe mode.")
        elif phase is RecordPhase.RECORDING:
            title = (
                self.tr("1 event recorded")
                if count == 1
                else self.tr("{n} events recorded").format(n=f"{count:,}")
            )
            text = self.tr(
                "New ones appear at the top of the list. Nothing is sent to Close in Observe mode."
            )
        elif phase is RecordPhase.STARTING:
            title = self.tr("Starting the relay…")
            text = self.tr("It takes events in Observe mode: they are kept here, nothing is sent to Close.")
        elif phase is RecordPhase.STOPPING:
            title = self.tr("Stopping…")
            text = self.tr("The relay goes back to how it was before.")
        else:
            title = self.tr("Record what Segment sends")
            text = self.tr(
                "The relay takes events in Observe mode: they appear here, nothing is sent to Close."
            )
        self._title.set_text(title)
        self._text.set_text(text)
