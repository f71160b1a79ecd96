"""What round trips and their failures add up to: a state, gaps, and when to try again. Pure."""

from __future__ import annotations

from dataclasses import replace

from app.errors import AppError
from app.relay.reach_errors import OFFLINE
from app.relay.reach_status import ReachState, ReachStatus, TunnelStatus
from app.relay.round_trip import RoundTrip
from app.storage.reach_log import Gap, GapKind, ReachRecord

HEARTBEAT_S = 60.0
JITTER = 0.2
UNREACHABLE_AFTER_MS = 120_000
"""A failing round trip is a state, and worth a notice, after two minutes."""

GAP_AFTER_MS = 60_000
"""Shorter failures are no gap: Segment's next try comes later than that."""

RESTART_AFTER_MS = 300_000
FRESH_MS = 180_000
_PAUSES_S = (5.0, 10.0, 20.0, 30.0)


class ReachJudge:
    """Keeps the record and what has been seen since the start. Times are milliseconds since 1970."""

    def __init__(self, record: ReachRecord, now_ms: int) -> None:
        self.record = _begun(record, now_ms)
        self.url = ""
        self.proven_since_url = False
        self.proven_since_ms: int | None = None
        self.trouble: AppError | None = None
        self.failing_since_ms: int | None = None
        self._failures = 0
        self._restart_ms: int | None = None

    def use_url(self, url: str) -> None:
        """Another public URL, or none; nothing is proven about it yet."""
        if url == self.url:
            return
        self.url = url
        self.proven_since_url = False
        self.proven_since_ms = None
        self.record = replace(self.record, public_url=url or self.record.public_url)
        if url:
            # Failures of the former one say nothing about it; the gap lasts until a proof.
            self._failures = 0

    def forget_url(self, now_ms: int) -> None:
        """A person wants another public URL, or none: that is no failure."""
        self.url = ""
        self._clear()
        self.record = replace(self.record.ended(now_ms), public_url="")

    def proven(self, trip: RoundTrip, now_ms: int) -> None:
        self.proven_since_url = True
        self.proven_since_ms = self.proven_since_ms or now_ms
        self._clear()
        self.record = replace(
            self.record.ended(now_ms),
            proven_ms=now_ms,
            alive_ms=now_ms,
            round_trip_ms=trip.ms,
            certificate_until_ms=trip.certificate_until_ms,
        )

    def failed(self, error: AppError, now_ms: int) -> None:
        self.trouble = error
        self.proven_since_ms = None
        self._failures += 1
        if self.failing_since_ms is None:
            self.failing_since_ms = now_ms
        if now_ms - self.failing_since_ms >= GAP_AFTER_MS and self.record.open_gap is None:
            kind = GapKind.OFFLINE if self._offline else GapKind.UNREACHABLE
            self.record = self.record.with_gap(Gap(kind, self.failing_since_ms, reason=error.title))

    def slept(self, start_ms: int, end_ms: int) -> None:
        """This computer, or this program, stood still."""
        self.record = self.record.with_gap(Gap(GapKind.ASLEEP, start_ms, end_ms))
        self.proven_since_ms = None
        self._clear()

    def alive(self, now_ms: int) -> None:
        self.record = replace(self.record, alive_ms=now_ms)

    def stopped(self, now_ms: int) -> None:
        """The relay ends: what lasts is now another kind of gap."""
        self.record = replace(self.record.ended(now_ms), alive_ms=now_ms)

    def pause_s(self, uniform: float) -> float:
        """Until the next round trip; ``uniform`` is a random number from -1 to 1."""
        if self._failures:
            return _PAUSES_S[min(self._failures, len(_PAUSES_S)) - 1]
        return HEARTBEAT_S * (1 + JITTER * uniform)

    def wants_restart(self, now_ms: int) -> bool:
        """Whether the tunnel runs but leads nowhere for so long that a new start is worth a new URL."""
        if self.failing_since_ms is None or self._offline or not self.url:
            return False
        since_ms = max(self.failing_since_ms, self._restart_ms or 0)
        if now_ms - since_ms < RESTART_AFTER_MS:
            return False
        self._restart_ms = now_ms
        return True

    def status(
        self, now_ms: int, tunnel: TunnelStatus | None, *, checking: bool, url_changed: bool
    ) -> ReachStatus:
        return ReachStatus(
            state=self._state(now_ms, tunnel),
            public_url=self.url,
            tunnel=tunnel,
            last_proven_ms=self.record.proven_ms,
            round_trip_ms=self.record.round_trip_ms,
            certificate_until_ms=self.record.certificate_until_ms,
            trouble=self.trouble,
            failing_since_ms=self.failing_since_ms,
            proven_since_ms=self.proven_since_ms,
            checking=checking,
            url_changed=url_changed,
        )

    def _state(self, now_ms: int, tunnel: TunnelStatus | None) -> ReachState:
        if self.failing_since_ms is not None:
            if now_ms - self.failing_since_ms < UNREACHABLE_AFTER_MS:
                return ReachState.FAILING
            return ReachState.OFFLINE if self._offline else ReachState.UNREACHABLE
        if not self.url:
            return ReachState.NO_URL if tunnel is None else ReachState.TUNNEL_STARTING
        proven_ms = self.record.proven_ms
        fresh = proven_ms is not None and now_ms - proven_ms <= FRESH_MS
        return ReachState.PROVEN if self.proven_since_url and fresh else ReachState.UNPROVEN

    @property
    def _offline(self) -> bool:
        return self.trouble is not None and self.trouble.code in (OFFLINE, "TUNNEL-OFFLINE")

    def _clear(self) -> None:
        self.trouble = None
        self.failing_since_ms = None
        self._failures = 0
        self._restart_ms = None


def _begun(record: ReachRecord, now_ms: int) -> ReachRecord:
    """The record as a relay that starts now goes on with it: it did not run since it was last alive."""
    alive_ms = record.alive_ms
    if alive_ms is None:
        return replace(record.ended(now_ms), alive_ms=now_ms)
    ended = record.ended(alive_ms)
    if now_ms - alive_ms >= GAP_AFTER_MS:
        ended = ended.with_gap(Gap(GapKind.STOPPED, alive_ms, now_ms))
    return replace(ended, alive_ms=now_ms)
