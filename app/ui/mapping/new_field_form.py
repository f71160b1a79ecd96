"""A custom field about to be created in Close: name, record, type and choices, all open to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.close.records import ObjectType
from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.field_types import CREATABLE_TYPES, FieldProposal, moved
from app.workflows.mapping_editor.targets import type_name


class NewFieldForm(QWidget):
    """Filled from a proposal; ``field`` is what a person made of it."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._proposal: FieldProposal | None = None
        self._vocabulary = CloseVocabulary()
        self.name = TextField(theme, self.tr("Name in Close"))
        self.type = ComboField(theme, self.tr("Type"))
        for each in CREATABLE_TYPES:
            self.type.combo.add(type_name(each), each)
        self.choices = TextField(
            theme, self.tr("Choices"), help_text=self.tr("Separated by commas, as they come in the events.")
        )
        self.several = QCheckBox(self.tr("Several values"))
        segments = (
            Segment("lead", self.tr("Lead"), "building-2"),
            Segment("contact", self.tr("Contact"), "user-round"),
        )
        self.record = Segmented(theme, self.tr("Record the field is on"), segments)
        line = FlowLayout(spacing=12)
        line.addWidget(self.record)
        line.addWidget(self.several)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addLayout(line)
        column.addWidget(self.type)
        column.addWidget(self.choices)
        self.record.chosen.connect(self._moved)
        self.name.edited.connect(lambda _text: self.changed.emit())
        self.type.chosen.connect(lambda _key: self._type_chosen())
        self._type_chosen()

    def set_proposal(
        self, proposal: FieldProposal, vocabulary: CloseVocabulary, records: Sequence[ObjectType]
    ) -> None:
        """``records`` are those on which the action can fill custom fields."""
        self._vocabulary = vocabulary
        if proposal.field.object_type not in records and records:
            proposal = moved(proposal, records[0], vocabulary)
        self.record.setVisible(len(records) > 1)
        self.choices.set_text(", ".join(proposal.field.choices))
        self.several.setChecked(proposal.field.accepts_multiple_values)
        self.type.combo.choose(proposal.field.type)
        self._show(proposal)
        self._type_chosen()

    def field(self) -> NewField | None:
        if self._proposal is None:
            return None
        choices = tuple(
            dict.fromkeys(text.strip() for text in self.choices.text().split(",") if text.strip())
        )
        kind = str(self.type.combo.current_key())
        return replace(
            self._proposal.field,
            name=self.name.text().strip(),
            type=kind,
            choices=choices if kind == "choices" else (),
            accepts_multiple_values=self.several.isChecked(),
        )

    def _show(self, proposal: FieldProposal) -> None:
        self._proposal = proposal
        self.name.set_text(proposal.field.name)
        self.record.choose(proposal.field.object_type)
        words = self.tr("Proposed from {reason}.").format(reason=proposal.reason)
        self.type.set_help(f"{words} {proposal.note}".strip())
        self.changed.emit()

    def _moved(self, record: str) -> None:
        if self._proposal is not None:
            on: ObjectType = "lead" if record == "lead" else "contact"
            self._show(moved(self._proposal, on, self._vocabulary))

    def _type_chosen(self) -> None:
        self.choices.setVisible(self.type.combo.current_key() == "choices")
        self.changed.emit()
