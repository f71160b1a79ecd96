"""Naming a profile and giving it a colour: a new one, one that is renamed, or one from a file."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.storage.profile import ProfileColor
from app.storage.profile_store import check_profile_name
from app.ui.language.translator import said
from app.ui.profiles.colors import COLOR_TONES, color_word
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card, FactGrid
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField
from app.ui.widgets.labels import WrappedLabel


class NameDialog(SurfaceDialog):
    """``agreed`` carries name and colour; ``taken`` are names that are in use."""

    agreed = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        *,
        title: str,
        why: str,
        yes: str,
        name: str,
        color: ProfileColor,
        taken: Collection[str],
        facts: tuple[tuple[str, str], ...] = (),
        may_rename: bool = True,
        check: Callable[[str], str] = check_profile_name,
    ) -> None:
        super().__init__(theme, title, parent)
        self.setAccessibleName(title)
        self._taken = {each.casefold() for each in taken}
        self._check = check
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addWidget(WrappedLabel(theme, why, Role.BODY, "muted"))
        if facts:
            grid = FactGrid(theme)
            for each, value in facts:
                grid.add(said(each), WrappedLabel(theme, said(value)))
            card = Card(theme, behind="surface", fill="sunken")
            card.body.addWidget(grid)
            self.column.addWidget(card)
        self.name = TextField(
            theme, self.tr("Name"), name, help_text=self.tr("Best the name of the source in Segment.")
        )
        self.name.edit.setEnabled(may_rename)
        if not may_rename:
            self.name.set_help(self.tr("The name of a profile that is open cannot change."))
        self.color = ComboField(theme, self.tr("Colour"))
        for each_color in COLOR_TONES:
            self.color.combo.add(color_word(each_color), each_color)
        self.color.combo.choose(color)
        self.column.addWidget(self.name)
        self.column.addWidget(self.color)
        self.yes_button = Button(theme, yes, ButtonKind.PRIMARY)
        self.no_button = Button(theme, self.tr("Cancel"))
        self.add_buttons(self.no_button, self.yes_button)
        self.yes_button.setDefault(True)
        self.yes_button.clicked.connect(self._agree)
        self.no_button.clicked.connect(self.reject)
        self.name.edited.connect(lambda _: self.name.set_error(""))
        (self.name.edit if may_rename else self.color.combo).setFocus()
        self.name.edit.selectAll()

    def _agree(self) -> None:
        name = self.name.text().strip()
        try:
            self._check(name)
        except AppError as error:
            self.name.set_error(said(error.remedy))
            self.name.edit.setFocus()
            return
        if name.casefold() in self._taken:
            self.name.set_error(self.tr("Another profile has this name."))
            self.name.edit.setFocus()
            return
        self.agreed.emit(name, ProfileColor(str(self.color.combo.current_key())))
        self.accept()
