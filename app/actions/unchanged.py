"""Recognising a payload that would change nothing, before any call is made.

People's pages identify on every load: the same payload comes a thousand times. What was applied last for a
subject (a mapping's person and company) is remembered with the records it went to. The same payload again is
unchanged without a look at Close, until the memory expires or somebody of ours writes to one of the records.
The very same event again is a person's wish (a replay) and always looks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.actions.plan import Plan, Verdict
from app.actions.record_keys import RecordKey
from app.json_value import JsonObject, JsonValue
from app.segment.events import Event
from app.storage.settled_payloads import Settled, SettledPayloads


def event_key(event: Event) -> str:
    """What an event is recognised by: its ``messageId``, or its content when it has none."""
    return event.message_id or f"content:{_digest(event.body)}"


def _digest(value: JsonValue) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class PayloadMark:
    """A payload as the memory knows it."""

    subject: str
    digest: str
    event_key: str
    keys: tuple[RecordKey, ...]

    @classmethod
    def of(cls, event: str, scope: str, keys: Sequence[RecordKey], values: JsonObject) -> PayloadMark | None:
        """None for a payload that names nobody. ``event`` is the event's key; ``scope`` tells mappings,
        actions and settings apart.
        """
        if not keys:
            return None
        subject = json.dumps([scope, *keys], ensure_ascii=True)
        return cls(subject, _digest(values), event, tuple(keys))


@dataclass(frozen=True, slots=True)
class UnchangedPayloads:
    """``lifetime_s`` 0 switches it off. ``now_ms`` is the wall clock in milliseconds."""

    memory: SettledPayloads
    now_ms: Callable[[], int]
    lifetime_s: float

    def known(self, mark: PayloadMark | None) -> Settled | None:
        """What says that the payload changes nothing; None when Close has to be asked."""
        if mark is None or not self.lifetime_s:
            return None
        settled = self.memory.settled(mark.subject)
        if settled is None or settled.digest != mark.digest or settled.event_key == mark.event_key:
            return None
        age_s = (self.now_ms() - settled.at_ms) / 1000
        return settled if 0 <= age_s < self.lifetime_s else None

    def note(self, mark: PayloadMark | None, plan: Plan, records: Sequence[tuple[str, str]]) -> None:
        """Remember a payload that Close holds completely now, in ``records``; forget any other."""
        if mark is None or not self.lifetime_s:
            return
        complete = plan.verdict is not Verdict.SKIPPED and plan.complete and records
        if complete:
            # Watched by their keys as well: a second contact of the person is a record not seen yet.
            kept = (*dict.fromkeys(records), *(("key", key) for _, key in mark.keys))
            self.memory.settle(mark.subject, Settled(mark.digest, mark.event_key, self.now_ms(), kept))
        elif self.memory.settled(mark.subject) is not None:
            self.memory.drop(mark.subject)
