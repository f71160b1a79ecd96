"""Asking for the passphrase of a profile's encrypted secrets when the window opens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.ui.frame.tasks import AsyncTask
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import SecretField


class PassphraseDialog(SurfaceDialog):
    """``unlock`` is called on a worker thread; its ``AppError`` is shown and the person may try again."""

    unlocked = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        unlock: Callable[[str], None],
        unexpected: Callable[[BaseException], None],
    ) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Unlock the secrets of this profile")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._unlock = unlock
        self.passphrase = SecretField(theme, self.tr("Passphrase of the encrypted file"))
        self.unlock_button = Button(theme, self.tr("Unlock"), ButtonKind.PRIMARY)
        self.later_button = Button(theme, self.tr("Not now"))
        self._task = AsyncTask("unlock secrets", unexpected=unexpected, parent=self)
        why = self.tr("The Close key and the shared secret are in a file that a passphrase encrypts.")
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addWidget(WrappedLabel(theme, why))
        self.column.addWidget(self.passphrase)
        self.add_buttons(self.later_button, self.unlock_button)
        self.unlock_button.setDefault(True)
        self.unlock_button.clicked.connect(self._try)
        self.passphrase.edit.returnPressed.connect(self._try)
        self.later_button.clicked.connect(self.reject)
        self._task.changed.connect(lambda: self.unlock_button.set_busy(busy=self._task.busy))
        self._task.succeeded.connect(self._done)
        self._task.failed.connect(self._refused)
        self.passphrase.edit.setFocus()

    def _try(self) -> None:
        if self._task.busy:
            return
        text = self.passphrase.secret()
        if not text:
            self.passphrase.set_error(self.tr("Enter the passphrase."))
            return
        self._task.run(lambda: asyncio.to_thread(self._unlock, text), self.tr("Unlocking…"))

    def _done(self, _result: object) -> None:
        self.unlocked.emit()
        self.accept()

    def _refused(self, error: AppError) -> None:
        self.passphrase.set_error(error.title)
        self.passphrase.edit.setFocus()
