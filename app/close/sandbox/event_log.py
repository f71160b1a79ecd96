"""Everything that happened, newest first, for thirty days."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.close.sandbox.entities import Json, moment

KEPT = timedelta(days=30)
_FILTERS = ("lead_id", "user_id", "request_id", "object_type", "object_id", "action")

ALLOWED_FILTERS = frozenset(
    frozenset(names.split())
    for names in (
        "",
        "lead_id",
        "user_id",
        "request_id",
        "object_type object_id",
        "object_type action",
        "object_id action",
        "lead_id object_type",
        "lead_id object_type action",
        "lead_id user_id",
        "lead_id user_id object_type",
        "lead_id user_id object_type action",
        "user_id object_id",
        "user_id object_id action",
        "user_id object_type",
        "user_id object_type action",
    )
)
"""Which filters Close accepts together; any other combination is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """``number`` orders events that share a moment; ``previous_data`` has only what changed,
    or the whole object for a delete."""

    id: str
    number: int
    object_type: str
    object_id: str
    action: str
    lead_id: str | None
    user_id: str
    organization_id: str
    request_id: str | None
    data: Mapping[str, Any]
    previous_data: Mapping[str, Any] = field(default_factory=dict)
    changed_fields: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    date_created: datetime
    date_updated: datetime

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "action": self.action,
            "lead_id": self.lead_id,
            "user_id": self.user_id,
            "organization_id": self.organization_id,
            "request_id": self.request_id,
            "data": dict(self.data),
            "previous_data": dict(self.previous_data),
            "changed_fields": list(self.changed_fields),
            "meta": dict(self.meta),
            "date_created": moment(self.date_created),
            "date_updated": moment(self.date_updated),
        }


class EventLog:
    """An append-only list that drops what is older than Close keeps it."""

    def __init__(self) -> None:
        self._events: deque[EventRecord] = deque()
        self._next_number = 1

    def __iter__(self) -> Iterator[EventRecord]:
        """Oldest first."""
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    @property
    def next_number(self) -> int:
        return self._next_number

    def append(self, event: EventRecord) -> None:
        self._events.append(event)
        self._next_number = max(self._next_number, event.number + 1)
        while self._events[0].date_created < event.date_created - KEPT:
            self._events.popleft()

    def clear(self) -> None:
        self._events.clear()

    def matching(
        self, filters: Mapping[str, str], within: Callable[[datetime], bool], now: datetime
    ) -> list[EventRecord]:
        """Newest first. ``filters`` holds only names of an allowed combination."""
        return [
            event
            for event in reversed(self._events)
            if event.date_created >= now - KEPT
            and all(getattr(event, name) == value for name, value in filters.items())
            and within(event.date_updated)
        ]


def event_filters(params: Mapping[str, str]) -> dict[str, str]:
    """The filters among a request's parameters."""
    return {name: params[name] for name in _FILTERS if name in params}
