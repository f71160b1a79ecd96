"""Where a relay stands, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.relay.reach_status import ReachState, ReachStatus
from app.storage.profile import Mode


class RelayState(StrEnum):
    """LISTENING: the port is bound. REACHABLE: a round trip through the public URL has just succeeded.
    UNREACHABLE: it listens, but round trips have failed for two minutes.
    """

    STOPPED = "Stopped"
    STARTING = "Starting"
    LISTENING = "Listening"
    REACHABLE = "Reachable"
    UNREACHABLE = "Unreachable"
    DEGRADED = "Degraded"
    STOPPING = "Stopping"
    ERROR = "Error"

    @property
    def listens(self) -> bool:
        """Whether requests to the port are answered, wherever they may come from."""
        return self in (
            RelayState.LISTENING,
            RelayState.REACHABLE,
            RelayState.UNREACHABLE,
            RelayState.DEGRADED,
        )


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """``url`` is the webhook's on this machine, ``public_url`` Segment's, empty without a public name.

    Both hold the path that only Segment is to know.
    """

    host: str
    port: int
    url: str
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """A moment's picture. ``trouble`` is one sentence, empty when all is well.

    While it is stopping, ``in_flight`` changes are being finished.

    ``oldest_queued_s`` is the age of the undelivered event that is in the queue longest. ``received``,
    ``duplicates`` and ``refused`` count since the start: events, events, requests.
    """

    state: RelayState
    mode: Mode
    address: RelayAddress | None = None
    trouble: str = ""
    queue_depth: int = 0
    oldest_queued_s: float | None = None
    in_flight: int = 0
    last_event_ms: int | None = None
    received: int = 0
    duplicates: int = 0
    refused: int = 0
    waiting_for_key: bool = False
    paused: bool = False
    reach: ReachStatus = field(default_factory=ReachStatus)

    @property
    def url(self) -> str:
        """What to give Segment; empty while the relay does not run."""
        return (self.address.public_url or self.address.url) if self.address else ""


def state_of(reach: ReachStatus) -> RelayState:
    """What a relay that listens may call itself, as far as being reached has been proven."""
    if reach.state in (ReachState.UNREACHABLE, ReachState.OFFLINE):
        return RelayState.UNREACHABLE
    return RelayState.REACHABLE if reach.proven else RelayState.LISTENING
