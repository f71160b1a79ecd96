from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import StepStatus, TraceClause, TraceStep
from app.errors import AppError
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.area_chart import AreaChart, Series
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button
from app.ui.widgets.cell import CELL_ROLE, Cell
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.diff_table import DiffTable, shortened_id, shown_value
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.funnel import Funnel, FunnelStage
from app.ui.widgets.json_tree import PATH_ROLE, JsonTree
from app.ui.widgets.tile import Tile
from app.ui.widgets.timeline import Gap, MinuteBar, Timeline, TimelineData, axis_top
from app.ui.widgets.toast import Toast
from app.ui.widgets.trace_view import TraceView
from tests.ui.pictures import colors_of, picture
from tests.ui.rendering import settle

CONTACT = RecordRef("contact", "cont_9hQabcdefgmB2", "Maria Lopez")
LEAD = RecordRef("lead", None, "Brightwave")


def change(record: RecordRef, field: str, before: object, after: object, kind: ChangeKind) -> Change:
    return Change(record, field, field.lower(), before, after, kind, "")  # type: ignore[arg-type]


def texts(model: QAbstractItemModel) -> list[list[str]]:
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_plan_is_shown_by_record_with_kind_before_and_after(qtbot: QtBot, theme: Theme) -> None:
    diff = DiffTable(theme)
    qtbot.addWidget(diff)
    plan = Plan(
        Verdict.CHANGES,
        "",
        (
            change(CONTACT, "Title", "Head", "VP", ChangeKind.SET),
            change(CONTACT, "User ID", None, "u_42", ChangeKind.SET),
            change(LEAD, "Name", None, "Brightwave", ChangeKind.CREATE),
            change(CONTACT, "Phone", "+34 1", "+34 2", ChangeKind.APPEND),
        ),
        matching=5,
    )
    diff.set_plan(plan)
    assert texts(diff.table.model()) == [
        ["Contact · Maria Lopez", "", "", ""],
        ["Change", "Title", "Head", "VP"],
        ["Add", "User ID", "empty", "u_42"],
        ["Append", "Phone", "+34 1", "and +34 2"],
        ["Lead · Brightwave", "", "", ""],
        ["Add", "Name", "empty", "Brightwave"],
        ["5 more fields already match and are not written", "", "", ""],
    ]


def test_only_the_after_cell_is_tinted(qtbot: QtBot, theme: Theme) -> None:
    diff = DiffTable(theme)
    qtbot.addWidget(diff)
    diff.set_plan(Plan(Verdict.CHANGES, "", (change(CONTACT, "Title", "a", "b", ChangeKind.SET),)))
    cells = [diff.table.model().index(1, column).data(CELL_ROLE) for column in range(4)]
    assert [cell.tint for cell in cells] == [None, None, None, Tone.WARN]


def test_the_diff_shows_all_its_rows_without_scrolling_at_any_text_size(qtbot: QtBot, theme: Theme) -> None:
    diff = DiffTable(theme)
    qtbot.addWidget(diff)
    diff.set_plan(
        Plan(Verdict.CHANGES, "", tuple(change(CONTACT, str(n), "a", "b", ChangeKind.SET) for n in range(9)))
    )
    diff.show()
    for scale in (1.0, 2.0):
        theme.set_text_scale(scale)
        settle(diff)
        table = diff.table
        rows = sum(table.rowHeight(row) for row in range(table.model().rowCount()))
        assert table.viewport().height() >= rows


def test_values_are_shown_as_people_write_them() -> None:
    assert shown_value("") == shown_value(None) == "empty"
    assert shown_value(["a", "b"]) == "a, b"
    assert shown_value(12) == "12"
    assert shown_value({"a": 1}) == '{"a": 1}'
    assert shortened_id("cont_9hQabcdefgmB2") == "cont_9hQ…mB2"


def test_a_table_speaks_its_cells_and_follows_the_text_size(qtbot: QtBot, theme: Theme) -> None:
    columns = (Column("Time", 84), Column("Who"))
    table = DataTable(theme, "Events", columns)
    qtbot.addWidget(table)
    model = CellTableModel(columns, table)
    model.set_rows([(Cell("10:44"), Cell("Maria", sub="identify"))])
    table.setModel(model)
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Maria, identify"
    small = table.verticalHeader().defaultSectionSize()
    assert small >= 32
    theme.set_text_scale(2.0)
    assert table.verticalHeader().defaultSectionSize() > small
    assert table.columnWidth(0) == theme.px(84)


def test_group_rows_cannot_be_selected(qtbot: QtBot, theme: Theme) -> None:
    model = CellTableModel((Column("A"), Column("B")))
    model.set_rows([(Cell("Lead", group=True),), (Cell("x"), Cell("y"))])
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsSelectable
    assert model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsSelectable


def test_the_trace_tells_each_step_and_each_clause(qtbot: QtBot, theme: Theme) -> None:
    view = TraceView(theme)
    qtbot.addWidget(view)
    clause = TraceClause("type is group", "identify", passed=False)
    view.set_steps(
        (TraceStep("Not matched", StepStatus.SKIPPED, clauses=(clause,)),), ("Not sent", "dry run")
    )
    names = [child.accessibleName() for child in view.findChildren(QWidget) if child.accessibleName()]
    assert names == ["Skipped: Not matched", "type is group: not passed", "Done: Not sent"]


def test_a_new_trace_replaces_the_old_one(qtbot: QtBot, theme: Theme) -> None:
    view = TraceView(theme)
    qtbot.addWidget(view)
    view.show()
    view.set_steps((TraceStep("Old", StepStatus.OK), TraceStep("Older", StepStatus.OK)))
    settle(view)
    view.set_steps((TraceStep("New", StepStatus.FAILED),))
    settle(view)
    names = [child.accessibleName() for child in view.findChildren(QWidget) if child.accessibleName()]
    assert names == ["Failed: New"]


def test_an_error_block_tells_what_why_and_what_to_do_and_copies_the_details(
    qtbot: QtBot, theme: Theme
) -> None:
    error = AppError(
        "CLOSE-KEY-REFUSED", "Close refused this key", cause="Revoked.", remedy="Paste another.", detail="401"
    )
    block = ErrorBlock(theme, error, [Button(theme, "Paste")])
    qtbot.addWidget(block)
    block.show()
    assert block.accessibleName() == "Close refused this key"
    assert block.accessibleDescription() == "Revoked. Paste another."
    assert not block.details.open
    with qtbot.waitSignal(block.details_toggled):
        block.details.fold.click()
    assert block.details.open
    block.details.copy_button.click()
    assert QGuiApplication.clipboard().text().splitlines() == [
        "CLOSE-KEY-REFUSED",
        "Close refused this key",
        "Revoked.",
        "Paste another.",
        "401",
    ]


def test_a_banner_changes_as_a_whole(qtbot: QtBot, theme: Theme) -> None:
    banner = Banner(theme, Tone.INFO, "Checking")
    qtbot.addWidget(banner)
    banner.set(Tone.ERROR, "Port 8787 is in use", "Another program listens there.")
    assert (banner.tone, banner.accessibleName()) == (Tone.ERROR, "Port 8787 is in use")


def test_json_is_coloured_and_plain_text_is_not(qtbot: QtBot, theme: Theme) -> None:
    box = CodeBox(theme, name="Payload")
    qtbot.addWidget(box)
    box.edit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    box.set_json({"name": "Brightwave", "seats": 12})
    assert box.text().splitlines()[1] == '  "name": "Brightwave",'
    formats = box.edit.document().begin().next().layout().formats()
    colors = {each.format.foreground().color().name().upper() for each in formats}
    assert {theme.tokens.accent, theme.tokens.ok} <= colors


def test_a_json_tree_gives_the_path_of_a_member(qtbot: QtBot, theme: Theme) -> None:
    tree = JsonTree(theme, "Event")
    qtbot.addWidget(tree)
    tree.set_value({"traits": {"company": {"id": "co_1"}, "tags": ["a", "b"]}, "type": "identify"})
    model = tree.model()
    traits = model.index(0, 0)
    company = model.index(0, 0, traits)
    tags = model.index(1, 0, traits)
    assert model.index(0, 0, company).data(PATH_ROLE) == "traits.company.id"
    assert model.index(1, 1, tags).data(PATH_ROLE) == "traits.tags[1]"
    assert model.parent(model.index(0, 0, company)) == company
    assert model.index(1, 1).data() == '"identify"'


def test_gaps_are_hatched_and_never_a_zero_bar(qtbot: QtBot, theme: Theme) -> None:
    timeline = Timeline(theme, "Events per minute")
    qtbot.addWidget(timeline)
    timeline.resize(600, 200)
    bars = tuple(MinuteBar(4, 3, 1) for _ in range(60))
    timeline.set_data(TimelineData(bars, (Gap(20, 30, "Asleep\n10 min"),), ((0, "09:45"),)))
    counted = colors_of(picture(timeline))
    tokens = theme.tokens
    for color in (tokens.skip, tokens.accent, tokens.error, tokens.warn_bg):
        assert counted[color] > 50
    assert timeline.accessibleDescription() == "480 events, 60 failed, 1 gaps"


def test_the_axis_ends_on_a_round_number_above_the_highest_bar() -> None:
    assert [axis_top(value) for value in (0, 3, 38, 40, 41, 99, 284)] == [2, 4, 40, 40, 60, 100, 400]


def test_charts_say_their_figures(qtbot: QtBot, theme: Theme) -> None:
    chart = AreaChart(theme, "Events")
    funnel = Funnel(theme)
    for widget in (chart, funnel):
        qtbot.addWidget(widget)
    chart.set_series((Series("Received", (1, 5, 3)),), ((0, "11:00"),))
    funnel.set_stages((FunnelStage("Received", 12_840, "−1,204 dropped"), FunnelStage("Delivered", 0)))
    assert chart.accessibleDescription() == "Received: highest 5, now 3"
    names = [child.accessibleName() for child in funnel.findChildren(QWidget) if child.accessibleName()]
    assert names == ["Received: 12,840", "Delivered: 0"]
    assert len(colors_of(picture(chart))) > 20


def test_a_tile_turns_red_only_when_it_needs_a_person(qtbot: QtBot, theme: Theme) -> None:
    tile = Tile(theme, "Needs you", "0")
    qtbot.addWidget(tile)
    assert colors_of(picture(tile))[theme.tokens.error] == 0
    tile.set("2", "2 would fail", needs_person=True)
    assert colors_of(picture(tile))[theme.tokens.error] > 4
    assert tile.accessibleName() == "Needs you: 2"


def test_a_check_list_says_what_is_proven(qtbot: QtBot, theme: Theme) -> None:
    lines = CheckList(theme, ruled=True)
    qtbot.addWidget(lines)
    lines.set_lines((CheckLine(CheckState.PROVEN, "Reachable"), CheckLine(CheckState.OPEN, "First event")))
    names = [child.accessibleName() for child in lines.findChildren(QWidget) if child.accessibleName()]
    assert names == ["Proven: Reachable", "Not yet proven: First event"]


def test_undo_in_a_toast_runs_once(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    toast = Toast(theme, host)
    undone: list[str] = []
    toast.show_text("Mapping deleted", lambda: undone.append("mapping"))
    assert host.rect().contains(toast.geometry())
    toast.undo_button.click()
    assert undone == ["mapping"]
    assert toast.isHidden()


def test_trouble_waits_until_somebody_is_there_and_leads_to_its_cause(qtbot: QtBot, theme: Theme) -> None:
    host, elsewhere = QWidget(), QWidget()
    for window in (host, elsewhere):
        qtbot.addWidget(window)
        # Else the first button of the toast would have it.
        QLineEdit(window).setFocus()
        window.resize(800, 600)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
    toast = Toast(theme, host)
    opened: list[str] = []
    toast.show_trouble("The relay has stopped", lambda: opened.append("relay"))
    toast._timer.timeout.emit()
    assert not toast.isHidden()
    toast._timer.stop()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    assert toast._timer.isActive()
    toast._timer.timeout.emit()
    assert toast.isHidden()
    toast.show_trouble("The relay has stopped", lambda: opened.append("relay"))
    assert toast.undo_button.isHidden()
    toast.open_button.click()
    assert opened == ["relay"]
    assert toast.isHidden()


def test_a_toast_goes_away_by_itself(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    toast = Toast(theme, host)
    toast.show_text("Saved")
    assert toast.undo_button.isHidden()
    toast._timer.timeout.emit()
    assert toast.isHidden()
