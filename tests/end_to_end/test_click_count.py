"""From nothing to the first event in Close takes few clicks and keystrokes; every input is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.ui.assistant_window import AssistantWindow
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from tests.end_to_end.person import Person
from tests.end_to_end.test_window import NAME, demo, theme, to_first_event
from tests.ui.qt_loop import run_in_qt

__all__ = ["demo", "theme"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

MOST = 11
"""Twelve with the paste of a key: the demo fills in its own."""


class CountingPerson(Person):
    """Every click and every key pressed together with its modifiers is one."""

    count = 0

    async def goes_quiet(self) -> None:
        page = self.frame.current_page
        assert page is not None
        await self.waits(lambda: not page.busy, what="the page to have ended its work")

    async def does(self, action: Callable[[], object]) -> None:
        self.count += 1
        await super().does(action)


def test_the_first_event_is_in_close_after_at_most_twelve_inputs(
    qapp: QApplication, theme: Theme, demo: DemoSession
) -> None:
    unexpected = UnexpectedErrors()
    errors: list[object] = []
    unexpected.happened.connect(errors.append)
    counted: list[int] = []

    async def scenario() -> None:
        window = AssistantWindow(theme, Assistant.for_demo(demo), NAME, unexpected, demo=demo)
        window.open()
        person = CountingPerson(window.frame)
        try:
            await to_first_event(person, demo)
            await person.goes_quiet()
            counted.append(person.count)
        finally:
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.frame.close()
            await asyncio.wait_for(ended.wait(), 15)

    run_in_qt(qapp, scenario())
    assert errors == []
    assert 0 < counted[0] <= MOST
