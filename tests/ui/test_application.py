"""Starting the window on a profile that cannot be opened says why, in a window, and ends with the error."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.assembly import Assistant
from app.errors import AppError
from app.ui.application import run_window
from app.ui.question_dialog import ErrorDialog


def test_a_profile_of_a_newer_version_is_explained_before_the_program_ends(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    assistant = Assistant.in_folder(tmp_path, {})
    assistant.profiles.save(assistant.profiles.new("default"))
    path = assistant.profiles.profile_path("default")
    path.write_text(path.read_text("utf-8").replace('"version": 1', '"version": 99'), "utf-8")
    seen: list[str] = []

    def press_quit() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, ErrorDialog) and window.isVisible():
                seen.append(window.windowTitle())
                timer.stop()
                QTest.keyClick(window, Qt.Key.Key_Escape)
                return

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(press_quit)
    timer.start()
    with pytest.raises(AppError) as raised:
        run_window(assistant, "default")
    asyncio.set_event_loop(None)
    assert raised.value.code == "PROFILE-NEWER"
    assert seen
    assert "newer version" in seen[0]
