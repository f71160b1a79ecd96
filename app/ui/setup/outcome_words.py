"""The headline over a test's result: what would change, what has changed, or why nothing does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.actions.plan import Plan
from app.actions.trace import EventReport, MappingResult, Outcome
from app.ui.theme.text import plain, strong
from app.ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class Headline:
    """``markup`` is rich text in which record names stand out, ``title`` the same as plain text.

    ``badge`` is the mode of the run.
    """

    tone: Tone
    icon: str
    markup: str
    title: str
    text: str
    badge: str


def headline(report: EventReport, *, live: bool) -> Headline:
    """The report in one line and one sentence."""
    badge = _tr("Sent") if live else _tr("Dry run")
    match report.outcome:
        case Outcome.WOULD_CHANGE | Outcome.DELIVERED:
            return _changing(report, badge, live=live)
        case Outcome.UNCHANGED:
            title = _tr("Close already holds all of this")
            return Headline(Tone.OK, "equal", plain(title), title, report.reason, badge)
        case Outcome.SKIPPED:
            title = _skipped_title(report)
            return Headline(Tone.NEUTRAL, "circle-slash", plain(title), title, report.reason, badge)
        case _:
            title = _tr("Failed") if live else _tr("Would fail")
            return Headline(Tone.ERROR, "circle-x", plain(title), title, report.reason, badge)


def _changing(report: EventReport, badge: str, *, live: bool) -> Headline:
    plan = main_plan(report)
    title, text = _split(report.reason, plan)
    more = [one for one in report.results if one is not main_result(report) and one.outcome is report.outcome]
    sentences = [text]
    if more:
        names = ", ".join(f"“{one.mapping_name}”" for one in more)
        words = (
            _tr("{names} changed something as well.")
            if live
            else _tr("{names} would change something as well.")
        )
        sentences.append(words.format(names=names))
    if not live:
        sentences.append(_tr("Nothing has been written."))
    tone, icon = (Tone.OK, "circle-check") if live else (Tone.INFO, "eye")
    if any(not held.stands for one in report.results for held in one.held):
        tone, icon = Tone.WARN, "triangle-alert"
        sentences.insert(0, _tr("Close holds something else than was planned."))
    return Headline(tone, icon, _emphasized(title, plan), title, " ".join(filter(None, sentences)), badge)


def _skipped_title(report: EventReport) -> str:
    if report.steps:
        return report.steps[-1].title
    if report.results and all(one.payload is None for one in report.results):
        return _tr("No mapping runs for this event")
    return _tr("Nothing would be sent")


def main_result(report: EventReport) -> MappingResult | None:
    """The mapping the event is known by."""
    same = (result for result in report.results if result.outcome is report.outcome)
    return next(same, report.results[0] if report.results else None)


def main_plan(report: EventReport) -> Plan | None:
    result = main_result(report)
    return result.plan if result is not None else None


def _split(reason: str, plan: Plan | None) -> tuple[str, str]:
    """The sentence about records, and the ones about counts after it."""
    count = len(plan.changes) if plan is not None else 0
    head, mark, tail = reason.rpartition(f"{count} field")
    if head:
        return head.strip().removesuffix("."), mark + tail
    head, mark, tail = reason.partition(" No new records.")
    return (head.removesuffix("."), mark.strip() + tail) if mark else (reason, "")


def _emphasized(title: str, plan: Plan | None) -> str:
    """The first mention of each record's name in semibold."""
    names = {change.record.name for change in plan.changes if change.record.name} if plan is not None else ()
    if not names:
        return plain(title)
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    parts = re.split(rf"(?<!\w)({known})(?!\w)", title)
    seen: set[str] = set()
    markup = []
    for place, part in enumerate(parts):
        first = place % 2 == 1 and part not in seen
        seen.add(part)
        markup.append(strong(part) if first else plain(part))
    return "".join(markup)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TestOutcome", text)
