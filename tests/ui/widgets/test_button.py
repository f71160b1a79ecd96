from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, ButtonKind, IconButton


def test_a_busy_button_ignores_mouse_and_keyboard_but_keeps_the_focus(qtbot: QtBot, theme: Theme) -> None:
    button = Button(theme, "Check key", ButtonKind.PRIMARY)
    qtbot.addWidget(button)
    button.show()
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    button.setFocus()
    button.set_busy(busy=True)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert presses == []
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus

    button.set_busy(busy=False)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(presses) == 1


def test_an_ampersand_in_a_name_is_no_mnemonic(qtbot: QtBot, theme: Theme) -> None:
    button = Button(theme, "Create 1 field in Smith & Sons")
    qtbot.addWidget(button)
    assert button.shortcut().isEmpty()
    name = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    assert name == "Create 1 field in Smith & Sons"


def test_the_text_fits_at_every_text_size(qtbot: QtBot, theme: Theme) -> None:
    button = Button(theme, "Continue with Acme Inc.", icon="plus", trailing="arrow-right")
    qtbot.addWidget(button)
    for scale in (1.0, 1.5, 2.0):
        theme.set_text_scale(scale)
        text = QFontMetrics(button.font()).horizontalAdvance("Continue with Acme Inc.")
        assert button.sizeHint().width() >= text + 2 * theme.px(16) + 2 * 14
        assert button.sizeHint().height() >= QFontMetrics(button.font()).height() + 12


def test_an_icon_button_says_what_it_does(qtbot: QtBot, theme: Theme) -> None:
    button = IconButton(theme, "x", "Hide this panel")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Hide this panel"
    assert button.sizeHint().width() >= 28
    assert button.sizeHint().height() >= 28
