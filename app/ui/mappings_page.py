"""The mappings of the profile, to read: every field of Close and where its value comes from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.storage.profile import MappingSpec, Profile
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.badge import Badge
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.flow import clear_layout
from app.workflows.mapping_view import mapping_rows


class MappingsPage(Page):
    """Shows ``set_profile``; changing a mapping is the guide's business."""

    setup_requested = Signal()

    def __init__(self, theme: Theme, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent=parent)
        self.retitle(self.tr("Mappings"), self.tr("Where the value of each field in Close comes from."))
        self._shown: tuple[MappingSpec, ...] | None = None
        self._profile = profile
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.body.addLayout(self._cards)
        self.body.addStretch(1)

    def set_profile(self, profile: Profile) -> None:
        self._profile = profile
        if self._shown is not None:
            self._show()

    def activated(self) -> None:
        self._show()

    def commands(self) -> CommandSet:
        change = Command(self.tr("Change in the setup"), self.setup_requested.emit, icon="pencil")
        return CommandSet(secondary=change, fact=Fact(self.tr("Read only"), "lock"))

    def _show(self) -> None:
        if self._profile.mappings == self._shown:
            return
        self._shown = self._profile.mappings
        clear_layout(self._cards)
        for spec in self._shown:
            self._cards.addWidget(self._card(spec))

    def _card(self, spec: MappingSpec) -> Card:
        card = Card(self.theme, spec.name, spec.action)
        badge = Badge(self.theme, self.tr("On") if spec.enabled else self.tr("Off"))
        badge.set(badge.text, Tone.OK if spec.enabled else Tone.NEUTRAL, "check" if spec.enabled else "minus")
        card.heading_row.addWidget(badge)
        name = self.tr("When it runs")
        card.body.addWidget(CodeBox(self.theme, spec.trigger, CodeLanguage.PLAIN, name=name, fit=True))
        columns = (Column(self.tr("Field in Close"), 220), Column(self.tr("Comes from")))
        table = DataTable(self.theme, self.tr("Fields of {name}").format(name=spec.name), columns, fit=True)
        model = CellTableModel(columns, table)
        rows: list[tuple[Cell, ...]] = []
        group = ""
        for row in mapping_rows(spec, None):
            if row.group != group:
                group = row.group
                rows.append((Cell(group, group=True),))
            rows.append((Cell(row.label, emphasis=Emphasis.NAME), Cell(row.source, emphasis=Emphasis.MONO)))
        model.set_rows(rows)
        table.setModel(model)
        inner = Card(self.theme, flush=True, behind="surface")
        inner.body.addWidget(table)
        card.body.addWidget(inner)
        return card
