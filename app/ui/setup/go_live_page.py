"""Connect Segment and go live: which path, its values, and the start of the relay."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.relay.reachability import ReachChoice
from app.relay.status import RelayAddress
from app.storage.profile import DeliveryPath, Mode
from app.ui.connect.segment_links import SegmentLinks
from app.ui.connect.segment_values import SegmentValues
from app.ui.connect.straight_panel import StraightPanel
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.setup.confirmation import Confirmation
from app.ui.setup.connection_watch import ConnectionWatch
from app.ui.setup.consent import Consent
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.path_choice import PathChoice
from app.ui.setup.relay_control import RelayControl
from app.ui.setup.relay_values import Proofs, RelayValues, listens
from app.ui.setup.review_strip import ReviewStrip
from app.ui.setup.waiting_banner import WaitingBanner
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button
from app.ui.widgets.field import NoteLine
from app.workflows.port_check import check_port
from app.workflows.setup import SetupFlow

_LOOK_EVERY_MS = 1000


class GoLivePage(Page):
    """The page itself starts the relay through ``relay``; its signals only tell what is going on.

    ``relay_requested`` carries the ``Mode`` once the profile was saved and the start begins,
    ``segment_requested`` the ``Part`` of Connect Segment that is wanted.
    """

    relay_requested = Signal(object)
    send_test_event_requested = Signal()
    segment_requested = Signal(object)
    finished = Signal()
    back = Signal()

    def __init__(
        self,
        theme: Theme,
        flow: SetupFlow,
        unexpected: Callable[[BaseException], None],
        relay: RelayControl,
        *,
        port_check: Callable[[str, int], Coroutine[Any, Any, bool]] = check_port,
    ) -> None:
        super().__init__(theme, "")
        self.retitle(
            self.tr("Connect Segment and go live"),
            self.tr("One source uses one path. You can change it later."),
        )
        self._flow = flow
        self._relay = relay
        self._check_port = port_check
        self._port_free: bool | None = None
        self._test_stored: bool | None = None
        self._shown: tuple[object, ...] = ()
        self.path = PathChoice(theme)
        self.off = Consent(theme)
        self._off_note = NoteLine(theme)
        self.values = RelayValues(theme)
        values = SegmentValues(lambda: flow.mapped_profile, tuple, relay, flow.stored_key)
        self.straight = StraightPanel(theme, values, unexpected)
        self.links = SegmentLinks(theme)
        self.review = ReviewStrip(theme)
        self.confirmation = Confirmation(theme)
        self._slot = MessageSlot(theme)
        self.test_button = Button(theme, self.tr("Send myself an event"), icon="send")
        self._waiting = WaitingBanner(theme, self.test_button)
        self._start = AsyncTask("start relay", unexpected=unexpected, parent=self)
        self._test = AsyncTask("send test event", unexpected=unexpected, parent=self)
        self._port = AsyncTask("check port", unexpected=unexpected, parent=self)
        self._secret = AsyncTask("read shared secret", unexpected=unexpected, parent=self)
        self._connection = ConnectionWatch(relay, unexpected, parent=self)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        for widget in (
            self.path,
            self.off,
            self._off_note,
            self.confirmation,
            self._slot,
            TaskLine(theme, self._start),
            TaskLine(theme, self._test),
            self.values,
            self.straight,
            self.review,
            self._waiting,
            self.links,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()
        self.path.choose(self._path)
        self.off.set_given(given=flow.state.other_path_off)
        self._show()

    @property
    def busy(self) -> bool:
        return self._start.busy

    @property
    def valid(self) -> bool:
        return self.off.given

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget | None:
        return None if self.off.given else self.off.box

    def activated(self) -> None:
        self._secret.run(self._relay.shared_secret, self.tr("Reading the shared secret…"))
        self._look_at_port()
        self._look.start()
        self._show()

    def left(self) -> None:
        self._look.stop()
        self.straight.stop()

    def commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.back.emit)
        if self._path is DeliveryPath.DESTINATION:
            finish = Command(self.tr("Finish setup"), self._finish_straight, icon="check")
            return CommandSet(primary=finish, back=back, fact=Fact(self.tr("Segment writes to Close itself")))
        live = Command(
            self.tr("Go live for {organization}").format(organization=self._organization), self._ask_live
        )
        status = self._relay.status()
        if not listens(status):
            start = Command(
                self.tr("Start relay in Dry run"),
                lambda: self._run(Mode.DRY_RUN),
                icon="play",
                busy=self._start.busy,
            )
            fact = Fact(self.tr("Dry run writes nothing to Close"))
            return CommandSet(primary=start, secondary=live, back=back, fact=fact)
        done = Command(self.tr("Open the workbench"), self.finished.emit, trailing="arrow-right")
        if status.mode is Mode.LIVE:
            text = self.tr("Live: changes go to {organization}").format(organization=self._organization)
            return CommandSet(primary=done, back=back, fact=Fact(text, "zap"))
        fact = Fact(self.tr("The relay runs in Dry run and writes nothing to Close"))
        return CommandSet(primary=done, secondary=live, back=back, fact=fact)

    # What a person does ------------------------------------------------------------------------

    def _path_chosen(self, key: str) -> None:
        self.off.set_given(given=False)
        self._flow.choose_path(DeliveryPath(key), other_path_off=False)
        self._slot.clear()
        self.confirmation.setVisible(False)
        self._show()

    def _off_toggled(self, checked: bool) -> None:
        self._off_note.show_text("")
        self._flow.choose_path(self._path, other_path_off=checked)

    def _port_chosen(self, port: int) -> None:
        if port != self._flow.state.profile.relay.port:
            self._flow.change_relay_port(port)
            self._port_free = None
            self._look_at_port()
        self._show()

    def _way_chosen(self, choice: ReachChoice) -> None:
        self._flow.choose_public_way(choice)
        if listens(self._relay.status()):
            self._connection.choose(choice)
        self._show()

    def _ask_live(self) -> None:
        if self._problem():
            return
        organization = self._organization
        self.confirmation.ask(
            self.tr("Go live for {organization}?").format(organization=organization),
            self.tr(
                "From now on, events change the leads and contacts that {organization} has in Close. You can "
                "switch back to Dry run at any time; what was written stays."
            ).format(organization=organization),
            self.tr("Go live for {organization}").format(organization=organization),
        )

    def _run(self, mode: Mode) -> None:
        if self._problem() or self._start.busy:
            return
        self._slot.clear()
        self.confirmation.setVisible(False)
        try:
            self._flow.choose_path(DeliveryPath.RELAY, other_path_off=True)
            if not listens(self._relay.status()):
                self._flow.finish()
        except AppError as error:
            self._failed(error)
            return
        self.relay_requested.emit(mode)
        self._start.run(lambda: self._relay.start(mode), self.tr("Starting the relay…"))

    def _finish_straight(self) -> None:
        if self._problem():
            return
        try:
            self._flow.choose_path(DeliveryPath.DESTINATION, other_path_off=True)
            self._flow.finish()
        except AppError as error:
            self._failed(error)
            return
        self.finished.emit()

    def _send_test(self) -> None:
        if not self._test.busy:
            self.send_test_event_requested.emit()
            self._test.run(self._relay.send_test_event, self.tr("Sending a test event to the relay…"))

    def _problem(self) -> bool:
        """Show and focus the first thing that is missing."""
        if not self.off.given:
            text = self.tr("Confirm this first: both paths at once would write everything twice.")
            self._off_note.show_text(text, "error", "circle-alert")
            self.off.box.setFocus()
            self.announce(text, assertive=True)
            return True
        if self._path is DeliveryPath.RELAY and self.values.entered_port() is None:
            self.values.port.edit.setFocus()
            return True
        return False

    # What happens ------------------------------------------------------------------------------

    def _started(self, _address: RelayAddress) -> None:
        self.announce(self.tr("The relay is listening"))
        self._show()

    def _test_done(self, _nothing: object) -> None:
        self._test_stored = True
        self.announce(self.tr("Test event stored"))
        self._show()

    def _test_failed(self, error: AppError) -> None:
        self._test_stored = False
        self._failed(error)

    def _failed(self, error: AppError) -> None:
        again = Button(self.theme, self.tr("Try again"), icon="refresh-cw")
        again.clicked.connect(lambda: self._run(Mode.DRY_RUN))
        actions = [again]
        if error.code == "RELAY-PORT-IN-USE":
            following = min(65535, self._flow.state.profile.relay.port + 1)
            other = Button(self.theme, self.tr("Use port {port}").format(port=following))
            other.clicked.connect(lambda: self._use_port(following))
            actions.insert(0, other)
        self._slot.show_error(error, actions)
        self.announce(error.title, assertive=True)
        self._show()

    def _sheet_failed(self, error: AppError) -> None:
        self._slot.show_error(error)
        self.announce(error.title, assertive=True)

    def _use_port(self, port: int) -> None:
        self.values.port.set_text(str(port))
        self._port_chosen(port)
        self._run(Mode.DRY_RUN)

    def _look_at_port(self) -> None:
        relay = self._flow.state.profile.relay
        self._port.run(lambda: self._check_port(relay.host, relay.port), self.tr("Looking at the port…"))

    def _port_seen(self, free: bool) -> None:
        self._port_free = free
        self._show()

    # Showing -----------------------------------------------------------------------------------

    @property
    def _path(self) -> DeliveryPath:
        return self._flow.state.profile.delivery_path or DeliveryPath.RELAY

    @property
    def _organization(self) -> str:
        organization = self._flow.state.profile.organization
        return organization.name if organization else self.tr("Close")

    def _show(self) -> None:
        """Bring everything up to date; nothing is repainted while nothing has changed."""
        status = self._relay.status()
        arrived = self._relay.events_from_segment()
        if self._look.isActive():
            self._connection.look(status)
        proofs = (arrived, self._port_free, self._test_stored, self._connection.lines)
        picture = (status.state, status.mode, status.url, status.reach.url_changed, proofs)
        if (state := (*picture, self._flow.state, self._start.busy)) == self._shown:
            return
        self._shown = state
        straight = self._path is DeliveryPath.DESTINATION
        running = listens(status)
        self.off.set_text(
            self.tr("I have turned off the relay’s webhook for this source. Both at once write twice.")
            if straight
            else self.tr("I have turned off the Close destination for this source. Both at once write twice.")
        )
        self.values.setVisible(not straight)
        self.straight.setVisible(straight)
        self.links.show_path(straight=straight)
        self._waiting.setVisible(not straight and running)
        self._show_values(running)
        if straight:
            self.straight.refresh()
        mode = None if straight else status.mode if running else Mode.DRY_RUN
        self.review.show_profile(self._flow.mapped_profile, self._organization, mode)
        self._waiting.show_arrived(arrived)
        self.commands_changed.emit()

    def _show_values(self, running: bool) -> None:
        status, relay = self._relay.status(), self._flow.state.profile.relay
        port = status.address.port if status.address else relay.port
        public = bool(status.address and status.address.public_url) or bool(relay.public_url)
        url = status.url or self._relay.planned_url(port)
        self.values.set_url(url, runs=running, public=public, changed=status.reach.url_changed)
        self.values.set_port(port)
        self.values.way.set_choice(ReachChoice(relay.tunnel, relay.public_url))
        self.values.lock_port(locked=running)
        self.values.show_proofs(
            Proofs(
                port,
                self._port_free,
                running,
                self._test_stored,
                self._relay.events_from_segment(),
                self._connection.lines,
            )
        )

    # Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.path.chosen.connect(self._path_chosen)
        self.off.toggled.connect(self._off_toggled)
        self.values.port_changed.connect(self._port_chosen)
        self.values.way.chosen.connect(self._way_chosen)
        self.values.url.copied.connect(self._relay.url_copied)
        self.links.requested.connect(self.segment_requested)
        self.straight.failed.connect(self._sheet_failed)
        self.straight.check.told.connect(self.announce)
        self.straight.check.alarmed.connect(lambda text: self.announce(text, assertive=True))
        self._connection.changed.connect(self._show)
        self._connection.failed.connect(self._failed)
        self.test_button.clicked.connect(self._send_test)
        self.confirmation.confirmed.connect(lambda: self._run(Mode.LIVE))
        self._look.timeout.connect(self._show)
        self._start.changed.connect(self._show)
        self._start.succeeded.connect(self._started)
        self._start.failed.connect(self._failed)
        self._test.succeeded.connect(self._test_done)
        self._test.failed.connect(self._test_failed)
        self._port.succeeded.connect(self._port_seen)
        self._secret.succeeded.connect(self.values.set_secret)
        self._secret.failed.connect(self._failed)
