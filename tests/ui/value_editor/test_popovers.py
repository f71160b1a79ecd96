from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.segment.event_variables import EventVariable
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    Expression,
    Flatten,
    FormatDate,
    Joined,
    JoinList,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)
from app.ui.theme.theme import Theme
from app.ui.value_editor.picker_model import ENTRY_ROLE, Heading, Offer, PickerModel, VariableIndex
from app.ui.value_editor.popover import Popover
from app.ui.value_editor.row import AsText, FunctionChip, chip_for
from app.ui.value_editor.value_editor import ValueEditor
from tests.ui.value_editor.conftest import Desk

NAME = Variable(("traits", "name"))
PLAN = Variable(("traits", "plan"))
SEATS = Variable(("traits", "seats"))


def titles(model: PickerModel) -> list[str]:
    return [str(model.index(row, 0).data()).split(",")[0] for row in range(model.rowCount())]


def test_ctrl_space_searches_and_enter_inserts_a_variable(desk: Desk) -> None:
    desk.type("Hi ")
    desk.press("Ctrl+Space")
    desk.type("name")
    desk.press("Return")
    assert desk.value == Joined((Text("Hi "), NAME))
    assert desk.editor.popover is None
    assert QApplication.focusWidget() is desk.editor.edit


def test_escape_goes_back_to_the_text(desk: Desk) -> None:
    desk.press("Ctrl+Space", "Escape")
    desk.type("x")
    assert desk.value == Text("x")


def test_two_braces_open_the_picker_and_give_way_to_what_is_picked(desk: Desk) -> None:
    desk.type("Hi {{plan")
    desk.press("Return")
    assert desk.value == Joined((Text("Hi "), PLAN))


def test_two_braces_stay_when_nothing_is_picked(desk: Desk) -> None:
    desk.type("{{")
    desk.press("Escape")
    desk.press("Ctrl+Space")
    desk.type("userId")
    desk.press("Return")
    assert desk.value == Joined((Text("{{"), Variable(("userId",))))


def test_a_function_applies_to_the_variable_before_the_cursor(desk: Desk) -> None:
    desk.show(NAME)
    desk.press("Ctrl+Space")
    desk.type("lower")
    desk.press("Return")
    assert desk.value == ChangeCase(NAME, LetterCase.LOWER)


def test_shift_enter_applies_a_function_to_everything(desk: Desk) -> None:
    desk.show(Joined((Text("a"), NAME)))
    desk.press("Ctrl+Space")
    desk.type("trim")
    desk.press("Shift+Return")
    assert desk.value == Trim(Joined((Text("a"), NAME)))


def test_a_variable_no_event_has_can_be_named(desk: Desk) -> None:
    desk.press("Ctrl+Space")
    desk.type('traits["a.b"]')
    desk.press("Return")
    assert desk.value == Variable(("traits", "a.b"))


def test_the_button_opens_the_picker_and_a_press_elsewhere_closes_it(desk: Desk) -> None:
    desk.click(desk.editor.add_button)
    assert desk.picker.isVisible()
    QTest.mouseClick(desk.window, Qt.MouseButton.LeftButton, pos=QPoint(5, desk.window.height() - 5))
    assert desk.editor.popover is None


def test_arrows_go_round_and_skip_the_headings(desk: Desk) -> None:
    desk.press("Ctrl+Space")
    view = desk.picker.list
    assert view.currentIndex().row() == 1
    desk.press("Up")
    assert view.currentIndex().row() == view.model().rowCount() - 1
    desk.press("Down", "Tab")
    above = view.model().index(view.currentIndex().row() - 1, 0).data(ENTRY_ROLE)
    assert isinstance(above, Heading)
    assert view.currentIndex().row() > 1
    desk.press("PgUp", "PgDown")
    assert not isinstance(view.currentIndex().data(ENTRY_ROLE), Heading)


def test_a_search_puts_the_closest_name_first() -> None:
    labels = ("traits.surname", "traits.name.first", "traits.name")
    index = VariableIndex(
        [
            EventVariable(tuple(label.split(".")), label, "x", 1, 2, frozenset({"string"}), is_object=False)
            for label in labels
        ]
    )
    model = PickerModel(index, Offer.VARIABLES)
    model.set_query("NAME")
    assert titles(model)[:4] == ["Variables", "traits.name", "traits.surname", "traits.name.first"]
    assert "50 %" in str(model.index(1, 0).data())


def test_twenty_thousand_variables_are_listed_without_a_widget_each(desk: Desk, qtbot: QtBot) -> None:
    many = [
        EventVariable(
            ("traits", f"k{n}"), f"traits.k{n}", n, n, 20_000, frozenset({"number"}), is_object=False
        )
        for n in range(20_000)
    ]
    desk.editor.set_variables(many)
    desk.press("Ctrl+Space")
    assert desk.picker.list.model().rowCount() > 20_000
    assert len(desk.picker.findChildren(QWidget)) < 40
    desk.press("Up")
    view = desk.picker.list
    assert view.currentIndex().row() == view.model().rowCount() - 1
    qtbot.waitUntil(lambda: view.viewport().rect().contains(view.visualRect(view.currentIndex())))
    desk.type("k19999")
    desk.press("Return")
    assert desk.value == Variable(("traits", "k19999"))


def test_replace_comes_with_the_first_characters_to_find(desk: Desk) -> None:
    desk.show(NAME)
    desk.press("Ctrl+Space")
    desk.type("replace")
    desk.press("Return")
    assert desk.value == NAME
    desk.type("-")
    assert desk.value == Replace(NAME, "-")
    desk.press("Tab")
    desk.type("+")
    desk.press("Return")
    assert desk.value == Replace(NAME, "-", "+")
    assert QApplication.focusWidget() is desk.editor.edit


def test_replace_says_its_limits_and_keeps_what_was_valid(desk: Desk) -> None:
    desk.show(Replace(NAME, "a"))
    desk.press("F2")
    desk.press("Ctrl+A")
    desk.type("12345678901")
    assert desk.value == Replace(NAME, "1234567890")
    line = desk.settings.form.findChildren(QLineEdit)[0]
    assert "at most 10" in line.accessibleDescription()


def test_escape_takes_back_what_was_set(desk: Desk) -> None:
    desk.show(Replace(NAME, "a"))
    desk.press("F2")
    desk.type("b")
    assert desk.value == Replace(NAME, "b")
    desk.press("Escape")
    assert desk.value == Replace(NAME, "a")


def test_escape_takes_back_a_function_that_was_just_picked(desk: Desk) -> None:
    desk.show(NAME)
    desk.press("Ctrl+Space")
    desk.type("if empty")
    desk.press("Return", "Escape")
    assert desk.value == NAME


def test_a_fallback_is_a_value_of_its_own(desk: Desk) -> None:
    desk.show(Coalesce(NAME, Text("")))
    desk.press("Shift+Left", "Return")
    desk.type("Plan ")
    desk.press("Ctrl+Space")
    desk.type("plan")
    desk.press("Return")
    assert desk.value == Coalesce(NAME, Joined((Text("Plan "), PLAN)))
    desk.press("Tab", "Space")
    assert desk.value == Coalesce(NAME, Joined((Text("Plan "), PLAN)), blank=True)
    desk.press("Return")
    assert desk.editor.popover is None


def test_the_result_is_shown_as_it_changes(desk: Desk) -> None:
    desk.show(Coalesce(Variable(("traits", "nothing")), Text("")))
    desk.press("F2")
    desk.type("Free")
    assert "Free" in desk.settings.result.accessibleName()


def test_enter_on_a_variable_offers_another_and_keeps_the_functions(desk: Desk) -> None:
    desk.show(Trim(NAME))
    desk.press("Home", "Shift+Right", "Return")
    desk.type("plan")
    desk.press("Return")
    assert desk.value == Trim(PLAN)


def test_a_double_click_opens_a_chip(desk: Desk) -> None:
    desk.show(Trim(NAME))
    place = desk.editor.edit.item_rect(1).center().toPoint()
    QTest.mouseDClick(desk.editor.edit.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.settings.isVisible()
    desk.click(desk.settings.remove_button)
    assert desk.value == NAME


def test_a_broken_template_says_why_and_is_kept(desk: Desk) -> None:
    desk.show(Liquid("{{ traits.plan }}"))
    desk.press("F2")
    box = desk.settings.form.findChild(QPlainTextEdit)
    assert box is not None
    desk.press("Ctrl+A")
    desk.type("{% for")
    assert desk.value == Liquid("{% for")
    assert box.accessibleDescription() != ""
    box.setPlainText("x" * 1001)
    assert "1000" in box.accessibleDescription()


def test_enter_is_a_new_line_in_code_and_ctrl_enter_is_done(desk: Desk) -> None:
    desk.show(Liquid("a"))
    desk.press("F2", "Ctrl+End", "Return")
    desk.type("b")
    desk.press("Ctrl+Return")
    assert desk.value == Liquid("a\nb")
    assert desk.editor.popover is None


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["Tab"], Static(7)),
        (["Right", "Space"], Static(value=True)),
        (["Right", "Right", "Space"], Static(value=False)),
        (["Right", "Right", "Right", "Space"], Static(None)),
    ],
)
def test_a_fixed_value_has_a_type(desk: Desk, keys: list[str], expected: Static) -> None:
    desk.show(Static(12))
    desk.press("F2")
    desk.type("7")
    desk.press("Shift+Tab", *keys)
    assert repr(desk.value) == repr(expected)


def test_json_says_line_and_column_and_what_segment_would_refuse(desk: Desk) -> None:
    advanced = Advanced({"@merge": {"objects": [], "direction": "right"}})
    desk.show(advanced)
    desk.press("F2")
    box = desk.settings.form.findChild(QPlainTextEdit)
    assert box is not None
    box.setPlainText('{\n  "@path" 1}')
    assert "Line 2, column 11" in box.accessibleDescription()
    assert box.extraSelections()
    box.setPlainText('{"@nonsense": 1}')
    assert "Segment would refuse" in box.accessibleDescription()
    assert desk.value == advanced
    box.setPlainText('{"@path": "$.traits.plan"}')
    assert box.accessibleDescription() == ""
    desk.press("Ctrl+Return")
    assert desk.value == PLAN


def test_the_whole_value_can_be_written_as_json(desk: Desk) -> None:
    desk.show(NAME)
    desk.editor.edit_as_json()
    box = desk.settings.form.findChild(QPlainTextEdit)
    assert box is not None
    assert "traits.name" in box.toPlainText()
    box.setPlainText('{"@template": "Hi {{traits.name}}"}')
    assert desk.value == Joined((Text("Hi "), NAME))


def test_make_static_takes_the_number_that_was_typed(desk: Desk) -> None:
    desk.type("12")
    desk.editor.make_static()
    desk.click(desk.settings.done_button)
    assert repr(desk.value) == repr(Static(12))


def test_the_menu_holds_every_command(desk: Desk, qtbot: QtBot) -> None:
    desk.show(Joined((Text("a"), NAME)))
    desk.press("Shift+F10")
    menu = desk.editor.findChild(QMenu)
    assert menu is not None
    names = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    assert names == [
        "Insert variable…",
        "Insert function…",
        "Replace name…",
        "Remove name",
        "Cut",
        "Copy",
        "Paste",
        "Make static…",
        "Edit as JSON…",
        "Clear",
    ]
    menu.actions()[-1].trigger()
    menu.close()
    assert desk.value == Text("")


FUNCTIONS: tuple[Expression | AsText, ...] = (
    Coalesce(NAME, Text("")),
    ChangeCase(NAME, LetterCase.UPPER),
    Replace(NAME, "a"),
    Trim(NAME),
    JoinList(NAME),
    Flatten(NAME),
    FormatDate(NAME),
    AsText(),
)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: type(one).__name__)
def test_every_control_of_a_popover_is_named_and_reached_by_tab(
    desk: Desk, function: Expression | AsText
) -> None:
    desk.show(NAME)
    desk.editor.edit.insert_function(chip_for(function))
    desk.press("F2")
    popover = desk.settings
    reached = set()
    for _ in popover.focus_stops():
        reached.add(QApplication.focusWidget())
        desk.press("Tab")
    kinds = (QAbstractButton, QCheckBox, QComboBox, QLineEdit, QTextEdit, QPlainTextEdit)
    for control in popover.findChildren(QWidget):
        if not isinstance(control, kinds) or not control.isVisible():
            continue
        interface = QAccessible.queryAccessibleInterface(control)
        assert interface.text(QAccessible.Text.Name), control
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.focusProxy() is None:
            assert control in reached, control
    assert popover.accessibleName()


def test_another_value_from_outside_ends_what_is_set_on_the_former_one(desk: Desk) -> None:
    desk.show(Replace(NAME, "a"))
    desk.press("F2")
    desk.type("b")
    desk.editor.set_expression(desk.value)
    assert desk.editor.popover is not None
    desk.editor.set_expression(PLAN)
    assert desk.editor.popover is None
    assert desk.value == PLAN


def test_a_chip_tells_what_the_events_hold_there(desk: Desk) -> None:
    assert desk.editor.edit.describe(SEATS) == "traits.seats\n12 · 100 %"
    assert desk.editor.edit.describe(Variable(("traits", "none"))) == "traits.none"
    assert desk.editor.edit.describe(chip_for(Replace(NAME, " ", "-"))) == "replace “ ” with “-”"


def test_functions_chain_in_the_order_of_application(desk: Desk) -> None:
    desk.show(SEATS)
    for words in ("as text", "trim", "uppercase"):
        desk.press("Ctrl+Space")
        desk.type(words)
        desk.press("Return")
    assert desk.value == ChangeCase(Trim(Joined((SEATS,))), LetterCase.UPPER)
    assert all(isinstance(item, FunctionChip) for item in desk.editor.edit.items()[1:])


def test_a_popover_stays_inside_the_window(desk: Desk, theme: Theme) -> None:
    desk.window.resize(360, 220)
    theme.set_text_scale(2.0)
    desk.show(Replace(NAME, "a"))
    desk.press("F2")
    popover = desk.editor.popover
    assert popover is not None
    assert desk.window.rect().contains(popover.geometry())


def test_a_popover_goes_with_its_editor(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    editor = ValueEditor(theme, "Field", parent=window)
    window.show()
    editor.open_picker()
    assert window.findChildren(Popover)
    editor.hide()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.findChildren(Popover))
