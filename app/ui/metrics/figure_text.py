"""Figures in words: durations, shares, times on the axis, the funnel's notes."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from app.relay.event_stage import Cause, Stage
from app.ui.theme.tokens import Tone
from app.ui.widgets.funnel import FunnelStage
from app.workflows.event_figures import EventFigures, FigureRange, FunnelStep
from app.workflows.figure_words import stage_word

_DAY_MINUTES = 24 * 60


def tr(text: str) -> str:
    return QCoreApplication.translate("Metrics", text)


def duration_text(milliseconds: float | None) -> str:
    """“240 ms”, “1.4 s”, “3 min”, “2.1 h”, “–” without a value."""
    if milliseconds is None:
        return "–"
    if milliseconds < 995:
        return tr("{n} ms").format(n=round(milliseconds))
    seconds = milliseconds / 1000
    if seconds < 99.5:
        return tr("{n} s").format(n=f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}")
    if seconds < 5400:
        return tr("{n} min").format(n=round(seconds / 60))
    return tr("{n} h").format(n=f"{seconds / 3600:.1f}")


def share_text(part: int, whole: int) -> str:
    if not whole:
        return "0 %"
    share = 100 * part / whole
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"


def range_words(wanted: FigureRange) -> str:
    return {
        FigureRange.TEN_MINUTES: tr("last 10 minutes"),
        FigureRange.HOUR: tr("last hour"),
        FigureRange.DAY: tr("last 24 hours"),
        FigureRange.WEEK: tr("last 7 days"),
        FigureRange.MONTH: tr("last 30 days"),
    }[wanted]


def bucket_words(wanted: FigureRange) -> str:
    return {
        FigureRange.TEN_MINUTES: tr("Events per minute"),
        FigureRange.HOUR: tr("Events per minute"),
        FigureRange.DAY: tr("Events per half hour"),
        FigureRange.WEEK: tr("Events per three hours"),
        FigureRange.MONTH: tr("Events per half day"),
    }[wanted]


def before_words(figures: EventFigures) -> str:
    """How the number of delivered events compares with the same span before."""
    before, now = figures.delivered_before, figures.delivered
    if not before:
        return tr("{n} unchanged besides").format(n=f"{figures.unchanged:,}") if figures.unchanged else " "
    change = round(100 * (now - before) / before)
    span = {
        FigureRange.TEN_MINUTES: tr("the 10 minutes before"),
        FigureRange.HOUR: tr("the hour before"),
        FigureRange.DAY: tr("the day before"),
        FigureRange.WEEK: tr("the week before"),
        FigureRange.MONTH: tr("the 30 days before"),
    }[figures.range]
    if not change:
        return tr("as many as {span}").format(span=span)
    words = tr("{n} % above {span}") if change > 0 else tr("{n} % below {span}")
    return words.format(n=f"{abs(change):,}", span=span)


def moment_text(at_ms: int, wanted: FigureRange) -> str:
    """A time of the axis, as exact as the range needs."""
    at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    if wanted in (FigureRange.WEEK, FigureRange.MONTH):
        return f"{at:%m-%d}" if wanted is FigureRange.MONTH else f"{at:%m-%d %H:%M}"
    return f"{at:%H:%M}"


def last_text(at_ms: int, now_ms: int) -> str:
    """When the newest of a group came; with the date when that was another day."""
    at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    today = datetime.fromtimestamp(now_ms / 1000).astimezone().date()
    return f"{at:%H:%M}" if at.date() == today else f"{at:%Y-%m-%d %H:%M}"


def funnel_stages(figures: EventFigures, refused: int) -> list[FunnelStage]:
    """The funnel's rows; requests that were ``refused`` are not events and stand beside the first."""
    return [
        FunnelStage(
            tr("Would change")
            if step.stage is Stage.CHANGED and figures.would_change and not figures.delivered
            else stage_word(step.stage),
            step.count,
            _note(figures, step, refused),
            Tone.OK if step.stage is Stage.CHANGED else Tone.ACCENT,
            bool(step.drops) or (step.stage is Stage.CHANGED and step.count > 0),
        )
        for step in figures.funnel
    ]


def _note(figures: EventFigures, step: FunnelStep, refused: int) -> str:
    if step.stage is Stage.CHANGED:
        failed = figures.failed + figures.would_fail
        return tr("{failed} failed, {waiting} waiting").format(
            failed=f"{failed:,}", waiting=f"{figures.waiting:,}"
        )
    if not step.drops:
        if step.stage is Stage.RECEIVED and refused:
            return tr("{n} requests refused besides").format(n=f"{refused:,}")
        return tr("none dropped")
    first = step.drops[0]
    words = tr("−{n} {words}") if first.cause in ("", Cause.UNCHANGED) else tr("−{n} dropped: {words}")
    note = words.format(n=f"{first.count:,}", words=first.words)
    rest = sum(drop.count for drop in step.drops[1:])
    return tr("{note}, {n} other").format(note=note, n=f"{rest:,}") if rest else note
