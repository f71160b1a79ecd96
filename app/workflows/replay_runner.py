"""Runners for replays: one that only reads, for dry runs, and one for runs without a relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.storage.profile import Profile
from app.workflows.action_test import OpenMemory, OpenRecordedClose, build_runner
from app.workflows.secret_access import SecretAccess


@dataclass(frozen=True, slots=True)
class ReplayRunners:
    """What it takes to change, or only read, the organization of a profile."""

    secrets: SecretAccess
    open_close: OpenRecordedClose
    open_memory: OpenMemory

    @asynccontextmanager
    async def reading(self, profile: Profile) -> AsyncIterator[ActionRunner]:
        """Knows what is remembered about records and never changes it. Raises ``AppError``."""
        async with self._opened(profile, writable=False) as runner:
            yield runner

    @asynccontextmanager
    async def writing(self, profile: Profile) -> AsyncIterator[ActionRunner]:
        """As the relay's. Raises ``AppError``."""
        async with self._opened(profile, writable=True) as runner:
            yield runner

    @asynccontextmanager
    async def _opened(self, profile: Profile, *, writable: bool) -> AsyncIterator[ActionRunner]:
        exchanges = ExchangeCollector()
        key = await asyncio.to_thread(self.secrets.api_key, profile)
        memory = self.open_memory(profile, writable=writable)
        try:
            async with self.open_close(key, profile.close_url, on_exchange=exchanges) as close:
                yield build_runner(profile, close, memory, exchanges)
        finally:
            memory.close()
