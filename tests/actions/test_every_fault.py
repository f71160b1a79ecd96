"""Switches that let nothing through: the right error with its code, and nothing twice once Close is well."""

from __future__ import annotations

from typing import get_args

import pytest

from app.actions.action_definitions import MERGE
from app.actions.trace import Outcome
from app.close.sandbox.faults import FaultKind
from tests.actions.builders import identify, mapping, stage
from tests.actions.test_other_actions import ACME, alias, of, two_people

CODES: dict[str, str] = {
    "401": "CLOSE-KEY-REFUSED",
    "402": "CLOSE-PLAN-LIMIT",
    "403": "CLOSE-FORBIDDEN",
    "429": "CLOSE-RATE-LIMITED",
    "500": "CLOSE-SERVER-ERROR",
    "502": "CLOSE-SERVER-ERROR",
    "503": "CLOSE-SERVER-ERROR",
    "504": "CLOSE-SERVER-ERROR",
    "truncated_json": "CLOSE-BAD-ANSWER",
    "html": "CLOSE-SERVER-ERROR",
    "drop_before": "CLOSE-NO-ANSWER",
    "drop_after_commit": "CLOSE-NO-ANSWER",
}
# Its answer takes longer than the client waits, in real time; the client has a test of its own for it.
IN_REAL_TIME = {"slow"}
NEW = identify(name="Bo Li", email="bo@acme.example", company=ACME)


def test_every_fault_is_here() -> None:
    assert CODES.keys() | IN_REAL_TIME == set(get_args(FaultKind))


@pytest.mark.parametrize("fault", CODES)
async def test_a_fault_on_everything_fails_with_its_code_and_passes(fault: FaultKind) -> None:
    async with stage(mapping()) as scene:
        scene.sandbox.switches.fault = fault
        failed = await scene.run(NEW)
        assert failed.outcome is Outcome.FAILED
        assert failed.error is not None
        assert failed.error.code == CODES[fault]
        assert failed.error.remedy
        scene.sandbox.switches.fault = None
        scene.time.advance(61)
        again = await scene.run(NEW, check=True)
        assert again.error is None, again.reason
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)


async def test_a_connection_that_is_always_cut_after_a_write_makes_each_record_once() -> None:
    async with stage(mapping()) as scene:
        scene.sandbox.switches.drop_after_commit = True
        codes = []
        for _ in range(4):
            report = await scene.run(NEW)
            codes.append(report.error.code if report.error else report.outcome)
            scene.time.advance(30)
        scene.sandbox.switches.drop_after_commit = False
        scene.time.advance(61)
        assert (await scene.run(NEW, check=True)).error is None
        assert codes[:2] == ["CLOSE-NO-ANSWER", "CLOSE-ANSWER-LOST"]
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)


@pytest.mark.parametrize(
    ("mode", "code"), [("busy", "CLOSE-MERGE-RUNNING"), ("errored", "CLOSE-MERGE-FAILED")]
)
async def test_a_merge_that_close_will_not_do_leaves_both_people(mode: str, code: str) -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True), merge=mode) as scene:
        await two_people(scene, ACME, None)
        report = await scene.run(alias(), check=True)
        assert report.outcome is Outcome.FAILED, report.reason
        assert report.error is not None
        assert report.error.code == code
        assert (len(scene.leads()), len(scene.contacts())) == (2, 2)
        scene.sandbox.switches.merge = "async"
        scene.time.advance(61)
        again = await scene.run(alias(), check=True)
        assert again.error is None, again.reason
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)


async def test_a_full_quota_of_fields_stops_no_event() -> None:
    async with stage(mapping()) as scene:
        scene.sandbox.switches.field_quota = 0
        assert (await scene.run(NEW, check=True)).outcome is Outcome.DELIVERED
