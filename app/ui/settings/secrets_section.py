"""Where the key is, another key, closing the connection, and forgetting everything."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.storage.profile import KeyLocation, Profile
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.settings.rows import Section, SettingRow
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import FactGrid
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.secret_field import SecretField


class SecretsSection(Section):
    """``replace_requested`` fires when a new key is to be checked; it is read from ``key``."""

    replace_requested = Signal()
    connect_requested = Signal()
    disconnect_requested = Signal()
    forget_requested = Signal()

    def __init__(self, theme: Theme, task: AsyncTask) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Secrets"))
        state = self.card(self.tr("Connection to Close"))
        facts = FactGrid(theme)
        self._organization = facts.add(self.tr("Organization"), "–")
        self._person = facts.add(self.tr("Key of"), "–")
        self._place = facts.add(self.tr("Kept in"), "–")
        state.body.addWidget(facts)
        self.connect_button = Button(theme, self.tr("Connect to Close"), icon="link", small=True)
        state.body.addWidget(self.connect_button)
        self.another = self.card(self.tr("Replace the key"))
        self.key = SecretField(
            theme,
            self.tr("New Close API key"),
            help_text=self.tr("It has to open the same organization. It is checked first, then kept."),
        )
        self.replace_button = Button(theme, self.tr("Check and replace"), icon="refresh-cw", small=True)
        self.another.body.addWidget(self.key)
        self.another.body.addWidget(self.replace_button)
        self.another.body.addWidget(TaskLine(theme, task))
        self.slot = MessageSlot(theme)
        self.another.body.addWidget(self.slot)
        end = self.card(self.tr("Leave"))
        self.disconnect_button = Button(theme, self.tr("Close connection"), icon="unplug", small=True)
        self.disconnect_row = SettingRow(
            theme,
            self.tr("Close the connection"),
            self.tr("Forgets key, shared secret and write keys. Mappings and events stay."),
            self.disconnect_button,
        )
        self.forget_button = Button(
            theme, self.tr("Forget everything"), ButtonKind.DANGER, icon="trash-2", small=True
        )
        end.body.addWidget(self.disconnect_row)
        end.body.addWidget(
            SettingRow(
                theme,
                self.tr("Forget this profile"),
                self.tr(
                    "Removes secrets, settings, events and logs from this computer. Close keeps its records."
                ),
                self.forget_button,
            )
        )
        self.column.addStretch(1)
        self.replace_button.clicked.connect(self._replace)
        self.key.committed.connect(lambda: self.key.set_error(""))
        self.connect_button.clicked.connect(self.connect_requested)
        self.disconnect_button.clicked.connect(self.disconnect_requested)
        self.forget_button.clicked.connect(self.forget_requested)

    def show_profile(self, profile: Profile, place: str) -> None:
        """``place`` is where the secrets are, in words; empty while the profile has none."""
        organization = profile.organization
        connected = profile.key_location is not None
        for label, text in (
            (self._organization, organization.name if organization else self.tr("none yet")),
            (self._person, organization.user_name if organization and connected else "–"),
            (self._place, place or self.tr("nowhere: not connected")),
        ):
            if isinstance(label, ElidedLabel):
                label.setText(text)
        own = connected and profile.key_location is not KeyLocation.ENVIRONMENT
        self.connect_button.setVisible(not connected)
        self.another.setVisible(own)
        self.disconnect_row.setVisible(own)

    def _replace(self) -> None:
        self.slot.clear()
        if not self.key.secret().strip():
            self.key.set_error(self.tr("Enter the new key first."))
            self.key.setFocus()
            return
        self.replace_requested.emit()
