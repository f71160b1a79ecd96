from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from app.storage.profile import OrganizationRef, Profile
from app.ui.setup.start_page import StartPage
from app.ui.theme.theme import Theme
from app.workflows.setup import SetupState, Step
from app.workflows.setup_draft import SavedSetup
from tests.ui.setup.conftest import Screen

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def saved(at: datetime) -> SavedSetup:
    profile = Profile("0" * 32, "default", organization=OrganizationRef("orga_1", "Acme Inc.", "Dana"))
    return SavedSetup(SetupState(profile, Step.FIELDS, frozenset({Step.START, Step.CONNECT})), at)


def test_without_a_draft_the_primary_starts_a_new_setup(screen: Screen, theme: Theme) -> None:
    page = StartPage(theme)
    screen.show(page)
    asked: list[str] = []
    page.setup_requested.connect(lambda: asked.append("setup"))
    page.demo_requested.connect(lambda: asked.append("demo"))
    page.quit_requested.connect(lambda: asked.append("quit"))
    page.skip_requested.connect(lambda: asked.append("skip"))
    screen.press("Ctrl+Return")
    screen.click(page.setup_button)
    screen.click(page.demo_button)
    screen.press("Alt+Left")
    screen.click(screen.window.bar.ghost)
    assert asked == ["setup", "setup", "demo", "quit", "skip"]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(hours=1), "today at 09:00"),
        (timedelta(hours=12), "yesterday at 22:00"),
        (timedelta(days=9), "on 2026-02-28 at 10:00"),
    ],
)
def test_a_draft_is_continued_where_it_ended(
    screen: Screen, theme: Theme, age: timedelta, words: str
) -> None:
    page = StartPage(theme, saved(NOW - age), now=lambda: NOW)
    screen.show(page)
    assert screen.primary == "Continue with step 3"
    assert words in page.banner.accessibleDescription()
    asked: list[str] = []
    page.continue_requested.connect(lambda: asked.append("continue"))
    page.discard_requested.connect(lambda: asked.append("discard"))
    screen.press("Ctrl+Return")
    screen.click(page.discard_button)
    assert asked == ["continue", "discard"]
    page.set_saved(None)
    assert screen.primary == "Start a new setup"
    assert not page.banner.isVisible()


def test_a_file_is_chosen_without_stopping_the_program(screen: Screen, theme: Theme) -> None:
    page = StartPage(theme)
    screen.show(page)
    chosen: list[Path] = []
    page.open_requested.connect(chosen.append)
    screen.click(page.open_button)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/somewhere/setup.json")
    dialog.close()
    assert chosen == [Path("/somewhere/setup.json")]
