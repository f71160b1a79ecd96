"""Filters on numbers. Whatever is no number counts as 0; all arithmetic is that of doubles."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, fmod, inf, isinf, isnan, nan
from sys import float_info
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_values import JsValue
from app.segment.liquid_filter import Filter, argument
from app.segment.liquid_limits import Budget
from app.segment.liquid_values import plain


def as_number(value: JsValue) -> float:
    number = float(number_of(plain(value)))
    return 0.0 if isnan(number) else number


def _of_one(change: Callable[[float], float]) -> Filter:
    def apply(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
        number = as_number(value)
        return number if isinf(number) else change(number)

    return apply


def _of_two(change: Callable[[float, float], float]) -> Filter:
    """A filter with one number as argument; without it the result is NaN."""

    def apply(value: JsValue, arguments: list[JsValue], _budget: Budget) -> JsValue:
        return change(as_number(value), as_number(arguments[0])) if arguments else nan

    return apply


def _of_all(choose: Callable[[list[float]], float]) -> Filter:
    return lambda value, arguments, _budget: choose([as_number(number) for number in [value, *arguments]])


def quotient(dividend: float, divisor: float) -> float:
    if divisor != 0:
        return dividend / divisor
    if dividend == 0:
        return nan
    negative = (dividend < 0) != (str(divisor) == "-0.0")
    return -inf if negative else inf


def _divided_by(value: JsValue, arguments: list[JsValue], _budget: Budget) -> JsValue:
    if not arguments:
        return nan
    result = quotient(as_number(value), as_number(arguments[0]))
    whole = len(arguments) > 1 and as_number(arguments[1]) != 0
    return float(floor(result)) if whole and not (isinf(result) or isnan(result)) else result


def _modulo(number: float, divisor: float) -> float:
    """The remainder with the sign of the divisor."""
    if divisor == 0 or isinf(number):
        return nan
    if isinf(divisor):
        return nan if number < 0 or divisor < 0 else number
    return fmod(fmod(number, divisor) + divisor, divisor)


def _round(value: JsValue, arguments: list[JsValue], _budget: Budget) -> JsValue:
    number, digits = as_number(value), as_number(argument(arguments, 0, 0))
    try:
        factor = 10.0**digits
    except OverflowError:
        factor = inf
    scaled = number * factor * (1 + float_info.epsilon)
    if isinf(scaled) or isnan(scaled):
        return nan if isnan(scaled) or isinf(factor) else scaled
    return quotient(_rounded(scaled), factor)


def _rounded(number: float) -> float:
    """To the nearest whole number, halves upwards."""
    below = floor(number)
    return float(below + 1 if number - below >= 0.5 else below)


def to_number(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    return number_of(plain(value))


NUMBER_FILTERS: Final[dict[str, Filter]] = {
    "abs": _of_one(abs),
    "ceil": _of_one(lambda number: float(ceil(number))),
    "floor": _of_one(lambda number: float(floor(number))),
    "at_least": _of_all(max),
    "at_most": _of_all(min),
    "plus": _of_two(lambda number, other: number + other),
    "minus": _of_two(lambda number, other: number - other),
    "times": _of_two(lambda number, other: number * other),
    "divided_by": _divided_by,
    "modulo": _of_two(_modulo),
    "round": _round,
    "to_integer": to_number,
}
