"""Things that go wrong on purpose: which calls, how often, and in which way."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

FaultKind: TypeAlias = Literal[
    "401",
    "402",
    "403",
    "429",
    "500",
    "502",
    "503",
    "504",
    "slow",
    "truncated_json",
    "html",
    "drop_before",
    "drop_after_commit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which matching calls fail.

    ``method`` and ``path`` are shell patterns; ``path`` is below ``/api/v1`` (``/lead/*``). Limited
    to the next ``times`` matching calls unless that is ``None``. ``after_commit`` lets a call do its
    work before a status such as 504 hides the answer. A ``slow`` answer does its work, then waits
    for ``gate``, or else for ``delay_s`` seconds of the sandbox's clock. ``retry_after_s`` is what a
    429 asks for.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    after_commit: bool = False
    delay_s: float = 60.0
    gate: asyncio.Event | None = None
    retry_after_s: float = 2.0

    def hits(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)

    @property
    def prevents_work(self) -> bool:
        """Whether the call has no effect."""
        return not self.after_commit and (self.kind.isdigit() or self.kind in ("html", "drop_before"))


class Faults:
    """The faults that are planned. May be used from any thread."""

    def __init__(self) -> None:
        self._planned: list[tuple[Fault, int | None]] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._planned)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append((fault, fault.times))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first planned fault for this call; one that is used up is forgotten."""
        with self._lock:
            for place, (fault, left) in enumerate(self._planned):
                if fault.hits(method, path):
                    if left is not None:
                        self._planned[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None
