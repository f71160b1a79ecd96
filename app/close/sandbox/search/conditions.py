"""The conditions a field can be asked for: text, term, reference, exists, ranges, boolean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, TypeAlias

Test: TypeAlias = Callable[[Sequence[Any]], bool]
"""Whether a field with these values (none, one or several) fulfils the condition."""

_WORD = re.compile(r"\w+")
TEXT_MODES = ("exact_value", "phrase", "full_words", "beginning_of_words")
_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


class BadQueryError(Exception):
    """The query does not follow the filter language; the text says where."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a condition depends on besides the query itself."""

    now: datetime
    tz_offset_h: float
    exact_value_ignores_case: bool


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def condition_test(condition: Any, around: Surroundings) -> Test:
    """The test for one ``condition`` object; raises ``BadQueryError``."""
    if not isinstance(condition, dict):
        raise BadQueryError("condition: Input should be a valid dictionary")
    kind = condition.get("type")
    maker = _MAKERS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise BadQueryError(f"condition: unknown type {kind!r}")
    return maker(condition, around)


def _text(condition: Mapping[str, Any], around: Surroundings) -> Test:
    wanted, mode = condition.get("value"), condition.get("mode")
    if not isinstance(wanted, str) or mode not in TEXT_MODES:
        raise BadQueryError("condition: text needs a value and one of the modes " + ", ".join(TEXT_MODES))
    if mode == "exact_value":
        if around.exact_value_ignores_case:
            return lambda values: any(str(value).casefold() == wanted.casefold() for value in values)
        return lambda values: any(str(value) == wanted for value in values)
    return lambda values: any(text_matches(str(value), wanted, str(mode)) for value in values)


def text_matches(text: str, wanted: str, mode: str) -> bool:
    """The modes that look at words; letter case never matters to them."""
    held, asked = words(text), words(wanted)
    if not asked:
        return False
    if mode == "phrase":
        return any(held[place : place + len(asked)] == asked for place in range(len(held)))
    if mode == "full_words":
        return set(asked) <= set(held)
    return all(any(word.startswith(start) for word in held) for start in asked)


def _term(condition: Mapping[str, Any], _: Surroundings) -> Test:
    wanted = condition.get("values")
    if not isinstance(wanted, list):
        raise BadQueryError("condition: term needs a list of values")
    return lambda values: any(value in wanted for value in values)


def _reference(condition: Mapping[str, Any], _: Surroundings) -> Test:
    wanted = condition.get("object_ids")
    if not isinstance(wanted, list) or not isinstance(condition.get("reference_type"), str):
        raise BadQueryError("condition: reference needs a reference_type and a list of object_ids")
    return lambda values: any(value in wanted for value in values)


def _exists(_condition: Mapping[str, Any], _: Surroundings) -> Test:
    return lambda values: any(value not in (None, "") for value in values)


def _number_range(condition: Mapping[str, Any], _: Surroundings) -> Test:
    bounds = {name: condition[name] for name in _BOUNDS if condition.get(name) is not None}
    if any(not _is_number(bound) for bound in bounds.values()):
        raise BadQueryError("condition: number_range needs numbers")
    return lambda values: any(
        _is_number(value) and all(_BOUNDS[name](value, bound) for name, bound in bounds.items())
        for value in values
    )


def _boolean(condition: Mapping[str, Any], _: Surroundings) -> Test:
    wanted = condition.get("value")
    if not isinstance(wanted, bool):
        raise BadQueryError("condition: boolean needs true or false")
    return lambda values: any(value is wanted for value in values)


def _moment_range(condition: Mapping[str, Any], around: Surroundings) -> Test:
    start, end = (
        None if condition.get(name) is None else _moment(condition[name], around)
        for name in ("on_or_after", "before")
    )

    def test(values: Sequence[Any]) -> bool:
        moments = (_as_moment(value) for value in values)
        return any(
            at is not None and (start is None or at >= start) and (end is None or at < end) for at in moments
        )

    return test


def _moment(spec: Any, around: Surroundings) -> datetime:
    """A point in time: now, a fixed moment, a local day's start or end, or an offset from another."""
    if not isinstance(spec, dict):
        raise BadQueryError("condition: a moment should be a valid dictionary")
    kind = spec.get("type")
    if kind == "now":
        return around.now
    if kind == "fixed_utc":
        return _parsed(spec.get("value"))
    if kind == "fixed_local_date":
        day = _parsed(spec.get("value")).date()
        return _local_midnight(day, around, end=spec.get("which") == "end")
    if kind == "offset":
        return _offset(spec, around)
    raise BadQueryError(f"condition: unknown moment {kind!r}")


def _offset(spec: Mapping[str, Any], around: Surroundings) -> datetime:
    amounts = spec.get("offset")
    if not isinstance(amounts, dict) or not all(_is_number(n) for n in amounts.values()):
        raise BadQueryError("condition: offset needs a dictionary of numbers")
    days = amounts.get("days", 0) + 30 * amounts.get("months", 0) + 365 * amounts.get("years", 0)
    length = timedelta(
        days=days,
        **{unit: amounts.get(unit, 0) for unit in ("weeks", "hours", "minutes", "seconds")},
    )
    base = _moment(spec.get("moment", {"type": "now"}), around)
    moved = base - length if spec.get("direction", "past") == "past" else base + length
    if spec.get("which_day_end") in ("start", "end"):
        local = moved.astimezone(_zone(around))
        return _local_midnight(local.date(), around, end=spec["which_day_end"] == "end")
    return moved


def _local_midnight(day: date, around: Surroundings, *, end: bool) -> datetime:
    return datetime.combine(day + timedelta(days=end), time(), _zone(around))


def _zone(around: Surroundings) -> timezone:
    return timezone(timedelta(hours=around.tz_offset_h))


def _parsed(value: Any) -> datetime:
    at = _as_moment(value)
    if at is None:
        raise BadQueryError("condition: not a valid date")
    return at


def _as_moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_MAKERS: dict[str, Callable[[Mapping[str, Any], Surroundings], Test]] = {
    "text": _text,
    "term": _term,
    "reference": _reference,
    "exists": _exists,
    "number_range": _number_range,
    "moment_range": _moment_range,
    "boolean": _boolean,
}
