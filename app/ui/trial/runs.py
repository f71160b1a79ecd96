"""Running one event for the Test page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.actions.agreement import PLAN_CHANGED
from app.actions.plan import Verdict
from app.actions.trace import EventReport
from app.workflows.samples import Sample


class EventRuns(Protocol):
    """Runs a sample; ``SetupFlow`` does, and the workbench brings its own. ``mapping`` runs only this one.

    A send does nothing beyond ``agreed``; when it would, the report's error is ``PLAN-CHANGED``.
    """

    async def dry_run(self, sample: Sample, *, mapping: str | None = None) -> EventReport: ...
    async def send_test(
        self, sample: Sample, *, mapping: str | None = None, agreed: EventReport | None = None
    ) -> EventReport: ...


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended. ``mapping`` is the only one it was made with, None for all."""

    report: EventReport
    sample: Sample
    mapping: str | None
    live: bool

    @property
    def overtaken(self) -> bool:
        """Whether it was a send that would have done more than its dry run has shown."""
        return self.live and self.report.error is not None and self.report.error.code == PLAN_CHANGED

    @property
    def sendable(self) -> bool:
        """Whether it was a dry run that has found something to change."""
        plans = (result.plan for result in self.report.results)
        return not self.live and any(plan and plan.verdict is Verdict.CHANGES for plan in plans)


async def dry_run(runs: EventRuns, sample: Sample, mapping: str | None) -> Ran:
    """What the event would change. Raises ``AppError``."""
    return Ran(await runs.dry_run(sample, mapping=mapping), sample, mapping, live=False)


async def send(runs: EventRuns, shown: Ran) -> Ran:
    """Do what a dry run has shown. Raises ``AppError``."""
    report = await runs.send_test(shown.sample, mapping=shown.mapping, agreed=shown.report)
    return Ran(report, shown.sample, shown.mapping, live=True)
