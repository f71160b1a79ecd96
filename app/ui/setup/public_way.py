"""The choice of a public address on the last step: a tunnel program, an own address, or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.relay.public_url import read_public_url
from app.relay.reachability import ReachChoice
from app.storage.profile import TunnelTool
from app.ui.relay.public_address_dialog import NOWHERE, OWN, add_ways, way_of
from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField


class PublicWay(QWidget):
    """``chosen`` carries a ``ReachChoice`` that can be used."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, find: Callable[[str], str | None] = shutil.which) -> None:
        super().__init__()
        self.way = ComboField(theme, self.tr("Tunnel"))
        self.url = TextField(theme, self.tr("Own address"), mono=True)
        self.url.edit.setPlaceholderText("https://relay.example.com")
        add_ways(self.way, find, self.tr)
        self._choice = ReachChoice()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.way)
        column.addWidget(self.url)
        self.way.chosen.connect(self._way_chosen)
        self.url.committed.connect(self._url_given)
        self.url.edited.connect(lambda _text: self.url.set_error(""))
        self.way.combo.choose(NOWHERE)
        self.url.setVisible(False)

    def set_choice(self, choice: ReachChoice) -> None:
        """What holds now; what a person is about to type stays."""
        if choice == self._choice or self.url.edit.hasFocus():
            return
        self._choice = choice
        self.way.combo.choose(way_of(choice))
        self.url.set_text(choice.public_url)
        self.url.setVisible(way_of(choice) == OWN)

    def _way_chosen(self, way: object) -> None:
        self.url.setVisible(way == OWN)
        if way == OWN:
            self.url.edit.setFocus()
        else:
            self._choose(ReachChoice() if way == NOWHERE else ReachChoice(TunnelTool(str(way))))

    def _url_given(self) -> None:
        text = self.url.text().strip()
        if not text:
            return
        try:
            url = read_public_url(text)
        except AppError as error:
            self.url.set_error(f"{error.title} {error.remedy}")
            return
        self._choose(ReachChoice(public_url=url))

    def _choose(self, choice: ReachChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.chosen.emit(choice)
