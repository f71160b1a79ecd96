"""Beside the relay: one next action, the first that a person can take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.relay.close_budget import BudgetNow
from app.relay.reach_status import ReachStatus
from app.relay.status import RelayState, RelayStatus
from app.storage.profile import Mode
from app.ui.relay.budget_card import BudgetCard
from app.ui.relay.flow_card import FlowCard
from app.ui.relay.relay_figures import RelayFigures
from app.ui.relay.side_column import NextStep, SideColumn, next_step
from app.ui.theme.theme import Theme
from app.ui.widgets.labels import WrappedLabel
from tests.ui.scenes.reach_scenes import reached
from tests.ui.scenes.workbench_scenes import (
    FORECAST,
    busy_figures,
    controller_of,
    finished_profile,
    listening,
)

PROFILE = finished_profile()
NOTHING = RelayFigures()
OUTSIDE = listening(reach=reached())


@pytest.mark.parametrize(
    ("status", "figures", "step"),
    [
        (replace(OUTSIDE, waiting_for_key=True), busy_figures(), (0, NextStep.SETUP)),
        (RelayStatus(RelayState.STOPPED, Mode.DRY_RUN), NOTHING, (4, NextStep.START)),
        (listening(reach=ReachStatus()), NOTHING, (5, NextStep.ADDRESS)),
        (OUTSIDE, NOTHING, (6, NextStep.SEND)),
        (OUTSIDE, busy_figures(), (7, NextStep.REVIEW)),
        (replace(OUTSIDE, mode=Mode.LIVE), busy_figures(), None),
    ],
)
def test_the_next_action_is_the_first_that_can_be_taken(
    status: RelayStatus, figures: RelayFigures, step: tuple[int, NextStep] | None
) -> None:
    assert next_step(PROFILE, status, figures) == step


def test_a_set_up_without_a_mapping_comes_before_starting() -> None:
    profile = replace(PROFILE, mappings=())
    status = RelayStatus(RelayState.STOPPED, Mode.DRY_RUN)
    assert next_step(profile, status, NOTHING) == (2, NextStep.SETUP)


async def test_the_button_says_and_asks_for_the_step(theme: Theme) -> None:
    controller = controller_of(PROFILE)
    column = SideColumn(theme, controller)
    controller.setParent(column)
    asked: list[NextStep] = []
    column.step_requested.connect(asked.append)
    column.show_health()
    assert column.step_button is not None
    assert column.step_button.text() == "Start relay"
    column.step_button.click()
    assert asked == [NextStep.START]


async def test_the_budget_says_what_is_used_and_what_change_only_saves(theme: Theme) -> None:
    controller = controller_of(PROFILE)
    card = BudgetCard(theme, controller)
    controller.setParent(card)
    assert card.fact.text() == "no requests now"
    card.show_now(BudgetNow("GET lead", 13.0, 20.0))
    assert (card.fact.text(), card.gauge.word) == ("13.0 of 20 per second", "Tight")
    card.show_forecast(FORECAST)
    texts = [label.text() for label in card.findChildren(WrappedLabel)]
    assert any("Change-only saves 40 % of the requests" in text for text in texts)
    card.show_now(BudgetNow("GET lead", 13.0, 20.0, blocked_s=12.0))
    texts = [label.text() for label in card.findChildren(WrappedLabel)]
    assert any("Close asks to wait 12 s." in text for text in texts)


async def test_listening_beyond_this_computer_is_said(theme: Theme) -> None:
    controller = controller_of(replace(PROFILE, relay=replace(PROFILE.relay, host="0.0.0.0")))
    card = FlowCard(theme, controller)
    controller.setParent(card)
    card.show_facts()
    assert card.exposed.isVisibleTo(card)
    assert "Every network this machine is in can reach port 8787" in card.exposed.accessibleDescription()
    controller.profile = PROFILE
    card.show_facts()
    assert not card.exposed.isVisibleTo(card)
