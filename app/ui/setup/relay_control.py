"""What the last step needs of the relay; the window brings it."""

from __future__ import annotations

from typing import Protocol

from app.relay.reachability import ReachChoice
from app.relay.status import RelayAddress, RelayStatus
from app.storage.profile import Mode
from app.workflows.reach.connection_check import ConnectionLine


class RelayControl(Protocol):
    """One profile's relay. Coroutines run on the window's loop; nothing here blocks it."""

    async def start(self, mode: Mode) -> RelayAddress:
        """Start with the saved profile, or change the mode of a relay that runs.

        ``Mode.LIVE`` is passed only after a person has confirmed it for the organization by name;
        remembering that is the control's business. Raises ``AppError`` (``RELAY-…``, ``KEY-…``).
        """
        ...

    async def stop(self) -> None: ...

    def status(self) -> RelayStatus:
        """Where the relay stands now; called about once a second."""
        ...

    def planned_url(self, port: int) -> str:
        """The address that Segment gets when the relay runs on ``port``."""
        ...

    async def shared_secret(self) -> str:
        """What Segment signs with; empty when there is none. Raises ``AppError``."""
        ...

    async def check_connection(self) -> tuple[ConnectionLine, ...]:
        """The way from Segment to the relay that runs, step by step. Raises ``AppError``."""
        ...

    async def choose_way(self, choice: ReachChoice) -> None:
        """Let a relay that runs be reached another way, and keep that. Raises ``AppError``."""
        ...

    def url_copied(self) -> None:
        """A person took the URL to Segment."""
        ...

    async def send_test_event(self) -> None:
        """Post a signed event to the relay's own address. Raises ``AppError`` unless it was stored."""
        ...

    def events_from_segment(self) -> int:
        """Signed events received since the start that this program did not send itself."""
        ...
