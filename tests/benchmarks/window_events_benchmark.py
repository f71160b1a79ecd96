"""The Events page over a million stored events: ``python tests/benchmarks/window_events_benchmark.py``.

*Open* is from choosing Events in the rail to painted rows, *frame* from moving the scroll bar by three rows
to the painted list, *search* from asking to the painted first page (the slowest of several words). Filling
(in another process, so that its memory does not count) takes about a minute and is not measured; the index is
made by the window and reported. ``--folder`` keeps the filled file for another run.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.window_rig import memory_mb, table, with_window  # isort: skip
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.storage.profile import Mode
from app.ui.assistant_window import AssistantWindow
from app.ui.events.events_page import EventsPage
from app.ui.places import EVENTS
from tests.conditions import until

WORDS = ("u42", "maria", "m123456", "refused nothing", "acme business", "si")
FRAMES = 1500
_FILL = (
    "import sys; from pathlib import Path; from tests.benchmarks.metrics_benchmark import fill; "
    "fill(Path(sys.argv[1]), int(sys.argv[2]))"
)


def filled(folder: Path, events: int) -> Path:
    """A file with that many events, made in a process of its own."""
    path = folder / f"{events}" / "relay.db"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"filling {events:,} events…", flush=True)
        root = Path(__file__).resolve().parents[2]
        subprocess.run([sys.executable, "-c", _FILL, str(path), str(events)], check=True, cwd=root)
    return path


async def painted(page: EventsPage, condition: Callable[[], object]) -> None:
    """Wait for the condition without pauses, then paint."""
    while not condition():  # noqa: ASYNC110 - every turn of the loop counts here
        await asyncio.sleep(0)
    page.table.viewport().repaint()


async def measure_open(window: AssistantWindow) -> float:
    page = window.events_page
    began = time.perf_counter()
    window.frame.place_chosen.emit(EVENTS)
    await painted(page, page.model.rowCount)
    return (time.perf_counter() - began) * 1000


async def measure_scrolling(page: EventsPage) -> float:
    bar = page.table.verticalScrollBar()
    times = []
    for _ in range(FRAMES):
        began = time.perf_counter()
        bar.setValue(min(bar.maximum(), bar.value() + 3 * bar.singleStep()))
        QApplication.sendPostedEvents(page.window(), QEvent.Type.UpdateRequest.value)
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return statistics.quantiles(times, n=100)[98]


async def measure_search(page: EventsPage) -> float:
    times = []
    for words in WORDS:
        page.filters.search.setText(words)
        shown: list[object] = []
        page.model.modelReset.connect(lambda shown=shown: shown.append(1))
        began = time.perf_counter()
        page.reload()
        await painted(page, lambda shown=shown: shown)
        times.append((time.perf_counter() - began) * 1000)
        print(f"search {words!r}: {times[-1]:.0f} ms, {page.model.rowCount()} rows")
    return max(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    results: list[tuple[str, float, float, str]] = []

    async def measure(window: AssistantWindow) -> None:
        results.append(("open Events", await measure_open(window), 300, "ms"))
        began = time.perf_counter()
        search = window.controller.search
        while not await asyncio.to_thread(search.catch_up):
            pass
        print(f"index made in {time.perf_counter() - began:.0f} s beside the window")
        await until(lambda: window.controller.figures_known, within_s=120)
        results.append(("scroll frame, p99", await measure_scrolling(window.events_page), 16, "ms"))
        results.append(("search, first page, slowest", await measure_search(window.events_page), 150, "ms"))
        results.append(("memory of the window", memory_mb(), 250, "MB"))

    with tempfile.TemporaryDirectory(prefix="segment-close-events-") as scratch:
        source = filled(wanted.folder or Path(scratch), wanted.events)

        def take(database: Path) -> None:
            database.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, database)

        with_window(measure, mode=Mode.OBSERVE, before=take)
    return table(results)


if __name__ == "__main__":
    sys.exit(main())
