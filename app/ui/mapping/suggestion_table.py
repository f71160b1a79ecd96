"""The table of proposals: one row each, ticked ones are taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStyleOptionViewItem

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.cell import CELL_ROLE, Cell, CellDelegate, Emphasis
from app.ui.widgets.data_table import Column, DataTable
from app.workflows.mapping_editor.evaluation import TargetValue, ValueState
from app.workflows.mapping_editor.suggestions import Confidence, Suggestion

_AnyIndex = QModelIndex | QPersistentModelIndex
_TICK, _FIELD, _SOURCE, _RESULT, _CONFIDENCE, _REASON = range(6)
_BOX = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion with what it gives for the shown event (None without an event)."""

    suggestion: Suggestion
    result: TargetValue | None


class SuggestionModel(QAbstractTableModel):
    """Of several proposals for one field at most one is ticked."""

    ticked_changed = Signal()

    def __init__(self, proposals: Sequence[Proposal], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._proposals = tuple(proposals)
        self._ticked = [one.suggestion.ticked for one in self._proposals]
        self._columns = _columns()

    def ticked(self) -> tuple[Suggestion, ...]:
        pairs = zip(self._proposals, self._ticked, strict=True)
        return tuple(one.suggestion for one, ticked in pairs if ticked)

    def is_ticked(self, row: int) -> bool:
        return self._ticked[row]

    def toggle(self, row: int) -> None:
        if not 0 <= row < len(self._proposals):
            return
        wanted = not self._ticked[row]
        key = self._proposals[row].suggestion.key
        for number, one in enumerate(self._proposals):
            if number == row:
                self._ticked[number] = wanted
            elif wanted and one.suggestion.key == key:
                self._ticked[number] = False
        last = self.index(len(self._proposals) - 1, _REASON)
        self.dataChanged.emit(self.index(0, 0), last)
        self.ticked_changed.emit()

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._proposals)

    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self._cell(index.row(), index.column())
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row()) if index.column() == _TICK else cell.spoken
        if role == Qt.ItemDataRole.ToolTipRole and cell.text:
            return cell.text
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == _TICK:
            return Qt.CheckState.Checked if self._ticked[index.row()] else Qt.CheckState.Unchecked
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        said = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if orientation is Qt.Orientation.Horizontal and said:
            return self._columns[section].title
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def _cell(self, row: int, column: int) -> Cell:
        proposal = self._proposals[row]
        one = proposal.suggestion
        if column == _FIELD:
            return Cell(one.label, emphasis=Emphasis.NAME)
        if column == _SOURCE:
            return Cell(one.source, emphasis=Emphasis.MONO)
        if column == _RESULT:
            return _result_cell(proposal.result)
        if column == _REASON:
            return Cell(one.reason, emphasis=Emphasis.MUTED)
        return _confidence_cell(one.confidence) if column == _CONFIDENCE else Cell()

    def _spoken(self, row: int) -> str:
        one = self._proposals[row].suggestion
        parts = [
            _tr("ticked") if self._ticked[row] else _tr("not ticked"),
            one.label,
            _tr("from {source}").format(source=one.source),
            self._cell(row, _RESULT).text,
            self._cell(row, _CONFIDENCE).text,
            one.reason,
        ]
        return ", ".join(part for part in parts if part)


class SuggestionTable(DataTable):
    """Space ticks the selected row; a press anywhere on the tick's column does too."""

    def __init__(self, theme: Theme, model: SuggestionModel) -> None:
        super().__init__(theme, _tr("Suggestions"), _columns(), inset=14)
        self._suggestions = model
        self._look = theme
        self.setItemDelegateForColumn(_TICK, _TickDelegate(theme, model, self))
        self.setAccessibleDescription(_tr("Space ticks a suggestion"))
        self.setModel(model)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._suggestions.toggle(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and index.column() == _TICK:
            self._suggestions.toggle(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """How sure it is stays in sight; field, source and result share the rest with the reason."""
        px = self._look.px
        fixed = px(40) + px(92)
        room = max(px(300), self.viewport().width() - fixed)
        self.setColumnWidth(_TICK, px(40))
        self.setColumnWidth(_CONFIDENCE, px(92))
        for column, part in ((_FIELD, 0.16), (_SOURCE, 0.24), (_RESULT, 0.22)):
            self.setColumnWidth(column, int(room * part))


class _TickDelegate(CellDelegate):
    def __init__(self, theme: Theme, model: SuggestionModel, parent: DataTable) -> None:
        super().__init__(theme, inset=14, parent=parent)
        self._look = theme
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        super().paint(painter, option, index)
        size = self._look.px(_BOX)
        box = QStyleOptionButton()
        place = QRect(0, 0, size, size)
        place.moveCenter(option.rect.center())
        place.moveLeft(option.rect.x() + 12)
        box.rect = QStyle.visualRect(option.direction, option.rect, place)
        ticked = self._model.is_ticked(index.row())
        on, off = QStyle.StateFlag.State_On, QStyle.StateFlag.State_Off
        box.state = QStyle.StateFlag.State_Enabled | (on if ticked else off)
        widget = option.widget
        style = widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter, widget)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        metrics = QFontMetrics(self._look.font(Role.BODY))
        return QSize(self._look.px(40), max(32, metrics.height() + 14))


def _result_cell(result: TargetValue | None) -> Cell:
    if result is None:
        return Cell()
    if result.state is ValueState.PROBLEM:
        return Cell(result.problem, icon="circle-alert", tone=Tone.ERROR)
    if result.state is ValueState.EMPTY:
        return Cell(_tr("empty in this event"), emphasis=Emphasis.MUTED)
    return Cell(result.shown)


def _confidence_cell(confidence: Confidence) -> Cell:
    return {
        Confidence.SURE: Cell(_tr("Sure"), icon="circle-check", tone=Tone.OK),
        Confidence.LIKELY: Cell(_tr("Likely"), icon="circle-dashed", tone=Tone.INFO),
        Confidence.GUESS: Cell(_tr("Guess"), icon="circle-question-mark", tone=Tone.NEUTRAL),
    }[confidence]


def _columns() -> tuple[Column, ...]:
    return (
        Column("", 40),
        Column(_tr("Field in Close"), 130),
        Column(_tr("From the event"), 160),
        Column(_tr("Gives"), 150),
        Column(_tr("How sure"), 92),
        Column(_tr("Why")),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Suggestions", text)
