"""The card about calls to Close on the page of rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.actions.action_definitions import RECORD
from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme
from app.ui.trigger.cost_card import CostCard
from app.workflows.forecast import CallGroup, EventCost, forecast
from app.workflows.setup import default_mapping

RECORDING = MappingSpec("Record", RECORD.slug, RECORD.default_trigger, RECORD.default_mapping())
CHANGED = EventCost({CallGroup.SEARCH: 2, CallGroup.OTHER: 2}, unchanged=False)
FREE = EventCost({}, unchanged=True)


@pytest.fixture
def session() -> EditingSession:
    return EditingSession((default_mapping(), RECORDING))


@pytest.fixture
def card(qtbot: QtBot, theme: Theme, session: EditingSession) -> CostCard:
    card = CostCard(theme, session, lambda error: pytest.fail(str(error)))
    qtbot.addWidget(card)
    card.show()
    return card


@pytest.mark.parametrize(
    ("rate", "word", "near"), [(5, "Comfortable", False), (40, "Tight", True), (90, "Over", True)]
)
def test_the_measured_rate_is_set_against_the_limits(
    card: CostCard, rate: int, word: str, near: bool
) -> None:
    card.show_forecast(forecast([rate] * 10, [CHANGED]))
    assert card.fact.text() == word
    assert card.cause.isVisible() is near
    assert card.need.isVisible()


def test_what_is_saved_is_said_and_nothing_measured_is_not_called_comfortable(card: CostCard) -> None:
    card.show_forecast(forecast([5] * 10, []))
    assert card.fact.text() == "Not measured yet"
    assert not card.need.isVisible()
    card.show_forecast(forecast([5] * 10, [CHANGED, *[FREE] * 9]))
    assert "That saves" in card.saving.text


def test_the_burst_window_belongs_to_mappings_that_record(card: CostCard, session: EditingSession) -> None:
    assert not card.burst.isVisible()
    session.choose(1)
    assert card.burst.isVisible()
    assert card.burst.current_key() == "60"
    card.burst.choose("1440")
    card.burst.activated.emit(card.burst.currentIndex())
    assert session.spec is not None
    assert session.spec.mapping["collapse_minutes"] == "1440"
    session.undo()
    assert card.burst.current_key() == "60"
    session.change("Window", replace(RECORDING, mapping={**RECORDING.mapping, "collapse_minutes": "7"}))
    assert card.burst.current_key() == "7"


def test_sending_only_changes_is_switched_with_one_click_and_taken_back_with_undo(
    card: CostCard, session: EditingSession
) -> None:
    assert card.only_changes.isChecked()
    card.only_changes.click()
    assert session.spec is not None
    assert not session.spec.only_changes
    assert "asked for every event" in card.saving.text
    session.choose(1)
    assert card.only_changes.isChecked()
    session.choose(0)
    session.undo()
    assert card.only_changes.isChecked()
    assert "costs no call" in card.saving.text
