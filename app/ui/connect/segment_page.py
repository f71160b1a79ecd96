"""Connect Segment: what to enter there on either path, and code that makes the calls."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.errors import AppError
from app.storage.profile import DeliveryPath
from app.ui.connect.segment_values import SegmentValues
from app.ui.connect.snippet_panel import SnippetPanel
from app.ui.connect.straight_panel import StraightPanel
from app.ui.connect.webhook_panel import WebhookPanel
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.frame.tasks import AsyncTask
from app.ui.help.topics import explain
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button
from app.ui.widgets.tabs import TabStrip

_LOOK_EVERY_MS = 1000


class Part(StrEnum):
    """What the page shows below its tabs."""

    HERE = "here"
    STRAIGHT = "straight"
    CODE = "code"


_PARTS = {DeliveryPath.RELAY: Part.HERE, DeliveryPath.DESTINATION: Part.STRAIGHT}


class SegmentPage(Page):
    """In the guide ``back`` leads to the last step; in the workbench there is no way back.

    ``path_requested`` and ``address_requested`` ask for the page where the path, or the way Segment reaches
    this computer, is chosen.
    """

    back = Signal()
    path_requested = Signal()
    address_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        values: SegmentValues,
        unexpected: Callable[[BaseException], None],
        *,
        in_guide: bool = False,
    ) -> None:
        super().__init__(theme, "")
        self.retitle(
            self.tr("Connect Segment"),
            self.tr("Enter these values in Segment, in the order in which it asks for them."),
        )
        self._values = values
        self._in_guide = in_guide
        self._opened = False
        self._url = ""
        self.tabs = TabStrip(
            theme,
            self.tr("What to enter"),
            (
                (Part.HERE, self.tr("Sends here")),
                (Part.STRAIGHT, self.tr("Straight to Close")),
                (Part.CODE, self.tr("Code")),
            ),
        )
        self.path_button = Button(theme, self.tr("Change the path"), icon="workflow")
        self._other = Banner(theme, Tone.WARN, " ", " ", action=self.path_button)
        explain(self.path_button, "go-live", "path")
        self._slot = MessageSlot(theme)
        self.webhook = WebhookPanel(theme, values, unexpected)
        self.straight = StraightPanel(theme, values, unexpected)
        self.code = SnippetPanel(theme, values, unexpected)
        # The address holds a path that is made from the secret.
        self._secret = AsyncTask("read shared secret", unexpected=unexpected, parent=self)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        for widget in (self.tabs, self._other, self._slot, self.webhook, self.straight, self.code):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()
        self._show_part()

    @property
    def part(self) -> Part:
        return Part(self.tabs.current_key())

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def show_part(self, part: Part) -> None:
        self._opened = True
        self.tabs.choose(part)

    def initial_focus(self) -> QWidget:
        return self.tabs

    def activated(self) -> None:
        path = self._values.profile().delivery_path
        if not self._opened and path is not None:
            self.show_part(_PARTS[path])
        self._secret.run(self._values.relay.shared_secret, self.tr("Reading the shared secret…"))
        self._look.start()
        self._refresh()

    def left(self) -> None:
        self._look.stop()
        self._secret.cancel()
        for panel in (self.webhook, self.straight, self.code):
            panel.stop()

    def commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.back.emit) if self._in_guide else None
        match self.part:
            case Part.CODE:
                fact = Fact(self.tr("Values come from your events; no key is in the code"))
                primary = Command(self.tr("Copy code"), self.code.copy, icon="copy")
            case Part.STRAIGHT:
                fact = Fact(self.tr("Nothing is sent to Segment from here"))
                primary = Command(self.tr("Check what was entered"), self.check_entries, icon="list-checks")
            case Part.HERE:
                fact = Fact(self.tr("A copied secret leaves the clipboard after a minute"), "lock")
                primary = (
                    Command(self.tr("Copy URL"), self.webhook.copy_url, icon="copy")
                    if self.webhook.url
                    else Command(self.tr("Choose an address"), self.address_requested.emit, icon="globe")
                )
        return CommandSet(primary=primary, back=back, fact=fact)

    def check_entries(self) -> None:
        """Compare what was pasted back, and bring it into sight: it stands at the end of a long page."""
        self.straight.check.check()
        QTimer.singleShot(0, self, self._show_check)

    def _show_check(self) -> None:
        for area in self.findChildren(QScrollArea):
            area.ensureWidgetVisible(self.straight.check)

    def _chosen(self, _key: str) -> None:
        self._opened = True
        self._slot.clear()
        self._show_part()
        self._refresh()

    def _show_part(self) -> None:
        part = self.part
        self.webhook.setVisible(part is Part.HERE)
        self.straight.setVisible(part is Part.STRAIGHT)
        self.code.setVisible(part is Part.CODE)
        self._show_other()
        self.commands_changed.emit()

    def _show_other(self) -> None:
        """Both paths at once write everything twice: say so to who reads about the one that is not used."""
        path = self._values.profile().delivery_path
        foreign = path is not None and self.part not in (_PARTS[path], Part.CODE)
        self._other.setVisible(foreign)
        if foreign:
            used = (
                self.tr("This source uses the relay")
                if path is DeliveryPath.RELAY
                else self.tr("This source uses Segment’s Close destination")
            )
            text = self.tr("Both at once write twice. Turn the other one off in Segment first.")
            self._other.set(Tone.WARN, used, text)

    def _refresh(self) -> None:
        """What is shown follows mappings, events, relay and address."""
        match self.part:
            case Part.HERE:
                self._look_at_relay()
            case Part.STRAIGHT:
                self.straight.refresh()
            case Part.CODE:
                self.code.refresh()

    def _secret_known(self, _secret: str) -> None:
        self.webhook.secret_read()
        self._look_at_relay()

    def _look_at_relay(self) -> None:
        """Its address may come and go at any time."""
        if self.part is Part.HERE:
            self.webhook.refresh()
        if (url := self.webhook.url) != self._url:
            self._url = url
            self.commands_changed.emit()

    def _failed(self, error: AppError) -> None:
        self._slot.show_error(error)
        self.announce(error.title, assertive=True)

    def _say_copied(self) -> None:
        self._slot.clear()
        self.announce(self.tr("Copied"))

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._chosen)
        self.path_button.clicked.connect(self.path_requested)
        self._look.timeout.connect(self._look_at_relay)
        self._secret.succeeded.connect(self._secret_known)
        self._secret.failed.connect(self._failed)
        for panel in (self.webhook, self.straight):
            panel.failed.connect(self._failed)
            panel.sheet.copied.connect(lambda _label: self._say_copied())
        self.code.copied.connect(self._say_copied)
        self.code.failed.connect(self._failed)
        self.straight.check.told.connect(self.announce)
        self.straight.check.alarmed.connect(lambda text: self.announce(text, assertive=True))
