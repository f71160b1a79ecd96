"""How Segment is to reach this computer: a tunnel program, an own address, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.relay.public_url import read_public_url
from app.relay.reachability import ReachChoice
from app.storage.profile import TunnelTool
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField
from app.ui.widgets.labels import WrappedLabel

OWN = "own"
NOWHERE = "none"


def add_ways(combo: ComboField, find: Callable[[str], str | None], tr: Callable[[str], str]) -> None:
    """Every way to a public URL, with what is installed."""
    for tool in TunnelTool:
        if tool:
            installed = find(tool) is not None
            combo.combo.add(tool.value, tool.value, tr("installed") if installed else tr("not installed"))
    combo.combo.add(tr("Own address"), OWN, tr("a proxy or tunnel of yours"))
    combo.combo.add(tr("None"), NOWHERE, tr("this computer only"))


def way_of(choice: ReachChoice) -> str:
    if choice.tunnel:
        return choice.tunnel.value
    return OWN if choice.public_url else NOWHERE


class PublicAddressDialog(SurfaceDialog):
    """``accepted_choice`` carries a ``ReachChoice`` that can be used."""

    accepted_choice = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        choice: ReachChoice,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        super().__init__(theme, "", parent)
        self.setWindowTitle(self.tr("Public address"))
        self.way = ComboField(theme, self.tr("Way to this computer"))
        self.url = TextField(theme, self.tr("Public URL"), mono=True)
        self.url.edit.setPlaceholderText("https://relay.example.com")
        add_ways(self.way, find, self.tr)
        self.way.combo.choose(way_of(choice))
        self.url.set_text(choice.public_url)
        self._note = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self.column.addWidget(
            WrappedLabel(theme, self.tr("How does Segment reach this computer?"), Role.SECTION)
        )
        for widget in (self.way, self._note, self.url):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.use_button = Button(theme, self.tr("Use this way"), ButtonKind.PRIMARY)
        cancel = Button(theme, self.tr("Cancel"))
        self.add_buttons(cancel, self.use_button)
        cancel.clicked.connect(self.reject)
        self.use_button.clicked.connect(self._use)
        self.use_button.setDefault(True)
        self.way.combo.currentIndexChanged.connect(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        way = self.way.combo.current_key()
        self.url.setVisible(way == OWN)
        self._note.set_text(
            {
                OWN: self.tr("An https address with a certificate that everybody trusts."),
                NOWHERE: self.tr("Segment’s cloud cannot deliver here; events come from this computer only."),
                TunnelTool.CLOUDFLARED.value: self.tr(
                    "Starts and stops with the relay. Without an account the URL is new at every start; "
                    "paste it in Segment again then."
                ),
                TunnelTool.NGROK.value: self.tr(
                    "Starts and stops with the relay. Needs an ngrok account; its URL stays the same."
                ),
                TunnelTool.TAILSCALE.value: self.tr(
                    "Starts and stops with the relay, as a funnel. Its URL stays the same."
                ),
            }[str(way)]
        )

    def _use(self) -> None:
        way = str(self.way.combo.current_key())
        if way == NOWHERE:
            self._accept(ReachChoice())
            return
        if way != OWN:
            self._accept(ReachChoice(TunnelTool(way), ""))
            return
        try:
            url = read_public_url(self.url.text())
        except AppError as error:
            self.url.set_error(f"{error.title} {error.remedy}")
            self.url.edit.setFocus()
            return
        self._accept(ReachChoice(public_url=url))

    def _accept(self, choice: ReachChoice) -> None:
        self.accepted_choice.emit(choice)
        self.accept()
