"""Whether Segment's cloud can reach this computer, as far as that has been proven."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError
from app.storage.profile import TunnelTool


class ReachState(StrEnum):
    """Listening is not reachable: only a round trip through the public URL is proof."""

    NO_URL = "no public URL"
    TUNNEL_STARTING = "tunnel starting"
    UNPROVEN = "not proven"
    PROVEN = "reachable"
    FAILING = "last round trip failed"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"


class TunnelState(StrEnum):
    STARTING = "starting"
    UP = "up"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class TunnelStatus:
    """``url`` is what the tool says, empty until then. WAITING: it ended and starts again at ``next_ms``."""

    tool: TunnelTool
    state: TunnelState
    url: str = ""
    trouble: AppError | None = None
    next_ms: int | None = None
    starts: int = 0


@dataclass(frozen=True, slots=True)
class ReachStatus:
    """A moment's picture. ``public_url`` is the address without the secret path.

    ``failing_since_ms`` is when the first of the present failures was seen, ``proven_since_ms`` since when no
    round trip has failed, ``certificate_until_ms`` when the public certificate ends. ``url_changed``: another
    URL than the present one was copied for Segment.
    """

    state: ReachState = ReachState.NO_URL
    public_url: str = ""
    tunnel: TunnelStatus | None = None
    last_proven_ms: int | None = None
    round_trip_ms: float | None = None
    certificate_until_ms: int | None = None
    trouble: AppError | None = None
    failing_since_ms: int | None = None
    proven_since_ms: int | None = None
    checking: bool = False
    url_changed: bool = False

    @property
    def proven(self) -> bool:
        return self.state is ReachState.PROVEN

    @property
    def missing(self) -> str:
        """What is missing for Segment to reach this computer; empty when nothing is."""
        if self.tunnel is not None and self.tunnel.trouble is not None and not self.tunnel.url:
            return self.tunnel.trouble.title
        return {
            ReachState.NO_URL: "There is no public URL.",
            ReachState.TUNNEL_STARTING: "The tunnel is being opened.",
            ReachState.UNPROVEN: "The round trip through the public URL is not proven yet.",
            ReachState.PROVEN: "",
            ReachState.OFFLINE: "This computer has no connection to the internet.",
        }.get(self.state, self.trouble.title if self.trouble else "The round trip failed.")
