"""What is asked before a send, and what is said when one was stopped half way."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.actions.plan import ChangeKind
from app.actions.trace import EventReport, Outcome
from app.errors import AppError
from app.ui.frame.commands import Fact
from app.ui.trial.runs import Ran
from app.workflows.final_changes import final_changes
from app.workflows.samples import Sample


@dataclass(frozen=True, slots=True)
class SendQuestion:
    """``final`` are the sentences about merges and deletions."""

    title: str
    text: str
    action: str
    final: tuple[str, ...]


def send_question(report: EventReport, sample: Sample, organization: str) -> SendQuestion:
    """Names organization and records of a dry run that was just shown."""
    plans = [result.plan for result in report.results if result.plan is not None]
    changes = [change for plan in plans for change in plan.changes]
    fields = [one for one in changes if one.kind not in (ChangeKind.MERGE, ChangeKind.DELETE)]
    names = ", ".join(dict.fromkeys(change.record.name for change in fields if change.record.name))
    if not fields:
        text = _tr("The result is read back from Close.")
    elif len(fields) == 1:
        text = _tr("1 field changes: {names}. The result is read back from Close.")
    else:
        text = _tr("{count} fields change: {names}. The result is read back from Close.")
    title = _tr("Send “{event}” to {organization}?")
    return SendQuestion(
        title.format(event=sample.name, organization=organization),
        text.format(count=len(fields), names=names or sample.name),
        _tr("Send to {organization}").format(organization=organization),
        final_changes(report),
    )


def stopped_error() -> AppError:
    """A send that a person has cancelled."""
    return AppError(
        "TEST-SEND-STOPPED",
        _tr("The send was stopped."),
        cause=_tr("Close may have taken some of the changes already."),
        remedy=_tr("A dry run shows what Close holds now."),
    )


def trial_fact(ran: Ran | None, organization: str) -> Fact:
    """What stands in the command bar: whether the organization was written to."""
    if ran is not None and ran.live and ran.report.outcome is Outcome.DELIVERED:
        return Fact(_tr("{organization} · written and read back").format(organization=organization), "check")
    return Fact(_tr("{organization} · read only").format(organization=organization), "lock")


def _tr(text: str) -> str:
    return QCoreApplication.translate("TryPage", text)
