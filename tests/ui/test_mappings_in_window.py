"""Mappings in the real window: edited, saved, left, restored; in the workbench and in the guide."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.actions.trace import Outcome
from app.assembly import Assistant
from app.relay.event_records import EventFilter
from app.storage.profile import KeyLocation, MappingSpec
from app.storage.secret_store import SecretKind
from app.ui.assistant_window import AssistantWindow, is_set_up
from app.ui.mappings.history_dialog import HistoryDialog
from app.ui.mappings.unsaved_dialog import UnsavedDialog
from app.ui.mappings.workbench_editing import MAP_FIELDS, WHEN_IT_RUNS
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.mapping_editor import document as steps
from app.workflows.mapping_editor.presets import preset
from app.workflows.own_event import send_own_event
from app.workflows.samples import built_in_samples
from app.workflows.setup import SetupFlow, Step
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt

NAME = "default"
IDENTIFY, NEWSLETTER = preset("identify").spec, preset("newsletter").spec


@pytest.fixture
def demo() -> Iterator[DemoSession]:
    with DemoSession() as session:
        yield session


@pytest.fixture
def assistant(demo: DemoSession) -> Assistant:
    return Assistant.for_demo(demo)


async def connected(assistant: Assistant, demo: DemoSession) -> SetupFlow:
    flow = assistant.setup_flow(NAME)
    flow.start()
    flow.keep_key(await flow.check_key(demo.api_key), KeyLocation.MEMORY)
    view = await flow.create_fields((await flow.read_fields()).missing)
    assert view.company.field
    assert view.user.field
    flow.choose_fields(view.company.field.id, view.user.field.id)
    flow.choose_sample(built_in_samples()[0])
    return flow


async def set_up(assistant: Assistant, demo: DemoSession, *mappings: MappingSpec) -> None:
    """A finished profile on a free port."""
    flow = await connected(assistant, demo)
    for step in (Step.MAPPING, Step.WHEN):
        flow.accept_mappings(mappings or (IDENTIFY, NEWSLETTER), step)
    profile = flow.finish()
    assistant.profiles.save(replace(profile, relay=replace(profile.relay, port=0)))


class Opened:
    def __init__(self, app: QApplication, theme: Theme, assistant: Assistant, demo: DemoSession) -> None:
        self._app, self._theme, self._assistant, self._demo = app, theme, assistant, demo
        self.unexpected = UnexpectedErrors()

    def __call__(
        self,
        scenario: Callable[[AssistantWindow], Awaitable[None]],
        prepare: Callable[[Assistant, DemoSession], Awaitable[object]] = set_up,
    ) -> None:
        async def work() -> None:
            await prepare(self._assistant, self._demo)
            window = AssistantWindow(self._theme, self._assistant, NAME, self.unexpected)
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.open()
            try:
                await scenario(window)
            finally:
                window.mappings.session.reset(window.mappings.session.saved)
                window.frame.close()
                await asyncio.wait_for(ended.wait(), 15)
                window.frame.deleteLater()
                window.deleteLater()

        run_in_qt(self._app, work())
        # Every window that is left makes each change of the theme slower for the tests that follow.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def opened(qapp: QApplication, theme: Theme, assistant: Assistant, demo: DemoSession) -> Opened:
    return Opened(qapp, theme, assistant, demo)


def dialog(window: AssistantWindow, kind: type[QDialog]) -> QDialog | None:
    return next((each for each in window.frame.findChildren(kind) if each.isVisible()), None)


async def answer(window: AssistantWindow, button: str) -> None:
    asked = await until(lambda: dialog(window, UnsavedDialog), what="the question about unsaved changes")
    getattr(asked, button).click()
    await until(lambda: dialog(window, UnsavedDialog) is None, what="the question to go")


def switch_newsletter_off(window: AssistantWindow) -> None:
    session = window.mappings.session
    session.set_document(steps.switch(session.document, 1, enabled=False))


def primary(window: AssistantWindow) -> str:
    button = window.frame.bar.primary
    return button.text() if button.isVisible() else ""


def test_changes_are_saved_with_the_former_version_kept(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.frame.place_chosen.emit("mappings")
        assert primary(window) == ""
        switch_newsletter_off(window)
        assert primary(window) == "Save changes"
        assert window.frame.bar.isVisible()
        window.frame.bar.run_primary()
        await until(lambda: not window.mappings.session.modified, what="the save")
        assert [spec.enabled for spec in assistant.load_profile(NAME).mappings] == [True, False]
        [former] = assistant.profiles.history(NAME).versions()
        assert former.mappings == (IDENTIFY, NEWSLETTER)
        assert [spec.enabled for spec in window.controller.profile.mappings] == [True, False]
        # What was saved can still be undone, and is then a change again.
        window.mappings.session.undo()
        assert primary(window) == "Save changes"

    opened(scenario)


def test_a_running_relay_uses_saved_mappings_from_the_next_event_on(
    opened: Opened, assistant: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        controller = window.controller
        controller.start()
        await until(lambda: controller.running, what="the relay to listen")
        url = controller.status.address.url if controller.status.address else ""
        secret = assistant.secrets.current(controller.profile).get(SecretKind.SEGMENT_SHARED_SECRET)

        async def outcome_of_next() -> str:
            message_id = await send_own_event(url, secret, built_in_samples()[0].body)

            def ended() -> str:
                rows = controller.reader.page(EventFilter())
                return next((row.outcome for row in rows if row.message_id == message_id), "")

            return await until(ended, what="the event's outcome")

        assert await outcome_of_next() == Outcome.WOULD_CHANGE
        session = window.mappings.session
        window.mappings.show()
        session.set_document(steps.switch(session.document, 0, enabled=False))
        window.mappings.save()
        await until(lambda: not session.modified, what="the save")
        assert await outcome_of_next() == Outcome.SKIPPED
        assert assistant.load_profile(NAME).relay.mode is controller.profile.relay.mode
        await until(lambda: len(session.events) == 2, what="the relay's events in the editor")

    opened(scenario)


def test_leaving_with_unsaved_changes_asks_and_does_what_is_answered(
    opened: Opened, assistant: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        frame = window.frame
        frame.place_chosen.emit("mappings")
        switch_newsletter_off(window)
        frame.place_chosen.emit("relay")
        await answer(window, "stay_button")
        assert frame.current_key == "mappings"
        assert window.mappings.session.modified
        frame.place_chosen.emit("relay")
        await answer(window, "discard_button")
        assert frame.current_key == "relay"
        assert not window.mappings.session.modified
        frame.place_chosen.emit("mappings")
        switch_newsletter_off(window)
        frame.place_chosen.emit("try")
        await answer(window, "save_button")
        await until(lambda: frame.current_key == "try", what="the page that was asked for")
        assert [spec.enabled for spec in assistant.load_profile(NAME).mappings] == [True, False]

    opened(scenario)


def test_quitting_with_unsaved_changes_asks_first(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.frame.place_chosen.emit("mappings")
        switch_newsletter_off(window)
        window.frame.close()
        await answer(window, "stay_button")
        assert window.frame.isVisible()

    opened(scenario)


def test_a_mapping_that_cannot_run_is_shown_instead_of_saved(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.mappings.show()
        session = window.mappings.session
        session.choose(1)
        session.change("Title", replace(NEWSLETTER, mapping={"contact_title": {"@nothing": 1}}))
        session.choose(0)
        window.mappings.save()
        assert window.mappings.page.error is not None
        assert window.mappings.page.error.code == "MAPPING-INVALID"
        assert session.chosen == 1
        assert assistant.load_profile(NAME).mappings == (IDENTIFY, NEWSLETTER)

    opened(scenario)


def test_a_rule_with_a_gap_is_shown_instead_of_saved(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.mappings.page.trigger_requested.emit()
        page, session = window.mappings.when_page, window.mappings.session
        page.types.box("track").click()
        assert session.modified
        page.types.box("track").click()
        page.types.box("identify").click()
        assert primary(window) == "Save changes"
        window.frame.bar.run_primary()
        assert window.frame.current_key == WHEN_IT_RUNS
        assert session.modified
        page.types.box("group").click()
        window.frame.bar.run_primary()
        await until(lambda: not session.modified, what="the save")
        assert assistant.load_profile(NAME).mappings[0].trigger == 'type = "group"'

    opened(scenario)


def test_discarded_changes_can_be_brought_back(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.mappings.show()
        switch_newsletter_off(window)
        window.mappings.discard()
        assert not window.mappings.session.modified
        window.frame.toast.undo_button.click()
        assert window.mappings.session.modified

    opened(scenario)


def test_a_saved_version_is_restored_as_a_step(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.mappings.show()
        switch_newsletter_off(window)
        window.mappings.save()
        await until(lambda: not window.mappings.session.modified, what="the save")
        window.mappings.page.history_requested.emit()
        shown = await until(lambda: dialog(window, HistoryDialog), what="the history")
        assert isinstance(shown, HistoryDialog)
        model = shown.table.model()
        await until(lambda: model.rowCount() == 2, what="two versions")
        shown.table.selectRow(1)
        shown.restore_button.click()
        await until(lambda: dialog(window, HistoryDialog) is None, what="the history to go")
        assert window.mappings.session.document.mappings == (IDENTIFY, NEWSLETTER)
        assert window.mappings.session.document.undo_label == "Restore"
        assert window.mappings.session.modified
        assert [spec.enabled for spec in assistant.load_profile(NAME).mappings] == [True, False]

    opened(scenario)


def test_a_mapping_opens_its_fields_and_its_rule_and_back_leads_to_the_list(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        frame = window.frame
        frame.place_chosen.emit("mappings")
        QTest.keyClick(window.mappings.page.list, Qt.Key.Key_Down)
        QTest.keyClick(window.mappings.page.list, Qt.Key.Key_Return)
        assert frame.current_key == MAP_FIELDS
        await until(
            lambda: window.mappings.session.vocabulary.read_at is not None, what="the fields of Close"
        )
        assert window.mappings.session.spec == NEWSLETTER
        frame.bar.secondary.click()
        assert frame.current_key == WHEN_IT_RUNS
        frame.bar.run_back()
        assert frame.current_key == "mappings"

    opened(scenario)


def test_ctrl_z_works_on_every_page_of_the_editor(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        session, frame = window.mappings.session, window.frame
        for show in (
            window.mappings.show,
            window.mappings.page.opened.emit,
            window.mappings.map_page.done.emit,
        ):
            show()
            frame.activateWindow()
            await until(frame.isActiveWindow, what="the window to be active")
            switch_newsletter_off(window)
            focused = QApplication.focusWidget()
            assert isinstance(focused, QWidget)
            QTest.keyClick(focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert not session.modified, frame.current_key
            both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            QTest.keyClick(focused, Qt.Key.Key_Z, both)
            assert session.modified, frame.current_key
            session.undo()

    opened(scenario)


def test_the_guide_keeps_what_is_edited_in_its_draft_back_and_forth(
    opened: Opened, assistant: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        guide, frame = window.guide, window.frame
        guide.start_page.continue_requested.emit()
        assert frame.current_key == "mapping"
        editing = guide.editing
        assert editing is not None
        session = editing.session
        session.change("Title", replace(IDENTIFY, ignored=("traits.avatar",)))
        frame.bar.run_back()
        assert frame.current_key == "sample"
        saved = assistant.saved_setup(NAME)
        assert saved is not None
        assert saved.state.profile.mappings[0].ignored == ("traits.avatar",)
        await until(lambda: not frame.bar.primary.busy)
        frame.bar.run_primary()
        assert frame.current_key == "mapping"
        frame.bar.secondary.click()
        assert frame.current_key == "guide-mappings"
        session.set_document(steps.add(session.document, NEWSLETTER))
        frame.bar.run_primary()
        frame.bar.run_primary()
        assert frame.current_key == "when"
        frame.bar.run_primary()
        assert frame.current_key == "test"
        assert [spec.name for spec in guide.flow.state.profile.mappings] == ["Identify", "Newsletter"]
        assert guide.flow.state.profile.mappings[0].ignored == ("traits.avatar",)

    opened(scenario, connected)


def test_the_guide_never_brings_back_mappings_that_the_workbench_has_replaced(
    opened: Opened, assistant: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        guide, frame = window.guide, window.frame
        frame.place_chosen.emit("setup")
        guide.show(Step.MAPPING)
        assert guide.editing is not None
        window.show_workbench("mappings")
        switch_newsletter_off(window)
        window.mappings.save()
        await until(lambda: not window.mappings.session.modified, what="the save")
        assert [spec.enabled for spec in guide.editing.session.document.mappings] == [True, False]
        assert guide.editing.session.document.undo_label
        frame.place_chosen.emit("setup")
        assert [spec.enabled for spec in guide.profile.mappings] == [True, False]

    opened(scenario)


def test_a_finished_guide_begins_again_with_what_is_saved(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        guide = window.guide
        guide.begin_again()
        guide.flow.finish()
        guide.finished.emit()
        assert window.frame.current_key == "relay"
        window.mappings.show()
        switch_newsletter_off(window)
        window.mappings.save()
        await until(lambda: not window.mappings.session.modified, what="the save")
        guide.begin_again()
        assert [spec.enabled for spec in guide.profile.mappings] == [True, False]
        # Nothing was entered, so there is no draft either.
        assert assistant.saved_setup(NAME) is None

    opened(scenario)


def test_a_profile_without_mappings_stays_set_up_and_the_guide_asks_for_one(
    opened: Opened, assistant: Assistant
) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.mappings.show()
        session = window.mappings.session
        while session.document.mappings:
            session.set_document(steps.delete(session.document, 0))
        window.mappings.save()
        await until(lambda: not session.modified, what="the save")
        assert is_set_up(assistant.load_profile(NAME))
        window.guide.begin_again()
        window.guide.show(Step.MAPPING)
        editing = window.guide.editing
        assert editing is not None
        while editing.session.document.mappings:
            editing.session.set_document(steps.delete(editing.session.document, 0))
        window.frame.bar.run_primary()
        assert window.frame.current_key == "guide-mappings"

    opened(scenario)


def test_closing_the_window_keeps_what_was_typed_a_moment_ago(opened: Opened, assistant: Assistant) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.guide.start_page.continue_requested.emit()
        editing = window.guide.editing
        assert editing is not None
        editing.session.change("Title", replace(IDENTIFY, ignored=("traits.avatar",)))
        window.end()
        saved = assistant.saved_setup(NAME)
        assert saved is not None
        assert saved.state.profile.mappings[0].ignored == ("traits.avatar",)

    opened(scenario, connected)
