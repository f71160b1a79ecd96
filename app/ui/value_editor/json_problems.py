"""JSON that people type: what is wrong with it, where, and how far it can be used as a mapping."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NoReturn

from app.json_value import JsonValue
from app.segment import mapping
from app.ui.value_editor.words import tr
from app.workflows.samples import caret, place_of

_KEY = "value"


@dataclass(frozen=True, slots=True)
class JsonProblem:
    """``position`` is in the text, -1 where the trouble is in the mapping; ``excerpt`` has a caret."""

    title: str
    detail: str = ""
    excerpt: str = ""
    position: int = -1


def read_json(text: str) -> JsonValue | JsonProblem:
    """Strict JSON, or what is wrong with the text."""
    if not text.strip():
        return JsonProblem(tr("There is nothing here yet."), position=0)
    try:
        value: JsonValue = json.loads(text, parse_constant=_refused, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        line, column = place_of(text, error.pos)
        title = tr("Line {0}, column {1}: {2}").format(line, column, _in_words(error.msg))
        return JsonProblem(title, excerpt=caret(text, error.pos), position=error.pos)
    except _RefusedError as error:
        return JsonProblem(str(error), position=max(0, text.find(error.name)))
    except RecursionError:
        return JsonProblem(tr("This is nested too deeply."), position=0)
    return value


def check_value(value: JsonValue) -> JsonProblem | None:
    """What keeps a value from being one field of a mapping."""
    return _problem({_KEY: value}, drop=f"/{_KEY}")


def check_mapping(value: JsonValue) -> JsonProblem | None:
    """What keeps a value from being a whole mapping."""
    if not isinstance(value, dict):
        return JsonProblem(tr("A mapping is an object: it begins with { and ends with }."))
    return _problem(value, drop="")


def _problem(value: JsonValue, drop: str) -> JsonProblem | None:
    try:
        mapping.compile(value)
    except mapping.MappingError as error:
        lines = [
            tr("{0}: expected {1}, found {2}").format(
                one.place.removeprefix(drop) or "/", one.expected, one.found
            )
            for one in error.problems
        ]
        title = (
            tr("Segment would refuse this.") if len(lines) == 1 else tr("Segment would refuse {0} places.")
        )
        return JsonProblem(title.format(len(lines)), "\n".join(lines))
    return None


class _RefusedError(ValueError):
    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name


def _refused(name: str) -> NoReturn:
    raise _RefusedError(name, tr("{0} is not JSON.").format(name))


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    """Two members of one name: most readers keep the second silently, which loses what was typed."""
    found: dict[str, JsonValue] = {}
    for key, value in pairs:
        if key in found:
            raise _RefusedError(json.dumps(key, ensure_ascii=False), tr("“{0}” is there twice.").format(key))
        found[key] = value
    return found


def _in_words(message: str) -> str:
    """Python's words for what is wrong, in ours."""
    known = {
        "Expecting value": tr("a value is missing here"),
        "Expecting property name enclosed in double quotes": tr("a name in double quotes is missing here"),
        "Illegal trailing comma before end of object": tr("there is a comma too many"),
        "Illegal trailing comma before end of array": tr("there is a comma too many"),
        "Expecting ':' delimiter": tr("a colon is missing here"),
        "Expecting ',' delimiter": tr("a comma or a closing bracket is missing here"),
        "Extra data": tr("the value has ended before this"),
        "Unterminated string starting at": tr("this text has no closing quote"),
        "Invalid control character at": tr(
            "a line break or tab inside a text has to be written as \\n or \\t"
        ),
        "Invalid \\escape": tr("this backslash sequence does not exist"),
    }
    return next((words for start, words in known.items() if message.startswith(start)), message)
