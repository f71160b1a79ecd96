"""What an undo has done: what went back, what was removed, and what stays with the reason."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions.plan import RecordRef
from app.actions.undo import UndoReport
from app.actions.undo_decisions import UndoLine, UndoOutcome
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.badge import Badge
from app.ui.widgets.banner import Banner
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.diff_table import shortened_id, shown_value

_LOOK = {
    UndoOutcome.REVERTED: ("undo-2", Tone.OK),
    UndoOutcome.REMOVED: ("trash-2", Tone.OK),
    UndoOutcome.LEFT: ("circle-slash", Tone.WARN),
    UndoOutcome.FINAL: ("lock", Tone.WARN),
}
_STAYS = (UndoOutcome.LEFT, UndoOutcome.FINAL)


class UndoView(QWidget):
    """A banner with the summary and a table by record."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        badge = Badge(theme, self.tr("Undone"), Tone.NEUTRAL, "undo-2")
        self.banner = Banner(theme, Tone.OK, " ", " ", action=badge)
        card = Card(theme, flush=True)
        columns = (
            Column(self.tr("Result"), 104),
            Column(self.tr("Field"), 112),
            Column(self.tr("Was in Close"), 176),
            Column(self.tr("Now in Close")),
        )
        self._model = CellTableModel(columns, self)
        self.table = DataTable(
            theme, self.tr("What was taken back"), columns, row_height=33, fit=True, key="undo"
        )
        self.table.setModel(self._model)
        card.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addWidget(card)
        column.addStretch(1)

    def show_undone(self, report: UndoReport, event: str) -> None:
        stays = [line for line in report.lines if line.outcome in _STAYS]
        gone = len(report.lines) > len(stays)
        if stays:
            text = self.tr("What stays is listed with the reason.")
        else:
            text = self.tr("Close holds again what it held before “{event}” was sent.").format(event=event)
        if not gone:
            self.banner.set(Tone.WARN, self.tr("Nothing could be taken back."), text, "triangle-alert")
        else:
            tone = Tone.WARN if stays else Tone.OK
            self.banner.set(tone, report.summary, text, "triangle-alert" if stays else "circle-check")
        rows: list[tuple[Cell, ...]] = []
        before: RecordRef | None = None
        for line in report.lines:
            if line.record != before:
                rows.append((_group(line.record),))
                before = line.record
            rows.append(_row(line))
            if line.outcome in _STAYS and line.reason:
                rows.append((Cell(line.reason, icon="info", emphasis=Emphasis.MUTED),))
        self._model.set_rows(rows)


def _group(record: RecordRef) -> Cell:
    kind, icon = {
        "lead": (_tr("Lead"), "building-2"),
        "contact": (_tr("Contact"), "user-round"),
    }.get(record.object_type, (_tr("Activity"), "activity"))
    name = shown_value(record.name) if record.name else _tr("without a name")
    return Cell(f"{kind} · {name}", icon=icon, right=shortened_id(record.id) if record.id else "", group=True)


def _row(line: UndoLine) -> tuple[Cell, ...]:
    icon, tone = _LOOK[line.outcome]
    word = {
        UndoOutcome.REVERTED: _tr("Reverted"),
        UndoOutcome.REMOVED: _tr("Removed"),
        UndoOutcome.LEFT: _tr("Left"),
        UndoOutcome.FINAL: _tr("Final"),
    }[line.outcome]
    field = line.field or _tr("Whole record")
    if line.outcome is UndoOutcome.REVERTED:
        now = Cell(shown_value(line.back), tint=Tone.OK, emphasis=Emphasis.NAME)
    elif line.outcome is UndoOutcome.REMOVED:
        now = Cell(line.reason or _tr("not in Close any more"), tint=Tone.OK, emphasis=Emphasis.NAME)
    else:
        stays = shown_value(line.now) if line.field else _tr("stays as it is")
        now = Cell(stays, tint=Tone.WARN, emphasis=Emphasis.NAME)
    was = shown_value(line.now) if line.field else line.record.name
    return (
        Cell(word, icon=icon, tone=tone),
        Cell(field, emphasis=Emphasis.NAME),
        Cell(was, emphasis=Emphasis.MUTED),
        now,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("UndoView", text)
