"""Lines of the settings: words with a control beside them."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.settings.rows import SettingRow
from app.ui.theme.theme import Theme
from tests.ui.rendering import settle


def test_a_control_goes_below_the_words_once_and_stays_there(theme: Theme, qtbot: QtBot) -> None:
    control = QPushButton("Choose")
    row = SettingRow(theme, "Size of text", "In addition to what the desktop has set.", control)
    qtbot.addWidget(row)
    row.resize(600, 80)
    row.show()
    settle(row)
    beside = control.geometry().x()

    # One px too narrow: the smaller gap of the stacked form must not make room for going back.
    row.resize(240 + control.sizeHint().width() + 15, 80)
    settle(row)
    first = control.geometry()
    row.resize(row.width(), row.height() + 20)
    settle(row)

    assert beside > 300
    assert first.x() < 20
    assert control.geometry().x() == first.x()
