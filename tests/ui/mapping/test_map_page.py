"""The rows: keys, typing, values, groups, rules, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMenu

from app.json_value import JsonObject
from app.segment.value_expression import Variable
from app.ui.mapping.row_words import spoken
from app.ui.mapping.rows import RowState
from app.ui.mapping.variables_model import VariablesModel
from app.workflows.mapping_editor.targets import TargetGroup
from tests.ui.mapping import typical
from tests.ui.mapping.conftest import MapScreen

Open = Callable[..., MapScreen]
TITLE, EMAIL, PHONE = "contact_title", "contact_email", "contact_phone"


def test_every_row_shows_the_value_of_the_event(open_page: Open) -> None:
    screen = open_page()
    assert screen.value("lead_name") == "Brightwave Studio"
    assert screen.value(EMAIL) == "maria@brightwave.io"
    assert screen.value(TITLE) == "VP Growth"
    assert screen.value(f"lead_custom_fields.{typical.PLAN}") == "Business"
    assert screen.row("contact_name").result.state is RowState.UNMAPPED


def test_rows_are_read_aloud_with_source_value_and_state(open_page: Open) -> None:
    screen = open_page()
    assert spoken(screen.row(TITLE)).startswith("Title, Text, from title, then Trim, gives VP Growth, ok")
    assert spoken(screen.row("contact_name")) == "Name, Text, not mapped"
    model = screen.page.desk.rows
    index = model.index(model.number_of(TITLE), 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == spoken(screen.row(TITLE))


def test_warnings_count_over_all_events(open_page: Open) -> None:
    screen = open_page()
    phone = screen.row(PHONE)
    assert phone.state is RowState.WARNING
    assert [note.text for note in phone.notes] == ["Empty in 112 of 200 events. Then left as it is."]
    seats = screen.row(f"lead_custom_fields.{typical.SEATS}")
    assert "3 of 200 events send text to this number field (“ten”)." in [note.text for note in seats.notes]


def test_what_is_typed_changes_mapping_and_value(open_page: Open) -> None:
    screen = open_page()
    screen.select("contact_name")
    screen.press("Return")
    screen.type("Dr. ")
    screen.rest()
    assert screen.mapping["contact_name"] == "Dr. "
    screen.editor.insert_variable(("traits", "name"))
    screen.rest()
    assert screen.value("contact_name") == "Dr. Maria Lopez"


def test_a_letter_on_a_selected_row_begins_typing_there(open_page: Open) -> None:
    screen = open_page()
    screen.select(TITLE)
    screen.type("X")
    screen.rest()
    assert screen.page.editing.key == TITLE
    assert screen.value(TITLE) == "VP GrowthX"


def test_tab_goes_from_editor_to_editor_and_out_at_the_end(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_name")
    screen.press("F2")
    visited = [screen.page.editing.key]
    for _ in range(11):
        screen.press("Tab")
        visited.append(screen.page.editing.key)
    assert visited == [key for key in screen.shown_keys() if not key.startswith("allow_")]
    screen.press("Tab")
    assert screen.page.editing.key == ""
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is not screen.page.column.rows
    screen.select("lead_name")
    screen.press("Return")
    screen.press("Tab")
    screen.press("Shift+Tab")
    assert screen.page.editing.key == "lead_name"


def test_escape_and_enter_leave_the_editor_for_the_list(open_page: Open) -> None:
    screen = open_page()
    for key in ("Escape", "Return"):
        screen.select(TITLE)
        screen.press("Return")
        assert screen.page.editing.key == TITLE
        screen.press(key)
        assert screen.page.editing.key == ""
        assert screen.page.column.rows.hasFocus()
        assert screen.page.column.rows.current_key() == TITLE


def test_up_and_down_move_the_selection_also_out_of_an_editor(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_name")
    screen.press("Down")
    assert screen.page.column.rows.current_key() == "lead_external_id"
    screen.press("Return")
    screen.press("Down")
    assert screen.page.editing.key == ""
    assert screen.page.column.rows.current_key() == "lead_description"


def test_a_click_on_a_field_opens_its_editor_over_it(open_page: Open) -> None:
    screen = open_page()
    screen.click_field(EMAIL)
    assert screen.page.editing.key == EMAIL
    assert screen.editor.geometry() == screen.page.column.rows.field_rect(EMAIL)
    screen.click_field(PHONE)
    assert screen.page.editing.key == PHONE


def test_typing_is_one_step_and_undo_shows_in_the_open_editor(open_page: Open) -> None:
    screen = open_page()
    before = screen.mapping
    screen.select("contact_name")
    screen.press("Return")
    screen.type("abc")
    screen.rest()
    assert len(screen.session.document.past) == 1
    assert screen.session.document.undo_label == "Name"
    screen.press("Ctrl+Z")
    assert screen.mapping == before
    assert screen.editor.expression() != "abc"
    assert screen.editor.edit.toPlainText() == ""
    screen.press("Ctrl+Shift+Z")
    assert screen.mapping["contact_name"] == "abc"
    assert screen.editor.edit.toPlainText() == "abc"


def test_undo_works_from_the_list_too(open_page: Open) -> None:
    screen = open_page()
    screen.select(TITLE)
    screen.press("Delete")
    assert TITLE not in screen.mapping
    assert screen.told == ["Title cleared"]
    screen.press("Ctrl+Z")
    assert TITLE in screen.mapping


def test_an_emptied_field_is_not_mapped_any_more(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_name")
    screen.press("Return")
    screen.editor.edit.selectAll()
    screen.press("Delete")
    assert "lead_name" not in screen.mapping
    assert screen.row("lead_name").expression is None


def test_a_variable_goes_into_the_row_that_is_edited_at_its_cursor(open_page: Open) -> None:
    screen = open_page()
    screen.select("contact_name")
    screen.press("Return")
    screen.type("a-b")
    screen.press("Left")
    variables: VariablesModel = screen.page.desk.variables
    panel = screen.page.variables
    panel.list.setFocus()
    panel.list.setCurrentIndex(variables.index(variables.row_of(("traits", "plan")), 0))
    QApplication.processEvents()
    assert screen.page.editing.key == "contact_name"
    screen.press("Return")
    screen.rest()
    assert screen.value("contact_name") == "a-businessb"
    assert screen.editor.edit.hasFocus()


def test_a_variable_goes_into_the_selected_row(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_description")
    screen.page.variables.insert_requested.emit(("traits", "source"))
    screen.rest()
    assert screen.page.editing.key == "lead_description"
    assert screen.mapping["lead_description"] == {"@path": "$.traits.source"}


def test_a_variable_can_be_dropped_on_a_row(open_page: Open) -> None:
    screen = open_page()
    rows, variables = screen.page.column.rows, screen.page.desk.variables
    data: QMimeData = variables.mimeData([variables.index(variables.row_of(("traits", "name")), 0)])
    place = QPointF(rows.field_rect("contact_name").center())
    for kind in (screen_drag, screen_drop):
        kind(rows, place, data)
    screen.rest()
    assert screen.value("contact_name") == "Maria Lopez"


def screen_drag(rows: object, place: QPointF, data: QMimeData) -> None:
    from PySide6.QtGui import QDragMoveEvent

    moved = QDragMoveEvent(
        place.toPoint(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    rows.dragMoveEvent(moved)  # type: ignore[attr-defined]
    assert moved.isAccepted()


def screen_drop(rows: object, place: QPointF, data: QMimeData) -> None:
    dropped = QDropEvent(
        place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    rows.dropEvent(dropped)  # type: ignore[attr-defined]


def test_groups_fold_with_the_keyboard_and_the_mouse(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_name")
    screen.press("Left")
    screen.press("Left")
    assert "lead_name" not in screen.shown_keys()
    screen.press("Right")
    assert "lead_name" in screen.shown_keys()
    screen.press("Space")
    assert screen.page.desk.rows.is_folded(TargetGroup.LEAD)
    rows = screen.page.column.rows
    from PySide6.QtTest import QTest

    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert "lead_name" in screen.shown_keys()


def test_a_rule_is_switched_with_space_and_says_what_off_means(open_page: Open) -> None:
    screen = open_page()
    screen.page.desk.rows.set_folded(TargetGroup.RULES, folded=False)
    key = "allow_creating_new_leads"
    screen.select(key)
    assert spoken(screen.row(key)).startswith("Create new leads, Rule, On")
    screen.press("Space")
    assert screen.mapping[key] is False
    assert screen.row(key).departs
    assert "Off, Off: an event that finds no lead" in spoken(screen.row(key))
    screen.press("Return")
    assert screen.mapping[key] is True


def test_a_rule_from_the_event_has_a_value_editor(open_page: Open) -> None:
    mapping = {**typical.MAPPING, "allow_creating_new_leads": {"@path": "$.traits.create"}}
    screen = open_page(typical.session(replace(typical.SPEC, mapping=mapping)))
    screen.page.desk.rows.set_folded(TargetGroup.RULES, folded=False)
    screen.select("allow_creating_new_leads")
    screen.press("Return")
    assert screen.editor.expression() == Variable(("traits", "create"))


def menu_of(screen: MapScreen) -> QMenu:
    menus = [menu for menu in screen.page.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def test_a_lead_status_is_chosen_by_its_name(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_status_id")
    screen.press("Alt+Down")
    menu = menu_of(screen)
    assert [action.text() for action in menu.actions()] == ["Potential", "Qualified", "Customer"]
    menu.actions()[1].trigger()
    screen.rest()
    assert screen.mapping["lead_status_id"] == "stat_qualified"
    assert screen.row("lead_status_id").named_value == "Qualified"
    assert screen.value("lead_status_id") == "Qualified"
    assert "from Qualified" in spoken(screen.row("lead_status_id"))
    menu.close()


def test_a_choice_field_offers_its_choices_as_fixed_values(open_page: Open) -> None:
    screen = open_page()
    key = f"lead_custom_fields.{typical.PLAN}"
    screen.select(key)
    screen.press("Alt+Down")
    menu = menu_of(screen)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Trial",
        "Team",
        "Business",
        "Not mapped",
    ]
    menu.actions()[0].trigger()
    screen.rest()
    assert screen.value(key) == "Trial"
    menu.close()


def test_choices_are_offered_from_within_the_editor_too(open_page: Open) -> None:
    screen = open_page()
    key = f"lead_custom_fields.{typical.PLAN}"
    screen.select(key)
    screen.press("Return")
    screen.press("Alt+Down")
    menu = menu_of(screen)
    menu.actions()[1].trigger()
    screen.rest()
    assert screen.page.editing.key == ""
    assert screen.value(key) == "Team"
    menu.close()


def lost_session() -> JsonObject:
    return {**typical.MAPPING, "lead_custom_fields": {typical.LOST: {"@path": "$.traits.industry"}}}


def test_a_field_that_is_gone_keeps_its_row_and_its_value_can_move(open_page: Open) -> None:
    spec = replace(typical.SPEC, mapping=lost_session())
    vocabulary = replace(typical.VOCABULARY, custom_fields=typical.MORE_FIELDS)
    screen = open_page(typical.session(spec, vocabulary=vocabulary))
    key = f"lead_custom_fields.{typical.LOST}"
    row = screen.row(key)
    assert row.state is RowState.ERROR
    assert "No longer exists in Close. Pick another." in [note.text for note in row.notes]
    screen.select(key)
    screen.press("Return")
    picker = screen.page.editing.editor
    assert picker is not None
    names = [picker.itemText(number) for number in range(picker.count())]  # type: ignore[attr-defined]
    assert names == ["Seats  Lead · Number", "Plan  Lead · Choice", "Industry  Lead · Text"]
    picker.activated.emit(2)  # type: ignore[attr-defined]
    screen.rest()
    assert screen.mapping["lead_custom_fields"] == {typical.INDUSTRY: {"@path": "$.traits.industry"}}
    assert screen.value(f"lead_custom_fields.{typical.INDUSTRY}") == "Design"
    assert screen.told == ["Moved to Industry"]
    screen.press("Ctrl+Z")
    assert screen.mapping == lost_session()


def test_rows_are_found_by_name_and_only_mapped_ones_can_be_shown(open_page: Open) -> None:
    screen = open_page()
    screen.select("lead_name")
    screen.press("/")
    bar = screen.page.column.filter
    assert bar.field.hasFocus()
    screen.type("email")
    assert screen.shown_keys() == [EMAIL]
    screen.press("Down")
    assert screen.page.column.rows.current_key() == EMAIL
    screen.press("Ctrl+F")
    screen.press("Escape", times=2)
    assert bar.isHidden()
    assert "lead_name" in screen.shown_keys()
    screen.press("Ctrl+F")
    bar.only_mapped.click()
    assert "contact_name" not in screen.shown_keys()
    assert TITLE in screen.shown_keys()
    screen.press("Ctrl+F")
    screen.type("nothing like that")
    assert screen.page.column.card.isHidden()
    assert screen.page.column.nothing.isVisible()


def test_the_row_being_edited_stays_although_the_filter_does_not_want_it(open_page: Open) -> None:
    screen = open_page()
    screen.page.column.filter.ask()
    screen.page.column.filter.only_mapped.setChecked(True)
    screen.select("lead_name")
    screen.press("Return")
    screen.editor.edit.selectAll()
    screen.press("Delete")
    assert screen.row("lead_name").expression is None
    assert "lead_name" in screen.shown_keys()
    assert screen.editor.edit.hasFocus()


def test_another_mapping_is_chosen_in_the_combo(open_page: Open) -> None:
    session = typical.session()
    other = replace(typical.SPEC, name="Second", mapping={"lead_name": "Fixed"}, enabled=False)
    session.set_document(session.document.step("Add", (typical.SPEC, other)))
    screen = open_page(session)
    combo = screen.page.column.bar.mapping
    assert [combo.itemText(number) for number in range(combo.count())] == ["Identify", "Second  off"]
    combo.activated.emit(1)
    screen.rest()
    assert screen.session.chosen == 1
    assert screen.value("lead_name") == "Fixed"
    assert screen.row(TITLE).expression is None


def test_the_bar_offers_the_next_step_the_way_back_and_the_history(open_page: Open) -> None:
    screen = open_page()
    heard: list[str] = []
    screen.page.done.connect(lambda: heard.append("done"))
    screen.page.back.connect(lambda: heard.append("back"))
    screen.page.history_requested.connect(lambda: heard.append("history"))
    screen.press("Ctrl+Return")
    screen.press("Alt+Left")
    history = screen.page.commands().ghost
    assert history is not None
    history.run()
    assert heard == ["done", "back", "history"]
