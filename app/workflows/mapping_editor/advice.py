"""What a person should know about a mapping before it runs: in words, with counts, at the row it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.actions.action_definitions import DELETE, MERGE, RECORD, UPSERT
from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import EventVariable
from app.segment.js_values import utf16_length
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH
from app.segment.references import Keys
from app.segment.variable_labels import label_of
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.statistics import MappingStatistics, ProblemCount, TargetStatistics
from app.workflows.mapping_editor.target_check import ProblemKind, quoted
from app.workflows.mapping_editor.target_values import base_of, value_at
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup, type_name
from app.workflows.mapping_editor.variables_read import variables_read

_SAME_FROM = 10
"""Fewer equal values in a row are no surprise."""


class Severity(StrEnum):
    """ERROR: events fail or nothing is written. WARNING: some values do not arrive. INFO: good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Advice:
    """``key`` is the target's, empty for the mapping as a whole; ``text`` is one or two sentences."""

    key: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class MappingUnderReview:
    """Everything advice is made of. ``variables`` are those of the events the statistics were made of."""

    mapping: JsonObject
    action: ActionDefinition
    vocabulary: CloseVocabulary
    targets: Sequence[MappingTarget]
    statistics: MappingStatistics = field(default_factory=MappingStatistics)
    variables: Sequence[EventVariable] = ()

    def value(self, key: str) -> JsonValue | None:
        return value_at(self.mapping, key)

    def is_mapped(self, *keys: str) -> bool:
        return any(self.value(key) is not None for key in keys)

    @cached_property
    def whole(self) -> bool:
        """Whether one directive gives all fields: then nothing can be said about a single one."""
        return base_of(self.mapping) is not None

    @cached_property
    def known_places(self) -> frozenset[Keys]:
        return frozenset(variable.keys for variable in self.variables)


def advise(review: MappingUnderReview) -> tuple[Advice, ...]:
    """Advice in the order of the rows, errors first within a row; what is about the whole mapping leads."""
    found = [*_about_the_whole(review)]
    for target in review.targets:
        value = review.value(target.key)
        statistics = review.statistics.targets.get(target.key)
        if value is None and statistics is None:
            continue
        about = [*_about_value(target, value), *_about_events(review, target, value, statistics)]
        about += _about_identity(review, target)
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
        names = _either([labels.get(key, key) for key in identifying])
        yield Advice(
            "", Severity.ERROR, f"Nothing says whom an event is about, so all are skipped. Map {names}."
        )
    yield from _about_losses(review.statistics)


def _about_losses(statistics: MappingStatistics) -> Iterator[Advice]:
    if statistics.failing:
        counted = f"{statistics.failing} of {_events(statistics.matching)} would fail and write nothing"
        text = f"{counted}, because a value does not fit its field."
        yield Advice("", Severity.WARNING, text)
    if statistics.matching and not statistics.delivered:
        text = f"Not one of {_events(statistics.matching)} would be delivered; the rows below say why."
        yield Advice("", Severity.ERROR, text)


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
    if target.type_label.endswith("appended"):
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


# One row over the events -------------------------------------------------------------------------


def _about_events(
    review: MappingUnderReview,
    target: MappingTarget,
    value: JsonValue | None,
    statistics: TargetStatistics | None,
) -> Iterator[Advice]:
    read = variables_read(value)
    if statistics is None or not statistics.events:
        return
    yield from _about_problems(target, statistics)
    unseen = _unseen(review, read)
    if unseen:
        tail = _empty_tail(target, statistics)
        yield Advice(target.key, Severity.WARNING, f"No event has {_either(unseen)}.{tail}")
    elif statistics.empty:
        yield _emptiness(target, statistics)
    if statistics.objects_in_text:
        counted = _counted(statistics.objects_in_text, statistics.events, "puts", "put")
        text = f"{counted} an object into text, which reads “[object Object]”."
        yield Advice(target.key, Severity.WARNING, text)
    constant = statistics.constant
    if constant is not None and read and statistics.events >= _SAME_FROM and target.close_type != "boolean":
        text = f"The same value in all {statistics.events} events ({quoted(constant)})."
        yield Advice(target.key, Severity.INFO, text)


def _about_problems(target: MappingTarget, statistics: TargetStatistics) -> Iterator[Advice]:
    for problem in statistics.problems:
        if problem.kind is ProblemKind.FIELD_GONE:
            continue  # said once, whatever the events hold
        if problem.kind in {ProblemKind.FIELD_RESERVED, ProblemKind.MAPPING}:
            yield Advice(target.key, _severity_of(problem), problem.sentence)
            continue
        counted = _counted(problem.events, statistics.events, "sends", "send")
        yield Advice(target.key, _severity_of(problem), f"{counted} {_misfit(target, problem)}.")


def _severity_of(problem: ProblemCount) -> Severity:
    return Severity.ERROR if problem.kind is ProblemKind.MAPPING else Severity.WARNING


def _misfit(target: MappingTarget, problem: ProblemCount) -> str:
    shown = f" ({', '.join(quoted(example, 30) for example in problem.examples)})" if problem.examples else ""
    match problem.kind:
        case ProblemKind.NOT_IN_LIST if target.close_type == "choices":
            return f"a choice that is not in the list{shown}"
        case ProblemKind.NOT_IN_LIST:
            return f"a status that Close does not have{shown}"
        case ProblemKind.NOT_EMAIL:
            return f"text that is not an email address{shown}"
        case ProblemKind.TOO_LONG:
            return "text that is too long for Close"
        case ProblemKind.PAYLOAD:
            return f"{problem.sent_kind} to this {_kind_of(target)}, which Segment does not deliver"
        case _:
            return f"{problem.sent_kind} to this {_kind_of(target)}{shown}"


def _kind_of(target: MappingTarget) -> str:
    if target.group is TargetGroup.RULES:
        return "rule"
    return f"{type_name(target.close_type).lower()} field"


def _emptiness(target: MappingTarget, statistics: TargetStatistics) -> Advice:
    severity = Severity.WARNING if 2 * statistics.empty > statistics.events else Severity.INFO
    events, empty = statistics.events, statistics.empty
    counted = f"{empty} of {_events(events)}" if empty < events or events == 1 else f"all {events} events"
    return Advice(target.key, severity, f"Empty in {counted}.{_empty_tail(target, statistics)}")


def _empty_tail(target: MappingTarget, statistics: TargetStatistics) -> str:
    match target.key:
        case "contact_external_id":
            return " Then the person is found by email."
        case "lead_external_id":
            return " Then the lead of the contact is taken."
        case "note_text" | "previous_user_id" | "user_id":
            return ""
        case _ if target.group is TargetGroup.RULES or not statistics.empty:
            return ""
        case _:
            return " Then left as it is."


def _unseen(review: MappingUnderReview, read: Iterable[Keys]) -> list[str]:
    """What a value reads when no event has any of it; a fallback that some events have is enough."""
    places = [keys for keys in read if keys]
    if not places or not review.variables or any(_is_known(review, keys) for keys in places):
        return []
    return sorted(map(label_of, places))


def _is_known(review: MappingUnderReview, keys: Keys) -> bool:
    """Items of lists are not variables of their own: the list they are in is enough."""
    if keys in review.known_places:
        return True
    return any(
        keys[:length] in review.known_places and keys[length].isdecimal() for length in range(1, len(keys))
    )


# Who an event is about ---------------------------------------------------------------------------


def _about_identity(review: MappingUnderReview, target: MappingTarget) -> Iterator[Advice]:
    match target.key:
        case "contact_external_id" if not review.vocabulary.user_field_id:
            text = "No User ID field is set, so this is not written and people are found by email only."
            yield Advice(target.key, Severity.WARNING, text)
        case "lead_external_id" if not review.vocabulary.company_field_id:
            text = "No Company ID field is set, so this is not written and leads are found by their contacts."
            yield Advice(target.key, Severity.WARNING, text)
        case "contact_email":
            yield from _about_sharing(review, target.key)
        case _ if target.key.partition(".")[0] == "lead_custom_fields":
            yield from _about_finding_the_lead(review, target.key)


def _about_sharing(review: MappingUnderReview, key: str) -> Iterator[Advice]:
    shared = review.statistics.shared_emails
    if shared.addresses:
        many = "1 address comes" if shared.addresses == 1 else f"{shared.addresses} addresses come"
        text = f"{many} with several user ids ({quoted(shared.example, 40)} with {shared.most})."
        yield Advice(key, Severity.WARNING, text)
    by_email = not (review.vocabulary.user_field_id and review.is_mapped("contact_external_id"))
    if by_email or shared.addresses:
        text = "Several contacts may share this email; up to 10 are updated."
        yield Advice(key, Severity.INFO, text)


def _about_finding_the_lead(review: MappingUnderReview, key: str) -> Iterator[Advice]:
    if review.value("allow_updating_existing_leads") is False:
        yield Advice(key, Severity.WARNING, "Only new leads get this: updating existing leads is off.")
        return
    by_company = review.vocabulary.company_field_id and review.is_mapped("lead_external_id")
    by_person = review.is_mapped("contact_email") or (
        review.vocabulary.user_field_id and review.is_mapped("contact_external_id")
    )
    if by_company or review.whole:
        return
    if by_person:
        text = "Without a Company ID this goes to the lead of the contact that is found."
        yield Advice(key, Severity.INFO, text)
    else:
        yield Advice(key, Severity.WARNING, "The lead cannot be found: map Company ID, User ID or Email.")


def _counted(some: int, events: int, one: str, many: str) -> str:
    return f"{some} of {_events(events)} {one if some == 1 else many}"


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"


def _either(names: Sequence[str]) -> str:
    return " or ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} or {names[-1]}"
