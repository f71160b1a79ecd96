"""How smooth the window stays while the relay inside it takes 1000 events a second for 30 seconds.

    python tests/benchmarks/window_burst_benchmark.py [--seconds 30] [--page events] [--dialog]

A timer of 16 ms ticks on the window's thread: its p99 is how late a frame can be, its longest distance the
longest gap. The sender is another process; the relay runs in the window and a mapping looks at every event.
With ``--dialog`` a modal dialog is open meanwhile, and the time of an answer to the sender counts as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.window_rig import table, with_window  # isort: skip
from PySide6.QtCore import Qt, QTimer

from app.ui.assistant_window import AssistantWindow
from app.ui.places import EVENTS
from app.ui.question_dialog import QuestionDialog
from tests.conditions import until

ROOT = Path(__file__).resolve().parents[2]
PER_SECOND = 1000
_SEND = """
import asyncio, json, sys
from tests.benchmarks.ingest_load import event, pace, request
port, path, secret, count, rate = sys.argv[1:]
requests = [request(path, [event(n)], secret) for n in range(int(count))]
done = asyncio.run(pace(int(port), requests, int(rate)))
print(json.dumps({"rate": done.rate, "p99": done.percentile(0.99), "refused": done.refused}))
"""


class Ticks:
    """The distances between the ticks of a 16 ms timer on the window's thread, in milliseconds."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.answered_ms = 0.0
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now


async def burst(window: AssistantWindow, seconds: int, page: str, *, dialog: bool = False) -> Ticks:
    controller = window.controller
    controller.start()
    await until(lambda: controller.running or controller.error, what="the relay to listen")
    if controller.error is not None:
        raise controller.error
    window.frame.place_chosen.emit(page)
    if dialog:
        question = QuestionDialog(
            window.theme, window.frame, title="A question", text="Nobody answers it.", yes="Yes", no="No"
        )
        question.open()
    address = controller.status.address
    assert address is not None
    secret = await controller.shared_secret() or ""
    port, _, path = address.url.partition("//")[2].partition(":")[2].partition("/")
    sending = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SEND, port, f"/{path}", secret, str(seconds * PER_SECOND), str(PER_SECOND),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await until(lambda: controller.figures.stored, within_s=60, what="the first event")
    ticks = Ticks()
    ticks.start()
    said, _ = await sending.communicate()
    ticks.stop()
    if dialog:
        question.close()
    told = json.loads(said)
    ticks.answered_ms = told["p99"]
    print(f"{told['rate']:.0f} events a second, answered in {told['p99']:.1f} ms (p99)")
    print(f"{told['refused']} refused")
    return ticks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--page", default=EVENTS)
    parser.add_argument("--dialog", action="store_true", help="with a modal dialog open")
    wanted = parser.parse_args()
    found: list[Ticks] = []

    async def measure(window: AssistantWindow) -> None:
        found.append(await burst(window, wanted.seconds, wanted.page, dialog=wanted.dialog))

    with_window(measure)
    gaps = found[0].gaps
    print(f"{len(gaps)} ticks, median {statistics.median(gaps):.1f} ms; longest: ", end="")
    print(", ".join(f"{gap:.0f}" for gap in sorted(gaps)[-8:]))
    rows = [
        ("longest gap of the window's thread", max(gaps), 50, "ms"),
        ("16 ms timer, p99", statistics.quantiles(gaps, n=100)[98], 35, "ms"),
    ]
    if wanted.dialog:
        rows.append(("answer to the sender behind a dialog, p99", found[0].answered_ms, 15, "ms"))
    return table(rows)


if __name__ == "__main__":
    sys.exit(main())
