"""The port through which the dispatcher makes an event happen."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from app.actions.trace import EventReport
from app.segment.events import Event


class Processor(Protocol):
    """Carries out one event. Used on the relay's loop by several tasks at once."""

    async def process(self, event: Event, *, live: bool) -> EventReport:
        """Run the event; ``live`` false changes nothing in Close.

        A failure comes as the report's ``error`` (so that the steps before it are kept) or is raised as
        ``CloseError`` or ``AppError``. May be called again for the same event and must not repeat writes.
        """


@runtime_checkable
class DatedProcessor(Protocol):
    """A processor that also knows former mappings."""

    async def process_as_of(self, event: Event, *, live: bool, as_of_ms: int) -> EventReport:
        """The same with the mappings that held at ``as_of_ms`` (since 1970)."""
