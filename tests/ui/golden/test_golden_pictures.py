"""Pages look as they did when a person last looked at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from app.ui.theme.theme import Theme
from tests.ui.golden.pictures import (
    FOLDER,
    LETTERS,
    NAMES,
    SCHEMES,
    difference,
    drawn_otherwise,
    load,
    pictures_of,
    save,
    scenes,
)
from tests.ui.scenes.registry import Scene

_MOST_BYTES = 3_000_000


@pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
def test_a_page_looks_as_it_did(theme: Theme, scene: Scene, tmp_path: Path) -> None:
    otherwise = drawn_otherwise(theme)
    if otherwise:
        pytest.skip(otherwise)
    for name, image in pictures_of(scene, theme).items():
        found = difference(image, load(name))
        if found:
            save(name, image, tmp_path)
            pytest.fail(
                f"{name}: {found}. It looks now as in {tmp_path / name}.png. "
                f"If that is how it should look: python -m tests.ui.golden {scene.name}"
            )


def test_there_are_pictures_of_all_scenes_and_of_nothing_else() -> None:
    kept = {path.stem for path in FOLDER.glob("*.png")}
    assert kept == {LETTERS} | {f"{name}-{scheme}" for name in NAMES for scheme in SCHEMES}
    assert [scene.name for scene in scenes()] == sorted(NAMES)
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < _MOST_BYTES


def test_a_changed_word_is_a_difference_and_a_softer_edge_is_none() -> None:
    kept = load(f"{NAMES[0]}-light")
    changed, softer = QImage(kept), QImage(kept)
    _fill(changed, QRect(300, 200, 40, 12), "#1B1F27")
    _fill(softer, QRect(300, 200, 16, 12), "#1B1F27")
    found = difference(changed, kept)
    assert found is not None
    assert QRect(300, 200, 40, 12).contains(found.where)
    assert difference(softer, kept) is None
    assert difference(kept.copy(0, 0, 100, 100), kept) is not None


def _fill(image: QImage, area: QRect, color: str) -> None:
    painter = QPainter(image)
    painter.fillRect(area, QColor(color))
    painter.end()
