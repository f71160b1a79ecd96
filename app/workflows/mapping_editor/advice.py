"""What a person should know about a mapping before it runs: in words, with counts, at the row it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.actions.action_definitions import DELETE, MERGE, RECORD, UPSERT
from app.json_value import JsonValue
from app.segment.js_values import utf16_length
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH
from app.workflows.mapping_editor.event_advice import about_events
from app.workflows.mapping_editor.mapping_review import (
    Advice,
    MappingUnderReview,
    Severity,
    either,
    events_in_words,
)
from app.workflows.mapping_editor.statistics import MappingStatistics
from app.workflows.mapping_editor.target_check import quoted
from app.workflows.mapping_editor.targets import APPENDED, MappingTarget, TargetGroup

__all__ = ["Advice", "MappingUnderReview", "Severity", "advise"]


def advise(review: MappingUnderReview) -> tuple[Advice, ...]:
    """Advice in the order of the rows, errors first within a row; what is about the whole mapping leads."""
    found = [*_about_the_whole(review)]
    for target in review.targets:
        value = review.value(target.key)
        statistics = review.statistics.targets.get(target.key)
        if value is None and statistics is None:
            continue
        about = [*_about_value(target, value), *_about_identity(review, target)]
        counted = about_events(review, target, value, statistics)
        about += map(_good_to_know, counted) if review.made_up else counted
        found += sorted(about, key=lambda advice: tuple(Severity).index(advice.severity))
    return tuple(found)


# The whole mapping -------------------------------------------------------------------------------

_IDENTIFYING: Mapping[str, tuple[str, ...]] = {
    UPSERT.slug: ("contact_external_id", "contact_email", "lead_external_id"),
    RECORD.slug: ("contact_external_id", "contact_email", "lead_external_id"),
    DELETE.slug: ("contact_external_id", "contact_email"),
}


def _about_the_whole(review: MappingUnderReview) -> Iterator[Advice]:
    if review.whole:
        return
    if review.action.slug == MERGE.slug:
        if not (review.is_mapped("previous_user_id") and review.is_mapped("user_id")):
            yield Advice("", Severity.ERROR, "A merge needs both ids. Map Previous user ID and User ID.")
        return
    identifying = _IDENTIFYING.get(review.action.slug, ())
    if identifying and not review.is_mapped(*identifying):
        labels = {target.key: target.label for target in review.targets}
        names = either([labels.get(key, key) for key in identifying])
        text = f"Nothing says whom an event is about, so all are skipped. Map {names}."
        yield Advice("", Severity.ERROR, text)
    elif identifying and not any(_identifies(review, key) for key in identifying):
        text = "No field in Close holds these ids, so nobody is found and all events are skipped."
        yield Advice("", Severity.ERROR, f"{text} Map Email, or choose the ID fields.")
    yield from _about_losses(review.statistics, made_up=review.made_up)


def _identifies(review: MappingUnderReview, key: str) -> bool:
    """Whether records can be found by what is mapped here: an id needs a field that holds it."""
    holders = {
        "contact_external_id": review.vocabulary.user_field_id,
        "lead_external_id": review.vocabulary.company_field_id,
    }
    return review.is_mapped(key) and bool(holders.get(key, True))


def _good_to_know(advice: Advice) -> Advice:
    return replace(advice, severity=Severity.INFO) if advice.severity is Severity.WARNING else advice


def _about_losses(statistics: MappingStatistics, *, made_up: bool) -> Iterator[Advice]:
    events = statistics.matching
    if statistics.failing and not made_up:
        counted = f"{statistics.failing} of {events_in_words(events)} would fail and write nothing"
        yield Advice("", Severity.WARNING, f"{counted}, because a value does not fit its field.")
    if events and not statistics.delivered:
        none = f"None of {events} events would be delivered" if events > 1 else "The event is not delivered"
        yield Advice("", Severity.ERROR, f"{none}; the rows below say why.")


# One row, without events -------------------------------------------------------------------------


def _about_value(target: MappingTarget, value: JsonValue | None) -> Iterator[Advice]:
    if target.missing:
        yield Advice(target.key, Severity.ERROR, "No longer exists in Close. Pick another.")
    for source in _liquid_sources(value):
        length = utf16_length(source)
        if length > MAX_TEMPLATE_LENGTH:
            most = f"Segment runs {MAX_TEMPLATE_LENGTH:,} at most"
            text = f"This Liquid template has {length:,} characters; {most}."
            yield Advice(target.key, Severity.ERROR, text)
    if target.group is TargetGroup.RULES and value is False:
        yield Advice(target.key, Severity.INFO, target.consequence)
    if target.type_label.endswith(APPENDED):
        yield Advice(target.key, Severity.INFO, f"{target.label} is appended, not replaced.")


def _liquid_sources(value: JsonValue | None) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, argument in value.items():
            if name == "@liquid" and isinstance(argument, str):
                yield argument
            else:
                yield from _liquid_sources(argument)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for member in value:
            yield from _liquid_sources(member)


# Who an event is about ---------------------------------------------------------------------------


def _about_identity(review: MappingUnderReview, target: MappingTarget) -> Iterator[Advice]:
    unwritten = "this is not written and " if review.writes_people else ""
    match target.key:
        case "contact_external_id" if not review.vocabulary.user_field_id:
            text = f"No User ID field is set, so {unwritten}people are found by email only."
            yield Advice(target.key, Severity.WARNING, text)
        case "lead_external_id" if not review.vocabulary.company_field_id:
            text = f"No Company ID field is set, so {unwritten}leads are found by their contacts."
            yield Advice(target.key, Severity.WARNING, text)
        case "contact_email" if review.writes_people:
            yield from _about_sharing(review, target.key)
        case _ if target.key.partition(".")[0] == "lead_custom_fields":
            yield from _about_finding_the_lead(review, target.key)


def _about_sharing(review: MappingUnderReview, key: str) -> Iterator[Advice]:
    shared = review.statistics.shared_emails
    if shared.addresses and not review.made_up:
        many = "1 address comes" if shared.addresses == 1 else f"{shared.addresses} addresses come"
        text = f"{many} with several user ids ({quoted(shared.example, 40)} with {shared.most})."
        yield Advice(key, Severity.WARNING, text)
    if shared.addresses or not _identifies(review, "contact_external_id"):
        text = "Several contacts may share this email; up to 10 are updated."
        yield Advice(key, Severity.INFO, text)


def _about_finding_the_lead(review: MappingUnderReview, key: str) -> Iterator[Advice]:
    if review.value("allow_updating_existing_leads") is False:
        yield Advice(key, Severity.WARNING, "Only new leads get this: updating existing leads is off.")
        return
    if _identifies(review, "lead_external_id") or review.whole:
        return
    by_person = _identifies(review, "contact_email") or _identifies(review, "contact_external_id")
    if by_person:
        text = "Without a Company ID this goes to the lead of the contact that is found."
        yield Advice(key, Severity.INFO, text)
    else:
        yield Advice(key, Severity.WARNING, "The lead cannot be found: map Company ID, User ID or Email.")
