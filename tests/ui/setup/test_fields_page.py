from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.storage.profile import KeyLocation
from app.ui.setup.fields_page import FieldsPage
from app.ui.theme.theme import Theme
from app.workflows.setup import SetupFlow, Step
from tests.ui.setup.conftest import Screen


@pytest.fixture
async def flow(assistant: Assistant, close: SandboxThread) -> SetupFlow:
    flow = assistant.setup_flow("default")
    flow.start()
    flow.keep_key(await flow.check_key(close.sandbox.api_key), KeyLocation.MEMORY)
    return flow


def page_for(screen: Screen, theme: Theme, flow: SetupFlow) -> FieldsPage:
    page = FieldsPage(theme, flow, screen.unexpected.append)
    screen.show(page)
    return page


async def test_both_fields_are_created_and_taken(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    page = page_for(screen, theme, flow)
    await screen.until(lambda: screen.primary == "Create 2 fields in Acme Inc.")
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary == "Use these fields")
    screen.press("Ctrl+Return")
    assert flow.state.step is Step.SAMPLE
    company, user = flow.state.profile.company_field, flow.state.profile.user_field
    assert company is not None
    assert user is not None
    assert (company.name, user.name) == ("Company ID", "User ID")
    assert page.company.chosen_id == company.id


async def test_a_field_of_the_wrong_type_is_answered_with_another_name(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    close.sandbox.person.add_field("lead", "Company ID", "number")
    page = page_for(screen, theme, flow)
    await screen.until(lambda: screen.primary.startswith("Create"))
    creation = page.company.creation
    assert creation is not None
    assert creation.name == "Company ID (Segment)"
    page.company.new_name.edit.clear()
    screen.press("Ctrl+Return")
    assert page.company.new_name.error
    assert page.company.new_name.edit.hasFocus()
    page.company.new_name.edit.setText("Account number")
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary == "Use these fields")
    screen.press("Ctrl+Return")
    field = flow.state.profile.company_field
    assert field is not None
    assert field.name == "Account number"


async def test_a_key_that_may_not_create_gives_a_request_to_copy(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    member = close.sandbox.store.account.owner.without("manage_customizations")
    close.sandbox.set_member(member)
    flow.keep_key(await flow.check_key(close.sandbox.api_key), KeyLocation.MEMORY)
    page = page_for(screen, theme, flow)
    await screen.until(page.copy_request_button.isVisible)
    screen.click(page.copy_request_button)
    assert "Company ID: on Leads, type Text" in QApplication.clipboard().text()
    page.company.field_id.edit.setText("not an id")
    screen.press("Ctrl+Return")
    assert "custom field" in page.company.field_id.error
    assert page.company.field_id.edit.hasFocus()
    made = close.sandbox.person.add_field("lead", "Our company", "text")
    screen.press("F5")
    await screen.until(lambda: page.company.combo.findData(made.id) >= 0)
    page.company.field_id.edit.setText(made.id)
    page.user.choose_without()
    screen.press("Ctrl+Return")
    field = flow.state.profile.company_field
    assert field is not None
    assert field.id == made.id
    assert flow.state.profile.user_field is None


async def test_a_found_field_can_be_copied(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    made = close.sandbox.person.add_field("lead", "Company ID", "text")
    page = page_for(screen, theme, flow)
    await screen.until(lambda: screen.primary == "Create 1 field in Acme Inc.")
    screen.click(page.company.copy_button)
    assert QApplication.clipboard().text() == made.id


async def test_several_fields_of_the_same_name_wait_for_a_choice(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    close.sandbox.person.add_field("contact", "User ID", "text")
    second = close.sandbox.person.add_field("contact", "User ID", "text")
    page = page_for(screen, theme, flow)
    await screen.until(lambda: page.user.combo.isVisible())
    page.company.combo.choose("without")
    screen.press("Ctrl+Return")
    assert page.user.combo.hasFocus()
    page.user.combo.choose(second.id)
    screen.press("Ctrl+Return")
    field = flow.state.profile.user_field
    assert field is not None
    assert field.id == second.id


async def test_a_lost_key_leads_back_to_the_connection(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    close.sandbox.revoke_key(close.sandbox.api_key)
    page = page_for(screen, theme, flow)
    await screen.until(lambda: page.error)
    left: list[bool] = []
    page.back.connect(lambda: left.append(True))
    screen.click(screen.button("Connect again"))
    assert left


async def test_no_field_is_taken_twice(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    made = close.sandbox.person.add_field("lead", "Company ID", "text")
    page = page_for(screen, theme, flow)
    await screen.until(lambda: screen.primary.startswith("Create"))
    page.user.combo.choose("paste")
    page.user.field_id.edit.setText(made.id)
    screen.press("Ctrl+Return")
    assert Step.FIELDS not in flow.state.done
