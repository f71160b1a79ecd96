"""The headline over a test's result: what would change, what has changed, or why nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.actions.plan import Plan
from app.actions.trace import EventReport, MappingResult, Outcome
from app.ui.theme.text import plain, strong
from app.ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class Headline:
    """``markup`` is rich text in which record names stand out; ``badge`` the mode of the run."""

    tone: Tone
    icon: str
    markup: str
    text: str
    badge: str


def headline(report: EventReport, *, live: bool) -> Headline:
    """The report in one line and one sentence."""
    badge = _tr("Sent") if live else _tr("Dry run")
    plan = main_plan(report)
    match report.outcome:
        case Outcome.WOULD_CHANGE | Outcome.DELIVERED:
            title, text = _split(report.reason, plan)
            rest = _tr("Nothing has been written.") if not live else ""
            tone, icon = (Tone.OK, "circle-check") if live else (Tone.INFO, "eye")
            return Headline(tone, icon, _emphasized(title, plan), f"{text} {rest}".strip(), badge)
        case Outcome.UNCHANGED:
            title = _tr("Close already holds all of this")
            return Headline(Tone.OK, "equal", plain(title), report.reason, badge)
        case Outcome.SKIPPED:
            return Headline(
                Tone.NEUTRAL, "circle-slash", plain(_tr("Nothing would be sent")), report.reason, badge
            )
        case _:
            title = _tr("Failed") if live else _tr("Would fail")
            return Headline(Tone.ERROR, "circle-x", plain(title), report.reason, badge)


def main_result(report: EventReport) -> MappingResult | None:
    """The mapping the event is known by."""
    same = (result for result in report.results if result.outcome is report.outcome)
    return next(same, report.results[0] if report.results else None)


def main_plan(report: EventReport) -> Plan | None:
    result = main_result(report)
    return result.plan if result is not None else None


def cautions(report: EventReport) -> tuple[str, ...]:
    """What a person should look at twice before sending; each names its records."""
    found: list[str] = []
    for result in report.results:
        plan = result.plan
        if plan is None:
            continue
        records = dict.fromkeys(change.record for change in plan.changes)
        new = [record for record in records if record.id is None and record.object_type == "lead"]
        found += [_tr("A new lead is created: {name}.").format(name=record.name) for record in new]
        contacts = [record.name for record in records if record.object_type == "contact" and record.id]
        if len(contacts) > 1:
            names = ", ".join(contacts)
            found.append(
                _tr("{count} contacts are changed: {names}.").format(count=len(contacts), names=names)
            )
        found += plan.notes
    return tuple(dict.fromkeys(found))


def _split(reason: str, plan: Plan | None) -> tuple[str, str]:
    """The sentence about records, and the ones about counts after it."""
    count = len(plan.changes) if plan is not None else 0
    head, mark, tail = reason.rpartition(f"{count} field")
    return (head.strip().removesuffix("."), mark + tail) if head else (reason, "")


def _emphasized(title: str, plan: Plan | None) -> str:
    markup = plain(title)
    names = {change.record.name for change in plan.changes if change.record.name} if plan is not None else ()
    for name in sorted(names, key=len, reverse=True):
        markup = markup.replace(plain(name), strong(name), 1)
    return markup


def _tr(text: str) -> str:
    return QCoreApplication.translate("TestOutcome", text)
