"""What an action is going to do to Close, decided before anything is written.

``changes`` is what a person reads; ``writes`` is what is sent, in order. Both come from the same
decision, so a dry run shows exactly what a live run does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.close.activities import Activity, ActivityWrite
from app.close.records import Contact, ContactWrite, Lead, LeadWrite, ObjectType
from app.json_value import JsonValue
from app.storage.plan_store import RecordType


class ChangeKind(StrEnum):
    CREATE = "create"
    SET = "set"
    APPEND = "append"
    CLEAR = "clear"
    MERGE = "merge"
    DELETE = "delete"


class Verdict(StrEnum):
    """What a plan amounts to."""

    CHANGES = "changes"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A record in Close; ``id`` is None for one that the plan creates. ``link`` opens it in Close."""

    object_type: RecordType
    id: str | None
    name: str
    link: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record: ``before`` and ``after`` are the values a person would see.

    For ``APPEND`` ``after`` is the value that is added, not the whole list. ``field_id`` is Close's
    key (``title``, ``emails``, ``custom.cf_…``), ``field`` its name in words.
    """

    record: RecordRef
    field: str
    field_id: str
    before: JsonValue
    after: JsonValue
    kind: ChangeKind
    reason: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """An external id that stands for the written record from then on; ``how`` it became so, in words."""

    kind: ObjectType
    key: str
    how: str


@dataclass(frozen=True, slots=True)
class CreateLead:
    """Create a lead together with its contact, in one call (nested contacts exist only here)."""

    lead: LeadWrite
    remember: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateLead:
    """``held`` is the lead as it was when this was decided; undo goes back to it."""

    lead_id: str
    lead: LeadWrite
    held: Lead | None = field(default=None, compare=False)
    remember: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateContact:
    lead_id: str
    contact: ContactWrite
    remember: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateContact:
    contact_id: str
    contact: ContactWrite
    held: Contact | None = field(default=None, compare=False)
    remember: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True)
class AddActivity:
    """Write a note or a custom activity. Close would write it twice when asked twice."""

    activity: ActivityWrite
    title: str


@dataclass(frozen=True, slots=True)
class ExtendActivity:
    """Put one more event into an entry that this program wrote a short time ago."""

    activity: Activity
    change: ActivityWrite


@dataclass(frozen=True, slots=True)
class MoveToContact:
    """Let something on the lead belong to another contact; ``resource`` is Close's path for its kind."""

    resource: str
    id: str
    from_id: str
    to_id: str
    name: str


@dataclass(frozen=True, slots=True)
class MergeLeads:
    """Fold the source into the destination. Close does it in the background and never takes it back."""

    source: Lead
    destination: Lead


@dataclass(frozen=True, slots=True)
class DeleteContact:
    """``heir_id`` is the contact that the deleted one's ids stand for from then on."""

    contact: Contact
    heir_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteLead:
    lead: Lead


@dataclass(frozen=True, slots=True)
class DeleteActivity:
    """Erase an entry that this program wrote about a person."""

    activity: Activity


Write = (
    CreateLead
    | UpdateLead
    | CreateContact
    | UpdateContact
    | AddActivity
    | ExtendActivity
    | MoveToContact
    | MergeLeads
    | DeleteContact
    | DeleteLead
    | DeleteActivity
)

FINAL = MergeLeads | DeleteContact | DeleteLead | DeleteActivity
"""What cannot be taken back; a plan says so before it is carried out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``reason`` explains the verdict in one sentence; ``notes`` are things to know beside it.

    ``matching`` counts the mapped fields that Close already holds and that are not written. ``settled``
    are the existing records that hold everything the event says once the writes are made; ``complete`` is
    false when something the event says stays unwritten, because a switch or a later event forbids it.
    """

    verdict: Verdict
    reason: str
    changes: tuple[Change, ...] = ()
    writes: tuple[Write, ...] = ()
    notes: tuple[str, ...] = ()
    matching: int = 0
    settled: tuple[RecordRef, ...] = ()
    complete: bool = True


def without_leads(plan: Plan, kept: Sequence[tuple[DeleteLead, str]]) -> Plan:
    """The plan as it was carried out when these leads were not deleted after all, each for its reason."""
    stay = {one.lead.id for one, _ in kept}
    return replace(
        plan,
        changes=tuple(
            change
            for change in plan.changes
            if change.kind is not ChangeKind.DELETE or change.record.id not in stay
        ),
        writes=tuple(one for one in plan.writes if not (isinstance(one, DeleteLead) and one.lead.id in stay)),
        notes=(*plan.notes, *(f"The lead {one.lead.name} stays: {why}." for one, why in kept)),
    )
