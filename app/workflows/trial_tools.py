"""What a test can do beyond running an event: choose a mapping, take back what was sent, keep test cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.actions.undo import UndoReport
from app.storage.profile import Profile
from app.workflows.case_book import CaseBook


class UndoPlans(Protocol):
    """``UndoSession.plans``."""

    async def __call__(self, profile: Profile, plan_ids: Sequence[int], *, live: bool) -> UndoReport: ...


@dataclass(frozen=True, slots=True)
class TrialTools:
    """``profile`` is the one that tests run with: its mappings and filters are asked when they are shown."""

    profile: Callable[[], Profile]
    undo_plans: UndoPlans
    cases: CaseBook

    async def undo(self, plan_ids: Sequence[int], *, live: bool) -> UndoReport:
        """Take back what these runs have changed; not ``live`` only looks. Raises ``AppError``."""
        return await self.undo_plans(self.profile(), plan_ids, live=live)
