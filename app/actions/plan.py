"""What an action is going to do to Close, decided before anything is written.

``changes`` is what a person reads; ``writes`` is what is sent, in order. Both come from the same
decision, so a dry run shows exactly what a live run does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.close.records import ContactWrite, LeadWrite, ObjectType
from app.json_value import JsonValue


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
    """A record in Close; ``id`` is None for one that the plan creates."""

    object_type: ObjectType
    id: str | None
    name: str


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
class CreateLead:
    """Create a lead together with its contact, in one call (nested contacts exist only here)."""

    lead: LeadWrite


@dataclass(frozen=True, slots=True)
class UpdateLead:
    lead_id: str
    lead: LeadWrite


@dataclass(frozen=True, slots=True)
class CreateContact:
    lead_id: str
    contact: ContactWrite


@dataclass(frozen=True, slots=True)
class UpdateContact:
    contact_id: str
    contact: ContactWrite


Write = CreateLead | UpdateLead | CreateContact | UpdateContact


@dataclass(frozen=True, slots=True)
class Plan:
    """``reason`` explains the verdict in one sentence; ``notes`` are things to know beside it.

    ``matching`` counts the mapped fields that Close already holds and that are not written. ``settled``
    are the existing records that hold everything the event says once the writes are made.
    """

    verdict: Verdict
    reason: str
    changes: tuple[Change, ...] = ()
    writes: tuple[Write, ...] = ()
    notes: tuple[str, ...] = ()
    matching: int = 0
    settled: tuple[RecordRef, ...] = ()
