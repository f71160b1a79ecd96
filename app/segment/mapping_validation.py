"""The check of a mapping before any event is seen, the way Segment does it.

Objects and the arguments of directives are checked, the insides of lists are not: what is wrong there
shows only when the mapping runs. All problems are collected, so an editor can show them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.segment.js_values import UNDEFINED, JsValue, kind_of, utf16_length
from app.segment.mapping_problems import MAX_NESTING, MappingError, Problem

METADATA_KEY = "_metadata"

Check = Callable[["_Report", JsValue, str], None]


def is_directive(value: JsValue) -> bool:
    """An object with an ``@`` key and nothing beside it but other ``@`` keys and ``_metadata``."""
    if not isinstance(value, dict):
        return False
    found = False
    for key in value:
        if key.startswith("@"):
            found = True
        elif key != METADATA_KEY:
            return False
    return found


def _is_meant_as_directive(value: JsValue) -> bool:
    """An object with any ``@`` key: validation demands that it is a directive and nothing else."""
    return isinstance(value, dict) and any(key.startswith("@") for key in value)


def validate(mapping: JsValue, place: str = "") -> None:
    """Raises ``MappingError`` with every problem that can be seen without an event."""
    report = _Report()
    if isinstance(mapping, list):  # as the whole mapping a list is walked like an object
        report.members({str(position): member for position, member in enumerate(mapping)}, place)
    else:
        report.check(mapping, place)
    if report.problems:
        raise MappingError(report.problems)


def _kind(value: JsValue) -> str:
    return "directive" if _is_meant_as_directive(value) else kind_of(value)


class _Report:
    """Walks a mapping and keeps what it finds; ``place`` is the key path of the value in hand."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._depth = 0

    def refuse(self, place: str, expected: str, found: str) -> None:
        self.problems.append(Problem(place or "/", expected, found))

    def check(self, value: JsValue, place: str) -> None:
        """Check one member of a mapping of any kind."""
        if self._depth >= MAX_NESTING:
            self.refuse(place, f"at most {MAX_NESTING} levels", "deeper nesting")
            return
        self._depth += 1
        try:
            self._check_here(value, place)
        finally:
            self._depth -= 1

    def _check_here(self, value: JsValue, place: str) -> None:
        if isinstance(value, dict):
            if _is_meant_as_directive(value):
                self._directive(value, place)
            else:
                self.members(value, place)

    def members(self, value: Mapping[str, JsValue], place: str) -> None:
        for key, member in value.items():
            self.check(member, f"{place}/{key}")

    def _directive(self, value: Mapping[str, JsValue], place: str) -> None:
        keys = [key for key in value if key != METADATA_KEY]
        if len(keys) > 1:
            self.refuse(place, "only one @-prefixed key", f"{len(keys)} keys")
            return
        name = keys[0]
        check = _CHECKS.get(name)
        if check is None:
            self.refuse(place, "a known directive", name)
        else:
            check(self, value[name], f"{place}/{name}")

    def options(self, value: JsValue, place: str) -> bool:
        """Whether the argument is an object of options; says so if it is not."""
        if _kind(value) == "object":
            return True
        self.refuse(place, "an object", _with_article(_kind(value)))
        return False

    def required(self, options: Mapping[str, JsValue], key: str, place: str) -> bool:
        if key in options:
            return True
        self.refuse(place, f'the field "{key}"', "none")
        return False


def _with_article(kind: str) -> str:
    if kind in {"null", "undefined"}:
        return kind
    return f"an {kind}" if kind[0] in "ao" else f"a {kind}"


def _text_or_directive(report: _Report, value: JsValue, place: str) -> None:
    if _is_meant_as_directive(value):
        report.check(value, place)
    elif not isinstance(value, str):
        report.refuse(place, "text or a directive", _with_article(_kind(value)))


def _object_or_directive(report: _Report, value: JsValue, place: str) -> None:
    if isinstance(value, dict):
        report.check(value, place)
    else:
        report.refuse(place, "an object or a directive", _with_article(_kind(value)))


def _text(report: _Report, value: JsValue, place: str) -> None:
    if not isinstance(value, str):
        report.refuse(place, "text", _with_article(_kind(value)))


def _boolean(report: _Report, value: JsValue, place: str) -> None:
    if not isinstance(value, bool):
        report.refuse(place, "a boolean", _with_article(_kind(value)))


def _any(report: _Report, value: JsValue, place: str) -> None:
    report.check(value, place)


def _directive_or_raw(report: _Report, value: JsValue, place: str) -> None:
    """A raw object is not looked into here; a problem in it shows when the mapping runs."""
    if _is_meant_as_directive(value):
        report.check(value, place)


def _text_of_length(shortest: int, longest: int) -> Check:
    """Length counts UTF-16 units."""

    def check(report: _Report, value: JsValue, place: str) -> None:
        if not isinstance(value, str):
            _text(report, value, place)
        elif not shortest <= utf16_length(value) <= longest:
            wanted = (
                f"text of {shortest} to {longest} characters" if shortest else f"at most {longest} characters"
            )
            report.refuse(place, wanted, f"{utf16_length(value)} characters")

    return check


def _one_of(*words: str) -> Check:
    def check(report: _Report, value: JsValue, place: str) -> None:
        if not isinstance(value, str):
            _text(report, value, place)
        elif value.lower() not in words:
            report.refuse(place, f"one of {', '.join(words)}", f'"{value}"')

    return check


def _object_of(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """Options: the named members are checked as described, and every member as a mapping of its own."""

    def check(report: _Report, value: JsValue, place: str) -> None:
        if not report.options(value, place):
            return
        for key, check_member in required.items():
            if report.required(value, key, place):
                check_member(report, value[key], f"{place}/{key}")
        for key, check_member in optional.items():
            if key in value:
                check_member(report, value[key], f"{place}/{key}")
        for key, member in value.items():
            if key not in required and key not in optional:
                report.check(member, f"{place}/{key}")

    return check


def _array_path(report: _Report, value: JsValue, place: str) -> None:
    if not isinstance(value, list):
        report.refuse(place, "a list", _with_article(_kind(value)))
        return
    _text_or_directive(report, value[0] if value else UNDEFINED, place)
    if len(value) > 1:
        report.check(value[1], place)


def _list_of_objects(report: _Report, value: JsValue, place: str) -> None:
    if not isinstance(value, list):
        report.refuse(place, "a list", _with_article(_kind(value)))
        return
    members: Sequence[JsValue] = value
    for position, member in enumerate(members):
        _object_or_directive(report, member, f"{place}/{position}")


_CHECKS: dict[str, Check] = {
    "@if": _object_of({}, {}),
    "@case": _object_of({}, {"operator": _text, "value": _text_or_directive}),
    "@replace": _object_of(
        {"pattern": _text_of_length(1, 10), "value": _text_or_directive},
        {"replacement": _text_of_length(0, 10), "ignorecase": _boolean, "global": _boolean},
    ),
    "@arrayPath": _array_path,
    "@path": _text_or_directive,
    "@template": _text_or_directive,
    "@json": _object_of({"value": _any, "mode": _one_of("encode", "decode")}, {}),
    "@flatten": _object_of({"value": _any}, {"separator": _text}),
    "@merge": _object_of({"objects": _list_of_objects}, {"direction": _one_of("left", "right")}),
    "@transform": _object_of({"apply": _object_or_directive, "mapping": _object_or_directive}, {}),
    "@literal": _directive_or_raw,
    "@excludeWhenNull": _directive_or_raw,
    "@liquid": _text,
}
