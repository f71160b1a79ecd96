from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow
from app.ui.events import events_model
from app.ui.events.events_model import EventsModel
from app.ui.widgets.cell import CELL_ROLE
from tests.ui.scenes.workbench_scenes import event_row


def rows(*ids: int, state: State = State.DELIVERED) -> list[EventRow]:
    return [event_row(number, state) for number in ids]


def ids(model: EventsModel) -> list[int]:
    return [model.row(number).id for number in range(model.rowCount())]


@pytest.fixture
def model(qapp: QApplication) -> EventsModel:
    model = EventsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def start(model: EventsModel, shown: Sequence[EventRow], limit: int = 3, **members: object) -> None:
    model.restart(EventFilter(limit=limit, **members), shown)  # type: ignore[arg-type]


def test_new_events_go_in_at_the_top_and_known_ones_change_in_place(model: EventsModel) -> None:
    start(model, rows(5, 4, 3))
    model.apply([*rows(6, state=State.QUEUED), *rows(4, state=State.FAILED)], follow=True)
    assert ids(model) == [6, 5, 4, 3]
    assert model.row(2).state is State.FAILED


def test_without_following_new_events_are_held_back_and_shown_later(model: EventsModel) -> None:
    start(model, rows(5, 4, 3))
    model.apply(rows(6, 7), follow=False)
    assert ids(model) == [5, 4, 3]
    assert model.held_back == 2
    model.apply(rows(6, state=State.FAILED), follow=False)
    assert model.held_back == 2
    model.release()
    assert ids(model) == [7, 6, 5, 4, 3]
    assert model.row(1).state is State.FAILED
    assert model.held_back == 0


def test_the_next_page_is_asked_for_once_and_continues_below_the_last_row(model: EventsModel) -> None:
    asked: list[int] = []
    model.more_wanted.connect(asked.append)
    start(model, rows(9, 8, 7))
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [7]
    model.add_page(rows(6, 5))
    assert ids(model) == [9, 8, 7, 6, 5]
    assert not model.canFetchMore(QModelIndex())


def test_a_page_that_failed_can_be_asked_for_again(model: EventsModel) -> None:
    asked: list[int] = []
    model.more_wanted.connect(asked.append)
    start(model, rows(9, 8, 7))
    model.fetchMore(QModelIndex())
    model.fetch_failed()
    model.fetchMore(QModelIndex())
    assert asked == [7, 7]


def test_events_that_the_filter_leaves_out_do_not_go_in(model: EventsModel) -> None:
    start(model, rows(5, state=State.FAILED), states=frozenset({State.FAILED}))
    model.apply([*rows(6, state=State.DELIVERED), *rows(7, state=State.FAILED)], follow=True)
    assert ids(model) == [7, 5]


def test_the_memory_is_bounded_and_what_was_dropped_can_be_read_again(
    model: EventsModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_model, "MOST_ROWS", 4)
    start(model, rows(5, 4, 3), limit=4)
    assert not model.canFetchMore(QModelIndex())
    model.apply(rows(6, 7, 8), follow=True)
    assert ids(model) == [8, 7, 6, 5]
    monkeypatch.setattr(events_model, "MOST_ROWS", 100)
    assert model.canFetchMore(QModelIndex())


@pytest.mark.parametrize(
    ("state", "outcome", "word"),
    [
        (State.SKIPPED, "would change", "Would change"),
        (State.SKIPPED, "would fail", "Would fail"),
        (State.SKIPPED, "skipped", "Skipped"),
        (State.FAILED, "failed", "Failed"),
        (State.DELIVERED, "delivered", "Delivered"),
        (State.RECEIVED, "", "Recorded"),
    ],
)
def test_the_outcome_word_follows_the_mode(model: EventsModel, state: State, outcome: str, word: str) -> None:
    start(model, [event_row(1, state, outcome=outcome)])
    cell = model.index(0, 3).data(CELL_ROLE)
    assert cell.text == word
    assert cell.icon
