from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.storage.action_memory import ActionMemory
from app.storage.settled_payloads import Settled, SettledPayloads

BO = Settled("digest", "m1", 1_000, (("contact", "cont_1"), ("lead", "lead_1")))


@pytest.fixture
def settled() -> Iterator[SettledPayloads]:
    with closing(ActionMemory.passing()) as memory:
        yield memory.settled


def test_the_last_payload_of_a_subject_is_remembered(settled: SettledPayloads) -> None:
    assert settled.settled("bo") is None
    settled.settle("bo", BO)
    assert settled.settled("bo") == BO
    other = Settled("other", "m2", 2_000, (("contact", "cont_2"),))
    settled.settle("bo", other)
    assert settled.settled("bo") == other
    # The records of the payload before it no longer matter.
    settled.touched(["lead_1"])
    assert settled.settled("bo") == other


def test_a_write_to_one_of_its_records_unsettles_every_subject_on_it(settled: SettledPayloads) -> None:
    settled.settle("bo", BO)
    settled.settle("cy", Settled("digest", "m2", 1_000, (("contact", "cont_2"), ("lead", "lead_1"))))
    settled.settle("di", Settled("digest", "m3", 1_000, (("lead", "lead_3"),)))
    settled.touched(["lead_1", "lead_unknown"])
    assert [settled.settled(one) is None for one in ("bo", "cy", "di")] == [True, True, False]


def test_what_is_old_or_dropped_is_gone(settled: SettledPayloads) -> None:
    settled.settle("bo", BO)
    settled.settle("cy", Settled("digest", "m2", 3_000, ()))
    assert settled.prune(2_000) == 1
    assert settled.settled("bo") is None
    settled.drop("cy")
    assert settled.settled("cy") is None
