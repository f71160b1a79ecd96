"""Where the relay listens, and where its health can be read."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from app.storage.profile import RelaySettings
from app.ui.settings.rows import Section, SettingRow
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button
from app.ui.widgets.field import TextField

_USUAL_ADMIN_PORT = 8788


class RelaySection(Section):
    """``save_requested`` carries the whole ``RelaySettings``."""

    save_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Relay"))
        self._settings = RelaySettings()
        card = self.card(self.tr("Address"))
        self.host = TextField(
            theme,
            self.tr("Listens on"),
            help_text=self.tr(
                "127.0.0.1 is this computer alone; a tunnel or a proxy in front needs no more."
            ),
            mono=True,
        )
        self.port = TextField(
            theme,
            self.tr("Port"),
            help_text=self.tr("From 1 to 65535. Two profiles need two ports."),
            mono=True,
        )
        card.body.addWidget(self.host)
        card.body.addWidget(self.port)
        health = self.card(self.tr("Health and metrics"))
        self.admin = QCheckBox(self.tr("Offer them on this computer"))
        health.body.addWidget(
            SettingRow(
                theme,
                self.tr("Port of their own"),
                self.tr("/healthz, /readyz and /metrics, for programs that watch this one."),
                self.admin,
            )
        )
        self.admin_port = TextField(theme, self.tr("Port of health and metrics"), mono=True)
        health.body.addWidget(self.admin_port)
        self.note = Banner(
            theme,
            Tone.INFO,
            self.tr("The relay runs"),
            self.tr("It takes another address when it is started again."),
        )
        self.slot = MessageSlot(theme)
        self.save_button = Button(theme, self.tr("Save"), icon="check")
        self.column.addWidget(self.note)
        self.column.addWidget(self.slot)
        self.column.addWidget(self.save_button)
        self.column.addStretch(1)
        self.note.setVisible(False)
        self.save_button.clicked.connect(self._save)
        self.admin.toggled.connect(self.admin_port.setVisible)
        for field in (self.port, self.admin_port):
            field.edited.connect(lambda _text, one=field: one.set_error(""))

    def show_settings(self, settings: RelaySettings, *, running: bool) -> None:
        self._settings = settings
        self.host.set_text(settings.host)
        self.port.set_text(str(settings.port))
        self.admin.setChecked(settings.admin_port is not None)
        self.admin_port.set_text(str(settings.admin_port or _USUAL_ADMIN_PORT))
        self.admin_port.setVisible(settings.admin_port is not None)
        self.note.setVisible(running)

    def _save(self) -> None:
        self.slot.clear()
        fields = (self.port, self.admin_port) if self.admin.isChecked() else (self.port,)
        wrong = [field for field in fields if _port(field.text()) is None]
        for field in wrong:
            field.set_error(self.tr("A port is a number from 1 to 65535."))
        if wrong:
            wrong[0].edit.setFocus()
            return
        port, admin = _port(self.port.text()), _port(self.admin_port.text())
        if self.admin.isChecked() and admin == port:
            self.admin_port.set_error(self.tr("The relay itself listens there. Choose another port."))
            self.admin_port.edit.setFocus()
            return
        self.save_requested.emit(
            replace(
                self._settings,
                host=self.host.text().strip() or RelaySettings().host,
                port=port or self._settings.port,
                admin_port=admin if self.admin.isChecked() else None,
            )
        )


def _port(text: str) -> int | None:
    cleaned = text.strip()
    if not cleaned.isdecimal() or not 1 <= int(cleaned) <= 65535:
        return None
    return int(cleaned)
