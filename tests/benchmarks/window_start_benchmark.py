"""How long the window takes to come, against an empty main window of PySide6.

    python tests/benchmarks/window_start_benchmark.py [--rounds 7]

Every start is a fresh process, the two kinds taking turns, and counts from before the process is made.
*Frame* is the first painted window: title, rail and bar. *Page* is the first painted page in it. Byte code is
compiled in a round before that does not count, as an installed program has it. Exit code 1 when the frame
takes more than 2.5 times as long as the empty window, medians of all rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_RATIO = 2.5
_TIMEOUT_S = 30

WATCH = """
import json, os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer

class Watch(QObject):
    times = {}

    def __init__(self, window, has_page):
        super().__init__(window)
        self.has_page = has_page
        window.windowHandle().installEventFilter(self)
        window.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest):
            # Behind the painting that this event begins.
            QTimer.singleShot(0, self.note)
        return False

    def note(self):
        self.times.setdefault("frame", time.monotonic())
        if self.has_page():
            self.times["page"] = time.monotonic()
            print(json.dumps(self.times), flush=True)
            os._exit(0)
"""

EMPTY = f"""{WATCH}
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1120, 760)
window.show()
watch = Watch(window, lambda: True)
app.exec()
"""

OURS = f"""{WATCH}
sys.path.insert(0, sys.argv[1])
from app.ui.frame.window import FrameWindow

def show(window, before=FrameWindow.show):
    before(window)
    if not hasattr(window, "watch"):
        window.watch = Watch(window, lambda: window.current_key != "")

FrameWindow.show = show
from app.cli import main
sys.exit(main(["--profile-dir", sys.argv[2]]))
"""


def start(code: str, environment: dict[str, str], *arguments: str) -> dict[str, float]:
    """Milliseconds from making the process to each moment it reports."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if not done.stdout:
        raise SystemExit(f"The window did not come:\n{done.stderr}")
    moments = json.loads(done.stdout.splitlines()[-1])
    return {name: (at - begun) * 1000 for name, at in moments.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segment-close-start-") as folder:
        environment = {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPYCACHEPREFIX": f"{folder}/compiled",
            "XDG_CONFIG_HOME": f"{folder}/config",
            "HOME": folder,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if not environment.get("DISPLAY"):
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        ours = (OURS, environment, str(ROOT), f"{folder}/profiles")
        start(EMPTY, environment)
        start(*ours)
        empty, frame, page = [], [], []
        for _ in range(wanted.rounds):
            empty.append(start(EMPTY, environment)["frame"])
            times = start(*ours)
            frame.append(times["frame"])
            page.append(times["page"])
    middle = [statistics.median(one) for one in (empty, frame, page)]
    ratio = middle[1] / middle[0]
    print(
        f"empty window {middle[0]:.0f} ms, frame {middle[1]:.0f} ms, page {middle[2]:.0f} ms; "
        f"frame / empty {ratio:.2f} (at most {MOST_RATIO}), page / empty {middle[2] / middle[0]:.2f}"
    )
    return 0 if ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
