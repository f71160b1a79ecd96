"""What the builder offers while a person types: fields, event names and values, from the collected events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.json_value import JsonObject
from app.segment.event_variables import EventVariable
from app.segment.js_text import number_text
from app.segment.js_values import is_number
from app.segment.trigger_tree import FIELD_OF, NESTED, Comparison, Subject
from app.workflows.mapping_editor.rule_checks import value_in
from app.workflows.mapping_editor.rule_words import TYPE_NAMES

_MOST_VALUES: Final = 50
_LONGEST_VALUE: Final = 80
_SUBJECT_OF_ROOT: Final = {FIELD_OF[subject]: subject for subject in NESTED}


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field a condition can look at; ``label`` is shown and searched, ``detail`` stands beside it."""

    subject: Subject
    name: str
    label: str
    detail: str


_PLAIN: Final = (
    FieldChoice(Subject.EVENT, "", "Event name", "Track"),
    FieldChoice(Subject.USER_ID, "", "User ID", ""),
    FieldChoice(Subject.NAME, "", "Page or screen name", ""),
    FieldChoice(Subject.TYPE, "", "Event type", ""),
)


def field_choices(variables: Sequence[EventVariable]) -> tuple[FieldChoice, ...]:
    """The fields every event may have, then what the events hold, most frequent first.

    Keys that no trigger can name (with a dot, bracket or emoji in them) are left out.
    """
    found: list[tuple[int, FieldChoice]] = []
    for variable in variables:
        subject = _SUBJECT_OF_ROOT.get(variable.keys[0])
        keys = variable.keys[1:]
        if subject is not None and keys and not variable.is_object and all(map(_is_nameable, keys)):
            name = ".".join(keys)
            choice = FieldChoice(subject, name, field_label(subject, name), _detail(variable))
            found.append((variable.present, choice))
    found.sort(key=lambda one: (-one[0], one[1].subject is Subject.CONTEXT))
    return (*_PLAIN, *(choice for _, choice in found))


def field_label(subject: Subject, name: str) -> str:
    """How a field is shown in its box: ``Event name``, ``traits.plan``."""
    plain = next((choice.label for choice in _PLAIN if choice.subject is subject), None)
    return plain or f"{FIELD_OF[subject]}.{name}"


def field_of_text(text: str, usual: Subject) -> tuple[Subject, str]:
    """The field a person typed: ``traits.plan``, a label, or a bare name, which belongs to ``usual``."""
    typed = text.strip().removeprefix("$.")
    for choice in _PLAIN:
        if typed.casefold() in {choice.label.casefold(), FIELD_OF[choice.subject].casefold()}:
            return choice.subject, ""
    root, dot, name = typed.partition(".")
    if dot and root.casefold() in _SUBJECT_OF_ROOT:
        return _SUBJECT_OF_ROOT[root.casefold()], name
    return usual, typed


def usual_subject(types: Sequence[str]) -> Subject:
    """Where a bare name is looked for: traits for people and companies, properties for what they do."""
    return Subject.TRAIT if types and set(types) <= {"identify", "group"} else Subject.PROPERTY


def values_of(subject: Subject, name: str, events: Sequence[JsonObject]) -> tuple[tuple[str, int], ...]:
    """The values of a field with how often each occurs, most frequent first: short texts and numbers."""
    if subject is Subject.TYPE:
        counts = Counter(str(event.get("type")) for event in events)
        return tuple((key, counts[key]) for key in TYPE_NAMES)
    test = Comparison(subject, "=", "", name)
    if subject in NESTED and not name:
        return ()
    seen: Counter[str] = Counter()
    for event in events:
        value = value_in(event, test)
        if is_number(value):
            seen[number_text(value)] += 1
        elif isinstance(value, str) and 0 < len(value) <= _LONGEST_VALUE and '"' not in value:
            seen[value] += 1
    return tuple(seen.most_common(_MOST_VALUES))


def _detail(variable: EventVariable) -> str:
    kind = " or ".join(sorted(variable.types))
    return f"{kind} · {variable.present} of {variable.total}"


def _is_nameable(key: str) -> bool:
    return bool(key) and not any(mark in key for mark in ".[]\r\n") and all(ord(one) <= 0xFFFF for one in key)
