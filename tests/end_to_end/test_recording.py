"""Recording events while a profile is being set up, through the real window and a real relay."""

from __future__ import annotations

import stat

import pytest
from PySide6.QtWidgets import QApplication, QListView, QTabBar, QWidget

from app.assembly import Assistant
from app.relay.status import RelayState
from app.ui.assistant_window import AssistantWindow
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from tests.end_to_end.person import Person
from tests.end_to_end.test_window import NAME, assistant, demo, theme
from tests.ui.qt_loop import run_in_qt

__all__ = ["assistant", "demo", "theme"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_events_are_recorded_before_the_set_up_is_finished_and_stay(
    qapp: QApplication, theme: Theme, assistant: Assistant, demo: DemoSession
) -> None:
    async def scenario() -> None:
        errors = UnexpectedErrors()
        happened: list[object] = []
        errors.happened.connect(happened.append)
        window = AssistantWindow(theme, assistant, NAME, errors, demo=demo)
        window.open()
        person = Person(window.frame)
        try:
            await person.goes_on("Start a new setup")
            await person.is_on("connect")
            await person.pastes("Close API key", demo.api_key)
            await person.goes_on("Check key")
            await person.goes_on("Continue with")
            await person.is_on("fields")
            await person.goes_on("Create")
            await person.goes_on("Use")
            await person.is_on("sample")
            tabs = await person.finds(QTabBar, "Where events come from")
            await person.does(lambda: tabs.setCurrentIndex(3))
            await person.clicks("Start recording")
            await person.finds(QWidget, "Copy Address for Segment")
            await person.clicks("Send myself one")
            rows = await person.finds(QListView, "Events")
            await person.waits(lambda: rows.model().rowCount() == 14, "the recorded event in the list")
            await person.clicks("Stop recording")
            await person.waits(
                lambda: window.controller.status.state is RelayState.STOPPED, "the relay to stop"
            )
            await person.goes_on("Use")
            await person.is_on("mapping")
            assert window.events.sample is not None
            assert str(window.events.sample.body["messageId"]).startswith("segment-close-test-")
        finally:
            window.end()
            await person.waits(lambda: not window.frame.isVisible(), "the window to go")
        assert not happened

    run_in_qt(qapp, scenario())
    kept = assistant.profiles.samples_path(NAME)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert b"segment-close-test-" in kept.read_bytes()
