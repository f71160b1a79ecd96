from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QInputMethodEvent, QKeySequence, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    Expression,
    Joined,
    LetterCase,
    Text,
    Trim,
    Variable,
)
from app.ui.theme.theme import Theme
from app.ui.value_editor.row import HOLE, FunctionChip, expression_of, repaired, tidy
from app.ui.value_editor.row_clipboard import ROW_MIME, variable_mime_data
from app.ui.value_editor.row_painting import ExpressionPainter
from app.ui.value_editor.value_editor import ValueEditor
from tests.ui.value_editor.conftest import Desk
from tests.ui.value_editor.expressions import expressions

NAME = Variable(("traits", "name"))
PLAN = Variable(("traits", "plan"))
SITE = Variable(("traits", "company", "site"))
OBJECT = "\ufffc"


@given(expression=expressions)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_expression_shown_is_read_back(
    qapp: QApplication, _session_theme: Theme, expression: Expression
) -> None:
    editor = ValueEditor(_session_theme, "Field")
    editor.set_expression(expression)
    assert repr(editor.expression()) == repr(tidy(expression))
    editor.deleteLater()


def test_typing_before_a_chip_keeps_it(desk: Desk) -> None:
    desk.show(SITE)
    desk.press("Home")
    desk.type("https://")
    assert desk.value == Joined((Text("https://"), SITE))
    assert desk.last == desk.value
    assert len(desk.changes) == len("https://")


def test_showing_a_value_tells_nobody(desk: Desk) -> None:
    desk.editor.set_expression(SITE)
    assert desk.changes == []


def test_the_cursor_goes_over_a_chip_as_over_one_character(desk: Desk) -> None:
    desk.show(Joined((Text("a"), SITE, Text("b"))))
    for expected in (2, 1, 0):
        desk.press("Left")
        assert desk.editor.edit.textCursor().position() == expected
    desk.press("End")
    assert desk.editor.edit.textCursor().position() == 3


def test_backspace_selects_a_chip_and_then_removes_it(desk: Desk) -> None:
    desk.show(Joined((Text("a"), SITE)))
    desk.press("Backspace")
    assert desk.selected == OBJECT
    assert desk.changes == []
    desk.press("Backspace")
    assert desk.value == Text("a")


def test_delete_takes_a_variable_with_its_functions(desk: Desk) -> None:
    desk.show(Joined((Trim(SITE), Text("a"))))
    desk.press("Home", "Delete", "Delete")
    assert desk.value == Text("a")


def test_words_are_erased_with_ctrl(desk: Desk) -> None:
    desk.show(Text("one two"))
    desk.press("Ctrl+Backspace")
    assert desk.value == Text("one ")


def test_text_typed_beside_a_function_stays_outside_of_it(desk: Desk) -> None:
    desk.show(Trim(SITE))
    desk.press("Left")
    desk.type("x")
    assert desk.value == Joined((Trim(SITE), Text("x")))


def test_a_function_on_everything_stays_at_the_end(desk: Desk) -> None:
    desk.show(Trim(Joined((Text("a"), SITE))))
    desk.type("b")
    assert desk.value == Trim(Joined((Text("a"), SITE, Text("b"))))


def test_composed_text_arrives_beside_chips(desk: Desk) -> None:
    desk.show(SITE)
    edit = desk.editor.edit
    QApplication.sendEvent(edit, QInputMethodEvent("に", []))
    assert desk.changes == []
    done = QInputMethodEvent()
    done.setCommitString("日")
    QApplication.sendEvent(edit, done)
    assert desk.value == Joined((SITE, Text("日")))


def test_an_emoji_is_one_step_and_stays_whole(desk: Desk) -> None:
    desk.show(Text("a\U0001f600"))
    desk.press("Backspace")
    assert desk.value == Text("a")


def test_chips_are_copied_inside_the_program(desk: Desk) -> None:
    desk.show(Joined((Text("a"), Trim(SITE))))
    desk.press("Ctrl+A", "Ctrl+C", "End", "Ctrl+V")
    assert desk.value == Joined((Text("a"), Trim(SITE), Text("a"), Trim(SITE)))


def test_chips_are_words_for_other_programs(desk: Desk) -> None:
    desk.show(Joined((Text("https://"), SITE)))
    desk.press("Ctrl+A", "Ctrl+X")
    assert desk.value == Text("")
    assert QGuiApplication.clipboard().text() == "https://{{traits.company.site}}"


def test_pasted_text_is_text_even_with_line_breaks(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("a\r\nb {{x}}")
    desk.press("Ctrl+V")
    assert desk.value == Text("a\nb {{x}}")


@pytest.mark.parametrize(
    "forged",
    [
        b"nonsense",
        b'[{"is": "Text", "text": "x"}]',
        b'[{"is": "Variable"}]',
        b'[{"is": "Variable", "keys": [1]}]',
        b'[{"is": "FunctionChip", "function": {"is": "Variable", "keys": []}, "whole": false}]',
        b'["too long"]',
        b"[" * 100_000,
    ],
)
def test_a_forged_clip_is_read_as_its_text(desk: Desk, forged: bytes) -> None:
    data = QMimeData()
    data.setData(ROW_MIME, forged)
    data.setText("plain")
    desk.editor.edit.insertFromMimeData(data)
    assert desk.value == Text("plain")


def test_a_dropped_variable_becomes_a_chip(desk: Desk) -> None:
    desk.editor.edit.insertFromMimeData(variable_mime_data(SITE.keys))
    assert desk.value == SITE


def test_a_variable_can_be_inserted_from_outside(desk: Desk) -> None:
    desk.show(Text("a"))
    desk.editor.insert_variable(["traits", "name"])
    assert desk.last == Joined((Text("a"), NAME))


def test_undo_and_redo_are_asked_of_the_document(desk: Desk, qtbot: QtBot) -> None:
    desk.type("a")
    with qtbot.waitSignal(desk.editor.undo_requested):
        desk.press("Ctrl+Z")
    with qtbot.waitSignal(desk.editor.redo_requested):
        desk.press("Ctrl+Shift+Z")
    assert desk.value == Text("a")


def test_enter_commits_and_escape_escapes(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.editor.committed):
        desk.press("Return")
    with qtbot.waitSignal(desk.editor.escape):
        desk.press("Escape")
    assert desk.value == Text("")


def test_leaving_the_field_is_told_but_not_for_its_own_picker(desk: Desk, qtbot: QtBot) -> None:
    left: list[bool] = []
    desk.editor.left.connect(lambda: left.append(True))
    other = QLineEdit(desk.window)
    other.show()
    desk.press("Ctrl+Space", "Escape")
    assert left == []
    other.setFocus()
    qtbot.waitUntil(lambda: left == [True])


def test_a_chip_moves_with_alt_and_the_arrows(desk: Desk) -> None:
    desk.show(Joined((SITE, Text("ab"))))
    desk.press("Home", "Shift+Right", "Alt+Right", "Alt+Right")
    assert desk.value == Joined((Text("ab"), SITE))
    assert desk.selected == OBJECT
    desk.press("Alt+Left")
    assert desk.value == Joined((Text("a"), SITE, Text("b")))


def test_the_cursor_stays_when_the_value_changes_elsewhere(desk: Desk) -> None:
    desk.show(Joined((Text("abc"), SITE)))
    desk.press("Home", "Right", "Right")
    desk.editor.set_expression(Joined((Text("abc"), NAME)))
    assert desk.editor.edit.textCursor().position() == 2


def test_the_value_is_told_in_words(desk: Desk) -> None:
    desk.editor.set_name("Website", "Empty in 3 of 200 events")
    desk.show(ChangeCase(Joined((Text("https://"), SITE)), LetterCase.LOWER))
    edit = desk.editor.edit
    assert edit.accessibleName() == "Website"
    assert edit.accessibleDescription() == (
        "https:// company site, then on the whole value Lowercase. Empty in 3 of 200 events"
    )


def test_keys_of_a_table_around_the_field_are_left_to_it(desk: Desk) -> None:
    pressed: list[int] = []
    desk.window.keyPressEvent = lambda event: pressed.append(event.key())  # type: ignore[method-assign]
    desk.press("Down", "Up", "PgDown")
    assert pressed == [Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown]


def test_a_click_selects_a_chip(desk: Desk) -> None:
    desk.show(Joined((Text("ab"), SITE)))
    edit = desk.editor.edit
    place = edit.item_rect(2).center().toPoint()
    QTest.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert desk.selected == OBJECT
    assert edit.chip_at(QPoint(1, place.y())) == -1


def test_what_is_painted_is_what_is_edited(desk: Desk, theme: Theme) -> None:
    expression = Joined((Text("https://"), Trim(SITE), NAME))
    painter_of_rows = ExpressionPainter(theme)
    desk.editor.set_expression(expression)
    desk.window.setFocus()
    rect = QRect(0, 0, desk.editor.width(), desk.editor.height())
    painted = QImage(rect.size(), QImage.Format.Format_RGB32)
    painted.fill(theme.color("window"))
    painter = QPainter(painted)
    painter_of_rows.paint(painter, rect, expression)
    painter.end()
    edited = desk.editor.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    # The button at the far end is the editor's alone.
    text_only = QRect(4, 4, painter_of_rows.size(expression).width(), rect.height() - 8)
    assert painted.copy(text_only) == edited.copy(text_only)


def test_a_dragged_row_ends_whole(desk: Desk) -> None:
    """A drag inside the field is a drop followed by the removal of what was dragged."""
    desk.show(Joined((Trim(SITE), Text("ab"))))
    edit = desk.editor.edit
    edit.select_item(0)
    data = edit.createMimeDataFromSelection()
    drop = edit.textCursor()
    desk.press("End")
    edit.insertFromMimeData(data)
    drop.removeSelectedText()
    assert repaired(edit.items()) == edit.items()
    assert expression_of(edit.items()) == desk.last


_KEYS = st.sampled_from(
    (
        *("a", "{", "variable", "function"),
        *("Left", "Right", "Home", "End", "Shift+Left", "Shift+Right", "Ctrl+A", "Alt+Left", "Alt+Right"),
        *("Backspace", "Delete", "Ctrl+Backspace", "Ctrl+X", "Ctrl+C", "Ctrl+V"),
    )
)


@given(keys=st.lists(_KEYS, max_size=25), start=expressions)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_keys_corrupts_the_row(
    qapp: QApplication, _session_theme: Theme, keys: list[str], start: Expression
) -> None:
    editor = ValueEditor(_session_theme, "Field")
    editor.set_expression(start)
    told = [editor.expression()]
    editor.changed.connect(told.append)
    edit = editor.edit
    for name in keys:
        if name == "variable":
            editor.insert_variable(["userId"])
        elif name == "function":
            edit.insert_function(FunctionChip(Coalesce(HOLE, Text("x"))))
        elif len(name) == 1:
            QTest.keyClicks(edit, name)
        else:
            combination = QKeySequence(name)[0]
            QTest.keyClick(edit, combination.key(), combination.keyboardModifiers())
        editor.close_popovers()
        assert repaired(edit.items()) == edit.items()
        assert repr(told[-1]) == repr(editor.expression())
    editor.deleteLater()


def test_a_field_grows_with_the_text(desk: Desk, theme: Theme) -> None:
    before = desk.editor.sizeHint().height()
    theme.set_text_scale(2.0)
    assert desk.editor.sizeHint().height() > before


def test_in_a_window_read_from_the_right_chips_begin_at_the_right(desk: Desk) -> None:
    desk.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.show(SITE)
    QApplication.processEvents()
    edit = desk.editor.edit
    assert edit.item_rect(0).center().x() > edit.viewport().width() / 2


def test_an_address_keeps_its_order_in_a_window_read_from_the_right(desk: Desk) -> None:
    desk.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.show(SITE)
    desk.press("Home")
    desk.type("https://")
    edit = desk.editor.edit
    assert edit.item_rect(0).left() < edit.item_rect(7).left() < edit.item_rect(8).left()
    assert edit.item_rect(8).right() > edit.viewport().width() / 2
    desk.press("Home", "Delete", "Ctrl+Delete", "Ctrl+Delete")
    assert desk.value == SITE
