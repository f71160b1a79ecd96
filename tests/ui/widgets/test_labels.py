from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Scheme, Theme
from app.ui.theme.tokens import DARK
from app.ui.theme.typography import Role
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from tests.ui.pictures import shows
from tests.ui.rendering import settle

LONG = "Changes appear in Close under the person who owns the key. Many teams create a user for this."


def column(qtbot: QtBot, *labels: QLabel) -> QWidget:
    window = QWidget()
    layout = QVBoxLayout(window)
    for label in labels:
        layout.addWidget(label)
    layout.addStretch(1)
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_height_of_wrapped_text_follows_the_width_both_ways(qtbot: QtBot, theme: Theme) -> None:
    label = WrappedLabel(theme, LONG)
    window = column(qtbot, label)
    heights = []
    for width in (640, 160, 640):
        window.resize(width, 400)
        settle(window)
        heights.append(label.height())

    assert heights[1] > 2 * heights[0]
    assert heights[2] == heights[0]


def test_wrapped_text_is_never_cut_off(qtbot: QtBot, theme: Theme) -> None:
    label = WrappedLabel(theme, LONG)
    window = column(qtbot, label)
    for scale in (1.0, 1.5, 2.0):
        theme.set_text_scale(scale)
        for width in (500, 240):
            window.resize(width, 700)
            settle(window)
            assert label.height() >= QLabel.heightForWidth(label, label.width())


def test_a_single_wrapped_line_is_as_high_as_its_font(qtbot: QtBot, theme: Theme) -> None:
    label = WrappedLabel(theme, "One line")
    window = column(qtbot, label)
    window.resize(400, 200)
    settle(window)
    assert abs(label.height() - label.fontMetrics().height()) <= 2


def test_markup_in_a_persons_text_is_shown_as_it_is(qtbot: QtBot, theme: Theme) -> None:
    label = WrappedLabel(theme, "<b>Acme</b> & Co")
    qtbot.addWidget(label)
    interface = QAccessible.queryAccessibleInterface(label)
    assert interface.text(QAccessible.Text.Name) == "<b>Acme</b> & Co"


def test_elided_text_keeps_the_whole_for_tooltip_and_screen_reader(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel(theme, "orga_4oBo634h1JPrMUdPhAWi8fhX", Role.MONO)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.toolTip() == label.text()
    assert QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Name) == label.text()

    label.resize(600, 20)
    assert label.toolTip() == ""


def test_labels_take_the_colours_of_a_new_scheme(qtbot: QtBot, theme: Theme) -> None:
    label = Label(theme, "Failed", Role.TITLE, "error")
    qtbot.addWidget(label)
    theme.set_scheme(Scheme.DARK)
    assert shows(label, DARK.error)
