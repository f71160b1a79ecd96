"""Connect Segment: what is copied, what is checked, and what is said about the other path."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from app.errors import AppError
from app.storage.profile import DeliveryPath, Profile
from app.ui.connect.segment_page import Part, SegmentPage
from app.ui.connect.segment_values import SegmentValues
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button
from app.ui.widgets.check_list import CheckRow
from app.ui.widgets.secret_clipboard import ClipboardTimer
from app.workflows.samples import built_in_samples
from app.workflows.snippet_calls import snippet_calls
from app.workflows.snippets import Language, snippet
from tests.ui.scenes.connect_scenes import COMPANY, PUBLIC, USER, connected, reached, values_of
from tests.ui.setup.actors import KEY, HandRelay
from tests.ui.setup.conftest import Screen

Show = Callable[..., SegmentPage]


@pytest.fixture
def show(screen: Screen, theme: Theme) -> Show:
    def shown(
        profile: Profile | None = None, relay: HandRelay | None = None, **members: object
    ) -> SegmentPage:
        values = values_of(profile or connected(), relay or reached())
        page = SegmentPage(theme, replace(values, **members), screen.unexpected.append)  # type: ignore[arg-type]
        screen.show(page)
        return page

    return shown


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def found(page: SegmentPage) -> list[str]:
    return [row.accessibleName() for row in page.straight.check.findChildren(CheckRow) if row.isVisible()]


async def test_the_page_opens_with_the_path_of_the_profile(show: Show, screen: Screen) -> None:
    page = show(connected(DeliveryPath.DESTINATION))
    assert page.part is Part.STRAIGHT
    assert page.straight.isVisible()
    assert not page.webhook.isVisible()


async def test_the_public_address_is_copied_and_known_to_be_copied(show: Show, screen: Screen) -> None:
    relay = reached()
    page = show(relay=relay)
    assert screen.primary == "Copy URL"
    screen.press("Ctrl+Return")
    assert clipboard() == PUBLIC
    assert relay.copies == 1
    assert page.webhook.sheet.row("URL").done
    assert "Copied" in screen.said


async def test_an_address_of_this_computer_is_not_offered_to_segment(show: Show, screen: Screen) -> None:
    relay = HandRelay()
    page = show(relay=relay)
    asked: list[bool] = []
    page.address_requested.connect(lambda: asked.append(True))
    assert page.webhook.sheet.row("URL").field.value() == ""
    assert screen.primary == "Choose an address"
    screen.press("Ctrl+Return")
    assert asked == [True]

    relay.now = reached().now
    await screen.until(lambda: screen.primary == "Copy URL", what="the address to be seen")
    assert page.webhook.sheet.row("URL").field.value() == PUBLIC


async def test_the_address_of_a_stopped_relay_is_shown_once_its_secret_is_known(
    screen: Screen, theme: Theme
) -> None:
    read = asyncio.Event()

    class Slow(HandRelay):
        async def shared_secret(self) -> str:
            await read.wait()
            return "whsec-for-tests"

        def planned_url(self, port: int) -> str:
            return PUBLIC if read.is_set() else "https://relay.acme.example"

    profile = connected()
    profile = replace(profile, relay=replace(profile.relay, public_url="https://relay.acme.example"))
    page = SegmentPage(theme, values_of(profile, Slow()), screen.unexpected.append)
    screen.show(page)
    assert screen.primary == "Choose an address"
    read.set()
    await screen.until(lambda: screen.primary == "Copy URL")
    assert page.webhook.sheet.row("URL").field.value() == PUBLIC


async def test_the_shared_secret_is_read_when_it_is_copied_and_leaves_the_clipboard(
    show: Show, screen: Screen
) -> None:
    page = show()
    row = page.webhook.sheet.row("Shared Secret")
    assert row.field.value() == ""
    screen.click(row.field.copy_button)
    await screen.until(lambda: row.done, what="the secret on the clipboard")
    assert clipboard() == "whsec-for-tests"
    assert row.field.value() == ""
    for timer in QGuiApplication.clipboard().findChildren(ClipboardTimer):
        timer.timeout.emit()
    assert clipboard() == ""


async def test_the_key_of_close_is_copied_for_the_straight_path(show: Show, screen: Screen) -> None:
    page = show(connected(DeliveryPath.DESTINATION))
    row = page.straight.sheet.row("API key")
    screen.click(row.field.copy_button)
    await screen.until(lambda: row.done, what="the key on the clipboard")
    assert clipboard() == KEY
    QGuiApplication.clipboard().clear()


async def test_a_key_that_cannot_be_read_is_told_until_it_can(show: Show, screen: Screen) -> None:
    locks = [AppError("KEYRING-LOCKED", "The keyring is locked.", remedy="Unlock it.")]

    def read() -> str:
        if locks:
            raise locks.pop()
        return KEY

    page = show(connected(DeliveryPath.DESTINATION), api_key=read)
    copy = page.straight.sheet.row("API key").field.copy_button
    screen.click(copy)
    await screen.until(lambda: page.error, what="the error")
    assert page.error is not None
    assert page.error.code == "KEYRING-LOCKED"
    assert "The keyring is locked." in screen.said
    copy.click()
    await screen.until(lambda: page.straight.sheet.row("API key").done, what="the key on the clipboard")
    assert page.error is None
    QGuiApplication.clipboard().clear()


async def test_a_mapping_is_copied_as_the_json_that_it_is(show: Show, screen: Screen) -> None:
    profile = connected(DeliveryPath.DESTINATION)
    page = show(profile)
    page.straight.sheet.row("Mapping as JSON").field.copy_button.click()
    assert json.loads(clipboard()) == profile.mappings[0].mapping
    assert page.straight.sheet.cards[1].fact.text() == "1 of 16 copied"


async def test_what_was_copied_stays_marked_while_it_is_the_same(screen: Screen, theme: Theme) -> None:
    profiles = [connected(DeliveryPath.DESTINATION)]
    values = replace(values_of(profiles[0], HandRelay()), profile=lambda: profiles[-1])
    page = SegmentPage(theme, values, screen.unexpected.append)
    screen.show(page)
    name, company = "Lead Name", "Lead Custom Field ID for Company ID"
    for label in (name, company):
        page.straight.sheet.row(label).field.copy_button.click()
    profiles.append(replace(profiles[0], company_field=USER))
    page.straight.refresh()
    assert page.straight.sheet.row(name).done
    assert not page.straight.sheet.row(company).done


async def test_what_was_entered_wrongly_is_named_and_the_key_in_it_is_not_kept(
    show: Show, screen: Screen
) -> None:
    page = show(connected(DeliveryPath.DESTINATION))
    entered = {
        "api_key": KEY,
        "lead_custom_field_id_for_company_id": USER.id,
        "contact_custom_field_id_for_user_id": USER.id,
    }
    QGuiApplication.clipboard().setText(json.dumps({"settings": entered}))
    check = page.straight.check
    check.paste_button.click()
    assert KEY not in check.box.text()
    assert found(page) == [
        "Failed: Settings: Lead Custom Field ID for Company ID",
        "Proven: 1 value is as it belongs",
    ]
    assert "1 of 2 differ" in screen.said
    copy = screen.button("Copy the right value")
    assert isinstance(copy, Button)
    copy.click()
    assert clipboard() == COMPANY.id


async def test_a_result_goes_away_with_the_text_it_was_made_of(show: Show, screen: Screen) -> None:
    page = show(connected(DeliveryPath.DESTINATION))
    check = page.straight.check
    check.box.set_text(json.dumps({"contact_custom_field_id_for_user_id": USER.id}))
    screen.press("Ctrl+Return")
    assert found(page)
    check.box.edit.insertPlainText(" ")
    assert found(page) == []


async def test_text_that_is_no_json_and_no_text_at_all_say_what_is_missing(
    show: Show, screen: Screen
) -> None:
    page = show(connected(DeliveryPath.DESTINATION))
    screen.press("Ctrl+Return")
    assert page.straight.check.box.edit.hasFocus()
    page.straight.check.box.set_text("not json")
    screen.press("Ctrl+Return")
    assert page.straight.check.error is not None
    assert page.straight.check.error.code == "ENTRY-JSON"


async def test_reading_about_the_other_path_warns_that_both_write_twice(show: Show, screen: Screen) -> None:
    page = show()
    asked: list[bool] = []
    page.path_requested.connect(lambda: asked.append(True))
    page.show_part(Part.STRAIGHT)
    screen.click(page.path_button)
    assert asked == [True]
    page.show_part(Part.CODE)
    assert not page.path_button.isVisible()


@pytest.mark.parametrize("language", list(Language))
async def test_the_code_that_is_copied_is_that_of_the_language_and_the_mappings(
    show: Show, screen: Screen, language: Language
) -> None:
    profile = connected()
    page = show(profile)
    page.show_part(Part.CODE)
    screen.click(page.code.languages.button(language))
    screen.press("Ctrl+Return")
    bodies = tuple(sample.body for sample in built_in_samples())
    wanted = snippet(language, snippet_calls(profile, bodies))
    await screen.until(lambda: clipboard() == wanted, what="the code on the clipboard")
    assert page.code.box.text() == wanted


async def test_in_the_guide_there_is_a_way_back(screen: Screen, theme: Theme) -> None:
    values: SegmentValues = values_of(connected(), reached())
    page = SegmentPage(theme, values, screen.unexpected.append, in_guide=True)
    screen.show(page)
    left: list[bool] = []
    page.back.connect(lambda: left.append(True))
    screen.press("Alt+Left")
    assert left == [True]
