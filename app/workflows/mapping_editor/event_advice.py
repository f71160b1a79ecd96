"""Advice on one row, from what the collected events gave in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.json_value import JsonValue
from app.segment.references import Keys
from app.segment.variable_labels import label_of
from app.workflows.mapping_editor.mapping_review import (
    Advice,
    MappingUnderReview,
    Severity,
    either,
    events_in_words,
)
from app.workflows.mapping_editor.statistics import ProblemCount, TargetStatistics
from app.workflows.mapping_editor.target_check import ProblemKind, quoted
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup, type_name
from app.workflows.mapping_editor.variables_read import variables_read

_SAME_FROM = 10
"""Fewer equal values in a row are no surprise."""


def about_events(
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
        tail = _empty_tail(review, target, statistics)
        yield Advice(target.key, Severity.WARNING, f"No event has {either(unseen)}.{tail}")
    elif statistics.empty:
        yield _emptiness(review, target, statistics)
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


def _emptiness(review: MappingUnderReview, target: MappingTarget, statistics: TargetStatistics) -> Advice:
    severity = Severity.WARNING if 2 * statistics.empty > statistics.events else Severity.INFO
    events, empty = statistics.events, statistics.empty
    counted = (
        f"{empty} of {events_in_words(events)}" if empty < events or events == 1 else f"all {events} events"
    )
    return Advice(target.key, severity, f"Empty in {counted}.{_empty_tail(review, target, statistics)}")


def _empty_tail(review: MappingUnderReview, target: MappingTarget, statistics: TargetStatistics) -> str:
    """What happens with an event that gives nothing here."""
    if not statistics.empty or target.group is TargetGroup.RULES:
        return ""
    match target.key:
        case "contact_external_id" if review.is_mapped("contact_email"):
            return " Then the person is found by email."
        case "contact_email" if not review.writes_people and review.is_mapped("contact_external_id"):
            return " Then the person is found by User ID."
        case "contact_external_id" | "contact_email" if not review.writes_people:
            return " Then nobody is found."
        case "lead_external_id":
            return " Then the lead of the contact is taken."
        case _ if review.writes_people or target.group is TargetGroup.CUSTOM:
            return " Then left as it is."
        case _:
            return ""


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


def _counted(some: int, events: int, one: str, many: str) -> str:
    return f"{some} of {events_in_words(events)} {one if some == 1 else many}"
