"""Who may post to the relay, followed while it runs: secrets rotate, sources come and go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import AppError
from app.relay.clock import Clock
from app.relay.intake import SourceRules
from app.storage.relay_credentials import SharedSecret

_log = logging.getLogger(__name__)

_ROUND_S = 2.0


@dataclass(frozen=True, slots=True)
class Access:
    """``sources`` is None while Segment's libraries may not post directly."""

    secrets: tuple[SharedSecret, ...]
    sources: SourceRules | None = None

    def secrets_at(self, now_ms: int) -> tuple[str, ...]:
        """The shared secrets that hold at a time (since 1970), the one in use first."""
        return tuple(one.value for one in self.secrets if one.holds(now_ms))


@dataclass(frozen=True, slots=True)
class SavedAccess:
    """What is kept now; ``stamp`` differs when it may have changed. Both may raise ``AppError``.

    ``load`` may block on a keyring, ``stamp`` may not.
    """

    load: Callable[[], Access]
    stamp: Callable[[], object]


async def follow_access(
    saved: SavedAccess,
    clock: Clock,
    stop: asyncio.Event,
    apply: Callable[[tuple[str, ...], SourceRules | None], None],
    *,
    round_s: float = _ROUND_S,
) -> None:
    """Apply what holds now, again whenever it changes or a secret ends, until ``stop`` is set.

    What cannot be read, or may not be applied, leaves the relay with what it has.
    """
    access: Access | None = None
    stamp: object = None
    told = ""
    while not stop.is_set():
        try:
            seen = saved.stamp()
            if access is None or seen != stamp:
                access, stamp = await asyncio.to_thread(saved.load), seen
            apply(access.secrets_at(clock.now_ms()), access.sources)
            told = ""
        except AppError as error:
            if error.title != told:
                told = error.title
                _log.warning("The relay goes on with the secrets it has: %s [%s]", error.title, error.code)
        await clock.wait(stop, round_s)
