"""Offset pages and ``_fields``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from app.close.sandbox.api.answers import Refusal, error, field_error
from app.close.sandbox.api.request import Exchange, listed
from app.close.sandbox.entities import Json

T = TypeVar("T")

DEFAULT_LIMIT = 100
MAX_LIMIT = 200
MAX_SKIP = 250_000
LEAD_MAX_SKIP = 35_000


def page(
    exchange: Exchange,
    records: Sequence[T],
    render: Callable[[T], Json],
    *,
    max_skip: int = MAX_SKIP,
    with_total: bool = False,
) -> Json:
    """One page of ``records``; ``has_more`` tells whether to go on."""
    limit = whole_number(exchange.params, "_limit", DEFAULT_LIMIT)
    skip = whole_number(exchange.params, "_skip", 0)
    if limit > MAX_LIMIT:
        raise field_error("_limit", f"Input should be less than or equal to {MAX_LIMIT}")
    if skip > max_skip:
        raise error(
            400,
            "The skip you set is larger than the maximum skip for this resource "
            f"(max_skip = {max_skip}). Narrow the request down with filters instead.",
        )
    rows = [trimmed(render(record), exchange.params) for record in records[skip : skip + limit]]
    answer: Json = {"has_more": skip + limit < len(records), "data": rows}
    if with_total:
        answer["total_results"] = len(records)
    return answer


def whole_number(params: Mapping[str, Any], name: str, default: int) -> int:
    if name not in params:
        return default
    try:
        number = int(params[name])
    except (TypeError, ValueError):
        raise not_a_number(name) from None
    if number < 0:
        raise field_error(name, "Input should be greater than or equal to 0")
    return number


def not_a_number(name: str) -> Refusal:
    return field_error(name, "Input should be a valid integer, unable to parse string as an integer")


def trimmed(record: Json, params: Mapping[str, Any]) -> Json:
    """Only what ``_fields`` names; all of it without ``_fields``."""
    if "_fields" not in params:
        return record
    return only(record, listed(params["_fields"]))


def only(record: Json, names: Sequence[str]) -> Json:
    """``custom`` stands for every custom value, ``custom.cf_…`` for one."""
    wanted = set(names)
    return {
        key: value
        for key, value in record.items()
        if key in wanted or ("custom" in wanted and key.startswith("custom."))
    }
