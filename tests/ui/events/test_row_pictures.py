"""Rows that are copied look like rows that are painted, and none stays missing after a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.ui.events.events_model import EventsModel
from app.ui.events.events_table import EventsTable
from app.ui.theme.theme import Theme
from app.ui.widgets.data_table import DataTable
from tests.ui.scenes.workbench_scenes import event_row as row


class Painted(EventsTable):
    """The same table without pictures."""

    def paintEvent(self, event: QPaintEvent) -> None:
        DataTable.paintEvent(self, event)


@pytest.fixture
def model() -> EventsModel:
    made = EventsModel()
    made.restart(EventFilter(), [row(number, State.FAILED) for number in range(30, 0, -1)])
    return made


@pytest.fixture
def table(qapp: QApplication, theme: Theme, model: EventsModel) -> Iterator[EventsTable]:
    made = EventsTable(theme, model)
    made.resize(700, 300)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()


def shown(table: EventsTable) -> QImage:
    return table.viewport().grab().toImage()


def test_a_copied_row_is_the_painted_row(table: EventsTable, theme: Theme, model: EventsModel) -> None:
    painted = Painted(theme, model)
    painted.resize(700, 300)
    painted.show()
    QTest.qWaitForWindowExposed(painted)
    for one in (table, painted):
        one.selectRow(2)
        one.setColumnWidth(2, 200)
    assert shown(table) == shown(painted)
    assert shown(table) == shown(painted)
    painted.close()
    painted.deleteLater()


def test_a_bookmark_and_news_change_the_picture(table: EventsTable, model: EventsModel) -> None:
    before = shown(table)
    model.set_marks(frozenset({29}))
    marked = shown(table)
    assert marked != before
    model.set_marks(frozenset())
    assert shown(table) == before
    model.apply([row(30, State.DELIVERED)], follow=True)
    assert shown(table) != before
