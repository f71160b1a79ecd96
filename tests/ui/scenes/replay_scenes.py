"""The Replay page in its states: choosing, reading, tried, running, waiting, done, failed, undone."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.relay.replay_records import ItemState, MappingsOf, Replay, ReplayItem, ReplayState
from app.relay.replay_sql import NOT_LIVE
from app.storage.profile import Mode
from app.ui.question_dialog import QuestionDialog
from app.ui.replay.replay_desk import Phase, ReplayDesk
from app.ui.replay.replay_page import ReplayPage
from app.ui.theme.theme import Theme
from app.workflows.replay_totals import CaseKind, NotableCase, ReasonCount, ReplayTotals
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, workbench

_NOW_MS = time.time_ns() // 1_000_000


def a_replay(state: ReplayState, counts: dict[ItemState, int], number: int = 12, **members: object) -> Replay:
    created = _NOW_MS - (20 - number) * 5_400_000
    scope = str(members.pop("scope", "failed identify events since 2026-11-23 09:00 UTC"))
    return Replay(number, created, state, scope, MappingsOf.NOW, again=False, counts=counts, **members)  # type: ignore[arg-type]


def totals(**members: object) -> ReplayTotals:
    cases = (
        NotableCase(CaseKind.NEW_LEAD, "Brightwave Studio", 3, "Maria Lopez"),
        NotableCase(CaseKind.NEW_LEAD, "Kite & Co", 18, "Jonas Weber"),
        NotableCase(CaseKind.SEVERAL_CONTACTS, "Priya Nair, P. Nair", 40, "Priya Nair"),
    )
    reasons = (
        ReasonCount("would fail", "Close refuses the value for Plan: “Scale” is not a choice.", 3),
        ReasonCount("skipped", "“Identify” runs when type is identify; this one has page.", 214),
    )
    values = {
        "events": 1284,
        "new_leads": 2,
        "new_contacts": 31,
        "updated_leads": 118,
        "updated_contacts": 407,
        "fields": 1193,
        "would_change": 912,
        "unchanged": 155,
        "skipped": 214,
        "would_fail": 3,
        "seconds": 940.0,
        "reasons": reasons,
        "cases": cases,
    }
    return ReplayTotals(**{**values, **members})  # type: ignore[arg-type]


PAST = (
    a_replay(ReplayState.DONE, {ItemState.DELIVERED: 96, ItemState.UNCHANGED: 4, ItemState.FAILED: 2}, 11),
    a_replay(
        ReplayState.DONE, {ItemState.DELIVERED: 1400}, 9, undone_ms=_NOW_MS, scope="events in export.csv"
    ),
    a_replay(ReplayState.PREPARED, {ItemState.WAITING: 8210}, 7, scope="events in archives"),
)
TROUBLES = (
    ReplayItem(
        44,
        801,
        "group",
        "Northwind Traders",
        "event 801",
        ItemState.FAILED,
        "failed",
        "Close refuses the value for Plan: “Scale” is not a choice.",
        None,
    ),
    ReplayItem(
        91, None, "", "", "2026-11-23.gz, line 91", ItemState.REFUSED, "", "The text is not valid JSON.", None
    ),
)


def page_in(theme: Theme, mode: Mode = Mode.LIVE) -> tuple[QWidget, ReplayPage, ReplayDesk]:
    controller = controller_of(finished_profile(mode))

    def none() -> object:
        raise AssertionError("a picture reads nothing")

    desk = ReplayDesk(none, lambda: controller.profile, controller.unexpected)  # type: ignore[arg-type]
    desk.refresh = lambda: None  # type: ignore[method-assign]
    page = ReplayPage(theme, desk, controller)
    controller.setParent(page)
    desk.setParent(page)
    desk.past = PAST
    desk.past_changed.emit()
    return workbench(theme, controller, page, "replay"), page, desk


@scene("90-replay-choose")
def choose(theme: Theme) -> QWidget:
    return page_in(theme)[0]


@scene("90-replay-choose-small", size=(880, 600), large_text=False)
def choose_small(theme: Theme) -> QWidget:
    return page_in(theme)[0]


@scene("91-replay-file", large_text=False)
def choose_file(theme: Theme) -> QWidget:
    window, page, desk = page_in(theme)
    page.form.take_files((Path("/data/2026-11-23.gz"),))
    page.form.mappings.choose("then")
    page.form.mappings.chosen.emit("then")
    desk.past = ()
    desk.past_changed.emit()
    return window


@scene("92-replay-trying", large_text=False)
def trying(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    desk.phase, desk.count, desk._expected = Phase.TRYING, 412, 1284
    desk.changed.emit()
    return window


@scene("93-replay-totals")
def tried(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    _show_totals(desk, totals())
    return window


@scene("93-replay-totals-small", size=(880, 600), large_text=False)
def tried_small(theme: Theme) -> QWidget:
    return tried(theme)


@scene("93-replay-totals-tall", size=(1120, 1300), large_text=False)
def tried_tall(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    final = (
        NotableCase(CaseKind.MERGE, "Kite & Co into Kite Company", 7, "Merge visitors"),
        NotableCase(CaseKind.DELETION, "contact Tom Okafor", 9, "delete"),
    )
    _show_totals(desk, totals(merges=1, deletions=1, cases=(*totals().cases, *final)))
    return window


@scene("94-replay-confirm", size=(520, 230), large_text=False)
def confirm(theme: Theme) -> QWidget:
    _, page, desk = page_in(theme, Mode.DRY_RUN)
    _show_totals(desk, totals())
    page.ask_to_run()
    dialog = page._dialog
    assert isinstance(dialog, QuestionDialog)
    dialog.hide()
    return dialog


@scene("95-replay-running")
def running(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    counts = {ItemState.DELIVERED: 380, ItemState.UNCHANGED: 40, ItemState.FAILED: 9, ItemState.QUEUED: 12}
    desk.pace.note(0.0, 300)
    desk.pace.note(30.0, 429)
    _show_run(desk, a_replay(ReplayState.RUNNING, {**counts, ItemState.WAITING: 843}))
    return window


@scene("96-replay-waiting", large_text=False)
def waiting(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme, Mode.DRY_RUN)
    _show_run(desk, a_replay(ReplayState.RUNNING, {ItemState.WAITING: 120}, note=NOT_LIVE))
    return window


@scene("96-replay-paused", large_text=False)
def paused(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    _show_run(desk, a_replay(ReplayState.PAUSED, {ItemState.DELIVERED: 52, ItemState.WAITING: 68}))
    return window


@scene("97-replay-done")
def done(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    counts = {
        ItemState.DELIVERED: 912,
        ItemState.UNCHANGED: 155,
        ItemState.SKIPPED: 214,
        ItemState.FAILED: 1,
        ItemState.REFUSED: 1,
        ItemState.DUPLICATE: 17,
    }
    desk.troubles = TROUBLES
    _show_run(desk, a_replay(ReplayState.DONE, counts, scope="events in 2026-11-23.gz"))
    return window


@scene("98-replay-undone", large_text=False)
def undone(theme: Theme) -> QWidget:
    window, _, desk = page_in(theme)
    _show_run(desk, a_replay(ReplayState.DONE, {ItemState.DELIVERED: 1400}, undone_ms=_NOW_MS))
    return window


@scene("99-replay-error", large_text=False)
def failed(theme: Theme) -> QWidget:
    window, page, desk = page_in(theme)
    page.form.take_files((Path("/data/leads.xlsx"),))
    desk.past = None
    desk.past_changed.emit()
    desk.error = AppError(
        "REPLAY-FILE-UNKNOWN",
        "leads.xlsx holds no events that can be recognised.",
        cause="It begins neither with JSON nor with the header of a table.",
        remedy="Use JSON, lines of JSON (NDJSON), CSV with a header, or one of these packed with gzip.",
    )
    desk.changed.emit()
    return window


def _show_totals(desk: ReplayDesk, found: ReplayTotals) -> None:
    counts = {ItemState.WAITING: 1284, ItemState.DUPLICATE: 17}
    desk.phase, desk.totals = Phase.TRIED, found
    desk.replay = a_replay(ReplayState.PREPARED, counts)
    desk.changed.emit()


def _show_run(desk: ReplayDesk, replay: Replay) -> None:
    desk.phase, desk.replay = Phase.RUN, replay
    desk.changed.emit()
