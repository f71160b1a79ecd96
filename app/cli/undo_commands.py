"""``undo``: take back what events have changed in Close."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from app.actions.undo import UndoReport
from app.actions.undo_decisions import UndoLine
from app.cli.output import columns, say, say_json
from app.json_value import JsonValue

if TYPE_CHECKING:
    from app.assembly import Assistant


def undo(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Revert what still holds our value, remove what we created, say what stays and why."""
    profile = assistant.load_profile(wanted.profile)
    session = assistant.undo()
    chosen = session.plans if wanted.plan else session.events
    report = asyncio.run(chosen(profile, wanted.id, live=not wanted.dry_run))
    if wanted.json:
        say_json(report_json(report, dry_run=wanted.dry_run))
        return 0
    columns([_row(line) for line in report.lines])
    say(report.summary + (" Nothing was written." if wanted.dry_run else ""))
    return 0


def report_json(report: UndoReport, *, dry_run: bool) -> JsonValue:
    return {
        "dry_run": dry_run,
        "summary": report.summary,
        "lines": [
            {
                "record": line.record.object_type,
                "id": line.record.id,
                "name": line.record.name,
                "field": line.field,
                "outcome": str(line.outcome),
                "now": line.now,
                "back": line.back,
                "reason": line.reason,
            }
            for line in report.lines
        ],
    }


def _row(line: UndoLine) -> tuple[str, ...]:
    change = f"{_shown(line.now)} → {_shown(line.back)}" if line.field and not line.reason else line.reason
    return (str(line.outcome), line.record.object_type, line.record.name, line.field, change)


def _shown(value: JsonValue) -> str:
    return "nothing" if value in (None, "") else str(value)
