"""Whether a relay of a profile listens now, and whether it was proven reachable a moment ago."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import AppError
from app.relay.intake import webhook_path
from app.relay.reach_judge import FRESH_MS
from app.relay.round_trip import PublicWay
from app.relay.status import RelayState
from app.storage.profile import Profile
from app.storage.reach_log import ReachRecord
from app.workflows.reach.connection_check import Connection


@dataclass(frozen=True, slots=True)
class Presence:
    """``missing`` says which of the two is missing; empty when the relay listens and is reachable."""

    listening: bool
    reachable: bool
    missing: str

    @property
    def word(self) -> str:
        if self.reachable:
            return str(RelayState.REACHABLE)
        return str(RelayState.LISTENING if self.listening else RelayState.STOPPED)


async def look_for_relay(
    profile: Profile, secret: str | None, record: ReachRecord, now_ms: int, way: PublicWay | None = None
) -> Presence:
    """Ask the relay's port on this computer, and what it has written down about the way from outside."""
    settings = profile.relay
    # A relay that was started for another port than the profile's has written down which.
    port = record.port or settings.port
    connection = Connection(settings.host, port, webhook_path(secret), secret)
    try:
        await (way or PublicWay()).post_probe(connection.local_url, secret)
    except AppError as error:
        stopped = error.code == "REACH-NO-CONNECTION"
        missing = "The relay does not listen." if stopped else f"The relay cannot be asked. {error.title}"
        return Presence(listening=False, reachable=False, missing=missing)
    missing = _missing(record, now_ms)
    return Presence(listening=True, reachable=not missing, missing=missing)


def _missing(record: ReachRecord, now_ms: int) -> str:
    gap = record.open_gap
    if gap is not None:
        return gap.reason or "The round trip through the public URL fails."
    if not record.public_url:
        return "There is no public URL."
    if record.proven_ms is None or now_ms - record.proven_ms > FRESH_MS:
        return "The round trip through the public URL is not proven."
    return ""
