"""Who may post, in the window: against a real profile and its secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.storage.profile import KeyLocation, Profile, SourceSettings
from app.ui.relay.access_desk import AccessDesk
from app.ui.relay.access_dialog import AccessDialog
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.scenes.workbench_scenes import finished_profile

Open = Callable[[], AccessDialog]


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return Assistant.in_folder(tmp_path, {})


@pytest.fixture
def profile(assistant: Assistant) -> Profile:
    saved = replace(finished_profile(), key_location=KeyLocation.MEMORY)
    assistant.profiles.save(saved)
    assistant.relay_access().rotate(saved, secret="the first secret", overlap_h=0)
    return saved


@pytest.fixture
def open_dialog(assistant: Assistant, profile: Profile, theme: Theme, qapp: QApplication) -> Open:
    def opened() -> AccessDialog:
        def unexpected(error: BaseException) -> None:
            raise error

        desk = AccessDesk(assistant.relay_access(), lambda: profile, unexpected)
        dialog = AccessDialog(theme, None, desk)
        desk.setParent(dialog)
        return dialog

    return opened


async def settled(dialog: AccessDialog) -> None:
    await until(lambda: not dialog.desk.busy and dialog.desk.now is not None, what="the keyring")


async def test_the_secret_is_copied_but_never_shown(open_dialog: Open) -> None:
    dialog = open_dialog()
    await settled(dialog)
    assert "first secret" not in dialog.secret.edit.text()
    dialog.secret.copy_button.click()
    assert QGuiApplication.clipboard().text() == "the first secret"
    assert not dialog.end_button.isVisibleTo(dialog)
    dialog.deleteLater()


async def test_rotating_keeps_the_old_secret_until_a_person_refuses_it(
    open_dialog: Open, assistant: Assistant, profile: Profile
) -> None:
    dialog = open_dialog()
    await settled(dialog)
    dialog.rotate_button.click()
    await settled(dialog)
    values = [one.value for one in assistant.secrets.credentials(profile).secrets]
    assert values == [dialog.secret.value(), "the first secret"]
    assert dialog.rotated.isVisibleTo(dialog)
    assert dialog.end_button.isVisibleTo(dialog)
    dialog.end_button.click()
    assert dialog.question is not None
    dialog.question.yes_button.click()
    await settled(dialog)
    assert [one.value for one in assistant.secrets.credentials(profile).secrets] == values[:1]
    assert not dialog.end_button.isVisibleTo(dialog)
    dialog.deleteLater()


async def test_a_source_gets_a_key_that_is_handed_over_once(
    open_dialog: Open, assistant: Assistant, profile: Profile
) -> None:
    dialog = open_dialog()
    await settled(dialog)
    dialog.source_name.set_text("  Website ")
    dialog.add_button.click()
    await settled(dialog)
    (key,) = assistant.secrets.credentials(profile).write_keys
    assert (key.source, key.value) == ("Website", dialog.new_key.value())
    assert key.value not in dialog.new_key.edit.text()
    dialog.source_name.set_text("Website")
    dialog.add_button.click()
    await settled(dialog)
    assert dialog.source_name.error.startswith("There is a source “Website” already.")
    again = open_dialog()
    await settled(again)
    assert not again.new_key.isVisibleTo(again)
    again.sources.buttons["Website"].click()
    await settled(again)
    assert assistant.secrets.credentials(profile).write_keys == ()
    dialog.deleteLater()
    again.deleteLater()


async def test_libraries_and_web_pages_are_saved_in_the_profile(
    open_dialog: Open, assistant: Assistant, profile: Profile
) -> None:
    dialog = open_dialog()
    await settled(dialog)
    told: list[SourceSettings] = []
    dialog.desk.sources_saved.connect(told.append)
    dialog.libraries.click()
    await settled(dialog)
    dialog.page_origin.set_text("app.acme.example")
    dialog.allow_button.click()
    await settled(dialog)
    assert dialog.page_origin.error.startswith("This is not the origin of a web page.")
    dialog.page_origin.set_text("https://App.Acme.example/")
    dialog.allow_button.click()
    await settled(dialog)
    saved = assistant.profiles.load(profile.name).sources
    assert saved == SourceSettings(enabled=True, origins=("https://app.acme.example",)) == told[-1]
    dialog.pages.buttons["https://app.acme.example"].click()
    await settled(dialog)
    assert assistant.profiles.load(profile.name).sources.origins == ()
    dialog.deleteLater()
