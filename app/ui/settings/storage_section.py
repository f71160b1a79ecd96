"""Where the profile lies, how much is stored, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout

from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.settings.rows import Section
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import FactGrid
from app.ui.widgets.field import TextField
from app.ui.widgets.labels import ElidedLabel, WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField

_MEGABYTE = 1024 * 1024
_LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """``age_days`` is None while nothing is stored."""

    events: int = 0
    size_bytes: int = 0
    age_days: int | None = None


class StorageSection(Section):
    """``retention_requested`` carries days and megabytes, ``delete_requested`` an age in days."""

    retention_requested = Signal(int, int)
    delete_requested = Signal(int)

    def __init__(self, theme: Theme, folder: Path, task: AsyncTask) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Storage"))
        place = self.card(self.tr("Folder of this profile"))
        self.folder = ReadOnlyField(theme, self.tr("Folder"), str(folder))
        self.open_button = Button(theme, self.tr("Open folder"), icon="folder-open", small=True)
        place.body.addWidget(self.folder)
        place.body.addWidget(self.open_button)
        store = self.card(self.tr("Stored events"))
        facts = FactGrid(theme)
        self._events = facts.add(self.tr("Events"), "–")
        self._size = facts.add(self.tr("Size"), "–")
        self._age = facts.add(self.tr("Oldest"), "–")
        store.body.addWidget(facts)
        keep = self.card(self.tr("How long they are kept"))
        self.days = TextField(theme, self.tr("Days"), help_text=self.tr("From 1 to 3650."))
        self.megabytes = TextField(theme, self.tr("Megabytes"), help_text=self.tr("From 1 to 1000000."))
        fields = QHBoxLayout()
        fields.setSpacing(16)
        fields.addWidget(self.days, 1)
        fields.addWidget(self.megabytes, 1)
        keep.body.addLayout(fields)
        keep.body.addWidget(
            WrappedLabel(
                theme,
                self.tr("Whichever comes first. Events that are not delivered always stay."),
                Role.CAPTION,
                "muted",
            )
        )
        self.keep_button = Button(theme, self.tr("Save limits"), icon="check", small=True)
        keep.body.addWidget(self.keep_button)
        clear = self.card(self.tr("Delete events"))
        self.older = TextField(
            theme,
            self.tr("Older than this many days"),
            "7",
            help_text=self.tr("0 deletes all that have ended."),
        )
        self.delete_button = Button(
            theme, self.tr("Delete older events"), ButtonKind.DANGER, icon="trash-2", small=True
        )
        clear.body.addWidget(self.older)
        clear.body.addWidget(self.delete_button)
        self.slot = MessageSlot(theme)
        self.column.addWidget(TaskLine(theme, task))
        self.column.addWidget(self.slot)
        self.column.addStretch(1)
        self.open_button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        self.keep_button.clicked.connect(self._keep)
        self.delete_button.clicked.connect(self._delete)

    def show_limits(self, days: int, megabytes: int) -> None:
        self.days.set_text(str(days))
        self.megabytes.set_text(str(megabytes))

    def show_facts(self, facts: StoreFacts) -> None:
        size = self.tr("{n} MB").format(n=f"{facts.size_bytes / _MEGABYTE:.1f}")
        age = self.tr("Nothing is stored yet")
        if facts.age_days is not None:
            age = self.tr("{n} days ago").format(n=facts.age_days) if facts.age_days else self.tr("Today")
        for label, text in ((self._events, f"{facts.events:,}"), (self._size, size), (self._age, age)):
            if isinstance(label, ElidedLabel):
                label.setText(text)

    def _keep(self) -> None:
        days = self._number(self.days, 1, _LONGEST_DAYS)
        megabytes = self._number(self.megabytes, 1, 1_000_000)
        if days is not None and megabytes is not None:
            self.retention_requested.emit(days, megabytes)

    def _delete(self) -> None:
        age = self._number(self.older, 0, _LONGEST_DAYS)
        if age is not None:
            self.delete_requested.emit(age)

    def _number(self, field: TextField, least: int, most: int) -> int | None:
        text = field.text().strip()
        fits = text.isdecimal() and least <= int(text) <= most
        field.set_error(
            "" if fits else self.tr("A whole number from {least} to {most}.").format(least=least, most=most)
        )
        if not fits:
            field.edit.setFocus()
            return None
        return int(text)
