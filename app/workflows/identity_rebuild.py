"""Seeding the identities from Close: which of our ids is which record there.

After a lost database, or before the first event of an organization that has ids already, every event would
cost a search. The walk goes by creation time, keeps its place after each page, and names ids that more than
one record carries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.actions.record_keys import ONE_OF_SEVERAL, company_key, user_key
from app.actions.upsert_payload import ActionSettings
from app.close.failures import CloseError, FailureKind
from app.close.records import ObjectType
from app.close.search_calls import IdHolder, IdHolders
from app.storage.action_memory import ActionMemory
from app.storage.rebuild_points import RebuildPoint

_MOST_IN_ONE_WALK = 9_000
"""Close walks 10,000 records in one query."""


class CloseHolders(Protocol):
    """The one call of the walk."""

    async def id_holders(
        self, object_type: ObjectType, field_id: str, *, since: datetime | None, cursor: str | None
    ) -> IdHolders: ...


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """``total`` is None when Close does not say how many there are."""

    object_type: ObjectType
    seen: int
    total: int | None


@dataclass(frozen=True, slots=True)
class SharedId:
    """An id that several records carry: the oldest one is used."""

    object_type: ObjectType
    external_id: str
    used_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """``learned`` counts ids that were not known before, ``known`` those that were."""

    leads: int
    contacts: int
    learned: int
    known: int
    shared: tuple[SharedId, ...]


@dataclass(slots=True)
class IdentityRebuild:
    """May be cancelled at any time; the next ``run`` goes on behind the last page."""

    close: CloseHolders
    memory: ActionMemory
    settings: ActionSettings
    on_progress: Callable[[RebuildProgress], None] = lambda _progress: None
    _learned: int = 0
    _known: int = 0

    async def run(self) -> RebuildReport:
        """Walk leads and contacts. Raises ``CloseError``; what was learned before stays."""
        shared: list[SharedId] = []
        leads = await self._walk("lead", self.settings.company_field_id, shared)
        contacts = await self._walk("contact", self.settings.user_field_id, shared)
        return RebuildReport(leads, contacts, self._learned, self._known, tuple(shared))

    async def _walk(self, kind: ObjectType, field_id: str | None, shared: list[SharedId]) -> int:
        if field_id is None:
            return 0
        walk = f"{kind} {field_id}"
        point = self.memory.points.point(walk) or RebuildPoint("", 0)
        finished = False
        while not finished:
            point, finished = await self._stretch(kind, field_id, walk, point, shared)
        self.memory.points.clear(walk)
        return point.seen

    async def _stretch(
        self, kind: ObjectType, field_id: str, walk: str, point: RebuildPoint, shared: list[SharedId]
    ) -> tuple[RebuildPoint, bool]:
        """As far as one query goes: until its end, its most rows, or its cursor's death."""
        since = datetime.fromisoformat(point.after) if point.after else None
        cursor: str | None = None
        walked, start = 0, point
        total: int | None = None
        while True:
            try:
                page = await self.close.id_holders(kind, field_id, since=since, cursor=cursor)
            except CloseError as error:
                if cursor is not None and error.kind is FailureKind.INVALID:
                    # A cursor lives half a minute: the walk goes on from the last record.
                    return point, False
                raise
            for record in page.records:
                self._learn(kind, record, shared)
            walked += len(page.records)
            if page.records:
                after = page.records[-1].date_created.isoformat()
                point = RebuildPoint(after, point.seen + len(page.records))
                self.memory.points.keep(walk, point)
            # Close counts once, and only what this stretch asks for.
            total = total if page.total is None else start.seen + page.total
            self.on_progress(RebuildProgress(kind, point.seen, total))
            if page.cursor is None:
                return point, True
            # Many records of one and the same moment cannot be parted by time.
            if walked >= _MOST_IN_ONE_WALK and point.after != start.after:
                return point, False
            cursor = page.cursor

    def _learn(self, kind: ObjectType, record: IdHolder, shared: list[SharedId]) -> None:
        if not record.external_id:
            return
        identities = self.memory.identities
        key = company_key(record.external_id) if kind == "lead" else user_key(record.external_id)
        known = identities.lead_for(key) if kind == "lead" else identities.contact_for(key)
        if known is None:
            identities.learn(kind, key, record.id, "found")
            self._learned += 1
        elif known.close_id == record.id:
            self._known += 1
        else:
            shared.append(SharedId(kind, record.external_id, known.close_id, record.id))
            if kind == "contact" and known.how == "found":
                identities.learn(kind, key, known.close_id, ONE_OF_SEVERAL)
