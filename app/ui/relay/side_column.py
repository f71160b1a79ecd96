"""Beside the relay: what is set up and proven, the one next action, and what happened meanwhile."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.relay.reach_status import ReachState
from app.relay.status import RelayStatus
from app.storage.profile import Mode, Profile
from app.ui.relay.gaps import away_lines
from app.ui.relay.health import setup_health
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.relay_figures import RelayFigures
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.gauge import SegmentProgress
from app.ui.widgets.labels import Label


class NextStep(StrEnum):
    """What a person does next; the line of the checklist it belongs to is found by its order."""

    SETUP = "setup"
    START = "start"
    ADDRESS = "address"
    SEND = "send"
    REVIEW = "review"


def next_step(profile: Profile, status: RelayStatus, figures: RelayFigures) -> tuple[int, NextStep] | None:
    """The first line that a person can do something about, and what; None when all is well."""
    checks = (
        (0, NextStep.SETUP, status.waiting_for_key or profile.organization is None),
        (2, NextStep.SETUP, not any(each.enabled for each in profile.mappings)),
        (4, NextStep.START, not status.state.listens),
        (5, NextStep.ADDRESS, status.reach.state is ReachState.NO_URL),
        (6, NextStep.SEND, figures.last is None),
        (7, NextStep.REVIEW, status.mode is not Mode.LIVE and figures.last is not None),
    )
    return next(((line, step) for line, step, wanted in checks if wanted), None)


class SideColumn(QWidget):
    """``step_requested`` carries a ``NextStep``."""

    step_requested = Signal(object)
    events_requested = Signal()

    def __init__(self, theme: Theme, controller: RelayController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._controller = controller
        self._away = CheckList(theme)
        self._away_lines: tuple[CheckLine, ...] = ()
        self._away_card = Card(theme, self.tr("While you were away"))
        self.events_button = Button(theme, self.tr("Show in Events"), ButtonKind.LINK, small=True)
        self._health = CheckList(theme)
        self._health_shown: object = None
        self._health_fact = Label(theme, "", Role.CAPTION, "muted")
        self._progress = QVBoxLayout()
        self.step_button: Button | None = None
        self._build()

    def show_health(self) -> None:
        controller = self._controller
        profile, status, figures = controller.profile, controller.status, controller.figures
        lines = setup_health(profile, status, figures)
        step = next_step(profile, status, figures)
        if (lines, step) == self._health_shown:
            return
        self._health_shown = (lines, step)
        proven = sum(line.state is CheckState.PROVEN for line in lines)
        self._health_fact.setText(self.tr("{n} of {all}").format(n=proven, all=len(lines)))
        clear_layout(self._progress)
        self._progress.addWidget(SegmentProgress(self._theme, self.tr("Setup"), proven, len(lines)))
        self._health.set_lines(lines, {} if step is None else {step[0]: self._step_button(step[1])})

    def show_away(self) -> None:
        figures = self._controller.figures
        lines = away_lines(figures, figures.now_ms)
        self._away_card.setVisible(bool(lines))
        self.events_button.setVisible(figures.needs_you > 0)
        if lines != self._away_lines:
            self._away_lines = lines
            self._away.set_lines(lines)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        card = Card(self._theme)
        head = QHBoxLayout()
        head.addWidget(Label(self._theme, self.tr("Setup health"), Role.SECTION), 1)
        head.addWidget(self._health_fact)
        card.body.addLayout(head)
        card.body.addLayout(self._progress)
        card.body.addSpacing(8)
        card.body.addWidget(self._health)
        card.setAccessibleName(self.tr("Setup health"))
        column.addWidget(card)
        self._away_card.body.addWidget(self._away)
        self._away_card.body.addWidget(self.events_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.events_button.clicked.connect(self.events_requested)
        column.addWidget(self._away_card)
        column.addStretch(1)

    def _step_button(self, step: NextStep) -> Button:
        text = {
            NextStep.SETUP: self.tr("Open the setup"),
            NextStep.START: self.tr("Start relay"),
            NextStep.ADDRESS: self.tr("Choose a public address"),
            NextStep.SEND: self.tr("Send myself an event"),
            NextStep.REVIEW: self.tr("Review the dry runs"),
        }[step]
        button = Button(self._theme, text, small=True)
        button.clicked.connect(lambda: self.step_requested.emit(step))
        self.step_button = button
        return button
