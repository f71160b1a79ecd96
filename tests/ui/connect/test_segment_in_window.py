"""Connect Segment is reached from the rail of the workbench and from the last step of the guide."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.storage.profile import DeliveryPath
from app.ui.assistant_window import AssistantWindow
from app.ui.connect.segment_page import Part, SegmentPage
from app.ui.places import RELAY, SEGMENT
from app.workflows.setup import Step
from tests.conditions import until
from tests.ui.test_assistant_window import Opened, assistant, opened, save_finished

__all__ = ["assistant", "opened"]


def segment_page(window: AssistantWindow) -> SegmentPage:
    page = window.frame.current_page
    assert isinstance(page, SegmentPage)
    return page


def test_the_rail_leads_to_it_and_it_leads_to_the_relay_and_the_path(
    opened: Opened, assistant: Assistant
) -> None:
    save_finished(assistant, delivery_path=DeliveryPath.RELAY)

    async def scenario(window: AssistantWindow) -> None:
        window.frame.place_chosen.emit(SEGMENT)
        page = segment_page(window)
        assert window.in_workbench
        assert page.part is Part.HERE
        page.address_requested.emit()
        assert window.frame.current_key == RELAY
        window.frame.place_chosen.emit(SEGMENT)
        page.path_button.clicked.emit()
        assert window.frame.current_key == Step.GO_LIVE

    opened(scenario)


def test_the_key_that_is_kept_is_copied_in_the_workbench(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant, delivery_path=DeliveryPath.DESTINATION)

    async def scenario(window: AssistantWindow) -> None:
        window.frame.place_chosen.emit(SEGMENT)
        page = segment_page(window)
        page.straight.sheet.row("API key").field.copy_button.click()
        # Nothing was kept for this profile: that is told, not passed over.
        await until(lambda: page.error, what="the missing key to be told")
        assert page.error is not None
        assert page.error.code.startswith("KEY")

    opened(scenario)


def test_the_last_step_leads_to_it_and_back(qapp: QApplication, opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant, delivery_path=DeliveryPath.RELAY)

    async def scenario(window: AssistantWindow) -> None:
        window.guide.begin_again()
        go_live = window.frame.current_page
        assert go_live is not None
        links = go_live.links  # type: ignore[attr-defined]
        links.code_button.click()
        page = segment_page(window)
        assert page.part is Part.CODE
        await until(page.code.box.text, what="the code")
        window.frame.bar.run_back()
        assert window.frame.current_page is go_live
        links.sheet_button.click()
        assert segment_page(window).part is Part.HERE
        window.frame.bar.run_back()

    opened(scenario)
