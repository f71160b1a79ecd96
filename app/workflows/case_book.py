"""A profile's test cases as the Test page uses them: read, saved and run without holding up the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.storage.case_store import CaseStore, EventCase
from app.storage.profile import Profile
from app.workflows.event_cases import CaseResult, RunDry, check_cases


@dataclass(frozen=True, slots=True)
class CaseBook:
    """``profile`` is asked at the moment of each run. All methods raise ``AppError``."""

    store: CaseStore
    profile: Callable[[], Profile]
    run: RunDry

    async def load(self) -> tuple[EventCase, ...]:
        return await asyncio.to_thread(self.store.load)

    async def save(self, cases: Sequence[EventCase]) -> tuple[EventCase, ...]:
        """Keep exactly these."""
        kept = tuple(cases)
        await asyncio.to_thread(self.store.save, kept)
        return kept

    async def check(
        self, cases: Sequence[EventCase], heard: Callable[[CaseResult], None]
    ) -> tuple[CaseResult, ...]:
        """Run them against Close as it is now; nothing is written."""
        return await check_cases(self.profile(), cases, self.run, heard)
