"""Identities that are not kept: for previews, dry runs and profiles without a database yet."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from app.close.records import ObjectType
from app.storage.identity_store import Identities, Identity, Intent, Settlement


class MemoryIdentities:
    """Identities that end with the program: for previews and profiles without a database yet."""

    def __init__(self) -> None:
        self._identities: dict[tuple[ObjectType, str], Identity] = {}
        self._intents: dict[tuple[ObjectType, str], Intent] = {}
        self._applied: dict[tuple[ObjectType, str], datetime] = {}
        self._lock = threading.Lock()

    def contact_for(self, user_id: str) -> Identity | None:
        return self._identities.get(("contact", user_id))

    def lead_for(self, company_id: str) -> Identity | None:
        return self._identities.get(("lead", company_id))

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        self._identities[kind, external_id] = Identity(kind, external_id, close_id, how)

    def forget(self, kind: ObjectType, external_id: str) -> None:
        self._identities.pop((kind, external_id), None)

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        self._intents[kind, external_id] = Intent(kind, external_id, operation, at_ms)

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        return self._intents.get((kind, external_id))

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        with self._lock:
            self._intents.pop((kind, external_id), None)
            if close_id is not None:
                self.learn(kind, external_id, close_id, how)

    def intend_all(self, keys: Sequence[tuple[ObjectType, str]], operation: str, at_ms: int) -> None:
        for kind, external_id in keys:
            self.intend(kind, external_id, operation, at_ms)

    def settle_all(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            self.settle(one.kind, one.external_id, one.close_id, one.how)

    def forget_record(self, kind: ObjectType, close_id: str) -> None:
        with self._lock:
            for key in [
                key for key, one in self._identities.items() if (one.kind, one.close_id) == (kind, close_id)
            ]:
                del self._identities[key]
            self._applied.pop((kind, close_id), None)

    def move_record(self, kind: ObjectType, close_id: str, to_id: str, how: str) -> None:
        with self._lock:
            for key, one in list(self._identities.items()):
                if (one.kind, one.close_id) == (kind, close_id):
                    self._identities[key] = Identity(kind, one.external_id, to_id, how)

    def page(self, after: tuple[str, str] | None, limit: int) -> Sequence[Identity]:
        keys = sorted(key for key in self._identities if after is None or key > after)
        return tuple(self._identities[key] for key in keys[:limit])

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        return self._applied.get((kind, close_id))

    def mark_applied(self, records: Sequence[tuple[ObjectType, str]], timestamp: datetime) -> None:
        moment = timestamp.astimezone(UTC)
        with self._lock:
            for record in records:
                self._applied[record] = max(moment, self._applied.get(record, moment))


class ReadOnlyIdentities:
    """Reads another memory and drops every write: a dry run decides like a live run and leaves no trace."""

    def __init__(self, known: Identities) -> None:
        self._known = known

    def contact_for(self, user_id: str) -> Identity | None:
        return self._known.contact_for(user_id)

    def lead_for(self, company_id: str) -> Identity | None:
        return self._known.lead_for(company_id)

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        """Dropped."""

    def forget(self, kind: ObjectType, external_id: str) -> None:
        """Dropped."""

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        """Dropped."""

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        return self._known.intent_for(kind, external_id)

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        """Dropped."""

    def intend_all(self, keys: Sequence[tuple[ObjectType, str]], operation: str, at_ms: int) -> None:
        """Dropped."""

    def settle_all(self, settlements: Sequence[Settlement]) -> None:
        """Dropped."""

    def forget_record(self, kind: ObjectType, close_id: str) -> None:
        """Dropped."""

    def move_record(self, kind: ObjectType, close_id: str, to_id: str, how: str) -> None:
        """Dropped."""

    def page(self, after: tuple[str, str] | None, limit: int) -> Sequence[Identity]:
        return self._known.page(after, limit)

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        return self._known.applied_at(kind, close_id)

    def mark_applied(self, records: Sequence[tuple[ObjectType, str]], timestamp: datetime) -> None:
        """Dropped."""
