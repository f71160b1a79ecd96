"""How long it takes from a key to the value on the page Map fields, for a usual and for a very large set-up.

Run it with ``python tests/benchmarks/map_page_benchmark.py`` (no screen needed). *Key* is the time
the window's thread spends on one key press, *value* the time until the row shows what the key gives.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.close.records import CustomField
from app.json_value import JsonObject
from app.ui.frame.window import FrameWindow
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme
from app.ui.value_editor.value_editor import ValueEditor
from tests.conditions import until_blocking
from tests.ui.mapping import typical
from tests.ui.rendering import make_theme

KEYS = 30


def large_session() -> EditingSession:
    """200 custom fields of which half are mapped, events of 5 000 properties, 500 of them."""
    fields = tuple(CustomField(f"cf_{number}", f"Field {number}", "text", "lead") for number in range(200))
    mapped: JsonObject = {
        f"cf_{number}": {"@path": f"$.traits.property {number}"} for number in range(0, 200, 2)
    }
    mapping: JsonObject = {**typical.MAPPING, "lead_custom_fields": mapped}
    body: JsonObject = {
        "type": "identify",
        "userId": "u_1",
        "traits": {f"property {number}": f"value {number}" for number in range(5_000)},
    }
    samples = tuple(typical.sample({**body, "messageId": str(number)}) for number in range(500))
    vocabulary = replace(typical.VOCABULARY, custom_fields=fields)
    return typical.session(replace(typical.SPEC, mapping=mapping), vocabulary=vocabulary, samples=samples)


def measure(name: str, theme: Theme, session: EditingSession) -> None:
    failures: list[BaseException] = []
    page = MapPage(theme, session, failures.append)
    window = FrameWindow(theme, "Segment to Close")
    window.add_page("map", page)
    window.show()
    began = time.perf_counter()
    window.show_page("map")
    wait_for_rest(page)
    opened = time.perf_counter() - began
    page.editing.begin("contact_title")
    QApplication.processEvents()
    editor = page.editing.editor
    assert isinstance(editor, ValueEditor)
    keys: list[float] = []
    values: list[float] = []
    for _ in range(KEYS):
        seen = page.desk.evaluation
        began = time.perf_counter()
        QTest.keyClick(editor.edit, Qt.Key.Key_X)
        keys.append(time.perf_counter() - began)
        while page.desk.evaluation is seen:
            QApplication.processEvents()
        values.append(time.perf_counter() - began)
    assert not failures, failures
    sys.stdout.write(
        f"{name}: open {opened * 1000:,.0f} ms, key {statistics.median(keys) * 1000:.1f} ms "
        f"(worst {max(keys) * 1000:.1f}), value {statistics.median(values) * 1000:.1f} ms "
        f"(worst {max(values) * 1000:.1f})\n"
    )
    window.close()


def wait_for_rest(page: MapPage) -> None:
    def quiet() -> bool:
        QApplication.processEvents()
        return not page.desk.live.busy

    until_blocking(quiet, within_s=120)


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = make_theme(app)
    measure("usual, 200 events of 19 variables", theme, typical.session())
    measure("large, 500 events of 5 000 properties, 200 custom fields", theme, large_session())


if __name__ == "__main__":
    main()
