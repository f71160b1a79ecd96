"""The result of a value for one event, in words: what popovers show while a function is being set."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.json_value import JsonObject, JsonValue
from app.segment import mapping, value_writer
from app.segment.value_expression import Expression
from app.ui.value_editor.words import tr

Preview = Callable[[Expression], str]
"""Gives the result of a value for the event that is looked at, in words for people; never raises."""

_LONGEST = 400
_PLACE = "value"


def preview_of(event: JsonObject) -> Preview:
    """A preview over one event's body."""

    def preview(expression: Expression) -> str:
        try:
            result = mapping.transform({_PLACE: value_writer.write(expression)}, event)
        except mapping.MappingError as error:
            return problem_in_words(error.problems[0])
        members = result if isinstance(result, dict) else {}
        return result_in_words(members[_PLACE]) if _PLACE in members else tr("Nothing: left as it is")

    return preview


def result_in_words(value: JsonValue) -> str:
    """A result as people read it: text as it stands, everything else as JSON."""
    if value == "":
        return tr("Empty text")
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def problem_in_words(problem: mapping.Problem) -> str:
    """What is wrong with a mapping, without its place."""
    return tr("Expected {0}, found {1}").format(problem.expected, problem.found)
