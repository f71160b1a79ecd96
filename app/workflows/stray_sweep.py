"""Duplicates that a lost answer may have left in Close: found by our ids, merged with one click.

An answer that comes after the quiet time, or an index that lags longer than it ever did, can leave a second
record with the same id. Only creations whose answer was in doubt are looked up again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.actions.action_definitions import MERGE
from app.actions.apply import Application, Origin
from app.actions.merge_plan import Side, plan_merge
from app.actions.merge_task import belongings_of
from app.actions.plan import Change, ChangeKind, MergeLeads, Plan, RecordRef, UpdateLead, Verdict, Write
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import CloseAccess
from app.close.records import Contact, Lead, LeadWrite, ObjectType
from app.errors import AppError
from app.storage.action_memory import ActionMemory
from app.storage.plan_store import PlanState, StepKind, StepState, StoredPlan

_PREFIXES = {"lead": "company:", "contact": "user:"}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Several records with one id; ``keep`` is the oldest, ``others`` are to be merged into it."""

    object_type: ObjectType
    external_id: str
    keep: Lead | Contact
    others: tuple[Lead | Contact, ...]


class StraySweep:
    """``now_ms`` is the wall clock in milliseconds."""

    def __init__(
        self,
        close: CloseAccess,
        memory: ActionMemory,
        settings: ActionSettings,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._close = close
        self._memory = memory
        self._settings = settings
        self._now_ms = now_ms
        self._sleep = sleep

    async def find(self, *, hours: float = 24.0, every: bool = False) -> tuple[Duplicate, ...]:
        """Look the doubtful creations of the last hours up by their ids; ``every``: all creations.

        Costs one search per id. Raises ``CloseError``.
        """
        since_ms = self._now_ms() - round(hours * 3_600_000)
        plans = self._memory.plans.creations(since_ms)
        keys = dict.fromkeys(key for plan in plans if every or _in_doubt(plan) for key in _keys(plan))
        found = [await self._duplicate(kind, key) for kind, key in keys]
        return tuple(one for one in found if one is not None)

    async def merge(self, duplicate: Duplicate) -> int:
        """Merge the others into the kept record; how many were. Cannot be undone.

        Raises ``CloseError`` (``CLOSE-MERGE-RUNNING``: call it again later).
        """
        for other in duplicate.others:
            plan = await self._plan(duplicate, other)
            origin = Origin(f"sweep:{other.id}", "Duplicates", MERGE.slug)
            await Application(self._close, self._memory, origin, None, self._now_ms, self._sleep).run(plan)
        return len(duplicate.others)

    async def _plan(self, duplicate: Duplicate, other: Lead | Contact) -> Plan:
        keep = duplicate.keep
        if isinstance(keep, Lead) and isinstance(other, Lead):
            return _lead_plan(keep, other, self._settings, duplicate.external_id)
        if not isinstance(keep, Contact) or not isinstance(other, Contact):
            raise AppError(
                "SWEEP-MIXED", "A lead and a contact cannot be merged.", remedy="Merge them in Close."
            )
        made_here = self._memory.plans.made_here
        sides = []
        for contact in (keep, other):
            lead = await self._close.lead(contact.lead_id)
            sides.append(Side(contact, lead, made_here(lead.id)))
        kept, gone = sides
        belongings = await belongings_of(self._close, gone)
        return plan_merge(kept, gone, belongings, self._settings, duplicate.external_id)

    async def _duplicate(self, kind: ObjectType, external_id: str) -> Duplicate | None:
        found: Sequence[Lead | Contact] = ()
        if kind == "lead" and self._settings.company_field_id:
            found = await self._close.leads_by_company_id(self._settings.company_field_id, external_id)
        elif kind == "contact" and self._settings.user_field_id:
            people = await self._close.contacts_by_user_id(self._settings.user_field_id, external_id)
            # One contact per company is how duplicates under different leads are meant to be.
            home = people[0].lead_id if people else ""
            found = [one for one in people if one.lead_id == home]
        return Duplicate(kind, external_id, found[0], tuple(found[1:])) if len(found) > 1 else None


def _in_doubt(plan: StoredPlan) -> bool:
    lost = any(step.kind is StepKind.CREATE and step.state is StepState.SENT for step in plan.steps)
    return lost or plan.state is PlanState.REPLACED


def _keys(plan: StoredPlan) -> list[tuple[ObjectType, str]]:
    kinds: tuple[ObjectType, ...] = ("lead", "contact")
    return [
        (kind, key.removeprefix(_PREFIXES[kind]))
        for step in plan.steps
        for kind in kinds
        for held, key in step.keys
        if held == kind and key.startswith(_PREFIXES[kind])
    ]


def _lead_plan(keep: Lead, other: Lead, settings: ActionSettings, company_id: str) -> Plan:
    record = RecordRef("lead", other.id, other.name, other.html_url)
    reason = f"both carry the Company ID “{company_id}”"
    change = Change(record, "Lead", "", other.name, keep.name, ChangeKind.MERGE, reason)
    writes: list[Write] = [MergeLeads(other, keep)]
    if settings.company_field_id:
        writes.append(UpdateLead(keep.id, LeadWrite(custom={settings.company_field_id: company_id})))
    return Plan(Verdict.CHANGES, f"{other.name} is merged into {keep.name}.", (change,), tuple(writes))
