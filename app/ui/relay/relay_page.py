"""The relay: its state and mode, what it has received, and what is not proven yet."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.errors import AppError
from app.relay.status import RelayState
from app.storage.profile import Mode
from app.ui.frame.page import Page
from app.ui.relay.access_desk import AccessDesk
from app.ui.relay.access_dialog import AccessDialog
from app.ui.relay.budget_card import BudgetCard
from app.ui.relay.flow_card import FlowCard
from app.ui.relay.gaps import drawn_gaps
from app.ui.relay.public_address_dialog import PublicAddressDialog
from app.ui.relay.reach_control import ReachControl
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.relay_figures import MINUTES, RelayFigures
from app.ui.relay.side_column import NextStep, SideColumn
from app.ui.relay.state_card import StateCard
from app.ui.relay.wording import ago, clock_minute, counted, mode_icon, mode_word, span
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.area_chart import Legend
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tile import Tile
from app.ui.widgets.timeline import Timeline, TimelineData
from app.workflows.relay_access import RelayAccess

_HEALTH_WIDTH = 256
_STACKED_BELOW = 860
_TILES_STACKED_BELOW = 520
_MINUTE_MS = 60_000
_LABEL_EVERY = 15


class RelayPage(Page):
    """``mode_requested`` carries a ``Mode``: the window asks before Live and then tells the controller.

    ``access`` changes who may post; without it (demonstrations) nobody is asked.
    """

    mode_requested = Signal(object)
    events_requested = Signal()
    setup_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        controller: RelayController,
        access: RelayAccess | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", parent=parent)
        self._controller = controller
        self._access = access
        self.retitle(self.tr("Relay"))
        self.state_card = StateCard(theme, controller)
        self.mode = Segmented(
            theme,
            self.tr("Mode"),
            tuple(
                Segment(mode.value, mode_word(mode), mode_icon(mode), strong=mode is Mode.LIVE)
                for mode in Mode
            ),
            controller.status.mode.value,
        )
        self._problem = QVBoxLayout()
        self._tiles = QGridLayout()
        self._last, self._queue = (
            Tile(theme, self.tr("Last event"), icon="inbox"),
            Tile(theme, self.tr("Queue"), icon="list"),
        )
        self._today, self._needs = (
            Tile(theme, self.tr("Received today"), icon="activity"),
            Tile(theme, self.tr("Needs you"), icon="circle-alert"),
        )
        self._timeline = Timeline(theme, self.tr("Events per minute"))
        self._chart_card = Card(theme, self.tr("Last 60 minutes"), note=self.tr("events per minute"))
        self._legend_place = QHBoxLayout()
        self._legend_mode: Mode | None = None
        self.reach = ReachControl(controller, parent=self)
        self.budget = BudgetCard(theme, controller)
        self.flow = FlowCard(theme, controller)
        self.side = SideColumn(theme, controller)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()
        self._connect()
        self._show_status()
        self._show_figures()

    @property
    def busy(self) -> bool:
        return self._controller.switching

    @property
    def error(self) -> AppError | None:
        return self._controller.error

    def initial_focus(self) -> QWidget | None:
        card = self.state_card
        return card.start_button if card.start_button.isVisibleTo(card) else card.stop_button

    def activated(self) -> None:
        self._show_status()
        self._show_figures()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        # The header shares the left column, so that the checklist begins at the top beside it.
        self.body.takeAt(1)
        self.body.removeWidget(self.header)
        self.header.add(Label(self.theme, self.tr("Mode"), Role.BODY, "muted"))
        self.header.add(self.mode)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.header)
        left.addLayout(self._problem)
        left.addWidget(self.state_card)
        self._tiles.setSpacing(12)
        left.addLayout(self._tiles)
        left.addWidget(self._chart(), 1)
        left.addLayout(self._facts())
        self._columns.setSpacing(16)
        self._columns.addLayout(left, 1)
        self._columns.addWidget(self.side)
        self.body.addLayout(self._columns, 1)
        self.theme.changed.connect(self._arrange)
        self._arrange()

    def _chart(self) -> Card:
        card = self._chart_card
        card.heading_row.addLayout(self._legend_place)
        card.body.addWidget(self._timeline, 1)
        card.setMinimumHeight(180)
        return card

    def _facts(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for card in (self.budget, self.flow):
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(card, 1)
        return row

    def _connect(self) -> None:
        controller = self._controller
        controller.status_changed.connect(self._show_status)
        controller.figures_changed.connect(self._show_figures)
        controller.error_changed.connect(self._show_problem)
        controller.profile_changed.connect(self._show_facts)
        controller.own_event_sent.connect(lambda _: self.toast_requested.emit(self._sent_text(), None))
        self.mode.chosen.connect(lambda key: self.mode_requested.emit(Mode(key)))
        self.state_card.url_copied.connect(lambda: self.toast_requested.emit(self.tr("URL copied"), None))
        self.state_card.url_copied.connect(self.reach.url_copied)
        self.state_card.check_button.clicked.connect(self.reach.check_now)
        self.flow.way_button.clicked.connect(self._ask_way)
        self.flow.access_button.clicked.connect(self._ask_access)
        self.flow.access_button.setVisible(self._access is not None)
        self.side.step_requested.connect(self._take_step)
        self.side.events_requested.connect(self.events_requested)
        self.reach.failed.connect(
            lambda error: self.toast_requested.emit(f"{error.title} {error.remedy}", None)
        )

    def _ask_way(self) -> None:
        dialog = PublicAddressDialog(self.theme, self.window(), self.reach.choice)
        dialog.accepted_choice.connect(lambda choice: self.reach.choose(choice.tunnel, choice.public_url))
        dialog.open()

    def _ask_access(self) -> None:
        if self._access is None:
            return
        controller = self._controller
        desk = AccessDesk(self._access, lambda: controller.profile, controller.unexpected)
        # What is saved there must not be overwritten with the profile as it was before.
        desk.sources_saved.connect(
            lambda sources: controller.set_profile(replace(controller.profile, sources=sources))
        )
        dialog = AccessDialog(self.theme, self.window(), desk)
        desk.setParent(dialog)
        dialog.open()

    def _take_step(self, step: NextStep) -> None:
        match step:
            case NextStep.SETUP:
                self.setup_requested.emit()
            case NextStep.START:
                self._controller.start()
            case NextStep.ADDRESS:
                self._ask_way()
            case NextStep.SEND:
                self._controller.send_own_event()
            case NextStep.REVIEW:
                self.events_requested.emit()

    def _sent_text(self) -> str:
        return self.tr("Your event was received. Events shows what became of it.")

    # Showing -----------------------------------------------------------------------------------

    def _show_status(self) -> None:
        status = self._controller.status
        self.state_card.show_state()
        self.mode.choose(status.mode.value)
        oldest = status.oldest_queued_s
        note = self.tr("nothing is waiting")
        if status.queue_depth:
            note = self.tr("oldest {span}").format(span=span(oldest or 0))
        self._queue.set(counted(status.queue_depth), note)
        self._show_last()
        self._show_legend(status.mode)
        self.budget.show_budget()
        self._show_facts()

    def _show_figures(self) -> None:
        figures = self._controller.figures
        self._show_last()
        self._today.set(counted(figures.received_today), self._changed_text(figures))
        parts = []
        if figures.failed:
            parts.append(self.tr("{n} failed").format(n=figures.failed))
        if figures.would_fail_today:
            parts.append(self.tr("{n} would fail").format(n=figures.would_fail_today))
        self._needs.set(
            counted(figures.needs_you),
            ", ".join(parts) or self.tr("nothing failed"),
            needs_person=figures.needs_you > 0,
        )
        start_ms = (figures.now_ms // _MINUTE_MS - MINUTES + 1) * _MINUTE_MS
        labels = tuple(
            (minute, clock_minute(start_ms + minute * _MINUTE_MS))
            for minute in range(0, MINUTES, _LABEL_EVERY)
        )
        gaps = drawn_gaps(figures.reach, figures.now_ms, running=self._controller.running)
        self._timeline.set_data(
            TimelineData(figures.bars, gaps, labels) if figures.now_ms else TimelineData(figures.bars)
        )
        self.side.show_away()
        if self._controller.figures_known and self.isVisible():
            self.budget.refresh_forecast()
        self._show_facts()

    def _changed_text(self, figures: RelayFigures) -> str:
        if figures.delivered_today or self._controller.status.mode is Mode.LIVE:
            return self.tr("{n} delivered").format(n=counted(figures.delivered_today))
        return self.tr("{n} would change").format(n=counted(figures.would_change_today))

    def _show_last(self) -> None:
        last = self._controller.figures.last
        if last is None:
            self._last.set(self.tr("none"), self.tr("waiting for the first"))
            return
        seconds = time.time() - last.received_ms / 1000
        self._last.set(ago(seconds), last.title)

    def _show_legend(self, mode: Mode) -> None:
        if mode is self._legend_mode:
            return
        self._legend_mode = mode
        clear_layout(self._legend_place)
        live = mode is Mode.LIVE
        changed = self.tr("Delivered") if live else self.tr("Would change")
        failed = self.tr("Failed") if live else self.tr("Would fail")
        legend = Legend(
            self.theme, ((changed, "accent"), (self.tr("Not written"), "skip"), (failed, "error"))
        )
        self._legend_place.addWidget(legend)

    def _show_facts(self) -> None:
        self.flow.show_facts()
        self.side.show_health()

    def _show_problem(self) -> None:
        clear_layout(self._problem)
        error = self._controller.error
        if error is None:
            return
        actions = []
        if self._controller.status.state in (RelayState.ERROR, RelayState.STOPPED):
            again = Button(self.theme, self.tr("Try again"), icon="refresh-cw")
            again.clicked.connect(self._controller.start)
            actions.append(again)
        if error.code.startswith(("RELAY-PORT", "KEY-", "KEYRING-", "SECRETS-", "CLOSE-KEY")):
            change = Button(self.theme, self.tr("Open the setup"), icon="list-checks")
            change.clicked.connect(self.setup_requested)
            actions.append(change)
        hide = Button(self.theme, self.tr("Hide"))
        hide.clicked.connect(self._controller.dismiss_error)
        actions.append(hide)
        self._problem.addWidget(ErrorBlock(self.theme, error, actions))
        self.announce(f"{error.title} {error.remedy}", assertive=True)

    def _arrange(self) -> None:
        """Columns below each other, and tiles in two rows, where the page is narrow or the text large."""
        stacked = self.width() < self.theme.px(_STACKED_BELOW)
        wanted = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._columns.direction() is not wanted:
            self._columns.setDirection(wanted)
        self.side.setFixedWidth(self.theme.px(_HEALTH_WIDTH)) if not stacked else _free_width(self.side)
        room = self.width() - (0 if stacked else self.theme.px(_HEALTH_WIDTH))
        across = 2 if room < self.theme.px(_TILES_STACKED_BELOW) else 4
        heading = QBoxLayout.Direction.TopToBottom if across == 2 else QBoxLayout.Direction.LeftToRight
        self._chart_card.heading_row.setDirection(heading)
        for number, tile in enumerate((self._last, self._queue, self._today, self._needs)):
            self._tiles.addWidget(tile, number // across, number % across)
        for column in range(4):
            self._tiles.setColumnStretch(column, 1 if column < across else 0)


def _free_width(widget: QWidget) -> None:
    widget.setMinimumWidth(0)
    widget.setMaximumWidth(16_777_215)
