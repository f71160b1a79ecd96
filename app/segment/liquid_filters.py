"""All filters of templates by name, the ones Segment has switched off included."""

from __future__ import annotations

from typing import Final

from app.segment.js_values import JsValue
from app.segment.liquid_date_filters import DATE_FILTERS
from app.segment.liquid_filter import Filter
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_list_filters import LIST_FILTERS
from app.segment.liquid_number_filters import NUMBER_FILTERS
from app.segment.liquid_text_filters import TEXT_FILTERS
from app.segment.liquid_url_filters import URL_FILTERS

DISABLED_FILTERS: Final = (
    "array_to_sentence_string",
    "concat",
    "find",
    "find_exp",
    "find_index",
    "find_index_exp",
    "group_by",
    "group_by_exp",
    "has",
    "has_exp",
    "map",
    "newline_to_br",
    "reject",
    "reject_exp",
    "reverse",
    "sort",
    "sort_natural",
    "uniq",
    "where_exp",
    "type",
)


def _disabled(name: str) -> Filter:
    def refuse(_value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
        raise LiquidError(f"The filter {name} is disabled at Segment.")

    return refuse


def _sample(_value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    raise LiquidError("The filter sample picks at random, so its result cannot be shown.")


FILTERS: Final[dict[str, Filter]] = {
    **TEXT_FILTERS,
    **URL_FILTERS,
    **NUMBER_FILTERS,
    **LIST_FILTERS,
    **DATE_FILTERS,
    "sample": _sample,
    **{name: _disabled(name) for name in DISABLED_FILTERS},
}
