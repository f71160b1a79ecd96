"""Random histories: nobody doubled, nothing lost, nothing written that was not planned.

``HISTORIES=20000`` in the environment plays more of them, ``HISTORY=17`` exactly one, ``STEPS=24`` longer
ones.
"""

from __future__ import annotations

import os

import pytest

from tests.actions.histories import play

COUNT = int(os.environ.get("HISTORIES", "60"))
ONLY = os.environ.get("HISTORY")
STEPS = int(os.environ.get("STEPS", "16"))
PARTS = 10


@pytest.mark.timeout(24 * 3600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_histories(part: int) -> None:
    seeds = [int(ONLY)] if ONLY and part == 0 else [] if ONLY else list(range(part, COUNT, PARTS))
    await play(seeds, STEPS)
