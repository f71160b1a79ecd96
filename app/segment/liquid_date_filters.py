"""Filters on dates. The zone is UTC, as at Segment, unless the filter names another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.segment.js_date import CalendarTime, calendar_time, days_from_civil, time_of_number, time_of_text
from app.segment.js_number import number_of
from app.segment.js_text import text_of
from app.segment.js_values import JsValue, is_number
from app.segment.liquid_filter import Filter, argument
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import is_nil, plain, printed

_DEFAULT_FORMAT = "%A, %B %-e, %Y at %-l:%M %P %z"
_DIRECTIVE = re.compile(r"%([-_0^#:]+)?(\d+)?([EO])?(.)")
_ONLY_DIGITS = re.compile(r"[0-9]+")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WIDTHS: Final = dict.fromkeys("deHIklmMSUW", 2) | {"j": 3, "L": 3}
_PADDED_WITH_SPACES = frozenset("aAbBceklpP")


@dataclass(frozen=True, slots=True)
class _Moment:
    """``offset`` is in minutes in JavaScript's sense: positive west of Greenwich."""

    calendar: CalendarTime
    shown_milliseconds: int
    offset: float
    zone_name: str


@dataclass(frozen=True, slots=True)
class _Directive:
    flags: str
    width: int
    conversion: str


def _moment(value: JsValue, zone: JsValue, budget: Budget) -> _Moment | None:
    """The moment a value names, as the clocks in the zone show it; None for a value that is no date."""
    value = plain(value)
    if is_nil(value):
        return None
    milliseconds = _milliseconds(value, budget)
    if milliseconds is None:
        return None
    offset, name = _zone(plain(zone), milliseconds)
    shown = time_of_number(milliseconds - offset * 60_000)
    return None if shown is None else _Moment(calendar_time(shown), shown, offset, name)


def _milliseconds(value: JsValue, budget: Budget) -> int | None:
    if isinstance(value, bool):
        return int(value)
    if is_number(value):
        return time_of_number(value * 1000)
    if isinstance(value, dict):
        return None
    text = text_of(value)
    if value in ("now", "today"):
        if budget.now is None:
            raise LiquidError(f"The event has no time that {text!r} could stand for.")
        return budget.now
    if isinstance(value, str) and _ONLY_DIGITS.fullmatch(text):
        return time_of_number(number_of(text) * 1000)
    return time_of_text(text)


def _zone(zone: JsValue, milliseconds: int) -> tuple[float, str]:
    if isinstance(zone, str):
        return _offset_of_named(zone, milliseconds), zone
    if is_nil(zone):
        return 0, "UTC"
    return number_of(zone), ""


def _offset_of_named(name: str, milliseconds: int) -> float:
    if name.upper() in {"UTC", "GMT", "ETC/UTC", "ETC/GMT"}:
        return 0
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
        offset = moment.astimezone(ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        raise LiquidError(f"The time zone {name[:60]!r} is not known.") from None
    return -(offset or timedelta()).total_seconds() / 60


def _date(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    moment = _moment(value, argument(arguments, 1), budget)
    if moment is None:
        return value
    written = plain(argument(arguments, 0))
    return _formatted(moment, _DEFAULT_FORMAT if is_nil(written) else printed(written), budget)


def _fixed(pattern: str) -> Filter:
    def convert(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
        moment = _moment(value, None, budget)
        return value if moment is None else _formatted(moment, pattern, budget)

    return convert


def _in_words(month: str) -> Filter:
    def convert(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
        moment = _moment(value, None, budget)
        if moment is None:
            return value
        pattern = f"%d {month} %Y"
        if argument(arguments, 0) == "ordinal":
            day = f"{moment.calendar.day}%q"
            american = argument(arguments, 1) == "US"
            pattern = f"{month} {day}, %Y" if american else f"{day} {month} %Y"
        return _formatted(moment, pattern, budget)

    return convert


def _formatted(moment: _Moment, pattern: str, budget: Budget) -> str:
    budget.use(len(pattern))

    def filled(found: re.Match[str]) -> str:
        directive = _Directive(found[1] or "", int((found[2] or "0")[:9]), found[4])
        convert = _CONVERSIONS.get(directive.conversion)
        if convert is None:
            return found[0]
        budget.use(directive.width)
        return _padded(convert(moment, directive), directive)

    return _DIRECTIVE.sub(filled, pattern)


def _padded(text: str, directive: _Directive) -> str:
    flags, conversion = directive.flags, directive.conversion
    if "^" in flags:
        text = text.upper()
    elif "#" in flags:
        text = text.upper() if any("a" <= character <= "z" for character in text) else text.lower()
    fill = " " if conversion in _PADDED_WITH_SPACES else "0"
    if "_" in flags:
        fill = " "
    elif "0" in flags:
        fill = "0"
    width = 0 if "-" in flags else directive.width or _WIDTHS.get(conversion, 0)
    return text.rjust(width, fill)


def _twelve_hours(time: CalendarTime) -> int:
    return time.hour % 12 or 12


def _week(time: CalendarTime, first_weekday: int) -> int:
    """LiquidJS's own count of weeks."""
    new_year = (days_from_civil(time.year, 1, 1) + 4) % 7
    now = time.day_of_year + first_weekday - time.weekday
    return (now - (7 - new_year + first_weekday)) // 7 + 1


def _ordinal(day: int) -> str:
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _offset_text(moment: _Moment, directive: _Directive) -> str:
    hours, minutes = divmod(abs(moment.offset), 60)
    colon = ":" if ":" in directive.flags else ""
    sign = "-" if moment.offset > 0 else "+"
    return f"{sign}{text_of(hours):0>2}{colon}{text_of(minutes):0>2}"


def _fraction(moment: _Moment, directive: _Directive) -> str:
    width = directive.width or 9
    return f"{moment.calendar.millisecond:03d}"[:width].ljust(width, "0")


def _clock_time(time: CalendarTime) -> str:
    half = "AM" if time.hour < 12 else "PM"
    return f"{_twelve_hours(time)}:{time.minute:02d}:{time.second:02d} {half}"


def _short_date(time: CalendarTime) -> str:
    return f"{time.month}/{time.day}/{time.year}"


def _plain(read: Callable[[CalendarTime], int | str]) -> Callable[[_Moment, _Directive], str]:
    return lambda moment, _directive: str(read(moment.calendar))


_CONVERSIONS: Final[dict[str, Callable[[_Moment, _Directive], str]]] = {
    "a": _plain(lambda time: _DAYS[time.weekday][:3]),
    "A": _plain(lambda time: _DAYS[time.weekday]),
    "b": _plain(lambda time: _MONTHS[time.month - 1][:3]),
    "h": _plain(lambda time: _MONTHS[time.month - 1][:3]),
    "B": _plain(lambda time: _MONTHS[time.month - 1]),
    "c": _plain(lambda time: f"{_short_date(time)}, {_clock_time(time)}"),
    "C": _plain(lambda time: int(str(time.year)[:2])),
    "d": _plain(lambda time: time.day),
    "e": _plain(lambda time: time.day),
    "H": _plain(lambda time: time.hour),
    "I": _plain(_twelve_hours),
    "j": _plain(lambda time: time.day_of_year),
    "k": _plain(lambda time: time.hour),
    "l": _plain(_twelve_hours),
    "L": _plain(lambda time: time.millisecond),
    "m": _plain(lambda time: time.month),
    "M": _plain(lambda time: time.minute),
    "N": _fraction,
    "p": _plain(lambda time: "AM" if time.hour < 12 else "PM"),
    "P": _plain(lambda time: "am" if time.hour < 12 else "pm"),
    "q": _plain(lambda time: _ordinal(time.day)),
    "s": lambda moment, _directive: str((moment.shown_milliseconds + 500) // 1000),
    "S": _plain(lambda time: time.second),
    "u": _plain(lambda time: time.weekday or 7),
    "U": _plain(lambda time: _week(time, 0)),
    "w": _plain(lambda time: time.weekday),
    "W": _plain(lambda time: _week(time, 1)),
    "x": _plain(_short_date),
    "X": _plain(_clock_time),
    "y": _plain(lambda time: str(time.year)[2:4]),
    "Y": _plain(lambda time: time.year),
    "z": _offset_text,
    "Z": lambda moment, directive: moment.zone_name or _offset_text(moment, directive),
    "t": lambda _moment, _directive: "\t",
    "n": lambda _moment, _directive: "\n",
    "%": lambda _moment, _directive: "%",
}

DATE_FILTERS: Final[dict[str, Filter]] = {
    "date": _date,
    "date_to_xmlschema": _fixed("%Y-%m-%dT%H:%M:%S%:z"),
    "date_to_rfc822": _fixed("%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _in_words("%b"),
    "date_to_long_string": _in_words("%B"),
}
