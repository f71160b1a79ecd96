"""What a bundle for a helper would hold: every file can be read before it is saved; nothing is sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHeaderView

from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.settings.rows import Section
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel
from app.workflows.diagnostics import Bundle

_KILOBYTE = 1024
_TEXT_HEIGHT = 240


class DiagnosticsSection(Section):
    """``gather_requested`` carries whether events are wanted; ``save_requested`` fires with a bundle."""

    gather_requested = Signal(bool)
    save_requested = Signal()

    def __init__(self, theme: Theme, task: AsyncTask) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Diagnostics"))
        self.bundle: Bundle | None = None
        card = self.card(self.tr("Diagnostics bundle"))
        card.body.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "One ZIP file for somebody who helps you. It holds no key and no secret, and addresses "
                    "of people are masked. Nothing is sent: you save it and decide who gets it."
                ),
                Role.BODY,
                "muted",
            )
        )
        self.with_events = QCheckBox(self.tr("Add the newest 100 events as they arrived (personal data)"))
        card.body.addWidget(self.with_events)
        self.gather_button = Button(theme, self.tr("Show what it would hold"), icon="eye")
        self.save_button = Button(theme, self.tr("Save bundle…"), icon="download")
        row = FlowLayout(spacing=8)
        row.addWidget(self.gather_button)
        row.addWidget(self.save_button)
        card.body.addLayout(row)
        card.body.addWidget(TaskLine(theme, task))
        self.slot = MessageSlot(theme)
        card.body.addWidget(self.slot)
        columns = (Column(self.tr("File")), Column(self.tr("Size"), 90, align_right=True))
        self.table = DataTable(
            theme, self.tr("Files of the bundle"), columns, inset=14, fit=True, key="bundle"
        )
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.files = Card(theme, flush=True)
        self.files.body.addWidget(self.table)
        self.text = CodeBox(theme, language=CodeLanguage.PLAIN, name=self.tr("Content of the file"))
        self.text.setMinimumHeight(theme.px(_TEXT_HEIGHT))
        self.column.addWidget(self.files)
        self.column.addWidget(self.text)
        self.column.addStretch(1)
        self._show_parts()
        self.gather_button.clicked.connect(lambda: self.gather_requested.emit(self.with_events.isChecked()))
        self.save_button.clicked.connect(self.save_requested)
        # What was looked at is what is saved: a change of the tick asks for another look.
        self.with_events.toggled.connect(lambda _: self.show_bundle(None))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_text())

    def show_bundle(self, bundle: Bundle | None) -> None:
        self.bundle = bundle
        self.slot.clear()
        self._model.set_rows(
            [
                (
                    Cell(item.name, sub=item.says, emphasis=Emphasis.NAME),
                    Cell(self.tr("{n} KB").format(n=f"{item.size / _KILOBYTE:.1f}"), align_right=True),
                )
                for item in (bundle.items if bundle else ())
            ]
        )
        self._show_parts()
        if bundle is not None:
            self.table.selectRow(0)

    def _show_parts(self) -> None:
        there = self.bundle is not None
        for part in (self.files, self.text, self.save_button):
            part.setVisible(there)

    def _show_text(self) -> None:
        row = self.table.currentIndex().row()
        if self.bundle is not None and 0 <= row < len(self.bundle.items):
            self.text.set_text(self.bundle.items[row].text)
