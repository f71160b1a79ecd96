"""Every picture of the page: nothing clipped, everything named, large enough to hit."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Theme
from tests.ui.scenes.registry import Scene, all_scenes
from tests.ui.setup.test_scenes import (
    test_every_control_has_a_name_and_is_large_enough as check_names,
)
from tests.ui.setup.test_scenes import test_no_text_is_clipped_at_200_percent as check_clipping

OWN = [each for each in all_scenes() if each.build.__module__.endswith(".sample_scenes")]


@pytest.mark.parametrize("scene", [one for one in OWN if one.large_text], ids=lambda scene: scene.name)
def test_no_text_is_clipped(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    check_clipping(qtbot, theme, scene)


@pytest.mark.parametrize("scene", OWN, ids=lambda scene: scene.name)
def test_every_control_is_named(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    check_names(qtbot, theme, scene)
