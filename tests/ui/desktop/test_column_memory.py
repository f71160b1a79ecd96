"""Widths of columns that a person has dragged outlast new rows and the run of the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assembly import Assistant
from app.storage.window_settings import WindowSettings, WindowSettingsStore
from app.ui.assistant_window import AssistantWindow
from app.ui.desktop.presence import DesktopPresence
from app.ui.theme.column_widths import LEAST, MOST, ColumnWidths
from app.ui.theme.theme import Theme
from app.ui.widgets.cell import Cell
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.workflows.demo import DemoSession
from tests.ui.test_assistant_window import Opened, save_finished

KEY = "columns of a test"


@pytest.fixture
def theme(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Theme:
    monkeypatch.setattr(theme, "column_widths", ColumnWidths())
    return theme


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    with DemoSession() as demo:
        assistant = Assistant.for_demo(demo)
        save_finished(assistant)
        yield assistant


def shown(qtbot: QtBot, theme: Theme, key: str = KEY) -> DataTable:
    columns = (Column("When", 140), Column("State", 120), Column("What"))
    table = DataTable(theme, "Replays", columns, key=key)
    qtbot.addWidget(table)
    table.setModel(CellTableModel(columns, table))
    fill(table)
    table.resize(700, 200)
    with qtbot.waitExposed(table):
        table.show()
    return table


def fill(table: DataTable) -> None:
    model = table.model()
    assert isinstance(model, CellTableModel)
    model.set_rows([(Cell("10:32"), Cell("done"), Cell("12 events"))])


def drag(table: DataTable, column: int, by: int) -> None:
    """The right edge of a column, with the mouse."""
    header = table.horizontalHeader()
    edge = QPoint(
        header.sectionViewportPosition(column) + header.sectionSize(column) - 1, header.height() // 2
    )
    target, left = header.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseMove(target, edge)
    QTest.mousePress(target, left, pos=edge)
    QTest.mouseMove(target, edge + QPoint(by // 2, 0))
    QTest.mouseMove(target, edge + QPoint(by, 0))
    QTest.mouseRelease(target, left, pos=edge + QPoint(by, 0))


def test_a_dragged_width_outlasts_new_rows_and_stands_in_the_next_table(qtbot: QtBot, theme: Theme) -> None:
    table = shown(qtbot, theme)
    usual = table.columnWidth(1)
    before = table.columnWidth(0)
    drag(table, 0, 60)
    wider = table.columnWidth(0)
    assert wider > before + 40
    fill(table)
    assert abs(table.columnWidth(0) - wider) <= 1
    assert abs(shown(qtbot, theme).columnWidth(0) - wider) <= 1
    assert table.columnWidth(1) == usual
    assert shown(qtbot, theme, "another").columnWidth(0) == before


def test_a_table_that_nobody_touched_keeps_nothing(qtbot: QtBot, theme: Theme) -> None:
    table = shown(qtbot, theme)
    drag(table, 0, 0)
    table.resize(500, 200)
    assert theme.column_widths.kept == {}


def test_widths_that_fit_no_longer_are_left_alone() -> None:
    widths = ColumnWidths()
    widths.remember({"a": (99_999, 3, 0), "b": (100,)})
    assert [widths.width("a", number, 3) for number in range(3)] == [MOST, LEAST, 0]
    assert widths.width("a", 0, 4) == 0
    assert widths.width("c", 0, 1) == 0
    widths.keep("b", (120,))
    widths.remember({"b": (100,)})
    assert widths.width("b", 0, 1) == 120


def test_a_file_with_strange_widths_costs_those_only(tmp_path: Path) -> None:
    (tmp_path / "window.json").write_text('{"columns": {"a": [1, "x"], "b": 3, "c": [90, 0]}}')
    assert WindowSettingsStore(tmp_path / "window.json").load().columns == {"c": (90, 0)}


def test_widths_come_back_with_the_next_window(
    qapp: QApplication, theme: Theme, assistant: Assistant, tmp_path: Path
) -> None:
    store = WindowSettingsStore(tmp_path / "window.json")
    store.save(WindowSettings(columns={"of another page": (70, 0)}))

    async def scenario(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        theme.column_widths.keep(KEY, (210, 120, 0))

    Opened(qapp, theme, assistant)(scenario)
    assert store.load().columns == {"of another page": (70, 0), KEY: (210, 120, 0)}
