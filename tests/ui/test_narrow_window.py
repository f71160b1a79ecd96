"""In the smallest window with the largest text parts go below each other; nobody scrolls sideways."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QScrollArea

from app.ui.frame.page import Page
from app.ui.theme.theme import Theme
from tests.ui.rendering import discard, settle
from tests.ui.scenes.registry import Scene, all_scenes

_NAMES = {
    "30-start-draft",
    "31-connect-empty",
    "32-fields",
    "33-samples-paste",
    "36-live",
    "40-relay-listening",
    "41-relay-live",
    "45-reach-unreachable",
    "60-segment-straight",
    "70-metrics",
    "93-replay-totals",
    "when-1-typical",
}
_SCENES = [scene for scene in all_scenes() if scene.name in _NAMES]


@pytest.mark.parametrize("scene", _SCENES, ids=lambda scene: scene.name)
def test_a_page_is_not_wider_than_the_window(theme: Theme, scene: Scene) -> None:
    theme.set_text_scale(2.0)
    window = scene.build(theme)
    window.resize(880, 600)
    window.show()
    settle(window)
    areas = [each for page in window.findChildren(Page) for each in page.findChildren(QScrollArea)]
    shown = [each for each in areas if each.isVisible()]
    wider = {type(each.parentWidget()).__name__: each.horizontalScrollBar().maximum() for each in shown}
    discard(window)
    assert {name: width for name, width in wider.items() if width} == {}


def test_there_is_a_scene_for_each_name() -> None:
    assert {scene.name for scene in _SCENES} == _NAMES
