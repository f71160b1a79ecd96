"""Segment's mapping language: turn an event into the fields of an action.

``compile`` validates a mapping once and gives a function that is run for every event; ``transform`` does
both at once. Results are what Segment's own mapping kit gives, quirks included, because people carry
mappings from there to here and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from app.json_value import JsonValue
from app.segment.js_text import LONGEST_TEXT, TextTooLongError
from app.segment.js_values import UNDEFINED, JsValue, Undefined, kind_of, utf16_length, utf16_slice
from app.segment.mapping_compiler import compile_result
from app.segment.mapping_nodes import Evaluate
from app.segment.mapping_problems import MAX_NESTING, MappingError, Problem, mapping_error
from app.segment.mapping_validation import validate

__all__ = ["UNDEFINED", "CompiledMapping", "MappingError", "Problem", "Undefined", "compile", "transform"]

ROOT_DIRECTIVE_KEY = "__segment_internal_directive"

CompiledMapping = Callable[[JsonValue], JsonValue | Undefined]


def transform(mapping: JsonValue, payload: JsonValue) -> JsonValue | Undefined:
    """Run the mapping on one payload. ``UNDEFINED`` comes back only from a lone top-level directive.

    Raises ``MappingError`` for an invalid mapping, a payload that is no object, or a failing directive.
    """
    return compile(mapping)(payload)


def compile(mapping: JsonValue) -> CompiledMapping:  # noqa: A001 - the name Python's own re module uses
    """Validate the mapping and make the function that runs it. Raises ``MappingError``.

    The function keeps no state: it may be shared between threads. The mapping must not be changed
    afterwards. Results share parts with the payload; neither may be changed.
    """
    try:
        run = _compiled(mapping)
    except RecursionError:
        raise _too_deep("/") from None

    def evaluate(payload: JsonValue) -> JsonValue | Undefined:
        if payload.__class__ is not dict:
            raise mapping_error("/", "an event that is an object", kind_of(payload))
        try:
            return cast("JsonValue | Undefined", run(payload))
        except RecursionError:
            raise _too_deep("/") from None
        except TextTooLongError:
            raise mapping_error(
                "/", f"texts of at most {LONGEST_TEXT:,} characters", "a longer one"
            ) from None

    return evaluate


def _too_deep(place: str) -> MappingError:
    return mapping_error(place, f"at most {MAX_NESTING} levels", "deeper nesting")


def _compiled(mapping: JsValue) -> Evaluate:
    mapping = _rooted(mapping)
    validate(mapping)
    if mapping is None:
        raise mapping_error("/", "an object", "null")
    if isinstance(mapping, str):
        characters = (utf16_slice(mapping, at, at + 1) for at in range(utf16_length(mapping)))
        mapping = {str(at): character for at, character in enumerate(characters)}
    elif isinstance(mapping, list):
        mapping = {str(at): member for at, member in enumerate(mapping)}
    elif not isinstance(mapping, dict):
        mapping = {}
    return compile_result(mapping, "")


def _rooted(mapping: JsValue) -> JsValue:
    """A mapping with a root directive, rewritten so that the directive stands in its place."""
    if not isinstance(mapping, dict) or ROOT_DIRECTIVE_KEY not in mapping:
        return mapping
    place = f"/{ROOT_DIRECTIVE_KEY}"
    root = mapping[ROOT_DIRECTIVE_KEY]
    if not isinstance(root, dict) or not root:
        raise mapping_error(place, "a directive", kind_of(root) if root != {} else "nothing")
    if len(root) > 1:
        raise mapping_error(place, "a single directive", f"{len(root)} keys")
    ((name, options),) = root.items()
    if not isinstance(options, dict | list):
        raise mapping_error(f"{place}/{name}", "an object", kind_of(options))
    if isinstance(options, list):
        return root
    others = {key: member for key, member in mapping.items() if key != ROOT_DIRECTIVE_KEY}
    return {name: {**options, "mapping": others}}
