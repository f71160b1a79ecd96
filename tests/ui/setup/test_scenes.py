"""Every picture of the guide: nothing clipped, everything named, large enough to hit."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from tests.ui.rendering import settle
from tests.ui.scenes.registry import Scene, all_scenes

OWN = [each for each in all_scenes() if each.build.__module__.endswith((".setup_scenes", ".try_scenes"))]


def build(qtbot: QtBot, theme: Theme, scene: Scene) -> QWidget:
    widget = scene.build(theme)
    qtbot.addWidget(widget)
    widget.resize(*scene.size)
    widget.show()
    settle(widget)
    return widget


@pytest.mark.parametrize("scene", [one for one in OWN if one.large_text], ids=lambda scene: scene.name)
def test_no_text_is_clipped_at_200_percent(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    theme.set_text_scale(2.0)
    widget = build(qtbot, theme, scene)
    for label in widget.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if isinstance(label, WrappedLabel):
            assert label.height() >= QLabel.heightForWidth(label, label.width()), label.text()
        elif isinstance(label, Label) and not isinstance(label, ElidedLabel):
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
    for button in widget.findChildren(Button):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.height() >= button.sizeHint().height(), button.text()


@pytest.mark.parametrize("scene", OWN, ids=lambda scene: scene.name)
def test_every_control_has_a_name_and_is_large_enough(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    widget = build(qtbot, theme, scene)
    for control in widget.findChildren(QWidget):
        if not control.isVisible() or not isinstance(control, QAbstractButton | QLineEdit):
            continue
        if (
            control.__class__.__name__ == "QTableCornerButton"
            or control.parent().__class__.__name__ == "ComboBox"
        ):
            continue
        named = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        assert named, control
        assert control.height() >= 28 or isinstance(control, QCheckBox), (named, control.height())
