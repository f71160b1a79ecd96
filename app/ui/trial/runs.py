"""Running one event for the Test page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.actions.plan import Verdict
from app.actions.trace import EventReport
from app.workflows.samples import Sample


class EventRuns(Protocol):
    """Runs a sample; ``SetupFlow`` does, and the workbench brings its own. ``mapping`` runs only this one."""

    async def dry_run(self, sample: Sample, *, mapping: str | None = None) -> EventReport: ...
    async def send_test(self, sample: Sample, *, mapping: str | None = None) -> EventReport: ...


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended. ``mapping`` is the only one it was made with, None for all."""

    report: EventReport
    sample: Sample
    mapping: str | None
    live: bool

    @property
    def sendable(self) -> bool:
        """Whether it was a dry run that has found something to change."""
        plans = (result.plan for result in self.report.results)
        return not self.live and any(plan and plan.verdict is Verdict.CHANGES for plan in plans)


async def run_event(runs: EventRuns, sample: Sample, mapping: str | None, *, live: bool) -> Ran:
    """Dry-run the event or send it. Raises ``AppError``."""
    run = runs.send_test if live else runs.dry_run
    report = await (run(sample) if mapping is None else run(sample, mapping=mapping))
    return Ran(report, sample, mapping, live)
