"""``preview`` and ``send``: one event through the profile's mappings."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from app.actions.trace import Outcome
from app.assembly import Assistant
from app.cli.input_files import STANDARD_INPUT, read_text
from app.cli.output import say_error, say_report
from app.workflows.samples import Sample, read_sample


def preview(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """The plan for an event; nothing is written."""
    return _run(assistant, wanted, live=False)


def send(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Change Close, read back and report."""
    return _run(assistant, wanted, live=True)


def _run(assistant: Assistant, wanted: argparse.Namespace, *, live: bool) -> int:
    sample = read_event_file(wanted.event)
    profile = assistant.load_profile(wanted.profile)
    report = asyncio.run(assistant.tester().run(profile, sample, live=live))
    say_report(report, as_json=wanted.json)
    if report.outcome not in (Outcome.FAILED, Outcome.WOULD_FAIL):
        return 0
    if report.error is not None:
        say_error(report.error)
    return 1


def read_event_file(name: str) -> Sample:
    """The event in a file, or on standard input for ``-``. Raises ``AppError`` (``EVENT-FILE``, …)."""
    text = read_text(name, code="EVENT-FILE", what="the event")
    return read_sample(text, name="Standard input" if name == STANDARD_INPUT else Path(name).name)
