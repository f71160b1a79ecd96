"""``test``: run the profile's test cases and compare them with what was saved."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from app.cli.output import error_json, report_json, say, say_json
from app.errors import AppError
from app.json_value import JsonValue
from app.storage.case_store import EventCase
from app.storage.profile import Profile
from app.workflows.event_cases import CaseResult, check_cases
from app.workflows.samples import Sample

if TYPE_CHECKING:
    from app.actions.trace import EventReport
    from app.assembly import Assistant


def test(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Dry-run each case; 1 when one of them fails. Nothing is written to Close."""
    profile = assistant.load_profile(wanted.profile)
    cases = _chosen(assistant.test_cases(wanted.profile).load(), wanted.name)
    tester = assistant.tester()

    async def run(one: Profile, sample: Sample) -> EventReport:
        return await tester.run(one, sample, live=False)

    heard = _say if not wanted.json else lambda _result: None
    results = asyncio.run(check_cases(profile, cases, run, heard))
    failed = sum(not result.passed for result in results)
    if wanted.json:
        say_json(
            {"passed": len(results) - failed, "failed": failed, "cases": [_json(one) for one in results]}
        )
    else:
        say(_summary(len(results), failed))
    return 1 if failed else 0


def _chosen(cases: tuple[EventCase, ...], names: list[str]) -> tuple[EventCase, ...]:
    known = {case.name for case in cases}
    missing = [name for name in names if name not in known]
    if missing:
        raise AppError(
            "CASE-UNKNOWN",
            f"There is no test case called “{missing[0]}”.",
            cause=f"Known are: {', '.join(sorted(known))}." if known else "None is saved yet.",
            remedy="Save it on the Test page of the window, after a dry run.",
        )
    return tuple(case for case in cases if not names or case.name in names)


def _say(result: CaseResult) -> None:
    say(f"{'+' if result.passed else 'x'} {result.case.name}")
    for line in result.differences:
        say(f"    {line}")
    if result.error is not None:
        say(f"    {result.error.title} [{result.error.code}]")


def _summary(count: int, failed: int) -> str:
    if not count:
        return "There are no test cases. Save one on the Test page of the window, after a dry run."
    if failed:
        return f"{failed} of {count} test cases failed."
    return "1 test case passed." if count == 1 else f"All {count} test cases passed."


def _json(result: CaseResult) -> JsonValue:
    return {
        "name": result.case.name,
        "mapping": result.case.mapping,
        "passed": result.passed,
        "differences": list(result.differences),
        "error": error_json(result.error),
        "report": None if result.report is None else report_json(result.report),
    }
