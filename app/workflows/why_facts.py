"""What is known about a relay without asking it: its lock, its log of gaps, its log of refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.errors import AppError
from app.relay.profile_lock import ProfileLock
from app.storage.profile import Profile
from app.storage.reach_log import Gap, GapKind, ReachRecord
from app.workflows.refused_requests import read_refused
from app.workflows.why_nothing import RelayFacts

_LOOK_BACK_MS = 24 * 3600 * 1000


def read_facts(
    profile: Profile, record: ReachRecord, log_folder: Path, now_ms: int, *, running: bool | None
) -> RelayFacts:
    """Blocking: reads the log. ``running`` is what the caller knows, see ``holds_lock``."""
    since_ms = now_ms - _LOOK_BACK_MS
    return RelayFacts(
        running=running,
        mode=profile.relay.mode,
        mappings_on=sum(mapping.enabled for mapping in profile.mappings),
        refused=read_refused(log_folder, since_ms),
        trouble=gap_words([gap for gap in record.gaps if (gap.end_ms or now_ms) >= since_ms]),
    )


def holds_lock(path: Path) -> bool:
    """Whether a relay, in whatever program, has the profile; ``path`` is the lock's file."""
    if not path.exists():
        return False
    lock = ProfileLock(path)
    try:
        lock.acquire()
    except AppError as error:
        if error.code == "RELAY-ALREADY-RUNNING":
            return True
        raise
    lock.release()
    return False


def gap_words(gaps: list[Gap]) -> str:
    """The newest time in which nothing could arrive, empty without one."""
    if not gaps:
        return ""
    gap = gaps[-1]
    start = _clock(gap.start_ms)
    words = {
        GapKind.ASLEEP: "The computer slept",
        GapKind.OFFLINE: "There was no network",
        GapKind.UNREACHABLE: "The relay could not be reached",
        GapKind.STOPPED: "The relay was stopped",
    }[gap.kind]
    if gap.end_ms is None:
        return f"{words}, since {start}."
    return f"{words} from {start} to {_clock(gap.end_ms)}; what was sent then comes late or not at all."


def _clock(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"
