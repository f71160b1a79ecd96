"""*Create or Update Contact and Lead* as a task: also what group events use, with a preset of their own."""

from __future__ import annotations

from collections.abc import Sequence

from app.actions.apply import Applied
from app.actions.look_up import LookUp
from app.actions.lost_creations import claim_lost_creations
from app.actions.plan import Plan
from app.actions.record_keys import RecordKey
from app.actions.record_memory import RecordMemory
from app.actions.upsert import Found, decide
from app.actions.upsert_payload import read_payload
from app.actions.workplace import Job, Workplace
from app.close.records import ObjectType


class UpsertTask:
    """One identify or group event on its way to a lead and a contact."""

    def __init__(self, work: Workplace, job: Job) -> None:
        self._work = work
        self._job = job
        self._event = job.event
        self._payload = read_payload(job.values)
        self._memory = RecordMemory(work.memory.identities, work.settings, self._payload)
        self._found = Found()

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        return self._memory.keys

    async def look_up(self) -> Sequence[str]:
        work = self._work
        recreate = work.options.recreate_deleted
        looking = LookUp(
            work.close,
            work.settings,
            work.memory.identities,
            self._payload,
            recreate,
            recent=work.recently_written,
        )
        self._found = await looking.find()
        self._memory.adopt(self._found)
        claim_lost_creations(work, self._job, self._found)
        return looking.story

    async def decide(self) -> Plan:
        found = self._found
        records: list[tuple[ObjectType, str]] = [("contact", contact.id) for contact in found.contacts]
        records += [("lead", lead_id) for lead_id in found.leads_of_contacts]
        records += [("lead", lead.id) for lead in found.leads]
        late = self._work.lateness(self._event, records)
        return decide(self._payload, found, await self._work.vocabulary(), late)

    def finish(self, _applied: Applied, /) -> None:
        """Nothing: what a record stands for was remembered with each write."""
