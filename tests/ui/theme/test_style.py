from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Scheme, Theme
from app.ui.theme.tokens import DARK, LIGHT
from app.ui.widgets.button import Button, ButtonKind
from tests.ui.pictures import colors_of, picture, shows

CONTROLS: list[Callable[[], QWidget]] = [QPushButton, QLineEdit, QComboBox, QCheckBox, QRadioButton, QSpinBox]


@pytest.mark.parametrize("make", CONTROLS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_targets_are_at_least_28_px_high(
    qtbot: QtBot, theme: Theme, make: Callable[[], QWidget], scale: float
) -> None:
    theme.set_text_scale(scale)
    widget = make()
    qtbot.addWidget(widget)
    assert widget.sizeHint().height() >= 28


@pytest.mark.parametrize("make", CONTROLS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_focus_is_a_ring_in_the_accent_colour(
    qtbot: QtBot, theme: Theme, make: Callable[[], QWidget], scheme: Scheme
) -> None:
    theme.set_scheme(scheme)
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(120, 36)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.clearFocus()
    without = colors_of(picture(widget))[theme.tokens.accent]
    widget.activateWindow()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(widget.hasFocus)
    assert colors_of(picture(widget))[theme.tokens.accent] >= without + 20


@pytest.mark.parametrize(
    ("kind", "fill"),
    [(ButtonKind.PRIMARY, "accent"), (ButtonKind.DANGER_FINAL, "error"), (ButtonKind.SECONDARY, "raised")],
)
def test_buttons_are_filled_by_kind_in_both_schemes(
    qtbot: QtBot, theme: Theme, kind: ButtonKind, fill: str
) -> None:
    button = Button(theme, "Press", kind)
    qtbot.addWidget(button)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme.set_scheme(scheme)
        assert shows(button, getattr(theme.tokens, fill), 200)


def test_a_default_button_of_a_dialog_is_primary(qtbot: QtBot, theme: Theme) -> None:
    box = QMessageBox()
    qtbot.addWidget(box)
    button = box.addButton("Remove", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(button)
    assert shows(button, theme.tokens.accent, 200)


def test_outlines_of_fields_follow_their_state(qtbot: QtBot, theme: Theme) -> None:
    edit = QLineEdit("cf_1")
    qtbot.addWidget(edit)
    edit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    assert shows(edit, LIGHT.outline, 40)
    edit.setProperty("invalid", 1)
    assert shows(edit, LIGHT.error, 80)
    edit.setProperty("invalid", 0)
    edit.setReadOnly(True)
    assert shows(edit, LIGHT.sunken, 100)


@pytest.mark.parametrize("make", [QCheckBox, QRadioButton])
def test_a_ticked_indicator_is_filled_with_the_accent(
    qtbot: QtBot, theme: Theme, make: type[QCheckBox | QRadioButton]
) -> None:
    box = make("On")
    qtbot.addWidget(box)
    before = colors_of(picture(box))[LIGHT.accent]
    box.setChecked(True)
    assert colors_of(picture(box))[LIGHT.accent] > before + 60


def test_unticked_indicators_have_a_visible_outline(qtbot: QtBot, theme: Theme) -> None:
    for scheme, tokens in ((Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)):
        theme.set_scheme(scheme)
        box = QCheckBox()
        qtbot.addWidget(box)
        assert shows(box, tokens.outline, 20)


def test_plain_qt_widgets_paint_without_complaint(qtbot: QtBot, theme: Theme) -> None:
    bar = QScrollBar(Qt.Orientation.Vertical)
    bar.setRange(0, 50)
    tabs = QTabBar()
    tabs.addTab("Change")
    tabs.addTab("Event")
    progress = QProgressBar()
    progress.setValue(40)
    menu = QMenu()
    menu.addAction(theme.menu_icon("copy"), "Copy\tCtrl+C")
    menu.addSeparator()
    checked = menu.addAction("Follow")
    checked.setCheckable(True)
    checked.setChecked(True)
    menu.addMenu("More").addAction("Other")
    combo = QComboBox()
    combo.addItems(["One  first", "Two"])
    qtbot.addWidget(menu)
    assert len(colors_of(menu.grab().toImage())) > 3
    for widget in (bar, tabs, progress, combo, QPlainTextEdit("text"), QSpinBox()):
        qtbot.addWidget(widget)
        assert len(colors_of(picture(widget))) > 1


def test_the_chosen_tab_has_an_accent_line(qtbot: QtBot, theme: Theme) -> None:
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    tabs.addTab("Change")
    tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    assert shows(tabs, LIGHT.accent, 40)


def test_dragging_the_handle_scrolls_to_the_end(qtbot: QtBot, theme: Theme) -> None:
    bar = QScrollBar(Qt.Orientation.Vertical)
    qtbot.addWidget(bar)
    bar.setRange(0, 100)
    bar.setPageStep(20)
    bar.resize(12, 200)
    bar.show()
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, 5))
    qtbot.mouseMove(bar, QPoint(6, 400))
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_ring_of_the_first_tab_is_whole(
    qtbot: QtBot, theme: Theme, direction: Qt.LayoutDirection
) -> None:
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    tabs.setExpanding(False)
    tabs.addTab("Change")
    tabs.setLayoutDirection(direction)
    tabs.show()
    tabs.activateWindow()
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    image = picture(tabs)
    place = tabs.tabRect(0)
    edge = place.x() + 1 if direction is Qt.LayoutDirection.LeftToRight else place.right() - 1
    upright = [image.pixelColor(edge, y).name().upper() for y in range(image.height())]
    assert upright.count(LIGHT.accent) > place.height() // 3
