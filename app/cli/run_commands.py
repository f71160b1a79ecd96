"""``preview`` and ``send``: one event through the profile's mappings."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from app.actions.trace import Outcome
from app.assembly import Assistant
from app.cli.output import say_error, say_report
from app.errors import AppError
from app.workflows.samples import Sample, read_sample

_MOST_BYTES = 1_000_000


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
    try:
        content = sys.stdin.buffer.read(_MOST_BYTES) if name == "-" else Path(name).read_bytes()[:_MOST_BYTES]
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise AppError(
            "EVENT-FILE",
            f"“{name}” cannot be read.",
            cause=error.strerror or type(error).__name__,
            remedy="Check the path, or use - to read the event from standard input.",
        ) from error
    except UnicodeDecodeError as error:
        raise AppError(
            "EVENT-FILE", f"“{name}” is not UTF-8 text.", remedy="Save the event as UTF-8 JSON."
        ) from error
    return read_sample(text, name="Standard input" if name == "-" else Path(name).name)
