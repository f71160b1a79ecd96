"""The list of mappings as a person at the window uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.list_page import MappingsPage
from app.ui.mappings.preset_dialog import PresetDialog
from app.ui.theme.theme import Theme
from app.workflows.mapping_editor.presets import preset, presets
from app.workflows.samples import built_in_samples
from tests.ui.setup.conftest import Screen

IDENTIFY, NEWSLETTER, ALIAS = (preset(slug).spec for slug in ("identify", "newsletter", "alias"))


class Desk:
    def __init__(self, screen: Screen, theme: Theme, specs: tuple[MappingSpec, ...]) -> None:
        self.screen = screen
        self.session = EditingSession(specs, screen.window)
        self.session.set_events(built_in_samples())
        self.page = MappingsPage(theme, self.session, UndoActions(theme, self.session, screen.window))
        self.list = self.page.list
        self.toasts: list[tuple[str, Callable[[], None] | None]] = []
        self.page.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        screen.show(self.page)

    @property
    def names(self) -> list[str]:
        return [spec.name for spec in self.session.document.mappings]

    @property
    def on(self) -> list[bool]:
        return [spec.enabled for spec in self.session.document.mappings]

    def press(self, keys: str) -> None:
        self.list.setFocus()
        self.screen.press(keys, self.list)

    def click(self, place: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mouseClick(self.list.viewport(), button, pos=place.toPoint())
        QApplication.processEvents()

    def places(self, row: int) -> Any:
        return self.list.delegate.places(self.list.visualRect(self.list.rows.index(row)))

    def menu(self) -> QMenu:
        [menu] = [each for each in self.page.findChildren(QMenu) if each.isVisible()]
        return menu

    def choose(self, text: str) -> None:
        menu = self.menu()
        action = next(one for one in menu.actions() if one.text().partition("\t")[0] == text)
        action.trigger()
        menu.close()
        QApplication.processEvents()


@pytest.fixture
def desk(screen: Screen, theme: Theme) -> Desk:
    return Desk(screen, theme, (IDENTIFY, NEWSLETTER, ALIAS))


def test_the_list_has_the_keyboard_and_rows_say_what_they_do(desk: Desk) -> None:
    assert desk.list.hasFocus()
    spoken = desk.list.rows.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "Newsletter, on. Create or Update Contact and Lead. Runs for Track events named “Subscribed”. "
        "3 of 10 fields mapped · matches 1 of 13 samples"
    )


def test_mappings_are_moved_switched_duplicated_and_deleted_with_keys(desk: Desk) -> None:
    desk.press("Alt+Down")
    assert desk.names == ["Newsletter", "Identify", "Alias"]
    assert desk.list.currentIndex().row() == 1
    desk.press("Alt+Up")
    desk.press("Alt+Up")
    assert desk.names == ["Identify", "Newsletter", "Alias"]
    desk.press("Space")
    assert desk.on == [False, True, True]
    desk.press("Ctrl+D")
    assert desk.names == ["Identify", "Identify (Copy)", "Newsletter", "Alias"]
    assert desk.list.currentIndex().row() == 1
    desk.press("Delete")
    assert desk.names == ["Identify", "Newsletter", "Alias"]


def test_ctrl_z_takes_steps_back_and_the_actions_are_named_after_them(desk: Desk) -> None:
    undo, redo = (one for one in desk.page.actions() if isinstance(one, QAction))
    assert not undo.isEnabled()
    desk.press("Space")
    assert undo.text() == "Undo Switch off “Identify”"
    desk.press("Ctrl+Z")
    assert desk.on == [True, True, True]
    assert (undo.text(), redo.text()) == ("Undo", "Redo Switch off “Identify”")
    desk.press("Ctrl+Shift+Z")
    assert desk.on == [False, True, True]


def test_f2_renames_in_place_and_a_taken_name_is_refused_in_words(desk: Desk) -> None:
    def type_name(text: str) -> None:
        desk.press("F2")
        [editor] = desk.list.findChildren(QLineEdit)
        assert editor.hasFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        desk.screen.press("Return", editor)

    type_name("People")
    assert desk.names == ["People", "Newsletter", "Alias"]
    type_name("newsletter")
    assert desk.names == ["People", "Newsletter", "Alias"]
    assert desk.page.error is not None
    assert desk.page.error.code == "MAPPING-NAME-TAKEN"
    assert desk.screen.said[-1] == "There is another mapping named “newsletter”."
    type_name("Guests")
    assert desk.page.error is None


def test_deleting_offers_undo_that_never_takes_back_anything_else(desk: Desk) -> None:
    desk.press("Delete")
    text, undo = desk.toasts[-1]
    assert text == "“Identify” deleted"
    assert undo is not None
    undo()
    assert desk.names == ["Identify", "Newsletter", "Alias"]
    desk.press("Delete")
    _, late = desk.toasts[-1]
    desk.press("Space")
    assert late is not None
    late()
    assert desk.names == ["Newsletter", "Alias"]
    assert desk.on == [False, True]


def test_the_mouse_switches_opens_the_menu_and_opens_the_mapping(desk: Desk) -> None:
    opened: list[bool] = []
    desk.page.opened.connect(lambda: opened.append(True))
    desk.click(desk.places(1).check.center())
    assert desk.on == [True, False, True]
    desk.click(desk.places(2).menu.center())
    assert desk.session.chosen == 2
    assert opened == []
    desk.choose("Move up")
    assert desk.names == ["Identify", "Alias", "Newsletter"]
    place = desk.places(0).name.center()
    desk.click(place)
    QTest.mouseDClick(desk.list.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert opened == [True]
    assert desk.session.chosen == 0
    desk.press("Return")
    assert opened == [True, True]


def test_a_row_is_dropped_between_others(desk: Desk) -> None:
    desk.session.choose(2)
    target = desk.list.visualRect(desk.list.rows.index(0))
    event = QDropEvent(
        QPointF(QPoint(target.center().x(), target.top() + 1)),
        Qt.DropAction.MoveAction,
        QMimeData(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.list.dropEvent(event)
    assert desk.names == ["Alias", "Identify", "Newsletter"]
    assert desk.session.chosen == 0


def test_a_preset_is_chosen_with_its_description_and_opens_chosen(desk: Desk) -> None:
    desk.screen.click(desk.page.add_button)
    [dialog] = [each for each in desk.screen.window.findChildren(PresetDialog) if each.isVisible()]
    assert dialog.table.hasFocus()
    names = [dialog.table.model().index(row, 0).data() for row in range(len(presets()))]
    desk.screen.press("Down", dialog.table)
    assert dialog.add_button.text() == f"Add “{names[1]}”"
    assert "creates or updates a lead" in dialog.accessibleDescription()
    desk.screen.click(dialog.add_button)
    assert desk.names[-1] == names[1]
    assert desk.session.chosen == 3


def test_nothing_switched_on_is_said(desk: Desk) -> None:
    assert not desk.page.nothing_banner.isVisible()
    for _ in range(3):
        desk.press("Space")
        desk.press("Down")
    assert desk.page.nothing_banner.isVisible()
    assert desk.page.nothing_banner.accessibleName() == "Nothing will be sent to Close"


def test_an_empty_list_says_what_a_mapping_is_and_offers_one(desk: Desk) -> None:
    for _ in range(3):
        desk.press("Delete")
    assert desk.page.first_button.isVisible()
    assert not desk.page.nothing_banner.isVisible()
    assert desk.page.initial_focus() is desk.page.first_button
    desk.session.undo()
    assert desk.list.isVisible()


def test_mappings_are_written_and_read_as_segments_json(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "mappings.json"
    desk.page.files.write(path, (NEWSLETTER, ALIAS))
    assert "Segment cannot import “Alias”" in desk.toasts[-1][0]
    [first, second] = json.loads(path.read_text("utf-8"))["subscriptions"]
    assert (first["name"], second["actionSlug"]) == ("Newsletter", "mergeContactsAndLeads")
    desk.page.files.read(path)
    assert desk.names == ["Identify", "Newsletter", "Alias", "Newsletter 2", "Alias 2"]
    assert desk.session.document.mappings[3] == replace(NEWSLETTER, name="Newsletter 2")
    assert desk.session.chosen == 3
    desk.session.undo()
    assert desk.names == ["Identify", "Newsletter", "Alias"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[3]", b"{}"])
def test_a_file_without_mappings_is_explained(desk: Desk, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mappings.json"
    path.write_bytes(content)
    desk.page.files.read(path)
    assert desk.page.error is not None
    assert desk.page.error.code == "MAPPING-FILE"
    assert desk.names == ["Identify", "Newsletter", "Alias"]


def test_more_than_fifty_are_refused(screen: Screen, theme: Theme) -> None:
    desk = Desk(screen, theme, tuple(replace(IDENTIFY, name=f"M{number}") for number in range(50)))
    desk.press("Ctrl+D")
    assert desk.page.error is not None
    assert desk.page.error.code == "MAPPING-TOO-MANY"


def test_a_screen_reader_hears_name_state_and_what_keys_do(desk: Desk) -> None:
    interface = QAccessible.queryAccessibleInterface(desk.list)
    assert interface.text(QAccessible.Text.Name) == "Mappings"
    assert "Alt with Up or Down moves" in interface.text(QAccessible.Text.Description)
    row = interface.child(0)
    assert row.text(QAccessible.Text.Name).startswith("Identify, on.")
