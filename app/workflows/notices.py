"""When a person is to be told of something although they look elsewhere: four causes, each once. Pure.

Everything else waits in the window until somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.relay.status import RelayState, RelayStatus
from app.storage.profile import Mode

STUCK_S = 600.0
"""An event that is undelivered this long in Live mode is worth a look."""


class Notice(StrEnum):
    """The causes, the gravest first."""

    STOPPED = "relay stopped"
    KEY_REFUSED = "key refused"
    UNREACHABLE = "unreachable"
    STUCK = "queue stuck"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What holds now, and what of it has not been told yet, the gravest first. ``wanted`` is whether the
    relay has run and nobody has stopped it since.
    """

    standing: frozenset[Notice] = frozenset()
    new: tuple[Notice, ...] = ()
    wanted: bool = False


def notice(before: Noticed, status: RelayStatus) -> Noticed:
    """What a look at the relay adds.

    A cause is told once, and again only after it had gone. A relay between two states says nothing.
    """
    if status.state is RelayState.STOPPING:
        return Noticed()
    if status.state is RelayState.STARTING:
        return Noticed(before.standing, wanted=before.wanted)
    wanted = before.wanted or status.state.listens
    standing = frozenset(one for one in Notice if _holds(one, status, wanted=wanted))
    return Noticed(standing, tuple(one for one in Notice if one in standing - before.standing), wanted)


def _holds(cause: Notice, status: RelayStatus, *, wanted: bool) -> bool:
    match cause:
        case Notice.STOPPED:
            return wanted and not status.state.listens
        case Notice.KEY_REFUSED:
            return status.waiting_for_key
        case Notice.UNREACHABLE:
            # A relay calls itself so only after two minutes without a round trip.
            return status.state is RelayState.UNREACHABLE
        case Notice.STUCK:
            old = (status.oldest_queued_s or 0.0) >= STUCK_S
            return old and status.mode is Mode.LIVE and not status.paused and not status.waiting_for_key
