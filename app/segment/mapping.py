"""Segment's mapping language: turn an event into the fields of an action.

``compile`` validates a mapping once and gives a function that is run for every event; ``transform`` does
both at once. Results are what Segment's own mapping kit gives, quirks included, because people carry
mappings from there to here and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from app.json_value import JsonValue
from app.segment import evaluation_meter
from app.segment.js_values import UNDEFINED, TooLargeError, Undefined, kind_of
from app.segment.mapping_compiler import compile_mapping
from app.segment.mapping_problems import MAX_NESTING, MappingError, Problem, mapping_error

__all__ = ["UNDEFINED", "CompiledMapping", "MappingError", "Problem", "Undefined", "compile", "transform"]

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
        run = compile_mapping(mapping)
    except RecursionError:
        raise mapping_error("/", f"at most {MAX_NESTING} levels", "deeper nesting") from None

    def evaluate(payload: JsonValue) -> JsonValue | Undefined:
        if payload.__class__ is not dict:
            raise mapping_error("/", "an event that is an object", kind_of(payload))
        try:
            return cast("JsonValue | Undefined", run(payload))
        except RecursionError:
            raise mapping_error("/", "values that are not nested so deeply", "a deeper one") from None
        except TooLargeError as error:
            raise mapping_error("/", "a result of a sensible size", str(error)) from None

    return _metered(evaluate) if evaluation_meter.needs_meter(mapping) else evaluate


def _metered(evaluate: CompiledMapping) -> CompiledMapping:
    def evaluate_metered(payload: JsonValue) -> JsonValue | Undefined:
        evaluation_meter.start()
        try:
            return evaluate(payload)
        finally:
            evaluation_meter.stop()

    return evaluate_metered
