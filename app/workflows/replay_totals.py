"""What a replay would come to, summed up from the dry runs of its events. Pure.

Several events of one new person each plan to create the same records, because a dry run writes nothing:
records are counted once, by the ids that would stand for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from app.actions.plan import (
    AddActivity,
    Change,
    ChangeKind,
    CreateContact,
    CreateLead,
    DeleteContact,
    DeleteLead,
    ExtendActivity,
    MergeLeads,
    Plan,
    Remembered,
    UpdateContact,
    UpdateLead,
    Write,
)
from app.actions.trace import EventReport, Outcome
from app.workflows.forecast import BUDGET_PER_MINUTE, CallGroup, cost_of

MOST_REASONS = 200
MOST_CASES = 1_000
OTHER_REASONS = "Other reasons."


class CaseKind(StrEnum):
    """What deserves a look before a replay is run."""

    NEW_LEAD = "new lead"
    MERGE = "merge"
    DELETION = "deletion"
    SEVERAL_CONTACTS = "several contacts"


@dataclass(frozen=True, slots=True)
class NotableCase:
    """``record`` names what it is about, ``number`` and ``event`` say which event of the replay does it."""

    kind: CaseKind
    record: str
    number: int
    event: str


@dataclass(frozen=True, slots=True)
class ReasonCount:
    outcome: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ReplayTotals:
    """Records and fields are distinct ones; ``seconds`` is how long Close's limits make a run take, at least.

    ``complete`` is false for a dry run that was stopped. ``cases_left_out`` are beyond the first thousand.
    """

    events: int = 0
    new_leads: int = 0
    new_contacts: int = 0
    updated_leads: int = 0
    updated_contacts: int = 0
    fields: int = 0
    entries: int = 0
    merges: int = 0
    deletions: int = 0
    would_change: int = 0
    unchanged: int = 0
    skipped: int = 0
    would_fail: int = 0
    seconds: float = 0.0
    reasons: tuple[ReasonCount, ...] = ()
    cases: tuple[NotableCase, ...] = ()
    cases_left_out: int = 0
    complete: bool = True

    @property
    def words(self) -> str:
        """“Would create 2 leads and 3 contacts, update 5 contacts. 14 fields change.”"""
        created = [_counted(self.new_leads, "lead"), _counted(self.new_contacts, "contact")]
        updated = [_counted(self.updated_leads, "lead"), _counted(self.updated_contacts, "contact")]
        parts = [f"create {_joined(created)}" if any(created) else ""]
        parts.append(f"update {_joined(updated)}" if any(updated) else "")
        parts.append(f"write {_counted(self.entries, 'entry', 'entries')}" if self.entries else "")
        parts.append(f"merge {_counted(self.merges, 'lead')}" if self.merges else "")
        parts.append(f"delete {_counted(self.deletions, 'record')}" if self.deletions else "")
        wanted = [part for part in parts if part]
        if not wanted:
            return "Nothing would change."
        change = "1 field changes." if self.fields == 1 else f"{self.fields:,} fields change."
        return f"Would {', '.join(wanted)}. {change}"

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, text: bytes) -> ReplayTotals:
        return msgspec.json.decode(text, type=cls)


@dataclass(slots=True)
class TotalsSum:
    """Takes one report after the other."""

    events: int = 0
    _outcomes: Counter[Outcome] = field(default_factory=Counter)
    _made: dict[str, set[str]] = field(default_factory=lambda: {"lead": set(), "contact": set()})
    _changed: dict[str, set[str]] = field(default_factory=lambda: {"lead": set(), "contact": set()})
    _fields: set[tuple[str, str, str]] = field(default_factory=set)
    _final: dict[CaseKind, set[str]] = field(default_factory=dict)
    _entries: int = 0
    _calls: Counter[CallGroup] = field(default_factory=Counter)
    _reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    _cases: list[NotableCase] = field(default_factory=list)
    _left_out: int = 0

    def add(self, number: int, title: str, person_key: str, report: EventReport) -> None:
        """``person_key`` stands for records that nothing else names yet."""
        self.events += 1
        outcome = _DRY.get(report.outcome, report.outcome)
        self._outcomes[outcome] += 1
        if outcome in (Outcome.SKIPPED, Outcome.WOULD_FAIL):
            key = (str(outcome), report.reason)
            if key not in self._reasons and len(self._reasons) >= MOST_REASONS:
                key = (str(outcome), OTHER_REASONS)
            self._reasons[key] += 1
        for group, count in cost_of(report).calls.items():
            self._calls[group] += count
        for result in report.results:
            if result.plan is not None:
                self._add_plan(number, title, person_key, result.plan)

    def refuse(self, number: int, title: str, reason: str) -> None:
        """An event whose dry run could not be made."""
        self.add(number, title, "", EventReport(Outcome.WOULD_FAIL, reason, ()))

    def totals(self, *, complete: bool) -> ReplayTotals:
        minutes = max(self._calls[group] / BUDGET_PER_MINUTE[group] for group in CallGroup)
        ordered = sorted(self._reasons.items(), key=lambda one: (one[0][0] != Outcome.WOULD_FAIL, -one[1]))
        return ReplayTotals(
            events=self.events,
            new_leads=len(self._made["lead"]),
            new_contacts=len(self._made["contact"]),
            updated_leads=len(self._changed["lead"]),
            updated_contacts=len(self._changed["contact"]),
            fields=len(self._fields),
            entries=self._entries,
            merges=len(self._final.get(CaseKind.MERGE, ())),
            deletions=len(self._final.get(CaseKind.DELETION, ())),
            would_change=self._outcomes[Outcome.WOULD_CHANGE],
            unchanged=self._outcomes[Outcome.UNCHANGED],
            skipped=self._outcomes[Outcome.SKIPPED],
            would_fail=self._outcomes[Outcome.WOULD_FAIL],
            seconds=minutes * 60,
            reasons=tuple(ReasonCount(outcome, reason, count) for (outcome, reason), count in ordered),
            cases=tuple(self._cases),
            cases_left_out=self._left_out,
            complete=complete,
        )

    def _add_plan(self, number: int, title: str, person_key: str, plan: Plan) -> None:
        for change in plan.changes:
            if change.kind not in (ChangeKind.MERGE, ChangeKind.DELETE):
                self._fields.add(_field_key(change))
        several = [write for write in plan.writes if isinstance(write, UpdateContact)]
        if len(several) > 1:
            names = ", ".join(sorted({_name(plan, write.contact_id) for write in several}))
            self._note(NotableCase(CaseKind.SEVERAL_CONTACTS, names, number, title), names)
        for write in plan.writes:
            self._calls[CallGroup.OTHER] += 1
            self._add_write(number, title, person_key, write)

    def _add_write(self, number: int, title: str, person_key: str, write: Write) -> None:
        match write:
            case CreateLead(lead, remember):
                key = _created_key("lead", remember, person_key)
                if key not in self._made["lead"]:
                    self._note(NotableCase(CaseKind.NEW_LEAD, lead.name or title, number, title), key)
                self._made["lead"].add(key)
                if lead.contacts:
                    self._made["contact"].add(_created_key("contact", remember, person_key))
            case CreateContact(_, _, remember):
                self._made["contact"].add(_created_key("contact", remember, person_key))
            case UpdateLead(lead_id):
                self._changed["lead"].add(lead_id)
            case UpdateContact(contact_id):
                self._changed["contact"].add(contact_id)
            case AddActivity() | ExtendActivity():
                self._entries += 1
            case MergeLeads(source, destination):
                words = f"{source.name} into {destination.name}"
                self._note(NotableCase(CaseKind.MERGE, words, number, title), source.id)
            case DeleteContact(contact):
                words = f"contact {contact.display_name or contact.id}"
                self._note(NotableCase(CaseKind.DELETION, words, number, title), contact.id)
            case DeleteLead(lead):
                self._note(
                    NotableCase(CaseKind.DELETION, f"lead {lead.name or lead.id}", number, title), lead.id
                )
            case _:
                pass

    def _note(self, case: NotableCase, key: str) -> None:
        known = self._final.setdefault(case.kind, set())
        if key in known:
            return
        known.add(key)
        if len(self._cases) < MOST_CASES:
            self._cases.append(case)
        else:
            self._left_out += 1


_DRY: Mapping[Outcome, Outcome] = {
    Outcome.DELIVERED: Outcome.WOULD_CHANGE,
    Outcome.FAILED: Outcome.WOULD_FAIL,
}


def _created_key(kind: str, remember: tuple[Remembered, ...], person_key: str) -> str:
    return next((f"{one.kind} {one.key}" for one in remember if one.kind == kind), person_key)


def _field_key(change: Change) -> tuple[str, str, str]:
    return (change.record.object_type, change.record.id or change.record.name, change.field_id)


def _name(plan: Plan, record_id: str) -> str:
    names = (change.record.name for change in plan.changes if change.record.id == record_id)
    return next(names, record_id) or record_id


def _counted(count: int, one: str, several: str = "") -> str:
    if not count:
        return ""
    return f"1 {one}" if count == 1 else f"{count:,} {several or one + 's'}"


def _joined(parts: list[str]) -> str:
    return " and ".join(part for part in parts if part)
