"""Events of a relay's inbox as samples: what arrives while somebody records, and what arrived before."""

from __future__ import annotations

from app.json_value import JsonValue
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox_reader import InboxReader
from app.workflows.sample_collection import MOST_EVENTS
from app.workflows.sample_reading import not_an_event
from app.workflows.samples import Origin, Sample, collected

LAST_RECEIVED = 200
_PAGE = 200


def received_before(reader: InboxReader, most: int = LAST_RECEIVED) -> int:
    """How many events can be taken from the inbox, up to ``most``. Raises ``AppError``."""
    return len(reader.page(EventFilter(limit=most)))


def last_received(reader: InboxReader, most: int = LAST_RECEIVED) -> tuple[Sample, ...]:
    """The newest events of the inbox, newest first. Blocks. Raises ``AppError``."""
    return _samples(reader, reader.page(EventFilter(limit=most)))


class InboxTail:
    """What comes into an inbox after ``start``. Blocks: one worker thread at a time."""

    def __init__(self, reader: InboxReader) -> None:
        self._reader = reader
        self._last = 0

    def start(self) -> None:
        """From here on. Raises ``AppError``."""
        newest = self._reader.page(EventFilter(limit=1))
        self._last = newest[0].id if newest else 0

    def take(self, most: int = MOST_EVENTS) -> tuple[Sample, ...]:
        """What has arrived since the last call, newest first, the newest ``most``. Raises ``AppError``."""
        rows: list[EventRow] = []
        before: int | None = None
        while len(rows) < most:
            page = self._reader.page(EventFilter(before_id=before, limit=_PAGE))
            fresh = [row for row in page if row.id > self._last]
            rows += fresh
            if len(fresh) < _PAGE:
                break
            before = fresh[-1].id
        if rows:
            self._last = rows[0].id
        return _samples(self._reader, rows[:most])


def _samples(reader: InboxReader, rows: list[EventRow]) -> tuple[Sample, ...]:
    return tuple(sample for row in rows if (sample := _sample(reader, row)) is not None)


def _sample(reader: InboxReader, row: EventRow) -> Sample | None:
    """None for an event that retention has just removed, or that is no JSON object."""
    detail = reader.detail(row.id)
    body: JsonValue = detail.body if detail is not None else None
    return collected(body, Origin.RECORDED) if isinstance(body, dict) and not not_an_event(body) else None
