"""Settings as a person uses them: in the whole window, against a sandbox."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.storage.profile import Mode
from app.ui.assistant_window import AssistantWindow
from app.ui.crash_dialog import CrashDialog
from app.ui.places import SETTINGS
from app.ui.profiles.name_dialog import NameDialog
from app.ui.profiles.opening import ProfileOpener
from app.ui.profiles.promote_dialog import PromoteDialog
from app.ui.question_dialog import QuestionDialog
from app.ui.settings import settings_page as places
from app.ui.theme.theme import Scheme, Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.crash_log import EarlierRun
from app.workflows.profile_care import ProfileCare
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt
from tests.workflows.conftest import assistant, close
from tests.workflows.connected import connect
from tests.workflows.keyrings import WorkingKeyring
from tests.workflows.test_promotion import live, several

__all__ = ["assistant", "close", "live", "several"]

Scenario = Callable[[AssistantWindow], Awaitable[None]]


class Person:
    """Opens the window of a profile and acts in it."""

    def __init__(self, app: QApplication, theme: Theme) -> None:
        self._app, self._theme = app, theme
        self.unexpected = UnexpectedErrors()
        self.opened: list[list[str]] = []

    def __call__(self, assistant: Assistant, name: str, scenario: Scenario) -> None:
        async def work() -> None:
            window = AssistantWindow(self._theme, assistant, name, self.unexpected)
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.settings.profiles.opener = ProfileOpener(
                assistant.profiles.root,
                start=lambda words: self.opened.append(list(words)),
                command=lambda: ("segment-close",),
            )
            window.open()
            window.show_workbench(SETTINGS)
            try:
                await scenario(window)
            finally:
                window.frame.close()
                await asyncio.wait_for(ended.wait(), 15)

        run_in_qt(self._app, work())


@pytest.fixture
def person(qapp: QApplication, theme: Theme) -> Iterator[Person]:
    yield Person(qapp, theme)
    theme.set_scheme(Scheme.LIGHT)
    theme.set_text_scale(1.0)


@pytest.fixture
def website(assistant: Assistant, close: SandboxThread) -> Assistant:
    """A connected profile “Website”."""
    asyncio.run(connect(assistant, "Website", close))
    return assistant


def yes(window: AssistantWindow) -> None:
    dialog = window.settings.desk.dialog or window.settings.profiles.dialog
    assert isinstance(dialog, QuestionDialog)
    dialog.yes_button.click()


def test_the_title_names_organization_and_profile(person: Person, website: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        name = website.load_profile("Website").organization
        assert name is not None
        assert window.frame.windowTitle().startswith(f"{name.name} – Website – ")

    person(website, "Website", scenario)


def test_looks_change_at_once_and_are_kept_for_every_profile(person: Person, website: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        general = window.settings.desk.general
        general.scheme.button("dark").click()
        assert window.theme.scheme is Scheme.DARK
        general.masking.setChecked(True)
        assert window.events.masked
        general.language.choose("de")
        general.language.activated.emit(general.language.currentIndex())
        path = website.profiles.root / "window.json"
        await until(lambda: path.is_file() and json.loads(path.read_text())["language"] == "de")
        assert json.loads(path.read_text())["scheme"] == "dark"

    person(website, "Website", scenario)


def test_relay_and_limits_are_saved_in_the_profile_and_the_mode_stays(
    person: Person, website: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        desk = window.settings.desk
        window.settings.show_section(places.RELAY)
        desk.relay.port.set_text("99999")
        desk.relay.save_button.click()
        assert desk.relay.port.error
        window.controller.set_mode(Mode.OBSERVE)
        await until(lambda: website.load_profile("Website").relay.mode is Mode.OBSERVE)
        desk.relay.port.set_text("9321")
        desk.relay.admin.setChecked(True)
        desk.relay.admin_port.set_text("9321")
        desk.relay.save_button.click()
        assert desk.relay.admin_port.error
        desk.relay.admin_port.set_text("9322")
        desk.relay.save_button.click()
        await until(lambda: website.load_profile("Website").relay.port == 9321)
        relay = website.load_profile("Website").relay
        assert (relay.admin_port, relay.mode) == (9322, Mode.OBSERVE)
        window.settings.show_section(places.STORAGE)
        desk.storage.days.set_text("14")
        desk.storage.keep_button.click()
        await until(lambda: website.load_profile("Website").retention_days == 14)

    person(website, "Website", scenario)


def test_another_key_of_the_same_organization_is_taken_and_a_foreign_one_refused(
    person: Person, website: Assistant, close: SandboxThread, live: SandboxThread
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        secrets = window.settings.desk.secrets
        window.settings.show_section(places.SECRETS)
        before = website.secrets.api_key(website.load_profile("Website"))
        secrets.replace_button.click()
        assert secrets.key.error
        secrets.key.set_secret(live.sandbox.api_key)
        secrets.replace_button.click()
        await until(lambda: secrets.slot.error)
        assert website.secrets.api_key(website.load_profile("Website")) == before
        secrets.key.set_secret(close.sandbox.api_key)
        secrets.replace_button.click()
        await until(lambda: secrets.key.secret() == "")
        assert secrets.slot.error is None

    person(website, "Website", scenario)


def test_a_closed_connection_forgets_the_key_and_keeps_the_mappings(
    person: Person, website: Assistant
) -> None:
    mappings = website.load_profile("Website").mappings

    async def scenario(window: AssistantWindow) -> None:
        window.settings.show_section(places.SECRETS)
        secrets = window.settings.desk.secrets
        secrets.disconnect_button.click()
        yes(window)
        await until(lambda: not WorkingKeyring.kept)
        await until(lambda: not secrets.connect_button.isHidden())
        assert website.load_profile("Website").mappings == mappings

    person(website, "Website", scenario)


def test_a_bundle_is_looked_at_before_it_is_saved(person: Person, website: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"

    async def scenario(window: AssistantWindow) -> None:
        window.settings.show_section(places.DIAGNOSTICS)
        section = window.settings.desk.diagnostics
        assert section.save_button.isHidden()
        section.gather_button.click()
        await until(lambda: section.bundle)
        assert "program" in section.text.text()
        window.settings.desk.save_bundle(file)
        await until(file.is_file)
        section.with_events.setChecked(True)
        assert section.bundle is None

    person(website, "Website", scenario)
    with zipfile.ZipFile(file) as bundle:
        held = b"".join(bundle.read(name) for name in bundle.namelist()).decode()
    for secret in website.secrets.known(website.load_profile("Website")):
        assert secret not in held


def test_another_profile_opens_in_a_process_of_its_own(person: Person, website: Assistant) -> None:
    website.profile_care().create("iOS app")

    async def scenario(window: AssistantWindow) -> None:
        window.frame.organization_requested.emit()
        menu = window.settings.profiles.show_menu(window.frame.pos())
        assert list(menu.profiles) == ["Website", "iOS app"]
        menu.profiles["Website"].trigger()
        menu.profiles["iOS app"].trigger()
        await until(lambda: person.opened)
        menu.close()
        assert window.controller.profile.name == "Website"

    person(website, "Website", scenario)
    [words] = person.opened
    assert words[:3] == ["segment-close", "--profile", "iOS app"]


def test_profiles_are_made_named_and_removed_in_the_window(person: Person, website: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        desk = window.settings.profiles
        window.settings.show_section(places.PROFILES)
        desk.section.buttons["new"].click()
        dialog = desk.dialog
        assert isinstance(dialog, NameDialog)
        dialog.name.set_text("website")
        dialog.yes_button.click()
        assert dialog.name.error
        dialog.name.set_text("Shop")
        dialog.yes_button.click()
        await until(lambda: person.opened)
        desk.read()
        await until(lambda: desk.section.table.model().rowCount() == 2)
        desk.section.select("Shop")
        desk.section.buttons["edit"].click()
        naming = desk.dialog
        assert isinstance(naming, NameDialog)
        naming.name.set_text("Store")
        naming.yes_button.click()
        await until(lambda: "Store" in website.profiles.list())
        await until(lambda: desk.section.table.model().index(0, 0).data() is not None)
        desk.read()
        await until(lambda: "Store" in [each.name for each in desk.section._summaries])
        desk.section.select("Store")
        desk.section.buttons["remove"].click()
        yes(window)
        await until(lambda: website.profiles.list() == ("Website",))

    person(website, "Website", scenario)


def test_a_file_shows_what_is_in_it_before_it_is_imported(
    person: Person, website: Assistant, tmp_path: Path
) -> None:
    file = tmp_path / "website.json"
    website.profile_care().export_to("Website", file)

    async def scenario(window: AssistantWindow) -> None:
        desk = window.settings.profiles
        desk.read_file(file)
        await until(lambda: isinstance(desk.dialog, NameDialog))
        assert website.profiles.list() == ("Website",)
        assert isinstance(desk.dialog, NameDialog)
        desk.dialog.yes_button.click()
        await until(lambda: website.profiles.list() == ("Website", "Website 2"))

    person(website, "Website", scenario)
    assert website.load_profile("Website 2").mappings == website.load_profile("Website").mappings


def test_a_profile_is_promoted_after_the_report_was_agreed_to(
    person: Person, several: Assistant, close: SandboxThread, live: SandboxThread
) -> None:
    at_home = Assistant.in_folder(several.profiles.root, {}, close_url=close.base_url)
    source = asyncio.run(connect(at_home, "Website test", close))
    at_live = Assistant.in_folder(several.profiles.root, {}, close_url=live.base_url)
    there = asyncio.run(connect(at_live, "Website", live))
    several.profiles.save(replace(there, mappings=()))

    async def scenario(window: AssistantWindow) -> None:
        desk = window.settings.profiles
        desk._do("promote", "Website test")
        dialog = desk.dialog
        assert isinstance(dialog, PromoteDialog)
        dialog.where.combo.choose("Website")
        dialog.where.combo.activated.emit(dialog.where.combo.currentIndex())
        dialog.compare_button.click()
        await until(lambda: not dialog.go_button.isHidden())
        assert several.profiles.load("Website").mappings == ()
        dialog.go_button.click()
        await until(lambda: several.profiles.load("Website").mappings)

    person(several, "Website test", scenario)
    assert several.profiles.load("Website").mappings == source.mappings
    assert several.profiles.load("Website").company_field == there.company_field


def test_a_forgotten_profile_is_removed_once_its_window_has_ended(person: Person, website: Assistant) -> None:
    windows: list[AssistantWindow] = []

    async def scenario(window: AssistantWindow) -> None:
        windows.append(window)
        window.settings.desk.secrets.forget_button.click()
        assert not window.forgotten
        yes(window)
        await until(lambda: window.forgotten)

    person(website, "Website", scenario)
    ProfileCare(website.profiles, website.secrets).remove("Website")
    assert website.profiles.list() == ()
    assert not WorkingKeyring.kept


def test_a_crash_of_the_run_before_is_told_with_its_report(person: Person, website: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        assert window.settings.show_earlier(EarlierRun("", "")) is None
        dialog = window.settings.show_earlier(EarlierRun("2026-03-01T10:00:00+00:00", "Fatal: Segmentation"))
        assert isinstance(dialog, CrashDialog)
        assert dialog.details.isHidden()
        assert "Segmentation" in dialog.report
        dialog.bundle_button.click()
        await until(lambda: window.settings.page.section == places.DIAGNOSTICS)

    person(website, "Website", scenario)


def test_the_report_of_a_failure_holds_no_secret(website: Assistant) -> None:
    key = website.secrets.api_key(website.load_profile("Website"))
    unexpected = UnexpectedErrors(redactor=website.redactor)
    told = unexpected.told(RuntimeError(f"{key} of maria@acme.example"))
    assert isinstance(told, AppError)
    assert "RuntimeError" in told.detail
    assert key not in told.detail
    assert "maria@" not in told.detail
    assert key not in f"{told.title} {told.cause} {told.remedy}"
