"""Where events come from and go to, and what was turned away."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.relay.exposure import exposure_warning
from app.relay.public_url import public_host
from app.storage.profile import Profile
from app.ui.language.translator import said
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import counted
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card, FactGrid
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import ElidedLabel


class FlowCard(Card):
    """``way_button`` and ``access_button`` are the page's to connect."""

    def __init__(self, theme: Theme, controller: RelayController, parent: QWidget | None = None) -> None:
        super().__init__(theme, QCoreApplication.translate("FlowCard", "Where it goes"), parent=parent)
        self._controller = controller
        self.way_button = Button(theme, self.tr("Public address…"), small=True)
        self.access_button = Button(theme, self.tr("Who may post…"), small=True)
        self.exposed = Banner(theme, Tone.WARN, "")
        grid = FactGrid(theme)
        self._facts = {
            key: grid.add(name, "")
            for key, name in (
                ("organization", self.tr("Organization")),
                ("way", self.tr("Public way")),
                ("since", self.tr("Since the start")),
            )
        }
        self.body.addWidget(grid)
        self.body.addWidget(self.exposed)
        self.body.addStretch(1)
        buttons = FlowLayout(spacing=8)
        buttons.addWidget(self.way_button)
        buttons.addWidget(self.access_button)
        self.body.addLayout(buttons)

    def show_facts(self) -> None:
        profile, status = self._controller.profile, self._controller.status
        organization = profile.organization
        self._set("organization", organization.name if organization else "–")
        self._set("way", self._way_text(profile))
        since = "–"
        if status.address is not None:
            since = self.tr("{duplicates} sent twice, {refused} refused").format(
                duplicates=counted(status.duplicates), refused=counted(status.refused)
            )
        self._set("since", since)
        warning = exposure_warning(profile.relay)
        self.exposed.setVisible(bool(warning))
        if warning:
            title = self.tr("Listening on {host}").format(host=profile.relay.host)
            self.exposed.set(Tone.WARN, title, said(warning))

    def _way_text(self, profile: Profile) -> str:
        settings = profile.relay
        if settings.tunnel:
            return settings.tunnel.value
        return public_host(settings.public_url) if settings.public_url else self.tr("none")

    def _set(self, key: str, text: str) -> None:
        widget = self._facts[key]
        if isinstance(widget, ElidedLabel):
            widget.setText(text)
