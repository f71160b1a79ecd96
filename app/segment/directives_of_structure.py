"""The directives that build lists and objects: ``@arrayPath``, ``@flatten``, ``@merge`` and
``@excludeWhenNull``."""

from __future__ import annotations

from app.segment.evaluation_meter import VALUE, charge, count_of
from app.segment.js_text import LONGEST_TEXT
from app.segment.js_values import (
    MAX_VALUES,
    UNDEFINED,
    JsValue,
    TooLargeError,
    is_truthy,
    kind_of,
    ordered_items,
    utf16_length,
    utf16_slice,
)
from app.segment.mapping_nodes import (
    NOTHING,
    Compile,
    Node,
    first_missing,
    refusal,
)
from app.segment.paths import reader, without_root


def compile_array_path(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not isinstance(argument, list):
        return refusal(place, "a list", kind_of(argument))
    if not argument:
        return NOTHING
    target, shape = argument[0], argument[1] if len(argument) > 1 else None
    if isinstance(target, str):
        value = Node(reader(without_root(target)))
    else:
        value = compile_value(target, f"{place}/0")
    if not isinstance(shape, dict) or not shape:
        return value
    read, item_of = value.evaluate, compile_value(shape, f"{place}/1").evaluate
    cost_of_item = VALUE * count_of(shape)

    def evaluate(payload: JsValue) -> JsValue:
        items = read(payload)
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            return items
        charge(cost_of_item * len(items))
        return [item_of(item) for item in items]

    return Node(evaluate, constructs=True)


def compile_flatten(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not isinstance(argument, dict):
        return refusal(place, "an object", kind_of(argument))
    if first_missing(argument, ["separator"]):
        return refusal(place, 'the field "separator"', "none")
    separator = argument["separator"]
    if not isinstance(separator, str):
        return refusal(f"{place}/separator", "text", kind_of(separator))
    omit_lists = is_truthy(argument.get("omitArrays", False))
    value = compile_value(argument.get("value", UNDEFINED), f"{place}/value")
    read = value.evaluate

    def evaluate(payload: JsValue) -> JsValue:
        found = read(payload)
        if not isinstance(found, dict) and (omit_lists or not isinstance(found, list)):
            return {"": found}
        return _Flattener(separator, omit_lists).flat(found)

    return Node(evaluate, constructs=True)


class _Flattener:
    """Gathers leaves under joined keys; the joined keys count towards the size of the result."""

    def __init__(self, separator: str, omit_lists: bool) -> None:
        self._separator = separator
        self._omit_lists = omit_lists
        self._leaves: dict[str, JsValue] = {}
        self._characters = self._visits = 0

    def flat(self, value: JsValue) -> dict[str, JsValue]:
        self._gather(value, "")
        return self._leaves

    def _gather(self, value: JsValue, prefix: str) -> None:
        before = prefix + self._separator if prefix else ""
        members = ordered_items(value) if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            name = f"{before}{key}"
            self._characters += len(name)
            self._visits += 1
            if self._characters > LONGEST_TEXT or self._visits > MAX_VALUES:
                raise TooLargeError(
                    f"more than {MAX_VALUES:,} values, or {LONGEST_TEXT:,} characters of names"
                )
            if isinstance(member, dict) or (isinstance(member, list) and not self._omit_lists):
                self._gather(member, name)
            else:
                self._leaves[name] = member


def compile_merge(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not isinstance(argument, dict):
        return refusal(place, "an object", kind_of(argument))
    missing = next((key for key in ("objects", "direction") if not is_truthy(argument.get(key))), None)
    if missing:
        return refusal(place, f'the field "{missing}"', "none")
    objects = argument["objects"]
    if not isinstance(objects, list):
        return refusal(f"{place}/objects", "a list", kind_of(objects))
    nodes = [compile_value(member, f"{place}/objects/{at}") for at, member in enumerate(objects)]
    reads = [node.evaluate for node in nodes]
    earlier_wins = argument["direction"] == "left"

    def evaluate(payload: JsValue) -> JsValue:
        values = [read(payload) for read in reads]
        merged: dict[str, JsValue] = {}
        for value in reversed(values) if earlier_wins else values:
            merged.update(_members(value))
        return merged

    return Node(evaluate, any(node.constructs for node in nodes))


def _members(value: JsValue) -> dict[str, JsValue]:
    """What spreading the value into an object adds."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(position): member for position, member in enumerate(value)}
    if isinstance(value, str):
        return {
            str(position): utf16_slice(value, position, position + 1)
            for position in range(utf16_length(value))
        }
    return {}


def compile_exclude_when_null(argument: JsValue, place: str, compile_value: Compile) -> Node:
    value = compile_value(argument, place)
    read = value.evaluate
    return Node(lambda payload: _without_nulls(read(payload)), value.constructs)


def _without_nulls(value: JsValue) -> JsValue:
    if value is None:
        return UNDEFINED
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(member) for key, member in value.items() if member is not None}
