"""Work that has to be alone."""

from __future__ import annotations

import asyncio

from app.actions.work_gate import WorkGate


async def test_whoever_wants_to_be_alone_waits_for_the_others_and_keeps_new_ones_out() -> None:
    gate, told = WorkGate(), list[str]()
    leave = asyncio.Event()

    async def beside(name: str) -> None:
        async with gate.together():
            told.append(f"{name} in")
            await leave.wait()
            told.append(f"{name} out")

    async def alone() -> None:
        async with gate.alone():
            told.append("alone")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(beside("first"))
        await asyncio.sleep(0)
        tasks.create_task(alone())
        await asyncio.sleep(0)
        tasks.create_task(beside("second"))
        await asyncio.sleep(0)
        assert told == ["first in"]
        leave.set()
    assert told == ["first in", "first out", "alone", "second in", "second out"]


async def test_work_that_is_cancelled_lets_the_next_one_in() -> None:
    gate = WorkGate()

    async def alone() -> None:
        async with gate.alone():
            await asyncio.Event().wait()

    first = asyncio.create_task(alone())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(alone())
    await asyncio.sleep(0)
    waiting.cancel()
    first.cancel()
    await asyncio.wait([first, waiting])
    async with gate.together():
        pass
