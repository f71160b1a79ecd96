"""What can be wrong with a mapping, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_NESTING = 100
"""Levels of a mapping. Nobody writes ten; the bound keeps evaluation clear of the stack's end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``place`` is the path of keys, directives included: ``/contact_email/@case/value``."""

    place: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {self.found}"


class MappingError(ValueError):
    """A mapping that cannot be used, or that failed on this event. ``problems`` is never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def mapping_error(place: str, expected: str, found: str) -> MappingError:
    return MappingError([Problem(place, expected, found)])
