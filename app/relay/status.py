"""Where a relay stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.storage.profile import Mode


class RelayState(StrEnum):
    STOPPED = "Stopped"
    STARTING = "Starting"
    LISTENING = "Listening"
    DEGRADED = "Degraded"
    STOPPING = "Stopping"
    ERROR = "Error"


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

    @property
    def url(self) -> str:
        """What to give Segment; empty while the relay does not run."""
        return (self.address.public_url or self.address.url) if self.address else ""
