"""Dates that are not in ISO form, read as tolerantly as V8 reads them.

A date is up to three numbers, or two and the name of a month; a time is numbers joined by colons; a zone is
a name or an offset. Words before the first number and stray symbols are ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN = re.compile(r"(?P<number>[0-9]+)|(?P<space>\s+)|(?P<word>[^\x00-@\s]+)|(?P<symbol>.)", re.DOTALL)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE_HOURS: Final = {
    "utc": 0,
    "ut": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_CLOCK_LIMITS: Final = (24, 60, 60, 1000)
_SIGNIFICANT_DIGITS = 9
_HOUR = 3_600_000
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class LegacyDate:
    """``date`` is year, month, day; ``clock`` hour, minute, second; ``zone`` milliseconds east of UTC."""

    date: tuple[int, int, int]
    clock: tuple[int, int, int]
    millisecond: int
    zone: int


def read_legacy_date(text: str) -> LegacyDate | None:
    """None for a text that V8 does not take for a date."""
    reader = _Reader(text)
    return reader.result() if reader.read() else None


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [
            (found.lastgroup or "", found[0]) for found in _TOKEN.finditer(_without_remarks(text))
        ]
        self._at = 0
        self._numbers: list[int] = []
        self._clock: list[int] = []
        self._month: int | None = None
        self._hours_added: int | None = None
        self._zone: int | None = None
        self._zone_hour_sign: int | None = None
        self._seen_number = False

    def read(self) -> bool:
        """Whether every token had a place."""
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            self._at += 1
            if kind == "number":
                self._seen_number = True
                if not self._number(text):
                    return False
            elif kind == "word":
                if not self._word(text):
                    return False
            elif kind == "symbol" and not self._symbol(text):
                return False
        return True

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _skip(self, symbol: str) -> bool:
        if self._peek()[1] != symbol:
            return False
        self._at += 1
        return True

    def _number(self, text: str) -> bool:
        number = _clipped(text)
        if self._skip(":"):
            if self._peek()[1] == ":" or len(self._clock) >= len(_CLOCK_LIMITS):
                return False
            self._clock.append(number)
            self._skip(".")
            return True
        if self._skip(".") and self._expects_clock(number):
            return self._seconds_and_fraction(number)
        if self._zone_hour_sign is not None:
            self._zone = (self._zone or 0) + self._zone_hour_sign * number * _MINUTE
            self._zone_hour_sign = None
            return True
        if self._expects_clock(number):
            self._finish_clock(number)
            kind, following = self._peek()
            return kind in {"end", "space"} or following in {"+", "-"} or following.lower() == "z"
        if len(self._numbers) >= 3:
            return False
        self._numbers.append(number)
        self._skip("-")
        return True

    def _expects_clock(self, number: int) -> bool:
        place = len(self._clock)
        return 0 < place < len(_CLOCK_LIMITS) and number < _CLOCK_LIMITS[place]

    def _finish_clock(self, number: int) -> None:
        self._clock.append(number)
        self._clock += [0] * (len(_CLOCK_LIMITS) - len(self._clock))

    def _seconds_and_fraction(self, seconds: int) -> bool:
        self._clock.append(seconds)
        kind, text = self._peek()
        if kind != "number":
            return False
        self._at += 1
        self._finish_clock(int((text + "000")[:3]))
        return True

    def _word(self, text: str) -> bool:
        word = text.lower()
        if word in {"am", "pm"} and self._clock:
            self._hours_added = 12 if word == "pm" else 0
        elif word[:3] in _MONTHS:
            self._month = _MONTHS.index(word[:3]) + 1
            self._skip("-")
        elif word in _ZONE_HOURS and self._seen_number:
            self._zone = _ZONE_HOURS[word] * _HOUR
        else:
            return not self._seen_number and self._peek()[0] != "number"
        return True

    def _symbol(self, symbol: str) -> bool:
        if symbol in {"+", "-"} and (self._zone == 0 or self._clock):
            return self._offset(-1 if symbol == "-" else 1)
        return not (symbol in {"+", "-", ")"} and self._seen_number)

    def _offset(self, sign: int) -> bool:
        kind, text = self._peek()
        if kind == "number":
            self._at += 1
        else:
            text = ""
        number = _clipped(text)
        self._seen_number = True
        if self._peek()[1] == ":":
            self._zone, self._zone_hour_sign = sign * number * _HOUR, sign
            return True
        if len(text) in {1, 2}:
            self._zone = sign * number * _HOUR
        elif len(text) in {3, 4}:
            self._zone = sign * (number // 100 * _HOUR + number % 100 * _MINUTE)
        return 1 <= len(text) <= 4

    def result(self) -> LegacyDate | None:
        if not self._numbers:
            return None
        date = self._date()
        hour, minute, second, millisecond = (*self._clock, 0, 0, 0, 0)[:4]
        if self._hours_added is not None:
            if hour > 12:
                return None
            hour = hour % 12 + self._hours_added
        in_range = hour < 24 and minute < 60 and second < 60 and millisecond < 1000
        if not in_range and (hour, minute, second, millisecond) != (24, 0, 0, 0):
            return None
        if not (1 <= date[1] <= 12 and _is_day(date[2])):
            return None
        return LegacyDate(date, (hour, minute, second), millisecond, self._zone or 0)

    def _date(self) -> tuple[int, int, int]:
        first, second, third = (*self._numbers, 1, 1)[:3]
        if self._month is not None:
            day, year = (first, second) if _is_day(first) else (second, first)
            return _full_year(year), self._month, day
        if _is_day(first):
            return _full_year(third), first, second
        return _full_year(first), second, third


def _without_remarks(text: str) -> str:
    """The text without what stands in parentheses, nested ones included."""
    kept: list[str] = []
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)


def _clipped(digits: str) -> int:
    """The number of the first digits; V8 does not look at more."""
    return int(digits.lstrip("0")[:_SIGNIFICANT_DIGITS] or "0")


def _is_day(number: int) -> bool:
    return 1 <= number <= 31


def _full_year(year: int) -> int:
    """Two digits mean 1950 to 2049."""
    if year < 50:
        return 2000 + year
    return 1900 + year if year < 100 else year
