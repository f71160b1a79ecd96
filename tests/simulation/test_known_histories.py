"""Histories that once broke a promise, or that the judge once held to something impossible."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.generator import history_of
from tests.simulation.trial import trial_of

SEEDS = {
    "a deleted contact still answers, so nobody is looked for by address": 100798,
    "an answer that is no JSON names no record, and a person deletes it": 101205,
    "a deleted contact whose address is on another lead": 114008,
    "a person types a lead shortly before a process dies while creating it": 104400,
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS.keys())
def test_every_promise_is_kept_when(seed: int) -> None:
    assert trial_of(history_of(seed)).findings == []
