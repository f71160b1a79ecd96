"""The simulation itself: time, death, and that a seed is all there is to a history."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.disk import Disk
from tests.simulation.generator import history_of
from tests.simulation.life import Died, Life
from tests.simulation.virtual_loop import STARTED, StuckError, VirtualLoop, run_virtually

_ROOT = Path(__file__).parents[2]


def test_a_day_passes_at_once_and_timers_fire_in_their_order() -> None:
    loop = VirtualLoop()
    fired: list[str] = []

    async def main() -> None:
        loop.call_later(7200, fired.append, "second")
        loop.call_later(3600, fired.append, "first")
        await asyncio.sleep(24 * 3600)

    run_virtually(loop, main())
    assert fired == ["first", "second"]
    assert (loop.now() - STARTED).total_seconds() == 24 * 3600


def test_waiting_for_what_nobody_does_is_an_error_and_not_a_hang() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="no timer"):
        run_virtually(VirtualLoop(), main())


@pytest.mark.parametrize(("moments", "kept"), [(1, False), (2, False), (3, True)])
def test_a_death_before_the_commit_loses_the_write_and_one_after_it_keeps_it(
    moments: int, kept: bool
) -> None:
    disk = Disk()
    life = Life(lambda _where: disk.lose_uncommitted())
    memory = disk.memory_of(life)
    life.end_in(moments)
    with pytest.raises(Died):
        memory.identities.learn("lead", "company:1", "lead_1", "created")
    with pytest.raises(Died):
        memory.identities.lead_for("company:1")
    after = disk.memory_of(Life(lambda _where: None)).identities.lead_for("company:1")
    assert (after is not None) is kept
    disk.close()


def test_the_same_seed_tells_the_same_story_in_every_process() -> None:
    """Also when Python orders its sets differently."""
    stories = [_told(hash_seed) for hash_seed in ("1", "2")]
    assert stories[0] == stories[1]
    assert "call 0 of" in stories[0]


def _told(hash_seed: str) -> str:
    seeds = ["--seed", "3", "--count", "6", "--story"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *seeds],
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_histories_differ_and_have_every_kind_of_call_and_of_trouble() -> None:
    histories = [history_of(seed) for seed in range(300)]
    calls = {body["type"] for one in histories for step in one.steps for body in getattr(step, "events", ())}
    assert calls == {"identify", "track", "page", "screen", "group", "alias", "delete"}
    kinds = {step.kind for one in histories for step in one.steps if hasattr(step, "kind")}
    assert kinds == {
        "drop_after_commit", "drop_before", "slow", "429", "5xx", "garbage", "no_network", "lag",
        "delete_field", "refuse_key", "replace_key", "limits",
    }  # fmt: skip
    assert len({str(one.steps) for one in histories}) == 300
