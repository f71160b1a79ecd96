"""Summing up: what a plan or several mappings amount to, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from app.actions.plan import (
    AddActivity,
    ChangeKind,
    CreateContact,
    CreateLead,
    DeleteContact,
    DeleteLead,
    ExtendActivity,
    MergeLeads,
    Plan,
    UpdateContact,
    UpdateLead,
    Verdict,
)
from app.actions.trace import MappingResult, Outcome, StepStatus, TraceStep
from app.close.failures import CloseError
from app.errors import AppError
from app.json_value import JsonObject

_SERIOUSNESS = (
    Outcome.FAILED,
    Outcome.WOULD_FAIL,
    Outcome.DELIVERED,
    Outcome.WOULD_CHANGE,
    Outcome.UNCHANGED,
    Outcome.SKIPPED,
)


def most_serious(results: Sequence[MappingResult]) -> MappingResult:
    """The result an event is known by: a failure before a change, a change before nothing."""
    return min(results, key=lambda result: _SERIOUSNESS.index(result.outcome))


def headline(plan: Plan, *, live: bool) -> tuple[Outcome, str]:
    """Outcome and sentence of a plan that was carried out (``live``) or only made."""
    if plan.verdict is Verdict.SKIPPED:
        return Outcome.SKIPPED, plan.reason
    if plan.verdict is Verdict.UNCHANGED:
        return Outcome.UNCHANGED, plan.reason
    outcome = Outcome.DELIVERED if live else Outcome.WOULD_CHANGE
    return outcome, describe(plan, live=live)


def describe(plan: Plan, *, live: bool) -> str:
    """“Would update contact Maria Lopez and lead Acme. 3 fields change. No new records.”"""
    created = [
        _record_words(plan, write) for write in plan.writes if isinstance(write, CreateLead | CreateContact)
    ]
    updated = [
        _record_words(plan, write) for write in plan.writes if isinstance(write, UpdateLead | UpdateContact)
    ]
    verbs = ("Created", "Updated") if live else ("Would create", "Would update")
    sentences = []
    if created:
        sentences.append(_sentence(f"{verbs[0]} {' and '.join(created)}"))
    if updated:
        sentences.append(_sentence(f"{verbs[1]} {' and '.join(updated)}"))
    sentences += _other_sentences(plan, live=live)
    count = sum(change.kind not in (ChangeKind.MERGE, ChangeKind.DELETE) for change in plan.changes)
    changed = (
        ("1 field changed" if live else "1 field changes")
        if count == 1
        else f"{count} fields " + ("changed" if live else "change")
    )
    if count and (created or updated):
        sentences.append(f"{changed}.")
    if not created:
        sentences.append("No new records.")
    return " ".join(sentences)


def _other_sentences(plan: Plan, *, live: bool) -> list[str]:
    """What happens besides values of leads and contacts."""
    sentences = []
    for write in plan.writes:
        match write:
            case AddActivity(_, title):
                words = f"{'Recorded' if live else 'Would record'} {title}"
            case ExtendActivity():
                words = f"{'Added' if live else 'Would add'} to the entry on the lead"
            case MergeLeads(source, destination):
                words = f"{'Merged' if live else 'Would merge'} lead {source.name} into {destination.name}"
            case DeleteContact(contact, _):
                words = (
                    f"{'Deleted' if live else 'Would delete'} contact {contact.display_name or contact.id}"
                )
            case DeleteLead(lead):
                words = f"{'Deleted' if live else 'Would delete'} lead {lead.name or lead.id}"
            case _:
                continue
        sentences.append(_sentence(words))
    return sentences


def _sentence(text: str) -> str:
    """With one full stop, also behind a company that ends with one (Acme Inc.)."""
    return text if text.endswith(".") else f"{text}."


def _record_words(plan: Plan, write: CreateLead | CreateContact | UpdateLead | UpdateContact) -> str:
    match write:
        case CreateLead(lead):
            words = f"lead {lead.name}"
            if lead.contacts:
                contact = lead.contacts[0]
                name = contact.name or (contact.emails[0].value if contact.emails else "")
                words += f" with contact {name}" if name else " with a contact"
            return words
        case CreateContact(_, contact):
            name = contact.name or (contact.emails[0].value if contact.emails else "without a name")
            return f"contact {name}"
        case UpdateLead(lead_id, _):
            return f"lead {_name_of(plan, lead_id)}"
        case UpdateContact(contact_id, _):
            return f"contact {_name_of(plan, contact_id)}"


def _name_of(plan: Plan, record_id: str) -> str:
    names = (change.record.name for change in plan.changes if change.record.id == record_id)
    return next(names, record_id) or record_id


def failed_result(
    mapping_name: str,
    steps: Sequence[TraceStep],
    error: AppError,
    *,
    live: bool,
    payload: JsonObject | None = None,
    plan: Plan | None = None,
) -> MappingResult:
    """A mapping that stopped at an error, with the trace up to it."""
    measure = f"{error.status}" if isinstance(error, CloseError) and error.status else ""
    last = TraceStep(error.title, StepStatus.FAILED, error.cause, measure)
    shown = tuple(steps) if steps and steps[-1].status is StepStatus.FAILED else (*steps, last)
    outcome = Outcome.FAILED if live else Outcome.WOULD_FAIL
    words = " ".join(part for part in (error.title, error.cause) if part)
    return MappingResult(mapping_name, outcome, words, shown, payload, plan)
