"""What the Events page does with events besides showing them: send an edited copy, export what is listed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from app.errors import AppError
from app.json_value import JsonObject
from app.relay.event_records import EventDetail, EventFilter, EventRow
from app.relay.replay_store import ReplayStore
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel
from app.workflows.event_edits import edited_body
from app.workflows.event_exports import ExportFormat, stored_events, write_export

_HOUR_S = 3600.0


class EditDialog(SurfaceDialog):
    """The event as JSON to be edited; what is no event is told before anything is sent."""

    agreed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None, original: JsonObject) -> None:
        super().__init__(theme, self.tr("Edit and send again"), parent)
        self._original = original
        self.box = CodeBox(theme, name=self.tr("The event to send"), editable=True, small=False)
        self.box.set_text(json.dumps(original, indent=2, ensure_ascii=False, default=dict))
        self.box.setMinimumHeight(theme.px(300))
        self.send_button = Button(theme, self.tr("Send again"), ButtonKind.PRIMARY, icon="send")
        cancel = Button(theme, self.tr("Not now"))
        text = self.tr("The edited copy is a new event with an ID of its own. This one stays as it is.")
        self._errors = QVBoxLayout()
        self.column.addWidget(WrappedLabel(theme, self.windowTitle(), Role.SECTION))
        self.column.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        self.column.addWidget(self.box, 1)
        self.column.addLayout(self._errors)
        self.add_buttons(cancel, self.send_button)
        self.setMinimumWidth(theme.px(560))
        self.send_button.clicked.connect(self._send)
        cancel.clicked.connect(self.reject)
        self.box.edit.setFocus()

    def _send(self) -> None:
        clear_layout(self._errors)
        try:
            body = edited_body(self.box.text(), self._original, lambda: uuid4().hex)
        except AppError as error:
            self._errors.addWidget(ErrorBlock(self._theme, error))
            return
        self.agreed.emit(body)
        self.done(QDialog.DialogCode.Accepted)


class EventTools(QObject):
    """``said`` is for a toast, ``failed`` carries an ``AppError``; ``sent`` the row of an edited copy."""

    said = Signal(str)
    failed = Signal(object)
    sent = Signal(object)

    def __init__(
        self, theme: Theme, window: QWidget, database: Path, unexpected: Callable[[BaseException], None]
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._store = ReplayStore(database)
        self.dialog: EditDialog | None = None
        self._sending = AsyncTask("send an edited event", unexpected=unexpected, parent=self)
        limits = TaskLimits(slow=_HOUR_S, give_up=_HOUR_S)
        self._exporting = AsyncTask("export events", unexpected=unexpected, limits=limits, parent=self)
        self._sending.succeeded.connect(self._told)
        self._exporting.succeeded.connect(self.said.emit)
        for task in (self._sending, self._exporting):
            task.failed.connect(self.failed)

    def edit(self, detail: EventDetail) -> None:
        """Let a person edit a copy of the event."""
        original = detail.body if isinstance(detail.body, Mapping) else {}
        self.dialog = EditDialog(self._theme, self._window.window(), original)
        self.dialog.agreed.connect(lambda body: self._send(detail.row.id, body))
        self.dialog.finished.connect(lambda _: self._forget())
        self.dialog.open()

    def choose_export(self, wanted: EventFilter) -> None:
        """Ask for a file, then write every event that matches, also those not read into the list yet."""
        dialog = QFileDialog(self._window, self.tr("Export events"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Events (*.ndjson)"), self.tr("Table (*.csv)")])
        dialog.selectFile("events.ndjson")
        dialog.fileSelected.connect(lambda name: self.export(wanted, Path(name)))
        dialog.open()

    def export(self, wanted: EventFilter, path: Path) -> None:
        store, every = self._store, replace(wanted, before_id=None)

        def work() -> str:
            count = write_export(path, stored_events(store, every), ExportFormat.of(path))
            return self.tr("{n} events written to {name}").format(n=f"{count:,}", name=path.name)

        self._exporting.run(lambda: asyncio.to_thread(work), self.tr("Writing…"))

    def _send(self, event_id: int, body: bytes) -> None:
        now_ms = time.time_ns() // 1_000_000
        store = self._store
        self._sending.run(
            lambda: asyncio.to_thread(lambda: store.edited(event_id, body, now_ms=now_ms)),
            self.tr("Sending…"),
        )

    def _told(self, row: EventRow) -> None:
        self.said.emit(self.tr("The edited copy of “{title}” is queued.").format(title=row.title))
        self.sent.emit(row)

    def _forget(self) -> None:
        self.dialog = None
