"""Carrying out a plan in Close, one write after the other, with its progress on disk.

Before a call is made its step is known as sent, after the answer as done. A crash in between is met by
looking again: the next try plans from what Close holds then, so nothing that was done is done twice, and
what may have been done stays in the stored plan for undo.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.actions.activity_writes import ActivityWriter, CloseActivityWrites
from app.actions.final_writes import CloseFinalWrites, FinalWriter
from app.actions.plan import (
    AddActivity,
    Change,
    CreateContact,
    CreateLead,
    DeleteActivity,
    DeleteContact,
    DeleteLead,
    ExtendActivity,
    MergeLeads,
    MoveToContact,
    Plan,
    UpdateContact,
    UpdateLead,
    Write,
)
from app.actions.record_writes import CloseRecordWrites, RecordWriter, require_kept
from app.actions.undo_images import created_image, kept_image, steps_of
from app.close.activities import Activity
from app.close.failures import CloseError
from app.close.records import Contact, Lead, ObjectType
from app.storage.action_memory import ActionMemory
from app.storage.plan_store import NewPlan, PlanState, PlanStep, StepKind, StepState

Written = Lead | Contact | Activity | None


class CloseWrites(CloseRecordWrites, CloseActivityWrites, CloseFinalWrites, Protocol):
    """The writes that actions make."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan belongs to: the event by the key it is recognised by, its mapping and action."""

    event_key: str
    mapping: str
    action: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. ``notes`` name values that Close refused, ``left_out`` the lists they belong to;
    ``kept`` are leads that people gave something to just before they would have been deleted, and what.
    """

    activities: tuple[Activity, ...] = ()
    records: tuple[Lead | Contact, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    kept: tuple[tuple[DeleteLead, str], ...] = ()


@dataclass(slots=True)
class Application:
    """Applies one plan. ``now_ms`` is the wall clock in milliseconds, ``sleep`` waits for seconds."""

    close: CloseWrites
    memory: ActionMemory
    origin: Origin
    event_time: datetime | None
    now_ms: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]]
    records: list[Lead | Contact] = field(default_factory=list)
    plan_id: int | None = None
    _nested: list[Contact] = field(default_factory=list)
    _entries: list[Activity] = field(default_factory=list)
    _kept: list[tuple[DeleteLead, str]] = field(default_factory=list)
    _created: set[str] = field(default_factory=set)
    _steps: tuple[PlanStep, ...] = ()
    _writer: RecordWriter = field(init=False)
    _activities: ActivityWriter = field(init=False)
    _final: FinalWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = RecordWriter(self.close, self.memory.identities, self.now_ms)
        self._activities = ActivityWriter(self.close)
        self._final = FinalWriter(self.close, self.memory, self.sleep, self._merges_asked)

    async def run(self, plan: Plan) -> Applied:
        """Send every write in order. Raises ``CloseError``; what was written before stays written."""
        if plan.writes:
            self.plan_id = self._begin(plan)
            for position, write in enumerate(plan.writes):
                await self._step(self.plan_id, position, write)
        written = {record.id for record in self.records}
        for reference in plan.settled:
            # An event that changes nothing still makes older ones late.
            if reference.id and reference.id not in written and reference.object_type != "activity":
                self._mark(reference.object_type, reference.id)
        notes, left_out = self._writer.notes, self._writer.left_out
        return Applied(
            tuple(self._entries), tuple(self.records), tuple(notes), frozenset(left_out), tuple(self._kept)
        )

    def has_done(self, change: Change) -> bool:
        """Whether the change was made before the plan came to a stop."""
        if change.record.id is not None:
            return any(record.id == change.record.id for record in self.records)
        return change.record.object_type in self._created

    @property
    def touched(self) -> list[tuple[ObjectType, str]]:
        """The records that were written, with the contact that was created inside a lead."""
        return [(_kind(record), record.id) for record in (*self.records, *self._nested)]

    def _begin(self, plan: Plan) -> int:
        origin = self.origin
        self._steps = steps = steps_of(plan)
        # Known before the calls: a payload settled on these records is not settled while they change.
        written = [step.record_id for step in steps if step.record_id]
        self.memory.settled.touched([*written, *(key for step in steps for _, key in step.keys)])
        return self.memory.plans.begin(
            NewPlan(origin.event_key, origin.mapping, origin.action, plan.reason, self.now_ms(), steps)
        )

    def _merges_asked(self, lead_id: str) -> bool:
        """Whether the try before this one asked for the lead to be merged, and did not see the end."""
        plans = self.memory.plans.plans_of(self.origin.event_key)
        before = [one for one in plans if one.mapping == self.origin.mapping and one.id != self.plan_id]
        return any(
            step.kind is StepKind.MERGE and step.state is StepState.SENT and step.record_id == lead_id
            for plan in before[-1:]
            for step in plan.steps
        )

    async def _step(self, plan_id: int, position: int, write: Write) -> None:
        plans = self.memory.plans
        try:
            if isinstance(write, DeleteLead) and (gained := await self._final.gained(write.lead)):
                self._kept.append((write, gained))
                self._pass_over(plan_id, position)
                return
            record = await self._send(write)
        except CloseError as error:
            if not error.may_have_happened:
                plans.mark(plan_id, position, StepState.NOT_DONE)
            raise
        created = isinstance(write, CreateLead | CreateContact | AddActivity)
        image = created_image(record) if created and record is not None else None
        if isinstance(write, UpdateContact) and isinstance(record, Contact) and self._writer.left_out:
            image = kept_image(self._steps[position].image, record)
        plans.mark(plan_id, position, StepState.DONE, record.id if created and record else None, image)
        if isinstance(record, Activity):
            self._entries.append(record)
        if not isinstance(record, Lead | Contact):
            return
        self.records.append(record)
        self._mark(_kind(record), record.id)
        if created:
            self._created.add(_kind(record))
        if isinstance(write, CreateLead) and isinstance(record, Lead):
            self._created |= {"contact"} if record.contacts else set()
            for contact in record.contacts:
                self._nested.append(contact)
                self._mark("contact", contact.id)
        if isinstance(write, CreateLead | UpdateLead | CreateContact | UpdateContact):
            try:
                require_kept(write, record)
            except CloseError:
                # The plan ends here: undo must not take the next step for one that may have happened.
                plans.mark(plan_id, position + 1, StepState.NOT_DONE)
                raise

    def _pass_over(self, plan_id: int, position: int) -> None:
        """Go on without a step that is better not done any more."""
        plans = self.memory.plans
        plans.mark(plan_id, position, StepState.NOT_DONE)
        if position + 1 < len(self._steps):
            plans.mark(plan_id, position + 1, StepState.SENT)
        else:
            plans.set_state(plan_id, PlanState.DONE)

    async def _send(self, write: Write) -> Written:
        match write:
            case CreateLead():
                return await self._writer.create_lead(write)
            case UpdateLead():
                return await self._writer.update_lead(write)
            case CreateContact():
                return await self._writer.create_contact(write)
            case UpdateContact():
                return await self._writer.update_contact(write)
            case AddActivity() | ExtendActivity() | MoveToContact():
                return await self._activities.write(write)
            case MergeLeads() | DeleteContact() | DeleteLead() | DeleteActivity():
                await self._final.write(write)
                return None

    def _mark(self, kind: ObjectType, record_id: str) -> None:
        if self.event_time is None:
            return
        applied = self.memory.identities.applied_at(kind, record_id)
        if applied is None or applied < self.event_time:
            self.memory.identities.mark_applied([(kind, record_id)], self.event_time)


def _kind(record: Lead | Contact) -> ObjectType:
    return "lead" if isinstance(record, Lead) else "contact"
