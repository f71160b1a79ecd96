"""What chips and values are called: short on a chip, whole in a tool tip, as a sentence when read aloud."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.json_value import JsonValue
from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Function,
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
from app.segment.variable_labels import label_of
from app.ui.value_editor.row import AsText, Chip, FunctionChip, Group, Item, items_of, text_of

_UNSAID = ("traits", "properties")
_LONGEST = 28


def tr(text: str) -> str:
    return QCoreApplication.translate("ValueEditor", text)


def variable_label(keys: Sequence[str]) -> str:
    """The whole path: ``traits.company.name``; keys that could be misread stand in quotes."""
    if not keys:
        return tr("whole event")
    return label_of(tuple(keys))


def short_label(keys: Sequence[str]) -> str:
    """The last one or two keys, without the ``traits`` or ``properties`` that most variables begin with."""
    if len(keys) > 1 and keys[0] in _UNSAID:
        keys = keys[1:]
    return keys[0] if len(keys) == 1 and keys[0].isprintable() else variable_label(keys[-2:])


def json_words(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def chip_label(chip: Chip) -> str:
    """What stands on the chip."""
    if isinstance(chip, FunctionChip):
        return function_label(chip.function)
    if isinstance(chip, Variable):
        return short_label(chip.keys)
    if isinstance(chip, Static):
        return _cut(json_words(chip.value))
    if isinstance(chip, Group):
        return _cut(value_in_words(chip.expression)) or tr("empty text")
    return tr("Liquid") if isinstance(chip, Liquid) else tr("JSON")


def function_label(function: Function | AsText) -> str:
    """The chip of a function, with the setting that tells two of a kind apart."""
    if isinstance(function, Coalesce):
        start = tr("If empty: {0}") if function.blank else tr("If missing: {0}")
        return start.format(_cut(value_in_words(function.fallback)) or tr("nothing"))
    if isinstance(function, ChangeCase):
        return {
            LetterCase.LOWER: tr("Lowercase"),
            LetterCase.UPPER: tr("Uppercase"),
            LetterCase.CAPITALIZE: tr("Capitalize"),
        }[function.case]
    if isinstance(function, Replace):
        return f"“{_visible(function.pattern)}” → “{_visible(function.replacement)}”"
    if isinstance(function, ConvertJson):
        return tr("To JSON") if function.mode is JsonMode.ENCODE else tr("From JSON")
    if isinstance(function, FormatDate):
        return tr("Date {0}").format(function.format)
    if isinstance(function, Trim):
        return tr("Trim")
    if isinstance(function, JoinList):
        return tr("Join list")
    return tr("Flatten") if isinstance(function, Flatten) else tr("As text")


def function_in_words(function: Function | AsText) -> str:
    """A function with all its settings, for tool tips and for reading aloud."""
    if isinstance(function, Coalesce):
        start = tr("if empty use {0}") if function.blank else tr("if missing use {0}")
        return start.format(value_in_words(function.fallback) or tr("nothing"))
    if isinstance(function, Replace):
        words = tr("replace “{0}” with “{1}”").format(function.pattern, function.replacement)
        if function.ignore_case:
            words += tr(", whatever the case")
        return words if function.everywhere else words + tr(", the first only")
    if isinstance(function, JoinList):
        return tr("join the list with “{0}”").format(function.separator)
    if isinstance(function, Flatten):
        words = tr("flatten with “{0}”").format(function.separator)
        return words + tr(", lists kept") if function.keep_lists else words
    if isinstance(function, FormatDate):
        return tr("date as {0}, {1}").format(function.format, function.zone or "UTC")
    return function_label(function)


def chip_in_words(chip: Chip) -> str:
    """The chip with all that is not to be seen on it."""
    if isinstance(chip, FunctionChip):
        words = function_in_words(chip.function)
        return tr("whole value: {0}").format(words) if chip.whole else words
    if isinstance(chip, Variable):
        return variable_label(chip.keys)
    if isinstance(chip, Static):
        return json_words(chip.value)
    if isinstance(chip, Group):
        return value_in_words(chip.expression)
    if isinstance(chip, Liquid):
        return tr("Liquid template {0}").format(chip.source)
    return tr("JSON {0}").format(json_words(chip.mapping))


def row_in_words(items: Sequence[Item]) -> str:
    """``https:// company site, then Lowercase``: how the value is read aloud."""
    words: list[str] = []
    units: list[str] = []
    for item in items:
        if isinstance(item, str):
            units.append(item)
            continue
        _say_text(words, units)
        if isinstance(item, FunctionChip):
            start = tr(", then on the whole value {0}") if item.whole else tr(", then {0}")
            words.append(start.format(function_in_words(item.function)))
        else:
            words.append(f" {_spoken(item)}")
    _say_text(words, units)
    return "".join(words).strip().removeprefix(",").strip()


def value_in_words(expression: Expression) -> str:
    """An expression as it is read aloud; empty for an empty text."""
    if isinstance(expression, Text):
        return expression.text
    return row_in_words(items_of(expression))


def _say_text(words: list[str], units: list[str]) -> None:
    if units:
        words.append(" " + text_of(units).strip())
        units.clear()


def _spoken(chip: Chip) -> str:
    if isinstance(chip, Variable):
        return short_label(chip.keys).replace(".", " ").replace("_", " ")
    return chip_in_words(chip)


def _visible(text: str) -> str:
    """Text that is nothing but spaces, with signs for them."""
    return text if text.strip() else "␣" * len(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
