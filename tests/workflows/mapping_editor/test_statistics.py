"""Counts over many events: only those that run the mapping count, and counting can be stopped."""

from __future__ import annotations

from typing import Any

from app.actions.action_definitions import UPSERT
from app.json_value import JsonValue
from app.workflows.mapping_editor.evaluation import Evaluator, ProblemKind
from app.workflows.mapping_editor.statistics import (
    STEP,
    MappingStatistics,
    SharedEmails,
    count,
    statistics_of,
)
from tests.workflows.mapping_editor.builders import PLAN, SEATS, identify, path, spec, vocabulary


def over(mapping: dict[str, JsonValue] | None, events: list[dict[str, Any]]) -> MappingStatistics:
    return statistics_of(Evaluator(spec(mapping), UPSERT, vocabulary(SEATS, PLAN)), events)


def test_only_events_that_run_the_mapping_count() -> None:
    events = [identify(name="Ada"), {"type": "track", "traits": {}}, identify()]
    found = over({"contact_name": path("traits", "name")}, events)
    assert (found.events, found.matching, found.delivered) == (3, 2, 2)
    assert (found.targets["contact_name"].events, found.targets["contact_name"].empty) == (2, 1)


def test_values_that_do_not_fit_are_counted_by_sort_with_examples() -> None:
    sent: list[Any] = ["ten", "ten", "many", 3, "4", {"a": 1}, "few", "lots"]
    found = over({"lead_custom_fields": {"cf_seats": path("traits", "x")}}, [identify(x=x) for x in sent])
    assert (found.delivered, found.failing) == (8, 6)
    text, whole = found.targets["lead_custom_fields.cf_seats"].problems
    assert (text.kind, text.events, text.sent_kind) == (ProblemKind.WRONG_TYPE, 5, "text")
    assert text.examples == ("ten", "many", "few")
    assert (whole.events, whole.sent_kind) == (1, "an object")


def test_events_that_segment_or_the_mapping_refuses_are_not_delivered() -> None:
    found = over({"contact_name": path("traits", "x")}, [identify(x=["a", "b"]), identify(x="Ada")])
    assert (found.matching, found.delivered) == (2, 1)


def test_a_value_that_is_always_the_same_is_told() -> None:
    mapping: dict[str, JsonValue] = {
        "contact_name": path("traits", "same"),
        "contact_title": path("traits", "own"),
        "contact_phone": path("traits", "half"),
    }
    events = [identify(same="x", own=str(at), **({"half": "1"} if at else {})) for at in range(3)]
    targets = over(mapping, events).targets
    assert {key: target.constant for key, target in targets.items()} == {
        "contact_name": "x",
        "contact_title": None,
        "contact_phone": None,
    }


def test_objects_in_text_are_counted() -> None:
    mapping: dict[str, JsonValue] = {"contact_name": {"@template": "Company {{traits.x}}"}}
    found = over(mapping, [identify(x={"a": 1}), identify(x="y")])
    assert found.targets["contact_name"].objects_in_text == 1


def test_addresses_with_several_user_ids_are_found_whatever_their_case() -> None:
    events = [
        identify("u_1", email="ada@x.example"),
        identify("u_2", email="ADA@x.example"),
        identify("u_2", email="ada@x.example"),
        identify("u_3", email="bob@x.example"),
    ]
    shared = SharedEmails(addresses=1, most=2, example="ada@x.example")
    assert over(None, events).shared_emails == shared
    assert over({"contact_email": path("traits", "email")}, events).shared_emails == shared


def test_counting_goes_in_steps_and_can_be_stopped() -> None:
    evaluator = Evaluator(spec(), UPSERT, vocabulary())
    events = [identify(name="Ada") for _ in range(2 * STEP + 1)]
    steps = count(evaluator, events)
    first = next(steps)
    assert (first.done, first.total, first.statistics.matching) == (STEP, len(events), STEP)
    rest = list(steps)
    assert [step.done for step in rest] == [2 * STEP, len(events)]
    assert rest[-1].statistics == statistics_of(evaluator, events)


def test_no_events_give_one_empty_step() -> None:
    (only,) = count(Evaluator(spec(), UPSERT, vocabulary()), [])
    assert (only.done, only.total, only.statistics) == (0, 0, MappingStatistics())


def test_exactly_one_step_of_events_gives_one_step() -> None:
    events = [identify() for _ in range(STEP)]
    assert [step.done for step in count(Evaluator(spec(), UPSERT, vocabulary()), events)] == [STEP]
