from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Scheme, Theme
from app.ui.widgets.button import Button
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from tests.ui.rendering import render, settle
from tests.ui.scenes.registry import Scene, all_scenes

OWN_SCENES = [each for each in all_scenes() if each.build.__module__.endswith((".components", ".frame"))]
SCENES = pytest.mark.parametrize("scene", OWN_SCENES, ids=lambda scene: scene.name)


def build(qtbot: QtBot, theme: Theme, scene: Scene) -> QWidget:
    widget = scene.build(theme)
    qtbot.addWidget(widget)
    widget.resize(*scene.size)
    widget.show()
    settle(widget)
    return widget


@SCENES
def test_no_text_is_clipped_at_200_percent(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    theme.set_text_scale(2.0)
    widget = build(qtbot, theme, scene)
    for label in widget.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if isinstance(label, WrappedLabel):
            assert label.height() >= QLabel.heightForWidth(label, label.width()), label.text()
        elif isinstance(label, Label):
            assert label.height() >= label.fontMetrics().height(), label.text()
            if not isinstance(label, ElidedLabel):
                assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
    for button in widget.findChildren(Button):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.height() >= button.sizeHint().height(), button.text()


@SCENES
def test_every_control_has_a_name_and_is_large_enough(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    widget = build(qtbot, theme, scene)
    for control in widget.findChildren(QWidget):
        if not control.isVisible() or not isinstance(control, QAbstractButton | QLineEdit):
            continue
        inside_table = control.__class__.__name__ == "QTableCornerButton"
        if inside_table:
            continue
        named = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        if scene.name != "12-components":
            assert named, control
        assert control.height() >= 28 or isinstance(control, QCheckBox), (named, control.height())


@SCENES
def test_the_scheme_can_change_while_a_window_is_open(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    widget = build(qtbot, theme, scene)
    for button in widget.findChildren(Button):
        button._spin.stop()
        button.setProperty("angle", 0)
    light = render(widget)
    theme.set_scheme(Scheme.DARK)
    dark = render(widget)
    theme.set_scheme(Scheme.LIGHT)
    assert render(widget) == light
    assert dark.pixelColor(5, 5) != light.pixelColor(5, 5)


@SCENES
def test_the_text_size_can_change_while_a_window_is_open(qtbot: QtBot, theme: Theme, scene: Scene) -> None:
    theme.set_text_scale(2.0)
    widget = build(qtbot, theme, scene)
    theme.set_text_scale(1.0)
    settle(widget)
    for label in widget.findChildren(WrappedLabel):
        if label.isVisible():
            assert label.font().pixelSize() <= 20
            assert label.height() == label.sizeHint().height() or not label.text()
