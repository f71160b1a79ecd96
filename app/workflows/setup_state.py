"""Where a set-up stands: the steps, and one immutable snapshot of everything a person has decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.actions.trace import Outcome
from app.storage.profile import Profile
from app.workflows.samples import Sample


class Step(StrEnum):
    """The steps in the order of the rail."""

    START = "start"
    CONNECT = "connect"
    FIELDS = "fields"
    SAMPLE = "sample"
    MAPPING = "mapping"
    WHEN = "when"
    TEST = "test"
    GO_LIVE = "go-live"


ORDER = tuple(Step)


@dataclass(frozen=True, slots=True)
class SetupState:
    """One snapshot: the profile as far as it is known, and where in the flow the person is."""

    profile: Profile
    step: Step = Step.START
    done: frozenset[Step] = frozenset()
    sample: Sample | None = None
    dry_run_outcome: Outcome | None = None
    test_outcome: Outcome | None = None
    other_path_off: bool = False

    @property
    def first_unfinished(self) -> Step:
        """Where a resumed set-up continues."""
        return next((step for step in ORDER if step not in self.done), Step.GO_LIVE)

    def untested(self) -> SetupState:
        """The tests that were made say nothing about another sample or mapping."""
        return replace(self, dry_run_outcome=None, test_outcome=None)
