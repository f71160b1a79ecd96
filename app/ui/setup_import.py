"""Opening a setup that somebody exported: its contents are shown before anything is taken over."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.assembly import Assistant
from app.storage.profile import Profile
from app.ui.frame.tasks import AsyncTask
from app.ui.question_dialog import QuestionDialog
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors


class SetupImport(QObject):
    """``agreed`` carries the profile to begin with, ``failed`` an ``AppError``."""

    agreed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        assistant: Assistant,
        profile_name: str,
        unexpected: UnexpectedErrors,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = window
        self._assistant = assistant
        self._name = profile_name
        self._dialog: QuestionDialog | None = None
        self._reading = AsyncTask("open a saved setup", unexpected=unexpected, parent=self)
        self._reading.succeeded.connect(self._ask)
        self._reading.failed.connect(self.failed)

    def read(self, path: Path) -> None:
        self._reading.run(
            lambda: asyncio.to_thread(self._assistant.read_setup_file, path, self._name),
            self.tr("Reading the file…"),
        )

    def _ask(self, profile: Profile) -> None:
        organization = profile.organization.name if profile.organization else self.tr("no organization")
        fields = [each.name for each in (profile.company_field, profile.user_field) if each]
        text = self.tr(
            "Organization: {organization}\nID fields: {fields}\nMappings: {mappings}\nPort: {port}\n\n"
            "It holds no key: you connect to Close in the next step."
        ).format(
            organization=organization,
            fields=", ".join(fields) or self.tr("none"),
            mappings=", ".join(spec.name for spec in profile.mappings) or self.tr("none"),
            port=profile.relay.port,
        )
        dialog = QuestionDialog(
            self._theme,
            self._window,
            title=self.tr("Open this setup?"),
            text=text,
            yes=self.tr("Open this setup"),
            no=self.tr("Cancel"),
            grave=False,
        )
        dialog.answered.connect(lambda agreed: self.agreed.emit(profile) if agreed else None)
        self._dialog = dialog
        dialog.open()
