"""The page of figures over a real database: what it shows, where it leads, what it saves."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.event_stage import Stage
from app.relay.inbox_figures import FigureReader
from app.storage.profile import Mode
from app.ui.metrics.metrics_page import MetricsPage
from app.ui.theme.theme import Theme
from app.workflows.event_figures import FigureRange
from tests.conditions import until
from tests.relay.builders import START_MS
from tests.ui.qt_loop import run_in_qt
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, workbench
from tests.workflows.relay_day import group, identify, page, relay_day


@pytest.fixture
def database(tmp_path: Path) -> Path:
    events = [identify(number, name="Ada") for number in range(3)]
    return asyncio.run(relay_day(tmp_path, *events, page(1), page(2), group(3)))


class Shown:
    """Runs a scenario with the page in a window, at a time of its own."""

    def __init__(self, app: QApplication, theme: Theme, database: Path) -> None:
        self._app, self._theme, self._database = app, theme, database
        self.now_ms = START_MS

    def __call__(self, scenario: Callable[[MetricsPage], Awaitable[None]]) -> None:
        async def work() -> None:
            with closing(FigureReader(self._database)) as reader:
                controller = controller_of(finished_profile(Mode.LIVE))
                metrics = MetricsPage(self._theme, controller, reader, now_ms=lambda: self.now_ms)
                controller.setParent(metrics)
                window = workbench(self._theme, controller, metrics, "metrics")
                window.show()
                try:
                    await scenario(metrics)
                finally:
                    metrics.left()
                    window.close()
                    window.deleteLater()

        run_in_qt(self._app, work())


@pytest.fixture
def shown(qapp: QApplication, theme: Theme, database: Path) -> Shown:
    return Shown(qapp, theme, database)


async def read(metrics: MetricsPage, wanted: FigureRange = FigureRange.DAY) -> None:
    await until(
        lambda: metrics.figures is not None and metrics.figures.range is wanted, what=f"figures of {wanted}"
    )


def test_another_time_shows_its_own_figures(shown: Shown) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        assert metrics.view.isVisible()
        shown.now_ms = START_MS + 20 * 60_000
        metrics.ranges.chosen.emit(FigureRange.TEN_MINUTES)
        await read(metrics, FigureRange.TEN_MINUTES)
        assert metrics.empty.isVisible()
        assert not metrics.export_button.isVisible()
        metrics.ranges.chosen.emit(FigureRange.HOUR)
        await read(metrics, FigureRange.HOUR)
        assert metrics.view.isVisible()

    shown(scenario)


def test_a_stage_of_the_funnel_leads_to_the_events_that_it_counts(shown: Shown, database: Path) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        asked: list[EventFilter] = []
        metrics.events_requested.connect(lambda wanted, _: asked.append(wanted))
        stages = list(Stage)
        metrics.view.funnel.activated.emit(stages.index(Stage.CHANGED))
        metrics.view.funnel.activated.emit(stages.index(Stage.VERIFIED))
        with closing(FigureReader(database)) as reader:
            delivered, unmatched = (reader.page(one) for one in asked)
        assert [row.state for row in delivered] == [State.DELIVERED] * 3
        assert [row.type for row in unmatched] == ["page", "page"]

    shown(scenario)


def test_an_error_leads_to_what_helps_against_it(shown: Shown) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        led: list[str] = []
        metrics.mapping_requested.connect(lambda: led.append("mapping"))
        metrics.setup_requested.connect(lambda: led.append("setup"))
        metrics.events_requested.connect(lambda *_: led.append("events"))
        assert metrics.figures is not None
        (error,) = metrics.figures.errors
        metrics.view.errors.chosen.emit(error)
        assert len(led) == 1

    shown(scenario)


def test_the_table_says_the_same_to_those_who_listen(shown: Shown) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        metrics.table_button.click()
        assert metrics.tables.isVisible()
        assert not metrics.view.isVisible()
        table = metrics.tables.totals
        interface = QAccessible.queryAccessibleInterface(table)
        assert interface.text(QAccessible.Text.Name)
        model = table.model()
        words = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
        assert "3" in words.values()
        assert table.model().rowCount() > 8
        metrics.table_button.click()
        assert metrics.view.isVisible()

    shown(scenario)


def test_figures_are_saved_for_a_spreadsheet_and_as_a_picture(shown: Shown, tmp_path: Path) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        said: list[str] = []
        metrics.toast_requested.connect(lambda text, _: said.append(text))
        numbers, picture = tmp_path / "figures.csv", tmp_path / "figures.png"
        metrics.save_csv(numbers)
        await until(lambda: len(said) == 1, what="the numbers to be saved")
        text = await asyncio.to_thread(numbers.read_text, encoding="utf-8-sig")
        rows = list(csv.reader(text.splitlines()))
        assert ["received", "6"] in rows
        metrics.save_png(picture)
        await until(lambda: len(said) == 2, what="the picture to be saved")
        assert QImage(str(picture)).width() > 400

    shown(scenario)


def test_a_folder_that_cannot_be_written_is_told(shown: Shown, tmp_path: Path) -> None:
    async def scenario(metrics: MetricsPage) -> None:
        await read(metrics)
        said: list[str] = []
        metrics.toast_requested.connect(lambda text, _: said.append(text))
        metrics.save_csv(tmp_path / "nowhere" / "figures.csv")
        await until(lambda: said, what="the trouble to be told")
        assert not said[0].startswith("Saved")

    shown(scenario)


def test_a_damaged_database_is_told_and_read_again_on_demand(
    qapp: QApplication, theme: Theme, database: Path
) -> None:
    whole = database.read_bytes()
    for beside in database.parent.glob("relay.db-*"):
        beside.unlink()
    database.write_bytes(b"this is no database " * 400)

    async def scenario(metrics: MetricsPage) -> None:
        error = await until(lambda: metrics.error, what="the error")
        assert isinstance(error, AppError)
        assert error.code == "DATABASE-DAMAGED"
        await asyncio.to_thread(database.write_bytes, whole)
        metrics.read()
        await until(lambda: metrics.view.isVisible(), what="the figures")
        assert metrics.error is None

    Shown(qapp, theme, database)(scenario)
