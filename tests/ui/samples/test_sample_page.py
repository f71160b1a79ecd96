"""Collecting events, as a person at the window does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from app.storage.profile import Profile
from app.storage.sample_store import SampleStore
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.recorder import RecordPhase, RecordState
from app.ui.samples.ways_in import BUILT_IN, FILE, PASTE, RECORD
from app.ui.setup.sample_page import SamplePage
from app.ui.theme.theme import Theme
from app.workflows.samples import Origin, Sample, collected
from app.workflows.setup import SetupFlow, SetupState, Step
from tests.ui.scenes.sample_scenes import HandRecorder, people
from tests.ui.setup.actors import MemoryClose, flow_with
from tests.ui.setup.conftest import Screen

PASTED = '{"type": "identify", "userId": "u_42", "traits": {"email": "maria@brightwave.io"}}'


class Desk:
    """The page in its window with a real flow, and a recorder that does as it is told."""

    def __init__(
        self, screen: Screen, theme: Theme, folder: Path, *, samples: list[Sample] | None = None, **more: Any
    ) -> None:
        profile = Profile("0" * 32, "default")
        self.screen = screen
        self.flow: SetupFlow = flow_with(
            MemoryClose(), SetupState(profile, Step.SAMPLE, sample=more.pop("sample", None)), folder=folder
        )
        self.recorder = HandRecorder()
        self.events = more.pop("collection", None) or CollectedEvents(None, screen.unexpected.append)
        if samples:
            self.events.add(samples)
        self.page = SamplePage(
            theme, self.flow, screen.unexpected.append, collection=self.events, recorder=self.recorder
        )
        self.toasts: list[tuple[str, Any]] = []
        self.page.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        screen.show(self.page)

    @property
    def names(self) -> list[str]:
        model = self.page.list.table.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    @property
    def own(self) -> list[str]:
        return [one.name for one in self.events.collection.own]

    async def ready(self) -> None:
        """Shortcuts work in the active window only."""
        self.screen.window.activateWindow()
        await self.screen.until(self.screen.window.isActiveWindow, "the window to be active")

    async def idle(self) -> None:
        await self.screen.until(lambda: not self.page.busy, "the reading to end")

    async def paste(self, text: str) -> None:
        """Ctrl+V while the list has the keyboard."""
        await self.ready()
        QApplication.clipboard().setText(text)
        self.page.list.table.setFocus()
        self.screen.press("Ctrl+V", self.page.list.table)
        await self.idle()


@pytest.fixture
async def desk(screen: Screen, theme: Theme, tmp_path: Path) -> Desk:
    desk = Desk(screen, theme, tmp_path)
    await desk.ready()
    return desk


async def test_a_built_in_event_is_chosen_with_the_keyboard(desk: Desk) -> None:
    first = desk.page.view.body_text()
    desk.screen.press("Down", desk.page.list.table)
    assert desk.page.view.body_text() != first
    chosen = desk.page.list.current()
    desk.screen.press("Ctrl+Return")
    assert desk.flow.state.sample == chosen == desk.events.sample
    assert desk.flow.state.step is Step.MAPPING


async def test_the_filter_leaves_only_what_matches(desk: Desk) -> None:
    desk.screen.press("Ctrl+F")
    assert desk.page.list.filter.hasFocus()
    for letter in "order":
        desk.screen.press(letter, desk.page.list.filter)
    assert desk.names == ["Order Completed"]
    assert desk.page.list.count.text() == "1 of 13 events"


async def test_ctrl_v_anywhere_adds_what_is_copied_and_can_be_undone(desk: Desk) -> None:
    await desk.paste(PASTED)
    assert desk.names[0] == "maria@brightwave.io"
    assert desk.page.list.current() == desk.events.collection.own[0]
    assert json.loads(desk.page.view.body_text()) == json.loads(PASTED)
    assert desk.page.pane.ways.paste.text() == ""
    text, undo = desk.toasts[-1]
    assert text == "1 event added."
    undo()
    assert desk.own == []
    assert len(desk.names) == 13


async def test_an_event_that_is_there_is_shown_and_not_added_again(desk: Desk) -> None:
    await desk.paste(PASTED)
    desk.screen.press("Down", desk.page.list.table)
    await desk.paste(f"[{PASTED}]")
    assert desk.toasts[-1] == ("This event is in the list already.", None)
    assert desk.own == ["maria@brightwave.io"]
    assert desk.page.list.current() == desk.events.collection.own[0]


async def test_broken_json_is_shown_with_line_column_and_caret_and_can_be_mended(desk: Desk) -> None:
    desk.screen.click(desk.page.list.add_button)
    box = desk.page.pane.ways.paste
    assert box.box.edit.hasFocus()
    box.box.edit.insertPlainText('{\n "🙂": identify }')
    desk.screen.click(box.add_button)
    await desk.idle()
    assert desk.page.error is not None
    assert "line 2, column 7" in desk.page.error.title
    assert desk.page.error.detail.endswith("^")
    assert box.box.property("invalid")
    assert box.box.edit.hasFocus()
    cursor = box.box.edit.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    assert cursor.selectedText() == "identify }"
    assert desk.page.error.title in desk.screen.said
    box.box.edit.selectAll()
    box.box.edit.insertPlainText(PASTED)
    assert desk.page.error is None
    desk.screen.click(box.add_button)
    await desk.idle()
    assert desk.own == ["maria@brightwave.io"]


async def test_lines_of_which_some_are_bad_are_added_and_counted(desk: Desk) -> None:
    await desk.paste("\n".join([PASTED, '{"type": "identify"', PASTED.replace("42", "43"), '{"a": 1}']))
    assert len(desk.own) == 2
    assert desk.page.error is not None
    assert desk.page.error.title == "2 events were read, 2 were not."
    assert "Line 2" in desk.page.error.detail


async def test_an_empty_clipboard_is_told(desk: Desk) -> None:
    QApplication.clipboard().clear()
    desk.screen.press("Ctrl+V", desk.page.list.table)
    assert desk.screen.said[-1].startswith("Nothing to paste")


async def test_an_event_that_no_mapping_can_take_is_refused_with_the_reason(desk: Desk) -> None:
    await desk.paste('{"type": "purchase", "userId": "u"}')
    assert [one.accessibleName() for one in _checks(desk)] == ["Failed: Unknown type “purchase”"]
    desk.screen.press("Ctrl+Return")
    assert desk.flow.state.sample is None
    assert desk.page.error is not None
    assert "purchase" in desk.page.error.cause


def _checks(desk: Desk) -> list[QWidget]:
    from app.ui.widgets.check_list import CheckRow

    return [row for row in desk.page.view.checks.findChildren(CheckRow) if row.isVisible()]


async def test_a_type_that_varies_is_told_with_counts(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    desk = Desk(screen, theme, tmp_path, samples=people(200))
    desk.page._look_at(desk.events.collection.own[0])
    await screen.until(
        lambda: any("seats" in one.accessibleName() for one in _checks(desk)), "the comparison"
    )
    assert _checks(desk)[0].accessibleName() == "Attention: “seats” is a number in 180 events and text in 20."


async def test_stars_are_given_with_the_keyboard_and_the_mouse(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path, samples=people(3))
    table = desk.page.list.table
    desk.page._look_at(desk.events.collection.own[1])
    screen.press("S", table)
    assert [one.starred for one in desk.events.collection.own] == [False, True, False]
    assert screen.said[-1] == "Starred"
    assert desk.page.list.current() == desk.events.collection.own[1]
    screen.press("S", table)
    assert not desk.events.collection.own[1].starred
    row = table.visualRect(table.model().index(2, 0))
    place = row.center()
    place.setX(row.right() - 10)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.events.collection.own[2].starred
    assert desk.page.list.current() == desk.events.collection.own[1]
    screen.click(desk.page.view.star_button)
    assert desk.events.collection.own[1].starred


async def test_removing_keeps_the_place_and_can_be_undone(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path, samples=people(3))
    before = desk.own
    desk.page._look_at(desk.events.collection.own[1])
    screen.press("Delete", desk.page.list.table)
    assert desk.own == [before[0], before[2]]
    assert desk.page.list.current() == desk.events.collection.own[1]
    desk.toasts[-1][1]()
    assert desk.own == before
    screen.click(desk.page.list.clear_button)
    assert desk.own == []
    assert desk.toasts[-1][0] == "3 events removed."
    assert not desk.page.list.clear_button.isVisible()
    screen.press("Delete", desk.page.list.table)
    assert len(desk.names) == 13
    assert screen.said[-1] == "Built-in events stay"


async def test_masking_changes_what_is_shown_and_nothing_else(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path, samples=people(2))
    body = json.dumps(desk.events.collection.own[0].body)
    desk.page._look_at(desk.events.collection.own[0])
    screen.click(desk.page.view.mask_switch)
    shown = desk.page.view.body_text()
    assert "m•••@b•••.example" in shown
    assert "maria" not in shown.casefold()
    assert desk.names[0] == desk.page.view.name.text() == "M••• L•••"
    await desk.ready()
    desk.screen.press("Ctrl+Return")
    assert desk.flow.state.sample is not None
    assert json.dumps(desk.flow.state.sample.body) == body


async def test_a_dropped_file_is_added(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_text("\n".join(json.dumps(one.body) for one in people(5)), encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.page.dropEvent(drop)
    assert desk.page.pane.ways.current == FILE
    assert desk.page.pane.ways.file.stop_button.isVisible()
    await desk.idle()
    assert len(desk.own) == 5
    assert {one.origin for one in desk.events.collection.own} == {Origin.FILE}
    assert desk.page.pane.ways.file.choose_button.isVisible()


async def test_a_file_that_cannot_be_read_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.page.pane.read_file(tmp_path / "gone.json")
    await desk.idle()
    assert desk.page.error is not None
    assert desk.page.error.code == "SAMPLE-NO-FILE"


async def test_the_first_ten_thousand_events_of_a_file_are_kept_and_that_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    path.write_text("userId,plan\n" + "".join(f"u{n},team\n" for n in range(10_050)), encoding="utf-8")
    desk.page.pane.read_file(path)
    await desk.idle()
    columns = desk.page.pane.ways.columns
    assert columns.add_button.text() == "Add 10,000 events"
    desk.screen.click(columns.add_button)
    await desk.idle()
    assert len(desk.own) == 10_000
    assert desk.page.pane.limit.accessibleName() == "The first 10,000 events are kept. There were more."


async def test_the_columns_of_a_table_are_chosen_with_the_keyboard_and_previewed(desk: Desk) -> None:
    await desk.paste("who;mail;seats;company.name\nu1;a@b.example;3;Acme\nu2;c@d.example;4;Acme\n")
    columns = desk.page.pane.ways.columns
    assert columns.isVisible()
    assert columns.table.hasFocus()
    assert desk.page.view.sample is not None
    assert desk.page.view.sample.body["traits"]["who"] == "u1"  # type: ignore[index,call-overload]
    columns.use.combo.setFocus()
    place = columns.use.combo.findData("userId")
    columns.use.combo.setCurrentIndex(place)
    columns.use.combo.activated.emit(place)
    columns.typed.setFocus()
    desk.screen.press("Space", columns.typed)
    expected = {"email": "a@b.example", "seats": 3, "company": {"name": "Acme"}}
    assert desk.page.view.sample.body == {"type": "identify", "userId": "u1", "traits": expected}
    desk.screen.press("Space", columns.add_button)
    await desk.idle()
    assert [one.body["userId"] for one in desk.events.collection.own] == ["u1", "u2"]
    assert not columns.isVisible()


async def test_a_table_can_be_dropped_again(desk: Desk) -> None:
    await desk.paste("a,b\n1,2\n")
    desk.screen.click(desk.page.pane.ways.columns.cancel_button)
    assert desk.page.pane.ways.paste.isVisible()
    assert desk.own == []
    assert desk.page.view.sample == desk.page.list.current()


async def test_recorded_events_appear_and_the_first_one_is_shown(desk: Desk) -> None:
    desk.page.pane.ways.choose(RECORD)
    panel = desk.page.pane.ways.record
    desk.screen.click(panel.start_button)
    desk.recorder.put(phase=RecordPhase.RECORDING, url="http://127.0.0.1:8787/segment/x")
    assert panel.url.value() == "http://127.0.0.1:8787/segment/x"
    assert desk.screen.button("Send myself one").isVisible()
    desk.screen.click(panel.send_button)
    desk.recorder.arrived.emit(tuple(people(1, Origin.RECORDED)))
    assert desk.page.list.current() == desk.events.collection.own[0]
    desk.recorder.arrived.emit((collected({"type": "page", "userId": "x"}, Origin.RECORDED),))
    assert len(desk.own) == 2
    assert desk.page.list.current() == desk.events.collection.own[1]
    desk.screen.click(panel.stop_button)
    assert desk.recorder.asked == ["start", "send", "stop"]


async def test_leaving_the_page_ends_the_recording(desk: Desk) -> None:
    desk.recorder.put(phase=RecordPhase.RECORDING)
    desk.page.left()
    assert desk.recorder.asked == ["stop"]


async def test_events_received_before_can_be_taken(desk: Desk) -> None:
    desk.page.pane.ways.choose(RECORD)
    desk.screen.click(desk.screen.button("Take the last 200 events received before"))
    desk.recorder.taken.emit(tuple(people(4, Origin.RECORDED)))
    assert desk.recorder.asked == ["take"]
    assert len(desk.own) == 4
    assert desk.toasts[-1][0] == "4 events added."


async def test_without_a_recorder_the_tab_says_so(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    flow = flow_with(MemoryClose(), SetupState(Profile("0" * 32, "default"), Step.SAMPLE), folder=tmp_path)
    page = SamplePage(theme, flow, screen.unexpected.append)
    screen.show(page)
    page.pane.ways.choose(RECORD)
    assert not page.pane.ways.record.start_button.isVisible()
    page.left()


async def test_what_was_collected_is_there_again_after_a_restart(
    screen: Screen, theme: Theme, tmp_path: Path, qtbot: Any
) -> None:
    store = SampleStore(tmp_path / "default" / "samples.ndjson")
    first = CollectedEvents(store, screen.unexpected.append)
    desk = Desk(screen, theme, tmp_path, collection=first)
    assert first.loading
    await screen.until(lambda: not first.loading, "the file to be read")
    await desk.paste(PASTED)
    desk.screen.press("S", desk.page.list.table)
    desk.screen.press("Ctrl+Return")
    await first.flush()
    again = CollectedEvents(store, screen.unexpected.append)
    again.load()
    await screen.until(lambda: not again.loading, "the file to be read")
    assert [(one.name, one.starred) for one in again.collection.own] == [("maria@brightwave.io", True)]
    assert again.sample == first.sample
    assert again.trouble is None


async def test_a_damaged_file_is_told_on_the_page_and_kept(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "samples.ndjson"
    path.write_bytes(b"\x00\x01")
    desk = Desk(
        screen, theme, tmp_path, collection=CollectedEvents(SampleStore(path), screen.unexpected.append)
    )
    await screen.until(lambda: desk.page.error is not None, "the trouble")
    assert desk.page.error is not None
    assert desk.page.error.code == "SAMPLES-UNREADABLE"
    assert (tmp_path / "samples-unreadable.ndjson").read_bytes() == b"\x00\x01"


async def test_a_sample_of_a_draft_is_found_or_added(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    kept = Sample("From a draft", "", {"type": "identify", "userId": "u_9"}, Origin.PASTED)
    desk = Desk(screen, theme, tmp_path, sample=kept)
    assert desk.page.list.current() == kept
    assert desk.own == ["From a draft"]


async def test_every_control_of_every_tab_is_named_and_reachable_by_keyboard(desk: Desk) -> None:
    for tab in (BUILT_IN, PASTE, FILE, RECORD):
        desk.page.pane.ways.choose(tab)
        desk.recorder.state = RecordState(RecordPhase.RECORDING, "http://x")
        desk.recorder.changed.emit()
        QApplication.processEvents()
        for control in desk.page.findChildren(QWidget):
            if not control.isVisible() or not isinstance(control, QAbstractButton | QLineEdit | QComboBox):
                continue
            if isinstance(control.parent(), QComboBox):
                continue
            named = control.accessibleName() or (
                control.text() if isinstance(control, QAbstractButton) else ""
            )
            assert named, (tab, control)
            in_group = control.parent().__class__.__name__ == "Segmented"
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus or in_group, (tab, named)
    for view in (desk.page.list.table, desk.page.view.tree, desk.page.pane.ways.strip):
        assert view.accessibleName()
        assert view.focusPolicy() & Qt.FocusPolicy.TabFocus


async def test_an_error_below_the_window_is_scrolled_into_sight(desk: Desk) -> None:
    desk.screen.window.resize(880, 600)
    desk.page.theme.set_text_scale(2.0)
    await desk.paste("{oops")
    slot = desk.page.pane.slot

    def in_sight() -> bool:
        return slot.isVisible() and not slot.visibleRegion().isEmpty()

    await desk.screen.until(in_sight, "the error in sight")
