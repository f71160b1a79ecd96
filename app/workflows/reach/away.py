"""While nobody looked: the times in which nothing could arrive, in words. Pure."""

from __future__ import annotations

from datetime import datetime

from app.storage.reach_log import Gap, GapKind, ReachRecord

DAY_MS = 24 * 3600 * 1000
_SHORTEST_MS = 60_000

_WORDS = {
    GapKind.ASLEEP: "Asleep",
    GapKind.OFFLINE: "Offline",
    GapKind.UNREACHABLE: "Unreachable",
    GapKind.STOPPED: "Relay stopped",
}


def recent_gaps(record: ReachRecord, now_ms: int, within_ms: int = DAY_MS) -> tuple[Gap, ...]:
    """Gaps of the last ``within_ms`` that lasted a minute or longer, the newest first."""
    oldest = now_ms - within_ms
    return tuple(
        gap
        for gap in reversed(record.gaps)
        if (gap.end_ms is None or gap.end_ms > oldest)
        and (now_ms if gap.end_ms is None else gap.end_ms) - gap.start_ms >= _SHORTEST_MS
    )


def gap_words(gap: Gap) -> str:
    """“Asleep 24 Nov 10:07 to 10:14”, in local time."""
    end = "now" if gap.end_ms is None else f"{_local(gap.end_ms):%H:%M}"
    reason = f" ({gap.reason})" if gap.reason else ""
    start = _local(gap.start_ms)
    return f"{_WORDS[gap.kind]} {start.day} {start:%b %H:%M} to {end}{reason}"


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000).astimezone()
