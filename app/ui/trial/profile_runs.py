"""Tests of the workbench: with the saved profile as it is at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.actions.trace import EventReport
from app.storage.profile import Profile
from app.workflows.action_test import ActionTester
from app.workflows.samples import Sample
from app.workflows.trial_scope import only


@dataclass(frozen=True)
class ProfileRuns:
    """``EventRuns`` for the Test page outside of the guide."""

    tester: Callable[[], ActionTester]
    profile: Callable[[], Profile]

    async def dry_run(self, sample: Sample, *, mapping: str | None = None) -> EventReport:
        return await self.tester().run(only(self.profile(), mapping), sample, live=False)

    async def send_test(
        self, sample: Sample, *, mapping: str | None = None, agreed: EventReport | None = None
    ) -> EventReport:
        return await self.tester().run(only(self.profile(), mapping), sample, live=True, agreed=agreed)
