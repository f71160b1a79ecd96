"""Read from the right, every page is mirrored, and no text is cut, even with German lengths."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from tests.ui.cut_texts import cut_texts
from tests.ui.language.pseudo import german, speaking
from tests.ui.rendering import discard, settle
from tests.ui.scenes.registry import Scene, all_scenes

# Scenes are pictures: what a page would begin to read has no event loop here to run in.
pytestmark = pytest.mark.qt_no_exception_capture

_NAMES = (
    "05-map",
    "22-frame-test",
    "30-start-draft",
    "31-connect-ok",
    "36-live",
    "40-relay-listening",
    "51-events-failed",
    "56-mappings",
    "60-segment-straight",
    "70-metrics",
    "90-replay-choose",
    "when-1-typical",
)
_SCENES = [scene for scene in all_scenes() if scene.name in _NAMES]


def test_each_page_has_its_scene() -> None:
    assert len(_SCENES) == len(_NAMES)


@pytest.mark.parametrize("scene", _SCENES, ids=[scene.name for scene in _SCENES])
def test_a_page_is_mirrored_and_no_text_is_cut(theme: Theme, qapp: QApplication, scene: Scene) -> None:
    with speaking(qapp, german(qapp), Qt.LayoutDirection.RightToLeft):
        window = scene.build(theme)
        assert isinstance(window, FrameWindow)
        window.resize(*scene.size)
        window.show()
        settle(window)
        rail, page, bar = _left(window, window.rail), _left(window, window.stack), window.bar
        primary = _left(window, bar.primary) + bar.primary.width() / 2
        mirrored = rail > page
        at_the_left = bar.primary.isHidden() or bar.isHidden() or primary < page + window.stack.width() / 2
        found = cut_texts(window)
        discard(window)
    assert mirrored
    assert at_the_left
    assert found == []


def _left(window: QWidget, widget: QWidget) -> int:
    return widget.mapTo(window, QPoint(0, 0)).x()
