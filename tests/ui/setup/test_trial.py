"""Undo, test cases, one mapping, and what is final: the Test page against a Close on this computer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.actions.action_definitions import DELETE
from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.storage.profile import KeyLocation, MappingSpec
from app.ui.setup.try_page import TryPage
from app.ui.theme.theme import Theme
from app.workflows.samples import Sample
from app.workflows.setup import SetupFlow, default_mapping
from tests.ui.scenes.try_scenes import HandUndo, merge_report, sample_report, tools
from tests.ui.setup.actors import Reports
from tests.ui.setup.conftest import Screen
from tests.ui.setup.test_try_page import NEW, leads_called

ERASURE = Sample("Erase", "", {"type": "delete", "messageId": "m-9", "userId": "u_900"})
MAIL = "new.person@fresh.example"
RENAMED = replace(
    NEW,
    name="Renamed",
    body={
        **NEW.body,
        "messageId": "m-10",
        "traits": {"name": "Newer Person", "email": "new.person@fresh.example"},
    },
)
ERASE = MappingSpec(
    "Erase",
    DELETE.slug,
    'type = "delete"',
    {"contact_external_id": {"@path": "$.userId"}, "allow_deleting": True},
    enabled=False,
)


@pytest.fixture
async def flow(assistant: Assistant, close: SandboxThread) -> SetupFlow:
    flow = assistant.setup_flow("default")
    flow.start()
    flow.keep_key(await flow.check_key(close.sandbox.api_key), KeyLocation.MEMORY)
    view = await flow.read_fields()
    view = await flow.create_fields(view.missing)
    assert view.company.field is not None
    assert view.user.field is not None
    flow.choose_fields(view.company.field.id, view.user.field.id)
    flow.choose_sample(NEW)
    flow.accept_mappings((default_mapping(), ERASE))
    return flow


@pytest.fixture
async def page(screen: Screen, theme: Theme, flow: SetupFlow, assistant: Assistant) -> TryPage:
    page = TryPage(
        theme,
        flow,
        screen.unexpected.append,
        organization=lambda: "Acme Inc.",
        chosen=lambda: flow.state.sample,
        finish=flow.finish_test,
        samples=lambda: (NEW, ERASURE, RENAMED),
        tools=assistant.trial_tools(lambda: flow.mapped_profile),
    )
    screen.show(page)
    return page


async def send(screen: Screen, page: TryPage) -> None:
    """From nothing: the dry run comes by itself, then the question."""
    screen.press("Ctrl+Shift+T", page.list.table)
    await screen.until(page.confirmation.isVisible)
    screen.click(page.confirmation.yes_button)
    await screen.until(lambda: page.last.can_undo)


async def test_sending_shows_first_and_ctrl_z_takes_it_back(
    screen: Screen, page: TryPage, close: SandboxThread
) -> None:
    await send(screen, page)
    assert leads_called(close, "Fresh Ltd") == 1
    assert page.strip.button.isVisible()
    assert screen.window.toast.undo_button.isVisible()
    assert page.list.table.hasFocus()
    screen.press("Ctrl+Z", page.list.table)
    await screen.until(page.undo_view.isVisible)
    assert leads_called(close, "Fresh Ltd") == 0
    assert page.undo_view.banner.accessibleName() == "2 records removed."
    assert not page.strip.isVisible()
    screen.press("Ctrl+Z", page.list.table)
    assert screen.said[-1] == "There is nothing to undo"
    assert not page.busy


async def test_who_sends_before_the_dry_run_has_ended_is_asked_after_it(
    screen: Screen, page: TryPage
) -> None:
    screen.press("Ctrl+T", page.list.table)
    assert page.busy
    screen.press("Ctrl+Shift+T", page.list.table)
    assert page.confirmation.isHidden()
    await screen.until(page.confirmation.isVisible)
    assert not page.last.can_undo


async def test_what_somebody_changed_since_stays_with_the_reason(
    screen: Screen, page: TryPage, close: SandboxThread
) -> None:
    await send(screen, page)
    store = close.sandbox.store
    with store.lock:
        contact = next(one for one in store.contacts.values() if one.name == "New Person")
    close.sandbox.person.edit_contact(contact.id, {"title": "Boss"})
    screen.click(page.strip.button)
    await screen.until(page.undo_view.isVisible)
    assert leads_called(close, "Fresh Ltd") == 1
    table = page.undo_view.table.model()
    cells = [str(table.index(row, 0).data()) for row in range(table.rowCount())]
    assert "It was changed since it was created (title)." in cells


async def test_the_undo_goes_away_when_nothing_stands_any_more(
    screen: Screen, page: TryPage, close: SandboxThread
) -> None:
    await send(screen, page)
    store = close.sandbox.store
    with store.lock:
        lead = next(one for one in store.leads.values() if one.name == "Fresh Ltd")
    close.sandbox.person.delete_lead(lead.id)
    page.activated()
    await screen.until(lambda: not page.strip.button.isVisible())
    assert page.strip.banner.accessibleDescription() == "It is gone from Close."


async def test_in_the_filter_ctrl_z_belongs_to_the_text(screen: Screen, page: TryPage) -> None:
    await send(screen, page)
    page.list.filter.setFocus()
    screen.press("x", page.list.filter)
    screen.press("Ctrl+Z", page.list.filter)
    assert page.list.filter.text() == ""
    assert page.last.can_undo
    assert not page.busy


async def test_one_mapping_runs_although_it_is_off_and_a_deletion_needs_its_own_yes(
    screen: Screen, page: TryPage, close: SandboxThread
) -> None:
    await send(screen, page)
    page.list.choose(ERASURE)
    screen.press("Ctrl+T", page.list.table)
    await screen.until(page.result.isVisible)
    assert page.result.banner.accessibleName() == "No mapping runs for this event"
    page.scope.combo.setCurrentIndex(page.scope.combo.findData("Erase"))
    page.scope.chosen.emit()
    assert not page.result.isVisible()
    screen.press("Ctrl+Shift+T", page.list.table)
    await screen.until(page.confirmation.isVisible)
    assert "Contact New Person is deleted." in page.confirmation.banner.accessibleDescription()
    screen.click(page.confirmation.yes_button)
    assert page.confirmation.final_check.hasFocus()
    assert leads_called(close, "Fresh Ltd") == 1
    screen.press("Space")
    screen.click(page.confirmation.yes_button)
    await screen.until(lambda: leads_called(close, "Fresh Ltd") == 0)
    await screen.until(lambda: not page.busy)


async def test_a_case_is_saved_run_changed_and_deleted(
    screen: Screen, page: TryPage, flow: SetupFlow, tmp_path: Path
) -> None:
    assert page.cases is not None
    screen.press("Ctrl+T", page.list.table)
    await screen.until(page.result.isVisible)
    screen.click(screen.button("Save as test case"))
    await screen.until(lambda: page.pane.cases_button.text() == "1 test case")
    assert screen.button("Update test case")
    assert (tmp_path / "default" / "test-cases.json").is_file()
    mapping = default_mapping()
    changed = replace(mapping, mapping={**mapping.mapping, "contact_name": "Someone"})
    flow.accept_mappings((changed, ERASE))
    screen.click(page.pane.cases_button)
    assert screen.primary == "Run all"
    screen.press("Ctrl+Return")
    await screen.until(lambda: page.pane.cases_button.text() == "1 test case, failed")
    (result,) = page.cases.desk.results.values()
    assert "Contact Name was New Person, now is Someone." in result.differences
    page.cases.view.removed.emit("New person")
    await screen.until(lambda: page.pane.cases_button.text() == "No test cases yet")
    screen.click(screen.window.toast.undo_button)
    await screen.until(lambda: page.cases is not None and len(page.cases.desk.cases) == 1)


def hand_page(screen: Screen, theme: Theme, reports: Reports, undo: HandUndo | None = None) -> TryPage:
    class Runs:
        async def dry_run(self, sample: Sample, *, mapping: str | None = None) -> object:
            return await reports.run(None, sample, live=False)  # type: ignore[arg-type]

        async def send_test(
            self, sample: Sample, *, mapping: str | None = None, agreed: object = None
        ) -> object:
            return await reports.run(None, sample, live=True)  # type: ignore[arg-type]

    page = TryPage(
        theme,
        Runs(),  # type: ignore[arg-type]
        screen.unexpected.append,
        organization=lambda: "Acme Inc.",
        tools=tools(reports, undo=undo),
    )
    screen.show(page)
    return page


async def test_what_was_not_shown_is_not_sent_but_asked_again(
    screen: Screen, page: TryPage, close: SandboxThread
) -> None:
    await send(screen, page)
    store = close.sandbox.store
    with store.lock:
        contact = next(one for one in store.contacts.values() if one.name == "New Person")
    page.list.choose(RENAMED)
    screen.press("Ctrl+Shift+T", page.list.table)
    await screen.until(page.confirmation.isVisible)
    close.sandbox.person.edit_contact(contact.id, {"name": "Their Name"})
    screen.click(page.confirmation.yes_button)
    await screen.until(lambda: page.error is not None and page.confirmation.isVisible() and not page.busy)
    assert page.error is not None
    assert page.error.code == "PLAN-CHANGED"
    assert page.error.cause == "Name of the contact Their Name has another value now."
    assert store.contacts[contact.id].name == "Their Name"
    screen.click(page.confirmation.yes_button)
    await screen.until(lambda: store.contacts[contact.id].name == "Newer Person" and not page.busy)
    assert page.error is None


async def test_a_result_does_not_outlive_a_change_of_the_mappings(
    screen: Screen, page: TryPage, flow: SetupFlow, close: SandboxThread
) -> None:
    screen.press("Ctrl+T", page.list.table)
    await screen.until(page.result.isVisible)
    assert page.budget.isVisible()
    mapping = default_mapping()
    flow.accept_mappings((replace(mapping, mapping={**mapping.mapping, "contact_name": "Someone"}), ERASE))
    page.activated()
    assert not page.result.isVisible()
    screen.press("Ctrl+Shift+T", page.list.table)
    await screen.until(page.confirmation.isVisible)
    assert leads_called(close, "Fresh Ltd") == 0


async def test_merges_are_named_as_final_before_anything_is_sent(screen: Screen, theme: Theme) -> None:
    reports = Reports(merge_report())
    page = hand_page(screen, theme, reports)
    screen.press("Ctrl+Shift+T", page.list.table)
    await screen.until(page.confirmation.isVisible)
    said = page.confirmation.banner.accessibleDescription()
    assert "Lead M. Lopez is merged into lead Brightwave Studio." in said
    assert "Contact M. Lopez is merged into contact Maria Lopez." in said
    assert page.confirmation.final_check.isVisible()
    assert [live for _, live in reports.runs] == [False]


async def test_starred_events_come_first(screen: Screen, theme: Theme) -> None:
    page = hand_page(screen, theme, Reports(sample_report()))
    first = Sample("First", "", {"type": "track", "messageId": "1"})
    starred = Sample("Starred", "", {"type": "track", "messageId": "2"}, starred=True)
    again = Sample("Received", "", {"type": "track", "messageId": "1"})
    page.pane.set_samples((again, first, starred))
    assert [one.name for one in page.list.samples()] == ["Starred", "First"]


async def test_what_such_an_event_costs_is_said_below_the_result(screen: Screen, page: TryPage) -> None:
    screen.press("Ctrl+T", page.list.table)
    await screen.until(page.result.isVisible)
    # Three searches (user id, company id, address), reads and one create for lead and contact.
    assert "of them searches" in page.budget.text
    assert "Close allows about" in page.budget.text
