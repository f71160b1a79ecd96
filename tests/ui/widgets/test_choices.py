from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import LIGHT
from app.ui.widgets.badge import State, StateBadge
from app.ui.widgets.chip import Chip, FilterChip
from app.ui.widgets.chip_painting import ChipLook, ChipSpec
from app.ui.widgets.choice_card import ChoiceCard, ChoiceCards
from app.ui.widgets.gauge import Gauge, SegmentProgress
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tabs import TabStrip
from tests.ui.pictures import shows

MODES = (Segment("observe", "Observe"), Segment("dry", "Dry run"), Segment("live", "Live", strong=True))


def test_a_click_on_a_cell_chooses_it(qtbot: QtBot, theme: Theme) -> None:
    switch = Segmented(theme, "Mode", MODES, "dry")
    qtbot.addWidget(switch)
    switch.show()
    with qtbot.waitSignal(switch.chosen) as signal:
        qtbot.mouseClick(switch.button("live"), Qt.MouseButton.LeftButton)
    assert signal.args == ["live"]
    assert switch.current() == "live"


def test_arrow_keys_move_along_the_cells_without_choosing(qtbot: QtBot, theme: Theme) -> None:
    switch = Segmented(theme, "Mode", MODES, "dry")
    qtbot.addWidget(switch)
    with qtbot.waitExposed(switch):
        switch.show()
    switch.activateWindow()
    switch.button("dry").setFocus()
    qtbot.keyClick(switch.button("dry"), Qt.Key.Key_Right)
    assert switch.current() == "dry"
    assert switch.button("live").hasFocus()
    qtbot.keyClick(switch.button("live"), Qt.Key.Key_Space)
    assert switch.current() == "live"


def test_live_is_filled_so_that_it_looks_unlike_dry_run(qtbot: QtBot, theme: Theme) -> None:
    for key, filled in (("dry", False), ("live", True)):
        switch = Segmented(theme, "Mode", MODES, key)
        switch.button(key).setFocusPolicy(Qt.FocusPolicy.NoFocus)
        qtbot.addWidget(switch)
        assert shows(switch, LIGHT.accent, 600) is filled


def test_choosing_from_code_is_quiet(qtbot: QtBot, theme: Theme) -> None:
    switch = Segmented(theme, "Mode", MODES)
    qtbot.addWidget(switch)
    with qtbot.assertNotEmitted(switch.chosen):
        switch.choose("live")
    assert switch.current() == "live"


def test_exactly_one_card_is_chosen_and_the_whole_card_is_the_target(qtbot: QtBot, theme: Theme) -> None:
    cards = ChoiceCards(theme)
    first = ChoiceCard(theme, "Segment sends here", "We forward.", [(True, "Undo"), (False, "Has to be on")])
    second = ChoiceCard(theme, "Segment sends straight to Close", "Segment does it.")
    cards.add("here", first)
    cards.add("straight", second)
    qtbot.addWidget(cards)
    cards.resize(700, 200)
    cards.show()
    cards.choose("here")
    with qtbot.waitSignal(cards.chosen) as signal:
        qtbot.mouseClick(
            second, Qt.MouseButton.LeftButton, pos=QPoint(second.width() - 20, second.height() - 12)
        )
    assert signal.args == ["straight"]
    assert cards.current() == "straight"
    assert not first.radio.isChecked()
    assert "Undo" in first.radio.accessibleDescription()


def test_a_filter_chip_is_removed_by_its_cross_or_the_delete_key(qtbot: QtBot, theme: Theme) -> None:
    chip = FilterChip(theme, "Last hour")
    qtbot.addWidget(chip)
    chip.show()
    chip.resize(chip.sizeHint())
    with qtbot.waitSignal(chip.removed):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 10, chip.height() // 2))
    with qtbot.waitSignal(chip.removed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)
    with qtbot.waitSignal(chip.clicked):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(10, chip.height() // 2))


def test_a_chip_tells_the_whole_path(qtbot: QtBot, theme: Theme) -> None:
    chip = Chip(theme, ChipSpec("site", ChipLook.VARIABLE), full="traits.company.site")
    qtbot.addWidget(chip)
    assert chip.toolTip() == chip.accessibleName() == "traits.company.site"


def test_a_badge_says_its_state_in_words(qtbot: QtBot, theme: Theme) -> None:
    badge = StateBadge(theme, State.WORKING)
    qtbot.addWidget(badge)
    badge.set_state(State.OK, "5 of 6 passed")
    assert badge.accessibleName() == "5 of 6 passed"
    assert badge.tone is State.OK.tone
    assert {state.word for state in State} >= {
        "Idle",
        "Working",
        "OK",
        "Attention",
        "Failed",
        "Paused",
        "Demo",
    }


def test_the_gauge_names_the_zone(qtbot: QtBot, theme: Theme) -> None:
    gauge = Gauge(theme, "Close budget")
    qtbot.addWidget(gauge)
    for value, word in (
        (0.0, "Comfortable"),
        (0.59, "Comfortable"),
        (0.6, "Tight"),
        (0.9, "Over"),
        (3, "Over"),
    ):
        gauge.set_value(value)
        assert gauge.accessibleName() == f"Close budget: {word}"


def test_progress_says_how_many_are_done(qtbot: QtBot, theme: Theme) -> None:
    progress = SegmentProgress(theme, "Setup", 4, 6)
    qtbot.addWidget(progress)
    assert progress.accessibleName() == "Setup: 4 of 6"


def test_tabs_are_chosen_by_key(qtbot: QtBot, theme: Theme) -> None:
    strip = TabStrip(theme, "Result", [("change", "Change"), ("http", "HTTP")])
    qtbot.addWidget(strip)
    with qtbot.waitSignal(strip.chosen) as signal:
        strip.choose("http")
    assert signal.args == ["http"]
    assert strip.current_key() == "http"
