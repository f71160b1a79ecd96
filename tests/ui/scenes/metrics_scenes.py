"""The page of figures in its states."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.actions.trace import StepStatus, TraceClause
from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_stage import Cause, Stage
from app.relay.inbox_figures import FigureCount, FigureReader, RunSums
from app.storage.profile import Mode
from app.ui.metrics.metrics_page import MetricsPage
from app.ui.metrics.why_dialog import WhyDialog
from app.ui.theme.theme import Theme
from app.workflows.event_figures import (
    BUCKETS,
    Bucket,
    ErrorGroup,
    EventFigures,
    FigureRange,
    funnel_of,
)
from app.workflows.figure_words import CauseAction
from app.workflows.why_fixes import Fix, FixKind
from app.workflows.why_nothing import Step, WhyAnswer, WhyStep
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, listening, workbench

_NOW_MS = 1_772_615_700_000
_MINUTE_MS = 60_000


def _count(kind: str, state: State, outcome: str, stage: Stage, cause: str, count: int) -> FigureCount:
    return FigureCount(0, kind, state, outcome, stage, cause, count)


_COUNTS = (
    _count("page", State.SKIPPED, "skipped", Stage.VERIFIED, Cause.NO_MATCH, 1204),
    _count("identify", State.FAILED, "failed", Stage.MATCHED, "MAPPING-PAYLOAD: Email is missing", 18),
    _count("identify", State.UNCHANGED, "unchanged", Stage.MAPPED, Cause.UNCHANGED, 8114),
    _count(
        "group", State.FAILED, "failed", Stage.MAPPED, "CLOSE-INVALID: “Scale” is not a choice of Plan", 6
    ),
    _count("identify", State.DELIVERED, "delivered", Stage.CHANGED, "", 3412),
    _count("track", State.WAITING, "", Stage.VERIFIED, "CLOSE-RATE-LIMITED: Close is busy", 4),
)


def busy_day() -> EventFigures:
    """A day like the one of the design."""
    width, number = BUCKETS[FigureRange.DAY]
    buckets = []
    for place in range(number):
        wave = 0.5 + 0.5 * math.cos(2 * math.pi * place / number) + 0.05 * math.sin(place * 1.7)
        received = round(40 + 230 * max(0.0, wave))
        buckets.append(
            Bucket(
                _NOW_MS - (number - place) * width * _MINUTE_MS,
                received,
                received // 3,
                0,
                received // 2,
                1 if place % 11 == 7 else 0,
                900 + 500 * math.sin(place / 4) ** 2,
            )
        )
    errors = (
        ("CLOSE-INVALID", "“Scale” is not a choice of Plan", 4, CauseAction.EDIT_MAPPING),
        ("CLOSE-INVALID", "Email address refused by Close", 2, CauseAction.SHOW_EVENTS),
        ("CLOSE-RATE-LIMITED", "Close is busy; the events wait", 4, CauseAction.SHOW_EVENTS),
    )
    return EventFigures(
        FigureRange.DAY,
        _NOW_MS,
        tuple(buckets),
        received=12_758,
        delivered=3412,
        unchanged=8114,
        skipped=1204,
        failed=24,
        open=4,
        waiting=4,
        delivered_before=3046,
        p50_ms=310.0,
        p95_ms=1400.0,
        funnel=funnel_of(_COUNTS),
        errors=tuple(
            ErrorGroup(
                f"{code}: {words}", code, words, count, _NOW_MS - at * 3_000_000, action, (1, 2), at == 3
            )
            for at, (code, words, count, action) in enumerate(errors, 1)
        ),
        sums=RunSums(212, 240, 1800, 2950, 9120, 10_480, 4600, 6926),
        calls_saved=15_778,
    )


def _page(
    theme: Theme,
    figures: EventFigures | None,
    *,
    error: AppError | None = None,
    table: bool = False,
    running: bool = True,
) -> QWidget:
    controller = controller_of(finished_profile(Mode.LIVE))
    if running:
        controller.status = listening(Mode.LIVE)
    page = _Still(
        theme, controller, FigureReader(Path(tempfile.gettempdir()) / "no-such-folder" / "relay.db")
    )
    controller.setParent(page)
    window = workbench(theme, controller, page, "metrics")
    if figures is not None:
        page._take(figures)
    if error is not None:
        page._show_failure(error)
    if table:
        page.set_table(table=True)
    return window


class _Still(MetricsPage):
    """The page with figures of its own instead of a database."""

    def read(self) -> None:
        """Nothing is read."""


@scene("70-metrics")
def metrics(theme: Theme) -> QWidget:
    return _page(theme, busy_day())


@scene("70-metrics-small", size=(880, 600), large_text=False)
def metrics_small(theme: Theme) -> QWidget:
    return _page(theme, busy_day())


@scene("71-metrics-table")
def metrics_table(theme: Theme) -> QWidget:
    return _page(theme, busy_day(), table=True)


@scene("72-metrics-empty", large_text=False)
def metrics_empty(theme: Theme) -> QWidget:
    figures = replace(
        busy_day(), buckets=tuple(Bucket(one.start_ms) for one in busy_day().buckets), received=0
    )
    return _page(theme, figures, running=False)


@scene("73-metrics-loading", large_text=False)
def metrics_loading(theme: Theme) -> QWidget:
    return _page(theme, None)


@scene("74-metrics-error", large_text=False)
def metrics_error(theme: Theme) -> QWidget:
    error = AppError(
        "DATABASE-DAMAGED",
        "relay.db is damaged or is not a database.",
        cause="It cannot be read as SQLite.",
        remedy="Restore it from a backup, or move it away: a new one is made at the next start.",
        detail="SQLITE_NOTADB: file is not a database",
    )
    return _page(theme, None, error=error)


def _why(theme: Theme, answer: WhyAnswer) -> QWidget:
    dialog = WhyDialog(theme, None, lambda _: answer, _raise)
    dialog.field.edit.setText(answer.asked)
    dialog.show_answer(answer)
    return dialog


def _raise(error: BaseException) -> None:
    raise error


@scene("75-why", size=(600, 520))
def why(theme: Theme) -> QWidget:
    clauses = (
        TraceClause("type is identify", "track", passed=False),
        TraceClause("traits.email exists", "maria@acme.example", passed=True),
    )
    steps = (
        WhyStep(Step.RECEIVED, StepStatus.OK, "Received: track “Signed Up”", "The newest of 3 found."),
        WhyStep(Step.VERIFIED, StepStatus.OK, "Verified", "It came signed."),
        WhyStep(
            Step.MATCHED,
            StepStatus.SKIPPED,
            "No mapping takes this track event",
            "“Contacts” runs when type is identify; this one has track.",
            clauses,
        ),
    )
    fix = Fix(
        FixKind.EDIT_MAPPING,
        "Change when “Contacts” runs, or add a mapping for track events.",
        mapping="Contacts",
    )
    return _why(theme, WhyAnswer("u_42", steps[-1].title, steps, Step.MATCHED, fix, 7, 3))


@scene("76-why-empty", size=(600, 520), large_text=False)
def why_empty(theme: Theme) -> QWidget:
    return WhyDialog(theme, None, _unused, _raise)


def _unused(_text: str) -> WhyAnswer:
    raise AssertionError("nothing is asked")
