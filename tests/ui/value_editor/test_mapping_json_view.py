from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.json_value import JsonObject
from app.ui.theme.theme import Theme
from app.ui.value_editor.mapping_json_view import MappingJsonView

MAPPING: JsonObject = {"lead_name": {"@path": "$.traits.company.name"}, "contact_name": "Ada \U0001f600"}


class Side:
    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.view = MappingJsonView(theme)
        qtbot.addWidget(self.view)
        self.view.resize(500, 400)
        self.view.show()
        self.changes: list[JsonObject] = []
        self.view.changed.connect(self.changes.append)
        self.view.set_mapping(MAPPING)

    def put_cursor(self, before: str) -> None:
        text = self.view.text()
        cursor = self.view.box.edit.textCursor()
        cursor.setPosition(len(text[: text.index(before)].encode("utf-16-le")) // 2)
        self.view.box.edit.setTextCursor(cursor)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.view.box.edit, text)

    @property
    def rest_of_line(self) -> str:
        cursor = QTextCursor(self.view.box.edit.textCursor())
        cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()


@pytest.fixture
def side(theme: Theme, qtbot: QtBot) -> Side:
    return Side(theme, qtbot)


def test_setting_a_mapping_shows_it_and_tells_nobody(side: Side) -> None:
    assert json.loads(side.view.text()) == MAPPING
    assert side.changes == []
    assert side.view.problem() is None


def test_every_valid_text_is_told(side: Side) -> None:
    side.put_cursor('.name"')
    side.type("x")
    assert side.changes[-1]["lead_name"] == {"@path": "$.traits.companyx.name"}
    assert side.view.mapping() == side.changes[-1]


def test_the_text_survives_while_it_is_wrong_and_the_mapping_stays(side: Side) -> None:
    side.put_cursor('"contact_name"')
    side.type("x")
    assert side.changes == []
    assert side.view.mapping() == MAPPING
    problem = side.view.problem()
    assert problem is not None
    assert problem.title.startswith("Line 5, column 3")
    assert problem.excerpt.endswith("^")
    assert side.view.box.edit.extraSelections()
    assert side.view.box.edit.accessibleDescription() == problem.title
    side.view.set_mapping(dict(MAPPING))
    assert '  x"contact_name"' in side.view.text()


def test_another_mapping_from_outside_wins_over_a_text_that_is_wrong(side: Side) -> None:
    side.put_cursor('"contact_name"')
    side.type("x")
    other = {"lead_name": "Acme"}
    side.view.set_mapping(other)
    assert json.loads(side.view.text()) == other
    assert side.view.problem() is None
    assert side.changes == []


def test_the_cursor_stays_when_the_mapping_comes_back_equal(side: Side) -> None:
    side.put_cursor('.name"')
    side.type("x")
    text, rest = side.view.text(), side.rest_of_line
    side.view.set_mapping(side.changes[-1])
    assert (side.view.text(), side.rest_of_line) == (text, rest)


def test_the_cursor_stays_where_it_is_when_another_line_changes(side: Side) -> None:
    side.put_cursor('"contact_name"')
    rest = side.rest_of_line
    side.view.set_mapping({**MAPPING, "lead_name": "Acme"})
    assert side.rest_of_line == rest


def test_a_person_who_formats_the_text_differently_is_left_alone(side: Side) -> None:
    compact = json.dumps(MAPPING)
    side.view.box.edit.setPlainText(compact)
    side.view.set_mapping(MAPPING)
    assert side.view.text() == compact
    assert side.changes == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing here yet"),
        ("[]", "A mapping is an object"),
        ('{"a": {"@path": 1}}', "/a/@path"),
        ('{"a": {"@no": 1}, "b": {"@case": 1}}', "2 places"),
        ('{"a": 1, "a": 2}', "“a” is there twice"),
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": "x}', "no closing quote"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_a_mapping_is_said_in_words(side: Side, text: str, told: str) -> None:
    side.view.box.edit.setPlainText(text)
    assert told in side.view.box.edit.accessibleDescription()
    assert side.changes == []


def test_one_and_true_are_different_mappings(side: Side) -> None:
    side.view.set_mapping({"a": 1})
    side.view.set_mapping({"a": True})
    assert "true" in side.view.text()
