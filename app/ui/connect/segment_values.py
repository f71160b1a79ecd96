"""What the pages that connect Segment are told by whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.json_value import JsonObject
from app.storage.profile import Profile
from app.ui.setup.relay_control import RelayControl


@dataclass(frozen=True, slots=True)
class SegmentValues:
    """One profile and its relay.

    ``profile`` holds the mappings as they are now, ``events`` are collected ones, newest first. ``api_key``
    reads Close's key where it is kept: it may block and is called in a worker thread. Raises ``AppError``.
    """

    profile: Callable[[], Profile]
    events: Callable[[], Sequence[JsonObject]]
    relay: RelayControl
    api_key: Callable[[], str]

    def public_url(self, *, planned: bool) -> str:
        """Where Segment reaches the relay, empty while nothing public is known.

        An address of this computer is none: Segment sends to public ones only. ``planned`` also takes what a
        relay that is stopped will have; its last part is known once the shared secret was read.
        """
        address, relay = self.relay.status().address, self.profile().relay
        if address is not None:
            return address.public_url
        return self.relay.planned_url(relay.port) if planned and relay.public_url else ""
