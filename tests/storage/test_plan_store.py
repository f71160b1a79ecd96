from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.action_memory import MEMORY_TABLES, ActionMemory
from app.storage.database import open_database
from app.storage.identity_store import IDENTITY_TABLES
from app.storage.migrations import sql_migration
from app.storage.plan_store import NewPlan, PlanState, PlanStep, PlanStore, StepKind, StepState

MIGRATIONS = [sql_migration("identities", IDENTITY_TABLES), sql_migration("memory", MEMORY_TABLES)]
CREATE = PlanStep(
    StepKind.CREATE, "lead", None, "Acme \ud800", {"made": {"name": "Acme"}}, (("lead", "co_1"),)
)
UPDATE = PlanStep(StepKind.UPDATE, "contact", "cont_1", "Bo", {"fields": {"title": {"after": "CTO"}}})


def opened(path: Path) -> ActionMemory:
    return ActionMemory.in_database(open_database(path, MIGRATIONS, check_same_thread=False), path)


@pytest.fixture
def plans(tmp_path: Path) -> Iterator[PlanStore]:
    with closing(opened(tmp_path / "relay.db")) as memory:
        yield memory.plans


def new_plan(*steps: PlanStep, event: str = "m1", at_ms: int = 1_000) -> NewPlan:
    return NewPlan(event, "People", "createUpdateContactAndLead", "why", at_ms, steps or (CREATE, UPDATE))


def states(plans: PlanStore, plan_id: int) -> list[StepState]:
    plan = plans.plan(plan_id)
    assert plan is not None
    return [step.state for step in plan.steps]


def test_each_step_is_sent_only_when_the_one_before_it_is_done(plans: PlanStore) -> None:
    number = plans.begin(new_plan())
    assert states(plans, number) == [StepState.SENT, StepState.PLANNED]
    plans.mark(number, 0, StepState.DONE, "lead_1")
    assert states(plans, number) == [StepState.DONE, StepState.SENT]
    plan = plans.plan(number)
    assert plan is not None
    assert (plan.state, plan.steps[0].record_id) == (PlanState.OPEN, "lead_1")
    plans.mark(number, 1, StepState.DONE)
    assert [plan.state for plan in plans.plans_of("m1")] == [PlanState.DONE]


def test_a_plan_comes_back_as_it_was_given_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    with closing(opened(path)) as memory:
        number = memory.plans.begin(new_plan())
        memory.plans.mark(number, 0, StepState.DONE, "lead_1")
    with closing(opened(path)) as memory:
        (plan,) = memory.plans.plans_of("m1")
        assert (plan.mapping, plan.reason, plan.at_ms) == ("People", "why", 1_000)
        first, second = plan.steps
        assert (first.keys, first.image, first.record_id) == ((("lead", "co_1"),), CREATE.image, "lead_1")
        assert (second.image, second.record_id, second.state) == (UPDATE.image, "cont_1", StepState.SENT)
        assert memory.plans.made_here("lead_1")
        assert not memory.plans.made_here("cont_1")


def test_a_second_try_replaces_the_unfinished_plan_of_the_same_event_only(plans: PlanStore) -> None:
    first = plans.begin(new_plan())
    other = plans.begin(new_plan(event="m2"))
    plans.begin(new_plan(UPDATE))
    assert [plan.state for plan in plans.plans_of("m1")] == [PlanState.REPLACED, PlanState.OPEN]
    found = plans.plan(other)
    assert found is not None
    assert found.state is PlanState.OPEN
    plans.set_record(first, 0, "lead_1")
    assert plans.made_here("lead_1")


def test_later_steps_on_a_record_are_counted_until_they_are_taken_back(plans: PlanStore) -> None:
    first = plans.begin(new_plan(UPDATE))
    second = plans.begin(new_plan(UPDATE, event="m2"))
    plans.mark(second, 0, StepState.DONE)
    assert (plans.later_steps(first, "cont_1"), plans.later_steps(second, "cont_1")) == (1, 0)
    plans.settle_step(second, 0, StepState.UNDONE, "taken back")
    assert plans.later_steps(first, "cont_1") == 0


def test_what_was_kept_about_an_erased_record_is_gone(plans: PlanStore) -> None:
    number = plans.begin(new_plan(UPDATE))
    plans.forget_record("cont_1")
    plan = plans.plan(number)
    assert plan is not None
    assert (plan.steps[0].image, plan.steps[0].record_name) == ({}, "")


def test_old_plans_are_deleted_but_not_what_was_made_by_them(plans: PlanStore) -> None:
    old = plans.begin(new_plan(at_ms=1))
    plans.mark(old, 0, StepState.DONE, "lead_1")
    plans.begin(new_plan(event="m2", at_ms=2_000))
    assert [plan.event_key for plan in plans.creations(0)] == ["m1", "m2"]
    assert plans.prune(1_000) == 1
    assert plans.plan(old) is None
    assert [plan.event_key for plan in plans.creations(0)] == ["m2"]
    assert plans.made_here("lead_1")
