from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.json_value import JsonObject
from app.segment.event_variables import EventVariable, collect
from app.segment.value_expression import Variable
from app.ui.mapping.variables_model import VariableRole, VariablesModel, presence
from app.ui.mapping.variables_panel import VariablesPanel
from app.ui.theme.theme import Theme
from app.ui.value_editor.row_clipboard import items_from

ODD = {"a.b": 1, "c/d": 2, 'say "hi"': 3, " spaced ": 4, "$price": 5, "🎉": 6, "it's": 7, "x[0]": 8}


def model_of(*bodies: JsonObject) -> VariablesModel:
    model = VariablesModel()
    model.set_variables(collect(bodies))
    return model


def labels(model: VariablesModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_leaves_are_listed_and_objects_only_when_somebody_looks_for_them() -> None:
    model = model_of({"userId": "u", "traits": {"company": {"id": "c"}}})
    assert labels(model) == ["userId", "traits.company.id"]
    assert model.total == 2
    model.set_filter("company")
    assert labels(model) == ["traits.company", "traits.company.id"]


def test_the_filter_looks_at_names_and_values_for_every_word() -> None:
    model = model_of({"userId": "u_42", "traits": {"title": "VP Growth", "team": "Growth"}})
    model.set_filter("growth VP")
    assert labels(model) == ["traits.title"]
    model.set_filter("U_42")
    assert labels(model) == ["userId"]
    model.set_filter("")
    assert model.rowCount() == 3


@pytest.mark.parametrize(
    ("present", "total", "shown"),
    [(200, 200, "100 %"), (199, 200, "99 %"), (1, 1000, "1 %"), (81, 100, "81 %"), (0, 0, "")],
)
def test_all_and_nothing_are_only_said_when_they_are_exact(present: int, total: int, shown: str) -> None:
    variable = EventVariable(("a",), "a", 1, present, total, frozenset(), is_object=False)
    assert presence(variable).replace("\u00a0", " ") == shown


def test_a_row_is_read_aloud_with_value_share_and_use() -> None:
    model = model_of({"traits": {"title": "VP  Growth\n"}})
    model.set_used({("traits", "title")})
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "traits.title, VP Growth, in 100\u00a0% of events, used"
    )
    assert model.index(0, 0).data(VariableRole.USED) is True


def test_any_property_name_can_be_dragged() -> None:
    model = model_of({"traits": ODD})
    dragged = set()
    for row in range(model.rowCount()):
        items = items_from(model.mimeData([model.index(row, 0)]))
        assert len(items) == 1
        assert isinstance(items[0], Variable)
        dragged.add(items[0].keys)
    assert dragged == {("traits", key) for key in ODD}


def test_enter_in_the_filter_takes_the_first_match(qtbot: QtBot, theme: Theme) -> None:
    model = model_of({"userId": "u", "traits": {"title": "VP", "plan": "x"}})
    panel = VariablesPanel(theme, model)
    qtbot.addWidget(panel)
    chosen: list[tuple[str, ...]] = []
    panel.insert_requested.connect(chosen.append)
    panel.show()
    QTest.keyClicks(panel.filter, "plan")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert chosen == [("traits", "plan")]
    assert panel.count.text() == "1 / 3"


def test_down_goes_from_the_filter_into_the_list(qtbot: QtBot, theme: Theme) -> None:
    panel = VariablesPanel(theme, model_of({"userId": "u", "traits": {"title": "VP"}}))
    qtbot.addWidget(panel)
    chosen: list[tuple[str, ...]] = []
    panel.insert_requested.connect(chosen.append)
    panel.show()
    panel.activateWindow()
    QApplication.processEvents()
    panel.filter.setFocus()
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    assert panel.list.hasFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert chosen == [("traits", "title")]


def test_twenty_thousand_variables_are_filtered_to_the_one_looked_for(qtbot: QtBot, theme: Theme) -> None:
    body: JsonObject = {"properties": {f"property {number}": number for number in range(25_000)}}
    panel = VariablesPanel(theme, model_of(body))
    qtbot.addWidget(panel)
    panel.show()
    # The object that holds them takes one of the 20 000 places.
    assert panel.count.text() == "19,999"
    panel.filter.setText("property 1234")
    QTest.keyClicks(panel.filter, "5")
    chosen = panel.list.currentIndex().data(VariableRole.VARIABLE)
    assert chosen.keys == ("properties", "property 12345")
    panel.filter.setText("nothing like it")
    assert panel.list.isHidden()
