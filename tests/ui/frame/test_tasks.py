from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.errors import AppError
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask, TaskPhase
from app.ui.theme.theme import Theme


class HandClock:
    """A clock that moves only when told to."""

    class Timer:
        def __init__(self, due: float, callback: Callable[[], None]) -> None:
            self.due = due
            self.callback = callback
            self.cancelled = False

        def cancel(self) -> None:
            self.cancelled = True

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[HandClock.Timer] = []

    def call_later(self, delay: float, callback: Callable[[], None]) -> HandClock.Timer:
        timer = HandClock.Timer(self.now + delay, callback)
        self.timers.append(timer)
        return timer

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for timer in sorted(self.timers, key=lambda each: each.due):
            if timer.due <= self.now and not timer.cancelled:
                timer.cancelled = True
                timer.callback()


class Desk:
    """A task with everything it reports."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.unexpected: list[BaseException] = []
        self.results: list[object] = []
        self.errors: list[AppError] = []
        self.task = AsyncTask("check key", unexpected=self.unexpected.append, clock=self.clock)
        self.task.succeeded.connect(lambda value: self.results.append(value))
        self.task.failed.connect(lambda error: self.errors.append(error))


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


async def turn() -> None:
    """Let everything that is ready in the loop run."""
    for _ in range(4):
        await asyncio.sleep(0)


async def endless() -> None:
    await asyncio.Event().wait()


async def test_a_result_is_handed_over(desk: Desk) -> None:
    async def work() -> str:
        return "Acme Inc."

    desk.task.run(work, "Checking with Close…")
    assert desk.task.busy
    assert desk.task.status == "Checking with Close…"
    await turn()
    assert desk.results == ["Acme Inc."]
    assert desk.task.phase is TaskPhase.DONE
    assert desk.task.status == ""


async def test_cancel_is_offered_after_two_seconds_and_the_wait_called_long_after_eight(desk: Desk) -> None:
    desk.task.run(endless, "Checking with Close…")
    seen = [(desk.task.phase, desk.task.can_cancel)]
    for seconds in (1.9, 0.2, 6.0):
        desk.clock.advance(seconds)
        seen.append((desk.task.phase, desk.task.can_cancel))
    assert seen == [
        (TaskPhase.RUNNING, False),
        (TaskPhase.RUNNING, False),
        (TaskPhase.CANCELLABLE, True),
        (TaskPhase.SLOW, True),
    ]
    assert desk.task.status == "Checking with Close… Taking longer than usual."
    desk.task.cancel()
    await turn()


async def test_after_twenty_seconds_it_fails_and_can_be_tried_again(desk: Desk) -> None:
    started: list[asyncio.Task[None] | None] = []

    async def work() -> None:
        started.append(asyncio.current_task())
        await endless()

    desk.task.run(work, "Checking…")
    await turn()
    desk.clock.advance(20)
    await turn()
    assert [error.code for error in desk.errors] == ["TASK-TIMED-OUT"]
    assert desk.task.phase is TaskPhase.FAILED
    assert started[0] is not None
    assert started[0].cancelled()

    desk.task.retry()
    await turn()
    assert len(started) == 2
    assert desk.task.busy
    desk.task.cancel()
    await turn()


async def test_a_new_run_cancels_the_one_before_and_its_result_is_not_wanted(desk: Desk) -> None:
    release = asyncio.Event()

    async def stubborn() -> str:
        try:
            await endless()
        except asyncio.CancelledError:
            await release.wait()
        return "old"

    async def quick() -> str:
        return "new"

    desk.task.run(stubborn, "First…")
    await turn()
    desk.task.run(quick, "Second…")
    await turn()
    release.set()
    await turn()
    assert desk.results == ["new"]


async def test_cancelling_stops_the_work_and_all_timers(desk: Desk) -> None:
    run = desk.task.run(endless, "Checking…")
    await turn()
    desk.task.cancel()
    await turn()
    assert run.cancelled()
    assert desk.task.phase is TaskPhase.CANCELLED
    desk.clock.advance(60)
    assert desk.task.phase is TaskPhase.CANCELLED
    assert desk.errors == []


async def test_an_error_for_people_goes_to_the_page_only(desk: Desk) -> None:
    async def work() -> None:
        raise AppError("CLOSE-KEY-REFUSED", "Close refused this key", remedy="Paste another.")

    desk.task.run(work, "Checking…")
    await turn()
    assert [error.code for error in desk.errors] == ["CLOSE-KEY-REFUSED"]
    assert desk.task.error is desk.errors[0]
    assert desk.unexpected == []


async def test_anything_else_goes_to_the_one_handler_and_the_page_gets_plain_words(desk: Desk) -> None:
    async def work() -> None:
        raise ZeroDivisionError("division by zero")

    desk.task.run(work, "Checking…")
    await turn()
    assert [type(error) for error in desk.unexpected] == [ZeroDivisionError]
    assert [error.code for error in desk.errors] == ["APP-UNEXPECTED"]
    assert "division" not in str(desk.errors[0]) + desk.errors[0].detail


async def test_the_line_offers_cancel_only_when_it_takes_a_while(
    qtbot: QtBot, theme: Theme, desk: Desk
) -> None:
    line = TaskLine(theme, desk.task)
    qtbot.addWidget(line)
    assert line.isHidden()
    run = desk.task.run(endless, "Checking with Close…")
    assert not line.isHidden()
    assert line.cancel_button.isHidden()
    desk.clock.advance(2)
    assert not line.cancel_button.isHidden()
    line.cancel_button.click()
    await turn()
    assert line.isHidden()
    assert run.cancelled()
