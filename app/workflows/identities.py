"""What is remembered about records in Close: seeding it, and cleaning up doubled records."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from app.actions.upsert_payload import ActionSettings
from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.errors import AppError
from app.storage.action_memory import ActionMemory
from app.storage.identity_store import Identity
from app.storage.profile import Profile
from app.workflows.action_test import OpenMemory, OpenRecordedClose, action_settings
from app.workflows.identity_rebuild import IdentityRebuild, RebuildProgress, RebuildReport
from app.workflows.secret_access import SecretAccess
from app.workflows.stray_sweep import Duplicate, StraySweep

_PAGE = 500


class IdentityCare:
    """For the window and the command line. Every method raises ``AppError``."""

    def __init__(self, secrets: SecretAccess, open_close: OpenRecordedClose, open_memory: OpenMemory) -> None:
        self._secrets = secrets
        self._open_close = open_close
        self._open_memory = open_memory

    async def rebuild(
        self, profile: Profile, on_progress: Callable[[RebuildProgress], None]
    ) -> RebuildReport:
        """Learn from Close which id is which record. Cancelled, the next call goes on from there."""
        settings = action_settings(profile)
        if settings.company_field_id is None and settings.user_field_id is None:
            raise AppError(
                "IDENTITY-NO-FIELDS",
                "There is nothing to learn identities from.",
                cause="The profile has neither a Company ID nor a User ID field.",
                remedy="Finish the set-up, or run `segment-close fields`.",
            )
        async with self._opened(profile) as (close, memory):
            return await IdentityRebuild(close, memory, settings, on_progress).run()

    async def duplicates(
        self, profile: Profile, *, hours: float = 24.0, every: bool = False
    ) -> tuple[Duplicate, ...]:
        """Doubled records that doubtful creations may have left."""
        async with self._opened(profile) as (close, memory):
            return await _sweep(close, memory, action_settings(profile)).find(hours=hours, every=every)

    async def merge(self, profile: Profile, duplicate: Duplicate) -> int:
        """Merge a duplicate into its oldest record; how many were merged. Cannot be undone."""
        async with self._opened(profile) as (close, memory):
            return await _sweep(close, memory, action_settings(profile)).merge(duplicate)

    def known(self, profile: Profile, *, wanted: str = "") -> Iterator[Identity]:
        """What each id stands for, in the order of (kind, id); ``wanted`` keeps ids and records that hold it.

        Asks nothing of Close and needs no key.
        """
        memory = self._open_memory(profile, writable=False)
        try:
            after: tuple[str, str] | None = None
            while page := memory.identities.page(after, _PAGE):
                yield from (one for one in page if wanted in one.external_id or wanted == one.close_id)
                after = (page[-1].kind, page[-1].external_id)
        finally:
            memory.close()

    @asynccontextmanager
    async def _opened(self, profile: Profile) -> AsyncIterator[tuple[CloseClient, ActionMemory]]:
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        memory = self._open_memory(profile, writable=True)
        try:
            async with self._open_close(key, profile.close_url, on_exchange=_unheard) as close:
                yield close, memory
        finally:
            memory.close()


def _sweep(close: CloseClient, memory: ActionMemory, settings: ActionSettings) -> StraySweep:
    return StraySweep(close, memory, settings, lambda: time.time_ns() // 1_000_000)


def _unheard(_exchange: Exchange) -> None:
    """These walks show records, not calls."""
