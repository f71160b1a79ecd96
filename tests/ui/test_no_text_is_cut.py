"""No text is cut on any page: at 200 % text, in German, in a language 40 % longer, at 880x600."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.ui.language.translator import WindowTranslator
from app.ui.theme.theme import Theme
from tests.ui.cut_texts import cut_texts
from tests.ui.language.pseudo import PseudoTranslator, german, speaking
from tests.ui.rendering import discard, settle
from tests.ui.scenes.registry import Scene, all_scenes

# Scenes are pictures: what a page would begin to read has no event loop here to run in.
pytestmark = pytest.mark.qt_no_exception_capture

_SMALLEST = (880, 600)


@dataclass(frozen=True, slots=True)
class _Look:
    """A language and the sizes of text that it is looked at with."""

    name: str
    translator: Callable[[QApplication], WindowTranslator] | None
    scales: tuple[float, ...]


_LOOKS = (
    _Look("German", german, (1.0, 2.0)),
    _Look("40 % longer", PseudoTranslator, (1.0,)),
    _Look("English", None, (1.0, 2.0)),
)
# All looks at every scene take minutes: a run takes every third scene, with German and the longer language in
# turn, and EVERY_LOOK=1 takes everything.
_ALL = bool(os.environ.get("EVERY_LOOK"))
_CASES = [
    (scene, look)
    for number, scene in enumerate(all_scenes())
    for look in (_LOOKS if _ALL else (_LOOKS[number // 3 % 2],))
    if _ALL or number % 3 == 0
]


@pytest.mark.parametrize(
    ("scene", "look"), _CASES, ids=[f"{scene.name}, {look.name}" for scene, look in _CASES]
)
def test_no_text_is_cut(theme: Theme, qapp: QApplication, scene: Scene, look: _Look) -> None:
    if look.translator is None:
        found = _look_at(theme, scene, look)
    else:
        with speaking(qapp, look.translator(qapp)):
            found = _look_at(theme, scene, look)
    assert found == []


def _look_at(theme: Theme, scene: Scene, look: _Look) -> list[str]:
    window = scene.build(theme)
    try:
        return [
            f"{round(scale * 100)} %: {problem}"
            for scale in look.scales
            for problem in _cut_at(theme, window, scene, scale)
        ]
    finally:
        discard(window)


def _cut_at(theme: Theme, window: QWidget, scene: Scene, scale: float) -> list[str]:
    theme.set_text_scale(scale)
    window.resize(*(scene.size if isinstance(window, QDialog) else _SMALLEST))
    window.show()
    settle(window)
    if isinstance(window, QDialog):
        window.resize(window.size().expandedTo(window.sizeHint()))  # a dialog grows with its text
        settle(window)
    return cut_texts(window)
