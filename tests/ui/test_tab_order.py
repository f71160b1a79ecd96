"""Tab goes through every page as the eye does, reaches every control and never stays in one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget

from app.ui.frame.focus_order import in_reading_order, takes_tab
from app.ui.theme.theme import Theme
from tests.ui.rendering import discard, settle
from tests.ui.scenes.registry import Scene, all_scenes
from tests.ui.test_keyboard_walk import described

# One state of each page and dialog, those with parts that come later. In the rows of Map fields Tab goes from
# row to row; test_keyboard_walk goes there.
_NAMES = {
    "05-map-json",
    "110-settings-general",
    "111-settings-profiles",
    "112-settings-relay",
    "118-promote-report",
    "30-start-draft",
    "31-connect-empty",
    "31-connect-refused",
    "32-fields",
    "32-fields-error",
    "33-samples-paste",
    "35-try-cases-empty",
    "35-try-change",
    "36-live",
    "40-relay-listening",
    "45-reach-unreachable",
    "47-who-may-post-sources",
    "51-events-failed",
    "56-mappings",
    "57-mapping-history",
    "60-segment-code",
    "60-segment-straight",
    "70-metrics",
    "75-why",
    "90-replay-choose",
    "93-replay-totals",
    "when-3-group",
}
_SCENES = [scene for scene in all_scenes() if scene.name in _NAMES]
_LONGEST_WAY = 200


@pytest.mark.parametrize("scene", _SCENES, ids=lambda scene: scene.name)
def test_tab_goes_through_a_page_as_the_eye_does(theme: Theme, scene: Scene) -> None:
    window = scene.build(theme)
    try:
        window.resize(*scene.size)
        window.show()
        window.activateWindow()
        settle(window)
        way = _walk(window)
        missed = [described(each) for each in _stops(window) if each not in way and not _shares_a_stop(each)]
        assert missed == []
        assert [f"{described(a)} before {described(b)}" for a, b in pairwise(way) if _goes_back(a, b)] == []
    finally:
        discard(window)


def test_there_is_a_scene_for_each_name() -> None:
    assert {scene.name for scene in _SCENES} == _NAMES


def _walk(window: QWidget) -> list[QWidget]:
    """From the first control on, until Tab is back at it."""
    first = _stops(window)[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    way = [first]
    for _ in range(_LONGEST_WAY):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        assert here is not None
        assert here is not way[-1] or len(way) == 1, f"Tab stays in {described(here)}"
        if here in way:
            assert here is first, f"Tab goes in a circle from {described(here)}"
            return way
        way.append(here)
    raise AssertionError("Tab never comes back")


def _stops(window: QWidget) -> list[QWidget]:
    return [each for each in in_reading_order(window) if takes_tab(each)]


def _shares_a_stop(widget: QWidget) -> bool:
    """Of radio buttons Tab reaches the chosen one, arrow keys the others."""
    return isinstance(widget, QRadioButton) and not widget.isChecked()


def _goes_back(first: QWidget, second: QWidget) -> bool:
    """Whether the later one stands above the earlier one, or before it on the same line."""
    before, after = _box(first), _box(second)
    if after.contains(before) or before.contains(after):
        return False
    above = after.bottom() <= before.top() and after.left() < before.right() and after.right() > before.left()
    same_line = after.bottom() > before.top() and after.top() < before.bottom()
    return above or (same_line and after.right() <= before.left())


def _box(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
