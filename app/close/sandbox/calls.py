"""The calls the sandbox has answered, for display and for checks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import overload

from app.json_value import JsonObject

KEPT = 5000


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` is below ``/api/v1``; ``status`` is 0 when the connection was cut instead of
    answered; ``request`` is the decoded body. Headers are not kept: one of them is the key."""

    method: str
    path: str
    status: int
    group: str
    at: datetime
    request: JsonObject | None = None
    query: Mapping[str, str] = field(default_factory=dict)


class CallLog(Sequence[Call]):
    """Oldest first; the oldest are dropped beyond ``KEPT``. May be used from any thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._calls: deque[Call] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return self.snapshot()[index]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.snapshot())

    def snapshot(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def append(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def matching(self, method: str = "*", path: str = "*") -> list[Call]:
        """By shell patterns, as in ``Fault``."""
        return [c for c in self.snapshot() if fnmatchcase(c.method, method) and fnmatchcase(c.path, path)]
