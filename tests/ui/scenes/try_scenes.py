"""The Test page in its states, in the window it lives in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import (
    EventReport,
    HeldValue,
    MappingResult,
    Outcome,
    StepStatus,
    TraceClause,
    TraceStep,
)
from app.actions.undo import UndoReport
from app.actions.undo_decisions import UndoLine, UndoOutcome
from app.close.exchange import Exchange
from app.errors import AppError
from app.segment.filters import DestinationFilter
from app.storage.case_store import CaseStore, EventCase
from app.storage.profile import MappingSpec, Profile
from app.ui.frame.window import FrameWindow
from app.ui.setup.try_page import TryPage
from app.ui.theme.theme import Theme
from app.workflows.case_book import CaseBook
from app.workflows.event_cases import case_of
from app.workflows.samples import Sample, built_in_samples
from app.workflows.setup import Step, default_mapping
from app.workflows.trial_tools import TrialTools
from tests.ui.scenes.registry import scene
from tests.ui.scenes.setup_scenes import _flow, _raise, _shown
from tests.ui.setup.actors import MemoryClose, Reports

_CONTACT = RecordRef("contact", "cont_9hQabcdefgmB2", "Maria Lopez")
_LEAD = RecordRef("lead", "lead_MAVabcdefguQT", "Brightwave Studio")
_SPECS = (
    replace(default_mapping(), name="Identify"),
    MappingSpec("Record purchases", "recordActivity", 'type = "track"', {}),
    MappingSpec("Merge people", "mergeContactsAndLeads", 'type = "alias"', {}, enabled=False),
)


def sample_report(*, live: bool = False) -> EventReport:
    """A report as the pictures show one."""
    contact = RecordRef("contact", "cont_9hQabcdefgmB2", "Maria Lopez")
    lead = RecordRef("lead", "lead_MAVabcdefguQT", "Brightwave Studio")
    plan = Plan(
        Verdict.CHANGES,
        "",
        changes=(
            Change(contact, "Title", "title", "Head of Growth", "VP Growth", ChangeKind.SET, ""),
            Change(contact, "User ID", "custom.cf_1", None, "u_42", ChangeKind.SET, ""),
            Change(contact, "Phone", "phones", "+34 910 555 007", "+34 612 555 018", ChangeKind.APPEND, ""),
            Change(lead, "Plan", "custom.cf_2", "Trial", "Business", ChangeKind.SET, ""),
        ),
        matching=5,
    )
    steps = (
        TraceStep(
            "Matched mapping “Identify”",
            StepStatus.OK,
            measure="1 of 1 clauses",
            clauses=(TraceClause("type is identify", "identify", passed=True),),
        ),
        TraceStep(
            "Looked up in Close",
            StepStatus.OK,
            "Contact by User ID: none. By email: 1 contact, on lead Brightwave Studio.",
            "2 searches, 380 ms",
        ),
    )
    if live:
        steps += (TraceStep("Read back", StepStatus.OK, "4 values stand in Close as planned."),)
    outcome = Outcome.DELIVERED if live else Outcome.WOULD_CHANGE
    verb, change = ("Updated", "changed") if live else ("Would update", "change")
    reason = f"{verb} contact Maria Lopez and lead Brightwave Studio. 4 fields {change}. No new records."
    plan_id = 7 if live else None
    result = MappingResult("Identify", outcome, reason, steps, {"contact_title": "VP Growth"}, plan, plan_id)
    exchange = Exchange(
        "POST", "/data/search/", 200, 212.0, "search", {"limit": 3}, '{"data": []}', "t-1", ""
    )
    return EventReport(outcome, reason, (result,), exchanges=(exchange, exchange))


class MemoryCases(CaseStore):
    """Test cases that were never on a disk."""

    def __init__(self, cases: Sequence[EventCase] = ()) -> None:
        super().__init__(Path(tempfile.gettempdir()) / "no-such-file.json")
        self.cases = tuple(cases)

    def load(self) -> tuple[EventCase, ...]:
        return self.cases

    def save(self, cases: tuple[EventCase, ...]) -> None:
        self.cases = cases


class HandUndo:
    """Answers with a prepared report and notes what it was asked for."""

    def __init__(self, report: UndoReport | None = None) -> None:
        self.report = report or undo_report()
        self.asked: list[tuple[tuple[int, ...], bool]] = []

    async def __call__(self, profile: Profile, plan_ids: Sequence[int], *, live: bool) -> UndoReport:
        self.asked.append((tuple(plan_ids), live))
        return self.report


def undo_report() -> UndoReport:
    left = "Somebody has changed it in Close since."
    return UndoReport(
        (
            UndoLine(_LEAD, "Plan", UndoOutcome.REVERTED, "Business", "Trial"),
            UndoLine(_CONTACT, "Title", UndoOutcome.LEFT, "CTO", None, left),
            UndoLine(_CONTACT, "User ID", UndoOutcome.REVERTED, "u_42", None),
            UndoLine(_CONTACT, "Phone", UndoOutcome.REVERTED, "+34 612 555 018", None),
        )
    )


def tools(
    reports: Reports,
    *,
    cases: Sequence[EventCase] = (),
    specs: Sequence[MappingSpec] = _SPECS[:1],
    filters: Sequence[DestinationFilter] = (),
    undo: HandUndo | None = None,
) -> TrialTools:
    profile = Profile("0" * 32, "default", mappings=tuple(specs), filters=tuple(filters))

    async def run(one: Profile, sample: Sample) -> EventReport:
        return await reports.run(one, sample, live=False)

    return TrialTools(lambda: profile, undo or HandUndo(), CaseBook(MemoryCases(cases), lambda: profile, run))


def try_page(theme: Theme, reports: Reports, **more: Any) -> TryPage:
    flow = _flow(MemoryClose(), Step.TEST, reports)
    starred = [replace(one, starred=one.name == "Trial Started") for one in built_in_samples()]
    return TryPage(
        theme,
        flow,
        _raise,
        organization=lambda: "Acme Inc.",
        chosen=lambda: flow.state.sample,
        finish=flow.finish_test,
        samples=lambda: starred,
        tools=tools(reports, **more),
    )


def _dry_run(window: FrameWindow) -> None:
    window.bar.run_primary()


def _report(
    changes: Sequence[Change], reason: str, *, notes: tuple[str, ...] = (), name: str = "Identify"
) -> EventReport:
    plan = Plan(Verdict.CHANGES, "", tuple(changes), notes=notes)
    step = TraceStep("Looked up", StepStatus.OK, "Contact by User ID: 1.", "2 searches, 380 ms")
    result = MappingResult(name, Outcome.WOULD_CHANGE, reason, (step,), {"user_id": "u_1"}, plan)
    return EventReport(Outcome.WOULD_CHANGE, reason, (result,))


def merge_report() -> EventReport:
    gone = RecordRef("contact", "cont_7Twabcdefgh1", "M. Lopez")
    other = RecordRef("lead", "lead_2Kzabcdefgh9", "M. Lopez")
    changes = (
        Change(other, "Lead", "", "M. Lopez", "Brightwave Studio", ChangeKind.MERGE, ""),
        Change(_CONTACT, "Email", "emails", "maria@brightwave.io", "ml@home.example", ChangeKind.APPEND, ""),
        Change(gone, "Contact", "", "M. Lopez", "Maria Lopez", ChangeKind.MERGE, ""),
    )
    notes = ("Merged leads and deleted contacts cannot be restored.",)
    reason = (
        "Would update contact Maria Lopez. Would merge lead M. Lopez into Brightwave Studio. No new records."
    )
    return _report(changes, reason, notes=notes, name="Merge people")


def _new_records() -> EventReport:
    lead, contact = RecordRef("lead", None, "Fresh Ltd"), RecordRef("contact", None, "New Person")
    note = RecordRef("activity", None, "Fresh Ltd")
    changes = (
        Change(lead, "Name", "name", None, "Fresh Ltd", ChangeKind.CREATE, ""),
        Change(lead, "Company ID", "custom.cf_1", None, "co_900", ChangeKind.CREATE, ""),
        Change(contact, "Name", "name", None, "New Person", ChangeKind.CREATE, ""),
        Change(contact, "Title", "title", "Head of Growth", None, ChangeKind.CLEAR, ""),
        Change(contact, "Contact", "", "New Person", None, ChangeKind.DELETE, ""),
        Change(note, "Note", "note", None, "Order Completed\n3 items", ChangeKind.CREATE, ""),
    )
    reason = "Would create lead Fresh Ltd with contact New Person."
    return _report(changes, reason)


def _no_match() -> EventReport:
    def result(name: str, text: str) -> MappingResult:
        clause = TraceClause(text, "identify", passed=False)
        step = TraceStep(f"Not matched “{name}”", StepStatus.SKIPPED, measure="0 of 1", clauses=(clause,))
        return MappingResult(name, Outcome.SKIPPED, "No mapping runs for this event.", (step,))

    results = (result("Record purchases", "type is track"), result("Companies", "type is group"))
    return EventReport(Outcome.SKIPPED, "The event meets the conditions of none of them.", results)


def cases() -> tuple[EventCase, ...]:
    made = (case_of(one, sample_report(), _SPECS) for one in built_in_samples()[:4])
    return tuple(made)


@scene("35-try-empty")
def try_empty(theme: Theme) -> QWidget:
    return _shown(theme, try_page(theme, Reports()), Step.TEST)


@scene("35-try-change")
def try_change(theme: Theme) -> QWidget:
    reports = Reports(sample_report())
    return _shown(theme, try_page(theme, reports, cases=cases()[:1]), Step.TEST, act=_dry_run)


@scene("35-try-scope", large_text=False)
def try_scope(theme: Theme) -> QWidget:
    keep = DestinationFilter("No robots", 'context.ip != "10.0.0.1"', ())
    page = try_page(theme, Reports(sample_report()), specs=_SPECS, filters=(keep,))
    return _shown(theme, page, Step.TEST)


@scene("35-try-kinds", size=(880, 600))
def try_kinds(theme: Theme) -> QWidget:
    return _shown(theme, try_page(theme, Reports(_new_records())), Step.TEST, act=_dry_run)


@scene("35-try-confirm", size=(880, 600))
def try_confirm(theme: Theme) -> QWidget:
    page = try_page(theme, Reports(sample_report()))
    window = _shown(theme, page, Step.TEST, act=_dry_run)
    page.ask_to_send()
    return window


@scene("35-try-final")
def try_final(theme: Theme) -> QWidget:
    page = try_page(theme, Reports(merge_report()))
    window = _shown(theme, page, Step.TEST, act=_dry_run)
    page.ask_to_send()
    page.confirmation.yes_button.click()
    return window


@scene("35-try-sent")
def try_sent(theme: Theme) -> QWidget:
    page = try_page(theme, Reports(sample_report(), sample_report(live=True)))
    return _shown(theme, page, Step.TEST, acts=(_dry_run, _ask_and_agree(page)))


@scene("35-try-differs", large_text=False)
def try_differs(theme: Theme) -> QWidget:
    sent = sample_report(live=True)
    (result,) = sent.results
    assert result.plan is not None
    held = (HeldValue(result.plan.changes[0], "Head of Sales", stands=False),)
    step = TraceStep("Read back differs", StepStatus.FAILED, "Title is 'Head of Sales'.")
    result = replace(result, held=held, steps=(*result.steps[:-1], step))
    page = try_page(theme, Reports(sample_report(), replace(sent, results=(result,))))
    return _shown(theme, page, Step.TEST, acts=(_dry_run, _ask_and_agree(page)))


@scene("35-try-undone")
def try_undone(theme: Theme) -> QWidget:
    page = try_page(theme, Reports(sample_report(), sample_report(live=True)))
    return _shown(theme, page, Step.TEST, acts=(_dry_run, _ask_and_agree(page), lambda _: page.undo()))


def _ask_and_agree(page: TryPage) -> Callable[[FrameWindow], None]:
    def act(_window: FrameWindow) -> None:
        page.ask_to_send()
        page.confirmation.yes_button.click()

    return act


@scene("35-try-no-match")
def try_no_match(theme: Theme) -> QWidget:
    return _shown(theme, try_page(theme, Reports(_no_match()), specs=_SPECS), Step.TEST, act=_dry_run)


@scene("35-try-filtered", large_text=False)
def try_filtered(theme: Theme) -> QWidget:
    reason = "“No robots” drops events from 10.0.0.1."
    step = TraceStep("Stopped by a destination filter", StepStatus.SKIPPED, reason)
    report = EventReport(Outcome.SKIPPED, reason, (), steps=(step,))
    return _shown(theme, try_page(theme, Reports(report)), Step.TEST, act=_dry_run)


@scene("35-try-error", large_text=False)
def try_error(theme: Theme) -> QWidget:
    reports = Reports()
    reports.failure = AppError(
        "KEY-MISSING",
        "There is no Close API key for this profile.",
        cause="It was kept until the program ended.",
        remedy="Connect to Close again.",
    )
    return _shown(theme, try_page(theme, reports), Step.TEST, act=_dry_run, failed=True)


@scene("35-try-cases")
def try_cases(theme: Theme) -> QWidget:
    saved = list(cases())
    before = saved[2].results[0]
    values = {**(before.values or {}), "contact_title": "CTO"}
    saved[2] = replace(saved[2], results=(replace(before, values=values),))
    page = try_page(theme, Reports(sample_report()), cases=saved)
    return _shown(
        theme,
        page,
        Step.TEST,
        acts=(lambda _: page.pane.cases_button.click(), lambda window: window.bar.run_primary()),
    )


@scene("35-try-cases-empty", large_text=False)
def try_no_cases(theme: Theme) -> QWidget:
    page = try_page(theme, Reports(sample_report()))
    return _shown(theme, page, Step.TEST, act=lambda _: page.pane.cases_button.click())
