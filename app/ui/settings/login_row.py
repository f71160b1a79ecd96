"""Starting at log-in, as one row of the settings of this computer."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox

from app.errors import AppError
from app.ui.frame.tasks import AsyncTask
from app.ui.profiles.opening import own_command
from app.ui.settings.general_section import GeneralSection
from app.ui.settings.rows import SettingRow
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.workflows.login_start import LoginStart, RunKey, login_start

if sys.platform == "win32":
    from app.workflows.windows_run_key import WindowsRunKey


class LoginRow(QObject):
    """Reads and writes in worker threads. The box shows what is so, also after a refusal."""

    def __init__(
        self,
        theme: Theme,
        section: GeneralSection,
        start: LoginStart,
        unexpected: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._start = start
        self.box = QCheckBox(self.tr("Start at log-in"))
        self.slot = MessageSlot(theme)
        why = self.tr("Opens this profile's window when you log in.")
        section.this_computer.addWidget(SettingRow(theme, self.tr("Start"), why, self.box))
        section.this_computer.addWidget(self.slot)
        section.computer_card.setVisible(True)
        self._task = AsyncTask("start at log-in", unexpected=unexpected, parent=self)
        self._task.succeeded.connect(self._show)
        self._task.failed.connect(self._refused)
        self.box.clicked.connect(self._switch)
        section.opened.connect(self.read)

    def read(self) -> None:
        if not self._task.busy:
            self._task.run(lambda: asyncio.to_thread(self._start.is_on), self.tr("Reading…"))

    def _switch(self, on: bool) -> None:
        def work() -> bool:
            self._start.set_on(on=on)
            return self._start.is_on()

        self.slot.clear()
        self._task.run(lambda: asyncio.to_thread(work), self.tr("Saving…"))

    def _show(self, on: bool) -> None:
        self.box.setChecked(on)

    def _refused(self, error: AppError) -> None:
        self.slot.show_error(error)
        self.read()


def real_login_start(profile: str) -> LoginStart:
    """For this computer. Raises ``AppError`` where the program's own command is not found."""
    run_key: RunKey | None = None
    if sys.platform == "win32":
        run_key = WindowsRunKey()
    return login_start(profile, own_command(), sys.platform, Path.home(), os.environ, run_key)
