"""Undo for the window and the command line: one event, several, or what a test or a replay has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from app.actions.unchanged import event_key
from app.actions.undo import Undo, UndoReport
from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.errors import AppError
from app.relay.inbox_reader import InboxReader
from app.segment.events import EventError, read_event
from app.storage.action_memory import ActionMemory
from app.storage.plan_store import StoredPlan
from app.storage.profile import Profile
from app.workflows.action_test import OpenMemory, OpenRecordedClose
from app.workflows.secret_access import SecretAccess


class UndoSession:
    """Previews and undoes applied plans. A preview reads Close and writes nothing."""

    def __init__(
        self,
        secrets: SecretAccess,
        open_close: OpenRecordedClose,
        open_memory: OpenMemory,
        open_reader: Callable[[Profile], InboxReader],
    ) -> None:
        self._secrets = secrets
        self._open_close = open_close
        self._open_memory = open_memory
        self._open_reader = open_reader

    async def events(self, profile: Profile, event_ids: Sequence[int], *, live: bool) -> UndoReport:
        """Take back everything that these events of the inbox have changed, replays included.

        Raises ``AppError``: ``RELAY-EVENT-UNKNOWN``, ``UNDO-NOTHING``, or what Close refuses.
        """
        keys = await asyncio.to_thread(self._keys, profile, event_ids)
        return await self._undo(
            profile, live, lambda memory: [plan for key in keys for plan in memory.plans.plans_of(key)]
        )

    async def plans(self, profile: Profile, plan_ids: Sequence[int], *, live: bool) -> UndoReport:
        """Take back single runs by the numbers in their reports (``MappingResult.plan_id``).

        Raises ``AppError``: ``UNDO-NOTHING``, or what Close refuses.
        """

        def find(memory: ActionMemory) -> list[StoredPlan]:
            found = (memory.plans.plan(plan_id) for plan_id in plan_ids)
            return [plan for plan in found if plan is not None]

        return await self._undo(profile, live, find)

    async def _undo(
        self, profile: Profile, live: bool, find: Callable[[ActionMemory], list[StoredPlan]]
    ) -> UndoReport:
        async with self._opened(profile) as (close, memory):
            plans = find(memory)
            if not plans:
                raise _nothing()
            return await Undo(close, memory, live=live).run(plans)

    @asynccontextmanager
    async def _opened(self, profile: Profile) -> AsyncIterator[tuple[CloseClient, ActionMemory]]:
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        memory = self._open_memory(profile, writable=True)
        try:
            async with self._open_close(key, profile.close_url, on_exchange=_unheard) as close:
                yield close, memory
        finally:
            memory.close()

    def _keys(self, profile: Profile, event_ids: Sequence[int]) -> list[str]:
        reader = self._open_reader(profile)
        try:
            return [self._key(reader, event_id) for event_id in event_ids]
        finally:
            reader.close()

    @staticmethod
    def _key(reader: InboxReader, event_id: int) -> str:
        detail = reader.detail(event_id)
        if detail is None:
            raise AppError(
                "RELAY-EVENT-UNKNOWN",
                f"There is no event {event_id}.",
                cause="It may have been deleted when its retention period ended.",
                remedy="Look it up in the list of events.",
            )
        try:
            return event_key(read_event(detail.body))
        except EventError:
            raise _nothing() from None


def _unheard(_exchange: Exchange) -> None:
    """Undo shows records, not calls."""


def _nothing() -> AppError:
    return AppError(
        "UNDO-NOTHING",
        "There is nothing to undo.",
        cause="It has changed nothing in Close, or it is older than the events that are kept.",
        remedy="See in the event's report what it has changed.",
    )
