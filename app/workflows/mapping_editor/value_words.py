"""Where a field's value comes from, in one phrase: “company.name”, “title then Trim”, “On”."""

from __future__ import annotations

import json

from app.json_value import JsonValue
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Function,
    Joined,
    JoinList,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)
from app.segment.value_reader import read
from app.segment.variable_labels import label_of

_LONGEST = 80
# Nearly every variable begins with one of these, so they tell nothing in a phrase.
_UNSAID = ("traits", "properties")

_CASES = {
    LetterCase.LOWER: "lower case",
    LetterCase.UPPER: "upper case",
    LetterCase.CAPITALIZE: "Capitalize",
}


def value_words(value: JsonValue) -> str:
    """A mapping value as people say it; shortened when it is long."""
    return _short(_words(read(value)))


def is_fixed(value: JsonValue) -> bool:
    """Whether the value is the same for every event."""
    return isinstance(read(value), Text | Static)


def _words(expression: Expression) -> str:
    match expression:
        case Text(text):
            return f"“{text}”"
        case Variable(keys):
            return _variable(keys)
        case Static(value):
            return _static(value)
        case Joined(parts):
            return " + ".join(_words(part) for part in parts)
        case Liquid(source):
            return f"Liquid {' '.join(source.split())}"
        case Advanced(mapping):
            return json.dumps(mapping, ensure_ascii=False)
        case Coalesce(value, fallback):
            return f"{_words(value)}, else {_words(fallback)}"
        case _:
            return f"{_words(expression.value)} then {_function(expression)}"


def _variable(keys: tuple[str, ...]) -> str:
    if not keys:
        return "the whole event"
    return label_of(keys[1:] if len(keys) > 1 and keys[0] in _UNSAID else keys)


def _static(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "On" if value else "Off"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _function(function: Function) -> str:
    match function:
        case ChangeCase():
            return _CASES[function.case]
        case Replace():
            return f"Replace “{function.pattern}” with “{function.replacement}”"
        case Trim():
            return "Trim"
        case JoinList():
            return f"Join with “{function.separator}”"
        case Flatten():
            return "Flatten"
        case ConvertJson():
            return "JSON" if function.mode is JsonMode.ENCODE else "read as JSON"
        case FormatDate():
            return f"Date {function.format}"
        case Coalesce():
            return f"else {_words(function.fallback)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
