"""What actions remember, for a dry run: all of it is known, and nothing is written down."""

from __future__ import annotations

from app.json_value import JsonObject
from app.storage.open_entries import OpenEntries, OpenEntry
from app.storage.plan_store import NewPlan, PlanState, PlanStore, StepState, StoredPlan


class ReadOnlyPlans:
    """A ``PlanStore``. What a look-up finds out about a lost answer is left for the live run to note."""

    def __init__(self, known: PlanStore) -> None:
        self._known = known

    def begin(self, plan: NewPlan) -> int:
        raise RuntimeError(f"a dry run of “{plan.mapping}” has begun to write")

    def mark(
        self,
        plan_id: int,
        position: int,
        state: StepState,
        record_id: str | None = None,
        image: object = None,
    ) -> None:
        """Only for what ``begin`` has begun."""

    def settle_step(self, plan_id: int, position: int, state: StepState, note: str) -> None:
        """Left alone."""

    def set_image(self, plan_id: int, position: int, image: JsonObject) -> None:
        """Left alone."""

    def set_record(self, plan_id: int, position: int, record_id: str) -> None:
        """Left alone."""

    def set_state(self, plan_id: int, state: PlanState) -> None:
        """Left alone."""

    def plan(self, plan_id: int) -> StoredPlan | None:
        return self._known.plan(plan_id)

    def plans_of(self, event_key: str) -> tuple[StoredPlan, ...]:
        return self._known.plans_of(event_key)

    def later_steps(self, plan_id: int, record_id: str) -> int:
        return self._known.later_steps(plan_id, record_id)

    def made_here(self, close_id: str, since_ms: int = 0) -> bool:
        return self._known.made_here(close_id, since_ms)

    def written_for(self, kind: str, key: str, since_ms: int) -> tuple[str, ...]:
        return self._known.written_for(kind, key, since_ms)

    def creations(self, since_ms: int) -> tuple[StoredPlan, ...]:
        return self._known.creations(since_ms)

    def forget_record(self, close_id: str) -> None:
        """Left alone."""

    def prune(self, before_ms: int) -> int:  # noqa: ARG002
        return 0


class ReadOnlyEntries:
    """``OpenEntries``, so that a dry run shows which entry an event is added to."""

    def __init__(self, known: OpenEntries) -> None:
        self._known = known

    def entry(self, subject: str) -> OpenEntry | None:
        return self._known.entry(subject)

    def keep(self, subject: str, entry: OpenEntry) -> None:
        """Left alone."""

    def prune(self, before_ms: int) -> int:  # noqa: ARG002
        return 0
