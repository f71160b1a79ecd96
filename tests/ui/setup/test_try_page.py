from __future__ import annotations

from pathlib import Path

import pytest

from app.actions.trace import EventReport, Outcome, StepStatus, TraceStep
from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.storage.profile import KeyLocation, Profile
from app.ui.setup.try_page import TryPage
from app.ui.theme.theme import Theme
from app.workflows.samples import Sample, built_in_samples
from app.workflows.setup import SetupFlow, SetupState, Step, default_mapping
from tests.ui.scenes.try_scenes import sample_report
from tests.ui.setup.actors import MemoryClose, Reports, flow_with
from tests.ui.setup.conftest import Screen

NEW = Sample(
    "New person",
    "",
    {
        "type": "identify",
        "userId": "u_900",
        "traits": {
            "email": "new.person@fresh.example",
            "name": "New Person",
            "company": {"name": "Fresh Ltd", "id": "co_900"},
        },
    },
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
    flow.accept_mappings((default_mapping(),))
    return flow


def guide_page(screen: Screen, theme: Theme, flow: SetupFlow) -> TryPage:
    page = TryPage(
        theme,
        flow,
        screen.unexpected.append,
        organization=lambda: "Acme Inc.",
        chosen=lambda: flow.state.sample,
        finish=flow.finish_test,
    )
    screen.show(page)
    return page


def leads_called(close: SandboxThread, name: str) -> int:
    store = close.sandbox.store
    with store.lock:
        return sum(1 for key in store.leads if store.leads[key].name == name)


async def test_a_dry_run_shows_what_would_change_and_writes_nothing(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    page = guide_page(screen, theme, flow)
    assert screen.primary == "Dry run"
    screen.press("Ctrl+Return")
    await screen.until(page.result.isVisible)
    assert "New Person" in page.result.banner.accessibleName()
    assert leads_called(close, "Fresh Ltd") == 0
    assert screen.primary == "Go to last step"
    assert page.run_again_button.isVisible()
    screen.press("Ctrl+Return")
    assert flow.state.step is Step.GO_LIVE


async def test_sending_asks_first_and_names_the_organization(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    page = guide_page(screen, theme, flow)
    screen.press("Ctrl+T")
    await screen.until(page.result.isVisible)
    screen.press("Ctrl+Shift+T")
    assert "Acme Inc." in page.confirmation.banner.accessibleName()
    assert page.confirmation.no_button.hasFocus()
    screen.press("Esc")
    assert not page.confirmation.isVisible()
    assert leads_called(close, "Fresh Ltd") == 0
    screen.click(page.send_button)
    screen.click(page.confirmation.yes_button)
    await screen.until(lambda: flow.state.test_outcome)
    assert flow.state.test_outcome is Outcome.DELIVERED
    assert leads_called(close, "Fresh Ltd") == 1


async def test_another_event_starts_without_a_result(
    screen: Screen, theme: Theme, flow: SetupFlow, close: SandboxThread
) -> None:
    page = guide_page(screen, theme, flow)
    screen.press("Ctrl+T")
    await screen.until(page.result.isVisible)
    screen.press("Down", page.list.table)
    assert not page.result.isVisible()
    assert screen.primary == "Dry run"


def page_with(screen: Screen, theme: Theme, reports: Reports, folder: Path, *, guide: bool = True) -> TryPage:
    state = SetupState(Profile("0" * 32, "default"), Step.TEST, sample=built_in_samples()[0])
    flow = flow_with(MemoryClose(), state, folder=folder, tester=reports)
    page = TryPage(
        theme,
        flow,
        screen.unexpected.append,
        organization=lambda: "Acme Inc.",
        finish=flow.finish_test if guide else None,
    )
    screen.show(page)
    return page


async def test_a_run_that_cannot_start_says_why_and_can_be_repeated(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    reports = Reports(sample_report())
    reports.failure = AppError("KEY-MISSING", "There is no Close API key.", remedy="Connect again.")
    page = page_with(screen, theme, reports, tmp_path)
    screen.press("Ctrl+T")
    await screen.until(lambda: page.error)
    reports.failure = None
    screen.click(screen.button("Try the dry run again"))
    await screen.until(page.result.isVisible)
    assert page.error is None


async def test_a_filter_that_stops_the_event_is_named(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    step = TraceStep("Stopped by a destination filter", StepStatus.SKIPPED, "“No robots” drops it.")
    report = EventReport(Outcome.SKIPPED, "“No robots” drops it.", (), steps=(step,))
    page = page_with(screen, theme, Reports(report), tmp_path)
    screen.press("Ctrl+T")
    await screen.until(page.result.isVisible)
    assert page.result.banner.accessibleName() == "Stopped by a destination filter"
    assert page.result.banner.accessibleDescription() == "“No robots” drops it."


async def test_the_tabs_show_one_view_each(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    page = page_with(screen, theme, Reports(sample_report()), tmp_path)
    screen.press("Ctrl+T")
    await screen.until(page.result.isVisible)
    page.result.tabs.choose("http")
    from app.ui.widgets.code_box import CodeBox

    shown = [box.text() for box in page.result.findChildren(CodeBox) if box.isVisible()]
    assert len(shown) == 1
    assert "POST /data/search/" in shown[0]


async def test_in_the_workbench_there_is_no_way_on(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    page = page_with(screen, theme, Reports(sample_report()), tmp_path, guide=False)
    screen.press("Ctrl+T")
    await screen.until(page.result.isVisible)
    assert screen.primary == "Dry run"
    assert screen.window.bar.back.isHidden()
    assert page.send_button.isVisible()
