"""What every action works with, and the one interface all of them have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from app.actions.apply import Applied, CloseWrites
from app.actions.field_changes import Vocabulary
from app.actions.look_up import CloseRecords
from app.actions.plan import Plan
from app.actions.record_keys import RecordKey
from app.actions.upsert import Lateness
from app.actions.upsert_payload import ActionSettings
from app.close.activities import Activity, LeadMerge
from app.close.failures import CloseError, FailureKind
from app.close.records import ObjectType
from app.json_value import JsonObject
from app.segment.events import Event
from app.storage.action_memory import ActionMemory

QUIET_TIME_S = 60.0
"""How long a lost answer to a create is waited out: Close's search has been measured to lag 30-60 s."""

_UNSEEN_MS = 3 * 60 * 1000

SETTLED_S = 24 * 3600.0
"""How long an unchanged payload is believed to be unchanged in Close before the records are read again."""

PLANS_KEPT_DAYS = 30


class CloseAccess(CloseRecords, CloseWrites, Protocol):
    """What actions need of Close."""

    async def activities_of_lead(
        self, lead_id: str, contact_id: str | None = None
    ) -> tuple[Activity, ...]: ...
    async def activity(self, resource: str, activity_id: str) -> Activity: ...
    async def opportunities_of_contact(self, lead_id: str, contact_id: str) -> tuple[str, ...]: ...
    async def active_subscriptions(self, contact_id: str) -> int: ...
    async def lead_merges(self, destination_id: str) -> tuple[LeadMerge, ...]: ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """``recreate_deleted``: make records anew that a person deleted in Close.

    ``settled_s`` 0 reads Close for every event, also for one that says nothing new. ``plans_kept_days``
    is how long an event can be undone.
    """

    recreate_deleted: bool = False
    quiet_time_s: float = QUIET_TIME_S
    settled_s: float = SETTLED_S
    plans_kept_days: int = PLANS_KEPT_DAYS


@dataclass(frozen=True, slots=True)
class Workplace:
    """``now_ms`` is the wall clock in milliseconds, ``sleep`` waits for a number of seconds."""

    close: CloseAccess
    settings: ActionSettings
    memory: ActionMemory
    vocabulary: Callable[[], Awaitable[Vocabulary]]
    now_ms: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]]
    options: RunOptions

    def event_time(self, event: Event) -> datetime | None:
        """When it happened; a sender's clock that runs ahead must not make everything after it late."""
        now = datetime.fromtimestamp(self.now_ms() / 1000, UTC)
        return min(event.timestamp, now) if event.timestamp else None

    def lateness(self, event: Event, records: Iterable[tuple[ObjectType, str]]) -> Lateness:
        """Which of the records have seen a younger event already."""
        if event.timestamp is None:
            return Lateness()
        late = set()
        for kind, record_id in records:
            applied = self.memory.identities.applied_at(kind, record_id)
            if applied is not None and applied > event.timestamp:
                late.add(record_id)
        return Lateness(frozenset(late))

    def recently_written(self, key: RecordKey) -> Sequence[str]:
        """The records written for this key while Close's search may not show them."""
        return self.memory.plans.written_for(*key, self.now_ms() - _UNSEEN_MS)

    def wait_for_index(self, keys: Iterable[RecordKey]) -> None:
        """Refuse to go on while a create of the same record may still surface in Close's search.

        Raises ``CloseError`` (``CLOSE-ANSWER-LOST``) with the time that is left.
        """
        intents = (self.memory.identities.intent_for(kind, key) for kind, key in keys)
        since_ms = max((intent.at_ms for intent in intents if intent), default=None)
        if since_ms is None:
            return
        waited_s = (self.now_ms() - since_ms) / 1000
        if 0 <= waited_s < self.options.quiet_time_s:
            raise CloseError(
                FailureKind.NO_ANSWER,
                "CLOSE-ANSWER-LOST",
                "Close's answer to a create was lost.",
                cause="The record may exist already, and Close's search needs up to a minute to show it.",
                remedy="The event waits that long, then looks the record up before creating it.",
                retry_after_s=self.options.quiet_time_s - waited_s,
            )


@dataclass(frozen=True, slots=True)
class Job:
    """One payload of one mapping. ``event_key`` is what the event is recognised by again."""

    event: Event
    event_key: str
    mapping: str
    values: JsonObject


class ActionTask(Protocol):
    """One payload of one action: what it concerns, what Close holds of it, what is to be done."""

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        """The persons and companies it concerns: work on the same ones never overlaps."""

    async def look_up(self) -> Sequence[str]:
        """Read what Close holds; what was found how, in words. Raises ``CloseError``."""

    async def decide(self) -> Plan:
        """What to change, from what ``look_up`` found. Raises ``AppError``."""

    def finish(self, applied: Applied, /) -> None:
        """Remember what a live run has come to; also called when nothing had to be written."""
