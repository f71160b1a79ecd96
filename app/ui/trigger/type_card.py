"""The event types as check boxes, each with what choosing it brings about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel
from app.workflows.mapping_editor.rule_event_types import EventTypeChoice

_NAME_WIDTH = 84


class TypeCard(Card):
    """``toggled`` carries the type's key and whether it is chosen now."""

    toggled = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Event types"), " ", padding=16, parent=parent)
        self._rows: dict[str, _TypeRow] = {}
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.body.addLayout(self._lines)

    def set_choices(self, choices: Sequence[EventTypeChoice], chosen: Sequence[str]) -> None:
        """Show what there is to choose; ``chosen`` are the keys of the types that are."""
        for choice in choices:
            row = self._rows.get(choice.key)
            if row is None:
                row = self._add_row(choice.key)
            row.show_choice(choice, chosen=choice.key in chosen)
        if chosen:
            names = ", ".join(choice.name for choice in choices if choice.key in chosen)
            self.fact.setText(
                names if len(chosen) < 3 else self.tr("{count} chosen").format(count=len(chosen))
            )
        else:
            self.fact.setText(self.tr("None chosen"))

    def box(self, key: str) -> QCheckBox:
        return self._rows[key].box

    def _add_row(self, key: str) -> _TypeRow:
        if self._rows:
            self._lines.addWidget(Hair(self._theme))
        row = _TypeRow(self._theme)
        row.box.clicked.connect(lambda checked, key=key: self.toggled.emit(key, checked))
        self._rows[key] = row
        self._lines.addWidget(row)
        return row


class _TypeRow(QWidget):
    """A press anywhere on the row is one on its box."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.box = QCheckBox()
        self._caution = Icon(theme, "triangle-alert", "warn", 14)
        kept = self._caution.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._caution.setSizePolicy(kept)
        self._consequence = WrappedLabel(theme, "", Role.BODY, "muted")
        self._count = Label(theme, "", Role.FIGURE_SMALL, "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 5, 0, 5)
        line.setSpacing(8)
        line.addWidget(self.box)
        line.addWidget(self._caution)
        line.addWidget(self._consequence, 1)
        line.addWidget(self._count)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_choice(self, choice: EventTypeChoice, *, chosen: bool) -> None:
        self.box.setText(choice.name)
        self.box.setChecked(chosen)
        self._consequence.set_text(choice.consequence)
        self._caution.setVisible(choice.caution)
        count = self.tr("{count} of {total}").format(count=choice.count, total=choice.total)
        self._count.setText(count if choice.total else "")
        spoken = self.tr("{count} events").format(count=count) if choice.total else ""
        caution = self.tr("Attention:") if choice.caution else ""
        said = " ".join(part for part in (caution, choice.consequence, spoken) if part)
        self.box.setAccessibleDescription(said)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            self.box.click()
        super().mouseReleaseEvent(event)

    def _restyle(self) -> None:
        self.box.setFont(self._theme.font(Role.LABEL))
        self.box.setMinimumWidth(self._theme.px(_NAME_WIDTH))
