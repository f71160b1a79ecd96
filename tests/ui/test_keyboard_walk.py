"""Every control of the three pages where mappings are made is reached with keys and has a spoken name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.storage.profile import Profile
from app.ui.frame.page import Page
from app.ui.frame.window import FrameWindow
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.list_page import MappingsPage
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.ways_in import BUILT_IN, FILE, PASTE, RECORD
from app.ui.setup.sample_page import SamplePage
from app.ui.theme.theme import Theme
from app.ui.trigger.when_page import WhenPage
from app.workflows.mapping_editor.presets import preset
from app.workflows.samples import built_in_samples
from app.workflows.setup import SetupState, Step
from tests.conditions import until_blocking
from tests.ui.mapping import typical
from tests.ui.scenes.sample_scenes import HandRecorder, people
from tests.ui.setup.actors import MemoryClose, flow_with

_LONGEST_WAY = 400
_ARROWS = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up)
# Arrow keys walk inside of these; what they reach are no controls of their own.
_KEEPS_ARROWS = (QAbstractScrollArea, QLineEdit, QComboBox)


class Walk:
    """Goes through a window with keys only and remembers where it has been."""

    def __init__(self, window: FrameWindow) -> None:
        self._window = window
        self.reached: list[QWidget] = []
        self._explored: list[QWidget] = []

    def go(self) -> None:
        """Tab until nothing new comes, from every region that F6 leads to."""
        for _ in range(4):
            self._tab_around()
            self._press(Qt.Key.Key_F6)

    def _tab_around(self) -> None:
        stale = 0
        for _ in range(_LONGEST_WAY):
            stale = 0 if self._look_around() else stale + 1
            before = QApplication.focusWidget()
            self._press(Qt.Key.Key_Tab)
            if QApplication.focusWidget() is before or stale > len(self.reached):
                return

    def _look_around(self) -> bool:
        """Note where the keyboard is, and what arrow keys reach from here; whether any of it is new."""
        here, known = QApplication.focusWidget(), len(self.reached)
        self._note()
        if here is None or here in self._explored or isinstance(here, _KEEPS_ARROWS):
            return len(self.reached) > known
        self._explored.append(here)
        for key in _ARROWS:
            while True:
                self._press(key)
                if not self._note():
                    break
            here.setFocus(Qt.FocusReason.TabFocusReason)
        return len(self.reached) > known

    def _note(self) -> bool:
        """Whether the keyboard is somewhere it has not been before."""
        focused = QApplication.focusWidget()
        if focused is None or focused in self.reached:
            return False
        self.reached.append(focused)
        return True

    def _press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self._window, key)
        QApplication.processEvents()


def controls(window: FrameWindow) -> Iterator[QWidget]:
    """What a person with a mouse could use in the window."""
    for widget in window.findChildren(QWidget):
        if not (widget.isVisible() and widget.isEnabled()) or isinstance(widget, QScrollBar):
            continue
        parent = widget.parentWidget()
        if isinstance(parent, QLineEdit):
            continue  # the cross in a search field: Esc or Backspace does the same
        if isinstance(parent, QAbstractScrollArea) and widget is parent.viewport():
            continue
        if widget.focusProxy() is not None:
            continue
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes_keys or isinstance(widget, QAbstractButton):
            yield widget


def described(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    name = interface.text(QAccessible.Text.Name) if interface is not None else ""
    return f"{type(widget).__name__} “{name}”"


def check(window: FrameWindow) -> None:
    walk = Walk(window)
    walk.go()
    wanted = list(controls(window))
    assert len(wanted) > 3
    assert [described(each) for each in wanted if each not in walk.reached] == []
    for widget in (*wanted, *walk.reached):
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name).strip()
        assert name, f"{type(widget).__name__} in {type(widget.parentWidget()).__name__} has no name"


Show = Callable[[Page], FrameWindow]


@pytest.fixture
def show(theme: Theme, qtbot: QtBot) -> Show:
    def shown(page: Page) -> FrameWindow:
        window = FrameWindow(theme, "Segment to Close")
        qtbot.addWidget(window)
        window.add_page("page", page)
        window.resize(1280, 900)
        window.show()
        window.show_page("page")
        window.activateWindow()
        QApplication.processEvents()
        return window

    return shown


@pytest.mark.parametrize("way", [BUILT_IN, PASTE, FILE, RECORD])
async def test_collecting_samples(show: Show, theme: Theme, tmp_path: Path, way: str) -> None:
    errors: list[BaseException] = []
    flow = flow_with(MemoryClose(), SetupState(Profile("0" * 32, "default"), Step.SAMPLE), folder=tmp_path)
    events = CollectedEvents(None, errors.append)
    events.add(people(3))
    page = SamplePage(theme, flow, errors.append, collection=events, recorder=HandRecorder())
    window = show(page)
    page.pane.ways.choose(way)
    QApplication.processEvents()
    check(window)
    assert errors == []


@pytest.mark.parametrize("view", ["fields", "json"])
def test_mapping_fields(show: Show, theme: Theme, view: str) -> None:
    errors: list[BaseException] = []
    session = typical.session()
    page = MapPage(theme, session, errors.append)
    UndoActions(theme, session, page).serve(page)
    window = show(page)
    window.show_drawer()
    page.map_header.choose(view)

    def quiet() -> bool:
        QApplication.processEvents()
        return not page.desk.live.busy

    until_blocking(quiet, what="the page to know all values")
    check(window)
    assert errors == []


@pytest.mark.parametrize("view", ["builder", "text"])
def test_choosing_when_it_runs(show: Show, theme: Theme, view: str) -> None:
    errors: list[BaseException] = []
    trigger = 'type = "track" and event = "Subscribed" and (properties.plan = "free" or properties.seats > 5)'
    session = typical.session()
    session.set_events(built_in_samples())
    spec = session.spec
    assert spec is not None
    session.change("Trigger", type(spec)(spec.name, spec.action, trigger, spec.mapping))
    page = WhenPage(theme, session, errors.append)
    window = show(page)
    page.mode.button(view).click()

    def quiet() -> bool:
        QApplication.processEvents()
        return not page.counting

    until_blocking(quiet, what="the events to be counted")
    check(window)
    assert errors == []


@pytest.mark.parametrize("slugs", [("identify", "newsletter", "alias"), ()])
def test_the_list_of_mappings(show: Show, theme: Theme, slugs: tuple[str, ...]) -> None:
    session = typical.session()
    session.reset(tuple(preset(slug).spec for slug in slugs))
    page = MappingsPage(theme, session, UndoActions(theme, session))
    window = show(page)
    check(window)
