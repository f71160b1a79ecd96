"""What stands around the rows: preview, JSON, suggestions, coverage, Close's fields, narrow windows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QWidget

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import EventReport, MappingResult, Outcome
from app.close.records import CustomField
from app.errors import AppError
from app.json_value import JsonObject
from app.segment.event_variables import EventVariable
from app.segment.value_expression import Text
from app.storage.profile import MappingSpec
from app.ui.mapping.map_header import FIELDS, JSON, VARIABLES
from app.ui.mapping.rows import RowState
from app.ui.widgets.labels import Label
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.coverage import CoverageState
from app.workflows.mapping_editor.field_types import CreatedField, map_variable
from app.workflows.samples import Sample
from tests.conditions import until
from tests.ui.mapping import typical
from tests.ui.mapping.conftest import MapScreen

Open = Callable[..., MapScreen]
TITLE = "contact_title"
ODD = {
    "a.b": "1",
    "c/d": "2",
    'say "hi"': "3",
    " spaced ": "4",
    "$price": "5",
    "🎉": "6",
    "it's": "7",
    "x[0]": "8",
}


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label) if label.isVisibleTo(widget)]


# Preview --------------------------------------------------------------------------------------


def test_the_preview_says_what_the_event_gives_and_nothing_about_close(open_page: Open) -> None:
    screen = open_page()
    preview = screen.page.preview
    assert "9 fields get a value." in preview.headline.text()
    payload = json.loads(preview.payload.text())
    assert payload["contact_title"] == "VP Growth"
    assert payload["lead_custom_fields"][typical.SEATS] == 12
    assert preview.took.text().startswith("Updated as you type, ")
    assert preview.compare_button.isHidden()


def test_another_event_gives_other_values(open_page: Open) -> None:
    screen = open_page()
    combo = screen.page.preview.sample
    assert combo.itemText(0).startswith("Maria Lopez  ")
    combo.activated.emit(3)
    screen.rest()
    assert screen.session.sample == typical.events(4)[3]
    assert screen.value("contact_external_id") == "u_1003"


def test_problems_of_values_and_of_the_mapping_are_named_with_their_place(open_page: Open) -> None:
    mapping = {**typical.MAPPING, TITLE: {"@liquid": "{% if %}"}, "contact_name": {"@path": "$.traits"}}
    screen = open_page(typical.session(replace(typical.SPEC, mapping=mapping)))
    said = " ".join(texts(screen.page.preview))
    assert "/contact_title/@liquid: expected" in said
    assert "Contact Name must be text but it is an object." in said
    assert screen.row(TITLE).state is RowState.ERROR
    assert screen.row("lead_name").state is RowState.OK
    assert "would be delivered" in screen.page.column.banner.accessibleName()


def test_without_events_the_page_says_so_and_leads_to_them(open_page: Open) -> None:
    screen = open_page(typical.session(samples=()))
    wanted: list[bool] = []
    screen.page.samples_requested.connect(lambda: wanted.append(True))
    assert screen.row(TITLE).result.state is RowState.PENDING
    screen.click(screen.page.preview.collect_button)
    assert wanted == [True]
    screen.session.set_events(typical.events(3))
    screen.session.set_sample(typical.events(1)[0])
    screen.rest()
    assert screen.value(TITLE) == "VP Growth"
    assert screen.page.preview.collect_button.isHidden()


def test_a_mapping_of_an_unknown_action_says_so_instead_of_rows(open_page: Open) -> None:
    screen = open_page(typical.session(replace(typical.SPEC, action="somethingElse")))
    assert "There is no action “somethingElse”." in screen.page.column.banner.accessibleName()
    assert screen.shown_keys() == []
    screen.session.set_document(screen.session.document.step("Repair", (typical.SPEC,)))
    screen.rest()
    assert screen.page.column.banner.isHidden()
    assert screen.value(TITLE) == "VP Growth"


def test_events_that_came_while_another_page_was_shown_are_listed_on_return(open_page: Open) -> None:
    screen = open_page(typical.session(samples=()))
    screen.page.left()
    screen.session.set_events(typical.events(3))
    screen.rest()
    assert screen.page.desk.variables.total == 0
    screen.page.activated()
    screen.page.left()
    screen.page.activated()
    screen.rest()
    assert screen.page.desk.variables.total > 0


def test_a_catastrophic_template_is_answered_with_an_error(open_page: Open) -> None:
    endless = "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}"
    screen = open_page()
    screen.page.desk.set_expression("lead_description", typical_liquid(endless))
    screen.rest()
    assert screen.row("lead_description").state is RowState.ERROR
    assert screen.value(TITLE) == "VP Growth"


def typical_liquid(source: str) -> Any:
    from app.segment.value_expression import Liquid

    return Liquid(source)


def report() -> EventReport:
    contact = RecordRef("contact", "cont_9hQ2", "Maria Lopez")
    changes = (
        Change(contact, "Title", "title", "Head of Growth", "VP Growth", ChangeKind.SET, ""),
        Change(contact, "Phone", "phones", [], "+34 612 555 018", ChangeKind.APPEND, ""),
    )
    plan = Plan(Verdict.CHANGES, "", changes, matching=5)
    return EventReport(
        Outcome.WOULD_CHANGE, "", (MappingResult("Identify", Outcome.WOULD_CHANGE, "", (), plan=plan),)
    )


async def test_comparing_with_close_shows_what_would_change(open_page: Open) -> None:
    asked: list[tuple[MappingSpec, Sample]] = []

    async def compare(spec: MappingSpec, sample: Sample) -> EventReport:
        asked.append((spec, sample))
        return report()

    screen = open_page(compare=compare)
    screen.click(screen.page.preview.compare_button)
    await until(
        lambda: (QApplication.processEvents(), "No new records" in screen.page.preview.headline.text())[1]
    )
    said = " ".join(texts(screen.page.preview))
    assert "Head of Growth → VP Growth" in said
    assert "and +34 612 555 018" in said
    assert "5 fields already match" in said
    assert asked == [(screen.session.spec, screen.session.sample)]


async def test_a_comparison_of_what_has_changed_meanwhile_is_not_shown(open_page: Open) -> None:
    go_on = asyncio.Event()

    async def compare(_spec: MappingSpec, _sample: Sample) -> EventReport:
        await go_on.wait()
        return report()

    screen = open_page(compare=compare)
    screen.click(screen.page.preview.compare_button)
    screen.page.desk.set_expression("lead_description", Text("new"))
    screen.rest()
    go_on.set()
    await until(lambda: (QApplication.processEvents(), not screen.page.comparing.busy)[1])
    assert "10 fields get a value." in screen.page.preview.headline.text()


# JSON -----------------------------------------------------------------------------------------


def test_json_and_rows_are_the_same_mapping(open_page: Open) -> None:
    screen = open_page()
    screen.page.map_header.choose(JSON)
    box = screen.page.json.view.box
    assert json.loads(box.text()) == screen.mapping
    changed = {**screen.mapping, "lead_name": "From JSON"}
    box.edit.setPlainText(json.dumps(changed))
    screen.rest()
    assert screen.value("lead_name") == "From JSON"
    assert screen.session.document.undo_label == "JSON"
    screen.page.desk.set_expression("lead_name", Text("From rows"))
    assert json.loads(box.text())["lead_name"] == "From rows"
    screen.session.undo()
    screen.session.undo()
    assert json.loads(box.text()) == typical.MAPPING


def test_json_that_is_no_mapping_changes_nothing(open_page: Open) -> None:
    screen = open_page()
    screen.page.map_header.choose(JSON)
    screen.page.json.view.box.edit.setPlainText('{"lead_name": ')
    screen.rest()
    assert screen.mapping == typical.MAPPING
    assert screen.page.json.view.problem() is not None


# Suggestions ----------------------------------------------------------------------------------


def suggestions(screen: MapScreen) -> Any:
    screen.click(screen.page.column.bar.suggest_button)
    screen.until(lambda: screen.page.reviews.suggestions_dialog, "suggestions")
    return screen.page.reviews.suggestions_dialog


def test_suggestions_are_taken_over_in_one_step(open_page: Open) -> None:
    spec = replace(typical.SPEC, mapping={"lead_name": "Mine"})
    screen = open_page(typical.session(spec))
    dialog = suggestions(screen)
    wanted = {one.key: one for one in dialog.model.ticked()}
    assert TITLE in wanted
    assert "lead_name" not in wanted
    assert dialog.table.hasFocus()
    first = dialog.model.index(0, 0)
    assert first.data(Qt.ItemDataRole.AccessibleTextRole).startswith("ticked, ")
    screen.click(dialog.apply_button)
    screen.rest()
    assert screen.mapping["lead_name"] == "Mine"
    assert screen.value(TITLE) == "VP Growth"
    assert screen.told == [f"{len(wanted)} fields mapped"]
    screen.session.undo()
    assert screen.mapping == {"lead_name": "Mine"}


def test_a_suggestion_is_unticked_with_space(open_page: Open) -> None:
    screen = open_page(typical.session(replace(typical.SPEC, mapping={})))
    dialog = suggestions(screen)
    before = dialog.model.ticked()
    screen.press("Space")
    assert dialog.model.ticked() == before[1:]
    assert dialog.model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    dialog.reject()
    assert screen.mapping == {}


def test_when_nothing_can_be_suggested_it_is_said(open_page: Open) -> None:
    screen = open_page(typical.session(samples=()))
    screen.click(screen.page.column.bar.suggest_button)
    screen.until(lambda: screen.told)
    assert screen.told[0].startswith("No suggestions")


# Coverage -------------------------------------------------------------------------------------


def coverage_of(screen: MapScreen) -> Any:
    screen.click(screen.page.column.bar.new_button)
    assert screen.page.reviews.coverage_dialog is not None
    return screen.page.reviews.coverage_dialog


def test_the_strip_counts_what_is_mapped_ignored_and_new(open_page: Open) -> None:
    screen = open_page()
    bar = screen.page.column.bar
    assert bar.coverage.accessibleName() == "9 of 19 mapped · 7 ignored"
    assert bar.new_button.text() == "3 new"


def test_a_new_variable_is_ignored_and_noticed_again(open_page: Open) -> None:
    screen = open_page()
    dialog = coverage_of(screen)
    assert dialog.variable.label == "traits.industry"
    screen.click(dialog.ignore_button)
    screen.rest()
    assert screen.session.spec is not None
    assert "traits.industry" in screen.session.spec.ignored
    assert dialog.variable.label == "traits.logins"
    assert screen.page.column.bar.new_button.text() == "2 new"
    dialog.states.button(CoverageState.IGNORED).click()
    assert dialog.variable.label == "traits.avatar"
    screen.click(dialog.notice_button)
    assert "traits.avatar" not in screen.session.spec.ignored
    dialog.close()


def test_a_new_variable_is_mapped_to_a_field_there_is(open_page: Open) -> None:
    screen = open_page()
    dialog = coverage_of(screen)
    screen.click(dialog.map_button)
    assert dialog.target.error == "Pick a field first."
    dialog.target.combo.choose("lead_description")
    screen.click(dialog.map_button)
    assert screen.mapping["lead_description"] == {"@path": "$.traits.industry"}
    dialog.close()


async def test_a_field_is_created_in_close_and_mapped_in_one_step(open_page: Open) -> None:
    wished: list[NewField] = []

    async def create(spec: MappingSpec, wanted: NewField, variable: EventVariable) -> CreatedField:
        wished.append(wanted)
        made = CustomField("cf_new", wanted.name, wanted.type, wanted.object_type, choices=wanted.choices)
        return CreatedField(made, map_variable(spec, made, variable))

    screen = open_page(create_field=create)
    dialog = coverage_of(screen)
    assert dialog.form.type.combo.current_key() == "choices"
    dialog.form.type.combo.choose("text")
    dialog.form.type.chosen.emit("text")
    screen.click(dialog.create_button)
    await until(lambda: (QApplication.processEvents(), screen.told)[1])
    screen.rest()
    assert [(one.name, one.type, one.object_type) for one in wished] == [("Industry", "text", "lead")]
    assert screen.mapping["lead_custom_fields"]["cf_new"] == {"@path": "$.traits.industry"}
    assert screen.value("lead_custom_fields.cf_new") == "Design"
    assert screen.told == ["“Industry” is in Close now and mapped"]
    dialog.close()


async def test_a_field_that_close_refuses_is_told_in_the_dialog(open_page: Open) -> None:
    async def create(*_: object) -> CreatedField:
        raise AppError("FIELD-QUOTA", "Close takes no more fields.", remedy="Map to a field there is.")

    screen = open_page(create_field=create)
    dialog = coverage_of(screen)
    before = screen.mapping
    screen.click(dialog.create_button)
    await until(
        lambda: (QApplication.processEvents(), "Close takes no more fields." in str(texts(dialog)))[1]
    )
    assert screen.mapping == before
    dialog.close()


# Close's fields -------------------------------------------------------------------------------


async def test_f5_reads_the_fields_from_close_again(open_page: Open) -> None:
    async def read() -> CloseVocabulary:
        return replace(typical.VOCABULARY, custom_fields=typical.MORE_FIELDS)

    screen = open_page(read_fields=read)
    screen.select(TITLE)
    screen.press("F5")
    await until(lambda: (QApplication.processEvents(), len(screen.session.vocabulary.custom_fields) == 6)[1])
    screen.rest()
    assert f"lead_custom_fields.{typical.INDUSTRY}" in screen.shown_keys()
    assert screen.page.column.rows.current_key() == TITLE


async def test_fields_that_cannot_be_read_leave_the_known_ones(open_page: Open) -> None:
    async def read() -> CloseVocabulary:
        raise AppError("CLOSE-UNREACHABLE", "Close cannot be reached.", remedy="Try again.")

    screen = open_page(read_fields=read)
    screen.click(screen.page.map_header.refresh_button)
    await until(lambda: (QApplication.processEvents(), screen.page.column.slot.error is not None)[1])
    assert screen.said[-1] == "Close cannot be reached."
    assert f"lead_custom_fields.{typical.SEATS}" in screen.shown_keys()


# Narrow windows, names, large events ----------------------------------------------------------


def test_in_a_narrow_window_the_variables_are_a_view(open_page: Open, theme: Any) -> None:
    screen = open_page()
    header = screen.page.map_header
    assert header.views.button(VARIABLES).isHidden()
    screen.window.resize(880, 600)
    QApplication.processEvents()
    assert header.views.button(VARIABLES).isVisible()
    assert not screen.page.variables.isVisible()
    screen.select("lead_description")
    header.choose(VARIABLES)
    QApplication.processEvents()
    assert screen.page.variables.isVisible()
    screen.page.variables.filter.setFocus()
    screen.type("traits.source")
    screen.press("Return")
    screen.rest()
    assert header.views.current() == FIELDS
    assert screen.mapping["lead_description"] == {"@path": "$.traits.source"}
    screen.window.resize(1400, 900)
    QApplication.processEvents()
    assert screen.page.variables.isVisible()
    assert screen.page.variables.width() == screen.page.variables.column_width()


def test_any_property_name_gives_its_value(open_page: Open) -> None:
    body: JsonObject = {"type": "identify", "userId": "u_1", "traits": ODD}
    screen = open_page(typical.session(samples=(typical.sample(body),)))
    for name, value in ODD.items():
        screen.page.editing.insert("lead_name", ("traits", name))
        screen.editor.edit.selectAll()
        screen.press("Delete")
        screen.page.editing.insert("lead_name", ("traits", name))
        screen.rest()
        assert screen.value("lead_name") == value, name


def test_an_event_with_five_thousand_properties_can_be_mapped(open_page: Open) -> None:
    body: JsonObject = {
        "type": "track",
        "event": "Big",
        "userId": "u_1",
        "properties": {f"property {number}.x": number for number in range(5_000)},
    }
    screen = open_page(typical.session(samples=(typical.sample(body),)))
    assert screen.page.desk.variables.total == 5_003
    screen.page.editing.insert("lead_description", ("properties", "property 4321.x"))
    screen.rest()
    assert screen.value("lead_description") == "4321"


def test_every_control_has_a_name_and_can_be_reached_with_tab(open_page: Open) -> None:
    async def read() -> CloseVocabulary:
        return typical.VOCABULARY

    async def compare(*_: object) -> EventReport:
        return report()

    screen = open_page(read_fields=read, compare=compare)
    screen.page.column.filter.show()
    wanted = set()
    for control in screen.window.findChildren(QWidget):
        kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)
        inner = control.__class__.__name__.startswith("Q")
        if not isinstance(control, kinds) or inner or not control.isVisible():
            continue
        named = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        assert named, control
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
            wanted.add(control)
    screen.page.column.rows.setFocus()
    reached = set()
    for _ in range(3 * len(wanted)):
        screen.press("Tab")
        reached.add(QApplication.focusWidget())
    missing = [control for control in wanted if control not in reached and control.focusProxy() is None]
    assert not missing
