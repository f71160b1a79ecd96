"""What was found in the other organization, line by line; what is missing is chosen here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.language.translator import said
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.card import Card
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import WrappedLabel
from app.workflows.promotion import Finding, Promotion, PromotionLine

_NONE = ""


class PromotionReport(QWidget):
    """``chosen`` carries the id of the source and the one that stands for it."""

    chosen = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.headline = WrappedLabel(theme, "", Role.HEADING)
        self._card = Card(theme, behind="surface")
        self.choices: dict[str, ComboBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self._card)

    def show_promotion(self, promotion: Promotion) -> None:
        clear_layout(self._card.body)
        self.choices = {}
        # What needs a person comes first.
        order = (Finding.CHOOSE, Finding.CREATE, Finding.FOUND)
        for number, line in enumerate(sorted(promotion.lines, key=lambda one: order.index(one.finding))):
            if number:
                self._card.body.addWidget(Hair(self._theme))
            self._card.body.addWidget(self._line(line))
        self.show_headline(promotion)

    def show_headline(self, promotion: Promotion) -> None:
        organization = promotion.account.organization.name
        self.headline.set_text(
            self.tr(
                "{organization}: {found} of {all} found, {create} to be created, {choose} to be chosen."
            ).format(
                organization=organization,
                found=len(promotion.found),
                all=len(promotion.lines),
                create=len(promotion.to_create),
                choose=len(promotion.to_choose),
            )
        )

    def focus_first(self) -> None:
        """To the first thing that was not chosen yet."""
        for combo in self.choices.values():
            if not combo.current_key():
                combo.setFocus()
                return

    def _line(self, line: PromotionLine) -> QWidget:
        word, tone, icon = {
            Finding.FOUND: (self.tr("Found"), Tone.OK, "check"),
            Finding.CREATE: (self.tr("Create"), Tone.INFO, "plus"),
            Finding.CHOOSE: (self.tr("Choose"), Tone.WARN, "triangle-alert"),
        }[line.finding]
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(WrappedLabel(self._theme, line.name, Role.LABEL))
        places = ", ".join(said(place) for place in line.reference.places)
        words.addWidget(
            WrappedLabel(self._theme, f"{said(line.reference.kind)} · {places}", Role.CAPTION, "muted")
        )
        words.addWidget(WrappedLabel(self._theme, said(line.words), Role.CAPTION, "muted"))
        if line.finding is Finding.CHOOSE:
            words.addWidget(self._choice(line))
        row.addLayout(words, 1)
        row.addWidget(Badge(self._theme, word, tone, icon))
        return holder

    def _choice(self, line: PromotionLine) -> ComboBox:
        combo = ComboBox(self._theme, small=True)
        combo.setAccessibleName(self.tr("What stands for {name}").format(name=line.name))
        combo.add(self.tr("Choose…") if line.options else self.tr("Nothing of this kind is there"), _NONE)
        for option in line.options:
            combo.add(option.name, option.id, option.type)
        combo.activated.connect(lambda _: self._picked(line.reference.id, combo))
        self.choices[line.reference.id] = combo
        return combo

    def _picked(self, source_id: str, combo: ComboBox) -> None:
        target = str(combo.current_key() or _NONE)
        if target:
            self.chosen.emit(source_id, target)
