"""Requests that were not taken in: they are nowhere but in the relay's own log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.storage.log_files import LOG_FILE

# As ``relay/server.py`` logs them, as text or as JSON.
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d).*Refused a \w+ request from .*?, "
    r'(?P<status>\d{3}): (?P<why>[^"\n]+)'
)
_TAIL_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class RefusedRequests:
    """Requests with the same answer since a moment; ``why`` is what the sender was told."""

    status: int
    why: str
    count: int
    last_ms: int


def read_refused(log_folder: Path, since_ms: int) -> tuple[RefusedRequests, ...]:
    """From the newest half megabyte of the log, most frequent first; nothing when there is no log."""
    try:
        with (log_folder / LOG_FILE).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ()
    found: dict[tuple[int, str], RefusedRequests] = {}
    for match in _LINE.finditer(text):
        at_ms = round(datetime.fromisoformat(match["at"]).replace(tzinfo=UTC).timestamp() * 1000)
        if at_ms < since_ms:
            continue
        key = int(match["status"]), match["why"].strip()
        before = found.get(key)
        found[key] = RefusedRequests(*key, (before.count if before else 0) + 1, at_ms)
    return tuple(sorted(found.values(), key=lambda one: -one.count))
