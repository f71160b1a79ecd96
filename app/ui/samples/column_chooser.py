"""Which column of a table is what: guessed, and changed by choosing a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.combo import ComboField
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import Label, WrappedLabel
from app.workflows.sample_tables import ColumnUse, EventTable, TableChoice, events_of, guess_uses
from app.workflows.samples import Sample

_TABLE_HEIGHT = 200
_FIELD_WIDTH = 220
_TYPES = ("identify", "track", "page", "screen", "group", "alias")


class _ColumnsTable(DataTable):
    """Shares its width among the columns, however large the text is."""

    resized = Signal()

    def __init__(self, theme: Theme, name: str, columns: Sequence[Column]) -> None:
        super().__init__(theme, name, columns)
        # Queued: a width set while the table lays itself out would begin the layout again.
        self.resized.connect(self._share_width, Qt.ConnectionType.QueuedConnection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def _share_width(self) -> None:
        width = self.viewport().width()
        self.setColumnWidth(0, round(width * 0.3))
        self.setColumnWidth(1, round(width * 0.34))


class ColumnChooser(QWidget):
    """``accepted`` fires with the final choice, ``cancelled`` without one, ``preview_changed`` in between."""

    accepted = Signal(object)
    cancelled = Signal()
    preview_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._event_table: EventTable | None = None
        self._choice = TableChoice(())
        columns = (
            Column(self.tr("Column"), 150),
            Column(self.tr("First value"), 170),
            Column(self.tr("Becomes")),
        )
        self._model = CellTableModel(columns, self)
        self.table = _ColumnsTable(theme, self.tr("Columns of the table"), columns)
        self.table.setModel(self._model)
        self.use = ComboField(theme, self.tr("This column becomes"))
        for use in ColumnUse:
            self.use.combo.add(use_word(use), use.value)
        self.kind = ComboField(theme, self.tr("Type of the events"))
        for name in _TYPES:
            self.kind.combo.add(name, name)
        self.typed = QCheckBox(self.tr("Read numbers, true and false as such"))
        self.typed.setAccessibleDescription(
            self.tr("Otherwise every value is text, as it stands in the file.")
        )
        self.add_button = Button(theme, "", icon="plus")
        self.cancel_button = Button(theme, self.tr("Cancel"), ButtonKind.GHOST)
        self._intro = WrappedLabel(theme, "", Role.BODY, "muted")
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_use())
        self.use.chosen.connect(self._use_chosen)
        self.kind.chosen.connect(self._kind_chosen)
        self.typed.toggled.connect(self._typed_toggled)
        self.add_button.clicked.connect(lambda: self.accepted.emit(self._choice))
        self.cancel_button.clicked.connect(self.cancelled)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def event_table(self) -> EventTable | None:
        return self._event_table

    @property
    def choice(self) -> TableChoice:
        return self._choice

    def show_table(self, table: EventTable) -> None:
        """Begin with what the names of the columns say."""
        self._event_table = table
        self._choice = guess_uses(table)
        rows = self.tr("The first 10,000 rows are read; there are more.") if table.more else ""
        text = self.tr("{n} rows with {columns} columns. Names with dots nest: company.name.")
        text = text.format(n=f"{len(table.rows):,}", columns=len(table.header))
        self._intro.set_text(f"{text} {rows}".strip())
        count = len(table.rows)
        add = self.tr("Add 1 event") if count == 1 else self.tr("Add {n} events").format(n=f"{count:,}")
        self.add_button.set_text(add)
        self.typed.setChecked(False)
        self.kind.combo.choose(self._choice.default_type)
        self._show_rows()
        self.table.selectRow(0)

    def preview(self) -> Sample | None:
        """The first row as an event."""
        table = self._event_table
        if table is None or not table.rows:
            return None
        return next(events_of(replace(table, rows=table.rows[:1]), self._choice))

    # ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self._theme
        card = Card(theme, flush=True)
        head = QVBoxLayout()
        head.setContentsMargins(14, 12, 14, 10)
        head.setSpacing(2)
        head.addWidget(Label(theme, self.tr("Say which column is what"), Role.HEADING))
        head.addWidget(self._intro)
        fields = FlowLayout(spacing=12)
        fields.setContentsMargins(14, 12, 14, 4)
        fields.addWidget(self.use)
        fields.addWidget(self.kind)
        foot = FlowLayout(spacing=8)
        foot.setContentsMargins(14, 6, 14, 14)
        for widget in (self.typed, self.add_button, self.cancel_button):
            foot.addWidget(widget)
        card.body.addLayout(head)
        card.body.addWidget(Hair(theme))
        card.body.addWidget(self.table)
        card.body.addWidget(Hair(theme))
        card.body.addLayout(fields)
        card.body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)

    def _show_rows(self) -> None:
        table = self._event_table
        if table is None:
            return
        place = self.table.currentIndex().row()
        rows = []
        for number, (name, use) in enumerate(zip(table.header, self._choice.uses, strict=True)):
            ignored = use is ColumnUse.IGNORE
            tone = None if use in (ColumnUse.DATA, ColumnUse.IGNORE) else Tone.ACCENT
            rows.append(
                (
                    Cell(name or self.tr("(no name)"), emphasis=Emphasis.NAME),
                    Cell(" ".join(table.example(number).split())[:80], emphasis=Emphasis.MUTED),
                    Cell(use_word(use), tone=tone, emphasis=Emphasis.MUTED if ignored else Emphasis.NORMAL),
                )
            )
        self._model.set_rows(rows)
        if place >= 0:
            self.table.selectRow(place)
        typeless = ColumnUse.TYPE not in self._choice.uses
        self.kind.set_label(self.tr("Type of the events") if typeless else self.tr("Type where it is empty"))
        self.preview_changed.emit()

    def _show_use(self) -> None:
        row = self.table.currentIndex().row()
        table = self._event_table
        if table is None or not 0 <= row < len(table.header):
            return
        name = table.header[row] or self.tr("(no name)")
        self.use.set_label(
            self.tr("“{name}” becomes").format(name=name if len(name) <= 24 else f"{name[:23]}…")
        )
        self.use.combo.choose(self._choice.uses[row].value)

    def _use_chosen(self, key: object) -> None:
        """Of two columns for one thing the one that was just chosen keeps it."""
        row = self.table.currentIndex().row()
        if row < 0:
            return
        use = ColumnUse(str(key))
        uses = list(self._choice.uses)
        if use not in (ColumnUse.DATA, ColumnUse.IGNORE):
            uses = [ColumnUse.DATA if one is use else one for one in uses]
        uses[row] = use
        self._choice = replace(self._choice, uses=tuple(uses))
        self._show_rows()

    def _kind_chosen(self, key: object) -> None:
        self._choice = replace(self._choice, default_type=str(key))
        self.preview_changed.emit()

    def _typed_toggled(self, on: bool) -> None:
        self._choice = replace(self._choice, typed=on)
        self.preview_changed.emit()

    def _restyle(self) -> None:
        self.typed.setFont(self._theme.font(Role.BODY))
        self.table.setFixedHeight(self._theme.px(_TABLE_HEIGHT))
        for field in (self.use, self.kind):
            field.setFixedWidth(self._theme.px(_FIELD_WIDTH))


def use_word(use: ColumnUse) -> str:
    """What a column becomes, in words."""
    return {
        ColumnUse.DATA: _tr("Trait or property"),
        ColumnUse.USER_ID: _tr("userId"),
        ColumnUse.ANONYMOUS_ID: _tr("anonymousId"),
        ColumnUse.TYPE: _tr("Type of the event"),
        ColumnUse.EVENT: _tr("Name of the event"),
        ColumnUse.TIMESTAMP: _tr("Timestamp"),
        ColumnUse.EMAIL: _tr("Email"),
        ColumnUse.GROUP_ID: _tr("groupId"),
        ColumnUse.PREVIOUS_ID: _tr("previousId"),
        ColumnUse.MESSAGE_ID: _tr("messageId"),
        ColumnUse.PAGE_NAME: _tr("Name of the page or screen"),
        ColumnUse.IGNORE: _tr("Left out"),
    }[use]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ColumnChooser", text)
