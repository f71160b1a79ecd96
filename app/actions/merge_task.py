"""*Merge Contacts and Leads*: two ids of one person, usually told by an alias call.

Nothing is merged until a person has switched it on for the mapping; until then the plan shows what would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.actions.apply import Applied
from app.actions.look_up import MERGED, LookUp
from app.actions.merge_plan import Belongings, Side, plan_merge, plan_rename
from app.actions.plan import Plan, Remembered, Verdict
from app.actions.record_keys import RecordKey, user_key
from app.actions.upsert import Found
from app.actions.upsert_payload import UpsertPayload
from app.actions.workplace import CloseAccess, Job, Workplace
from app.close.records import Contact
from app.json_value import JsonValue


class MergeTask:
    """One alias. Of several contacts with an id the oldest one is meant; the others are named."""

    def __init__(self, work: Workplace, job: Job) -> None:
        self._work = work
        self._previous_id = _text(job.values.get("previous_user_id"))
        self._user_id = _text(job.values.get("user_id"))
        self._allowed = job.values.get("allow_merging") is True
        self._kept: Side | None = None
        self._gone: Side | None = None
        self._belongings = Belongings()
        self._others: list[Contact] = []

    @property
    def _usable(self) -> bool:
        ids = self._previous_id and self._user_id and self._previous_id != self._user_id
        return bool(ids and self._work.settings.user_field_id)

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        if not self._usable:
            return ()
        return (("contact", user_key(self._previous_id)), ("contact", user_key(self._user_id)))

    async def look_up(self) -> Sequence[str]:
        if not self._usable:
            return ()
        story: list[str] = []
        kept, gone = await self._find(self._user_id, story), await self._find(self._previous_id, story)
        self._kept = self._side(kept, gone)
        self._gone = self._side(gone, kept)
        if self._kept and self._gone and self._kept.contact.id == self._gone.contact.id:
            self._gone = None
        used = {side.contact.id for side in (self._kept, self._gone) if side}
        self._others = [one for one in (*kept.contacts, *gone.contacts) if one.id not in used]
        if self._kept and self._gone:
            self._belongings = await belongings_of(self._work.close, self._gone)
        return story

    async def _find(self, user_id: str, story: list[str]) -> Found:
        work = self._work
        who = UpsertPayload(contact_external_id=user_id)
        looking = LookUp(work.close, work.settings, work.memory.identities, who, recent=work.recently_written)
        found = await looking.find()
        story += looking.story if found.contacts else [f"No contact of “{user_id}”"]
        return found

    def _side(self, found: Found, other: Found) -> Side | None:
        """The oldest contact, rather one that shares a lead with a contact of the other id."""
        leads = {contact.lead_id for contact in other.contacts}
        ordered = sorted(found.contacts, key=lambda one: (one.lead_id not in leads, one.date_created))
        for contact in ordered:
            lead = found.leads_of_contacts.get(contact.lead_id)
            if lead is not None:
                return Side(contact, lead, self._work.memory.plans.made_here(lead.id))
        return None

    async def decide(self) -> Plan:
        if not self._usable:
            return Plan(Verdict.SKIPPED, self._why_not())
        if self._gone is None:
            who = "the person" if self._kept else "either id"
            reason = f"Close has no other contact of {who}: there is nothing to merge."
            return Plan(Verdict.UNCHANGED, reason, complete=False)
        if self._kept is None:
            remember = [Remembered("contact", user_key(self._user_id), "given the ID")]
            plan = plan_rename(self._gone, self._work.settings, self._user_id, remember)
        else:
            plan = plan_merge(self._kept, self._gone, self._belongings, self._work.settings, self._user_id)
        if self._others:
            names = ", ".join(f"{one.display_name} ({one.id})" for one in self._others)
            plan = replace(plan, notes=(*plan.notes, f"Other contacts with one of the ids stay: {names}."))
        if self._allowed:
            return replace(plan, complete=False)
        reason = f"Merging is switched off for this mapping. It would be: {plan.reason}"
        return Plan(Verdict.SKIPPED, reason, plan.changes, notes=plan.notes)

    def _why_not(self) -> str:
        if not self._work.settings.user_field_id:
            return "Nothing to match on: no field is set up for the User ID."
        if self._previous_id and self._previous_id == self._user_id:
            return "Both ids are the same."
        return "The mapping gave no previous id or no new id."

    def finish(self, _applied: Applied, /) -> None:
        """Late events that still name the previous id go to the contact that is left."""
        heir = self._kept or self._gone
        if self._allowed and heir is not None:
            identities = self._work.memory.identities
            identities.learn("contact", user_key(self._previous_id), heir.contact.id, MERGED)


async def belongings_of(close: CloseAccess, side: Side) -> Belongings:
    """What hangs on a contact that is to be merged away. Raises ``CloseError``."""
    contact, lead = side.contact, side.lead
    stuck = []
    subscriptions = await close.active_subscriptions(contact.id)
    if subscriptions:
        stuck.append("an active sequence" if subscriptions == 1 else f"{subscriptions} active sequences")
    if any(_names(task, contact.id) for task in _rows(lead.extras.get("tasks"))):
        stuck.append("open tasks")
    return Belongings(
        await close.activities_of_lead(lead.id, contact.id),
        await close.opportunities_of_contact(lead.id, contact.id),
        tuple(stuck),
    )


def _text(value: JsonValue) -> str:
    return value.strip() if isinstance(value, str) else ""


def _rows(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list | tuple) else ()


def _names(task: JsonValue, contact_id: str) -> bool:
    return isinstance(task, dict) and task.get("contact_id") == contact_id
