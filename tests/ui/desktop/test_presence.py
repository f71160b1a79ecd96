"""A window on its desktop: its place is kept, trouble is told and leads to its cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.assembly import Assistant
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.status import RelayState
from app.storage.profile import Mode
from app.storage.window_settings import WindowSettings, WindowSettingsStore
from app.ui.assistant_window import AssistantWindow
from app.ui.desktop.presence import DesktopPresence
from app.ui.events.events_model import PAGE_ROWS
from app.ui.places import EVENTS, RELAY, REPLAY
from app.ui.theme.theme import Theme
from app.workflows.demo import DemoSession
from app.workflows.setup import Step
from tests.conditions import until
from tests.ui.scenes.workbench_scenes import listening
from tests.ui.test_assistant_window import Opened, save_finished


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    with DemoSession() as demo:
        assistant = Assistant.for_demo(demo)
        save_finished(assistant)
        yield assistant


@pytest.fixture
def opened(qapp: QApplication, theme: Theme, assistant: Assistant) -> Opened:
    return Opened(qapp, theme, assistant)


@pytest.fixture
def store(tmp_path: Path) -> WindowSettingsStore:
    return WindowSettingsStore(tmp_path / "window.json")


def show(window: AssistantWindow, state: RelayState, **members: object) -> None:
    """What the next look at the relay would say."""
    window.controller._timer.stop()
    window.controller._show_status(listening(Mode.LIVE, state=state, **members))


def test_a_window_comes_back_where_it_was(opened: Opened, theme: Theme, store: WindowSettingsStore) -> None:
    store.save(replace(WindowSettings(), scheme="dark", geometry="no geometry at all"))

    async def first(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        window.frame.resize(window.frame.width(), 640)

    async def second(window: AssistantWindow) -> None:
        # A frame that a person sees already was put in its place before.
        window.frame.hide()
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        assert window.frame.height() == 640

    opened(first)
    opened(second)
    assert store.load().scheme == "dark"


def test_a_window_from_a_screen_that_is_gone_comes_back_on_one_that_is_there(
    opened: Opened, theme: Theme, store: WindowSettingsStore
) -> None:
    async def first(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        window.frame.setGeometry(9000, 7000, 3000, 2000)

    async def second(window: AssistantWindow) -> None:
        window.frame.hide()
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        room = window.frame.screen().availableGeometry()
        frame = window.frame
        assert room.contains(frame.geometry().topLeft())
        assert frame.width() <= max(room.width(), frame.minimumWidth())
        assert frame.height() <= max(room.height(), frame.minimumHeight())

    opened(first)
    opened(second)


def test_the_filters_of_events_come_back_and_whoever_was_looked_for_does_not(
    opened: Opened, theme: Theme, store: WindowSettingsStore
) -> None:
    wanted = EventFilter(states=frozenset({State.FAILED}), types=frozenset({"track"}), bookmarked=True)

    async def first(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        window.events_page.filters.set_filter(replace(wanted, person="dana-7", text="dana@example.com"))

    async def second(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        assert window.events_page.filters.filter() == replace(wanted, limit=PAGE_ROWS)

    opened(first)
    store.save(replace(store.load(), event_states=("failed", "of a newer version")))
    opened(second)
    assert "dana" not in repr(store.load())


def test_trouble_is_told_in_the_window_where_there_is_no_tray(
    opened: Opened, theme: Theme, store: WindowSettingsStore
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        presence = DesktopPresence(theme, window, store, has_tray=lambda: False)
        assert presence.tray is None
        window.frame.showMinimized()
        await until(lambda: not window.frame.isActiveWindow(), what="the window to be left")
        show(window, RelayState.REACHABLE)
        show(window, RelayState.ERROR)
        assert window.frame.toast.accessibleName() == "The relay has stopped"
        show(window, RelayState.REACHABLE)
        show(window, RelayState.REACHABLE, waiting_for_key=True, oldest_queued_s=900.0)
        show(window, RelayState.UNREACHABLE, oldest_queued_s=900.0)
        causes = "Segment cannot reach the relay · Events are not getting through"
        assert window.frame.toast.accessibleName() == causes
        window.choose_place(EVENTS)
        window.frame.toast.open_button.click()
        assert window.frame.current_key == RELAY
        assert not window.frame.isMinimized()
        show(window, RelayState.STOPPED)

    opened(scenario)


# The offscreen platform has no tray of its own.
@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "This plugin does not support")
def test_a_click_on_a_notification_opens_its_cause(
    opened: Opened, theme: Theme, store: WindowSettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _icon, title, *_: told.append(title))

    async def scenario(window: AssistantWindow) -> None:
        presence = DesktopPresence(theme, window, store, has_tray=lambda: True)
        tray = presence.tray
        assert tray is not None
        window.frame.showMinimized()
        await until(lambda: not window.frame.isActiveWindow(), what="the window to be left")
        show(window, RelayState.REACHABLE)
        assert tray.relay_action.text() == "Stop relay"
        well = tray.icon.icon().pixmap(22, 22).toImage()
        show(window, RelayState.REACHABLE, oldest_queued_s=900.0)
        assert told == ["Events are not getting through"]
        assert window.frame.current_key == RELAY
        tray.clicked.emit()
        assert window.frame.current_key == EVENTS
        assert not window.frame.isMinimized()
        assert tray.icon.icon().pixmap(22, 22).toImage() == well
        show(window, RelayState.STOPPED)
        assert tray.icon.icon().pixmap(22, 22).toImage() != well

    opened(scenario)


def drop(window: AssistantWindow, *paths: Path) -> bool:
    """Whether the window takes what is dropped on it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    everything = (mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entered = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, *everything)
    QApplication.sendEvent(window.frame, entered)
    if entered.isAccepted():
        QApplication.sendEvent(window.frame, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, *everything))
    return entered.isAccepted()


def test_a_file_dropped_on_the_workbench_is_ready_to_be_replayed(
    opened: Opened, theme: Theme, store: WindowSettingsStore, tmp_path: Path
) -> None:
    events = tmp_path / "events.ndjson"

    async def scenario(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        assert not drop(window, tmp_path / "picture.png")
        assert not drop(window, events, tmp_path / "picture.png")
        assert window.frame.current_key == RELAY
        assert drop(window, events)
        assert window.frame.current_key == REPLAY
        assert window.replay_page.form.scope().paths == (events,)

    opened(scenario)


def test_a_file_dropped_on_the_guide_becomes_samples(
    opened: Opened, theme: Theme, store: WindowSettingsStore, tmp_path: Path
) -> None:
    events = tmp_path / "events.ndjson"
    events.write_text('{"type": "track", "event": "Dropped Here", "userId": "u-1"}\n', encoding="utf-8")

    async def scenario(window: AssistantWindow) -> None:
        DesktopPresence(theme, window, store, has_tray=lambda: False)
        window.guide.begin_again()
        window.guide.show(Step.FIELDS)
        assert window.frame.current_key == Step.FIELDS
        assert drop(window, events)
        assert window.frame.current_key == Step.SAMPLE
        await until(lambda: "Dropped Here" in repr(window.events.samples), what="the event to be collected")

    opened(scenario)
