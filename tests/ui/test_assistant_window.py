from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.errors import AppError
from app.storage.profile import Mode, OrganizationRef
from app.ui.assistant_window import AssistantWindow
from app.ui.crash_dialog import CrashDialog
from app.ui.question_dialog import ErrorDialog, QuestionDialog
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.setup import default_mapping
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt

NAME = "default"
ACME = OrganizationRef("orga_1", "Acme Inc.", "Dana Whitfield")


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    with DemoSession() as demo:
        yield Assistant.for_demo(demo)


def save_finished(assistant: Assistant, **members: object) -> None:
    profile = assistant.profiles.new(NAME)
    relay = replace(profile.relay, port=0, allow_unsigned=True)
    finished = replace(profile, organization=ACME, mappings=(default_mapping(),), relay=relay)
    assistant.profiles.save(replace(finished, **members))  # type: ignore[arg-type]


class Opened:
    """Runs a scenario with the window of ``assistant`` open."""

    def __init__(self, app: QApplication, theme: Theme, assistant: Assistant) -> None:
        self._app, self._theme, self._assistant = app, theme, assistant
        self.unexpected = UnexpectedErrors()

    def __call__(self, scenario: Callable[[AssistantWindow], Awaitable[None]]) -> None:
        async def work() -> None:
            window = AssistantWindow(self._theme, self._assistant, NAME, self.unexpected)
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.open()
            try:
                await scenario(window)
            finally:
                window.frame.close()
                await asyncio.wait_for(ended.wait(), 15)
                assert not window.frame.isVisible()

        run_in_qt(self._app, work())


@pytest.fixture
def opened(qapp: QApplication, theme: Theme, assistant: Assistant) -> Opened:
    return Opened(qapp, theme, assistant)


def dialogs(window: AssistantWindow, kind: type[QuestionDialog] | type[ErrorDialog]) -> list[object]:
    return [dialog for dialog in window.frame.findChildren(kind) if dialog.isVisible()]


def test_a_new_profile_opens_the_guide(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        assert window.frame.current_key == "start"

    opened(scenario)


def test_a_finished_profile_opens_the_relay_and_setup_leads_back_to_the_guide(
    opened: Opened, assistant: Assistant
) -> None:
    save_finished(assistant)

    async def scenario(window: AssistantWindow) -> None:
        assert window.frame.current_key == "relay"
        window.frame.place_chosen.emit("mappings")
        assert window.frame.current_key == "mappings"
        window.frame.place_chosen.emit("setup")
        assert window.frame.current_key == "go-live"

    opened(scenario)


def test_live_asks_once_naming_the_organization(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant)

    async def scenario(window: AssistantWindow) -> None:
        mode = window.relay_page.mode
        mode.button("live").click()
        [dialog] = dialogs(window, QuestionDialog)
        assert isinstance(dialog, QuestionDialog)
        assert "Acme Inc." in dialog.windowTitle()
        dialog.no_button.click()
        assert mode.current() == "dry-run"
        assert window.controller.profile.relay.mode is Mode.DRY_RUN
        mode.button("live").click()
        [dialog] = dialogs(window, QuestionDialog)
        dialog.yes_button.click()  # type: ignore[attr-defined]
        await until(lambda: assistant.load_profile(NAME).relay.mode is Mode.LIVE)
        assert assistant.load_profile(NAME).live_confirmed_for == ACME.id
        mode.button("dry-run").click()
        await until(lambda: assistant.load_profile(NAME).relay.mode is Mode.DRY_RUN)
        mode.button("live").click()
        assert dialogs(window, QuestionDialog) == []
        await until(lambda: assistant.load_profile(NAME).relay.mode is Mode.LIVE)

    opened(scenario)


def test_a_missing_key_is_told_on_the_relay_page(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant)

    async def scenario(window: AssistantWindow) -> None:
        window.controller.start()
        await until(lambda: window.relay_page.error is not None)
        assert window.relay_page.error is not None
        assert window.relay_page.error.code == "KEY-MISSING"
        assert not window.controller.running

    opened(scenario)


def test_an_unexpected_error_is_told_in_plain_words_once(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        opened.unexpected(RuntimeError("a secret detail"))
        opened.unexpected(RuntimeError("again"))
        await until(lambda: dialogs(window, CrashDialog))
        [dialog] = dialogs(window, CrashDialog)
        assert isinstance(dialog, CrashDialog)
        assert "a secret detail" not in dialog.windowTitle()
        assert dialog.details.isHidden()
        dialog.fold.click()
        assert "RuntimeError" in dialog.details.text()
        dialog.go_on_button.click()
        await until(lambda: not dialogs(window, CrashDialog))

    opened(scenario)
    assert "RuntimeError" in caplog.text


def test_an_app_error_keeps_its_own_words(qapp: QApplication) -> None:
    error = AppError("DISK-FULL", "The disk is full.", remedy="Make room.")
    assert UnexpectedErrors().told(error) is error
