"""What a filter is, and how filters read their arguments."""

from __future__ import annotations

from collections.abc import Callable

from app.segment.js_number import number_of
from app.segment.js_values import UNDEFINED, JsValue, Undefined
from app.segment.liquid_limits import Budget
from app.segment.liquid_values import plain, printed

Filter = Callable[[JsValue, list[JsValue], Budget], JsValue]
"""Value, arguments as given (a named one as ``[name, value]``), budget. Raises ``LiquidError``."""


def argument(arguments: list[JsValue], position: int, default: JsValue = UNDEFINED) -> JsValue:
    """The argument, or the default when it is absent or missing in the event."""
    value = arguments[position] if position < len(arguments) else UNDEFINED
    return default if isinstance(value, Undefined) else value


def text_argument(arguments: list[JsValue], position: int, default: str = "") -> str:
    return printed(argument(arguments, position, default))


def charged_text(value: JsValue, budget: Budget) -> str:
    """The value as text, its length paid for."""
    text = printed(value)
    budget.use(len(text))
    return text


def whole_number(value: JsValue) -> float:
    """JavaScript's ``ToIntegerOrInfinity``: NaN is 0, decimals are cut off."""
    number = number_of(plain(value))
    if number != number:
        return 0
    return number if abs(number) == float("inf") else int(number)


def position_in(length: int, value: JsValue) -> int:
    """A start or end as ``slice`` takes it: negative ones count from the end, all stay in range."""
    number = whole_number(value)
    return int(max(0, length + number) if number < 0 else min(length, number))
