"""Connect Segment in the workbench: its page, made when it is wanted first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.assembly import Assistant
from app.ui.connect.segment_page import SegmentPage
from app.ui.connect.segment_values import SegmentValues
from app.ui.frame.window import FrameWindow
from app.ui.mappings.relay_events import RelayEvents
from app.ui.places import SEGMENT
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.setup_control import SetupRelayControl
from app.ui.theme.theme import Theme


class SegmentPlace(QObject):
    """``path_requested`` asks for the last step of the guide, ``address_requested`` for the relay's page.

    ``events`` are those that the values in the code come from.
    """

    path_requested = Signal()
    address_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        controller: RelayController,
        events: RelayEvents,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._controller = controller
        self._page: SegmentPage | None = None
        self._values = SegmentValues(
            profile=lambda: controller.profile,
            events=lambda: tuple(sample.body for sample in events.every),
            relay=SetupRelayControl(
                controller, current=lambda: controller.profile, load=lambda: controller.profile
            ),
            api_key=lambda: assistant.secrets.api_key(controller.profile),
        )

    def ready(self) -> SegmentPage:
        if self._page is None:
            self._page = page = SegmentPage(self._theme, self._values, self._controller.unexpected)
            self._frame.add_page(SEGMENT, page)
            page.path_requested.connect(self.path_requested)
            page.address_requested.connect(self.address_requested)
        return self._page

    def close(self) -> None:
        """Leave what is still being read."""
        if self._page is not None:
            self._page.left()
