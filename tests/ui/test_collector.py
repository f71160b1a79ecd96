"""Garbage is collected on the UI thread while the window runs, and only there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.collector import UiThreadCollector
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt


class Knot:
    """Garbage that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[UiThreadCollector]:
    running = UiThreadCollector()
    yield running
    running.stop()


def test_nothing_is_collected_behind_the_windows_back(collector: UiThreadCollector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_garbage_goes_when_there_is_enough_of_it(qapp: QApplication, collector: UiThreadCollector) -> None:
    gone = weakref.ref(Knot())

    async def work() -> None:
        kept = [[] for _ in range(gc.get_threshold()[0] + 100)]
        await until(lambda: gone() is None, what="the collection")
        assert kept

    run_in_qt(qapp, work())
