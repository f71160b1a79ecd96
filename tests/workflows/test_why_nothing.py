"""“Why did nothing happen?” stops at the first place where the event did, and says what helps there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from app.actions.trace import StepStatus
from app.relay.inbox_figures import FigureReader
from app.storage.profile import Mode
from app.workflows.refused_requests import RefusedRequests
from app.workflows.why_fixes import FixKind
from app.workflows.why_nothing import RelayFacts, Step, WhyAnswer, ask_why
from tests.relay.builders import START_MS
from tests.workflows.relay_day import group, identify, page, relay_day

RUNNING = RelayFacts(running=True, mode=Mode.LIVE, mappings_on=1)


def ask(path: Path, text: str, facts: RelayFacts = RUNNING) -> WhyAnswer:
    with closing(FigureReader(path)) as reader:
        return ask_why(reader, text, facts)


@pytest.mark.parametrize("asked", ["u_1", "u_1@day.example", " u_1 "])
async def test_a_person_is_found_by_id_and_by_address(tmp_path: Path, asked: str) -> None:
    path = await relay_day(tmp_path, identify(1, name="Ada"))
    answer = ask(path, asked)
    assert (answer.stopped, answer.fix.kind) == (None, FixKind.SHOW_EVENT)
    assert [step.step for step in answer.steps][-1] is Step.CHANGED
    assert all(step.status is StepStatus.OK for step in answer.steps)


async def test_an_event_that_no_mapping_takes_shows_the_clause(tmp_path: Path) -> None:
    path = await relay_day(tmp_path, page(1))
    answer = ask(path, "u_1")
    assert answer.stopped is Step.MATCHED
    assert answer.headline == "No mapping takes this page event"
    assert any(not clause.passed for clause in answer.steps[-1].clauses)


async def test_an_event_that_says_nothing_new_needs_nothing(tmp_path: Path) -> None:
    path = await relay_day(tmp_path, identify(1), {**identify(1), "messageId": "again"})
    answer = ask(path, "u_1")
    assert (answer.stopped, answer.fix.kind, answer.found) == (Step.CHANGED, FixKind.NONE, 2)


async def test_a_dry_run_leads_to_live(tmp_path: Path) -> None:
    path = await relay_day(tmp_path, identify(1), mode=Mode.DRY_RUN)
    answer = ask(path, "u_1")
    assert (answer.stopped, answer.fix.kind) == (Step.CHANGED, FixKind.GO_LIVE)
    assert "retry" in answer.fix.command


async def test_a_value_that_does_not_fit_leads_to_the_mapping(tmp_path: Path) -> None:
    path = await relay_day(tmp_path, group(1))
    answer = ask(path, "u_1")
    assert answer.stopped in (Step.MAPPED, Step.CHANGED)
    assert answer.steps[-1].status is StepStatus.FAILED
    assert answer.fix.kind is not FixKind.NONE


async def test_nothing_received_is_told_apart_by_what_the_relay_does(tmp_path: Path) -> None:
    path = await relay_day(tmp_path, identify(1))
    stopped = ask(path, "nobody", RelayFacts(running=False, mode=Mode.LIVE, mappings_on=1))
    assert (stopped.stopped, stopped.fix.kind) == (Step.RELAY, FixKind.START_RELAY)
    refused = RefusedRequests(401, "The signature does not match.", 3, START_MS)
    facts = RelayFacts(running=True, mode=Mode.LIVE, mappings_on=1, refused=(refused,))
    answer = ask(path, "nobody", facts)
    assert answer.stopped is Step.VERIFIED
    assert answer.headline == "3 requests were refused: The signature does not match."
    quiet = ask(path, "nobody")
    assert quiet.stopped is Step.RECEIVED
    assert "nobody" in quiet.headline
