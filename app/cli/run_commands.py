"""``preview`` and ``send``: one event through the profile's mappings."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from app.actions.trace import EventReport, Outcome
from app.assembly import Assistant
from app.cli.input_files import STANDARD_INPUT, read_text
from app.cli.output import say_error, say_report
from app.errors import AppError
from app.storage.profile import Profile
from app.workflows.event_cases import case_of, with_case
from app.workflows.final_changes import final_changes
from app.workflows.samples import Sample, read_sample
from app.workflows.trial_scope import only


def preview(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """The plan for an event; nothing is written. ``--save`` keeps it as a test case."""
    sample, profile = _read(assistant, wanted)
    report = asyncio.run(assistant.tester().run(profile, sample, live=False))
    if wanted.save:
        store = assistant.test_cases(wanted.profile)
        case = case_of(replace(sample, name=wanted.save), report, profile.mappings, wanted.mapping)
        cases, _ = with_case(store.load(), case)
        store.save(cases)
    return _tell(report, wanted)


def send(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Change Close, read back and report."""
    sample, profile = _read(assistant, wanted)
    return _tell(asyncio.run(_send(assistant, profile, sample, confirmed=wanted.yes)), wanted)


async def _send(assistant: Assistant, profile: Profile, sample: Sample, *, confirmed: bool) -> EventReport:
    """What is final is looked for first, and done only when somebody has agreed to it."""
    tester = assistant.tester()
    shown = None if confirmed else await tester.run(profile, sample, live=False)
    if shown is not None:
        planned = final_changes(shown)
        if planned:
            raise AppError(
                "SEND-FINAL",
                "This event does something that cannot be undone.",
                cause="\n".join(planned),
                remedy="Look at it with preview. To do it, send the event with --yes.",
            )
    return await tester.run(profile, sample, live=True, agreed=shown)


def _read(assistant: Assistant, wanted: argparse.Namespace) -> tuple[Sample, Profile]:
    sample = read_event_file(wanted.event)
    return sample, only(assistant.load_profile(wanted.profile), wanted.mapping)


def _tell(report: EventReport, wanted: argparse.Namespace) -> int:
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
