"""Choosing what a new mapping begins with: each preset with what it is for and what it does."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.actions.action_definitions import definition
from app.ui.mappings.mapping_rows import action_icon
from app.ui.question_dialog import SurfaceDialog, unfilled
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.field import NoteLine
from app.ui.widgets.labels import Label, WrappedLabel
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.difference import distinct_labels
from app.workflows.mapping_editor.overview import overview
from app.workflows.mapping_editor.presets import Preset, presets
from app.workflows.mapping_editor.targets import TargetGroup, targets_of, value_at
from app.workflows.mapping_editor.value_words import value_words

_SIZE = (760, 520)
# Of ten parts for what is beside it.
_LIST_SHARE = 5
_SHOWN_FIELDS = 8


class PresetDialog(SurfaceDialog):
    """``chosen`` carries the new mapping; arrows choose, Enter adds."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Add a mapping")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._theme = theme
        self._presets = presets()
        columns = (Column(self.tr("Preset")),)
        self.table = DataTable(theme, self.tr("Presets"), columns, inset=14, row_height=40)
        self.table.horizontalHeader().hide()
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        self._model.set_rows([(_cell(each),) for each in self._presets])
        self._details = _PresetDetails(theme)
        self.add_button = Button(theme, " ", ButtonKind.PRIMARY, icon="plus")
        self.cancel_button = Button(theme, self.tr("Cancel"))
        self.add_button.setDefault(True)
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        why = self.tr(
            "Each begins with the fields and the events that fit. Everything can be changed afterwards."
        )
        self.column.addWidget(WrappedLabel(theme, why, Role.BODY, "muted"))
        self.column.addLayout(self._columns(), 1)
        self.add_buttons(self.cancel_button, self.add_button)
        self.table.selectionModel().selectionChanged.connect(self._show)
        self.table.activated.connect(lambda _index: self._add())
        self.add_button.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.reject)
        self.table.selectRow(0)
        self.table.setFocus()
        self.resize(theme.px(_SIZE[0]), theme.px(_SIZE[1]))

    @property
    def preset(self) -> Preset:
        return self._presets[max(0, self.table.currentIndex().row())]

    def _columns(self) -> QHBoxLayout:
        card = Card(self._theme, flush=True, behind="surface")
        card.body.addWidget(self.table)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        # Reachable, so that long details can be scrolled with keys.
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(self.tr("About this preset"))
        area.setWidget(self._details)
        unfilled(area)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(card, _LIST_SHARE)
        row.addWidget(area, 10)
        return row

    def _show(self, _selected: QItemSelection) -> None:
        self._details.show_preset(self.preset)
        self.add_button.setText(self.tr("Add “{name}”").format(name=self.preset.name))
        self.setAccessibleDescription(f"{self.preset.purpose} {self.preset.consequence}")

    def _add(self) -> None:
        # Enter reaches the table and then the default button.
        if self.result() != QDialog.DialogCode.Accepted:
            self.accept()
            self.chosen.emit(self.preset.spec)


class _PresetDetails(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = Label(theme, "", Role.SECTION)
        self._action = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self._purpose = WrappedLabel(theme, "")
        self._runs = NoteLine(theme)
        self._consequence = NoteLine(theme)
        columns = (Column(self.tr("Field in Close"), 150), Column(self.tr("Comes from")))
        self._table = DataTable(theme, self.tr("Fields that are filled"), columns, fit=True, row_height=28)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = CellTableModel(columns, self._table)
        self._table.setModel(self._model)
        fields = Card(theme, flush=True, behind="surface")
        fields.body.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addWidget(self._action)
        column.addLayout(head)
        column.addWidget(self._purpose)
        column.addWidget(self._runs)
        column.addWidget(self._consequence)
        column.addSpacing(2)
        column.addWidget(fields)
        column.addStretch(1)

    def show_preset(self, preset: Preset) -> None:
        told = overview(preset.spec, CloseVocabulary())
        self._name.setText(preset.name)
        self._action.set_text(told.action)
        self._purpose.set_text(preset.purpose)
        self._runs.show_text(told.runs, "text", "zap")
        self._consequence.show_text(preset.consequence, "text", "corner-down-right")
        mapping = preset.spec.mapping
        targets = targets_of(definition(preset.spec.action), CloseVocabulary(), mapping)
        filled = [
            (each, value)
            for each in targets
            if each.group is not TargetGroup.RULES and (value := value_at(mapping, each.key)) is not None
        ]
        labels = distinct_labels(targets)
        rows = [
            (Cell(labels[each.key], emphasis=Emphasis.NAME), Cell(value_words(value), emphasis=Emphasis.MONO))
            for each, value in filled[:_SHOWN_FIELDS]
        ]
        if len(filled) > _SHOWN_FIELDS:
            more = self.tr("and {count} more").format(count=len(filled) - _SHOWN_FIELDS)
            rows.append((Cell(more, emphasis=Emphasis.MUTED), Cell()))
        self._model.set_rows(rows)


def _cell(preset: Preset) -> Cell:
    icon, _tone = action_icon(preset.spec)
    return Cell(preset.name, icon=icon, emphasis=Emphasis.NAME)
