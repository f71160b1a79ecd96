from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.mapping.background import LatestOnly
from tests.conditions import until_blocking


class Desk:
    def __init__(self) -> None:
        self.results: list[str] = []
        self.failures: list[BaseException] = []
        self.work: LatestOnly[str] = LatestOnly("test", self.results.append, self.failures.append)

    def until(self, condition: Callable[[], object]) -> None:
        until_blocking(lambda: (QApplication.processEvents(), condition())[1])


def test_the_result_comes_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    del qtbot
    threads: list[threading.Thread] = []
    desk = Desk()
    work: LatestOnly[threading.Thread] = LatestOnly(
        "test", lambda worker: threads.extend((worker, threading.current_thread())), desk.failures.append
    )
    work.run(lambda _superseded: threading.current_thread())
    desk.until(lambda: threads)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_a_newer_job_makes_the_older_ones_result_worthless(qtbot: QtBot) -> None:
    del qtbot
    desk = Desk()
    begun, go_on = threading.Event(), threading.Event()
    noticed: list[bool] = []

    def slow(superseded: Callable[[], bool]) -> str:
        begun.set()
        go_on.wait(10)
        noticed.append(superseded())
        return "old"

    desk.work.run(slow)
    assert begun.wait(10)
    desk.work.run(lambda _superseded: "never started")
    desk.work.run(lambda _superseded: "new")
    go_on.set()
    desk.until(lambda: desk.results)
    assert desk.results == ["new"]
    assert noticed == [True]
    assert not desk.work.busy


def test_what_a_job_raises_is_handed_on(qtbot: QtBot) -> None:
    del qtbot
    desk = Desk()
    error = ValueError("broken")

    def fail(_superseded: Callable[[], bool]) -> str:
        raise error

    desk.work.run(fail)
    desk.until(lambda: desk.failures)
    assert desk.failures == [error]
    desk.work.run(lambda _superseded: "works again")
    desk.until(lambda: desk.results)


def test_nothing_comes_after_cancel(qtbot: QtBot) -> None:
    del qtbot
    desk = Desk()
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(_superseded: Callable[[], bool]) -> str:
        begun.set()
        go_on.wait(10)
        ended.set()
        return "unwanted"

    desk.work.run(slow)
    assert begun.wait(10)
    desk.work.cancel()
    assert not desk.work.busy
    go_on.set()
    assert ended.wait(10)
    desk.work.run(lambda _superseded: "next")
    desk.until(lambda: desk.results)
    assert desk.results == ["next"]
