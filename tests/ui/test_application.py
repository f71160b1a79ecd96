"""Starting the window on a profile that cannot be opened says why, in a window, and ends with the error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.assembly import Assistant
from app.storage.profile import VERSION

ROOT = Path(__file__).resolve().parents[2]

# A program of its own: a process has one QApplication, and the window takes over its style and its loop.
PERSON_WHO_READS_AND_QUITS = """
import sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.cli import main
from app.ui.question_dialog import ErrorDialog

app = QApplication(sys.argv[:1])

def read_and_quit():
    for window in app.topLevelWidgets():
        if isinstance(window, ErrorDialog) and window.isVisible():
            print(window.windowTitle(), flush=True)
            timer.stop()
            QTest.keyClick(window, Qt.Key.Key_Escape)
            return

timer = QTimer()
timer.setInterval(20)
timer.timeout.connect(read_and_quit)
timer.start()
sys.exit(main(["--profile-dir", sys.argv[1]]))
"""


def test_a_profile_of_a_newer_version_is_explained_before_the_program_ends(tmp_path: Path) -> None:
    profiles = Assistant.in_folder(tmp_path, {}).profiles
    profiles.save(profiles.new("default"))
    path = profiles.profile_path("default")
    path.write_text(path.read_text("utf-8").replace(f'"version": {VERSION}', '"version": 99'), "utf-8")

    done = subprocess.run(
        [sys.executable, "-c", PERSON_WHO_READS_AND_QUITS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "newer version" in done.stdout
    assert "PROFILE-NEWER" in done.stderr
    assert "Traceback" not in done.stderr
