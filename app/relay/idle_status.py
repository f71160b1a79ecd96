"""What is known of a relay's queue without the relay."""

from __future__ import annotations

import logging

from app.errors import AppError
from app.relay.clock import Clock
from app.relay.inbox_reader import InboxReader
from app.relay.status import RelayState, RelayStatus
from app.storage.profile import Mode

_log = logging.getLogger(__name__)


def idle_status(
    reader: InboxReader, clock: Clock, mode: Mode, failure: AppError | None, *, starting: bool
) -> RelayStatus:
    """The status of a relay that does not run; ``failure`` is what ended it."""
    state = RelayState.ERROR if failure else RelayState.STOPPED
    trouble = failure.title if failure else ""
    try:
        depth = reader.queue_depth()
    except AppError as error:
        depth, trouble = 0, trouble or error.title
    if starting:
        state, trouble = RelayState.STARTING, ""
    oldest_s = oldest_queued_s(reader, clock)
    return RelayStatus(state, mode, trouble=trouble, queue_depth=depth, oldest_queued_s=oldest_s)


def oldest_queued_s(reader: InboxReader, clock: Clock) -> float | None:
    """The age of what is in the queue longest; None when nothing is, or when it cannot be read."""
    try:
        oldest_ms = reader.oldest_queued_ms()
    except AppError as error:
        _log.warning("The queue cannot be read: %s [%s]", error.title, error.code)
        return None
    return None if oldest_ms is None else max(0, clock.now_ms() - oldest_ms) / 1000
