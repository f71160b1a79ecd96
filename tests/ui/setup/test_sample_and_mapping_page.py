from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.storage.profile import Profile
from app.ui.setup.mapping_page import MappingPage
from app.ui.setup.sample_page import SamplePage
from app.ui.theme.theme import Theme
from app.workflows.samples import Sample
from app.workflows.setup import SetupFlow, SetupState, Step, default_mapping
from tests.ui.setup.actors import MemoryClose, flow_with
from tests.ui.setup.conftest import Screen

PASTED = '{"type": "identify", "userId": "u_42", "traits": {"email": "maria@brightwave.io"}}'


def flow_at(step: Step, folder: Path, sample: Sample | None = None) -> SetupFlow:
    return flow_with(
        MemoryClose(), SetupState(Profile("0" * 32, "default"), step, sample=sample), folder=folder
    )


def sample_page(screen: Screen, theme: Theme, flow: SetupFlow) -> SamplePage:
    page = SamplePage(theme, flow, screen.unexpected.append)
    screen.show(page)
    return page


async def test_a_built_in_event_is_chosen_with_the_keyboard(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = flow_at(Step.SAMPLE, tmp_path)
    page = sample_page(screen, theme, flow)
    first = page.code.text()
    screen.press("Down", page.list.table)
    assert page.code.text() != first
    chosen = page.list.current()
    screen.press("Ctrl+Return")
    assert flow.state.sample == chosen
    assert flow.state.step is Step.MAPPING


async def test_the_filter_leaves_only_what_matches(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    page = sample_page(screen, theme, flow_at(Step.SAMPLE, tmp_path))
    screen.press("Ctrl+F")
    assert page.list.filter.hasFocus()
    for letter in "order":
        screen.press(letter, page.list.filter)
    model = page.list.table.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Order Completed"]


async def test_broken_json_is_shown_with_line_and_column(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = flow_at(Step.SAMPLE, tmp_path)
    page = sample_page(screen, theme, flow)
    screen.click(page.list.add_button)
    assert page.paste.edit.hasFocus()
    page.paste.edit.insertPlainText('{\n "type": identify }')
    screen.press("Ctrl+Return")
    assert page.error is not None
    assert "line 2, column 10" in page.error.title
    assert page.error.detail.endswith("^")
    assert flow.state.sample is None
    page.paste.edit.selectAll()
    page.paste.edit.insertPlainText(PASTED)
    screen.press("Ctrl+Return")
    assert page.error is None
    assert flow.state.sample is not None
    assert flow.state.sample.event.user_id == "u_42"


async def test_ctrl_v_anywhere_on_the_page_brings_the_clipboard_into_the_box(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    page = sample_page(screen, theme, flow_at(Step.SAMPLE, tmp_path))
    QApplication.clipboard().setText(PASTED)
    page.list.table.setFocus()
    screen.press("Ctrl+V", page.list.table)
    assert page.paste.text() == PASTED
    assert screen.primary == "Use the pasted event"


async def test_every_mapped_field_shows_its_source_and_its_value(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = flow_at(Step.MAPPING, tmp_path)
    page = MappingPage(theme, flow, screen.unexpected.append)
    screen.show(page)
    model = page.table.model()
    rows = {
        model.index(row, 0).data(): (model.index(row, 1).data(), model.index(row, 2).data())
        for row in range(model.rowCount())
    }
    assert {"Lead", "Contact", "Rules"} <= set(rows)
    assert rows["Contact Email"] == ("$.traits.email", "maren.oakes@bramble.example")
    assert rows["Lead Description"][0] == "not mapped"


async def test_another_event_shows_other_values_and_the_mapping_is_taken(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = flow_at(Step.MAPPING, tmp_path)
    page = MappingPage(theme, flow, screen.unexpected.append)
    screen.show(page)
    before = page.table.model().index(1, 2).data()
    page.sample.setFocus()
    screen.press("Down", page.sample)
    assert page.table.model().index(1, 2).data() != before
    screen.press("Ctrl+Return")
    assert flow.state.profile.mappings == (default_mapping(),)
    assert flow.state.step is Step.TEST
