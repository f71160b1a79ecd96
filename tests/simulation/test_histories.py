"""Random histories keep every promise. ``SIMULATION_HISTORIES=20000 SIMULATION_SEED=7`` plays others."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

from tests.simulation.generator import history_of
from tests.simulation.trial import trial_of

_COUNT = int(os.environ.get("SIMULATION_HISTORIES", "240"))
_FIRST = int(os.environ.get("SIMULATION_SEED", "0"))
_GROUP = 20


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Retries, crashes and refusals are what happens here all the time."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("first", range(_FIRST, _FIRST + _COUNT, _GROUP))
def test_every_promise_is_kept(first: int) -> None:
    broken = []
    for seed in range(first, min(first + _GROUP, _FIRST + _COUNT)):
        found = trial_of(history_of(seed)).findings
        if found:
            told = "\n".join(f"    {finding}" for finding in found)
            broken.append(f"python -m tests.simulation --seed {seed} --story --shrink\n{told}")
    assert not broken, "\n".join(broken)
