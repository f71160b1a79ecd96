"""What becomes of one mapped value: the form Close keeps, the text people see, or why it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.actions.custom_values import ValueRefusedError, as_text, convert, is_empty
from app.actions.upsert_payload import printable
from app.close.records import CustomField
from app.json_value import JsonValue
from app.segment.js_values import kind_of
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.targets import STATUS, MappingTarget

MAX_SHOWN = 200
"""Characters of a value that a row shows; the rest is in the payload."""

# Close documents these two; longer values are refused with the whole record.
MAX_NAME = 1000
MAX_EMAIL = 254

_REMEMBERED = 1000
_REMEMBERED_LENGTH = 100

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(?:\.[^@\s<>,;.]+)+")


class ValueState(StrEnum):
    """UNMAPPED: nothing is mapped. EMPTY: mapped, but this event gives nothing, so Close is left as it is."""

    OK = "ok"
    EMPTY = "empty"
    PROBLEM = "problem"
    UNMAPPED = "unmapped"


class ProblemKind(StrEnum):
    """What is wrong with a value, for counting over many events."""

    MAPPING = "mapping"
    PAYLOAD = "payload"
    WRONG_TYPE = "wrong type"
    NOT_IN_LIST = "not in the list"
    TOO_LONG = "too long"
    NOT_EMAIL = "not an email"
    FIELD_GONE = "field gone"
    FIELD_RESERVED = "field reserved"


@dataclass(frozen=True, slots=True)
class TargetValue:
    """One row's result for one event.

    ``value`` is what Close is given, in the form it keeps; ``shown`` the same on one line. With a problem,
    ``problem`` is a sentence, ``kind`` its sort, ``sent`` the value that caused it and ``sent_kind`` what
    that is (“text”, “a list”).
    """

    key: str
    state: ValueState
    value: JsonValue = None
    shown: str = ""
    problem: str = ""
    kind: ProblemKind | None = None
    sent: str = ""
    sent_kind: str = ""


Check = Callable[[JsonValue], TargetValue]
"""Takes the value after the payload check; None for a value that is not there."""


def problem_value(key: str, kind: ProblemKind, sentence: str, sent: JsonValue = None) -> TargetValue:
    shown = one_line(sent)
    return TargetValue(
        key,
        ValueState.PROBLEM,
        shown=shown,
        problem=sentence,
        kind=kind,
        sent=shown,
        sent_kind=kind_in_words(sent),
    )


def check_of(target: MappingTarget, vocabulary: CloseVocabulary, *, custom: bool) -> Check:
    """The check for one row, made once and run for every event. ``custom`` tells a custom field's row."""
    return _remembering(_check_of(target, vocabulary, custom=custom))


def _remembering(check: Check) -> Check:
    """Over thousands of events the same short values come again and again, and so do their answers."""
    held: dict[tuple[type, JsonValue], TargetValue] = {}

    def run(value: JsonValue) -> TargetValue:
        kind = value.__class__
        if kind is not int and (kind is not str or len(str(value)) > _REMEMBERED_LENGTH):
            return check(value)
        found = held.get((kind, value))
        if found is None:
            found = check(value)
            if len(held) < _REMEMBERED:
                held[kind, value] = found
        return found

    return run


def _check_of(target: MappingTarget, vocabulary: CloseVocabulary, *, custom: bool) -> Check:
    key, empty = target.key, TargetValue(target.key, ValueState.EMPTY)
    if custom:
        return _custom_check(target, vocabulary, empty)
    if target.close_type == "boolean":
        switch = {on: TargetValue(key, ValueState.OK, on, "On" if on else "Off") for on in (True, False)}
        return lambda value: switch[value] if isinstance(value, bool) else empty
    if target.close_type == "object":
        return lambda value: (
            empty if is_empty(value) else TargetValue(key, ValueState.OK, value, one_line(value))
        )
    refused = _refusals(target)

    def check(value: JsonValue) -> TargetValue:
        text = printable(value) if isinstance(value, str) else ""
        if not text:
            return empty
        for refuse in refused:
            found = refuse(text)
            if found is not None:
                return problem_value(key, *found, text)
        return TargetValue(key, ValueState.OK, text, labels.get(text) or one_line(text))

    labels = dict(zip(target.choices, target.choice_labels, strict=False))
    return check


_Refusal = Callable[[str], tuple[ProblemKind, str] | None]


def _refusals(target: MappingTarget) -> tuple[_Refusal, ...]:
    """What Close refuses of a text in one of its own fields."""
    if target.key == "contact_email":
        return (_longer_than(MAX_EMAIL), _no_email)
    if target.close_type == STATUS and target.choices:
        return (_unknown_status(frozenset(target.choices)),)
    if target.key in {"contact_name", "contact_title"}:
        return (_longer_than(MAX_NAME),)
    return ()


def _longer_than(most: int) -> _Refusal:
    def refuse(text: str) -> tuple[ProblemKind, str] | None:
        if len(text) <= most:
            return None
        return ProblemKind.TOO_LONG, f"The text has {len(text):,} characters; Close takes {most:,} at most."

    return refuse


def _no_email(text: str) -> tuple[ProblemKind, str] | None:
    if _EMAIL.fullmatch(text):
        return None
    return ProblemKind.NOT_EMAIL, f"{quoted(text)} is not an email address, so Close will not take it."


def _unknown_status(ids: frozenset[str]) -> _Refusal:
    def refuse(text: str) -> tuple[ProblemKind, str] | None:
        if text in ids:
            return None
        return ProblemKind.NOT_IN_LIST, f"Close has no lead status with the id {quoted(text)}."

    return refuse


def _custom_check(target: MappingTarget, vocabulary: CloseVocabulary, empty: TargetValue) -> Check:
    key = target.key
    field_id = key.partition(".")[2]
    if target.missing:
        gone = problem_value(key, ProblemKind.FIELD_GONE, "No longer exists in Close. Pick another.")
        return lambda _value: gone
    if vocabulary.is_id_field(field_id):
        sentence = f"{target.label} is filled by its own row; this value is not used."
        reserved = problem_value(key, ProblemKind.FIELD_RESERVED, sentence)
        return lambda _value: reserved
    field = vocabulary.field(field_id)

    def check(value: JsonValue) -> TargetValue:
        if is_empty(value):
            return empty
        if field is None:
            converted: JsonValue = as_text(value)
        else:
            try:
                converted = convert(field, value)
            except ValueRefusedError as refusal:
                kind = ProblemKind.NOT_IN_LIST if field.type == "choices" else ProblemKind.WRONG_TYPE
                return problem_value(key, kind, refusal.cause, _refused_item(field, value))
        return TargetValue(key, ValueState.OK, converted, one_line(converted))

    return check


def _refused_item(field: CustomField, value: JsonValue) -> JsonValue:
    """The item of a list that does not fit, so that people see it and not the whole list."""
    if not field.accepts_multiple_values or isinstance(value, str) or not isinstance(value, Sequence):
        return value
    for item in value:
        try:
            if not is_empty(item):
                convert(field, item)
        except ValueRefusedError:
            return item
    return value


def one_line(value: JsonValue) -> str:
    """A value as a table shows it: one line, lists separated by commas, at most ``MAX_SHOWN`` characters."""
    if value is None:
        return ""
    if isinstance(value, str):
        # Splitting a text of megabytes for a row of 200 characters would be felt.
        text = " ".join(value[: 4 * MAX_SHOWN].split())
    elif isinstance(value, Sequence):
        text = ", ".join(one_line(item) for item in value[:MAX_SHOWN])
    else:
        text = as_text(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def quoted(text: str, most: int = 60) -> str:
    return f"“{text if len(text) <= most else text[: most - 1] + '…'}”"


def kind_in_words(value: JsonValue) -> str:
    """“text”, “a number”, “a list”, … for sentences."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence):
        return "a list"
    return f"a {kind_of(value)}"
