"""Taking applied plans back: newest first, step by step, each step checked against Close as it is now.

A preview goes the same way on what Close holds, without writing. Undo can be interrupted and started again:
a step that was taken back is never taken back twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.actions.plan import RecordRef
from app.actions.undo_decisions import (
    UndoLine,
    UndoOutcome,
    additions,
    changed_since,
    remaining,
    reversal,
)
from app.actions.undo_records import CloseUndo, UndoRecords
from app.close.failures import CloseError, FailureKind
from app.json_value import JsonValue
from app.storage.action_memory import ActionMemory
from app.storage.plan_store import PlanState, PlanStep, StepKind, StepState, StoredPlan

_GONE = "It is gone from Close."
_UNCONFIRMED = "Close never confirmed that it was created."
_NOT_INSIDE = "It was created with this lead and is no longer in it."
# Close writes such an entry itself when a lead is created.
_AUTOMATIC = frozenset({"Created"})
_STANDING = (StepState.SENT, StepState.DONE, StepState.LEFT)


@dataclass(frozen=True, slots=True)
class UndoReport:
    """Everything that goes (or went) back, and everything that stays, in the order it is done."""

    lines: tuple[UndoLine, ...]

    def of(self, outcome: UndoOutcome) -> tuple[UndoLine, ...]:
        return tuple(line for line in self.lines if line.outcome is outcome)

    @property
    def summary(self) -> str:
        """“3 fields reverted, 1 record removed, 1 left as it is.”"""
        counts = {one: len(self.of(one)) for one in UndoOutcome}
        stays = counts[UndoOutcome.LEFT] + counts[UndoOutcome.FINAL]
        parts = [
            _counted(counts[UndoOutcome.REVERTED], "field reverted", "fields reverted"),
            _counted(counts[UndoOutcome.REMOVED], "record removed", "records removed"),
            _counted(stays, "left as it is", "left as they are"),
        ]
        return (
            ", ".join(part for part in parts if part).capitalize() + "." if any(parts) else "Nothing to undo."
        )


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}" if count else ""


class Undo:
    """Belongs to one asyncio loop, for one preview or one undo."""

    def __init__(self, close: CloseUndo, memory: ActionMemory, *, live: bool) -> None:
        self._memory = memory
        self._live = live
        self._records = UndoRecords(close, live=live)
        self._lines: list[UndoLine] = []

    async def run(self, plans: Sequence[StoredPlan]) -> UndoReport:
        """Take the plans back. Raises ``CloseError``; what was taken back before stays so."""
        # Before anything is removed: with a record its identities go, and they alone know these.
        claimed: set[str] = set()
        plans = [self._with_found_records(plan, claimed) for plan in plans]
        newest_first = sorted(plans, key=lambda one: one.id, reverse=True)
        # A merge gives entries to contacts that were created after them, and a record with entries stays.
        for of_entries in (True, False):
            for plan in newest_first:
                for position in reversed(range(len(plan.steps))):
                    step = plan.steps[position]
                    if step.state in _STANDING and (step.record_type == "activity") is of_entries:
                        await self._step(plan, position, step)
        for plan in newest_first if self._live else ():
            self._memory.plans.set_state(plan.id, PlanState.UNDONE)
        return UndoReport(tuple(self._lines))

    def _with_found_records(self, plan: StoredPlan, claimed: set[str]) -> StoredPlan:
        """The plan with the records of creations whose answers were lost, as far as they were found later.

        Of several creations of one record only the first one claims it: the others never came about.
        """
        steps = []
        for position, step in enumerate(plan.steps):
            open_creation = step.kind is StepKind.CREATE and step.record_id is None
            known = self._known_id(step) if open_creation else None
            if known is None:
                steps.append(step)
            elif known in claimed or self._memory.plans.made_here(known, plan.at_ms):
                # A later try has looked, found nothing and created it: this one never came about. But a lead
                # that people merged away leaves its contact, and its ID stands for the other lead now.
                came_about = self._known_contact(step) is not None
                steps.append(step if came_about else replace(step, state=StepState.NOT_DONE))
            elif self._memory.plans.made_here(known):
                # Made before, so this one was meant as another record with the same ID or address.
                steps.append(step)
            else:
                claimed.add(known)
                if self._live:
                    self._memory.plans.set_record(plan.id, position, known)
                steps.append(replace(step, record_id=known))
        return replace(plan, steps=tuple(steps))

    async def _step(self, plan: StoredPlan, position: int, step: PlanStep) -> None:
        try:
            lines = await self._taken_back(plan, position, step)
        except CloseError as error:
            if error.transient or error.kind is FailureKind.KEY_REFUSED:
                raise
            words = " ".join(part for part in (error.title, error.cause) if part)
            lines = [UndoLine(_reference(step), "", UndoOutcome.LEFT, reason=words)]
        self._lines += lines
        if not self._live:
            return
        stays = [line.reason for line in lines if line.outcome in (UndoOutcome.LEFT, UndoOutcome.FINAL)]
        state = StepState.LEFT if stays else StepState.UNDONE
        self._memory.plans.settle_step(plan.id, position, state, " ".join(dict.fromkeys(stays)))

    async def _taken_back(self, plan: StoredPlan, position: int, step: PlanStep) -> list[UndoLine]:
        if step.kind is StepKind.MERGE:
            return [_stays(step, UndoOutcome.FINAL, "Merged leads cannot be taken apart again.")]
        if step.kind is StepKind.DELETE:
            return [_stays(step, UndoOutcome.FINAL, "What was deleted in Close does not come back.")]
        if step.record_type == "activity":
            return [await self._entry(step)]
        if step.kind is StepKind.UPDATE:
            return await self._update(plan, position, step)
        return await self._creation(plan, step)

    async def _update(self, plan: StoredPlan, position: int, step: PlanStep) -> list[UndoLine]:
        record_id = step.record_id or ""
        held = await self._records.values(step.record_type, record_id)
        if held is None:
            return [_stays(step, UndoOutcome.LEFT, _GONE)]
        later = self._memory.plans.later_steps(plan.id, record_id) > 0
        back = reversal(_reference(step), step.image, held, later=later)
        if back.values:
            self._unsettle(step, record_id)
            await self._records.write(step.record_type, record_id, back.values)
            self._forget_keys(step, record_id, back.values)
        if self._live and back.left:
            # What is back stays back, also when this undo is started again.
            self._memory.plans.set_image(plan.id, position, remaining(step.image, back.left))
        return list(back.lines)

    async def _creation(self, plan: StoredPlan, step: PlanStep) -> list[UndoLine]:
        record_id = step.record_id
        if record_id is None:
            nested = await self._nested(plan, step, None) if step.record_type == "lead" else []
            return [*nested, _stays(step, UndoOutcome.LEFT, _UNCONFIRMED)]
        held = await self._records.values(step.record_type, record_id)
        if step.record_type == "lead":
            return [*await self._nested(plan, step, record_id), await self._lead(step, record_id, held)]
        if held is None:
            return [UndoLine(_reference(step), "", UndoOutcome.REMOVED, reason=_GONE)]
        return [await self._contact(step, record_id, step.image.get("made"), held)]

    async def _contact(
        self, step: PlanStep, contact_id: str, made: JsonValue, held: Mapping[str, JsonValue]
    ) -> UndoLine:
        record = RecordRef("contact", contact_id, str(held.get("name") or step.record_name))
        changed = additions(made, held)
        lead_id = await self._records.lead_of(contact_id)
        reason = changed_since(changed) if changed else await self._attached(lead_id, contact_id)
        if reason:
            return UndoLine(record, "", UndoOutcome.LEFT, reason=reason)
        await self._remove("contact", contact_id, step)
        return UndoLine(record, "", UndoOutcome.REMOVED)

    async def _nested(self, plan: StoredPlan, step: PlanStep, lead_id: str | None) -> list[UndoLine]:
        """The contact a lead was created with: it may go when the lead stays, and outlives a merged lead."""
        lines = []
        for made in _sequence(step.image.get("contacts")):
            contact_id = await self._records.contact_in(lead_id, made) if lead_id else None
            if contact_id is None:
                remembered = await self._remembered_contact(plan, step)
                lines += remembered or _no_longer_inside(step, lead_id, made)
                continue
            values = await self._records.values("contact", contact_id)
            if values is not None:
                lines.append(await self._contact(step, contact_id, made, values))
        return lines

    async def _lead(self, step: PlanStep, lead_id: str, held: Mapping[str, JsonValue] | None) -> UndoLine:
        if held is None:
            return UndoLine(_reference(step), "", UndoOutcome.REMOVED, reason=_GONE)
        record = RecordRef("lead", lead_id, str(held.get("name") or step.record_name))
        changed = additions(step.image.get("made"), held)
        reason = changed_since(changed) if changed else await self._records.on_lead(lead_id)
        reason = reason or await self._attached(lead_id, None)
        if reason:
            return UndoLine(record, "", UndoOutcome.LEFT, reason=reason)
        await self._remove("lead", lead_id, step)
        return UndoLine(record, "", UndoOutcome.REMOVED)

    async def _attached(self, lead_id: str | None, contact_id: str | None) -> str:
        if lead_id is None:
            return ""
        found = await self._records.activities(lead_id, contact_id)
        count = sum(activity.type not in _AUTOMATIC for activity in found)
        if count:
            return "1 activity belongs to it." if count == 1 else f"{count} activities belong to it."
        return ""

    async def _entry(self, step: PlanStep) -> UndoLine:
        """A note or custom activity, or something that was given to another contact."""
        image, record_id = step.image, step.record_id
        if "contact" in image:
            return _stays(step, UndoOutcome.FINAL, "It belongs to a contact that was merged.")
        if record_id is None:
            return _stays(step, UndoOutcome.LEFT, "Close never confirmed that it was written.")
        resource = str(image.get("resource"))
        note = await self._records.note(resource, record_id)
        if note is None:
            return UndoLine(_reference(step), "", UndoOutcome.REMOVED, reason=_GONE)
        if note != image.get("note"):
            return _stays(step, UndoOutcome.LEFT, "It was changed since, or later events were added to it.")
        before = image.get("before")
        if step.kind is StepKind.UPDATE:
            await self._records.rewrite(resource, record_id, str(before or ""))
            return UndoLine(_reference(step), "Text", UndoOutcome.REVERTED, note, before)
        await self._records.remove_entry(resource, record_id)
        return UndoLine(_reference(step), "", UndoOutcome.REMOVED)

    async def _remove(self, kind: str, record_id: str, step: PlanStep) -> None:
        self._unsettle(step, record_id)
        await self._records.remove(kind, record_id)
        if self._live:
            # Without this the next event would take it for deleted by a person.
            self._memory.identities.forget_record("lead" if kind == "lead" else "contact", record_id)

    async def _remembered_contact(self, plan: StoredPlan, step: PlanStep) -> list[UndoLine]:
        """The contact of a lost lead creation that is no longer in that lead. A person may as well have
        typed it, so it is named and never removed.
        """
        contact_id = self._known_contact(step)
        if contact_id is None or not await self._records.created_since(contact_id, plan.at_ms):
            return []
        held = await self._records.values("contact", contact_id) or {}
        record = RecordRef("contact", contact_id, str(held.get("name") or step.record_name))
        return [UndoLine(record, "", UndoOutcome.LEFT, reason=_UNCONFIRMED)]

    def _known_contact(self, step: PlanStep) -> str | None:
        """The contact that was found for a lead's creation and that no other plan has created."""
        if step.record_type != "lead" or not _sequence(step.image.get("contacts")):
            return None
        known = self._known_ids(step, "contact")
        return next((one for one in known if not self._memory.plans.made_here(one)), None)

    def _known_id(self, step: PlanStep) -> str | None:
        """The record of a creation whose answer was lost, as it was found later."""
        return next(iter(self._known_ids(step, step.record_type)), None)

    def _known_ids(self, step: PlanStep, wanted: str) -> list[str]:
        """What the step's keys stand for now, the strongest key first."""
        identities = self._memory.identities
        keys = [key for kind, key in step.keys if kind == wanted]
        known = [
            identities.lead_for(key) if wanted == "lead" else identities.contact_for(key) for key in keys
        ]
        return [one.close_id for one in known if one is not None]

    def _forget_keys(self, step: PlanStep, record_id: str, values: Mapping[str, JsonValue]) -> None:
        """An id that was taken from the record again no longer stands for it."""
        if not self._live or not any(key.startswith("custom.") for key in values):
            return
        identities = self._memory.identities
        for kind, key in step.keys:
            known = identities.lead_for(key) if kind == "lead" else identities.contact_for(key)
            if known is not None and known.close_id == record_id:
                identities.forget(known.kind, key)

    def _unsettle(self, step: PlanStep, record_id: str) -> None:
        if self._live:
            self._memory.settled.touched([record_id, *(key for _, key in step.keys)])


def _no_longer_inside(step: PlanStep, lead_id: str | None, made: JsonValue) -> list[UndoLine]:
    """A lead that was found again proves that its contact was made too, though no answer told its id."""
    if lead_id is None or step.state is not StepState.SENT:
        return []
    name = str(made.get("name") or "") if isinstance(made, Mapping) else ""
    return [UndoLine(RecordRef("contact", None, name), "", UndoOutcome.LEFT, reason=_NOT_INSIDE)]


def _reference(step: PlanStep) -> RecordRef:
    return RecordRef(step.record_type, step.record_id, step.record_name)


def _stays(step: PlanStep, outcome: UndoOutcome, reason: str) -> UndoLine:
    return UndoLine(_reference(step), "", outcome, reason=reason)


def _sequence(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
