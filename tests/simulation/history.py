"""A history as data: what one organization's profile is like, and everything that happens to it, in time.

Steps name records by number ("the third contact there is then"), so a history stays meaningful when steps
are taken out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.storage.profile import MappingSpec

Body: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Send:
    """One request of Segment's webhook with these events."""

    at_s: float
    events: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class PersonActs:
    """Somebody works in Close. ``pick`` and ``other`` choose records, ``value`` is what is typed."""

    at_s: float
    act: str
    pick: int = 0
    other: int = 0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Weather:
    """Something goes wrong on the way to Close or in it, for a number of calls or of seconds."""

    at_s: float
    kind: str
    calls: int = 1
    seconds: float = 0.0
    method: str = "*"
    path: str = "*"
    done_first: bool = False


@dataclass(frozen=True, slots=True)
class Crash:
    """The process dies at its ``moments``-th moment from now and is started again ``down_s`` later."""

    at_s: float
    moments: int
    down_s: float


Step: TypeAlias = Send | PersonActs | Weather | Crash


@dataclass(frozen=True, slots=True)
class History:
    """``switches`` are the sandbox's. ``chance`` seeds what the wire and retries leave to chance."""

    seed: int
    mappings: tuple[MappingSpec, ...]
    switches: Mapping[str, Any]
    recreate_deleted: bool
    settled_s: float
    steps: Sequence[Step]
    undo_crashes: tuple[int, ...] = field(default=())
