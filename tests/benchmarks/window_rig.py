"""The window of a set-up profile for measurements, on the loop and with the collector of the program."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.storage.profile import KeyLocation, Mode, OrganizationRef
from app.storage.secret_store import SecretKind
from app.ui.assistant_window import AssistantWindow
from app.ui.collector import UiThreadCollector
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.setup import default_mapping
from tests.ui.qt_loop import run_in_qt
from tests.ui.rendering import make_theme

PROFILE = "default"


def with_window(
    measure: Callable[[AssistantWindow], Awaitable[None]],
    *,
    mode: Mode = Mode.LIVE,
    before: Callable[[Path], None] = lambda _database: None,
) -> None:
    """Run ``measure`` with the workbench shown; ``before`` may fill the database first."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = make_theme(app)
    collector = UiThreadCollector(app)
    with DemoSession() as demo:
        assistant = Assistant.for_demo(demo)
        profile = assistant.profiles.new(PROFILE)
        profile = replace(profile, key_location=KeyLocation.MEMORY)
        keys = assistant.secrets.current(profile)
        keys.set(SecretKind.CLOSE_API_KEY, demo.api_key)
        keys.set(SecretKind.SEGMENT_SHARED_SECRET, "correct horse battery")
        assistant.profiles.save(
            replace(
                profile,
                organization=OrganizationRef("orga_1", "Acme Inc.", "Dana Whitfield"),
                mappings=(default_mapping(),),
                relay=replace(profile.relay, port=0, mode=mode),
                live_confirmed_for="orga_1",
            )
        )
        before(assistant.profiles.database_path(PROFILE))

        async def work() -> None:
            window = AssistantWindow(theme, assistant, PROFILE, UnexpectedErrors())
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.open()
            try:
                await measure(window)
            finally:
                window.frame.close()
                await asyncio.wait_for(ended.wait(), 60)

        run_in_qt(app, work())
    collector.stop()


def table(rows: list[tuple[str, float, float, str]]) -> int:
    """Print measured beside allowed; the exit code says whether everything holds."""
    failed = 0
    for name, value, most, unit in rows:
        held = value <= most
        failed += not held
        verdict = "held" if held else "MISSED"
        print(f"{name:<44}{value:>10.1f} {unit:<3} at most {most:>6.0f} {unit:<3} {verdict}")
    return 1 if failed else 0


def memory_mb() -> float:
    """What this process holds in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("Memory is only measured on Linux.")
