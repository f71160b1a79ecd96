"""Times in which nothing could arrive: on the timeline, and as facts about the time away."""

from __future__ import annotations

from app.storage.reach_log import Gap, GapKind, ReachRecord
from app.ui.relay.relay_figures import MINUTES, RelayFigures
from app.ui.relay.wording import clock_minute, span, tr
from app.ui.widgets.check_list import CheckLine, CheckState
from app.ui.widgets.timeline import Gap as DrawnGap
from app.workflows.reach.away import recent_gaps

_MINUTE_MS = 60_000
_MOST_LINES = 3
_CERTIFICATE_SOON_MS = 14 * 24 * 3600 * 1000

_ICONS = {
    GapKind.ASLEEP: "moon",
    GapKind.OFFLINE: "globe",
    GapKind.UNREACHABLE: "unplug",
    GapKind.STOPPED: "square",
}


def gap_word(kind: GapKind) -> str:
    return {
        GapKind.ASLEEP: tr("Asleep"),
        GapKind.OFFLINE: tr("Offline"),
        GapKind.UNREACHABLE: tr("Unreachable"),
        GapKind.STOPPED: tr("Stopped"),
    }[kind]


def drawn_gaps(record: ReachRecord, now_ms: int, *, running: bool) -> tuple[DrawnGap, ...]:
    """The gaps of the last hour in minutes of the timeline; a relay that does not run now has one as well."""
    start_ms = (now_ms // _MINUTE_MS - MINUTES + 1) * _MINUTE_MS
    drawn = []
    for gap in _with_present(record, now_ms, running=running):
        end_ms = now_ms if gap.end_ms is None else gap.end_ms
        if end_ms <= start_ms or end_ms - gap.start_ms < _MINUTE_MS:
            continue
        first = max(0, (gap.start_ms - start_ms) // _MINUTE_MS)
        last = min(MINUTES, max(first + 1, (end_ms - start_ms + _MINUTE_MS - 1) // _MINUTE_MS))
        drawn.append(DrawnGap(first, last, f"{gap_word(gap.kind)}\n{span((end_ms - gap.start_ms) / 1000)}"))
    return tuple(drawn)


def away_lines(figures: RelayFigures, now_ms: int) -> tuple[CheckLine, ...]:
    """Gaps of the last day, what failed, and a certificate that ends soon; empty when all went well."""
    lines = [_gap_line(gap) for gap in recent_gaps(figures.reach, now_ms)[:_MOST_LINES]]
    if figures.needs_you:
        title = tr("{n} events need you").format(n=figures.needs_you)
        lines.append(CheckLine(CheckState.FAILED, title, tr("Events says why.")))
    until_ms = figures.reach.certificate_until_ms
    if until_ms is not None and until_ms - now_ms < _CERTIFICATE_SOON_MS and figures.reach.public_url:
        days = max(0, (until_ms - now_ms) // (24 * 3600 * 1000))
        text = tr("It ends in {n} days; Segment refuses it then.").format(n=days)
        lines.append(CheckLine(CheckState.ATTENTION, tr("Certificate"), text))
    return tuple(lines)


def _gap_line(gap: Gap) -> CheckLine:
    start = clock_minute(gap.start_ms)
    if gap.end_ms is None:
        title = tr("{what} since {start}").format(what=gap_word(gap.kind), start=start)
    else:
        title = tr("{what} {start} to {end}").format(
            what=gap_word(gap.kind), start=start, end=clock_minute(gap.end_ms)
        )
    text = gap.reason or tr("Segment sends again what it could not deliver.")
    return CheckLine(CheckState.ATTENTION, title, text, icon=_ICONS[gap.kind])


def _with_present(record: ReachRecord, now_ms: int, *, running: bool) -> tuple[Gap, ...]:
    if running or record.alive_ms is None:
        return record.gaps
    return (*record.ended(record.alive_ms).gaps, Gap(GapKind.STOPPED, record.alive_ms, now_ms))
