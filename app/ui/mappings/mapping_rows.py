"""The mappings as rows of a list: what each shows, and what editing a row does to the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.errors import AppError
from app.json_value import JsonObject
from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.ui.theme.tokens import Tone
from app.workflows.mapping_editor import document as steps
from app.workflows.mapping_editor.overview import events_that_run, overview

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_COUNTED_EVENTS = 200

_AnyIndex = QModelIndex | QPersistentModelIndex
_ICONS = {
    "createUpdateContactAndLead": ("user-round", Tone.ACCENT),
    "recordActivity": ("activity", Tone.OK),
    "mergeContactsAndLeads": ("git-merge", Tone.VIOLET),
    "deleteContact": ("trash-2", Tone.ERROR),
}


def action_icon(spec: MappingSpec) -> tuple[str, Tone]:
    """Icon and tone of what the mapping does in Close; companies have their own."""
    if spec.action == "createUpdateContactAndLead" and spec.trigger.startswith('type = "group"'):
        return "building-2", Tone.INFO
    return _ICONS.get(spec.action, ("circle-question-mark", Tone.NEUTRAL))


@dataclass(frozen=True, slots=True)
class MappingRow:
    """``runs`` is the trigger as a sentence, ``facts`` what is counted, ``trouble`` why it can never run."""

    name: str
    action: str
    runs: str
    facts: str
    trouble: str
    icon: str
    tone: Tone
    enabled: bool


class MappingRows(QAbstractListModel):
    """The session's mappings. ``refused`` carries why an edit was not taken."""

    refused = Signal(object)

    def __init__(self, session: EditingSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[MappingRow] = []
        self._bodies: tuple[JsonObject, ...] = ()
        self._runs: dict[str, int] = {}
        session.document_changed.connect(self.refresh)
        session.vocabulary_changed.connect(self.refresh)
        session.events_changed.connect(self._take_events)
        self._take_events()

    def refresh(self) -> None:
        """Show the document as it is; rows that stay where they are keep their selection."""
        rows = [self._row(spec) for spec in self._session.document.mappings]
        before, self_rows = len(self._rows), len(rows)
        if before == self_rows:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(self_rows - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, index: _AnyIndex) -> MappingRow:
        return self._rows[index.row()]

    def move(self, place: int, to: int) -> None:
        """Put a mapping elsewhere in the order; places outside the list are ignored."""
        if 0 <= to < len(self._rows):
            self._session.choose(place)
            self._session.set_document(steps.move(self._session.document, place, to))

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if row.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = self.tr("on") if row.enabled else self.tr("off")
            words = (f"{row.name}, {state}", row.action, row.runs, row.trouble, row.facts)
            return ". ".join(word.rstrip(".") for word in words if word)
        return row.runs if role == Qt.ItemDataRole.ToolTipRole and len(row.runs) > 60 else None

    def setData(self, index: _AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        document, place = self._session.document, index.row()
        try:
            if role == Qt.ItemDataRole.EditRole:
                document = steps.rename(document, place, str(value))
            elif role == Qt.ItemDataRole.CheckStateRole:
                on = Qt.CheckState(value) is Qt.CheckState.Checked
                document = steps.switch(document, place, enabled=on)
        except AppError as error:
            self.refused.emit(error)
            return False
        self._session.set_document(document)
        return True

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return (
            super().flags(index)
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsDragEnabled
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def _take_events(self) -> None:
        self._bodies = tuple(sample.body for sample in self._session.events[:_COUNTED_EVENTS])
        self._runs.clear()
        self.refresh()

    def _row(self, spec: MappingSpec) -> MappingRow:
        told = overview(spec, self._session.vocabulary)
        icon, tone = action_icon(spec)
        return MappingRow(
            name=spec.name,
            action=told.action,
            runs=told.runs,
            facts=self._facts(spec, told.mapped, told.fields),
            trouble=told.trouble,
            icon=icon,
            tone=tone,
            enabled=spec.enabled,
        )

    def _facts(self, spec: MappingSpec, mapped: int, fields: int) -> str:
        facts = self.tr("{mapped} of {fields} fields mapped").format(mapped=mapped, fields=fields)
        if not self._bodies:
            return facts
        if spec.trigger not in self._runs:
            self._runs[spec.trigger] = events_that_run(spec.trigger, self._bodies)
        count, total = self._runs[spec.trigger], len(self._bodies)
        words = self.tr("matches {count} of {total} events")
        if self._session.made_up:
            words = self.tr("matches {count} of {total} samples")
        return f"{facts} · " + words.format(count=count, total=total)
