"""How times, counts, modes and states are written on the pages of the workbench."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from app.errors import AppError
from app.relay.status import RelayState
from app.storage.profile import Mode
from app.ui.theme.tokens import Tone

_MODE_ICONS = {Mode.OBSERVE: "eye", Mode.DRY_RUN: "flask-conical", Mode.LIVE: "zap"}

STATE_TONES = {
    RelayState.STOPPED: Tone.NEUTRAL,
    RelayState.STARTING: Tone.INFO,
    RelayState.LISTENING: Tone.INFO,
    RelayState.REACHABLE: Tone.OK,
    RelayState.UNREACHABLE: Tone.WARN,
    RelayState.DEGRADED: Tone.WARN,
    RelayState.STOPPING: Tone.INFO,
    RelayState.ERROR: Tone.ERROR,
}


def mode_word(mode: Mode) -> str:
    return {Mode.OBSERVE: tr("Observe"), Mode.DRY_RUN: tr("Dry run"), Mode.LIVE: tr("Live")}[mode]


def mode_icon(mode: Mode) -> str:
    return _MODE_ICONS[mode]


def mode_consequence(mode: Mode) -> str:
    """What the mode means for Close, in one sentence."""
    return {
        Mode.OBSERVE: tr("Events are recorded only."),
        Mode.DRY_RUN: tr("Nothing is written to Close."),
        Mode.LIVE: tr("Events change leads and contacts in Close."),
    }[mode]


def state_word(state: RelayState) -> str:
    return {
        RelayState.STOPPED: tr("Stopped"),
        RelayState.STARTING: tr("Starting"),
        RelayState.LISTENING: tr("Listening"),
        RelayState.REACHABLE: tr("Reachable"),
        RelayState.UNREACHABLE: tr("Unreachable"),
        RelayState.DEGRADED: tr("Degraded"),
        RelayState.STOPPING: tr("Stopping"),
        RelayState.ERROR: tr("Error"),
    }[state]


def clock_time(at_ms: int) -> str:
    """The local time of day, to the second."""
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%H:%M:%S")


def clock_minute(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%H:%M")


def exact_time(at_ms: int) -> str:
    """Local date and time to the millisecond."""
    moment = datetime.fromtimestamp(at_ms / 1000).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}.{at_ms % 1000:03}"


def span(seconds: float) -> str:
    """“3 h 12 min”: the two largest units, rounded down."""
    whole = max(0, int(seconds))
    if whole < 60:
        return tr("{n} s").format(n=whole)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if hours < 1:
        return tr("{n} min").format(n=minutes)
    if days < 1:
        return tr("{h} h {m} min").format(h=hours, m=minutes % 60)
    return tr("{d} d {h} h").format(d=days, h=hours % 24)


def ago(seconds: float) -> str:
    return tr("{span} ago").format(span=span(seconds))


def milliseconds(took_ms: float) -> str:
    return tr("{n} ms").format(n=f"{took_ms:.0f}") if took_ms >= 1 else tr("under 1 ms")


def counted(count: int) -> str:
    return f"{count:,}"


def megabytes(size: int) -> str:
    value = size / 1_000_000
    return tr("{n} MB").format(n=f"{value:.1f}" if value < 10 else f"{value:.0f}")


def tr(text: str) -> str:
    return QCoreApplication.translate("Workbench", text)


def changed_elsewhere() -> AppError:
    """The mappings on disk are other ones than those that editing began with."""
    return AppError(
        "MAPPINGS-CHANGED-ELSEWHERE",
        QCoreApplication.translate("RelayController", "The mappings were changed elsewhere meanwhile."),
        cause=QCoreApplication.translate(
            "RelayController", "The command line or another window has saved other ones."
        ),
        remedy=QCoreApplication.translate(
            "RelayController", "Save again to replace them; History keeps what is replaced."
        ),
    )
