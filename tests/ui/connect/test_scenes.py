"""Connect Segment in pictures: nothing clipped in any language, everything named, reached with keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from app.ui.connect.segment_page import Part, SegmentPage
from app.ui.frame.window import FrameWindow
from app.ui.language.catalogue import load
from app.ui.language.translator import WindowTranslator
from app.ui.theme.theme import Theme
from tests.ui.language.pseudo import PseudoTranslator, speaking
from tests.ui.scenes.connect_scenes import connected, reached, values_of
from tests.ui.scenes.registry import Scene, all_scenes
from tests.ui.setup.conftest import Screen
from tests.ui.setup.test_scenes import (
    test_every_control_has_a_name_and_is_large_enough as check_names,
)
from tests.ui.setup.test_scenes import test_no_text_is_clipped_at_200_percent as check_clipping
from tests.ui.test_keyboard_walk import check

OWN = [each for each in all_scenes() if each.build.__module__.endswith(".connect_scenes")]
LARGE = [one for one in OWN if one.large_text]


@pytest.mark.parametrize("scene", LARGE, ids=lambda scene: scene.name)
def test_no_text_is_clipped(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    check_clipping(qtbot, theme, scene)


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("language", ["de", "pseudo"])
@pytest.mark.parametrize("scene", LARGE, ids=lambda scene: scene.name)
def test_no_text_is_clipped_in_another_language(
    qtbot: QtBot, qapp: QApplication, theme: Theme, scene: Scene, language: str, direction: Qt.LayoutDirection
) -> None:
    translator = PseudoTranslator(qapp) if language == "pseudo" else WindowTranslator(load(language), qapp)
    with speaking(qapp, translator, direction):
        check_clipping(qtbot, theme, scene)


@pytest.mark.parametrize("scene", LARGE, ids=lambda scene: scene.name)
def test_nothing_is_wider_than_the_window(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    theme.set_text_scale(2.0)
    window = scene.build(theme)
    qtbot.addWidget(window)
    window.resize(*scene.size)
    window.show()
    QApplication.processEvents()
    page = window.findChild(SegmentPage)
    assert isinstance(page, SegmentPage)
    area = page.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("scene", OWN, ids=lambda scene: scene.name)
def test_every_control_is_named(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    check_names(qtbot, theme, scene)


@pytest.mark.parametrize("part", list(Part))
async def test_every_control_is_reached_with_keys(screen: Screen, theme: Theme, part: Part) -> None:
    page = SegmentPage(theme, values_of(connected(), reached()), screen.unexpected.append)
    screen.show(page)
    screen.window.resize(1280, 900)
    page.show_part(part)
    await screen.until(lambda: not page.code.busy, what="the code")
    window: FrameWindow = screen.window
    check(window)
