"""JavaScript's ``new Date(text)`` and its calendar, in milliseconds since 1970, zone UTC.

Text in ISO form is read by the standard, anything else the tolerant way V8 reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from app.segment.js_legacy_date import read_legacy_date

_DAY = 86_400_000
_LARGEST_TIME = 8.64e15
_ISO = re.compile(
    r"(?P<year>\d{4}|[+-]\d{6})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
    r"(?:[Tt](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class CalendarTime:
    """A moment taken apart; ``month`` and ``day`` count from 1, ``weekday`` from Sunday = 0."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    millisecond: int
    weekday: int

    @property
    def day_of_year(self) -> int:
        return days_from_civil(self.year, self.month, self.day) - days_from_civil(self.year, 1, 1) + 1


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the Gregorian calendar, of any year."""
    shifted = year - (month <= 2)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def calendar_time(milliseconds: int) -> CalendarTime:
    days, rest = divmod(milliseconds, _DAY)
    shifted = days + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    month = month_index + 3 if month_index < 10 else month_index - 9
    seconds, millisecond = divmod(rest, 1000)
    return CalendarTime(
        year=year_of_era + era * 400 + (month <= 2),
        month=month,
        day=day_of_year - (153 * month_index + 2) // 5 + 1,
        hour=seconds // 3600,
        minute=seconds // 60 % 60,
        second=seconds % 60,
        millisecond=millisecond,
        weekday=(days + 4) % 7,
    )


def time_of_number(milliseconds: float) -> int | None:
    """A number as a moment, None when it is outside of what a date can be."""
    if not isfinite(milliseconds) or abs(milliseconds) > _LARGEST_TIME:
        return None
    return int(milliseconds)


def time_of_text(text: str) -> int | None:
    """The moment the text names, None for a text that is no date."""
    found = _ISO.fullmatch(text)
    if found is not None:
        return _iso_time(found)
    legacy = read_legacy_date(text)
    if legacy is None:
        return None
    return time_of_number(_milliseconds(*legacy.date, *legacy.clock) + legacy.millisecond - legacy.zone)


def _iso_time(found: re.Match[str]) -> int | None:
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    millisecond = int(((found["fraction"] or "") + "000")[:3])
    is_midnight = hour == 24 and minute == second == millisecond == 0
    if not (1 <= month <= 12 and 1 <= day <= 31 and minute < 60 and second < 60):
        return None
    if hour > 23 and not is_midnight:
        return None
    if found["year"] == "-000000":
        return None
    return time_of_number(
        _milliseconds(year, month, day, hour, minute, second) + millisecond - _zone(found["zone"] or "")
    )


def _milliseconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    return days_from_civil(year, month, day) * _DAY + ((hour * 60 + minute) * 60 + second) * 1000


def _zone(text: str) -> int:
    """Milliseconds east of Greenwich for ``+02:00``; 0 for Z and for nothing (the process runs in UTC)."""
    if len(text) < 6:
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return minutes * 60_000 * (-1 if text[0] == "-" else 1)
